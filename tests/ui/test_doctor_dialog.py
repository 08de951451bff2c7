"""“Does this PC work?” in the program: line by line, with what to do; also before anybody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from hall_desk import doctor, i18n
from hall_desk.doctor import BROKEN, WORKS, Patient
from hall_desk.settings import Settings
from hall_desk.ui.background import Background
from hall_desk.ui.dialogs.doctor import DoctorDialog
from hall_desk.ui.dialogs.printers import PrintersDialog
from hall_desk.ui.no_hall import NoHall

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow
    from tests.ui.conftest import Keys

WAIT_MS = 30_000


@pytest.fixture
def window(make_window: Callable[..., MainWindow], front_desk: Actor) -> MainWindow:
    return make_window(front_desk)


def opened(qtbot: QtBot, window: MainWindow) -> DoctorDialog:
    window.top_bar.doctor_asked.emit()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DoctorDialog)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT_MS)
    return dialog


def test_every_thing_is_looked_at_and_said(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    assert [one.name for one in dialog.model.rows] == [one.name for one in doctor.checks()]
    by_name = {one.name: one for one in dialog.findings}
    assert by_name["database"].state == WORKS
    assert "太平桥" in by_name["database"].told


def test_what_does_not_work_is_selected_with_what_to_do(
    qtbot: QtBot, window: MainWindow, keys: Keys
) -> None:
    settings = replace(window.session.settings, slip_printer="escpos+tcp://127.0.0.1:1")
    window.session.use_settings(settings)
    dialog = opened(qtbot, window)
    broken = [one.name for one in dialog.findings if one.state == BROKEN]
    selected = dialog.table.selected()
    assert selected is not None
    assert selected.name == broken[0]
    assert "slip_printer" in broken
    dialog.table.select("slip_printer")
    assert dialog.advice.text()
    assert str(len(broken)) in dialog.summary.text()
    keys.press("Alt+C")
    copied = QGuiApplication.clipboard().text()
    assert "✗" in copied
    assert "陈晓" not in copied
    keys.press("Alt+R")
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT_MS)
    keys.press("Alt+P")
    assert [type(one) for one in window.dialogs()] == [PrintersDialog]


def test_it_is_closed_while_it_looks(qtbot: QtBot, window: MainWindow, keys: Keys) -> None:
    window.show_doctor()
    keys.press("Escape")
    assert window.dialogs() == []


def test_without_a_hall_the_plain_window_offers_it(
    qtbot: QtBot, tmp_path: Path, show: Callable[..., None]
) -> None:
    plain = NoHall("…")
    background = Background(None)
    try:
        show(plain)
        with qtbot.waitSignal(plain.doctor_asked):
            plain.doctor.click()
        patient = Patient(str(tmp_path / "none.sqlite3"), tmp_path, Settings())
        dialog = DoctorDialog(plain, background, patient)
        dialog.open()
        qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT_MS)
        assert dialog.printers.isHidden()
        assert dialog.findings[0].state == "not_set_up"
    finally:
        background.stop()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_it_fits_the_smallest_window(
    qtbot: QtBot, make_window: Callable[..., MainWindow], front_desk: Actor, language: str
) -> None:
    i18n.use(language)
    dialog = opened(qtbot, make_window(front_desk, 1200, 700))
    assert dialog.sheet.minimumSizeHint().width() <= dialog.sheet.width()
    assert dialog.sheet.minimumSizeHint().height() <= dialog.sheet.height()
