"""The mark across every screen of a practice hall: nothing on it is real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

# So faint that every text below it keeps its contrast, and yet seen in a photograph of the screen.
_INK = QColor(18, 38, 63, 15)
_INK_ON_DARK = QColor(255, 255, 255, 22)
_COMES_UP = (QEvent.Type.ZOrderChange, QEvent.Type.Show)
_SIZE, _ACROSS, _DOWN, _ANGLE = 64, 420, 250, -24


class Watermark(QWidget):
    """Lies over what `place` shows, also over what is opened or raised there later; takes neither clicks nor the
    keyboard."""

    def __init__(self, place: QWidget, *, dark: bool = False) -> None:
        super().__init__(place)
        self.setObjectName("watermark")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words = _("PRACTICE")
        self._ink = _INK_ON_DARK if dark else _INK
        place.installEventFilter(self)
        for child in place.children():
            self._stay_above(child)
        self.setGeometry(place.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        place = self.parentWidget()
        if watched is place and place is not None:
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(place.rect())
            elif isinstance(event, QChildEvent) and event.added():
                self._stay_above(event.child())
        elif event.type() in _COMES_UP:
            self.raise_()
        return super().eventFilter(watched, event)

    def _stay_above(self, beside: QObject) -> None:
        if beside is not self and beside.isWidgetType():
            beside.installEventFilter(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(_SIZE, bold=True))
        painter.setPen(self._ink)
        width = painter.fontMetrics().horizontalAdvance(self.words)
        for row, y in enumerate(range(_DOWN // 2, self.height() + _DOWN, _DOWN)):
            for x in range(
                _ACROSS // 2 - (row % 2) * _ACROSS // 2, self.width() + _ACROSS, _ACROSS
            ):
                painter.save()
                painter.translate(x, y)
                painter.rotate(_ANGLE)
                painter.drawText(QPointF(-width / 2, 0), self.words)
                painter.restore()
