"""Push: what one process writes, the others hear of within a blink.

PostgreSQL sends NOTIFY at commit to a connection that only listens. On SQLite the listener watches
`PRAGMA data_version`, which changes with every commit of another connection, and reads the journal rows that came.
A notice is a hint to read again, never the data. After every reconnect everything is reported as changed.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.store.journal import CHANNEL

if TYPE_CHECKING:
    from hall_desk.store.database import Store

log = logging.getLogger(__name__)

SQLITE_POLL_S = 0.05  # 50 ms: 0.5 % of one core
BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)
HEARTBEAT_S = 2.0


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


class Listener(threading.Thread):
    """Calls `on_changed` in its own thread until `stop`. Bridging to the screen's thread is the caller's duty."""

    def __init__(self, store: Store, on_changed: Callable[[Changed], None]) -> None:
        super().__init__(name="hall-desk-listener", daemon=True)
        self._place = store.place
        self._postgres = store.postgres
        self._on_changed = on_changed
        self._stopping = threading.Event()
        self.listening = threading.Event()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        self._stopping.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout=5)

    def run(self) -> None:
        failures = 0
        first = True
        while not self._stopping.is_set():
            try:
                connection = self._open()
                if not first:
                    self._on_changed(Changed(everything=True))
                first = False
                failures = 0
                self.listening.set()
                try:
                    (self._listen_postgres if self._postgres else self._watch_sqlite)(connection)
                finally:
                    connection.close()
            except Exception as error:  # noqa: BLE001 - the thread must outlive any failure of its connection
                self.listening.clear()
                if self._stopping.is_set():
                    return
                log.warning("the listener lost its connection: %s", type(error).__name__)
                if failures == 0:
                    self._on_changed(Changed(online=False))
                first = False
                self._stopping.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                failures += 1

    def _open(self) -> Any:
        if not self._postgres:
            return sqlite3.connect(f"file:{_quoted(self._place)}?mode=ro", uri=True, timeout=5)
        import psycopg

        from hall_desk.store.database import POSTGRES_OPTIONS

        connection = psycopg.connect(self._place, autocommit=True, **POSTGRES_OPTIONS)  # type: ignore[arg-type]
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _listen_postgres(self, connection: Any) -> None:
        while not self._stopping.is_set():
            for notify in connection.notifies(timeout=0.25):
                self._on_changed(parse(notify.payload))
                if self._stopping.is_set():
                    return
            # With nothing to read, ask the socket: TCP keepalives (see POSTGRES_OPTIONS) report a silent cut.
            if connection.closed or connection.pgconn.status != 0:
                raise ConnectionError

    def _watch_sqlite(self, connection: sqlite3.Connection) -> None:
        seen = connection.execute("SELECT coalesce(max(rowid), 0) FROM journal").fetchone()[0]
        version = connection.execute("PRAGMA data_version").fetchone()[0]
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


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))


def listen(store: Store, on_changed: Callable[[Changed], None]) -> Listener:
    """Starts listening; `on_changed` is called in the listener's thread. `Listener.stop()` ends it."""
    listener = Listener(store, on_changed)
    listener.start()
    return listener
