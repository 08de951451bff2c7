"""A file's path, typed or chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Button


class FileEdit(QWidget):
    """A line for the path and a button that asks the system for a file (`ask`)."""

    def __init__(self, title: str, pattern: str) -> None:
        super().__init__()
        self._title = title
        self._pattern = pattern
        self.edit = QLineEdit()
        self.button = Button(_("Choose file…"))
        self.button.setAccessibleName(f"{title}: {self.button.text()}")
        self.ask: Callable[[], str] = self._ask
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.edit)
        self.button.clicked.connect(self._choose)

    def _ask(self) -> str:
        return QFileDialog.getOpenFileName(self, self._title, self.edit.text(), self._pattern)[0]

    def _choose(self) -> None:
        if path := self.ask():
            self.edit.setText(path)
