"""The steps of a ticket that need a few words first: withdraw, terminate, suspend, pass to another window."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import matters, privacy, repeats, tickets
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.matters import WindowLine
    from hall_desk.services.tickets import Card, TicketView
    from hall_desk.ui.session import Session

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


def read_time(session: Session, text: str) -> datetime | None:
    """`10:30`, `1030` or full-width digits as that moment of today in the hall; empty is None.

    Raises BadInput `callback` (shape, past).
    """
    typed = privacy.folded(text)
    if not typed:
        return None
    match = _TIME.fullmatch(typed)
    if match is None:
        raise errors.BadInput("callback", "shape")
    now = session.store.local(session.store.estimated_now())
    moment = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    if moment < now:
        raise errors.BadInput("callback", "past")
    return moment


class StepDialog(Dialog):
    """One line of words and a button; Enter sends, Escape leaves the ticket as it is."""

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
        self.send.setEnabled(not busy)


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
        ticket_id, reason = self.card.id, self.field.text()
        return lambda actor: tickets.withdraw(actor, ticket_id, reason)


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
        ticket_id, reason = self.card.id, self.field.text()
        return lambda actor: tickets.terminate(actor, ticket_id, reason)


class SuspendDialog(StepDialog):
    """What is missing, and when the window calls the resident."""

    def __init__(self, session: Session, card: Card, missing: str = "") -> None:
        super().__init__(
            session,
            card,
            _("Suspend {number}").format(number=card.number),
            _("Suspend"),
            LabelledField(_("What is missing"), placeholder=_("e.g. proof of income")),
            height=330,
        )
        self.field.set_text(missing)
        self.callback = LabelledField(
            _("Call the resident at (optional)"), placeholder=_("e.g. 10:30")
        )
        self.body.insertWidget(2, self.callback)
        self.setTabOrder(self.field.edit, self.callback.edit)
        self.setTabOrder(self.callback.edit, self.send)

    def work(self) -> Callable[[Actor], TicketView]:
        self.callback.clear_error()
        ticket_id, missing = self.card.id, self.field.text()
        at = read_time(self.session, self.callback.text())
        return lambda actor: tickets.suspend(actor, ticket_id, missing, at)

    def show_error(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field == "callback":
            self.callback.show_error(
                _("That time has passed.")
                if error.reason == "past"
                else _("A time looks like 10:30.")
            )
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
        ticket_id, note = self.card.id, self.field.text()
        window_id = self.windows.currentData()
        if window_id is None:
            raise errors.BadInput("window", "empty")
        return lambda actor: tickets.transfer(actor, ticket_id, window_id, note)

    def show_error(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field == "window":
            self.windows_field.show_error(i18n.explain(error))
        else:
            super().show_error(error)
