"""The door to a hall's database: open it, read a consistent picture, change something as one transaction.

One process has one hall open at a time. Every thread that uses the store has its own connection, opened when it
first reads or writes and closed by `close_thread`. Failures of the environment (server away, disk full, read-only
folder, a database of another version) become `HallDeskError`s here and nowhere else.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import peewee
from peewee import Database, PostgresqlDatabase, SqliteDatabase

from hall_desk import errors
from hall_desk.store import migrations, models
from hall_desk.store.journal import Change

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
}
CLOCK_GOOD_FOR_S = 60.0


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


def is_postgres(place: str) -> bool:
    return place.startswith(("postgresql://", "postgres://"))


def connect(place: str) -> Database:
    """A peewee database for `place` (an SQLite file or a PostgreSQL URL), not connected yet."""
    if is_postgres(place):
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


def _sqlite_error(place: str, error: BaseException) -> errors.HallDeskError:
    # A full disk rolls the transaction back by itself; the rollback that follows fails and hides the reason.
    while "no transaction is active" in str(error) and error.__context__ is not None:
        error = error.__context__
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return errors.DatabaseBusy()
    if "full" in text or "disk i/o" in text:
        return errors.CannotWrite(place=place, reason="disk_full")
    if "readonly" in text or "read-only" in text:
        return errors.CannotWrite(place=place, reason="read_only")
    if "unable to open" in text:
        folder = Path(place).parent
        reason = "no_permission" if folder.exists() else "no_folder"
        return errors.CannotWrite(place=place, reason=reason)
    return errors.NotADatabase(place=place)


class Store:
    """One hall's database. Made by `Store.open` or `Store.create`."""

    def __init__(self, place: str, db: Database) -> None:
        self.place = place
        self.db = db
        self.postgres = is_postgres(place)
        self._clock_lock = threading.Lock()
        self._clock: tuple[float, datetime] | None = None
        self._practice = timedelta()
        self._frozen: datetime | None = None
        self._zone = ZoneInfo("Asia/Shanghai")
        self._hall_id: UUID | None = None

    # --- opening and closing ---------------------------------------------------------------------------------

    @classmethod
    def open(cls, place: str) -> Store:
        """Opens an existing hall.

        Raises DatabaseMissing, DatabaseAway, SchemaTooNew, SchemaTooOld, NotADatabase, CannotWrite.
        """
        if not is_postgres(place) and not Path(place).exists():
            raise errors.DatabaseMissing(place=place)
        store = cls._bound(place)
        try:
            with store._converted():
                store._connect()
                found = migrations.version(store.db)
            migrations.check(found, store.public_place)
            store.learn_hall()
        except errors.HallDeskError:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, place: str) -> Store:
        """Opens `place` for a new hall: makes the file or uses the empty database, and builds or updates the tables.

        Raises DatabaseAway, SchemaTooNew, NotADatabase, CannotWrite.
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
                migrations.migrate(store.db)
            store.learn_hall(must_exist=False)
        except errors.HallDeskError:
            store.close()
            raise
        return store

    @classmethod
    def migrate(cls, place: str) -> tuple[int, int]:
        """Brings an existing database to this program's version; gives the versions before and after.

        Raises DatabaseMissing, DatabaseAway, SchemaTooNew, NotADatabase, CannotWrite.
        """
        if not is_postgres(place) and not Path(place).exists():
            raise errors.DatabaseMissing(place=place)
        store = cls._bound(place)
        try:
            with store._converted():
                store._connect()
                if migrations.version(store.db) == 0:
                    raise errors.DatabaseMissing(place=store.public_place)
                return migrations.migrate(store.db)
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

    def close_thread(self) -> None:
        """Closes the calling thread's connection; every thread that used the store does this at its end."""
        if not self.db.is_closed():
            self.db.close()

    def _connect(self) -> None:
        if self.db.is_closed():
            self.db.connect()

    @contextmanager
    def _converted(self) -> Iterator[None]:
        try:
            yield
        except (peewee.OperationalError, peewee.InterfaceError, peewee.DatabaseError) as error:
            if isinstance(error, peewee.IntegrityError | peewee.ProgrammingError):
                raise
            self._forget_broken_connection()
            if not self.postgres:
                raise _sqlite_error(self.place, error) from None
            state = getattr(error.__cause__ or error, "sqlstate", None) or getattr(
                getattr(error, "orig", None), "sqlstate", None
            )
            if state in ("55P03", "57014", "40P01", "40001"):
                raise errors.DatabaseBusy() from None
            raise errors.DatabaseAway(host=urlsplit(self.place).hostname or "") from None
        except sqlite3.DatabaseError as error:
            raise _sqlite_error(self.place, error) from None

    def _forget_broken_connection(self) -> None:
        # After a cut peewee still calls the connection open; using it again would fail for ever.
        try:
            usable = not self.db.is_closed() and self.db.is_connection_usable()
        except Exception:  # noqa: BLE001 - any answer but "usable" means the same here
            usable = False
        if not usable and not self.db.is_closed():
            try:
                self.db.close()
            except peewee.PeeweeException:
                self.db._state.reset()

    # --- the hall and its clock ------------------------------------------------------------------------------

    @property
    def hall_id(self) -> UUID:
        if self._hall_id is None:
            raise errors.DatabaseMissing(place=self.public_place)
        return self._hall_id

    @property
    def public_place(self) -> str:
        """Where the hall is kept, without a password: for messages."""
        if not self.postgres:
            return self.place
        parts = urlsplit(self.place)
        return f"{parts.hostname or 'localhost'}{parts.path}"

    def learn_hall(self, must_exist: bool = True) -> None:
        """Reads the hall's key, time zone and practice clock. Raises DatabaseMissing when there is no hall."""
        with self.reading():
            hall = models.Hall.select().first()
            if hall is None:
                if must_exist:
                    raise errors.DatabaseMissing(place=self.public_place)
                return
            self._hall_id = hall.id
            self._zone = ZoneInfo(hall.time_zone)
            self._practice = timedelta(seconds=hall.practice_offset_s or 0)
            self._clock = None

    def _server_now(self) -> datetime:
        if self.postgres:
            moment = self.db.execute_sql("SELECT clock_timestamp()").fetchone()[0]
            return moment.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The hall's time in UTC: the database server's clock, carried on by this PC's monotonic counter.

        A PC whose own clock is wrong or is set changes nothing. Asks the server at most once a minute, inside
        whatever transaction is open; between those it costs no query.
        """
        if self._frozen is not None:
            return self._frozen
        with self._clock_lock:
            clock = self._clock
        if clock is None or time.monotonic() - clock[0] > CLOCK_GOOD_FOR_S:
            with self._converted():
                self._connect()
                before = time.monotonic()
                moment = self._server_now()
                clock = ((before + time.monotonic()) / 2, moment)
            with self._clock_lock:
                self._clock = clock
        return clock[1] + timedelta(seconds=time.monotonic() - clock[0]) + self._practice

    def estimated_now(self) -> datetime:
        """Like `now`, but never asks the database: for ticking clocks on a screen."""
        if self._frozen is not None:
            return self._frozen
        with self._clock_lock:
            clock = self._clock
        if clock is None:
            return datetime.now(UTC) + self._practice
        return clock[1] + timedelta(seconds=time.monotonic() - clock[0]) + self._practice

    def freeze(self, moment: datetime) -> None:
        """Stops the hall's clock at `moment` for this process: while a practice day is replayed, and in tests."""
        self._frozen = moment

    def thaw(self) -> None:
        """Lets the clock run on from where it was frozen (a practice hall: its day is another day)."""
        if self._frozen is not None:
            moment, self._frozen, self._practice = self._frozen, None, timedelta()
            self._practice = moment - self.now()

    @property
    def practice_offset_s(self) -> int:
        return round(self._practice.total_seconds())

    def local(self, moment: datetime) -> datetime:
        """`moment` in the hall's time zone."""
        return moment.astimezone(self._zone)

    def today(self) -> date:
        """The service day: today's date in the hall's time zone."""
        return self.local(self.now()).date()

    def day_of(self, moment: datetime) -> date:
        return self.local(moment).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a service day, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self._zone).astimezone(UTC)

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
    def change(self, actor: Who) -> Iterator[Change]:
        """One transaction that writes: rows, journal entries and the change notice stand or fall together.

        Raises DatabaseAway, DatabaseBusy, CannotWrite; nothing is written then.
        """
        with self._converted():
            self._connect()
            # Plain BEGIN on SQLite loses writes to "database is locked" whatever the busy timeout.
            with self.db.atomic("IMMEDIATE") if not self.postgres else self.db.atomic():
                at = self.now()
                change = Change(self, actor, at, self.day_of(at))
                yield change
                change.write()

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Runs one hand-written statement with `?` placeholders (a hot path) on either engine; gives the cursor."""
        return self.db.execute_sql(sql.replace("?", "%s") if self.postgres else sql, parameters)
