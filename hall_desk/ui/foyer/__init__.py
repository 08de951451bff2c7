"""The screen in the foyer, on the second monitor or on a PC of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication

from hall_desk.ui.foyer.feed import Feed
from hall_desk.ui.foyer.screen import FoyerScreen

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget

    from hall_desk.ui.session import Session

# A window without a parent lives only as long as somebody holds it.
_open: list[FoyerScreen] = []


def open_foyer(session: Session, beside: QWidget | None = None) -> FoyerScreen:
    """Shows the foyer's screen in full, on another monitor than `beside` where there is one; once per program.

    It listens by itself and may see only what the foyer may, so that it stays when another person signs in.
    """
    if _open:
        _open[0].raise_()
        _open[0].activateWindow()
        return _open[0]
    window = FoyerScreen(Feed(session))
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    _open.append(window)
    window.closed.connect(lambda: _forget(window))
    app = QCoreApplication.instance()
    assert app is not None
    app.aboutToQuit.connect(window.close)
    place = _other_screen(beside)
    if place is not None:
        window.setGeometry(place.geometry())
    window.showFullScreen()
    return window


def mute_foyer(muted: bool) -> None:
    """Makes the screen that is open silent, or lets it speak again."""
    for window in _open:
        window.voice.mute(muted)


def close_foyer() -> None:
    """Closes the screen that `open_foyer` opened: the program ends with its main window."""
    for window in tuple(_open):
        window.close()


def _forget(window: FoyerScreen) -> None:
    if window in _open:
        _open.remove(window)
    window.deleteLater()


def _other_screen(beside: QWidget | None) -> QScreen | None:
    screens = QGuiApplication.screens()
    here = beside.screen() if beside is not None else QGuiApplication.primaryScreen()
    return next((screen for screen in screens if screen is not here), None)
