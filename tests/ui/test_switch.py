"""One person after the other at one PC: what is half typed is kept, and what is done carries the name of who did it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hall_desk import settings
from hall_desk.services import accounts, halls
from hall_desk.services.accounts import Role
from hall_desk.settings import Settings
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui.app import HallDesk
from hall_desk.ui.dialogs.posts import TakePostDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

PIN = "7391"
SOON_MS = 10_000


@pytest.fixture
def hall(place: str, quick_pins: None) -> str:
    """Two at the front desk, one at window 3, and the manager."""
    store = halls.create(place, name="太平桥政务服务大厅", manager="李主任", pin=PIN)
    manager = accounts.sign_in(store, "李主任", PIN)
    accounts.add_staff(manager, "陈晓", Role.FRONT_DESK, PIN)
    accounts.add_staff(manager, "周宁", Role.FRONT_DESK, PIN)
    with store.change(manager) as change:
        window = models.Window.create(
            id=new_id(), hall=manager.hall_id, number="3", name="医疗保险", phone="010-5555-0103",
            force_insert=True,
        )  # fmt: skip
        change.record("window.added", window.id)
    accounts.add_staff(manager, "张敏", Role.WINDOW_CLERK, PIN, window.id)
    for number in range(5):
        accounts.add_staff(manager, f"员工{number}", Role.WINDOW_CLERK, PIN)
    store.close()
    return place


class Pc:
    """The program on one PC, with somebody at its keys."""

    def __init__(self, desk: HallDesk, qtbot: QtBot, keys: Keys) -> None:
        self.desk, self.qtbot, self.keys = desk, qtbot, keys

    @property
    def window(self) -> MainWindow:
        window = self.desk._window
        assert isinstance(window, MainWindow)
        return window

    @property
    def page(self) -> ScreeningPage:
        page = self.window.page()
        assert isinstance(page, ScreeningPage)
        return page

    def settled(self) -> None:
        background = self.desk._background
        assert background is not None
        self.qtbot.waitUntil(background.idle, timeout=SOON_MS)

    def sign_in(self, name: str) -> None:
        screen = self.desk._window
        if screen is None:
            with self.qtbot.waitSignal(self.desk.window_shown, timeout=SOON_MS):
                self.desk.start()
            screen = self.desk._window
        assert isinstance(screen, SignIn)
        screen.name.set_text(name)
        screen.pin.set_text(PIN)
        with self.qtbot.waitSignal(self.desk.window_shown, timeout=SOON_MS):
            screen.try_sign_in()
        self.at_the_keys()

    def at_the_keys(self) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window, timeout=SOON_MS)
        self.settled()

    def switch(self, typed: str, pin: str = PIN) -> None:
        """By keys alone: Ctrl+L, who, Enter, PIN, Enter."""
        self.window.lock.double_press.end()
        self.keys.press("Ctrl+L")
        self.settled()
        self.keys.type(typed)
        if not (typed.isdecimal() and len(typed) == 1):
            self.keys.press("Return")
        self.keys.type(pin)
        self.keys.press("Return")
        self.settled()
        self.at_the_keys()

    def fill(self, temperature: str = "36.5", name: str = "于女士") -> None:
        self.page.form.temperature.setFocus()
        self.keys.type(temperature)
        self.page.form.name.setFocus()
        self.keys.type(name)


@pytest.fixture
def pc(qapp: QApplication, tmp_path: Path, hall: str, qtbot: QtBot, keys: Keys) -> Iterator[Pc]:
    desk = HallDesk(qapp, hall, Settings(), tmp_path / "data")
    yield Pc(desk, qtbot, keys)
    desk.stop()


def who_checked(pc: Pc) -> str:
    """Whom the journal names for the only temperature check there is."""
    store = pc.desk._store
    assert store is not None
    with store.reading():
        entry = models.JournalEntry.get(models.JournalEntry.kind == "check.recorded")
        return str(models.Staff.get_by_id(entry.staff).name)


# --- the same rights -----------------------------------------------------------------------------------


def test_who_has_the_same_rights_goes_on_with_the_half_typed_form(pc: Pc) -> None:
    pc.sign_in("陈晓")
    window = pc.window
    pc.fill()
    pc.switch("zn")
    assert pc.window is window
    assert not window.lock.locked
    assert window.session.actor.name == "周宁"
    assert "周宁" in window.top_bar.person.text()
    assert pc.page.form.name.text() == "于女士"
    window.lock.double_press.end()
    pc.page.form.temperature.setFocus()
    pc.keys.press("Return")
    pc.settled()
    assert who_checked(pc) == "周宁"


def test_an_open_form_stays_open_but_not_one_about_the_other_person(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.keys.press("F8")
    pc.settled()
    pc.keys.type("yb")
    pc.window.take_post()
    pc.settled()
    assert [type(dialog) for dialog in pc.window.dialogs()] == [SlipDialog, TakePostDialog]
    pc.switch("周宁")
    (slip,) = pc.window.dialogs()
    assert isinstance(slip, SlipDialog)
    assert slip.isVisible()
    assert slip.isAncestorOf(pc.keys.focused())


def test_the_step_of_one_is_not_taken_back_by_another(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.window._notices.undoable("A001", lambda: None, 10)
    pc.switch("周宁")
    assert pc.window._notices.text() == ""


def test_the_wrong_pin_of_the_other_one_leaves_it_locked(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.switch("周宁", "1357")
    assert pc.window.lock.locked
    assert pc.window.lock.screen.pin.error.isVisible()
    assert pc.window.session.actor.name == "陈晓"


# --- other rights --------------------------------------------------------------------------------------


def test_other_rights_other_pages_and_the_first_ones_work_waits(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.fill()
    field = pc.keys.focused()
    pc.switch("张敏")
    second = pc.window
    assert second is not first
    assert not first.isVisible()
    assert set(second.pages) != set(first.pages)
    assert second.session.actor.name == "张敏"
    assert second.page().name == "window"
    assert first.session._listener is None
    pc.switch("chenxiao")
    assert pc.window is first
    assert not first.lock.locked
    assert first.session._listener is not None
    assert pc.page.form.name.text() == "于女士"
    assert pc.keys.focused() is field
    assert not second.isVisible()


def test_what_happened_meanwhile_is_there_for_who_comes_back(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.switch("李主任")
    pc.window.go("screening")
    pc.fill("36.6", "刘女士")
    pc.page.form.temperature.setFocus()
    pc.window.lock.double_press.end()
    pc.keys.press("Return")
    pc.settled()
    assert who_checked(pc) == "李主任"
    pc.switch("陈晓")
    assert pc.window is first
    pc.settled()
    pc.qtbot.waitUntil(lambda: pc.page.model.rowCount() == 1, timeout=SOON_MS)


def test_who_shares_the_desk_does_not_get_what_waits_for_another(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.fill()
    pc.switch("张敏")
    pc.switch("周宁")
    assert pc.window is not first
    assert pc.page.form.name.text() == ""
    pc.switch("陈晓")
    assert pc.window is first


def test_the_last_people_of_this_pc_have_a_number(pc: Pc, tmp_path: Path) -> None:
    pc.sign_in("陈晓")
    pc.switch("张敏")
    pc.switch("李主任")
    pc.qtbot.waitUntil(
        lambda: settings.load(tmp_path / "data").people == ("李主任", "张敏", "陈晓"),
        timeout=SOON_MS,
    )
    pc.switch("3")
    assert pc.window.session.actor.name == "陈晓"
    pc.switch("2")
    assert pc.window.session.actor.name == "李主任"


def test_at_most_five_wait_and_it_is_said_whose_work_went(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.fill()
    waiting = pc.desk._waiting
    for name in ("张敏", "李主任", "员工0"):
        pc.switch(name)
    assert len(waiting._screens) == 3
    for name in ("员工1", "员工2", "员工3"):
        pc.switch(name)
    # Those at no window share one screen, one after the other.
    assert len(waiting._screens) == 3
    assert waiting.with_work() == ["陈晓"]


def test_only_the_screen_that_is_shown_counts_the_time(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.switch("张敏")
    now = [1e9]
    first.lock.watch._clock = lambda: now[0]
    pc.window.lock.lock()
    handle = pc.window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_2)
    pc.qtbot.waitUntil(lambda: pc.window.lock.screen.pin.text() == "2", timeout=SOON_MS)


# --- leaving ---------------------------------------------------------------------------------------------


def test_closing_asks_while_somebodys_work_waits(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.fill()
    pc.switch("张敏")
    assert not pc.window.close()
    assert "陈晓" in pc.window._notices.text()
    assert pc.window.isVisible()
    assert pc.window.close()


def test_closing_a_locked_window_with_work_asks_on_the_lock(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.fill()
    pc.window.lock.lock()
    assert not pc.window.close()
    assert "陈晓" in pc.window.lock.screen.why.text()
    assert pc.window.close()


def test_closing_without_waiting_work_asks_nothing(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.switch("张敏")
    assert pc.window.close()


def test_signing_out_asks_in_place_and_then_leaves(pc: Pc) -> None:
    pc.sign_in("陈晓")
    pc.fill()
    pc.window.top_bar.sign_out_asked.emit()
    assert pc.window._notices.link.isVisible()
    with pc.qtbot.waitSignal(pc.desk.window_shown, timeout=SOON_MS):
        pc.window._notices.link.click()
    assert isinstance(pc.desk._window, SignIn)


def test_the_sign_in_screen_gives_back_what_waits_and_asks_before_it_is_closed(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.fill()
    pc.switch("张敏")
    with pc.qtbot.waitSignal(pc.desk.window_shown, timeout=SOON_MS):
        pc.window.top_bar.sign_out_asked.emit()
    screen = pc.desk._window
    assert isinstance(screen, SignIn)
    assert not screen.close()
    assert "陈晓" in screen.problem.text()
    pc.sign_in("陈晓")
    assert pc.window is first
    assert pc.page.form.name.text() == "于女士"


def test_another_language_keeps_the_work_that_waits(pc: Pc) -> None:
    pc.sign_in("陈晓")
    first = pc.window
    pc.fill()
    pc.switch("张敏")
    pc.switch("李主任")
    with pc.qtbot.waitSignal(pc.desk.window_shown, timeout=SOON_MS):
        pc.window.language_picked.emit("en")
    pc.at_the_keys()
    assert len(pc.desk._waiting._screens) == 1
    pc.switch("陈晓")
    assert pc.window is first
    assert pc.page.form.name.text() == "于女士"
