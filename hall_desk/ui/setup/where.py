"""Which hall: a new one on this PC alone, or one on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.labels import Text
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from hall_desk.ui.background import Background


class Choice(QAbstractButton):
    """A large radio button: what it is, and for whom. Up and Down move between the ones of a parent."""

    stepped = Signal(int)

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(92)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(52, 14, 16, 14)
        layout.setSpacing(4)
        layout.addStretch(1)
        for text in (Text(title, "heading"), Text(words, "soft").wrap()):
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(text)
        layout.addStretch(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Left: -1,
        }.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        line = theme.colour("primary" if chosen or self.hasFocus() else "control_line")
        painter.setPen(QPen(line, 2 if self.hasFocus() else 1))
        painter.setBrush(theme.colour("info_back" if chosen else "white"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
        middle = self.rect().center()
        middle.setX(28)
        painter.setPen(QPen(theme.colour("primary" if chosen else "control_line"), 2))
        painter.setBrush(theme.colour("white"))
        painter.drawEllipse(middle, 9, 9)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("primary"))
            painter.drawEllipse(middle, 5, 5)


class WhereStep(Step):
    def __init__(self, draft: Draft, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(draft, background, _("Where is the hall's data kept?"))
        self.alone = Choice(
            _("On this PC alone"),
            _("Makes a new hall here. Nothing else is needed: no server, no network."),
        )
        self.join = Choice(
            _("On the hall's server"),
            _(
                "Several PCs share one hall in a PostgreSQL database. "
                "Its address and password come from whoever looks after the server."
            ),
        )
        self._choices = {"alone": self.alone, "join": self.join}
        group = QButtonGroup(self)
        for way, choice in self._choices.items():
            group.addButton(choice)
            choice.setChecked(way == draft.way)
            choice.toggled.connect(self._toggled)
            choice.stepped.connect(self._step)
            self.body.addWidget(choice)
        self.finish_layout()

    def arrive(self) -> None:
        focus(self._choices[self.draft.way])

    def _toggled(self) -> None:
        self.draft.way = next(way for way, one in self._choices.items() if one.isChecked())
        self.changed.emit()

    def _step(self, by: int) -> None:
        ways = list(self._choices)
        way = ways[(ways.index(self.draft.way) + by) % len(ways)]
        self._choices[way].setChecked(True)
        focus(self._choices[way])
