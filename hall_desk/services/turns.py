"""Turns of duty: who is on which post now, going there and leaving. One post at a time per person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.holdings import count_claims, count_papers, holdings_of
from hall_desk.store.journal import Change
from hall_desk.store.models import Shift, Staff, Window

POSTS = ("screening", "consultation", "proxy", "window")
# Who may be put on a post.
ON_POSTS = (Role.FRONT_DESK, Role.MANAGER, Role.WINDOW_CLERK)
MOST_SHOWN = 200


@dataclass(frozen=True)
class NewShift:
    """Somebody goes on a post. `id` is made when the form opens; `staff_id` empty is the actor."""

    id: UUID
    post: str
    staff_id: UUID | None = None
    window_id: UUID | None = None


@dataclass(frozen=True)
class OnPost:
    """A person on a post. `papers` and `tickets` count what is in their hands."""

    id: UUID
    post: str
    window: str
    staff_id: UUID
    staff: str
    since: datetime
    until: datetime | None = None
    handed_to: str = ""
    papers: int = 0
    tickets: int = 0


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be put on a post, with where they were last."""

    id: UUID
    name: str
    role: str
    window_id: UUID | None
    window: str
    post: str
    last_post: str


# --- reading -------------------------------------------------------------------------------------


def on_posts(actor: Actor) -> list[OnPost]:
    """Who is on which post now, in the order of the posts, windows by their order, the longest there first."""
    actor.needs("posts.read")
    with actor.store.reading():
        rows = _shifts(actor, Shift.ended_at.is_null())
        holding = [row.staff_id for row in rows]
        papers = count_papers(actor, holding)
        claims = count_claims(actor, holding)
        return sorted(
            (_line(row, papers.get(row.staff_id, 0), claims.get(row.staff_id, 0)) for row in rows),
            key=lambda line: POSTS.index(line.post),
        )


def of_today(actor: Actor) -> list[OnPost]:
    """Every turn of duty of today, the first one first, with who took over."""
    actor.needs("posts.read")
    with actor.store.reading():
        rows = _shifts(actor, Shift.id.is_null(False))
        return [_line(row) for row in sorted(rows, key=lambda row: row.started_at)]


def _shifts(actor: Actor, which: object) -> list[Shift]:
    taker = Staff.alias()
    return list(
        Shift.select(Shift, Staff, Window, taker)
        .join(Staff, on=(Shift.staff == Staff.id))
        .switch(Shift)
        .join(Window, "LEFT OUTER JOIN", on=(Shift.window == Window.id))
        .switch(Shift)
        .join(taker, "LEFT OUTER JOIN", on=(Shift.handed_to == taker.id))
        .where(Shift.hall == actor.hall_id, Shift.service_day == actor.store.today(), which)
        .order_by(Window.position, Shift.started_at, Shift.id)
        .limit(MOST_SHOWN)
    )


def _line(row: Shift, papers: int = 0, tickets: int = 0) -> OnPost:
    return OnPost(
        id=row.id,
        post=row.post,
        window=row.window.number if row.window_id else "",
        staff_id=row.staff_id,
        staff=row.staff.name,
        since=row.started_at,
        until=row.ended_at,
        handed_to=row.handed_to.name if row.handed_to_id else "",
        papers=papers,
        tickets=tickets,
    )


def candidates(actor: Actor) -> list[Candidate]:
    """Everybody who may be put on a post, with the post they are on and the one they had last (30 days)."""
    actor.needs("posts.read")
    store = actor.store
    with store.reading():
        now = {row.staff_id: row.post for row in _shifts(actor, Shift.ended_at.is_null())}
        since = store.today() - timedelta(days=30)
        last: dict[UUID, str] = {}
        for row in (
            Shift.select(Shift.staff, Shift.post)
            .where(Shift.hall == actor.hall_id, Shift.service_day >= since)
            .order_by(Shift.service_day, Shift.started_at)
        ):
            last[row.staff_id] = row.post
        people = (
            Staff.select(Staff, Window)
            .join(Window, "LEFT OUTER JOIN")
            .where(
                Staff.hall == actor.hall_id,
                Staff.retired_at.is_null(),
                Staff.role.in_([role.value for role in ON_POSTS]),
            )
            .order_by(Staff.role, Window.position, Staff.name)
            .limit(500)
        )
        return [
            Candidate(
                id=row.id,
                name=row.name,
                role=row.role,
                window_id=row.window_id,
                window=row.window.number if row.window_id else "",
                post=now.get(row.id, ""),
                last_post=last.get(row.id, ""),
            )
            for row in people
        ]


def stands_for(change: Change, staff_id: UUID) -> UUID:
    """Who does today what this person did: the last in the row of those who took over, or the person.

    For papers that come back to a desk which changed hands meanwhile.
    """
    turns = (
        Shift.select(Shift.staff, Shift.ended_at, Shift.handed_to)
        .where(
            Shift.hall == change.actor.hall_id,
            Shift.service_day == change.day,
            Shift.ended_at.is_null() | Shift.handed_to.is_null(False),
        )
        .order_by(Shift.ended_at)
        .tuples()
    )
    here, took = set(), {}
    for person, ended_at, taker in turns:
        if ended_at is None:
            here.add(person)
        else:
            took[person] = taker
    seen = set()
    while staff_id not in here and staff_id in took and staff_id not in seen:
        seen.add(staff_id)
        staff_id = took[staff_id]
    return staff_id


# --- going there and leaving ---------------------------------------------------------------------


def take_post(actor: Actor, new: NewShift) -> OnPost:
    """Puts a person on a post; the post they were on ends. Once per `id`, and once for the post they have already.

    Everybody may do it for themselves, the desk for others. What they hold stays in their hands. Raises BadInput:
    `post` (unknown), `window` (empty, gone), `person` (gone).
    """
    staff_id = new.staff_id or actor.person()
    actor.needs("posts.take" if staff_id == actor.staff_id else "posts.assign")
    if new.post not in POSTS:
        raise errors.BadInput("post", "unknown")
    with actor.store.change(actor) as change:
        row = Shift.get_or_none(Shift.id == new.id)
        if row is None:
            person = locked(actor, staff_id, errors.BadInput("person", "gone"))
            window_id = _window(actor, new, person)
            row = put_on(change, new.id, person.id, new.post, window_id)
        change.write_entries()
        return _line(_joined(actor, row.id))


def _joined(actor: Actor, shift_id: UUID) -> Shift:
    return next(iter(_shifts(actor, Shift.id == shift_id)))


def _window(actor: Actor, new: NewShift, person: Staff) -> UUID | None:
    if new.post != "window":
        return None
    window_id = new.window_id or person.window_id
    if window_id is None:
        raise errors.BadInput("window", "empty")
    there = Window.get_or_none(
        Window.id == window_id, Window.hall == actor.hall_id, Window.retired_at.is_null()
    )
    if there is None:
        raise errors.BadInput("window", "gone")
    return window_id


def leave_post(actor: Actor, staff_id: UUID | None = None, papers_stay: bool = False) -> None:
    """Ends a person's turn; nothing happens when there is none.

    Raises PapersHeld while papers or tickets are in their hands, unless `papers_stay` says that they know (the evening,
    a suspended ticket). A ticket in hand must be handed over or put back in any case.
    """
    whose = staff_id or actor.person()
    actor.needs("posts.take" if whose == actor.staff_id else "posts.assign")
    with actor.store.change(actor) as change:
        locked(actor, whose, errors.NotFound(kind="staff", key=""))
        row = Shift.get_or_none(Shift.staff == whose, Shift.ended_at.is_null())
        if row is None:
            return
        have = holdings_of(actor, whose)
        if have.tickets or (have.papers and not papers_stay):
            numbers = tuple(ticket.number for ticket in have.tickets)
            raise errors.PapersHeld(papers=have.paper_count, tickets=numbers)
        end(change, row)


def locked(actor: Actor, staff_id: UUID, refusal: errors.HallDeskError) -> Staff:
    """The member of staff, whose posts nobody else changes until this transaction is over."""
    rows = Staff.select().where(
        Staff.id == staff_id, Staff.hall == actor.hall_id, Staff.retired_at.is_null()
    )
    found = (rows.for_update() if actor.store.postgres else rows).first()
    if found is None:
        raise refusal
    return found  # type: ignore[no-any-return]


def put_on(
    change: Change, shift_id: UUID, staff_id: UUID, post: str, window_id: UUID | None
) -> Shift:
    """Puts a person on a post in this change, ending the turn they are in; the turn they have already is given."""
    now = Shift.get_or_none(Shift.staff == staff_id, Shift.ended_at.is_null())
    if now is not None:
        same = (now.post, now.window_id, now.service_day) == (post, window_id, change.day)
        if same:
            return now  # type: ignore[no-any-return]
        end(change, now)
    row = Shift.create(
        id=shift_id,
        hall=change.actor.hall_id,
        post=post,
        window=window_id,
        staff=staff_id,
        service_day=change.day,
        started_at=change.at,
        force_insert=True,
    )
    change.record("post.taken", row.id, post=post, person=staff_id)
    return row  # type: ignore[no-any-return]


def end(change: Change, row: Shift, handed_to: UUID | None = None) -> None:
    """Ends a turn in this change; `handed_to` is who goes on, and then the hand-over tells the journal."""
    # A turn that nobody ended lasts to the end of its own day, not until somebody notices.
    last = change.store.start_of(row.service_day + timedelta(days=1)) - timedelta(seconds=1)
    Shift.update(ended_at=min(change.at, last), handed_to=handed_to).where(
        Shift.id == row.id, Shift.ended_at.is_null()
    ).execute()
    if handed_to is None:
        change.record("post.left", row.id, post=row.post, person=row.staff_id)
