"""The fields of a row of the hall's lists: each a text as in an import file, with room for what another wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import _
from hall_desk.services.directory_columns import CHANNELS, ROLES
from hall_desk.ui.buttons import Link
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Band, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QWheelEvent


class TickBoxes(QWidget):
    """Some of a few, ticked: `boxes` by their codes."""

    edited = Signal()

    def __init__(self, labels: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = {code: QCheckBox(label) for code, label in labels.items()}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(14)
        for box in self.boxes.values():
            box.toggled.connect(self.edited)
            layout.addWidget(box)
        layout.addStretch(1)
        self.setFocusProxy(next(iter(self.boxes.values())))


class ChannelBoxes(TickBoxes):
    """The channels a matter allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__({code: CHANNELS.show(code) for code in CHANNELS.shown}, parent)

    def cell_text(self) -> str:
        return "、".join(CHANNELS.show(code) for code, box in self.boxes.items() if box.isChecked())

    def set_cell_text(self, text: str) -> None:
        wanted = set(text.split("、"))
        for code, box in self.boxes.items():
            box.setChecked(CHANNELS.show(code) in wanted)


class RoleChoice(QComboBox):
    """What a member of staff does."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for code in ROLES.shown:
            self.addItem(ROLES.show(code))
        self.currentIndexChanged.connect(self.edited)

    def cell_text(self) -> str:
        return self.currentText()

    def set_cell_text(self, text: str) -> None:
        # A new person stands at the front desk until told otherwise.
        self.setCurrentIndex(max(self.findText(text), 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the form over it must not give somebody another role."""
        event.ignore()


class EditField(LabelledField):
    """One field. Below it may stand what somebody else wrote, with `keep_asked` and `take_asked` to decide it."""

    edited = Signal()
    keep_asked = Signal()
    take_asked = Signal()

    def __init__(
        self,
        label: str,
        edit: QWidget | None = None,
        *,
        placeholder: str = "",
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(label, edit, placeholder=placeholder, beside=beside)
        self.strip = OtherValue()
        self.strip.keep_asked.connect(self.keep_asked)
        self.strip.take_asked.connect(self.take_asked)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.strip)
        line = self.line()
        signal = self.edit.edited if line is None else line.textChanged
        signal.connect(lambda *_text: self.edited.emit())

    def text(self) -> str:
        return str(self.edit.cell_text()) if self.line() is None else super().text()

    def set_text(self, text: str) -> None:
        if text != self.text():
            if self.line() is None:
                self.edit.set_cell_text(text)
            else:
                super().set_text(text)
        self.clear_error()


class OtherValue(Band):
    """What somebody else wrote into a field meanwhile, and the choice between it and one's own."""

    keep_asked = Signal()
    take_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warn", parent)
        self.words = Text("").wrap()
        self.keep_link = Link(_("Keep mine"))
        self.take_link = Link(_("Take that"))
        links = QHBoxLayout()
        links.setSpacing(18)
        links.addWidget(self.keep_link)
        links.addWidget(self.take_link)
        links.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 5)
        layout.setSpacing(1)
        layout.addWidget(self.words)
        layout.addLayout(links)
        self.keep_link.clicked.connect(self.keep_asked)
        self.take_link.clicked.connect(self.take_asked)
        self.hide()

    def ask(self, words: str) -> None:
        """Shows another's value, to be decided."""
        self._show("warn", words, choice=True)

    def tell(self, words: str) -> None:
        """Says that the field was changed by somebody else; there is nothing to decide."""
        self._show("info", words, choice=False)

    @property
    def asking(self) -> bool:
        return not self.isHidden() and not self.keep_link.isHidden()

    def _show(self, kind: str, words: str, *, choice: bool) -> None:
        self.words.setText(words)
        self.show_kind(kind)
        for link in (self.keep_link, self.take_link):
            link.setVisible(choice)
        self.show()


def line_edit() -> QLineEdit:
    edit = QLineEdit()
    edit.setMaxLength(400)  # far above any limit: what is too long is said, not cut off
    return edit


def text_edit(lines: int) -> QPlainTextEdit:
    """A field of several lines; Tab leaves it."""
    edit = QPlainTextEdit()
    edit.setTabChangesFocus(True)
    edit.setFixedHeight(lines * 22 + 18)
    edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return edit
