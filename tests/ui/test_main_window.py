"""The frame: pages by role, keys, the finder, notices, the clock, the connection, and two windows on one hall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from hall_desk.services import tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.changes import Changed
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.notices import Notices

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]


@pytest.fixture
def window(make_window: MakeWindow, front_desk: Actor, small_hall: dict[str, Any]) -> MainWindow:
    return make_window(front_desk)


def open_ticket(actor: Actor, matter: Any, name: str = "于女士") -> Any:
    papers = (NewPaper("身份证"),)
    asked = NewTicket(new_id(), matter, name, "13800004127", consent=True, papers=papers)
    return tickets.open(actor, asked)


def test_each_role_sees_the_pages_it_may_use(
    make_window: MakeWindow, front_desk: Actor, clerk: Actor, manager: Actor
) -> None:
    shown = {}
    for actor in (front_desk, clerk, manager):
        window = make_window(actor)
        shown[actor.role.value] = set(window.sidebar.buttons)
    assert "screening" in shown["front_desk"]
    assert "report" not in shown["front_desk"]
    assert "screening" not in shown["window_clerk"]
    assert "window" in shown["window_clerk"]
    assert shown["manager"] >= {"screening", "proxy", "report"}


def test_pages_are_opened_by_their_keys_and_by_the_sidebar(
    window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    keys.press("F3")
    assert window.page().name == "proxy"
    assert window.sidebar.buttons["proxy"].isChecked()
    settled()
    qtbot.mouseClick(window.sidebar.buttons["screening"], Qt.MouseButton.LeftButton)
    assert window.page().name == "screening"


def test_f4_opens_the_new_ticket_form_from_another_page(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.go("proxy")
    settled()
    keys.press("F4")
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]
    assert window.dialogs()[0].isAncestorOf(keys.focused())


def test_a_page_is_only_left_after_its_dialog_is_closed(
    window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    keys.press("F8")
    settled()
    qtbot.mouseClick(window.sidebar.buttons["proxy"], Qt.MouseButton.LeftButton)
    assert window.dialogs() == []
    assert window.page().name == "proxy"


def test_a_ticket_is_found_by_number_and_shown(
    window: MainWindow,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    keys.press("Ctrl+K")
    assert keys.focused() is window.top_bar.finder
    keys.type(ticket.card.number)
    with qtbot.waitSignal(window.top_bar.finder.found) as found:
        keys.press("Return")  # faster than the pause after typing, as a scanner is
    assert found.args is not None
    assert found.args[0].card.id == ticket.card.id
    assert window.page().name == "proxy"
    assert window.top_bar.finder.text() == ""


def test_the_clock_is_the_halls(window: MainWindow, store: Store) -> None:
    assert window.top_bar.day.text() == "2月21日 星期五"
    assert window.top_bar.clock.text() == "10:03:27"
    store.freeze(store.now() + timedelta(seconds=9))
    window.session.ticked.emit(store.now())
    assert window.top_bar.clock.text() == "10:03:36"


def test_a_lost_server_is_said_at_once_and_its_return_too(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.session.online_changed):
        window.session._arrived.emit(Changed(online=False))
    assert window.top_bar.online.words() == "服务器断开"
    assert window.status_bar.database.property("state") == "bad"
    with qtbot.waitSignal(window.session.online_changed):
        window.session._arrived.emit(Changed(everything=True))
    assert window.top_bar.online.words() == "已联网"


def test_several_changes_within_a_blink_are_told_as_one(window: MainWindow, qtbot: QtBot) -> None:
    told: list[Changed] = []
    window.session.changed.connect(told.append)
    with qtbot.waitSignal(window.session.changed):
        for topic in ("check", "ticket", "slip"):
            window.session._arrived.emit(Changed(frozenset({topic})))
    assert [change.topics for change in told] == [frozenset({"check", "ticket", "slip"})]


def test_the_number_of_waiting_tickets_comes_from_another_pc(
    window: MainWindow, front_desk: Actor, small_hall: dict[str, Any], qtbot: QtBot
) -> None:
    assert window.page().name == "screening"
    open_ticket(front_desk, small_hall["medical"])
    button = window.sidebar.buttons["proxy"]
    qtbot.waitUntil(lambda: button.accessibleDescription() == "1")


def test_practice_is_said(window: MainWindow) -> None:
    assert window.status_bar.practice.isVisible()


def test_the_menu_offers_person_language_and_quit(window: MainWindow, qtbot: QtBot) -> None:
    names = [action.text().partition("\t")[0] for action in window.top_bar.menu.actions()]
    assert [name for name in names if name] == [
        "锁定屏幕",
        "切换人员…",
        "修改密码…",
        "退出登录",
        "上岗…",
        "交接…",
        "离岗",
        "简体中文",
        "English",
        "窗口电话目录…",
        "设备…",
        "本机打印机…",
        "本机检查…",
        "帮助",
        "全部快捷键…",
        "退出",
    ]
    english = next(a for a in window.top_bar.menu.actions() if a.text() == "English")
    with qtbot.waitSignal(window.language_picked) as picked:
        english.trigger()
    assert picked.args == ["en"]


def test_a_success_is_said_with_its_undo_and_goes_by_itself(
    window: MainWindow, notices: Notices, qtbot: QtBot, keys: Keys
) -> None:
    undone: list[bool] = []
    notices.success("A015 办结", lambda: undone.append(True))
    assert notices.link.isVisible()
    qtbot.mouseClick(notices.link, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert notices.kind == ""
    assert window.page().isAncestorOf(keys.focused())
    notices._timer.setInterval(20)
    notices.success("A016 办结", lambda: None)
    qtbot.waitUntil(notices.isHidden)
    notices.error("打印机没有纸")
    assert not notices._timer.isActive()


def test_notices_are_reached_by_keyboard(
    window: MainWindow, keys: Keys, settled: Settled, notices: Notices
) -> None:
    notices.error("服务器断开")
    for _step in range(60):
        keys.press("Shift+Tab")
        if notices.isAncestorOf(keys.focused()):
            break
    assert notices.isAncestorOf(keys.focused())
    keys.press("Escape")
    assert notices.isHidden()


def test_every_field_and_button_has_a_name(window: MainWindow, settled: Settled) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLineEdit, QTableView

    for page in window.pages:
        window.go(page)
        settled()
        for widget in window.findChildren(QLineEdit) + window.findChildren(QTableView):
            named = widget.accessibleName() or isinstance(widget.parent(), QAbstractSpinBox)
            assert named or not widget.isVisible(), widget
        for button in window.findChildren(QAbstractButton):
            assert button.text() or button.accessibleName() or not button.isVisible(), button
