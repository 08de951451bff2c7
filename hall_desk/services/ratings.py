"""What residents think of the service (好差评): five grades, offered and never forced (GB/T 39735).

Staff cannot rate. The desk only offers: that gives a `Guest`, who may rate once and within minutes, and whose rating
carries nobody's name. Only managers read what single residents said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings
from hall_desk.store.database import Store
from hall_desk.store.models import JournalEntry, Matter, Rating, Staff, Ticket, Window

GRADES = (5, 4, 3, 2, 1)
LOW = (2, 1)
REASONS = ("slow", "manner", "unclear", "errands", "mistake", "place", "other")
OFFERED_FOR = timedelta(minutes=15)
LONGEST_COMMENT = 200
OFFERED = "rating.offered"


@dataclass(frozen=True)
class NewOffer:
    """The desk turns the screen to a resident. `id` is made when the button is pressed; it is the rating's key too."""

    id: UUID
    ticket_id: UUID | None = None
    window_id: UUID | None = None


@dataclass(frozen=True)
class Guest:
    """A resident at the rating page: may give the one rating that was offered, and nothing else."""

    store: Store
    hall_id: UUID
    hall_name: str
    letter: str
    offer_id: UUID
    ticket_id: UUID | None
    window_id: UUID | None
    number: str
    matter: str

    # What the journal is told of who acted: a resident, and no more.
    staff_id: UUID | None = None
    post: str = "resident"
    request: UUID | None = None
    born: Any = None


@dataclass(frozen=True)
class NewRating:
    """What was pressed. `reasons` are codes of `REASONS`."""

    grade: int
    reasons: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class NewFollowUp:
    rating_id: UUID
    result: str


@dataclass(frozen=True)
class RatingLine:
    """A rating as managers read it."""

    id: UUID
    at: datetime
    grade: int
    reasons: tuple[str, ...]
    comment: str
    ticket_id: UUID | None
    number: str
    matter: str
    window: str
    resident: str
    phone_masked: str
    due_at: datetime | None
    followed_up_at: datetime | None
    followed_up_by: str
    follow_up: str

    @property
    def low(self) -> bool:
        return self.grade in LOW

    @property
    def waits(self) -> bool:
        """Whether a manager still has to look into it."""
        return self.due_at is not None and self.followed_up_at is None


@dataclass(frozen=True)
class Counts:
    """How many ratings of each grade, 5 first; `waiting` low ones were not followed up yet, `late` past their day."""

    by_grade: tuple[tuple[int, int], ...]
    waiting: int
    late: int

    @property
    def total(self) -> int:
        return sum(count for _grade, count in self.by_grade)

    @property
    def satisfied(self) -> int:
        """Those of the three upper grades: 满意 in the sense of the standard."""
        return sum(count for grade, count in self.by_grade if grade not in LOW)


# --- offering and rating -------------------------------------------------------------------------


def offer(actor: Actor, new: NewOffer) -> Guest:
    """Offers one rating, for a ticket that is ready or closed, or for a window, or for the hall.

    The guest may rate within fifteen minutes. Offering the same ticket again is possible until it is rated. Raises
    NotFound (ticket, window), WrongState, AlreadyThere `rating`.
    """
    actor.needs("ratings.offer")
    actor.person()
    with actor.store.change(actor) as change:
        number = matter = ""
        window_id = new.window_id
        if new.ticket_id is not None:
            ticket = (
                Ticket.select(Ticket, Matter)
                .join(Matter)
                .where(Ticket.id == new.ticket_id, Ticket.hall == actor.hall_id)
                .first()
            )
            if ticket is None:
                raise errors.NotFound(kind="ticket", key="")
            number, matter, window_id = ticket.number, ticket.matter.name, ticket.window_id
            if ticket.state not in ("ready", "closed"):
                raise errors.WrongState(number=number, state=ticket.state, action="rate")
            if Rating.select().where(Rating.ticket == ticket.id).exists():
                raise errors.AlreadyThere(kind="rating", key=number)
        elif window_id is not None and not _window_there(actor, window_id):
            raise errors.NotFound(kind="window", key="")
        if not _offered(actor.hall_id, new.id, change.at, actor.store):
            change.record(OFFERED, new.id, ticket=new.ticket_id)
    return Guest(
        store=actor.store,
        hall_id=actor.hall_id,
        hall_name=actor.hall_name,
        letter=actor.letter,
        offer_id=new.id,
        ticket_id=new.ticket_id,
        window_id=window_id,
        number=number,
        matter=matter,
    )


def _window_there(actor: Actor, window_id: UUID) -> bool:
    found: bool = (
        Window.select().where(Window.id == window_id, Window.hall == actor.hall_id).exists()
    )
    return found


def _offered(hall_id: UUID, offer_id: UUID, now: datetime, store: Store) -> bool:
    """Whether this rating was offered within the last minutes, by the journal."""
    since = now - OFFERED_FOR
    found: bool = (
        JournalEntry.select()
        .where(
            JournalEntry.hall == hall_id,
            JournalEntry.service_day.in_([store.day_of(since), store.day_of(now)]),
            JournalEntry.at >= since,
            JournalEntry.subject == offer_id,
            JournalEntry.kind == OFFERED,
        )
        .exists()
    )
    return found


def rate(guest: Guest, new: NewRating) -> None:
    """Records the rating that was offered to this guest, once: a second press changes nothing.

    The two low grades need a reason, and the reason `other` a few words; they open a follow-up. Raises BadInput:
    `grade` (unknown), `reasons` (empty, unknown), `comment` (empty, too_long), `offer` (over); NotAllowed for anyone
    who was not offered it, staff of any role included.
    """
    if not isinstance(guest, Guest):
        raise errors.NotAllowed(action="ratings.rate")
    if new.grade not in GRADES:
        raise errors.BadInput("grade", "unknown")
    if not set(new.reasons) <= set(REASONS):
        raise errors.BadInput("reasons", "unknown")
    comment = privacy.check_text("comment", new.comment, limit=LONGEST_COMMENT)
    if new.grade in LOW and not new.reasons:
        raise errors.BadInput("reasons", "empty")
    if "other" in new.reasons and not comment:
        raise errors.BadInput("comment", "empty")
    with guest.store.change(guest) as change:
        if Rating.get_or_none(Rating.id == guest.offer_id) is not None:
            return
        if not _offered(guest.hall_id, guest.offer_id, change.at, guest.store):
            raise errors.BadInput("offer", "over")
        if guest.ticket_id is not None:
            # Two desks may have offered it; the second to press sees that it is done.
            rows = Ticket.select(Ticket.id).where(Ticket.id == guest.ticket_id)
            (rows.for_update() if guest.store.postgres else rows).first()
            if Rating.select().where(Rating.ticket == guest.ticket_id).exists():
                raise errors.AlreadyThere(kind="rating", key=guest.number)
        days = load_settings(guest.hall_id).rating_follow_up_days
        due = change.at + timedelta(days=days) if new.grade in LOW else None
        Rating.create(
            id=guest.offer_id,
            hall=guest.hall_id,
            ticket=guest.ticket_id,
            window=guest.window_id,
            at=change.at,
            service_day=change.day,
            grade=new.grade,
            reasons=" ".join(reason for reason in REASONS if reason in new.reasons),
            comment=comment,
            letter=guest.letter,
            follow_up_due_at=due,
            force_insert=True,
        )
        # Not which grade: the journal of a ticket is read by everybody who works on it.
        change.record("rating.given", guest.offer_id)


# --- following up --------------------------------------------------------------------------------


def follow_up(actor: Actor, new: NewFollowUp) -> RatingLine:
    """A manager writes what was found and done about a low grade, once.

    Raises BadInput `follow_up` (empty, too_long), NotFound `rating`, DoneByOther.
    """
    actor.needs("ratings.follow_up")
    text = privacy.check_text("follow_up", new.result, required=True, limit=privacy.LONGEST_TEXT)
    with actor.store.change(actor) as change:
        done = (
            Rating.update(followed_up_at=change.at, followed_up_by=actor.person(), follow_up=text)
            .where(
                Rating.id == new.rating_id,
                Rating.hall == actor.hall_id,
                Rating.follow_up_due_at.is_null(False),
                Rating.followed_up_at.is_null(),
            )
            .execute()
        )
        row = _joined().where(Rating.id == new.rating_id, Rating.hall == actor.hall_id).first()
        if row is None or row.follow_up_due_at is None:
            raise errors.NotFound(kind="rating", key="")
        if done == 1:
            change.record("rating.followed_up", row.id)
        elif (row.followed_up_by_id, row.follow_up) != (actor.staff_id, text):
            raise errors.DoneByOther(
                owner=row.followed_up_by.name,
                since=row.followed_up_at,
                since_text=f"{actor.store.local(row.followed_up_at):%m-%d %H:%M}",
            )
        return _line(row)


def _joined() -> Any:
    return (
        Rating.select(Rating, Ticket, Matter, Window, Staff)
        .join(Ticket, "LEFT OUTER JOIN", on=(Rating.ticket == Ticket.id))
        .join(Matter, "LEFT OUTER JOIN", on=(Ticket.matter == Matter.id))
        .switch(Rating)
        .join(Window, "LEFT OUTER JOIN", on=(Rating.window == Window.id))
        .switch(Rating)
        .join(Staff, "LEFT OUTER JOIN", on=(Rating.followed_up_by == Staff.id))
    )


def _line(row: Rating) -> RatingLine:
    ticket = row.ticket if row.ticket_id else None
    return RatingLine(
        id=row.id,
        at=row.at,
        grade=row.grade,
        reasons=tuple(row.reasons.split()),
        comment=row.comment,
        ticket_id=row.ticket_id,
        number=ticket.number if ticket else "",
        matter=ticket.matter.name if ticket else "",
        window=row.window.number if row.window_id else "",
        resident=ticket.name if ticket else "",
        phone_masked=privacy.mask_phone(ticket.phone) if ticket else "",
        due_at=row.follow_up_due_at,
        followed_up_at=row.followed_up_at,
        followed_up_by=row.followed_up_by.name if row.followed_up_by_id else "",
        follow_up=row.follow_up,
    )


def to_follow_up(actor: Actor, limit: int = 200) -> list[RatingLine]:
    """Low grades nobody has looked into yet, the first due first."""
    actor.needs("ratings.read")
    with actor.store.reading():
        rows = (
            _joined()
            .where(
                Rating.hall == actor.hall_id,
                Rating.follow_up_due_at.is_null(False),
                Rating.followed_up_at.is_null(),
            )
            .order_by(Rating.follow_up_due_at, Rating.id)
            .limit(limit)
        )
        return [_line(row) for row in rows]


def waiting(actor: Actor) -> int:
    """How many low grades nobody has looked into yet: the number beside the page's name."""
    actor.needs("ratings.read")
    with actor.store.reading():
        return _waiting(actor)[0]


def _waiting(actor: Actor) -> tuple[int, int]:
    due = [
        row.follow_up_due_at
        for row in Rating.select(Rating.follow_up_due_at).where(
            Rating.hall == actor.hall_id,
            Rating.follow_up_due_at.is_null(False),
            Rating.followed_up_at.is_null(),
        )
    ]
    now = actor.store.now()
    return len(due), sum(moment < now for moment in due)


def recent(actor: Actor, days: int = 30, limit: int = 200) -> list[RatingLine]:
    """The ratings of the last days, the newest first."""
    actor.needs("ratings.read")
    with actor.store.reading():
        since = actor.store.today() - timedelta(days=days - 1)
        rows = (
            _joined()
            .where(Rating.hall == actor.hall_id, Rating.service_day >= since)
            .order_by(Rating.service_day.desc(), Rating.at.desc(), Rating.id.desc())
            .limit(limit)
        )
        return [_line(row) for row in rows]


def counts(actor: Actor, first: date, last: date) -> Counts:
    """How many of each grade were given from `first` to `last`, both included."""
    actor.needs("ratings.read")
    with actor.store.reading():
        rows = (
            Rating.select(Rating.grade, fn.COUNT(Rating.id))
            .where(
                Rating.hall == actor.hall_id,
                Rating.service_day >= first,
                Rating.service_day <= last,
            )
            .group_by(Rating.grade)
            .tuples()
        )
        found: Counter[int] = Counter(dict(rows))
        waiting_now, late = _waiting(actor)
    return Counts(tuple((grade, found[grade]) for grade in GRADES), waiting_now, late)
