"""A hall: making one, its settings with their defaults, and what the program shows of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor, Role, hash_pin, operator
from hall_desk.store import hall_key
from hall_desk.store.database import Store
from hall_desk.store.hall_key import HallKey
from hall_desk.store.ids import new_id
from hall_desk.store.models import Hall, Setting, Staff

# Everybody's PIN in a practice hall, where nothing is real; its sign-in screen says so.
PRACTICE_PIN = "2468"
# The highest value of a setting that has one.
MOST = {"idle_lock_minutes": 240}


# Personal data is not kept for ever, and a hall needs yesterday's at least; ten years is what accounts are kept for.
RETENTION = (1, 3650)


@dataclass(frozen=True)
class Settings:
    """What a hall may choose; a hall stores only what differs. Temperatures in tenths of ℃."""

    threshold_tenths: int = 373
    recheck_minutes: int = 5
    name_required: bool = False
    phone_required: bool = False
    priority_head_start_minutes: int = 10
    default_promise_minutes: int = 3
    # How long before its promise falls due a ticket is shown as about to break it.
    promise_warning_minutes: int = 1
    hours: str = "9:00-17:00"
    priorities: tuple[str, ...] = ("70+", "disabled", "pregnant", "serviceman")
    directory_version: int = 1
    # Callbacks: minutes until one is due if nothing was agreed, and until the next call when nobody answered.
    callback_minutes: int = 30
    callback_again_minutes: int = 20
    phone_case_minutes: int = 3
    # The days of the week on which the hall opens, 1 is Monday.
    open_weekdays: str = "12345"
    # Epidemic mode: a passed check today is required before intake. A hall starts in ordinary mode.
    epidemic: bool = False
    # How many may be in the hall at once; 0 for no limit.
    capacity: int = 0
    # Minutes until somebody must have answered an incident and ended it, by its kind.
    incident_minutes_refuses_rules: int = 15
    incident_minutes_fever: int = 10
    incident_minutes_illness: int = 5
    incident_minutes_dispute: int = 20
    incident_minutes_lost_papers: int = 60
    incident_minutes_equipment: int = 120
    incident_minutes_other: int = 60
    # How often a day the hall wants its staff measured; 0 in ordinary times.
    staff_checks_a_day: int = 2
    staff_masks: bool = True
    rating_follow_up_days: int = 5
    # For how many days what is said of people is kept after their matter ended (see `services.retention`).
    retention_screening_days: int = 30
    retention_consultation_days: int = 180
    retention_ticket_days: int = 365
    retention_callback_days: int = 180
    retention_incident_days: int = 730
    # Minutes without a key or the mouse until a desk's screen is locked; 0 for never.
    idle_lock_minutes: int = 10


@dataclass(frozen=True)
class HallInfo:
    name: str
    opened_day: date
    opening_balance: int
    practice: bool


def create(
    place: str,
    *,
    name: str,
    manager: str,
    pin: str,
    opened_day: date | None = None,
    opening_balance: int = 0,
    practice_at: datetime | None = None,
    folder: Path | None = None,
) -> Store:
    """Makes a hall with its first manager at `place` and gives the open store; nothing half made stays behind.

    `folder` is this PC's data folder, where the hall's new key is kept; a hall made without it has none, and keeps
    of an ID number only the masked form.
    `practice_at` makes a practice hall whose clock stands still at that moment until `Store.thaw`.
    Raises BadInput (`hall`, `name`, `pin`), AlreadyThere, and what `Store.create` raises.
    """
    if not name.strip():
        raise errors.BadInput("hall", "empty")
    if not manager.strip():
        raise errors.BadInput("name", "empty")
    pin_hash = hash_pin(pin)
    store = Store.create(place)
    kept_in: Path | None = None  # while the key lies there and the hall is not made yet
    try:
        if practice_at is not None:
            store.freeze(practice_at)
        with store.reading():
            there = Hall.select().first()
        if there is not None:
            raise errors.AlreadyThere(kind="hall", key=there.name)
        hall_id, staff_id = new_id(), new_id()
        now = store.now()
        founder = _Founder(hall_id, staff_id)
        key: HallKey | None = None
        if practice_at is not None:
            key = hall_key.PRACTICE
        elif folder is not None:
            # First of all: a hall whose key was never written could not open its own numbers tomorrow.
            key = hall_key.generate()
            hall_key.keep(folder, hall_id, key)
            kept_in = folder
        with store.change(founder) as change:
            Hall.create(
                id=hall_id,
                name=name.strip(),
                opened_day=opened_day or store.day_of(now),
                opening_balance=opening_balance,
                practice_offset_s=None if practice_at is None else 0,
                key_check="" if key is None else key.check(hall_id),
                force_insert=True,
            )
            Staff.create(
                id=staff_id,
                hall=hall_id,
                name=manager.strip(),
                role=Role.MANAGER.value,
                pin_hash=pin_hash,
                force_insert=True,
            )
            change.record("hall.made", hall_id)
            change.record("staff.added", staff_id, role=Role.MANAGER.value)
        kept_in = None
        store.learn_hall()
        store.hall_key = key
    except BaseException:
        if kept_in is not None:
            hall_key.forget(kept_in, hall_id)
        store.close()
        raise
    return store


@dataclass(frozen=True)
class _Founder:
    """Stands for the first manager while the hall is being made."""

    hall_id: Any
    staff_id: Any
    post: str = "manager"
    letter: str = ""
    request: Any = None
    born: Any = None


def is_practice(hall_id: UUID) -> bool:
    """Whether nothing in this hall is real, which every paper of it says. Inside a transaction or reading."""
    row = Hall.get_by_id(hall_id)
    return row.practice_offset_s is not None


def keep_practice_clock(store: Store) -> None:
    """Lets the practice clock run and writes its distance to the hall, so that every program shows the same time."""
    store.thaw()
    with store.change(operator(store)) as change:
        Hall.update(practice_offset_s=store.practice_offset_s, practice_pace=None).where(
            Hall.id == store.hall_id
        ).execute()
        change.record("hall.practice_clock_set", store.hall_id)


def info(store: Store) -> HallInfo:
    with store.reading():
        hall = Hall.get_by_id(store.hall_id)
    return HallInfo(
        hall.name, hall.opened_day, hall.opening_balance, hall.practice_offset_s is not None
    )


def load_settings(hall_id: Any) -> Settings:
    """The hall's settings; the caller has a transaction open. A stored name this program does not know is skipped."""
    known = {field.name for field in fields(Settings)}
    changed: dict[str, Any] = {}
    for row in Setting.select().where(Setting.hall == hall_id):
        if row.name in known:
            value = json.loads(row.value)
            changed[row.name] = tuple(value) if isinstance(value, list) else value
    return replace(Settings(), **changed)


def settings(actor: Actor) -> Settings:
    actor.needs("halls.read")
    with actor.store.reading():
        return load_settings(actor.hall_id)


def change_setting(actor: Actor, name: str, value: Any) -> Settings:
    """Changes one setting; old and new value are journalled. Raises BadInput `setting` (unknown, value, days)."""
    actor.needs("halls.change")
    with actor.store.change(actor) as change:
        before = asdict(load_settings(actor.hall_id))
        if name not in before:
            raise errors.BadInput("setting", "unknown")
        wanted = tuple(value) if isinstance(value, list) else value
        if type(wanted) is not type(before[name]):
            raise errors.BadInput("setting", "value")
        if type(wanted) is int and not 0 <= wanted <= MOST.get(name, wanted):
            raise errors.BadInput("setting", "value")
        if name.startswith("retention_"):
            _check_days(wanted)
        (
            Setting.insert(id=new_id(), hall=actor.hall_id, name=name, value=json.dumps(wanted))
            .on_conflict(
                conflict_target=[Setting.hall, Setting.name],
                update={Setting.value: json.dumps(wanted)},
            )
            .execute()
        )
        change.record("setting.changed", None, name=name, before=before[name], after=wanted)
    return settings(actor)


def _check_days(days: Any) -> None:
    least, most = RETENTION
    if not least <= days <= most:
        raise errors.BadInput("setting", "days", least=least, most=most)
