"""Holds the records of an import against the hall: windows that exist, nothing retired that is still needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk.i18n import _
from hall_desk.services.accounts import Role
from hall_desk.services.directory_columns import KEY_FIELD, Kind, key_of
from hall_desk.services.directory_contents import Existing, by_key, contents
from hall_desk.services.import_plans import differences
from hall_desk.services.import_problems import Problem
from hall_desk.services.import_reading import Record
from hall_desk.store import models


def check(
    hall_id: UUID,
    kind: Kind,
    records: Iterable[Record],
    existing: dict[str, Existing],
    places: dict[str, tuple[str, str]],
    today: date,
) -> list[Problem]:
    """What speaks against these records; the caller has a transaction open.

    `existing` is what the hall has of this kind, `places` the columns of the file (`Reading`), `today` the service day.
    Window numbers in the records get the hall's own spelling.
    """
    one = _Check(hall_id, existing, places, today)
    records = list(records)
    one.renamed(KEY_FIELD[kind], records)
    if kind is Kind.WINDOWS:
        one.windows(records)
    elif kind is Kind.MATTERS:
        one.matters(records)
    elif kind is Kind.STAFF:
        one.staff(records)
    return one.problems


def check_spelling(
    kind: Kind,
    records: Iterable[Record],
    existing: dict[str, Existing],
    places: dict[str, tuple[str, str]],
) -> list[Problem]:
    """People of a file whose names the hall spells otherwise: nobody's account is taken for another's.

    Codes and window numbers are the same in any case; two people may be Anna and ANNA.
    """
    if kind is not Kind.STAFF:
        return []
    problems = []
    heading, letter = places.get("name", ("", ""))
    for record in records:
        there = existing.get(record.key)
        name = str(record.values["name"])
        if there is not None and there.values["name"] != name:
            facts = {"there": there.values["name"]}
            problems.append(Problem(record.row, heading, "other_case", name, letter, facts))
    return problems


class _Check:
    def __init__(
        self,
        hall_id: UUID,
        existing: dict[str, Existing],
        places: dict[str, tuple[str, str]],
        today: date,
    ) -> None:
        self.hall_id = hall_id
        self.today = today
        self.existing = existing
        self.places = places
        self.problems: list[Problem] = []

    def renamed(self, name: str, records: list[Record]) -> None:
        """A record whose key is no longer that of what it stands for takes a name that nobody else may have."""
        for record in records:
            value = str(record.values.get(name, ""))
            other = self.existing.get(key_of(value))
            if value and key_of(value) != record.key and other is not None:
                reason = "there_retired" if other.retired else "there"
                self._problem(record, name, reason, value)

    def windows(self, records: list[Record]) -> None:
        retiring = [record for record in records if self._retires_now(record)]
        if not retiring:
            return
        retired = {key: window.retired for key, window in self.existing.items()}
        retired.update({record.key: self._retired(record) for record in records})
        left_alone = [  # matters that no window would handle any more
            matter.values
            for matter in contents(self.hall_id, Kind.MATTERS)
            if not matter.retired
            and all(retired[key_of(number)] for number in matter.values["windows"])
        ]
        for record in retiring:
            window = self.existing[record.key]
            number = window.values["number"]
            tickets = models.Ticket.select().where(
                models.Ticket.window == window.id, models.Ticket.state != "closed"
            )
            if count := tickets.count():
                self._problem(record, "retired", "open_tickets", number, count=count)
            papers = models.Paper.select(fn.SUM(models.Paper.count)).where(
                models.Paper.hall == self.hall_id,
                models.Paper.holder == "window",
                models.Paper.holder_window == window.id,
            )
            if count := papers.scalar():
                self._problem(record, "retired", "papers_there", number, count=count)
            calls = models.Callback.select().where(
                models.Callback.window == window.id, models.Callback.settled_at.is_null()
            )
            if count := calls.count():
                self._problem(record, "retired", "callbacks_there", number, count=count)
            only = [m["name"] for m in left_alone if record.key in map(key_of, m["windows"])]
            if only:
                named = _(", ").join(only[:3]) + ("…" if len(only) > 3 else "")
                self._problem(record, "retired", "only_window", number, matters=named)
            clerks = models.Staff.select().where(
                models.Staff.window == window.id, models.Staff.retired_at.is_null()
            )
            if count := clerks.count():
                self._problem(record, "retired", "clerks_there", number, count=count)

    def matters(self, records: Iterable[Record]) -> None:
        for record in records:
            checked_on = record.values.get("checked_on")
            if checked_on is not None and checked_on > self.today:
                self._problem(record, "checked_on", "date_ahead", checked_on.isoformat())
            before = self.existing.get(record.key)
            numbers = record.values.get("windows", ())
            found = [self._hall_windows.get(key_of(number)) for number in numbers]
            # A window that was retired stays on the matter, and in its export, as long as another one handles it.
            handled = any(window is not None and not window.retired for window in found)
            stays = (before.values["windows"] if before else numbers) if handled else ()
            known = [
                self._window(record, "windows", number, stays=number in stays) for number in numbers
            ]
            record.values["windows"] = tuple(dict.fromkeys(known))

    def staff(self, records: list[Record]) -> None:
        after = {key: person.values for key, person in self.existing.items()}
        for record in records:
            number = record.values.get("window")
            if number:
                record.values["window"] = self._window(record, "window", number)
            after[record.key] = {"retired": False, **after.get(record.key, {}), **record.values}
            if self._retires_now(record):
                self._with_empty_hands(record, "retired", "holds_papers", "handles_tickets")
                turn = models.Shift.select().where(
                    models.Shift.staff == self.existing[record.key].id,
                    models.Shift.ended_at.is_null(),
                    models.Shift.service_day == self.today,
                )
                if turn.exists():
                    self._problem(record, "retired", "on_post", "")
            elif name := self._moved_by(record):
                self._with_empty_hands(record, name, "moved_with_papers", "moved_with_tickets")
        managers = [v for v in after.values() if v.get("role") == Role.MANAGER and not v["retired"]]
        if not managers and records:
            record = next((r for r in records if self._was_manager(r)), records[0])
            name = "retired" if self._retired(record) else "role"
            self._problem(record, name, "last_manager", "")

    @cached_property
    def _hall_windows(self) -> dict[str, Existing]:
        return by_key(self.hall_id, Kind.WINDOWS)

    def _window(self, record: Record, name: str, number: str, *, stays: bool = False) -> str:
        """The number as the hall spells it; notes a window that is not there or no longer in use."""
        window = self._hall_windows.get(key_of(number))
        if window is None:
            self._problem(record, name, "unknown_window", number)
            return number
        if window.retired and not stays and not self._retired(record):
            self._problem(record, name, "retired_window", number)
        return str(window.values["number"])

    def _retired(self, record: Record) -> bool:
        """Whether it is retired once the record is written."""
        before = self.existing.get(record.key)
        return bool(record.values.get("retired", before is not None and before.retired))

    def _retires_now(self, record: Record) -> bool:
        before = self.existing.get(record.key)
        return before is not None and not before.retired and self._retired(record)

    def _moved_by(self, record: Record) -> str:
        """The field that takes a person at work away from where they are, if any: another window, or another role."""
        before = self.existing.get(record.key)
        if before is None or before.retired:
            return ""
        changes = differences(record, before)
        return next((name for name in ("window", "role") if name in changes), "")

    def _with_empty_hands(self, record: Record, name: str, papers: str, tickets: str) -> None:
        """Papers and tickets that a person would take along unseen; the two reasons are what is said of each."""
        person = self.existing[record.key].id
        held = models.Paper.select().where(
            models.Paper.holder_staff == person,
            models.Paper.holder.in_(["desk", "runner", "window"]),
        )
        if count := held.count():
            self._problem(record, name, papers, "", count=count)
        claims = (
            models.Claim.select()
            .join(models.Ticket)
            .where(
                models.Ticket.hall == self.hall_id,
                models.Ticket.state == "handling",
                models.Claim.ended_at.is_null(),
                models.Claim.staff == person,
            )
        )
        if count := claims.count():
            self._problem(record, name, tickets, "", count=count)

    def _was_manager(self, record: Record) -> bool:
        before = self.existing.get(record.key)
        return before is not None and before.values["role"] == Role.MANAGER

    def _problem(self, record: Record, name: str, reason: str, value: str, **facts: Any) -> None:
        heading, letter = self.places.get(name, ("", ""))
        row = record.rows.get(name, record.row)
        self.problems.append(Problem(row, heading, reason, value, letter, facts))
