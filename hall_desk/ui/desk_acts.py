"""What the desk does with the ticket shown in its panel: handing back, withdrawing, its papers, putting right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import repeats, tickets
from hall_desk.ui.dialogs.collector import CollectorDialog
from hall_desk.ui.dialogs.correction import CorrectionDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog, another_matter
from hall_desk.ui.dialogs.standard_papers import StandardPapersDialog
from hall_desk.ui.dialogs.ticket_steps import WithdrawDialog
from hall_desk.ui.id_line import show_id
from hall_desk.ui.key_press import KeyPress
from hall_desk.ui.step_undo import offer_undo

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.tickets import Proof, TicketView
    from hall_desk.ui.session import Session
    from hall_desk.ui.ticket_panel import TicketPanel


def handed_back_text(ticket: TicketView) -> str:
    """What is said after papers were given back."""
    if ticket.card.state == "closed":
        return _("{number}: handed back and closed.").format(number=ticket.card.number)
    left = sum(paper.out for paper in ticket.papers)
    said = _n(
        "{number}: handed back; {count} paper is still out.",
        "{number}: handed back; {count} papers are still out.",
        left,
    )
    return said.format(number=ticket.card.number, count=left)


class DeskActs(QObject):
    """Does what the panel asks for.

    Signals:
        opened: a new ticket, to be shown.
        changed: a ticket after a step; to be shown if it still is the one.
        closed: the ticket that was shown is done with.
        undone: a ticket whose last step was taken back.
    """

    opened = Signal(object)
    changed = Signal(object)
    closed = Signal()
    undone = Signal(object)

    def __init__(self, session: Session, panel: TicketPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._panel = panel
        self._handing_back = False
        self._press = KeyPress()
        panel.hand_back_wanted.connect(self.hand_back)
        panel.other_collector_wanted.connect(self._other_collector)
        panel.withdraw_wanted.connect(self._withdraw)
        panel.resume_wanted.connect(self._resume)
        panel.another_matter_wanted.connect(self.another_matter)
        panel.papers_wanted.connect(self.show_papers)
        panel.id_wanted.connect(self.show_id)
        panel.correction_wanted.connect(self.correct)

    def _shown(self) -> UUID | None:
        return self._panel.ticket.card.id if self._panel.ticket is not None else None

    # --- opening ------------------------------------------------------------------------------------

    def new_ticket(self) -> None:
        if self._session.actor.may("tickets.open"):
            dialog = NewTicketDialog(self._session)
            dialog.opened.connect(self.opened)
            dialog.open()

    def another_matter(self) -> None:
        """Another matter for the resident of the ticket shown, else of the one opened last."""
        ticket = self._panel.ticket
        there = ticket is not None and ticket.card.state != "closed"
        dialog = another_matter(self._session, ticket if there else None)
        if dialog is not None:
            dialog.opened.connect(self.opened)

    # --- handing back -------------------------------------------------------------------------------

    def hand_back(self, proof: Proof, papers: tuple[UUID, ...] | None) -> None:
        actor, ticket_id = self._session.actor, self._shown()
        if ticket_id is None or self._handing_back:
            return
        self._handing_back = True
        key = self._press.key("hand_back", ticket_id, papers)
        self._session.background.data(
            self,
            lambda: repeats.once(
                actor, key, lambda actor: tickets.hand_back(actor, ticket_id, proof, papers)
            ),
            self._handed_back,
            self._refused,
        )

    def _other_collector(self, proof: Proof, papers: tuple[UUID, ...] | None) -> None:
        if self._panel.ticket is not None:
            dialog = CollectorDialog(self._session, self._panel.ticket, proof, papers)
            dialog.recorded.connect(self._handed_back)
            dialog.open()

    def _handed_back(self, ticket: TicketView) -> None:
        self._handing_back = False
        self._press.answered()
        if ticket.card.id == self._shown():
            self._panel.proof.setText("")
        self.changed.emit(ticket)
        offer_undo(self, self._session, ticket, self.undone.emit, handed_back_text(ticket))
        if ticket.card.state == "closed":
            self.closed.emit()

    def _refused(self, error: HallDeskError) -> None:
        self._handing_back = False
        self._press.answered(error)
        self._panel.say(i18n.explain(error))

    # --- other steps --------------------------------------------------------------------------------

    def _withdraw(self) -> None:
        if self._panel.ticket is not None:
            dialog = WithdrawDialog(self._session, self._panel.ticket.card)
            dialog.done.connect(self._stepped)
            dialog.open()

    def _resume(self) -> None:
        actor, ticket_id = self._session.actor, self._shown()
        if ticket_id is not None:
            key = self._press.key("resume", ticket_id)
            self._session.background.data(
                self,
                lambda: repeats.once(actor, key, lambda actor: tickets.resume(actor, ticket_id)),
                self._stepped,
                self._refused,
            )

    def _stepped(self, ticket: TicketView) -> None:
        self._press.answered()
        self.changed.emit(ticket)
        offer_undo(self, self._session, ticket, self.undone.emit)

    def correct(self) -> None:
        """Puts the ticket shown right; for managers."""
        if self._panel.ticket is not None and self._session.actor.may("tickets.correct"):
            dialog = CorrectionDialog(self._session, self._panel.ticket)
            dialog.recorded.connect(self._corrected)
            dialog.open()

    def _corrected(self, ticket: TicketView) -> None:
        self._session.notices.success(_("{number} put right").format(number=ticket.card.number))
        self.changed.emit(ticket)

    # --- papers -------------------------------------------------------------------------------------

    def show_id(self) -> None:
        show_id(self._session, self._panel.ticket)

    def show_papers(self) -> None:
        """The papers of the ticket shown: its receipt again, its bag's label, the standard forms."""
        if self._panel.ticket is not None and self._session.actor.may("tickets.print"):
            StandardPapersDialog(self._session, self._panel.ticket).open()
