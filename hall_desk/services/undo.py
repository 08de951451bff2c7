"""Taking back the last step of a ticket, for ten seconds and by whoever took it.

What can be taken back: claiming, receiving papers, putting back into the queue, suspending, taking up again, passing to
another window, finishing, withdrawing, terminating, handing back. What cannot: opening a ticket (its receipt is printed
and its number told; it can be withdrawn), a note that has been read, a correction (correct it again), and an undo.

Nothing is deleted: papers go back by moves of their own, a claim that was ended wrongly stays as undone beside a new
one, and the journal has both the step and its undoing. What the ticket was before is read from the journal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import callbacks, custody
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import Hands
from hall_desk.services.ticket_cards import TicketView, load
from hall_desk.services.ticket_steps import after, step, take_up
from hall_desk.store.journal import Change
from hall_desk.store.models import Claim, CustodyMove, HandBack, Paper, Staff, Ticket

UNDO_S = 10
# What each step needs is what its undoing needs.
RIGHTS = {
    "claimed": "tickets.claim",
    "received": "tickets.handle",
    "released": "tickets.handle",
    "suspended": "tickets.handle",
    "resumed": "tickets.handle",
    "transferred": "tickets.handle",
    "finished": "tickets.handle",
    "withdrawn": "tickets.withdraw",
    "terminated": "tickets.handle",
    "handed_back": "tickets.hand_back",
}
# The state that each happening leaves a ticket in.
STATES = {
    "opened": "queued",
    "claimed": "handling",
    "released": "queued",
    "suspended": "suspended",
    "resumed": "handling",
    "transferred": "queued",
    "finished": "ready",
    "withdrawn": "ready",
    "terminated": "ready",
    "closed": "closed",
}
# Told in the journal, but no step of the ticket.
ASIDE = frozenset({"paper_printed", "printed", "called"})


@dataclass(frozen=True)
class Happening:
    """One entry of the ticket's journal, its topic left out."""

    kind: str
    at: datetime
    staff: UUID | None
    facts: dict[str, Any]


_PAST = "SELECT kind, at, staff, facts FROM journal WHERE ticket = ? ORDER BY at, id"


def past_of(actor: Actor, ticket_id: UUID) -> list[Happening]:
    """What happened to the ticket, oldest first; the caller has a transaction open."""
    rows = actor.store.execute(_PAST, (ticket_id.hex,)).fetchall()
    found = []
    for kind, at, staff, facts in rows:
        topic, _, happening = kind.partition(".")
        if topic == "ticket" and happening not in ASIDE:
            person = None if staff is None else staff if isinstance(staff, UUID) else UUID(staff)
            moment = Ticket.opened_at.python_value(at)
            assert isinstance(moment, datetime)
            found.append(Happening(happening, moment, person, json.loads(facts)))
    return found


def standing_of(past: Sequence[Happening]) -> list[Happening]:
    """The happenings that set the ticket's state, without those that were undone."""
    stack: list[Happening] = []
    for one in past:
        if one.kind in STATES:
            stack.append(one)
        elif one.kind == "undone":
            if one.facts.get("closed"):
                stack.pop()
            if one.facts["undone"] in STATES:
                stack.pop()
    return stack


def _claimed_at(standing: Sequence[Happening]) -> datetime | None:
    claimed = None
    for one in standing:
        if one.kind in ("claimed", "resumed"):
            claimed = one.at
        elif one.kind in ("released", "transferred"):
            claimed = None
    return claimed


def undo(actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes back the ticket's last step, if the actor took it within the last ten seconds.

    Raises NothingToUndo (too_late, not_yours, moved_on, never), NotAllowed, NotFound.
    """
    actor.needs("tickets.read")
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        past = past_of(actor, ticket_id)
        closed = past[-1].kind == "closed"
        last = past[-2] if closed else past[-1]
        _allowed(actor, change, ticket, last)
        standing = standing_of(past[:-2] if closed else past[:-1])
        values = _before(ticket, last, standing, closed=closed)
        claim = _claims_back(actor, change, ticket, last, values)
        if values:
            # Compare and set: whoever moved the ticket on in the same moment wins.
            step(actor, change, ticket_id, "undo", (ticket.state,), **values)
        _papers_back(actor, change, ticket, last)
        if last.kind in ("resumed", "withdrawn", "terminated"):
            callbacks.reopen_for_ticket(change, actor, ticket_id, last.at)
        elif last.kind == "suspended":
            callbacks.settle_for_ticket(change, actor, ticket_id)
        elif last.kind == "handed_back":
            HandBack.update(undone_at=change.at).where(
                HandBack.id == UUID(last.facts["hand_back"])
            ).execute()
        facts = {"undone": last.kind, "claim": claim, **({"closed": True} if closed else {})}
        change.record("ticket.undone", ticket_id, ticket=ticket_id, **facts)
        return after(actor, change, ticket_id)


def _allowed(actor: Actor, change: Change, ticket: Ticket, last: Happening) -> None:
    reason = ""
    if last.kind not in RIGHTS:
        reason = "never"
    elif last.staff != actor.staff_id:
        reason = "not_yours"
    elif change.at - last.at > timedelta(seconds=UNDO_S):
        reason = "too_late"
    if reason:
        person = Staff.get_or_none(Staff.id == last.staff)
        owner = person.name if person is not None else ""
        raise errors.NothingToUndo(number=ticket.number, owner=owner, reason=reason)
    actor.needs(RIGHTS[last.kind])


def _before(
    ticket: Ticket, last: Happening, standing: Sequence[Happening], *, closed: bool
) -> dict[str, Any]:
    """The columns of the ticket as they were before `last`; none for a step that left its state alone."""
    if last.kind not in STATES and not closed:
        return {}
    was = standing[-1]
    values: dict[str, Any] = {"state": STATES[was.kind], "state_at": was.at}
    match last.kind:
        case "handed_back":
            values["closed_at"] = None
        case "finished" | "withdrawn" | "terminated":
            values |= {"outcome": None, "ready_at": None, "result": ""}
        case "resumed":
            # The time it stood suspended was added to its promise; now it stands so still.
            paused = last.at - was.at
            values |= {"claimed_at": _claimed_at(standing), "due_at": ticket.due_at - paused}
        case "transferred":
            values |= {"transfer_note": "", "note_read_at": None}
            values["claimed_at"] = _claimed_at(standing)
        case _:
            values["claimed_at"] = _claimed_at(standing)
    return values


def _claims_back(
    actor: Actor, change: Change, ticket: Ticket, last: Happening, values: dict[str, Any]
) -> str:
    """Ends the claim that `last` began, or opens one like that which `last` ended; gives its key for the journal."""
    key = last.facts.get("claim")
    if not key:
        return ""
    claim = Claim.get_by_id(UUID(key))
    if last.kind in ("claimed", "resumed"):
        Claim.update(ended_at=change.at, ended_how="undone").where(
            Claim.id == claim.id, Claim.ended_at.is_null()
        ).execute()
        return str(key)
    Claim.update(ended_how="undone").where(Claim.id == claim.id).execute()
    if last.kind == "transferred":
        values["window"] = claim.window_id
    return take_up(actor, change, ticket.id, claim.window_id, claim.staff_id, claim.claimed_at)


def _papers_back(actor: Actor, change: Change, ticket: Ticket, last: Happening) -> None:
    """Moves every paper of the step back to whoever gave it; what the step wrote anew becomes void.

    The moves back carry the key of the step too: two moves of one paper with one key are one that did not happen.
    """
    key = last.facts.get("step")
    if not key:
        return
    lines = Paper.select(Paper.id, Paper.shared_with).where(Paper.ticket == ticket.id)
    sheets = [row.shared_with_id or row.id for row in lines]
    moves = list(
        CustodyMove.select()
        .where(CustodyMove.step == UUID(key), CustodyMove.paper.in_(sheets))
        .order_by(CustodyMove.id.desc())
    )
    for move in moves:
        row = Paper.get_by_id(move.paper_id)
        if (row.holder, row.holder_staff_id, row.held_since) != (
            move.taker,
            move.taker_staff_id,
            move.at,
        ):
            raise errors.NothingToUndo(number=ticket.number, owner="", reason="moved_on")
        back = Hands(move.giver, move.giver_staff_id, move.giver_window_id)
        if row.new and last.kind == "finished":
            back = Hands("void", actor.person())
        custody.pass_on(change, row, back, step=UUID(key))
    if last.kind == "received":
        Paper.update(difference=Paper.difference_before).where(Paper.ticket == ticket.id).execute()
