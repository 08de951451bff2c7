"""The left side of the lists' page: a list of one kind, searched by typing, with what is retired on a switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout

from hall_desk.i18n import _
from hall_desk.services.directory_columns import Kind
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.lists.list_tables import ListRow, make_table
from hall_desk.ui.person_picker import ListEdit, fitting

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.list_editing import Listed
    from hall_desk.services.pinyin import Index
    from hall_desk.ui.tables import RowsModel, Table

FIND, RETIRED, NEW = "Alt+F", "Alt+D", "Ctrl+N"
WIDTH = 440


class ListPane(Ground):
    """`moved_to` is the row the selection is on, `chosen` one that is to be edited; `move_asked` gives up or down."""

    moved_to = Signal(object)
    chosen = Signal(object)
    new_asked = Signal()
    move_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.kind = Kind.WINDOWS
        self._rows: Sequence[Listed] = ()
        self._index: Index[UUID] | None = None
        self._half_typed: Container[UUID | None] = frozenset()
        self.setFixedWidth(WIDTH)
        self.search = ListEdit()
        self.search.setPlaceholderText(_("Search: name, pinyin, initials, number"))
        self.search.setAccessibleName(_("Search the list"))
        self.retired = QCheckBox(_("Show retired"))
        self.retired.setToolTip(RETIRED)
        self.models: dict[Kind, RowsModel[ListRow]] = {}
        self.tables: dict[Kind, Table[ListRow]] = {}
        self.stack = QStackedWidget()
        for kind in Kind:
            self.models[kind], self.tables[kind] = make_table(kind)
            self.stack.addWidget(self.tables[kind])
            self.tables[kind].moved_to.connect(self.moved_to)
            self.tables[kind].chosen.connect(self.chosen)
            self.tables[kind].installEventFilter(self)
        self.empty = Text("", "soft").wrap()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.new_button = Button(_("Add"), "primary", NEW)
        self.up_button = Button(_("Up"), "plain", "Alt+↑")
        self.down_button = Button(_("Down"), "plain", "Alt+↓")
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._narrow(first=True))
        self.search.moved.connect(self.step)
        self.search.entered.connect(self._entered)
        self.retired.toggled.connect(lambda _on: self._narrow())
        self.new_button.clicked.connect(self.new_asked)
        self.up_button.clicked.connect(lambda: self.move_asked.emit(-1))
        self.down_button.clicked.connect(lambda: self.move_asked.emit(1))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 12, 12, 8)
        head.setSpacing(10)
        head.addWidget(self.search, 1)
        head.addWidget(self.retired)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.setSpacing(8)
        for button in (self.new_button, self.up_button, self.down_button):
            foot.addWidget(button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.empty, 1)
        layout.addLayout(foot)
        self.empty.hide()

    # --- what it shows -------------------------------------------------------------------------------

    def show_kind(self, kind: Kind) -> None:
        """Turns to another list; what was searched in the one before is forgotten."""
        self.kind = kind
        self._rows, self._index = (), None
        self.stack.setCurrentWidget(self.tables[kind])
        self.search.clear()
        for button in (self.up_button, self.down_button):
            button.setVisible(kind is Kind.WINDOWS)

    def show_rows(
        self,
        rows: Sequence[Listed],
        index: Index[UUID],
        half_typed: Container[UUID | None],
    ) -> None:
        self._rows, self._index, self._half_typed = rows, index, half_typed
        self._narrow()

    def mark(self, half_typed: Container[UUID | None]) -> None:
        """Shows of which rows something is typed and not saved."""
        self._half_typed = half_typed
        self._narrow()

    def table(self) -> Table[ListRow]:
        return self.tables[self.kind]

    def selected(self) -> ListRow | None:
        return self.table().selected()

    def select(self, id_: UUID) -> None:
        """Selects a row; one that the search or the switch hides is shown for it."""
        if self.table().select(id_):
            return
        self.search.clear()
        if any(row.id == id_ and row.retired for row in self._rows):
            self.retired.setChecked(True)
        self.table().select(id_)

    def no_selection(self) -> None:
        self.table().clearSelection()
        self.table().setCurrentIndex(self.models[self.kind].index(-1, 0))

    def step(self, by: int) -> None:
        """Moves the selection while the keyboard stays in the search box."""
        count = self.models[self.kind].rowCount()
        if count:
            row = self.table().currentIndex().row() + by
            self.table().selectRow(max(0, min(row, count - 1)))

    # --- inside --------------------------------------------------------------------------------------

    def _narrow(self, *, first: bool = False) -> None:
        fit = fitting(self._index, self.search.text())
        shown = [
            ListRow(row, row.id in self._half_typed)
            for row in self._rows
            if (self.retired.isChecked() or not row.retired) and (fit is None or row.id in fit)
        ]
        self.models[self.kind].show(shown)
        self.stack.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        if not shown:
            self.empty.setText(self._why_empty())
        elif first and self.search.text().strip():
            self.table().selectRow(0)

    def _why_empty(self) -> str:
        typed = self.search.text().strip()
        if not typed:
            return ""  # the first steps lie there
        hidden = fitting(self._index, typed) or set()
        said = _("Nothing fits “{typed}”.").format(typed=typed)
        if hidden and not self.retired.isChecked():
            said += "\n" + _("Something retired does: {key} shows it.").format(key=RETIRED)
        return said

    def _entered(self) -> None:
        row = self.selected()
        if row is not None:
            self.chosen.emit(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if alt and step is not None and self.kind is Kind.WINDOWS:
                self.move_asked.emit(step)
                return True
        return super().eventFilter(watched, event)
