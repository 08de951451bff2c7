"""A desk that is left: nothing of the work is seen, and with the PIN everything is as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from hall_desk import i18n
from hall_desk.services import (
    accounts,
    halls,
    incidents,
    list_editing,
    list_forms,
    staff,
    tickets,
)
from hall_desk.services.accounts import Role
from hall_desk.services.directory_columns import Kind
from hall_desk.services.incidents import NewIncident
from hall_desk.services.list_editing import Typed
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui import key_map
from hall_desk.ui.dialogs.change_pin import ChangePinDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.idle_watch import IdleWatch
from hall_desk.ui.pages.proxy import ProxyPage
from hall_desk.ui.rating_window import RatingWindow
from tests.ui.test_one_box import scan

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

__all__ = ["scan"]

PIN = "2468"
NAME, PHONE = "于女士", "13800004127"
Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    return make_window(front_desk)


@pytest.fixture
def with_ticket(
    window: MainWindow, front_desk: Actor, small_hall: dict[str, Any], settled: Settled
) -> MainWindow:
    """A resident's ticket on the board of the page that is shown."""
    tickets.open(front_desk, new_ticket(small_hall))
    window.go("proxy")
    settled()
    return window


def new_ticket(small_hall: dict[str, Any]) -> NewTicket:
    return NewTicket(new_id(), small_hall["medical"], name=NAME, phone=PHONE, consent=True)


def visible_words(within: QWidget) -> str:
    """All that can be read, heard by a screen reader, or pointed at."""
    said: list[str] = []
    for widget in [within, *within.findChildren(QWidget)]:
        if widget.isVisible():
            said += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
            if isinstance(widget, QLabel | QLineEdit):
                said.append(widget.text())
            elif isinstance(widget, QPlainTextEdit):
                said.append(widget.toPlainText())
            elif isinstance(widget, QComboBox):
                said.append(widget.currentText())
    return "\n".join(said)


def picture(window: QWidget) -> QImage:
    QApplication.setCursorFlashTime(0)
    for _turn in range(3):  # one layout asks for the next
        window.grab()
        QApplication.processEvents()
    return window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def half_typed(window: MainWindow, keys: Keys, settled: Settled) -> NewTicketDialog:
    keys.press("F4")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    dialog.form.name.setFocus()
    keys.type("于女")
    return dialog


def type_pin(window: MainWindow, keys: Keys, settled: Settled, pin: str = PIN) -> None:
    assert keys.focused() is window.lock.screen.pin.edit
    keys.type(pin)
    keys.press("Return")
    settled()


@pytest.fixture
def idle(window: MainWindow) -> Callable[[float], None]:
    """Lets so many minutes pass without a key."""
    now = [1000.0]
    window.lock.watch._clock = lambda: now[0]
    window.lock.watch.start()

    def pass_by(minutes: float) -> None:
        now[0] += minutes * 60
        window.session.ticked.emit(window.session.now())

    return pass_by


# --- when it locks -------------------------------------------------------------------------------------


def test_after_ten_minutes_without_a_key_the_screen_locks(
    window: MainWindow, idle: Callable[[float], None]
) -> None:
    idle(9.9)
    assert not window.lock.locked
    window.lock.watch.used()
    idle(9.9)
    assert not window.lock.locked
    idle(0.2)
    assert window.lock.locked


def test_a_key_or_the_mouse_in_the_window_counts_as_use(
    window: MainWindow, idle: Callable[[float], None]
) -> None:
    handle = window.windowHandle()
    assert handle is not None
    idle(9)
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    idle(9)
    assert not window.lock.locked
    QTest.mouseMove(handle, QPoint(300, 300))
    idle(9)
    assert not window.lock.locked
    idle(2)
    assert window.lock.locked


def test_a_pc_that_slept_is_locked_before_its_first_key_arrives(
    window: MainWindow, keys: Keys
) -> None:
    now = [0.0]
    window.lock.watch._clock = lambda: now[0]
    window.lock.watch.start()
    field = keys.focused()
    now[0] = 3600.0  # nothing ticked meanwhile
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_7)
    assert window.lock.locked
    assert not isinstance(field, QLineEdit) or field.text() == ""


def test_a_manager_sets_the_minutes_for_the_whole_hall(
    window: MainWindow,
    manager: Actor,
    idle: Callable[[float], None],
    qtbot: QtBot,
    settled: Settled,
) -> None:
    halls.change_setting(manager, "idle_lock_minutes", 0)
    qtbot.waitUntil(lambda: window.lock.watch.limit_minutes == 0)
    idle(1000)
    assert not window.lock.locked
    halls.change_setting(manager, "idle_lock_minutes", 2)
    qtbot.waitUntil(lambda: window.lock.watch.limit_minutes == 2)
    window.lock.watch.start()
    idle(2)
    assert window.lock.locked


def test_the_managers_menu_leads_to_the_minutes(
    make_window: Callable[..., MainWindow], manager: Actor, keys: Keys, settled: Settled
) -> None:
    window = make_window(manager)
    window.top_bar.auto_lock_asked.emit()
    settled()
    keys.press("Ctrl+A")
    keys.type("20")
    keys.press("Ctrl+Return")
    settled()
    assert halls.settings(manager).idle_lock_minutes == 20


def test_a_key_locks_at_once_also_over_a_form(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    dialog = half_typed(window, keys, settled)
    keys.press("Ctrl+Shift+L")
    assert window.lock.locked
    assert dialog.is_open()
    assert not dialog.isVisible()


def test_the_watch_says_it_once_and_starts_again(qapp: QApplication) -> None:
    now, told = [0.0], []
    watch = IdleWatch(clock=lambda: now[0])
    watch.idle.connect(lambda: told.append(now[0]))
    watch.limit_minutes = 1
    for now[0] in (59.0, 60.0, 61.0, 500.0):
        watch.look()
    assert told == [60.0]
    watch.start()
    now[0] = 560.0
    watch.look()
    assert told == [60.0, 560.0]


# --- what is seen --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_of_the_work_is_seen_or_read(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
    language: str,
) -> None:
    i18n.use(language)
    tickets.open(front_desk, new_ticket(small_hall))
    window = make_window(front_desk, 1366, 768)
    window.go("proxy")
    settled()
    keys.press("F4")
    settled()
    form = window.dialogs()[0]
    assert isinstance(form, NewTicketDialog)
    form.form.name.set_text("刘女士")
    window.lock.lock()
    window.lock.screen.clock.setText("10:03")
    with_work = picture(window)
    words = visible_words(window)
    for secret in (NAME, "刘女士", PHONE, "138", "A001", "医保卡领取"):
        assert secret not in words
    assert "陈晓" in words
    window.lock.unlock()
    form.reject()
    window.go("screening")
    window.lock.lock()
    window.lock.screen.clock.setText("10:03")
    assert picture(window) == with_work
    card = window.lock.screen.button.parentWidget()
    assert card is not None
    assert window.lock.screen.rect().contains(card.geometry())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_menus_lists_and_file_dialogs_are_closed(window: MainWindow, settled: Settled) -> None:
    window.top_bar.show_menu()
    assert QApplication.activePopupWidget() is window.top_bar.menu
    window.lock.lock()
    assert QApplication.activePopupWidget() is None
    assert not window.top_bar.menu.isVisible()


def test_the_list_under_the_one_box_goes_too(
    with_ticket: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    window = with_ticket
    keys.press("Ctrl+K")
    keys.type("A001")
    qtbot.waitUntil(window.top_bar.finder.results.isVisible)
    window.lock.lock()
    assert not window.top_bar.finder.results.isVisible()
    assert NAME not in visible_words(window)


def test_what_opens_behind_the_lock_gets_the_keyboard_only_afterwards(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.lock.lock()
    window.slip()
    settled()
    (dialog,) = window.dialogs()
    assert not dialog.isVisible()
    type_pin(window, keys, settled)
    assert dialog.isVisible()
    assert dialog.isAncestorOf(keys.focused())


def test_tab_stays_on_the_lock(window: MainWindow, keys: Keys) -> None:
    window.lock.lock()
    for _press in range(8):
        keys.press("Tab")
        assert window.lock.screen.isAncestorOf(keys.focused())


def test_the_residents_window_stays(window: MainWindow, front_desk: Actor, qtbot: QtBot) -> None:
    from hall_desk.services.ratings import Guest

    guest = Guest(
        store=front_desk.store, hall_id=front_desk.hall_id, hall_name="大厅", letter="A",
        offer_id=new_id(), ticket_id=None, window_id=None, number="A018", matter="",
    )  # fmt: skip
    rating = RatingWindow(window.session, guest, second_screen=True)
    rating.show()
    window.lock.lock()
    assert rating.isVisible()
    rating.leave()


def test_an_incident_is_told_by_its_kind_and_nothing_else(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    front_desk: Actor,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    window = make_window(manager)
    window.lock.lock()
    screen = window.lock.screen
    assert not screen.incidents.isVisible()
    for what in ("于女士复测 37.8", "刘先生复测 38.1"):
        incidents.open(front_desk, NewIncident(new_id(), "fever", "北门", "于女士", what))
    qtbot.waitUntil(screen.incidents.isVisible)
    qtbot.waitUntil(lambda: "× 2" in screen.incident_words.text())
    words = visible_words(window)
    assert i18n.code("incident", "fever") in words
    for secret in ("于女士", "刘先生", "37.8", "北门"):
        assert secret not in words


# --- coming back ---------------------------------------------------------------------------------------


def test_with_the_own_pin_all_is_as_it_was_and_the_keyboard_where_it_was(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    dialog = half_typed(window, keys, settled)
    field = keys.focused()
    assert isinstance(field, QLineEdit)
    field.setCursorPosition(1)
    before = picture(window)
    keys.press("Ctrl+Shift+L")
    assert picture(window) != before
    type_pin(window, keys, settled)
    assert not window.lock.locked
    assert window.dialogs() == [dialog]
    assert keys.focused() is field
    keys.type("x")
    assert dialog.form.name.text() == "于x女"
    assert window.lock.screen.pin.text() == ""


def test_enter_pressed_twice_sends_nothing_below(
    window: MainWindow, store: Store, keys: Keys, settled: Settled
) -> None:
    window.go("screening")
    keys.press("3", "6", ".", "5")
    field = keys.focused()
    keys.press("Ctrl+Shift+L")
    type_pin(window, keys, settled)
    assert keys.focused() is field
    keys.press("Return", "Return")
    settled()
    with store.reading():
        assert models.TemperatureCheck.select().count() == 0
    window.lock.double_press.end()
    keys.press("Return")
    settled()
    with store.reading():
        assert models.TemperatureCheck.select().count() == 1


def test_what_is_typed_while_the_pin_is_checked_goes_nowhere(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    dialog = half_typed(window, keys, settled)
    keys.press("Ctrl+Shift+L")
    keys.type("1357")
    keys.press("Return")
    keys.type("99")
    keys.press("Return", "Escape", "Ctrl+L")
    settled()
    screen = window.lock.screen
    assert screen.pin.text() == "1357"
    assert screen.pin.error.isVisible()
    assert screen.pin.isVisible()
    assert dialog.form.name.text() == "于女"


def test_a_wrong_pin_says_how_many_tries_are_left_and_the_fifth_locks_the_account(
    window: MainWindow, front_desk: Actor, keys: Keys, settled: Settled
) -> None:
    window.lock.lock()
    screen = window.lock.screen
    for left in (4, 3, 2, 1):
        type_pin(window, keys, settled, "1357")
        assert str(left) in screen.pin.error.text()
        assert window.lock.locked
    type_pin(window, keys, settled, "1357")
    assert "1 分钟" in screen.pin.error.text()
    type_pin(window, keys, settled)
    assert window.lock.locked
    assert "分钟" in screen.pin.error.text()


def test_live_changes_are_there_when_it_opens_again(
    window: MainWindow,
    front_desk: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    window.go("proxy")
    settled()
    window.lock.lock()
    with qtbot.waitSignal(window.session.changed):
        tickets.open(front_desk, new_ticket(small_hall))
    settled()
    type_pin(window, keys, settled)
    page = window.page()
    assert isinstance(page, ProxyPage)
    qtbot.waitUntil(lambda: page.board.columns[0].model.rowCount() == 1)


# --- scans and keys while locked -----------------------------------------------------------------------


def test_a_scan_while_locked_is_swallowed(
    with_ticket: MainWindow, scan: Callable[[MainWindow, str], None], keys: Keys, settled: Settled
) -> None:
    window = with_ticket
    window.lock.lock()
    scan(window, "HD1*A001*20200221*9F3C21A0")
    scan(window, "A001")
    settled()
    assert window.lock.screen.pin.text() == ""
    assert window._notices.text() == ""
    type_pin(window, keys, settled)
    assert not window.lock.locked


@pytest.mark.parametrize(
    "key", ["F4", "F3", "F8", "F9", "Ctrl+K", "Ctrl+Q", "Ctrl+Z", "Ctrl+Return"]
)
def test_no_key_of_the_work_does_anything(window: MainWindow, settled: Settled, key: str) -> None:
    window.lock.lock()
    handle = window.windowHandle()
    assert handle is not None
    combination = QKeySequence(key)[0]
    QTest.keyClick(handle, combination.key(), combination.keyboardModifiers())
    settled()
    assert window.dialogs() == []
    assert window.page().name == "screening"
    assert window.isVisible()


# --- choosing another person ------------------------------------------------------------------------------


def test_escape_leads_back_to_the_lock_and_never_to_the_work(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    keys.press("Ctrl+L")
    settled()
    screen = window.lock.screen
    assert keys.focused() is screen.name.edit
    keys.press("Escape")
    assert keys.focused() is screen.pin.edit
    assert screen.person.text() == "陈晓"
    keys.press("Escape")
    assert window.lock.locked


@pytest.mark.parametrize("typed", ["张敏", "zhangmin", "zm", "w3"])
def test_a_person_is_found_by_name_pinyin_and_window(
    window: MainWindow, clerk: Actor, keys: Keys, settled: Settled, typed: str
) -> None:
    keys.press("Ctrl+L")
    settled()
    keys.type(typed)
    keys.press("Return")
    screen = window.lock.screen
    assert screen.person.text() == "张敏"
    assert screen.post.text() == "3 号窗口" or "3" in screen.post.text()
    came: list[Actor] = []
    window.person_came.connect(came.append)
    type_pin(window, keys, settled)
    assert [actor.name for actor in came] == ["张敏"]
    assert window.lock.locked  # until somebody gives them a screen


# --- people who left, and PINs ------------------------------------------------------------------------------


def test_who_is_retired_meanwhile_is_locked_out_with_a_sentence(
    window: MainWindow, manager: Actor, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    dialog = half_typed(window, keys, settled)
    staff.retire(manager, "陈晓")
    qtbot.waitUntil(lambda: window.lock.locked)
    screen = window.lock.screen
    assert "陈晓" in screen.why.text()
    type_pin(window, keys, settled)
    assert window.lock.locked
    assert screen.pin.error.isVisible()
    assert dialog.is_open()


def test_who_gets_another_name_is_shown_with_it_and_unlocks_under_it(
    window: MainWindow, manager: Actor, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    dialog = half_typed(window, keys, settled)
    for before, after in (("陈晓", "陈小晓"), ("陈小晓", "陈晓晓")):
        row = next(
            one for one in list_editing.records(manager, Kind.STAFF) if one.values["name"] == before
        )
        typed = Typed({**list_forms.texts(Kind.STAFF, row.values), "name": after})
        list_editing.edit(manager, Kind.STAFF, row.id, row.values, typed)
        qtbot.waitUntil(lambda name=after: window.session.actor.name == name)
        assert window.top_bar.person.text().startswith(after)
        window.lock.lock()  # the second name comes while the window is locked
    assert window.lock.screen.person.text() == "陈晓晓"
    type_pin(window, keys, settled)
    assert not window.lock.locked
    assert dialog.is_open()


def test_somebody_elses_account_changes_nothing(
    window: MainWindow, manager: Actor, qtbot: QtBot, settled: Settled
) -> None:
    with qtbot.waitSignal(window.session.changed):
        accounts.add_staff(manager, "王强", Role.FRONT_DESK, PIN)
    settled()
    assert not window.lock.locked


def test_the_own_pin_is_changed_from_the_menu(
    window: MainWindow, store: Store, keys: Keys, settled: Settled
) -> None:
    window.top_bar.change_pin_asked.emit()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, ChangePinDialog)
    keys.press("Return")
    assert dialog.old.error.isVisible()
    keys.type("1357")
    keys.press("Tab")
    keys.type("8642")
    keys.press("Tab")
    keys.type("8641")
    keys.press("Return")
    assert dialog.again.error.isVisible()
    dialog.again.set_text("8642")
    keys.press("Return")
    settled()
    assert dialog.old.error.isVisible()  # that was not the PIN
    dialog.old.set_text(PIN)
    keys.press("Return")
    settled()
    assert not dialog.is_open()
    assert window._notices.kind == "success"
    assert accounts.sign_in(store, "陈晓", "8642").name == "陈晓"


def test_the_lock_key_is_in_the_list_of_keys() -> None:
    assert key_map.key_of("lock") == "Ctrl+Shift+L"
