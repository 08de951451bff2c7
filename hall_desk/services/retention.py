"""What the hall keeps of people, and for how long: words, names and numbers are emptied when their time is over.

A row stays with its times, states and keys, so that figures, custody and journal stay whole; only what it says of a
person goes. A matter's time begins with the day on which it ended (a closed ticket, a settled callback, a closed
incident; a record of one moment ends at once), and nothing goes that is still open. What was kept for N days has been
there for N whole days after that day.

How long is each hall's choice within limits (`halls.RETENTION`), but "for ever" is not: personal data is kept for the
shortest time that its purpose needs, and deleted after that (Personal Information Protection Law, articles 19 and 47;
before it, GB/T 35273-2020, 6.1). Thirty days for the screening register is what Beijing's halls practised in 2020.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings
from hall_desk.store.journal import sql_time
from hall_desk.store.models import Hall

KINDS = ("screening", "consultation", "ticket", "callback", "incident")
# Rows emptied in one transaction: a desk that writes at the same moment waits some hundredths of a second.
BATCH = 500
# A preview counts no further; a hall that never emptied anything has more only after many years.
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class TableLine:
    """How many rows of one table go, at most `MOST_COUNTED`, and the service day on which the oldest of them ended."""

    table: str
    rows: int
    oldest: date


@dataclass(frozen=True)
class KindLine:
    """What goes of one kind: everything that ended before `before`. `days` is what the hall has set."""

    kind: str
    days: int
    before: date
    tables: tuple[TableLine, ...]

    @property
    def rows(self) -> int:
        return sum(line.rows for line in self.tables)

    @property
    def oldest(self) -> date | None:
        return min((line.oldest for line in self.tables), default=None)


@dataclass(frozen=True)
class Preview:
    """What a purge on `day` would empty, by kind in the order of `KINDS`."""

    day: date
    kinds: tuple[KindLine, ...]

    @property
    def rows(self) -> int:
        return sum(line.rows for line in self.kinds)


@dataclass(frozen=True)
class Purged:
    """What was emptied: rows by kind, in the order of `KINDS`, those without any left out. `more` says that some are
    left."""

    day: date
    rows_of: tuple[tuple[str, int], ...]
    more: bool = False

    @property
    def rows(self) -> int:
        return sum(rows for _kind, rows in self.rows_of)


# --- what is emptied -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """Rows of another table that speak of the same person: found by `key`, emptied together with their owner."""

    table: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """Where personal data stands. `said` is the condition of the table's index `<name>_personal`, word for word, so
    that both planners use it; `when` is what its time is counted from, a day or with `moment` a moment; `ended` is
    what must hold besides. `notes` are lists in JSON of which only the notes go."""

    kind: str
    name: str
    when: str
    columns: tuple[str, ...]
    said: str
    ended: str = ""
    moment: bool = False
    join: str = ""
    parts: tuple[_Part, ...] = ()
    notes: tuple[str, ...] = ()


def _any(*columns: str) -> str:
    return " OR ".join(f"x.{column} != ''" for column in columns)


_TABLES = (
    _Table(
        "screening", "temperature_check", "x.service_day", ("name", "phone", "reason"),
        _any("name", "phone", "reason"),
        "NOT EXISTS (SELECT 1 FROM incident i WHERE i.check_of_id = x.id AND i.state = 'open')",
    ),
    _Table("screening", "attendance", "x.service_day", ("symptoms",), _any("symptoms")),
    _Table(
        "consultation", "consultation", "x.service_day", ("name", "phone", "question"),
        _any("name", "phone", "question"),
    ),
    _Table(
        "consultation", "missing_notice", "x.service_day", ("name", "phone", "note"),
        _any("name", "phone", "note")
        + " OR (replace(x.missing, '\"note\"', '') != x.missing"
        " OR replace(x.complete, '\"note\"', '') != x.complete)",
        notes=("missing", "complete"),
    ),
    _Table(
        "ticket", "ticket", "x.closed_at",
        (
            "name", "phone", "id_masked", "id_sealed", "id_print", "remark", "pickup_code", "result", "missing",
            "transfer_note",
        ),
        _any("name"),
        "NOT EXISTS (SELECT 1 FROM paper p WHERE p.ticket_id = x.id AND p.shared_with_id IS NULL"
        " AND p.holder IN ('desk', 'runner', 'window'))"
        " AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.ticket_id = x.id AND c.settled_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM rating r WHERE r.ticket_id = x.id"
        " AND r.follow_up_due_at IS NOT NULL AND r.followed_up_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.hall_id = x.hall_id AND i.state = 'open'"
        " AND i.ticket_id = x.id)",
        moment=True,
        parts=(
            _Part("claim", "ticket_id", ("note",)),
            _Part("hand_back", "ticket_id", ("collector", "reason")),
            _Part("correction", "ticket_id", ("before", "after", "reason")),
            _Part("id_reveal", "ticket_id", ("note",)),
            _Part("paper", "ticket_id", ("difference", "difference_before")),
        ),
    ),
    _Table(
        "ticket", "rating", "x.service_day", ("comment", "follow_up"), _any("comment", "follow_up"),
        "(x.follow_up_due_at IS NULL OR x.followed_up_at IS NOT NULL)",
    ),
    _Table(
        "ticket", "carried_over", "d.service_day", ("reason",), _any("reason"),
        join="JOIN day_close d ON d.id = x.day_close_id",
    ),
    _Table(
        "callback", "callback", "x.settled_at", ("name", "phone", "note"), _any("name", "phone", "note"),
        moment=True,
        parts=(_Part("call_attempt", "callback_id", ("note",)),),
    ),
    _Table("callback", "phone_case", "x.service_day", ("note",), _any("note")),
    _Table(
        "incident", "incident", "x.closed_at", ("people", "what", "result"), _any("people", "what", "result"),
        moment=True,
        parts=(_Part("incident_step", "incident_id", ("text",)),),
    ),
)  # fmt: skip


# --- looking -------------------------------------------------------------------------------------


def preview(actor: Actor, day: date) -> Preview:
    """What `purge` would empty on this day, as things stand now. Raises DayNotOver, DatabaseAway, NotAllowed."""
    actor.needs("retention.purge")
    actor.store.need_server()
    with actor.store.reading():
        _not_ahead(actor, day)
        times = _times(actor)
        lines = []
        for kind in KINDS:
            before = day - timedelta(days=times[kind])
            tables = [_counted(actor, one, before) for one in _TABLES if one.kind == kind]
            found = tuple(line for line in tables if line.rows)
            lines.append(KindLine(kind, times[kind], before, found))
    return Preview(day, tuple(lines))


def _times(actor: Actor) -> dict[str, int]:
    settings = load_settings(actor.hall_id)
    return {kind: getattr(settings, f"retention_{kind}_days") for kind in KINDS}


def _not_ahead(actor: Actor, day: date) -> None:
    if day > actor.store.today():
        raise errors.DayNotOver(day=day)


def _query(actor: Actor, table: _Table, before: date, select: str) -> tuple[str, tuple[Any, ...]]:
    """The rows that speak of a person whose matter ended before a day, the oldest first; a limit is to be added."""
    # SQLite has no statistics to choose by, and would walk through all rows there ever were.
    by = "" if actor.store.postgres else f"INDEXED BY {table.name}_personal"
    ended = f" AND {table.ended}" if table.ended else ""
    limit = sql_time(actor.store.start_of(before)) if table.moment else before.isoformat()
    sql = (
        f"SELECT {select} FROM {table.name} x {by} {table.join} WHERE x.hall_id = ? AND {table.when} < ?"  # noqa: S608
        f" AND ({table.said}){ended} ORDER BY {table.when} LIMIT ?"
    )
    return sql, (actor.hall_id.hex, limit)


def _counted(actor: Actor, table: _Table, before: date) -> TableLine:
    sql, values = _query(actor, table, before, f"{table.when} AS ended")
    counted = f"SELECT count(*), min(ended) FROM ({sql}) found"  # noqa: S608 - names from above
    rows, oldest = actor.store.execute(counted, (*values, MOST_COUNTED)).fetchone()
    if isinstance(oldest, str):
        oldest = datetime.fromisoformat(oldest) if table.moment else date.fromisoformat(oldest)
    if isinstance(oldest, datetime):
        oldest = actor.store.day_of(oldest)
    return TableLine(table.name, rows, oldest or before)


# --- emptying ------------------------------------------------------------------------------------


def purge(actor: Actor, day: date) -> Purged:
    """Empties everything whose time was over on `day`, batch by batch; a desk can write in between.

    Called again, or stopped in the middle, it goes on with what is left. Raises DayNotOver, DatabaseAway,
    DatabaseBusy, NotAllowed; what was done until then stays done, and is journalled.
    """
    counts: Counter[str] = Counter()
    while True:
        some = purge_some(actor, day)
        counts.update(dict(some.rows_of))
        if not some.more:
            return _purged(day, counts)


def purge_some(actor: Actor, day: date) -> Purged:
    """One batch of `purge` in a transaction of its own, journalled as `retention.purged` with the rows by kind.

    After the last one a file's own log is emptied too, in which what was taken away still stood. Raises as `purge`.
    """
    actor.needs("retention.purge")
    actor.store.need_server()
    counts: Counter[str] = Counter()
    with actor.store.change(actor) as change:
        _not_ahead(actor, day)
        if actor.store.postgres:
            # Two PCs that do it at once take turns, each with rows of its own.
            list(
                Hall.select(Hall.id).where(Hall.id == actor.hall_id).for_update("FOR NO KEY UPDATE")
            )
        times = _times(actor)
        for table in _TABLES:
            room = BATCH - counts.total()
            if room:
                before = day - timedelta(days=times[table.kind])
                counts[table.kind] += _empty(actor, table, before, room)
        if counts.total():
            done = _purged(day, counts)
            change.record("retention.purged", None, day=day.isoformat(), rows=dict(done.rows_of))
    more = counts.total() == BATCH
    if not more:
        actor.store.empty_log()
    return _purged(day, counts, more=more)


def _purged(day: date, counts: Counter[str], *, more: bool = False) -> Purged:
    return Purged(day, tuple((kind, counts[kind]) for kind in KINDS if counts[kind]), more)


def _empty(actor: Actor, table: _Table, before: date, most: int) -> int:
    """Empties at most so many rows of a table with all that belongs to them; gives how many it were."""
    sql, values = _query(actor, table, before, "x.id")
    keys = [_hex(key) for (key,) in actor.store.execute(sql, (*values, most)).fetchall()]
    if not keys:
        return 0
    for part in table.parts:
        _clear(actor, part.table, part.key, part.columns, keys)
    if table.notes:
        _take_notes(actor, table, keys)
    _clear(actor, table.name, "id", table.columns, keys)
    return len(keys)


def _hex(key: UUID | str) -> str:
    return key.hex if isinstance(key, UUID) else key


def _clear(actor: Actor, table: str, key: str, columns: Sequence[str], keys: Sequence[str]) -> None:
    sets = ", ".join(f"{column} = ''" for column in columns)
    said = " OR ".join(f"{column} != ''" for column in columns)
    marks = ", ".join("?" * len(keys))
    sql = f"UPDATE {table} SET {sets} WHERE {key} IN ({marks}) AND ({said})"  # noqa: S608 - names from above
    actor.store.execute(sql, tuple(keys))


def _take_notes(actor: Actor, table: _Table, keys: Sequence[str]) -> None:
    """Takes the notes out of lists in JSON; what they are lists of, the papers, stays."""
    columns = ", ".join(table.notes)
    marks = ", ".join("?" * len(keys))
    sql = f"SELECT id, {columns} FROM {table.name} WHERE id IN ({marks})"  # noqa: S608 - names from above
    sets = ", ".join(f"{column} = ?" for column in table.notes)
    change = f"UPDATE {table.name} SET {sets} WHERE id = ?"  # noqa: S608 - names from above
    for key, *texts in actor.store.execute(sql, tuple(keys)).fetchall():
        bare = [_without_notes(text) for text in texts]
        if bare != texts:
            actor.store.execute(change, (*bare, _hex(key)))


def _without_notes(text: str) -> str:
    items = [
        {key: part for key, part in item.items() if key != "note"} for item in json.loads(text)
    ]
    return json.dumps(items, ensure_ascii=False)
