"""Closing a day by keys: up and down through the lines, a reason, Enter; at the end the report is made and filed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _, _n
from hall_desk.services import day_close
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.close_day import lines
from hall_desk.ui.close_day.lines import Key, Line
from hall_desk.ui.close_day.reason_bar import MOST_REASONS, ReasonBar
from hall_desk.ui.close_day.retention import RetentionLine, purge_after_closing
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.filing import file_report
from hall_desk.ui.labels import Band, Chip, Ground, Text
from hall_desk.ui.tables import Table
from hall_desk.ui.top_bar import day_text

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.day_close import Closing, Review
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

TOPICS = frozenset({"ticket", "callback", "incident", "rating", "passage", "check", "day"})
# Where a line is opened: the page, and what it is given.
PAGES = {
    "ticket": ("proxy", "ticket_id"),
    "paper": ("proxy", "ticket_id"),
    "callback": ("callbacks", "callback_id"),
    "incident": ("incidents", "incident_id"),
}


@dataclass
class _Draft:
    """What was typed for a day: kept while its manager goes and settles one of the lines."""

    id: UUID = field(default_factory=new_id)
    reasons: dict[Key, str] = field(default_factory=dict)
    hall_empty: bool = False


_drafts: WeakKeyDictionary[Session, dict[date, _Draft]] = WeakKeyDictionary()


class CloseDayDialog(Dialog):
    """Each line is settled elsewhere (Ctrl+O opens it) or carried over with a reason; Ctrl+Enter closes the day."""

    def __init__(self, session: Session, day: date | None = None) -> None:
        self.day = day or session.today()
        local = session.store.local(session.store.start_of(self.day))
        title = _("Close of day: {day}").format(day=day_text(local))
        super().__init__(session, title, width=1120, height=640)
        self._draft = _drafts.setdefault(session, {}).setdefault(self.day, _Draft())
        self._seen: Review | None = None
        self._closing = False
        self.left = Chip()
        self.head.insertWidget(1, self.left)
        self.told = Band("ok")
        self.told_words = Text("").wrap()
        self.forgotten = Band("warn")
        self.forgotten_words = Text("")
        self.forgotten_link = Link(_("Close that day first"))
        self.explanation = Text(
            _(
                "What is not settled is carried over with a reason; every original that is out needs its own."
            ),
            "soft",
        )
        self.model = lines.make_model()
        self.table: Table[Line] = Table(self.model)
        self.table.setAccessibleName(_("What is still open"))
        self.reason = ReasonBar(self.table)
        self.retention = RetentionLine(session)
        self.open_button = Button(_("Open it"), "plain", "Ctrl+O")
        self.close_button = Button(_("Close the day"), "primary", "Ctrl+Enter")
        self.cancel_button = Button(_("Later"), "plain", "Esc")
        self.filed = Text(_("The report is made and filed afterwards"), "soft")
        self.problem = Text("", "error").wrap()
        self._lay_out()
        self._connect()
        self._show_lines([])
        self.reload()

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        inside = QHBoxLayout(self.told)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(self.told_words, 1)
        self.told.hide()
        before = QHBoxLayout(self.forgotten)
        before.setContentsMargins(14, 6, 14, 6)
        before.addWidget(self.forgotten_words)
        before.addWidget(self.forgotten_link)
        before.addStretch(1)
        self.forgotten.hide()
        self.problem.hide()
        card = Ground()
        table = QVBoxLayout(card)
        table.setContentsMargins(1, 1, 1, 1)
        table.addWidget(self.table)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.close_button)
        foot.addWidget(self.filed)
        foot.addStretch(1)
        foot.addWidget(self.open_button)
        foot.addWidget(self.cancel_button)
        for part in (self.told, self.forgotten, self.explanation):
            self.body.addWidget(part)
        self.body.addWidget(card, 1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.retention)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.table.moved_to.connect(self._show_line)
        self.reason.taken.connect(self.take)
        self.open_button.clicked.connect(self.open_line)
        self.close_button.clicked.connect(self.close_day)
        self.forgotten_link.clicked.connect(self.go_to_forgotten)
        self.cancel_button.clicked.connect(self.reject)
        for key in ("Return", "Enter"):
            self.bind(key, self._enter)
            self.bind(f"Ctrl+{key}", self.close_day)
        self.bind("Ctrl+O", self.open_line)
        for number in range(MOST_REASONS):
            self.bind(f"Alt+{number + 1}", partial(self.reason.offer, number))
        self.session.changed.connect(self._on_changed)

    def arrive(self) -> None:
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- reading -------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads again what is open; reasons that were given stay."""
        actor, day = self.session.actor, self.day
        self.session.background.data(
            self,
            lambda: day_close.review(actor, day),
            self._reviewed,
            self._refused,
            replaces="review",
        )

    def _on_changed(self, changed: Changed) -> None:
        if self.is_open() and not self._closing and changed.touches(TOPICS):
            self.reload()

    def _reviewed(self, seen: Review) -> None:
        self._seen = seen
        if seen.forgotten is not None:
            said = _("{day} was not closed.").format(day=seen.forgotten.isoformat())
            self.forgotten_words.setText(said)
        self.forgotten.setVisible(seen.forgotten is not None)
        if seen.closing is not None:
            self._show_closed(seen.closing)
            return
        self.retention.reload()
        self._show_open()

    def _show_open(self) -> None:
        assert self._seen is not None
        draft = self._draft
        shown = lines.open_lines(
            self.session, self._seen, draft.reasons, hall_empty=draft.hall_empty
        )
        self._show_lines(shown)
        if shown and not self.table.currentIndex().isValid():
            self._select_next()

    def _show_lines(self, shown: list[Line]) -> None:
        self.model.show(shown)
        lacking = sum(not line.reason for line in shown)
        if self._seen is None:
            self.left.show_text("", "muted")
        elif lacking:
            words = _n("{count} line left", "{count} lines left", lacking)
            self.left.show_text(words.format(count=lacking), "warn")
        else:
            self.left.show_text(_("Everything is settled"), "ok")
        line = self.table.selected()
        if line is not None:
            self._show_line(line)
        self.reason.enable(on=bool(shown))
        self.open_button.setEnabled(bool(shown))

    def _show_closed(self, closing: Closing) -> None:
        at = self.session.store.local(closing.at)
        said = _("{by} closed this day at {at}.").format(by=closing.by, at=f"{at:%m-%d %H:%M}")
        self.told_words.setText(said)
        self.told.show()
        self.model.show([lines.carried_line(n, line) for n, line in enumerate(closing.carried)])
        carried = len(closing.carried)
        words = _n("{count} carried over", "{count} carried over", carried).format(count=carried)
        self.left.show_text(words, "muted")
        for part in (self.explanation, self.reason, self.open_button):
            part.hide()
        self.retention.put_away()
        self.close_button.hide()
        self.filed.hide()
        self.problem.hide()
        self.cancel_button.setText(_("Close"))
        self.cancel_button.setFocus()

    def go_to_forgotten(self) -> None:
        """Goes over to the closing of the day that was forgotten."""
        if self._seen is not None and self._seen.forgotten is not None:
            self.reject()
            CloseDayDialog(self.session, self._seen.forgotten).open()

    # --- a line ----------------------------------------------------------------------------------------

    def _show_line(self, line: Line) -> None:
        self.reason.show_line(line)
        self.open_button.setVisible(line.kind != "people")

    def _enter(self) -> None:
        for button in (
            self.close_button,
            self.cancel_button,
            self.open_button,
            self.forgotten_link,
            self.retention.times,
        ):
            if button.hasFocus():
                button.click()
                return
        self.take()

    def take(self) -> None:
        """Keeps the reason of the line and goes on; at the end the keyboard is on the closing."""
        line = self.table.selected()
        if line is None or self._closing:
            return
        if line.kind == "people":
            self._draft.hall_empty = True
        else:
            try:
                self._draft.reasons[line.key] = day_close.check_reason(self.reason.words())
            except errors.BadInput as error:
                self.reason.field.show_error(i18n.explain(error))
                return
        self.problem.hide()
        self._show_open()
        self._select_next()

    def _select_next(self) -> None:
        """Goes to the next line without a reason, from the selected one on and then from the top."""
        rows = self.model.rows
        at = self.table.currentIndex().row()
        order = [*range(at + 1, len(rows)), *range(at + 1)]
        following = next((number for number in order if not rows[number].reason), None)
        if following is None:
            self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.table.select(rows[following].key)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_line(self) -> None:
        """Goes where the line can be settled; what was typed here is kept for the return."""
        line = self.table.selected()
        if line is None or self.open_button.isHidden():
            return
        self.reject()
        if line.kind == "follow_up":
            self.session.go("people", section="ratings")
            return
        page, name = PAGES[line.kind]
        of_ticket = line.kind in ("ticket", "paper")
        self.session.go(page, **{name: line.ticket_id if of_ticket else line.key[1]})

    # --- closing ---------------------------------------------------------------------------------------

    def close_day(self) -> None:
        """Closes the day, or says what is left."""
        if self._closing or self._seen is None or self._seen.closing is not None:
            return
        if self.reason.is_typed():
            # Written for the selected line and not yet kept: it was meant to count.
            self.take()
            if self.reason.field.error.text():
                return
        draft, actor = self._draft, self.session.actor
        new = NewClose(
            draft.id,
            self.day,
            tuple(Carried(kind, key, why) for (kind, key), why in draft.reasons.items()),
            draft.hall_empty,
        )
        self._closing = True
        self.close_button.setEnabled(False)
        self.session.background.data(
            self, lambda: day_close.close(actor, new), self._closed, self._refused
        )

    def _closed(self, closing: Closing) -> None:
        _drafts.get(self.session, {}).pop(self.day, None)
        session = self.session
        session.journal.seal_everything()
        # The report says what was destroyed.
        purge_after_closing(session, lambda: file_report(session, closing.day))
        self.session.notices.success(
            _("{day} is closed. Its report is being filed.").format(day=closing.day.isoformat())
        )
        self.accept()
        self.session.go("report", day=closing.day)

    def _refused(self, error: HallDeskError) -> None:
        self._closing = False
        self.close_button.setEnabled(True)
        self.problem.setText(i18n.explain(error))
        self.problem.show()
        if isinstance(error, errors.DayClosed | errors.DayNotSettled):
            self.reload()
            if self.model.rowCount():
                self._select_next()
