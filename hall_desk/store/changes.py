"""Push: what one process writes, the others hear of within a blink.

PostgreSQL sends NOTIFY at commit to a connection that only listens. On SQLite the listener watches
`PRAGMA data_version`, which changes with every commit of another connection, and reads the journal rows that came.
A notice is a hint to read again, never the data. After every reconnect everything is reported as changed.

The listener is also who knows whether the server is there. A refused or killed connection says so itself; a cable
that is cut does not, so the listener asks something empty every two seconds and wants the answer within four.
"""

from __future__ import annotations

import logging
import random
import select
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.store.journal import CHANNEL

if TYPE_CHECKING:
    from hall_desk.store.database import Store

log = logging.getLogger(__name__)

SQLITE_POLL_S = 0.05  # 50 ms: 0.5 % of one core
# Together with LISTEN_OPTIONS: a server that is back is heard again within three seconds.
BACK_OFF_S = (0.1, 0.3, 0.6, 0.8)
LISTEN_OPTIONS = {"connect_timeout": 2}
STEADY_S = 5.0  # a connection that is lost again sooner is not tried again at once
# A silent cut is noticed after at most HEARTBEAT_S + ANSWER_S + LOOK_S = 6.25 s.
HEARTBEAT_S = 2.0
ANSWER_S = 4.0
LOOK_S = 0.25


@dataclass(frozen=True)
class Changed:
    """What changed: topics (`ticket`, `check` …) and the tickets touched. `everything` means: read all again.

    `online` is False when the connection to the server was lost; nothing is known then.
    """

    topics: frozenset[str] = field(default_factory=frozenset)
    tickets: frozenset[UUID] = field(default_factory=frozenset)
    everything: bool = False
    online: bool = True

    def __or__(self, other: Changed) -> Changed:
        return Changed(
            self.topics | other.topics,
            self.tickets | other.tickets,
            self.everything or other.everything,
            other.online,
        )

    def touches(self, topics: frozenset[str]) -> bool:
        return self.everything or bool(self.topics & topics)


def parse(text: str) -> Changed:
    """A notice's text as facts; one that cannot be understood means everything."""
    if text == "*":
        return Changed(everything=True)
    topics, tickets = set(), set()
    try:
        for word in text.split():
            topic, _, ticket = word.partition(":")
            topics.add(topic)
            if ticket:
                tickets.add(UUID(ticket))
    except ValueError:
        return Changed(everything=True)
    return Changed(frozenset(topics), frozenset(tickets))


class _Silent(ConnectionError):
    """The server did not answer in time."""


class Listener(threading.Thread):
    """Calls `on_changed` in its own thread until `stop`. Bridging to the screen's thread is the caller's duty."""

    def __init__(self, store: Store, on_changed: Callable[[Changed], None]) -> None:
        super().__init__(name="hall-desk-listener", daemon=True)
        self._store = store
        self._place = store.place
        self._postgres = store.on_server
        self._on_changed = on_changed
        self._stopping = threading.Event()
        self.listening = threading.Event()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        self._stopping.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout=5)

    def run(self) -> None:
        try:
            self._run()
        finally:
            # Nobody would tell the store any more that the server is back.
            self._store.found_again()

    def _run(self) -> None:
        failures, first, away, up_at = 0, True, False, 0.0
        while not self._stopping.is_set():
            try:
                connection = self._open()
                try:
                    if self._postgres:
                        _ask(connection, f"LISTEN {CHANNEL}")
                        _answered(connection, ANSWER_S)
                    self._store.found_again()
                    if not first:
                        self._on_changed(Changed(everything=True))
                    first, away, up_at = False, False, time.monotonic()
                    (self._listen_postgres if self._postgres else self._watch_sqlite)(connection)
                finally:
                    connection.close()
            except Exception as error:  # noqa: BLE001 - the thread must outlive any failure of its connection
                self.listening.clear()
                if self._stopping.is_set():
                    return
                if not away and time.monotonic() - up_at > STEADY_S:
                    failures = 0
                # One killed connection is not a server that is away: that is known when the next one fails too.
                serious = failures > 0 or first or isinstance(error, _Silent)
                if serious:
                    self._store.lost()
                if not away:
                    log.warning("the listener lost its connection: %s", type(error).__name__)
                    self._on_changed(Changed(online=False))
                if serious:
                    back_off = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
                    # A hundred PCs do not all come back in the same moment.
                    self._stopping.wait(back_off * random.uniform(0.8, 1.2))  # noqa: S311
                failures, first, away = failures + 1, False, True

    def _open(self) -> Any:
        if not self._postgres:
            return sqlite3.connect(f"file:{_quoted(self._place)}?mode=ro", uri=True, timeout=5)
        import psycopg

        from hall_desk.store.database import POSTGRES_OPTIONS

        options: Any = {**POSTGRES_OPTIONS, **LISTEN_OPTIONS}
        return psycopg.connect(self._place, autocommit=True, **options)

    def _listen_postgres(self, connection: Any) -> None:
        # Straight on libpq: it keeps every notice apart from the answers, so that this connection can be asked
        # whether it is alive. (`Connection.notifies` loses notices when the connection also runs queries.)
        line = connection.pgconn
        asked_at: float | None = None
        heard_at = time.monotonic()
        self.listening.set()
        while not self._stopping.is_set():
            if select.select([line.socket], [], [], LOOK_S)[0]:
                line.consume_input()
                heard_at = time.monotonic()
                while (notify := line.notifies()) is not None:
                    self._on_changed(parse(notify.extra.decode()))
            if asked_at is not None and not line.is_busy():
                _take_answer(line)
                asked_at = None
            now = time.monotonic()
            if asked_at is None:
                if now - heard_at >= HEARTBEAT_S:
                    _ask(connection, "")
                    asked_at = now
            elif now - max(asked_at, heard_at) >= ANSWER_S:
                raise _Silent

    def _watch_sqlite(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        seen = connection.execute("SELECT coalesce(max(rowid), 0) FROM journal").fetchone()[0]
        self.listening.set()
        while not self._stopping.wait(SQLITE_POLL_S):
            current = connection.execute("PRAGMA data_version").fetchone()[0]
            if current == version:
                continue
            version = current
            topics, tickets = set(), set()
            for rowid, kind, ticket in connection.execute(
                "SELECT rowid, kind, ticket FROM journal WHERE rowid > ? ORDER BY rowid", (seen,)
            ):
                seen = rowid
                topics.add(kind.partition(".")[0])
                if ticket:
                    tickets.add(UUID(ticket))
            if topics:
                self._on_changed(Changed(frozenset(topics), frozenset(tickets)))


def _ask(connection: Any, sql: str) -> None:
    line = connection.pgconn
    line.send_query(sql.encode())
    line.flush()


def _answered(connection: Any, within_s: float) -> None:
    """Waits for the answer to `_ask`; notices that come meanwhile are kept. Raises _Silent."""
    line = connection.pgconn
    until = time.monotonic() + within_s
    while line.is_busy():
        left = until - time.monotonic()
        if left <= 0 or not select.select([line.socket], [], [], left)[0]:
            raise _Silent
        line.consume_input()
    _take_answer(line)


def _take_answer(line: Any) -> None:
    while (result := line.get_result()) is not None:
        if result.error_message:
            raise ConnectionError


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))


def listen(store: Store, on_changed: Callable[[Changed], None]) -> Listener:
    """Starts listening; `on_changed` is called in the listener's thread. `Listener.stop()` ends it."""
    listener = Listener(store, on_changed)
    listener.start()
    return listener
