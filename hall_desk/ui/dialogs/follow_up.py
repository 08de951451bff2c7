"""A manager looks into a low grade: what the resident said, and what was found and done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import ratings
from hall_desk.services.ratings import NewFollowUp
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip, Ground, Text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.ratings import RatingLine
    from hall_desk.ui.session import Session

SEND = "Ctrl+Return"


def reasons_text(line: RatingLine) -> str:
    return _(", ").join(i18n.code("rating_reason", reason) for reason in line.reasons)


class FollowUpDialog(Dialog):
    """One field; Ctrl+Enter writes it down. One that is followed up already is only shown."""

    def __init__(self, session: Session, line: RatingLine) -> None:
        super().__init__(session, _("Follow up a rating"), width=620, height=460)
        self.line = line
        self._sending = False
        self.result = LabelledField(
            _("What was found, and what was done"), QPlainTextEdit(),
            placeholder=_("e.g. phoned and apologised; a second clerk at noon from Monday"),
        )  # fmt: skip
        self.result.edit.setTabChangesFocus(True)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send = Button(_("Write down the follow-up"), "primary", "Ctrl+Enter")
        self.ticket = Button(_("Show the ticket"), "plain", "Alt+T")
        self.cancel = Button(_("Cancel"), key="Esc")
        self.escape_hint.hide()
        self._lay_out()
        if not line.waits:
            self.result.set_text(line.follow_up)
            self.result.edit.setReadOnly(True)
            self.send.hide()
        self.send.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.reject)
        self.ticket.clicked.connect(self.show_ticket)
        self.bind(SEND, self.submit)
        self.bind("Ctrl+Enter", self.submit)
        if line.ticket_id is not None:
            self.bind("Alt+T", self.show_ticket)

    def _lay_out(self) -> None:
        line, store = self.line, self.session.store
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Chip(i18n.code("grade", str(line.grade)), "bad" if line.low else "ok"))
        about = [f"{store.local(line.at):%m-%d %H:%M}", line.number, line.matter]
        if line.window:
            about.append(_("Window {number}").format(number=line.window))
        head.addWidget(Text(" · ".join(part for part in about if part)), 1)
        said = Ground("panel")
        inside = QHBoxLayout(said)
        inside.setContentsMargins(14, 10, 14, 10)
        words = [reasons_text(line), f"“{line.comment}”" if line.comment else ""]
        inside.addWidget(Text("\n".join(w for w in words if w) or _("No words.")).wrap())
        who = " ".join(part for part in (line.resident, line.phone_masked) if part)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send)
        foot.addWidget(self.ticket)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        if line.ticket_id is None:
            self.ticket.hide()
        if not line.low:
            self.result.hide()
        self.body.addLayout(head)
        self.body.addWidget(said)
        if who:
            self.body.addWidget(Text(_("Resident: {who}").format(who=who), "soft"))
        if line.due_at is not None and line.waits:
            due = _("Due {day}").format(day=f"{store.local(line.due_at):%m-%d}")
            self.body.addWidget(Text(due, "soft"))
        elif line.followed_up_at is not None:
            done = _("Followed up by {name}, {day}").format(
                name=line.followed_up_by, day=f"{store.local(line.followed_up_at):%m-%d %H:%M}"
            )
            self.body.addWidget(Text(done, "soft"))
        self.body.addWidget(self.result, 1)
        self.body.addWidget(self.problem)
        if not line.low:
            self.body.addStretch(1)
        self.body.addLayout(foot)

    def show_ticket(self) -> None:
        """Opens the ticket, where the resident's phone can be shown; what is half typed here is given up."""
        if self.line.ticket_id is not None:
            self.session.go("proxy", ticket_id=self.line.ticket_id)

    def submit(self) -> None:
        if self._sending or not self.line.waits:
            return
        self.result.clear_error()
        self.problem.hide()
        new = NewFollowUp(self.line.id, self.result.text())
        self._busy(on=True)
        actor = self.session.actor
        self.session.background.data(
            self, lambda: ratings.follow_up(actor, new), lambda _line: self.accept(), self._refused
        )

    def _refused(self, error: HallDeskError) -> None:
        self._busy(on=False)
        if isinstance(error, errors.BadInput) and error.field == "follow_up":
            self.result.show_error(i18n.explain(error))
        else:
            self.problem.setText(i18n.explain(error))
            self.problem.show()

    def _busy(self, *, on: bool) -> None:
        self._sending = on
        self.send.setEnabled(not on)
