"""The day that is counted: its bounds, its journal, and how the hall was set at its end."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from hall_desk.services.accounts import Actor
from hall_desk.services.figures import counted
from hall_desk.services.figures.counted import Records, Totals
from hall_desk.services.halls import Settings, load_settings
from hall_desk.store.models import DayClose, JournalEntry, Matter


@dataclass(frozen=True)
class Entry:
    """A journal entry; `sent_at` is set when it was recorded while the server was away."""

    at: datetime
    kind: str
    subject: UUID | None
    facts: dict[str, Any]

    @property
    def topic(self) -> str:
        return self.kind.partition(".")[0]

    @property
    def written_at(self) -> datetime:
        sent = self.facts.get("sent_at")
        return datetime.fromisoformat(sent) if sent else self.at


class Day:
    """One service day of one hall. The caller has a transaction open as long as it is used.

    `start` and `end` bound it; `moment` is when it is looked at: its end, or for the running day its last entry.
    """

    def __init__(self, actor: Actor, day: date) -> None:
        self.actor = actor
        self.store = actor.store
        self.hall_id = actor.hall_id
        self.day = day
        self.start = self.store.start_of(day)
        self.end = self.store.start_of(day + timedelta(days=1))

    def local(self, moment: datetime) -> datetime:
        return self.store.local(moment)

    def hour(self, moment: datetime) -> int:
        return self.store.local(moment).hour

    def before_end(self, moment: datetime | None) -> datetime | None:
        """A moment in the hall's zone, or None when the day did not know of it yet."""
        return None if moment is None or moment >= self.end else self.local(moment)

    def stood(self, withdrawn_at: datetime | None) -> bool:
        """Whether a record that may have been withdrawn still counted at the day's end."""
        return withdrawn_at is None or withdrawn_at >= self.end

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The day's journal in order."""
        rows = (
            JournalEntry.select(
                JournalEntry.at, JournalEntry.kind, JournalEntry.subject, JournalEntry.facts
            )
            .where(JournalEntry.hall == self.hall_id, JournalEntry.service_day == self.day)
            .order_by(JournalEntry.at, JournalEntry.id)
        )
        return tuple(
            Entry(row.at, row.kind, row.subject, json.loads(row.facts or "{}")) for row in rows
        )

    @cached_property
    def records(self) -> Records:
        """What was done on the day, counted as for any range of days."""
        return counted.of_days(self.actor, self.day, self.day)

    @cached_property
    def totals(self) -> Totals:
        return self.records.totals()

    @property
    def as_of(self) -> datetime | None:
        """The day's last journal entry."""
        return self.entries[-1].at if self.entries else None

    @cached_property
    def over(self) -> bool:
        """Whether the day has ended or was closed: what is open then is an exception, before that it is work."""
        closed = DayClose.select().where(
            DayClose.hall == self.hall_id, DayClose.service_day == self.day
        )
        return self.day < self.store.today() or closed.exists()

    @cached_property
    def moment(self) -> datetime:
        if self.day < self.store.today():
            return self.end
        return self.as_of or self.start

    @cached_property
    def settings(self) -> Settings:
        """The hall's settings at the day's end: today's, with every later change taken back."""
        now = load_settings(self.hall_id)
        known = {field.name for field in fields(Settings)}
        later = (
            JournalEntry.select(JournalEntry.facts)
            .where(
                JournalEntry.hall == self.hall_id,
                JournalEntry.kind == "setting.changed",
                JournalEntry.at >= self.end,
            )
            .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        )
        values: dict[str, Any] = {}
        for row in later:
            change = json.loads(row.facts)
            if change.get("name") in known:
                before = change["before"]
                values[change["name"]] = tuple(before) if isinstance(before, list) else before
        return replace(now, **values) if values else now

    @cached_property
    def matters(self) -> dict[UUID, tuple[str, str]]:
        """Code and name of every matter, retired ones too."""
        rows = Matter.select(Matter.id, Matter.code, Matter.name).where(Matter.hall == self.hall_id)
        return {row.id: (row.code, row.name) for row in rows}
