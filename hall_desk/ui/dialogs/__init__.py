"""One module per dialog, and the sheet they are all written on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui import key_map
from hall_desk.ui.labels import Ground, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent

    from hall_desk.devices.instruments import Reading
    from hall_desk.ui.session import Session

_MARGIN = 8  # to the edge of the page area
_SHADOW = 14


class Sheet(QWidget):
    """A sheet laid over `place`, or a window of its own where there is none.

    Fill `self.body` (a `QVBoxLayout`); `self.head` is the line of the title, with room at its end. `open()` shows
    it without waiting; `accept()`, `reject()` and Escape close it. `closed` tells whether it was accepted.
    The keyboard stays inside while it is open and goes back where it was when it closes.
    """

    closed = Signal(bool)
    # Whether it is about whoever opened it, so that nobody else goes on with it.
    personal: ClassVar[bool] = False

    def __init__(
        self, place: QWidget | None, title: str, *, width: int = 640, height: int = 0
    ) -> None:
        super().__init__(place)
        self._sheet_size = (width, height)
        self._came_from: QWidget | None = None
        self._is_open = False
        self._bound: dict[str, Callable[[], object]] = {}
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sheet = Ground("dialog", self)
        self.heading = Text(title, "title")
        self.escape_hint = Text(_("Esc closes"), "soft")
        self.head = QHBoxLayout()
        self.head.setSpacing(14)
        self.head.addWidget(self.heading)
        self.head.addStretch(1)
        self.head.addWidget(self.escape_hint)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        layout = QVBoxLayout(self.sheet)
        layout.setContentsMargins(24, 16, 24, 18)
        layout.setSpacing(10)
        layout.addLayout(self.head)
        layout.addLayout(self.body, 1)
        self.hide()

    def open(self) -> None:
        """Shows the dialog over its page and puts the keyboard on its first field."""
        if self._is_open:
            return
        self._is_open = True
        self._came_from = QApplication.focusWidget()
        place = self.parentWidget()
        if place is not None:
            place.installEventFilter(self)
            self.setGeometry(place.rect())
        else:
            width, height = self._sheet_size
            self.resize(width + 2 * _MARGIN, (height or 600) + 2 * _MARGIN)
        self.show()
        self.raise_()
        self._place_sheet()
        self.arrive()

    def is_open(self) -> bool:
        return self._is_open

    def arrive(self) -> None:
        """Puts the keyboard on the first field."""
        self._step_focus(forward=True, start=self.sheet)

    def accept(self) -> None:
        self._close_sheet(accepted=True)

    def reject(self) -> None:
        self._close_sheet(accepted=False)

    def bind(self, key: str, run: Callable[[], object]) -> QShortcut:
        """Binds a key for as long as the dialog is open."""
        shortcut = QShortcut(QKeySequence(key_map.now(key)), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(run)
        # The page below may have the same key: whichever of the two Qt asks, the dialog answers.
        shortcut.activatedAmbiguously.connect(run)
        self._bound[QKeySequence(key).toString()] = run
        return shortcut

    def take_scan(self, code: str) -> bool:
        """Whether the form has a use for a code that was scanned."""
        return False

    def take_reading(self, reading: Reading) -> bool:
        """Whether the form has a use for what a thermometer or a card reader gave."""
        return False

    def press(self, key: str) -> None:
        """Does what the key is bound to here, if anything."""
        run = self._bound.get(QKeySequence(key).toString())
        if run is not None:
            run()

    # --- closing -----------------------------------------------------------------------------------

    def _close_sheet(self, *, accepted: bool) -> None:
        if not self._is_open:
            return
        self._is_open = False
        place = self.parentWidget()
        if place is not None:
            place.removeEventFilter(self)
        self.hide()
        came_from = self._came_from
        if came_from is not None:
            try:
                came_from.setFocus(Qt.FocusReason.OtherFocusReason)
            except RuntimeError:  # that widget has been deleted meanwhile
                self._came_from = None
        self.closed.emit(accepted)
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._close_sheet(accepted=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            event.accept()  # keys never reach the page below

    # --- the keyboard stays inside -------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._step_focus(forward=forward, start=QApplication.focusWidget() or self.sheet)

    def _step_focus(self, *, forward: bool, start: QWidget) -> bool:
        widget = start
        for _step in range(10_000):
            following = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
            if following is None or following is start:
                return False
            widget = following
            tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if (
                tab == Qt.FocusPolicy.TabFocus
                and self.sheet.isAncestorOf(widget)
                and widget.isEnabled()
                and widget.isVisibleTo(self)
                and widget.focusProxy() is None
            ):
                reason = Qt.FocusReason
                widget.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
                return True
        return False

    # --- its place ----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place_sheet()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        place = self.parentWidget()
        if place is not None and watched is place and event.type() == QEvent.Type.Resize:
            self.setGeometry(place.rect())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_sheet()

    def _make_room(self) -> None:
        """Makes the sheet as high as it needs to be, now that more stands on it."""
        layout = self.sheet.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
        self._place_sheet()

    def _place_sheet(self) -> None:
        width, height = self._sheet_size
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        width = min(width, room.width())
        height = min(height or self.sheet.sizeHint().height(), room.height())
        left = room.left() + (room.width() - width) // 2
        top = room.top() + min((room.height() - height) // 2, room.height() // 6)
        self.sheet.setGeometry(QRect(left, top, width, height))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.parentWidget() is not None:
            painter.fillRect(self.rect(), QColor(18, 38, 63, 92))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        around = self.sheet.geometry()
        for step in range(_SHADOW, 0, -2):
            painter.setBrush(QColor(10, 22, 40, 9))
            painter.drawRoundedRect(around.adjusted(-step, -step + 4, step, step + 4), 14, 14)


class Dialog(Sheet):
    """A sheet of somebody who is signed in, over the page (`session.dialog_place`)."""

    def __init__(self, session: Session, title: str, *, width: int = 640, height: int = 0) -> None:
        super().__init__(session.dialog_place, title, width=width, height=height)
        self.session = session
