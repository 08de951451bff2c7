"""Imports and exports what managers keep in spreadsheets: windows, matters, staff, communities.

An import is planned first (`plan`): what it would add, change and retire, and every cell that is wrong,
with nothing written. Applied, it is one transaction, or nothing if a single cell is wrong. What is not in
the file is left alone; windows, matters, people and communities are retired, never deleted. `export_file`
writes the same shape back, so an export can be mended and imported again.

On the way: the columns and their cells (`directory_columns`), the file as records (`import_reading`), the
hall as it is (`directory_contents`) and what it says to them (`import_checks`), what would change
(`import_plans`) and the change itself (`import_writing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import halls, import_reading, sheets
from hall_desk.services.accounts import Actor, hash_new_pin
from hall_desk.services.directory_columns import (
    COLUMNS,
    HEADINGS,
    MATERIAL_FIELDS,
    TITLES,
    Kind,
    MaterialValue,
)
from hall_desk.services.directory_contents import Existing, by_key, contents
from hall_desk.services.halls import one_at_a_time
from hall_desk.services.import_checks import check, check_spelling
from hall_desk.services.import_plans import FieldChange, ImportPlan, Planned, compared
from hall_desk.services.import_problems import Problem, refusal
from hall_desk.services.import_writing import raise_version, write
from hall_desk.services.progress import Progress
from hall_desk.services.sheets import Table
from hall_desk.settings import write_file

__all__ = [
    "TITLES",
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
    "template_file",
]


def read_table(
    source: Path | str | bytes, name: str = "", progress: Progress | None = None
) -> Table:
    """The table in a CSV or XLSX file.

    Raises NotFound `file`; BadFile if it is no table or too large; Stopped when `progress` was stopped.
    """
    return sheets.read_table(source, HEADINGS, name, progress)


def plan(
    actor: Actor, kind: Kind | str, table: Table, progress: Progress | None = None
) -> ImportPlan:
    """What importing this table would do; nothing is written. Problems are in the plan, not raised. Raises Stopped."""
    actor.needs("directory.import")
    kind = Kind(kind)
    reading = import_reading.read(kind, table, progress, partial(hash_new_pin, actor))
    with actor.store.reading():
        minutes = halls.load_settings(actor.hall_id).default_promise_minutes
        for record in reading.records:
            if record.values.get("promised_minutes", 0) is None:
                record.values["promised_minutes"] = minutes
        existing = by_key(actor.hall_id, kind)
        today = actor.store.today()
        late = check_spelling(kind, reading.records, existing, reading.places)
        late += check(actor.hall_id, kind, reading.records, existing, reading.places, today)
    shown = refusal(table.name, [*reading.problems, *late])
    planned = ImportPlan(
        kind=kind,
        name=table.name,
        rows=len(table.rows),
        problems=tuple(shown.problems),
        problem_count=shown.facts["problem_count"],
        records=reading.records,
        places=reading.places,
    )
    return compared(planned, existing) if planned.good else planned


def apply(
    actor: Actor,
    planned: ImportPlan,
    progress: Progress | None = None,
    *,
    as_shown: bool = False,
) -> ImportPlan:
    """Writes a plan as one transaction and gives what was done.

    What the hall has now decides, not what it had when the plan was made; with `as_shown` that must come to the
    same. Raises BadFile if there is any problem, PreviewOutdated, Stopped; nothing is written then.
    """
    actor.needs("directory.import")
    if not planned.good:
        raise errors.BadFile(
            name=planned.name,
            problems=list(planned.problems),
            problem_count=planned.problem_count,
        )
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        existing = by_key(actor.hall_id, planned.kind)
        late = check_spelling(planned.kind, planned.records, existing, planned.places)
        late += check(
            actor.hall_id, planned.kind, planned.records, existing, planned.places, change.day
        )
        if late:
            raise refusal(planned.name, late)
        done = compared(planned, existing)
        if as_shown and done != planned:
            raise errors.PreviewOutdated()
        write(change, actor.hall_id, planned.kind, planned.records, existing, progress)
        if done.writes:
            raise_version(actor, planned.kind)
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
    kind, path = Kind(kind), _output(path)
    with actor.store.reading():
        # Not by key: two names that differ only in case are two rows.
        existing = list(contents(actor.hall_id, kind))
    rows = list(_rows(kind, existing))
    _write_table(kind, path, rows)
    return len(rows)


def template_file(actor: Actor, kind: Kind | str, path: Path | str) -> None:
    """Writes a table with the headings only, to be filled in and imported. Raises as `export_file`."""
    actor.needs("directory.export")
    _write_table(Kind(kind), _output(path), [])


def _output(path: Path | str) -> Path:
    path = Path(path)
    if path.suffix.lower() not in sheets.FORMATS:
        raise errors.BadInput("output", "ending", endings=_(", ").join(sheets.FORMATS))
    return path


def _write_table(kind: Kind, path: Path, rows: list[list[str]]) -> None:
    headings = [column.heading for column in COLUMNS[kind]]
    if path.suffix.lower() == ".csv":
        content = sheets.csv_bytes(headings, rows)
    else:
        content = sheets.xlsx_bytes(_(TITLES[kind]), headings, rows)
    write_file(path, content)


def _rows(kind: Kind, existing: Iterable[Existing]) -> Iterator[list[str]]:
    for one in existing:
        values = one.values
        for position, material in enumerate(values.get("materials") or (None,)):
            if position:
                # Further materials of a matter repeat only what tells whose they are.
                values = {name: one.values[name] for name in ("code", "name")}
            cells = {**values, **_material_fields(material)}
            yield [
                column.show(cells[column.field]) if column.field in cells else ""
                for column in COLUMNS[kind]
            ]


def _material_fields(material: MaterialValue | None) -> dict[str, Any]:
    return {} if material is None else dict(zip(MATERIAL_FIELDS, astuple(material), strict=True))
