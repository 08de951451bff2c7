"""A whole hall in one file, and back: by SQLite's own backup, or PostgreSQL's `pg_dump` in its custom format.

The file begins with a line that says what it is, then one line of JSON, then the data, sealed where a passphrase was
given (scrypt, AES-GCM in pieces of 1 MiB). A sealed one ends in the hall's key, where the PC has it; an open one never
does: whoever found it could read every ID number in it. It is opened and read to its end before it gets its name. The
hall goes on working meanwhile: what is kept is one consistent moment of it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hall_desk import errors
from hall_desk.settings import why_not_written
from hall_desk.store import hall_key, migrations
from hall_desk.store.database import is_postgres
from hall_desk.store.hall_key import HallKey

MAGIC = b"HALL DESK BACKUP 1\n"
PIECE = 1024 * 1024
SHORTEST_PASSPHRASE = 10
LONGEST_HEAD = 10_000
# An interactive log-in's cost (RFC 7914): about 0.1 s and 32 MB, once per backup.
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
PG_PATIENCE_S = 3600


@dataclass(frozen=True)
class About:
    """What a backup says of itself. `engine` is sqlite or postgresql, `schema` its version, `size` that of the data.

    `key_of` names the hall whose key is carried behind the data; empty when none is.
    `sha256` is over all of this but itself, and the data: a wrong word in the head is damage too.
    """

    engine: str
    schema: int
    made_at: str
    sealed: bool
    sha256: str
    size: int
    salt: str = ""
    key_of: str = ""


# --- making ------------------------------------------------------------------------------------------


def back_up(
    place: str, target: Path, passphrase: str = "", key: tuple[UUID, HallKey] | None = None
) -> About:
    """Writes the hall at `place` to `target`, sealed if a passphrase is given; gives what was written.

    `key` is the hall and its key, which only a sealed backup carries.
    Raises BadInput `passphrase` (too_short), DatabaseMissing, DatabaseAway, ServerRefused, CannotBackUp, CannotWrite,
    NotABackup when what was written cannot be read back. `target` is replaced whole or not at all.
    """
    if passphrase and len(passphrase) < SHORTEST_PASSPHRASE:
        raise errors.BadInput("passphrase", "too_short", limit=SHORTEST_PASSPHRASE)
    with _written(target) as (folder, part):
        data = folder / "data"
        schema = _dump_postgres(place, data) if is_postgres(place) else _copy_sqlite(place, data)
        about = About(
            engine="postgresql" if is_postgres(place) else "sqlite",
            schema=schema,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            sealed=bool(passphrase),
            sha256="",
            size=data.stat().st_size,
            salt=base64.b64encode(os.urandom(16)).decode() if passphrase else "",
            key_of=str(key[0]) if passphrase and key is not None else "",
        )
        if passphrase and key is not None:
            with data.open("ab") as file:
                file.write(key[1].secret)
        about = replace(about, sha256=_digest(about, data))
        _pack(data, part, about, passphrase)
        data.unlink()
        check(part, passphrase)
    return about


@contextmanager
def _written(target: Path) -> Iterator[tuple[Path, Path]]:
    """A folder beside the target to work in, and the file in it that becomes the target when all is well."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise errors.CannotWrite(place=str(target), reason=why_not_written(error)) from error
    try:
        part = folder / "part"
        yield folder, part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise errors.CannotWrite(place=str(target), reason=why_not_written(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_sqlite(place: str, data: Path) -> int:
    if not Path(place).exists():
        raise errors.DatabaseMissing(place=place)
    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"{Path(place).resolve().as_uri()}?mode=ro", uri=True)
            ) as hall,
            contextlib.closing(sqlite3.connect(data)) as copy,
        ):
            # A hundred pages at a time, so that a desk that writes meanwhile does not wait.
            hall.backup(copy, pages=100, sleep=0.005)
            copy.execute("PRAGMA journal_mode = delete")
        return _look_into_sqlite(data)
    except sqlite3.DatabaseError:
        raise errors.NotADatabase(place=place) from None


def _dump_postgres(place: str, data: Path) -> int:
    schema = _schema_of(place)
    _run_tool("pg_dump", ["--format=custom", "--no-owner", "--no-acl", f"--file={data}"], place)
    return schema


def _schema_of(place: str) -> int:
    """The version of the tables at `place`; raises what opening a hall raises."""
    from hall_desk.store.database import Store, connect

    store = Store(place, connect(place))
    try:
        with store.asking():
            found = migrations.version(store.db)
            migrations.check(found, store.public_place, store.db)
            return found
    finally:
        store.close_thread()


# --- looking into one ----------------------------------------------------------------------------------


def about(path: Path) -> About:
    """What a backup says of itself, without reading it. Raises NotABackup, CannotRead."""
    with _opened(path) as file:
        return _head(file)[0]


def check(path: Path, passphrase: str = "") -> About:
    """Reads a backup to its end and opens what is in it.

    Raises NotABackup (`shape`, `damaged`, `passphrase_needed`, `wrong_passphrase`, `too_new`), CannotBackUp.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".check.") as folder:
        return _unpack(path, Path(folder) / "data", passphrase)[0]


def restore(path: Path, place: str, passphrase: str = "", folder: Path | None = None) -> About:
    """Makes the hall of a backup at `place`, where nothing may be yet: no file, or a database without tables.

    The key that a sealed backup carries is kept in this PC's data folder, `folder`.
    On a server the role needs the right to make tables; `server init` then gives the program's role its rights.
    Raises what `check` raises, AlreadyThere `hall`, CannotBackUp (`engine`: it was made by the other one),
    DatabaseAway, ServerRefused, CannotWrite. What was begun is taken back when it fails.
    """
    if is_postgres(place):
        return _restore_postgres(path, place, passphrase, folder)
    if Path(place).exists():
        raise errors.AlreadyThere(kind="hall", key=place)
    with _written(Path(place)) as (_folder, part):
        found, key = _unpack(path, part, passphrase)
        if found.engine != "sqlite":
            raise errors.CannotBackUp(reason="engine", engine=found.engine)
        _keep_key(folder, found, key)
    return found


def _keep_key(folder: Path | None, found: About, key: HallKey | None) -> None:
    if folder is not None and key is not None:
        hall_key.keep(folder, UUID(found.key_of), key)


def _restore_postgres(path: Path, place: str, passphrase: str, folder: Path | None) -> About:
    from hall_desk.store.database import Store, connect

    with tempfile.TemporaryDirectory(prefix="hall-desk-restore-") as making:
        data = Path(making) / "data"
        found, key = _unpack(path, data, passphrase)
        if found.engine != "postgresql":
            raise errors.CannotBackUp(reason="engine", engine=found.engine)
        store = Store(place, connect(place))
        try:
            with store.asking():
                if store.db.get_tables():
                    raise errors.AlreadyThere(kind="hall", key=store.public_place)
        finally:
            store.close_thread()
        _keep_key(folder, found, key)
        options = ["--no-owner", "--no-acl", "--single-transaction", "--exit-on-error"]
        _run_tool("pg_restore", [*options, "--dbname=", str(data)], place)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise errors.NotFound(kind="file", key=path.name) from None
    except OSError:
        raise errors.NotABackup(reason="shape") from None


def _head(file: BinaryIO) -> tuple[About, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise errors.NotABackup(reason="shape")
    line = file.readline(LONGEST_HEAD)
    try:
        found = About(**json.loads(line))
        base64.b64decode(found.salt, validate=True)
        if found.key_of:
            UUID(found.key_of)
    except (ValueError, TypeError, AttributeError):
        raise errors.NotABackup(reason="damaged") from None
    if not isinstance(found.schema, int) or found.schema > migrations.KNOWN:
        raise errors.NotABackup(reason="too_new")
    return found, line


def _unpack(path: Path, data: Path, passphrase: str) -> tuple[About, HallKey | None]:
    """Writes what is in a backup to `data` and looks into it; gives the key that it carries."""
    with _opened(path) as file, data.open("wb") as plain:
        found, line = _head(file)
        if found.sealed and not passphrase:
            raise errors.NotABackup(reason="passphrase_needed")
        pieces = (
            _unsealed(file, found, line, passphrase)
            if found.sealed
            else iter(lambda: file.read(PIECE), b"")
        )
        for piece in pieces:
            plain.write(piece)
    behind = hall_key.SECRET_BYTES if found.key_of else 0
    if _digest(found, data) != found.sha256 or data.stat().st_size != found.size + behind:
        raise errors.NotABackup(reason="damaged")
    key = _cut_off_key(data, found.size) if behind else None
    if found.engine == "sqlite":
        try:
            _look_into_sqlite(data)
        except sqlite3.DatabaseError:
            raise errors.NotABackup(reason="damaged") from None
    else:
        # Reads the whole archive and writes its SQL to nowhere.
        _run_tool("pg_restore", [f"--file={os.devnull}", str(data)])
    return found, key


def _cut_off_key(data: Path, size: int) -> HallKey:
    with data.open("r+b") as file:
        file.seek(size)
        key = HallKey(file.read())
        file.truncate(size)
    return key


def _look_into_sqlite(data: Path) -> int:
    with contextlib.closing(sqlite3.connect(data)) as hall:
        if hall.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        if hall.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.DatabaseError
        hall.execute("SELECT id FROM hall").fetchone()
        return int(hall.execute("SELECT max(version) FROM schema_version").fetchone()[0])


# --- the file ------------------------------------------------------------------------------------------


def _digest(found: About, data: Path) -> str:
    head = hashlib.sha256(_line(replace(found, sha256="")))
    with data.open("rb") as file:
        return hashlib.file_digest(file, lambda: head).hexdigest()


def _line(found: About) -> bytes:
    return json.dumps(asdict(found), sort_keys=True).encode() + b"\n"


def _key(passphrase: str, salt: str) -> AESGCM:
    kdf = Scrypt(salt=base64.b64decode(salt), length=32, **SCRYPT)
    return AESGCM(kdf.derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    # The key is new for every backup, so counting is enough; the last piece is marked, so none can be cut off.
    return number.to_bytes(11, "big") + bytes([last])


def _pack(data: Path, part: Path, found: About, passphrase: str) -> None:
    line = _line(found)
    with data.open("rb") as plain, part.open("wb") as file:
        part.chmod(0o600)
        file.write(MAGIC + line)
        if not passphrase:
            shutil.copyfileobj(plain, file, PIECE)
            return
        key, number = _key(passphrase, found.salt), 0
        piece = plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            file.write(key.encrypt(_nonce(number, last=not following), piece, line))
            if not following:
                return
            piece, number = following, number + 1


def _unsealed(file: BinaryIO, found: About, line: bytes, passphrase: str) -> Iterator[bytes]:
    key, number = _key(passphrase, found.salt), 0
    sealed = file.read(PIECE + 16)
    while True:
        following = file.read(PIECE + 16)
        try:
            yield key.decrypt(_nonce(number, last=not following), sealed, line)
        except InvalidTag:
            reason = "damaged" if number else "wrong_passphrase"
            raise errors.NotABackup(reason=reason) from None
        if not following:
            return
        sealed, number = following, number + 1


# --- PostgreSQL's own tools ----------------------------------------------------------------------------


def _tool(name: str) -> str:
    """The newest `pg_dump` or `pg_restore` of this PC: one on the path, or where installers put it."""
    found = shutil.which(name)
    if found:
        return found
    installed = (
        Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")).glob(
            f"PostgreSQL/*/bin/{name}.exe"
        )
        if sys.platform == "win32"
        else Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    )
    newest = max(installed, key=lambda path: (len(path.parts[-3]), path.parts[-3]), default=None)
    if newest is None:
        raise errors.CannotBackUp(reason="no_tools", tool=name)
    return str(newest)


def _run_tool(name: str, arguments: list[str], place: str = "") -> None:
    """Runs a tool without a shell; what it is told of the server goes by its environment, which nobody else sees."""
    environment = {**os.environ, "LC_MESSAGES": "C"}
    if place:
        from psycopg.conninfo import conninfo_to_dict

        told = conninfo_to_dict(place)
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
        environment |= {names[key]: str(value) for key, value in told.items() if key in names}
        environment.setdefault("PGCONNECT_TIMEOUT", "5")
        arguments = [
            f"--dbname={told.get('dbname', '')}" if argument == "--dbname=" else argument
            for argument in arguments
        ]
    try:
        done = subprocess.run(
            [_tool(name), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PG_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise errors.CannotBackUp(reason="failed", tool=name) from None
    if done.returncode != 0:
        # Its words are only looked at: they may hold what stands in the tables.
        said = done.stderr.decode(errors="replace")
        reason = (
            "tools_old" if "version mismatch" in said or "unsupported version" in said else "failed"
        )
        if not place and reason == "failed":
            raise errors.NotABackup(reason="damaged")
        raise errors.CannotBackUp(reason=reason, tool=name)
