"""The result of a ticket: the matter's usual sentences one key away, and room for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Button, key_cap_width
from hall_desk.ui.fields import LabelledField

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

MOST_CHOICES = 4
MOST_WORDS_WIDTH = 190
GAP = 8


class _ResultEdit(QPlainTextEdit):
    """Tab goes on to the next field; a result has no tabs in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(76)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()  # Alt and a digit choose a sentence
        else:
            super().keyPressEvent(event)


class ResultField(QWidget):
    """`text()` is the result; `choose(n)` takes the n-th of the matter's sentences."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        self.buttons: list[Button] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(GAP)
        self._row.addStretch(1)
        self.field = LabelledField(
            _("Result"), _ResultEdit(), placeholder=_("e.g. changed to 4 hospitals, from tomorrow")
        )
        self.field.edit.textChanged.connect(self.edited)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addLayout(self._row)
        self.setFocusProxy(self.field)

    def text(self) -> str:
        return self.field.text().strip()

    def set_text(self, text: str) -> None:
        if text != self.field.text():
            self.field.set_text(text)

    def offer(self, texts: tuple[str, ...]) -> None:
        """The sentences to choose from, each on a button with its key."""
        texts = texts[:MOST_CHOICES]
        if texts == self._texts:
            return
        self._texts = texts
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for number, text in enumerate(texts):
            button = Button("", key=f"Alt+{number + 1}")
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.clicked.connect(lambda _checked=False, n=number: self.choose(n))
            self._row.insertWidget(number, button)
            self.buttons.append(button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shortens the words on the buttons to what fits beside each other."""
        if not self.buttons:
            return
        metrics = QFontMetrics(self.buttons[0].font())
        wanted = [min(metrics.horizontalAdvance(t), MOST_WORDS_WIDTH) for t in self._texts]
        beside = 46 + key_cap_width("Alt+0")  # frame, padding, gap and the key's cap
        room = self.width() - len(wanted) * (beside + GAP)
        # The short ones take what they need, the others share the rest.
        left = len(wanted)
        for number in sorted(range(left), key=wanted.__getitem__):
            width = min(wanted[number], room // left)
            words = metrics.elidedText(self._texts[number], Qt.TextElideMode.ElideRight, width)
            self.buttons[number].setText(words)
            room, left = room - width, left - 1

    def choose(self, number: int) -> None:
        """Puts a sentence in place of another one of them, or after what was written by hand."""
        if not 0 <= number < len(self._texts):
            return
        written = self.text()
        text = self._texts[number]
        if not written or written in self._texts:
            self.field.set_text(text)
        elif text not in written:
            self.field.set_text(f"{written}\n{text}")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.edit.moveCursor(QTextCursor.MoveOperation.End)
