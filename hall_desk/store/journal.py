"""The append-only journal: one mechanism for the history on a card, the audit trail, the change notice and the
day's digest. An entry is written in the transaction of the change it tells, or not at all.

Entries hold keys, numbers and codes. A person's name or phone never stands here, so that retention can destroy
personal data while the journal stays whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry

if TYPE_CHECKING:
    from peewee import Expression

    from hall_desk.store.database import Store, Who

CHANNEL = "hall_desk"
# PostgreSQL refuses notices of 8,000 bytes; a larger change simply says "everything".
NOTICE_LIMIT = 7000


def canonical(facts: dict[str, Any]) -> str:
    """Facts as JSON text that is the same for the same facts: sorted keys, no spaces, plain UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


@dataclass(frozen=True)
class Born:
    """When something happened that was recorded while the server was away, and the number it was given then.

    `sent_at` is when the server got it; None while it is only repeated on this PC.
    """

    at: datetime
    number: str = ""
    sent_at: datetime | None = None


class AlreadyDone(Exception):
    """The command with this actor's `request` key was carried out before; nothing was done a second time.

    Whoever gives commands a key catches it (`services.repeats`).
    """


class Entry(NamedTuple):
    """One happening, in the order of the journal's columns (see `models.JournalEntry`)."""

    id: UUID
    hall: UUID
    at: datetime
    service_day: date
    kind: str
    subject: UUID | None
    ticket: UUID | None
    staff: UUID | None
    post: str
    letter: str
    facts: str
    request: UUID | None


_INSERT = (
    "INSERT INTO journal "
    "(id, hall_id, at, service_day, kind, subject, ticket, staff, post, letter, facts, request) VALUES "
)
_ONE_ENTRY = f"({', '.join('?' * len(Entry._fields))})"
_AT_ONCE = 50  # SQLite before 3.32 takes 999 parameters


class Change:
    """What one transaction does. `at` and `day` are the hall's time and service day for every row it writes."""

    def __init__(self, store: Store, actor: Who, at: datetime, day: date) -> None:
        self.store = store
        self.actor = actor
        self.at = at
        self.day = day
        # Kind and facts of every entry, written or not.
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._entries: list[Entry] = []
        self._request = actor.request

    def record(
        self, kind: str, subject: UUID | None = None, *, ticket: UUID | None = None, **facts: Any
    ) -> None:
        """Adds a journal entry; `kind` is `topic.happening`, e.g. `ticket.claimed`. No personal data in `facts`."""
        actor = self.actor
        request, self._request = self._request, None
        self.told.append((kind, facts))
        if actor.born and actor.born.sent_at:
            facts = {**facts, "sent_at": sql_time(actor.born.sent_at)}
        self._entries.append(
            Entry(
                new_id(),
                actor.hall_id,
                self.at,
                self.day,
                kind,
                subject,
                ticket,
                actor.staff_id,
                actor.post,
                actor.letter,
                canonical(facts),
                request,
            )
        )

    def write_entries(self) -> None:
        """Writes the entries recorded so far, for a service that reads its own history before the commit."""
        fresh, self._entries = self._entries, []
        for start in range(0, len(fresh), _AT_ONCE):
            self._write(fresh[start : start + _AT_ONCE])

    def _write(self, entries: list[Entry]) -> None:
        # Every service comes through here. Fixed text instead of a built query, and on PostgreSQL the notice in the
        # same round trip: it is delivered when the transaction commits, and equal ones once.
        sql = _INSERT + ", ".join([_ONE_ENTRY] * len(entries))
        values = [_plain_key(value) for entry in entries for value in entry]
        if self.store.postgres:
            sql = f"WITH written AS ({sql}) SELECT pg_notify(?, ?)"
            values += [CHANNEL, notice(entries)]
        self.store.execute(sql, tuple(values))

    def write(self) -> None:
        """Writes what is left, inside the transaction (the store calls this)."""
        self.write_entries()


def _plain_key(value: Any) -> Any:
    """A value of an entry as both engines take it: keys as 32 hexadecimal digits, times and days as ISO text."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return sql_time(value)
    return value.isoformat() if isinstance(value, date) else value


def sql_time(moment: datetime) -> str:
    """A moment as hand-written SQL stores it: what `models.UtcField` writes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def notice(entries: Iterable[Entry]) -> str:
    """The text other PCs receive: topics and ticket keys, no personal data. `*` stands for everything."""
    words = sorted(
        {
            f"{entry.kind.partition('.')[0]}:{entry.ticket.hex if entry.ticket else ''}"
            for entry in entries
        }
    )
    text = " ".join(words)
    return text if len(text) <= NOTICE_LIMIT else "*"


def ticket_of_request(store: Store, hall_id: UUID, request: UUID) -> UUID | None:
    """The ticket that the command with this key was about, if it was carried out."""
    sql = "SELECT ticket FROM journal WHERE request = ? AND hall_id = ?"
    with store.reading():
        row = store.execute(sql, (request.hex, hall_id.hex)).fetchone()
    if row is None or row[0] is None:
        return None
    return row[0] if isinstance(row[0], UUID) else UUID(row[0])


def was_done(store: Store, hall_id: UUID, request: UUID) -> bool:
    """Whether the command with this key was carried out."""
    sql = "SELECT 1 FROM journal WHERE request = ? AND hall_id = ?"
    with store.asking():
        return store.execute(sql, (request.hex, hall_id.hex)).fetchone() is not None


@dataclass(frozen=True)
class Digest:
    """SHA-256 (hex) over a day's journal entries in order, and how many there were."""

    text: str
    entries: int


def digest_of(hall_id: UUID, day: date) -> Digest:
    """The digest of the journal of one service day; the caller has opened a `store.reading()`."""
    summed = hashlib.sha256()
    count = 0
    for _row, line in lines(
        (JournalEntry.hall == hall_id) & (JournalEntry.service_day == day),
    ):
        count += 1
        summed.update(line + b"\n")
    return Digest(summed.hexdigest(), count)


def lines(which: Expression, but: Container[UUID] = frozenset()) -> Iterator[tuple[Entry, bytes]]:
    """The entries that `which` names, in the journal's order, each with its line: what digests and seals are made of.

    Entries whose key is in `but` are left out. The line is the same on every engine, and in a district's copy.
    The caller has opened a `store.reading()`.
    """
    rows = (
        JournalEntry.select()
        .where(which)
        .order_by(JournalEntry.at, JournalEntry.id)
        .tuples()
        .iterator()
    )
    names = [field.name for field in JournalEntry._meta.sorted_fields]
    for row in rows:
        if row[0] in but:
            continue
        plain = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        yield Entry(*row), canonical(plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID | date) else value
