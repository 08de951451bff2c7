"""The incident report: everything of one incident on one page, and nobody's words cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from reading import assert_tidy, fonts, joined, pieces, texts

from hall_desk import i18n
from hall_desk.documents.incident import incident_report
from hall_desk.services.incidents import Incident, IncidentPaper, Step

KEY = UUID("01706560-0000-7000-8000-000000000001")
AT = datetime(2020, 2, 21, 9, 23, tzinfo=ZoneInfo("Asia/Shanghai"))


def step(minutes: int, kind: str, text: str = "", staff: str = "王组长") -> Step:
    return Step(KEY, AT + timedelta(minutes=minutes), kind, text, staff)


INCIDENT = Incident(
    id=KEY,
    at=AT,
    service_day=date(2020, 2, 21),
    kind="refuses_rules",
    place="门口体温测量岗",
    people="灰色外套男子",
    what="拒绝测温并推搡测温员",
    state="closed",
    due_at=AT + timedelta(minutes=15),
    answered_at=AT + timedelta(minutes=4),
    closed_at=AT + timedelta(minutes=10),
    result="当事人致歉并接受测温，36.6 ℃，放行",
    reporter="陈晓",
    reporter_id=KEY,
    ticket_id=None,
    ticket_number="",
    check_id=None,
    going=("王组长", "李主任"),
    steps=(
        step(0, "opened", staff="陈晓"),
        step(2, "step", "已劝阻，向其出示通告", "陈晓"),
        step(4, "on_my_way"),
        step(10, "closed", "当事人致歉并接受测温，36.6 ℃，放行"),
    ),
)
PAPER = IncidentPaper("太平桥政务服务大厅", False, AT + timedelta(minutes=40), "王组长", INCIDENT)


def test_everything_stands_on_one_page() -> None:
    pdf = incident_report(PAPER)
    assert len(texts(pdf)) == 1
    words = joined(pdf)
    for wanted in (
        "太平桥政务服务大厅",
        "情况上报单",
        "类别不配合",
        "状态已办结09:33",
        "上报时间2020-02-2109:23",
        "上报人陈晓",
        "处理时限09:38",
        "最先响应09:27王组长、李主任",
        "地点门口体温测量岗",
        "涉及人员灰色外套男子",
        "情况说明拒绝测温并推搡测温员",
        "02-2109:25陈晓已劝阻，向其出示通告",
        "02-2109:27王组长前往处理",
        "处理结果当事人致歉并接受测温，36.6℃，放行",
        "第1页共1页",
    ):
        assert wanted in words
    assert "演练" not in words
    assert_tidy(pdf, 17)
    assert all("NotoSansSC" in name for name in fonts(pdf))


def test_one_that_is_not_closed_says_so() -> None:
    still_open = replace(
        INCIDENT, state="open", closed_at=None, result="", answered_at=None, going=(), people="",
        ticket_number="A018", steps=INCIDENT.steps[:1],
    )  # fmt: skip
    words = joined(incident_report(replace(PAPER, incident=still_open, practice=True)))
    for wanted in ("状态处理中", "最先响应—", "涉及人员—", "尚未办结。", "单号A018", "演练"):
        assert wanted in words


def test_a_long_one_is_set_smaller_and_stays_on_one_page() -> None:
    long = replace(
        INCIDENT,
        what="双方争执" * 100,
        steps=(INCIDENT.steps[0], *(step(n, "step", "已劝导当事人" * 10) for n in range(1, 16))),
    )
    pdf = incident_report(replace(PAPER, incident=long))
    assert len(texts(pdf)) == 1
    assert joined(pdf).count("已劝导当事人") == 150
    assert_tidy(pdf, 17)


def test_what_no_page_holds_goes_on_to_the_next_and_nothing_is_lost() -> None:
    endless = replace(INCIDENT, steps=tuple(step(n, "step", f"第{n}步") for n in range(100)))
    pdf = incident_report(replace(PAPER, incident=endless))
    assert len(texts(pdf)) == 3
    assert all(f"第{n}步" in joined(pdf) for n in range(100))
    assert_tidy(pdf, 17)


def test_a_rare_name_and_several_lines_are_printed_as_they_are() -> None:
    rare = replace(INCIDENT, people="𬭊先生\n㛃女士", place="很长的地点" * 12)
    pdf = incident_report(replace(PAPER, incident=rare))
    assert "𬭊先生㛃女士" in joined(pdf)
    assert_tidy(pdf, 17)


def test_midnight_shows_the_day() -> None:
    late = replace(INCIDENT, due_at=datetime(2020, 2, 22, 0, 5, tzinfo=AT.tzinfo))
    assert "处理时限02-2200:05" in joined(incident_report(replace(PAPER, incident=late)))


def test_the_same_facts_give_the_same_bytes() -> None:
    assert incident_report(PAPER) == incident_report(PAPER)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_both_languages_are_tidy(language: str) -> None:
    i18n.use(language)
    pdf = incident_report(PAPER)
    assert len(texts(pdf)) == 1
    assert pieces(pdf)
    assert_tidy(pdf, 17)
