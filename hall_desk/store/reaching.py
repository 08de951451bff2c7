"""Is this the hall's server, and if not, what exactly is wrong: asked step by step, before anything is set up.

libpq tells a wrong name, a closed port and silence apart only in words for people. Here each is its own reason: the
name is looked up, the port knocked at, PostgreSQL greeted, and only then is there a sign-in with name and password.
"""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import psycopg

from hall_desk import errors
from hall_desk.store import database, migrations
from hall_desk.store.refusals import check_address, refusal

PATIENCE_S = 5.0
PORT = 5432
TLS = ("disable", "require", "verify-full")

_TICK_S = 0.1
# "Would you speak TLS?": PostgreSQL answers with one letter, S or N, and nobody else does.
_GREETING = bytes.fromhex("0000000804d2162f")
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 10035, 10036)
_CLOSED = (errno.ECONNREFUSED, 10061)
_SILENT = (errno.ETIMEDOUT, 10060)


@dataclass(frozen=True)
class ServerAddress:
    """Where a hall's database is and who asks; `tls` is one of `TLS`, `ca_file` is needed for the last."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: str = "disable"
    ca_file: str = ""

    @property
    def url(self) -> str:
        """The address as settings and `Store.open` take it. It holds the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        options = {"sslmode": self.tls}
        if self.tls == "verify-full":
            options["sslrootcert"] = self.ca_file
        return (
            f"postgresql://{quote(self.user, safe='')}{secret}@{host}:{self.port}"
            f"/{quote(self.database, safe='')}?{urlencode(options, quote_via=quote)}"
        )


def address(
    host: str,
    port: str,
    database_name: str,
    user: str,
    password: str,
    tls: str = "disable",
    ca_file: str = "",
) -> ServerAddress:
    """What was typed, checked without asking the network. Raises BadInput naming the first bad field."""
    host, port, ca_file = host.strip(), port.strip(), ca_file.strip()
    if not host:
        raise errors.BadInput("server", "empty")
    if any(character.isspace() or character in "/@?#[]," for character in host):
        raise errors.BadInput("server", "shape")
    if not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= 65535):
        raise errors.BadInput("port", "shape")
    if not database_name.strip():
        raise errors.BadInput("database", "empty")
    if not user.strip():
        raise errors.BadInput("user", "empty")
    if tls == "verify-full":
        if not ca_file:
            raise errors.BadInput("ca_file", "empty")
        if not Path(ca_file).is_file():
            raise errors.BadInput("ca_file", "missing")
    return ServerAddress(
        host, int(port), database_name.strip(), user.strip(), password, tls, ca_file
    )


@dataclass(frozen=True)
class ServerFound:
    """A server that lets us in. `hall` is its hall's name, empty when there is none yet and we may make it.

    `letters` are the desk letters already given, each with its PC's name. `key_check` tells whether a recovery code is
    this hall's (`HallKey.check`); empty where the hall has no key.
    """

    hall: str
    letters: tuple[tuple[str, str], ...] = ()
    hall_id: UUID | None = None
    key_check: str = ""

    def free_letters(self, pc: str) -> list[str]:
        """The desk letters that `pc` may choose: nobody's, and its own first."""
        taken = dict(self.letters)
        letters = [chr(ordinal) for ordinal in range(ord("A"), ord("Z") + 1)]
        free = [letter for letter in letters if taken.get(letter, pc) == pc]
        return sorted(free, key=lambda letter: (letter not in taken, letter))


class _Patience:
    """How long the test still waits; ends early when it is given up."""

    def __init__(self, host: str, port: int, seconds: float, given_up: threading.Event) -> None:
        self._facts: dict[str, Any] = {"host": host, "port": port}
        self._until = time.monotonic() + seconds
        self._given_up = given_up

    def failure(self, reason: str) -> errors.ServerNotReached:
        return errors.ServerNotReached(reason=reason, **self._facts)

    def left_s(self) -> float:
        """The seconds left. Raises ServerNotReached `given_up` or `no_answer`."""
        if self._given_up.is_set():
            raise self.failure("given_up")
        left = self._until - time.monotonic()
        if left <= 0:
            raise self.failure("no_answer")
        return left

    def wait(self, line: socket.socket, *, to_write: bool = False) -> None:
        while True:
            tick = min(_TICK_S, self.left_s())
            # Windows tells of a refused connection in the third list only.
            ready = select.select(
                [] if to_write else [line], [line] if to_write else [], [line], tick
            )
            if any(ready):
                return


def try_server(
    url: str, given_up: threading.Event | None = None, patience_s: float = PATIENCE_S
) -> ServerFound:
    """Asks whether this program can work with the hall's database at `url`; changes nothing there.

    Takes at most about twice `patience_s`; setting `given_up` in another thread ends it sooner. Raises
    BadInput `address`, ServerNotReached, ServerRefused, SchemaTooNew, SchemaTooOld, SeveralHalls, or DatabaseAway when
    it breaks off.
    """
    check_address(url)
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORT
    patience = _Patience(host, port, patience_s, given_up or threading.Event())
    if (
        parts.hostname
    ):  # a server on this PC may be reached by a socket file, which has no name and no port
        _greet(_looked_up(host, port, patience), patience)
    options = {
        **database.POSTGRES_OPTIONS,
        "options": "-c default_transaction_read_only=on -c statement_timeout=5000",
    }
    try:
        with psycopg.connect(url, autocommit=True, **options) as connection:  # type: ignore[arg-type]
            patience.left_s()
            return _read(connection, host, parts.path.lstrip("/"))
    except psycopg.errors.ConnectionTimeout:
        raise patience.failure("no_answer") from None
    except psycopg.errors.InsufficientPrivilege:
        raise errors.ServerRefused(host=host, reason="rights") from None
    except psycopg.Error as error:
        raise refusal(host, error) from None


def _looked_up(host: str, port: int, patience: _Patience) -> list[Any]:
    """The addresses of a name. The look-up itself cannot be ended, so a thread is left to it."""
    answer: list[Any] = []
    done = threading.Event()

    def look_up() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answer.append([])
        done.set()

    threading.Thread(target=look_up, name="name-look-up", daemon=True).start()
    try:
        while not done.wait(min(_TICK_S, patience.left_s())):
            pass
    except errors.ServerNotReached as error:
        raise patience.failure("name" if error.reason == "no_answer" else error.reason) from None
    if not answer[0]:
        raise patience.failure("name")
    return list(answer[0])


def _greet(addresses: list[Any], patience: _Patience) -> None:
    """Knocks at each address until PostgreSQL answers at one. Raises the last one's reason."""
    failure: errors.ServerNotReached | None = None
    for family, kind, protocol, _name, where in addresses:
        with socket.socket(family, kind, protocol) as line:
            try:
                _greet_one(line, where, patience)
            except errors.ServerNotReached as error:
                if error.reason in ("given_up", "no_answer"):
                    raise
                failure = error
            except OSError:
                failure = patience.failure("not_postgres")
            else:
                return
    raise failure or patience.failure("name")


def _greet_one(line: socket.socket, where: Any, patience: _Patience) -> None:
    line.setblocking(False)
    found = line.connect_ex(where)
    if found in _UNDER_WAY:
        patience.wait(line, to_write=True)
        found = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if found:
        reason = "closed" if found in _CLOSED else "no_answer" if found in _SILENT else "no_route"
        raise patience.failure(reason)
    line.send(_GREETING)
    patience.wait(line)
    if line.recv(1) not in (b"S", b"N"):
        raise patience.failure("not_postgres")


def _read(connection: psycopg.Connection[Any], host: str, place: str) -> ServerFound:
    def one(sql: str) -> Any:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None

    there = one("SELECT to_regclass('schema_version') IS NOT NULL")
    version = int(one("SELECT max(version) FROM schema_version") or 0) if there else 0
    if version == 0:
        if not one("SELECT has_schema_privilege(current_schema(), 'CREATE')"):
            raise errors.ServerRefused(host=host, reason="empty")
        return ServerFound(hall="")
    if version < migrations.KNOWN:
        owner = "SELECT bool_or(tableowner = current_user) FROM pg_tables WHERE tablename = 'schema_version'"
        raise errors.SchemaTooOld(found=version, known=migrations.KNOWN, by_admin=not one(owner))
    migrations.check(version, f"{host}/{place}")
    asked = "SELECT name, id, key_check FROM hall ORDER BY name LIMIT 20"
    halls = connection.execute(asked).fetchall()
    names = [row[0] for row in halls]
    if len(names) > 1:
        raise errors.SeveralHalls(names=names)
    if not names:
        if not one("SELECT has_table_privilege('hall', 'INSERT')"):
            raise errors.ServerRefused(host=host, reason="rights")
        return ServerFound(hall="")
    letters = connection.execute("SELECT letter, pc FROM desk ORDER BY letter").fetchall()
    taken = tuple((letter, pc) for letter, pc in letters)
    _name, hall_id, key_check = halls[0]
    return ServerFound(hall=names[0], letters=taken, hall_id=hall_id, key_check=key_check)
