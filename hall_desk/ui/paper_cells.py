"""How the cells of a table of papers are painted and edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIntValidator, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.ticket_cards import CHIP_PAD_X, CHIP_PAD_Y, Chip, paint_chip

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtWidgets import QWidget

    from hall_desk.ui.papers_table import PapersTable

    Index = QModelIndex | QPersistentModelIndex

BOX = 16
BOX_GAP = 9
PAD = 10
# So that the columns of a wide table do not all stand at its right end.
MOST_WIDTH = 82  # of a column beside the names where there is little room
MOST_ROOMY_WIDTH = 180
LEAST_WIDTH = {"kind": 120, "count": 70, "place": 110, "after": 110}
_WRAP = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


def paint_box(painter: QPainter, box: QRect, ticked: bool, *, enabled: bool = True) -> None:
    """A tick box as the style sheet draws those of forms."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    on = theme.PRIMARY if enabled else theme.PLACEHOLDER
    painter.setPen(QPen(theme.colour(on if ticked else "#8794a8"), 1))
    painter.setBrush(theme.colour(on if ticked else theme.WHITE))
    painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if ticked:
        pen = QPen(theme.colour(theme.WHITE), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        corner = QPointF(box.topLeft())
        marks = [QPointF(4, 8.5), QPointF(7, 11.5), QPointF(12, 5)]
        painter.drawPolyline(QPolygonF([corner + mark for mark in marks]))
    painter.restore()


class CellDelegate(QStyledItemDelegate):
    """Names with a tick box and a chip, wrapping where the column is narrow; a hairline under each line."""

    def __init__(self, table: PapersTable) -> None:
        super().__init__(table)
        self._table = table
        self._font = theme.font(theme.TEXT)
        self._metrics = QFontMetrics(self._font)
        self._chip_font = theme.font(12)
        self._chip_metrics = QFontMetrics(self._chip_font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        chip = self._chip(index)
        if self._column(index) != "name":
            wide = self._chip_width(chip) if chip else self._metrics.horizontalAdvance(text)
            column = self._column(index)
            if self._table.roomy:
                wide = min(max(LEAST_WIDTH[column], wide + 2 * PAD + 4), MOST_ROOMY_WIDTH)
                return QSize(wide, theme.ROW_HEIGHT)
            width = min(MOST_WIDTH, wide + PAD + 2)
            return QSize(width, self._height(text, width - PAD))
        column_width = self._table.columnWidth(index.column())
        room = self._text_area(QRect(0, 0, column_width, 1000), index)
        return QSize(120, self._height(text, room.width()))

    def _height(self, text: str, width: int) -> int:
        """As many lines as the text takes in `width`."""
        tall = self._metrics.boundingRect(QRect(0, 0, width, 1000), _WRAP, text).height()
        lines = max(1, round(tall / self._metrics.lineSpacing()))
        return theme.ROW_HEIGHT + (lines - 1) * (self._metrics.lineSpacing() - 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        current = self._table.hasFocus() and index == self._table.currentIndex()
        if current:
            painter.fillRect(area, theme.colour(theme.INFO_BACK))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, theme.colour(theme.LINE_SOFT))
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        chip = self._chip(index)
        enabled = bool(state & QStyle.StateFlag.State_Enabled)
        adding = self._table.papers.is_adding(index)
        ticked = index.data(Qt.ItemDataRole.CheckStateRole)
        if ticked is not None:
            box = QRect(
                area.left() + (PAD if self._table.roomy else 0),
                area.center().y() - BOX // 2,
                BOX,
                BOX,
            )
            checked = Qt.CheckState(ticked) == Qt.CheckState.Checked
            paint_box(painter, box, checked, enabled=enabled)
        painter.setFont(self._font)
        soft = adding or self._column(index) == "at" or not enabled
        painter.setPen(theme.colour(theme.LABEL if soft else theme.INK))
        if self._column(index) == "name":
            room = self._text_area(area, index)
            painter.drawText(room, _WRAP, text)
            if chip:
                used = self._metrics.boundingRect(room, _WRAP, text)
                self._paint_chip(painter, QPoint(used.right() + 8, area.center().y()), chip)
        elif chip:
            self._paint_chip(painter, QPoint(area.left() + PAD, area.center().y()), chip)
        else:
            inside = area.adjusted(PAD if self._table.roomy else 0, 0, -PAD, 0)
            painter.drawText(inside, _WRAP, text)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFrame(False)
        # The form's fields are taller than a line of this table.
        editor.setStyleSheet("min-height: 0; padding: 0 6px; border-radius: 0; font-size: 14px;")
        column = self._column(index)
        if column == "count":
            editor.setValidator(QIntValidator(1, 99, editor))
            editor.setMaxLength(2)
        elif column == "place":
            editor.setPlaceholderText(_("Missing, or what is otherwise"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            adding = self._table.papers.is_adding(index)
            editor.setText("" if adding else str(index.data(Qt.ItemDataRole.EditRole)))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        area: QRect = option.rect
        editor.setGeometry(area.adjusted(2, 2, -2, -3))

    def _column(self, index: Index) -> str:
        return self._table.papers.columns[index.column()]

    def _chip(self, index: Index) -> Chip | None:
        from hall_desk.ui.papers_table import CHIP_ROLE

        chip: Chip | None = index.data(CHIP_ROLE)
        return chip

    def _chip_width(self, chip: Chip) -> int:
        return self._chip_metrics.horizontalAdvance(chip.text) + 2 * CHIP_PAD_X + 1

    def _paint_chip(self, painter: QPainter, at: QPoint, chip: Chip) -> None:
        height = self._chip_metrics.height() + 2 * CHIP_PAD_Y
        painter.setFont(self._chip_font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = min(self._chip_width(chip), MOST_ROOMY_WIDTH - 2 * PAD)
        text = self._chip_metrics.elidedText(
            chip.text, Qt.TextElideMode.ElideRight, width - 2 * CHIP_PAD_X
        )
        area = QRect(at.x(), at.y() - height // 2, width, height)
        paint_chip(painter, area, Chip(chip.kind, text))

    def _text_area(self, area: QRect, index: Index) -> QRect:
        """Where a name stands: after its tick box, before its chip."""
        left = PAD if self._table.roomy else 0
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            left += BOX + BOX_GAP
        chip = self._chip(index)
        right = self._chip_width(chip) + 8 if chip else 0
        return area.adjusted(left, 0, -right - 4, 0)
