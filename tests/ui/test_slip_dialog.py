"""A telephone slip in two keystrokes, and its real paper before it is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from hall_desk.services import figures
from hall_desk.ui.dialogs.slip import SlipDialog

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    return make_window(front_desk)


def open_by_key(window: MainWindow, keys: Keys) -> SlipDialog:
    keys.press("F8")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, SlipDialog)
    return dialog


def given(manager: Actor, window: MainWindow) -> int:
    return figures.of_day(manager, window.session.today()).slips.total


def texts_of_papers(window: MainWindow) -> list[str]:
    return [
        "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
        for file in sorted(window.session.papers.glob("*.pdf"))
    ]


def test_two_keystrokes_print_the_first_choice(
    keys: Keys, window: MainWindow, settled: Settled, manager: Actor, qtbot: QtBot
) -> None:
    open_by_key(window, keys)
    with qtbot.waitSignal(window.session.paper_told) as told:
        keys.press("Return")
    settled()
    assert told.args is not None
    assert told.args[0] == "success"
    assert window.dialogs() == []
    assert given(manager, window) == 1
    (text,) = texts_of_papers(window)
    assert "010-5555-01" in text


def test_typing_initials_and_enter_at_scanner_speed(
    keys: Keys, window: MainWindow, settled: Settled, manager: Actor, qtbot: QtBot
) -> None:
    open_by_key(window, keys)
    keys.type("jzz")
    with qtbot.waitSignal(window.session.paper_told):
        keys.press("Return", "Return")
    settled()
    assert given(manager, window) == 1
    (text,) = texts_of_papers(window)
    assert "居住证办理" in text
    assert "010-5555-0102" in text


def test_a_window_is_found_by_its_number(keys: Keys, window: MainWindow, settled: Settled) -> None:
    dialog = open_by_key(window, keys)
    keys.type("3")
    settled()
    choice = dialog.table.selected()
    assert choice is not None
    assert (choice.window.number, choice.matter) == ("3", None)


def test_the_list_is_walked_from_the_search_field(
    keys: Keys, window: MainWindow, settled: Settled
) -> None:
    dialog = open_by_key(window, keys)
    settled()
    first = dialog.table.selected()
    keys.press("Down")
    assert dialog.table.selected() != first
    assert keys.focused() is dialog.search
    keys.press("Up")
    assert dialog.table.selected() == first


def test_nothing_fits_is_said_beside_the_field_and_nothing_is_given(
    keys: Keys, window: MainWindow, settled: Settled, manager: Actor
) -> None:
    dialog = open_by_key(window, keys)
    keys.type("qqqq")
    settled()
    assert dialog.field.error.isVisible()
    keys.press("Return")
    settled()
    assert dialog.is_open()
    assert given(manager, window) == 0


def test_the_preview_is_the_real_paper_in_its_size(
    keys: Keys, window: MainWindow, settled: Settled, qtbot: QtBot
) -> None:
    dialog = open_by_key(window, keys)
    settled()
    assert dialog.preview.pages == 1
    sheet = dialog.preview._sheets[0]
    narrow = sheet.height() / sheet.width()
    dialog.roll.set_value("a5")
    settled()
    assert sheet.height() / sheet.width() == pytest.approx(210 / 148, rel=0.02)
    assert narrow != pytest.approx(210 / 148, rel=0.02)
    before = dialog.preview._pdf
    keys.press("Alt+D")
    settled()
    assert dialog.large.isChecked()
    assert dialog.preview._pdf != before


def test_escape_gives_nothing(
    keys: Keys, window: MainWindow, settled: Settled, manager: Actor
) -> None:
    focus = keys.focused()
    open_by_key(window, keys)
    keys.press("Escape")
    settled()
    assert window.dialogs() == []
    assert given(manager, window) == 0
    assert keys.focused() is focus


def test_the_keyboard_stays_inside(keys: Keys, window: MainWindow, settled: Settled) -> None:
    dialog = open_by_key(window, keys)
    settled()
    seen = set()
    for _step in range(12):
        keys.press("Tab")
        assert dialog.isAncestorOf(keys.focused())
        seen.add(keys.focused())
    assert {dialog.search, dialog.print_button, dialog.cancel_button} <= seen
    keys.press("F2")  # a page's key does not reach through the dialog
    assert dialog.is_open()
