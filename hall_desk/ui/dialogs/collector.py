"""Somebody else collects the papers: who, why, and the colleague who stands by with a PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import repeats, tickets
from hall_desk.services.tickets import Collector
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.tickets import Colleague, Proof, TicketView
    from hall_desk.ui.session import Session


class CollectorDialog(FormDialog):
    """The form. `recorded` gives the ticket after the papers were handed back."""

    def __init__(
        self,
        session: Session,
        ticket: TicketView,
        proof: Proof,
        papers: tuple[UUID, ...] | None,
    ) -> None:
        title = _("{number}: somebody else collects").format(number=ticket.card.number)
        # Tall enough for the sentences that a refusal adds.
        super().__init__(session, title, _("Hand back"), width=600, height=490)
        self._ticket_id, self._proof, self._papers = ticket.card.id, proof, papers
        self._key = new_id()
        self.name = LabelledField(_("Who collects"))
        self.reason = LabelledField(_("Reason"), placeholder=_("e.g. daughter; he is in hospital"))
        self.second = QComboBox()
        self.second_field = LabelledField(_("Colleague who stands by"), self.second)
        pin = QLineEdit()
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin = LabelledField(_("PIN of the colleague"), pin)
        self.fields = {
            "collector": self.name,
            "reason": self.reason,
            "second": self.second_field,
            "pin": self.pin,
        }
        many = len(papers) if papers is not None else sum(paper.out for paper in ticket.papers)
        explanation = (
            _("The ticked papers ({count}) go to this person. The colleague types their own PIN.")
            if many
            else _("The ticket is closed for this person. The colleague types their own PIN.")
        )
        second = QHBoxLayout()
        second.setSpacing(12)
        second.addWidget(self.second_field, 1, Qt.AlignmentFlag.AlignTop)
        second.addWidget(self.pin, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(Text(explanation.format(count=many), "soft").wrap())
        self.body.addWidget(self.name)
        self.body.addWidget(self.reason)
        self.body.addLayout(second)
        self.end_layout()
        actor = session.actor
        session.background.data(self, lambda: tickets.colleagues(actor), self._offer, self.refused)

    def _offer(self, colleagues: list[Colleague]) -> None:
        self.second.addItem("", None)
        for colleague in colleagues:
            self.second.addItem(colleague.name, colleague.id)

    def work(self) -> Callable[[], TicketView]:
        actor, key, ticket_id = self.session.actor, self._key, self._ticket_id
        proof, papers = self._proof, self._papers
        other = Collector(
            self.name.text(), self.reason.text(), self.second.currentData(), self.pin.text()
        )
        return lambda: repeats.once(
            actor,
            key,
            lambda actor: tickets.hand_back(actor, ticket_id, proof, papers, other),
        )

    def refused(self, error: HallDeskError) -> None:
        """A wrong PIN is said beside the PIN, which is emptied; all else stays as it was typed."""
        if isinstance(error, errors.SignInRefused | errors.AccountLocked):
            self.pin.set_text("")
            self.pin.show_error(_pin_sentence(error))
        else:
            super().refused(error)


def _pin_sentence(error: HallDeskError) -> str:
    if isinstance(error, errors.SignInRefused):
        return _("The PIN is wrong.")
    return i18n.explain(error)
