"""一次性告知单: read back by scanner, by eye and by search."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace

import pypdf
import pytest
from paper_facts import EIGHT_MATERIALS, LONG_HALL, LONG_MATTER, LONG_WINDOW, MORNING, WINDOW
from reading import assert_tidy, codes, fonts, joined, pieces, text

from hall_desk import errors, i18n
from hall_desk.documents.missing_notice import missing_notice
from hall_desk.documents.roll import ROLLS
from hall_desk.services import codes as codes_on_paper
from hall_desk.services import missing_notices
from hall_desk.services.missing_notices import NoticeFacts, NoticeItem

EVERY_ROLL = pytest.mark.parametrize("roll", list(ROLLS))
EVERY_FORM = pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
CODE = missing_notices.code_of(uuid.UUID(int=1))

NOTICE = NoticeFacts(
    hall="太平桥政务服务大厅",
    code=CODE,
    matter="变更医疗定点医院",
    window=WINDOW,
    missing=(
        NoticeItem("变更申请表", note="可在窗口填写"),
        NoticeItem("户口簿首页及本人页", original=False, count=2),
    ),
    complete=(NoticeItem("身份证"), NoticeItem("社保卡")),
    note="3 月 6 日前来，不用重新排队",
    resident="于**",
    given_at=MORNING,
    clerk="陈晓",
    letter="A",
    scan=codes_on_paper.of_notice(uuid.UUID(int=7), CODE),
)
LONG_NOTICE = replace(
    NOTICE,
    hall=LONG_HALL,
    matter=LONG_MATTER,
    window=LONG_WINDOW,
    missing=tuple(NoticeItem(m.name, m.original, m.count, m.note) for m in EIGHT_MATERIALS),
    complete=tuple(NoticeItem(m.name, m.original, m.count) for m in EIGHT_MATERIALS),
    note="请本人携带；如由他人代办，另带委托书和受托人身份证原件。" * 3,
    resident="𬭊**",
)


@EVERY_ROLL
@EVERY_FORM
@pytest.mark.parametrize("facts", [NOTICE, LONG_NOTICE], ids=["usual", "longest"])
def test_a_scanner_reads_the_code_and_the_code_is_right(
    facts: NoticeFacts, roll: str, large: bool
) -> None:
    (scanned,) = codes(missing_notice(facts, roll, large))
    assert scanned == NOTICE.scan
    assert missing_notices.read_code(scanned) == CODE


@EVERY_ROLL
@EVERY_FORM
def test_everything_a_resident_needs_is_on_it(roll: str, large: bool) -> None:
    words = joined(missing_notice(NOTICE, roll, large))
    for wanted in (
        "太平桥政务服务大厅",
        "一次性告知单",
        "变更医疗定点医院",
        "居民：于**",
        "还缺2项材料，请备齐：",
        "①变更申请表原件1份（可在窗口填写）",
        "②户口簿首页及本人页复印件2份",
        "说明：3月6日前来，不用重新排队",
        "以下材料已齐（来时请仍带上）：",
        "①身份证原件1份",
        "②社保卡原件1份",
        "材料备齐后，请到",
        "3号窗口医疗保险",
        "工作日9:00–12:0013:30–17:00",
        "有疑问请拨打窗口电话",
        "010-55550103",
        "下次来时出示本单，接着办理",
        CODE,
        "2020-02-2110:03",
        "前台A",
        "告知人陈晓",
    ):
        assert wanted in words, wanted


@EVERY_ROLL
def test_what_is_missing_stands_before_what_is_there(roll: str) -> None:
    words = joined(missing_notice(NOTICE, roll))
    assert words.index("变更申请表") < words.index("身份证原件") < words.index("3号窗口")


@EVERY_ROLL
def test_what_is_missing_is_the_larger_text(roll: str) -> None:
    def height(words: str) -> float:
        return max(
            p.top - p.bottom for p in pieces(missing_notice(NOTICE, roll)) if words in p.text
        )

    assert height("变更申请表") > 1.15 * height("社保卡")


@EVERY_ROLL
def test_the_code_and_the_phone_stand_on_one_line_each(roll: str) -> None:
    words = text(missing_notice(LONG_NOTICE, roll, large=True))
    assert missing_notices.grouped(CODE) in words
    assert "010-5555 0103 转 80106" in words


@EVERY_ROLL
@EVERY_FORM
def test_the_longest_texts_stay_on_the_paper(roll: str, large: bool) -> None:
    pdf = missing_notice(LONG_NOTICE, roll, large)
    paper = ROLLS[roll]
    assert_tidy(pdf, (paper.width - paper.printable) / 2)
    words = joined(pdf)
    assert LONG_MATTER in words
    assert "还缺8项材料" in words
    assert "𬭊**" in words
    assert words.count("⑧单位出具的在职证明复印件1份") == 2


@pytest.mark.parametrize("roll", ["a5", "a4"])
def test_an_ordinary_notice_is_one_sheet(roll: str) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(missing_notice(NOTICE, roll))).pages) == 1


def test_what_nobody_said_is_not_on_it() -> None:
    facts = replace(
        NOTICE, complete=(), note="", resident="", letter="", window=replace(WINDOW, phone="")
    )
    words = joined(missing_notice(facts, "80"))
    for unwanted in ("居民：", "说明：", "已齐", "电话", "前台"):
        assert unwanted not in words


def test_large_print_is_larger() -> None:
    def size(large: bool) -> float:
        found = pieces(missing_notice(NOTICE, "80", large))
        return max(p.top - p.bottom for p in found if "变更申请表" in p.text)

    assert size(large=True) > 1.25 * size(large=False)


@EVERY_ROLL
def test_the_same_facts_give_the_same_bytes(roll: str) -> None:
    assert missing_notice(LONG_NOTICE, roll) == missing_notice(LONG_NOTICE, roll)


def test_only_embedded_fonts() -> None:
    assert all(fonts(missing_notice(NOTICE, "80")).values())


def test_an_unknown_roll_is_refused() -> None:
    with pytest.raises(errors.BadInput) as refused:
        missing_notice(NOTICE, "letter")
    assert (refused.value.field, refused.value.reason) == ("roll", "unknown")


def test_in_english() -> None:
    i18n.use("en")
    one = replace(NOTICE, missing=NOTICE.missing[:1])
    assert "One paper is missing:" in text(missing_notice(one, "80"))
    words = text(missing_notice(NOTICE, "80"))
    for wanted in (
        "Notice of what is missing",
        "2 papers are missing:",
        "With these please come to",
    ):
        assert wanted in words
