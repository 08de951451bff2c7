"""How long nobody has touched keys or mouse in the program's window: what locks a desk that was left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWindow

_USE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)


def since_boot() -> float:
    """Seconds since the PC started, those it slept included; what its clock is set to changes nothing."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class IdleWatch(QObject):
    """Emits `idle` once after `limit_minutes` without use; 0 for never. Somebody calls `look` every second.

    Keys and mouse are seen at the program's window that has the keyboard: a resident who touches the second screen
    does not keep the desk open.
    """

    idle = Signal()

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = since_boot
    ) -> None:
        super().__init__(parent)
        self.limit_minutes = 0
        self._clock = clock
        self._used = clock()
        self._told = False
        self._window: QWindow | None = None
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._listen)
        self._listen(QGuiApplication.focusWindow())

    def start(self) -> None:
        """Counts from now."""
        self._used, self._told = self._clock(), False

    def stop(self) -> None:
        """Counts no more until `start`, and lets every key pass."""
        self._told = True

    def used(self) -> bool:
        """Notes a key or the mouse. False when it comes too late: a PC that slept is touched before anybody looked."""
        self.look()
        if self._told:
            return False
        self._used = self._clock()
        return True

    def look(self) -> None:
        """Says that nobody is here when that is so."""
        late = self._clock() - self._used >= self.limit_minutes * 60
        if self.limit_minutes and late and not self._told:
            self._told = True
            self.idle.emit()

    def _listen(self, window: QWindow | None) -> None:
        if window is self._window:
            return
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _USE or self._told:
            return False
        return not self.used()
