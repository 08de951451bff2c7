"""A filed copy of each closed day's report: a file on the PC that made it, and an entry in the journal that proves it.

A copy is never overwritten. Who files a day again, because something was put right or the first file is lost, makes
another copy beside it. The files name residents as the paper does (masked), and go when tickets lose their residents
(`clear`); the entries stay, and so do the figures they stand for.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import DayFigures, day_tables
from hall_desk.services.figures.typed_tables import MOMENT, TEXT, typed
from hall_desk.settings import write_file
from hall_desk.store.models import DayClose, Hall, JournalEntry, Staff

log = logging.getLogger(__name__)

FOLDER = "reports"
KIND = "day.report_filed"
_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-\d+)?\.pdf")


@dataclass(frozen=True)
class NewCopy:
    """A report as it is filed: its number among the day's copies, what its file is, and what it says.

    `sha256` and `size` (bytes) are the file's, `digest` over `entries` journal entries is what the paper shows, and
    `fingerprint` stands for its figures.
    """

    day: date
    copy: int
    sha256: str
    pages: int
    size: int
    digest: str
    entries: int
    fingerprint: str


@dataclass(frozen=True)
class FiledCopy:
    """A copy that was filed: when (in the hall's zone), by whom, at which desk letter."""

    new: NewCopy
    at: datetime
    by: str
    letter: str


def of_day(actor: Actor, day: date) -> tuple[FiledCopy, ...]:
    """The copies of a day's report, the oldest first."""
    actor.needs("figures.read")
    with actor.store.reading():
        closing = _closing(actor, day)
        return _copies(actor, closing) if closing is not None else ()


def record(actor: Actor, new: NewCopy) -> FiledCopy:
    """Writes into the journal that a report was filed; the same file again is the same copy.

    Raises NotFound `day` for a day that has not been closed, AlreadyThere when its number was taken meanwhile.
    """
    actor.needs("day.close")
    with actor.store.change(actor) as change:
        hall = Hall.select().where(Hall.id == actor.hall_id)
        if actor.store.postgres:
            # Copies of one hall are filed one after the other.
            list(hall.for_update("FOR NO KEY UPDATE"))
        closing = _closing(actor, new.day)
        if closing is None:
            raise errors.NotFound(kind="day", key=new.day.isoformat())
        there = _copies(actor, closing)
        for copy in there:
            if copy.new == new:
                return copy
        if any(copy.new.copy == new.copy for copy in there):
            raise errors.AlreadyThere(kind="report", key=f"{new.day.isoformat()}-{new.copy}")
        change.record(
            KIND,
            closing,
            day=new.day.isoformat(),
            copy=new.copy,
            sha256=new.sha256,
            pages=new.pages,
            size=new.size,
            digest=new.digest,
            entries=new.entries,
            figures=new.fingerprint,
        )
        change.write_entries()
        return _copies(actor, closing)[-1]


def _closing(actor: Actor, day: date) -> UUID | None:
    row = (
        DayClose.select(DayClose.id)
        .where(DayClose.hall == actor.hall_id, DayClose.service_day == day)
        .first()
    )
    return None if row is None else row.id


def _copies(actor: Actor, closing: UUID) -> tuple[FiledCopy, ...]:
    rows = (
        JournalEntry.select(JournalEntry, Staff.name)
        .join(Staff, "LEFT OUTER JOIN", on=(JournalEntry.staff == Staff.id), attr="who")
        .where(
            JournalEntry.hall == actor.hall_id,
            JournalEntry.kind == KIND,
            JournalEntry.subject == closing,
        )
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    found = []
    for row in rows:
        facts: dict[str, Any] = json.loads(row.facts)
        new = NewCopy(
            date.fromisoformat(facts["day"]), facts["copy"], facts["sha256"], facts["pages"],
            facts["size"], facts["digest"], facts["entries"], facts["figures"],
        )  # fmt: skip
        who = getattr(row, "who", None)
        by = who.name if who is not None else ""
        found.append(FiledCopy(new, actor.store.local(row.at), by, row.letter))
    return tuple(found)


def fingerprint(figures: DayFigures) -> str:
    """SHA-256 (hex) over all numbers and times of a day's tables, without a word: names may change, figures may not."""
    summed = hashlib.sha256()
    for table in day_tables.tables(figures):
        for row in table.rows:
            cells = (typed(column, cell) for column, cell in zip(table.columns, row, strict=True))
            for kind, value in cells:
                if kind != TEXT:
                    shown = value.isoformat() if kind == MOMENT and value is not None else value
                    summed.update(f"{shown}\n".encode())
    return summed.hexdigest()


# --- files ---------------------------------------------------------------------------------------


def path_of(folder: Path, day: date, copy: int) -> Path:
    """Where a copy lies below a PC's data folder: `reports/2020/2020-02-21.pdf`, then `…-2.pdf`."""
    name = day.isoformat() + (f"-{copy}" if copy > 1 else "")
    return folder / FOLDER / f"{day:%Y}" / f"{name}.pdf"


def keep(folder: Path, figures: DayFigures, pdf: bytes, pages: int, copies: int) -> NewCopy:
    """Writes a day's report below a data folder, beside the `copies` that were filed; gives what is to be recorded.

    A file that is there with the same bytes is taken, one with other bytes is left as it is. Raises CannotWrite.
    """
    day, number = figures.day, copies + 1
    sha256 = hashlib.sha256(pdf).hexdigest()
    while (path := path_of(folder, day, number)).exists() and _hash_of(path) != sha256:
        number += 1
    if not path.exists():
        write_file(path, pdf)
    return NewCopy(
        day, number, sha256, pages, len(pdf), figures.digest, figures.entries, fingerprint(figures)
    )


def where(folder: Path, copy: NewCopy) -> str:
    """Whether the file of a copy is on this PC: `here` as it was filed, `other` under its name, or `away`."""
    path = path_of(folder, copy.day, copy.copy)
    if not path.exists():
        return "away"
    return "here" if _hash_of(path) == copy.sha256 else "other"


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def clear(folder: Path, since: date) -> int:
    """Removes the copies of days before a day from a PC's data folder; gives how many.

    One that cannot be removed is logged and left to the next time.
    """
    removed = 0
    for path in (folder / FOLDER).glob("*/*.pdf"):
        told = _FILE.fullmatch(path.name)
        if path.is_symlink() or told is None:
            continue
        try:
            if date.fromisoformat(told[1]) < since:
                path.unlink(missing_ok=True)
                removed += 1
        except ValueError:
            continue
        except OSError as error:
            log.warning("a filed report could not be removed: %s", type(error).__name__)
    return removed
