"""What was done in some days, counted by the database: the one SQL definition of every figure in `meanings`.

The daily report and those of several days take these figures from here. Records are grouped by day, hour, person,
window, matter and code, so that a year of a busy hall stays small; a long range is read in parts, with progress.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hall_desk.services import ratings
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import spans
from hall_desk.services.figures.counting import median, percentile
from hall_desk.services.figures.spans import Span, key_of, moment_of
from hall_desk.store.journal import sql_time

# How many days are read at once: a hundredth of a second of a busy hall, so that stopping takes no time.
PART = 14
# How a callback is settled, and what moves one without a call (see `journal_history` in the models).
SETTLED = ("reached", "needs_visit", "wrong_number", "withdrawn")
MOVES = ("callback.promised", "callback.postponed", "callback.withdrawn", "callback.reopened")


@dataclass(frozen=True, slots=True)
class Some:
    """Some records that are alike: how many, and their sum where there is something to add up.

    `hour` is the hall's; `staff`, `window` and `matter` are keys as hexadecimal digits, empty where there is none.
    """

    day: date
    hour: int
    staff: str
    window: str
    matter: str
    code: str
    count: int
    sum: int = 0


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


@dataclass
class Records:
    """The records of some days. `settled` counts callbacks; `handled` has seconds from claim to finish by who did it,
    `handed_back` tickets by who handed them back for good."""

    checks: list[Some] = field(default_factory=list)
    consultations: list[Some] = field(default_factory=list)
    slips: list[Some] = field(default_factory=list)
    notices: list[Some] = field(default_factory=list)
    opened: list[Some] = field(default_factory=list)
    phone_cases: list[Some] = field(default_factory=list)
    ratings: list[Some] = field(default_factory=list)
    incidents: list[Some] = field(default_factory=list)
    promised: list[Some] = field(default_factory=list)
    settled: int = 0
    spans: list[Span] = field(default_factory=list)
    broken_off: Counter[str] = field(default_factory=Counter)
    handled: list[tuple[str, float]] = field(default_factory=list)
    handed_back: Counter[str] = field(default_factory=Counter)

    def totals(self) -> Totals:
        """The headline figures."""
        seconds = [span.seconds for span in self.spans]
        rated = count(self.ratings)
        return Totals(
            working_days=len({one.day for one in (*self.checks, *self.opened)}),
            checked=count(self.checks),
            fevers=count(of_code(self.checks, "fever")),
            consultations=count(self.consultations),
            slips=count(self.slips),
            notices=count(self.notices),
            opened=count(self.opened),
            finished=len(seconds),
            withdrawn=self.broken_off["withdrawn"],
            terminated=self.broken_off["terminated"],
            measured=len(seconds),
            within_promise=sum(span.within for span in self.spans),
            median_seconds=median(seconds),
            p90_seconds=percentile(seconds, 0.9),
            callbacks_promised=count(self.promised),
            callbacks_settled=self.settled,
            phone_cases=count(self.phone_cases),
            phone_minutes=sum(one.sum for one in self.phone_cases),
            incidents=count(self.incidents),
            rated=rated,
            satisfied=rated - count(low(self.ratings)),
        )


def of_days(
    actor: Actor, first: date, last: date, tell: Callable[[int], object] | None = None
) -> Records:
    """The records of the days from `first` to `last`. The caller has opened a `store.reading()`.

    `tell` is given how many days have been read, before each part and at the end; what it raises ends the reading.
    """
    records = Records()
    tell = tell or (lambda _days: None)
    days = (last - first).days + 1
    for start in range(0, days, PART):
        tell(start)
        from_day = first + timedelta(days=start)
        to_day = min(last, from_day + timedelta(days=PART - 1))
        _Part(actor, from_day, to_day).read_into(records)
    tell(days)
    return records


# --- sums ----------------------------------------------------------------------------------------


def count(some: Iterable[Some]) -> int:
    return sum(one.count for one in some)


def of_code(some: Iterable[Some], code: str) -> Iterator[Some]:
    return (one for one in some if one.code == code)


def low(grades: Iterable[Some]) -> Iterator[Some]:
    """The ratings of the two low grades."""
    return (one for one in grades if int(one.code) in ratings.LOW)


def by(what: str, some: Iterable[Some]) -> Counter[Any]:
    """How many by one of the fields of `Some`."""
    counted: Counter[Any] = Counter()
    for one in some:
        counted[getattr(one, what)] += one.count
    return counted


# --- reading -------------------------------------------------------------------------------------

_NOTHING = "''"


class _Part:
    """A few days of one hall."""

    def __init__(self, actor: Actor, first: date, last: date) -> None:
        self.actor = actor
        self.store = actor.store
        self.first, self.last = first, last
        self.start = self.store.start_of(first)
        self.end = self.store.start_of(last + timedelta(days=1))
        self._hours: dict[str, int] = {}

    def read_into(self, records: Records) -> None:
        grouped = self._grouped
        records.checks += grouped("temperature_check", code="outcome", withdrawn=True)
        records.consultations += grouped(
            "consultation", matter="matter_id", code="outcome", withdrawn=True
        )
        records.slips += grouped("slip", window="window_id", matter="matter_id")
        records.notices += grouped("missing_notice", window="window_id", matter="matter_id")
        records.opened += grouped(
            "ticket", at="opened_at", staff="opened_by_id", window="window_id", matter="matter_id"
        )
        records.phone_cases += grouped(
            "phone_case", window="window_id", matter="matter_id", add="minutes", withdrawn=True
        )
        records.ratings += grouped("rating", staff=_NOTHING, window="window_id", code="grade")
        records.incidents += grouped("incident")
        records.promised += grouped("callback")
        records.settled += self._settled()
        records.spans += spans.between(self.actor, self.start, self.end)
        records.broken_off += self._broken_off()
        records.handled += self._handled()
        records.handed_back += self._handed_back()

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
    ) -> list[Some]:
        """Counts the records of a table. Those withdrawn on their own day do not count; later, the day stood."""
        keys = f"service_day, {self._hour(at)}, {staff}, {window}, {matter}, {code}"
        groups = ", ".join(
            str(place) for place, key in enumerate(keys.split(", "), 1) if key != _NOTHING
        )
        days = "FROM " + table + " WHERE hall_id = ? AND service_day >= ? AND service_day <= ?"
        kept = " AND withdrawn_at IS NULL" if withdrawn else ""
        rows = self.store.execute(
            f"SELECT {keys}, count(*), sum({add}) {days}{kept} GROUP BY {groups}", self._days
        ).fetchall()
        found = [self._some(row) for row in rows]
        if withdrawn:
            late = self.store.execute(
                f"SELECT {keys}, 1, {add}, withdrawn_at {days} AND withdrawn_at IS NOT NULL",
                self._days,
            ).fetchall()
            for *row, moment in late:
                some = self._some(row)
                if moment_of(moment) >= self.store.start_of(some.day + timedelta(days=1)):
                    found.append(some)
        return found

    @property
    def _days(self) -> tuple[str, str, str]:
        return self.actor.hall_id.hex, self.first.isoformat(), self.last.isoformat()

    def _hour(self, column: str) -> str:
        """The hour in UTC as text, which both engines write alike."""
        if self.store.postgres:
            return f"""to_char({column} AT TIME ZONE 'UTC','YYYY-MM-DD"T"HH24')"""
        return f"substr({column},1,13)"

    def _some(self, row: Sequence[Any]) -> Some:
        day, hour, staff, window, matter, code, number, added = row
        return Some(
            _day(day), self._hall_hour(hour), key_of(staff), key_of(window), key_of(matter), str(code),
            number, int(added),
        )  # fmt: skip

    def _hall_hour(self, hour: str) -> int:
        known = self._hours.get(hour)
        if known is None:
            moment = datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC)
            known = self._hours[hour] = self.store.local(moment).hour
        return known

    def _settled(self) -> int:
        """Callbacks that a day settled: by its calls and the journal, whatever became of them on later days."""
        marks = ", ".join(f"'{kind}'" for kind in MOVES)
        happened = [
            *self.store.execute(
                "SELECT service_day, callback_id, at, id, outcome FROM call_attempt "
                "WHERE hall_id = ? AND service_day >= ? AND service_day <= ?",
                self._days,
            ).fetchall(),
            *self.store.execute(
                "SELECT service_day, subject, at, id, kind FROM journal "  # noqa: S608 - kinds from above
                f"WHERE hall_id = ? AND service_day >= ? AND service_day <= ? AND kind IN ({marks})",
                self._days,
            ).fetchall(),
        ]
        last: dict[tuple[date, str], tuple[datetime, str, str]] = {}
        for day, callback, at, key, what in happened:
            about = (_day(day), key_of(callback))
            came = (moment_of(at), key_of(key), str(what).removeprefix("callback."))
            last[about] = max(last.get(about, came), came)
        return sum(what in SETTLED for _at, _id, what in last.values())

    def _between(self, sql: str) -> list[Any]:
        values = (self.actor.hall_id.hex, sql_time(self.start), sql_time(self.end))
        return list(self.store.execute(sql, values).fetchall())

    def _broken_off(self) -> Counter[str]:
        sql = (
            "SELECT outcome, count(*) FROM ticket WHERE hall_id = ? AND ready_at >= ? AND ready_at < ? "
            "AND outcome <> 'finished' GROUP BY outcome"
        )
        return Counter(dict(map(tuple, self._between(sql))))

    def _handled(self) -> list[tuple[str, float]]:
        sql = (
            "SELECT c.staff_id, c.claimed_at, c.ended_at FROM ticket t JOIN claim c ON c.ticket_id = t.id "
            "WHERE t.hall_id = ? AND t.ready_at >= ? AND t.ready_at < ? AND c.ended_how = 'finished'"
        )
        return [
            (key_of(staff), (moment_of(ended_at) - moment_of(claimed_at)).total_seconds())
            for staff, claimed_at, ended_at in self._between(sql)
        ]

    def _handed_back(self) -> Counter[str]:
        sql = (
            "SELECT h.staff_id, count(*) FROM ticket t JOIN hand_back h ON h.ticket_id = t.id WHERE t.hall_id = ? "
            "AND t.closed_at >= ? AND t.closed_at < ? AND h.undone_at IS NULL GROUP BY h.staff_id"
        )
        return Counter({key_of(staff): number for staff, number in self._between(sql)})


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
