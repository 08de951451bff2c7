"""Rounds of disinfection: which area, when, by whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.store.models import Disinfection, Staff

LONGEST_AREA = 40
LONGEST_NOTE = 100
AREAS_OF_DAYS = 30
MOST_AREAS = 12

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


@dataclass(frozen=True)
class NewRound:
    """What was typed. `time` is the time of day when it was done, empty is now; `person_id` empty is the actor."""

    id: UUID
    area: str
    note: str = ""
    person_id: UUID | None = None
    time: str = ""


@dataclass(frozen=True)
class Round:
    id: UUID
    at: datetime
    area: str
    note: str
    person: str


@dataclass(frozen=True)
class Area:
    """An area of the last thirty days, with today's rounds; `last_at` is empty when there was none today."""

    name: str
    rounds_today: int
    last_at: datetime | None


@waits
def record(actor: Actor, new: NewRound) -> Round:
    """Writes down one round, once per `id`.

    Raises BadInput: `area` (empty, too_long), `note` (too_long), `person` (gone), `time` (shape, ahead).
    """
    actor.needs("disinfection.record")
    area = " ".join(privacy.check_text("area", new.area, required=True, limit=LONGEST_AREA).split())
    note = privacy.check_text("note", new.note, limit=LONGEST_NOTE)
    with actor.store.change(actor) as change:
        there = _load(new.id)
        if there is not None:
            return _value(there)
        person_id = new.person_id or actor.person()
        known = Staff.get_or_none(
            Staff.id == person_id, Staff.hall == actor.hall_id, Staff.retired_at.is_null()
        )
        if known is None:
            raise errors.BadInput("person", "gone")
        row = Disinfection.create(
            id=new.id,
            hall=actor.hall_id,
            at=_moment(actor, new.time, change.at, change.day),
            service_day=change.day,
            area=area,
            note=note,
            staff=person_id,
            force_insert=True,
        )
        change.record("disinfection.recorded", row.id)
        stored = _load(row.id)
        assert stored is not None
        return _value(stored)


def _moment(actor: Actor, typed: str, now: datetime, day: date) -> datetime:
    """`9:30`, `0930` or full-width digits as that moment of the day."""
    text = privacy.folded(typed)
    if not text:
        return now
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise errors.BadInput("time", "shape")
    wanted = actor.store.local(now).replace(
        hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0
    )
    if wanted > now:
        raise errors.BadInput("time", "ahead")
    assert wanted.date() == day
    return wanted


def _load(round_id: UUID) -> Disinfection | None:
    return (  # type: ignore[no-any-return]
        Disinfection.select(Disinfection, Staff)
        .join(Staff)
        .where(Disinfection.id == round_id)
        .first()
    )


def _value(row: Disinfection) -> Round:
    return Round(row.id, row.at, row.area, row.note, row.staff.name)


def of_day(actor: Actor, day: date | None = None, limit: int = 200) -> list[Round]:
    """The rounds of a day (today when none is given), the newest first."""
    actor.needs("disinfection.read")
    with actor.store.reading():
        rows = (
            Disinfection.select(Disinfection, Staff)
            .join(Staff)
            .where(
                Disinfection.hall == actor.hall_id,
                Disinfection.service_day == (day or actor.store.today()),
            )
            .order_by(Disinfection.at.desc(), Disinfection.id.desc())
            .limit(limit)
        )
        return [_value(row) for row in rows]


def areas(actor: Actor) -> list[Area]:
    """The areas of the last thirty days, the most frequent first: what a form offers, and what is open today."""
    actor.needs("disinfection.read")
    store = actor.store
    with store.reading():
        today = store.today()
        since = today - timedelta(days=AREAS_OF_DAYS)
        often = (
            Disinfection.select(Disinfection.area, fn.COUNT(Disinfection.id))
            .where(Disinfection.hall == actor.hall_id, Disinfection.service_day >= since)
            .group_by(Disinfection.area)
            .order_by(fn.COUNT(Disinfection.id).desc(), Disinfection.area)
            .limit(MOST_AREAS)
            .tuples()
        )
        done: dict[str, list[datetime]] = {}
        for area, at in (
            Disinfection.select(Disinfection.area, Disinfection.at)
            .where(Disinfection.hall == actor.hall_id, Disinfection.service_day == today)
            .order_by(Disinfection.at)
            .tuples()
        ):
            done.setdefault(area, []).append(at)
        return [
            Area(name, len(done.get(name, [])), done[name][-1] if name in done else None)
            for name, _count in often
        ]
