"""Imports and exports what managers keep in spreadsheets: windows, matters, staff, communities.

An import is planned first (`plan`): what it would add, change and retire, and every cell that is wrong,
with nothing written. Applied, it is one transaction, or nothing if a single cell is wrong. What is not in
the file is left alone; windows, matters, people and communities are retired, never deleted. `export_file`
writes the same shape back, so an export can be mended and imported again.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.i18n import N_, _
from hall_desk.services import halls, sheets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.directory_columns import (
    COLUMNS,
    HEADINGS,
    KEY_FIELD,
    MATERIAL_FIELDS,
    ORIGINAL,
    Column,
    Kind,
    MaterialValue,
    Wrong,
    key_of,
    without,
)
from hall_desk.services.import_problems import Problem, refusal
from hall_desk.services.sheets import Table
from hall_desk.settings import write_file
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change

__all__ = [
    "COLUMNS",
    "TITLES",
    "Column",
    "FieldChange",
    "ImportPlan",
    "Kind",
    "Planned",
    "Problem",
    "Table",
    "apply",
    "export_file",
    "import_file",
    "plan",
    "read_table",
]

# The sign-in list shows no more; and each PIN takes a moment to hash.
MOST_STAFF = 1000
CHUNK = 200


TITLES = {
    Kind.WINDOWS: N_("Windows"),
    Kind.MATTERS: N_("Matters"),
    Kind.STAFF: N_("Staff list"),
    Kind.COMMUNITIES: N_("Communities"),
}


class FieldChange(NamedTuple):
    """One value that would change, as shown in the file; `before` is empty for what is added."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Planned:
    """One window, matter, person or community that an import would write. `row` is its first row."""

    row: int
    key: str
    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. It can be applied when `problems` is empty.

    `problems` are the first fifty of `problem_count`. What is retired is not in `changed` again.
    """

    kind: Kind
    name: str
    rows: int
    added: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    retired: tuple[Planned, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    problem_count: int
    records: tuple[_Record, ...] = field(repr=False)
    # Where the file has each field: heading and letter of its column.
    places: dict[str, tuple[str, str]] = field(repr=False)

    @property
    def good(self) -> bool:
        return not self.problem_count

    @property
    def writes(self) -> int:
        """How many windows, matters, people or communities would be written."""
        return len(self.added) + len(self.changed) + len(self.retired)


@dataclass(frozen=True)
class _Record:
    """One thing of the file: its values by field, only of the columns that the file has."""

    key: str
    row: int
    values: dict[str, Any] = field(repr=False)
    # For problems found later: the row a field's value stands in, where it is not `row`.
    rows: dict[str, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class _Existing:
    id: UUID
    values: dict[str, Any]


# --- the calls -------------------------------------------------------------------------------


def read_table(source: Path | str | bytes, name: str = "") -> Table:
    """The table in a CSV or XLSX file. Raises NotFound `file`; BadFile if it is no table or too large."""
    return sheets.read_table(source, HEADINGS, name)


def plan(actor: Actor, kind: Kind | str, table: Table) -> ImportPlan:
    """What importing this table would do; nothing is written. Problems are in the plan, not raised."""
    actor.needs("directory.import")
    kind = Kind(kind)
    reader = _Reader(kind, table)
    records = reader.read()
    with actor.store.reading():
        minutes = halls.load_settings(actor.hall_id).default_promise_minutes
        for record in records:
            if record.values.get("promised_minutes", 0) is None:
                record.values["promised_minutes"] = minutes
        existing = _existing(actor, kind)
        late = _Check(actor, kind, existing, reader.where()).problems(records)
    shown = refusal(table.name, reader.problems + late)
    read = ImportPlan(
        kind=kind,
        name=table.name,
        rows=len(table.rows),
        added=(),
        changed=(),
        retired=(),
        unchanged=0,
        problems=tuple(shown.problems),
        problem_count=shown.facts["problem_count"],
        records=tuple(records),
        places=reader.where(),
    )
    return _compared(read, existing) if read.good else read


def apply(actor: Actor, planned: ImportPlan) -> ImportPlan:
    """Writes a plan as one transaction and gives what was done.

    What the hall has now decides, not what it had when the plan was made. Raises BadFile, with
    nothing written, if there is any problem.
    """
    actor.needs("directory.import")
    if not planned.good:
        raise errors.BadFile(
            name=planned.name,
            problems=list(planned.problems),
            problem_count=planned.problem_count,
        )
    with actor.store.change(actor) as change:
        if actor.store.postgres:
            # One import at a time: the next sees what this one wrote (SQLite has one writer anyway).
            hall = models.Hall.select(models.Hall.id).where(models.Hall.id == actor.hall_id)
            list(hall.for_update("FOR NO KEY UPDATE"))
        existing = _existing(actor, planned.kind)
        late = _Check(actor, planned.kind, existing, planned.places).problems(planned.records)
        if late:
            raise refusal(planned.name, late)
        done = _compared(planned, existing)
        _Writer(actor, planned.kind, change, existing).write(planned.records)
        if done.writes and planned.kind in (Kind.WINDOWS, Kind.MATTERS):
            # Slips and the directory say which version they show.
            version = halls.load_settings(actor.hall_id).directory_version
            halls.change_setting(actor, "directory_version", version + 1)
    return done


def import_file(actor: Actor, kind: Kind | str, path: Path | str) -> ImportPlan:
    """Imports a file and gives what was done. Raises NotFound `file`; BadFile, nothing written."""
    actor.needs("directory.import")
    planned = plan(actor, kind, read_table(path))
    return apply(actor, planned)


def export_file(actor: Actor, kind: Kind | str, path: Path | str) -> int:
    """Writes all of a kind, retired ones too, in the shape that `import_file` reads; gives the rows.

    CSV or XLSX by the path's ending. The file is there whole or not at all. Raises BadInput
    `output`, CannotWrite.
    """
    actor.needs("directory.export")
    kind, path = Kind(kind), Path(path)
    if path.suffix.lower() not in sheets.FORMATS:
        raise errors.BadInput("output", "ending", endings=_(", ").join(sheets.FORMATS))
    with actor.store.reading():
        # Not by key: two names that differ only in case are two rows.
        existing = list(_EXISTING[kind](actor.hall_id))
    headings = [column.heading for column in COLUMNS[kind]]
    rows = list(_rows_of(kind, existing))
    if path.suffix.lower() == ".csv":
        content = sheets.csv_bytes(headings, rows)
    else:
        content = sheets.xlsx_bytes(_(TITLES[kind]), headings, rows)
    write_file(path, content)
    return len(rows)


def _rows_of(kind: Kind, existing: Iterable[_Existing]) -> Iterator[list[str]]:
    columns = COLUMNS[kind]
    for one in existing:
        materials = one.values.get("materials") or (None,)
        for position, material in enumerate(materials):
            parts = _material_fields(material)
            yield [
                column.show(parts[column.field])
                if column.field in parts
                else column.show(one.values.get(column.field, ""))
                # Further materials of a matter repeat only what tells whose they are.
                if column.field in one.values and (not position or column.field in ("code", "name"))
                else ""
                for column in columns
            ]


def _material_fields(material: MaterialValue | None) -> dict[str, Any]:
    return {} if material is None else dict(zip(MATERIAL_FIELDS, astuple(material), strict=True))


# --- from cells to records -------------------------------------------------------------------


class _Reader:
    """Reads a table's rows as records, and collects what is wrong with them."""

    def __init__(self, kind: Kind, table: Table) -> None:
        self.kind = kind
        self.table = table
        self.problems = list(table.problems)
        self.places: dict[str, int] = {}  # field -> index of its column
        self.columns = {column.field: column for column in COLUMNS[kind]}
        self.untaken = {(p.row, p.letter) for p in table.problems}

    def read(self) -> list[_Record]:
        if not self._find_columns():
            return []
        if not self.table.rows:
            self.problems.append(Problem(0, "", "no_rows"))
        if self.kind is Kind.STAFF and len(self.table.rows) > MOST_STAFF:
            self.problems.append(Problem(0, "", "too_many_rows", facts={"limit": MOST_STAFF}))
            return []
        return self._read_matters() if self.kind is Kind.MATTERS else self._read_plain()

    def where(self) -> dict[str, tuple[str, str]]:
        """The heading and letter of each field's column."""
        return {
            name: (self.table.headings[index], sheets.column_letter(index))
            for name, index in self.places.items()
        }

    def _find_columns(self) -> bool:
        known: dict[str, str] = {}
        for column in COLUMNS[self.kind]:
            for heading in (*column.headings[:2], column.field):
                known[sheets.heading_key(heading)] = column.field
        for column in COLUMNS[self.kind]:
            for heading in column.headings[2:]:
                known.setdefault(sheets.heading_key(heading), column.field)
        expected = _(", ").join(column.heading for column in COLUMNS[self.kind])
        found = [known.get(sheets.heading_key(heading), "") for heading in self.table.headings]
        if not any(found):
            self.problems = [
                Problem(self.table.heading_row, "", "no_headings", facts={"expected": expected})
            ]
            return False
        before = len(self.problems)
        for index, (heading, name) in enumerate(zip(self.table.headings, found, strict=True)):
            letter = sheets.column_letter(index)
            if not name and heading:
                similar = difflib.get_close_matches(sheets.heading_key(heading), known, 1)
                reason = "similar_column" if similar else "unknown_column"
                meant = self.columns[known[similar[0]]].heading if similar else expected
                self._heading_problem(reason, heading, letter, expected=meant)
            elif name in self.places:
                self._heading_problem("duplicate_column", heading, letter)
            elif name:
                self.places[name] = index
        for column in COLUMNS[self.kind]:
            if column.needed and column.field not in self.places:
                self._heading_problem("missing_column", column.heading, "")
        return len(self.problems) == before

    def _heading_problem(self, reason: str, heading: str, letter: str, **facts: Any) -> None:
        row = self.table.heading_row
        self.problems.append(Problem(row, heading, reason, heading, letter, facts))

    def problem(self, row: int, name: str, reason: str, value: str = "", **facts: Any) -> None:
        index = self.places.get(name)
        heading = self.table.headings[index] if index is not None else self.columns[name].heading
        letter = sheets.column_letter(index) if index is not None else ""
        shown = "" if name == "pin" else value
        self.problems.append(Problem(row, heading, reason, shown, letter, facts))

    def _cell(self, row: sheets.Row, name: str) -> tuple[bool, Any]:
        """Whether the cell could be taken, and its value; what is wrong is noted."""
        column = self.columns[name]
        text = row.cells[self.places[name]]
        if not text.strip():
            return True, column.empty
        if (row.number, sheets.column_letter(self.places[name])) in self.untaken:
            return False, column.empty
        try:
            value = column.parse(text)
        except Wrong as wrong:
            self.problem(row.number, name, wrong.reason, text.strip(), **wrong.facts)
            return False, column.empty
        return True, value

    def _needed(self, row: int, name: str, value: Any) -> bool:
        if self.columns[name].needed and value in ("", ()):
            self.problem(row, name, "empty")
            return False
        return True

    def _read_plain(self) -> list[_Record]:
        first: dict[str, int] = {}
        records = []
        key_field = KEY_FIELD[self.kind]
        for row in self.table.rows:
            values: dict[str, Any] = {}
            for name in self.places:
                good, value = self._cell(row, name)
                if good and self._needed(row.number, name, value):
                    values[name] = value
            text = values.get(key_field)
            if not text:
                continue
            key = key_of(text)
            if key in first:
                reason = "duplicate_person" if self.kind is Kind.STAFF else "duplicate"
                self.problem(row.number, key_field, reason, text, first=first[key])
                continue
            first[key] = row.number
            if (
                values.get("role") == Role.WINDOW_CLERK
                and not values.get("window")
                and not values.get("retired")
            ):
                self.problem(row.number, "window", "window_needed")
            records.append(_Record(key, row.number, values))
        return records

    def _read_matters(self) -> list[_Record]:
        """Rows with the same code are one matter: its values stand in any of them, its materials one a row."""
        groups: dict[str, list[tuple[sheets.Row, str]]] = {}
        for row in self.table.rows:
            good, code = self._cell(row, "code")
            if good and self._needed(row.number, "code", code):
                groups.setdefault(key_of(code), []).append((row, code))
        return [self._matter(key, rows) for key, rows in groups.items()]

    def _matter(self, key: str, rows: list[tuple[sheets.Row, str]]) -> _Record:
        first = rows[0][0].number
        values: dict[str, Any] = {"code": rows[0][1]}
        places: dict[str, int] = {}
        for name in self.places:
            if name != "code" and name not in MATERIAL_FIELDS:
                self._matter_value(name, [row for row, _code in rows], values, places)
        if any(name in self.places for name in MATERIAL_FIELDS):
            values["materials"] = self._materials([row for row, _code in rows])
        elif len(rows) > 1:
            for row, code in rows[1:]:
                self.problem(row.number, "code", "duplicate", code, first=first)
        return _Record(key, first, values, places)

    def _matter_value(
        self, name: str, rows: list[sheets.Row], values: dict[str, Any], places: dict[str, int]
    ) -> None:
        failed = False
        for row in rows:
            if not row.cells[self.places[name]].strip():
                continue
            good, value = self._cell(row, name)
            failed = failed or not good
            if not good:
                continue
            if name not in values:
                values[name] = value
                places[name] = row.number
            elif values[name] != value:
                text = row.cells[self.places[name]].strip()
                self.problem(row.number, name, "differs", text, first=places[name])
        if name not in values and not failed:
            empty = self.columns[name].empty
            if self._needed(rows[0].number, name, empty):
                values[name] = empty

    def _materials(self, rows: list[sheets.Row]) -> tuple[MaterialValue, ...]:
        materials: list[MaterialValue] = []
        first: dict[tuple[str, bool], int] = {}
        for row in rows:
            parts: dict[str, Any] = {}
            for name in MATERIAL_FIELDS:
                empty = self.columns[name].empty
                good, value = self._cell(row, name) if name in self.places else (True, empty)
                parts[name] = value if good else empty
            name = parts["material"]
            filled = [f for f in MATERIAL_FIELDS if f in self.places and self._text(row, f)]
            if not name:
                if filled and not self._text(row, "material"):
                    self.problem(row.number, "material", "no_material_name")
                elif not filled and len(rows) > 1:
                    code = self._text(row, "code")
                    other = next(r.number for r in rows if r is not row)
                    self.problem(row.number, "code", "duplicate", code, first=other)
                continue
            same = (key_of(name), parts["original"])
            if same in first:
                self.problem(row.number, "material", "duplicate_material", name, first=first[same])
                continue
            first[same] = row.number
            materials.append(
                MaterialValue(
                    name,
                    parts["original"],
                    parts["count"],
                    parts["required"],
                    parts["material_note"],
                )
            )
        return tuple(materials)

    def _text(self, row: sheets.Row, name: str) -> str:
        return row.cells[self.places[name]].strip() if name in self.places else ""


# --- what the hall has -----------------------------------------------------------------------


def _existing(actor: Actor, kind: Kind) -> dict[str, _Existing]:
    """All of a kind by key, in the order of an export; the caller has a transaction open."""
    return {key_of(one.values[KEY_FIELD[kind]]): one for one in _EXISTING[kind](actor.hall_id)}


def _windows(hall_id: UUID) -> Iterator[_Existing]:
    rows = models.Window.select().where(models.Window.hall == hall_id)
    for row in rows.order_by(models.Window.position, models.Window.number):
        yield _Existing(
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


def _matters(hall_id: UUID) -> Iterator[_Existing]:
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
        yield _Existing(
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


def _staff(hall_id: UUID) -> Iterator[_Existing]:
    rows = (
        models.Staff.select(models.Staff, models.Window)
        .join(models.Window, "LEFT OUTER JOIN")
        .where(models.Staff.hall == hall_id)
        .order_by(models.Staff.id)
    )
    for row in rows:
        yield _Existing(
            row.id,
            {
                "name": row.name,
                "role": row.role,
                "window": row.window.number if row.window_id else "",
                "retired": row.retired_at is not None,
            },
        )


def _communities(hall_id: UUID) -> Iterator[_Existing]:
    rows = models.Community.select().where(models.Community.hall == hall_id)
    for row in rows.order_by(models.Community.id):
        yield _Existing(
            row.id,
            {
                "name": row.name,
                "email": row.email,
                "contact": row.contact,
                "phone": row.phone,
                "retired": row.retired_at is not None,
            },
        )


_EXISTING: dict[Kind, Callable[[UUID], Iterator[_Existing]]] = {
    Kind.WINDOWS: _windows,
    Kind.MATTERS: _matters,
    Kind.STAFF: _staff,
    Kind.COMMUNITIES: _communities,
}


# --- what the hall says to it ----------------------------------------------------------------


class _Check:
    """Holds records against what the hall has; the caller has a transaction open."""

    def __init__(
        self,
        actor: Actor,
        kind: Kind,
        existing: dict[str, _Existing],
        places: dict[str, tuple[str, str]],
    ) -> None:
        self.actor = actor
        self.kind = kind
        self.existing = existing
        self.places = places
        self.found: list[Problem] = []

    def problems(self, records: Iterable[_Record]) -> list[Problem]:
        """What is wrong. Window numbers in the records get the hall's own spelling."""
        if self.kind is Kind.WINDOWS:
            self._windows(list(records))
        elif self.kind is Kind.STAFF:
            self._staff(list(records))
        elif self.kind is Kind.MATTERS:
            windows = dict(_existing(self.actor, Kind.WINDOWS))
            for record in records:
                numbers = record.values.get("windows", ())
                known = [self._window(record, "windows", number, windows) for number in numbers]
                record.values["windows"] = tuple(dict.fromkeys(known))
        return self.found

    def _problem(self, record: _Record, name: str, reason: str, value: str, **facts: Any) -> None:
        heading, letter = self.places.get(name, ("", ""))
        row = record.rows.get(name, record.row)
        self.found.append(Problem(row, heading, reason, value, letter, facts))

    def _retires(self, record: _Record) -> bool:
        before = self.existing.get(record.key)
        is_retired = before is not None and before.values["retired"]
        return bool(record.values.get("retired", is_retired))

    def _retires_now(self, record: _Record) -> bool:
        before = self.existing.get(record.key)
        return before is not None and not before.values["retired"] and self._retires(record)

    def _window(
        self, record: _Record, name: str, number: str, windows: dict[str, _Existing]
    ) -> str:
        window = windows.get(key_of(number))
        if window is None:
            self._problem(record, name, "unknown_window", number)
            return number
        if window.values["retired"] and not self._retires(record):
            self._problem(record, name, "retired_window", number)
        return str(window.values["number"])

    def _staff(self, records: list[_Record]) -> None:
        windows = dict(_existing(self.actor, Kind.WINDOWS))
        after = {key: one.values for key, one in self.existing.items()}
        for record in records:
            number = record.values.get("window")
            if number:
                record.values["window"] = self._window(record, "window", number, windows)
            after[record.key] = {"retired": False, **after.get(record.key, {}), **record.values}
            if self._retires_now(record):
                papers = models.Paper.select().where(
                    models.Paper.holder_staff == self.existing[record.key].id,
                    models.Paper.holder.in_(["desk", "runner", "window"]),
                )
                if count := papers.count():
                    self._problem(record, "retired", "holds_papers", "", count=count)
        managers = [v for v in after.values() if v.get("role") == Role.MANAGER and not v["retired"]]
        if not managers and records:
            record = next((r for r in records if self._was_manager(r)), records[0])
            name = "retired" if self._retires(record) else "role"
            self._problem(record, name, "last_manager", "")

    def _was_manager(self, record: _Record) -> bool:
        before = self.existing.get(record.key)
        return before is not None and before.values["role"] == Role.MANAGER

    def _windows(self, records: list[_Record]) -> None:
        retiring = [record for record in records if self._retires_now(record)]
        if not retiring:
            return
        gone = {record.key for record in records if self._retires(record)}
        in_use = {
            key
            for key, one in self.existing.items()
            if key not in gone
            and not (one.values["retired"] and key not in {r.key for r in records})
        }
        matters = [
            one.values
            for one in _matters(self.actor.hall_id)
            if not one.values["retired"] and not in_use & set(map(key_of, one.values["windows"]))
        ]
        for record in retiring:
            window = self.existing[record.key]
            number = window.values["number"]
            tickets = models.Ticket.select().where(
                models.Ticket.window == window.id, models.Ticket.state != "closed"
            )
            if count := tickets.count():
                self._problem(record, "retired", "open_tickets", number, count=count)
            only = [m["name"] for m in matters if record.key in map(key_of, m["windows"])]
            if only:
                named = _(", ").join(only[:3]) + ("…" if len(only) > 3 else "")
                self._problem(record, "retired", "only_window", number, matters=named)
            clerks = models.Staff.select().where(
                models.Staff.window == window.id, models.Staff.retired_at.is_null()
            )
            if count := clerks.count():
                self._problem(record, "retired", "clerks_there", number, count=count)


def _differences(record: _Record, before: _Existing | None) -> dict[str, tuple[Any, Any]]:
    """Field -> (before, after) of what the record would change; before is None for a new thing."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in record.values.items():
        old = before.values.get(name) if before else None
        if value != old and (before or value not in ("", (), None, False)):
            found[name] = (old, value)
    if not found.get("pin", (None, "x"))[1]:
        del found["pin"]
    return found


def _compared(planned: ImportPlan, existing: dict[str, _Existing]) -> ImportPlan:
    columns = {column.field: column for column in COLUMNS[planned.kind]}
    added: list[Planned] = []
    changed: list[Planned] = []
    retired: list[Planned] = []
    for record in planned.records:
        before = existing.get(record.key)
        changes = _differences(record, before)
        if before and not changes:
            continue
        values = {**(before.values if before else {}), **record.values}
        one = Planned(
            row=record.row,
            key=values[KEY_FIELD[planned.kind]],
            name=values["name"],
            changes=tuple(_shown(columns, name, *pair) for name, pair in changes.items()),
        )
        if before is None:
            added.append(one)
        elif changes.get("retired", (None, False))[1]:
            retired.append(one)
        else:
            changed.append(one)
    return replace(
        planned,
        added=tuple(added),
        changed=tuple(changed),
        retired=tuple(retired),
        unchanged=len(planned.records) - len(added) - len(changed) - len(retired),
    )


def _shown(columns: dict[str, Column], name: str, before: Any, after: Any) -> FieldChange:
    if name == "materials":
        return FieldChange(columns["material"].heading, _listed(before), _listed(after))
    if name == "pin":
        return FieldChange(columns["pin"].heading, "", "****")
    column = columns[name]
    return FieldChange(
        column.heading, "" if before is None else column.show(before), column.show(after)
    )


def _listed(materials: tuple[MaterialValue, ...] | None) -> str:
    return _(", ").join(
        f"{m.name} {ORIGINAL.show_yes(m.original)} {m.count}" for m in materials or ()
    )


# --- writing ---------------------------------------------------------------------------------

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


class _Writer:
    """Writes records inside the caller's transaction, with a journal entry for each."""

    def __init__(
        self, actor: Actor, kind: Kind, change: Change, existing: dict[str, _Existing]
    ) -> None:
        self.actor = actor
        self.kind = kind
        self.change = change
        self.existing = existing
        self.windows = {key: one.id for key, one in _existing(actor, Kind.WINDOWS).items()}

    def write(self, records: Iterable[_Record]) -> None:
        new = [(new_id(), record) for record in records if record.key not in self.existing]
        self._insert(new)
        for record in records:
            before = self.existing.get(record.key)
            changes = _differences(record, before)
            if before and changes:
                self._update(before.id, changes)

    def _insert(self, new: list[tuple[UUID, _Record]]) -> None:
        rows = [{"id": key, "hall": self.actor.hall_id, **self._row(r.values)} for key, r in new]
        if self.kind is Kind.WINDOWS:
            last = (
                models.Window.select(fn.MAX(models.Window.position))
                .where(models.Window.hall == self.actor.hall_id)
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
            minutes = halls.load_settings(self.actor.hall_id).default_promise_minutes
            for row in rows:
                row.setdefault("promised_minutes", minutes)
        _insert_all(_MODEL[self.kind], rows)
        if self.kind is Kind.MATTERS:
            self._insert_parts(new)
        for key, record in new:
            facts = {
                name: value
                for name, (_old, value) in _differences(record, None).items()
                if name in _JOURNALLED[self.kind]
            }
            self.change.record(f"{_TOPIC[self.kind]}.added", key, **facts)

    def _insert_parts(self, new: list[tuple[UUID, _Record]]) -> None:
        for key, record in new:
            self._place_windows(key, record.values["windows"])
        materials = [
            self._material(key, position, material)
            for key, record in new
            for position, material in enumerate(record.values.get("materials", ()))
        ]
        _insert_all(models.Material, materials)

    def _update(self, key: UUID, changes: dict[str, tuple[Any, Any]]) -> None:
        after = {name: new for name, (_old, new) in changes.items()}
        row = self._row(after)
        if row:
            model = _MODEL[self.kind]
            model.update(**row).where(model.id == key).execute()
        if "windows" in after:
            self._place_windows(key, after["windows"])
        if "materials" in after:
            self._place_materials(key, after["materials"])
        what = {True: "retired", False: "restored", None: "changed"}[after.get("retired")]
        told = _JOURNALLED[self.kind]
        self.change.record(
            f"{_TOPIC[self.kind]}.{what}",
            key,
            fields=sorted(changes),
            before={name: old for name, (old, _new) in changes.items() if name in told},
            after={name: new for name, (_old, new) in changes.items() if name in told},
        )

    def _row(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of a record as columns of its table."""
        row = without(values, "retired", "windows", "materials", "window", "pin", "number", "code")
        row.update({name: values[name] for name in ("number", "code") if name in values})
        if "retired" in values:
            row["retired_at"] = self.change.at if values["retired"] else None
        if "nicknames" in values:
            row["nicknames"] = " ".join(values["nicknames"])
        if "channels" in values:
            row["channels"] = " ".join(values["channels"])
        if "result_texts" in values:
            row["result_texts"] = "\n".join(values["result_texts"])
        if "window" in values:
            row["window"] = self.windows[key_of(values["window"])] if values["window"] else None
        if values.get("pin"):
            row.update(pin_hash=values["pin"], wrong_tries=0, locked_until=None)
        return row

    def _place_windows(self, matter: UUID, numbers: Iterable[str]) -> None:
        place = models.MatterWindow
        place.delete().where(place.matter == matter).execute()
        _insert_all(
            place,
            [
                {
                    "hall": self.actor.hall_id,
                    "matter": matter,
                    "window": self.windows[key_of(number)],
                    "position": position,
                }
                for position, number in enumerate(numbers)
            ],
        )

    def _place_materials(self, matter: UUID, materials: Iterable[MaterialValue]) -> None:
        # A ticket's papers are rows of their own; the list of materials is only what is asked for.
        models.Material.delete().where(models.Material.matter == matter).execute()
        _insert_all(
            models.Material,
            [self._material(matter, position, one) for position, one in enumerate(materials)],
        )

    def _material(self, matter: UUID, position: int, material: MaterialValue) -> dict[str, Any]:
        return {
            "id": new_id(),
            "hall": self.actor.hall_id,
            "matter": matter,
            "position": position,
            **asdict(material),
        }


def _insert_all(model: type[models.Row], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        model.insert_many(rows[start : start + CHUNK]).execute()
