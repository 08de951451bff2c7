"""A day that is replayed: events in order of time, each with the hall's clock standing at it."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hall_desk.store.database import Store

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(order=True)
class Event:
    at: datetime
    order: int
    run: Callable[[], None] = field(compare=False)


class ReplayedDay:
    """Events in order of time; each may add later ones."""

    def __init__(self, store: Store, seed: str) -> None:
        self.store = store
        self.chance = random.Random(seed)  # noqa: S311 - a repeatable day, no secret
        self._events: list[Event] = []

    def at(self, moment: datetime, run: Callable[[], None]) -> None:
        self._events.append(Event(moment, len(self._events), run))

    def play(self, until: datetime) -> None:
        heapq.heapify(self._events)
        while self._events and self._events[0].at <= until:
            event = heapq.heappop(self._events)
            self.store.freeze(event.at)
            before = len(self._events)
            event.run()
            if len(self._events) != before:
                heapq.heapify(self._events)
        self._events.clear()
        self.store.freeze(until)


def moment(day: date, clock: time) -> datetime:
    """A time of day in the hall's zone, in UTC."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def spread(chance: random.Random, on: date, by_hour: dict[int, int]) -> list[datetime]:
    """So many moments in each hour, none of them at its very edge."""
    moments = []
    for hour, count in by_hour.items():
        seconds = sorted(chance.sample(range(40, 3590), count))
        moments += [moment(on, time(hour)) + timedelta(seconds=second) for second in seconds]
    return moments
