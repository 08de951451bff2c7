"""The lane of a drill: one thread with its own connection plays the day; the screens are told how it stands."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from hall_desk.errors import DatabaseAway, DatabaseBusy, HallDeskError

if TYPE_CHECKING:
    from hall_desk.services.drill import DrillState, Replay
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background

LOOK_S = 0.25
_END_S = 15.0


class DrillLane(QObject):
    """One drill of this program, for all its windows: it lives as long as the other lanes.

    Signals:
        told: a `DrillState`, a few times a second while a drill runs.
        refused: a `HallDeskError`: the drill did not begin, or a command was not carried out.
    """

    told = Signal(object)
    refused = Signal(object)
    _came = Signal(object)
    _failed = Signal(object)

    def __init__(self, background: Background, store: Store) -> None:
        super().__init__(background)
        self.setObjectName("drill_lane")
        self.state: DrillState | None = None
        self._background = background
        self._store = store
        self._thread: threading.Thread | None = None
        self._commands: queue.SimpleQueue[Callable[[Replay], object] | None] = queue.SimpleQueue()
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._fail, Qt.ConnectionType.QueuedConnection)
        background.ending.connect(self.end)

    @classmethod
    def of(cls, background: Background, store: Store) -> DrillLane:
        """The program's drill lane, made when it is first asked for."""
        found = background.findChild(DrillLane, "drill_lane")
        return found if isinstance(found, DrillLane) else cls(background, store)

    @property
    def running(self) -> bool:
        """Whether a drill is on its way or about to begin; one that is over has a debriefing and runs no more."""
        return self._thread is not None and self._thread.is_alive()

    # --- commands: each returns at once -------------------------------------------------------

    def begin(self, make: Callable[[], Replay], times: int) -> None:
        """Begins the drill that `make` gives, in the lane's thread; does nothing while one runs."""
        if self.running:
            return
        self.state = None
        self._commands = queue.SimpleQueue()
        thread = threading.Thread(
            target=self._run,
            args=(make, times, self._commands),
            name="hall-desk-drill",
            daemon=True,
        )
        self._thread = thread
        thread.start()

    def set_pace(self, times: int) -> None:
        """So many times the pace of the day; 0 pauses."""
        self._commands.put(lambda replay: replay.run(times))

    def step(self) -> None:
        """Pauses, and plays the next act."""
        self._commands.put(lambda replay: replay.step())

    def stop(self) -> None:
        """Ends the drill where it is; its debriefing is told."""
        self._commands.put(lambda replay: replay.stop())

    def forget(self) -> None:
        """The debriefing was read."""
        if not self.running:
            self.state = None
            self.told.emit(None)

    @Slot()
    def end(self) -> None:
        """The program ends: so does the drill, and the hall's clock goes on as clocks do. Waits for it."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._commands.put(None)
            thread.join(_END_S)

    # --- the thread ----------------------------------------------------------------------------

    def _run(
        self,
        make: Callable[[], Replay],
        times: int,
        commands: queue.SimpleQueue[Callable[[Replay], object] | None],
    ) -> None:
        try:
            replay = make()
            replay.run(times)
            self._came.emit(replay.state())
            self._go_on(replay, commands)
        except BaseException as error:  # noqa: BLE001  the bridge is where every error is caught
            self._failed.emit(error)
        finally:
            self._store.close_thread()

    def _go_on(
        self, replay: Replay, commands: queue.SimpleQueue[Callable[[Replay], object] | None]
    ) -> None:
        while not replay.over:
            try:
                command = commands.get(timeout=LOOK_S)
            except queue.Empty:
                pass
            else:
                if command is None:
                    replay.stop()
                    return
                self._obey(replay, command)
            try:
                replay.advance()
                self._came.emit(replay.state())
            except (DatabaseAway, DatabaseBusy):
                continue  # the day stands still until the database is there again
        replay.stop()
        self._came.emit(replay.state())

    def _obey(self, replay: Replay, command: Callable[[Replay], object]) -> None:
        try:
            command(replay)
        except HallDeskError as error:
            self._failed.emit(error)

    # --- the UI thread -------------------------------------------------------------------------

    @Slot(object)
    def _take(self, state: DrillState) -> None:
        self.state = state
        self.told.emit(state)

    @Slot(object)
    def _fail(self, error: BaseException) -> None:
        if isinstance(error, HallDeskError):
            self.refused.emit(error)
        else:
            self._background.found_bug(error)
