"""What was recorded here while the server was away: what still waits, what the hall refused, and settling that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.services import away
from hall_desk.ui.buttons import Button
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Band, Chip, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.away import Line, Waiting
    from hall_desk.ui.session import Session

NOTHING = "—"
# What a command of the outbox is called on the screen.
WHAT = {
    "screening.record": N_("Temperature check"),
    "screening.undo": N_("Check taken back"),
    "screening.left": N_("Left before the second reading"),
    "tickets.open": N_("New ticket"),
    "slips.give": N_("Phone slip"),
    "papers.reprint": N_("Reprint"),
    "papers.reprint_notice": N_("Reprint"),
    "consultations.record": N_("Consultation"),
    "consultations.undo": N_("Consultation taken back"),
    "missing_notices.give": N_("Notice of what is missing"),
    "missing_notices.reopen": N_("Notice opened again"),
    "callbacks.promise": N_("Promise of a callback"),
    "phone_cases.record": N_("Phone case"),
    "phone_cases.undo": N_("Phone case taken back"),
    "number_troubles.report": N_("Number does not answer"),
    "incidents.open": N_("Incident reported"),
    "incidents.step": N_("Step of an incident"),
    "incidents.on_my_way": N_("On the way to an incident"),
    "attendance.record": N_("Staff in, out or checked"),
    "attendance.undo": N_("Staff entry taken back"),
    "disinfection.record": N_("Disinfection"),
    "passages.come_in": N_("Came into the hall"),
    "passages.leave": N_("Left the hall"),
    "away.note_sign_in": N_("Sign-in"),
    "away.note_wrong_try": N_("Wrong PIN"),
}
_STATE = {
    "waiting": (N_("Waits for the server"), "info"),
    "refused": (N_("Refused"), "bad"),
    "differs": (N_("Came out differently"), "warn"),
}
_BECAUSE = {
    "entered_again": (N_("Settled: entered again"), "Alt+1"),
    "not_needed": (N_("Settled: not needed"), "Alt+2"),
    "mistake": (N_("Settled: a mistake"), "Alt+3"),
}
AGAIN = "Alt+S"


def what_of(line: Line) -> str:
    """What a record is, with its ticket number or reading."""
    words = _(WHAT[line.what]) if line.what in WHAT else line.what
    more = line.number or line.detail
    return f"{words} {more}" if more else words


def reason_of(line: Line) -> str:
    """Why a record needs a manager; empty for one that only waits."""
    if line.state == "differs":
        return _("The hall's settings had changed: it was recorded by the new ones.")
    if line.state != "refused":
        return ""
    if line.error is None:
        return _("It could not be sent. The reason was logged.")
    return i18n.explain(line.error)


class OutboxPage(Page):
    name = "outbox"
    right = "outbox.read"

    @classmethod
    def title(cls) -> str:
        return _("Outbox")

    @classmethod
    def offered(cls, session: Session) -> bool:
        return super().offered(session) and session.store.outbox is not None

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.may_settle = session.actor.may("outbox.settle")
        self.count = Chip("", "info")
        self.damaged = Band("bad")
        self.damaged_words = Text("").wrap()
        self.model, self.table = self._make_table()
        self.again = Button(_("Send again"), "primary", AGAIN)
        self.settled = {
            because: Button(_(words), "plain", key) for because, (words, key) in _BECAUSE.items()
        }
        self._lay_out()
        self.again.clicked.connect(self.send_again)
        for because, button in self.settled.items():
            button.clicked.connect(partial(self.settle, because))
        self.table.moved_to.connect(lambda _line: self._enable())
        session.outbox.told.connect(self._show)
        self._show(session.outbox.waiting)

    def _make_table(self) -> tuple[RowsModel[Line], Table[Line]]:
        local = self.session.store.local
        columns: tuple[Column[Line], ...] = (
            Column(_("Time"), lambda line: f"{local(line.at):%m-%d %H:%M:%S}", 130),
            Column(_("Record"), what_of, 190, weight=2, bold=True),
            Column(_("Name"), lambda line: line.person or NOTHING, 110, weight=1),
            Column(_("Recorded by"), lambda line: line.staff, 110),
            Column(
                _("State"),
                lambda line: _(_STATE[line.state][0]),
                150,
                chip=lambda line: _STATE[line.state][1],
            ),
            Column(_("Reason"), reason_of, 240, weight=5),
        )
        model: RowsModel[Line] = RowsModel(columns, key=lambda line: line.id, parent=self)
        table = Table(model)
        table.setAccessibleName(_("Records that wait for the server"))
        return model, table

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(self.title(), "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        warning = QHBoxLayout(self.damaged)
        warning.addWidget(self.damaged_words, 1)
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.table, 1)
        self.first_steps = FirstSteps(self.session, self.name, self.table.viewport())
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.again)
        for button in self.settled.values():
            foot.addWidget(button)
        foot.addStretch(1)
        self.hint = Text(_("A manager settles what was refused."), "label")
        self.hint.setVisible(not self.may_settle)
        foot.addWidget(self.hint)
        for button in (self.again, *self.settled.values()):
            button.setVisible(self.may_settle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.damaged)
        layout.addWidget(card, 1)
        layout.addLayout(foot)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        if not self.may_settle:
            return ()
        return (
            Shortcut(AGAIN, self.send_again),
            *(Shortcut(key, partial(self.settle, why)) for why, (_w, key) in _BECAUSE.items()),
        )

    def arrive(self) -> None:
        (self.table if self.model.rows else self).setFocus()
        if self.model.rows and self.table.selected() is None:
            self.table.selectRow(0)

    def reload(self) -> None:
        self.session.outbox.reload()

    def reload_badge(self) -> None:
        waiting = self.session.outbox.waiting
        self.badge.emit(len(waiting.lines), "bad" if waiting.to_settle else "info")

    def _show(self, waiting: Waiting, _alone: bool = False) -> None:
        # What needs a hand comes first; each kind in the order it happened.
        lines = sorted(waiting.lines, key=lambda line: line.state == "waiting")
        self.model.show(lines)
        self.first_steps.show_for(empty=not lines)
        count = _n("{count} record", "{count} records", len(lines)).format(count=len(lines))
        self.count.show_text(count if lines else "", "bad" if waiting.to_settle else "info")
        self.hint.setVisible(bool(lines) and not self.may_settle)
        self.damaged.setVisible(bool(waiting.damaged))
        said = _("Some records could not be read. The file was put aside as {file}; keep it.")
        self.damaged_words.setText(said.format(file=waiting.damaged))
        if lines and self.isVisible() and self.table.selected() is None:
            self.table.selectRow(0)
        self._enable()
        self.reload_badge()

    def _enable(self) -> None:
        line = self.table.selected() if self.model.rows else None
        self.again.setEnabled(line is not None and line.state == "refused")
        for button in self.settled.values():
            button.setEnabled(line is not None and line.state != "waiting")

    # --- settling -----------------------------------------------------------------------------------------

    def send_again(self) -> None:
        """Lets the selected record be sent once more."""
        line = self.table.selected()
        if not self.again.isEnabled() or line is None:
            return
        actor, key = self.session.actor, line.id
        self.session.background.data(
            self, lambda: away.try_again(actor, key), self._done, self._refused
        )

    def settle(self, because: str) -> None:
        """Takes the selected record off the list; the journal keeps who did and why."""
        line = self.table.selected()
        if not self.settled[because].isEnabled() or line is None:
            return
        actor, key = self.session.actor, line.id
        self.session.background.data(
            self, lambda: away.settle(actor, key, because), self._done, self._refused
        )

    def _done(self, _nothing: None) -> None:
        self.session.outbox.reload()

    def _refused(self, error: HallDeskError) -> bool:
        self.session.outbox.reload()
        self.session.notices.refused(error)
        return True
