"""Reading the journal: filtered pages for the screen, and the same as a file. For managers.

Names are looked up when it is read; the journal itself has keys. Of residents it has nothing but their ticket's number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from peewee import Expression

from hall_desk import errors, i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.services import happenings, sheets
from hall_desk.services.accounts import Actor
from hall_desk.services.verification import Finding
from hall_desk.settings import write_file
from hall_desk.store import seals
from hall_desk.store.models import JournalEntry, Staff, Ticket

PAGE = 200
WINDOWS = "window:"  # how the posts at windows begin
RECENT_S = 50  # who has sealed within these seconds has done it for all
MOST_EXPORTED = 1_000_000  # rows of a sheet
HEADINGS = (
    N_("Time"), N_("Service day"), N_("Topic"), N_("Kind"), N_("Ticket"), N_("Person"), N_("Post"), N_("In words"),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """Which entries: of the service days from `first` to `last`; the rest only where it is given.

    `topic` is the part of a kind before the dot, `number` a ticket's number, `post` as `Actor.post`, or `WINDOWS`
    for every window.
    """

    first: date
    last: date
    staff: UUID | None = None
    topic: str = ""
    number: str = ""
    post: str = ""


@dataclass(frozen=True)
class Line:
    """One entry in words; `at` in the hall's zone."""

    id: UUID
    at: datetime
    day: date
    kind: str
    number: str
    who: str
    post: str
    text: str
    # Where it stands in the journal's order: time and key.
    place: tuple[datetime, UUID]


@dataclass(frozen=True)
class Page:
    """Lines, the newest first, and whether there are older ones."""

    lines: tuple[Line, ...]
    more: bool


def entries(actor: Actor, wanted: Filter, before: Line | None = None, limit: int = PAGE) -> Page:
    """The newest entries that fit, or those next to `before`, which was the last of the page before."""
    actor.needs("journal.read")
    with actor.store.reading():
        rows = _select(actor, wanted, before).limit(limit + 1)
        found = list(_lines(actor, list(rows)))
    return Page(tuple(found[:limit]), len(found) > limit)


def people(actor: Actor) -> list[tuple[UUID, str]]:
    """Key and name of everybody who has or had an account, for the filter."""
    actor.needs("journal.read")
    with actor.store.reading():
        rows = Staff.select(Staff.id, Staff.name).where(Staff.hall == actor.hall_id)
        return list(rows.order_by(Staff.name, Staff.id).limit(1000).tuples())


def export(actor: Actor, wanted: Filter, file: Path) -> int:
    """Writes the entries that fit, oldest first, to a CSV or XLSX file by its ending, and journals it; gives the rows.

    The file is there whole or not at all. Raises BadInput `output` (ending) or `days` (too_many), CannotWrite.
    """
    actor.needs("journal.export")
    ending = file.suffix.lower()
    if ending not in sheets.FORMATS:
        raise errors.BadInput("output", "ending", endings=" ".join(sheets.FORMATS))
    rows = []
    before: Line | None = None
    while True:
        page = entries(actor, wanted, before, 5000)
        rows += [_cells(line) for line in page.lines]
        if len(rows) > MOST_EXPORTED:
            raise errors.BadInput("days", "too_many", limit=MOST_EXPORTED)
        if not page.more:
            break
        before = page.lines[-1]
    rows.reverse()
    headings = [_(heading) for heading in HEADINGS]
    csv = ending == ".csv"
    write_file(
        file,
        sheets.csv_bytes(headings, rows)
        if csv
        else sheets.xlsx_bytes(_("Journal"), headings, rows),
    )
    with actor.store.change(actor) as change:
        change.record(
            "journal.exported",
            first_day=wanted.first.isoformat(),
            last_day=wanted.last.isoformat(),
            rows=len(rows),
        )
    return len(rows)


def seal_due(actor: Actor, *, everything: bool = False) -> bool:
    """Seals what no seal covers yet, a batch at a time; True when more is left. Every PC does it, whoever sits there.

    Unless `everything` is asked for it leaves it to whoever has sealed just now. Raises DatabaseAway, DatabaseBusy.
    """
    store = actor.store
    if not everything:
        last = seals.sealed_at(store)
        if last is not None and abs((store.now() - last).total_seconds()) < RECENT_S:
            return False
    made = seals.seal(store, everything=everything)
    return made is not None and made.left


# --- reading -------------------------------------------------------------------------------------


def _select(actor: Actor, wanted: Filter, before: Line | None) -> Any:
    entry = JournalEntry
    where: list[Expression] = [
        entry.hall == actor.hall_id,
        entry.service_day >= wanted.first,
        entry.service_day <= wanted.last,
    ]
    if wanted.staff is not None:
        where.append(entry.staff == wanted.staff)
    if wanted.topic:
        # `.` is followed by `/`.
        where += [entry.kind > f"{wanted.topic}.", entry.kind < f"{wanted.topic}/"]
    if wanted.post == WINDOWS:
        # `:` is followed by `;`.
        where += [entry.post > WINDOWS, entry.post < "window;"]
    elif wanted.post:
        where.append(entry.post == wanted.post)
    if wanted.number:
        same = Ticket.select(Ticket.id).where(
            Ticket.hall == actor.hall_id, Ticket.number == wanted.number.strip().upper()
        )
        where.append(entry.ticket.in_(same))
    if before is not None:
        at, key = before.place
        where.append(
            (entry.service_day < before.day)
            | (
                (entry.service_day == before.day)
                & ((entry.at < at) | ((entry.at == at) & (entry.id < key)))
            )
        )
    newest_first = (entry.service_day.desc(), entry.at.desc(), entry.id.desc())
    return entry.select().where(*where).order_by(*newest_first)


def _lines(actor: Actor, rows: Sequence[JournalEntry]) -> Iterator[Line]:
    about = {row.subject for row in rows if row.kind.startswith("staff.")}
    keys = {row.staff for row in rows} | about
    names = dict(Staff.select(Staff.id, Staff.name).where(Staff.id.in_(keys - {None})).tuples())
    tickets = {row.ticket for row in rows} - {None}
    numbers = dict(Ticket.select(Ticket.id, Ticket.number).where(Ticket.id.in_(tickets)).tuples())
    for row in rows:
        who = names.get(row.staff, "") or nobody(row.post)
        yield Line(
            row.id,
            actor.store.local(row.at),
            row.service_day,
            row.kind,
            numbers.get(row.ticket, ""),
            who,
            post_words(row.post),
            happenings.sentence(row.kind, _facts(row.facts), who, names.get(row.subject, "")),
            (row.at, row.id),
        )


def nobody(post: str) -> str:
    """Who acted at a post without being a member of staff."""
    return _("Command line") if post == "manager" else _("A PC of the hall")


def _facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}  # somebody changed it; verifying says so
    return facts if isinstance(facts, dict) else {}


def post_words(post: str) -> str:
    """A post as it stands in the journal, in words: a role, or a window."""
    name, _colon, number = post.partition(":")
    return _("Window {number}").format(number=number) if number else i18n.code("role", name)


def _cells(line: Line) -> tuple[str, ...]:
    return (
        f"{line.at:%Y-%m-%d %H:%M:%S}", line.day.isoformat(), happenings.topic(line.kind), line.kind, line.number,
        line.who, line.post, line.text,
    )  # fmt: skip


# --- what verifying found, in words --------------------------------------------------------------

_FINDINGS: dict[str, str] = {
    "changed": N_("Changed after it was sealed: {row}"),
    "missing": N_("Missing, though it was sealed: {row}"),
    "added": N_("Added later with an old time: {row}"),
    "seal_changed": N_("Seal {seal} ({time}) was changed."),
    "seal_missing": N_("Missing before the seal of {time}: seals {seal} to {last_seal}."),
    "seal_order": N_("Seal {seal} ({time}) does not follow the one before it."),
    "mark_wrong": N_("Seal {seal} ({time}) does not bear this hall's mark."),
    "mark_missing": N_("Seal {seal} ({time}) bears no mark, though earlier ones do."),
    "paper": N_("The digest on the paper does not fit this day's journal."),
}


def finding_words(actor: Actor, finding: Finding) -> str:
    """A finding as one plain line that names the row or the seal."""
    time = f"{actor.store.local(finding.at):%m-%d %H:%M:%S}" if finding.at else ""
    what = happenings.topic(finding.kind) if finding.kind else ""
    parts = [time if finding.what != "missing" else _("about {time}").format(time=time)]
    parts += [finding.number, f"{what} ({finding.kind})", finding.who]
    row = _(", ").join(part for part in parts if part)
    return _(_FINDINGS[finding.what]).format(
        row=row, time=time, seal=finding.seal, last_seal=finding.last_seal
    )


def sound_words(count: int) -> str:
    """That every entry is as it was sealed."""
    return _n("{count} entry, as sealed", "{count} entries, all as sealed", count).format(
        count=f"{count:,}"
    )


def unsealed_words(count: int) -> str:
    """That some entries are too young for a seal."""
    said = _n("{count} entry is not sealed yet", "{count} entries are not sealed yet", count)
    return said.format(count=f"{count:,}")


def after_paper_words(count: int) -> str:
    """That the day went on after its report was made."""
    said = _n(
        "{count} entry was written after this report was made",
        "{count} entries were written after this report was made",
        count,
    )
    return said.format(count=f"{count:,}")
