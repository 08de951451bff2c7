"""A hall over TLS: the PC knows the server by its CA, and the server knows the PC by a scram password."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hall_desk import errors, i18n
from hall_desk.cli import main
from hall_desk.services import accounts, halls
from hall_desk.store import changes, server
from hall_desk.store.database import Store
from tests.conftest import PIN
from tests.store.servers import Server
from tests.store.test_server import APP_PASSWORD, given, with_password


@pytest.fixture
def ca(tls_server: Server, tmp_path: Path) -> str:
    """The CA file as a PC has it, in a folder with a space and Chinese in its name."""
    folder = tmp_path / "证书 1"
    folder.mkdir()
    return str(shutil.copy(tls_server.folder / "ca.crt", folder / "ca.crt"))


@pytest.fixture
def hall(tls_server: Server, ca: str, quick_pins: None) -> Iterator[tuple[str, str]]:
    """The name of a hall's database over TLS, and its program's address."""
    name = f"hall_{uuid.uuid4().hex[:12]}"
    admin = tls_server.url(name, host="localhost", sslmode="verify-full", sslrootcert=ca)
    made = server.init(admin, given)
    assert "sslmode=verify-full" in made.url
    app = with_password(made.url)
    halls.create(app, name="加密大厅", manager="李主任", pin=PIN).close()
    yield name, app
    with psycopg.connect(tls_server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_hall_works_over_tls(hall: tuple[str, str]) -> None:
    store = Store.open(hall[1])
    heard = []
    listener = changes.listen(store, heard.append)
    try:
        assert listener.listening.wait(5)
        accounts.sign_in(store, "李主任", PIN)
        encrypted = store.execute(
            "SELECT ssl, count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database() GROUP BY ssl"
        ).fetchall()
    finally:
        listener.stop()
        store.close()
    assert encrypted == [(True, 2)]  # the program's connection and its listener's


def refused(url: str) -> errors.ServerRefused:
    with pytest.raises(errors.ServerRefused) as told:
        Store.open(url)
    assert APP_PASSWORD not in i18n.explain(told.value)
    return told.value


@pytest.mark.parametrize(
    ("host", "ca_file", "reason", "sentence"),
    [
        ("localhost", "other.crt", "certificate", "不是本机信任的 CA 签发的"),
        ("localhost", "nowhere.crt", "certificate_file", "CA 文件（sslrootcert）不存在"),
        ("127.0.0.1", "ca.crt", "certificate_name", "证书不属于 127.0.0.1"),
    ],
)
def test_a_server_that_cannot_prove_itself_gets_nothing(
    tls_server: Server,
    hall: tuple[str, str],
    host: str,
    ca_file: str,
    reason: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = str(tls_server.folder / ca_file)
    name, _app = hall
    url = tls_server.url(
        name, f"{name}_app", APP_PASSWORD, host, sslmode="verify-full", sslrootcert=file
    )
    before = tls_server.log
    error = refused(url)
    assert error.reason == reason
    assert sentence in i18n.explain(error)
    # The server was never told who wanted to come in.
    assert f"{name}_app" not in tls_server.log[len(before) :]
    admin = tls_server.url(name, host=host, sslmode="verify-full", sslrootcert=file)
    assert main(["server", "init", admin]) == 1
    assert sentence in capsys.readouterr().err


def test_a_server_without_tls_is_not_trusted_with_a_password(scram_server: Server, ca: str) -> None:
    url = scram_server.url(host="localhost", sslmode="verify-full", sslrootcert=ca)
    assert refused(url).reason == "no_tls"


def test_a_pc_without_tls_is_shown_the_door(tls_server: Server, hall: tuple[str, str]) -> None:
    name, _app = hall
    error = refused(tls_server.url(name, f"{name}_app", APP_PASSWORD, sslmode="disable"))
    assert error.reason == "hba"
    assert "pg_hba.conf" in i18n.explain(error)


def test_only_scram_lets_anybody_in(tls_server: Server, hall: tuple[str, str], ca: str) -> None:
    name, _app = hall
    with psycopg.connect(tls_server.url()) as connection:
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        stored = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (f"{name}_app",)
        ).fetchone()
    assert rules == [("scram-sha-256",)]
    assert stored is not None
    assert stored[0].startswith("SCRAM-SHA-256$4096:")
    wrong = tls_server.url(
        name, f"{name}_app", "not the password", "localhost", sslmode="verify-full", sslrootcert=ca
    )
    assert refused(wrong).reason == "password"
    # libpq itself insists: neither a clear password nor md5, and the server proves that it knows it as well.
    strict = tls_server.url(
        name, f"{name}_app", APP_PASSWORD, "localhost", sslmode="verify-full", sslrootcert=ca,
        require_auth="scram-sha-256", channel_binding="require",
    )  # fmt: skip
    Store.open(strict).close()
