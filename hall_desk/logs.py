"""This PC's log: what the program met that it should not have, without a word about any person.

Nobody who asks for help should have to read a log first to see whom it names. So what may stand in it is chosen, and
not what may not: the texts of our own calls, which are literals, with numbers, codes and type names in them; of an
error its type, the database's code for it, and where in which module it went wrong. The words of an error and the words
of other libraries stay out, because they quote what they choked on: `Key (phone)=(138…) already exists`.

Files lie in `<data folder>/logs`, for this user only. Each program of a PC writes one of its own (`hall-desk.log`, the
second `hall-desk-2.log`), so that two never turn the same file. A disk that is full costs the log and nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import logging
import os
import platform
import re
import secrets
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from filelock import FileLock, Timeout

import hall_desk
from hall_desk.errors import HallDeskError

if TYPE_CHECKING:
    from io import TextIOWrapper
    from types import TracebackType

FOLDER = "logs"
MOST_BYTES = 1_000_000
KEPT = 4  # older files of one program, beside the one it writes
MOST_PROGRAMS = 8  # that write at the same time; one more goes without a log

_LEFT_OUT = "…"
_OWN = "hall_desk"
# A code, a type's or a module's name: nothing a person is called by, and too few digits for a phone.
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,79}")
_MOST_DIGITS = 6
_BUG = re.compile(r"[0-9a-f]{6}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’|「[^」]*」|\([^)]*\)")
_FRAME = re.compile(r'\s*File "(.*)", line (\d+) in (.*)')

_log = logging.getLogger(__name__)


def log_bug(error: BaseException) -> str:
    """Writes a programming error to the log once and returns the short id under which it stands there."""
    bug = secrets.token_hex(3)
    _log.error("bug %s", bug, exc_info=(type(error), error, error.__traceback__))
    return bug


def plain_words(text: str) -> str:
    """What of another program's message may be logged: its plain English words, without what it quotes.

    For messages made of fixed words, such as Qt's; what libraries log by themselves is left out altogether.
    """
    words = _QUOTED.sub(_LEFT_OUT, text[:2000]).split()
    kept = (word if _is_plain(word) else _LEFT_OUT for word in words[:40])
    return re.sub(rf"{_LEFT_OUT}(?: {_LEFT_OUT})+", _LEFT_OUT, " ".join(kept))


def _is_plain(word: str) -> bool:
    return (
        word.isascii()
        and word.isprintable()
        and not any(c in word for c in "/\\@=")
        and sum(c.isdigit() for c in word) < 4
    )


# --- what stands in a line -------------------------------------------------------------------------------


class _Line(logging.Formatter):
    """One record as text, holding only what may be known of it."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(" ", "seconds")
        text = f"{at} {record.levelname} {record.name} {_words(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            text += "\n" + "\n".join(_told(record.exc_info[1]))
        return text


def _words(record: logging.LogRecord) -> str:
    own = record.name == _OWN or record.name.startswith(f"{_OWN}.")
    if not own or not isinstance(record.msg, str):
        return f"({Path(record.pathname).name}:{record.lineno})"
    arguments = record.args if isinstance(record.args, tuple) else ()
    try:
        text = record.msg % tuple(_argument(argument) for argument in arguments)
    except (TypeError, ValueError):
        text = record.msg
    return text.replace("\n", " ")


def _argument(value: object) -> object:
    if isinstance(value, HallDeskError):
        return str(value)  # its class and the names of its facts
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, bool | UUID | _Words) or value is None:
        return value
    if isinstance(value, int | float):
        return value if abs(value) < 10**_MOST_DIGITS else _LEFT_OUT
    if isinstance(value, str) and (_BUG.fullmatch(value) or _is_code(value)):
        return value
    return _LEFT_OUT


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and sum(c.isdigit() for c in text) <= _MOST_DIGITS


class _Words(str):
    """Text that was looked through already."""

    __slots__ = ()


def log_qt(level: int, message: str) -> None:
    """Writes one of Qt's messages."""
    _log.log(level, "Qt: %s", _Words(plain_words(message)))


def _told(error: BaseException) -> list[str]:
    """An error, and before it what led to it: types, codes and places, the innermost first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    lines = []
    for told in reversed(chain):
        lines.append(f"    {_kind(told)}{_codes(told)}")
        lines += [f"      {frame}" for frame in _frames(told.__traceback__)]
        if isinstance(told, BaseExceptionGroup):
            lines += [line for inner in told.exceptions for line in _told(inner)]
    return lines


def _kind(error: BaseException) -> str:
    if isinstance(error, HallDeskError):
        return str(error)
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return name.removeprefix("builtins.")


def _codes(error: BaseException) -> str:
    """What the database or the system says in codes and names of its own; its sentences may quote a row."""
    found = {
        "sqlstate": getattr(error, "sqlstate", None),
        "sqlite": getattr(error, "sqlite_errorname", None),
        "errno": errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None,
    }
    diagnosis = getattr(error, "diag", None)
    for name in ("table_name", "column_name", "constraint_name"):
        found[name.removesuffix("_name")] = getattr(diagnosis, name, None)
    told = [f"{key}={v}" for key, v in found.items() if isinstance(v, str) and _is_state(v)]
    return f" ({', '.join(told)})" if told else ""


def _is_state(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Z]{5}", text)) or _is_code(text)


def _frames(trace: TracebackType | None) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{_module_path(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found


def _module_path(path: str) -> str:
    """A module's path without the folders above the package, in which this PC's user is named."""
    parts = path.replace("\\", "/").split("/")
    for folder in ("site-packages", "dist-packages", _OWN):
        if folder in parts[:-1]:
            found = len(parts) - 1 - parts[::-1].index(folder)
            return "/".join(parts[found + (folder != _OWN) :])
    return parts[-1]


# --- the files -------------------------------------------------------------------------------------------


def _opened_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _OwnFile(RotatingFileHandler):
    """A log file that no other program writes; claimed and made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._claim: FileLock | None = None
        self._busy = False
        super().__init__(
            folder / "hall-desk.log", maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8",
            delay=True, errors="backslashreplace",
        )  # fmt: skip
        self.setFormatter(_Line())

    def claim(self) -> Path:
        """The path of this program's own file. Raises OSError when there is none to be had."""
        if self._claim is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.name == "posix":
                self.folder.chmod(0o700)
            self._claim = self._first_free()
        return Path(self.baseFilename)

    def _first_free(self) -> FileLock:
        for number in range(1, MOST_PROGRAMS + 1):
            name = "hall-desk" if number == 1 else f"hall-desk-{number}"
            lock = FileLock(
                self.folder / f".{name}.lock", timeout=0, mode=0o600, thread_local=False
            )
            try:
                lock.acquire()
            except Timeout:
                continue
            self.baseFilename = str((self.folder / f"{name}.log").absolute())
            return lock
        raise OSError(errno.EBUSY, "too many programs")

    def _open(self) -> TextIOWrapper:
        opened: Any = open(  # noqa: SIM115 - Path.open knows no opener
            self.claim(), "a", encoding="utf-8", errors=self.errors, opener=_opened_for_us
        )
        return opened  # type: ignore[no-any-return]

    def emit(self, record: logging.LogRecord) -> None:
        if self._busy:
            return  # what claiming a file has to say would have to be written to that file
        self._busy = True
        try:
            super().emit(record)
        finally:
            self._busy = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A line that cannot be written is lost. The next one is tried again: a disk does not stay full."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().close()
        if self._claim is not None:
            self._claim.release()
            self._claim = None


_file: _OwnFile | None = None
_level_before = logging.WARNING
_crashes: IO[str] | None = None
_crashes_before = False


def start(folder: Path, level: int = logging.INFO) -> None:
    """From now on what is logged goes to the data folder `folder`. Nothing is made there until something is."""
    global _file, _level_before
    stop()
    root = logging.getLogger()
    _level_before = root.level
    _file = _OwnFile(folder / FOLDER)
    root.addHandler(_file)
    root.setLevel(level)


def stop() -> None:
    """Ends what `start` and `catch_crashes` began."""
    global _file, _crashes
    if _crashes is not None:
        faulthandler.disable()
        if _crashes_before and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        _crashes.close()
        _crashes = None
    if _file is not None:
        root = logging.getLogger()
        root.removeHandler(_file)
        root.setLevel(_level_before)
        _file.close()
        _file = None


def say_start(*, on_server: bool, qt: str) -> None:
    """Writes with what the program runs: versions and the kind of system and database; no address and no name."""
    _log.info(
        "Hall Desk %s, Python %s, Qt %s, %s, %s",
        _Words(hall_desk.__version__),
        _Words(platform.python_version()),
        _Words(qt),
        _Words(f"{platform.system()} {platform.machine()}"),
        "postgresql" if on_server else "sqlite",
    )


def catch_crashes() -> None:
    """From now on a crash of the interpreter or of Qt leaves where it was; what the last one left is logged."""
    global _crashes, _crashes_before
    if _file is None or _crashes is not None:
        return
    try:
        path = _file.claim().with_suffix(".crash")
        _log_crash(path)
        opened = open(path, "w", encoding="utf-8", opener=_opened_for_us)  # noqa: SIM115
    except OSError:
        return
    _crashes_before = faulthandler.is_enabled()
    _crashes = opened
    faulthandler.enable(_crashes)


def _log_crash(path: Path) -> None:
    """Takes over what a crash left in a file, which names folders and with them this PC's user."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(100_000).splitlines()
    except FileNotFoundError:
        return
    if not lines:
        return
    _log.error("the program crashed when it ran last: %s", _Words(plain_words(lines[0])))
    for line in lines:
        if frame := _FRAME.fullmatch(line):
            where = f"{_module_path(frame[1])}:{frame[2]} {plain_words(frame[3])}"
            _log.error("    %s", _Words(where))
