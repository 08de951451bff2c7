"""“This number does not answer”: said of a window by anybody, seen and settled by a manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.store import models
from hall_desk.store.models import Staff, Window


@dataclass(frozen=True)
class NewTrouble:
    """`id` is made where the key is: pressed twice it is one report."""

    id: UUID
    window_id: UUID


@dataclass(frozen=True)
class Trouble:
    """A report; `phone` is the window's number as the directory has it now."""

    id: UUID
    at: datetime
    window_id: UUID
    window_number: str
    window_name: str
    phone: str
    extension: str
    staff: str
    settled_at: datetime | None


def _query() -> Any:
    row = models.NumberTrouble
    return (
        row.select(
            row.id, row.at, row.settled_at, row.window.alias("window_id"), Staff.name.alias("staff_name"),
            Window.number.alias("window_number"), Window.name.alias("window_name"), Window.phone, Window.extension,
        )
        .join(Window, on=row.window == Window.id)
        .join(Staff, on=row.staff == Staff.id)
    )  # fmt: skip


def _values(query: Any) -> list[Trouble]:
    return [
        Trouble(
            id=row.id,
            at=row.at,
            window_id=row.window_id,
            window_number=row.window_number,
            window_name=row.window_name,
            phone=row.phone,
            extension=row.extension,
            staff=row.staff_name,
            settled_at=row.settled_at,
        )
        for row in query.namedtuples()
    ]


def _one(*conditions: Any) -> Trouble | None:
    return next(iter(_values(_query().where(*conditions))), None)


@waits
def report(actor: Actor, new: NewTrouble) -> Trouble:
    """Says that a window's number does not answer; where that is said already, gives what was said first.

    Raises BadInput `window`.
    """
    actor.needs("numbers.report")
    row = models.NumberTrouble
    with actor.store.change(actor) as change:
        there = _one(row.id == new.id, row.hall == actor.hall_id)
        if there is not None:
            return there
        window = Window.get_or_none(
            Window.id == new.window_id, Window.hall == actor.hall_id, Window.retired_at.is_null()
        )
        if window is None:
            raise errors.BadInput("window", "gone")
        # One open report per window, also when two desks say it in the same moment.
        (
            row.insert(
                id=new.id,
                hall=actor.hall_id,
                at=change.at,
                service_day=change.day,
                window=window.id,
                staff=actor.person(),
            )
            .on_conflict_ignore()
            .execute()
        )
        first = _one(row.window == window.id, row.settled_at.is_null())
        if first is None:  # settled between the two statements: say it again
            raise errors.DatabaseBusy
        if first.id == new.id:
            change.record("number.reported", new.id, window=window.number)
        return first


def settle(actor: Actor, trouble_id: UUID) -> None:
    """The number answers again, or the directory was put right. A second time it changes nothing.

    Raises NotFound `number`.
    """
    actor.needs("numbers.settle")
    row = models.NumberTrouble
    with actor.store.change(actor) as change:
        if _one(row.id == trouble_id, row.hall == actor.hall_id) is None:
            raise errors.NotFound(kind="number", key="")
        changed = (
            row.update(settled_at=change.at, settled_by=actor.person())
            .where(row.id == trouble_id, row.settled_at.is_null())
            .execute()
        )
        if changed:
            change.record("number.settled", trouble_id)


def unsettled(actor: Actor, limit: int = 200) -> list[Trouble]:
    """The reports that wait for a manager, first said first."""
    actor.needs("numbers.read")
    row = models.NumberTrouble
    with actor.store.reading():
        return _values(
            _query()
            .where(row.hall == actor.hall_id, row.settled_at.is_null())
            .order_by(row.at, row.id)
            .limit(limit)
        )


def of_window(actor: Actor, window_id: UUID) -> Trouble | None:
    """What is said of this window's number and not settled; None when it is in order."""
    actor.needs("numbers.read")
    row = models.NumberTrouble
    with actor.store.reading():
        return _one(row.hall == actor.hall_id, row.window == window_id, row.settled_at.is_null())
