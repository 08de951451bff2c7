"""The posts of the hall, and the hand-over of a post with everything that is held there.

A person is on one post at a time; a post may have several people. Papers and tickets are in a person's hands, not in
a post's: so whoever leaves hands them over, and whoever takes over says so with a PIN of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from uuid import UUID

from hall_desk import errors
from hall_desk.services import accounts, custody, turns
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.custody import Hands
from hall_desk.services.holdings import Held, HeldPaper, HeldTicket, held, holdings_of
from hall_desk.services.turns import (
    POSTS,
    Candidate,
    NewShift,
    OnPost,
    candidates,
    leave_post,
    of_today,
    on_posts,
    stands_for,
    take_post,
)
from hall_desk.store.ids import new_id
from hall_desk.store.journal import AlreadyDone, Change
from hall_desk.store.models import Claim, JournalEntry, Paper, Shift, Staff

__all__ = [
    "POSTS", "Candidate", "HandedOver", "Held", "HeldPaper", "HeldTicket", "NewHandOver", "NewShift", "OnPost",
    "candidates", "hand_over", "held", "leave_post", "of_today", "on_posts", "stands_for", "take_post",
]  # fmt: skip


@dataclass(frozen=True)
class NewHandOver:
    """A post changes hands. `pin` is of the one of the two who is not signed in here, and is never kept.

    `seen` are the keys of the papers and tickets that were shown (see `held`): what was agreed to.
    """

    id: UUID
    from_staff: UUID
    to_staff: UUID | None
    pin: str = field(repr=False)
    seen: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class HandedOver:
    """What went with a post: sheets of paper, and the numbers of the tickets being handled."""

    taker: str
    papers: int
    tickets: tuple[str, ...]


def hand_over(actor: Actor, new: NewHandOver) -> HandedOver:
    """One person's post goes to another with everything held: papers by moves of custody, tickets by a new claim.

    Both agree: one is signed in, the other gives a PIN. A manager may hand over for somebody who is gone, with the
    taker's PIN. Once per `id`. Needs the server: what is agreed by a PIN cannot wait. Raises BadInput: `taker` (empty,
    same, desk_only, other_window, gone), `pin`, `held` (changed, nothing); NotFound `staff`; NotAllowed; SignInRefused;
    AccountLocked.
    """
    actor.needs("posts.hand_over")
    done = _done(actor, new)
    if done is not None:
        return done
    if new.to_staff is None:
        raise errors.BadInput("taker", "empty")
    if new.to_staff == new.from_staff:
        raise errors.BadInput("taker", "same")
    if actor.staff_id == new.to_staff:
        other = new.from_staff
    else:
        other = new.to_staff
        if actor.staff_id != new.from_staff:
            actor.needs("posts.hand_over_for")
    with actor.store.reading():
        _check_taker(actor, new)
    accounts.confirm(actor, other, new.pin)
    try:
        with actor.store.change(replace(actor, request=new.id)) as change:
            return _hand_over(actor, change, new)
    except AlreadyDone:
        done = _done(actor, new)
        assert done is not None
        return done


def _done(actor: Actor, new: NewHandOver) -> HandedOver | None:
    """What came of this hand-over, if it was carried out."""
    with actor.store.reading():
        entry = JournalEntry.get_or_none(
            JournalEntry.request == new.id, JournalEntry.hall == actor.hall_id
        )
        if entry is None:
            return None
        facts = json.loads(entry.facts)
        taker = Staff.get_by_id(UUID(facts["taker"]))
        return HandedOver(taker.name, facts["papers"], tuple(facts["tickets"]))


def _check_taker(actor: Actor, new: NewHandOver) -> Held:
    have = holdings_of(actor, new.from_staff)
    taker = Staff.get_or_none(
        Staff.id == new.to_staff, Staff.hall == actor.hall_id, Staff.retired_at.is_null()
    )
    if taker is None:
        raise errors.BadInput("taker", "gone")
    if taker.role == Role.MANAGER.value:
        return have
    windows = {ticket.window for ticket in have.tickets} | {have.window}
    windows |= {paper.window for paper in have.papers if paper.holder == "window"}
    windows -= {""}
    own = taker.window.number if taker.window_id else ""
    foreign = sorted(windows - {own})
    if foreign or (windows and taker.role != Role.WINDOW_CLERK.value):
        raise errors.BadInput("taker", "other_window", window=(foreign or sorted(windows))[0])
    at_desk = any(paper.holder != "window" for paper in have.papers)
    if at_desk and taker.role != Role.FRONT_DESK.value:
        raise errors.BadInput("taker", "desk_only")
    return have


def _hand_over(actor: Actor, change: Change, new: NewHandOver) -> HandedOver:
    assert new.to_staff is not None
    # In one order, whoever gives: two who hand over to each other at once do not wait for ever.
    for staff_id in sorted((new.from_staff, new.to_staff)):
        turns.locked(actor, staff_id, errors.NotFound(kind="staff", key=""))
    if actor.store.postgres:
        locked = Paper.select(Paper.id).where(Paper.holder_staff == new.from_staff)
        list(locked.where(Paper.holder.in_(custody.OUT)).for_update())
    have = _check_taker(actor, new)
    if set(have.keys) != set(new.seen):
        raise errors.BadInput("held", "changed")
    row = Shift.get_or_none(Shift.staff == new.from_staff, Shift.ended_at.is_null())
    if row is None and not have.keys:
        raise errors.BadInput("held", "nothing")
    numbers = tuple(ticket.number for ticket in have.tickets)
    # First of all: the entry that carries the key of the command.
    change.record(
        "post.handed_over",
        row.id if row else None,
        giver=new.from_staff,
        taker=new.to_staff,
        papers=have.paper_count,
        tickets=list(numbers),
    )
    if row is not None:
        turns.end(change, row, handed_to=new.to_staff)
    if row is not None and row.service_day == change.day:
        turns.put_on(change, new.id, new.to_staff, row.post, row.window_id)
    for paper in Paper.select().where(Paper.id.in_([line.id for line in have.papers])):
        taker = Hands(paper.holder, new.to_staff, paper.holder_window_id)
        custody.move(change, paper.ticket_id, [paper], taker)
    for ticket in have.tickets:
        _pass_claim(change, ticket, new)
    taken = Staff.get_by_id(new.to_staff)
    return HandedOver(taken.name, have.paper_count, numbers)


def _pass_claim(change: Change, ticket: HeldTicket, new: NewHandOver) -> None:
    """Ends the giver's claim and opens the taker's: who handled a ticket, from when to when, stays true."""
    ended = (
        Claim.update(ended_at=change.at, ended_how="handed_over")
        .where(
            Claim.ticket == ticket.id,
            Claim.staff == new.from_staff,
            Claim.ended_at.is_null(),
        )
        .execute()
    )
    if ended != 1:
        raise errors.BadInput("held", "changed")
    claim = Claim.create(
        id=new_id(),
        hall=change.actor.hall_id,
        ticket=ticket.id,
        window=ticket.window_id,
        staff=new.to_staff,
        claimed_at=change.at,
        force_insert=True,
    )
    change.record("ticket.handed_over", ticket.id, ticket=ticket.id, claim=claim.id.hex)
