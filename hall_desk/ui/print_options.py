"""Which pages of an A4 paper are printed, and how many times: a small row beside its preview."""

from __future__ import annotations

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hall_desk import i18n
from hall_desk.devices import printing
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.labels import Text
from hall_desk.ui.papers import Options

MOST_COPIES = 20


class PrintOptions(QWidget):
    """Tab reaches both fields. `options` says beside them what is wrong with the pages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = QLineEdit()
        self.pages.setPlaceholderText(_("All"))
        self.pages.setAccessibleName(_("Page range"))
        self.pages.setFixedWidth(84)
        self.copies = QLineEdit("1")
        self.copies.setValidator(QIntValidator(1, MOST_COPIES, self.copies))
        self.copies.setAccessibleName(_("Copies"))
        self.copies.setFixedWidth(52)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Text(_("Page range"), "label"))
        layout.addWidget(self.pages)
        layout.addWidget(Text(_("Copies"), "label"))
        layout.addWidget(self.copies)
        self.pages.textEdited.connect(lambda _text: self._mark(""))

    def options(self, page_count: int) -> Options:
        """What was chosen, for a paper of so many pages. Raises BadInput `pages`, said beside the field."""
        text = self.pages.text().strip()
        try:
            printing.page_numbers(text, page_count)
        except BadInput as error:
            self._mark(i18n.explain(error))
            self.pages.setFocus()
            self.pages.selectAll()
            raise
        copies = int(self.copies.text()) if self.copies.hasAcceptableInput() else 1
        return Options(text, copies)

    def reset(self) -> None:
        """All pages, once: what was chosen for one paper is not meant for the next."""
        self.pages.clear()
        self.copies.setText("1")
        self._mark("")

    def _mark(self, sentence: str) -> None:
        theme.restyle(self.pages, "wrong", "yes" if sentence else "no")
        self.pages.setToolTip(sentence)
        self.pages.setAccessibleDescription(sentence)
