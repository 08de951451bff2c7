"""Figures of proxy tickets.

A *turnaround* runs from intake to the result being back at the desk, less the time the ticket was suspended; it is
*within the promise* when it is not longer than the promised minutes. Percentiles are nearest-rank.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from peewee import fn

from hall_desk.services.accounts import Actor
from hall_desk.services.figures import spans
from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.services.figures.counting import median
from hall_desk.services.figures.spans import LASTING, Span
from hall_desk.store.models import Claim, HandBack, Matter, Ticket, Window

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day
    from hall_desk.services.figures.groups import MatterLine

BINS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 8), (8, math.inf))
BUSY_HOUR_LEAST = 5


@dataclass(frozen=True)
class Bin:
    label: str
    count: int


@dataclass(frozen=True)
class MatterFigures:
    code: str
    name: str
    window_number: str
    opened: int
    finished: int
    median_seconds: float | None


@dataclass(frozen=True)
class TicketFigures:
    """`opened` counts intakes of the day; `finished`, `withdrawn`, `terminated` what was decided that day, whenever
    opened; `suspended` and `open_at_end` how it stood at the day's end; `measured` are the finished ones.
    `corrected` were put right by a manager, `given_to_others` collected by somebody else than the resident."""

    opened: int
    finished: int
    suspended: int
    withdrawn: int
    terminated: int
    open_at_end: int
    median_seconds: float | None
    p90_seconds: float | None
    within_promise: int
    measured: int
    previous_day_share: float | None
    cumulative: int
    corrected: int
    given_to_others: int
    distribution: tuple[Bin, ...]
    by_matter: tuple[MatterFigures, ...]


@dataclass(frozen=True)
class Done:
    """A finished ticket, measured."""

    ticket: Ticket
    seconds: float
    within: bool


def of_day(day: Day) -> tuple[list[Ticket], list[Done]]:
    """The tickets taken in on the day, and those finished on it with their turnaround."""
    opened = list(
        Ticket.select(Ticket, Matter, Window)
        .join(Matter)
        .switch(Ticket)
        .join(Window)
        .where(Ticket.hall == day.hall_id, Ticket.service_day == day.day)
        .order_by(Ticket.opened_at, Ticket.id)
    )
    return opened, _measured(day.records.spans)


def _measured(found: Sequence[Span]) -> list[Done]:
    """The tickets themselves, in the order in which they came."""
    rows: dict[str, Ticket] = {}
    for start in range(0, len(found), 500):
        keys = [UUID(span.ticket) for span in found[start : start + 500]]
        for row in (
            Ticket.select(Ticket, Matter, Window)
            .join(Matter)
            .switch(Ticket)
            .join(Window)
            .where(Ticket.id.in_(keys))
        ):
            rows[row.id.hex] = row
    done = [Done(rows[span.ticket], span.seconds, span.within) for span in found]
    return sorted(done, key=lambda item: (item.ticket.opened_at, item.ticket.id))


def count(
    day: Day,
    opened: Sequence[Ticket],
    done: Sequence[Done],
    matters: Sequence[MatterLine],
    balance: int,
) -> tuple[TicketFigures, list[Attention]]:
    """The figures; `balance` are the tickets handled before this program."""
    totals = day.totals
    still_open = _open_at(day.actor, day.end)
    states = [_state_at(row, day.end) for row in still_open]
    corrected = {entry.subject for entry in day.entries if entry.kind == "ticket.corrected"}
    figures = TicketFigures(
        opened=totals.opened,
        finished=totals.finished,
        suspended=states.count("suspended"),
        withdrawn=totals.withdrawn,
        terminated=totals.terminated,
        open_at_end=len(still_open),
        median_seconds=totals.median_seconds,
        p90_seconds=totals.p90_seconds,
        within_promise=totals.within_promise,
        measured=totals.measured,
        previous_day_share=_previous_share(day.actor, day.start),
        cumulative=balance
        + Ticket.select().where(Ticket.hall == day.hall_id, Ticket.service_day <= day.day).count(),
        corrected=len(corrected),
        given_to_others=_given_to_others(day),
        distribution=_distribution([item.seconds for item in done]),
        by_matter=_by_matter(matters, opened, done),
    )
    exceptions = _late(done) + _busy_hour(day, opened)
    exceptions += [
        Attention("still_open", {"number": row.number, "state": state})
        for row, state in zip(still_open, states, strict=True)
        if day.over or row.service_day < day.day
    ][:MOST]
    return figures, exceptions


def _given_to_others(day: Day) -> int:
    """How often somebody else than the resident collected papers, unless that was undone at once."""
    keys = [
        UUID(entry.facts["hand_back"])
        for entry in day.entries
        if entry.kind == "ticket.handed_back" and "hand_back" in entry.facts
    ]
    return sum(
        day.stood(undone_at)
        for start in range(0, len(keys), 500)
        for (undone_at,) in HandBack.select(HandBack.undone_at)
        .where(HandBack.id.in_(keys[start : start + 500]), HandBack.second_staff.is_null(False))
        .tuples()
    )


def _open_at(actor: Actor, end: datetime) -> list[Ticket]:
    """The tickets that were open at `end`: those open now, and those closed since."""
    open_now = Ticket.state != "closed"
    closed_since = Ticket.closed_at >= end
    rows = [
        row
        for part in (open_now, closed_since)
        for row in Ticket.select().where(Ticket.hall == actor.hall_id, part, Ticket.opened_at < end)
    ]
    return sorted(rows, key=lambda row: (row.opened_at, row.id))


def _state_at(row: Ticket, end: datetime) -> str:
    """The state that an open ticket had at `end`, told by its claims."""
    if row.ready_at is not None and row.ready_at < end:
        return "ready"
    last = (
        Claim.select()
        .where(Claim.ticket == row.id, Claim.claimed_at < end, LASTING)
        .order_by(Claim.claimed_at.desc(), Claim.id.desc())
        .first()
    )
    if last is None:
        return "queued"
    if last.ended_at is None or last.ended_at >= end:
        return "handling"
    return "suspended" if last.ended_how == "suspended" else "queued"


def _previous_share(actor: Actor, start: datetime) -> float | None:
    """The share within the promise on the last day before that finished a ticket."""
    latest: datetime | None = Ticket.ready_at.python_value(
        Ticket.select(fn.MAX(Ticket.ready_at))
        .where(Ticket.hall == actor.hall_id, Ticket.ready_at < start, Ticket.outcome == "finished")
        .scalar()
    )
    if latest is None:
        return None
    day = actor.store.day_of(latest)
    done = spans.between(
        actor, actor.store.start_of(day), actor.store.start_of(day + timedelta(days=1))
    )
    return sum(item.within for item in done) / len(done)


def _distribution(spans: Sequence[float]) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            f"{low}+" if high == math.inf else f"{low}-{high}",
            sum(low * 60 <= seconds < high * 60 for seconds in spans),
        )
        for low, high in BINS
    )


def _by_matter(
    lines: Sequence[MatterLine], opened: Sequence[Ticket], done: Sequence[Done]
) -> tuple[MatterFigures, ...]:
    """The matters that had a ticket, with the window that handles them."""
    windows = {row.matter.code: row.window.number for row in opened}
    for item in done:
        windows.setdefault(item.ticket.matter.code, item.ticket.window.number)
    return tuple(
        MatterFigures(
            code=line.code,
            name=line.name,
            window_number=windows[line.code],
            opened=line.opened,
            finished=line.finished,
            median_seconds=line.median_seconds,
        )
        for line in sorted(lines, key=lambda line: (-line.opened, line.code))
        if line.code in windows
    )


def _late(done: Sequence[Done]) -> list[Attention]:
    late = sorted((item for item in done if not item.within), key=lambda item: -item.seconds)
    return [
        Attention(
            "over_promise",
            {
                "number": item.ticket.number,
                "minutes": math.ceil(item.seconds / 60),
                "promised": item.ticket.promised_minutes,
            },
        )
        for item in late[:3]
    ]


def _busy_hour(day: Day, opened: Sequence[Ticket]) -> list[Attention]:
    """The busiest hour, when it took more than twice its share of the intakes."""
    hours = Counter(day.hour(row.opened_at) for row in opened)
    if not hours:
        return []
    hour, count = max(hours.items(), key=lambda pair: (pair[1], -pair[0]))
    if count < BUSY_HOUR_LEAST or count * len(hours) < 1.5 * len(opened):
        return []
    waits = [
        (row.claimed_at - row.opened_at).total_seconds()
        for row in opened
        if row.claimed_at and day.hour(row.opened_at) == hour
    ]
    return [
        Attention(
            "busy_hour", {"hour": hour, "opened": count, "median_wait_seconds": median(waits)}
        )
    ]
