"""The papers of a matter, each missing, in order or not needed: what a notice is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from hall_desk.documents.slip import sheets
from hall_desk.i18n import _
from hall_desk.services.missing_notices import LONGEST_ITEM, NoticeItem
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.labels import Elided, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.services.matters import MaterialLine

MISSING, COMPLETE, NOT_NEEDED = "missing", "complete", "not_needed"


def paper_words(name: str, original: bool, count: int, note: str = "") -> str:
    """“户口本 原件 1 份（户主页也要）”"""
    # Without the marks that keep a line together on paper: a screen reader would stumble over them.
    text = f"{name} {sheets(original, count)}".replace("\u2060", "")
    return text + _(" ({note})").format(note=note) if note else text


class NoticeRow(QWidget):
    """One paper."""

    changed = Signal()

    def __init__(self, item: NoticeItem, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        words = paper_words(item.name, item.original, item.count)
        self.words = Elided(words)
        self.words.setToolTip(words)
        self.words.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.state = Segmented(
            [(MISSING, _("Missing")), (COMPLETE, _("In order")), (NOT_NEEDED, _("Not needed"))]
        )
        self.state.set_value(state)
        for button in self.state.buttons():
            button.setAccessibleName(f"{words} {button.text()}")
        self.note = QLineEdit(item.note)
        self.note.setMaxLength(LONGEST_ITEM)
        self.note.setPlaceholderText(_("e.g. out of date"))
        self.note.setAccessibleName(_("Note on {paper}").format(paper=item.name))
        self.note.setFixedWidth(140)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(10)
        line.addWidget(self.words, 1)
        line.addWidget(self.state)
        line.addWidget(self.note)
        self.state.changed.connect(self._state_changed)
        self.note.textEdited.connect(lambda _text: self.changed.emit())
        self._state_changed(None)

    def item(self) -> NoticeItem:
        item = self._item
        return NoticeItem(item.name, item.original, item.count, self.note.text().strip())

    def _state_changed(self, _value: object) -> None:
        self.note.setVisible(self.state.value() == MISSING)
        self.changed.emit()


class NoticeRows(QWidget):
    """All of them, with a line for a paper that is not on the matter's list. Up and Down go from row to row."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[NoticeRow] = []
        self.adding = QLineEdit()
        self.adding.setMaxLength(LONGEST_ITEM)
        self.adding.setPlaceholderText(_("+ other paper that is missing, then Enter"))
        self.adding.setAccessibleName(_("Other paper"))
        self.adding.returnPressed.connect(self.add_typed)
        ground = QWidget()
        ground.setProperty("clear", "yes")
        self._column = QVBoxLayout(ground)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(ground)
        self.nothing = Text(_("This matter has no list of papers. Write what is missing."), "soft")
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.nothing)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.adding)

    def show_materials(self, materials: tuple[MaterialLine, ...]) -> None:
        """The matter's list: what is required is missing until it is seen, the rest is not needed."""
        for material in materials:
            item = NoticeItem(material.name, material.original, material.count, material.note)
            self._add(item, MISSING if material.required else NOT_NEEDED)
        self.nothing.setVisible(not materials)
        self.changed.emit()

    def add_typed(self) -> None:
        """Takes what stands in the last line as one more missing paper."""
        name = " ".join(self.adding.text().split())
        if not name:
            return
        self.adding.clear()
        row = self._add(NoticeItem(name), MISSING)
        self.nothing.hide()
        self._scroll.ensureWidgetVisible(row)
        self.changed.emit()

    def items(self, state: str) -> tuple[NoticeItem, ...]:
        """The papers in that state; what is typed but not yet added is missing too."""
        found = tuple(row.item() for row in self.rows if row.state.value() == state)
        typed = " ".join(self.adding.text().split())
        return (*found, NoticeItem(typed)) if typed and state == MISSING else found

    def focus_first(self) -> None:
        first: QWidget = self.rows[0].state if self.rows else self.adding
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _add(self, item: NoticeItem, state: str) -> NoticeRow:
        row = NoticeRow(item, state)
        self.rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        row.changed.connect(self.changed)
        for button in row.state.buttons():
            button.installEventFilter(self)
        return row

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            key: QKeyEvent = event  # type: ignore[assignment]
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key.key()))
            at = next((n for n, row in enumerate(self.rows) if row.isAncestorOf(watched)), -1)  # type: ignore[arg-type]
            if step is not None and at >= 0:
                self._go_to(at + step)
                return True
        return super().eventFilter(watched, event)

    def _go_to(self, number: int) -> None:
        if number >= len(self.rows):
            self.adding.setFocus(Qt.FocusReason.TabFocusReason)
        elif number >= 0:
            row = self.rows[number]
            row.state.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(row)
