"""Screens to test with: real widgets and real services on an SQLite hall, driven by keys and clicks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hall_desk.services import halls
from hall_desk.settings import Settings
from hall_desk.ui import theme
from hall_desk.ui.background import Background
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices
from hall_desk.ui.session import Session

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store

WAIT_MS = 10_000


@pytest.fixture(scope="session")
def _theme(qapp: QApplication) -> None:
    theme.apply(qapp)


@pytest.fixture(autouse=True)
def _themed(_theme: None) -> None:
    """Every screen is tested with the fonts and sizes it is shown with."""


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Screens are tested on SQLite only; the services under them on both engines."""
    return str(tmp_path / "hall.sqlite3")


@pytest.fixture
def background(store: Store, qtbot: QtBot) -> Iterator[Background]:
    """The two lanes; both threads and the listeners must be gone afterwards."""
    before = set(threading.enumerate())
    made = Background(store)
    yield made
    made.stop()
    left = [t for t in threading.enumerate() if t not in before and t.name.startswith("hall-desk")]
    assert not left, left


@pytest.fixture
def notices(qtbot: QtBot) -> Notices:
    made = Notices()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def make_session(
    store: Store, background: Background, notices: Notices, tmp_path: Path
) -> Iterator[Callable[[Actor], Session]]:
    """Makes a session for an actor, with its papers in the test's folder."""
    made: list[Session] = []

    def make(actor: Actor) -> Session:
        session = Session(
            store, actor, background, notices, Settings(letter="A"), tmp_path / "papers"
        )
        background.refused.connect(notices.refused)
        background.bug_found.connect(notices.bug)
        made.append(session)
        return session

    yield make
    for session in made:
        session.stop()


@pytest.fixture
def session(make_session: Callable[[Actor], Session], front_desk: Actor) -> Session:
    """The front desk's session."""
    return make_session(front_desk)


@pytest.fixture
def show(qtbot: QtBot, settled: Callable[[], None]) -> Callable[..., None]:
    """Shows a widget as a window of a size and waits until it has read what it shows."""

    def show(widget: QWidget, width: int = 1366, height: int = 768) -> None:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        settled()

    return show


@pytest.fixture
def settled(qtbot: QtBot, background: Background) -> Callable[[], None]:
    """Waits until nothing is left to do in the lanes."""

    def wait() -> None:
        qtbot.waitUntil(background.idle, timeout=WAIT_MS)

    return wait


@pytest.fixture
def make_window(
    make_session: Callable[[Actor], Session],
    notices: Notices,
    store: Store,
    show: Callable[..., None],
) -> Callable[..., MainWindow]:
    """The whole main window of an actor, shown."""

    def make(actor: Actor, width: int = 1366, height: int = 768) -> MainWindow:
        window = MainWindow(make_session(actor), notices, halls.info(store))
        show(window, width, height)
        return window

    return make


class Keys:
    """The keyboard: types into whatever has the focus, as a person would."""

    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the keyboard"
        return widget

    def type(self, text: str) -> None:
        """Types `text`; what is not on a keyboard comes from the input method, as Chinese does."""
        for character in text:
            if character.isascii():
                QTest.keyClicks(self.focused(), character)
            else:
                event = QInputMethodEvent()
                event.setCommitString(character)
                QApplication.sendEvent(self.focused(), event)

    def press(self, *keys: str) -> None:
        """Presses keys by name, one after the other: `Return`, `F4`, `Alt+1`, `Ctrl+Return`."""
        for key in keys:
            combination = QKeySequence(key)[0]
            QTest.keyClick(self.focused(), combination.key(), combination.keyboardModifiers())


@pytest.fixture
def keys(qapp: QApplication) -> Keys:
    return Keys()
