"""A small bar chart of counts by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    Counts = tuple[tuple[int, int], ...]

# Narrower than this, hours are named at every second bar only.
_ROOM_FOR_NAME = 20
_GAP = 6
_FOOT = 18


class HourBars(QWidget):
    """Draws `(hour, count)` pairs. Edges lie on whole pixels of the screen, so that they are sharp at any scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Counts = ()
        self.setMinimumHeight(70)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_counts(self, counts: Counts) -> None:
        if counts != self._counts:
            self._counts = counts
            words = ", ".join(f"{hour}: {count}" for hour, count in counts)
            self.setAccessibleDescription(words)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scale = self.devicePixelRatioF()

        def whole(value: float) -> float:
            return round(value * scale) / scale

        base = whole(self.height() - _FOOT)
        line = 2 / scale if scale < 1.5 else 1.0
        painter.fillRect(QRectF(0, base, self.width(), line), QColor(theme.LINE))
        if not self._counts:
            painter.setFont(theme.font(13))
            painter.setPen(QColor(theme.LABEL))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("Nobody yet"))
            return
        # Eight places at least, so that the first hour's bar is not a wall.
        places = max(len(self._counts), 8)
        step = self.width() / places
        highest = max(max(count for _hour, count in self._counts), 1)
        painter.setFont(theme.font(11))
        for place, (hour, count) in enumerate(self._counts):
            left, right = whole(place * step), whole((place + 1) * step - _GAP)
            height = whole((base - 16) * count / highest) if count else 0.0
            painter.fillRect(QRectF(left, base - height, right - left, height), QColor(theme.BAR))
            if step > _ROOM_FOR_NAME or place % 2 == 0:
                painter.setPen(QColor(theme.LABEL))
                foot = QRectF(left - 6, base + 2, right - left + 12, _FOOT - 2)
                painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, str(hour))
            if count:
                painter.setPen(QColor(theme.INK_SOFT))
                above = QRectF(left - 8, base - height - 15, right - left + 16, 14)
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(count))
