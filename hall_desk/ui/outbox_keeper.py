"""Keeps this PC going while its server is away: turns to the picture of the hall, back again, and sends what waits.

Everything happens in the data lane, a little at a time, so that whoever is at the keys has a turn in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from hall_desk.errors import DatabaseAway
from hall_desk.i18n import _, _n
from hall_desk.services import away
from hall_desk.services.away import Waiting

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.away import Sent
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

FIRST_PICTURE_MS = 1500
PICTURE_EVERY_MS = 60_000
LOOK_MS = 1000


class OutboxKeeper(QObject):
    """One per session, of a PC that has an outbox; without one it only says that nothing waits.

    Signals:
        told: a `Waiting` and whether this PC goes on alone, whenever either may have changed.
    """

    told = Signal(object, bool)
    _added = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._store = session.store
        self.waiting = Waiting((), "")
        self.alone = self._store.away
        self._busy = False
        self._changed = True
        self._refused: set[UUID] = set()
        self._why_alone = ""
        if self._store.outbox is None:
            return
        self._added.connect(self.reload, Qt.ConnectionType.QueuedConnection)
        session.online_changed.connect(self._online_changed)
        session.changed.connect(self._note_change)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_around)
        self._picture = QTimer(self)
        self._picture.setInterval(FIRST_PICTURE_MS)
        self._picture.timeout.connect(self._take_picture)
        self.start()

    def start(self) -> None:
        """Keeps the outbox from now on: of several sessions the one whose person is at the screen."""
        if self._store.outbox is not None:
            self._busy, self._changed = False, True
            self._store.outbox.on_added = self._added.emit
            self._look.start()
            self._picture.start()

    def stop(self) -> None:
        """Asks for nothing more."""
        if self._store.outbox is not None:
            self._store.outbox.on_added = lambda: None
            self._look.stop()
            self._picture.stop()

    def reload(self) -> None:
        """Reads again what waits."""
        store = self._store
        self._session.background.data(
            self, lambda: (away.waiting(store), store.away), self._tell, replaces="waiting"
        )

    # --- the server goes and comes --------------------------------------------------------------------

    @Slot(bool)
    def _online_changed(self, online: bool) -> None:
        if online:
            self._come_back()
        else:
            store = self._store
            self._session.background.data(
                self, lambda: away.go_on_alone(store), self._turned, self._failed
            )

    def _turned(self, _alone: bool) -> None:
        self.reload()
        self._session.read_all_again()

    def _come_back(self) -> None:
        if self._busy:
            return
        self._busy = True
        store = self._store
        self._session.background.data(self, store.come_back, self._came_back, self._failed)

    def _came_back(self, _nothing: None) -> None:
        self._why_alone = ""
        self._session.read_all_again()
        self._send()

    def _send(self) -> None:
        self._busy = True
        store = self._store
        self._session.background.data(
            self, lambda: (away.send(store), away.waiting(store)), self._sent, self._failed
        )

    def _sent(self, done: tuple[Sent, Waiting]) -> None:
        sent, waiting = done
        self._tell((waiting, False))
        if sent.left:
            self._send()
            return
        self._busy = False
        if sent.sent:
            self._session.journal.seal_everything()
            self._changed = True
            self._take_picture()
        fresh = {line.id for line in waiting.lines if line.state in ("refused", "differs")}
        if fresh - self._refused:
            self._say_refused(len(fresh))
        elif sent.sent:
            said = _("The server is back and has everything that was recorded here meanwhile.")
            self._session.notices.success(said)
        self._refused = fresh

    def _say_refused(self, count: int) -> None:
        said = _n(
            "{count} record made while the server was away needs a manager's eye.",
            "{count} records made while the server was away need a manager's eye.",
            count,
        )
        self._session.notices.error(
            said.format(count=count), lambda: self._session.go("outbox"), _("Show them")
        )

    def _failed(self, error: HallDeskError) -> None:
        # The next look around tries again; why it failed is said once.
        self._busy = False
        if not isinstance(error, DatabaseAway) and str(error) != self._why_alone:
            self._why_alone = str(error)
            self._session.notices.refused(error)
        self.reload()

    # --- from time to time -----------------------------------------------------------------------------

    @Slot()
    def _look_around(self) -> None:
        if self._store.away or self.alone or self.waiting.to_send:
            self.reload()
        if self._busy or not self._session.online:
            return
        if self._store.away:
            # Alone although somebody hears the server: one connection had failed, or the program was started alone.
            self._come_back()
        elif self.waiting.to_send:
            self._send()

    @Slot(object)
    def _note_change(self, _changed: Changed) -> None:
        self._changed = True

    @Slot()
    def _take_picture(self) -> None:
        self._picture.setInterval(PICTURE_EVERY_MS)
        if not self._changed or self._store.away or not self._session.online:
            return
        self._changed = False
        store = self._store
        self._session.background.data(
            self, lambda: away.take_picture(store), None, self._no_picture, replaces="picture"
        )

    def _no_picture(self, _error: HallDeskError) -> None:
        self._changed = True

    def _tell(self, told: tuple[Waiting, bool]) -> None:
        waiting, alone = told
        if (waiting, alone) != (self.waiting, self.alone):
            grown = alone and len(waiting.lines) > len(self.waiting.lines)
            self.waiting, self.alone = waiting, alone
            self.told.emit(waiting, alone)
            if grown:
                # No server tells the screens of it.
                self._session.read_all_again()
