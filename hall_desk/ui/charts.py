"""Small charts, painted: bars by hour with a line of people, and named bars with their shares.

Each part of a chart is a figure: arrow keys go from one to the next, Enter or a click asks for the list behind it.
Edges lie on whole pixels of the screen, so that they are sharp at any scale; all values are also words, for screen
readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

_FOOT, _HEAD, _GAP = 20, 20, 8
_BAND = 34  # for the line, above the bars, so that it crosses no words
_LEAST_PLACES = 6
_ROW, _BAR = 27, 10


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, how high it is, and its words. `line` is the value of the line over it.

    `key` is what is asked for; a bar without one is only looked at. `mark` paints it as something to look after.
    """

    name: str
    value: float | None
    words: str
    key: Any = None
    line: float | None = None
    hint: str = ""
    mark: bool = False


class Chart(QWidget):
    """What charts have in common: their parts, the keyboard, the words. `chosen` gives the key of a part."""

    chosen = Signal(object)
    _ahead, _back = (Qt.Key.Key_Right, Qt.Key.Key_Left)

    def __init__(self, name: str, nothing: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self._nothing = nothing or _("No figures yet")
        self._at = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        if tuple(bars) != self.bars:
            self.bars = tuple(bars)
            self._at = min(self._at, max(0, len(self.bars) - 1))
            self.setAccessibleDescription(self.words())
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        """All values in one line."""
        return _(", ").join(bar.hint or f"{bar.name}: {bar.words}" for bar in self.bars)

    def current(self) -> Bar | None:
        """The part the keyboard is on."""
        return self.bars[self._at] if self.bars else None

    def area_of(self, place: int) -> QRectF:
        """Where a part lies."""
        raise NotImplementedError

    def whole(self, value: float) -> float:
        """The nearest edge between pixels of the screen."""
        scale = self.devicePixelRatioF()
        return round(value * scale) / scale

    def choose(self) -> None:
        bar = self.current()
        if bar is not None and bar.key is not None:
            self.chosen.emit(bar.key)

    def _step(self, by: int) -> None:
        place = self._at + by
        if 0 <= place < len(self.bars):
            self._at = place
            self.setAccessibleDescription(self.words())
            self.update()

    def _place_at(self, at: QPointF) -> int:
        return next((n for n in range(len(self.bars)) if self.area_of(n).contains(at)), -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in (self._ahead, self._back):
            self._step(1 if key == self._ahead else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step(-self._at if key == Qt.Key.Key_Home else len(self.bars) - 1 - self._at)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._at = place
            self.update()
            self.choose()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        bar = self.bars[place] if place >= 0 else None
        hand = bar is not None and bar.key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(
            event.globalPosition().toPoint(), bar.hint if bar is not None else "", self
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.bars:
            self.paint(painter)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.PRIMARY), 2))
                painter.drawRoundedRect(self.area_of(self._at).adjusted(1, 1, -1, -1), 4, 4)
        else:
            painter.setFont(theme.font(13))
            painter.setPen(QColor(theme.LABEL))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._nothing)

    def paint(self, painter: QPainter) -> None:
        raise NotImplementedError


class HourChart(Chart):
    """Bars by hour, and where it is known a line of how many people were there, with its numbers on the right."""

    def __init__(self, name: str, nothing: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, nothing, parent)
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(360, 150)

    def area_of(self, place: int) -> QRectF:
        step = self._step_width()
        return QRectF(place * step, 0, step, self.height())

    def _step_width(self) -> float:
        return self.width() / max(len(self.bars), _LEAST_PLACES)

    def _has_line(self) -> bool:
        return any(bar.line is not None for bar in self.bars)

    def paint(self, painter: QPainter) -> None:
        base, step = self.whole(self.height() - _FOOT), self._step_width()
        room = base - _HEAD - (_BAND if self._has_line() else 0)
        highest = max((bar.value or 0.0 for bar in self.bars), default=0.0) or 1.0
        painter.fillRect(QRectF(0, base, self.width(), self.whole(1)), QColor(theme.LINE))
        small = theme.font(12)
        painter.setFont(small)
        for place, bar in enumerate(self.bars):
            left, right = (
                self.whole(place * step + _GAP / 2),
                self.whole((place + 1) * step - _GAP / 2),
            )
            if bar.value is not None:
                height = max(self.whole(room * bar.value / highest), self.whole(2))
                fill = theme.WARN_LINE if bar.mark else theme.BAR
                painter.fillRect(QRectF(left, base - height, right - left, height), QColor(fill))
                painter.setPen(QColor(theme.INK_SOFT))
                above = QRectF(left - 8, base - height - 17, right - left + 16, 16)
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, bar.words)
            painter.setPen(QColor(theme.LABEL))
            foot = QRectF(left - 8, base + 2, right - left + 16, _FOOT - 3)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, bar.name)
        if self._has_line():
            self._paint_line(painter, step)

    def _paint_line(self, painter: QPainter, step: float) -> None:
        """Steps, for people come and go at an hour; the number stands at the end of each level."""
        most = max((bar.line or 0.0 for bar in self.bars), default=0.0) or 1.0
        ink, thick = QColor(theme.INFO), self.whole(2)
        painter.setFont(theme.font(12, bold=True))
        before: float | None = None
        for place, bar in enumerate(self.bars):
            if bar.line is None:
                continue
            level = self.whole(_BAND - 3 - (_BAND - 20) * bar.line / most)
            left, right = self.whole(place * step), self.whole((place + 1) * step)
            if before is not None and before != level:
                top, bottom = sorted((before, level))
                painter.fillRect(QRectF(left, top, thick, bottom - top + thick), ink)
            painter.fillRect(QRectF(left, level, right - left, thick), ink)
            following = self.bars[place + 1].line if place + 1 < len(self.bars) else None
            if following != bar.line:
                painter.setPen(ink)
                over = QRectF(right - step, level - 17, step - 4, 16)
                painter.drawText(over, Qt.AlignmentFlag.AlignRight, f"{bar.line:g}")
            before = level


class NamedBars(Chart):
    """A bar per line: its name, how long it is, and its words at the end."""

    _ahead, _back = (Qt.Key.Key_Down, Qt.Key.Key_Up)

    def __init__(
        self, name: str, name_width: int, nothing: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, nothing, parent)
        self._name_width = name_width
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_ROW * 2)

    def sizeHint(self) -> QSize:
        return QSize(300, _ROW * max(len(self.bars), 2))

    def area_of(self, place: int) -> QRectF:
        return QRectF(0, place * _ROW, self.width(), _ROW)

    def paint(self, painter: QPainter) -> None:
        words, names = theme.font(13, bold=True), theme.font(13)
        end = max(QFontMetrics(words).horizontalAdvance(bar.words) for bar in self.bars) + 10
        highest = max((bar.value or 0.0 for bar in self.bars), default=0.0) or 1.0
        left = self.whole(min(self._name_width, self.width() * 0.55))
        room = max(10.0, self.width() - left - end - 6)
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, bar in enumerate(self.bars):
            area = self.area_of(place)
            if area.bottom() > self.height() + 1:
                break
            painter.setFont(names)
            painter.setPen(QColor(theme.INK))
            shown = QFontMetrics(names).elidedText(
                bar.name, Qt.TextElideMode.ElideRight, int(left) - 14
            )
            painter.drawText(area.adjusted(6, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, shown)
            top = self.whole(area.center().y() - _BAR / 2)
            high = self.whole(_BAR)
            painter.fillRect(QRectF(left, top, room, high), QColor(theme.LINE_SOFT))
            length = self.whole(room * (bar.value or 0.0) / highest)
            painter.fillRect(QRectF(left, top, length, high), QColor(theme.BAR))
            painter.setFont(words)
            painter.setPen(QColor(theme.INK if bar.value else theme.LABEL))
            box = area.adjusted(0, 0, -6, 0)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, bar.words)
