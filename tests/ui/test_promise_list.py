"""Who is about to be late is said beside the page's name, in time, and one key leads to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from hall_desk.services import tickets
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui import ticket_clock
from hall_desk.ui.ticket_clock import Tone

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.promise_list import PromiseButton

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]


def open_ticket(actor: Actor, matter: Any, name: str, phone: str = "13800004127") -> TicketView:
    return tickets.open(actor, NewTicket(new_id(), matter, name, phone, consent=True))


def pass_time(store: Store, window: MainWindow, **how: float) -> None:
    store.freeze(store.now() + timedelta(**how))
    window.session.ticked.emit(store.now())


@pytest.fixture
def window(
    make_window: MakeWindow, front_desk: Actor, small_hall: dict[str, Any], settled: Settled
) -> MainWindow:
    open_ticket(front_desk, small_hall["medical"], "于女士")
    open_ticket(front_desk, small_hall["residence"], "钱先生", "13900001111")
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    return window


@pytest.fixture
def button(window: MainWindow) -> PromiseButton:
    page: Any = window.page()
    made: PromiseButton = page.promises
    return made


def test_it_comes_up_in_time_and_turns_red_without_anything_having_changed(
    window: MainWindow, button: PromiseButton, store: Store
) -> None:
    assert button.isHidden()
    pass_time(store, window, seconds=125)
    assert (button.text(), button.ground()) == ("2 件即将超时", "warn")
    assert button.isVisible()
    pass_time(store, window, seconds=60)
    assert (button.text(), button.ground()) == ("2 件已超时", "bad")


def test_ctrl_j_lists_them_and_enter_opens_one(
    window: MainWindow, button: PromiseButton, store: Store, keys: Keys, settled: Settled
) -> None:
    pass_time(store, window, seconds=185)
    keys.press("Ctrl+J")
    assert keys.focused() is button.list
    assert [button.list.item(row).text().split(", ")[0] for row in range(2)] == ["A001", "A002"]
    assert button.list.item(0).text().endswith("已超 0:05")
    keys.press("Down", "Return")
    settled()
    page: Any = window.page()
    assert page.panel.ticket.card.number == "A002"
    assert not button.list.isVisible()


def test_escape_gives_the_keyboard_back(
    window: MainWindow, button: PromiseButton, store: Store, keys: Keys, qtbot: QtBot
) -> None:
    pass_time(store, window, seconds=185)
    before = keys.focused()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.list.isVisible()
    keys.press("Escape")
    assert not button.list.isVisible()
    assert keys.focused() in (before, button)


def test_what_another_pc_finished_leaves_the_open_list(
    window: MainWindow,
    button: PromiseButton,
    store: Store,
    keys: Keys,
    clerk: Actor,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    pass_time(store, window, seconds=185)
    keys.press("Ctrl+J", "Down")
    card = tickets.claim_next(clerk).card
    tickets.finish(clerk, card.id, "已办好")
    qtbot.waitUntil(lambda: button.list.count() == 1, timeout=5000)
    assert button.list.currentItem().text().startswith("A002")
    assert button.text() == "1 件已超时"


def test_behind_another_page_it_is_read_when_the_page_is_seen_again(
    window: MainWindow,
    button: PromiseButton,
    store: Store,
    clerk: Actor,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    pass_time(store, window, seconds=185)
    window.go("screening")
    settled()
    with qtbot.waitSignal(window.session.changed):
        card = tickets.claim_next(clerk).card
        tickets.finish(clerk, card.id, "已办好")
    settled()
    assert button.text() == "2 件已超时"
    window.go("proxy")
    window.session.ticked.emit(store.now())
    qtbot.waitUntil(lambda: button.text() == "1 件已超时", timeout=5000)


def test_the_list_goes_when_nothing_is_left(
    window: MainWindow,
    button: PromiseButton,
    store: Store,
    keys: Keys,
    manager: Actor,
    qtbot: QtBot,
) -> None:
    pass_time(store, window, seconds=185)
    keys.press("Ctrl+J")
    page: Any = window.page()
    for card in page._board.queued:
        tickets.withdraw(manager, card.id, "改日再来")
    qtbot.waitUntil(button.isHidden, timeout=5000)
    assert not button.list.isVisible()
    assert window.isAncestorOf(keys.focused())


def test_a_window_clerk_has_that_of_the_own_window(
    window: MainWindow, make_window: MakeWindow, clerk: Actor, store: Store, settled: Settled
) -> None:
    mine = make_window(clerk)
    mine.go("window")
    settled()
    pass_time(store, mine, seconds=185)
    page: Any = mine.page()
    assert page.head.promises.text() == "1 件已超时"


def test_the_colours_follow_the_promise_and_not_the_state(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any], store: Store
) -> None:
    def tone() -> Tone:
        return ticket_clock.tone_of(tickets.get(front_desk, ticket.card.id).card, store.now())

    ticket = open_ticket(front_desk, small_hall["medical"], "于女士")
    assert tone() is Tone.ON_TIME
    store.freeze(store.now() + timedelta(seconds=119))
    assert tone() is Tone.ON_TIME
    store.freeze(store.now() + timedelta(seconds=2))
    assert tone() is Tone.SOON
    tickets.claim(clerk, ticket.card.id)
    assert tone() is Tone.SOON, "being claimed makes no new promise"
    store.freeze(store.now() + timedelta(seconds=60))
    assert tone() is Tone.OVER
    tickets.suspend(clerk, ticket.card.id, "收入证明", store.now() + timedelta(hours=2))
    assert tone() is Tone.STILL
    tickets.resume(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    assert tone() is Tone.ON_TIME, "what is ready waits for the resident"
