"""The lines of the tables that every report has: what was done by day, hour, window, matter and member of staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hall_desk.services.accounts import Actor
from hall_desk.services.figures.counted import Records, by, low, of_code
from hall_desk.services.figures.counting import median
from hall_desk.services.figures.spans import Span
from hall_desk.store.models import Matter, Staff, Window


@dataclass(frozen=True)
class DayLine:
    day: date
    checked: int
    fevers: int
    consultations: int
    slips: int
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    phone_cases: int


@dataclass(frozen=True)
class HourLine:
    """How many in one hour of the day, in all days together."""

    hour: int
    checked: int
    consultations: int
    opened: int


@dataclass(frozen=True)
class WindowLine:
    number: str
    name: str
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    slips: int
    phone_cases: int
    rated: int
    satisfied: int


@dataclass(frozen=True)
class MatterLine:
    code: str
    name: str
    consultations: int
    slips: int
    notices: int
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    phone_cases: int


@dataclass(frozen=True)
class ClerkLine:
    """What one member of staff did. `handling_seconds` is the median from claiming a ticket to finishing it."""

    name: str
    role: str
    checked: int
    consultations: int
    slips: int
    opened: int
    finished: int
    handling_seconds: float | None
    handed_back: int
    phone_cases: int


def by_day(actor: Actor, records: Records) -> tuple[DayLine, ...]:
    """A line for each day on which something was done."""
    checks, fevers = by("day", records.checks), by("day", of_code(records.checks, "fever"))
    asked, slips = by("day", records.consultations), by("day", records.slips)
    opened, phoned = by("day", records.opened), by("day", records.phone_cases)
    done: dict[date, list[Span]] = defaultdict(list)
    for span in records.spans:
        done[actor.store.day_of(span.ready_at)].append(span)
    days = sorted({*checks, *asked, *slips, *opened, *phoned, *done})
    return tuple(
        DayLine(
            day=day,
            checked=checks[day],
            fevers=fevers[day],
            consultations=asked[day],
            slips=slips[day],
            opened=opened[day],
            finished=len(done[day]),
            within_promise=sum(span.within for span in done[day]),
            median_seconds=median([span.seconds for span in done[day]]),
            phone_cases=phoned[day],
        )
        for day in days
    )


def by_hour(records: Records) -> tuple[HourLine, ...]:
    """From the first hour in which something was done to the last."""
    checks, asked = by("hour", records.checks), by("hour", records.consultations)
    opened = by("hour", records.opened)
    hours = {*checks, *asked, *opened}
    return tuple(
        HourLine(hour, checks[hour], asked[hour], opened[hour])
        for hour in (range(min(hours), max(hours) + 1) if hours else ())
    )


def by_window(actor: Actor, records: Records) -> tuple[WindowLine, ...]:
    """A line per window in use, and per retired one that still had something to do; in the hall's order."""
    opened, slips = by("window", records.opened), by("window", records.slips)
    phoned, rated = by("window", records.phone_cases), by("window", records.ratings)
    unhappy = by("window", low(records.ratings))
    done = _spans_by(records.spans, "window")
    rows = Window.select().where(Window.hall == actor.hall_id)
    lines = []
    for row in rows.order_by(Window.position, Window.number):
        key = row.id.hex
        busy = opened[key] or slips[key] or phoned[key] or done[key] or rated[key]
        if row.retired_at is None or busy:
            lines.append(
                WindowLine(
                    number=row.number,
                    name=row.name,
                    opened=opened[key],
                    finished=len(done[key]),
                    within_promise=sum(span.within for span in done[key]),
                    median_seconds=median([span.seconds for span in done[key]]),
                    slips=slips[key],
                    phone_cases=phoned[key],
                    rated=rated[key],
                    satisfied=rated[key] - unhappy[key],
                )
            )
    return tuple(lines)


def by_matter(actor: Actor, records: Records) -> tuple[MatterLine, ...]:
    """A line per matter with which anybody came or rang, the busiest first."""
    asked, slips = by("matter", records.consultations), by("matter", records.slips)
    notices, opened = by("matter", records.notices), by("matter", records.opened)
    phoned, done = by("matter", records.phone_cases), _spans_by(records.spans, "matter")
    used = {*asked, *slips, *notices, *opened, *phoned, *done} - {""}
    rows = Matter.select(Matter.id, Matter.code, Matter.name).where(Matter.hall == actor.hall_id)
    lines = [
        MatterLine(
            code=row.code,
            name=row.name,
            consultations=asked[key],
            slips=slips[key],
            notices=notices[key],
            opened=opened[key],
            finished=len(done[key]),
            within_promise=sum(span.within for span in done[key]),
            median_seconds=median([span.seconds for span in done[key]]),
            phone_cases=phoned[key],
        )
        for row in rows
        if (key := row.id.hex) in used
    ]
    return tuple(sorted(lines, key=lambda line: (-line.opened, -line.consultations, line.code)))


def by_clerk(actor: Actor, records: Records) -> tuple[ClerkLine, ...]:
    """A line per member of staff who did something, by name; those who left as well."""
    checks, asked = by("staff", records.checks), by("staff", records.consultations)
    slips, opened = by("staff", records.slips), by("staff", records.opened)
    phoned = by("staff", records.phone_cases)
    handled: dict[str, list[float]] = defaultdict(list)
    for staff, seconds in records.handled:
        handled[staff].append(seconds)
    used = {*checks, *asked, *slips, *opened, *phoned, *handled, *records.handed_back}
    rows = Staff.select(Staff.id, Staff.name, Staff.role).where(Staff.hall == actor.hall_id)
    lines = [
        ClerkLine(
            name=row.name,
            role=row.role,
            checked=checks[key],
            consultations=asked[key],
            slips=slips[key],
            opened=opened[key],
            finished=len(handled.get(key, ())),
            handling_seconds=median(handled.get(key, ())),
            handed_back=records.handed_back[key],
            phone_cases=phoned[key],
        )
        for row in rows
        if (key := row.id.hex) in used
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


def _spans_by(spans: Iterable[Span], what: str) -> Mapping[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        found[getattr(span, what)].append(span)
    return found
