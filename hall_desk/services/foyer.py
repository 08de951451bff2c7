"""What the screen in the foyer may show: numbers and masked names, notices, and who is called.

Nothing else leaves this module: no phone, no matter, no paper. A ticket is called when it becomes ready, and once
more whenever somebody at the desk asks for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy, ticket_cards
from hall_desk.services.accounts import Actor
from hall_desk.store.journal import sql_time
from hall_desk.store.models import Announcement, FoyerNotice, Staff, Ticket, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NOTICE = 60
MOST_NOTICES = 8
SAME_CALL = timedelta(
    seconds=5
)  # a call lasts so long on the screen; pressed again meanwhile it is the same
MOST_LINES = 60  # what a screen could page through before somebody loses patience


@dataclass(frozen=True)
class ReadyLine:
    """A ticket whose papers can be fetched. `day` is set when its number was given on an earlier day."""

    number: str
    name: str
    since: datetime
    finished: bool
    day: date | None = None


@dataclass(frozen=True)
class HandledLine:
    """A ticket on its way: where, and in about how many minutes. `minutes` is None when that time has passed."""

    number: str
    window_number: str
    waiting: bool
    minutes: int | None
    day: date | None = None


@dataclass(frozen=True)
class Call:
    """A ticket is called. `key` is the same however often the screen reads; `again` when the desk asked for it."""

    key: str
    at: datetime
    again: bool
    line: ReadyLine


@dataclass(frozen=True)
class Shown:
    """All that the screen shows. `ready` has the longest waiting first, `calls` are today's in order of time."""

    hall: str
    at: datetime
    ready: tuple[ReadyLine, ...]
    handled: tuple[HandledLine, ...]
    notices: tuple[str, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class ToCall:
    """A ready ticket as the desk sees it: `again` counts how often it was called once more, `last_at` when."""

    id: UUID
    number: str
    name: str
    since: datetime
    again: int
    last_at: datetime | None
    day: date | None = None


@dataclass(frozen=True)
class NewNotice:
    """A line for the screen. `id` is made when the form opens; without `until_day` it stays until it is taken away."""

    id: UUID
    text: str
    until_day: date | None = None


@dataclass(frozen=True)
class Notice:
    id: UUID
    text: str
    at: datetime
    staff: str
    until_day: date | None


# --- the screen ----------------------------------------------------------------------------------


def shown(actor: Actor) -> Shown:
    """What the foyer sees at this moment."""
    actor.needs("foyer.read")
    with actor.store.reading():
        now, today = actor.store.now(), actor.store.today()
        ready = _ready(actor, today)
        return Shown(
            hall=actor.hall_name,
            at=now,
            ready=tuple(_ready_line(row, today) for row in ready),
            handled=tuple(_handled(actor, now, today)),
            notices=tuple(row.text for row in _notices(actor, today)),
            calls=tuple(_calls(ready, today)),
        )


def _ready(actor: Actor, today: date) -> list[Ticket]:
    """What became ready today: who did not come yesterday is not sitting in the foyer."""
    return list(
        Ticket.select()
        .where(
            Ticket.hall == actor.hall_id,
            Ticket.state == "ready",
            Ticket.ready_at >= actor.store.start_of(today),
        )
        .order_by(Ticket.ready_at, Ticket.id)
        .limit(MOST_LINES)
    )


def _ready_line(row: Ticket, today: date) -> ReadyLine:
    return ReadyLine(
        number=row.number,
        name=privacy.mask_name(row.name),
        since=row.ready_at,
        finished=row.outcome == "finished",
        day=_other_day(row, today),
    )


def _other_day(row: Ticket, today: date) -> date | None:
    # Numbers start again each day: yesterday's A013 must not be taken for today's.
    return None if row.service_day == today else row.service_day


def _calls(ready: Iterable[Ticket], today: date) -> list[Call]:
    tickets = {row.id: row for row in ready}
    if not tickets:
        return []
    calls = [
        Call(f"{row.id.hex}:{row.ready_at:%H%M%S%f}", row.ready_at, False, _ready_line(row, today))
        for row in tickets.values()
    ]
    for row in _again(list(tickets), today):
        ticket = tickets[row.ticket_id]
        # A call made before the step was undone and done again belongs to the past.
        if row.at >= ticket.ready_at:
            calls.append(Call(row.id.hex, row.at, True, _ready_line(ticket, today)))
    return sorted(calls, key=lambda call: (call.at, call.key))


def _again(tickets: list[UUID], today: date) -> list[Announcement]:
    """Today's calls that were asked for, newest first."""
    if not tickets:
        return []
    return list(
        Announcement.select()
        .where(Announcement.service_day == today, Announcement.ticket.in_(tickets))
        .order_by(Announcement.at.desc())
        .limit(MOST_LINES * 10)
    )


# Read again at every step of every ticket: fixed text, in which SQLite too sees that `ticket_due` serves it.
_ON_THE_WAY = (
    "SELECT id FROM ticket WHERE hall_id = ? AND state IN ('queued', 'handling') AND state_at >= ? "
    "ORDER BY state, queue_rank, id LIMIT ?"
)


def _handled(actor: Actor, now: datetime, today: date) -> list[HandledLine]:
    start = sql_time(actor.store.start_of(today))
    found = actor.store.execute(_ON_THE_WAY, (actor.hall_id.hex, start, MOST_LINES)).fetchall()
    keys = [key if isinstance(key, UUID) else UUID(key) for (key,) in found]
    rows = (
        Ticket.select(Ticket, Window)
        .join(Window)
        .where(Ticket.id.in_(keys))
        .order_by(Ticket.state, Ticket.queue_rank, Ticket.id)
    )
    each: dict[tuple[UUID, UUID], timedelta] = {}
    # The work a window has before it, as its tickets are told in the order they will be taken up.
    before: dict[UUID, timedelta] = {}
    lines = []
    for row in rows:
        pair = (row.matter_id, row.window_id)
        if pair not in each:
            expected = ticket_cards.expected(*pair)
            each[pair] = timedelta(minutes=expected.minutes / (expected.ahead + 1))
        left = each[pair]
        if row.state == "handling":
            left -= now - row.claimed_at
        ahead = before.get(row.window_id, timedelta()) if row.state == "queued" else timedelta()
        wait = ahead + max(left, timedelta())
        before[row.window_id] = before.get(row.window_id, timedelta()) + max(left, timedelta())
        lines.append(
            HandledLine(
                number=row.number,
                window_number=row.window.number,
                waiting=row.state == "queued",
                minutes=math.ceil(wait.total_seconds() / 60) if left > timedelta() else None,
                day=_other_day(row, today),
            )
        )
    return lines


# --- calling again -------------------------------------------------------------------------------


def to_call(actor: Actor) -> list[ToCall]:
    """The tickets that can be called, longest ready first."""
    actor.needs("foyer.call")
    with actor.store.reading():
        today = actor.store.today()
        ready = _ready(actor, today)
        calls: dict[UUID, list[datetime]] = {}
        for row in _again([ticket.id for ticket in ready], today):
            calls.setdefault(row.ticket_id, []).append(row.at)
        return [
            ToCall(
                row.id,
                row.number,
                row.name,
                row.ready_at,
                len(calls.get(row.id, [])),
                max(calls.get(row.id, []), default=None),
                _other_day(row, today),
            )
            for row in ready
        ]


def call_again(actor: Actor, ticket_id: UUID, call_id: UUID) -> None:
    """Calls a ready ticket in the foyer once more. Raises NotFound `ticket`, WrongState.

    Once per `call_id`; and while it is being called at somebody else's wish, that call is enough.
    """
    actor.needs("foyer.call")
    with actor.store.change(actor) as change:
        if Announcement.get_or_none(Announcement.id == call_id) is not None:
            return
        ticket = ticket_cards.load(actor, ticket_id)
        if ticket.state != "ready":
            raise errors.WrongState(number=ticket.number, state=ticket.state, action="call_again")
        last = max((row.at for row in _again([ticket_id], change.day)), default=None)
        if last is not None and change.at - last < SAME_CALL:
            return
        Announcement.create(
            id=call_id,
            hall=actor.hall_id,
            ticket=ticket_id,
            at=change.at,
            service_day=change.day,
            staff=actor.person(),
            force_insert=True,
        )
        change.record("foyer.called_again", call_id, ticket=ticket_id)


# --- notices -------------------------------------------------------------------------------------


def _notices(actor: Actor, today: date) -> list[FoyerNotice]:
    return list(
        FoyerNotice.select(FoyerNotice, Staff)
        .join(Staff)
        .where(
            FoyerNotice.hall == actor.hall_id,
            FoyerNotice.retired_at.is_null(),
            FoyerNotice.until_day.is_null() | (FoyerNotice.until_day >= today),
        )
        .order_by(FoyerNotice.at, FoyerNotice.id)
        .limit(MOST_NOTICES)
    )


def notices(actor: Actor) -> list[Notice]:
    """The notices on the screen, oldest first."""
    actor.needs("foyer.notices")
    with actor.store.reading():
        rows = _notices(actor, actor.store.today())
        return [Notice(row.id, row.text, row.at, row.staff.name, row.until_day) for row in rows]


def add_notice(actor: Actor, new: NewNotice) -> None:
    """Puts a notice on the screen, once per `id`. Raises BadInput `notice` (empty, too_long, past, too_many)."""
    actor.needs("foyer.notices")
    text = " ".join(
        privacy.check_text("notice", new.text, required=True, limit=LONGEST_NOTICE).split()
    )
    with actor.store.change(actor) as change:
        if FoyerNotice.get_or_none(FoyerNotice.id == new.id) is not None:
            return
        if new.until_day is not None and new.until_day < change.day:
            raise errors.BadInput("notice", "past")
        if len(_notices(actor, change.day)) >= MOST_NOTICES:
            raise errors.BadInput("notice", "too_many", limit=MOST_NOTICES)
        FoyerNotice.create(
            id=new.id,
            hall=actor.hall_id,
            text=text,
            at=change.at,
            staff=actor.person(),
            until_day=new.until_day,
            force_insert=True,
        )
        change.record("foyer.notice_added", new.id)


def retire_notice(actor: Actor, notice_id: UUID) -> None:
    """Takes a notice off the screen; one that is gone already stays gone. Raises NotFound `notice`."""
    actor.needs("foyer.notices")
    with actor.store.change(actor) as change:
        mine = (FoyerNotice.id == notice_id) & (FoyerNotice.hall == actor.hall_id)
        if FoyerNotice.get_or_none(mine) is None:
            raise errors.NotFound(kind="notice", key="")
        gone = FoyerNotice.update(retired_at=change.at).where(
            mine, FoyerNotice.retired_at.is_null()
        )
        if gone.execute():
            change.record("foyer.notice_retired", notice_id)
