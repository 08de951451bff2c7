"""What each window did: tickets, phone cases, callbacks, and the slips that sent residents to its telephone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.store.models import Window

if TYPE_CHECKING:
    from hall_desk.services.figures.calls import Stood
    from hall_desk.services.figures.days import Day
    from hall_desk.services.figures.groups import WindowLine


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
    day: Day, lines: Sequence[WindowLine], callbacks: Sequence[Stood]
) -> tuple[WindowFigures, ...]:
    """A line per window in use, and per retired one that still had something to do."""
    settled = Counter(one.window for one in callbacks if not one.open)
    to_make = settled + Counter(
        one.window for one in callbacks if one.open and one.due_at < day.end
    )
    done = {line.number: line for line in lines}
    rows = Window.select().where(Window.hall == day.hall_id)
    found = []
    for window in rows.order_by(Window.position, Window.number):
        key, line = window.id, done.get(window.number)
        if window.retired_at and not to_make[key] and line is None:
            continue
        found.append(
            WindowFigures(
                number=window.number,
                name=window.name,
                opened=line.opened if line else 0,
                finished=line.finished if line else 0,
                median_seconds=line.median_seconds if line else None,
                within=line.within_promise if line else 0,
                measured=line.finished if line else 0,
                phone_cases=line.phone_cases if line else 0,
                callbacks_settled=settled[key],
                callbacks_to_make=to_make[key],
                slips=line.slips if line else 0,
            )
        )
    return tuple(found)
