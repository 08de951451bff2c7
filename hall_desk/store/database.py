"""The door to a hall's database: open it, read a consistent picture, change something as one transaction.

One process has one hall open at a time. Every thread that uses the store has its own connection, opened when it
first reads or writes and closed by `close_thread`. Failures of the environment (server away, disk full, read-only
folder, a database of another version) become `HallDeskError`s here and nowhere else.
"""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import peewee
from peewee import Database, PostgresqlDatabase, SqliteDatabase

from hall_desk import errors
from hall_desk.store import hall_key, local_hall, migrations, models
from hall_desk.store.clock import HallClock, Pace
from hall_desk.store.journal import AlreadyDone, Born, Change
from hall_desk.store.refusals import (
    check_address,
    driver_error,
    interruption,
    refusal,
    sqlite_error,
)

if TYPE_CHECKING:
    from hall_desk.store.hall_key import HallKey
    from hall_desk.store.local_hall import LocalHall
    from hall_desk.store.outbox import Outbox

# A lost network must be noticed in seconds, not in the quarter of an hour that libpq waits by default.
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 6000,
    "application_name": "hall-desk",
    "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c timezone=UTC "
    "-c idle_in_transaction_session_timeout=30000",
}
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "synchronous": "full",
    "journal_size_limit": 16 * 1024 * 1024,
    # What is overwritten or deleted leaves nothing in the file (see `Store.empty_log` for the log beside it).
    "secure_delete": "on",
    # Without it REPLACE deletes a row of the journal past the trigger that refuses to.
    "recursive_triggers": 1,
}


@contextmanager
def in_schema(name: str) -> Iterator[None]:
    """Inside, every connection to PostgreSQL that is opened works in this schema only: `load`, beside a real hall."""
    before = POSTGRES_OPTIONS["options"]
    POSTGRES_OPTIONS["options"] = f"{before} -c search_path={name}"
    try:
        yield
    finally:
        POSTGRES_OPTIONS["options"] = before


class Who(Protocol):
    """What the store needs to know of an actor to write the journal."""

    @property
    def hall_id(self) -> UUID: ...
    @property
    def staff_id(self) -> UUID | None: ...
    @property
    def post(self) -> str: ...
    @property
    def letter(self) -> str: ...
    @property
    def request(self) -> UUID | None: ...
    @property
    def born(self) -> Born | None: ...


class Command(Protocol):
    """What a change belongs to, when it is one that can wait for the server."""

    def before_commit(self, change: Change) -> None:
        """Called inside the transaction, after everything was written. What it raises undoes the change."""


def is_postgres(place: str) -> bool:
    return place.startswith(("postgresql://", "postgres://"))


def connect(place: str) -> Database:
    """A peewee database for `place` (an SQLite file or a PostgreSQL URL), not connected yet.

    Raises BadInput `address`.
    """
    if is_postgres(place):
        check_address(place)
        return PostgresqlDatabase(
            place, autoconnect=False, prefer_psycopg3=True, **POSTGRES_OPTIONS
        )
    return SqliteDatabase(
        place,
        autoconnect=False,
        pragmas=SQLITE_PRAGMAS,
        field_types={"TIMESTAMPTZ": "TEXT"},
        timeout=5,
    )


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket]:
    """A socket of somebody else by its number, left open."""
    line = socket.socket(fileno=descriptor)
    try:
        yield line
    finally:
        line.detach()


class Store:
    """One hall's database. Made by `Store.open` or `Store.create`."""

    def __init__(self, place: str, db: Database) -> None:
        self.place = place
        # The database in use and whether it is PostgreSQL. While a hall's server is away it is this PC's own.
        self.db = db
        self.postgres = is_postgres(place)
        self._server = db
        self.on_server = self.postgres
        self._local: LocalHall | None = None
        # What keeps records for a server that is away; None where there is no server, or another program keeps them.
        self.outbox: Outbox | None = None
        self._in_hand = threading.local()
        self.clock = HallClock()
        self._lines: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lines_lock = threading.Lock()
        self._lost = False
        self._hall_id: UUID | None = None
        # The hall's key, and what is wrong with it on this PC. Without it ID numbers are kept masked only.
        self.hall_key: HallKey | None = None
        self.key_trouble: errors.HallKeyUnusable | None = None

    # --- opening and closing ---------------------------------------------------------------------------------

    @classmethod
    def open(cls, place: str, hall: str | None = None, *, several: bool = False) -> Store:
        """Opens an existing hall; `hall` is its name or key where a database, a district's, has several.

        With `several` none has to be chosen yet: the caller goes through `halls` with `learn_hall`.
        Raises DatabaseMissing, DatabaseAway, ServerRefused, SchemaTooNew, SchemaTooOld, NotADatabase, CannotWrite,
        SeveralHalls, NotFound.
        """
        if not is_postgres(place) and not Path(place).exists():
            raise errors.DatabaseMissing(place=place)
        store = cls._bound(place)
        try:
            with store._converted():
                store._connect()
                found = migrations.version(store.db)
                migrations.check(found, store.public_place, store.db)
            try:
                store.learn_hall(hall)
            except errors.SeveralHalls:
                if not several:
                    raise
        except errors.HallDeskError:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, place: str) -> Store:
        """Opens `place` for a new hall: makes the file or uses the empty database, and builds or updates the tables.

        Tables that `server init` made ready are taken as they are, and need no right to make any.
        Raises DatabaseAway, ServerRefused, SchemaTooNew, SchemaTooOld, NotADatabase, CannotWrite.
        """
        if not is_postgres(place):
            try:
                Path(place).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise errors.CannotWrite(place=place, reason="no_permission") from error
        store = cls._bound(place)
        try:
            with store._converted():
                store._connect()
                migrations.migrate(store.db, store.host)
            store.learn_hall(must_exist=False)
        except errors.HallDeskError:
            store.close()
            raise
        return store

    @classmethod
    def migrate(cls, place: str) -> tuple[int, int]:
        """Brings an existing database to this program's version; gives the versions before and after.

        Raises DatabaseMissing, DatabaseAway, ServerRefused, SchemaTooNew, SchemaTooOld, NotADatabase, CannotWrite.
        """
        if not is_postgres(place) and not Path(place).exists():
            raise errors.DatabaseMissing(place=place)
        store = cls._bound(place)
        try:
            with store._converted():
                store._connect()
                if migrations.version(store.db) == 0:
                    raise errors.DatabaseMissing(place=store.public_place)
                return migrations.migrate(store.db, store.host)
        finally:
            store.close()

    @classmethod
    def _bound(cls, place: str) -> Store:
        current = models.proxy.obj
        if current is not None:
            raise RuntimeError("a hall is open in this process already; close it first")
        db = connect(place)
        models.proxy.initialize(db)
        return cls(place, db)

    def close(self) -> None:
        """Closes this thread's connection and lets the process open another hall."""
        self.close_thread()
        if models.proxy.obj is self.db:
            models.proxy.initialize(None)
        if self._local is not None:
            self._local.close()
        if self.outbox is not None:
            self.outbox.close()

    def close_thread(self) -> None:
        """Closes the calling thread's connection; every thread that used the store does this at its end."""
        for db in {self.db, self._server}:
            if not db.is_closed():
                with self._lines_lock:
                    db.close()

    def _connect(self) -> None:
        if not self.db.is_closed() and self.postgres and not self.db.in_transaction():
            self._drop_if_dead()
        if self.db.is_closed():
            if self._lost and self.postgres:
                raise errors.DatabaseAway(host=self.host)
            self.db.connect()
            if self.postgres:
                with self._lines_lock:
                    self._lines.add(self.db.connection())

    def _drop_if_dead(self) -> None:
        # What stands on an idle connection are mostly the server's last words, and then its end: hence twice. 1 µs.
        line = self.db.connection().pgconn
        try:
            line.consume_input()
            line.consume_input()
        except Exception:  # noqa: BLE001 - whatever it is, the connection cannot be used
            self._discard()

    def _discard(self) -> None:
        with self._lines_lock:
            try:
                self.db.close()
            except peewee.PeeweeException:
                self.db._state.reset()

    # --- whether the server is there ---------------------------------------------------------------------------

    def lost(self) -> None:
        """The server is away (the listener says so): who waits for it is told at once, and so is who asks next.

        Without this a thread would hang on a dead line for as long as TCP keeps hope. May be called in any thread.
        """
        if not self.on_server:
            return
        with self._lines_lock:
            self._lost = True
            for connection in self._lines:
                # Whatever fails here: that line needs no cutting any more.
                with contextlib.suppress(Exception), _borrowed(connection.fileno()) as line:
                    line.shutdown(socket.SHUT_RDWR)

    def found_again(self) -> None:
        """The server answers again: connections are opened as they are needed, and its clock is asked anew."""
        with self._lines_lock:
            was_lost, self._lost = self._lost, False
        if was_lost:
            self.clock.doubt()

    # --- going on without the server ---------------------------------------------------------------------------

    @property
    def away(self) -> bool:
        """Whether this PC goes on by itself, with the hall as it was last seen."""
        return self._local is not None

    def keep_outbox(self, outbox: Outbox) -> None:
        """From now on this PC can go on without its server, and keeps what it then records in `outbox`."""
        self.outbox = outbox

    @classmethod
    def open_away(cls, place: str, outbox: Outbox) -> Store | None:
        """The hall as this PC last saw it, when its server is away at the start; None when it never saw it."""
        store = cls._bound(place)
        store.keep_outbox(outbox)
        if store.go_away():
            store.learn_hall()
            return store
        store.outbox = None  # it stays its owner's
        store.close()
        return None

    def go_away(self) -> bool:
        """Turns to the hall as it was last seen. False when there is nothing to turn to.

        Only the thread that reads and writes may turn, between two calls: whatever it did is done.
        """
        if self._local is None and self.outbox is not None:
            picture = self.outbox.picture()
            local = local_hall.open_local(picture, self.place) if picture else None
            if local is not None:
                if not self.clock.was_seen:
                    self.clock.pc_ahead = local.pc_ahead
                if not self._server.is_closed():
                    self._discard()
                self._local = local
                self._hall_id = self._hall_id or local.hall_id
                self._use(local.db)
                self._raise_counters(self.outbox.numbers())
        return self._local is not None

    def come_back(self) -> None:
        """Turns to the server again. Raises DatabaseAway, SchemaTooNew, SchemaTooOld, and goes on without it then."""
        local = self._local
        if local is None:
            return
        self.close_thread()
        self._local = None
        self._use(self._server)
        try:
            with self._converted():
                self._connect()
                migrations.check(migrations.version(self.db), self.public_place, self.db)
        except BaseException:
            self.close_thread()
            self._local = local
            self._use(local.db)
            raise
        local.close()
        self.clock.forget()

    def _use(self, db: Database) -> None:
        self.db = db
        self.postgres = db is self._server and self.on_server
        models.proxy.initialize(db)

    @contextmanager
    def carrying_out(self, command: Command) -> Iterator[None]:
        """Inside, a change belongs to `command`, and is one that needs no server."""
        before = getattr(self._in_hand, "command", None)
        self._in_hand.command = command
        try:
            yield
        finally:
            self._in_hand.command = before

    def need_server(self) -> None:
        """Raises DatabaseAway while this PC goes on by itself: for what cannot be told from a part of the hall."""
        if self._local is not None:
            raise errors.DatabaseAway(host=self.host)

    def raise_counters(self, who: Who, numbers: dict[tuple[date, str], int]) -> None:
        """Makes sure that no number up to those in `numbers` (by service day and letter) is given again."""
        if numbers:
            with self.change(who):
                self._raise_counters(numbers)

    def _raise_counters(self, numbers: dict[tuple[date, str], int]) -> None:
        with self.asking():
            for (day, letter), last in numbers.items():
                self.execute(
                    "INSERT INTO ticket_counter (hall_id, service_day, letter, last) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (hall_id, service_day, letter) DO UPDATE SET last = CASE WHEN "
                    "ticket_counter.last < excluded.last THEN excluded.last ELSE ticket_counter.last END",
                    (self.hall_id.hex, day.isoformat(), letter, last),
                )

    @contextmanager
    def _converted(self) -> Iterator[None]:
        try:
            yield
        except (peewee.OperationalError, peewee.InterfaceError, peewee.DatabaseError) as error:
            stopped = interruption(error)
            if stopped is not None:
                self._forget_broken_connection()
                raise stopped from None
            cause = driver_error(error)
            state = getattr(cause, "sqlstate", None)
            if state == "42501":
                raise errors.ServerRefused(host=self.host, reason="rights") from None
            if state == "25006":
                raise errors.ServerRefused(host=self.host, reason="standby") from None
            if isinstance(error, peewee.IntegrityError | peewee.ProgrammingError):
                raise
            self._forget_broken_connection()
            if not self.postgres:
                raise sqlite_error(self.public_place, error) from None
            if state in ("55P03", "57014", "40P01", "40001"):
                raise errors.DatabaseBusy() from None
            raise refusal(self.host, cause) from None
        except sqlite3.DatabaseError as error:
            raise sqlite_error(self.public_place, error) from None

    def _forget_broken_connection(self) -> None:
        # After a cut peewee still calls the connection open; using it again would fail for ever.
        try:
            usable = not self.db.is_closed() and self.db.is_connection_usable()
        except Exception:  # noqa: BLE001 - any answer but "usable" means the same here
            usable = False
        if not usable and not self.db.is_closed():
            self._discard()

    # --- the hall and its clock ------------------------------------------------------------------------------

    @property
    def hall_id(self) -> UUID:
        if self._hall_id is None:
            raise errors.DatabaseMissing(place=self.public_place)
        return self._hall_id

    @property
    def host(self) -> str:
        """The server's name; empty for a file."""
        return (urlsplit(self.place).hostname or "") if self.on_server else ""

    @property
    def public_place(self) -> str:
        """Where the hall is kept, without a password: for messages."""
        if not self.on_server:
            return self.place
        parts = urlsplit(self.place)
        return f"{parts.hostname or 'localhost'}{parts.path}"

    def halls(self) -> list[tuple[UUID, str]]:
        """Key and name of every hall in the database, by name: one, but in a district's reporting database."""
        with self.reading():
            rows = models.Hall.select().order_by(models.Hall.name, models.Hall.id).limit(1000)
            return [(row.id, row.name) for row in rows]

    def learn_hall(self, hall: str | None = None, must_exist: bool = True) -> None:
        """Reads the key, time zone and practice clock of the only hall, or of the one with this name or key.

        Raises DatabaseMissing when there is none, SeveralHalls when it must be said which, NotFound when it is
        not here. With `must_exist` False it takes what there is, for whoever is about to make a hall.
        """
        with self.reading():
            known = self.halls()
            chosen = [key for key, name in known if hall is None or hall in (name, str(key))]
            if not known and must_exist:
                raise errors.DatabaseMissing(place=self.public_place)
            if not chosen and must_exist:
                raise errors.NotFound(kind="hall", key=hall or "")
            if len(chosen) > 1 and must_exist:
                # Two halls of one name are told apart by their keys.
                alike = len({name for _key, name in known}) < len(known)
                names = [f"{name} ({key})" if alike else name for key, name in known]
                raise errors.SeveralHalls(names=names)
            if not chosen:
                return
            found = models.Hall.get_by_id(chosen[0])
            self._hall_id = found.id
            self.clock.zone = ZoneInfo(found.time_zone)
            self._learn_clock(found)
            self.clock.forget()
            self.hall_key = None if found.practice_offset_s is None else hall_key.PRACTICE
            self.key_trouble = None

    def learn_clock(self) -> None:
        """Reads how the hall's clock runs, which in a practice hall another PC may have changed.

        Raises DatabaseAway, DatabaseBusy.
        """
        with self.reading():
            self._learn_clock(models.Hall.get_by_id(self.hall_id))

    def _learn_clock(self, hall: models.Hall) -> None:
        self.clock.practice = timedelta(seconds=hall.practice_offset_s or 0)
        self.clock.pace = (
            None
            if hall.practice_pace is None
            else Pace(hall.practice_pace, hall.practice_since, hall.practice_from)
        )

    @property
    def practice(self) -> bool:
        """Whether nothing in this hall is real: it has the key of practice halls."""
        return self.hall_key is hall_key.PRACTICE

    def learn_key(self, folder: Path) -> None:
        """Takes the hall's key from this PC's data folder; `key_trouble` says why there is none, or what is wrong.

        A practice hall's is known everywhere. Raises DatabaseAway, DatabaseBusy.
        """
        with self.reading():
            hall = models.Hall.get_by_id(self.hall_id)
        if hall.practice_offset_s is None:
            self.hall_key, self.key_trouble = hall_key.find(folder, hall.id, hall.key_check)

    def _server_now(self) -> datetime:
        with self._converted():
            self._connect()
            if self.postgres:
                moment = self.db.execute_sql("SELECT clock_timestamp()").fetchone()[0]
                return moment.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The hall's time in UTC (see `HallClock`); asks the server inside whatever transaction is open.

        Raises DatabaseAway, DatabaseBusy.
        """
        return self.clock.estimated() if self.away else self.clock.now(self._server_now)

    def estimated_now(self) -> datetime:
        """Like `now`, but never asks the database: for ticking clocks on a screen."""
        return self.clock.estimated()

    @property
    def pc_ahead(self) -> timedelta:
        """How far this PC's clock is ahead of the server's, as last seen."""
        return self.clock.pc_ahead

    def freeze(self, moment: datetime) -> None:
        """Stops the hall's clock at `moment` for this process: while a practice day is replayed, and in tests."""
        self.clock.freeze(moment)

    def thaw(self) -> None:
        """Lets the clock run on from where it was frozen (a practice hall: its day is another day)."""
        self.clock.thaw(self._server_now)

    def server_now(self) -> datetime:
        """The server's own time in UTC, which in a practice hall is another one. Raises DatabaseAway, DatabaseBusy."""
        return self.clock.server(self._server_now)

    @property
    def practice_offset_s(self) -> int:
        return round(self.clock.practice.total_seconds())

    def local(self, moment: datetime) -> datetime:
        """`moment` in the hall's time zone."""
        return self.clock.local(moment)

    def today(self) -> date:
        """The service day: today's date in the hall's time zone."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        return self.local(moment).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a service day, in UTC."""
        return self.clock.start_of(day)

    # --- reading and changing --------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent picture: all queries inside see the same moment. Raises DatabaseAway, DatabaseBusy."""
        with self._converted():
            self._connect()
            if self.db.in_transaction():
                yield
            elif self.postgres:
                with self.db.atomic(isolation_level="REPEATABLE READ"):
                    yield
            else:
                with self.db.atomic():
                    yield

    @contextmanager
    def asking(self) -> Iterator[None]:
        """For one single statement, which is a consistent picture by itself. Raises DatabaseAway, DatabaseBusy."""
        with self._converted():
            self._connect()
            yield

    @contextmanager
    def change(self, actor: Who) -> Iterator[Change]:
        """One transaction that writes: rows, journal entries and the change notice stand or fall together.

        Raises DatabaseAway, DatabaseBusy, CannotWrite, AlreadyDone; nothing is written then. (After DatabaseAway it
        may have been: the answer to the commit was lost. That is what the actor's `request` key is for.)
        While the server is away only commands that can wait for it are carried out; others raise DatabaseAway.
        """
        command: Command | None = getattr(self._in_hand, "command", None)
        if command is None:
            self.need_server()
        try:
            with self._converted():
                self._connect()
                # Plain BEGIN on SQLite loses writes to "database is locked" whatever the busy timeout.
                with self.db.atomic("IMMEDIATE") if not self.postgres else self.db.atomic():
                    at = actor.born.at if actor.born else self.now()
                    change = Change(self, actor, at, self.day_of(at))
                    yield change
                    change.write()
                    if command is not None:
                        command.before_commit(change)
        except peewee.IntegrityError as error:
            if actor.request and re.search(r"journal[._]request", str(error)):
                raise AlreadyDone from None
            raise

    def empty_log(self) -> bool:
        """Brings an SQLite file up to date and empties the log beside it, which still has what was overwritten.

        False when somebody was reading just then: the next time does it. A server looks after its log by itself.
        """
        if self.on_server or self._local is not None:
            return True
        with self._converted():
            self._connect()
            busy = self.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Runs one hand-written statement with `?` placeholders (a hot path) on either engine; gives the cursor."""
        return self.db.execute_sql(sql.replace("?", "%s") if self.postgres else sql, parameters)
