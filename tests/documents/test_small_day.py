"""A small day, recorded step by step and counted by hand: every report gives these figures, on both databases."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import openpyxl
import pytest

from hall_desk import i18n
from hall_desk.documents.daily_report import daily_report
from hall_desk.documents.period_report import period_report
from hall_desk.services import (
    accounts,
    callbacks,
    consultations,
    figures,
    hand_backs,
    missing_notices,
    phone_cases,
    ratings,
    screening,
    slips,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.figures import DayFigures, day_tables, period, period_tables
from hall_desk.services.figures.meanings import MEANINGS, value_of, value_of_day
from hall_desk.services.figures.period import PeriodFigures
from hall_desk.services.hand_backs import Proof
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.services.ratings import NewOffer, NewRating
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import Ticket
from tests.documents.reading import lines, texts

DAY = date(2020, 2, 21)
BEIJING = timezone(timedelta(hours=8))

# Counted by hand from `_lived` below, where each line says what it adds.
BY_HAND: dict[str, Any] = {
    "working_days": 1,
    "checked": 11,  # twelve readings, one taken back
    "fevers": 1,
    "consultations": 3,
    "slips": 2,
    "notices": 1,
    "opened": 5,
    "finished": 3,
    "withdrawn": 1,
    "terminated": 0,
    "median_seconds": 180.0,  # of 120, 180 and 360
    "p90_seconds": 360.0,  # the third of three
    "within": 2 / 3,  # 120 and 180 s of the promised three minutes
    "callbacks_promised": 2,
    "callbacks_settled": 1,
    "phone_cases": 2,
    "phone_minutes": 9,
    "incidents": 1,  # the fever's
    "rated": 2,
    "satisfied": 1,
}
ONLY_OF_A_DAY: dict[str, Any] = {
    "screening.held": 2,
    "screening.cleared_on_recheck": 1,
    "screening.went_away": 0,
    "screening.highest_tenths": 378,
    "people.came": 7,  # 9:10, 9:20, 9:30, 10:05, 10:15, 10:46 and 11:30; two were held, one had a fever
    "tickets.suspended": 0,
    "tickets.open_at_end": 2,  # A004's papers lie at the desk, A005 waits
    "tickets.cumulative": 5,
    "tickets.corrected": 0,
    "tickets.given_to_others": 0,
    "custody.received": 5,  # one original with each ticket
    "custody.handed_back": 3,
    "custody.originals_out": 2,
    "callbacks.open_at_end": 1,
    "callbacks.overdue": 1,
    "numbers.reported": 0,
    "incidents.closed": 0,
    "incidents.open_at_end": 1,
    "ratings.waiting": 1,
}
# Hour: checks, consultations, tickets opened.
HOURS = {9: (4, 1, 2), 10: (4, 1, 1), 11: (3, 1, 2)}
# Number: opened, finished, within the promise, median seconds, slips, phone cases.
WINDOWS = {"2": (1, 0, 0, None, 1, 0), "3": (4, 3, 2, 180.0, 1, 2)}
# Code: consultations, slips, notices, opened, finished, within, median seconds, phone cases.
MATTERS = {
    "JZ01": (0, 0, 1, 1, 0, 0, None, 0),
    "YB01": (1, 0, 0, 2, 2, 2, 150.0, 1),
    "YB02": (1, 1, 0, 2, 1, 0, 360.0, 0),
}
# Name: checks, consultations, slips, opened, finished, median handling, handed back, phone cases.
CLERKS = {
    "陈晓": (11, 3, 2, 5, 0, None, 3, 0),
    "张敏": (0, 0, 0, 0, 3, 60.0, 0, 2),
}


@pytest.fixture
def manager_after(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> Actor:
    """The manager on the morning after the day was lived."""
    _lived(store, front_desk, clerk, small_hall)
    store.freeze(datetime(2020, 2, 22, 9, 0, tzinfo=BEIJING))
    return accounts.operator(store)


@pytest.fixture
def of_day(manager_after: Actor) -> DayFigures:
    return figures.of_day(manager_after, DAY)


@pytest.fixture
def of_range(manager_after: Actor) -> PeriodFigures:
    return period.of_period(manager_after, period.between(DAY, DAY + timedelta(days=1)))


def _lived(store: Store, desk: Actor, clerk: Actor, hall: dict[str, Any]) -> None:
    def clock(text: str) -> None:
        store.freeze(datetime.fromisoformat(f"2020-02-21T{text}+08:00"))

    def check(text: str, reading: str, person: str = "resident", **more: Any) -> Any:
        clock(text)
        return screening.record(
            desk, NewCheck(new_id(), reading, name="于女士", person=person, **more)
        )

    def take_in(text: str, matter: str, name: str) -> Any:
        clock(text)
        new = NewTicket(new_id(), hall[matter], name, consent=True, papers=(NewPaper("身份证"),))
        return tickets.open(desk, new).card.id

    def claim(text: str, ticket: Any) -> None:
        clock(text)
        tickets.claim(clerk, ticket)
        tickets.received(clerk, ticket)

    def finish(text: str, ticket: Any, back: str) -> None:
        clock(text)
        tickets.finish(clerk, ticket, "已办好")
        clock(back)
        code = Ticket.get_by_id(ticket).pickup_code
        hand_backs.hand_back(desk, ticket, Proof("pickup_code", code))

    # Nine o'clock: four checks, one question, two tickets.
    check("09:10:00", "36.5")
    first = take_in("09:15:00", "medical", "钱女士")
    claim("09:16:00", first)
    finish("09:17:00", first, "09:20:00")  # 120 s, 60 s of them at the window
    check("09:20:00", "36.6")
    clock("09:25:00")
    consultations.record(desk, NewConsultation(new_id(), "settled", matter_id=hall["medical"]))
    check("09:30:00", "36.4", "other")
    check("09:40:00", "36.5", "staff")
    second = take_in("09:50:00", "transfer", "于女士")
    claim("09:51:00", second)
    finish("09:56:00", second, "10:00:00")  # 360 s: later than promised; 300 s at the window
    # Ten o'clock: four checks and one that was taken back, one question with its slip, one ticket.
    check("10:05:00", "36.3")
    third = take_in("10:10:00", "medical", "陈女士")
    claim("10:11:00", third)
    clock("10:12:00")
    tickets.suspend(clerk, third, "收入证明")
    check("10:15:00", "36.7")
    mistake = check("10:25:00", "36.9")
    screening.undo(desk, mistake.id)
    clock("10:30:00")
    slip = new_id()
    slips.give(desk, slip, hall["window3"], hall["transfer"])
    asked = NewConsultation(new_id(), "slip", matter_id=hall["transfer"], led_to=slip)
    consultations.record(desk, asked)
    held = check("10:40:00", "37.5")
    clock("10:42:00")
    tickets.resume(clerk, third)
    finish(
        "10:43:00", third, "10:45:00"
    )  # 33 min less 30 min suspended: 180 s; 60 s since the claim
    check("10:46:00", "36.9", recheck_of=held.id)
    # Eleven o'clock: three checks, one question, two tickets of which one is withdrawn.
    hot = check("11:00:00", "37.8")
    check("11:06:00", "37.6", recheck_of=hot.id)
    fourth = take_in("11:10:00", "transfer", "孙先生")
    clock("11:12:00")
    tickets.withdraw(desk, fourth, "改日再来")
    clock("11:15:00")
    consultations.record(desk, NewConsultation(new_id(), "callback", question="几时受理"))
    take_in("11:20:00", "residence", "吴先生")
    check("11:30:00", "36.5")
    # What comes on paper and by telephone.
    slips.give(desk, new_id(), hall["window2"])
    missing_notices.give(desk, NewNotice(new_id(), hall["residence"], (NoticeItem("租房合同"),)))
    reached, waiting = new_id(), new_id()
    for key in (reached, waiting):
        due = datetime(2020, 2, 21, 14, 0, tzinfo=BEIJING)
        callbacks.promise(desk, NewCallback(key, hall["window3"], "13800004127", due_at=due))
    clock("11:50:00")
    callbacks.attempt(clerk, NewAttempt(new_id(), reached, "reached"))
    phone_cases.record(clerk, NewPhoneCase(new_id(), None, hall["medical"], "settled", 5))
    phone_cases.record(clerk, NewPhoneCase(new_id(), None, None, "answered", 4))
    ratings.rate(ratings.offer(desk, NewOffer(new_id(), first)), NewRating(5))
    ratings.rate(ratings.offer(desk, NewOffer(new_id(), second)), NewRating(2, ("slow",)))


def test_the_days_figures(of_day: DayFigures) -> None:
    names = [name for name, _title, _meaning in MEANINGS]
    assert {name: value_of_day(of_day, name) for name in names} == BY_HAND
    assert {name: value_of_day(of_day, name) for name in ONLY_OF_A_DAY} == ONLY_OF_A_DAY
    assert [(line.hour, line.count) for line in of_day.screening.by_hour] == [
        (hour, checks) for hour, (checks, _asked, _opened) in HOURS.items()
    ]


def test_a_ranges_figures(of_range: PeriodFigures) -> None:
    assert {name: value_of(of_range.totals, name) for name in BY_HAND} == BY_HAND
    assert {value_of(of_range.before, name) or 0 for name in BY_HAND} == {0}


def test_by_hour_window_matter_and_clerk(of_day: DayFigures, of_range: PeriodFigures) -> None:
    for told in (of_day, of_range):
        assert {h.hour: (h.checked, h.consultations, h.opened) for h in told.by_hour} == HOURS
        assert {
            m.code: (
                m.consultations, m.slips, m.notices, m.opened, m.finished, m.within_promise,
                m.median_seconds, m.phone_cases,
            )
            for m in told.by_matter
        } == MATTERS  # fmt: skip
        assert {
            c.name: (
                c.checked, c.consultations, c.slips, c.opened, c.finished, c.handling_seconds,
                c.handed_back, c.phone_cases,
            )
            for c in told.by_clerk
        } == CLERKS  # fmt: skip
    assert {
        w.number: (w.opened, w.finished, w.within, w.median_seconds, w.slips, w.phone_cases)
        for w in of_day.windows
    } == WINDOWS
    assert {
        w.number: (w.opened, w.finished, w.within_promise, w.median_seconds, w.slips, w.phone_cases)
        for w in of_range.by_window
    } == WINDOWS


def _read(pdf: bytes) -> list[str]:
    return [line for page in range(len(texts(pdf))) for line in lines(pdf, page)]


def test_the_papers(of_day: DayFigures, of_range: PeriodFigures) -> None:
    clerks = {"张敏 窗口人员 0 0 0 0 3 1:00 0 2", "陈晓 前台人员 11 3 2 5 0 – 3 0"}
    # Without the watermark, which is text among the lines.
    daily = _read(daily_report(replace(of_day, practice=False)))
    assert clerks | {
        "11 1 5 3:00 67% 5",  # checks, fevers, opened, median, within the promise, in all
        "居民 9 复测正常 1 办结 3 · 中止 0 九成以内 6:00 自 2020-02-21",
        "2 号窗口 居住与户籍 1 0 – – 0 – 1",
        "3 号窗口 医疗保险 4 3 3:00 67% 2 1 / 2 1",
        "合计 5 3 3:00 67% 2 1 / 2 2",
        "YB01 医保卡领取 3 2 2 2:30",
        "日终未办结 2 复测正常 1",
        "满意率 50%",
    } <= set(daily)
    several = _read(period_report(replace(of_range, practice=False)))
    assert clerks | {
        "2020-02-21 11 1 3 2 5 3 67% 3:00 2",
        "测温人次 11 0 +11 九成不超过 6:00 – –",
        "咨询登记 3 0 +3 承诺回电 2 0 +2",
        "代办受理 5 0 +5 通话分钟 9 0 +9",
        "3 医疗保险 4 3 67% 3:00 1 2 2 50%",
        "YB02 变更定点医疗机构 1 1 0 2 1 0% 6:00 0",
    } <= set(several)


def _numbers(rows: list[list[Any]], key: int = 0) -> dict[Any, list[Any]]:
    return {row[key]: row for row in rows}


def test_the_workbooks(of_day: DayFigures, of_range: PeriodFigures) -> None:
    for content in (day_tables.as_xlsx(of_day), period_tables.as_xlsx(of_range)):
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            assert sheet.freeze_panes == "B2"
        overview = {row[0].value: row[1].value for row in book["总览"].iter_rows(min_row=2)}
        for name, title, _meaning in MEANINGS[1:]:
            cell = overview[i18n._(title)]
            value = cell.total_seconds() if isinstance(cell, timedelta) else cell
            assert value == pytest.approx(BY_HAND[name]), name
        clerks = _numbers([[c.value for c in row] for row in book["按人员"].iter_rows(min_row=2)])
        assert tuple(clerks["陈晓"][2:7]) == (11, 3, 2, 5, 0)
        assert clerks["张敏"][7] == timedelta(seconds=60)
        assert len(book["按时段"]._charts) == 1


def test_the_csv_files(of_day: DayFigures, of_range: PeriodFigures) -> None:
    def rows(content: bytes) -> list[list[str]]:
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    values = {line[0]: line[1] for line in rows(day_tables.as_csv(of_day))[1:]}
    titles = {name: i18n._(title) for name, title, _meaning in MEANINGS}
    assert values[titles["checked"]] == "11"
    assert values[f"{titles['median_seconds']} (秒)"] == "180"
    assert values[f"{titles['within']} (%)"] == "66.7"
    for as_csv in (
        lambda by: day_tables.as_csv(of_day, by), lambda by: period_tables.as_csv(of_range, by),
    ):  # fmt: skip
        assert _numbers(rows(as_csv("matters")))["YB01"][2:7] == ["1", "0", "0", "2", "2"]
        assert _numbers(rows(as_csv("windows")))["3"][2:6] == ["4", "3", "66.7", "180"]
        assert _numbers(rows(as_csv("clerks")))["张敏"][6:10] == ["3", "60", "0", "2"]
    (day,) = rows(period_tables.as_csv(of_range))[1:]
    assert day == ["2020-02-21", "11", "1", "3", "2", "5", "3", "66.7", "180", "2"]


def test_the_json_files(of_day: DayFigures, of_range: PeriodFigures) -> None:
    for text in (figures.as_json(of_day), period_tables.as_json(of_range)):
        totals = json.loads(text)["totals"]
        told = {name: totals[name] for name in BY_HAND if name != "within"}
        assert told == {name: value for name, value in BY_HAND.items() if name != "within"}
        assert totals["within_promise"] / totals["measured"] == BY_HAND["within"]
