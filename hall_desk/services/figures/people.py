"""How many people were in the hall. Staff are not counted: the limit is for the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from hall_desk.services.figures.attention import Attention
from hall_desk.services.figures.counting import HourCount
from hall_desk.store.models import Passage, TemperatureCheck

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class PeopleFigures:
    """`came` passed a check or were let in beside it; `left_by_key` and `left_at_close` are those counted out, one by
    one and by the closing of the day. `refused` were not admitted: a fever, or gone before the second reading.
    `peak` people were inside at once, `capacity` 0 is no limit. `most_by_hour` is the peak of each hour.
    """

    came: int
    left_by_key: int
    left_at_close: int
    refused: int
    peak: int
    peak_at: datetime | None
    capacity: int
    most_by_hour: tuple[HourCount, ...]


def count(day: Day) -> tuple[PeopleFigures, list[Attention]]:
    checks = [
        row
        for row in TemperatureCheck.select(
            TemperatureCheck.at,
            TemperatureCheck.outcome,
            TemperatureCheck.person,
            TemperatureCheck.left_at,
            TemperatureCheck.withdrawn_at,
        ).where(
            TemperatureCheck.hall == day.hall_id,
            TemperatureCheck.service_day == day.day,
            TemperatureCheck.person != "staff",
        )
        if day.stood(row.withdrawn_at)
    ]
    passages = list(
        Passage.select(Passage.at, Passage.direction, Passage.count, Passage.how).where(
            Passage.hall == day.hall_id, Passage.service_day == day.day
        )
    )
    by_hand = [row for row in passages if row.how != "close_of_day"]
    steps = [(row.at, 1) for row in checks if row.outcome == "normal"]
    steps += [(row.at, row.count if row.direction == "in" else -row.count) for row in by_hand]
    steps.sort()
    # By the count nobody can be fewer than nobody, as on the screen.
    inside = [max(0, number) for number in accumulate(change for _at, change in steps)]
    moments = [at for at, _change in steps]
    peak = max(inside, default=0)
    capacity = day.settings.capacity
    refused = sum(row.outcome == "fever" for row in checks)
    refused += sum(row.left_at is not None and row.left_at < day.end for row in checks)
    figures = PeopleFigures(
        came=sum(change for _at, change in steps if change > 0),
        left_by_key=-sum(change for _at, change in steps if change < 0),
        left_at_close=sum(row.count for row in passages if row.how == "close_of_day"),
        refused=refused,
        peak=peak,
        peak_at=day.local(moments[inside.index(peak)]) if peak else None,
        capacity=capacity,
        most_by_hour=_most_by_hour([day.hour(at) for at in moments], inside),
    )
    if not capacity or figures.peak_at is None or peak <= capacity:
        return figures, []
    at = f"{figures.peak_at:%H:%M}"
    return figures, [Attention("hall_full", {"peak": peak, "capacity": capacity, "at": at})]


def _most_by_hour(hours: list[int], inside: list[int]) -> tuple[HourCount, ...]:
    if not hours:
        return ()
    found = []
    before = 0  # who was inside when the hour began
    for hour in range(hours[0], hours[-1] + 1):
        here = [number for at, number in zip(hours, inside, strict=True) if at == hour]
        found.append(HourCount(hour, max([before, *here])))
        before = here[-1] if here else before
    return tuple(found)
