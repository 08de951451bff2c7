"""After a step of a ticket: what was done, and for ten seconds the offer to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import N_, _
from hall_desk.services import repeats, tickets
from hall_desk.services.tickets import UNDO_S
from hall_desk.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from hall_desk.errors import HallDeskError
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.session import Session

HANDED_BACK = "ticket.handed_back"
SAID = {
    "ticket.claimed": N_("{number} claimed"),
    "ticket.received": N_("{number}: papers received"),
    "ticket.released": N_("{number} is back in the queue"),
    "ticket.suspended": N_("{number} suspended"),
    "ticket.resumed": N_("{number} taken up again"),
    "ticket.transferred": N_("{number} passed on"),
    "ticket.finished": N_("{number} is finished; its papers go back to the desk."),
    "ticket.withdrawn": N_("{number} withdrawn"),
    "ticket.terminated": N_("{number} terminated"),
}


def offer_undo(
    owner: QObject,
    session: Session,
    ticket: TicketView,
    undone: Callable[[TicketView], object],
    said: str = "",
) -> None:
    """Says in the notice bar what was done to `ticket`, with the way back; `undone` gets the ticket as it was.

    `said` is the sentence where there is a better one than the step's own. What was taken back meanwhile, or cannot be,
    is said without an offer.
    """
    line = next(
        (one for one in ticket.history if one.kind in SAID or one.kind == HANDED_BACK), None
    )
    if line is None:
        return
    words = said or _(SAID[line.kind]).format(number=ticket.card.number)
    left = int(UNDO_S - (session.now() - line.at).total_seconds())
    if left < 1:
        session.notices.success(words)
        return
    actor, key, ticket_id = session.actor, new_id(), ticket.card.id

    def done(again: TicketView) -> None:
        session.notices.success(_("{number}: undone.").format(number=again.card.number))
        undone(again)

    def refused(error: HallDeskError) -> None:
        session.notices.error(i18n.explain(error))

    def undo() -> None:
        session.background.data(
            owner,
            lambda: repeats.once(actor, key, lambda actor: tickets.undo(actor, ticket_id)),
            done,
            refused,
        )

    session.notices.undoable(words, undo, min(left, UNDO_S))
