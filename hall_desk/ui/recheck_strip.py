"""Those who wait to be measured again, each with a key and the time that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hall_desk.services.screening import Check

MOST_SHOWN = 3
LONGEST_NAME = 5


def left_text(check: Check, now: datetime) -> str:
    """The time until a held person may be measured again, or that it has come."""
    if check.due_at is None or check.due_at <= now:
        return _("now")
    return i18n.clock((check.due_at - now).total_seconds())


def who(check: Check) -> str:
    """What a person is called here: the name, shortened where it is very long, else what there is."""
    name = check.name
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}…"
    return name or check.phone_masked or i18n.code("person", check.person)


class RecheckStrip(QWidget):
    """One button per person, the longest waiting first; `picked` gives the first reading."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holds: tuple[Check, ...] = ()
        self._buttons: list[Button] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(Text(_("Measure again"), "label"))
        self._more = Text("", "label")
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.hide()

    def show_holds(self, holds: Sequence[Check], now: datetime) -> None:
        if tuple(holds) != self._holds:
            self._holds = tuple(holds)
            self._make_buttons()
        self.show_time(now)
        self.setVisible(bool(self._holds))

    def show_time(self, now: datetime) -> None:
        """Counts down."""
        for check, button in zip(self._holds, self._buttons, strict=False):
            button.setText(f"{who(check)}  {left_text(check, now)}")
            button.setToolTip(f"{check.name} {check.degrees} ℃".strip())
            button.updateGeometry()

    def pick(self, number: int) -> None:
        """Picks the person with that number (0 is the first); none there, nothing happens."""
        if number < len(self._holds):
            self.picked.emit(self._holds[number])

    def _make_buttons(self) -> None:
        focused = next((n for n, b in enumerate(self._buttons) if b.hasFocus()), -1)
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for number, check in enumerate(self._holds[:MOST_SHOWN]):
            button = Button("", "danger", f"Alt+{number + 1}", self)
            button.clicked.connect(lambda _checked=False, check=check: self.picked.emit(check))
            self._row.insertWidget(1 + number, button)
            self._buttons.append(button)
        more = len(self._holds) - len(self._buttons)
        self._more.setText(_("and {count} more").format(count=more) if more else "")
        if 0 <= focused < len(self._buttons):
            self._buttons[focused].setFocus(Qt.FocusReason.OtherFocusReason)
