"""The figures of a week, a month or any range of service days, beside those of the period before.

They are counted by the database, not by adding up daily reports: a year of a busy hall has a hundred thousand tickets.
Each figure means what it means in the daily report (`services.figures`); over days that are over the counts are their
sums. Two differ, and say so: a callback counts as it is settled now, and medians are those of all tickets together.
"""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import ratings
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import tickets
from hall_desk.services.figures.counting import median, percentile
from hall_desk.store.journal import sql_time
from hall_desk.store.models import Hall, Matter, Staff, UtcField, Window

MOST_DAYS = 1098  # three years, for a comparison with the year before and the one before that


@dataclass(frozen=True)
class Period:
    """Service days from `first` to `last`, both counted. `kind` is week, month or range."""

    first: date
    last: date
    kind: str = "range"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The week or month before, or as many days before a range."""
        last = self.first - timedelta(days=1)
        if self.kind == "month":
            return month_of(last)
        return replace(self, first=last - timedelta(days=self.days - 1), last=last)


def week_of(day: date) -> Period:
    """The week from Monday to Sunday (ISO 8601) that a day is in."""
    first = day - timedelta(days=day.weekday())
    return Period(first, first + timedelta(days=6), "week")


def month_of(day: date) -> Period:
    """The calendar month that a day is in."""
    length = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=length), "month")


def between(first: date, last: date) -> Period:
    """Any range of days. Raises BadInput `period` (backwards, too_long)."""
    if last < first:
        raise errors.BadInput("period", "backwards")
    period = Period(first, last)
    if period.days > MOST_DAYS:
        raise errors.BadInput("period", "too_long", limit=MOST_DAYS)
    return period


@dataclass(frozen=True)
class Totals:
    """What was done in some days. Durations are seconds; `working_days` had at least one check or ticket.

    `measured` are the finished tickets, `satisfied` ratings of the three upper grades.
    """

    working_days: int
    checked: int
    fevers: int
    consultations: int
    slips: int
    notices: int
    opened: int
    finished: int
    withdrawn: int
    terminated: int
    measured: int
    within_promise: int
    median_seconds: float | None
    p90_seconds: float | None
    callbacks_promised: int
    callbacks_settled: int
    phone_cases: int
    phone_minutes: int
    incidents: int
    rated: int
    satisfied: int


@dataclass(frozen=True)
class DayLine:
    day: date
    checked: int
    fevers: int
    consultations: int
    slips: int
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    phone_cases: int


@dataclass(frozen=True)
class HourLine:
    """How many in one hour of the day, in all days together."""

    hour: int
    checked: int
    consultations: int
    opened: int


@dataclass(frozen=True)
class WindowLine:
    number: str
    name: str
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    slips: int
    phone_cases: int
    rated: int
    satisfied: int


@dataclass(frozen=True)
class MatterLine:
    code: str
    name: str
    consultations: int
    slips: int
    notices: int
    opened: int
    finished: int
    within_promise: int
    median_seconds: float | None
    phone_cases: int


@dataclass(frozen=True)
class ClerkLine:
    """What one member of staff did. `handling_seconds` is the median from claiming a ticket to finishing it."""

    name: str
    role: str
    checked: int
    consultations: int
    slips: int
    opened: int
    finished: int
    handling_seconds: float | None
    handed_back: int
    phone_cases: int


@dataclass(frozen=True)
class PeriodFigures:
    """Everything a period's report shows. `until` is the last day that is counted: today, in a running period."""

    hall: str
    period: Period
    until: date
    made_by: str
    practice: bool
    totals: Totals
    before: Totals
    by_day: tuple[DayLine, ...]
    by_hour: tuple[HourLine, ...]
    by_window: tuple[WindowLine, ...]
    by_matter: tuple[MatterLine, ...]
    by_clerk: tuple[ClerkLine, ...]


def of_period(actor: Actor, period: Period) -> PeriodFigures:
    """The figures of some service days of the hall. Raises DayNotOver when they all lie ahead, NotAllowed."""
    actor.needs("figures.read")
    actor.store.need_server()
    today = actor.store.today()
    if period.first > today:
        raise errors.DayNotOver(day=period.first)
    until = min(period.last, today)
    before = period.before()
    if until < period.last:
        # A running week is compared with as many days of the one before.
        shown = (until - period.first).days
        before = replace(before, last=min(before.last, before.first + timedelta(days=shown)))
    with actor.store.reading():
        hall = Hall.get_by_id(actor.hall_id)
        now = _Counted(actor, period.first, until)
        return PeriodFigures(
            hall=hall.name,
            period=period,
            until=until,
            made_by=actor.name,
            practice=hall.practice_offset_s is not None,
            totals=now.totals(),
            before=_Counted(actor, before.first, before.last).totals(),
            by_day=now.by_day(),
            by_hour=now.by_hour(),
            by_window=now.by_window(),
            by_matter=now.by_matter(),
            by_clerk=now.by_clerk(),
        )


# --- counting ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Some:
    """Some records that are alike: how many, and their sum where there is something to add up."""

    day: date
    hour: int
    staff: str
    window: str
    matter: str
    code: str
    count: int
    sum: int = 0


_NOTHING = "''"


class _Counted:
    """The records of some days, grouped. The caller has a transaction open as long as it is used."""

    def __init__(self, actor: Actor, first: date, last: date) -> None:
        self.actor = actor
        self.store = actor.store
        self.first, self.last = first, last
        self.start = self.store.start_of(first)
        self.end = self.store.start_of(last + timedelta(days=1))

    # --- records by day, hour, person, window, matter and code --------------------------------------

    @cached_property
    def checks(self) -> list[_Some]:
        return self._grouped("temperature_check", code="outcome", withdrawn=True)

    @cached_property
    def consultations(self) -> list[_Some]:
        return self._grouped("consultation", matter="matter_id", withdrawn=True)

    @cached_property
    def slips(self) -> list[_Some]:
        return self._grouped("slip", window="window_id", matter="matter_id")

    @cached_property
    def notices(self) -> list[_Some]:
        return self._grouped("missing_notice", window="window_id", matter="matter_id")

    @cached_property
    def opened(self) -> list[_Some]:
        return self._grouped(
            "ticket", at="opened_at", staff="opened_by_id", window="window_id", matter="matter_id"
        )

    @cached_property
    def phone_cases(self) -> list[_Some]:
        return self._grouped(
            "phone_case", window="window_id", matter="matter_id", add="minutes", withdrawn=True
        )

    @cached_property
    def ratings(self) -> list[_Some]:
        return self._grouped("rating", staff=_NOTHING, window="window_id", code="grade")

    @cached_property
    def incidents(self) -> int:
        return sum(one.count for one in self._grouped("incident"))

    @cached_property
    def callbacks_promised(self) -> int:
        return sum(one.count for one in self._grouped("callback"))

    def _grouped(
        self,
        table: str,
        *,
        at: str = "at",
        staff: str = "staff_id",
        window: str = _NOTHING,
        matter: str = _NOTHING,
        code: str = _NOTHING,
        add: str = "0",
        withdrawn: bool = False,
    ) -> list[_Some]:
        """Counts the records of a table. Those withdrawn on their own day do not count, as in the daily report."""
        keys = f"service_day, {self._hour(at)}, {staff}, {window}, {matter}, {code}"
        groups = ", ".join(
            str(place) for place, key in enumerate(keys.split(", "), 1) if key != _NOTHING
        )
        days = "FROM " + table + " WHERE hall_id = ? AND service_day >= ? AND service_day <= ?"
        values = (self.actor.hall_id.hex, self.first.isoformat(), self.last.isoformat())
        kept = " AND withdrawn_at IS NULL" if withdrawn else ""
        rows = self.store.execute(
            f"SELECT {keys}, count(*), sum({add}) {days}{kept} GROUP BY {groups}", values
        ).fetchall()
        found = [self._some(row) for row in rows]
        if withdrawn:
            late = self.store.execute(
                f"SELECT {keys}, 1, {add}, withdrawn_at {days} AND withdrawn_at IS NOT NULL", values
            ).fetchall()
            for *row, moment in late:
                some = self._some(row)
                if _moment(moment) >= self.store.start_of(some.day + timedelta(days=1)):
                    found.append(some)
        return found

    def _hour(self, column: str) -> str:
        """The hour in UTC as text, which both engines write alike."""
        if self.store.postgres:
            return f"""to_char({column} AT TIME ZONE 'UTC','YYYY-MM-DD"T"HH24')"""
        return f"substr({column},1,13)"

    def _some(self, row: Sequence[Any]) -> _Some:
        day, hour, staff, window, matter, code, count, added = row
        moment = datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC)
        return _Some(
            _day(day), self.store.local(moment).hour, _key(staff), _key(window), _key(matter),
            str(code), count, int(added),
        )  # fmt: skip

    # --- tickets that were finished, and who finished and handed back ---------------------------------

    @cached_property
    def spans(self) -> list[tickets.Span]:
        return tickets.spans(self.actor, self.start, self.end)

    def _between(self, sql: str) -> list[Any]:
        values = (self.actor.hall_id.hex, sql_time(self.start), sql_time(self.end))
        return list(self.store.execute(sql, values).fetchall())

    @cached_property
    def broken_off(self) -> Counter[str]:
        sql = (
            "SELECT outcome, count(*) FROM ticket WHERE hall_id = ? AND ready_at >= ? AND ready_at < ? "
            "AND outcome <> 'finished' GROUP BY outcome"
        )
        return Counter(dict(map(tuple, self._between(sql))))

    @cached_property
    def callbacks_settled(self) -> int:
        sql = (
            "SELECT count(*) FROM callback WHERE hall_id = ? AND settled_at >= ? AND settled_at < ?"
        )
        return int(self._between(sql)[0][0])

    @cached_property
    def handled(self) -> dict[str, list[float]]:
        """Seconds from claim to finish, by who did it."""
        sql = (
            "SELECT c.staff_id, c.claimed_at, c.ended_at FROM ticket t JOIN claim c ON c.ticket_id = t.id "
            "WHERE t.hall_id = ? AND t.ready_at >= ? AND t.ready_at < ? AND c.ended_how = 'finished'"
        )
        found: dict[str, list[float]] = defaultdict(list)
        for staff, claimed_at, ended_at in self._between(sql):
            found[_key(staff)].append((_moment(ended_at) - _moment(claimed_at)).total_seconds())
        return found

    @cached_property
    def handed_back(self) -> Counter[str]:
        """Tickets handed back for good, by who did it."""
        sql = (
            "SELECT h.staff_id, count(*) FROM ticket t JOIN hand_back h ON h.ticket_id = t.id WHERE t.hall_id = ? "
            "AND t.closed_at >= ? AND t.closed_at < ? AND h.undone_at IS NULL GROUP BY h.staff_id"
        )
        return Counter({_key(staff): count for staff, count in self._between(sql)})

    # --- lines --------------------------------------------------------------------------------------

    def totals(self) -> Totals:
        seconds = [span.seconds for span in self.spans]
        rated = _count(self.ratings)
        return Totals(
            working_days=len({one.day for one in (*self.checks, *self.opened)}),
            checked=_count(self.checks),
            fevers=_count(_of(self.checks, code="fever")),
            consultations=_count(self.consultations),
            slips=_count(self.slips),
            notices=_count(self.notices),
            opened=_count(self.opened),
            finished=len(seconds),
            withdrawn=self.broken_off["withdrawn"],
            terminated=self.broken_off["terminated"],
            measured=len(seconds),
            within_promise=sum(span.within for span in self.spans),
            median_seconds=median(seconds),
            p90_seconds=percentile(seconds, 0.9),
            callbacks_promised=self.callbacks_promised,
            callbacks_settled=self.callbacks_settled,
            phone_cases=_count(self.phone_cases),
            phone_minutes=sum(one.sum for one in self.phone_cases),
            incidents=self.incidents,
            rated=rated,
            satisfied=rated - _count(one for one in self.ratings if int(one.code) in ratings.LOW),
        )

    def by_day(self) -> tuple[DayLine, ...]:
        """A line for each day on which something was done."""
        checks, fevers = _by("day", self.checks), _by("day", _of(self.checks, code="fever"))
        asked, slips = _by("day", self.consultations), _by("day", self.slips)
        opened, phoned = _by("day", self.opened), _by("day", self.phone_cases)
        done: dict[date, list[tickets.Span]] = defaultdict(list)
        for span in self.spans:
            done[self.store.day_of(span.ready_at)].append(span)
        days = sorted({*checks, *asked, *slips, *opened, *phoned, *done})
        return tuple(
            DayLine(
                day=day,
                checked=checks[day],
                fevers=fevers[day],
                consultations=asked[day],
                slips=slips[day],
                opened=opened[day],
                finished=len(done[day]),
                within_promise=sum(span.within for span in done[day]),
                median_seconds=median([span.seconds for span in done[day]]),
                phone_cases=phoned[day],
            )
            for day in days
        )

    def by_hour(self) -> tuple[HourLine, ...]:
        """From the first hour in which something was done to the last."""
        checks, asked = _by("hour", self.checks), _by("hour", self.consultations)
        opened = _by("hour", self.opened)
        hours = {*checks, *asked, *opened}
        return tuple(
            HourLine(hour, checks[hour], asked[hour], opened[hour])
            for hour in (range(min(hours), max(hours) + 1) if hours else ())
        )

    def by_window(self) -> tuple[WindowLine, ...]:
        """A line per window in use, and per retired one that still had something to do; in the hall's order."""
        opened, slips = _by("window", self.opened), _by("window", self.slips)
        phoned, rated = _by("window", self.phone_cases), _by("window", self.ratings)
        low = _by("window", (one for one in self.ratings if int(one.code) in ratings.LOW))
        done = _spans_by(self.spans, "window")
        rows = Window.select().where(Window.hall == self.actor.hall_id)
        lines = []
        for row in rows.order_by(Window.position, Window.number):
            key = row.id.hex
            busy = opened[key] or slips[key] or phoned[key] or done[key] or rated[key]
            if row.retired_at is None or busy:
                lines.append(
                    WindowLine(
                        number=row.number,
                        name=row.name,
                        opened=opened[key],
                        finished=len(done[key]),
                        within_promise=sum(span.within for span in done[key]),
                        median_seconds=median([span.seconds for span in done[key]]),
                        slips=slips[key],
                        phone_cases=phoned[key],
                        rated=rated[key],
                        satisfied=rated[key] - low[key],
                    )
                )
        return tuple(lines)

    def by_matter(self) -> tuple[MatterLine, ...]:
        """A line per matter with which anybody came or rang, the busiest first."""
        asked, slips = _by("matter", self.consultations), _by("matter", self.slips)
        notices, opened = _by("matter", self.notices), _by("matter", self.opened)
        phoned, done = _by("matter", self.phone_cases), _spans_by(self.spans, "matter")
        used = {*asked, *slips, *notices, *opened, *phoned, *done} - {""}
        rows = Matter.select(Matter.id, Matter.code, Matter.name).where(
            Matter.hall == self.actor.hall_id
        )
        lines = [
            MatterLine(
                code=row.code,
                name=row.name,
                consultations=asked[key],
                slips=slips[key],
                notices=notices[key],
                opened=opened[key],
                finished=len(done[key]),
                within_promise=sum(span.within for span in done[key]),
                median_seconds=median([span.seconds for span in done[key]]),
                phone_cases=phoned[key],
            )
            for row in rows
            if (key := row.id.hex) in used
        ]
        return tuple(sorted(lines, key=lambda line: (-line.opened, -line.consultations, line.code)))

    def by_clerk(self) -> tuple[ClerkLine, ...]:
        """A line per member of staff who did something, by name; those who left as well."""
        checks, asked = _by("staff", self.checks), _by("staff", self.consultations)
        slips, opened = _by("staff", self.slips), _by("staff", self.opened)
        phoned = _by("staff", self.phone_cases)
        used = {*checks, *asked, *slips, *opened, *phoned, *self.handled, *self.handed_back}
        rows = Staff.select(Staff.id, Staff.name, Staff.role).where(
            Staff.hall == self.actor.hall_id
        )
        lines = [
            ClerkLine(
                name=row.name,
                role=row.role,
                checked=checks[key],
                consultations=asked[key],
                slips=slips[key],
                opened=opened[key],
                finished=len(self.handled.get(key, ())),
                handling_seconds=median(self.handled.get(key, ())),
                handed_back=self.handed_back[key],
                phone_cases=phoned[key],
            )
            for row in rows
            if (key := row.id.hex) in used
        ]
        return tuple(sorted(lines, key=lambda line: line.name))


def _count(some: Iterable[_Some]) -> int:
    return sum(one.count for one in some)


def _of(some: Iterable[_Some], code: str) -> Iterator[_Some]:
    return (one for one in some if one.code == code)


def _by(what: str, some: Iterable[_Some]) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for one in some:
        counted[getattr(one, what)] += one.count
    return counted


def _spans_by(spans: Iterable[tickets.Span], what: str) -> Mapping[str, list[tickets.Span]]:
    found: dict[str, list[tickets.Span]] = defaultdict(list)
    for span in spans:
        found[getattr(span, what).hex].append(span)
    return found


def _key(value: UUID | str | None) -> str:
    return value.hex if isinstance(value, UUID) else value or ""


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> datetime:
    moment = UtcField().python_value(value)
    assert moment is not None
    return moment
