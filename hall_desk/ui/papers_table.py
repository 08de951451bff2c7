"""The papers of a ticket as a table: ticked, counted and told apart by keyboard or mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableView,
)

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.paper_cells import CellDelegate
from hall_desk.ui.ticket_cards import Chip

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole
CHIP_ROLE = Qt.ItemDataRole.UserRole + 1
MOST_COPIES = 99
"""The services take 1 to 99 copies of a paper."""


@dataclass
class PaperRow:
    """One line. `ticked` is None where there is nothing to tick, `kept` where nothing is decided."""

    key: Hashable
    name: str
    original: bool = True
    count: int = 1
    ticked: bool | None = None
    chip: Chip | None = None
    reminder: Chip | None = None
    """Shown beside the name as long as the line is not ticked."""
    place: str = ""
    place_chip: Chip | None = None
    at: str = ""
    kept: bool | None = None
    free: bool = False
    """Typed by hand: its name can be changed, and emptying it takes the line away."""
    fixed: bool = True
    """Original or copy and the count cannot be changed."""
    difference: str | None = None
    """What was found otherwise; None where it is not asked."""


def kind_text(original: bool) -> str:
    return _("Original") if original else _("Copy")


class PapersModel(QAbstractTableModel):
    """The lines of a table with the columns named in `columns`: name, kind, count, place, at, after."""

    edited = Signal()

    def __init__(
        self, columns: Sequence[str], parent: QWidget, *, adding: str = "", new: bool = False
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[PaperRow] = []
        self.adding = adding
        self._new = new
        self._next_free = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows) + bool(self.adding)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return {
            "name": _("Paper"),
            "kind": _("Original / copy"),
            "count": _("Copies"),
            "place": _("Now"),
            "at": _("Since"),
            "after": _("When finished"),
        }[self.columns[section]]

    def show(self, rows: Sequence[PaperRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def is_adding(self, index: Index) -> bool:
        return bool(self.adding) and index.row() == len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        column = self.columns[index.column()]
        if self.is_adding(index):
            return flags | Qt.ItemFlag.ItemIsEditable if column == "name" else flags
        row = self.rows[index.row()]
        editable = (
            (column == "name" and row.free)
            or (column == "count" and not row.fixed)
            or (column == "place" and row.difference is not None)
        )
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self.columns[index.column()]
        if self.is_adding(index):
            shown = role == Qt.ItemDataRole.DisplayRole and column == "name"
            return self.adding if shown else None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == CHIP_ROLE:
            beside = row.chip or (None if row.ticked else row.reminder)
            after = None
            if row.kept is not None:
                after = Chip("warn" if row.kept else "muted", self._text(row, "after"))
            return {"name": beside, "place": row.place_chip, "after": after}.get(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.EditRole:
            return {"count": str(row.count), "place": row.difference or ""}.get(column, row.name)
        if role == Qt.ItemDataRole.CheckStateRole and column == "name" and row.ticked is not None:
            return Qt.CheckState.Checked if row.ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return {"name": row.name, "place": row.difference or row.place}.get(column)
        return None

    def _text(self, row: PaperRow, column: str) -> str:
        if column == "name":
            if "kind" in self.columns:
                return row.name
            many = f" ×{row.count}" if row.count > 1 else ""
            return f"{row.name} {kind_text(row.original)}{many}"
        if column == "after":
            return (
                "" if row.kept is None else _("The window keeps it") if row.kept else _("Goes back")
            )
        return {
            "kind": kind_text(row.original),
            "count": str(row.count),
            "place": row.place,
            "at": row.at,
        }[column]

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        text = " ".join(str(value).split())
        if self.is_adding(index):
            return self._add(text)
        row = self.rows[index.row()]
        column = self.columns[index.column()]
        if column == "name":
            if not text:
                self._remove(index.row())
                return True
            row.name = text
        elif column == "count":
            if not text.isdecimal() or not 1 <= int(text) <= MOST_COPIES:
                return False
            row.count = int(text)
        else:
            row.difference = text
        self._changed(index.row())
        return True

    def toggle(self, index: Index) -> None:
        """What Space does: original or copy, kept or back, otherwise the tick."""
        if self.is_adding(index):
            return
        row = self.rows[index.row()]
        column = self.columns[index.column()]
        if column == "kind" and not row.fixed:
            row.original = not row.original
        elif column == "after" and row.kept is not None:
            row.kept = not row.kept
        elif row.ticked is not None:
            row.ticked = not row.ticked
        elif row.kept is not None:
            row.kept = not row.kept
        self._changed(index.row())

    def tick_all(self, ticked: bool = True) -> None:
        for number, row in enumerate(self.rows):
            if row.ticked is not None and row.ticked is not ticked:
                row.ticked = ticked
                self._changed(number)

    def _add(self, name: str) -> bool:
        if not name:
            return False
        at = len(self.rows)
        self.beginInsertRows(QModelIndex(), at, at)
        self._next_free += 1
        line = PaperRow(("free", self._next_free), name, free=True, fixed=False)
        if self._new:
            line.chip = Chip("ok", _("New"))
        else:
            line.ticked = True
        self.rows.append(line)
        self.endInsertRows()
        self.edited.emit()
        return True

    def _remove(self, number: int) -> None:
        self.beginRemoveRows(QModelIndex(), number, number)
        del self.rows[number]
        self.endRemoveRows()
        self.edited.emit()

    def _changed(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))
        self.edited.emit()


class PapersTable(QTableView):
    """The table. Arrow keys move, Space ticks, Enter on the last line writes a paper that is not on the list."""

    edited = Signal()

    def __init__(
        self,
        columns: Sequence[str],
        parent: QWidget | None = None,
        *,
        adding: str = "",
        new: bool = False,
        header: bool = True,
        most_rows: int = 6,
    ) -> None:
        super().__init__(parent)
        self._most_rows = most_rows
        self.roomy = header
        self.papers = PapersModel(columns, self, adding=adding, new=new)
        self.papers.edited.connect(self.edited)
        self.setModel(self.papers)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(_("Papers"))
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setVisible(header)
        head.setFixedHeight(theme.ROW_HEIGHT)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        for number, column in enumerate(columns):
            stretch = column == "name"
            mode = QHeaderView.ResizeMode
            head.setSectionResizeMode(number, mode.Stretch if stretch else mode.ResizeToContents)
        self.clicked.connect(self._clicked)
        for signal in (
            self.papers.modelReset,
            self.papers.rowsInserted,
            self.papers.rowsRemoved,
            self.papers.dataChanged,
        ):
            signal.connect(self._fit)

    def show_rows(self, rows: Sequence[PaperRow]) -> None:
        """Shows other lines; the cell the keyboard is on stays where it is."""
        at = self.currentIndex()
        row, column = at.row(), max(at.column(), 0)
        self.papers.show(rows)
        if row >= 0:
            self.setCurrentIndex(self.papers.index(min(row, self.papers.rowCount() - 1), column))

    def rows(self) -> list[PaperRow]:
        return self.papers.rows

    def ticked(self) -> list[PaperRow]:
        return [row for row in self.papers.rows if row.ticked]

    def commit(self) -> None:
        """Takes what stands in an open cell, as leaving it would."""
        if self.state() == QAbstractItemView.State.EditingState:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        head = self.horizontalHeader().height() if not self.horizontalHeader().isHidden() else 0
        count = self.papers.rowCount()
        height = sum(self.rowHeight(number) for number in range(count))
        if count > self._most_rows:
            # Half a line more tells that the list goes on.
            height = sum(self.rowHeight(number) for number in range(self._most_rows)) + 18
        return QSize(260, head + max(height, 8))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            # The Enter that ends an open cell comes here too.
            event.accept()
            return
        index = self.currentIndex()
        key = event.key()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and index.isValid() and key == Qt.Key.Key_Space:
            if self.papers.is_adding(index):
                self._write(index)
            else:
                self.papers.toggle(index)
        elif plain and index.isValid() and key == Qt.Key.Key_Delete and self._free(index):
            self.papers.setData(index.siblingAtColumn(0), "")
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if index.isValid() and self.papers.is_adding(index):
                self._write(index)
            else:
                event.ignore()
        elif (
            event.modifiers()
            & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            or key == Qt.Key.Key_Escape
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.papers.rowCount():
            self.setCurrentIndex(self.papers.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _free(self, index: QModelIndex) -> bool:
        return not self.papers.is_adding(index) and self.papers.rows[index.row()].free

    def _write(self, index: QModelIndex) -> None:
        name = index.siblingAtColumn(0)
        self.setCurrentIndex(name)
        self.edit(name)

    def _clicked(self, index: QModelIndex) -> None:
        if self.papers.is_adding(index):
            self._write(index)
        elif self.papers.columns[index.column()] in ("name", "kind", "after") and not (
            self.papers.columns[index.column()] == "name"
            and self.papers.rows[index.row()].ticked is None
        ):
            self.papers.toggle(index)

    def _fit(self) -> None:
        self.resizeRowsToContents()
        self.updateGeometry()
