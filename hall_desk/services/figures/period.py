"""The figures of a week, a month or any range of service days, beside those of the period before.

They are counted by the database, not by adding up daily reports: a year of a busy hall has a hundred thousand tickets.
Each figure is the daily report's (`services.figures.counted`), and the counts are the sums of their days; medians are
those of all tickets together.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import counted, groups
from hall_desk.services.figures.counted import Totals
from hall_desk.services.figures.groups import ClerkLine, DayLine, HourLine, MatterLine, WindowLine
from hall_desk.services.progress import DAYS, Progress
from hall_desk.store.models import Hall

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


def of_period(actor: Actor, period: Period, progress: Progress | None = None) -> PeriodFigures:
    """The figures of some service days of the hall.

    Raises DayNotOver when they all lie ahead, NotAllowed, and Stopped when `progress` was stopped.
    """
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
    days, days_before = (until - period.first).days + 1, before.days

    def tell(done: int) -> None:
        if progress is not None:
            progress.tell(DAYS, done, days + days_before)

    with actor.store.reading():
        hall = Hall.get_by_id(actor.hall_id)
        now = counted.of_days(actor, period.first, until, tell)
        then = counted.of_days(actor, before.first, before.last, lambda done: tell(days + done))
        return PeriodFigures(
            hall=hall.name,
            period=period,
            until=until,
            made_by=actor.name,
            practice=hall.practice_offset_s is not None,
            totals=now.totals(),
            before=then.totals(),
            by_day=groups.by_day(actor, now),
            by_hour=groups.by_hour(now),
            by_window=groups.by_window(actor, now),
            by_matter=groups.by_matter(actor, now),
            by_clerk=groups.by_clerk(actor, now),
        )
