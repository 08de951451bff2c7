"""What happened to one row of the hall's lists: who changed it when, and each field from what to what.

Read from the journal. It holds no personal data: of what is said of people, and of communities, only the fields that
changed are named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hall_desk.i18n import _
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import COLUMNS, Kind, MaterialValue
from hall_desk.services.journal import nobody
from hall_desk.services.list_forms import label, shown
from hall_desk.store.models import Staff
from hall_desk.store.models.journal import OF_LISTS

MOST_SHOWN = 100

# The condition is the index's own, letter by letter (see `journal_of_lists`).
_KINDS = ", ".join(f"'{kind}'" for kind in OF_LISTS)
_ENTRIES = (
    f"SELECT at, kind, staff, post, facts FROM journal WHERE subject = ? AND kind IN ({_KINDS}) "  # noqa: S608
    "ORDER BY at DESC, id DESC LIMIT ?"
)


@dataclass(frozen=True)
class FieldHistory:
    """One field that changed. `before` and `after` are None where the journal does not say them: they are personal."""

    field: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class HistoryLine:
    """One happening: `what` is `added`, `changed`, `retired`, `restored`, `moved` or `pin_set`; `at` is UTC."""

    at: datetime
    who: str
    what: str
    fields: tuple[FieldHistory, ...]


def history(actor: Actor, kind: Kind, id_: UUID, limit: int = MOST_SHOWN) -> list[HistoryLine]:
    """What happened to this row, the newest first."""
    actor.needs("lists.read")
    with actor.store.reading():
        return lines(actor, kind, id_, limit)


def lines(actor: Actor, kind: Kind, id_: UUID, limit: int = MOST_SHOWN) -> list[HistoryLine]:
    """As `history`; the caller has a transaction open."""
    rows = actor.store.execute(_ENTRIES, (id_.hex, limit)).fetchall()
    keys = {_uuid(row[2]) for row in rows} - {None}
    names = dict(Staff.select(Staff.id, Staff.name).where(Staff.id.in_(keys)).tuples())
    return [
        HistoryLine(
            at=_moment(at),
            who=names.get(_uuid(staff), "") or nobody(post),
            what=(what := happening.partition(".")[2]),
            fields=_fields(kind, what, json.loads(facts)),
        )
        for at, happening, staff, post, facts in rows
    ]


def last_change(found: list[HistoryLine], field: str) -> HistoryLine | None:
    """The newest of these lines in which the field changed."""
    return next((line for line in found if any(one.field == field for one in line.fields)), None)


def _fields(kind: Kind, what: str, facts: Mapping[str, Any]) -> tuple[FieldHistory, ...]:
    if what == "moved":
        places = (str(facts["before"]), str(facts["after"]))
        return (FieldHistory("position", _("Place in the list"), *places),)
    if "fields" in facts:
        before, after = facts.get("before", {}), facts.get("after", {})
        names = [name for name in facts["fields"] if name != "retired"]
        known = [(name, before.get(name), after.get(name), name in after) for name in names]
    else:
        # What was added has its values as facts.
        names = [name for name in _order(kind) if name in facts]
        known = [(name, None, facts[name], True) for name in names]
    return tuple(
        FieldHistory(
            name,
            label(kind, name),
            shown(kind, name, _value(name, old)) if said else None,
            shown(kind, name, _value(name, new)) if said else None,
        )
        for name, old, new, said in sorted(known, key=lambda one: _order(kind).index(one[0]))
    )


def _order(kind: Kind) -> list[str]:
    return [*(column.field for column in COLUMNS[kind]), "materials"]


def _value(name: str, told: Any) -> Any:
    """A value as it was before it became JSON."""
    if name == "checked_on" and told:
        return date.fromisoformat(told)
    if name == "materials" and told:
        return tuple(MaterialValue(**material) for material in told)
    return tuple(told) if isinstance(told, list) else told


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
