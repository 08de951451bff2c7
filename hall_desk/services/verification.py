"""Verifying a day's journal: against its seals, the hall's mark, and the digest on the paper that was filed.

A seal (`store.seals`) has each entry's hash, so that a row which is changed or missing can be named. A row that was
put in later is one that was not there when the day was sealed after its time. Who rewrites rows and seals together
fails at the mark when they lack the hall's key, and at the printed digest even when they have it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from peewee import JOIN

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.progress import DAYS, Progress
from hall_desk.store import seals
from hall_desk.store.journal import Entry, lines
from hall_desk.store.models import JournalEntry, JournalSeal, Staff, Ticket

# Sixteen digits of a digest stand on every sheet of a report, all of them at its end.
FEWEST_DIGITS = 16
# So many times may records have come from an outbox after the paper was made; more are not tried.
MOST_ARRIVALS = 50
_PAPER_CODE = re.compile(r"HDDAY1\*(\d{8})\*([0-9A-F]{64})(?:\*([0-9A-F]{64}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed.

    `what` of a row: changed, missing, added; of a seal: seal_changed, seal_missing, seal_order, mark_wrong,
    mark_missing; of the whole day: paper. `at` is the row's time, of a missing one about; `number` its ticket's.
    `seal` to `last_seal` are numbers of seals.
    """

    what: str
    at: datetime | None = None
    kind: str = ""
    number: str = ""
    who: str = ""
    seal: int = 0
    last_seal: int = 0


@dataclass(frozen=True)
class Verified:
    """What came of it. `unsealed` entries are too young for a seal, or came late; that is no fault.

    `after_paper` is how many entries the day has beyond those the paper's digest stands for: what was written after a
    report was made in the evening. `marked` tells whether the mark was looked at, which needs the hall's key.
    """

    day: date
    entries: int
    digest: str
    seals: int
    unsealed: int
    marked: bool
    findings: tuple[Finding, ...]
    after_paper: int | None = None

    @property
    def sound(self) -> bool:
        return not self.findings


@dataclass(frozen=True)
class _Row:
    entry: Entry
    line: bytes
    hash: str

    @property
    def sent_at(self) -> str:
        """When it came from an outbox, as text; empty for one that was written in its time."""
        try:
            facts = json.loads(self.entry.facts)
        except ValueError:
            return ""
        return str(facts.get("sent_at", "")) if isinstance(facts, dict) else ""


@dataclass(frozen=True)
class _Before:
    """The last moment at which the days up to some day had been sealed, before the seal `number`."""

    number: int
    at: datetime


def verify(actor: Actor, day: date, paper_digest: str = "") -> Verified:
    """Compares a day's journal with its seals, and with the digest of a printed report when it is given.

    `paper_digest` is what stands on the paper: all digits or the first sixteen, with or without spaces, or the text of
    its QR code, which may also be the next day's. Raises BadInput `digest` (shape, other_day).
    """
    actor.needs("journal.verify")
    wanted = _read_digest(paper_digest, day)
    with actor.store.reading():
        whole = (JournalEntry.hall == actor.hall_id) & (JournalEntry.service_day == day)
        rows = [_Row(entry, line, seals.hash_of(line)) for entry, line in lines(whole)]
        of_day = list(
            JournalSeal.select()
            .where(JournalSeal.hall == actor.hall_id, JournalSeal.service_day == day)
            .order_by(JournalSeal.number)
        )
        chain = [*_chain(actor, day, of_day), *_marks(actor, of_day)]
        found, unsealed = _rows(actor, day, rows, of_day, whole_chain=not chain)
        digest = hashlib.sha256(b"".join(row.line + b"\n" for row in rows)).hexdigest()
        after = _after_paper(rows, wanted) if wanted else None
        paper = (Finding("paper"),) if wanted and after is None else ()
        return Verified(
            day,
            len(rows),
            digest,
            len(of_day),
            unsealed,
            actor.store.hall_key is not None,
            (*found, *chain, *paper),
            after,
        )


def verify_days(
    actor: Actor, first: date, last: date, progress: Progress | None = None
) -> tuple[Verified, ...]:
    """Each day of a range that has a journal or seals, as `verify`, in order.

    Each is a reading of its own, so that a year of them holds nobody up. Raises BadInput `period` (backwards), Stopped.
    """
    actor.needs("journal.verify")
    if last < first:
        raise errors.BadInput("period", "backwards")
    progress = progress or Progress()
    with actor.store.reading():
        days = sorted(
            {
                row.service_day
                for table in (JournalEntry, JournalSeal)
                for row in table.select(table.service_day)
                .where(table.hall == actor.hall_id, table.service_day.between(first, last))
                .distinct()
            }
        )
    found = []
    for done, day in enumerate(days):
        progress.tell(DAYS, done, len(days))
        found.append(verify(actor, day))
    progress.tell(DAYS, len(days), len(days))
    return tuple(found)


# --- the rows ------------------------------------------------------------------------------------


def _rows(
    actor: Actor, day: date, rows: list[_Row], of_day: list[JournalSeal], *, whole_chain: bool
) -> tuple[list[Finding], int]:
    """What is wrong with the rows, in their order, and how many of them no seal covers yet.

    With a seal missing or changed (not `whole_chain`) a row that no seal covers is not called added.
    """
    there = {row.entry.id: row for row in rows}
    covered: set[UUID] = set()
    found: list[tuple[str, Entry]] = []
    gone: list[Finding] = []
    looked_at = _looked_at(actor, day, of_day)
    for seal in of_day:
        said = _lines(seal)
        covered |= {line.key for line in said}
        before = looked_at.get(seal.number)
        for place, line in enumerate(said):
            row = there.get(line.key)
            if row is None:
                gone.append(_elsewhere(actor, line, _about(said, place, there) or seal.at))
            elif row.hash != line.hash:
                found.append(("changed", row.entry))
            elif before and seal.at >= before.at and _late(row, before.at):
                found.append(("added", row.entry))
    rest = [row for row in rows if row.entry.id not in covered]
    last = looked_at.get(0)
    if whole_chain and last:
        found += [("added", row.entry) for row in rest if _late(row, last.at)]
        rest = [row for row in rest if not _late(row, last.at)]
    named = [*_named(actor, found), *gone]
    return sorted(named, key=lambda one: one.at or actor.store.start_of(day)), len(rest)


def _lines(seal: JournalSeal) -> list[seals.Line]:
    try:
        return list(seals.lines_of(seal.entries))
    except ValueError:
        return []  # it was changed, which its digest tells


def _late(row: _Row, looked_at: datetime) -> bool:
    """Whether a row that was not there at that moment says it had been; one from an outbox comes late."""
    return row.entry.at < looked_at - seals.MARGIN and not row.sent_at


def _looked_at(actor: Actor, day: date, of_day: list[JournalSeal]) -> dict[int, _Before]:
    """For each seal of the day the last one before it that had looked at the day; for 0 the last of all.

    Days are sealed in order, so that a seal of a later day tells that nothing was left here. One that was full may
    have left something of its own day.
    """
    seal = JournalSeal
    light = seal.select(seal.number, seal.service_day, seal.at, seal.count).where(
        seal.hall == actor.hall_id, seal.service_day >= day
    )

    def conclusive(row: JournalSeal) -> bool:
        return bool(row.service_day > day or row.count < seals.BATCH)

    found: dict[int, _Before] = {}
    before: _Before | None = None
    if of_day:
        for row in light.where(seal.number <= of_day[-1].number).order_by(seal.number):
            if row.service_day == day and before is not None:
                found[row.number] = before
            if conclusive(row):
                before = _Before(row.number, row.at)
    last = light.order_by(seal.number.desc()).first()
    # A practice hall's clock may have been set back since.
    if last is not None and conclusive(last) and last.at <= actor.store.now():
        found[0] = _Before(last.number, last.at)
    return found


def _about(said: Sequence[seals.Line], place: int, there: dict[UUID, _Row]) -> datetime | None:
    """About when a missing row was written: the time of the nearest one in its seal that is still there."""
    around = [*reversed(said[:place]), *said[place + 1 :]]
    return next((there[line.key].entry.at for line in around if line.key in there), None)


def _elsewhere(actor: Actor, line: seals.Line, about: datetime) -> Finding:
    """A row that is not in its day: it was given another day, hall or key, or is gone."""
    row = JournalEntry.get_or_none(JournalEntry.id == line.key)
    if row is None:
        return Finding("missing", about, line.kind)
    [moved] = _named(actor, [("changed", next(lines(JournalEntry.id == line.key))[0])])
    return replace(moved, at=about)


def _named(actor: Actor, found: Sequence[tuple[str, Entry]]) -> Iterator[Finding]:
    staff = dict(
        Staff.select(Staff.id, Staff.name)
        .where(Staff.id.in_({entry.staff for _what, entry in found if entry.staff}))
        .tuples()
    )
    numbers = dict(
        Ticket.select(Ticket.id, Ticket.number)
        .where(Ticket.id.in_({entry.ticket for _what, entry in found if entry.ticket}))
        .tuples()
    )
    for what, entry in found:
        number = numbers.get(entry.ticket, "") if entry.ticket else ""
        who = staff.get(entry.staff, "") if entry.staff else ""
        yield Finding(what, entry.at, entry.kind, number, who)


# --- the seals -----------------------------------------------------------------------------------


def _chain(actor: Actor, day: date, of_day: list[JournalSeal]) -> Iterator[Finding]:
    """What is wrong with the day's seals and their neighbours."""
    known = _by_number(actor, {row.number + step for row in of_day for step in (-1, 1)})
    for row in of_day:
        if seals.digest_of(row) != row.digest or len(_lines(row)) != row.count:
            yield Finding("seal_changed", row.at, seal=row.number)
        before, after = known.get(row.number - 1), known.get(row.number + 1)
        first_has_one = row.number == 1 and row.previous
        if first_has_one or (before is not None and before.digest != row.previous):
            yield Finding("seal_order", row.at, seal=row.number)
        if after is not None and after.service_day != day and after.previous != row.digest:
            yield Finding("seal_order", after.at, seal=after.number)
    yield from _holes(actor, day)


def _by_number(actor: Actor, numbers: Iterable[int]) -> dict[int, JournalSeal]:
    """The seals with these numbers, without their entries."""
    seal = JournalSeal
    wanted = sorted(numbers)
    found = {}
    for start in range(0, len(wanted), 500):
        rows = seal.select(
            seal.number, seal.service_day, seal.at, seal.previous, seal.digest, seal.mark
        ).where(seal.hall == actor.hall_id, seal.number.in_(wanted[start : start + 500]))
        found.update({row.number: row for row in rows})
    return found


def _holes(actor: Actor, day: date) -> Iterator[Finding]:
    """Numbers that are missing between a seal of this day or before and one of this day or after."""
    seal = JournalSeal
    before = JournalSeal.alias()
    rows = (
        seal.select(seal.number, seal.service_day, seal.at)
        .join(
            before,
            JOIN.LEFT_OUTER,
            on=((before.hall == seal.hall) & (before.number == seal.number - 1)),
        )
        .where(
            seal.hall == actor.hall_id,
            seal.number > 1,
            seal.service_day >= day,
            before.id.is_null(),
        )
        .order_by(seal.number)
        .limit(100)
    )
    for row in rows:
        last = (
            seal.select(seal.number, seal.service_day)
            .where(seal.hall == actor.hall_id, seal.number < row.number)
            .order_by(seal.number.desc())
            .first()
        )
        if last is None or last.service_day <= day:
            first = last.number + 1 if last is not None else 1
            yield Finding("seal_missing", row.at, seal=first, last_seal=row.number - 1)


def _marks(actor: Actor, of_day: list[JournalSeal]) -> Iterator[Finding]:
    """Marks that are not the hall's, and the first seal that lacks one although an earlier one has it."""
    key = actor.store.hall_key
    bare = next((row for row in of_day if not row.mark), None)
    if bare is not None:
        seal = JournalSeal
        earlier = (
            seal.select(seal.number)
            .where(seal.hall == actor.hall_id, seal.number < bare.number, seal.mark != "")
            .order_by(seal.number.desc())
            .first()
        )
        if earlier is not None:
            yield Finding("mark_missing", bare.at, seal=bare.number)
    if key is None:
        return
    for row in of_day:
        if row.mark and not hmac.compare_digest(row.mark, key.mark(row.digest.encode())):
            yield Finding("mark_wrong", row.at, seal=row.number)


# --- the paper -----------------------------------------------------------------------------------


def _read_digest(text: str, day: date) -> str:
    """The digits of the day's digest, small and without spaces; empty when none were given."""
    typed = "".join(text.split())
    if not typed:
        return ""
    if code := _PAPER_CODE.fullmatch(typed):
        own, digest, before = code.groups()
        if own != f"{day:%Y%m%d}":
            digest = before if before and own > f"{day:%Y%m%d}" else None
        if digest is None:
            raise errors.BadInput("digest", "other_day")
        return str(digest).lower()
    if not re.fullmatch(rf"[0-9a-fA-F]{{{FEWEST_DIGITS},64}}", typed):
        raise errors.BadInput("digest", "shape")
    return typed.lower()


def _after_paper(rows: list[_Row], digest: str) -> int | None:
    """How many entries the day has beyond those that a printed digest stands for; None when it stands for no state.

    A report made while the day ran stands for the entries up to then; what came from an outbox afterwards has its
    place among them.
    """
    arrivals = sorted({row.sent_at for row in rows if row.sent_at}, reverse=True)
    for until in ("~", *arrivals[:MOST_ARRIVALS]):
        # `~` sorts behind every time.
        summed = hashlib.sha256()
        place = 0
        for row in rows:
            if row.sent_at and row.sent_at >= until:
                continue
            summed.update(row.line + b"\n")
            place += 1
            if summed.hexdigest().startswith(digest):
                return len(rows) - place
    return 0 if summed.hexdigest().startswith(digest) and not rows else None
