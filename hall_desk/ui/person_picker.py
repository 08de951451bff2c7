"""Choosing one member of staff by typing: name, pinyin, initials or window."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from hall_desk.services.pinyin import Index

Key = TypeVar("Key", bound="Hashable")

_ROW = 34
MOST_FOUND = 50


class ListEdit(QLineEdit):
    """A field above a list: typing narrows the list; Up, Down and Enter belong to it."""

    moved = Signal(int)
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def fitting(index: Index[Key] | None, typed: str) -> set[Key] | None:
    """The keys that fit what was typed; None when nothing was typed and all fit."""
    wanted = typed.strip()
    if not wanted or index is None:
        return None
    return set(index.search(wanted, MOST_FOUND))


class PersonPicker(QWidget):
    """The field and its list. `picked` tells that somebody was chosen and the keyboard may go on."""

    picked = Signal(object)

    def __init__(self, rows: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: list[tuple[UUID, str, str]] = []
        self._index: Index[UUID] | None = None
        self._value: UUID | None = None
        self.edit = ListEdit()
        self.edit.setPlaceholderText(_("Name, pinyin or initials"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("People of this hall"))
        self.list.setProperty("framed", "yes")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(rows * _ROW + 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.edit)
        layout.addWidget(self.list)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._typed)
        self.edit.moved.connect(self._step)
        self.edit.entered.connect(self._entered)
        self.list.itemClicked.connect(self._take)

    def value(self) -> UUID | None:
        """Who is chosen."""
        return self._value

    def name(self) -> str:
        """The chosen person's name, or nothing."""
        return next((name for key, name, _more in self._people if key == self._value), "")

    def show_people(self, people: Sequence[tuple[UUID, str, str]], index: Index[UUID]) -> None:
        """Offers `people` (key, name, what stands beside it); `index` finds them."""
        self._people, self._index = list(people), index
        self._narrow(self.edit.text())

    def choose(self, key: UUID) -> None:
        """Chooses somebody from the program."""
        for person, name, _more in self._people:
            if person == key:
                self._value = key
                self.edit.setText(name)
                self._narrow("")
                self._mark(key)

    def _typed(self, text: str) -> None:
        self._value = None
        self._narrow(text)

    def _narrow(self, text: str) -> None:
        fit = fitting(self._index, text)
        self.list.clear()
        for key, name, more in self._people:
            if fit is None or key in fit:
                item = QListWidgetItem(f"{name}    {more}".strip(), self.list)
                item.setData(Qt.ItemDataRole.UserRole, key)
                item.setSizeHint(QSize(100, _ROW))
        if self.list.count() and text.strip():
            self.list.setCurrentRow(0)

    def _mark(self, key: UUID) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == key:
                self.list.setCurrentRow(row)

    def _step(self, by: int) -> None:
        if self.list.count():
            row = self.list.currentRow() + by
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))

    def _entered(self) -> None:
        item = self.list.currentItem() if self.list.currentRow() >= 0 else None
        if item is not None:
            self._take(item)
        else:
            self._value = None
            self.picked.emit(None)

    def _take(self, item: QListWidgetItem) -> None:
        key = item.data(Qt.ItemDataRole.UserRole)
        self.choose(key)
        self.picked.emit(key)
