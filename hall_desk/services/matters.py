"""The hall's directory as it is used: which matters there are, which window handles them, and finding one by typing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk import errors
from hall_desk.services import pinyin
from hall_desk.services.accounts import Actor
from hall_desk.store import models
from hall_desk.store.models import MatterWindow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# More matters than any hall has; the whole directory is searched in memory.
MOST_MATTERS = 2000


@dataclass(frozen=True)
class WindowLine:
    id: UUID
    number: str
    name: str
    phone: str
    extension: str
    hours: str


@dataclass(frozen=True)
class MaterialLine:
    name: str
    original: bool
    count: int
    required: bool
    note: str


@dataclass(frozen=True)
class MatterLine:
    """A matter in a list, with the window its tickets go to.

    `used_today` counts its tickets, slips and consultations of today.
    """

    id: UUID
    code: str
    name: str
    pinyin: str
    window: WindowLine
    promised_minutes: int
    used_today: int
    channels: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True)
class Matter:
    line: MatterLine
    nicknames: str
    windows: tuple[WindowLine, ...]
    materials: tuple[MaterialLine, ...]
    fee: str
    legal_basis: str
    online_address: str
    note: str
    result_texts: tuple[str, ...]


def window_line(row: models.Window) -> WindowLine:
    return WindowLine(row.id, row.number, row.name, row.phone, row.extension, row.hours)


def windows(actor: Actor) -> list[WindowLine]:
    """The windows in use, in the hall's order."""
    actor.needs("matters.read")
    with actor.store.reading():
        rows = (
            models.Window.select()
            .where(models.Window.hall == actor.hall_id, models.Window.retired_at.is_null())
            .order_by(models.Window.position, models.Window.number)
            .limit(500)
        )
        return [window_line(row) for row in rows]


def _windows_of(matter_ids: Iterable[UUID]) -> dict[UUID, list[WindowLine]]:
    rows = (
        MatterWindow.select(MatterWindow, models.Window)
        .join(models.Window)
        .where(MatterWindow.matter.in_(list(matter_ids)), models.Window.retired_at.is_null())
        .order_by(MatterWindow.position)
    )
    found: dict[UUID, list[WindowLine]] = {}
    for row in rows:
        found.setdefault(row.matter_id, []).append(window_line(row.window))
    return found


# Asked at every key press, for a district's two thousand matters as well: one text, which says at once whether anything
# has changed, and no row for each matter (such rows made Python's garbage collector stop all for 80 ms now and then).
# Names have no control characters: a directory with one is refused.
_OFFERED = (
    "SELECT {aggregate}(line, {char}(30)) FROM (SELECT CAST(id AS TEXT) || {char}(31) || name || {char}(31) "
    "|| nicknames || {char}(31) || code AS line FROM matter WHERE hall_id = ? AND retired_at IS NULL "
    "ORDER BY code LIMIT ?) AS offered"
)
_OFFERED_SQLITE = _OFFERED.format(aggregate="group_concat", char="char")
_OFFERED_POSTGRES = _OFFERED.format(aggregate="string_agg", char="chr")
# A consultation that led to a slip or a ticket is counted by these.
_USED = (
    "SELECT matter_id, count(*) FROM ("
    "SELECT matter_id FROM ticket WHERE hall_id = ? AND service_day = ? "
    "UNION ALL SELECT matter_id FROM slip WHERE hall_id = ? AND service_day = ? "
    "UNION ALL SELECT matter_id FROM consultation WHERE hall_id = ? AND service_day = ? "
    "AND withdrawn_at IS NULL AND outcome NOT IN ('slip', 'ticket')"
    ") AS used WHERE matter_id IS NOT NULL GROUP BY matter_id"
)


def _used_today(actor: Actor) -> dict[UUID, int]:
    one = (actor.hall_id.hex, actor.store.today().isoformat())
    rows = actor.store.execute(_USED, one * 3).fetchall()
    return {key if isinstance(key, UUID) else UUID(key): count for key, count in rows}


def _line(row: models.Matter, window: WindowLine, used: int) -> MatterLine:
    return MatterLine(
        id=row.id,
        code=row.code,
        name=row.name,
        pinyin=pinyin.display(row.name),
        window=window,
        promised_minutes=row.promised_minutes,
        used_today=used,
        channels=tuple(row.channels.split()),
        retired=row.retired_at is not None,
    )


@lru_cache(maxsize=2)
def _directory(offered: str) -> pinyin.Index[UUID]:
    lines = [line.split("\x1f") for line in offered.split("\x1e") if line]
    return pinyin.Index((UUID(key), name, nicknames, code) for key, name, nicknames, code in lines)


def search(actor: Actor, text: str, limit: int = 12) -> list[MatterLine]:
    """Matters that fit what was typed (characters, code, nickname, pinyin, initials), best first.

    Among equals, and for an empty text, those come first that were used most today (by tickets, slips and
    consultations), then by code. Matters without a window are not offered.
    """
    actor.needs("matters.read")
    with actor.store.reading():
        sql = _OFFERED_POSTGRES if actor.store.postgres else _OFFERED_SQLITE
        (offered,) = actor.store.execute(sql, (actor.hall_id.hex, MOST_MATTERS)).fetchone()
        directory, used = _directory(offered or ""), _used_today(actor)
        if text.strip():
            found = directory.search(text, MOST_MATTERS, used)
        else:
            found = sorted(directory.keys, key=lambda key: -used.get(key, 0))
        lines: list[MatterLine] = []
        for start in range(0, len(found), limit):
            lines += _lines(found[start : start + limit], used)
            if len(lines) >= limit:
                break
    return lines[:limit]


def warm_up(actor: Actor) -> None:
    """Prepares the search, so that the first letter typed is answered as fast as the later ones."""
    search(actor, "a", 1)


def _lines(keys: Sequence[UUID], used: Mapping[UUID, int]) -> list[MatterLine]:
    """The matters with these keys that have a window, in this order."""
    rows = {row.id: row for row in models.Matter.select().where(models.Matter.id.in_(keys))}
    places = _windows_of(keys)
    return [_line(rows[key], places[key][0], used.get(key, 0)) for key in keys if key in places]


def get(actor: Actor, matter_id: UUID) -> Matter:
    """One matter with its windows and materials. Raises NotFound `matter`."""
    actor.needs("matters.read")
    with actor.store.reading():
        row = models.Matter.get_or_none(
            models.Matter.id == matter_id, models.Matter.hall == actor.hall_id
        )
        if row is None:
            raise errors.NotFound(kind="matter", key="")
        return _matter(actor, row)


def by_code(actor: Actor, code: str) -> Matter:
    """The matter with this code, in use. Raises NotFound `matter`."""
    actor.needs("matters.read")
    with actor.store.reading():
        row = models.Matter.get_or_none(
            models.Matter.code == code,
            models.Matter.hall == actor.hall_id,
            models.Matter.retired_at.is_null(),
        )
        if row is None:
            raise errors.NotFound(kind="matter", key=code)
        return _matter(actor, row)


def _matter(actor: Actor, row: models.Matter) -> Matter:
    places = _windows_of([row.id]).get(row.id, [])
    if not places:
        raise errors.BadInput("matter", "no_window")
    used = _used_today(actor)
    materials = (
        models.Material.select()
        .where(models.Material.matter == row.id)
        .order_by(models.Material.position)
    )
    return Matter(
        line=_line(row, places[0], used.get(row.id, 0)),
        nicknames=row.nicknames,
        windows=tuple(places),
        materials=tuple(
            MaterialLine(m.name, m.original, m.count, m.required, m.note) for m in materials
        ),
        fee=row.fee,
        legal_basis=row.legal_basis,
        online_address=row.online_address,
        note=row.note,
        result_texts=tuple(line for line in row.result_texts.splitlines() if line.strip()),
    )


def window(actor: Actor, window_id: UUID) -> WindowLine:
    """One window in use. Raises NotFound `window`."""
    actor.needs("matters.read")
    with actor.store.reading():
        row = models.Window.get_or_none(
            models.Window.id == window_id,
            models.Window.hall == actor.hall_id,
            models.Window.retired_at.is_null(),
        )
    if row is None:
        raise errors.NotFound(kind="window", key="")
    return window_line(row)


def window_by_number(actor: Actor, number: str) -> WindowLine:
    """The window with this number, in use. Raises NotFound `window`."""
    for line in windows(actor):
        if line.number == number:
            return line
    raise errors.NotFound(kind="window", key=number)
