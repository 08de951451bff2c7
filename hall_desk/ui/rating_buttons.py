"""What a resident presses: large, with a face or a number, readable from a step away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from hall_desk.ui import theme
from hall_desk.ui.buttons import draw_key_cap, key_cap_width

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

# Ink and ground of a grade, and how far its mouth is drawn up (1) or down (-1).
_FACES = {
    5: (theme.OK, theme.OK_BACK, 1.0),
    4: (theme.SUCCESS, theme.OK_BACK, 0.6),
    3: (theme.INFO, theme.INFO_BACK, 0.15),
    2: (theme.WARN, theme.WARN_BACK, -0.5),
    1: (theme.BAD, theme.BAD_BACK, -1.0),
}


class GradeButton(QAbstractButton):
    """One grade: a face and its words; the key that presses it below, where there is a keyboard."""

    def __init__(
        self, grade: int, words: str, *, keys: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.grade = grade
        self._keys = keys
        self.setText(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font(26, bold=True))
        width = max(metrics.horizontalAdvance(word) for word in self.text().split(" "))
        return QSize(width + 40, 300)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        ink, ground, mouth = _FACES[self.grade]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        lit = self.isDown() or self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(ink if lit else theme.LINE), 3))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(area, 16, 16)
        _draw_face(painter, QPointF(area.center().x(), area.top() + 100), 58, ink, mouth)
        painter.setFont(theme.font(26, bold=True))
        painter.setPen(QColor(ink))
        words = QRectF(area.left() + 8, area.top() + 172, area.width() - 16, 76)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, int(flags), self.text())
        if self._keys:
            key = str(self.grade)
            width = key_cap_width(key) + 8
            box = QRectF(area.center().x() - width / 2, area.bottom() - 38, width, 24)
            draw_key_cap(painter, box, key)


def _draw_face(painter: QPainter, centre: QPointF, radius: float, ink: str, mouth: float) -> None:
    painter.setPen(QPen(QColor(ink), 6))
    painter.setBrush(QColor(theme.WHITE))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ink))
    for side in (-1, 1):
        painter.drawEllipse(centre + QPointF(side * radius * 0.36, -radius * 0.22), 6, 8)
    half, bend = radius * 0.46, radius * 0.42 * mouth
    ends = centre + QPointF(0, radius * 0.36 - bend * 0.4)
    path = QPainterPath(ends - QPointF(half, 0))
    path.quadTo(ends + QPointF(0, bend * 1.6), ends + QPointF(half, 0))
    pen = QPen(QColor(ink), 6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


class BigButton(QAbstractButton):
    """Words as large as a hand; `kind` is `plain` or `primary`. A checkable one shows a tick."""

    def __init__(
        self, words: str, key: str = "", kind: str = "plain", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._primary = kind == "primary"
        self.setText(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme.font(24)).horizontalAdvance(self.text()) + 64
        return QSize(width + (key_cap_width(self._key) + 16 if self._key else 0), 64)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        dark = self._primary or self.isChecked()
        lit = self.isDown() or self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(theme.NAVY if lit else theme.CONTROL_LINE), 2))
        painter.setBrush(QColor(theme.PRIMARY if dark else theme.WHITE))
        painter.drawRoundedRect(area, 10, 10)
        painter.setFont(theme.font(24, bold=dark))
        painter.setPen(QColor(theme.WHITE if dark else theme.INK))
        painter.drawText(
            area.adjusted(24, 0, -24, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text(),
        )
        if self._key:
            width = key_cap_width(self._key) + 8
            box = QRectF(area.right() - width - 16, area.center().y() - 12, width, 24)
            draw_key_cap(painter, box, self._key, dark=dark)


class Tick(QWidget):
    """A large green tick."""

    def sizeHint(self) -> QSize:
        return QSize(140, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.OK_BACK))
        painter.drawEllipse(area)
        pen = QPen(QColor(theme.SUCCESS), 12)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        middle = area.center()
        painter.drawPolyline(
            [middle + QPointF(-30, 2), middle + QPointF(-8, 24), middle + QPointF(32, -22)]
        )
