"""The hall's settings as managers keep them: each with its history, changed by several managers at once.

What is written says what it was thought to be: a setting that somebody else changed meanwhile is a conflict to decide,
never overwritten unseen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import halls, setting_forms
from hall_desk.services.accounts import Actor
from hall_desk.services.journal import nobody
from hall_desk.services.list_editing import Conflict, edit_conflict
from hall_desk.services.list_history import FieldHistory, HistoryLine
from hall_desk.store.models import Setting, Staff

MOST_SHOWN = 50

# The condition is the index's own, letter by letter (see `journal_history`).
_ENTRIES = (
    "SELECT at, staff, post, facts FROM journal WHERE hall_id = ? AND kind IN ('setting.changed', 'callback.promised', "
    "'callback.postponed', 'callback.withdrawn', 'callback.reopened') AND kind = 'setting.changed' AND subject = ? "
    "ORDER BY at DESC, id DESC LIMIT ?"
)


@dataclass(frozen=True)
class Kept:
    """One setting: its value and that of a hall which chose nothing."""

    name: str
    value: Any
    usual: Any


@dataclass(frozen=True)
class Wish:
    """A setting's value as it was `seen`, and as it is to be."""

    seen: Any
    value: Any


def kept(actor: Actor) -> list[Kept]:
    """All settings that a manager may change, in the order of their groups."""
    actor.needs("halls.change")
    now, usual = halls.settings(actor), halls.Settings()
    return [Kept(name, getattr(now, name), getattr(usual, name)) for name in setting_forms.FORMS]


def history(actor: Actor, name: str, limit: int = MOST_SHOWN) -> list[HistoryLine]:
    """Who changed a setting when and from what to what, the newest first."""
    actor.needs("halls.change")
    with actor.store.reading():
        return _lines(actor, name, limit)


def change(actor: Actor, wishes: Mapping[str, Wish]) -> None:
    """Writes settings, all or none; what has its value already is left alone.

    Raises BadInput `setting` (see `halls.change_setting`), EditConflict for what somebody else changed since.
    """
    actor.needs("halls.change")
    with actor.store.change(actor) as change:
        halls.one_at_a_time(actor)
        now = halls.load_settings(actor.hall_id)
        theirs = {
            name: wish
            for name, wish in wishes.items()
            if getattr(now, name, None) not in (wish.seen, wish.value)
        }
        if theirs:
            raise _conflict(actor, now, theirs)
        for name, wish in wishes.items():
            if getattr(now, name, None) != wish.value:
                halls.change_setting_within(actor, change, name, wish.value)


def _lines(actor: Actor, name: str, limit: int) -> list[HistoryLine]:
    row = Setting.get_or_none(Setting.hall == actor.hall_id, Setting.name == name)
    if row is None:
        return []
    found = actor.store.execute(_ENTRIES, (actor.hall_id.hex, row.id.hex, limit)).fetchall()
    keys = {_uuid(staff) for _at, staff, _post, _facts in found} - {None}
    names = dict(Staff.select(Staff.id, Staff.name).where(Staff.id.in_(keys)).tuples())
    return [
        HistoryLine(
            at=at if isinstance(at, datetime) else datetime.fromisoformat(at),
            who=names.get(_uuid(staff), "") or nobody(post),
            what="changed",
            fields=(_field(name, json.loads(facts)),),
        )
        for at, staff, post, facts in found
    ]


def _field(name: str, facts: Mapping[str, Any]) -> FieldHistory:
    before, after = (setting_forms.shown(name, facts[when]) for when in ("before", "after"))
    return FieldHistory(name, setting_forms.label(name), before, after)


def _conflict(actor: Actor, now: halls.Settings, theirs: Mapping[str, Wish]) -> errors.EditConflict:
    told = []
    for name, wish in theirs.items():
        newest = next(iter(_lines(actor, name, 1)), None)
        who, at = (newest.who, newest.at) if newest else ("", actor.store.now())
        told.append(Conflict(name, wish.value, getattr(now, name), who, at))
    return edit_conflict(actor, told, [setting_forms.label(one.field) for one in told])


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)
