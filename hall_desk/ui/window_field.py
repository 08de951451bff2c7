"""Choosing a window: typing its number is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from hall_desk.i18n import _
from hall_desk.services import matters
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.slip_choices import window_words

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.matters import WindowLine
    from hall_desk.ui.session import Session


class WindowField(LabelledField):
    """The hall's windows; none is chosen until somebody or a matter chooses one. `window_chosen` gives its key."""

    window_chosen = Signal(object)

    def __init__(self, session: Session, chosen: UUID | None = None) -> None:
        self.chooser = QComboBox()
        super().__init__(_("Window"), self.chooser)
        self._wanted = chosen
        self.chooser.addItem(_("Choose a window"), None)
        self.chooser.activated.connect(self._activated)
        actor = session.actor
        session.background.data(
            self, lambda: matters.windows(actor), self._offer, lambda _error: None
        )

    def window_id(self) -> UUID | None:
        """The window that is chosen, also before the list has come."""
        return self._wanted

    def choose(self, window_id: UUID | None) -> None:
        """Chooses a window from the program."""
        self._wanted = window_id
        self._show_wanted()
        self.clear_error()

    def _offer(self, windows: list[WindowLine]) -> None:
        for line in windows:
            self.chooser.addItem(window_words(line), line.id)
        self._show_wanted()

    def _show_wanted(self) -> None:
        # Not `findData`: Qt compares keys of Python as objects.
        keys = [self.chooser.itemData(number) for number in range(self.chooser.count())]
        self.chooser.setCurrentIndex(keys.index(self._wanted) if self._wanted in keys else 0)

    def _activated(self, number: int) -> None:
        self._wanted = self.chooser.itemData(number)
        self.clear_error()
        self.window_chosen.emit(self._wanted)
