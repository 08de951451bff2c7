"""Words on a screen: titles, captions, figures, chips, and the grounds they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Text(QLabel):
    """A line of words. `look` is one of `""`, `title`, `heading`, `label`, `soft`, `figure`, `error`, `band`."""

    def __init__(self, text: str = "", look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if look:
            self.setProperty("look", look)

    def wrap(self) -> Text:
        """Lets the words take several lines."""
        self.setWordWrap(True)
        return self


class Elided(Text):
    """Words that may be longer than their place: cut with an ellipsis, whole in the tool tip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:  # noqa: N802  Qt's own name
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self.text(), mode, room.width())
        painter.drawText(room, int(self.alignment().value), shown)


class Chip(QLabel):
    """A small coloured word. `kind` is one of `ok`, `warn`, `bad`, `info`, `muted`."""

    def __init__(self, text: str = "", kind: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("chip", kind)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def show_text(self, text: str, kind: str) -> None:
        """Changes the word; no word, no chip."""
        self.setText(text)
        theme.restyle(self, "chip", kind)
        self.setVisible(bool(text))


class Ground(QFrame):
    """What things stand on: `card` (white, framed), `panel` (light), `lane` (a column of the board)."""

    def __init__(self, kind: str = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", kind)


class Band(QFrame):
    """A coloured strip that says how things are: `ok`, `warn`, `bad`, `info`, `muted`."""

    def __init__(self, kind: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("band", kind)

    def show_kind(self, kind: str) -> None:
        if self.property("band") != kind:
            theme.restyle(self, "band", kind)
            for inside in self.findChildren(QWidget):
                style = inside.style()
                style.unpolish(inside)
                style.polish(inside)
