"""What this PC has printed, and what still waits: a small file of its own, so that printing goes on without the server.

A row says what a paper is, never whose: a purpose and a number. The paper lies as a PDF in the papers folder.

    waiting ──> printing ──> printed            kept: no printer is chosen, the PDF is all there is
       ^            │  └──> failed ─┐           dropped: a person took it off the list
       └── again ───┴─────> unknown ┴─> waiting, printed or dropped, by a person

One program of the PC prints at a time: it holds `print_jobs.lock`, which the system lifts when a program is killed. So
a job that is found in `printing` by whoever holds the lock was left by one that died: `unknown` whether it came out,
and never printed again by itself. Rows are forced to the disk: after a power cut no printed job is waiting again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from hall_desk.errors import CannotWrite, NotFound
from hall_desk.settings import why_not_written

FILE, LOCK = "print_jobs.sqlite3", "print_jobs.lock"
KEPT_DAYS = 7
LISTED = 200
# What wants a person's eye.
TROUBLE = ("failed", "unknown")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made_at TEXT NOT NULL, saved REAL NOT NULL, title TEXT NOT NULL, purpose TEXT NOT NULL, file TEXT NOT NULL,
    printer TEXT NOT NULL, roll TEXT NOT NULL, pages TEXT NOT NULL, copies INTEGER NOT NULL,
    state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    begun INTEGER NOT NULL DEFAULT 0, next_try REAL NOT NULL DEFAULT 0, changed REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS job_state ON job (state, id);
"""


@dataclass(frozen=True)
class PrintJob:
    """One paper for one printer. `made_at` is the hall's time (UTC), `saved`, `changed` and `next_try` this PC's
    (seconds since 1970). `printer` and `roll` are as in the settings, `pages` as `devices.printing.only` takes it.

    `error` is a reason of `CannotPrint`; a waiting job with one tries again at `next_try`. `begun`: the failed try may
    have left something on paper.
    """

    title: str
    purpose: str
    file: str
    printer: str
    made_at: datetime
    roll: str = "80"
    pages: str = ""
    copies: int = 1
    state: str = "waiting"
    id: int = 0
    saved: float = 0.0
    tries: int = 0
    error: str = ""
    begun: bool = False
    next_try: float = 0.0
    changed: float = 0.0

    @property
    def troubled(self) -> bool:
        """Whether a person should know: it failed, waits for its printer, or may have come out."""
        return self.state in TROUBLE or (self.state == "waiting" and bool(self.error))


class PrintJobs:
    """The job file in `folder`, made with the first job. Any thread may call. Raises CannotWrite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._lock = FileLock(folder / LOCK, thread_local=False)

    def close(self) -> None:
        with self._guard:
            if self._db is not None:
                self._db.close()
                self._db = None

    def add(self, job: PrintJob) -> PrintJob:
        """Keeps a job; when this returns it is on the disk."""
        now = time.time()
        with self._rows(make=True) as db:
            db.execute("DELETE FROM job WHERE saved < ?", (now - KEPT_DAYS * 86_400,))
            made = db.execute(
                "INSERT INTO job (made_at, saved, title, purpose, file, printer, roll, pages, copies, state, changed)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (
                    job.made_at.astimezone(UTC).isoformat(), now, job.title, job.purpose, job.file, job.printer,
                    job.roll, job.pages, job.copies, job.state, now,
                ),
            )  # fmt: skip
            return replace(job, id=int(made.lastrowid or 0), saved=now, changed=now)

    def get(self, job_id: int) -> PrintJob:
        """Raises NotFound `print_job`."""
        found = self._read("SELECT * FROM job WHERE id = ?", (job_id,))
        if not found:
            raise NotFound(kind="print_job", key=str(job_id))
        return found[0]

    def latest(self) -> list[PrintJob]:
        """What wants a person's eye first, then the newest; at most `LISTED`."""
        return self._read(
            "SELECT * FROM job ORDER BY (state IN ('failed', 'unknown') OR (state = 'waiting' AND error != '')) DESC,"
            " id DESC LIMIT ?",
            (LISTED,),
        )

    def waiting(self) -> list[PrintJob]:
        """What is to be printed, in the order it was saved."""
        return self._read(
            "SELECT * FROM job WHERE state = 'waiting' ORDER BY id LIMIT ?", (LISTED,)
        )

    # --- one step of a job: it names the states it may start from, and tells whether it was first ------------

    def step(self, job_id: int, state: str, *since: str, **values: Any) -> bool:
        """Moves a job to `state` if it is in one of `since`; `values` are columns set with it."""
        names = ["state", "changed", *values]
        sets = ", ".join(f"{name} = ?" for name in names)
        marks = ", ".join("?" * len(since))
        with self._rows() as db:
            done = db.execute(
                f"UPDATE job SET {sets} WHERE id = ? AND state IN ({marks})",  # noqa: S608  names of columns, ours
                (state, time.time(), *values.values(), job_id, *since),
            )
            return done.rowcount == 1

    @contextmanager
    def printing(self, timeout_s: float) -> Iterator[bool]:
        """The right to print on this PC; False when another program of it has had it for so long."""
        if not (self._folder / FILE).exists():
            yield True
            return
        try:
            self._lock.acquire(timeout=timeout_s)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise CannotWrite(place=str(self._folder), reason=why_not_written(error)) from error
        try:
            with self._rows() as db:
                db.execute(
                    "UPDATE job SET state = 'unknown', begun = 1, changed = ? WHERE state = 'printing'",
                    (time.time(),),
                )
            yield True
        finally:
            self._lock.release()

    # --- the file --------------------------------------------------------------------------------------------

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[PrintJob]:
        if not (self._folder / FILE).exists():
            return []
        with self._rows() as db:
            return [_job(row) for row in db.execute(sql, values)]

    @contextmanager
    def _rows(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                if self._db is None:
                    self._db = self._open(make=make)
                with self._db:
                    yield self._db
            except sqlite3.Error as error:
                raise CannotWrite(place=str(self._folder / FILE), reason=_why(error)) from error

    def _open(self, *, make: bool) -> sqlite3.Connection:
        file = self._folder / FILE
        if make:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as error:
                raise CannotWrite(place=str(file), reason=why_not_written(error)) from error
        db = sqlite3.connect(file, timeout=10, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(_SCHEMA)
        return db


def _job(row: sqlite3.Row) -> PrintJob:
    values = dict(row)
    values["made_at"] = datetime.fromisoformat(values["made_at"])
    values["begun"] = bool(values["begun"])
    return PrintJob(**values)


def _why(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    return {"SQLITE_FULL": "disk_full", "SQLITE_READONLY": "read_only"}.get(name, "other")
