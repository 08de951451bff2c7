"""This PC's settings: where the hall is, which language, which paper. A small TOML file in the data folder.

A damaged file never keeps the program from starting: unknown or ill-typed entries fall back to their defaults and
are listed in `Settings.ignored`, so that the screen can say so.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import tomlkit
from platformdirs import user_data_path
from tomlkit.exceptions import TOMLKitError

from hall_desk.errors import CannotWrite

FILE = "settings.toml"
DATABASE = "hall.sqlite3"


@dataclass(frozen=True)
class Settings:
    """`database` is empty for this PC's own SQLite file, else a PostgreSQL URL.

    `slip_printer` (slips, receipts) and `paper_printer` (A4) are addresses as `devices.printer_address` reads them;
    empty ones have not been chosen, and papers are only kept as PDF.
    """

    database: str = ""
    language: str = "zh_CN"
    letter: str = ""
    roll: str = "80"
    slip_printer: str = ""
    paper_printer: str = ""
    # The post this PC stands at, by the name of its page: what is shown after signing in. Empty: by who signs in.
    post: str = ""
    foyer_sound: str = "on"  # "off" mutes the foyer screen on this PC
    # Where a thermometer is (`devices.thermometer.Source`; empty: none), and how its lines are read (empty: as usual).
    thermometer: str = ""
    thermometer_pattern: str = ""
    # For the hall's mail server: the password and whose it is (`services.mail_server.MailServer.account`), and the file
    # of those who may vouch for the server (empty: whom this PC trusts anyway).
    mail_password: str = field(default="", repr=False)
    mail_password_of: str = ""
    mail_ca_file: str = ""
    # Who signed in on this PC, the last one first: offered when somebody takes over.
    people: tuple[str, ...] = ()
    # The keys chosen on this PC, by the names of `ui.key_map`; empty for those the program comes with.
    keys: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = field(default=(), compare=False)


def default_folder() -> Path:
    """This user's data folder for Hall Desk, by the system's conventions."""
    return user_data_path("hall-desk", appauthor=False)


def load(folder: Path) -> Settings:
    """The settings in `folder`; defaults where the file is missing, damaged or incomplete."""
    try:
        document: dict[str, Any] = tomlkit.parse((folder / FILE).read_text("utf-8")).unwrap()
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, TOMLKitError):
        return Settings(ignored=(FILE,))
    _take_over_printer(document)
    known = {f.name for f in fields(Settings)} - {"people", "keys", "ignored"}
    good = {
        name: value for name, value in document.items() if isinstance(value, str) and name in known
    }
    table = document.get("keys", {})
    keys = {n: k for n, k in table.items() if isinstance(k, str)} if isinstance(table, dict) else {}
    ignored = set(document) - set(good) - {"people"}
    listed = document.get("people", [])
    people = tuple(p for p in listed if isinstance(p, str)) if isinstance(listed, list) else ()
    if isinstance(table, dict):
        ignored = (ignored - {"keys"}) | {f"keys.{name}" for name in set(table) - set(keys)}
    return Settings(**good, people=people, keys=keys, ignored=tuple(sorted(ignored)))


def _take_over_printer(document: dict[str, Any]) -> None:
    # Until version 0.3 there was one printer for everything, the system's, by its bare name.
    name = document.pop("printer", "")
    if isinstance(name, str) and name:
        for entry in ("slip_printer", "paper_printer"):
            document.setdefault(entry, f"system:{name}")


def save(folder: Path, settings: Settings) -> None:
    """Writes the settings whole or not at all, readable by this user only. Raises CannotWrite."""
    document = tomlkit.document()
    for f in fields(Settings):
        if f.name not in ("people", "keys", "ignored"):
            document[f.name] = getattr(settings, f.name)
    document["people"] = list(settings.people)
    if settings.keys:
        document["keys"] = dict(settings.keys)
    write_file(folder / FILE, tomlkit.dumps(document).encode())


def write_file(path: Path, content: bytes) -> None:
    """Replaces `path` in one step, so that a crash leaves the old or the new file. Raises CannotWrite."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        if os.name == "posix":
            # The new name is on the disk too, and not only what it names.
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except BaseException as error:
        # Ctrl+C in the middle leaves nothing behind either.
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(place=str(path), reason=why_not_written(error)) from error
        raise


def why_not_written(error: OSError) -> str:
    """The reason code of `CannotWrite` for an operating system error."""
    import errno

    return {
        errno.ENOSPC: "disk_full",
        errno.EDQUOT: "disk_full",
        errno.EROFS: "read_only",
        errno.EACCES: "no_permission",
        errno.EPERM: "no_permission",
        errno.ENOENT: "no_folder",
        errno.ENOTDIR: "no_folder",
    }.get(error.errno or 0, "other")
