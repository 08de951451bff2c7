"""Figures that can be pressed: a large number with its name, in a card of several, each with the list behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from hall_desk.ui import theme
from hall_desk.ui.buttons import draw_focus_ring
from hall_desk.ui.labels import Ground, Text

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent, QKeyEvent, QPaintEvent

NOTHING = "–"
_PAD = 7
_WAYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class FigureTile(QAbstractButton):
    """One figure; `figure` is its name in `services.dashboard`."""

    def __init__(self, figure: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = figure
        self.name = name
        self._number, self._more, self._ink = NOTHING, "", theme.INK
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def show_number(self, number: str, more: str = "", ink: str = theme.INK) -> None:
        """`more` is a few small words below; colour is kept for what needs somebody."""
        if (number, more, ink) != (self._number, self._more, self._ink):
            self._number, self._more, self._ink = number, more, ink
            self.setAccessibleName(" ".join(part for part in (self.name, number, more) if part))
            self.setToolTip(f"{self.name}  {more}".strip())
            self.update()

    def number(self) -> str:
        """What is shown."""
        return self._number

    def more(self) -> str:
        return self._more

    def sizeHint(self) -> QSize:
        return QSize(88, 66)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 66)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        card = self.parentWidget()
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif plain and event.key() in _WAYS and isinstance(card, FigureCard):
            card.step(self, *_WAYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.LINE_SOFT))
            painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        area = QRectF(self.rect()).adjusted(_PAD, 4, -1, 0)
        for font, ink, words, top, height in (
            (theme.font(24, bold=True), self._ink, self._number, 0, 29),
            (theme.font(13), theme.INK_SOFT, self.name, 28, 17),
            (theme.font(12), theme.LABEL, self._more, 44, 15),
        ):
            painter.setFont(font)
            painter.setPen(QColor(ink))
            line = QRectF(area.left(), area.top() + top, area.width(), height)
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, int(line.width())
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), on_dark=False)


class FigureCard(Ground):
    """A card with a heading and figures in rows; `asked` gives the name of the one that was pressed."""

    asked = Signal(str)

    def __init__(
        self, title: str, rows: Sequence[Sequence[tuple[str, str]]], parent: QWidget | None = None
    ) -> None:
        super().__init__("card", parent)
        self.tiles: dict[str, FigureTile] = {}
        self._places: dict[tuple[int, int], FigureTile] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(2)
        for row, figures in enumerate(rows):
            for column, (figure, name) in enumerate(figures):
                tile = FigureTile(figure, name, self)
                tile.clicked.connect(lambda _on=False, figure=figure: self.asked.emit(figure))
                grid.addWidget(tile, row, column)
                grid.setColumnStretch(column, 1)
                self.tiles[figure] = self._places[row, column] = tile
        heading = Text(title, "heading")
        heading.setContentsMargins(_PAD, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(7, 10, 5, 6)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addLayout(grid)
        self.columns = max(len(figures) for figures in rows)

    def step(self, tile: FigureTile, down: int, right: int) -> None:
        """Moves the keyboard to the tile beside or below; at an edge it stays."""
        for place, there in self._places.items():
            if there is tile:
                beside = self._places.get((place[0] + down, place[1] + right))
                if beside is not None:
                    beside.setFocus(Qt.FocusReason.OtherFocusReason)
                return
