"""How the day was closed: by whom, what was carried over and why, what was written down after that, and of how many
matters the personal data was destroyed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services import retention
from hall_desk.services.day_close import KINDS
from hall_desk.services.figures import counting
from hall_desk.services.figures.attention import Attention
from hall_desk.services.figures.counting import Count
from hall_desk.store.models import CarriedOver, DayClose, Staff

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day

# What a hall records about its work; the rest of the journal (signing in, settings, who calls whom) is not late work.
RECORDED = (
    "check", "passage", "consultation", "missing_notice", "slip", "ticket", "callback", "phone_case", "number",
    "incident", "attendance", "post", "disinfection", "rating",
)  # fmt: skip


@dataclass(frozen=True)
class CarriedLine:
    """`number` is the ticket's, or a callback's window. A district has no reasons: they stay in the hall."""

    kind: str
    number: str
    reason: str


@dataclass(frozen=True)
class CloseFigures:
    """`closed_at` is None while the day is open; it may lie on a later day."""

    closed_at: datetime | None
    closed_by: str
    carried: tuple[CarriedLine, ...]


@dataclass(frozen=True)
class LateFigures:
    """What was written down after the closing, or arrived then from a PC that had been without the server."""

    entries: int
    by_topic: tuple[Count, ...]
    last_at: datetime | None


def reasons(day: Day) -> dict[UUID, str]:
    """Why each paper was carried over when the day was closed."""
    rows = (
        CarriedOver.select(CarriedOver.subject, CarriedOver.reason)
        .join(DayClose)
        .where(
            DayClose.hall == day.hall_id,
            DayClose.service_day == day.day,
            CarriedOver.kind == "paper",
        )
    )
    return {row.subject: row.reason for row in rows}


def count(day: Day) -> tuple[CloseFigures, LateFigures, list[Attention]]:
    row = (
        DayClose.select(DayClose, Staff)
        .join(Staff)
        .where(DayClose.hall == day.hall_id, DayClose.service_day == day.day)
        .first()
    )
    if row is None:
        return CloseFigures(None, "", ()), LateFigures(0, (), None), []
    order = {kind: place for place, kind in enumerate(KINDS)}
    carried = sorted(
        (
            CarriedLine(one.kind, one.number, one.reason)
            for one in CarriedOver.select().where(CarriedOver.day_close == row.id)
        ),
        key=lambda line: (order[line.kind], line.number, line.reason),
    )
    late = [entry for entry in day.entries if entry.written_at > row.at and entry.topic in RECORDED]
    by_topic = [one for one in counting.by_code((e.topic for e in late), RECORDED) if one.count]
    last_at = day.local(max(entry.written_at for entry in late)) if late else None
    attention = []
    if last_at is not None:
        facts = {"count": len(late), "last": f"{last_at:%m-%d %H:%M}"}
        attention.append(Attention("late_entries", facts))
    return (
        CloseFigures(day.local(row.at), row.staff.name, tuple(carried)),
        LateFigures(len(late), tuple(by_topic), last_at),
        attention,
    )


def purged(day: Day) -> tuple[Count, ...]:
    """How many records of each kind lost what they said of people on this day, kinds without any left out."""
    rows = Counter[str]()
    for entry in day.entries:
        if entry.kind == "retention.purged":
            rows.update(entry.facts["rows"])
    return tuple(Count(kind, rows[kind]) for kind in retention.KINDS if rows[kind])
