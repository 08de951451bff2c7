"""A PIN for somebody else: typed twice, or proposed and shown this once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import accounts
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


class PinFields(QWidget):
    """Two fields that must agree, empty for no change. What was proposed can be read until something else is typed."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pin = LabelledField(_("New PIN"), _PinEdit())
        self.again = LabelledField(_("New PIN again"), _PinEdit())
        self.propose_button = Button(_("Propose one"))
        self.hint = Text("", "soft").wrap()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.pin, 1)
        row.addWidget(self.again, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.propose_button)
        buttons.addWidget(self.hint, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addLayout(buttons)
        for field in (self.pin, self.again):
            field.edit.textEdited.connect(self._typed)
            field.edit.textChanged.connect(lambda _text: self.edited.emit())
        self.propose_button.clicked.connect(self.propose)

    def text(self) -> str:
        """The PIN, empty for none. Raises BadInput `pin` `not_the_same`."""
        if self.pin.text() != self.again.text():
            raise errors.BadInput("pin", "not_the_same")
        return self.pin.text()

    def empty(self) -> bool:
        return not (self.pin.text() or self.again.text())

    def propose(self) -> None:
        """Fills in a PIN by chance and shows it, to be written down."""
        pin = accounts.propose_pin()
        for field in (self.pin, self.again):
            field.set_text(pin)
            field.edit.setEchoMode(QLineEdit.EchoMode.Normal)
        self.hint.setText(_("Write it down for the person: once saved it is shown no more."))

    def clear(self) -> None:
        for field in (self.pin, self.again):
            field.clear()
        self._typed()

    def show_hint(self, words: str) -> None:
        self.hint.setText(words)

    def show_error(self, sentence: str) -> None:
        self.pin.show_error(sentence)

    def clear_error(self) -> None:
        self.pin.clear_error()
        self.again.clear_error()

    def _typed(self) -> None:
        self.hint.clear()
        for field in (self.pin, self.again):
            field.edit.setEchoMode(QLineEdit.EchoMode.Password)


class _PinEdit(QLineEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(accounts.LONGEST_PIN + 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()
