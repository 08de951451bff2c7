"""The records behind second trips: visits that settled nothing, and the visits of the same people afterwards.

Everything is read by index and by the days asked for, so ten years of records cost no more than one. What is said of
people (`Person`, `First.words`) stays inside the services and on the manager's screen; no paper and no file has it.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings
from hall_desk.store.journal import sql_time
from hall_desk.store.models import Material, UtcField, Window

# People asked for in one statement; SQLite before 3.32 takes 999 parameters.
_AT_ONCE = 400
# A name this short occurs in any sentence.
_SHORTEST_NAME = 2


@dataclass(frozen=True)
class Person:
    """Whom a record is about, as far as it tells: an ID number's fingerprint, a phone, a name; each may be empty."""

    print: str = ""
    phone: str = ""
    name: str = ""

    @property
    def known(self) -> bool:
        """Whether the person can be found again. A name alone is nobody."""
        return bool(self.print or self.phone)

    def is_same(self, other: Person) -> bool:
        """The same ID number where both have one, else the same phone and no two different names."""
        if self.print and other.print:
            return self.print == other.print
        same_name = not self.name or not other.name or self.name == other.name
        return bool(self.phone) and self.phone == other.phone and same_name


@dataclass(frozen=True)
class MissingPaper:
    name: str
    original: bool = True

    @property
    def key(self) -> tuple[str, bool]:
        """What makes two papers the same, however they were typed."""
        return folded(self.name), self.original


@dataclass(frozen=True)
class First:
    """A visit that settled nothing. `kind` is one of `i18n.CODES["first_trip"]`, `at` in UTC.

    `number` is the ticket's or the notice's; `words` is what was said of what is missing, in free words. `back_at` is
    when the notice was opened again by scan, or the suspended ticket taken up again: then the return is certain.
    """

    kind: str
    at: datetime
    matter: str
    person: Person
    number: str
    window: str
    key: UUID
    papers: tuple[MissingPaper, ...] = ()
    words: str = ""
    back_at: datetime | None = None
    forgotten: bool = False

    @property
    def of_ticket(self) -> bool:
        return self.kind not in ("notice", "consultation")


@dataclass(frozen=True)
class Visit:
    """A later visit. `kind` is one of `i18n.CODES["second_trip"]`."""

    kind: str
    at: datetime
    matter: str
    person: Person
    number: str
    window: str
    key: UUID


def folded(name: str) -> str:
    """A paper's name as it is compared: without spaces and marks, full-width letters as plain ones."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


class Records:
    """The records from `first` to `last`, both counted. The caller has a transaction open as long as it is used."""

    def __init__(self, actor: Actor, first: date, last: date) -> None:
        self.actor, self.store = actor, actor.store
        self.hall = actor.hall_id.hex
        self.days = (first.isoformat(), last.isoformat())
        start = self.store.start_of(first)
        self.end = self.store.start_of(last + timedelta(days=1))
        self.times = (sql_time(start), sql_time(self.end))

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        return list(self.store.execute(sql, (self.hall, *values)).fetchall())

    # --- what the lists say today --------------------------------------------------------------------

    @cached_property
    def windows(self) -> dict[str, str]:
        rows = Window.select(Window.id, Window.number).where(Window.hall == self.actor.hall_id)
        return {row.id.hex: row.number for row in rows}

    @cached_property
    def materials(self) -> dict[str, list[Material]]:
        """The checklists of all matters, in their order."""
        found: dict[str, list[Material]] = defaultdict(list)
        rows = Material.select().where(Material.hall == self.actor.hall_id)
        for row in rows.order_by(Material.position):
            found[row.matter_id.hex].append(row)
        return found

    @cached_property
    def _consultations_kept_from(self) -> date:
        days = load_settings(self.actor.hall_id).retention_consultation_days
        return self.store.today() - timedelta(days=days)

    # --- visits that settled nothing -----------------------------------------------------------------

    def firsts(self) -> list[First]:
        """All of them, in the order in which they happened."""
        found = [*self._notices(), *self._consultations()]
        by_ticket: dict[UUID, list[First]] = defaultdict(list)
        for one in (*self._suspended(), *self._broken_off()):
            by_ticket[one.key].append(one)
        for one in self._differences():
            others = by_ticket[one.key]
            if others:
                # The same visit: what the window found otherwise explains why it led to nothing.
                others[0] = replace(others[0], papers=_together(others[0].papers, one.papers))
            else:
                others.append(one)
        found += [one for ones in by_ticket.values() for one in ones]
        return sorted(found, key=lambda one: (one.at, one.key.hex))

    def _notices(self) -> Iterator[First]:
        sql = (
            "SELECT id, code, at, service_day, matter_id, window_id, name, phone, missing, reopened_at "
            "FROM missing_notice WHERE hall_id = ? AND service_day >= ? AND service_day <= ?"
        )
        for key, code, at, day, matter, window, name, phone, missing, again in self._rows(
            sql, *self.days
        ):
            items = [MissingPaper(one["name"], one["original"]) for one in json.loads(missing)]
            self._told[_hex(matter)].update({folded(one.name): one for one in items})
            person = Person("", phone, name)
            yield First(
                "notice", _moment(at), _hex(matter), person, code, self._window(window), _uuid(key),
                tuple(items), back_at=_moment(again) if again else None,
                forgotten=not person.known and _day(day) < self._consultations_kept_from,
            )  # fmt: skip

    def _consultations(self) -> Iterator[First]:
        """Consultations that sent somebody away; one that led to a ticket or a notice is told by that."""
        sql = (
            "SELECT id, at, service_day, matter_id, name, phone FROM consultation WHERE hall_id = ? "
            "AND service_day >= ? AND service_day <= ? AND matter_id IS NOT NULL AND withdrawn_at IS NULL "
            "AND channel = 'in_person' AND outcome IN ('slip', 'callback', 'online')"
        )
        for key, at, day, matter, name, phone in self._rows(sql, *self.days):
            person = Person("", phone, name)
            yield First(
                "consultation", _moment(at), _hex(matter), person, "", "", _uuid(key),
                forgotten=not person.known and _day(day) < self._consultations_kept_from,
            )  # fmt: skip

    def _suspended(self) -> Iterator[First]:
        sql = (
            "SELECT t.id, t.number, c.ended_at, t.matter_id, c.window_id, t.name, t.phone, t.id_print, c.note, "
            "(SELECT min(n.claimed_at) FROM claim n WHERE n.ticket_id = c.ticket_id AND n.claimed_at > c.ended_at"
            " AND (n.ended_how IS NULL OR n.ended_how <> 'undone')) "
            "FROM claim c JOIN ticket t ON t.id = c.ticket_id "
            "WHERE c.hall_id = ? AND c.ended_how = 'suspended' AND c.ended_at >= ? AND c.ended_at < ?"
        )
        for *row, again in self._rows(sql, *self.times):
            one = self._of_ticket("suspended", *row)
            back = _moment(again) if again else None
            yield replace(one, back_at=back if back and back < self.end else None)

    def _broken_off(self) -> Iterator[First]:
        sql = (
            "SELECT outcome, id, number, ready_at, matter_id, window_id, name, phone, id_print, result "
            "FROM ticket WHERE hall_id = ? AND ready_at >= ? AND ready_at < ? AND outcome <> 'finished'"
        )
        return (self._of_ticket(*row) for row in self._rows(sql, *self.times))

    def _differences(self) -> Iterator[First]:
        """Tickets whose papers were not as listed, one for each ticket."""
        sql = (
            "SELECT t.id, t.number, t.opened_at, t.matter_id, t.window_id, t.name, t.phone, t.id_print, "
            "p.name, p.original FROM ticket t JOIN paper p ON p.ticket_id = t.id "
            "WHERE t.hall_id = ? AND t.service_day >= ? AND t.service_day <= ? AND p.difference <> '' "
            "AND p.holder <> 'void' ORDER BY t.opened_at, t.id, p.position"
        )
        found: dict[UUID, First] = {}
        for *row, name, original in self._rows(sql, *self.days):
            one = self._of_ticket("difference", *row, "")
            before = found.get(one.key, one)
            paper = MissingPaper(name, bool(original))
            found[one.key] = replace(before, papers=_together(before.papers, (paper,)))
        return iter(found.values())

    def _of_ticket(
        self, kind: str, key: Any, number: str, at: Any, matter: Any, window: Any, *said: str
    ) -> First:
        name, phone, fingerprint, words = said
        matter = _hex(matter)
        return First(
            kind, _moment(at), matter, Person(fingerprint, phone, name), number, self._window(window),
            _uuid(key), tuple(self.named_in(matter, words)), words, forgotten=not name,
        )  # fmt: skip

    # --- papers named in free words ------------------------------------------------------------------

    @cached_property
    def _told(self) -> dict[str, dict[str, MissingPaper]]:
        """The papers known of each matter by their folded names; those of the checklist, then those of notices."""
        found: dict[str, dict[str, MissingPaper]] = defaultdict(dict)
        for matter, rows in self.materials.items():
            found[matter] = {folded(row.name): MissingPaper(row.name, row.original) for row in rows}
        return found

    def named_in(self, matter: str, words: str) -> list[MissingPaper]:
        """The papers of a matter whose names stand in these words; of names inside one another the longest."""
        left, found = folded(words), []
        known = self._told[matter]
        for name in sorted(known, key=lambda name: (-len(name), name)):
            if len(name) >= _SHORTEST_NAME and name in left:
                left = left.replace(name, "\n")
                found.append(known[name])
        return found

    # --- later visits ---------------------------------------------------------------------------------

    def visits(self, people: Iterable[Person]) -> list[Visit]:
        """The visits of these people; a consultation that led to a ticket or a notice is told by that."""
        people = [one for one in people if one.known]
        phones = sorted({one.phone for one in people if one.phone})
        prints = sorted({one.print for one in people if one.print})
        found: dict[UUID, Visit] = {}
        by_phone = self._by("ticket_phone_matter_id_opened_at")
        for some in _parts(phones):
            for one in (*self._tickets(by_phone, "phone", some), *self._notices_of(some)):
                found[one.key] = one
        by_print = self._by("ticket_id_print")
        for some in _parts(prints):
            # The partial index is taken when its own condition stands in the query.
            for one in self._tickets(by_print, "id_print <> '' AND id_print", some):
                found[one.key] = one
        wanted = frozenset(phones)
        found |= {one.key: one for one in self._asked() if one.person.phone in wanted}
        return sorted(found.values(), key=lambda one: (one.at, one.key.hex))

    def _by(self, index: str) -> str:
        # SQLite has no statistics to choose by, and would walk through all tickets there ever were.
        return "" if self.store.postgres else f"INDEXED BY {index}"

    def _tickets(self, by: str, column: str, some: Sequence[str]) -> Iterator[Visit]:
        marks = ", ".join("?" * len(some))
        sql = (
            "SELECT id, number, opened_at, matter_id, window_id, name, phone, id_print FROM ticket "  # noqa: S608
            f"{by} WHERE hall_id = ? AND {column} IN ({marks}) AND opened_at >= ? AND opened_at < ?"
        )
        for key, number, at, matter, window, name, phone, fingerprint in self._rows(
            sql, *some, *self.times
        ):
            yield Visit(
                "ticket", _moment(at), _hex(matter), Person(fingerprint, phone, name), number,
                self._window(window), _uuid(key),
            )  # fmt: skip

    def _notices_of(self, phones: Sequence[str]) -> Iterator[Visit]:
        marks = ", ".join("?" * len(phones))
        sql = (
            "SELECT id, code, at, matter_id, window_id, name, phone FROM missing_notice "  # noqa: S608
            f"{self._by('missing_notice_phone_at')} WHERE hall_id = ? AND phone IN ({marks}) AND at >= ? AND at < ?"
        )
        for key, code, at, matter, window, name, phone in self._rows(sql, *phones, *self.times):
            yield Visit(
                "notice", _moment(at), _hex(matter), Person("", phone, name), code,
                self._window(window), _uuid(key),
            )  # fmt: skip

    def _asked(self) -> Iterator[Visit]:
        sql = (
            "SELECT id, at, matter_id, name, phone FROM consultation WHERE hall_id = ? AND service_day >= ? "
            "AND service_day <= ? AND phone <> '' AND matter_id IS NOT NULL AND withdrawn_at IS NULL "
            "AND channel = 'in_person' AND outcome NOT IN ('ticket', 'notice')"
        )
        for key, at, matter, name, phone in self._rows(sql, *self.days):
            yield Visit(
                "consultation", _moment(at), _hex(matter), Person("", phone, name), "", "", _uuid(key)
            )  # fmt: skip

    # --- all visits -------------------------------------------------------------------------------------

    def count_visits(self, first: date, last: date) -> dict[str, int]:
        """How many visits each matter had: tickets, notices, and consultations in person that led to neither."""
        sql = (
            "SELECT matter_id, count(*) FROM {table} WHERE hall_id = ? AND service_day >= ? "
            "AND service_day <= ? {more} GROUP BY matter_id"
        )
        consulted = (
            "AND matter_id IS NOT NULL AND withdrawn_at IS NULL AND channel = 'in_person' "
            "AND outcome NOT IN ('ticket', 'notice')"
        )
        counted: dict[str, int] = defaultdict(int)
        for table, more in (("ticket", ""), ("missing_notice", ""), ("consultation", consulted)):
            asked = sql.format(table=table, more=more)
            for matter, count in self._rows(asked, first.isoformat(), last.isoformat()):
                counted[_hex(matter)] += count
        return counted

    def _window(self, key: UUID | str) -> str:
        return self.windows.get(_hex(key), "")


def _together(
    some: tuple[MissingPaper, ...], more: tuple[MissingPaper, ...]
) -> tuple[MissingPaper, ...]:
    return tuple({one.key: one for one in (*some, *more)}.values())


def _parts(some: Sequence[str]) -> Iterator[Sequence[str]]:
    return (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE))


def _hex(key: UUID | str) -> str:
    return key.hex if isinstance(key, UUID) else key


def _uuid(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> datetime:
    moment = UtcField().python_value(value)
    assert moment is not None
    return moment
