"""Closing a service day: what is still open is looked at, and settled or carried over with a reason.

A day is closed once. Closing refuses nothing afterwards: who records something later can do so, and the report shows
it as written after the closing. An original that is still out always needs a reason of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.services import open_items, passages, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.open_items import KINDS, MOST_ITEMS, OpenItem
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change
from hall_desk.store.models import CarriedOver, DayClose, Staff, TemperatureCheck, Ticket

__all__ = [
    "KINDS", "Carried", "CarriedLine", "Closing", "NewClose", "OpenItem", "Review", "check_reason", "close", "closing",
    "review",
]  # fmt: skip

LONGEST_REASON = 200


@dataclass(frozen=True)
class CarriedLine:
    """What was carried over, `what` as in `OpenItem`, and why."""

    kind: str
    id: UUID
    number: str
    what: str
    reason: str


@dataclass(frozen=True)
class Closing:
    """That a day was closed, by whom, when, and what was carried over."""

    id: UUID
    day: date
    by: str
    at: datetime
    carried: tuple[CarriedLine, ...]


@dataclass(frozen=True)
class Review:
    """What stands between a day and its closing; `people` are still counted in the hall.

    `forgotten` is the last working day before it, when that was not closed.
    """

    day: date
    closing: Closing | None
    items: tuple[OpenItem, ...]
    people: int
    forgotten: date | None


@dataclass(frozen=True)
class Carried:
    """Why one open thing may wait."""

    kind: str
    id: UUID
    reason: str


@dataclass(frozen=True)
class NewClose:
    """A day to be closed. `id` is made when the wizard opens; `hall_empty` says that everybody has left."""

    id: UUID
    day: date
    items: tuple[Carried, ...] = ()
    hall_empty: bool = False


# --- looking -------------------------------------------------------------------------------------


def review(actor: Actor, day: date) -> Review:
    """What is open of this day and of days before it. Raises DayNotOver for a day that lies ahead."""
    actor.needs("day.close")
    with actor.store.reading():
        _not_ahead(day, actor.store.today())
        return Review(
            day,
            _closing(actor, day),
            tuple(_open_items(actor, day)),
            passages.inside_on(actor, day),
            _forgotten(actor, day),
        )


def closing(actor: Actor, day: date) -> Closing | None:
    """How the day was closed; None while it is open."""
    actor.needs("day.close")
    with actor.store.reading():
        return _closing(actor, day)


def _forgotten(actor: Actor, day: date) -> date | None:
    """The last day before `day` on which somebody was served, unless it is closed or none ever was."""
    served = [
        model.select(fn.MAX(model.service_day))
        .where(model.hall == actor.hall_id, model.service_day < day)
        .scalar()
        for model in (Ticket, TemperatureCheck)
    ]
    last = max((one for one in map(_day, served) if one is not None), default=None)
    closed = DayClose.select().where(DayClose.hall == actor.hall_id)
    if last is None or closed.where(DayClose.service_day == last).exists():
        return None
    return last if closed.exists() else None


def _day(value: date | str | None) -> date | None:
    # SQLite gives the greatest day of a column as text.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _not_ahead(day: date, today: date) -> None:
    if day > today:
        raise errors.DayNotOver(day=day)


def _closing(actor: Actor, day: date) -> Closing | None:
    row = (
        DayClose.select(DayClose, Staff)
        .join(Staff)
        .where(DayClose.hall == actor.hall_id, DayClose.service_day == day)
        .first()
    )
    if row is None:
        return None
    carried = list(
        CarriedOver.select()
        .where(CarriedOver.day_close == row.id)
        .order_by(CarriedOver.number, CarriedOver.id)
        .limit(MOST_ITEMS * len(KINDS))
    )
    names = open_items.names({one.subject for one in carried})
    lines = tuple(
        CarriedLine(one.kind, one.subject, one.number, names.get(one.subject, ""), one.reason)
        for one in carried
    )
    in_order = tuple(sorted(lines, key=lambda line: KINDS.index(line.kind)))
    return Closing(row.id, row.service_day, row.staff.name, row.at, in_order)


def _open_items(actor: Actor, day: date) -> list[OpenItem]:
    """The open things, each with the reason it was carried over for the last time."""
    found = open_items.of_day(actor, day)
    told = _told_before([item.id for item in found])
    return [replace(item, reason=told.get(item.key, "")) for item in found]


def _told_before(keys: list[UUID]) -> dict[tuple[str, UUID], str]:
    """The last reason of each; later closings overwrite earlier ones."""
    if not keys:
        return {}
    rows = (
        CarriedOver.select(CarriedOver, DayClose)
        .join(DayClose)
        .where(CarriedOver.subject.in_(keys))
        .order_by(DayClose.service_day)
        .limit(MOST_ITEMS * len(KINDS))
    )
    return {(row.kind, row.subject): row.reason for row in rows}


# --- closing -------------------------------------------------------------------------------------


def check_reason(text: str) -> str:
    """A reason as it is kept. Raises BadInput `reason` (empty, too_long)."""
    return privacy.check_text("reason", text, True, LONGEST_REASON)


def close(actor: Actor, new: NewClose) -> Closing:
    """Closes a day: whatever is open has a reason, and nobody is counted in the hall any more.

    A reason for something that was settled meanwhile is dropped. Called again with the same `id` it gives the closing
    that is there. Raises DayClosed when somebody else was first, DayNotSettled with how many lines lack a reason or
    how many people are still counted, BadInput `reason` (empty, too_long), DayNotOver.
    """
    actor.needs("day.close")
    reasons = {(one.kind, one.id): check_reason(one.reason) for one in new.items}
    with actor.store.change(actor) as change:
        _not_ahead(new.day, change.day)
        if (there := _closing(actor, new.day)) is not None:
            return _same(actor, there, new.id)
        items = _open_items(actor, new.day)
        missing = [item for item in items if item.key not in reasons]
        people = passages.inside_on(actor, new.day)
        if missing:
            papers = sum(item.kind == "paper" for item in missing)
            raise errors.DayNotSettled(count=len(missing), originals=papers, people=0)
        if people and not new.hall_empty:
            raise errors.DayNotSettled(count=0, originals=0, people=people)
        _insert_once(actor, change, new)
        there = _closing(actor, new.day)
        assert there is not None
        if there.id != new.id:
            return _same(actor, there, new.id)
        if people:
            passages.empty(change, actor, new.day, people)
        _carry_over(actor, change, new, items, reasons)
        change.record(
            "day.closed",
            new.id,
            day=new.day.isoformat(),
            carried=len(items),
            originals=sum(item.kind == "paper" for item in items),
            people=people,
        )
        stored = _closing(actor, new.day)
        assert stored is not None
        return stored


def _same(actor: Actor, there: Closing, wanted: UUID) -> Closing:
    if there.id == wanted:
        return there
    at = actor.store.local(there.at)
    raise errors.DayClosed(day=there.day, by=there.by, at=there.at, at_text=f"{at:%m-%d %H:%M}")


def _insert_once(actor: Actor, change: Change, new: NewClose) -> None:
    """Writes the row unless another PC's transaction does so at this moment; waits for that one to end."""
    (
        DayClose.insert(
            id=new.id,
            hall=actor.hall_id,
            service_day=new.day,
            at=change.at,
            staff=actor.person(),
        )
        .on_conflict_ignore()
        .execute()
    )


def _carry_over(
    actor: Actor,
    change: Change,
    new: NewClose,
    items: list[OpenItem],
    reasons: dict[tuple[str, UUID], str],
) -> None:
    for item in items:
        values: dict[str, Any] = {"kind": item.kind, "subject": item.id, "number": item.number}
        CarriedOver.create(
            id=new_id(),
            hall=actor.hall_id,
            day_close=new.id,
            reason=reasons[item.key],
            force_insert=True,
            **values,
        )
        # A ticket's history tells it once, however many of its papers are out.
        if item.kind == "ticket":
            change.record("day.carried_over", item.id, ticket=item.id, day=new.day.isoformat())
