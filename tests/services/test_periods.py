"""A week's and a month's figures are the sums of their daily reports, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hall_desk import errors
from hall_desk.services import accounts, figures, sample_day
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import DayFigures, period
from hall_desk.services.figures.period import PeriodFigures
from hall_desk.services.progress import DAYS, Progress
from hall_desk.store.database import Store

DAY = sample_day.DAY


@pytest.fixture
def manager_of_sample(sample_hall: Store) -> Actor:
    return accounts.operator(sample_hall)


def _days(actor: Actor, found: PeriodFigures) -> list[DayFigures]:
    length = (found.until - found.period.first).days + 1
    days = (found.period.first + timedelta(days=number) for number in range(length))
    return [figures.of_day(actor, day) for day in days]


def test_a_ranges_counts_are_the_sums_of_its_days(manager_of_sample: Actor) -> None:
    some = period.of_period(manager_of_sample, period.between(DAY, sample_day.NEXT_DAY))
    days = _days(manager_of_sample, some)
    totals = some.totals
    assert totals.working_days == len(some.by_day) == 2
    assert totals.checked == sum(one.screening.total for one in days)
    assert totals.fevers == sum(one.screening.fevers for one in days)
    assert totals.consultations == sum(one.consultations.total for one in days)
    assert totals.slips == sum(one.slips.total for one in days)
    assert totals.notices == sum(one.consultations.notices_given for one in days)
    assert totals.opened == sum(one.tickets.opened for one in days)
    assert totals.finished == totals.measured == sum(one.tickets.finished for one in days)
    assert totals.withdrawn == sum(one.tickets.withdrawn for one in days)
    assert totals.terminated == sum(one.tickets.terminated for one in days)
    assert totals.within_promise == sum(one.tickets.within_promise for one in days)
    assert totals.callbacks_promised == sum(one.callbacks.promised for one in days)
    assert totals.callbacks_settled == sum(one.callbacks.settled for one in days)
    assert totals.phone_cases == sum(one.phone_cases.total for one in days)
    assert totals.phone_minutes == sum(one.phone_cases.minutes for one in days)
    assert totals.incidents == sum(one.incidents.opened for one in days)
    assert totals.rated == sum(one.ratings.total for one in days)
    assert totals.satisfied == sum(one.ratings.satisfied for one in days)


def test_each_days_line_is_its_daily_report(manager_of_sample: Actor) -> None:
    week = period.of_period(manager_of_sample, period.week_of(DAY))
    assert week.until == week.period.last == date(2020, 2, 23)
    line = next(line for line in week.by_day if line.day == DAY)
    told = figures.of_day(manager_of_sample, DAY)
    assert (line.checked, line.fevers) == (told.screening.total, told.screening.fevers)
    assert (line.opened, line.finished) == (told.tickets.opened, told.tickets.finished)
    assert line.median_seconds == told.tickets.median_seconds
    assert line.within_promise == told.tickets.within_promise
    assert (line.consultations, line.slips) == (told.consultations.total, told.slips.total)
    assert line.phone_cases == told.phone_cases.total


def test_one_day_as_a_range_is_told_by_window_matter_and_hour_as_in_its_report(
    manager_of_sample: Actor,
) -> None:
    found = period.of_period(manager_of_sample, period.between(DAY, DAY))
    told = figures.of_day(manager_of_sample, DAY)
    assert found.totals.median_seconds == told.tickets.median_seconds
    assert found.totals.p90_seconds == told.tickets.p90_seconds
    by_window = {line.number: line for line in found.by_window}
    assert len(by_window) == len(told.windows)
    for window in told.windows:
        line = by_window[window.number]
        assert (line.opened, line.finished, line.within_promise, line.slips, line.phone_cases) == (
            window.opened, window.finished, window.within, window.slips, window.phone_cases,
        )  # fmt: skip
        assert line.median_seconds == window.median_seconds
    by_matter = {line.code: line for line in found.by_matter}
    for matter in told.tickets.by_matter:
        assert by_matter[matter.code].opened == matter.opened
        assert by_matter[matter.code].median_seconds == matter.median_seconds
    checked = {line.hour: line.checked for line in found.by_hour if line.checked}
    assert checked == {line.hour: line.count for line in told.screening.by_hour if line.count}


def test_what_people_did_adds_up_to_what_was_done(manager_of_sample: Actor) -> None:
    found = period.of_period(manager_of_sample, period.month_of(DAY))
    totals = found.totals
    for done, whole in (
        ("checked", totals.checked),
        ("consultations", totals.consultations),
        ("slips", totals.slips),
        ("opened", totals.opened),
        ("phone_cases", totals.phone_cases),
    ):
        assert sum(getattr(line, done) for line in found.by_clerk) == whole
    # One ticket may be finished twice, when a finish was undone.
    assert sum(line.finished for line in found.by_clerk) >= totals.finished
    names = [line.name for line in found.by_clerk]
    assert names == sorted(names)


def test_a_running_week_is_compared_with_as_many_days_of_the_week_before(
    manager_of_sample: Actor,
) -> None:
    monday = period.of_period(manager_of_sample, period.week_of(sample_day.NEXT_DAY))
    assert monday.until == sample_day.NEXT_DAY
    assert monday.period.last == sample_day.NEXT_DAY + timedelta(days=6)
    last_monday = sample_day.NEXT_DAY - timedelta(days=7)
    alone = period.of_period(manager_of_sample, period.between(last_monday, last_monday))
    assert monday.before == alone.totals


def test_months_and_weeks_are_whole_ones() -> None:
    assert period.month_of(date(2020, 2, 21)) == period.Period(
        date(2020, 2, 1), date(2020, 2, 29), "month"
    )
    assert period.month_of(date(2020, 3, 1)).before() == period.month_of(date(2020, 2, 1))
    week = period.week_of(date(2020, 2, 23))
    assert (week.first, week.last) == (date(2020, 2, 17), date(2020, 2, 23))
    assert week.before().last == date(2020, 2, 16)
    ten = period.between(date(2020, 2, 11), date(2020, 2, 20))
    assert ten.before() == period.between(date(2020, 2, 1), date(2020, 2, 10))


def test_ranges_that_make_no_sense_are_refused(manager_of_sample: Actor) -> None:
    with pytest.raises(errors.BadInput) as backwards:
        period.between(DAY, DAY - timedelta(days=1))
    assert (backwards.value.field, backwards.value.reason) == ("period", "backwards")
    with pytest.raises(errors.BadInput) as too_long:
        period.between(DAY - timedelta(days=3650), DAY)
    assert too_long.value.reason == "too_long"
    with pytest.raises(errors.DayNotOver):
        period.of_period(manager_of_sample, period.week_of(DAY + timedelta(days=30)))


def test_an_empty_range_has_no_lines_and_no_median(manager_of_sample: Actor) -> None:
    found = period.of_period(manager_of_sample, period.between(date(2019, 1, 1), date(2019, 1, 31)))
    assert found.totals.opened == found.totals.working_days == 0
    assert found.totals.median_seconds is None
    assert found.by_day == found.by_matter == found.by_clerk == found.by_hour == ()
    assert all(line.finished == 0 for line in found.by_window)


def test_a_period_is_for_managers(sample_hall: Store) -> None:
    clerk = accounts.sign_in(sample_hall, sample_day.PEOPLE["front_desk"], sample_day.PIN, "A")
    with pytest.raises(errors.NotAllowed):
        period.of_period(clerk, period.week_of(DAY))


def test_a_long_count_tells_how_far_it_is_and_can_be_stopped(manager_of_sample: Actor) -> None:
    told: list[tuple[str, int, int]] = []
    whole = Progress(lambda progress: told.append((progress.what, progress.done, progress.of)))
    wanted = period.between(DAY - timedelta(days=99), DAY)
    found = period.of_period(manager_of_sample, wanted, whole)
    assert [what for what, _done, _of in told] == [DAYS] * len(told)
    assert [done for _what, done, _of in told] == sorted(done for _what, done, _of in told)
    assert told[0][1:] == (0, 200)
    assert told[-1][1:] == (200, 200)
    assert found == period.of_period(manager_of_sample, wanted)

    def enough(progress: Progress) -> None:
        if progress.done >= 28:
            progress.stop()

    stopping = Progress(enough)
    with pytest.raises(errors.Stopped):
        period.of_period(manager_of_sample, wanted, stopping)
    assert stopping.done == 28
