"""A ticket's step sent twice is one step: what a key press is when the server's answer to the first was lost.

Of ten connections killed in a commit, five had committed what the PC saw fail. So a key press has a key of its own,
which the step writes to the journal in its transaction; pressing again with the same key gives what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from hall_desk import errors
from hall_desk.services import tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import TicketView
from hall_desk.store.journal import AlreadyDone, ticket_of_request


def once(actor: Actor, request: UUID, step: Callable[[Actor], TicketView]) -> TicketView:
    """Carries out `step` unless the command with the key `request` was carried out before; gives the ticket as it is.

    `step` calls one service function of `tickets` with the actor it is given. Raises what it raises.
    """
    try:
        return step(replace(actor, request=request))
    except (errors.DatabaseAway, errors.DatabaseBusy):
        raise
    except (errors.HallDeskError, AlreadyDone):
        # Most steps refuse a second time because the first has moved the ticket on. Looking only now costs nothing
        # when all is well.
        ticket_id = ticket_of_request(actor.store, actor.hall_id, request)
        if ticket_id is None:
            raise
        return tickets.get(actor, ticket_id)
