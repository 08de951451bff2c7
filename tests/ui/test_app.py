"""Starting and stopping: sign-in, language, a hall that cannot be opened, and bugs from every direction."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hall_desk import i18n, settings
from hall_desk.services import accounts, halls
from hall_desk.services.accounts import Role
from hall_desk.settings import Settings
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.ui.app import HallDesk
from hall_desk.ui.dialogs.doctor import DoctorDialog
from hall_desk.ui.foyer.screen import FoyerScreen
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.no_hall import NoHall
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

PIN = "7391"
Make = Callable[..., HallDesk]


@pytest.fixture
def hall(place: str, quick_pins: None) -> str:
    """A hall's file, with nobody in it at the moment."""
    store = halls.create(place, name="太平桥政务服务大厅", manager="李主任", pin=PIN)
    manager = accounts.sign_in(store, "李主任", PIN)
    accounts.add_staff(manager, "陈晓", Role.FRONT_DESK, PIN)
    with store.change(manager) as change:
        window = models.Window.create(
            id=new_id(), hall=manager.hall_id, number="3", name="医疗保险", phone="010-5555-0103",
            force_insert=True,
        )  # fmt: skip
        change.record("window.added", window.id)
    accounts.add_staff(manager, "张敏", Role.WINDOW_CLERK, PIN, window.id)
    store.close()
    return place


@pytest.fixture
def make(qapp: QApplication, tmp_path: Path) -> Iterator[Make]:
    made: list[HallDesk] = []

    def make(place: str, **options: object) -> HallDesk:
        desk = HallDesk(qapp, place, Settings(), tmp_path / "data", **options)  # type: ignore[arg-type]
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.stop()


def shown(qtbot: QtBot, desk: HallDesk, act: Callable[[], object]) -> object:
    with qtbot.waitSignal(desk.window_shown, timeout=10_000) as signal:
        act()
    assert signal.args is not None
    return signal.args[0]


def test_sign_in_then_the_window_then_out_again(
    qtbot: QtBot, make: Make, hall: str, tmp_path: Path
) -> None:
    desk = make(hall)
    screen = shown(qtbot, desk, desk.start)
    assert isinstance(screen, SignIn)
    screen.name.set_text("陈晓")
    screen.pin.set_text(PIN)
    window = shown(qtbot, desk, screen.try_sign_in)
    assert isinstance(window, MainWindow)
    backups = tmp_path / "data" / "backups"
    qtbot.waitUntil(lambda: backups.is_dir() and len(list(backups.glob("hall-*.backup"))) == 1)
    assert window.session.actor.letter == "A"
    qtbot.waitUntil(lambda: settings.load(tmp_path / "data").letter == "A")
    again = shown(qtbot, desk, window.top_bar.sign_out_asked.emit)
    assert isinstance(again, SignIn)
    assert again.letter.text() == "A"


def test_the_language_is_switched_and_kept(
    qtbot: QtBot, make: Make, hall: str, tmp_path: Path
) -> None:
    desk = make(hall, demo_actor=("陈晓", PIN))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, MainWindow)
    assert window.sidebar.buttons["screening"].text() == "测温登记"
    window = shown(qtbot, desk, lambda: window.language_picked.emit("en"))
    assert isinstance(window, MainWindow)
    assert window.sidebar.buttons["screening"].text() == "Temperatures"
    assert window.session.actor.name == "陈晓"
    qtbot.waitUntil(lambda: settings.load(tmp_path / "data").language == "en")


def test_the_thermometer_of_this_pc_is_kept_and_tried_again(
    qtbot: QtBot, make: Make, hall: str, tmp_path: Path
) -> None:
    desk = make(hall, demo_actor=("陈晓", PIN))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, MainWindow)
    address = f"serial:{tmp_path}/ttyUSB0?baud=4800"
    window.devices_picked.emit({"thermometer": address, "thermometer_pattern": ""})
    qtbot.waitUntil(lambda: settings.load(tmp_path / "data").thermometer == address)
    window = shown(qtbot, desk, lambda: window.language_picked.emit("en"))
    assert isinstance(window, MainWindow)
    assert window.devices.thermometer.state == "away"
    assert window.session.notices.text() == ""


def test_printers_chosen_by_one_person_hold_for_the_next(
    qtbot: QtBot, make: Make, hall: str, tmp_path: Path
) -> None:
    desk = make(hall, demo_actor=("陈晓", PIN))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, MainWindow)
    window.session.use_settings(replace(window.session.settings, slip_printer="none"))
    window = shown(qtbot, desk, lambda: window.language_picked.emit("en"))
    assert isinstance(window, MainWindow)
    assert window.session.settings.slip_printer == "none"


def test_a_window_clerk_starts_at_the_window(qtbot: QtBot, make: Make, hall: str) -> None:
    desk = make(hall, demo_actor=("张敏", PIN))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, MainWindow)
    assert window.page().name == "window"


def test_a_missing_hall_is_one_sentence_and_trying_again_works(
    qtbot: QtBot, make: Make, tmp_path: Path, quick_pins: None
) -> None:
    place = str(tmp_path / "later.sqlite3")
    desk = make(place)
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, NoHall)
    assert place in window.sentence.text()
    halls.create(place, name="大厅", manager="李主任", pin=PIN).close()
    screen = shown(qtbot, desk, window.again.click)
    assert isinstance(screen, SignIn)


def test_a_damaged_file_is_one_sentence(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    place = tmp_path / "bad.sqlite3"
    place.write_bytes(b"this is not a database" * 100)
    desk = make(str(place))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, NoHall)
    assert str(place) in window.sentence.text()


def test_a_hall_that_does_not_open_is_examined_before_anybody_signs_in(
    qtbot: QtBot, make: Make, tmp_path: Path
) -> None:
    place = tmp_path / "bad.sqlite3"
    place.write_bytes(b"this is not a database" * 100)
    desk = make(str(place))
    window = shown(qtbot, desk, desk.start)
    assert isinstance(window, NoHall)
    window.doctor.click()
    (dialog,) = window.findChildren(DoctorDialog)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=30_000)
    assert dialog.findings[0].state == "broken"
    dialog.reject()


def test_the_sign_in_offers_to_look_what_works(qtbot: QtBot, make: Make, hall: str) -> None:
    desk = make(hall)
    screen = shown(qtbot, desk, desk.start)
    assert isinstance(screen, SignIn)
    screen.doctor.click()
    (dialog,) = screen.findChildren(DoctorDialog)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=30_000)
    assert dialog.findings[0].state == "works"
    dialog.reject()


def test_qts_own_words_are_chinese(make: Make, hall: str, qapp: QApplication) -> None:
    make(hall)
    assert i18n.language() == "zh_CN"
    assert qapp.translate("QPlatformTheme", "Cancel") == "取消"


BUGS = """
import sys, threading
from PySide6.QtCore import QTimer, Qt, qWarning
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from hall_desk.settings import Settings
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui import app as desk_app
from pathlib import Path

app = desk_app.make_application()
desk = desk_app.HallDesk(app, sys.argv[1], Settings(), Path(sys.argv[2]), ("陈晓", "7391"))
desk_app.install_hooks(desk)
said = []

class Broken(QWidget):
    def __init__(self, parent):
        super().__init__(parent)
        self.resize(31, 41)
        self.show()

    def resizeEvent(self, event):
        raise KeyError("virtual")

def fail(kind):
    raise RuntimeError(kind)

def press(button):
    button.pressed.connect(lambda: fail("slot"))
    QTest.mousePress(button, Qt.MouseButton.LeftButton)

def shown(window):
    notices = window._notices
    notices.announced.connect(lambda kind, text: said.append(kind))
    window.activateWindow()
    shortcut = QShortcut(QKeySequence("Ctrl+B"), window)
    shortcut.activated.connect(lambda: fail("shortcut"))
    steps = iter([
        lambda: press(window.top_bar.person),
        lambda: QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier),
        lambda: QTimer.singleShot(0, lambda: fail("timer")),
        lambda: Broken(window),
        lambda: desk._background.data(desk, lambda: fail("lane")),
        lambda: threading.Thread(target=lambda: fail("thread")).start(),
        lambda: qWarning("something odd in Qt"),
    ])
    def step():
        run = next(steps, None)
        if run is None:
            QTimer.singleShot(50, app.quit)
        else:
            run()
    timer.timeout.connect(step)
    timer.start(40)

timer = QTimer()
desk.window_shown.connect(shown)
desk.start()
QTimer.singleShot(30000, app.quit)
app.exec()
desk.stop()
print("said", len(said), set(said))
"""


def test_a_bug_from_any_direction_is_logged_and_told_and_the_program_goes_on(
    hall: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import logging; logging.basicConfig()\n" + BUGS,
            hall,
            str(tmp_path),
        ],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    for kind in ("slot", "shortcut", "timer", "lane", "thread"):
        assert done.stderr.count(f"RuntimeError: {kind}") == 1, done.stderr
    assert "KeyError" in done.stderr
    assert "resizeEvent(): virtual" in done.stderr
    assert "something odd in Qt" in done.stderr
    assert "said 5 {'error'}" in done.stdout, done.stdout + done.stderr


def test_the_foyers_account_has_its_screen_and_nothing_else(
    qtbot: QtBot, make: Make, hall: str
) -> None:
    store = Store.open(hall)
    accounts.add_staff(accounts.operator(store), "大厅屏", Role.FOYER, PIN)
    store.close()
    desk = make(hall)
    screen = shown(qtbot, desk, desk.start)
    assert isinstance(screen, SignIn)
    screen.name.set_text("大厅屏")
    screen.pin.set_text(PIN)
    foyer = shown(qtbot, desk, screen.try_sign_in)
    assert isinstance(foyer, FoyerScreen)
    assert foyer.isFullScreen()
    again = shown(qtbot, desk, foyer.person_switch_asked.emit)
    assert isinstance(again, SignIn)


def test_what_a_page_wrote_to_the_settings_outlives_another_language(
    qtbot: QtBot, make: Make, hall: str, tmp_path: Path
) -> None:
    desk = make(hall)
    screen = shown(qtbot, desk, desk.start)
    assert isinstance(screen, SignIn)
    folder = tmp_path / "data"
    settings.save(folder, Settings(foyer_sound="off"))
    shown(qtbot, desk, lambda: screen.language_picked.emit("en"))
    qtbot.waitUntil(lambda: settings.load(folder).language == "en")
    assert settings.load(folder).foyer_sound == "off"
