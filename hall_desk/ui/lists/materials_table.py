"""A matter's materials as a table to type into: added, taken away and put in order by keys or buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIntValidator
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import _
from hall_desk.services.directory_columns import MATERIAL_FIELDS, ORIGINAL, REQUIRED, Kind
from hall_desk.services.list_forms import MaterialText, label
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Text
from hall_desk.ui.lists.edit_fields import OtherValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

    from hall_desk.services.list_forms import FieldProblem

    Index = QModelIndex | QPersistentModelIndex

_NO_INDEX = QModelIndex()
_NAMES = ("name", "original", "count", "required", "note")
_WIDTHS = {"original": 92, "count": 74, "required": 84}
_MOST_ROWS = 6
MOST_MATERIALS = 60


class MaterialsModel(QAbstractTableModel):
    """The lines as typed; what is wrong with a cell is kept with its line and column until it is typed anew."""

    edited = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[MaterialText] = []
        self.wrong: dict[tuple[int, int], str] = {}

    def show(self, lines: Sequence[MaterialText]) -> None:
        self.beginResetModel()
        self.lines, self.wrong = list(lines), {}
        self.endResetModel()

    def show_wrong(self, wrong: dict[tuple[int, int], str]) -> None:
        self.wrong = wrong
        self._all_changed()

    def add(self, at: int) -> None:
        self.beginInsertRows(_NO_INDEX, at, at)
        self.lines.insert(at, MaterialText())
        self.wrong = {}
        self.endInsertRows()
        self.edited.emit()

    def remove(self, at: int) -> None:
        self.beginRemoveRows(_NO_INDEX, at, at)
        del self.lines[at]
        self.wrong = {}
        self.endRemoveRows()
        self.edited.emit()

    def swap(self, one: int, other: int) -> None:
        self.lines[one], self.lines[other] = self.lines[other], self.lines[one]
        self.wrong = {}
        self._all_changed()
        self.edited.emit()

    def toggle(self, index: Index) -> bool:
        """What Space does: original or copy, needed or not; False in another column."""
        name = _NAMES[index.column()]
        if name not in ("original", "required"):
            return False
        line = self.lines[index.row()]
        changed = (
            replace(line, original=not line.original)
            if name == "original"
            else replace(line, required=not line.required)
        )
        self._put(index, changed)
        return True

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(_NAMES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if _NAMES[section] == "original":
            return _("Form")
        return label(Kind.MATTERS, MATERIAL_FIELDS[section])

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        typed = _NAMES[index.column()] in ("name", "count", "note")
        return flags | Qt.ItemFlag.ItemIsEditable if typed else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            value = getattr(line, _NAMES[index.column()])
            match _NAMES[index.column()]:
                case "original":
                    return ORIGINAL.show_yes(value)
                case "required":
                    return REQUIRED.show_yes(value)
            return value
        wrong = self.wrong.get((index.row(), index.column()))
        if role == Qt.ItemDataRole.BackgroundRole and wrong:
            return QColor(theme.BAD_BACK)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrong
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        text = " ".join(str(value).split())
        name = _NAMES[index.column()]
        if text == getattr(self.lines[index.row()], name):
            return True
        typed: dict[str, Any] = {name: text}
        self._put(index, replace(self.lines[index.row()], **typed))
        return True

    def _put(self, index: Index, line: MaterialText) -> None:
        self.lines[index.row()] = line
        self.wrong.pop((index.row(), index.column()), None)
        self._all_changed()
        self.edited.emit()

    def _all_changed(self) -> None:
        if self.lines:
            last = self.index(len(self.lines) - 1, len(_NAMES) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class MaterialsTable(QTableView):
    """Arrow keys move, typing or F2 writes, Space changes a choice; Ins, Del and Alt with an arrow change the lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = MaterialsModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(label(Kind.MATTERS, "materials"))
        self.setProperty("framed", "yes")
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setFixedHeight(theme.ROW_HEIGHT)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        for number, name in enumerate(_NAMES):
            if name in _WIDTHS:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
                self.setColumnWidth(number, _WIDTHS[name])
            else:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._clicked)
        for signal in (self.lines.modelReset, self.lines.rowsInserted, self.lines.rowsRemoved):
            signal.connect(self._fit)
        self._fit()

    def commit(self) -> None:
        """Takes what stands in an open cell, as leaving it would."""
        if self.state() == QAbstractItemView.State.EditingState:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self) -> None:
        """A line below the one the keyboard is on, ready to be written."""
        self.commit()
        if len(self.lines.lines) >= MOST_MATERIALS:
            return
        row = self.currentIndex().row()
        at = row + 1 if row >= 0 else len(self.lines.lines)
        self.lines.add(at)
        index = self.lines.index(at, 0)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCurrentIndex(index)
        self.edit(index)

    def remove(self) -> None:
        self.commit()
        row = self.currentIndex().row()
        if row >= 0:
            self.lines.remove(row)
            if self.lines.lines:
                row = min(row, len(self.lines.lines) - 1)
                self.setCurrentIndex(self.lines.index(row, 0))

    def move_line(self, by: int) -> None:
        self.commit()
        index = self.currentIndex()
        wanted = index.row() + by
        if index.isValid() and 0 <= wanted < len(self.lines.lines):
            self.lines.swap(index.row(), wanted)
            self.setCurrentIndex(self.lines.index(wanted, index.column()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # the Enter that ends an open cell comes here too
            return
        index, key = self.currentIndex(), event.key()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and key in steps:
            self.move_line(steps[Qt.Key(key)])
        elif alt or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key == Qt.Key.Key_Insert:
            self.add()
        elif key == Qt.Key.Key_Delete:
            self.remove()
        elif key == Qt.Key.Key_Space and index.isValid() and self.lines.toggle(index):
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(index)
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.lines.rowCount():
            self.setCurrentIndex(self.lines.index(0, 0))

    def sizeHint(self) -> QSize:
        rows = min(max(self.lines.rowCount(), 1), _MOST_ROWS)
        return QSize(400, (rows + 1) * theme.ROW_HEIGHT + 4)

    def _enter(self, index: QModelIndex) -> None:
        if not index.isValid():
            self.add()
        elif not self.lines.toggle(index):
            self.edit(index)

    def _clicked(self, index: QModelIndex) -> None:
        self.lines.toggle(index)

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())


class _Cells(QStyledItemDelegate):
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFrame(False)
        # The form's fields are taller than a line of this table.
        editor.setStyleSheet("min-height: 0; padding: 0 6px; border-radius: 0; font-size: 14px;")
        if _NAMES[index.column()] == "count":
            editor.setValidator(QIntValidator(0, 999, editor))
        return editor

    def initStyleOption(  # noqa: N802  Qt's own name
        self, option: QStyleOptionViewItem, index: Index
    ) -> None:
        super().initStyleOption(option, index)
        # Words stand below the words of the heading.
        option.text = f" {option.text}"


class MaterialsField(QWidget):
    """The table with its buttons and the sentences about it. `edited` tells of every change."""

    edited = Signal()
    keep_asked = Signal()
    take_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = MaterialsTable()
        self.add_button = Button(_("Add a material"), "plain", "Ins")
        self.remove_button = Button(_("Take away"), "plain", "Del")
        self.up_button = Button(_("Up"), "plain", "Alt+↑")
        self.down_button = Button(_("Down"), "plain", "Alt+↓")
        self.error = Text("", "error").wrap()
        self.error.hide()
        self.strip = OtherValue()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.table, self.error, self.strip):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setFocusProxy(self.table)
        self.table.lines.edited.connect(self._edited)
        self.add_button.clicked.connect(self.table.add)
        self.remove_button.clicked.connect(self.table.remove)
        self.up_button.clicked.connect(lambda: self.table.move_line(-1))
        self.down_button.clicked.connect(lambda: self.table.move_line(1))
        self.strip.keep_asked.connect(self.keep_asked)
        self.strip.take_asked.connect(self.take_asked)

    def lines(self) -> tuple[MaterialText, ...]:
        """What is typed, an open cell's text too."""
        self.table.commit()
        return tuple(self.table.lines.lines)

    def show_lines(self, lines: Sequence[MaterialText]) -> None:
        if tuple(lines) != tuple(self.table.lines.lines):
            self.table.lines.show(lines)
        self.clear_error()

    def show_problems(self, problems: Sequence[FieldProblem]) -> None:
        """Marks the cells that cannot be taken, and says of each line why."""
        wrong = {
            (one.line, MATERIAL_FIELDS.index(one.field)): one.words
            for one in problems
            if one.line is not None
        }
        self.table.lines.show_wrong(wrong)
        said = _("Line {number}: {reason}")
        self.error.setText(
            "\n".join(
                said.format(number=line + 1, reason=words) for (line, _at), words in wrong.items()
            )
        )
        self.error.show()
        row, column = min(wrong)
        self.table.setCurrentIndex(self.table.lines.index(row, column))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_error(self) -> None:
        self.error.hide()
        self.table.lines.show_wrong({})

    def _edited(self) -> None:
        if not self.table.lines.wrong:
            self.error.hide()
        self.edited.emit()
