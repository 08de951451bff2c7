"""A hall: making one, its settings with their defaults, and what the program shows of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from hall_desk import errors, i18n
from hall_desk.services import opening, privacy
from hall_desk.services.accounts import Actor, Role, hash_pin, operator
from hall_desk.store import hall_key
from hall_desk.store.database import Store
from hall_desk.store.hall_key import HallKey
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change
from hall_desk.store.models import Hall, Setting, Staff

# Everybody's PIN in a practice hall, where nothing is real; its sign-in screen says so.
PRACTICE_PIN = "2468"
# Personal data is not kept for ever, and a hall needs yesterday's at least; ten years is what accounts are kept for.
RETENTION = (1, 3650)
DAY = 24 * 60  # minutes
MOST_DAYS = 400
MOST_PRIORITIES, MOST_OWN_INCIDENTS = 9, 2
LONGEST_WORD = 12


def _number(usual: int, least: int, most: int) -> Any:
    return field(default=usual, metadata={"limits": (least, most)})


@dataclass(frozen=True)
class Settings:
    """What a hall may choose; a hall stores only what differs. Temperatures in tenths of ℃."""

    threshold_tenths: int = _number(373, 340, 430)
    recheck_minutes: int = _number(5, 1, 60)
    name_required: bool = False
    phone_required: bool = False
    priority_head_start_minutes: int = _number(10, 0, DAY)
    default_promise_minutes: int = _number(3, 1, DAY)
    # How long before its promise falls due a ticket is shown as about to break it.
    promise_warning_minutes: int = _number(1, 0, DAY)
    hours: str = "9:00-17:00"
    # Codes of the program (`i18n.CODES`) and the hall's own words.
    priorities: tuple[str, ...] = ("70+", "disabled", "pregnant", "serviceman")
    directory_version: int = _number(1, 1, 2**31 - 1)
    # Callbacks: minutes until one is due if nothing was agreed, and until the next call when nobody answered.
    callback_minutes: int = _number(30, 1, DAY)
    callback_again_minutes: int = _number(20, 1, DAY)
    phone_case_minutes: int = _number(3, 1, DAY)
    # The days of the week on which the hall opens, 1 is Monday.
    open_weekdays: str = "12345"
    # Single days (ISO, in their order) on which it is otherwise: holidays, and weekends that are worked for them.
    closed_days: tuple[str, ...] = ()
    open_days: tuple[str, ...] = ()
    # Epidemic mode: a passed check today is required before intake. A hall starts in ordinary mode.
    epidemic: bool = False
    # How many may be in the hall at once; 0 for no limit.
    capacity: int = _number(0, 0, 9999)
    # The hall's own kinds of incident, beside the program's.
    incident_kinds: tuple[str, ...] = ()
    # Minutes until somebody must have answered an incident and ended it, by its kind; own ones are “other”.
    incident_minutes_refuses_rules: int = _number(15, 1, DAY)
    incident_minutes_fever: int = _number(10, 1, DAY)
    incident_minutes_illness: int = _number(5, 1, DAY)
    incident_minutes_dispute: int = _number(20, 1, DAY)
    incident_minutes_lost_papers: int = _number(60, 1, DAY)
    incident_minutes_equipment: int = _number(120, 1, DAY)
    incident_minutes_other: int = _number(60, 1, DAY)
    # How often a day the hall wants its staff measured; 0 in ordinary times.
    staff_checks_a_day: int = _number(2, 0, 12)
    staff_masks: bool = True
    rating_follow_up_days: int = _number(5, 1, 60)
    # For how many days what is said of people is kept after their matter ended (see `services.retention`).
    retention_screening_days: int = _number(30, *RETENTION)
    retention_consultation_days: int = _number(180, *RETENTION)
    retention_ticket_days: int = _number(365, *RETENTION)
    retention_callback_days: int = _number(180, *RETENTION)
    retention_incident_days: int = _number(730, *RETENTION)
    # Minutes without a key or the mouse until a desk's screen is locked; 0 for never.
    idle_lock_minutes: int = _number(10, 0, 240)

    def opens_on(self, day: date) -> bool:
        """Whether the hall opens on a day: a single day's word goes before that of its weekday."""
        if day.isoformat() in self.open_days:
            return True
        if day.isoformat() in self.closed_days:
            return False
        return str(day.isoweekday()) in self.open_weekdays


# Lowest and highest value of each setting that is a number.
LIMITS: dict[str, tuple[int, int]] = {
    one.name: one.metadata["limits"] for one in fields(Settings) if "limits" in one.metadata
}


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
    """Changes one setting; old and new value are journalled.

    Raises BadInput `setting`: unknown, value, range, hours, weekdays, date, both, empty, too_long, twice, too_many.
    """
    actor.needs("halls.change")
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        change_setting_within(actor, change, name, value)
    return settings(actor)


def change_setting_within(actor: Actor, change: Change, name: str, value: Any) -> None:
    """`change_setting` inside the caller's transaction, in which nobody else writes (`one_at_a_time`)."""
    actor.needs("halls.change")
    before = asdict(load_settings(actor.hall_id))
    if name not in before:
        raise errors.BadInput("setting", "unknown")
    wanted = tuple(value) if isinstance(value, list) else value
    if type(wanted) is not type(before[name]):
        raise errors.BadInput("setting", "value")
    wanted = _checked(name, wanted, before)
    row = Setting.get_or_none(Setting.hall == actor.hall_id, Setting.name == name)
    if row is None:
        row = Setting.create(
            id=new_id(), hall=actor.hall_id, name=name, value=json.dumps(wanted), force_insert=True
        )
    else:
        Setting.update(value=json.dumps(wanted)).where(Setting.id == row.id).execute()
    change.record("setting.changed", row.id, name=name, before=before[name], after=wanted)


def one_at_a_time(actor: Actor) -> None:
    """Lets nobody else change the hall's settings and lists until this transaction is over: they see what it wrote."""
    if actor.store.postgres:  # SQLite has one writer anyway
        hall = Hall.select(Hall.id).where(Hall.id == actor.hall_id)
        list(hall.for_update("FOR NO KEY UPDATE"))


def _checked(name: str, value: Any, now: dict[str, Any]) -> Any:
    """The value as it is kept. Raises BadInput `setting`."""
    if name in LIMITS:
        least, most = LIMITS[name]
        if not least <= value <= most:
            if name == "threshold_tenths":
                raise errors.BadInput("setting", "threshold", least=least / 10, most=most / 10)
            raise errors.BadInput("setting", "range", least=least, most=most)
    elif name == "hours":
        return opening.checked_hours(value)
    elif name == "open_weekdays":
        return opening.checked_weekdays(value)
    elif name in ("closed_days", "open_days"):
        days = opening.checked_days(value, MOST_DAYS)
        other = now["open_days" if name == "closed_days" else "closed_days"]
        both = next((day for day in days if day in other), None)
        if both is not None:
            raise errors.BadInput("setting", "both", text=both)
        return days
    elif isinstance(value, tuple):
        return _checked_words(
            value, MOST_PRIORITIES if name == "priorities" else MOST_OWN_INCIDENTS
        )
    return value


def _checked_words(words: tuple[Any, ...], most: int) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        if not isinstance(word, str):
            raise errors.BadInput("setting", "value")
        clean = privacy.check_text("setting", word, required=True, limit=LONGEST_WORD)
        text = " ".join(clean.split())
        # A code of the program's own kinds of incident would be taken for that kind.
        if text in found or text in i18n.CODES["incident"]:
            raise errors.BadInput("setting", "twice", text=text)
        found.append(text)
    if len(found) > most:
        raise errors.BadInput("setting", "too_many", limit=most)
    return tuple(found)
