"""The people of the hall as their manager sees them: who is here, who has left, and who comes back.

Whoever leaves is retired, never deleted: what they did stays theirs. A retired person cannot sign in, agrees to nothing
and stands in no list to choose from. A screen they are still signed in at asks
`as_now` when the hall's people change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hall_desk import errors
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.holdings import holdings_of
from hall_desk.store.journal import Change
from hall_desk.store.models import Hall, Shift, Staff, Window

MOST_SHOWN = 1000


@dataclass(frozen=True)
class Person:
    """One account. `locked_until` and `retired_at` are in UTC; `has_pin` is False before the first PIN is set."""

    name: str
    role: Role
    window: str
    has_pin: bool
    locked_until: datetime | None
    retired_at: datetime | None


def everyone(actor: Actor) -> list[Person]:
    """All accounts by name, those who have left last."""
    actor.needs("accounts.read")
    with actor.store.reading():
        now = actor.store.now()
        rows = (
            Staff.select(Staff, Window)
            .join(Window, "LEFT OUTER JOIN")
            .where(Staff.hall == actor.hall_id)
            .order_by(Staff.retired_at.is_null(False), Staff.name)
            .limit(MOST_SHOWN)
        )
        return [
            Person(
                name=row.name,
                role=Role(row.role),
                window=row.window.number if row.window_id else "",
                has_pin=bool(row.pin_hash),
                locked_until=row.locked_until
                if row.locked_until and row.locked_until > now
                else None,
                retired_at=row.retired_at,
            )
            for row in rows
        ]


def as_now(actor: Actor) -> Actor | None:
    """The actor as they and their window are called by now; None when they left or have another role or window."""
    if actor.staff_id is None:
        return actor
    with actor.store.reading():
        row = (
            Staff.select(Staff, Window)
            .join(Window, "LEFT OUTER JOIN")
            .where(Staff.id == actor.staff_id, Staff.hall == actor.hall_id)
            .first()
        )
    if row is None or row.retired_at is not None:
        return None
    if (row.role, row.window_id) != (actor.role.value, actor.window_id):
        return None
    if row.window_id is None:
        return replace(actor, name=row.name)
    window = row.window
    return replace(actor, name=row.name, window_number=window.number, window_name=window.name)


def retire(actor: Actor, name: str) -> None:
    """Takes a person who left from the lists; nothing happens when that was done before.

    Raises NotFound `staff`; BadInput `person`: `oneself`, `last_manager`, `holds_papers` (papers), `handles_tickets`
    (numbers), `on_post`.
    """
    actor.needs("accounts.change")
    with actor.store.change(actor) as change:
        person = _of_name(actor, name)
        if person.retired_at:
            return
        if person.id == actor.staff_id:
            raise errors.BadInput("person", "oneself")
        _check_managers(actor, person)
        _check_hands(actor, change, person)
        Staff.update(retired_at=change.at).where(Staff.id == person.id).execute()
        change.record("staff.retired", person.id)


def bring_back(actor: Actor, name: str) -> None:
    """Lets a retired person sign in again, with the PIN they had; nothing happens when they are here.

    Raises NotFound `staff`; BadInput `window` (gone) when their window has been closed meanwhile.
    """
    actor.needs("accounts.change")
    with actor.store.change(actor) as change:
        person = _of_name(actor, name)
        if not person.retired_at:
            return
        if person.window_id is not None and person.window.retired_at is not None:
            raise errors.BadInput("window", "gone")
        Staff.update(retired_at=None, wrong_tries=0, locked_until=None).where(
            Staff.id == person.id
        ).execute()
        change.record("staff.restored", person.id)


def _of_name(actor: Actor, name: str) -> Staff:
    """The account of this name, which nobody else changes until this transaction is over."""
    rows = Staff.select().where(Staff.hall == actor.hall_id, Staff.name == name)
    if actor.store.postgres:
        # One after the other, imports too (`directory.apply`): two managers who retire each other are not both gone.
        hall = Hall.select(Hall.id).where(Hall.id == actor.hall_id)
        list(hall.for_update("FOR NO KEY UPDATE"))
        rows = rows.for_update()
    found = rows.first()
    if found is None:
        raise errors.NotFound(kind="staff", key=name)
    return found  # type: ignore[no-any-return]


def _check_managers(actor: Actor, person: Staff) -> None:
    others = Staff.select().where(
        Staff.hall == actor.hall_id,
        Staff.role == Role.MANAGER.value,
        Staff.retired_at.is_null(),
        Staff.id != person.id,
    )
    if person.role == Role.MANAGER.value and not others.exists():
        raise errors.BadInput("person", "last_manager")


def _check_hands(actor: Actor, change: Change, person: Staff) -> None:
    held = holdings_of(actor, person.id)
    if held.papers:
        raise errors.BadInput("person", "holds_papers", papers=held.paper_count)
    if held.tickets:
        numbers = " ".join(ticket.number for ticket in held.tickets)
        raise errors.BadInput("person", "handles_tickets", numbers=numbers)
    turn = Shift.select().where(
        Shift.staff == person.id, Shift.ended_at.is_null(), Shift.service_day == change.day
    )
    if turn.exists():
        raise errors.BadInput("person", "on_post")
