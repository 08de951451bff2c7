"""Tables of frozen values: one model for all, which keeps the selection through a refresh, and one look."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent

    Index = QModelIndex | QPersistentModelIndex

T = TypeVar("T")
_PADDING = 12
_NO_INDEX = QModelIndex()


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: its title, the words of a row, and how they look.

    `chip` gives a chip's kind (`ok` … `muted`) or nothing for plain words; `ink` a colour (`theme.BAD`).
    `weight` shares the room that is left after every column has its `width`.
    """

    title: str
    text: Callable[[T], str]
    width: int = 80
    weight: int = 0
    chip: Callable[[T], str] | None = None
    bold: bool = False
    ink: Callable[[T], str] | None = None
    right: bool = False


class RowsModel(QAbstractTableModel, Generic[T]):
    """Rows of frozen values. `show` changes only what differs, so that selection and scroll stay."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        key: Callable[[T], Hashable],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._rows: list[T] = []

    @property
    def rows(self) -> tuple[T, ...]:
        return tuple(self._rows)

    def row(self, number: int) -> T:
        return self._rows[number]

    def row_of(self, key: Hashable) -> int:
        """The number of the row with that key, -1 without one."""
        return next((n for n, row in enumerate(self._rows) if self._key(row) == key), -1)

    def show(self, rows: Sequence[T]) -> None:
        """Makes `rows` the content: goes away what is gone, comes what is new, changes what differs."""
        wanted = [self._key(row) for row in rows]
        kept = set(wanted)
        for number in range(len(self._rows) - 1, -1, -1):
            if self._key(self._rows[number]) not in kept:
                self.beginRemoveRows(_NO_INDEX, number, number)
                del self._rows[number]
                self.endRemoveRows()
        self._put_in_order(wanted)
        for number, row in enumerate(rows):
            if number >= len(self._rows) or self._key(self._rows[number]) != wanted[number]:
                self.beginInsertRows(_NO_INDEX, number, number)
                self._rows.insert(number, row)
                self.endInsertRows()
            elif self._rows[number] != row:
                self._rows[number] = row
                last = self.index(number, len(self.columns) - 1)
                self.dataChanged.emit(self.index(number, 0), last)

    def repaint_rows(self) -> None:
        """Has every row drawn again, for words that depend on the time."""
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _put_in_order(self, wanted: list[Hashable]) -> None:
        place = {key: number for number, key in enumerate(wanted)}
        ordered = sorted(self._rows, key=lambda row: place[self._key(row)])
        if all(a is b for a, b in zip(ordered, self._rows, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = {self._key(row): number for number, row in enumerate(ordered)}
        after = [self.index(moved[self._key(self._rows[i.row()])], i.column()) for i in before]
        self._rows = ordered
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # --- what Qt asks --------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        column = self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(self._rows[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None


def _alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Table(QTableView, Generic[T]):
    """The view of a `RowsModel`. `chosen` is Enter or a double click on a row, `moved_to` its selection."""

    chosen = Signal(object)
    moved_to = Signal(object)

    def __init__(self, model: RowsModel[T], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Cells(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(theme.ROW_HEIGHT)
        rows.setDefaultSectionSize(theme.ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles = self.horizontalHeader()
        titles.setFixedHeight(theme.ROW_HEIGHT)
        titles.setHighlightSections(False)
        titles.setSectionsClickable(False)
        titles.setMinimumSectionSize(20)
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.chosen.emit(model.row(index.row())))
        self.selectionModel().currentRowChanged.connect(self._on_moved)

    def selected(self) -> T | None:
        """The row the selection is on."""
        index = self.currentIndex()
        return self._model.row(index.row()) if index.isValid() else None

    def select(self, key: Hashable) -> bool:
        """Selects the row with that key; tells whether there is one."""
        number = self._model.row_of(key)
        if number < 0:
            return False
        self.selectRow(number)
        self.scrollTo(self._model.index(number, 0))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.selected()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.chosen.emit(row)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rowCount():
            by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
            if event.reason() in by_key:
                self.selectRow(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = self._model.columns
        spare = max(0, self.viewport().width() - sum(column.width for column in columns))
        weights = sum(column.weight for column in columns) or 1
        given = 0
        for number, column in enumerate(columns):
            share = spare * column.weight // weights
            given += share
            if number == len(columns) - 1:
                share += spare - given
            self.setColumnWidth(number, column.width + share)

    def _on_moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.moved_to.emit(self._model.row(current.row()))


class _Cells(QStyledItemDelegate):
    """Draws words, bold or coloured, and chips; a soft line under each row; a ring where the keyboard is."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(40, theme.ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._table._model
        row, column = model.row(index.row()), model.columns[index.column()]
        area = QRectF(option.rect)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(area, QColor(theme.INFO_BACK))
        painter.fillRect(
            QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(theme.LINE_SOFT)
        )
        words = column.text(row)
        kind = column.chip(row) if column.chip is not None and words else ""
        inside = area.adjusted(_PADDING, 0, -_PADDING, 0)
        if kind:
            draw_chip(painter, inside, words, kind)
        elif words:
            font = theme.font(theme.TEXT, column.bold)
            painter.setFont(font)
            painter.setPen(QColor(column.ink(row) if column.ink is not None else theme.INK))
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, int(inside.width()) + 4
            )
            painter.drawText(inside.adjusted(0, 0, 4, 0), _alignment(column), shown)
        if selected and self._table.hasFocus():
            painter.setPen(QPen(QColor(theme.PRIMARY), 2))
            painter.drawLine(area.topLeft(), area.topRight())
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()


def draw_chip(painter: QPainter, area: QRectF, words: str, kind: str) -> None:
    """Draws a chip at the left of `area`, in its middle."""
    ink, ground, _line = theme.KINDS[kind]
    font = theme.font(theme.TEXT_SMALL)
    metrics = QFontMetrics(font)
    width = min(metrics.horizontalAdvance(words) + 16.0, area.width())
    box = QRectF(area.left(), area.center().y() - 11, width, 22)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(font)
    painter.setPen(QColor(ink))
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(width) - 14)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
