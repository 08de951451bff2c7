"""The one box and the scanner: what is scanned or typed opens the right thing, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from hall_desk import i18n
from hall_desk.services import codes, missing_notices, tickets
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.found_list import HIT_ROLE
from hall_desk.ui.notices import Notices

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]


@pytest.fixture
def window(make_window: MakeWindow, front_desk: Actor, small_hall: dict[str, Any]) -> MainWindow:
    return make_window(front_desk)


@pytest.fixture
def scan(qtbot: QtBot) -> Callable[[MainWindow, str], None]:
    """Types a code into the window as a keyboard-wedge scanner does: 3 ms a key, and Enter."""
    stamp = [10_000]

    def scan(window: MainWindow, text: str) -> None:
        handle = window.windowHandle()
        assert handle is not None
        stamp[0] += 1000
        for character in [*text, "\r"]:
            stamp[0] += 3
            key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(stamp[0])
                QApplication.sendEvent(handle, event)

    return scan


Scan = Callable[["MainWindow", str], None]


def open_ticket(actor: Actor, matter: Any, name: str = "于女士") -> TicketView:
    papers = (NewPaper("身份证"),)
    asked = NewTicket(new_id(), matter, name, "13800004127", consent=True, papers=papers)
    return tickets.open(actor, asked)


def finish(clerk: Actor, ticket: TicketView) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好，当场可用")


def shown(window: MainWindow) -> list[str]:
    results = window.top_bar.finder.results
    return [results.item(row).text() for row in range(results.count())]


# --- scanning ------------------------------------------------------------------------------------------


def test_a_receipt_and_one_key_hand_the_papers_back(
    window: MainWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    finish(clerk, ticket)
    window.go("consultation")
    settled()
    scan(window, tickets.receipt_facts(front_desk, ticket.card.id).code)
    settled()
    page: Any = window.page()
    assert page.name == "proxy"
    assert page.panel.ticket.card.id == ticket.card.id
    settled()
    keys.press("Return")
    settled()
    assert tickets.get(front_desk, ticket.card.id).card.state == "closed"


def test_a_receipt_whose_ticket_is_on_the_screen_already_fills_the_proof(
    window: MainWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    finish(clerk, ticket)
    window.session.go("proxy", ticket_id=ticket.card.id)
    settled()
    page: Any = window.page()
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    keys.type("12")
    scan(window, code)
    settled()
    assert page.panel.proof.text() == code
    keys.press("F7")
    settled()
    assert tickets.get(front_desk, ticket.card.id).card.state == "closed"


def test_a_routing_slip_opens_its_ticket_at_the_window_ready_to_be_claimed(
    make_window: MakeWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    window = make_window(clerk)
    window.go("callbacks")
    settled()
    scan(window, "A001")
    settled()
    page: Any = window.page()
    assert page.name == "window"
    assert page.ticket.ticket.card.id == ticket.card.id
    keys.press("Space")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.owner == "张敏"


def test_a_number_two_tickets_have_is_offered_to_choose_from(
    window: MainWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    store: Store,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    open_ticket(front_desk, small_hall["medical"])
    store.freeze(store.now() + timedelta(days=1))
    open_ticket(front_desk, small_hall["residence"], "钱先生")
    window.go("proxy")
    settled()
    scan(window, "A001")
    settled()
    assert keys.focused() is window.top_bar.finder
    assert window.top_bar.finder.results.isVisible()
    assert [line[:10] for line in shown(window)[1:]] == ["A001   钱先生", "A001 02-21"]
    keys.press("Down", "Return")
    settled()
    page: Any = window.page()
    assert page.panel.ticket.card.name == "于女士"


def test_a_notice_opens_the_consultation_page_with_it(
    window: MainWindow,
    scan: Scan,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    items = (NoticeItem("收入证明"),)
    new = NewNotice(new_id(), small_hall["medical"], items, name="吴女士")
    given = missing_notices.give(front_desk, new)
    window.go("proxy")
    settled()
    scan(window, given.scan)
    settled()
    assert window.page().name == "consultation"
    settled()
    assert missing_notices.find(front_desk, given.code).reopened_at is not None


def test_a_window_clerk_reads_what_a_notice_asks_for(
    make_window: MakeWindow, scan: Scan, settled: Settled, notices: Notices,
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any],
) -> None:  # fmt: skip
    items = (NoticeItem("收入证明"), NoticeItem("户口本"))
    given = missing_notices.give(front_desk, NewNotice(new_id(), small_hall["medical"], items))
    window = make_window(clerk)
    settled()
    before = window.page().name
    scan(window, given.scan)
    settled()
    code = missing_notices.grouped(given.code)
    assert notices.text() == f"一次性告知单 {code}，医保卡领取。缺：收入证明、户口本"
    assert window.page().name == before


@pytest.mark.parametrize("page", ["screening", "consultation", "proxy"])
@pytest.mark.parametrize("marked", [True, False])
def test_what_lies_with_the_papers_opens_their_ticket_from_anywhere(
    window: MainWindow,
    scan: Scan,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    page: str,
    marked: bool,
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    facts = tickets.receipt_facts(front_desk, ticket.card.id)
    window.go(page)
    settled()
    scan(window, facts.reference if marked else facts.number)
    settled()
    proxy: Any = window.page()
    assert proxy.name == "proxy"
    assert proxy.panel.ticket.card.id == ticket.card.id


def test_another_halls_receipt_is_said_to_be_that_and_nothing_else(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    scan: Scan,
    settled: Settled,
    notices: Notices,
    front_desk: Actor,
) -> None:
    day = front_desk.store.today()
    foreign = codes.of_ticket(UUID(int=0xBEEF), "A001", day, "9F3C21A0")
    misread = codes.of_ticket(front_desk.hall_id, "A001", day)[:-1] + "?"
    window.go("consultation")
    for code, said in (
        (foreign, "这张回执是其他大厅的。"),
        (misread, "这个码读取或输入有误，请重试。"),
    ):
        scan(window, code)
        settled()
        assert notices.text() == f"扫码结果：{said}未录入任何内容。"
        assert window.page().name == "consultation"
    keys.press("Ctrl+K")
    keys.type(foreign.lower())
    qtbot.waitUntil(lambda: shown(window) == ["这张回执是其他大厅的。"])


def test_the_box_speaks_english_too(
    make_window: MakeWindow, keys: Keys, qtbot: QtBot, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    i18n.use("en")
    open_ticket(front_desk, small_hall["medical"])
    window = make_window(front_desk)
    keys.press("Ctrl+K")
    keys.type("sfz")
    qtbot.waitUntil(window.top_bar.finder.results.isVisible)
    assert shown(window)[0] == "Papers that are out"
    assert shown(window)[1].endswith("Front desk · 陈晓")
    keys.press("Escape")
    keys.type("Z9")
    qtbot.waitUntil(lambda: shown(window)[0].startswith("No ticket has this number"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("6901234567892", "不认识这个码，未录入任何内容。"),
        ("11010119900307123X", "不认识这个码，未录入任何内容。"),
        ("HD1*A001*20200221*00000000", "扫码结果：查不到这张回执。未录入任何内容。"),
    ],
)
def test_an_unknown_code_says_so_and_types_nothing(
    window: MainWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    notices: Notices,
    code: str,
    said: str,
) -> None:
    window.go("consultation")
    settled()
    keys.type("吴")
    before = keys.focused()
    typed = before.property("text")
    scan(window, code)
    settled()
    assert notices.text() == said
    assert window.page().name == "consultation"
    assert keys.focused() is before
    assert before.property("text") == typed


def test_a_scan_never_closes_a_form_that_is_half_filled_in(
    window: MainWindow,
    keys: Keys,
    scan: Scan,
    settled: Settled,
    notices: Notices,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    window.go("proxy")
    settled()
    keys.press("F4")
    settled()
    keys.type("ybk")
    settled()
    field = keys.focused()
    scan(window, tickets.receipt_facts(front_desk, ticket.card.id).code)
    settled()
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]
    assert field.property("text") == "ybk"
    assert notices.text().startswith("已扫到码，但有表单未填完")


def test_a_window_that_is_gone_scans_no_more(
    make_window: MakeWindow, scan: Scan, settled: Settled, front_desk: Actor, manager: Actor,
    small_hall: dict[str, Any], notices: Notices,
) -> None:  # fmt: skip
    first = make_window(front_desk)
    second = make_window(manager)
    first.hide()
    assert first.scanner is None
    second.activateWindow()
    settled()
    scan(second, "6901234567892")
    settled()
    assert notices.text() == "不认识这个码，未录入任何内容。"


# --- typing --------------------------------------------------------------------------------------------


def test_what_fits_is_grouped_by_kind_and_chosen_by_the_arrows(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    open_ticket(front_desk, small_hall["medical"], "易碧珂")
    finder = window.top_bar.finder
    keys.press("Ctrl+K")
    keys.type("ybk")
    qtbot.waitUntil(finder.results.isVisible)
    assert [line.split("   ")[0] for line in shown(window)] == [
        "代办单", "A001", "事项", "医保卡领取",
    ]  # fmt: skip
    assert finder.results.currentRow() == 1
    keys.press("Down")
    assert finder.results.currentRow() == 3
    keys.press("Down")
    assert finder.results.currentRow() == 3
    keys.press("Up")
    assert finder.results.currentRow() == 1
    keys.press("Up")
    assert finder.results.currentRow() == 1


@pytest.mark.parametrize(("key", "form"), [("F4", NewTicketDialog), ("F8", SlipDialog)])
def test_a_matter_begins_a_ticket_or_a_slip_by_their_keys(
    window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled, key: str, form: type
) -> None:
    finder = window.top_bar.finder
    keys.press("Ctrl+K")
    keys.type("jzz")
    qtbot.waitUntil(finder.results.isVisible)
    keys.press(key)
    settled()
    assert [type(dialog) for dialog in window.dialogs()] == [form]
    assert finder.text() == ""


def test_a_matter_is_looked_at_on_the_consultation_page(
    window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    keys.press("Ctrl+K")
    keys.type("居住证")
    qtbot.waitUntil(window.top_bar.finder.results.isVisible)
    keys.press("Return")
    settled()
    assert window.page().name == "consultation"


def test_a_paper_lying_about_leads_to_whose_it_is(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    keys.press("Ctrl+K")
    keys.type("sfz")
    qtbot.waitUntil(window.top_bar.finder.results.isVisible)
    assert shown(window)[0] == "在外材料"
    assert "于女士 A001" in shown(window)[1]
    assert shown(window)[1].endswith("前台 · 陈晓")
    qtbot.mouseClick(
        window.top_bar.finder.results.viewport(),
        Qt.MouseButton.LeftButton,
        pos=window.top_bar.finder.results.visualItemRect(
            window.top_bar.finder.results.item(1)
        ).center(),
    )
    settled()
    page: Any = window.page()
    assert page.panel.ticket.card.id == ticket.card.id


def test_enter_right_after_typing_opens_the_first_there_is(
    window: MainWindow,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    keys.press("Ctrl+K")
    keys.type("yns")
    keys.press("Return")
    settled()
    page: Any = window.page()
    assert page.panel.ticket.card.id == ticket.card.id
    assert window.top_bar.finder.text() == ""


def test_enter_on_older_results_searches_for_what_stands_there_now(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    open_ticket(front_desk, small_hall["medical"], "于女士")
    second = open_ticket(front_desk, small_hall["residence"], "于先生")
    finder = window.top_bar.finder
    keys.press("Ctrl+K")
    keys.type("于")
    qtbot.waitUntil(finder.results.isVisible)
    keys.type("先")
    keys.press("Return")
    settled()
    page: Any = window.page()
    assert page.panel.ticket.card.id == second.card.id


def test_what_fits_nothing_says_so(
    window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    finder = window.top_bar.finder
    for typed, said in (
        ("Z999", "今天和近一个月内没有这个单号。更早的请加日期，如 A018 2-20"),
        ("zzzz", "没有符合的内容。"),
        ("HD1*A001*20200221*00000000", "查不到这张回执。"),
    ):
        keys.press("Ctrl+K")
        keys.type(typed)
        qtbot.waitUntil(lambda said=said: shown(window) == [said])  # type: ignore[misc]
        assert finder.results.item(0).data(HIT_ROLE) is None
        keys.press("Return")
        settled()
        assert window.page().name == "screening"
        keys.press("Escape")
        assert not finder.results.isVisible()
        assert finder.text() == ""


def test_a_closed_tickets_day_is_shown_with_its_number(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    store: Store,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    open_ticket(front_desk, small_hall["medical"])
    store.freeze(store.now() + timedelta(days=2))
    keys.press("Ctrl+K")
    keys.type("A001")
    qtbot.waitUntil(window.top_bar.finder.results.isVisible)
    assert shown(window)[1].startswith("A001 02-21   于女士")
