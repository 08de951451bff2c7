"""The proxy page: the board by arrow keys, handing back, and a refresh that leaves the hand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from hall_desk.devices import printing
from hall_desk.services import tickets
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.ticket_board import SHOWN_AT_MOST, CardColumn
from hall_desk.ui.ticket_cards import chips_of

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.pages.proxy import ProxyPage
    from hall_desk.ui.session import Session

Settled = Callable[[], None]
PAPERS = (NewPaper("身份证"), NewPaper("户口本", original=False, count=2))


@pytest.fixture
def opened(front_desk: Actor, small_hall: dict[str, Any]) -> Callable[..., TicketView]:
    """Opens a ticket as the front desk would."""

    def open_(name: str = "于女士", phone: str = "13800004127", **more: Any) -> TicketView:
        matter = small_hall[more.pop("matter", "medical")]
        asked = NewTicket(new_id(), matter, name, phone, consent=True, papers=PAPERS, **more)
        return tickets.open(front_desk, asked)

    return open_


@pytest.fixture
def ready(opened: Callable[..., TicketView], clerk: Actor) -> Callable[..., TicketView]:
    """A ticket whose papers wait at the desk."""

    def make(*args: Any, **more: Any) -> TicketView:
        ticket = opened(*args, **more)
        tickets.claim(clerk, ticket.card.id)
        tickets.received(clerk, ticket.card.id)
        return tickets.finish(clerk, ticket.card.id, "已办好")

    return make


@pytest.fixture
def show_page(
    make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> Callable[[], ProxyPage]:
    """The page in its window, at rest."""

    def make() -> ProxyPage:
        window = make_window(front_desk)
        window.go("proxy")
        settled()
        return window.page()  # type: ignore[return-value]

    return make


def shown(page: ProxyPage) -> list[list[str]]:
    return [[card.number for card in column.model.cards] for column in page.board.columns]


def selected(page: ProxyPage) -> str:
    """The number of the card that is marked, in whichever column."""
    marked = [
        column.model.cards[column.view.currentIndex().row()].number
        for column in page.board.columns
        if column.view.selectionModel().hasSelection()
    ]
    assert len(marked) <= 1
    return marked[0] if marked else ""


def test_every_state_has_its_column_and_the_head_its_figures(
    show_page: Any, opened: Any, ready: Any, clerk: Actor
) -> None:
    done = ready("吴女士", "13900003344")
    handled, suspended = opened("冯先生", "13600003391"), opened("陈女士", "15800001145")
    opened("钱女士")
    tickets.claim(clerk, handled.card.id)
    tickets.claim(clerk, suspended.card.id)
    tickets.suspend(clerk, suspended.card.id, "收入证明")
    page = show_page()
    assert shown(page) == [["A004"], ["A002"], ["A003"], [done.card.number]]
    assert page.today.text() == "今日 4 件 · 已交还 0"
    assert page.pace.text() == "中位 0:00 · 承诺内 100%"


def test_arrow_keys_move_between_cards_and_columns(
    show_page: Any, opened: Any, ready: Any, keys: Keys, settled: Settled
) -> None:
    ready("吴女士", "13900003344")
    opened("于女士")
    opened("钱女士", "13700001111")
    page = show_page()
    assert selected(page) == "A002", "the keyboard starts on the first card"
    keys.press("Down")
    assert selected(page) == "A003"
    keys.press("Right")
    assert selected(page) == "A001", "empty columns are passed over"
    settled()
    assert page.panel.number.text() == "A001"
    keys.press("Left")
    settled()
    assert page.panel.number.text().startswith("A00")
    assert selected(page) in ("A002", "A003")


def test_handed_back_by_keys_against_the_phone_tail(
    show_page: Any, ready: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = ready()
    page = show_page()
    keys.press("Return")
    settled()
    assert page.panel.proof.hasFocus()
    keys.type("4127")
    keys.press("F7")
    settled()
    closed = tickets.get(front_desk, ticket.card.id)
    assert closed.card.state == "closed"
    assert {paper.holder for paper in closed.papers} == {"resident"}
    assert page.session.notices.kind == "success"
    assert page.panel.history.lines()[0] == "陈晓 交还材料 3 件：凭手机尾号"
    assert page.panel.proof.text() == ""


@pytest.mark.parametrize("shape", ["pickup_code", "receipt", "id_tail"])
def test_every_proof_is_known_by_its_shape(
    show_page: Any, ready: Any, keys: Keys, settled: Settled, front_desk: Actor, shape: str
) -> None:
    ticket = ready(id_number="11010519491231002X")
    proof = {
        "pickup_code": ticket.pickup_code,
        "receipt": tickets.receipt_facts(front_desk, ticket.card.id).code,
        "id_tail": "002x",
    }[shape]
    page = show_page()
    keys.press("Return")
    settled()
    keys.type(proof)
    keys.press("Return")
    settled()
    closed = tickets.get(front_desk, ticket.card.id)
    assert closed.card.state == "closed", page.panel.problem.text()
    assert closed.history[1].facts["proof"] == shape


def test_a_wrong_proof_is_said_beside_the_field_and_stays(
    show_page: Any, ready: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = ready()
    page = show_page()
    keys.press("Return")
    settled()
    keys.press("F7")
    settled()
    assert page.panel.problem.isVisible(), "nothing shown proves nothing"
    wrong = "0000" if ticket.pickup_code != "0000" else "1111"
    keys.type(wrong)
    assert not page.panel.problem.isVisible()
    keys.press("Return")
    settled()
    assert tickets.get(front_desk, ticket.card.id).card.state == "ready"
    assert "A001" in page.panel.problem.text()
    assert page.panel.proof.text() == wrong
    assert page.panel.proof.hasFocus()
    keys.press("Escape")
    assert page.board.has_keyboard()


def test_part_of_the_papers_is_handed_back(
    show_page: Any, ready: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = ready()
    page = show_page()
    keys.press("Return")
    settled()
    keys.type("4127")
    page.panel.papers.setFocus()
    page.panel.papers.setCurrentIndex(page.panel.papers.papers.index(1, 0))
    keys.press("Space")
    assert page.panel.hand_back_button.text() == "交还 1 件"
    keys.press("F7")
    settled()
    after = tickets.get(front_desk, ticket.card.id)
    assert after.card.state == "ready"
    assert [paper.holder for paper in after.papers] == ["resident", "desk"]
    assert "1 件" in page.session.notices.text()


def test_a_push_keeps_selection_focus_and_what_is_half_typed(
    show_page: Any, opened: Any, ready: Any, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = ready()
    page = show_page()
    keys.press("Return")
    settled()
    page.panel.papers.papers.toggle(page.panel.papers.papers.index(0, 0))
    page.panel.proof.setFocus()
    keys.type("41")
    opened("钱女士", "13700001111")
    qtbot.waitUntil(lambda: shown(page)[0] == ["A002"])
    settled()
    assert selected(page) == ticket.card.number
    assert page.panel.proof.text() == "41"
    assert page.panel.proof.hasFocus()
    assert [row.ticked for row in page.panel.papers.rows()] == [False, True]


def test_the_selection_goes_with_its_ticket_to_another_column(
    show_page: Any, opened: Any, clerk: Actor, qtbot: QtBot, settled: Settled
) -> None:
    opened("于女士")
    ticket = opened("钱女士", "13700001111")
    page = show_page()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    page.board.select_first()
    tickets.claim(clerk, ticket.card.id)
    qtbot.waitUntil(lambda: shown(page)[1] == ["A002"])
    settled()
    assert selected(page) == "A002"
    assert page.board.has_keyboard()
    assert page.panel.state.text() == "办理中"


def test_a_card_over_its_promise_turns_red_and_says_so(
    show_page: Any, opened: Any, store: Store, qtbot: QtBot
) -> None:
    ticket = opened()
    page = show_page()
    column = page.board.columns[0]

    def edge() -> QColor:
        page.board.tick()
        area = column.view.visualRect(column.view.model().index(0, 0))
        picture = column.view.grab().toImage()
        return QColor(picture.pixelColor(area.left() + 2, area.center().y()))

    page.board.select(None)
    assert edge() == QColor(theme.OK)
    store.freeze(ticket.card.opened_at + timedelta(minutes=2, seconds=5))
    assert edge() == QColor(theme.WARN)
    store.freeze(ticket.card.opened_at + timedelta(minutes=3, seconds=1))
    assert edge() == QColor(theme.BAD)
    words = column.view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "3:01" in words
    assert "超过 3 分钟无人接单" in words


def test_what_waits_for_the_resident_never_turns_red(
    show_page: Any, ready: Any, store: Store
) -> None:
    ticket = ready()
    store.freeze(ticket.card.opened_at + timedelta(hours=2))
    page = show_page()
    (chip,) = chips_of(page.session, page.board.columns[3].model.cards[0], store.now())
    assert chip.kind == "info"
    page.session.store.freeze(ticket.card.opened_at + timedelta(days=1))
    page.board.tick()
    words = page.board.columns[3].view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "昨日" in words


def test_a_ticket_is_withdrawn_with_a_reason(
    show_page: Any, opened: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = opened()
    page = show_page()
    settled()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    page.panel.withdraw_button.setFocus()
    keys.press("Space", "Return")
    settled()
    assert tickets.get(front_desk, ticket.card.id).card.state == "queued"
    keys.type("改天再来")
    keys.press("Return")
    settled()
    after = tickets.get(front_desk, ticket.card.id)
    assert (after.card.state, after.card.outcome) == ("ready", "withdrawn")
    assert page.panel.history.lines()[0].startswith("陈晓 登记居民撤回")
    assert page.panel.result_text.text() == "原因：改天再来"


def test_the_receipt_is_printed_again(
    show_page: Any, opened: Any, keys: Keys, settled: Settled, tmp_path: Path
) -> None:
    ticket = opened()
    page = show_page()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    keys.press("Alt+P")
    settled()
    keys.press("Return")
    settled()
    (receipt,) = (tmp_path / "papers").iterdir()
    keys.press("Alt+P")
    settled()
    keys.press("2", "Return")
    settled()
    (slip,) = set((tmp_path / "papers").iterdir()) - {receipt}
    assert "补打（第 1 次）" in printing.text_of(receipt.read_bytes())
    said = printing.text_of(slip.read_bytes())
    assert "补打（第 1 次）" in said
    assert "routing" in slip.name


def test_papers_of_a_suspended_ticket_can_be_fetched(
    show_page: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = opened()
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    tickets.suspend(clerk, ticket.card.id, "收入证明")
    page = show_page()
    keys.press("Return")
    settled()
    assert page.panel.result_text.text() == "缺：收入证明"
    keys.type(ticket.pickup_code)
    keys.press("F7")
    settled()
    after = tickets.get(front_desk, ticket.card.id)
    assert after.card.state == "suspended"
    assert {paper.holder for paper in after.papers} == {"resident"}


def test_only_this_desk(
    show_page: Any, opened: Any, manager: Actor, small_hall: dict[str, Any]
) -> None:
    opened()
    other = replace(manager, letter="B")
    tickets.open(other, NewTicket(new_id(), small_hall["medical"], "何先生", consent=True))
    page = show_page()
    assert shown(page)[0] == ["A001", "B001"]
    page.own_desk.click()
    assert shown(page)[0] == ["A001"]


def test_a_long_column_is_bounded_and_says_so(
    session: Session, opened: Any, show: Callable[..., None]
) -> None:
    card = opened().card
    column = CardColumn(session, "待接单")
    show(column, 220, 600)
    column.show_cards([replace(card, id=new_id(), number=f"A{n:03d}") for n in range(260)])
    assert column.model.rowCount() == SHOWN_AT_MOST
    assert column.more.isVisible()
    column.show_cards([card])
    assert not column.more.isVisible()


def test_a_refresh_keeps_the_scroll_and_touches_only_what_differs(
    session: Session, opened: Any, show: Callable[..., None], qtbot: QtBot
) -> None:
    card = opened().card
    cards = [replace(card, id=new_id(), number=f"A{n:03d}") for n in range(60)]
    column = CardColumn(session, "待接单")
    show(column, 220, 600)
    column.show_cards(cards)
    bar = column.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    bar.setValue(900)
    column.set_current(cards[30].id)
    at = bar.value()
    changed: list[int] = []
    column.model.dataChanged.connect(lambda first, _last, _roles: changed.append(first.row()))
    cards[10] = replace(cards[10], owner="张敏")
    column.show_cards([*cards, replace(card, id=new_id(), number="A060")])
    assert changed == [10]
    assert column.current() == cards[30].id
    assert bar.value() == at
    column.show_cards([cards[30], *cards[:30], *cards[31:]])
    assert column.current() == cards[30].id
    assert column.model.row_of(cards[30].id) == 0


def test_a_clerk_looks_but_does_not_hand_back(
    make_window: Callable[..., MainWindow], clerk: Actor, ready: Any, settled: Settled
) -> None:
    ticket = ready()
    window = make_window(clerk)
    window.go("proxy")
    settled()
    page: Any = window.page()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    assert page.panel.number.text() == ticket.card.number
    assert not page.panel.proof.isVisible()
    assert not page.new_button.isVisible()
    page.panel.hand_back()
    settled()
    assert tickets.get(clerk, ticket.card.id).card.state == "ready"


def test_a_paper_that_was_missing_at_the_window_is_shown_at_the_desk(
    show_page: Any, opened: Any, clerk: Actor, settled: Settled
) -> None:
    ticket = opened()
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id, {ticket.papers[1].id: "missing"})
    page = show_page()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    first, second = page.panel.papers.rows()
    assert (first.place, first.chip) == ("3 号窗口", None)
    assert (second.place, second.chip.text) == ("前台", "缺")
    assert "1 处不符" in page.panel.history.lines()[0]


def test_a_receipt_of_another_ticket_hands_nothing_back(
    show_page: Any, ready: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    ticket = ready()
    other = ready("钱女士", "13700001111")
    page = show_page()
    page.show_with(ticket_id=ticket.card.id)
    settled()
    keys.type(tickets.receipt_facts(front_desk, other.card.id).code)
    keys.press("Return")
    settled()
    assert page.panel.problem.isVisible()
    assert {tickets.get(front_desk, t.card.id).card.state for t in (ticket, other)} == {"ready"}
    tickets.hand_back(front_desk, other.card.id, Proof("pickup_code", other.pickup_code))
