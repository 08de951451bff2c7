"""The receipt and the routing slip: what each shows, and what the second must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from paper_facts import LONG_MATTER, LONG_RECEIPT, RECEIPT, paper
from reading import assert_tidy, codes, fonts, joined, pictures, text

from hall_desk import errors, i18n
from hall_desk.documents.bag_label import bag_label
from hall_desk.documents.receipt import receipt, routing_slip
from hall_desk.documents.slip import ROLLS

EVERY_ROLL = pytest.mark.parametrize("roll", list(ROLLS))
BOTH = pytest.mark.parametrize("make", [receipt, routing_slip, bag_label])
Make = Callable[..., bytes]


@EVERY_ROLL
def test_the_receipt_shows_what_was_taken(roll: str) -> None:
    pdf = receipt(RECEIPT, roll)
    words = joined(pdf)
    for wanted in (
        "帮办代办材料回执",
        "A018",
        "领取医保卡·3号窗口",
        "已收：身份证原件1份",
        "领卡证明原件1份",
        "取件码：4072",
        "预计：约4分钟，请在门厅稍候",
        "孙**",
        "取回材料时请出示",
        "3号窗口电话010-55550103",
        "受理人陈",
    ):
        assert wanted in words
    assert codes(pdf) == [RECEIPT.code]


def test_consent_is_printed_when_it_was_given() -> None:
    sentence = "居民已同意委托大厅工作人员代为办理本事项。"
    assert sentence in joined(receipt(RECEIPT, "58"))
    assert sentence not in joined(receipt(replace(RECEIPT, consent=False), "58"))


def test_a_copy_of_the_receipt_tells_what_happened_since() -> None:
    papers = (
        paper("身份证", holder="resident"),
        paper("户口簿", original=False, count=2, difference="missing"),
        paper("申请表", difference="只有第一页"),
        paper("医保卡", new=True),
    )
    words = joined(receipt(replace(RECEIPT, papers=papers), "80"))
    assert "身份证原件1份（已交还）" in words
    assert "户口簿复印件2份（缺）" in words
    assert "申请表原件1份（只有第一页）" in words
    assert "医保卡原件" not in words  # it did not come from the resident


def test_a_sheet_shared_with_the_first_matter_of_the_visit_is_told_with_its_number() -> None:
    papers = (paper("身份证", shared="A017"), paper("申请表"))
    for make in (receipt, routing_slip):
        words = joined(make(replace(RECEIPT, papers=papers), "80"))
        assert "身份证原件1份（随A017）" in words


def test_a_receipt_without_papers_says_so() -> None:
    assert "已收：未收材料" in joined(receipt(replace(RECEIPT, papers=()), "80"))
    assert "本单未收材料。" in joined(routing_slip(replace(RECEIPT, papers=()), "80"))


@EVERY_ROLL
def test_the_routing_slip_travels_with_the_papers(roll: str) -> None:
    pdf = routing_slip(LONG_RECEIPT, roll)
    words = joined(pdf)
    for wanted in (
        "帮办代办流转单",
        "A018",
        LONG_MATTER,
        "12号窗口城乡居民医疗保险与异地就医结算综合受理",
        "优先：70",
        "社会保障卡原件1份",
        "备注：老人听力不好",
        "窗口接收人",
        "欧阳******",
    ):
        assert wanted in words
    # Its code opens the ticket; it is no proof that somebody may take the papers.
    assert codes(pdf) == [LONG_RECEIPT.reference]


@EVERY_ROLL
def test_a_bag_says_what_is_in_it(roll: str) -> None:
    papers = (
        paper("身份证"),
        paper("户口簿", original=False, count=2),
        paper("申请表", holder="resident"),
        paper("领卡证明", shared="A017"),
        paper("医保卡", new=True),
    )
    pdf = bag_label(replace(RECEIPT, papers=papers), roll)
    words = joined(pdf)
    for wanted in ("A018", "领取医保卡", "3号窗口", "袋内材料4份", "1.身份证原件1份", "孙**"):
        assert wanted in words
    for elsewhere in ("申请表", "领卡证明"):
        assert elsewhere not in words
    assert RECEIPT.reference in words
    assert codes(pdf) == [RECEIPT.reference]


@EVERY_ROLL
@pytest.mark.parametrize("make", [routing_slip, bag_label])
def test_what_lies_with_the_papers_holds_no_proof_for_hand_back(make: Make, roll: str) -> None:
    pdf = make(RECEIPT, roll)
    assert "4072" not in joined(pdf)
    assert RECEIPT.code not in codes(pdf)
    assert RECEIPT.code not in text(pdf)


def test_every_paper_has_two_boxes_to_tick() -> None:
    """The frames are found in the picture, as dark squares left and right of the paper's line."""
    one, two = (
        pictures(routing_slip(replace(RECEIPT, papers=papers), "80"))[0]
        for papers in (RECEIPT.papers[:1], RECEIPT.papers)
    )
    assert two.height > one.height
    for edge in (range(32, 90), range(two.width - 90, two.width - 32)):
        dark = [
            y
            for y in range(two.height)
            if 18 <= sum(two.getpixel((x, y)) < 128 for x in edge) <= 40
        ]
        assert len(dark) >= 4  # upper and lower edge of two boxes


@EVERY_ROLL
@BOTH
def test_the_longest_texts_stay_on_the_paper(make: Make, roll: str) -> None:
    paper_size = ROLLS[roll]
    assert_tidy(make(LONG_RECEIPT, roll), (paper_size.width - paper_size.printable) / 2)


@pytest.mark.parametrize("roll", ["a5", "a4"])
@BOTH
def test_a_sheet_is_enough(make: Make, roll: str) -> None:
    assert len(pictures(make(LONG_RECEIPT, roll), 2)) == 1


@EVERY_ROLL
@BOTH
def test_the_same_facts_give_the_same_bytes(make: Make, roll: str) -> None:
    assert make(LONG_RECEIPT, roll) == make(LONG_RECEIPT, roll)
    assert all(fonts(make(RECEIPT, roll)).values())


@BOTH
def test_a_rare_name_is_copied_right(make: Make) -> None:
    assert "𬭊**" in text(make(replace(RECEIPT, resident="𬭊**"), "80"))


@BOTH
def test_an_unknown_roll_is_refused(make: Make) -> None:
    with pytest.raises(errors.BadInput):
        make(RECEIPT, "76")


def test_in_english() -> None:
    i18n.use("en")
    words = " ".join(text(receipt(LONG_RECEIPT, "80")).split())
    for wanted in (
        "Receipt for papers",
        "Pick-up code: 4072",
        "about 125 min",
        "handle this matter",
    ):
        assert wanted in words
    words = " ".join(text(routing_slip(LONG_RECEIPT, "80")).split())
    for wanted in ("Routing slip", "Priority: 70+", "Not a receipt."):
        assert wanted in words


@EVERY_ROLL
def test_a_receipt_made_while_the_server_was_away_says_so_and_that_it_holds(roll: str) -> None:
    away = replace(RECEIPT, away=True)
    pdf = receipt(away, roll)
    assert "大厅服务器断开期间受理，单号与取件码有效。" in joined(pdf)
    assert codes(pdf) == [RECEIPT.code]
    assert "服务器断开期间受理，恢复后系统中可见此单。" in joined(routing_slip(away, roll))
    size = ROLLS[roll]
    for make in (receipt, routing_slip):
        assert_tidy(make(away, roll), (size.width - size.printable) / 2)
        assert "断开" not in joined(make(RECEIPT, roll))
