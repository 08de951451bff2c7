"""Has the journal sealed: this PC tries once a minute, as all others do, and one of them is first.

Every PC does it, whoever sits there, a batch at a time, so that whoever is at the keys has a turn in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from hall_desk.services import journal

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

EVERY_MS = 60_000


class JournalKeeper(QObject):
    """One per session. It rests while the server is away: what is written then is sealed when it was sent."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._look)
        self.start()

    def start(self) -> None:
        """Seals from now on: of several sessions the one whose person is at the screen."""
        self._busy = False
        self._timer.start()

    def stop(self) -> None:
        """Asks for nothing more."""
        self._timer.stop()

    def seal_everything(self) -> None:
        """Seals at once whatever no seal covers, of all days: when a day is closed, or records came late."""
        self._ask(everything=True)

    @Slot()
    def _look(self) -> None:
        if not self._busy:
            self._ask(everything=False)

    def _ask(self, *, everything: bool) -> None:
        if self._session.store.away or not self._session.online:
            return
        self._busy = True
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: journal.seal_due(actor, everything=everything),
            self._done,
            self._failed,
        )

    def _done(self, left: bool) -> None:
        self._busy = False
        if left:
            # Not `_look`: this batch was made just now, and the next would be put off for that.
            self._ask(everything=True)

    def _failed(self, _error: HallDeskError) -> None:
        # The next minute tries again; a server that is away is told of elsewhere.
        self._busy = False
