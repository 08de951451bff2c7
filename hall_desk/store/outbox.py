"""What this PC recorded while the server was away, kept until the server has it; and the hall as it was last seen.

Two files in a folder of their own, sealed with a key that only this user may read. `waiting` is a list of sealed lines,
each forced to the disk before anything is called done; a line that a power cut tore was never called done. `picture`
is what the PC goes on with when the server is away (see `store.local_hall`); it is replaced whole or not at all.

One program keeps the outbox of a PC at a time: two would give the same ticket numbers.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from filelock import FileLock, Timeout

from hall_desk import errors
from hall_desk.settings import why_not_written, write_file

KEY, WAITING, PICTURE, LOCK = "key", "waiting", "picture", "lock"


@dataclass(frozen=True)
class Record:
    """One command that was carried out on this PC alone.

    `id` is the command's request key, `at` and `day` when it happened by the hall's clock, `told` the journal entries
    (kind and facts) that came of it here. `state` is `waiting`, `sent`, `refused` (the server's rules said no: `error`
    and its `facts`), `differs` (sent, but other things came of it than were told here) or `settled` by a manager.
    """

    id: UUID
    command: str
    arguments: dict[str, Any]
    actor: dict[str, Any]
    at: datetime
    day: date
    told: tuple[tuple[str, dict[str, Any]], ...] = ()
    state: str = "waiting"
    error: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The number of the ticket that was opened, or empty."""
        return next((facts["number"] for kind, facts in self.told if kind == "ticket.opened"), "")

    @property
    def letter(self) -> str:
        return str(self.actor["letter"])


def _written(record: Record) -> dict[str, Any]:
    return {
        "id": record.id.hex,
        "command": record.command,
        "arguments": record.arguments,
        "actor": record.actor,
        "at": record.at.astimezone(UTC).isoformat(),
        "day": record.day.isoformat(),
        "told": record.told,
        "state": record.state,
        "error": record.error,
        "facts": record.facts,
    }


def _read(written: dict[str, Any]) -> Record:
    return Record(
        **{
            **written,
            "id": UUID(written["id"]),
            "at": datetime.fromisoformat(written["at"]),
            "day": date.fromisoformat(written["day"]),
            "told": tuple((str(kind), dict(facts)) for kind, facts in written["told"]),
        }
    )


class Outbox:
    """The outbox in `folder`, which is made if need be. Raises AlreadyThere `outbox` when another program keeps it.

    What is added and marked is on the disk when the call returns; it raises CannotWrite otherwise, and then nothing
    was added or marked. `damaged` is where a file that could not be read was put aside, or None. Any thread may call.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Called after something was added, in the thread that did.
        self.on_added: Callable[[], object] = lambda: None
        self.damaged: Path | None = None
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._one_program = FileLock(folder / LOCK, timeout=0, thread_local=False)
            self._one_program.acquire()
        except Timeout:
            raise errors.AlreadyThere(kind="outbox", key="") from None
        except OSError as error:
            raise errors.CannotWrite(place=str(folder), reason=why_not_written(error)) from error
        try:
            self._seal = Fernet(self._key())
            self._records: dict[UUID, Record] = {}
            self._numbers: dict[tuple[date, str], int] = {}
            self._load()
        except BaseException:
            self._one_program.release()
            raise

    def close(self) -> None:
        """Lets another program keep the outbox."""
        self._one_program.release()

    # --- what waits ------------------------------------------------------------------------------------------

    def records(self) -> tuple[Record, ...]:
        """Everything recorded here since the picture was made, in order, whatever became of it."""
        with self._lock:
            return tuple(self._records.values())

    def of_state(self, *states: str) -> tuple[Record, ...]:
        return tuple(record for record in self.records() if record.state in states)

    def add(self, record: Record) -> None:
        """Keeps a command that was carried out here."""
        with self._lock:
            self._append([{"add": _written(record)}])
            self._records[record.id] = record
        self.on_added()

    def mark(
        self, record_id: UUID, state: str, error: str = "", facts: dict[str, Any] | None = None
    ) -> None:
        """Notes what became of a command. Raises NotFound `outbox` when it is not here."""
        with self._lock:
            record = self._records.get(record_id)
            if record is None:
                raise errors.NotFound(kind="outbox", key="")
            marked = replace(record, state=state, error=error, facts=facts or {})
            written = _written(marked)
            self._append(
                [{"mark": {key: written[key] for key in ("id", "state", "error", "facts")}}]
            )
            self._records[record_id] = marked

    # --- numbers given away ----------------------------------------------------------------------------------

    def number_given(self, day: date, letter: str, last: int) -> None:
        """Keeps that this PC may have given the number `last` by itself or by the server."""
        with self._lock:
            if last > self._numbers.get((day, letter), 0):
                self._append([{"number": [day.isoformat(), letter, last]}])
                self._numbers[day, letter] = last

    def numbers(self) -> dict[tuple[date, str], int]:
        """The highest numbers given since the picture was made, by service day and desk letter."""
        with self._lock:
            highest = dict(self._numbers)
            for record in self._records.values():
                if record.number:
                    key = (record.day, record.letter)
                    highest[key] = max(highest.get(key, 0), int(record.number[1:]))
            return highest

    # --- the hall as it was last seen ------------------------------------------------------------------------

    def save_picture(self, picture: bytes) -> None:
        """Replaces the picture. What the server has is in it, so only what it has not is kept beside it.

        Numbers are kept: one may belong to a ticket on its way to the server just now.
        """
        with self._lock:
            write_file(self.folder / PICTURE, self._seal.encrypt(picture))
            still = [record for record in self._records.values() if record.state != "sent"]
            still = [record for record in still if record.state != "settled"]
            newest = max((day for day, _letter in self._numbers), default=None)
            numbers = {key: last for key, last in self._numbers.items() if key[0] == newest}
            if len(still) == len(self._records) and numbers == self._numbers:
                return
            self._records = {record.id: record for record in still}
            self._numbers = numbers
            self._rewrite()

    def picture(self) -> bytes | None:
        """The last picture; None when there is none that can be read."""
        try:
            return self._seal.decrypt((self.folder / PICTURE).read_bytes())
        except (OSError, InvalidToken):
            return None

    # --- on the disk -----------------------------------------------------------------------------------------

    def _key(self) -> bytes:
        path = self.folder / KEY
        try:
            key = path.read_bytes()
            Fernet(key)
        except (FileNotFoundError, ValueError):
            key = Fernet.generate_key()
            write_file(path, key)  # readable by this user only
        except OSError as error:
            raise errors.CannotWrite(place=str(path), reason=why_not_written(error)) from error
        return key

    def _load(self) -> None:
        path = self.folder / WAITING
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise errors.CannotWrite(place=str(path), reason=why_not_written(error)) from error
        # What stands after the last line's end was torn while it was written.
        whole, _end, torn = content.rpartition(b"\n")
        broken = False
        for line in whole.split(b"\n") if whole else ():
            try:
                self._take(json.loads(self._seal.decrypt(line)))
            except (InvalidToken, ValueError, KeyError, TypeError, AttributeError, OverflowError):
                broken = True
        if broken:
            self.damaged = path.with_name(f"{WAITING}.damaged-{datetime.now(UTC):%Y%m%d%H%M%S}")
            write_file(self.damaged, content)
        if broken or torn:
            self._rewrite()

    def _take(self, line: dict[str, Any]) -> None:
        if "add" in line:
            record = _read(line["add"])
            int(
                record.number[1:] or 0
            )  # what is no record is found out here, and not when it is sent
            self._records[record.id] = record
        elif "mark" in line:
            mark = dict(line["mark"])
            key = UUID(mark.pop("id"))
            self._records[key] = replace(self._records[key], **mark)
        else:
            day, letter, last = line["number"]
            self._numbers[date.fromisoformat(day), str(letter)] = int(last)

    def _sealed(self, lines: Iterable[dict[str, Any]]) -> bytes:
        return b"".join(
            self._seal.encrypt(json.dumps(line, default=str).encode()) + b"\n" for line in lines
        )

    def _append(self, lines: list[dict[str, Any]]) -> None:
        path = self.folder / WAITING
        sealed = self._sealed(lines)
        if not path.exists():
            write_file(path, b"")  # its name is on the disk before anything stands in it
        try:
            with path.open("r+b", buffering=0) as file:
                end = file.seek(0, os.SEEK_END)
                try:
                    if file.write(sealed) != len(sealed):
                        raise OSError(28, "no space left")
                    os.fsync(file.fileno())
                except OSError:
                    with contextlib.suppress(OSError):
                        file.truncate(end)
                    raise
        except OSError as error:
            raise errors.CannotWrite(place=str(path), reason=why_not_written(error)) from error

    def _rewrite(self) -> None:
        lines: list[dict[str, Any]] = [
            {"number": [day.isoformat(), letter, last]}
            for (day, letter), last in self._numbers.items()
        ]
        lines += [{"add": _written(record)} for record in self._records.values()]
        write_file(self.folder / WAITING, self._sealed(lines))
