"""The figures of a small day lived by hand, counted by hand: the same on both databases, and the same a day later."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hall_desk.documents.daily_report import daily_report
from hall_desk.services import (
    accounts,
    attendance,
    callbacks,
    consultations,
    corrections,
    day_close,
    disinfection,
    figures,
    halls,
    incidents,
    missing_notices,
    number_troubles,
    passages,
    phone_cases,
    posts,
    ratings,
    screening,
    slips,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.attendance import NewAttendance
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.corrections import FieldChange, NewCorrection
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.services.disinfection import NewRound
from hall_desk.services.figures import Attention, Count, DayFigures, HourCount
from hall_desk.services.incidents import NewIncident, NewStep
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.services.passages import NewPassage
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.services.posts import NewHandOver, NewShift
from hall_desk.services.ratings import NewFollowUp, NewOffer, NewRating
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import Collector, NewPaper, NewTicket, Proof
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN
from tests.documents.reading import joined

BEIJING = timezone(timedelta(hours=8))
DAY = MORNING.date()


def clock(hour: int, minute: int, day: int = 21) -> datetime:
    return datetime(2020, 2, day, hour, minute, tzinfo=BEIJING)


@dataclass
class Lived:
    """The small day, and what is needed to go on after it."""

    store: Store
    manager: Actor
    front_desk: Actor
    clerk: Actor
    small_hall: dict[str, Any]
    keys: dict[str, Any]

    def figures(self) -> DayFigures:
        return figures.of_day(self.manager, DAY)


@pytest.fixture
def lived(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> Lived:
    day = Lived(store, manager, front_desk, clerk, small_hall, {})
    for live in (
        _staff,
        _door,
        _consultation_post,
        _callbacks,
        _phone,
        _tickets,
        _incidents,
        _close,
    ):
        live(day)
    return day


def _at(lived: Lived, hour: int, minute: int) -> None:
    lived.store.freeze(clock(hour, minute))


def _staff(lived: Lived) -> None:
    desk, boss = lived.front_desk, lived.manager
    note = attendance.record
    _at(lived, 9, 0)
    note(desk, NewAttendance(new_id(), boss.staff_id, "", "36.4", True, "咳嗽"))
    note(desk, NewAttendance(new_id(), desk.staff_id, "", "36.5", False))
    posts.take_post(desk, NewShift(new_id(), "screening"))
    posts.take_post(lived.clerk, NewShift(new_id(), "window"))
    mistake = note(desk, NewAttendance(new_id(), boss.staff_id, "check", "39.9"))
    attendance.undo(desk, mistake.id)
    disinfection.record(desk, NewRound(new_id(), "大厅"))
    _at(lived, 9, 50)
    note(desk, NewAttendance(new_id(), desk.staff_id, "check", "37.5"))
    _at(lived, 10, 0)
    posts.take_post(desk, NewShift(new_id(), "consultation"))
    disinfection.record(boss, NewRound(new_id(), "大厅"))
    disinfection.record(boss, NewRound(new_id(), "窗口区"))
    halls.change_setting(boss, "capacity", 2)
    assert desk.staff_id
    assert boss.staff_id
    posts.hand_over(desk, NewHandOver(new_id(), desk.staff_id, boss.staff_id, PIN))
    _at(lived, 10, 5)
    note(desk, NewAttendance(new_id(), desk.staff_id, "out"))


def _door(lived: Lived) -> None:
    desk = lived.front_desk
    for minute, kind in ((30, "resident"), (31, "other"), (32, "resident")):
        _at(lived, 10, minute)
        screening.record(desk, NewCheck(new_id(), "365", name="于女士", person=kind))
    screening.record(desk, NewCheck(new_id(), "365", name="张敏", person="staff"))
    _at(lived, 10, 40)
    passages.leave(desk, NewPassage(new_id()))
    first, second = new_id(), new_id()
    _at(lived, 11, 0)
    screening.record(desk, NewCheck(first, "37.6", name="孙先生", phone="13800006620"))
    screening.record(desk, NewCheck(second, "37.4", name="吴先生"))
    _at(lived, 11, 6)
    screening.record(desk, NewCheck(new_id(), "37.5", recheck_of=first))
    screening.left(desk, second)
    _at(lived, 12, 30)
    passages.come_in(desk, NewPassage(new_id()))


def _consultation_post(lived: Lived) -> None:
    desk, hall = lived.front_desk, lived.small_hall
    ask = consultations.record
    _at(lived, 10, 45)
    ask(desk, NewConsultation(new_id(), "settled", matter_id=hall["medical"]))
    slip = new_id()
    slips.give(desk, slip, hall["window3"], hall["transfer"])
    slips.give(desk, new_id(), hall["window2"])
    ask(desk, NewConsultation(new_id(), "slip", matter_id=hall["transfer"], led_to=slip))
    _at(lived, 11, 15)
    ask(desk, NewConsultation(new_id(), "callback", "phone", question="公租房几时受理"))
    ask(desk, NewConsultation(new_id(), "settled", matter_id=hall["medical"]))
    wrong = ask(desk, NewConsultation(new_id(), "online", matter_id=hall["medical"]))
    consultations.undo(desk, wrong.id)
    notice = NewNotice(new_id(), hall["residence"], (NoticeItem("租房合同"),))
    missing_notices.give(desk, notice)
    missing_notices.reopen(desk, notice.id)


def _callbacks(lived: Lived) -> None:
    desk, clerk, hall = lived.front_desk, lived.clerk, lived.small_hall
    for name, due in (
        ("unanswered", clock(11, 45)),
        ("reached", clock(12, 0)),
        ("forgotten", clock(14, 0)),
        ("tomorrow", clock(10, 0, 22)),
        ("withdrawn", clock(15, 0)),
        ("postponed", clock(15, 0)),
    ):
        lived.keys[name] = new_id()
        _at(lived, 11, 30)
        phone = "13800004127"
        promised = NewCallback(lived.keys[name], hall["window3"], phone, "于女士", due_at=due)
        callbacks.promise(desk, promised)
    _at(lived, 11, 50)
    callbacks.attempt(clerk, NewAttempt(new_id(), lived.keys["reached"], "reached"))
    for hour, minute in ((11, 55), (12, 20), (12, 50)):
        _at(lived, hour, minute)
        callbacks.attempt(clerk, NewAttempt(new_id(), lived.keys["unanswered"], "no_answer"))
    callbacks.withdraw(desk, lived.keys["withdrawn"], "came_in")
    _at(lived, 14, 55)
    callbacks.postpone(clerk, lived.keys["postponed"], clock(9, 30, 24))


def _phone(lived: Lived) -> None:
    clerk, hall = lived.clerk, lived.small_hall
    for minute, name, matter, outcome, minutes in (
        (10, "first", hall["medical"], "settled", 5),
        (20, "second", None, "answered", 2),
        (30, "third", hall["medical"], "settled", 3),
        (35, "mistake", None, "needs_visit", 30),
    ):
        lived.keys[name] = new_id()
        _at(lived, 13, minute)
        phone_cases.record(clerk, NewPhoneCase(lived.keys[name], None, matter, outcome, minutes))
    phone_cases.undo(clerk, lived.keys["mistake"])
    _at(lived, 14, 10)
    lived.keys["silent"] = new_id()
    number_troubles.report(lived.front_desk, NewTrouble(lived.keys["silent"], hall["window2"]))


def _tickets(lived: Lived) -> None:
    desk, clerk, boss, hall = lived.front_desk, lived.clerk, lived.manager, lived.small_hall
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))
    _at(lived, 14, 30)
    done = tickets.open(
        desk,
        NewTicket(new_id(), hall["medical"], "钱女士", "13800001111", consent=True, papers=papers),
    )
    tickets.claim(clerk, done.card.id)
    tickets.received(clerk, done.card.id)
    _at(lived, 14, 32)
    kept = tuple(paper.id for paper in done.papers if not paper.original)
    tickets.finish(clerk, done.card.id, "已办好", kept, (NewPaper("医保卡"),))
    _at(lived, 14, 34)
    collector = Collector("钱小姐", "本人行动不便", boss.staff_id, PIN)
    tickets.hand_back(desk, done.card.id, Proof("receipt", ""), collector=collector)
    lived.keys["low"] = new_id()
    guest = ratings.offer(desk, NewOffer(lived.keys["low"], done.card.id))
    ratings.rate(guest, NewRating(1, ("slow", "manner")))
    ratings.rate(ratings.offer(desk, NewOffer(new_id())), NewRating(5))
    change = FieldChange("remark", "", "已致歉")
    corrections.correct(boss, NewCorrection(new_id(), done.card.id, (change,), "补记"))
    _at(lived, 15, 30)
    asked = NewTicket(
        new_id(), hall["transfer"], "陈女士", "13800002222", consent=True, papers=(NewPaper("身份证"),)
    )  # fmt: skip
    lived.keys["ticket"] = tickets.open(desk, asked).card.id
    tickets.claim(clerk, lived.keys["ticket"])
    tickets.received(clerk, lived.keys["ticket"])
    tickets.suspend(clerk, lived.keys["ticket"], "收入证明")


def _incidents(lived: Lived) -> None:
    desk, boss = lived.front_desk, lived.manager
    _at(lived, 15, 31)
    (fever,) = incidents.open_ones(boss)
    incidents.on_my_way(boss, fever.id)
    incidents.step(desk, NewStep(new_id(), fever.id, "引导至隔离观察区"))
    _at(lived, 15, 40)
    incidents.close(boss, fever.id, "社区接回")
    lived.keys["refuses"] = new_id()
    _at(lived, 16, 0)
    incidents.open(desk, NewIncident(lived.keys["refuses"], "refuses_rules", "大门口", "孙先生"))


def _close(lived: Lived) -> None:
    boss = lived.manager
    _at(lived, 18, 0)
    halls.change_setting(boss, "epidemic", True)
    open_things = day_close.review(boss, DAY).items
    carried = tuple(Carried(item.kind, item.id, f"理由：{item.kind}") for item in open_things)
    day_close.close(boss, NewClose(new_id(), DAY, carried, hall_empty=True))
    _at(lived, 18, 30)
    screening.record(lived.front_desk, NewCheck(new_id(), "365", name="张敏", person="staff"))
    _at(lived, 23, 50)
    slips.give(lived.front_desk, new_id(), lived.small_hall["window2"])


def counted(pairs: tuple[Count, ...]) -> dict[str, int]:
    return {one.code: one.count for one in pairs if one.count}


@pytest.fixture
def told(lived: Lived) -> DayFigures:
    lived.store.freeze(clock(8, 0, 22))
    return lived.figures()


def test_consultations(told: DayFigures) -> None:
    asked = told.consultations
    assert (asked.total, asked.withdrawn, asked.about_nothing_listed) == (4, 1, 1)
    assert counted(asked.by_outcome) == {"settled": 2, "slip": 1, "callback": 1}
    assert counted(asked.by_channel) == {"in_person": 3, "phone": 1}
    assert asked.by_hour == (HourCount(10, 2), HourCount(11, 2))
    assert [(one.code, one.count) for one in asked.top_matters] == [("YB01", 2), ("YB02", 1)]
    assert (asked.notices_given, asked.notices_reopened) == (1, 1)


def test_slips(told: DayFigures) -> None:
    assert (told.slips.total, told.slips.of_window_only) == (3, 2)
    assert [(one.name, one.count) for one in told.slips.top_matters] == [("变更定点医疗机构", 1)]


def test_callbacks(told: DayFigures) -> None:
    called = told.callbacks
    assert (called.promised, called.calls, called.no_answer) == (6, 4, 3)
    assert (called.settled, counted(called.by_result)) == (2, {"reached": 1, "withdrawn": 1})
    assert (called.open_at_end, called.side, called.overdue) == (4, 1, 1)
    broken = [one for one in told.attention if one.kind == "callback_overdue"]
    assert broken == [
        Attention("callback_overdue", {"window": "3", "due": "02-21 14:00", "tries": 0})
    ]


def test_phone_cases_and_numbers_that_do_not_answer(told: DayFigures) -> None:
    cases = told.phone_cases
    assert (cases.total, cases.minutes, cases.withdrawn, cases.about_nothing_listed) == (
        3,
        10,
        1,
        1,
    )
    assert counted(cases.by_outcome) == {"settled": 2, "answered": 1}
    assert [(one.number, one.count, one.minutes) for one in cases.by_window] == [("3", 3, 10)]
    assert [(one.code, one.count) for one in cases.top_matters] == [("YB01", 2)]
    assert told.numbers.reported == 1
    (silent,) = told.numbers.unsettled
    assert (silent.window_number, silent.since) == ("2", clock(14, 10))


def test_windows(told: DayFigures) -> None:
    second, third = told.windows
    assert (second.number, second.slips, second.phone_cases) == ("2", 2, 0)
    assert (third.opened, third.finished, third.median_seconds, third.within) == (2, 1, 120.0, 1)
    assert (third.phone_cases, third.callbacks_settled, third.callbacks_to_make) == (3, 2, 4)
    assert third.slips == 1


def test_incidents_with_their_steps(told: DayFigures) -> None:
    reported = told.incidents
    assert (reported.opened, reported.closed, reported.open_at_end, reported.late) == (2, 1, 1, 2)
    fever, refuses = reported.lines
    assert (fever.kind, fever.at, fever.answered_at, fever.closed_at, fever.late) == (
        "fever", clock(11, 6), clock(15, 31), clock(15, 40), True,
    )  # fmt: skip
    assert [(step.kind, step.staff, step.at) for step in fever.steps] == [
        ("opened", "陈晓", clock(11, 6)),
        ("on_my_way", "李主任", clock(15, 31)),
        ("step", "陈晓", clock(15, 31)),
        ("closed", "李主任", clock(15, 40)),
    ]
    assert (refuses.kind, refuses.place, refuses.closed_at) == ("refuses_rules", "大门口", None)
    assert (
        Attention("incident_open", {"kind": "refuses_rules", "at": "02-21 16:00", "late": True})
        in told.attention
    )


def test_people_in_the_hall(told: DayFigures) -> None:
    inside = told.people
    assert (inside.came, inside.left_by_key, inside.left_at_close) == (4, 1, 3)
    assert (inside.refused, inside.peak, inside.peak_at, inside.capacity) == (
        2,
        3,
        clock(10, 32),
        2,
    )
    assert inside.most_by_hour == (HourCount(10, 3), HourCount(11, 2), HourCount(12, 3))
    assert told.screening.went_away == 1
    assert told.epidemic


def test_attendance_names_who_was_not_checked_and_masks_who_was_ill(told: DayFigures) -> None:
    here = told.attendance
    assert (here.asked, here.present, here.readings, here.not_out) == (2, 2, 3, 1)
    assert (here.not_checked, here.too_few) == (("张敏",), 1)
    assert [(one.at, one.person, one.tenths) for one in here.high] == [(clock(9, 50), "陈**", 375)]
    assert (here.highest_tenths, here.unwell, here.without_mask) == (375, 1, 1)


def test_posts_and_disinfection(told: DayFigures) -> None:
    assert (told.posts.turns, told.posts.handed_over) == (4, 1)
    assert [
        (one.post, one.window_number, one.staff, one.since, one.until, one.handed_to)
        for one in told.posts.lines
    ] == [
        ("screening", "", "陈晓", clock(9, 0), clock(10, 0), ""),
        ("consultation", "", "陈晓", clock(10, 0), clock(10, 0), "李主任"),
        ("consultation", "", "李主任", clock(10, 0), None, ""),
        ("window", "3", "张敏", clock(9, 0), None, ""),
    ]
    assert told.disinfection.rounds == 3
    first, second = told.disinfection.areas
    assert (first.area, first.times, first.people) == (
        "大厅", (clock(9, 0), clock(10, 0)), ("陈晓", "李主任"),
    )  # fmt: skip
    assert (second.area, second.times) == ("窗口区", (clock(10, 0),))


def test_ratings(told: DayFigures) -> None:
    rated = told.ratings
    assert (rated.total, rated.satisfied, rated.waiting, rated.late) == (2, 1, 1, 0)
    assert counted(rated.by_grade) == {"5": 1, "1": 1}
    (low,) = rated.low
    assert (low.grade, low.reasons, low.number, low.window_number) == (
        1, ("slow", "manner"), "A001", "3",
    )  # fmt: skip
    assert (low.due_at, low.followed_up_at) == (clock(14, 34) + timedelta(days=5), None)


def test_papers_and_exceptions_of_tickets(told: DayFigures) -> None:
    assert (told.tickets.corrected, told.tickets.given_to_others) == (1, 1)
    held = told.custody
    assert (held.received, held.handed_back, held.kept_copies, held.new_papers) == (3, 2, 1, 1)
    (out,) = [one for one in told.attention if one.kind == "originals_out"]
    assert (out.facts["number"], out.facts["reason"]) == ("A002", "理由：paper")


def test_the_closing_and_what_came_after_it(told: DayFigures) -> None:
    assert (told.close.closed_at, told.close.closed_by) == (clock(18, 0), "李主任")
    assert [(one.kind, one.number) for one in told.close.carried] == [
        ("ticket", "A002"),
        ("paper", "A002"),
        ("callback", "3"),
        ("callback", "3"),
        ("incident", ""),
    ]
    assert counted(told.late.by_topic) == {"check": 1, "slip": 1}
    assert (told.late.entries, told.late.last_at) == (2, clock(23, 50))


def test_a_step_that_was_undone_moved_no_paper(lived: Lived) -> None:
    """Handed back and taken again within ten seconds: the resident does not have them."""
    lived.store.freeze(clock(23, 55))
    ticket = tickets.get(lived.clerk, lived.keys["ticket"])
    tickets.hand_back(lived.front_desk, ticket.card.id, Proof("pickup_code", ticket.pickup_code))
    assert lived.figures().custody.handed_back == 3
    tickets.undo(lived.front_desk, ticket.card.id)
    held = lived.figures().custody
    assert (held.received, held.handed_back, held.originals_out) == (3, 2, 1)


def test_the_day_does_not_change_with_anything_that_happens_after_it(lived: Lived) -> None:
    """Whatever is settled, postponed, withdrawn, reopened or set otherwise later, the day is told as it stood."""
    lived.store.freeze(clock(8, 0, 22))
    before = figures.as_json(lived.figures())
    boss, clerk, keys = lived.manager, lived.clerk, lived.keys
    callbacks.attempt(clerk, NewAttempt(new_id(), keys["forgotten"], "reached"))
    callbacks.attempt(clerk, NewAttempt(new_id(), keys["unanswered"], "wrong_number"))
    callbacks.postpone(clerk, keys["tomorrow"], clock(11, 0, 24))
    callbacks.postpone(clerk, keys["postponed"], clock(11, 0, 25))
    callbacks.reopen(boss, keys["reached"])
    callbacks.reopen(boss, keys["withdrawn"])
    phone_cases.undo(boss, keys["third"])
    number_troubles.settle(boss, keys["silent"])
    incidents.on_my_way(boss, keys["refuses"])
    incidents.close(boss, keys["refuses"], "改为电话办理")
    ratings.follow_up(boss, NewFollowUp(keys["low"], "已回访"))
    posts.take_post(clerk, NewShift(new_id(), "window"))
    posts.take_post(boss, NewShift(new_id(), "proxy"))
    for name, value in (
        ("capacity", 50),
        ("epidemic", False),
        ("threshold_tenths", 380),
        ("staff_checks_a_day", 0),
        ("hours", "8:00-12:00"),
    ):
        halls.change_setting(boss, name, value)
    tickets.resume(clerk, keys["ticket"])
    tickets.finish(clerk, keys["ticket"], "已办好")
    ticket = tickets.get(boss, keys["ticket"])
    tickets.hand_back(boss, keys["ticket"], Proof("pickup_code", ticket.pickup_code))
    assert figures.as_json(lived.figures()) == before


def test_the_json_has_a_key_for_each_section(lived: Lived) -> None:
    told = json.loads(figures.as_json(lived.figures()))
    assert list(told) == [field.name for field in fields(DayFigures)]
    sections = {
        "screening", "people", "consultations", "slips", "tickets", "custody", "callbacks", "phone_cases",
        "numbers", "incidents", "attendance", "posts", "disinfection", "ratings", "close", "late",
    }  # fmt: skip
    for name in sections:
        assert isinstance(told[name], dict), name
        assert any(told[name].values()), name
    assert isinstance(told["windows"], list)


def test_nobody_who_was_served_is_named(lived: Lived) -> None:
    text = figures.as_json(lived.figures())
    paper = joined(daily_report(lived.figures()))
    for private in ("孙先生", "吴先生", "钱小姐", "13800004127", "引导至隔离观察区", "咳嗽"):
        assert private not in text
        assert private not in paper


def test_the_same_day_gives_the_same_bytes(lived: Lived) -> None:
    assert daily_report(lived.figures()) == daily_report(lived.figures())


def test_a_running_day_counts_what_is_overdue_by_its_last_entry(lived: Lived) -> None:
    """Not by the clock: the same records give the same report a minute later."""
    shown = figures.as_json(lived.figures())
    lived.store.freeze(clock(23, 59))
    assert figures.as_json(lived.figures()) == shown


def test_while_the_day_runs_only_what_was_left_over_needs_attention(lived: Lived) -> None:
    """A ticket that was opened this morning is work; one of yesterday is not, whatever its number."""
    kinds = {"originals_out", "still_open"}
    lived.store.freeze(clock(9, 30, 22))
    hall, papers = lived.small_hall, (NewPaper("户口本"),)
    old = [one for one in lived.figures().attention if one.kind in kinds]
    assert [(one.kind, one.facts["number"]) for one in old] == [
        ("originals_out", "A002"),
        ("still_open", "A002"),
    ]
    halls.change_setting(lived.manager, "epidemic", False)
    for name in ("冯先生", "卫女士"):
        new = NewTicket(new_id(), hall["medical"], name, "", consent=True, papers=papers)
        tickets.open(lived.front_desk, new)
    today = figures.of_day(lived.manager, DAY + timedelta(days=1))
    told = [one.facts for one in today.attention if one.kind in kinds]
    assert [(one["number"], one.get("papers"), one.get("since")) for one in told] == [
        ("A002", ["身份证"], "02-21"),
        ("A002", None, None),
    ]
    assert today.custody.originals_out == 3


@pytest.fixture
def empty_hall(manager: Actor) -> Callable[[], DayFigures]:
    return lambda: figures.of_day(manager, DAY)


def test_a_day_on_which_nothing_happened(empty_hall: Callable[[], DayFigures]) -> None:
    told = empty_hall()
    assert (told.consultations.total, told.callbacks.promised, told.phone_cases.total) == (0, 0, 0)
    assert (told.incidents.lines, told.posts.lines, told.ratings.low) == ((), (), ())
    assert (told.people.peak, told.people.peak_at, told.close.closed_at) == (0, None, None)
    assert told.attention == ()


def test_only_managers_read_figures(front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        assert not actor.may("figures.read")
    assert accounts.RIGHTS["figures.read"] == {accounts.Role.MANAGER}
