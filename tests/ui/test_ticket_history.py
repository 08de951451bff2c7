"""Every kind of journal entry of a ticket reads as a sentence, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hall_desk import i18n
from hall_desk.services import (
    callbacks,
    corrections,
    hand_backs,
    posts,
    ticket_forms,
    tickets,
    undo,
)
from hall_desk.services.tickets import HistoryLine
from hall_desk.ui.ticket_history import sentence

AT = datetime(2020, 2, 21, 2, 3, tzinfo=UTC)


def line(kind: str, window: str = "3", **facts: Any) -> HistoryLine:
    return HistoryLine(AT, f"ticket.{kind}", "张敏", window, facts)


@pytest.mark.parametrize(
    ("entry", "chinese"),
    [
        (line("opened", "", number="A001", papers=2), "张敏 受理，收材料 2 件"),
        (line("opened", "", number="A001", papers=0), "张敏 受理"),
        (line("claimed"), "3 号窗口 张敏 接单"),
        (line("received", papers=2, differences=1), "3 号窗口 张敏 收到材料 2 件：1 处不符"),
        (line("released", note="去取章"), "3 号窗口 张敏 退回排队：去取章"),
        (line("suspended", note="收入证明"), "3 号窗口 张敏 中止：收入证明"),
        (line("resumed"), "3 号窗口 张敏 续办"),
        (line("transferred", window_to="2", note="核对"), "3 号窗口 张敏 转 2 号窗口：核对"),
        (line("note_read"), "3 号窗口 张敏 已读留言"),
        (
            line("finished", kept=1, new=1),
            "3 号窗口 张敏 办结，材料交回前台：窗口留存 1 件、新证 1 件",
        ),
        (line("withdrawn", "", note="改天"), "张敏 登记居民撤回：改天"),
        (line("terminated", note="户籍"), "3 号窗口 张敏 终止办理：户籍"),
        (
            line("handed_back", "", papers=1, left=2, proof="receipt"),
            "张敏 交还材料 1 件：还有 2 件未还、凭回执",
        ),
        (
            line("opened", "", number="A002", papers=1, visit="A001"),
            "张敏 受理，收材料 1 件：与 A001 同次来访",
        ),
        (
            line(
                "handed_back",
                "",
                papers=2,
                proof="other_collector",
                collector="于小兰",
                second="陈晓",
                note="女儿",
            ),
            "张敏 交还材料 2 件：于小兰代领，陈晓见证、女儿",
        ),
        (line("undone", undone="finished"), "3 号窗口 张敏 撤销：办结"),
        (line("undone", "", undone="handed_back", closed=True), "张敏 撤销：交还"),
        (
            line("corrected", "", fields=["name", "phone"], note="听错"),
            "张敏 更正：姓名、电话：听错",
        ),
        (line("paper_printed", form="acceptance"), "3 号窗口 张敏 打印“受理单”"),
    ],
)
def test_sentences(entry: HistoryLine, chinese: str) -> None:
    assert sentence(entry) == chinese
    i18n.use("en")
    english = sentence(entry)
    assert "张敏" in english
    assert english != chinese
    assert "ticket." not in english
    assert "{" not in english


def test_every_kind_the_services_record_has_a_sentence() -> None:
    modules = (tickets, hand_backs, undo, corrections, ticket_forms, posts)
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in modules)
    kinds = set(re.findall(r'"ticket\.([a-z_]+)"', source)) | {"withdrawn", "terminated"}
    assert len(kinds) > 14
    for kind in kinds:
        assert "ticket." not in sentence(line(kind)), kind


def test_calls_for_a_ticket_have_a_sentence_too() -> None:
    source = Path(callbacks.__file__).read_text(encoding="utf-8")
    said = re.findall(r'record\(\s*"(callback\.[a-z_]+)",[^)]*ticket=', source)
    assert len(set(said)) > 3
    for kind in said:
        entry = HistoryLine(AT, kind, "张敏", "3", {})
        assert "callback." not in sentence(entry), kind


@pytest.mark.parametrize("step", list(undo.RIGHTS))
def test_every_step_that_can_be_undone_has_its_word(step: str) -> None:
    assert sentence(line("undone", undone=step)).removeprefix("3 号窗口 张敏 撤销：")


def test_an_unknown_kind_is_shown_not_left_out() -> None:
    assert sentence(line("blessed")) == "3 号窗口 张敏 ticket.blessed"
