"""The screen in the foyer: reads what may be shown, announces call after call, says when the server is away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from hall_desk import i18n
from hall_desk.devices.voice import Voice
from hall_desk.i18n import _
from hall_desk.services import foyer
from hall_desk.services.foyer import Shown
from hall_desk.ui.drill.watermark import Watermark
from hall_desk.ui.foyer import scene
from hall_desk.ui.foyer.announcer import Announcer
from hall_desk.ui.foyer.feed import Feed
from hall_desk.ui.foyer.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

TOPICS = frozenset({"ticket", "foyer", "window", "matter"})
STEP_MS = 200
HINT_S = 6.0
# The minutes that are left run down without anybody writing anything, and a day ends at midnight.
READ_AGAIN_S = 20.0
LOOK_AGAIN_S = 2.0  # while the server is away


class FoyerScreen(Picture):
    """A window that only shows. Escape or F11 leaves the full screen, Escape again closes it.

    On a `Feed` it stands beside a main window and ends the feed when it closes; on a `Session` it is all that the
    foyer's account has. `clock` counts seconds; the PC's settings mute `voice`.

    Signals:
        closed: the window was closed.
        person_switch_asked, language_picked: as of `MainWindow`, for the account that has nothing but this screen.
    """

    closed = Signal()
    person_switch_asked = Signal()
    language_picked = Signal(str)

    def __init__(
        self,
        session: Session | Feed,
        *,
        voice: Voice | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.session = session
        self.voice = voice or Voice(muted=session.settings.foyer_sound == "off")
        self.announcer = Announcer(clock, self.voice.busy)
        self._ended = False
        self._clock = clock
        self._shown: Shown | None = None
        self._read_at = self._opened_at = clock()
        self._away_since: datetime | None = None
        self.setWindowTitle(_("Foyer screen") + " · " + session.actor.hall_name)
        self.setMinimumSize(640, 360)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for key, run in (
            ("F11", self._toggle_full),
            ("Ctrl+L", self.person_switch_asked.emit),
            ("Ctrl+Q", self.close),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(run)
        session.changed.connect(self._on_changed)
        session.online_changed.connect(self._on_online)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)
        self._timer.start()
        if session.store.practice:
            Watermark(self, dark=True)
        self.destroyed.connect(self.voice.stop)  # also when nobody closed the window first
        self.reload()

    # --- what is shown -------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads again what may be shown; while the server is away the last picture stays."""
        self._read_at = self._clock()
        session = self.session
        if not session.online or session.store.away:
            self._is_away()
            return
        actor = self.session.actor
        self.session.background.data(
            self, lambda: foyer.shown(actor), self._take, self._refused, replaces="shown"
        )

    def step(self) -> None:
        """What time alone changes: the next announcement, the page of a long list, the clock."""
        call = self.announcer.step()
        if call is not None:
            self.voice.announce(scene.spoken(call.line), i18n.language())
        again = READ_AGAIN_S if self._away_since is None else LOOK_AGAIN_S
        if self._clock() - self._read_at >= again:
            self.reload()
        self._draw()

    def _take(self, shown: Shown) -> None:
        self._shown = shown
        self._away_since = None
        self.announcer.take(shown)
        self.step()

    def _refused(self, _error: HallDeskError) -> None:
        # Nobody in the foyer can do anything about it: the last picture stays, and its time is told.
        self._is_away()

    def _is_away(self) -> None:
        if self._away_since is None:
            self._away_since = self.session.now() if self._shown is None else self._shown.at
        self._draw()

    def _draw(self) -> None:
        away = self._away_since
        shown = self._shown
        if shown is None:
            if away is None:
                return
            shown = Shown(self.session.actor.hall_name, away, (), (), (), ())
        local = self.session.store.local
        current = self.announcer.current
        self.show_scene(
            scene.make(
                shown,
                local(self.session.now()),
                featured=self.announcer.featured(shown),
                announced=current is not None,
                seconds=self._clock(),
                away_since=None if away is None else local(away),
                hint=self._hint(),
            )
        )

    def _hint(self) -> str:
        """How to leave, for whoever has just opened it over their own work."""
        fresh = self._clock() - self._opened_at < HINT_S
        return _("Esc leaves the full screen") if fresh and isinstance(self.session, Feed) else ""

    def _on_changed(self, changed: Changed) -> None:
        if changed.touches(TOPICS):
            self.reload()

    def _on_online(self, _online: bool) -> None:
        self.reload()

    # --- the window ----------------------------------------------------------------------------------

    def _toggle_full(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.isFullScreen():
            self.showNormal()
        elif isinstance(self.session, Feed):
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.end()
        self.closed.emit()

    def end(self) -> None:
        """Falls silent and stops listening."""
        if self._ended:
            return
        self._ended = True
        self._timer.stop()
        self.voice.stop()
        if isinstance(self.session, Feed):
            self.session.stop()
