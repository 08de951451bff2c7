"""The sample hall and its lived-in day: Friday 21 February 2020, and the Monday morning after it.

Everything happens through the real services, each call at its time of the day with the hall's clock standing there;
no row is inserted past them. Chance comes from a fixed seed, so the day is the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time

from hall_desk.services import halls
from hall_desk.services.sample_day.day import moment
from hall_desk.services.sample_day.people import People
from hall_desk.services.sample_day.script import (
    DAY,
    HALL,
    NEXT_DAY,
    NOW,
    OPENED_DAY,
    OPENING_BALANCE,
    PEOPLE,
    PIN,
)
from hall_desk.store import ids, seals
from hall_desk.store.database import Store

__all__ = ["DAY", "HALL", "NEXT_DAY", "NOW", "PEOPLE", "PIN", "make", "moment"]


@contextmanager
def make(place: str, progress: Callable[[str], None] = lambda _step: None) -> Iterator[Store]:
    """Makes the sample hall at `place`, lives its day and gives the open store, its clock standing at `NOW`.

    `progress` hears `hall`, `day`, `morning`. Raises what `halls.create` raises.
    """
    start = moment(DAY, time(8, 20))
    progress("hall")
    store: Store | None = None

    def now() -> datetime:
        return store.now() if store is not None else start

    try:
        with ids.repeatable("taipingqiao", now):
            store = halls.create(
                place,
                name=HALL,
                manager=PEOPLE["manager"],
                pin=PIN,
                opened_day=OPENED_DAY,
                opening_balance=OPENING_BALANCE,
                practice_at=start,
            )
            people = People(store)
            progress("day")
            people.friday()
            progress("morning")
            people.monday()
            seals.seal_all(store)
        yield store
    finally:
        if store is not None:
            store.close()
