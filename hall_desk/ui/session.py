"""One signed-in person at one screen: who acts, in which hall, and what the screens are told."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from hall_desk.i18n import _
from hall_desk.settings import Settings, default_folder
from hall_desk.store import changes
from hall_desk.store.changes import Changed
from hall_desk.ui.journal_keeper import JournalKeeper
from hall_desk.ui.mail_keeper import MailKeeper
from hall_desk.ui.outbox_keeper import OutboxKeeper
from hall_desk.ui.print_keeper import PrintKeeper

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.accounts import Actor
    from hall_desk.store.changes import Listener
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background
    from hall_desk.ui.notices import Notices
    from hall_desk.ui.papers import Options

COALESCE_MS = 50
LISTENING_S = 1.0  # a server that is away is not waited for
# From here on a PC's clock is called wrong. Nothing depends on it: times are the server's.
CLOCK_MAY_DIFFER = timedelta(minutes=5)


class Session(QObject):
    """What every page and dialog is given.

    Signals:
        changed: a `Changed`, whatever PC it came from; several within 50 ms are told as one.
        online_changed: whether the database can be reached.
        ticked: once a second, the hall's time (UTC), for clocks.
        went: a page's name and what it is to show.
        key_wanted: a key of `key_map`, pressed by other means than the keyboard.
        paper_told: what became of a paper (kind `info`, `success` or `error`, and a sentence).
        settings_changed: this PC's settings are other ones now.
        clock_differed: a sentence about this PC's wrong clock; told once, and empty when it is right again.
        actor_changed: somebody else with the same rights goes on with what is on the screen, or the same one is
            called otherwise now.
    """

    changed = Signal(object)
    online_changed = Signal(bool)
    ticked = Signal(object)
    went = Signal(str, dict)
    key_wanted = Signal(str)
    paper_told = Signal(str, str)
    clock_differed = Signal(str)
    actor_changed = Signal()
    settings_changed = Signal()
    _arrived = Signal(object)

    def __init__(
        self,
        store: Store,
        actor: Actor,
        background: Background,
        notices: Notices,
        settings: Settings | None = None,
        papers: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.actor = actor
        self.background = background
        self.notices = notices
        self.settings = settings or Settings()
        # Where every printed paper is also kept as PDF.
        self.papers = papers or default_folder() / "papers"
        # Where dialogs are laid over the pages; a window of their own where there is no main window.
        self.dialog_place: QWidget | None = None
        self.online = not store.away
        self.clock_warning = ""
        self._waiting: list[Changed] = []
        self._coalesce = QTimer(self)
        self._coalesce.setSingleShot(True)
        self._coalesce.setInterval(COALESCE_MS)
        self._coalesce.timeout.connect(self._tell)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._listener: Listener | None = None
        self.outbox = OutboxKeeper(self)
        self.journal = JournalKeeper(self)
        self.printing = PrintKeeper(self, self.papers.parent)
        self.mailing = MailKeeper(self)
        self._listen()

    def now(self) -> datetime:
        """The hall's time in UTC, without asking the database."""
        return self.store.estimated_now()

    def today(self) -> date:
        """The service day of this moment."""
        return self.store.day_of(self.now())

    def go(self, page: str, **what: Any) -> None:
        """Shows the page of that name and gives it `what` (see `Page.show_with`)."""
        self.went.emit(page, what)

    def press(self, key: str) -> None:
        """Does what a key does on the page that is shown (its name as in `key_map`), as a button beside a text asks."""
        self.key_wanted.emit(key)

    def use_settings(self, settings: Settings) -> None:
        """Puts other settings of this PC in force, which have been saved."""
        self.settings = settings
        self.settings_changed.emit()

    def print_pdf(
        self,
        pdf: bytes | Callable[[], bytes],
        title: str,
        purpose: str,
        options: Options | None = None,
    ) -> None:
        """Keeps a paper in the papers folder and has it printed; the status bar tells.

        `pdf` may be a function that makes the bytes, which then runs in the devices lane too.
        `purpose` chooses the printer and begins the file's name: `slip`, `receipt`, `routing_slip`, `report`.
        """
        from hall_desk.ui import papers

        papers.send(self, pdf, title, purpose, options)

    def take_over(self, actor: Actor) -> None:
        """Lets another person with the same rights go on with what is on the screen; all is read again for them.

        Also the same person, who or whose window has another name now.
        """
        self.actor = actor
        self.actor_changed.emit()
        self.read_all_again()

    def rest(self) -> None:
        """Listens no more and reads nothing, until `wake`: its person is away and another one has the screen."""
        listener = self._rest()
        if listener is not None:
            self.background.devices(self.background, listener.stop)

    def wake(self, actor: Actor) -> None:
        """Goes on after `rest`, for the same person as they signed in now."""
        self.actor = actor
        self.actor_changed.emit()
        self._listen()
        self.outbox.start()
        self.journal.start()
        if self.online == self.store.away:
            self.online = not self.store.away
            self.online_changed.emit(self.online)
        self.read_all_again()

    def stop(self) -> None:
        """Ends the listening for good, without waiting for it; the lanes belong to whoever made them."""
        self.printing.stop()
        self.mailing.stop()
        listener = self._rest()
        if listener is not None:
            # Its thread may be waiting for a server that is away. The session outlives it.
            self.background.devices(self.background, listener.stop, self._listener_ended)

    def _listen(self) -> None:
        self._second.start()
        self._listener = changes.listen(self.store, self._arrived.emit)
        # Nothing is read before somebody listens: what is written in between would be seen by nobody.
        listening = self._listener.listening
        self.background.data(self, lambda: listening.wait(LISTENING_S))

    def _rest(self) -> Listener | None:
        self._second.stop()
        self._coalesce.stop()
        self._waiting.clear()
        self.outbox.stop()
        self.journal.stop()
        listener, self._listener = self._listener, None
        return listener

    def read_all_again(self) -> None:
        """Tells every screen to read again what it shows: the hall is another one now."""
        self._take(Changed(everything=True, online=self.online))

    def _listener_ended(self, _nothing: None) -> None:
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
        if self._listener is None:
            return  # said on the way to its rest
        together = functools.reduce(operator.or_, waiting)
        if "hall" in together.topics:
            # The clock of a practice hall may run at another pace now.
            self.background.data(self, self.store.learn_clock)
        self.changed.emit(together)

    @Slot()
    def _tick(self) -> None:
        self.ticked.emit(self.now())
        ahead = self.store.pc_ahead
        words = clock_sentence(ahead) if abs(ahead) > CLOCK_MAY_DIFFER else ""
        if bool(words) != bool(self.clock_warning):
            self.clock_warning = words
            self.clock_differed.emit(words)


def clock_sentence(ahead: timedelta) -> str:
    """How wrong this PC's clock is."""
    minutes = round(abs(ahead).total_seconds() / 60)
    how_far = _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    if ahead > timedelta():
        said = _("This PC's clock is {how_far} fast. Set it; until then the server's time is used.")
    else:
        said = _("This PC's clock is {how_far} slow. Set it; until then the server's time is used.")
    return said.format(how_far=how_far)
