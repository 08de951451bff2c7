"""The six standard papers: what each says, one page each, and codes that a phone reads back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from paper_facts import LONG_HALL, LONG_MATTER, LONG_RECEIPT, LONG_WINDOW, MORNING, WINDOW, paper
from reading import assert_tidy, codes, fonts, joined, text, texts

from hall_desk import i18n
from hall_desk.documents.forms import form, title_of
from hall_desk.services.ticket_forms import (
    FORMS,
    Event,
    FormFacts,
    FormHandBack,
    FormPaper,
    Handling,
)

EVERY_FORM = pytest.mark.parametrize("kind", FORMS)
BOTH_LANGUAGES = pytest.mark.parametrize("language", ["zh_CN", "en"])
MARGIN = 20.0


def after(minutes: int, staff: str) -> Event:
    return Event(MORNING + timedelta(minutes=minutes), staff)


def on_paper(name: str, **changes: Any) -> FormPaper:
    line = paper(name, **changes)
    return FormPaper(
        line,
        Handling("陈晓", "", MORNING),
        Handling("张敏", "3", MORNING + timedelta(minutes=2)),
        Handling(line.holder_staff, line.holder_window, MORNING + timedelta(minutes=9)),
    )


FACTS = FormFacts(
    kind="authorisation",
    hall="太平桥政务服务大厅",
    number="A018",
    code="HD1*A018*20200221",
    day=MORNING.date(),
    resident="于小兰",
    phone_masked="138****4127",
    id_masked="110***********002X",
    matter="领取医保卡",
    matter_code="YB01",
    window=WINDOW,
    promised_minutes=3,
    priority="70+",
    remark="本人腿脚不便，在门厅等候",
    opened=after(0, "陈晓"),
    papers=(
        on_paper("身份证", holder="resident"),
        on_paper("户口本", original=False, count=2, holder="kept", holder_window="3"),
        on_paper("医保卡", new=True),
    ),
    state="closed",
    outcome="finished",
    missing="收入证明",
    suspended=after(5, "张敏"),
    callback_at=MORNING + timedelta(hours=1),
    resumed=after(50, "张敏"),
    result="已领取医保卡，当场可用",
    ended=after(60, "张敏"),
    closed=after(70, "陈晓"),
    hand_backs=(
        FormHandBack(
            MORNING + timedelta(minutes=70), "other_collector", "陈晓", "于小梅", "女儿，本人住院",
            "张敏", 4,
        ),
    ),
    printed=after(71, "陈晓"),
)  # fmt: skip

# As much as a hall can have: fourteen papers, a matter of forty characters, a name of twenty.
FULL = replace(
    FACTS,
    hall=LONG_HALL,
    resident="阿不都热合曼·买买提依明江·吐尔逊娜依古丽",
    matter=LONG_MATTER,
    window=LONG_WINDOW,
    papers=tuple(
        on_paper(line.name, original=line.original, count=line.count, difference=line.difference)
        for line in (LONG_RECEIPT.papers * 2)[:14]
    ),
    missing="收入证明（单位盖章）、近三个月工资流水、租房合同原件及房屋所有权证复印件，以及居住证明",
    result="已变更为 4 家医院：人民医院、宣武医院、积水潭医院、展览路医院，次日生效",
    remark=LONG_RECEIPT.remark,
)


def test_a_paper_of_a_practice_hall_says_so_and_its_code_is_read_all_the_same() -> None:
    for kind in FORMS:
        pdf = form(replace(FACTS, kind=kind, practice=True))
        assert "演练" in joined(pdf)
        assert codes(pdf) == [FACTS.code]
        assert "演练" not in joined(form(replace(FACTS, kind=kind)))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (
            "authorisation",
            ("委托书", "委托人", "于小兰", "受托人", "身份证原件1", "户口本复印件2", "受托经办人"),
        ),
        ("acceptance", ("受理单", "承诺时限3分钟", "010-55550103", "本人腿脚不便", "取件码")),
        (
            "suspension",
            ("中止单", "所缺材料收入证明", "约定回电2020年02月21日11:03", "不计入承诺时限"),
        ),
        ("resumption", ("续办委托书", "续办时间2020年02月21日10:53", "本次补交材料")),
        (
            "completion",
            (
                "办结单", "已领取医保卡，当场可用", "医保卡（新证）", "3号窗口留存", "于小梅",
                "同事见证", "女儿，本人住院", "陈晓、张敏",
            ),
        ),
        (
            "custody_list",
            ("材料交接清单", "共4份", "陈晓10:03", "3号张敏10:05", "02-2110:12已交还"),
        ),
    ],
)  # fmt: skip
def test_each_paper_says_what_its_ticket_is(kind: str, wanted: tuple[str, ...]) -> None:
    words = joined(form(replace(FACTS, kind=kind)))
    for fact in (*wanted, "A018", "领取医保卡", "太平桥政务服务大厅", "DB3205/T1077-2023"):
        assert fact in words, fact


@pytest.mark.parametrize(
    ("outcome", "wanted"), [("withdrawn", "居民撤回"), ("terminated", "窗口终止")]
)
def test_a_ticket_that_was_broken_off_gets_a_termination(outcome: str, wanted: str) -> None:
    words = joined(form(replace(FACTS, kind="completion", outcome=outcome, result="户籍不在本区")))
    assert words.startswith("代办单号A018") or "终止单" in words
    assert "办结单" not in words
    assert wanted in words
    assert "户籍不在本区" in words


@EVERY_FORM
@BOTH_LANGUAGES
def test_one_page_however_much_there_is(kind: str, language: str) -> None:
    i18n.use(language)
    for facts in (FACTS, FULL):
        pdf = form(replace(facts, kind=kind))
        assert len(texts(pdf)) == 1
        assert_tidy(pdf, MARGIN)
        assert all(fonts(pdf).values())


@EVERY_FORM
def test_the_code_opens_the_ticket_and_is_no_proof(kind: str) -> None:
    pdf = form(replace(FULL, kind=kind))
    assert codes(pdf) == ["HD1*A018*20200221"]
    assert "4072" not in text(pdf)


def test_forty_papers_go_on_over_pages_with_the_head_of_the_table() -> None:
    papers = tuple(on_paper(f"材料{number}") for number in range(1, 41))
    pages = texts(form(replace(FULL, kind="custody_list", papers=papers)))
    assert len(pages) == 2
    assert all("份数" in page for page in pages)
    assert "第 2 页 共 2 页" in pages[1]
    assert "材料40" in "".join(pages[1].split())


@EVERY_FORM
def test_a_ticket_without_papers_phone_or_id_has_all_its_papers(kind: str) -> None:
    bare = replace(
        FACTS, kind=kind, papers=(), phone_masked="", id_masked="", remark="", hand_backs=(),
        callback_at=None, resumed=None, priority="",
    )  # fmt: skip
    assert "本单未收材料" in joined(form(bare))


@EVERY_FORM
def test_where_english_is_chosen_the_chinese_title_stands_before_it(kind: str) -> None:
    chinese = title_of(kind)
    assert chinese.isalpha()
    assert not chinese.isascii()
    i18n.use("en")
    assert title_of(kind).startswith(f"{chinese} ")
    words = text(form(replace(FACTS, kind=kind)))
    assert title_of(kind) in words
    assert "signature" in words
    assert "（签字）" not in words


def test_a_rare_name_is_copied_right_and_the_same_facts_give_the_same_bytes() -> None:
    facts = replace(FACTS, resident="𬭊先生")
    assert "𬭊先生" in text(form(facts))
    assert form(facts) == form(facts)
