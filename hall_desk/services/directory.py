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
from pathlib import Path
from typing import Any

from hall_desk import errors
from hall_desk.i18n import N_, _
from hall_desk.services import halls, import_reading, sheets
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import (
    COLUMNS,
    HEADINGS,
    MATERIAL_FIELDS,
    Kind,
    MaterialValue,
)
from hall_desk.services.directory_contents import Existing, by_key, contents
from hall_desk.services.import_checks import check
from hall_desk.services.import_plans import FieldChange, ImportPlan, Planned, compared
from hall_desk.services.import_problems import Problem, refusal
from hall_desk.services.import_writing import write
from hall_desk.services.sheets import Table
from hall_desk.settings import write_file
from hall_desk.store import models

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
]

TITLES = {
    Kind.WINDOWS: N_("Windows"),
    Kind.MATTERS: N_("Matters"),
    Kind.STAFF: N_("Staff list"),
    Kind.COMMUNITIES: N_("Communities"),
}


def read_table(source: Path | str | bytes, name: str = "") -> Table:
    """The table in a CSV or XLSX file. Raises NotFound `file`; BadFile if it is no table or too large."""
    return sheets.read_table(source, HEADINGS, name)


def plan(actor: Actor, kind: Kind | str, table: Table) -> ImportPlan:
    """What importing this table would do; nothing is written. Problems are in the plan, not raised."""
    actor.needs("directory.import")
    kind = Kind(kind)
    reading = import_reading.read(kind, table)
    with actor.store.reading():
        minutes = halls.load_settings(actor.hall_id).default_promise_minutes
        for record in reading.records:
            if record.values.get("promised_minutes", 0) is None:
                record.values["promised_minutes"] = minutes
        existing = by_key(actor.hall_id, kind)
        today = actor.store.today()
        late = check(actor.hall_id, kind, reading.records, existing, reading.places, today)
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
        existing = by_key(actor.hall_id, planned.kind)
        late = check(
            actor.hall_id, planned.kind, planned.records, existing, planned.places, change.day
        )
        if late:
            raise refusal(planned.name, late)
        done = compared(planned, existing)
        write(change, actor.hall_id, planned.kind, planned.records, existing)
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
        existing = list(contents(actor.hall_id, kind))
    headings = [column.heading for column in COLUMNS[kind]]
    rows = list(_rows(kind, existing))
    if path.suffix.lower() == ".csv":
        content = sheets.csv_bytes(headings, rows)
    else:
        content = sheets.xlsx_bytes(_(TITLES[kind]), headings, rows)
    write_file(path, content)
    return len(rows)


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
