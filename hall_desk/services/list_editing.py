"""Keeps the hall's lists row by row: windows, matters with their materials, staff and communities.

A row that is edited in a form goes the way of an import of one record: the same cells, the same checks, the same
writing, the same journal. What several managers do at once is merged: a field that only another one changed keeps his
value, a field that both changed is a conflict which the form decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from hall_desk import errors, i18n
from hall_desk.services import accounts, halls, list_forms, list_history, pinyin
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import KEY_FIELD, Kind, key_of
from hall_desk.services.directory_contents import Existing, by_key, contents
from hall_desk.services.halls import one_at_a_time
from hall_desk.services.import_checks import check
from hall_desk.services.import_plans import differences
from hall_desk.services.import_writing import raise_version, write
from hall_desk.services.list_forms import FieldProblem, MaterialText
from hall_desk.store import models
from hall_desk.store.journal import Change

_NOT_FOUND = {
    Kind.WINDOWS: "window",
    Kind.MATTERS: "matter",
    Kind.STAFF: "staff",
    Kind.COMMUNITIES: "community",
}


@dataclass(frozen=True)
class Listed:
    """One row: its values by field of the import's columns, `retired` and a matter's `materials` among them.

    `has_pin` is False for a person who cannot sign in before a PIN is set; `locked_until` (UTC) is set while too many
    wrong PINs lock an account.
    """

    id: UUID
    values: dict[str, Any]
    has_pin: bool = True
    locked_until: datetime | None = None

    @property
    def retired(self) -> bool:
        return bool(self.values["retired"])


@dataclass(frozen=True)
class Conflict:
    """One field that somebody else changed as well: both values, who (empty if unknown) and when (UTC)."""

    field: str
    mine: Any
    his: Any
    who: str
    at: datetime | None


@dataclass(frozen=True)
class Typed:
    """What stands in a form: a text for each field, and the lines of a matter's materials."""

    fields: Mapping[str, str]
    materials: tuple[MaterialText, ...] = ()


# --- reading -------------------------------------------------------------------------------------


def records(actor: Actor, kind: Kind, *, retired: bool = False) -> list[Listed]:
    """The rows of a list in its order; with `retired` those no longer in use as well, at the end."""
    actor.needs("lists.read")
    with actor.store.reading():
        found = _listed(actor, kind)
    return [one for one in found if not one.retired] + [
        one for one in found if one.retired and retired
    ]


def counts(actor: Actor) -> dict[Kind, int]:
    """How many rows of each list are in use."""
    actor.needs("lists.read")
    tables: dict[Kind, Any] = {
        Kind.WINDOWS: models.Window,
        Kind.MATTERS: models.Matter,
        Kind.STAFF: models.Staff,
        Kind.COMMUNITIES: models.Community,
    }
    with actor.store.reading():
        return {
            kind: table.select()
            .where(table.hall == actor.hall_id, table.retired_at.is_null())
            .count()
            for kind, table in tables.items()
        }


def index(kind: Kind, rows: Sequence[Listed]) -> pinyin.Index[UUID]:
    """Finds rows by characters, pinyin and initials of what they are called, by number or code, and by telephone."""
    return pinyin.Index((row.id, *_found_by(kind, row.values)) for row in rows)


def _found_by(kind: Kind, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """Name, nicknames and code of a row, as the search takes them."""
    name = str(values["name"])
    match kind:
        case Kind.WINDOWS:
            return name, f"{values['phone']} {values['extension']}", str(values["number"])
        case Kind.MATTERS:
            return name, " ".join(values["nicknames"]), str(values["code"])
        case Kind.STAFF:
            return name, i18n.code("role", values["role"]), str(values["window"])
        case Kind.COMMUNITIES:
            return name, f"{values['contact']} {values['phone']}", str(values["email"])


def _listed(actor: Actor, kind: Kind) -> list[Listed]:
    rows = list(contents(actor.hall_id, kind))
    if kind is not Kind.STAFF:
        return [Listed(row.id, row.values) for row in rows]
    now = actor.store.now()
    accounts_of = models.Staff.select(
        models.Staff.id, models.Staff.pin_hash, models.Staff.locked_until
    ).where(models.Staff.hall == actor.hall_id)
    doors = {row.id: (bool(row.pin_hash), row.locked_until) for row in accounts_of}
    return [
        Listed(row.id, row.values, has_pin, locked if locked and locked > now else None)
        for row in rows
        for has_pin, locked in (doors[row.id],)
    ]


# --- one row -------------------------------------------------------------------------------------


def add(actor: Actor, kind: Kind, typed: Typed) -> Listed:
    """A new row, at the end of its list. Raises BadRow; nothing is written then."""
    actor.needs("lists.change")
    values = _read(actor, kind, typed)
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        _keep(actor, change, kind, "", values, by_key(actor.hall_id, kind))
        return _of_key(actor, kind, values[KEY_FIELD[kind]])


def edit(actor: Actor, kind: Kind, id_: UUID, seen: Mapping[str, Any], typed: Typed) -> Listed:
    """Writes what was changed in a form that had been filled with the values `seen`; gives the row as it is then.

    Whoever has decided a conflict for their own value takes the other one into `seen` and calls again.
    Raises NotFound, BadRow, EditConflict; nothing is written then.
    """
    actor.needs("lists.change")
    values = _read(actor, kind, typed)
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        existing, before = _standing(actor, kind, id_)
        conflicts = []
        for name, mine in values.items():
            now = before.values.get(name)
            if name == "pin":
                continue
            if mine == seen.get(name):
                values[name] = now
            elif now not in (seen.get(name), mine):
                conflicts.append(Conflict(name, mine, now, "", None))
        if conflicts:
            raise _conflict(actor, kind, id_, conflicts)
        _keep(actor, change, kind, _key(kind, before), values, existing)
        return _of_key(actor, kind, values[KEY_FIELD[kind]])


def retire(actor: Actor, kind: Kind, id_: UUID) -> Listed:
    """Takes a row out of use; nothing happens when that was done before. Nothing is ever deleted.

    Raises NotFound; BadRow when it is still needed: tickets, papers or callbacks at a window, a matter's only window,
    what a person holds or is at, the last manager, oneself.
    """
    actor.needs("lists.change")
    return _turn(actor, kind, id_, retired=True)


def bring_back(actor: Actor, kind: Kind, id_: UUID) -> Listed:
    """Puts a retired row into use again. Raises NotFound; BadRow when a window it needs is retired itself."""
    actor.needs("lists.change")
    return _turn(actor, kind, id_, retired=False)


def move(actor: Actor, window_id: UUID, by: int) -> bool:
    """Moves a window in use by so many places, up when negative; tells whether that was possible. Raises NotFound."""
    actor.needs("lists.change")
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        rows = list(contents(actor.hall_id, Kind.WINDOWS))
        _standing(actor, Kind.WINDOWS, window_id)
        used = [row.id for row in rows if not row.retired]
        place = used.index(window_id) if window_id in used else -1
        wanted = place + by
        if place < 0 or not 0 <= wanted < len(used) or not by:
            return False
        used.insert(wanted, used.pop(place))
        # Retired ones come last: their places show nowhere.
        order = used + [row.id for row in rows if row.retired]
        for position, id_ in enumerate(order, start=1):
            models.Window.update(position=position).where(
                models.Window.id == id_, models.Window.position != position
            ).execute()
        change.record("window.moved", window_id, before=place + 1, after=wanted + 1)
        raise_version(actor, Kind.WINDOWS)
    return True


def edit_conflict(
    actor: Actor, conflicts: list[Conflict], labels: list[str]
) -> errors.EditConflict:
    """The error that tells of conflicts, each with who and when; `labels` are the fields as they are shown."""
    newest = max(conflicts, key=lambda one: one.at or actor.store.now())
    since = newest.at or actor.store.now()
    return errors.EditConflict(
        conflicts=conflicts,
        owner=newest.who or "–",
        since=since,
        since_text=f"{actor.store.local(since):%m-%d %H:%M}",
        fields=labels,
    )


# --- inside --------------------------------------------------------------------------------------


def _read(actor: Actor, kind: Kind, typed: Typed) -> dict[str, Any]:
    """The values of a form. Outside the transaction: a PIN's hash takes its time on purpose."""
    values, problems = list_forms.read(
        kind, typed.fields, typed.materials, partial(accounts.hash_new_pin, actor)
    )
    if problems:
        raise _refusal(problems)
    return values


def _keep(
    actor: Actor,
    change: Change,
    kind: Kind,
    key: str,
    values: dict[str, Any],
    existing: dict[str, Existing],
) -> None:
    """Checks and writes one record; `key` is that of the row as it stands, empty for a new one."""
    if values.get("promised_minutes", 0) is None:
        values["promised_minutes"] = halls.load_settings(actor.hall_id).default_promise_minutes
    record = list_forms.record(key, values)
    problems = check(actor.hall_id, kind, [record], existing, list_forms.places(kind), change.day)
    if problems:
        raise _refusal(list_forms.checked(kind, problems))
    write(change, actor.hall_id, kind, [record], existing)
    if differences(record, existing.get(key)):
        raise_version(actor, kind)


def _turn(actor: Actor, kind: Kind, id_: UUID, *, retired: bool) -> Listed:
    with actor.store.change(actor) as change:
        one_at_a_time(actor)
        existing, before = _standing(actor, kind, id_)
        if retired and id_ == actor.staff_id:
            raise _refusal(
                [FieldProblem("retired", i18n.explain(errors.BadInput("person", "oneself")))]
            )
        if before.retired != retired:
            values = {**before.values, "retired": retired}
            _keep(actor, change, kind, _key(kind, before), values, existing)
        return _of_key(actor, kind, before.values[KEY_FIELD[kind]])


def _standing(actor: Actor, kind: Kind, id_: UUID) -> tuple[dict[str, Existing], Existing]:
    """What the hall has of a kind by key, and the row meant, which its key finds there. Raises NotFound."""
    rows = list(contents(actor.hall_id, kind))
    meant = next((row for row in rows if row.id == id_), None)
    if meant is None:
        raise errors.NotFound(kind=_NOT_FOUND[kind], key="")
    # Of two names that differ only in case the one that is edited is meant.
    return {_key(kind, row): row for row in [*rows, meant]}, meant


def _key(kind: Kind, row: Existing) -> str:
    return key_of(row.values[KEY_FIELD[kind]])


def _of_key(actor: Actor, kind: Kind, value: str) -> Listed:
    return next(row for row in _listed(actor, kind) if row.values[KEY_FIELD[kind]] == value)


def _conflict(
    actor: Actor, kind: Kind, id_: UUID, conflicts: list[Conflict]
) -> errors.EditConflict:
    lines = list_history.lines(actor, kind, id_)
    told = []
    for one in conflicts:
        line = list_history.last_change(lines, one.field)
        who, at = (line.who, line.at) if line else ("", actor.store.now())
        told.append(Conflict(one.field, one.mine, one.his, who, at))
    return edit_conflict(actor, told, [list_forms.label(kind, one.field) for one in told])


def _refusal(problems: list[FieldProblem]) -> errors.BadRow:
    return errors.BadRow(problems=problems, words=problems[0].words)
