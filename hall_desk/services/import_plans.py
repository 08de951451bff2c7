"""What an import would add, change and retire, field by field, against what the hall has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from hall_desk.i18n import _
from hall_desk.services.directory_columns import (
    COLUMNS,
    KEY_FIELD,
    ORIGINAL,
    Column,
    Kind,
    MaterialValue,
)
from hall_desk.services.directory_contents import Existing
from hall_desk.services.import_problems import Problem
from hall_desk.services.import_reading import Record


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


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What an import would do. It can be applied when `problems` is empty.

    `problems` are the first fifty of `problem_count`. What is retired is not in `changed` again.
    """

    kind: Kind
    name: str
    rows: int
    added: tuple[Planned, ...] = ()
    changed: tuple[Planned, ...] = ()
    retired: tuple[Planned, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...]
    problem_count: int
    records: tuple[Record, ...] = field(repr=False)
    # Where the file has each field: heading and letter of its column.
    places: dict[str, tuple[str, str]] = field(repr=False)

    @property
    def good(self) -> bool:
        return not self.problem_count

    @property
    def writes(self) -> int:
        """How many windows, matters, people or communities would be written."""
        return len(self.added) + len(self.changed) + len(self.retired)


def compared(planned: ImportPlan, existing: dict[str, Existing]) -> ImportPlan:
    """The plan with what its records would add, change, retire and leave as it is."""
    columns = {column.field: column for column in COLUMNS[planned.kind]}
    added: list[Planned] = []
    changed: list[Planned] = []
    retired: list[Planned] = []
    for record in planned.records:
        before = existing.get(record.key)
        changes = differences(record, before)
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


def differences(record: Record, before: Existing | None) -> dict[str, tuple[Any, Any]]:
    """Field -> (before, after) of what the record would change; `before` is None for a new thing.

    Of a new thing, what is empty is no change. A PIN is always one, an empty PIN never.
    """
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in record.values.items():
        if name == "pin" and not value:
            continue
        old = before.values.get(name) if before else None
        if value != old and (before or value not in ("", (), None, False)):
            found[name] = (old, value)
    return found


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
