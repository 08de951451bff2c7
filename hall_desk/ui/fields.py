"""Fields with their label above and what is wrong with them below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from hall_desk.ui import theme
from hall_desk.ui.labels import Text


class LabelledField(QWidget):
    """A label, a field and room for one sentence about what was typed.

    `edit` is any widget (a `QLineEdit` when none is given). `beside` may be put at the end of the label's line.
    """

    def __init__(
        self,
        label: str,
        edit: QWidget | None = None,
        *,
        placeholder: str = "",
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit: Any = edit if edit is not None else QLineEdit()
        self.label = Text(label, "label")
        self.label.setBuddy(self.edit)
        self.error = Text("", "error").wrap()
        self.error.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.label)
        head.addStretch(1)
        if beside is not None:
            head.addWidget(beside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.edit)
        layout.addWidget(self.error)
        self.setFocusProxy(self.edit)
        self.edit.setAccessibleName(label)
        line = self.line()
        if line is not None:
            line.setAccessibleName(label)
            if placeholder:
                line.setPlaceholderText(placeholder)
            if isinstance(line, QLineEdit):
                line.textEdited.connect(self.clear_error)
            else:
                line.textChanged.connect(self.clear_error)

    def line(self) -> QLineEdit | QPlainTextEdit | None:
        """The text field itself, also where `edit` is a widget around one."""
        inside = self.edit if isinstance(self.edit, QWidget) else None
        if not isinstance(inside, (QLineEdit, QPlainTextEdit)):
            inside = getattr(inside, "edit", None)
        return inside if isinstance(inside, (QLineEdit, QPlainTextEdit)) else None

    def text(self) -> str:
        line = self.line()
        if line is None:
            return ""
        return line.text() if isinstance(line, QLineEdit) else line.toPlainText()

    def set_text(self, text: str) -> None:
        """Fills the field from the program; a sentence about the old text goes away."""
        line = self.line()
        if isinstance(line, QLineEdit):
            line.setText(text)
        elif line is not None:
            line.setPlainText(text)
        self.clear_error()

    def clear(self) -> None:
        self.set_text("")

    def show_error(self, sentence: str) -> None:
        """Says beside the field what is wrong; what was typed stays, and is selected."""
        self.error.setText(sentence)
        self.error.show()
        for widget in self._marked():
            theme.restyle(widget, "wrong", "yes")
            widget.setAccessibleDescription(sentence)
        line = self.line()
        if isinstance(line, QLineEdit):
            line.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_error(self) -> None:
        if not self.error.text():
            return
        self.error.clear()
        self.error.hide()
        for widget in self._marked():
            theme.restyle(widget, "wrong", "no")
            widget.setAccessibleDescription("")

    def _marked(self) -> set[QWidget]:
        line = self.line()
        return {self.edit} if line is None else {self.edit, line}


class PhoneEdit(QLineEdit):
    """A telephone number: shown in groups as it is read out, `digits()` is what is stored."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
        self.editingFinished.connect(self._group)

    def digits(self) -> str:
        """What was typed without its spaces; anything else stays for the service to judge."""
        return "".join(self.text().split())

    def _group(self) -> None:
        digits = self.digits()
        if len(digits) == 11 and digits.isdecimal() and digits.startswith("1"):
            self.setText(f"{digits[:3]} {digits[3:7]} {digits[7:]}")
