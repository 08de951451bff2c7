"""One callback beside the list: whom to call and why, the number while it is on the line, and what came of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import callbacks
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.calls_tables import NOTHING, standing
from hall_desk.ui.due_field import when_words
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip, Elided, Ground, Text
from hall_desk.ui.slip_choices import window_name

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.services.callbacks import Attempt, Call, Callback
    from hall_desk.ui.session import Session

MOST_ATTEMPTS = 3
# The digit of each outcome, and the one for another time.
OUTCOME_KEYS = dict(zip("1234", callbacks.OUTCOMES, strict=True))
POSTPONE_KEY = "5"


def spaced(phone: str) -> str:
    """A mobile number in groups, as it is read out."""
    if len(phone) == 11 and phone.isdecimal() and phone.startswith("1"):
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return phone


class CallPanel(Ground):
    """Signals: what was pressed. `outcome_wanted` gives one of `callbacks.OUTCOMES`."""

    call_wanted = Signal()
    let_go_wanted = Signal()
    outcome_wanted = Signal(str)
    postpone_wanted = Signal()
    withdraw_wanted = Signal()
    reopen_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self.callback: Callback | None = None
        self.call: Call | None = None
        self.nothing = Text(_("Choose a callback in the list."), "soft").wrap()
        self.name = Elided("", "title")
        self.chip = Chip("", "muted")
        self.phone = Text("")
        self.phone.setFont(theme.font(26, bold=True))
        self.phone.setStyleSheet("font-size: 26px;")
        self.phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.phone.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.matter, self.window_line, self.promised, self.ticket = (Elided("") for _n in range(4))
        self.remark = Text("").wrap()
        self.tries = Text("", "soft").wrap()
        self.note = LabelledField(_("Note on the call (optional)"))
        self.note.edit.setMaxLength(200)
        self.call_button = Button(_("Call"), "primary", "Enter")
        self.let_go_button = Button(_("Put down"), "plain", "Esc")
        self.outcomes = {
            code: Button(i18n.code("callback", code), "plain", key)
            for key, code in OUTCOME_KEYS.items()
        }
        self.postpone_button = Button(_("Another time"), "plain", POSTPONE_KEY)
        self.withdraw_button = Button(_("Call off"), "danger", "Del")
        self.reopen_button = Button(_("Call again after all"), "plain", "Enter")
        self.problem = Text("", "error").wrap()
        self._inside = QWidget()
        self._lay_out()
        self._connect()
        self.show_callback(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.name, 1)
        head.addWidget(self.chip)
        facts = QFormLayout()
        facts.setHorizontalSpacing(12)
        facts.setVerticalSpacing(5)
        facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts = facts
        for words, label in (
            (_("Matter"), self.matter),
            (_("Window"), self.window_line),
            (_("Promised"), self.promised),
            (_("Ticket"), self.ticket),
            (_("Remark"), self.remark),
        ):
            facts.addRow(Text(words, "label"), label)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        grid = [*self.outcomes.values(), self.postpone_button, self.withdraw_button]
        for number, button in enumerate(grid):
            buttons.addWidget(button, number // 2, number % 2)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(9)
        inside.addLayout(head)
        inside.addWidget(self.phone)
        inside.addWidget(self.call_button)
        inside.addWidget(self.let_go_button)
        inside.addWidget(self.reopen_button)
        inside.addWidget(self.problem)
        inside.addWidget(self._scrolled(facts), 1)
        inside.addWidget(self.note)
        inside.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._inside, 1)

    def _scrolled(self, facts: QFormLayout) -> QScrollArea:
        """The facts and the calls made, which scroll when a remark is long."""
        content = QWidget()
        content.setProperty("clear", "yes")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(9)
        column.addLayout(facts)
        column.addWidget(self.tries)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area

    def _connect(self) -> None:
        self.call_button.clicked.connect(self.call_wanted)
        self.let_go_button.clicked.connect(self.let_go_wanted)
        for code, button in self.outcomes.items():
            button.clicked.connect(lambda _on=False, code=code: self.outcome_wanted.emit(code))
        self.postpone_button.clicked.connect(self.postpone_wanted)
        self.withdraw_button.clicked.connect(self.withdraw_wanted)
        self.reopen_button.clicked.connect(self.reopen_wanted)

    # --- showing -------------------------------------------------------------------------------------

    def show_callback(self, callback: Callback | None) -> None:
        """Shows a callback with its number masked; None shows that none is chosen."""
        other = callback is None or self.callback is None or callback.id != self.callback.id
        if other:
            self.note.clear()
            self.say("")
            self.tries.clear()
            self.tries.hide()
        self.callback, self.call = callback, None
        self._inside.setVisible(callback is not None)
        self.nothing.setVisible(callback is None)
        if callback is not None:
            self.phone.setText(i18n.still_kept(callback.phone_masked))
            self._fill(callback)
        self._enable()

    def show_call(self, call: Call) -> None:
        """The number is on the line: it stands there in full, and the outcomes can be pressed."""
        self.show_callback(call.callback)
        self.call = call
        self.phone.setText(spaced(call.phone))
        self._enable()

    def show_attempts(self, attempts: list[Attempt]) -> None:
        """The last calls, one line each."""
        store, now = self._session.store, self._session.now()
        lines = [
            " · ".join(
                part
                for part in (
                    when_words(store, now, one.at),
                    i18n.code("callback", one.outcome),
                    one.staff,
                    one.note,
                )
                if part
            )
            for one in attempts[:MOST_ATTEMPTS]
        ]
        more = len(attempts) - MOST_ATTEMPTS
        if more > 0:
            lines.append(_n("and {count} earlier", "and {count} earlier", more).format(count=more))
        self.tries.setText("\n".join(lines))
        self.tries.setVisible(bool(lines))

    def show_time(self, now: datetime) -> None:
        """Says how late it is by now."""
        if self.callback is not None:
            self.chip.show_text(*standing(self.callback, now))

    def say(self, sentence: str) -> None:
        """Why something was not done; an empty sentence takes it away."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _fill(self, callback: Callback) -> None:
        store, now = self._session.store, self._session.now()
        self.name.setText(callback.name or _("Name not known"))
        self.show_time(now)
        self.matter.setText(callback.matter or NOTHING)
        self.window_line.setText(window_name(callback.window_number, callback.window_name))
        self.promised.setText(
            _("{when}, by {name}").format(
                when=when_words(store, now, callback.due_at), name=callback.promised_by
            )
        )
        self.ticket.setText(callback.ticket_number)
        self.remark.setText(callback.note)
        self._facts.setRowVisible(self.ticket, bool(callback.ticket_number))
        self._facts.setRowVisible(self.remark, bool(callback.note))

    def _enable(self) -> None:
        callback = self.callback
        is_open = callback is not None and callback.state in callbacks.OPEN
        calling = self.call is not None
        self.call_button.setVisible(is_open and not calling)
        self.let_go_button.setVisible(calling)
        self.reopen_button.setVisible(callback is not None and not is_open)
        for button in self.outcomes.values():
            button.setEnabled(calling)
            button.setVisible(is_open)
        self.note.setVisible(is_open)
        self.note.setEnabled(calling)
        self.postpone_button.setVisible(is_open)
        self.withdraw_button.setVisible(is_open)
