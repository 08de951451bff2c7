"""Reads the table of an import file as records, one a window, matter, person or community.

Only the file is looked at; what the hall has to say to it is for `import_checks`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import sheets
from hall_desk.services.accounts import Role, hash_pin
from hall_desk.services.directory_columns import (
    COLUMNS,
    KEY_FIELD,
    MATERIAL_FIELDS,
    TITLES,
    Column,
    Kind,
    MaterialValue,
    Wrong,
    key_of,
    without,
)
from hall_desk.services.import_problems import Problem
from hall_desk.services.progress import ROWS, Progress
from hall_desk.services.sheets import Table

# The sign-in list shows no more; and each PIN takes a moment to hash.
MOST_STAFF = 1000


@dataclass(frozen=True)
class Record:
    """One thing of the file: its values by field, only of the columns that the file has."""

    key: str
    row: int
    values: dict[str, Any] = field(repr=False)
    # For problems found later: the row a field's value stands in, where it is not `row`.
    rows: dict[str, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Reading:
    """What a table says and what is wrong with it; with problems, records may be missing.

    `places` tells where the file has each field: heading and letter of its column.
    """

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    places: dict[str, tuple[str, str]]


def read(
    kind: Kind,
    table: Table,
    progress: Progress | None = None,
    pin_hash: Callable[[str], str] = hash_pin,
) -> Reading:
    """Reads a table of this kind; every wrong heading and cell becomes a problem. Raises only Stopped.

    `pin_hash` gives what is kept of an initial PIN, or raises BadInput where the hall does not take it.
    """
    reader = _Reader(kind, table, progress or Progress(), pin_hash)
    records = reader.records()
    return Reading(tuple(records), tuple(reader.problems), reader.places())


def _needed(kind: Kind) -> list[Column]:
    return [column for column in COLUMNS[kind] if column.needed]


def _known_headings(kind: Kind) -> dict[str, str]:
    """Field of each heading; a column's own headings go before what another is also called."""
    known: dict[str, str] = {}
    for column in COLUMNS[kind]:
        for heading in (*column.headings[:2], column.field):
            known[sheets.heading_key(heading)] = column.field
    for column in COLUMNS[kind]:
        for heading in column.headings[2:]:
            known.setdefault(sheets.heading_key(heading), column.field)
    return known


class _Reader:
    def __init__(
        self, kind: Kind, table: Table, progress: Progress, pin_hash: Callable[[str], str]
    ) -> None:
        self.kind = kind
        self.table = table
        self.progress = progress
        self.pin_hash = pin_hash
        self.problems = list(table.problems)
        self.columns = {column.field: column for column in COLUMNS[kind]}
        self.indexes: dict[str, int] = {}  # field -> index of its column in the table
        self.untaken = {(p.row, p.letter) for p in table.problems}

    def records(self) -> list[Record]:
        if not self._find_columns():
            return []
        if not self.table.rows:
            self.problems.append(Problem(0, "", "no_rows"))
        if self.kind is Kind.STAFF and len(self.table.rows) > MOST_STAFF:
            self.problems.append(Problem(0, "", "too_many_rows", facts={"limit": MOST_STAFF}))
            return []
        return self._matters() if self.kind is Kind.MATTERS else self._plain()

    def places(self) -> dict[str, tuple[str, str]]:
        return {
            name: (self.table.headings[index], sheets.column_letter(index))
            for name, index in self.indexes.items()
        }

    # --- headings ---

    def _find_columns(self) -> bool:
        known = _known_headings(self.kind)
        expected = _(", ").join(column.heading for column in self.columns.values())
        found = [known.get(sheets.heading_key(heading), "") for heading in self.table.headings]
        if other := self._other_list():
            names = {"there": _(TITLES[other]), "wanted": _(TITLES[self.kind])}
            self.problems = [Problem(0, "", "other_list", facts=names)]
            return False
        if not any(found):
            # Without headings it is another table; what is wrong with its cells does not matter.
            facts = {"expected": expected}
            self.problems = [Problem(self.table.heading_row, "", "no_headings", facts=facts)]
            return False
        before = len(self.problems)
        for index, (heading, name) in enumerate(zip(self.table.headings, found, strict=True)):
            letter = sheets.column_letter(index)
            if not name and heading:
                similar = difflib.get_close_matches(sheets.heading_key(heading), known, 1)
                reason = "similar_column" if similar else "unknown_column"
                meant = self.columns[known[similar[0]]].heading if similar else expected
                self._heading_problem(reason, heading, letter, expected=meant)
            elif name in self.indexes:
                self._heading_problem("duplicate_column", heading, letter)
            elif name:
                self.indexes[name] = index
        for column in self.columns.values():
            if column.needed and column.field not in self.indexes:
                self._heading_problem("missing_column", column.heading, "")
        return len(self.problems) == before

    def _other_list(self) -> Kind | None:
        """The kind whose columns these are, where this kind's own are not all there."""

        def fits(kind: Kind) -> bool:
            known = _known_headings(kind)
            found = {known.get(sheets.heading_key(heading), "") for heading in self.table.headings}
            return all(column.field in found for column in _needed(kind))

        if fits(self.kind):
            return None
        return next((kind for kind in Kind if kind is not self.kind and fits(kind)), None)

    def _heading_problem(self, reason: str, heading: str, letter: str, **facts: Any) -> None:
        row = self.table.heading_row
        self.problems.append(Problem(row, heading, reason, heading, letter, facts))

    # --- cells ---

    def _problem(self, row: int, name: str, reason: str, value: str = "", **facts: Any) -> None:
        index = self.indexes.get(name)
        heading = self.table.headings[index] if index is not None else self.columns[name].heading
        letter = sheets.column_letter(index) if index is not None else ""
        shown = "" if name == "pin" else value
        self.problems.append(Problem(row, heading, reason, shown, letter, facts))

    def _text(self, row: sheets.Row, name: str) -> str:
        return row.cells[self.indexes[name]].strip() if name in self.indexes else ""

    def _cell(self, row: sheets.Row, name: str) -> tuple[bool, Any]:
        """Whether the cell could be taken, and its value, else the empty one; what is wrong is noted."""
        column = self.columns[name]
        text = self._text(row, name)
        if not text:
            return True, column.empty
        if (row.number, sheets.column_letter(self.indexes[name])) in self.untaken:
            return False, column.empty
        try:
            # As it stands in the file: a line break at the end can mean something.
            value = column.parse(row.cells[self.indexes[name]])
            return True, self._hashed(value) if name == "pin" else value
        except Wrong as wrong:
            self._problem(row.number, name, wrong.reason, text, **wrong.facts)
            return False, column.empty

    def _hashed(self, pin: str) -> str:
        try:
            return self.pin_hash(pin)
        except errors.BadInput as error:
            facts = without(error.facts, "field", "reason")
            raise Wrong(f"pin_{error.reason}", **facts) from None

    def _has_needed(self, row: int, name: str, value: Any) -> bool:
        if self.columns[name].needed and value in ("", ()):
            self._problem(row, name, "empty")
            return False
        return True

    # --- windows, staff and communities: one a row ---

    def _plain(self) -> list[Record]:
        first: dict[str, int] = {}
        records = []
        key_field = KEY_FIELD[self.kind]
        for done, row in enumerate(self.table.rows):
            self.progress.tell(ROWS, done, len(self.table.rows))
            values: dict[str, Any] = {}
            for name in self.indexes:
                good, value = self._cell(row, name)
                if good and self._has_needed(row.number, name, value):
                    values[name] = value
            text = values.get(key_field)
            if not text:
                continue
            key = key_of(text)
            if key in first:
                reason = "duplicate_person" if self.kind is Kind.STAFF else "duplicate"
                self._problem(row.number, key_field, reason, text, first=first[key])
                continue
            first[key] = row.number
            if (
                values.get("role") == Role.WINDOW_CLERK
                and not values.get("window")
                and not values.get("retired")
            ):
                self._problem(row.number, "window", "window_needed")
            records.append(Record(key, row.number, values))
        return records

    # --- matters: as many rows as they have materials ---

    def _matters(self) -> list[Record]:
        """Rows with the same code are one matter: its values stand in any of them, its materials one a row."""
        groups: dict[str, list[tuple[sheets.Row, str]]] = {}
        for row in self.table.rows:
            good, code = self._cell(row, "code")
            if good and self._has_needed(row.number, "code", code):
                groups.setdefault(key_of(code), []).append((row, code))
        matters: list[Record] = []
        for key, coded in groups.items():
            self.progress.tell(ROWS, len(matters), len(groups))
            matters.append(self._matter(key, coded))
        return matters

    def _matter(self, key: str, coded: list[tuple[sheets.Row, str]]) -> Record:
        rows = [row for row, _code in coded]
        record = Record(key, rows[0].number, {"code": coded[0][1]})
        for name in self.indexes:
            if name != "code" and name not in MATERIAL_FIELDS:
                self._matter_value(record, name, rows)
        if any(name in self.indexes for name in MATERIAL_FIELDS):
            record.values["materials"] = self._materials(rows)
        else:
            for row, code in coded[1:]:
                self._problem(row.number, "code", "duplicate", code, first=record.row)
        return record

    def _matter_value(self, record: Record, name: str, rows: list[sheets.Row]) -> None:
        failed = False
        for row in rows:
            text = self._text(row, name)
            if not text:
                continue
            good, value = self._cell(row, name)
            if not good:
                failed = True
            elif name not in record.values:
                record.values[name] = value
                record.rows[name] = row.number
            elif record.values[name] != value:
                self._problem(row.number, name, "differs", text, first=record.rows[name])
        if name not in record.values and not failed:
            empty = self.columns[name].empty
            if self._has_needed(record.row, name, empty):
                record.values[name] = empty

    def _materials(self, rows: list[sheets.Row]) -> tuple[MaterialValue, ...]:
        materials: list[MaterialValue] = []
        first: dict[tuple[str, bool], int] = {}
        for row in rows:
            material = MaterialValue(*(self._cell(row, name)[1] for name in MATERIAL_FIELDS))
            if not material.name:
                self._nameless_material(row, rows)
                continue
            same = (key_of(material.name), material.original)
            if same in first:
                facts = {"first": first[same]}
                self._problem(row.number, "material", "duplicate_material", material.name, **facts)
                continue
            first[same] = row.number
            materials.append(material)
        return tuple(materials)

    def _nameless_material(self, row: sheets.Row, rows: list[sheets.Row]) -> None:
        """A matter's only row may go without a material; of several, each has to bring one."""
        if self._text(row, "material"):
            return  # its name could not be taken, which is noted
        if any(self._text(row, name) for name in MATERIAL_FIELDS):
            self._problem(row.number, "material", "no_material_name")
        elif len(rows) > 1:
            code = self._text(row, "code")
            other = next(r.number for r in rows if r is not row)
            self._problem(row.number, "code", "duplicate", code, first=other)
