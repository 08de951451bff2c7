"""What a foyer screen beside a main window lives on: the hall, heard on a connection of its own.

It is not the session of whoever sits at the desk: that one ends when another person signs in, and the screen stays.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from hall_desk.services.accounts import Role
from hall_desk.store import changes
from hall_desk.ui.session import COALESCE_MS

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.store.changes import Changed, Listener
    from hall_desk.ui.session import Session


class Feed(QObject):
    """The part of a `Session` that a `FoyerScreen` needs, with the rights of the foyer.

    Signals `changed` and `online_changed` as of `Session`.
    """

    changed = Signal(object)
    online_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.store = session.store
        self.actor = replace(session.actor, role=Role.FOYER, window_id=None, window_number="")
        self.background = session.background
        self.settings = session.settings
        self.online = session.online
        self._waiting: list[Changed] = []
        self._coalesce = QTimer(self)
        self._coalesce.setSingleShot(True)
        self._coalesce.setInterval(COALESCE_MS)
        self._coalesce.timeout.connect(self._tell)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._listener: Listener | None = changes.listen(self.store, self._arrived.emit)

    def now(self) -> datetime:
        """The hall's time in UTC, without asking the database."""
        return self.store.estimated_now()

    def stop(self) -> None:
        """Ends the listening, without waiting for it."""
        self._coalesce.stop()
        listener, self._listener = self._listener, None
        if listener is not None:
            self.background.devices(self.background, listener.stop, self._ended)

    def _ended(self, _nothing: None) -> None:
        self.deleteLater()

    @Slot(object)
    def _take(self, change: Changed) -> None:
        if change.online != self.online:
            self.online = change.online
            self.online_changed.emit(change.online)
        self._waiting.append(change)
        if not self._coalesce.isActive():
            self._coalesce.start()

    @Slot()
    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.changed.emit(functools.reduce(operator.or_, waiting))
