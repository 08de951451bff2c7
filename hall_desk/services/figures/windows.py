"""What each window did: tickets, phone cases, callbacks, and the slips that sent residents to its telephone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services.figures.counting import median
from hall_desk.store.models import PhoneCase, Slip, Ticket, Window

if TYPE_CHECKING:
    from hall_desk.services.figures.calls import Stood
    from hall_desk.services.figures.days import Day
    from hall_desk.services.figures.tickets import Done


@dataclass(frozen=True)
class WindowFigures:
    """`callbacks_settled` of `callbacks_to_make`: those promised for a time on the day or before, and not settled
    earlier."""

    number: str
    name: str
    opened: int
    finished: int
    median_seconds: float | None
    within: int
    measured: int
    phone_cases: int
    callbacks_settled: int
    callbacks_to_make: int
    slips: int


def count(
    day: Day,
    opened: Sequence[Ticket],
    done: Sequence[Done],
    slips: Sequence[Slip],
    cases: Sequence[PhoneCase],
    callbacks: Sequence[Stood],
) -> tuple[WindowFigures, ...]:
    """A line per window in use, and per retired one that still had something to do."""
    given = Counter(row.window_id for row in slips)
    intake = Counter(row.window_id for row in opened)
    phoned = Counter(row.window_id for row in cases if day.stood(row.withdrawn_at))
    settled = Counter(one.window for one in callbacks if not one.open)
    to_make = settled + Counter(
        one.window for one in callbacks if one.open and one.due_at < day.end
    )
    finished: dict[UUID, list[Done]] = defaultdict(list)
    for item in done:
        finished[item.ticket.window_id].append(item)
    lines = []
    for window in (
        Window.select().where(Window.hall == day.hall_id).order_by(Window.position, Window.number)
    ):
        key, items = window.id, finished[window.id]
        busy = intake[key] or items or given[key] or phoned[key] or to_make[key]
        if window.retired_at and not busy:
            continue
        lines.append(
            WindowFigures(
                number=window.number,
                name=window.name,
                opened=intake[key],
                finished=len(items),
                median_seconds=median([item.seconds for item in items]),
                within=sum(item.within for item in items),
                measured=len(items),
                phone_cases=phoned[key],
                callbacks_settled=settled[key],
                callbacks_to_make=to_make[key],
                slips=given[key],
            )
        )
    return tuple(lines)
