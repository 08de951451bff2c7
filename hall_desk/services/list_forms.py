"""One row of the hall's lists as a form has it: every value a text, as in a cell of an import file.

A form is read by what reads import files, so that what may be typed is the same in both: it becomes a table of one
record, with a row for each material of a matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hall_desk.i18n import N_, _
from hall_desk.services import import_reading, sheets
from hall_desk.services.directory_columns import (
    COLUMNS,
    MATERIAL_FIELDS,
    ORIGINAL,
    REQUIRED,
    Column,
    Kind,
    MaterialValue,
)
from hall_desk.services.import_problems import Problem
from hall_desk.services.import_reading import Record
from hall_desk.services.sheets import Row, Table

# Where a form says it otherwise than a file: it has fields and lines, no cells and rows.
_WORDS = {
    "empty": N_("This is needed."),
    "line_break": N_("Write this on one line."),
    "control_character": N_("There is an invisible control character here. Type it again."),
    "broken_character": N_("There is a character that cannot be stored. Type it again."),
    "lost_zero": N_("The area code of “{value}” begins with a zero."),
    "unknown_window": N_("There is no window “{value}”. Add it to the windows first."),
    "duplicate_material": N_("“{value}” stands in line {first} already."),
    "no_material_name": N_("This line has no name."),
}


@dataclass(frozen=True, slots=True)
class MaterialText:
    """One line of a matter's materials as typed."""

    name: str = ""
    original: bool = True
    count: str = "1"
    required: bool = True
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was written on the line, so that there is no material."""
        return not self.name.strip() and not self.note.strip()


@dataclass(frozen=True)
class FieldProblem:
    """Why one field cannot be taken; `line` is the line of the materials, counted from 0, where it lies in one.

    `field` is that of the import's columns, or `retired` for what speaks against retiring or bringing back.
    """

    field: str
    words: str
    line: int | None = None


def fields(kind: Kind) -> tuple[Column, ...]:
    """The columns that a form has as fields of their own."""
    return tuple(
        column
        for column in COLUMNS[kind]
        if column.field not in MATERIAL_FIELDS and column.field != "retired"
    )


def label(kind: Kind, field: str) -> str:
    """What a field is called, as in the headings of an import file."""
    if field == "pin":
        return _("PIN")
    name = "material" if field == "materials" else field
    return next(column.heading for column in COLUMNS[kind] if column.field == name)


def shown(kind: Kind, field: str, value: Any) -> str:
    """A value as a text, on one line where it is not of several by itself."""
    if value in (None, (), ""):
        return ""
    if field == "materials":
        return _(", ").join(map(material_words, value))
    if field == "result_texts":
        return "\n".join(value)
    return next(column for column in COLUMNS[kind] if column.field == field).show(value)


def material_words(material: MaterialValue) -> str:
    """A material in a few words: its name, original or copy, and how many where there are several."""
    words = [material.name, ORIGINAL.show_yes(material.original)]
    if material.count != 1:
        words.append(f"×{material.count}")
    if not material.required:
        words.append(_("if there is one"))
    if material.note:
        words.append(_("({note})").format(note=material.note))
    return " ".join(words)


def texts(kind: Kind, values: Mapping[str, Any] | None) -> dict[str, str]:
    """What stands in the fields of a form for these values; for a new row without any what is usual."""
    found = values or {}
    return {
        column.field: ""
        if column.field == "pin"
        else shown(kind, column.field, found.get(column.field, column.empty))
        for column in fields(kind)
    }


def material_texts(values: Mapping[str, Any] | None) -> tuple[MaterialText, ...]:
    """The lines of a form for the materials of these values."""
    return tuple(
        MaterialText(m.name, m.original, str(m.count), m.required, m.note)
        for m in (values or {}).get("materials", ())
    )


def read(
    kind: Kind,
    typed: Mapping[str, str],
    materials: tuple[MaterialText, ...],
    pin_hash: Callable[[str], str],
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The values of a form by field, and what is wrong with it, each field once, in the form's order.

    An empty PIN is no value; of another one `pin_hash` is, as in `import_reading`.
    """
    columns = [column for column in COLUMNS[kind] if column.field != "retired"]
    headings = tuple(column.heading for column in columns)
    rows = _rows(columns, typed, materials)
    reading = import_reading.read(kind, Table("", 0, headings, rows), pin_hash=pin_hash)
    problems = list(reading.problems)
    if kind is Kind.MATTERS and not reading.records:
        # Rows without a code belong to nothing and are not read; what else is wrong with them is said as well.
        rows = _rows(columns, {**typed, "code": "0"}, materials)
        problems += import_reading.read(kind, Table("", 0, headings, rows)).problems
    values = dict(reading.records[0].values) if reading.records else {}
    if not values.get("pin"):
        values.pop("pin", None)
    return values, _once([_field_problem(columns, problem) for problem in problems])


def places(kind: Kind) -> dict[str, tuple[str, str]]:
    """Where `import_checks` says that the fields of a form are: heading and letter."""
    columns = [column for column in COLUMNS[kind] if column.field != "retired"]
    return {
        column.field: (column.heading, sheets.column_letter(number))
        for number, column in enumerate(columns)
    }


def checked(kind: Kind, problems: list[Problem]) -> list[FieldProblem]:
    """What `import_checks` found, as problems of fields."""
    columns = [column for column in COLUMNS[kind] if column.field != "retired"]
    return _once([_field_problem(columns, problem) for problem in problems])


def record(key: str, values: dict[str, Any]) -> Record:
    """These values as a record of an import; `key` is that of the row as it is, empty for a new one."""
    return Record(key, 1, values)


def _field_problem(columns: list[Column], problem: Problem) -> FieldProblem:
    letters = {sheets.column_letter(number): column.field for number, column in enumerate(columns)}
    # What speaks against retiring has no column: the form has no field for it.
    field = letters.get(problem.letter, "retired")
    own = _WORDS.get(problem.reason)
    words = problem.why() if own is None else problem.why(_(own))
    return FieldProblem(field, words, problem.row - 1 if field in MATERIAL_FIELDS else None)


def _rows(
    columns: list[Column], typed: Mapping[str, str], materials: tuple[MaterialText, ...]
) -> tuple[Row, ...]:
    # Lines on which nothing was written are none, but the others keep their numbers.
    lines = [(number, line) for number, line in enumerate(materials) if not line.empty]
    rows = []
    for place, (number, line) in enumerate(lines or [(0, MaterialText())]):
        cells = dict(typed) if place == 0 else {"code": typed.get("code", "")}
        if "result_texts" in cells:
            # With a line's end each line is a text; without one a | would divide them.
            cells["result_texts"] += "\n"
        if not line.empty:
            cells.update(zip(MATERIAL_FIELDS, _cells(line), strict=True))
        rows.append(Row(number + 1, tuple(cells.get(column.field, "") for column in columns)))
    return tuple(rows)


def _cells(line: MaterialText) -> tuple[str, ...]:
    return (
        line.name,
        ORIGINAL.show_yes(line.original),
        line.count,
        REQUIRED.show_yes(line.required),
        line.note,
    )


def _once(problems: list[FieldProblem]) -> list[FieldProblem]:
    return list({(one.field, one.line): one for one in reversed(problems)}.values())[::-1]
