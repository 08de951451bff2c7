"""Figures of the screening post."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.services.figures import counting
from hall_desk.services.figures.attention import Attention
from hall_desk.services.figures.counting import HourCount
from hall_desk.store.models import TemperatureCheck

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class ScreeningFigures:
    """Checks of the day that were not withdrawn. `held` were at or above the threshold at first reading; of them
    `went_away` did not wait for the second."""

    total: int
    residents: int
    staff: int
    others: int
    held: int
    fevers: int
    cleared_on_recheck: int
    went_away: int
    withdrawn: int
    highest_tenths: int | None
    by_hour: tuple[HourCount, ...]


def count(day: Day) -> tuple[ScreeningFigures, list[Attention]]:
    rows = list(
        TemperatureCheck.select().where(
            TemperatureCheck.hall == day.hall_id, TemperatureCheck.service_day == day.day
        )
    )
    kept = [row for row in rows if day.stood(row.withdrawn_at)]
    people = Counter(row.person for row in kept)
    fevers = sorted(row.at for row in kept if row.outcome == "fever")
    figures = ScreeningFigures(
        total=day.totals.checked,
        residents=people["resident"],
        staff=people["staff"],
        others=people["other"],
        held=sum(row.outcome == "hold" for row in kept),
        fevers=day.totals.fevers,
        cleared_on_recheck=sum(
            row.outcome == "normal" and row.recheck_of_id is not None for row in kept
        ),
        went_away=sum(row.left_at is not None and row.left_at < day.end for row in kept),
        withdrawn=len(rows) - len(kept),
        highest_tenths=max((row.tenths for row in kept), default=None),
        by_hour=counting.by_hour(day.hour(row.at) for row in kept),
    )
    return figures, [Attention("fever", {"at": f"{day.local(at):%H:%M}"}) for at in fevers]
