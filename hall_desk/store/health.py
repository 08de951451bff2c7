"""How a hall's database is: whether it lets us in, which version its tables have, whether it takes writing, whether it
pushes, and how far its clock is from this PC's. Nothing in it is changed.

It stands beside `Store`, on connections of its own, so that it may be asked while a hall is open, and before there is
one.
"""

from __future__ import annotations

import contextlib
import select
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import psycopg

from hall_desk import errors
from hall_desk.store import database, migrations, reaching
from hall_desk.store.refusals import refusal, sqlite_error

_CHANNEL = "hall_desk_health"
_PUSH_WITHIN_S = 2.0


@dataclass(frozen=True)
class Health:
    """`clock` is how far this PC's clock is ahead of the server's; None where both are one. `push_s` is the time from
    telling to hearing; None where nothing came. `hall_id` is None before there is a hall."""

    on_server: bool
    hall: str
    hall_id: UUID | None
    key_check: str
    practice: bool
    version: int
    writes: bool
    clock: timedelta | None
    push_s: float | None


def look(place: str) -> Health:
    """Asks the database at `place`: an SQLite file or a PostgreSQL URL.

    Raises what `reaching.try_server` raises; for a file DatabaseMissing, NotADatabase, DatabaseBusy, CannotWrite,
    SchemaTooNew, SchemaTooOld, SeveralHalls.
    """
    return _look_at_server(place) if database.is_postgres(place) else _look_into_file(place)


# --- a server ------------------------------------------------------------------------------------


def _look_at_server(place: str) -> Health:
    found = reaching.try_server(place)
    host = urlsplit(place).hostname or "localhost"
    options: Any = database.POSTGRES_OPTIONS
    try:
        with psycopg.connect(place, autocommit=True, **options) as connection:
            row = connection.execute(
                "SELECT current_setting('transaction_read_only') = 'off' "
                "AND has_table_privilege('journal', 'INSERT')"
            ).fetchone() if found.hall else (True,)  # fmt: skip
            practice = connection.execute(
                "SELECT practice_offset_s IS NOT NULL FROM hall LIMIT 1"
            ).fetchone() if found.hall else (False,)  # fmt: skip
            return Health(
                on_server=True,
                hall=found.hall,
                hall_id=found.hall_id,
                key_check=found.key_check,
                practice=bool(practice and practice[0]),
                version=migrations.KNOWN if found.hall else 0,
                writes=bool(row and row[0]),
                clock=_clock_of(connection),
                push_s=_pushed(connection, place),
            )
    except psycopg.Error as error:
        raise refusal(host, error) from None


def _clock_of(connection: psycopg.Connection[Any]) -> timedelta:
    """How far this PC is ahead; the way there and back is taken as equally long."""
    begun, started = datetime.now(UTC), time.monotonic()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    passed = timedelta(seconds=time.monotonic() - started)
    assert row is not None
    theirs: datetime = row[0]
    return begun + passed / 2 - theirs.astimezone(UTC)


def _pushed(teller: psycopg.Connection[Any], place: str) -> float | None:
    """The seconds until a notice came to a second connection, on a channel that no program listens to."""
    options: Any = database.POSTGRES_OPTIONS
    with psycopg.connect(place, autocommit=True, **options) as listener:
        listener.execute(f"LISTEN {_CHANNEL}")
        line, started = listener.pgconn, time.monotonic()
        teller.execute(f"NOTIFY {_CHANNEL}")
        while (left := started + _PUSH_WITHIN_S - time.monotonic()) > 0:
            if line.notifies() is not None:
                return time.monotonic() - started
            if select.select([line.socket], [], [], left)[0]:
                line.consume_input()
        return None


# --- a file --------------------------------------------------------------------------------------


def _look_into_file(place: str) -> Health:
    if not Path(place).exists():
        raise errors.DatabaseMissing(place=place)
    with _file(place) as connection:
        there = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'"
        version = 0
        if _one(connection, there)[0]:
            version = int(_one(connection, "SELECT max(version) FROM schema_version")[0] or 0)
        migrations.check(version, place)
        halls = connection.execute(
            "SELECT name, id, key_check, practice_offset_s FROM hall ORDER BY name LIMIT 20"
        ).fetchall()
        if len(halls) > 1:
            raise errors.SeveralHalls(names=[row[0] for row in halls])
        name, key, check, offset = halls[0] if halls else ("", None, "", None)
        # The lock that every change takes, given back unused.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        return Health(
            on_server=False,
            hall=name,
            hall_id=UUID(key) if key else None,
            key_check=check,
            practice=offset is not None,
            version=version,
            writes=True,
            clock=None,
            push_s=_seen(connection),
        )


@contextlib.contextmanager
def _file(place: str) -> Iterator[sqlite3.Connection]:
    where = f"file:{quote(str(Path(place).resolve()).replace(chr(92), '/'))}?mode=rw"
    try:
        connection = sqlite3.connect(where, uri=True, timeout=2, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise sqlite_error(place, error) from error


def _one(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()


def _seen(connection: sqlite3.Connection) -> float | None:
    """The windows of one PC look for each other's commits, which needs the log beside the file (WAL)."""
    mode = _one(connection, "PRAGMA journal_mode")[0]
    return 0.0 if mode == "wal" else None


def sqlite_version() -> str:
    """Of the engine for a hall on this PC."""
    return sqlite3.sqlite_version


def postgresql_driver() -> tuple[bool, str]:
    """Whether the compiled driver for a hall on a server is at work, and what it is called with its versions."""
    libpq = psycopg.pq.version()
    return (
        psycopg.pq.__impl__ == "binary",
        f"psycopg {psycopg.__version__} · libpq {libpq // 10000}",
    )
