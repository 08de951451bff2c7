"""Testing a server before anything is set up: every way it can fail has its own reason, shown by a real server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, founding, halls
from hall_desk.settings import Settings
from hall_desk.store.reaching import ServerAddress, address, try_server
from hall_desk.store.server import init
from tests.store.servers import ADMIN, ADMIN_PASSWORD, Server
from tests.store.test_server import given, with_password

HOST = "127.0.0.1"


@pytest.fixture
def server(scram_server: Server) -> Server:
    return scram_server


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The name of an empty database."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute('CREATE DATABASE "大厅 1"')
        yield "大厅 1"
        connection.execute('DROP DATABASE "大厅 1" WITH (FORCE)')


@pytest.fixture
def hall(server: Server, empty: str, quick_pins: None) -> str:
    store = halls.create(server.url(empty), name="太平桥大厅", manager="李主任", pin="2468")
    accounts.claim_letter(store, "PC-01", "B")
    store.close()
    return empty


def at(port: int, host: str = HOST, database: str = "hall", **more: str) -> str:
    return ServerAddress(host, port, database, "hall_app", "geheim", **more).url


@contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Something that listens on a port and is not PostgreSQL."""
    with socket.socket() as door:
        door.bind((HOST, 0))
        door.listen()

        def serve() -> None:
            try:
                line, _where = door.accept()
                with line:
                    line.settimeout(10)
                    line.recv(8)
                    answer(line)
            except OSError:
                return  # the test is over

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(door.getsockname()[1])
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join()


def reason(url: str, **options: float) -> str:
    with pytest.raises(errors.DatabaseAway) as refused:
        try_server(url, **options)  # type: ignore[arg-type]
    error = refused.value
    assert isinstance(error, errors.ServerNotReached | errors.ServerRefused), error
    assert "geheim" not in repr(error.facts)
    for language in i18n.LANGUAGES:
        i18n.use(language)
        assert i18n.explain(error)
        assert "{" not in i18n.explain(error)
    return error.reason


# --- what is typed ---------------------------------------------------------------------------------


def test_an_address_is_what_the_settings_take() -> None:
    made = address(" 192.168.1.10 ", "5432", "大厅", "app", "a@b:c/d ", "verify-full", __file__)
    parts = urlsplit(made.url)
    assert (parts.hostname, parts.port) == ("192.168.1.10", 5432)
    assert psycopg.conninfo.conninfo_to_dict(made.url) == {
        "host": "192.168.1.10", "port": "5432", "dbname": "大厅", "user": "app",
        "password": "a@b:c/d ", "sslmode": "verify-full", "sslrootcert": __file__,
    }  # fmt: skip
    assert "a@b" not in repr(made)
    assert urlsplit(address("fe80::1", "5432", "h", "u", "").url).hostname == "fe80::1"


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        (("", "5432", "hall", "app"), "server", "empty"),
        (("http://x", "5432", "hall", "app"), "server", "shape"),
        (("a b", "5432", "hall", "app"), "server", "shape"),
        (("x", "", "hall", "app"), "port", "shape"),
        (("x", "0", "hall", "app"), "port", "shape"),
        (("x", "65536", "hall", "app"), "port", "shape"),
        (("x", "5432٣", "hall", "app"), "port", "shape"),
        (("x", "5432", " ", "app"), "database", "empty"),
        (("x", "5432", "hall", ""), "user", "empty"),
    ],
)
def test_what_is_typed_wrong_is_named(typed: tuple[str, ...], field: str, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        address(*typed, password="")
    assert (refused.value.field, refused.value.reason) == (field, reason)


@pytest.mark.parametrize(("file", "reason"), [("", "empty"), ("/no/such.crt", "missing")])
def test_verifying_needs_a_ca_file(file: str, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        address("x", "5432", "hall", "app", "", "verify-full", file)
    assert (refused.value.field, refused.value.reason) == ("ca_file", reason)


# --- on the way there --------------------------------------------------------------------------------


def test_an_unknown_name() -> None:
    assert reason(at(5432, "no-such-server.invalid")) == "name"
    assert reason(at(5432, "a" * 300)) == "name"


def test_nothing_listens() -> None:
    with socket.socket() as bound:
        bound.bind((HOST, 0))  # taken, but nobody listens
        assert reason(at(bound.getsockname()[1])) == "closed"


def test_silence() -> None:
    with socket.socket() as door:
        door.bind((HOST, 0))
        door.listen()
        assert reason(at(door.getsockname()[1]), patience_s=0.3) == "no_answer"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_something_else_listens(answer: bytes) -> None:
    with listener(lambda line: line.sendall(answer)) as port:
        assert reason(at(port)) == "not_postgres"


def test_silence_after_the_greeting() -> None:
    with socket.socket() as door:
        door.bind((HOST, 0))
        door.listen()
        lines: list[socket.socket] = []

        def serve() -> None:
            first, _where = door.accept()
            first.recv(8)
            first.sendall(b"N")
            second, _where = door.accept()
            lines.extend((first, second))

        thread = threading.Thread(target=serve)
        thread.start()
        assert reason(at(door.getsockname()[1])) == "no_answer"
        thread.join()
        for line in lines:
            line.close()


def test_giving_up_ends_it() -> None:
    given_up = threading.Event()
    with socket.socket() as door:
        door.bind((HOST, 0))
        door.listen()

        def knock() -> None:
            line, _where = door.accept()
            with line:
                line.recv(8)
                given_up.set()
                line.recv(1)  # until the other side has gone

        knocked = threading.Thread(target=knock)
        knocked.start()
        with pytest.raises(errors.ServerNotReached) as refused:
            try_server(at(door.getsockname()[1]), given_up, patience_s=60)
        assert refused.value.reason == "given_up"
        knocked.join()


# --- at the server ------------------------------------------------------------------------------------


def test_a_wrong_password(server: Server, hall: str) -> None:
    assert reason(server.url(hall, password="wrong")) == "password"
    assert reason(server.url(hall, user="nobody", password="wrong")) == "password"
    assert reason(server.url(hall, password=None)) == "no_password"


def test_no_such_database(server: Server) -> None:
    assert reason(server.url("missing")) == "database"


def test_no_tls(server: Server, hall: str) -> None:
    assert reason(server.url(hall, sslmode="require")) == "no_tls"


@pytest.mark.parametrize(
    ("host", "ca_file", "told"),
    [("localhost", "other.crt", "certificate"), (HOST, "ca.crt", "certificate_name")],
)
def test_a_server_that_cannot_prove_itself(
    tls_server: Server, host: str, ca_file: str, told: str
) -> None:
    files = {"sslmode": "verify-full", "sslrootcert": str(tls_server.folder / ca_file)}
    assert reason(tls_server.url(host=host, **files)) == told


def test_over_tls(tls_server: Server) -> None:
    typed = (str(tls_server.port), "postgres", ADMIN, ADMIN_PASSWORD)
    ca = str(tls_server.folder / "ca.crt")
    assert try_server(address("localhost", *typed, "verify-full", ca).url).hall == ""
    assert try_server(address("localhost", *typed, "require").url).hall == ""
    # The server wants TLS, and says it as "no rule for you".
    assert reason(address("localhost", *typed).url) == "hba"


@pytest.fixture
def prepared(server: Server) -> Iterator[str]:
    """The program's address of a database that `hall-desk server init` has prepared."""
    made = init(server.url("hall_first_run"), given)
    yield with_password(made.url)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE hall_first_run WITH (FORCE)")


def test_a_prepared_database_gets_its_hall_by_the_programs_own_role(
    prepared: str, tmp_path: Path, quick_pins: None
) -> None:
    assert try_server(prepared).hall == ""
    new = founding.new_hall("太平桥大厅", "2020-02-03", "7", "李主任", "2468", "2468")
    new = replace(new, files=founding.sample_lists())
    founding.set_up(tmp_path, Settings(database=prepared, letter="B"), "PC-01", new)
    found = try_server(prepared)
    assert (found.hall, found.letters) == ("太平桥大厅", (("B", "PC-01"),))


def test_an_empty_database_may_get_a_hall(server: Server, empty: str) -> None:
    found = try_server(server.url(empty))
    assert found.hall == ""
    assert found.free_letters("PC-01")[0] == "A"


def test_an_empty_database_where_we_may_make_nothing(server: Server, empty: str) -> None:
    with psycopg.connect(server.url(empty), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest of the hall'")
        try:
            assert reason(server.url(empty, "guest", "guest of the hall")) == "empty"
        finally:
            connection.execute("DROP ROLE guest")


def test_a_hall_whose_tables_we_may_not_read(server: Server, hall: str) -> None:
    with psycopg.connect(server.url(hall), autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest of the hall'")
        try:
            assert reason(server.url(hall, "guest", "guest of the hall")) == "rights"
        finally:
            connection.execute("DROP ROLE guest")


def test_a_hall_is_named_with_its_letters_and_nothing_is_written(server: Server, hall: str) -> None:
    def written() -> object:
        with psycopg.connect(server.url(hall)) as connection:
            return connection.execute("SELECT count(*) FROM journal").fetchone()

    before = written()
    found = try_server(ServerAddress(HOST, server.port, hall, ADMIN, ADMIN_PASSWORD).url)
    assert found.hall == "太平桥大厅"
    assert found.letters == (("B", "PC-01"),)
    assert found.free_letters("PC-01")[:2] == ["B", "A"]
    assert found.free_letters("PC-02")[:2] == ["A", "C"]
    assert written() == before


@pytest.mark.parametrize(
    ("version", "error"), [(9999, errors.SchemaTooNew), (-1, errors.SchemaTooOld)]
)
def test_another_version(
    server: Server, hall: str, version: int, error: type[errors.HallDeskError]
) -> None:
    with psycopg.connect(server.url(hall), autocommit=True) as connection:
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (version,))
    with pytest.raises(error) as refused:
        try_server(server.url(hall))
    assert i18n.explain(refused.value)
