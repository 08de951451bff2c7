"""While an input method composes, keys are the input method's: no shortcut of the program runs.

Whether it composes is whether the field with the keyboard shows pre-edit text. F4 in the middle of a half-written 于女
would otherwise open a form over it and lose the syllables.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication


class Composing(QObject):
    """Watches whatever has the keyboard, for as long as it lives or until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._focus: QObject | None = None
        self._composing = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # Each of them alone leaves a way out: a window that comes back has had its focus all the time.
        self._signals = (app.focusWindowChanged, app.focusObjectChanged, app.focusChanged)
        for signal in self._signals:
            signal.connect(self._look)
        self._look()

    def __bool__(self) -> bool:
        """Whether pre-edit text is shown."""
        return self._composing

    def stop(self) -> None:
        for signal in self._signals:
            signal.disconnect(self._look)
        self._watch(None)

    def _look(self, *_what: object) -> None:
        self._watch(QGuiApplication.focusObject())

    def _watch(self, focus: QObject | None) -> None:
        if focus is self._focus:
            return
        if self._focus is not None and shiboken6.isValid(self._focus):
            self._focus.removeEventFilter(self)
        # What was composed elsewhere was committed or dropped when the keyboard left.
        self._focus, self._composing = focus, False
        if focus is not None:
            focus.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QInputMethodEvent):
            self._composing = bool(event.preeditString())
        elif self._composing and isinstance(event, QKeyEvent):
            kind = event.type()
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()  # so Qt looks for no shortcut
                return True
            if kind == QEvent.Type.KeyPress:
                return self._pressed(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        """Escape ends the composing and not the form; a function key does nothing at all."""
        if event.key() == Qt.Key.Key_Escape:
            QGuiApplication.inputMethod().reset()
            focus = self._focus
            if self._composing and focus is not None and shiboken6.isValid(focus):
                QGuiApplication.sendEvent(focus, QInputMethodEvent())
            return True
        return Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
