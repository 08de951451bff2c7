"""二次跑动: who had to come a second time for one matter, and for want of which paper.

A *second trip* is a visit of the same person with the same matter after a first one that settled nothing.

- A *first trip* ended without a result: a 一次性告知 notice was given; a ticket was suspended for something missing,
  withdrawn or terminated; its papers were not as listed; or a consultation in person sent the resident away with a
  phone slip, a promise of a call or an online address. What was withdrawn on the spot or undone counts nowhere.
- The *second* is the person's next visit with that matter: a ticket, another notice, or a consultation in person, at
  least `SAME_VISIT` afterwards and at most `days` days of the calendar later (30 unless asked otherwise). It is certain
  where a notice is opened again by its code, or a suspended ticket is taken up again.
- The *same person* has the same ID number (by its keyed fingerprint) where both records have one; else the same phone
  and no two different names. A name alone is nobody.
- A trip counts on the day of the second visit. One that lacked two papers stands on two lines, and once in the total.
- The *share* is of all visits of the matter in the days shown: tickets, notices, and consultations in person that led
  to neither.

A paper comes from the notice, from the list of papers the window found different, or, where somebody wrote in free
words what is missing, from the names of papers known of the matter that stand in them. What names none of them has a
line of its own, as has a visit that lacked no paper. After retention a person cannot be recognised any more: the report
says of how many first trips that is true, and only certain returns are found of them.
"""

from __future__ import annotations

import heapq
import itertools
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.figures.period import Period
from hall_desk.services.trip_records import First, MissingPaper, Person, Records, Visit
from hall_desk.store.models import Hall, Matter

DAYS = 30
MOST_DAYS_BETWEEN = 90
MOST_DAYS = 366
# What comes sooner belongs to the same visit: from the door to the desk, or a ticket opened wrongly and again.
SAME_VISIT = timedelta(minutes=30)
REQUIRED, OPTIONAL, OTHER_FORM, ABSENT = "required", "optional", "other_form", "absent"


@dataclass(frozen=True)
class Trip:
    """One second trip: both visits, in the hall's zone. Numbers are a ticket's, or a notice's code, or empty.

    `first_ticket` and `second_ticket` are keys of tickets to open. `words` is what was said of what is missing, in free
    words: for the manager's screen, never for paper or files.
    """

    key: UUID
    matter_id: UUID
    first_kind: str
    first_at: datetime
    first_number: str
    first_window: str
    first_ticket: UUID | None
    second_kind: str
    second_at: datetime
    second_number: str
    second_window: str
    second_ticket: UUID | None
    days: int
    certain: bool
    papers: tuple[MissingPaper, ...]
    words: str


@dataclass(frozen=True)
class Line:
    """Second trips with one matter for want of one paper; `paper` is None where none was named.

    `standing` tells how the paper stands on the matter's checklist today: required, optional, other_form (as a copy
    where an original was missing, or the other way round) or absent; empty without a paper. `note` is what the list
    says of it. `visits` are all that the matter had.
    """

    matter_id: UUID
    code: str
    matter: str
    retired: bool
    paper: MissingPaper | None
    standing: str
    note: str
    people: int
    visits: int
    median_days: float
    trips: tuple[Trip, ...]

    @property
    def count(self) -> int:
        return len(self.trips)

    @property
    def certain(self) -> int:
        return sum(trip.certain for trip in self.trips)

    @property
    def share(self) -> float | None:
        return self.count / self.visits if self.visits else None

    @property
    def key(self) -> tuple[UUID, str, bool]:
        name, original = self.paper.key if self.paper else ("", False)
        return self.matter_id, name, original


@dataclass(frozen=True)
class SecondTrips:
    """The report. `until` is the last day counted. `firsts` are visits that settled nothing, in these days and in the
    `within` days before; of `forgotten` personal data is no longer kept, of `nameless` neither phone nor ID number was
    ever written, and of both no return is certain."""

    hall: str
    period: Period
    until: date
    within: int
    made_by: str
    practice: bool
    lines: tuple[Line, ...]
    trips: int
    people: int
    visits: int
    certain: int
    firsts: int
    forgotten: int
    nameless: int


def of_period(actor: Actor, period: Period, days: int = DAYS) -> SecondTrips:
    """The second trips of some service days, ranked by how many trips a missing paper cost.

    Raises BadInput (`period` too_long; `trip_days` range), DayNotOver when the days all lie ahead, DatabaseAway,
    NotAllowed.
    """
    actor.needs("figures.read")
    actor.store.need_server()
    if period.days > MOST_DAYS:
        raise errors.BadInput("period", "too_long", limit=MOST_DAYS)
    if not 1 <= days <= MOST_DAYS_BETWEEN:
        raise errors.BadInput("trip_days", "range", limit=MOST_DAYS_BETWEEN)
    today = actor.store.today()
    if period.first > today:
        raise errors.DayNotOver(day=period.first)
    until = min(period.last, today)
    with actor.store.reading():
        hall = Hall.get_by_id(actor.hall_id)
        records = Records(actor, period.first - timedelta(days=days), until)
        firsts = records.firsts()
        found = _Matched(records, firsts, days)
        start = records.store.start_of(period.first)
        shown = [one for one in found.returns if one.visit.at >= start]
        visits = records.count_visits(period.first, until)
        lines = _lines(records, shown, visits)
    unknown = [one for one in found.unfollowed if not one.person.known]
    return SecondTrips(
        hall=hall.name,
        period=period,
        until=until,
        within=days,
        made_by=actor.name,
        practice=hall.practice_offset_s is not None,
        lines=lines,
        trips=len(shown),
        people=_people(shown),
        visits=sum(visits.values()),
        certain=sum(one.certain for one in shown),
        firsts=len(firsts),
        forgotten=sum(one.forgotten for one in unknown),
        nameless=sum(not one.forgotten for one in unknown),
    )


# --- who came again ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Return:
    """A later visit, and the first ones that it makes good; more than one when a visit left several records."""

    visit: Visit
    firsts: tuple[First, ...]
    certain: bool

    @property
    def person(self) -> Person:
        """What all its records together tell of the person."""
        told = [self.visit.person, *(first.person for first in self.firsts)]
        return Person(
            next((one.print for one in told if one.print), ""),
            next((one.phone for one in told if one.phone), ""),
            next((one.name for one in told if one.name), ""),
        )

    @property
    def papers(self) -> tuple[MissingPaper, ...]:
        return tuple({one.key: one for first in self.firsts for one in first.papers}.values())


class _Matched:
    """Finds to each first visit the next one of the same person with the same matter."""

    def __init__(self, records: Records, firsts: Sequence[First], days: int) -> None:
        self._store = records.store
        self._end = records.end
        self._days = days
        self._by: dict[tuple[str, str], list[Visit]] = defaultdict(list)
        for visit in records.visits(one.person for one in firsts):
            for name in {visit.person.print, visit.person.phone} - {""}:
                self._by[visit.matter, name].append(visit)
        # A suspended ticket is a visit when it is opened, and again when it is taken up.
        found: dict[tuple[UUID, datetime], _Return] = {}
        self.unfollowed: list[First] = []
        for first in firsts:
            match = self._match(first)
            if match is None:
                self.unfollowed.append(first)
                continue
            place = match.visit.key, match.visit.at
            before = found.get(place)
            if before is not None:
                match = replace(
                    before,
                    firsts=(*before.firsts, first),
                    certain=before.certain or match.certain,
                )
            found[place] = match
        self.returns = sorted(found.values(), key=lambda one: (one.visit.at, one.visit.key.hex))

    def _match(self, first: First) -> _Return | None:
        since = first.at + SAME_VISIT
        until = self._store.start_of(self._store.day_of(first.at) + timedelta(days=self._days + 1))
        back = first.back_at
        if back is None or not since <= back < min(until, self._end):
            later = next(self._later(first, since, until), None)
            return _Return(later, (first,), certain=False) if later else None
        kind = "resumed" if first.of_ticket else "scan"
        scan = Visit(kind, back, first.matter, first.person, first.number, first.window, first.key)
        # What was opened on the strength of the scan, if anything was; else the scan itself is the visit.
        day = self._store.start_of(self._store.day_of(back))
        same = self._later(first, max(since, day), day + timedelta(days=1))
        opened = scan if first.of_ticket else next(same, scan)
        return _Return(opened, (first,), certain=True)

    def _later(self, first: First, since: datetime, until: datetime) -> Iterator[Visit]:
        """The same person's other visits with the same matter, in their order, from one moment to before another."""
        person = first.person
        lists = [self._by.get((first.matter, name), []) for name in {person.print, person.phone}]
        starts = [bisect_left(visits, since, key=lambda one: one.at) for visits in lists]
        ordered = heapq.merge(
            *(
                itertools.islice(visits, start, None)
                for visits, start in zip(lists, starts, strict=True)
            ),
            key=lambda one: one.at,
        )
        for one in itertools.takewhile(lambda one: one.at < until, ordered):
            if one.key != first.key and person.is_same(one.person):
                yield one


def _people(returns: Iterable[_Return]) -> int:
    """How many people these are, told apart as they were matched; a scan of a purged notice is somebody of its own."""
    prints: set[str] = set()
    names: dict[str, set[str]] = defaultdict(set)
    alone = 0
    for one in returns:
        person = one.person
        if person.print:
            prints.add(person.print)
        elif person.phone:
            names[person.phone].add(person.name)
        else:
            alone += 1
    return len(prints) + sum(max(1, len(some - {""})) for some in names.values()) + alone


# --- ranking -------------------------------------------------------------------------------------


def _lines(
    records: Records, returns: Sequence[_Return], visits: Mapping[str, int]
) -> tuple[Line, ...]:
    grouped: dict[tuple[str, tuple[str, bool] | None], list[_Return]] = defaultdict(list)
    for one in returns:
        for paper in one.papers:
            grouped[one.visit.matter, paper.key].append(one)
        if not one.papers:
            grouped[one.visit.matter, None].append(one)
    wanted = {UUID(matter) for matter, _key in grouped}
    rows = Matter.select().where(Matter.hall == records.actor.hall_id)
    matters = {row.id.hex: row for row in rows if row.id in wanted}
    lines = [
        _line(records, matters[matter], key, some, visits.get(matter, 0))
        for (matter, key), some in grouped.items()
    ]
    return tuple(sorted(lines, key=_rank))


def _rank(line: Line) -> tuple[int, int, str, str, bool]:
    """The most trips first; a line without a paper after those with one, for there is nothing to put on a list."""
    name = line.paper.name if line.paper else "\U0010ffff"
    return -line.count, -line.people, line.code, name, bool(line.paper and line.paper.original)


def _line(
    records: Records,
    row: Matter,
    key: tuple[str, bool] | None,
    returns: Sequence[_Return],
    visits: int,
) -> Line:
    paper, standing, note = None, "", ""
    if key is not None:
        paper = next(one for it in returns for one in it.papers if one.key == key)
        paper, standing, note = _standing(records, row.id.hex, paper)
    trips = tuple(_trip(records, one) for one in reversed(returns))
    return Line(
        matter_id=row.id,
        code=row.code,
        matter=row.name,
        retired=row.retired_at is not None,
        paper=paper,
        standing=standing,
        note=note,
        people=_people(returns),
        visits=visits,
        median_days=statistics.median(trip.days for trip in trips),
        trips=trips,
    )


def _standing(records: Records, matter: str, paper: MissingPaper) -> tuple[MissingPaper, str, str]:
    """The paper as the checklist writes it, how it stands there, and its note."""
    name, original = paper.key
    other_form = False
    for row in records.materials[matter]:
        listed = MissingPaper(row.name, row.original)
        if listed.key == (name, original):
            return listed, REQUIRED if row.required else OPTIONAL, row.note
        other_form = other_form or listed.key[0] == name
    return paper, OTHER_FORM if other_form else ABSENT, ""


def _trip(records: Records, one: _Return) -> Trip:
    first, visit = one.firsts[-1], one.visit
    local, days = records.store.local, records.store.day_of
    words = [said.words for said in one.firsts if said.words]
    return Trip(
        key=visit.key,
        matter_id=UUID(visit.matter),
        first_kind=first.kind,
        first_at=local(first.at),
        first_number=first.number,
        first_window=first.window,
        first_ticket=first.key if first.of_ticket else None,
        second_kind=visit.kind,
        second_at=local(visit.at),
        second_number=visit.number,
        second_window=visit.window,
        second_ticket=visit.key if visit.kind in ("ticket", "resumed") else None,
        days=(days(visit.at) - days(first.at)).days,
        certain=one.certain,
        papers=one.papers,
        words="\n".join(words),
    )
