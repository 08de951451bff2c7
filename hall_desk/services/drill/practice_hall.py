"""Makes the practice hall of a drill: its windows, matters and people, its clock standing before the day begins."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hall_desk.services import accounts, directory, halls, matters
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.directory import Kind
from hall_desk.services.drill.script import DrillScript
from hall_desk.services.sample_day import moment
from hall_desk.store.database import Store

# The clock is set this long before the first act, so that trainees see the hall open.
LEAD = timedelta(minutes=1)


def begins(script: DrillScript) -> datetime:
    """When the first run begins, by the hall's clock."""
    return moment(script.day, time()) + timedelta(milliseconds=script.acts[0].at) - LEAD


def make(place: str, script: DrillScript) -> Store:
    """Makes the practice hall at `place` and gives the open store, its clock standing (see `Store.freeze`).

    Everybody's PIN is the practice PIN. Raises what `halls.create` and `directory.apply` raise.
    """
    founder = next(person for person in script.staff if person.role == Role.MANAGER.value)
    start = begins(script)
    store = halls.create(
        place,
        name=script.hall,
        manager=founder.name,
        pin=halls.PRACTICE_PIN,
        opened_day=script.day,
        opening_balance=script.opening_balance,
        practice_at=start,
    )
    try:
        manager = accounts.sign_in(store, founder.name, halls.PRACTICE_PIN)
        _furnish(manager, script)
    except BaseException:
        store.close()
        raise
    return store


def _furnish(manager: Actor, script: DrillScript) -> None:
    for name, value in script.settings.items():
        halls.change_setting(manager, name, value)
    for kind, table in ((Kind.WINDOWS, script.windows), (Kind.MATTERS, script.matters)):
        if table.strip():
            read = directory.read_table(table.encode(), f"{kind.value}.csv")
            directory.apply(manager, directory.plan(manager, kind, read))
    windows = {line.number: line.id for line in matters.windows(manager)}
    for person in script.staff:
        if person.name != manager.name:
            accounts.add_staff(
                manager,
                person.name,
                Role(person.role),
                halls.PRACTICE_PIN,
                windows.get(person.window) if person.window else None,
            )
