"""The dashboard says what the day's report says, every figure has its list, and nothing is claimed without grounds."""

from __future__ import annotations

import contextlib
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.services import (
    accounts,
    callbacks,
    consultations,
    dashboard,
    dashboard_lists,
    figures,
    incidents,
    number_troubles,
    passages,
    phone_cases,
    posts,
    queue_replay,
    ratings,
    sample_day,
    screening,
    slips,
    staffing,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.dashboard import FIGURES, Dashboard
from hall_desk.services.dashboard_lists import Behind, Figure
from hall_desk.services.incidents import NewIncident
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.services.passages import NewPassage
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.services.posts import NewShift
from hall_desk.services.queue_replay import Job, Turn
from hall_desk.services.ratings import NewOffer, NewRating
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

# Their number is a duration; the list behind it is of all that were measured.
DURATIONS = {"median": "finished", "p90": "finished"}


@pytest.fixture
def boss(sample_hall: Store) -> Actor:
    return accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], sample_day.PIN)


def seen_at(actor: Actor, at: datetime) -> Dashboard:
    actor.store.freeze(at)
    return dashboard.today(actor)


def as_in_report(actor: Actor, now: Dashboard) -> None:
    """Every figure that the day's report has too."""
    told = figures.of_day(actor, now.day)
    assert now.totals == told.totals
    assert (now.held, now.totals.fevers) == (told.screening.held, told.screening.fevers)
    of_now = now.open
    assert of_now.suspended == told.tickets.suspended
    still = of_now.queued + of_now.handling + of_now.suspended + of_now.ready
    assert still == told.tickets.open_at_end
    assert now.late == told.tickets.measured - told.tickets.within_promise
    called = told.callbacks
    assert of_now.callbacks == called.open_at_end
    assert of_now.callbacks_side == called.side
    assert of_now.incidents == told.incidents.open_at_end
    assert of_now.originals == told.custody.originals_out
    assert now.low_rated == len(told.ratings.low)
    assert of_now.low_ratings == told.ratings.waiting
    assert len(now.troubles) == len(told.numbers.unsettled)
    asked = {one.code: one.count for one in told.consultations.by_outcome}
    assert dict(now.channels) == {
        "on_the_spot": asked["settled"],
        "proxy": told.tickets.opened,
        "phone": told.phone_cases.total,
        "online": asked["online"],
    }
    if told.as_of is not None and now.at == told.as_of:
        assert of_now.callbacks_overdue == called.overdue
        assert of_now.low_ratings_overdue == told.ratings.late


def test_the_sample_morning_is_told_as_in_the_report(boss: Actor) -> None:
    now = dashboard.today(boss)
    assert now.totals.opened == 16
    as_in_report(boss, now)
    told = figures.of_day(boss, now.day)
    assert told.as_of is not None
    as_in_report(boss, seen_at(boss, told.as_of))


def lists_agree(actor: Actor, now: Dashboard) -> None:
    def behind(figure: Figure) -> Behind:
        found = dashboard_lists.behind(actor, figure)
        assert len(found.rows) == min(found.lines, dashboard_lists.MOST_ROWS)
        return found

    for name in FIGURES:
        found = behind(Figure(name))
        assert found.total == now.value(DURATIONS.get(name, name)), name
        if found.lines == len(found.rows):
            assert sum(row.count for row in found.rows) == found.total, name
    for channel, count in now.channels:
        assert behind(Figure("channel", channel=channel)).total == count
    for matter in now.matters:
        assert behind(Figure("matter", key=matter.id)).total == matter.count


def test_every_count_and_its_list_agree(boss: Actor) -> None:
    lists_agree(boss, dashboard.today(boss))


def test_every_wait_by_hour_and_its_list_agree(boss: Actor) -> None:
    mirror = staffing.of_day(boss, sample_day.DAY)
    assert mirror.places[0].tickets == 31
    for place in mirror.places:
        for line in place.hours:
            asked = Figure("wait", key=place.window_id, hour=line.hour, day=mirror.day)
            found = dashboard_lists.behind(boss, asked)
            assert found.total == line.tickets
            longest = max((row.seconds or 0.0 for row in found.rows), default=None)
            assert longest == line.longest_seconds


def test_lists_name_nobody_in_full_and_have_no_telephone(boss: Actor) -> None:
    import re

    for name in FIGURES:
        for row in dashboard_lists.behind(boss, Figure(name)).rows:
            assert row.who == "" or row.who.endswith("**")
            assert not re.search(r"1\d{10}", f"{row.what} {row.who} {row.window}")


def test_a_list_is_cut_and_says_how_many_there_are(
    boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_lists, "MOST_ROWS", 5)
    for name in ("checked", "opened", "finished", "inside"):
        found = dashboard_lists.behind(boss, Figure(name))
        assert len(found.rows) == 5
        assert found.lines > 5


def test_an_unknown_figure_is_refused(boss: Actor) -> None:
    for figure in (Figure("made_up"), Figure("channel", channel="pigeon"), Figure("matter")):
        with pytest.raises(errors.NotFound):
            dashboard_lists.behind(boss, figure)


def test_only_a_manager_looks(front_desk: Actor) -> None:
    for asked in (
        lambda: dashboard.today(front_desk),
        lambda: dashboard_lists.behind(front_desk, Figure("checked")),
        lambda: staffing.of_day(front_desk, MORNING.date()),
        lambda: staffing.waits(front_desk, MORNING.date(), 10, None),
    ):
        with pytest.raises(errors.NotAllowed):
            asked()


def test_an_empty_day_has_noughts_and_no_lines(manager: Actor) -> None:
    now = dashboard.today(manager)
    assert {now.value(name) for name in FIGURES} == {0, None}
    assert (now.matters, now.on_post, now.troubles) == ((), (), ())
    assert now.open.changes_at is None
    lists_agree_when_empty(manager, now)


def lists_agree_when_empty(actor: Actor, now: Dashboard) -> None:
    assert all(dashboard_lists.behind(actor, Figure(name)).rows == () for name in FIGURES)
    mirror = staffing.of_day(actor, now.day)
    assert [place.one_more.verdict for place in mirror.places] == ["too_few"]
    assert mirror.best is None


def test_a_figure_of_today_leaves_with_its_record(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    asked = consultations.record(
        manager, NewConsultation(new_id(), "settled", matter_id=small_hall["medical"])
    )
    check = screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    now = dashboard.today(manager)
    assert (now.totals.checked, now.inside.count, dict(now.channels)["on_the_spot"]) == (1, 1, 1)
    consultations.undo(manager, asked.id)
    screening.undo(manager, check.id)
    lists_agree(manager, dashboard.today(manager))
    assert dashboard.today(manager).totals.checked == 0


# --- any day -------------------------------------------------------------------------------------


class AnyDay:
    """A day of one desk and one window on which things happen by chance, in any order that the hall allows."""

    def __init__(
        self, desk: Actor, clerk: Actor, boss: Actor, hall: dict[str, Any], seed: int
    ) -> None:
        self.desk, self.clerk, self.boss, self.hall = desk, clerk, boss, hall
        self.chance = random.Random(seed)
        self.made: dict[str, list[UUID]] = {"ticket": [], "callback": [], "check": [], "case": []}

    def live(self, steps: int) -> None:
        acts = (
            self.check, self.ask, self.slip, self.ticket, self.ticket, self.claim, self.claim, self.finish,
            self.finish, self.suspend, self.hand_back, self.promise, self.call, self.phone, self.report,
            self.settle, self.rate, self.take_back, self.silent, self.leaves,
        )  # fmt: skip
        store = self.desk.store
        for _step in range(steps):
            store.freeze(store.now() + timedelta(seconds=self.chance.randint(1, 240)))
            with contextlib.suppress(errors.HallDeskError):
                self.chance.choice(acts)()

    def one(self, kind: str) -> UUID:
        if not self.made[kind]:
            raise errors.NotFound(kind=kind, key="")
        return self.chance.choice(self.made[kind])

    def matter(self) -> UUID:
        key: UUID = self.hall[self.chance.choice(("medical", "transfer"))]
        return key

    def check(self) -> None:
        degrees = self.chance.choice(("365", "366", "37.4", "38.1"))
        self.made["check"].append(
            screening.record(self.desk, NewCheck(new_id(), degrees, "于女士")).id
        )

    def ask(self) -> None:
        outcome = self.chance.choice(("settled", "online"))
        consultations.record(self.desk, NewConsultation(new_id(), outcome, matter_id=self.matter()))

    def slip(self) -> None:
        slips.give(self.desk, new_id(), self.hall["window3"], self.matter())

    def ticket(self) -> None:
        phone = f"138{self.chance.randrange(10**8):08d}"
        papers = (
            NewPaper("身份证", count=self.chance.randint(1, 3)),
            NewPaper("照片", original=False),
        )
        new = NewTicket(new_id(), self.matter(), "钱女士", phone, consent=True, papers=papers)
        self.made["ticket"].append(tickets.open(self.desk, new).card.id)

    def claim(self) -> None:
        key = tickets.claim_next(self.clerk).card.id
        tickets.received(self.clerk, key)

    def finish(self) -> None:
        tickets.finish(self.clerk, self.one("ticket"), "已办好")

    def suspend(self) -> None:
        if self.chance.random() < 0.5:
            tickets.suspend(self.clerk, self.one("ticket"), "收入证明")
        else:
            tickets.resume(self.clerk, self.one("ticket"))

    def hand_back(self) -> None:
        tickets.hand_back(self.desk, self.one("ticket"), Proof("receipt", ""))

    def promise(self) -> None:
        key = new_id()
        callbacks.promise(
            self.desk, NewCallback(key, self.hall["window3"], "13800004127", "孙先生")
        )
        self.made["callback"].append(key)

    def call(self) -> None:
        outcome = self.chance.choice(("no_answer", "no_answer", "reached"))
        callbacks.attempt(self.clerk, NewAttempt(new_id(), self.one("callback"), outcome))

    def phone(self) -> None:
        new = NewPhoneCase(new_id(), None, self.matter(), "settled", 3)
        self.made["case"].append(phone_cases.record(self.clerk, new).id)

    def report(self) -> None:
        incidents.open(self.desk, NewIncident(new_id(), "dispute", "大厅"))

    def settle(self) -> None:
        for incident in incidents.open_ones(self.boss)[:1]:
            incidents.close(self.boss, incident.id, "已平息")

    def rate(self) -> None:
        guest = ratings.offer(self.desk, NewOffer(new_id()))
        grade = self.chance.choice((1, 5))
        ratings.rate(guest, NewRating(grade, ("slow",) if grade == 1 else ()))

    def take_back(self) -> None:
        if self.chance.random() < 0.5:
            screening.undo(self.desk, self.one("check"))
        else:
            phone_cases.undo(self.clerk, self.one("case"))

    def silent(self) -> None:
        number_troubles.report(self.desk, NewTrouble(new_id(), self.hall["window2"]))

    def leaves(self) -> None:
        passages.leave(self.desk, NewPassage(new_id()))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_any_day_report_dashboard_and_lists_agree(
    front_desk: Actor, clerk: Actor, manager: Actor, small_hall: dict[str, Any], seed: int
) -> None:
    day = AnyDay(front_desk, clerk, manager, small_hall, seed)
    for _part in range(3):
        day.live(50)
        told = figures.of_day(manager, manager.store.today())
        assert told.as_of is not None
        now = seen_at(manager, told.as_of)
        as_in_report(manager, now)
        lists_agree(manager, now)
        assert now.totals.opened


# --- read by their indexes -----------------------------------------------------------------------


def test_what_is_open_is_read_by_the_indexes_of_what_is_open(store: Store, manager: Actor) -> None:
    explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
    if store.postgres:
        store.execute("SET enable_seqscan = off")
    hall = manager.hall_id.hex
    day = (hall, "2020-02-21T00:00:00.000000Z", "2020-02-22T00:00:00.000000Z")
    for sql, values, index in (
        (dashboard.OPEN_BY_STATE, (hall,), "ticket_open"),
        (dashboard.CLOSED_BETWEEN, day, "ticket_hall_id_closed_at"),
        (dashboard.OPEN_CALLBACKS, (hall,), "callback_open"),
        (dashboard.OPEN_INCIDENTS, (hall,), "incident_open"),
        (dashboard.ORIGINALS_OUT, (hall,), "paper_out"),
        (dashboard.LOW_TO_FOLLOW_UP, (hall,), "rating_to_follow_up"),
    ):
        with store.reading():
            plan = str(store.execute(explain + sql, values).fetchall())
        assert index in plan, plan


# --- the staffing mirror -------------------------------------------------------------------------


def rush(
    store: Store, desk: Actor, clerk: Actor, matter: UUID, count: int, apart: int, handled: int
) -> None:
    """One clerk at a window: a ticket every `apart` seconds from half past ten, each in hand for `handled`."""
    start = MORNING.replace(minute=30, second=0)
    free = start
    happenings: list[tuple[datetime, int, Any]] = []
    for number in range(count):
        at, key = start + timedelta(seconds=apart * number), new_id()
        new = NewTicket(key, matter, f"居民{number}", f"138{number:08d}", consent=True)
        claimed = max(at, free)
        free = claimed + timedelta(seconds=handled)
        happenings += [
            (at, 0, lambda new=new: tickets.open(desk, new)),
            (claimed, 2, lambda key=key: tickets.claim(clerk, key)),
            (free, 1, lambda key=key: tickets.finish(clerk, key, "已办好")),
        ]
    for at, _order, run in sorted(happenings, key=lambda one: one[:2]):
        store.freeze(at)
        run()
    store.freeze(free + timedelta(hours=1))


@pytest.fixture
def on_post(front_desk: Actor, clerk: Actor) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    posts.take_post(clerk, NewShift(new_id(), "window"))


def test_one_more_person_is_told_where_the_queue_broke_the_promise(
    store: Store,
    front_desk: Actor,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    on_post: None,
) -> None:
    # Every 80 s a ticket of 120 s: alone, each waits 40 s longer than the one before it.
    rush(store, front_desk, clerk, small_hall["medical"], count=12, apart=80, handled=120)
    proxy, window = staffing.of_day(manager, MORNING.date()).places
    for place in (proxy, window):
        more = place.one_more
        assert (more.verdict, more.error_seconds, more.tickets) == ("gain", 0.0, 12)
        assert (more.first_hour, more.end_hour) == (10, 11)
        # 0, 40 and so on: with two minutes in hand the first two keep their three minutes; two people never queue.
        assert (more.kept, more.kept_then) == (2, 12)
        assert 1 <= more.low <= more.kept_then - more.kept <= more.high <= 12
        assert (more.wait_seconds, more.wait_then_seconds) == (220.0, 0.0)
        (line,) = place.hours
        assert (line.hour, line.tickets, line.longest_seconds, line.people) == (10, 12, 440.0, 0.9)
    again = staffing.of_day(manager, MORNING.date())
    assert again.places == (proxy, window), "the same day says the same"
    assert again.best == proxy


def test_nothing_is_claimed_without_enough_tickets(
    store: Store,
    front_desk: Actor,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    on_post: None,
) -> None:
    few = staffing.ENOUGH - 1
    rush(store, front_desk, clerk, small_hall["medical"], count=few, apart=80, handled=120)
    mirror = staffing.of_day(manager, MORNING.date())
    assert {place.one_more.verdict for place in mirror.places} == {"too_few"}


def test_nothing_is_claimed_where_nobody_was_put_on_post(
    store: Store, front_desk: Actor, clerk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    rush(store, front_desk, clerk, small_hall["medical"], count=12, apart=80, handled=120)
    mirror = staffing.of_day(manager, MORNING.date())
    assert {place.one_more.verdict for place in mirror.places} == {"no_posts"}
    assert {line.people for place in mirror.places for line in place.hours} == {None}


def test_nothing_is_claimed_when_the_queue_was_not_the_cause(
    store: Store,
    front_desk: Actor,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    on_post: None,
) -> None:
    # Long in hand, never in a queue: another person would not make the handling shorter.
    rush(store, front_desk, clerk, small_hall["medical"], count=10, apart=240, handled=200)
    mirror = staffing.of_day(manager, MORNING.date())
    assert {place.one_more.verdict for place in mirror.places} == {"no_gain"}


def test_nothing_is_claimed_when_people_did_several_things_at_once(
    store: Store,
    front_desk: Actor,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    on_post: None,
) -> None:
    start = MORNING.replace(minute=30, second=0)
    for number in range(10):
        store.freeze(start + timedelta(seconds=number))
        new = NewTicket(
            new_id(), small_hall["medical"], f"居民{number}", f"138{number:08d}", consent=True
        )
        card = tickets.open(front_desk, new).card
        tickets.claim(clerk, card.id)
    for number, card in enumerate(tickets.board(clerk).handling):
        store.freeze(start + timedelta(minutes=10, seconds=number))
        tickets.finish(clerk, card.id, "已办好")
    mirror = staffing.of_day(manager, MORNING.date())
    assert {place.one_more.verdict for place in mirror.places} == {"does_not_fit"}


def test_a_day_ahead_is_refused(manager: Actor) -> None:
    with pytest.raises(errors.DayNotOver):
        staffing.of_day(manager, MORNING.date() + timedelta(days=1))


# --- the replay ----------------------------------------------------------------------------------

_jobs = st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 600)), min_size=1, max_size=40).map(
    lambda pairs: [Job(float(at), float(at), float(spent)) for at, spent in sorted(pairs)]
)


@given(_jobs, st.integers(1, 4))
def test_with_nobody_else_in_rank_it_is_the_textbook_queue(jobs: list[Job], people: int) -> None:
    """First come first served with so many people: whoever is free first takes the next one."""
    free = [0.0] * people
    expected = []
    for job in jobs:
        free.sort()
        begin = max(job.at, free[0])
        expected.append(begin - job.at)
        free[0] = begin + job.handled
    turns = [Turn(-1.0, 1e9)] * people
    assert queue_replay.waits(jobs, queue_replay.levels(turns)) == expected


@given(_jobs, st.integers(0, 3600), st.integers(1, 3600))
def test_one_more_person_never_makes_the_queue_longer(
    jobs: list[Job], start: int, length: int
) -> None:
    alone = queue_replay.waits(jobs, queue_replay.levels([Turn(0.0, 7200.0)]))
    more = queue_replay.levels([Turn(0.0, 7200.0), Turn(float(start), float(start + length))])
    assert sum(queue_replay.waits(jobs, more)) <= sum(alone) + 1e-6


def test_who_has_the_lower_rank_is_taken_first_and_people_come_and_go() -> None:
    jobs = [Job(0, 0, 100), Job(10, 10, 100), Job(20, 5, 100)]
    assert queue_replay.waits(jobs, queue_replay.levels([])) == [0, 190, 80]
    two = queue_replay.levels([Turn(-10, 1000), Turn(50, 60)])
    assert queue_replay.waits(jobs, two) == [0, 140, 30]
