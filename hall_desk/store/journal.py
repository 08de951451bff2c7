"""The append-only journal: one mechanism for the history on a card, the audit trail, the change notice and the
day's digest. An entry is written in the transaction of the change it tells, or not at all.

Entries hold keys, numbers and codes. A person's name or phone never stands here, so that retention can destroy
personal data while the journal stays whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry

if TYPE_CHECKING:
    from hall_desk.store.database import Store, Who

CHANNEL = "hall_desk"
# PostgreSQL refuses notices of 8,000 bytes; a larger change simply says "everything".
NOTICE_LIMIT = 7000


def canonical(facts: dict[str, Any]) -> str:
    """Facts as JSON text that is the same for the same facts: sorted keys, no spaces, plain UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


class Change:
    """What one transaction does. `at` and `day` are the hall's time and service day for every row it writes."""

    def __init__(self, store: Store, actor: Who, at: datetime, day: date) -> None:
        self.store = store
        self.actor = actor
        self.at = at
        self.day = day
        self._entries: list[JournalEntry] = []
        self._written = 0

    def record(
        self, kind: str, subject: UUID | None = None, *, ticket: UUID | None = None, **facts: Any
    ) -> None:
        """Adds a journal entry; `kind` is `topic.happening`, e.g. `ticket.claimed`. No personal data in `facts`."""
        self._entries.append(
            JournalEntry(
                id=new_id(),
                hall=self.actor.hall_id,
                at=self.at,
                service_day=self.day,
                kind=kind,
                subject=subject,
                ticket=ticket,
                staff=self.actor.staff_id,
                post=self.actor.post,
                letter=self.actor.letter,
                facts=canonical(facts),
            )
        )

    def write_entries(self) -> None:
        """Writes the entries recorded so far, for a service that reads its own history before the commit."""
        fresh = self._entries[self._written :]
        for start in range(0, len(fresh), 100):
            JournalEntry.insert_many(
                [entry.__data__ for entry in fresh[start : start + 100]]
            ).execute()
        self._written = len(self._entries)

    def write(self) -> None:
        """Writes what is left and sends the notice, inside the transaction (the store calls this)."""
        self.write_entries()
        if self._entries and self.store.postgres:
            self.store.execute("SELECT pg_notify(?, ?)", (CHANNEL, notice(self._entries)))


def notice(entries: Iterable[JournalEntry]) -> str:
    """The text other PCs receive: topics and ticket keys, no personal data. `*` stands for everything."""
    words = sorted(
        {
            f"{entry.kind.partition('.')[0]}:{entry.ticket.hex if entry.ticket else ''}"
            for entry in entries
        }
    )
    text = " ".join(words)
    return text if len(text) <= NOTICE_LIMIT else "*"


@dataclass(frozen=True)
class Digest:
    """SHA-256 (hex) over a day's journal entries in order, and how many there were."""

    text: str
    entries: int


def digest_of(hall_id: UUID, day: date) -> Digest:
    """The digest of the journal of one service day; the caller has opened a `store.reading()`."""
    summed = hashlib.sha256()
    count = 0
    rows = (
        JournalEntry.select()
        .where(JournalEntry.hall == hall_id, JournalEntry.service_day == day)
        .order_by(JournalEntry.at, JournalEntry.id)
        .tuples()
        .iterator()
    )
    names = [field.name for field in JournalEntry._meta.sorted_fields]
    for row in rows:
        count += 1
        line = canonical({name: _plain(value) for name, value in zip(names, row, strict=True)})
        summed.update(line.encode() + b"\n")
    return Digest(summed.hexdigest(), count)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID | date) else value
