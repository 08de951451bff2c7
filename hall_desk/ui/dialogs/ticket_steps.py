"""The steps of a ticket that need a few words first: withdraw, terminate, suspend, pass to another window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import callback_times, matters, repeats, tickets
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.ticket_cards import window_text
from hall_desk.ui.ticket_history import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.matters import WindowLine
    from hall_desk.services.tickets import Card, TicketView
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session


class StepDialog(Dialog):
    """One line of words and a button; Enter sends, Escape leaves the ticket as it is.

    When another PC moves the ticket on while the dialog is open, it says what happened and sends nothing any more.
    """

    done = Signal(object)

    def __init__(
        self,
        session: Session,
        card: Card,
        title: str,
        button: str,
        field: LabelledField,
        *,
        kind: str = "primary",
        explanation: str = "",
        height: int = 260,
    ) -> None:
        # Tall enough for the sentences that a refusal adds.
        super().__init__(session, title, width=520, height=height)
        self.card = card
        # A second Enter after the server's answer was lost is the same step.
        self._key = new_id()
        self.field = field
        self.explanation = Text(explanation, "soft").wrap()
        if not explanation:
            self.explanation.hide()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send = Button(button, kind, "Enter")
        self.cancel = Button(_("Cancel"), key="Esc")
        self.escape_hint.hide()
        self._sending = False
        self._stale = False
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        self.body.addWidget(self.explanation)
        self.body.addWidget(field)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self.body.addLayout(foot)
        self.send.clicked.connect(self.send_step)
        self.cancel.clicked.connect(self.reject)
        self.bind("Return", self.send_step)
        self.bind("Enter", self.send_step)
        session.changed.connect(self._changed)

    def _changed(self, changed: Changed) -> None:
        touched = changed.everything or self.card.id in changed.tickets
        if not touched or self._sending or not self.is_open():
            return
        actor, ticket_id = self.session.actor, self.card.id
        self.session.background.data(
            self,
            lambda: tickets.get(actor, ticket_id),
            self._read_again,
            lambda _error: None,
            replaces="again",
        )

    def _read_again(self, ticket: TicketView) -> None:
        if self._sending or ticket.card.since == self.card.since:
            return
        happened = next(
            (line for line in ticket.history if line.at == ticket.card.since), ticket.history[0]
        )
        self._stale = True
        self.send.setEnabled(False)
        self.problem.setText(
            _("{what} ({time}). Close this and look at the ticket again.").format(
                what=sentence(happened), time=f"{self.session.store.local(happened.at):%H:%M:%S}"
            )
        )
        self.problem.show()

    def work(self) -> Callable[[Actor], TicketView]:
        """The service call with what was typed. May raise BadInput."""
        raise NotImplementedError

    def show_error(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field in ("reason", "missing", "note"):
            self.field.show_error(i18n.explain(error))
        else:
            self.problem.setText(i18n.explain(error))
            self.problem.show()

    def send_step(self) -> None:
        if self._sending or not self.is_open():
            return
        if self.cancel.hasFocus():
            self.reject()
            return
        if self._stale:
            return
        self.field.clear_error()
        self.problem.hide()
        try:
            step = self.work()
        except errors.BadInput as error:
            self.show_error(error)
            return
        self._busy(True)
        actor, key = self.session.actor, self._key
        self.session.background.data(
            self, lambda: repeats.once(actor, key, step), self._done, self._refused
        )

    def _done(self, ticket: TicketView) -> None:
        self.done.emit(ticket)
        self.accept()

    def _refused(self, error: HallDeskError) -> None:
        self._busy(False)
        self.show_error(error)

    def _busy(self, busy: bool) -> None:
        self._sending = busy
        self.send.setEnabled(not busy and not self._stale)


class WithdrawDialog(StepDialog):
    """The resident takes the matter back."""

    def __init__(self, session: Session, card: Card) -> None:
        super().__init__(
            session,
            card,
            _("Withdraw {number}").format(number=card.number),
            _("Withdraw"),
            LabelledField(_("Reason"), placeholder=_("e.g. will come another day")),
            kind="danger",
            explanation=_("The papers stay listed until they are handed back."),
        )

    def work(self) -> Callable[[Actor], TicketView]:
        ticket_id, reason, since = self.card.id, self.field.text(), self.card.since
        return lambda actor: tickets.withdraw(actor, ticket_id, reason, since=since)


class TerminateDialog(StepDialog):
    """The window cannot handle the matter and says why."""

    def __init__(self, session: Session, card: Card) -> None:
        super().__init__(
            session,
            card,
            _("Terminate {number}").format(number=card.number),
            _("Terminate"),
            LabelledField(_("Reason"), placeholder=_("e.g. not registered in this district")),
            kind="danger",
            explanation=_("The papers go back to the desk for the resident."),
        )

    def work(self) -> Callable[[Actor], TicketView]:
        ticket_id, reason, since = self.card.id, self.field.text(), self.card.since
        return lambda actor: tickets.terminate(actor, ticket_id, reason, since=since)


class SuspendDialog(StepDialog):
    """What is missing, and when the window calls the resident."""

    def __init__(self, session: Session, card: Card, missing: str = "") -> None:
        super().__init__(
            session,
            card,
            _("Suspend {number}").format(number=card.number),
            _("Suspend"),
            LabelledField(_("What is missing"), placeholder=_("e.g. proof of income")),
            explanation=_("With a time, the call is promised and stands in the window's list."),
            height=370,
        )
        self.field.set_text(missing)
        self.callback = LabelledField(
            _("Call the resident at (optional)"), placeholder=_("e.g. 10:30, or 2-24 9:00")
        )
        self.body.insertWidget(2, self.callback)
        self.setTabOrder(self.field.edit, self.callback.edit)
        self.setTabOrder(self.callback.edit, self.send)

    def work(self) -> Callable[[Actor], TicketView]:
        self.callback.clear_error()
        ticket_id, missing, since = self.card.id, self.field.text(), self.card.since
        now = self.session.store.local(self.session.now())
        try:
            at = callback_times.read_due(self.callback.text(), now)
        except errors.BadInput as error:
            raise errors.BadInput("callback", error.reason) from None
        return lambda actor: tickets.suspend(actor, ticket_id, missing, at, since=since)

    def show_error(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field == "callback":
            self.callback.show_error(i18n.explain(error))
        else:
            super().show_error(error)


class TransferDialog(StepDialog):
    """Another window, with a note its clerk has to read."""

    def __init__(self, session: Session, card: Card) -> None:
        super().__init__(
            session,
            card,
            _("Pass {number} to another window").format(number=card.number),
            _("Pass on"),
            LabelledField(_("Note for the next window"), placeholder=_("e.g. card found, ID lost")),
            explanation=_("The papers stay with you until the next clerk has ticked them."),
            height=370,
        )
        self.windows = QComboBox()
        self.windows_field = LabelledField(_("Window"), self.windows)
        self.body.insertWidget(1, self.windows_field)
        self.setTabOrder(self.windows, self.field.edit)
        self.setTabOrder(self.field.edit, self.send)
        self.send.setEnabled(False)
        actor = session.actor
        session.background.data(self, lambda: matters.windows(actor), self._offer, self._refused)

    def arrive(self) -> None:
        self.windows.setFocus(Qt.FocusReason.TabFocusReason)

    def _offer(self, windows: list[WindowLine]) -> None:
        for line in windows:
            if line.id != self.card.window_id:
                self.windows.addItem(f"{window_text(line.number)}  {line.name}", line.id)
        self.send.setEnabled(self.windows.count() > 0)

    def work(self) -> Callable[[Actor], TicketView]:
        ticket_id, note, since = self.card.id, self.field.text(), self.card.since
        window_id = self.windows.currentData()
        if window_id is None:
            raise errors.BadInput("window", "empty")
        return lambda actor: tickets.transfer(actor, ticket_id, window_id, note, since=since)

    def show_error(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field == "window":
            self.windows_field.show_error(i18n.explain(error))
        else:
            super().show_error(error)
