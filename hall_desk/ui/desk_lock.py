"""The lock of a desk's window: what covers it, and how everything comes back as it was.

The pages are hidden, not closed: forms keep what is half typed, dialogs stay open, and what changed meanwhile is read
again when they are shown. Nothing of them is painted, reached by keys or read out by a screen reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QToolTip, QWidget
from shiboken6 import isValid

from hall_desk.i18n import _
from hall_desk.services import halls, staff
from hall_desk.ui.idle_watch import IdleWatch
from hall_desk.ui.lock_screen import LockScreen

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.halls import HallInfo
    from hall_desk.store.changes import Changed
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.session import Session

# Enter pressed twice by somebody in a hurry unlocks, and sends nothing of the form below.
DOUBLE_PRESS_MS = 500
_SETTING, _NAMES = frozenset({"setting"}), frozenset({"staff", "window"})
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class DeskLock(QObject):
    """Covers `centre` of a main window; `places` is what the window shows.

    Signals:
        came: another person (an `Actor`) typed their PIN. Whoever made the window gives them a screen.
        locked_changed: whether the window is locked now.
    """

    came = Signal(object)
    locked_changed = Signal(bool)

    def __init__(
        self, window: MainWindow, session: Session, info: HallInfo, centre: QWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._centre = centre
        self._focus: QWidget | None = None
        self.screen = LockScreen(session, info)
        self.places = QStackedWidget()
        self.places.addWidget(centre)
        self.places.addWidget(self.screen)
        self.watch = IdleWatch(self)
        self.watch.limit_minutes = halls.Settings().idle_lock_minutes
        self.watch.idle.connect(self.lock)
        self.double_press = _DoublePress(self)
        self.screen.signed_in.connect(self._signed_in)
        session.ticked.connect(self.watch.look)
        session.changed.connect(self._on_changed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)
        self._read_limit()

    @property
    def locked(self) -> bool:
        return self.places.currentWidget() is self.screen

    def lock(self) -> None:
        """Covers the window at once."""
        if self.locked:
            return
        self.watch.stop()
        self._close_popups()
        focus = self._window.focusWidget()
        self._focus = focus if focus is not None and self._centre.isAncestorOf(focus) else None
        if focus is not None:
            focus.clearFocus()
        # Lists that hang below a field belong to the window itself.
        for child in self._window.children():
            if isinstance(child, QWidget) and child is not self.places and child.isVisible():
                child.hide()
        self.places.setCurrentWidget(self.screen)
        self.screen.begin()
        self.locked_changed.emit(True)

    def switch(self) -> None:
        """Covers the window and asks who goes on."""
        self.lock()
        self.screen.choose()

    def unlock(self) -> None:
        """Shows the window as it was, with the keyboard where it was."""
        if not self.locked:
            return
        self.screen.end()
        self.places.setCurrentWidget(self._centre)
        self.locked_changed.emit(False)
        self.watch.start()
        self._restore_focus()
        self.double_press.start()

    # --- who may go on -----------------------------------------------------------------------------

    def _signed_in(self, actor: Actor) -> None:
        before = self._session.actor
        if actor.staff_id == before.staff_id and same_work(actor, before):
            if actor != before:
                self._session.take_over(actor)
            self.unlock()
        else:
            self.came.emit(actor)

    def _on_changed(self, changed: Changed) -> None:
        if changed.touches(_SETTING):
            self._read_limit()
        if changed.touches(_NAMES):
            actor = self._session.actor
            self._session.background.data(
                self,
                lambda: (actor, staff.as_now(actor)),
                self._take_as_now,
                _nobody,
                replaces="as_now",
            )

    def _take_as_now(self, answer: tuple[Actor, Actor | None]) -> None:
        actor, now = answer
        if actor != self._session.actor:
            return  # somebody else has come meanwhile, and was asked about at sign-in
        if now is not None:
            if now != actor:
                self._session.take_over(now)
            return
        self.lock()
        self.screen.say(
            _("{name}'s account has been changed or closed. Whoever goes on here signs in.").format(
                name=actor.name
            )
        )

    def _read_limit(self) -> None:
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: halls.settings(actor).idle_lock_minutes,
            self._take_limit,
            _nobody,
            replaces="limit",
        )

    def _take_limit(self, minutes: int) -> None:
        self.watch.limit_minutes = minutes

    # --- covering ----------------------------------------------------------------------------------

    @staticmethod
    def _close_popups() -> None:
        QToolTip.hideText()
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            following = QApplication.activePopupWidget()
            popup = following if following is not popup else None
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()  # Qt's own, for choosing a file

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        # A form that opens behind the lock wants the keyboard, and gets it afterwards.
        if self.locked and now is not None and self._centre.isAncestorOf(now):
            self.screen.take_keyboard()

    def _restore_focus(self) -> None:
        focus, self._focus = self._focus, None
        dialogs = self._window.dialogs()
        there = (
            focus is not None
            and isValid(focus)
            and focus.isVisible()
            and focus.isEnabled()
            and (not dialogs or dialogs[-1].isAncestorOf(focus))
        )
        if there and focus is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        elif dialogs:
            dialogs[-1].arrive()
        else:
            self._window.page().arrive()


def same_work(one: Actor, other: Actor) -> bool:
    """Whether two people have the same rights at the same window, so that one may go on with the other's screen."""
    return (one.role, one.window_id) == (other.role, other.window_id)


def _nobody(_error: HallDeskError) -> None:
    """Nobody need be told: it is read again with the next change."""


class _DoublePress(QObject):
    """Takes away Enter for a moment, and as long as it is held down."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DOUBLE_PRESS_MS)
        self._timer.timeout.connect(self.end)

    def start(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self._timer.start()

    def end(self) -> None:
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _ENTER:
            return False
        if event.isAutoRepeat():
            self._timer.start()
        event.accept()
        return True
