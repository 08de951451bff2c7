"""The field for the reason of the selected line, with the usual reasons one key away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.close_day.lines import REASONS, Key, Line
from hall_desk.ui.fields import LabelledField

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.ui.tables import Table

MOST_REASONS = 3


class _ReasonEdit(QLineEdit):
    """Hands the keys that move through the lines to the table."""

    def __init__(self, table: Table[Line]) -> None:
        super().__init__()
        self._table = table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }.get(Qt.Key(event.key()))
        count = self._table.model().rowCount()
        if step is None or not count:
            super().keyPressEvent(event)
            return
        row = self._table.currentIndex().row() + step
        self._table.selectRow(max(0, min(row, count - 1)))


class ReasonBar(QWidget):
    """`taken` asks for the words to be kept. What is half typed for a line is there again when it is selected again."""

    taken = Signal()

    def __init__(self, table: Table[Line], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: Key | None = None
        self._half_typed: dict[Key, str] = {}
        self.edit = _ReasonEdit(table)
        self.field = LabelledField(_("Why it may wait"), self.edit)
        self.offers = [Button("", key=f"Alt+{n + 1}") for n in range(MOST_REASONS)]
        self.take_button = Button(_("Carry over"), "plain", "Enter")
        beside = QHBoxLayout()
        beside.setSpacing(8)
        for number, button in enumerate(self.offers):
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.clicked.connect(lambda _checked=False, n=number: self.offer(n))
            button.hide()
            beside.addWidget(button)
        beside.addStretch(1)
        beside.addWidget(self.take_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.field)
        layout.addLayout(beside)
        self.take_button.clicked.connect(self.taken)
        self.setFocusProxy(self.edit)

    def words(self) -> str:
        """What stands in the field, on one line."""
        return " ".join(self.field.text().split())

    def is_typed(self) -> bool:
        """Whether somebody wrote what stands there, and did not find it there."""
        return self.edit.isModified() and bool(self.words())

    def show_line(self, line: Line) -> None:
        """Speaks of a line from now on; what is being typed for it already stays."""
        if line.key == self._at:
            return
        if self._at is not None and self.is_typed():
            self._half_typed[self._at] = self.field.text()
        self._at = line.key
        people = line.kind == "people"
        typed = self._half_typed.pop(line.key, "")
        self.field.set_text("" if people else typed or line.offered)
        self.edit.setModified(bool(typed))
        self.edit.selectAll()
        self.edit.setReadOnly(people)
        self.edit.setPlaceholderText(
            _("Enter: everybody has left") if people else _("or choose one below")
        )
        self.take_button.setText(_("Everybody has left") if people else _("Carry over"))
        texts = [_(text) for text in REASONS.get(line.kind, ())]
        for number, button in enumerate(self.offers):
            button.setVisible(number < len(texts))
            button.setText(texts[number] if number < len(texts) else "")

    def offer(self, number: int) -> None:
        """Takes one of the usual reasons."""
        if self.edit.isEnabled() and not self.offers[number].isHidden():
            self.field.set_text(self.offers[number].text())
            self.taken.emit()

    def enable(self, *, on: bool) -> None:
        for widget in (self.edit, self.take_button):
            widget.setEnabled(on)
