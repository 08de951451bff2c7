"""One of a few, chosen by its number: the digit is on the button, and pressing it is the whole choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from hall_desk.ui.buttons import Segmented

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget


class NumberedChoice(Segmented):
    """Buttons `1 …`, `2 …` side by side. `picked` follows a digit or a click, when the next field may be entered."""

    picked = Signal(object)

    def __init__(
        self,
        options: Sequence[tuple[Hashable, str]],
        parent: QWidget | None = None,
        *,
        none_allowed: bool = True,
    ) -> None:
        numbered = [(value, f"{n}  {words}") for n, (value, words) in enumerate(options, 1)]
        super().__init__(numbered, parent, none_allowed=none_allowed)
        for button in self.buttons():
            button.clicked.connect(lambda: self.picked.emit(self.value()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pick_by_key(event):
            super().keyPressEvent(event)

    def pick_by_key(self, event: QKeyEvent) -> bool:
        """Chooses by a digit, of the number pad too; False when the key was none of these."""
        number = event.key() - Qt.Key.Key_1
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or not 0 <= number < len(self.buttons()):
            return False
        self.buttons()[number].setChecked(True)
        self.picked.emit(self.value())
        return True
