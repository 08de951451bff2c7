"""A whole ID number on the screen: for a reason, for ten seconds, and never in the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from hall_desk.services import identity, tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.reveal_id import RevealIdDialog
from hall_desk.ui.id_field import IdField

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.main_window import MainWindow

NUMBER, MASKED, SPOKEN = "11010519491231002X", "110***********002X", "110105 19491231 002X"
WAIT_MS = 10_000

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]
Show = Callable[..., None]


@pytest.fixture
def clipboard() -> Iterator[QClipboard]:
    board = QGuiApplication.clipboard()
    board.clear()
    yield board
    board.clear()


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    asked = NewTicket(
        new_id(), small_hall["medical"], "于女士", "13800004127", id_number=NUMBER, consent=True,
        papers=(NewPaper("身份证"),),
    )  # fmt: skip
    return tickets.open(front_desk, asked)


def everything_shown(window: MainWindow) -> str:
    words = [
        label.text()
        for label in window.findChildren(object)
        if hasattr(label, "text") and callable(label.text)
    ]
    return "\n".join(str(word) for word in words)


@pytest.fixture
def asking(
    make_window: MakeWindow, front_desk: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> tuple[MainWindow, RevealIdDialog]:
    """The proxy page with the ticket chosen, and Alt+I pressed."""
    window = make_window(front_desk)
    window.go("proxy")
    window.session.go("proxy", ticket_id=ticket.card.id)
    settled()
    assert MASKED in everything_shown(window)
    assert NUMBER not in everything_shown(window)
    keys.press("Alt+I")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, RevealIdDialog)
    return window, dialog


def show_number(dialog: RevealIdDialog, keys: Keys, settled: Settled) -> list[float]:
    """Chooses the first reason and sends; gives the clock, to be set forward."""
    now = [100.0]
    dialog.clock = lambda: now[0]
    keys.press("1", "Return")
    settled()
    assert dialog.number.text() == SPOKEN
    return now


def test_a_number_stands_there_for_ten_seconds(
    asking: tuple[MainWindow, RevealIdDialog], keys: Keys, settled: Settled, manager: Actor
) -> None:
    window, dialog = asking
    now = show_number(dialog, keys, settled)
    assert "10" in dialog.countdown.text()
    assert [line.reason for line in identity.reveals(manager)] == ["business_system"]
    now[0] = 109.2
    dialog.tick()
    assert "1 秒" in dialog.countdown.text()
    assert dialog.shows_number()
    now[0] = 110.0
    dialog.tick()
    assert (dialog.shows_number(), dialog.number.text()) == (False, MASKED)
    assert SPOKEN not in everything_shown(window)
    keys.press("Return")
    assert window.dialogs() == []


@pytest.mark.parametrize("how", ["escape", "another page", "application left"])
def test_it_is_masked_as_soon_as_nobody_looks(
    asking: tuple[MainWindow, RevealIdDialog], keys: Keys, settled: Settled, how: str
) -> None:
    window, dialog = asking
    show_number(dialog, keys, settled)
    if how == "escape":
        keys.press("Esc")
    elif how == "another page":
        window.go("screening")
    else:
        desktop = QGuiApplication.instance()
        assert isinstance(desktop, QGuiApplication)
        desktop.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert (dialog.shows_number(), dialog.number.text()) == (False, MASKED)
    assert SPOKEN not in everything_shown(window)


def test_another_window_before_it_masks_it(
    asking: tuple[MainWindow, RevealIdDialog],
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
    show: Show,
) -> None:
    _window, dialog = asking
    show_number(dialog, keys, settled)
    show(QLineEdit(), 300, 100)
    qtbot.waitUntil(lambda: not dialog.shows_number(), timeout=WAIT_MS)


def test_another_reason_needs_words(
    asking: tuple[MainWindow, RevealIdDialog], keys: Keys, settled: Settled, manager: Actor
) -> None:
    _window, dialog = asking
    keys.press("Return")
    assert dialog.reason_field.error.text()
    keys.press("5", "Return")
    settled()
    assert dialog.note.error.text()
    assert not dialog.shows_number()
    keys.type("信访核查")
    keys.press("Return")
    settled()
    assert dialog.shows_number()
    assert [line.note for line in identity.reveals(manager)] == ["信访核查"]


def test_copying_gives_the_mask(
    asking: tuple[MainWindow, RevealIdDialog], keys: Keys, settled: Settled, clipboard: QClipboard
) -> None:
    _window, dialog = asking
    show_number(dialog, keys, settled)
    keys.press("Ctrl+A", "Ctrl+C")
    assert clipboard.text() == MASKED
    assert dialog.number.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction | (
        Qt.TextInteractionFlag.LinksAccessibleByMouse
    )


def test_a_clerk_at_the_window_may_see_it_and_who_may_not_is_not_asked(
    make_window: MakeWindow, clerk: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    tickets.claim(clerk, ticket.card.id)
    window = make_window(clerk)
    window.go("window")
    settled()
    keys.press("Alt+I")
    (dialog,) = window.dialogs()
    show_number(dialog, keys, settled)  # type: ignore[arg-type]


# --- while it is typed -----------------------------------------------------------------------------------------


@pytest.fixture
def field(show: Show) -> IdField:
    made = IdField()
    show(made, 400, 100)
    made.edit.setFocus()
    return made


def test_nothing_takes_the_typed_number_away(
    field: IdField, keys: Keys, clipboard: QClipboard
) -> None:
    edit = field.edit
    keys.type(NUMBER)
    assert edit.text() == NUMBER
    keys.press("Ctrl+A", "Ctrl+C")
    assert clipboard.text() == MASKED
    for act in (edit.copy, lambda: keys.press("Ctrl+Ins")):
        clipboard.clear()
        act()
        assert clipboard.text() == MASKED
    edit.setSelection(4, 8)
    keys.press("Ctrl+C")
    assert clipboard.text() == "********"
    assert field.number() == NUMBER
    keys.press("Ctrl+A", "Ctrl+X")
    assert (clipboard.text(), field.text()) == (MASKED, "")
    keys.type("1")
    keys.press("Shift+Home", "Ctrl+X")
    assert clipboard.text() == "*"
    assert not edit.dragEnabled()


def test_selecting_with_the_mouse_gives_x11_nothing_but_the_mask(
    field: IdField, keys: Keys, clipboard: QClipboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(QClipboard, "supportsSelection", lambda _board: True)
    monkeypatch.setattr(QClipboard, "setText", lambda _board, text, _mode=None: given.append(text))
    keys.type(NUMBER)
    edit = field.edit
    middle = QPoint(20, edit.height() // 2)
    QTest.mouseDClick(edit, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseRelease(edit, Qt.MouseButton.LeftButton, pos=middle)
    assert edit.selectedText() == NUMBER
    assert given
    assert set(given) == {MASKED}
    assert edit.echoMode() == QLineEdit.EchoMode.Normal
    assert edit.text() == NUMBER
    assert NUMBER not in clipboard.text(QClipboard.Mode.Selection)


def test_the_menu_of_the_field_has_no_other_way(
    field: IdField, keys: Keys, clipboard: QClipboard
) -> None:
    keys.type(NUMBER)
    field.edit.selectAll()
    actions = {action.text(): action for action in field.edit.menu().actions()}
    assert set(actions) == {"剪切（掩码）", "复制（掩码）", "粘贴", "全选"}
    actions["复制（掩码）"].trigger()
    assert clipboard.text() == MASKED
    assert field.number() == NUMBER


# --- the one box -----------------------------------------------------------------------------------------------


def test_the_one_box_finds_a_card_and_covers_it(
    make_window: MakeWindow, front_desk: Actor, ticket: TicketView, keys: Keys, settled: Settled,
    qtbot: QtBot, clipboard: QClipboard,
) -> None:  # fmt: skip
    window = make_window(front_desk)
    finder = window.top_bar.finder
    keys.press("Ctrl+K")
    keys.type(NUMBER.lower())
    qtbot.waitUntil(
        lambda: finder.text() == MASKED.lower() or finder.text() == MASKED, timeout=WAIT_MS
    )
    assert ticket.card.number in finder.results.item(1).text()
    keys.press("Ctrl+Z")
    assert "19491231" not in finder.text()
    keys.press("Return")
    settled()
    assert window.page().name == "proxy"
    assert finder.text() == ""


def test_a_mistyped_number_does_not_stay_in_the_box(
    make_window: MakeWindow, front_desk: Actor, ticket: TicketView, keys: Keys, settled: Settled,
    qtbot: QtBot, clipboard: QClipboard,
) -> None:  # fmt: skip
    window = make_window(front_desk)
    finder = window.top_bar.finder
    wrong = NUMBER[:-1] + "1"
    keys.press("Ctrl+K")
    keys.type(wrong)
    qtbot.waitUntil(
        lambda: finder.results.isVisible() and finder.results.count() == 1, timeout=WAIT_MS
    )
    assert finder.text() == wrong  # to be put right
    keys.press("Ctrl+A", "Ctrl+C")
    assert "19491231" not in clipboard.text()
    finder.clearFocus()
    assert finder.text() == ""
    finder.setFocus()
    keys.press("Ctrl+Z")
    assert finder.text() == ""
