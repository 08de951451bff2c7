"""The server away while a desk is locked: the PIN is checked as this PC knows it, and the desk goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.services import away
from tests.cables import Cable, cable, database, own_server, place
from tests.ui.test_outbox_page import alone, outbox, sent, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.ui.main_window import MainWindow

__all__ = ["cable", "database", "outbox", "own_server", "place", "window"]

PIN = "2468"


def test_a_locked_desk_opens_without_its_server(
    window: MainWindow, cable: Cable, keys: Keys, qtbot: QtBot, settled: Callable[[], None]
) -> None:
    keys.type("36")
    window.lock.lock()
    screen = window.lock.screen
    cable.refuse()
    qtbot.waitUntil(lambda: window.session.outbox.alone and screen.away.isVisible(), timeout=8000)
    keys.type("1357")
    keys.press("Return")
    settled()
    assert screen.pin.error.isVisible()
    assert window.lock.locked
    keys.type(PIN)
    keys.press("Return")
    settled()
    assert not window.lock.locked
    keys.type(".5")
    window.lock.double_press.end()
    keys.press("Return")
    settled()
    alone(window, qtbot)
    lines = away.waiting(window.session.store).lines
    assert [line.what for line in lines][-1] == "screening.record"
    assert all(line.staff == "陈晓" for line in lines[-1:])
    cable.mend()
    sent(window, qtbot)
