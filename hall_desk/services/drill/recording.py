"""Records a day of a hall as a drill: who did what when, out of the journal and the rows, with no person in it.

Names and telephone numbers are invented (`invented`), what people said or clerks typed becomes a stock phrase by its
kind, staff are called by their role. ID numbers, temperatures of staff and their symptoms are left out altogether, and
so is the date. Windows, matters and the names of papers in them are the hall's directory and stay as they are.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import directory, figures
from hall_desk.services.accounts import Actor
from hall_desk.services.directory import Kind
from hall_desk.services.directory_columns import COLUMNS
from hall_desk.services.drill import recorded_acts
from hall_desk.services.drill.invented import Invented, role_name
from hall_desk.services.drill.past import Happening, Past
from hall_desk.services.drill.script import DAY_MS, MOST_ACTS, Act, DrillScript, Person
from hall_desk.services.figures.days import Day
from hall_desk.services.halls import Settings
from hall_desk.store import models

# What is replayed with a hall's clock; its other settings stay as a new hall has them.
_NOT_PLAYED = ("directory_version",)
# What belongs to the hall and not to its day: the directory and the accounts are recorded as they are now.
_OF_THE_HALL = (
    "hall.",
    "window.",
    "matter.",
    "staff.",
    "community.",
    "desk.",
    "outbox.",
    "retention.",
)
# Happenings that leave nothing to be played.
_SILENT = frozenset(
    {
        "check.waived", "ticket.closed",
        "ticket.handed_over", "ticket.reprinted", "ticket.paper_printed", "missing_notice.reprinted",
        "day.carried_over", "rating.offered", "backup.made", "journal.exported",
    }
)  # fmt: skip


def record(actor: Actor, day: date) -> DrillScript:
    """The drill that one past or present day of the hall gives.

    Raises NotAllowed, DayNotOver for a day that lies ahead, BadInput `drill` (empty_day, too_long).
    """
    actor.needs("drill.record")
    store = actor.store
    store.need_server()
    # Counted by the figures themselves, so that the drill's cumulative figure begins where the day did.
    counted = figures.of_day(actor, day)
    with store.reading():
        told = list(_happenings(actor, day))
        past = Past(actor, day, told, _people(actor), Invented(_personal(actor)))
        acts, left_out = _acts(past, told)
        settings = _at_start(actor, day)
    if all(act.kind == "setting" for act in acts):
        raise errors.BadInput("drill", "empty_day")
    if len(acts) > MOST_ACTS:
        raise errors.BadInput("drill", "too_long")
    return DrillScript(
        hall=actor.hall_name,
        weekday=day.weekday(),
        opening_balance=counted.tickets.cumulative - counted.tickets.opened,
        settings=settings,
        windows=_table(actor, Kind.WINDOWS),
        matters=_table(actor, Kind.MATTERS, "checked_by"),
        staff=tuple(past.people.values()),
        acts=tuple(acts),
        left_out=left_out,
    )


def days(actor: Actor, limit: int = 10) -> tuple[date, ...]:
    """The last days on which somebody was served here, the newest first: what can be recorded."""
    actor.needs("drill.record")
    with actor.store.reading():
        rows = (
            models.Ticket.select(models.Ticket.service_day)
            .where(models.Ticket.hall == actor.hall_id)
            .distinct()
            .order_by(models.Ticket.service_day.desc())
            .limit(limit)
        )
        return tuple(row.service_day for row in rows)


def _happenings(actor: Actor, day: date) -> Iterator[Happening]:
    rows = (
        models.JournalEntry.select()
        .where(
            models.JournalEntry.hall == actor.hall_id,
            models.JournalEntry.service_day == day,
        )
        .order_by(models.JournalEntry.at, models.JournalEntry.id)
    )
    for row in rows:
        yield Happening.of(row)


def _people(actor: Actor) -> dict[UUID, Person]:
    """Everybody, retired ones too, as they are called in the drill."""
    numbers: dict[tuple[str, str], int] = {}
    people = {}
    rows = (
        models.Staff.select(models.Staff, models.Window)
        .join(models.Window, "LEFT OUTER JOIN")
        .where(models.Staff.hall == actor.hall_id)
        .order_by(models.Staff.id)
    )
    for row in rows:
        window = row.window.number if row.window_id and row.role == "window_clerk" else ""
        number = numbers.get((row.role, window), 0)
        numbers[row.role, window] = number + 1
        people[row.id] = Person(role_name(row.role, window, number), row.role, window)
    return people


def _personal(actor: Actor) -> set[str]:
    """Names and numbers the hall knows: none of them is invented by chance."""
    known: set[str] = set()
    for model in (
        models.Ticket, models.TemperatureCheck, models.Consultation, models.Callback, models.MissingNotice,
    ):  # fmt: skip
        for column in (model.name, model.phone):
            rows = model.select(column).where(model.hall == actor.hall_id).distinct().tuples()
            known |= {value for (value,) in rows}
    staff = models.Staff.select(models.Staff.name).where(models.Staff.hall == actor.hall_id)
    return known | {name for (name,) in staff.tuples()}


def _acts(past: Past, told: list[Happening]) -> tuple[list[Act], int]:
    acts, left_out = [], 0
    for one in told:
        if one.kind in _SILENT or one.kind.startswith(_OF_THE_HALL):
            continue
        act = recorded_acts.act_of(past, one)
        if act is None:
            left_out += not past.part_of_another(one)
        elif 0 <= act.at < DAY_MS:
            acts.append(act)
    return acts, left_out


def _at_start(actor: Actor, day: date) -> dict[str, Any]:
    """The settings as the day began: those at its end, with the day's changes taken back."""
    at_end = Day(actor, day).settings
    values = {field.name: getattr(at_end, field.name) for field in fields(Settings)}
    changes = [
        one
        for one in _happenings(actor, day)
        if one.kind == "setting.changed" and one.facts["name"] in values
    ]
    for one in reversed(changes):
        values[one.facts["name"]] = one.facts["before"]
    usual = asdict(Settings())
    return {
        name: _as_list(value)
        for name, value in values.items()
        if name not in _NOT_PLAYED and _as_list(value) != _as_list(usual[name])
    }


def _as_list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _table(actor: Actor, kind: Kind, *left_out: str) -> str:
    """A kind of the directory as an import table, some columns emptied; nothing where the hall has none of it."""
    with tempfile.TemporaryDirectory(prefix="hall-desk-") as folder:
        path = Path(folder) / f"{kind.value}.csv"
        directory.export_file(actor, kind, path)
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    empty = [number for number, column in enumerate(COLUMNS[kind]) if column.field in left_out]
    if len(rows) < 2:
        return ""
    for row in rows[1:]:
        for number in empty:
            row[number] = ""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
