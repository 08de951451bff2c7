"""Looking at callbacks: what is due and when, the side list, what was settled today, and the calls made for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import JOIN

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.store import models
from hall_desk.store.models import CallAttempt, Matter, Staff, Ticket, Window

OPEN = ("due", "side")
SOON = timedelta(minutes=10)
# Who began to call and never said what came of it stands in nobody's way for longer than this.
LONGEST_CALL = timedelta(minutes=5)
# More open promises than any hall has.
MOST_OPEN = 5000


@dataclass(frozen=True)
class Callback:
    """A promised call. `call_at` is when to call next, `due_at` what was promised; times in UTC.

    `caller` is who has the number on the line since `calling_at`; `settled_by` who ended the promise.
    """

    id: UUID
    at: datetime
    window_id: UUID
    window_number: str
    window_name: str
    matter_id: UUID | None
    matter: str
    ticket_id: UUID | None
    ticket_number: str
    name: str
    phone_masked: str
    note: str
    due_at: datetime
    call_at: datetime
    state: str
    reason: str
    tries: int
    tried_at: datetime | None
    caller_id: UUID | None
    caller: str
    calling_at: datetime | None
    promised_by: str
    settled_at: datetime | None
    settled_by: str

    def overdue(self, now: datetime) -> bool:
        return self.state == "due" and self.call_at <= now

    def on_the_line(self, now: datetime) -> bool:
        """Whether somebody is calling just now."""
        return self.calling_at is not None and now - self.calling_at < LONGEST_CALL


@dataclass(frozen=True)
class Attempt:
    """One call that was made."""

    id: UUID
    at: datetime
    outcome: str
    note: str
    staff: str


@dataclass(frozen=True)
class Counts:
    """What is open. `changes_at` is when one of these figures next changes by the clock alone."""

    due: int
    overdue: int
    soon: int
    side: int
    changes_at: datetime | None

    @property
    def urgent(self) -> int:
        """Overdue, or due within ten minutes: the number in the sidebar."""
        return self.overdue + self.soon


def _query() -> Any:
    row = models.Callback
    promiser, caller, settler = Staff.alias(), Staff.alias(), Staff.alias()
    return (
        row.select(
            row.id, row.at, row.name, row.phone, row.note, row.due_at, row.call_at, row.state, row.reason,
            row.tries, row.tried_at, row.calling_at, row.settled_at,
            row.window.alias("window_id"), Window.number.alias("window_number"), Window.name.alias("window_name"),
            row.matter.alias("matter_id"), Matter.name.alias("matter_name"),
            row.ticket.alias("ticket_id"), Ticket.number.alias("ticket_number"),
            row.calling.alias("caller_id"), caller.name.alias("caller_name"),
            promiser.name.alias("promiser_name"), settler.name.alias("settler_name"),
        )
        .join(Window, on=row.window == Window.id)
        .join(promiser, on=row.staff == promiser.id)
        .join(Matter, JOIN.LEFT_OUTER, on=row.matter == Matter.id)
        .join(Ticket, JOIN.LEFT_OUTER, on=row.ticket == Ticket.id)
        .join(caller, JOIN.LEFT_OUTER, on=row.calling == caller.id)
        .join(settler, JOIN.LEFT_OUTER, on=row.settled_by == settler.id)
    )  # fmt: skip


def _value(row: Any) -> Callback:
    return Callback(
        id=row.id,
        at=row.at,
        window_id=row.window_id,
        window_number=row.window_number,
        window_name=row.window_name,
        matter_id=row.matter_id,
        matter=row.matter_name or "",
        ticket_id=row.ticket_id,
        ticket_number=row.ticket_number or "",
        name=row.name,
        phone_masked=privacy.mask_phone(row.phone),
        note=row.note,
        due_at=row.due_at,
        call_at=row.call_at,
        state=row.state,
        reason=row.reason,
        tries=row.tries,
        tried_at=row.tried_at,
        caller_id=row.caller_id,
        caller=row.caller_name or "",
        calling_at=row.calling_at,
        promised_by=row.promiser_name,
        settled_at=row.settled_at,
        settled_by=row.settler_name or "",
    )


def view(actor: Actor, callback_id: UUID) -> Callback:
    """One callback; the caller has a transaction open. Raises NotFound `callback`."""
    rows = list(
        _query()
        .where(models.Callback.id == callback_id, models.Callback.hall == actor.hall_id)
        .namedtuples()
    )
    if not rows:
        raise errors.NotFound(kind="callback", key="")
    return _value(rows[0])


def get(actor: Actor, callback_id: UUID) -> Callback:
    """One callback as it is now. Raises NotFound `callback`."""
    actor.needs("callbacks.read")
    with actor.store.reading():
        return view(actor, callback_id)


def due(
    actor: Actor,
    window_id: UUID | None = None,
    limit: int = 200,
    after: tuple[datetime, UUID] | None = None,
) -> list[Callback]:
    """Who is to be called, of one window or of the whole hall, earliest first.

    `after` is (`call_at`, `id`) of the last row of the page before.
    """
    actor.needs("callbacks.read")
    row = models.Callback
    query = _query().where(row.hall == actor.hall_id, row.state == "due", row.settled_at.is_null())
    if window_id is not None:
        query = query.where(row.window == window_id)
    if after is not None:
        at, key = after
        query = query.where((row.call_at > at) | ((row.call_at == at) & (row.id > key)))
    with actor.store.reading():
        return [
            _value(found)
            for found in query.order_by(row.call_at, row.id).limit(limit).namedtuples()
        ]


def side_list(actor: Actor, window_id: UUID | None = None, limit: int = 200) -> list[Callback]:
    """Those who did not answer three times, of one window or of the whole hall, earliest promise first."""
    actor.needs("callbacks.read")
    row = models.Callback
    query = _query().where(row.hall == actor.hall_id, row.state == "side", row.settled_at.is_null())
    if window_id is not None:
        query = query.where(row.window == window_id)
    with actor.store.reading():
        return [
            _value(found) for found in query.order_by(row.due_at, row.id).limit(limit).namedtuples()
        ]


def settled_today(actor: Actor, window_id: UUID | None = None, limit: int = 200) -> list[Callback]:
    """What was settled or withdrawn since midnight, latest first."""
    actor.needs("callbacks.read")
    row = models.Callback
    midnight = actor.store.local(actor.store.now()).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    query = _query().where(row.hall == actor.hall_id, row.settled_at >= midnight)
    if window_id is not None:
        query = query.where(row.window == window_id)
    with actor.store.reading():
        return [
            _value(found)
            for found in query.order_by(row.settled_at.desc(), row.id.desc())
            .limit(limit)
            .namedtuples()
        ]


def counts(actor: Actor, window_id: UUID | None = None) -> Counts:
    """How many calls are open, overdue, due within ten minutes and on the side list."""
    actor.needs("callbacks.read")
    row = models.Callback
    query = row.select(row.state, row.call_at).where(
        row.hall == actor.hall_id, row.settled_at.is_null()
    )
    if window_id is not None:
        query = query.where(row.window == window_id)
    with actor.store.reading():
        now = actor.store.now()
        rows = list(query.limit(MOST_OPEN).tuples())
    times = [call_at for state, call_at in rows if state == "due"]
    overdue = sum(time <= now for time in times)
    coming = [moment for time in times for moment in (time - SOON, time) if moment > now]
    return Counts(
        due=len(times),
        overdue=overdue,
        soon=sum(time <= now + SOON for time in times) - overdue,
        side=len(rows) - len(times),
        changes_at=min(coming, default=None),
    )


def attempts(actor: Actor, callback_id: UUID) -> list[Attempt]:
    """The calls made for one callback, latest first, at most fifty."""
    actor.needs("callbacks.read")
    with actor.store.reading():
        rows = (
            CallAttempt.select(CallAttempt, Staff)
            .join(Staff)
            .where(CallAttempt.callback == callback_id, CallAttempt.hall == actor.hall_id)
            .order_by(CallAttempt.at.desc(), CallAttempt.id.desc())
            .limit(50)
        )
        return [Attempt(row.id, row.at, row.outcome, row.note, row.staff.name) for row in rows]


def promised_to(actor: Actor, phone: str) -> Callback | None:
    """The open callback of this number that is due first, None without one."""
    actor.needs("callbacks.read")
    try:
        number = privacy.check_phone(phone, required=True)
    except errors.BadInput:
        return None
    row = models.Callback
    with actor.store.reading():
        rows = list(
            _query()
            .where(
                row.hall == actor.hall_id,
                row.state.in_(OPEN),
                row.settled_at.is_null(),
                row.phone == number,
            )
            .order_by(row.call_at)
            .limit(1)
            .namedtuples()
        )
    return _value(rows[0]) if rows else None
