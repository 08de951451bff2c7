"""What the steps of a ticket are made of: comparing and setting its state, taking it up and letting it go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings
from hall_desk.services.ticket_cards import TicketView, load_joined, view
from hall_desk.store import ids, plain
from hall_desk.store.journal import Change, sql_time
from hall_desk.store.models import Ticket

INTO_CLAIM = "INSERT INTO claim (id, hall_id, window_id, staff_id, claimed_at, note, ticket_id) "
CLAIM = INTO_CLAIM + "VALUES (?, ?, ?, ?, ?, '', ?)"


_OFFERED = (
    "SELECT m.channels, m.promised_minutes, w.id FROM matter m "
    "LEFT JOIN matter_window o ON o.matter_id = m.id "
    'LEFT JOIN "window" w ON w.id = o.window_id AND w.retired_at IS NULL '
    "WHERE m.id = ? AND m.hall_id = ? AND m.retired_at IS NULL ORDER BY o.position"
)


def offered(
    actor: Actor, matter_id: UUID | None, window_id: UUID | None = None
) -> tuple[UUID, int, UUID]:
    """The matter, its promised minutes and the window its tickets go to: `window_id`, or the matter's first.

    Raises BadInput (matter, window).
    """
    if matter_id is None:
        raise errors.BadInput("matter", "empty")
    rows = actor.store.execute(_OFFERED, (matter_id.hex, actor.hall_id.hex)).fetchall()
    if not rows:
        raise errors.BadInput("matter", "gone")
    channels, promised_minutes, _window = rows[0]
    if "proxy" not in channels.split():
        raise errors.BadInput("matter", "not_by_proxy")
    windows = [key if isinstance(key, UUID) else UUID(key) for *_, key in rows if key]
    if window_id is not None and window_id not in windows:
        raise errors.BadInput("window", "gone")
    if not windows:
        raise errors.BadInput("matter", "no_window")
    return matter_id, promised_minutes, window_id or windows[0]


def head_start(actor: Actor, priority: str) -> timedelta:
    """How much earlier than it was opened a ticket stands in its queue. Raises BadInput `priority`."""
    if not priority:
        return timedelta()
    settings = load_settings(actor.hall_id)
    if priority not in settings.priorities:
        raise errors.BadInput("priority", "unknown")
    return timedelta(minutes=settings.priority_head_start_minutes)


def at_own_window(actor: Actor, ticket: Ticket) -> None:
    """A clerk acts on tickets of the own window; a manager on any. Raises NotAllowed."""
    if actor.window_id is not None and actor.window_id != ticket.window_id:
        raise errors.NotAllowed(action="tickets.other_window")


def refusal(actor: Actor, ticket_id: UUID, action: str) -> errors.HallDeskError:
    """Why a step is not possible: somebody has the ticket, or its state does not allow the step."""
    ticket = load_joined(actor, ticket_id)
    held = getattr(ticket, "held", None)
    if action == "claim" and ticket.state == "handling" and held is not None and held.id:
        return errors.AlreadyClaimed(
            number=ticket.number,
            owner=held.staff.name,
            window=ticket.window.number,
            since=held.claimed_at,
            since_text=f"{actor.store.local(held.claimed_at):%H:%M:%S}",
        )
    return errors.WrongState(number=ticket.number, state=ticket.state, action=action)


def as_seen(actor: Actor, ticket: Ticket, since: datetime | None) -> None:
    """Refuses a step whose screen showed the ticket as it stood since `since`, when it has moved on meanwhile.

    None asks nothing. Raises ChangedMeanwhile with who moved it and when.
    """
    if since is None or ticket.state_at == since:
        return
    rows = actor.store.execute(
        "SELECT s.name FROM journal j JOIN staff s ON s.id = j.staff WHERE j.ticket = ? AND j.at = ? "
        "ORDER BY j.id DESC LIMIT 1",
        (ticket.id.hex, sql_time(ticket.state_at)),
    ).fetchall()
    raise errors.ChangedMeanwhile(
        number=ticket.number,
        owner=rows[0][0] if rows else "",
        since_text=f"{actor.store.local(ticket.state_at):%H:%M:%S}",
    )


def step(
    actor: Actor,
    change: Change,
    ticket_id: UUID,
    action: str,
    states: tuple[str, ...],
    **values: Any,
) -> None:
    """Compare and set: moves the ticket on if it is in one of `states`, else says who or what is in the way."""
    if "state" in values:
        values.setdefault("state_at", change.at)
    if plain.update(change.store, Ticket, ticket_id, states, **values) != 1:
        raise refusal(actor, ticket_id, action)


def after(actor: Actor, change: Change, ticket_id: UUID) -> TicketView:
    """The ticket as the change leaves it."""
    # Written before reading back, so that the history of what is returned holds this step too.
    change.write_entries()
    return view(actor, ticket_id)


def take_up(
    actor: Actor, change: Change, ticket_id: UUID, window_id: UUID, staff_id: UUID, at: datetime
) -> str:
    """Opens a claim; gives its key for the journal."""
    key = ids.new_id()
    change.store.execute(
        CLAIM,
        (
            key.hex,
            actor.hall_id.hex,
            window_id.hex,
            staff_id.hex,
            sql_time(at),
            ticket_id.hex,
        ),
    )
    return key.hex


def let_go(change: Change, ticket_id: UUID, how: str, note: str = "") -> str:
    """Ends the open claim, if there is one; gives its key for the journal."""
    rows = change.store.execute(
        "UPDATE claim SET ended_at = ?, ended_how = ?, note = ? "
        "WHERE ticket_id = ? AND ended_at IS NULL RETURNING id",
        (sql_time(change.at), how, note, ticket_id.hex),
    ).fetchall()
    return str(rows[0][0]).replace("-", "") if rows else ""
