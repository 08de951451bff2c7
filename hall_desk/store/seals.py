"""Seals over the journal: made in batches after the writing, so that no writer ever waits for another.

A seal holds the key and the hash of each entry it covers, the digest of the seal before it, and the hall's mark where
the hall has a key. Whoever comes first makes the next one: its number is unique, so of two PCs one loses and tries
again a minute later. Nothing is locked, and the journal itself is not touched.

Which entries no seal covers yet cannot be told by time alone: on a server they become visible in another order than
that of their times, and what was recorded while it was away comes with old ones. So a day's entries are counted
against the count in its seals, from an index; only a day where they differ is looked at. Days are sealed in order:
a seal of one day says that the days before it, as far as they were looked at, had nothing left. That is what tells an
entry that came in its time from one that was put in later (see `services.verification`).
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from peewee import SQL, Expression, fn

from hall_desk import errors
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Entry, canonical, lines, sql_time
from hall_desk.store.models import Hall, JournalEntry, JournalSeal

if TYPE_CHECKING:
    from hall_desk.store.database import Store
    from hall_desk.store.journal import Born

BATCH = 1000
# An entry's time is when its transaction began. A server ends an idle one after half a minute; the rest is for clocks.
MARGIN = timedelta(minutes=5)
_KEY = re.compile("[0-9a-f]{32}")
# Who waits for another PC's seal has lost already.
_NO_WAITING = "SET LOCAL lock_timeout = '200ms'"
_INSERT = (
    "INSERT INTO journal_seal "
    "(id, hall_id, number, service_day, at, count, previous, digest, mark, entries) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hall_id, number) DO NOTHING"
)


@dataclass(frozen=True)
class Sealed:
    """One seal that was made; `left` when there is more to seal."""

    number: int
    day: date
    count: int
    left: bool


@dataclass(frozen=True)
class Line:
    """What a seal says of one entry: its key, the hash of its line, and its kind."""

    key: UUID
    hash: str
    kind: str


@dataclass(frozen=True)
class _Sealer:
    """Who writes a seal: nobody in person."""

    hall_id: UUID
    staff_id: UUID | None = None
    post: str = ""
    letter: str = ""
    request: UUID | None = None
    born: Born | None = None


@dataclass(frozen=True)
class _Next:
    """The seal to be made."""

    number: int
    day: date
    at: datetime
    previous: str
    lines: tuple[Line, ...]
    left: bool


def hash_of(line: bytes) -> str:
    """The hash of an entry's line (see `journal.lines`), SHA-256 in hexadecimal digits."""
    return hashlib.sha256(line).hexdigest()


def lines_of(entries: str) -> Iterator[Line]:
    """The lines of a seal's `entries`. Raises ValueError for text that no seal ever had."""
    for text in entries.splitlines():
        key, digest, kind = text.split(" ")
        yield Line(UUID(key), digest, kind)


def digest_of(seal: JournalSeal) -> str:
    """The digest that a seal with this content has: SHA-256 over all it says and the digest before it."""
    return _digest(
        seal.hall_id, seal.number, seal.service_day, seal.at, seal.previous, seal.entries
    )


def _digest(
    hall_id: UUID, number: int, day: date, at: datetime, previous: str, entries: str
) -> str:
    content = {
        "hall": str(hall_id),
        "number": number,
        "service_day": day.isoformat(),
        "at": sql_time(at),
        "previous": previous,
        "entries": entries,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def newest(hall_id: UUID) -> JournalSeal | None:
    """The hall's last seal, without its entries; the caller has opened a `store.reading()`."""
    seal = JournalSeal
    row: JournalSeal | None = (
        seal.select(seal.number, seal.service_day, seal.at, seal.digest, seal.mark, seal.count)
        .where(seal.hall == hall_id)
        .order_by(seal.number.desc())
        .first()
    )
    return row


def sealed_at(store: Store) -> datetime | None:
    """When the hall's journal was sealed last. Raises DatabaseAway."""
    with store.reading():
        row = newest(store.hall_id)
        return row.at if row else None


def seal(store: Store, *, everything: bool = False) -> Sealed | None:
    """Makes one seal over at most `BATCH` entries of the earliest day that has some without; None when none has.

    It looks at the days from the last sealed one on, and the one before; with `everything` at all days, for what
    came late. Also None when another PC is sealing at this moment, or must: in a hall that has a key, only PCs that
    have it seal, so that every seal bears the mark. Raises DatabaseAway, DatabaseBusy.
    """
    store.need_server()
    with store.reading():
        if store.hall_key is None and Hall.get_by_id(store.hall_id).key_check:
            return None
        wanted = _next(store, everything)
    return None if wanted is None else _write(store, _Sealer(store.hall_id), wanted)


def _write(store: Store, sealer: _Sealer, wanted: _Next) -> Sealed | None:
    try:
        with store.change(sealer):
            if store.postgres:
                store.execute(_NO_WAITING)
            made = store.execute(_INSERT, _values(store, wanted)).rowcount == 1
    except errors.DatabaseBusy:
        made = False
    return Sealed(wanted.number, wanted.day, len(wanted.lines), wanted.left) if made else None


def _values(store: Store, wanted: _Next) -> tuple[Any, ...]:
    """The seal's row, with the hall's mark."""
    entries = "".join(f"{line.key.hex} {line.hash} {line.kind}\n" for line in wanted.lines)
    number, day, at, previous = wanted.number, wanted.day, wanted.at, wanted.previous
    digest = _digest(store.hall_id, number, day, at, previous, entries)
    mark = store.hall_key.mark(digest.encode()) if store.hall_key is not None else ""
    return (
        new_id().hex, store.hall_id.hex, number, day.isoformat(), sql_time(at),
        len(wanted.lines), previous, digest, mark, entries,
    )  # fmt: skip


def seal_all(store: Store) -> int:
    """Seals whatever no seal covers, of all days; gives how many entries. Raises DatabaseAway, DatabaseBusy."""
    count = 0
    while (made := seal(store, everything=True)) is not None:
        count += made.count
        if not made.left:
            break
    return count


def _next(store: Store, everything: bool) -> _Next | None:
    hall_id, now = store.hall_id, store.now()
    last = newest(hall_id)
    since = None
    if last is not None and not everything:
        since = min(store.day_of(now), last.service_day) - timedelta(days=1)
    number, previous = (last.number + 1, last.digest) if last is not None else (1, "")
    behind = _behind(hall_id, since)
    for place, (day, missing) in enumerate(behind):
        found = _unsealed(hall_id, day, missing)
        if found:
            left = len(found) > BATCH or place + 1 < len(behind)
            return _Next(number, day, now, previous, tuple(found[:BATCH]), left)
    return None


def counts(hall_id: UUID, since: date | None) -> tuple[dict[date, int], dict[date, int]]:
    """How many entries each day has, and how many its seals say; the caller has opened a `store.reading()`."""
    entry, sealed = JournalEntry, JournalSeal
    have = entry.select(entry.service_day, fn.COUNT(SQL("*"))).where(entry.hall == hall_id)
    say = sealed.select(sealed.service_day, fn.SUM(sealed.count)).where(sealed.hall == hall_id)
    if since is not None:
        have = have.where(entry.service_day >= since)
        say = say.where(sealed.service_day >= since)
    return (
        dict(have.group_by(entry.service_day).tuples()),
        dict(say.group_by(sealed.service_day).tuples()),
    )


def _behind(hall_id: UUID, since: date | None) -> list[tuple[date, int]]:
    """The days with more entries than their seals say, and how many more; the earliest first."""
    have, say = counts(hall_id, since)
    return [
        (day, have[day] - say.get(day, 0)) for day in sorted(have) if have[day] > say.get(day, 0)
    ]


def _unsealed(hall_id: UUID, day: date, missing: int) -> list[Line]:
    """The day's entries without a seal. Mostly the newest: the whole day is read only when those are not all."""
    sealed = JournalSeal
    whole = (JournalEntry.hall == hall_id) & (JournalEntry.service_day == day)
    of_day = sealed.select(sealed.entries).where(sealed.hall == hall_id, sealed.service_day == day)
    last = (
        sealed.select(sealed.at)
        .where(sealed.hall == hall_id, sealed.service_day == day)
        .order_by(sealed.number.desc())
        .first()
    )
    if last is None:
        return _first(whole, frozenset())
    since = last.at - MARGIN
    recent = of_day.where(sealed.at >= since - MARGIN)
    found = _first(whole & (JournalEntry.at >= since), _keys(recent))
    return found if len(found) >= min(missing, BATCH + 1) else _first(whole, _keys(of_day))


def _keys(rows: Iterable[JournalSeal]) -> frozenset[UUID]:
    texts = (text[:32] for row in rows for text in row.entries.splitlines())
    return frozenset(UUID(text) for text in texts if _KEY.fullmatch(text))


def _first(which: Expression, but: frozenset[UUID]) -> list[Line]:
    """One more than a batch, so that it is known whether that is all."""
    return [_line(*one) for one in itertools.islice(lines(which, but), BATCH + 1)]


def _line(entry: Entry, text: bytes) -> Line:
    return Line(entry.id, hash_of(text), entry.kind)
