"""Buttons with the key that presses them drawn inside, and rows of buttons of which one is chosen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from hall_desk.ui import key_map, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

_CAP_GAP = 8
_CAP_HEIGHT = 19
_ON_DARK = ("primary", "success")


def draw_key_cap(painter: QPainter, area: QRectF, key: str, *, dark: bool = False) -> None:
    """Draws a key's name as on the key itself, e.g. F4."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if dark:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 40))
    else:
        painter.setPen(QPen(QColor(theme.CONTROL_LINE), 1))
        painter.setBrush(QColor(theme.WHITE))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if not dark:
        foot = QRectF(area.left() + 2, area.bottom() - 1, area.width() - 4, 1)
        painter.fillRect(foot, QColor(theme.CONTROL_LINE))
    painter.setFont(theme.font(12))
    painter.setPen(QColor(theme.WHITE if dark else theme.INK_SOFT))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, key)


def key_cap_width(key: str) -> int:
    return QFontMetrics(theme.font(12)).horizontalAdvance(key) + 12


class KeyCap(QWidget):
    """A key to be pressed, named as in `key_map`, beside the words of what it does."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key_map.now(key)
        self.setAccessibleName(self._key)
        self.setFixedSize(key_cap_width(self._key), _CAP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_key_cap(QPainter(self), QRectF(self.rect()), self._key)


class Button(QPushButton):
    """A button. `kind` is `primary`, `success`, `danger` or `plain`; `key` is only drawn, not bound (see `key_map`)."""

    def __init__(
        self, text: str, kind: str = "plain", key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._key = key_map.now(key)
        self.setProperty("kind", kind)
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if key:
            self.setAccessibleDescription(self._key)

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        if self._key:
            size.setWidth(size.width() + _CAP_GAP + key_cap_width(self._key))
        return size

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self.paint_words(painter, self._ink())

    def paint_words(self, painter: QPainter, ink: QColor) -> None:
        """The words in the middle with the key's cap behind them, and the ring of the keyboard."""
        words = self.text()
        self.ensurePolished()
        on_dark = self.isChecked() or self.property("kind") in _ON_DARK
        font = self.font()
        if on_dark:
            font.setBold(True)
        metrics = QFontMetrics(font)
        cap = key_cap_width(self._key) if self._key else 0
        width = metrics.horizontalAdvance(words) + (cap + _CAP_GAP if cap else 0)
        left = (self.width() - width) / 2
        middle = self.height() / 2
        painter.setFont(font)
        painter.setPen(ink)
        area = QRectF(left, 0, metrics.horizontalAdvance(words) + 1, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if cap:
            box = QRectF(self.width() - left - cap, middle - _CAP_HEIGHT / 2, cap, _CAP_HEIGHT)
            draw_key_cap(painter, box, self._key, dark=on_dark)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), on_dark=on_dark)

    def _ink(self) -> QColor:
        kind = self.property("kind")
        if not self.isEnabled():
            return QColor(theme.WHITE if kind in _ON_DARK else "#98a3b3")
        if self.isChecked() or kind in _ON_DARK:
            return QColor(theme.WHITE)
        return QColor(theme.BAD if kind == "danger" else theme.INK)


def draw_focus_ring(painter: QPainter, area: QRectF, *, on_dark: bool) -> None:
    """The ring around what the keyboard is on: visible on white and on colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.PRIMARY if not on_dark else theme.NAVY), 2))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
    if on_dark:
        painter.setPen(QPen(QColor(theme.WHITE), 1))
        painter.drawRoundedRect(area.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)


class Link(QPushButton):
    """Underlined words that do something."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


class _Segment(Button):
    def __init__(self, row: Segmented, text: str) -> None:
        super().__init__(text, "plain", parent=row)
        self._row = row
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        # Room for the bold words, so that nothing moves when the choice does.
        font = self.font()
        font.setBold(True)
        width = QFontMetrics(font).horizontalAdvance(self.text()) + 30
        return QSize(width, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self._row.step(step)


class Segmented(QWidget):
    """Buttons side by side of which one is chosen; Left and Right move the choice.

    With `none_allowed`, pressing the chosen one again leaves none (`value()` is then `None`).
    """

    changed = Signal(object)

    def __init__(
        self,
        options: Sequence[tuple[Hashable, str]],
        parent: QWidget | None = None,
        *,
        none_allowed: bool = False,
    ) -> None:
        super().__init__(parent)
        self._values = [value for value, _text in options]
        self._none_allowed = none_allowed
        self._buttons = [_Segment(self, text) for _value, text in options]
        self._group = QButtonGroup(self)
        self._group.setExclusive(not none_allowed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for number, button in enumerate(self._buttons):
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch(1)
        if not none_allowed and self._buttons:
            self._buttons[0].setChecked(True)
        self._group.idToggled.connect(self._on_toggled)
        self._settle_focus()

    def value(self) -> Hashable | None:
        number = self._checked()
        return None if number < 0 else self._values[number]

    def set_value(self, value: Hashable | None) -> None:
        """Chooses `value`; one that is not offered leaves none (or the first)."""
        if value in self._values:
            self._buttons[self._values.index(value)].setChecked(True)
        elif self._none_allowed:
            for button in self._buttons:
                button.setChecked(False)
        elif self._buttons:
            self._buttons[0].setChecked(True)

    def step(self, by: int) -> None:
        """Moves the choice, and the keyboard with it, to the left or right."""
        at = max(self._checked(), 0)
        button = self._buttons[(at + by) % len(self._buttons)]
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> list[Hashable]:
        return list(self._values)

    def buttons(self) -> list[Button]:
        return list(self._buttons)

    def _checked(self) -> int:
        return next((n for n, b in enumerate(self._buttons) if b.isChecked()), -1)

    def _on_toggled(self, number: int, checked: bool) -> None:
        if checked and self._none_allowed:
            for other, button in enumerate(self._buttons):
                if other != number:
                    button.setChecked(False)
        self._settle_focus()
        if checked or self._none_allowed:
            self.changed.emit(self.value())

    def _settle_focus(self) -> None:
        # One stop for Tab, as with radio buttons: the chosen one.
        chosen = max(self._checked(), 0)
        for number, button in enumerate(self._buttons):
            tab = Qt.FocusPolicy.StrongFocus if number == chosen else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(tab)
        if self._buttons:
            self.setFocusProxy(self._buttons[chosen])
