"""What the hall has now: its windows, matters, staff and communities, with values as in an import file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hall_desk.services.directory_columns import KEY_FIELD, Kind, MaterialValue, key_of
from hall_desk.store import models


@dataclass(frozen=True)
class Existing:
    """One window, matter, person or community of the hall: its values by field of the import file.

    A matter's materials are one value, `materials`; a person has no `pin`.
    """

    id: UUID
    values: dict[str, Any]

    @property
    def retired(self) -> bool:
        return bool(self.values["retired"])


def contents(hall_id: UUID, kind: Kind) -> Iterator[Existing]:
    """All of a kind, retired ones too, in the order of an export; the caller has a transaction open."""
    return _CONTENTS[kind](hall_id)


def by_key(hall_id: UUID, kind: Kind) -> dict[str, Existing]:
    """The same by key (`key_of`), which is how a row of a file finds what it means."""
    return {key_of(one.values[KEY_FIELD[kind]]): one for one in contents(hall_id, kind)}


def _windows(hall_id: UUID) -> Iterator[Existing]:
    rows = models.Window.select().where(models.Window.hall == hall_id)
    for row in rows.order_by(models.Window.position, models.Window.number):
        yield Existing(
            row.id,
            {
                "number": row.number,
                "name": row.name,
                "phone": row.phone,
                "extension": row.extension,
                "hours": row.hours,
                "note": row.note,
                "retired": row.retired_at is not None,
            },
        )


def _matters(hall_id: UUID) -> Iterator[Existing]:
    numbers: dict[UUID, list[str]] = {}
    places = (
        models.MatterWindow.select(models.MatterWindow, models.Window)
        .join(models.Window)
        .where(models.MatterWindow.hall == hall_id)
        .order_by(models.MatterWindow.position)
    )
    for place in places:
        numbers.setdefault(place.matter_id, []).append(place.window.number)
    materials: dict[UUID, list[MaterialValue]] = {}
    lines = models.Material.select().where(models.Material.hall == hall_id)
    for line in lines.order_by(models.Material.position):
        value = MaterialValue(line.name, line.original, line.count, line.required, line.note)
        materials.setdefault(line.matter_id, []).append(value)
    rows = models.Matter.select().where(models.Matter.hall == hall_id)
    for row in sorted(rows, key=lambda row: row.code):
        yield Existing(
            row.id,
            {
                "code": row.code,
                "name": row.name,
                "nicknames": tuple(row.nicknames.split()),
                "windows": tuple(numbers.get(row.id, ())),
                "channels": tuple(row.channels.split()),
                "promised_minutes": row.promised_minutes,
                "fee": row.fee,
                "legal_basis": row.legal_basis,
                "online_address": row.online_address,
                "note": row.note,
                "result_texts": tuple(row.result_texts.splitlines()),
                "checked_on": row.checked_on,
                "checked_by": row.checked_by,
                "retired": row.retired_at is not None,
                "materials": tuple(materials.get(row.id, ())),
            },
        )


def _staff(hall_id: UUID) -> Iterator[Existing]:
    rows = (
        models.Staff.select(models.Staff, models.Window)
        .join(models.Window, "LEFT OUTER JOIN")
        .where(models.Staff.hall == hall_id)
        .order_by(models.Staff.id)
    )
    for row in rows:
        yield Existing(
            row.id,
            {
                "name": row.name,
                "role": row.role,
                "window": row.window.number if row.window_id else "",
                "retired": row.retired_at is not None,
            },
        )


def _communities(hall_id: UUID) -> Iterator[Existing]:
    rows = models.Community.select().where(models.Community.hall == hall_id)
    for row in rows.order_by(models.Community.id):
        yield Existing(
            row.id,
            {
                "name": row.name,
                "email": row.email,
                "contact": row.contact,
                "phone": row.phone,
                "retired": row.retired_at is not None,
            },
        )


_CONTENTS: dict[Kind, Callable[[UUID], Iterator[Existing]]] = {
    Kind.WINDOWS: _windows,
    Kind.MATTERS: _matters,
    Kind.STAFF: _staff,
    Kind.COMMUNITIES: _communities,
}
