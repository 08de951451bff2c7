"""The daily report: its figures as text, its pages as pictures, its digest as a code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from paper_facts import DAY, EMPTY_DAY, HUGE_DAY, LONG_MATTER
from reading import assert_tidy, codes, fonts, joined, lines, text, texts

from hall_desk import i18n
from hall_desk.documents.daily_report import daily_report, day_code, sentence
from hall_desk.services.figures import Attention

HEADINGS = (
    "每小时测温",
    "各窗口",
    "代办情况",
    "在外材料",
    "需要关注",
    "各事项",
    "当日日志摘要",
    "每小时咨询",
    "咨询登记",
    "回电",
    "情况上报",
    "好差评",
    "人员健康情况",
    "日终收尾",
)


def rows(pdf: bytes) -> list[str]:
    return [line for page in range(len(texts(pdf))) for line in lines(pdf, page)]


def row(pdf: bytes, start: str) -> list[str]:
    (found,) = [line for line in rows(pdf) if line.startswith(start)]
    return found.split()


def test_headline_figures() -> None:
    words = joined(daily_report(DAY))
    for wanted in (
        "太平桥街道政务服务大厅",
        "工作日报",
        "2020年2月21日星期五",
        "开放9:00–17:00",
        "数据截至2020-02-2117:12",
        "制表人李",
        "居民151",
        "九成以内5:10",
        "前一日71%",
        "自2020-02-03",
    ):
        assert wanted in words
    headline = next(line for line in rows(daily_report(DAY)) if line.split()[:2] == ["192", "1"])
    assert headline.split() == ["192", "1", "31", "2:41", "79%", "267"]


def test_every_window_has_its_row_and_the_total_adds_up() -> None:
    pdf = daily_report(DAY)
    assert row(pdf, "3 号窗口 医疗保险")[-6:] == ["91%", "22", "4", "/", "5", "19"]
    assert row(pdf, "6 号窗口 住房保障")[-9:] == ["2", "1", "–", "0%", "5", "1", "/", "2", "4"]
    assert row(pdf, "合计")[-9:] == ["31", "28", "2:41", "79%", "49", "13", "/", "15", "49"]


def test_matters_papers_out_and_charts() -> None:
    pdf = daily_report(DAY)
    assert row(pdf, "YB02") == ["YB02", "变更医疗定点医院", "3", "4", "4", "2:46"]
    assert "B006陈**身份证原件1份6号窗口周02-2115:02" in joined(pdf)
    words = rows(pdf)
    assert any("9 10 11 12 13 14 15 16 0–1 1–2 2–3 3–4 4–5 5–8 8+" in line for line in words)
    figures = " ".join(words[: words.index("各窗口")])
    for line in DAY.screening.by_hour:
        assert f" {line.count} " in f" {figures} "


def test_screening_details() -> None:
    words = joined(daily_report(DAY))
    for wanted in ("最高体温37.6℃", "暂留复测2", "复测正常1", "发热1"):
        assert wanted in words
    assert "作废读数" not in words
    taken_back = replace(DAY, screening=replace(DAY.screening, withdrawn=3))
    assert "作废读数3" in joined(daily_report(taken_back))


def test_what_needs_attention_is_said_in_sentences() -> None:
    words = joined(daily_report(DAY))
    for wanted in (
        "1.10:07复测确认发热，请核对处置情况。",
        "2.B006的原件尚未交还（6号窗口周）：身份证；请交还居民或注明原因。",
        "3.A021用时12分钟，承诺3分钟。",
        "4.10:00–11:00受理集中（17件），等待接单中位1:05。",
        "5.B006未办结（中止）。",
    ):
        assert wanted in words


def test_every_duty_has_its_section() -> None:
    words = joined(daily_report(DAY))
    for wanted in (
        # consultations, slips and people in the hall
        "当场答复27", "一次性告知单6", "变更医疗定点医院21", "未指明事项4", "仅窗口电话5",
        "咨询128件·现场119·电话9·最忙一小时24件（11时起）·小贴士49张·一次性告知6份·持单再来2次·撤销2件",
        "厅内人数：进厅159人次·同时最多19人（11:20）·限额30人·未准入1人·收尾清零8人",
        # callbacks and phone cases
        "当日约定15", "拨打次数19", "其中无人接听6", "已接通11", "仍待回电2", "其中久呼未接1", "其中已逾期1",
        "电话办结31", "合计件数49", "通话分钟163",
        # incidents with their steps
        "10:07发热大厅入口10:07王静上报；10:08李建国前往；10:12王静处置；10:25李建国结束10:25，超时",
        "14:40不配合大厅入口",
        # ratings
        "非常满意12", "满意率94%", "10:44A021非常不满意等候或办理时间长02-26前", "待回访1件，其中逾期0件。",
        # people, posts, disinfection
        "到岗18", "测温次数34", "未测温1", "测温不足2次1", "13:02高**37.4℃",
        "王静08:40–12:00（已交接）；孙丽12:00–17:05", "3号窗口张颖08:50–", "大厅08:30、12:30、16:30孙丽",
        # the closing and after
        "李建国于17:10完成日终收尾。", "原件未还B006窗口继续办理需要", "待回电6号窗口无人接听，明日再拨",
        "收尾后补记2条（最后一条17:12）：电话办理2。",
    ):  # fmt: skip
        assert wanted in words, wanted


def test_duties_without_any_record_are_named_in_one_line() -> None:
    words = joined(daily_report(EMPTY_DAY))
    assert "当日没有记录：咨询登记、电话业务、情况上报、好差评、人员与岗位。" in words
    assert "当日尚未收尾。" in words
    only = replace(EMPTY_DAY, incidents=DAY.incidents)
    assert "当日没有记录：咨询登记、电话业务、好差评、人员与岗位。" in joined(daily_report(only))
    assert "当日没有记录" not in joined(daily_report(DAY))


def test_ordinary_mode_is_not_named() -> None:
    assert "防疫模式" in joined(daily_report(DAY))
    assert "防疫模式" not in joined(daily_report(replace(DAY, epidemic=False)))


@pytest.mark.parametrize(
    ("kind", "facts", "wanted"),
    [
        ("incident_open", {"kind": "fever", "at": "02-21 10:07", "late": True},
         "02-2110:07上报的情况（发热）逾期未结。"),
        ("incident_open", {"kind": "dispute", "at": "02-21 16:00", "late": False}, "尚未结束。"),
        ("callback_overdue", {"window": "3", "due": "02-21 14:00", "tries": 0},
         "3号窗口约定02-2114:00回电，未拨打。"),
        ("callback_overdue", {"window": "3", "due": "02-21 14:00", "tries": 2},
         "3号窗口约定02-2114:00回电，拨打2次无人接听。"),
        ("number_trouble", {"window": "6", "since": "02-21 14:20"},
         "02-2114:20起有人反映6号窗口电话无人接听，请核对号码。"),
        ("low_rating", {"grade": 1, "reasons": ["slow"], "number": "A021", "window": "2", "due": "02-26"},
         "非常不满意（A021：等候或办理时间长），须于02-26前回访。"),
        ("low_rating", {"grade": 2, "reasons": ["place"], "number": "", "window": "", "due": "02-26"},
         "不满意（大厅："),
        ("follow_ups_late", {"count": 2}, "2件差评逾期未回访。"),
        ("staff_high", {"at": "13:02", "person": "高**"}, "工作人员高**13:02体温偏高。"),
        ("staff_not_checked", {"names": ["梁爽", "宋佳"], "count": 9}, "9名工作人员当日未测温：梁爽、宋佳…。"),
        ("hall_full", {"peak": 31, "capacity": 30, "at": "11:20"}, "11:20厅内31人，超过限额30人。"),
        ("late_entries", {"count": 2, "last": "02-21 17:12"}, "日终收尾后又补记2条（最后一条02-2117:12）。"),
        ("originals_out",
         {"number": "B006", "papers": ["身份证"], "holder": "window", "window": "6", "staff": "周",
          "reason": "窗口继续办理需要", "since": "02-20"},
         "B006的原件尚未交还（6号窗口周，02-20起）：身份证；已顺延：窗口继续办理需要。"),
        ("of a newer program", {}, "ofanewerprogram"),
    ],
)  # fmt: skip
def test_each_kind_of_exception_has_its_sentence(
    kind: str, facts: dict[str, Any], wanted: str
) -> None:
    found = "".join(sentence(Attention(kind, facts)).split())
    assert wanted in found
    assert wanted in joined(daily_report(replace(DAY, attention=(Attention(kind, facts),))))


def test_an_ordinary_day_stays_short() -> None:
    assert len(texts(daily_report(DAY))) <= 4


def test_a_hall_of_fifty_windows_has_its_posts_over_pages() -> None:
    one = DAY.posts.lines[-1]
    lines = tuple(replace(one, window_number=str(n)) for n in range(1, 51))
    pdf = daily_report(replace(DAY, posts=replace(DAY.posts, lines=lines)))
    assert_tidy(pdf, 13)
    found = {m[1] for page in texts(pdf) for m in re.finditer(r"(\d+) 号窗口 张颖", page)}
    assert found == {str(n) for n in range(1, 51)}


def test_a_busy_hour_in_which_nobody_took_a_ticket() -> None:
    facts = {"hour": 9, "opened": 6, "median_wait_seconds": None}
    words = joined(daily_report(replace(DAY, attention=(Attention("busy_hour", facts),))))
    assert "9:00–10:00受理集中（6件），均未接单。" in words


def test_a_day_without_exceptions_says_so() -> None:
    assert "当日没有需要特别关注的事项。" in joined(daily_report(replace(DAY, attention=())))


def test_a_share_is_whole_only_when_it_is() -> None:
    tickets = replace(DAY.tickets, within_promise=999, measured=1000)
    assert "99%" in text(daily_report(replace(DAY, tickets=tickets)))
    tickets = replace(DAY.tickets, within_promise=1, measured=1000)
    assert row(daily_report(replace(DAY, tickets=tickets)), "合计")[-6] == "1%"


def test_the_digest_in_foot_text_and_code() -> None:
    pdf = daily_report(DAY)
    for page in texts(pdf):
        assert "7f3a 91c2 0b4e d85a" in page
        assert "c19e 44d0 7a21 03bf" in page
    assert DAY.digest in joined(pdf)
    assert DAY.previous_digest in joined(pdf)
    own = f"HDDAY1*20200221*{DAY.digest.upper()}"
    assert codes(pdf) == [f"{own}*{DAY.previous_digest.upper()}"] == [day_code(DAY)]
    first = replace(DAY, previous_digest="")
    assert codes(daily_report(first)) == [own]


def test_practice_is_marked_on_every_page_and_only_then() -> None:
    assert "演练" not in text(daily_report(DAY))
    for page in texts(daily_report(replace(HUGE_DAY, practice=True))):
        assert "演练" in page


def test_an_empty_day_makes_a_decent_report() -> None:
    pdf = daily_report(EMPTY_DAY)
    assert_tidy(pdf, 13)
    assert len(texts(pdf)) == 1
    words = joined(pdf)
    for wanted in (
        "当日没有测温记录。",
        "当日没有办结的代办单。",
        "当日各窗口均无业务。",
        "第1页共1页",
        "累计代办",
    ):
        assert wanted in words
    assert "在外材料" not in words
    assert "各事项" not in words
    assert "None" not in words
    assert codes(pdf) == []


def test_an_ordinary_day_is_tidy() -> None:
    assert_tidy(daily_report(DAY), 13)


def test_a_huge_day_goes_over_pages() -> None:
    pdf = daily_report(HUGE_DAY)
    assert_tidy(pdf, 13)
    pages = texts(pdf)
    assert len(pages) > 4
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in "".join(page.split())
    words = joined(pdf)
    assert words.count(f"、{LONG_MATTER}"[:20]) == 60
    assert words.count("等待补材料，") == 40
    out = {match[0] for page in pages for match in re.finditer(r"B0\d\d(?=\s+陈)", page)}
    assert out >= {f"B{number:03}" for number in range(1, 41)}
    windows = {m[1] for page in pages for m in re.finditer(r"(\d+) 号窗口 综合受理第", page)}
    assert windows == {str(number) for number in range(1, 31)}


def test_heads_are_repeated_and_headings_never_lonely() -> None:
    pdf = daily_report(HUGE_DAY)
    pages = [lines(pdf, number) for number in range(len(texts(pdf)))]
    assert sum(any(line.startswith("编码 事项") for line in page) for page in pages) >= 2
    for page in pages:
        body = [line for line in page if not line.startswith("当日日志摘要 7f3a")]
        assert body[-1] not in HEADINGS
        assert not body[-1].startswith(("编码 事项", "窗口 受理", "单号 居民"))
    # The total stands under at least one window.
    (total,) = [page for page in pages if any(line.startswith("合计") for line in page)]
    assert any("号窗口 综合受理" in line for line in total)


def test_only_embedded_fonts() -> None:
    found = fonts(daily_report(DAY))
    assert len(found) >= 2
    assert all(found.values())


def test_the_same_figures_give_the_same_bytes() -> None:
    assert daily_report(HUGE_DAY) == daily_report(HUGE_DAY)


def test_another_process_at_another_time_gives_the_same_bytes() -> None:
    """Another hash seed, another time zone, and an environment that fakes the build date."""
    program = (
        "import hashlib; from paper_facts import DAY;"
        "from hall_desk.documents.daily_report import daily_report;"
        "print(hashlib.sha256(daily_report(DAY)).hexdigest())"
    )
    here = Path(__file__).parent
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join((str(here), str(here.parent.parent))),
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "SOURCE_DATE_EPOCH": epoch,
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone, epoch in (
            ("1", "Asia/Shanghai", ""),
            ("2", "America/New_York", "1700000000"),
        )
    }
    assert len(said) == 1


def test_in_english() -> None:
    i18n.use("en")
    pdf = daily_report(replace(DAY, practice=True))
    words = " ".join(text(pdf).split())
    for wanted in (
        "Daily report",
        "Friday, 21 February 2020",
        "Within the promise",
        "Window 3",
        "A021 took 12 min; 3 min were promised.",
        "PRACTICE",
        "Page 1 of 4",
        "Epidemic mode",
        "10:25, after the deadline",
        "Closed by 李建国 at 17:10.",
    ):
        assert wanted in words


def test_english_titles_fit() -> None:
    i18n.use("en")
    assert_tidy(daily_report(DAY), 13)
    assert_tidy(daily_report(EMPTY_DAY), 13)
