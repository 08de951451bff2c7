"""The dark list of pages at the left, in groups, with the number that waits on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from hall_desk.ui import key_map, theme
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QEnterEvent, QKeyEvent, QPaintEvent

    from hall_desk.ui.pages import Page

WIDTH = 188
# A manager has fifteen pages: on a low screen their lines move closer together.
LEAST_HEIGHT, HEIGHT = 29, 40


class PageButton(QAbstractButton):
    """One page: its name, a number when something waits, and the key that opens it as a tool tip."""

    def __init__(self, title: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMaximumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(key_map.now(key))
        self._count = 0
        self._kind = "info"

    def show_badge(self, count: int, kind: str) -> None:
        self._count, self._kind = count, kind
        self.setAccessibleDescription(str(count) if count else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(theme.font(15)).horizontalAdvance(self.text()) + 70, HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            # Up and down walk through the pages without opening them.
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.setBrush(QColor(theme.ACTIVE if self.isChecked() else theme.NAVY_HOVER))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        painter.setFont(theme.font(15, bold=self.isChecked()))
        painter.setPen(QColor(theme.WHITE if self.isChecked() else theme.NAVY_TEXT))
        words = area.adjusted(12, 0, -44 if self._count else -10, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._count:
            self._draw_badge(painter, area)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.WHITE), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)

    def _draw_badge(self, painter: QPainter, area: QRectF) -> None:
        words = str(self._count) if self._count < 1000 else "999+"
        font = theme.font(12)
        width = max(21, QFontMetrics(font).horizontalAdvance(words) + 12)
        box = QRectF(area.right() - 12 - width, area.center().y() - 8.5, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.BADGE_RED if self._kind == "bad" else theme.NAVY_BADGE))
        painter.drawRoundedRect(box, 8.5, 8.5)
        painter.setFont(font)
        painter.setPen(QColor(theme.WHITE))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Sidebar(QFrame):
    """The pages, in groups of `(group's name, pages, keys)`; `picked` gives the name of a page."""

    picked = Signal(str)

    def __init__(
        self,
        groups: Sequence[tuple[str, Sequence[tuple[Page, str]]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page_list")  # Qt's own file dialog has a "sidebar"
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, PageButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 14, 8, 6)
        layout.setSpacing(2)
        for number, (group, pages) in enumerate(groups):
            caption = Text(group)
            caption.setContentsMargins(12, 0 if number == 0 else 8, 0, 2)
            layout.addWidget(caption)
            for page, key in pages:
                button = PageButton(page.title(), key)
                button.clicked.connect(lambda _checked, name=page.name: self.picked.emit(name))
                page.badge.connect(button.show_badge)
                layout.addWidget(button)
                self.buttons[page.name] = button
        layout.addStretch(1)

    def show_current(self, name: str) -> None:
        button = self.buttons.get(name)
        if button is not None:
            button.setChecked(True)
