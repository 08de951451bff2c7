"""The window page: claim, check papers, finish, pass on and put aside, by keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import accounts, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.pages.window import WindowPage

Settled = Callable[[], None]
PAPERS = (NewPaper("身份证"), NewPaper("户口本", original=False, count=2))
PIN = "2468"


@pytest.fixture
def opened(front_desk: Actor, small_hall: dict[str, Any]) -> Callable[..., TicketView]:
    def open_(name: str = "于女士", matter: str = "medical", **more: Any) -> TicketView:
        asked = NewTicket(new_id(), small_hall[matter], name, consent=True, papers=PAPERS, **more)
        return tickets.open(front_desk, asked)

    return open_


@pytest.fixture
def show_page(
    make_window: Callable[..., MainWindow], settled: Settled
) -> Callable[[Actor], WindowPage]:
    def make(actor: Actor) -> WindowPage:
        window = make_window(actor)
        window.go("window")
        settled()
        return window.page()  # type: ignore[return-value]

    return make


def waiting(page: WindowPage) -> list[str]:
    return [card.number for card in page.waiting.model.cards]


def test_claimed_checked_and_finished_by_keys(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = opened(remark="在门厅等候")
    page = show_page(clerk)
    assert page.head.heading.text() == "3 号窗口 · 医疗保险"
    assert waiting(page) == ["A001"]
    keys.press("F6")
    settled()
    assert page.ticket.number.text() == "A001"
    assert page.ticket.remark.text() == "在门厅等候"
    assert page.ticket.papers.table.hasFocus(), "first the papers are checked"
    keys.press("Alt+A")
    settled()
    assert {p.holder for p in tickets.get(clerk, ticket.card.id).papers} == {"window"}
    assert page.ticket.result.field.edit.hasFocus(), "then the result is written"
    keys.press("Alt+1", "F7")
    settled()
    done = tickets.get(clerk, ticket.card.id)
    assert (done.card.state, done.result) == ("ready", "已办好，当场可用")
    assert {p.holder for p in done.papers} == {"desk"}
    assert "A001" in page.session.notices.text()
    qtbot.waitUntil(lambda: page.head.claims.text() == "今日接单 1")


def test_enter_on_a_card_claims_that_one(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    opened()
    second = opened("钱女士")
    page = show_page(clerk)
    keys.press("Down")
    settled()
    assert page.ticket.number.text() == "A002"
    keys.press("Return")
    settled()
    assert tickets.get(clerk, second.card.id).card.owner == "张敏"
    qtbot.waitUntil(lambda: waiting(page) == ["A001"])


def test_the_loser_reads_who_has_it_and_since_when(
    show_page: Any,
    opened: Any,
    clerk: Actor,
    second_clerk: Actor,
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
) -> None:
    ticket = opened()
    page = show_page(clerk)
    assert waiting(page) == ["A001"]
    tickets.claim(second_clerk, ticket.card.id)
    keys.press("Return")
    settled()
    assert page.head.problem.isVisible()
    for fact in ("A001", "刘洋", "3 号窗口", "10:03"):
        assert fact in page.head.problem.text()
    assert tickets.get(clerk, ticket.card.id).card.owner == "刘洋"
    qtbot.waitUntil(lambda: waiting(page) == [])


def test_nobody_waiting_is_said_beside_the_key(
    show_page: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    page = show_page(clerk)
    keys.press("F6")
    settled()
    assert page.head.problem.isVisible()
    assert "3" in page.head.problem.text()


def test_finishing_needs_checked_papers_and_a_result(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    keys.press("F7")
    settled()
    assert page.ticket.papers.error.isVisible()
    assert page.ticket.papers.table.hasFocus()
    keys.press("Alt+A")
    settled()
    keys.press("F7")
    settled()
    assert page.ticket.result.field.error.isVisible()
    assert tickets.get(clerk, ticket.card.id).card.state == "handling"


def test_a_missing_paper_is_recorded_and_can_come_later(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    keys.press("Space")
    papers = page.ticket.papers
    assert papers.record.text() == "记下：收到 1 件，缺 1 件"
    assert papers.table.rows()[1].place_chip.text == "缺"
    keys.press("Alt+R")
    settled()
    first, second = tickets.get(clerk, ticket.card.id).papers
    assert (first.holder, first.difference) == ("window", "")
    assert (second.holder, second.difference) == ("desk", "missing")
    assert not papers.record.isVisible()
    papers.table.setFocus()
    papers.table.setCurrentIndex(papers.table.papers.index(1, 0))
    keys.press("Space", "Alt+R")
    settled()
    second = tickets.get(clerk, ticket.card.id).papers[1]
    assert (second.holder, second.difference) == ("window", "")


def test_a_difference_is_written_where_the_paper_stands(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    table = page.ticket.papers.table
    keys.press("Space", "Down", "Right", "Right", "Right", "F2")
    keys.type("只有 1 份")
    keys.press("Return")
    qtbot.waitUntil(lambda: table.rows()[1].difference == "只有 1 份")
    assert table.rows()[1].ticked
    keys.press("Alt+R")
    settled()
    second = tickets.get(clerk, ticket.card.id).papers[1]
    assert (second.holder, second.difference) == ("window", "只有 1 份")


def test_the_window_keeps_one_paper_and_adds_a_new_one(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    keys.press("Alt+A")
    settled()
    table = page.ticket.papers.table
    table.setFocus()
    table.setCurrentIndex(table.papers.index(1, 4))
    keys.press("Space", "Down", "Return")
    keys.type("医保卡")
    keys.press("Return")
    qtbot.waitUntil(lambda: len(table.rows()) == 3)
    keys.press("Alt+1", "F7")
    settled()
    papers = tickets.get(clerk, ticket.card.id).papers
    assert [(p.name, p.holder, p.new) for p in papers] == [
        ("身份证", "desk", False),
        ("户口本", "kept", False),
        ("医保卡", "desk", True),
    ]


def test_half_done_work_survives_a_push_and_another_ticket(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    first = opened()
    second = opened("钱女士")
    page = show_page(clerk)
    keys.press("F6")
    settled()
    keys.press("Space")
    page.ticket.result.setFocus()
    keys.type("half")
    opened("何先生")
    qtbot.waitUntil(lambda: waiting(page) == ["A002", "A003"])
    settled()
    assert page.ticket.result.text() == "half"
    assert page.ticket.result.field.edit.hasFocus()
    assert [row.ticked for row in page.ticket.papers.table.rows()] == [True, False]
    page.show_with(ticket_id=second.card.id)
    settled()
    assert page.ticket.number.text() == "A002"
    page.show_with(ticket_id=first.card.id)
    settled()
    assert page.ticket.result.text() == "half"
    assert [row.ticked for row in page.ticket.papers.table.rows()] == [True, False]


def test_a_note_from_another_window_is_read_before_anything_else(
    show_page: Any,
    opened: Any,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> None:
    ticket = opened()
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    tickets.transfer(clerk, ticket.card.id, small_hall["window2"], "先核对户口本")
    accounts.add_staff(manager, "周洁", Role.WINDOW_CLERK, PIN, small_hall["window2"])
    page = show_page(accounts.sign_in(manager.store, "周洁", PIN))
    keys.press("F6")
    settled()
    assert "先核对户口本" in page.ticket.note_text.text()
    assert page.ticket.note_button.hasFocus()
    assert not page.ticket.finish_button.isVisible()
    keys.press("F7", "Alt+A")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.unread_note
    keys.press("Alt+N")
    settled()
    assert not tickets.get(clerk, ticket.card.id).card.unread_note
    assert not page.ticket.note.isVisible()
    assert page.ticket.finish_button.isVisible()
    assert page.ticket.papers.table.rows()[0].place == "3 号窗口"


def test_passed_on_by_keys(
    show_page: Any,
    opened: Any,
    clerk: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    page.ticket.transfer_button.setFocus()
    keys.press("Space")
    settled()
    keys.press("Tab", "Return")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.window_number == "3", "a note is needed"
    keys.type("先核对户口本")
    keys.press("Return")
    settled()
    after = tickets.get(clerk, ticket.card.id).card
    assert (after.window_number, after.state) == ("2", "queued")
    assert page.ticket.ticket is None


def test_suspended_with_a_callback_and_taken_up_again(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, store: Store
) -> None:
    ticket = opened(phone="13800004127")
    page = show_page(clerk)
    keys.press("F6")
    settled()
    page.ticket.suspend_button.setFocus()
    keys.press("Space")
    keys.type("收入证明")
    keys.press("Tab")
    keys.type("0930")
    keys.press("Return")
    settled()
    (dialog,) = page.window().dialogs()
    assert dialog.callback.error.text() == "这个时间已经过了。"
    assert dialog.field.text() == "收入证明"
    keys.press("Ctrl+A")
    keys.type("10:30")
    keys.press("Return")
    settled()
    card = tickets.get(clerk, ticket.card.id).card
    assert (card.state, card.missing) == ("suspended", "收入证明")
    assert card.callback_at is not None
    assert f"{store.local(card.callback_at):%H:%M}" == "10:30"
    page.here.setFocus()
    page.here.enter_at(0)
    settled()
    keys.press("Return", "Space")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.state == "handling"


def test_released_and_terminated(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    page.ticket.release_button.setFocus()
    keys.press("Space")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.state == "queued"
    keys.press("F6")
    settled()
    page.ticket.terminate_button.setFocus()
    keys.press("Space")
    keys.type("户籍不在本辖区")
    keys.press("Return")
    settled()
    after = tickets.get(clerk, ticket.card.id)
    assert (after.card.outcome, after.result) == ("terminated", "户籍不在本辖区")


def test_who_has_no_window_chooses_one(
    show_page: Any, opened: Any, manager: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    page = show_page(manager)
    settled()
    assert page.head.chooser.isVisible()
    assert waiting(page) == []
    page.head.chooser.setFocus()
    keys.press("Down")
    settled()
    assert page.head.chooser.currentText() == "3 号窗口 · 医疗保险"
    assert waiting(page) == ["A001"]
    keys.press("F6")
    settled()
    assert tickets.get(manager, ticket.card.id).card.owner == "李主任"


def test_the_front_desk_looks_but_does_not_claim(
    show_page: Any, opened: Any, front_desk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    page = show_page(front_desk)
    page.head.chooser.setFocus()
    keys.press("Down", "F6")
    settled()
    assert waiting(page) == ["A001"]
    assert not page.head.next_button.isVisible()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    assert page.ticket.number.text() == "A001"
    assert not page.ticket.claim_button.isVisible()
    assert tickets.get(front_desk, ticket.card.id).card.state == "queued"


def test_a_colleague_sees_who_has_it_in_hand(
    show_page: Any, opened: Any, clerk: Actor, second_clerk: Actor, settled: Settled
) -> None:
    ticket = opened()
    tickets.claim(second_clerk, ticket.card.id)
    page = show_page(clerk)
    page.show_with(ticket_id=ticket.card.id)
    settled()
    assert page.ticket.owner_text.text() == "刘洋 从 10:03 起在办。"


def test_the_clock_of_the_ticket_in_hand_turns_red(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, store: Store
) -> None:
    ticket = opened()
    page = show_page(clerk)
    keys.press("F6")
    settled()
    assert not page.ticket.late.isVisible()
    store.freeze(ticket.card.opened_at + timedelta(minutes=4, seconds=48))
    page.ticket.tick()
    assert page.ticket.clock.text() == "4:48"
    assert page.ticket.late.text() == "已超过承诺 3 分钟"


def test_two_quick_presses_of_f6_claim_one(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    opened()
    opened("钱女士")
    page = show_page(clerk)
    keys.press("F6", "F6")
    settled()
    assert tickets.claims_today(clerk) == 1
    qtbot.waitUntil(lambda: waiting(page) == ["A002"])
