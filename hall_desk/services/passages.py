"""Who is in the hall now: passed checks today, and those who came in or left beside them.

Staff are not counted: the limit is for the public, and staff are measured several times a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from peewee import Case, fn

from hall_desk import errors
from hall_desk.services import ticket_cards
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import load_settings
from hall_desk.store.ids import part_of
from hall_desk.store.journal import Change
from hall_desk.store.models import Passage, TemperatureCheck

AMBER_FROM = 0.8
MOST_AT_ONCE = 99


@dataclass(frozen=True)
class NewPassage:
    """Somebody went through the door. `id` is made at the key press; a receipt's code says which ticket they had."""

    id: UUID
    count: int = 1
    receipt: str = ""


@dataclass(frozen=True)
class Inside:
    """How many are in the hall, and how many may be; `capacity` 0 is no limit."""

    count: int
    capacity: int

    @property
    def level(self) -> str:
        """`ok`, `warn` from 80 % of the limit on, `bad` when it is reached; without a limit always `ok`."""
        if not self.capacity:
            return "ok"
        if self.count >= self.capacity:
            return "bad"
        return "warn" if self.count >= self.capacity * AMBER_FROM else "ok"


@dataclass(frozen=True)
class Passed:
    """What was recorded. `again` is True when this receipt had left today already and nothing was counted twice."""

    inside: Inside
    number: str = ""
    again: bool = False


def inside(actor: Actor) -> Inside:
    """How many are in the hall now."""
    actor.needs("passages.read")
    with actor.store.reading():
        return _inside(actor, actor.store.today())


def inside_on(actor: Actor, day: date) -> int:
    """How many are still inside of one day by the count; the caller has a transaction open."""
    admitted = (
        TemperatureCheck.select()
        .where(
            TemperatureCheck.hall == actor.hall_id,
            TemperatureCheck.service_day == day,
            TemperatureCheck.outcome == "normal",
            TemperatureCheck.person != "staff",
            TemperatureCheck.withdrawn_at.is_null(),
        )
        .count()
    )
    signed = Case(None, [(Passage.direction == "in", Passage.count)], Passage.count * -1)
    moved = (
        Passage.select(fn.COALESCE(fn.SUM(signed), 0))
        .where(Passage.hall == actor.hall_id, Passage.service_day == day)
        .scalar()
    )
    people: int = max(0, admitted + int(moved))
    return people


def _inside(actor: Actor, day: date) -> Inside:
    return Inside(inside_on(actor, day), load_settings(actor.hall_id).capacity)


@waits
def come_in(actor: Actor, new: NewPassage) -> Passed:
    """Counts people who came in without a check. Raises BadInput `count`. Once per `new.id`."""
    return _pass(actor, new, "in")


@waits
def leave(actor: Actor, new: NewPassage) -> Passed:
    """Counts people who left, by key or by the scan of a receipt. Raises BadInput (count, receipt). Once per `new.id`.

    A receipt leaves once a day: scanned again, it is not a second person. With nobody inside by the count there is
    nobody to leave (`count`, nobody_inside).
    """
    return _pass(actor, new, "out")


def _pass(actor: Actor, new: NewPassage, direction: str) -> Passed:
    actor.needs("passages.record")
    if not 1 <= new.count <= MOST_AT_ONCE:
        raise errors.BadInput("count", "shape")
    with actor.store.change(actor) as change:
        ticket_id, number = _of_receipt(actor, new.receipt) if new.receipt else (None, "")
        # A receipt's passage has a key of its own, so that two doors that scan it make one.
        key = part_of(ticket_id, f"left:{change.day}") if ticket_id else new.id
        if Passage.select().where(Passage.id == key).exists():
            return Passed(_inside(actor, change.day), number, again=ticket_id is not None)
        if direction == "out" and inside_on(actor, change.day) < new.count:
            raise errors.BadInput("count", "nobody_inside")
        new_row = Passage.insert(
            id=key,
            hall=actor.hall_id,
            at=change.at,
            service_day=change.day,
            direction=direction,
            count=new.count,
            how="receipt" if ticket_id else "key",
            ticket=ticket_id,
            staff=actor.person(),
            letter=actor.letter,
        )
        # Another door may have scanned the same receipt since it was looked for.
        if new_row.on_conflict_ignore().as_rowcount().execute() == 0:
            return Passed(_inside(actor, change.day), number, again=True)
        happening = "came" if direction == "in" else "left"
        change.record(f"passage.{happening}", key, count=new.count)
        return Passed(_inside(actor, change.day), number)


def _of_receipt(actor: Actor, code: str) -> tuple[UUID, str]:
    try:
        found = ticket_cards.by_code(actor, code)
    except errors.BadInput as error:
        raise errors.BadInput(**error.facts | {"field": "receipt"}) from None
    if found is None:
        raise errors.BadInput("receipt", "unknown")
    return found[0].id, found[0].number


def empty(change: Change, actor: Actor, day: date, people: int) -> None:
    """Lets everybody leave who is still inside on `day` by the count, inside the transaction that closes that day."""
    passage = part_of(actor.hall_id, f"close_of_day:{day}:{change.at.isoformat()}")
    Passage.create(
        id=passage,
        hall=actor.hall_id,
        at=change.at,
        service_day=day,
        direction="out",
        count=people,
        how="close_of_day",
        staff=actor.person(),
        letter=actor.letter,
        force_insert=True,
    )
    change.record("passage.left", passage, count=people, how="close_of_day")
