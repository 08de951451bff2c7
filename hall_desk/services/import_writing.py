"""Writes the records of an import: rows of the hall, with a journal entry for each thing added or changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk.services import halls
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import COLUMNS, Kind, MaterialValue, key_of, without
from hall_desk.services.directory_contents import Existing, by_key
from hall_desk.services.import_plans import differences
from hall_desk.services.import_reading import Record
from hall_desk.services.progress import ROWS, Progress
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change

# Rows in one INSERT.
CHUNK = 200

_TOPIC = {
    Kind.WINDOWS: "window",
    Kind.MATTERS: "matter",
    Kind.STAFF: "staff",
    Kind.COMMUNITIES: "community",
}
_MODEL: dict[Kind, type[models.HallRow]] = {
    Kind.WINDOWS: models.Window,
    Kind.MATTERS: models.Matter,
    Kind.STAFF: models.Staff,
    Kind.COMMUNITIES: models.Community,
}
# Values that may stand in the journal; of other fields only the names: they may be personal data.
_JOURNALLED = {
    Kind.WINDOWS: {"number", "name", "phone", "extension", "hours", "note"},
    Kind.MATTERS: {column.field for column in COLUMNS[Kind.MATTERS]} - {"checked_by"}
    | {"materials"},
    Kind.STAFF: {"role", "window"},
    Kind.COMMUNITIES: set[str](),
}
# Between the values of a field that holds several in one text.
_BORDER = {"nicknames": " ", "channels": " ", "result_texts": "\n"}


def write(
    change: Change,
    hall_id: UUID,
    kind: Kind,
    records: Iterable[Record],
    existing: dict[str, Existing],
    progress: Progress | None = None,
) -> None:
    """Writes checked records inside the caller's `change`; `existing` is what the hall has of the kind.

    Raises Stopped, with which the caller's transaction ends.
    """
    _Writer(change, hall_id, kind, progress or Progress()).write(list(records), existing)


def raise_version(actor: Actor, kind: Kind) -> None:
    """Counts the directory's version on after a change of what it tells; slips and the directory say which it is."""
    if kind in (Kind.WINDOWS, Kind.MATTERS):
        version = halls.load_settings(actor.hall_id).directory_version
        halls.change_setting(actor, "directory_version", version + 1)


class _Writer:
    def __init__(self, change: Change, hall_id: UUID, kind: Kind, progress: Progress) -> None:
        self.change = change
        self.progress = progress
        self.hall_id = hall_id
        self.kind = kind
        self.windows = {key: one.id for key, one in by_key(hall_id, Kind.WINDOWS).items()}

    def write(self, records: list[Record], existing: dict[str, Existing]) -> None:
        new = [(new_id(), record) for record in records if record.key not in existing]
        for start in range(0, len(new), CHUNK):
            self.progress.tell(ROWS, start, len(records))
            self._insert(new[start : start + CHUNK])
        for done, record in enumerate(records):
            self.progress.tell(ROWS, max(done, len(new)), len(records))
            before = existing.get(record.key)
            if before and (changes := differences(record, before)):
                self._update(before.id, changes)

    def _insert(self, new: list[tuple[UUID, Record]]) -> None:
        rows = [{"id": id_, "hall": self.hall_id, **self._row(one.values)} for id_, one in new]
        if self.kind is Kind.WINDOWS:
            last = (
                models.Window.select(fn.MAX(models.Window.position))
                .where(models.Window.hall == self.hall_id)
                .scalar()
            )
            for position, row in enumerate(rows, start=(last or 0) + 1):
                row["position"] = position
        if self.kind is Kind.STAFF:
            for row in rows:
                # An empty hash lets nobody in: the person cannot sign in before a PIN is set.
                row.setdefault("pin_hash", "")
                row.setdefault("window", None)
                row.update(wrong_tries=0, locked_until=None)
        if self.kind is Kind.MATTERS:
            minutes = halls.load_settings(self.hall_id).default_promise_minutes
            for row in rows:
                row.setdefault("promised_minutes", minutes)
        _insert_all(_MODEL[self.kind], rows)
        if self.kind is Kind.MATTERS:
            for id_, record in new:
                self._place_windows(id_, record.values["windows"])
            lists = [self._materials(id_, one.values.get("materials", ())) for id_, one in new]
            _insert_all(models.Material, [row for rows in lists for row in rows])
        for id_, record in new:
            after = {name: value for name, (_old, value) in differences(record, None).items()}
            self.change.record(f"{_TOPIC[self.kind]}.added", id_, **self._journalled(after))

    def _update(self, id_: UUID, changes: dict[str, tuple[Any, Any]]) -> None:
        before = {name: old for name, (old, _new) in changes.items()}
        after = {name: new for name, (_old, new) in changes.items()}
        row = self._row(after)
        if row:
            model = _MODEL[self.kind]
            model.update(**row).where(model.id == id_).execute()
        if "windows" in after:
            self._place_windows(id_, after["windows"])
        if "materials" in after:
            # A ticket's papers are rows of their own; the list of materials is only what is asked for.
            models.Material.delete().where(models.Material.matter == id_).execute()
            _insert_all(models.Material, self._materials(id_, after["materials"]))
        what = {True: "retired", False: "restored", None: "changed"}[after.get("retired")]
        self.change.record(
            f"{_TOPIC[self.kind]}.{what}",
            id_,
            fields=sorted(changes),
            before=self._journalled(before),
            after=self._journalled(after),
        )

    def _journalled(self, values: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in values.items() if name in _JOURNALLED[self.kind]}
        if told.get("materials"):
            told["materials"] = [asdict(material) for material in told["materials"]]
        return told

    def _row(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of a record as columns of its table; windows and materials of a matter have their own."""
        row = without(values, "retired", "windows", "materials", "window", "pin")
        for name in row.keys() & _BORDER.keys():
            row[name] = _BORDER[name].join(row[name])
        if "retired" in values:
            row["retired_at"] = self.change.at if values["retired"] else None
        if "window" in values:
            row["window"] = self.windows[key_of(values["window"])] if values["window"] else None
        if values.get("pin"):
            row.update(pin_hash=values["pin"], wrong_tries=0, locked_until=None)
        return row

    def _place_windows(self, matter: UUID, numbers: Iterable[str]) -> None:
        place = models.MatterWindow
        place.delete().where(place.matter == matter).execute()
        rows = [
            {
                "hall": self.hall_id,
                "matter": matter,
                "window": self.windows[key_of(number)],
                "position": position,
            }
            for position, number in enumerate(numbers)
        ]
        _insert_all(place, rows)

    def _materials(self, matter: UUID, materials: Iterable[MaterialValue]) -> list[dict[str, Any]]:
        return [
            {
                "id": new_id(),
                "hall": self.hall_id,
                "matter": matter,
                "position": position,
                **asdict(material),
            }
            for position, material in enumerate(materials)
        ]


def _insert_all(model: type[models.Row], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        model.insert_many(rows[start : start + CHUNK]).execute()
