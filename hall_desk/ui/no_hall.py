"""The plain window that says why no hall could be opened, and tries again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Ground, Text


class NoHall(QWidget):
    """One sentence, what can be looked at, and two buttons."""

    again_asked = Signal()
    doctor_asked = Signal()

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Hall Desk")
        self.setMinimumSize(640, 360)
        self.sentence = Text(sentence).wrap()
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = Button(_("Try again"), "primary", "Enter")
        self.doctor = Button(_("Does this PC work?"))
        self.quit = Button(_("Quit"))
        card = Ground()
        card.setFixedWidth(560)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(28, 24, 28, 24)
        inside.setSpacing(14)
        title = Text(_("The hall cannot be opened"), "title")
        title.setStyleSheet(f"color: {theme.BAD_STRONG};")
        inside.addWidget(title)
        inside.addWidget(self.sentence)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.again)
        buttons.addWidget(self.doctor)
        buttons.addStretch(1)
        buttons.addWidget(self.quit)
        inside.addLayout(buttons)
        centre = QVBoxLayout(self)
        centre.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.again.setAutoDefault(True)
        self.again.clicked.connect(self.again_asked)
        self.doctor.clicked.connect(self.doctor_asked)
        self.quit.clicked.connect(QApplication.quit)
        self.again.setFocus()
