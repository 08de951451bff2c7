"""Servers of these tests' own: one that asks for scram passwords, one that speaks TLS as well."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store import servers
from tests.store.servers import Server


@pytest.fixture(scope="session")
def scram_server() -> Iterator[Server]:
    """The wheel's PostgreSQL, which lets nobody in without a password."""
    server = servers.prepare(servers.programs())
    try:
        yield servers.start(server)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pg_tools() -> Iterator[None]:
    """`pg_dump` and `pg_restore` as new as the test server, found before those of the system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{servers.programs()}{os.pathsep}{os.environ['PATH']}")
        yield


def certificate(key: Path, made: Path, *more: str) -> None:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    command = ["openssl", "req", "-x509", *curve, "-keyout", str(key), "-out", str(made), *more]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="session")
def tls_server() -> Iterator[Server]:
    """The system's PostgreSQL with a certificate for `localhost`, made by the CA in `ca.crt`; TLS only."""
    server = servers.prepare(servers.programs_with_tls())
    try:
        folder, data = server.folder, server.data
        for name in ("ca", "other"):
            certificate(folder / f"{name}.key", folder / f"{name}.crt", "-subj", f"/CN={name}")
        certificate(
            data / "server.key", data / "server.crt",
            "-subj", "/CN=hall", "-addext", "subjectAltName=DNS:localhost",
            "-CA", str(folder / "ca.crt"), "-CAkey", str(folder / "ca.key"),
        )  # fmt: skip
        server.own(data / "server.key", data / "server.crt")
        (data / "pg_hba.conf").write_text(servers.HBA.replace("host all", "hostssl all"), "utf-8")
        yield servers.start(server, ssl="on")
    finally:
        server.stop()
