"""The daily report: its figures as text, its pages as pictures, its digest as a code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from paper_facts import DAY, EMPTY_DAY, HUGE_DAY, LONG_MATTER
from reading import assert_tidy, codes, fonts, joined, lines, text, texts

from hall_desk import i18n
from hall_desk.documents.daily_report import daily_report, day_code
from hall_desk.services.figures import Attention

HEADINGS = (
    "每小时测温",
    "各窗口",
    "代办情况",
    "在外材料",
    "需要关注",
    "各事项",
    "当日日志摘要",
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
    assert row(pdf, "3 号窗口 医疗保险")[-5:] == ["11", "11", "2:20", "91%", "19"]
    assert row(pdf, "6 号窗口 住房保障")[-5:] == ["2", "1", "–", "0%", "4"]
    assert row(pdf, "合计")[-5:] == ["31", "28", "2:41", "79%", "49"]


def test_matters_papers_out_and_charts() -> None:
    pdf = daily_report(DAY)
    assert row(pdf, "YB02") == ["YB02", "变更医疗定点医院", "3", "4", "4", "2:46"]
    assert row(pdf, "B006 陈") == [
        "B006",
        "陈**",
        "身份证",
        "原件",
        "1",
        "份",
        "6",
        "号窗口",
        "周",
        "02-21",
        "15:02",
    ]
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
    assert row(daily_report(replace(DAY, tickets=tickets)), "合计")[-2] == "1%"


def test_the_digest_in_foot_text_and_code() -> None:
    pdf = daily_report(DAY)
    for page in texts(pdf):
        assert "7f3a 91c2 0b4e d85a" in page
        assert "c19e 44d0 7a21 03bf" in page
    assert DAY.digest in joined(pdf)
    assert DAY.previous_digest in joined(pdf)
    assert codes(pdf) == [f"HDDAY1*20200221*{DAY.digest.upper()}"] == [day_code(DAY)]


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
        "Page 1 of 2",
    ):
        assert wanted in words


def test_english_titles_fit() -> None:
    i18n.use("en")
    assert_tidy(daily_report(DAY), 13)
    assert_tidy(daily_report(EMPTY_DAY), 13)
