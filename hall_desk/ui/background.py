"""The one bridge between threads: work goes down five lanes, results and errors come back to the UI thread.

The data lane is one thread with its own database connection; the devices lane makes papers, the printing lane prints,
the reports lane does what takes seconds, and the mail lane waits for mail servers: neither a claim nor a receipt waits
for them.
A lane is given plain values and returns plain values. What a job is for (its owner and the two methods
that take its outcome) never leaves the UI thread.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from hall_desk.errors import DatabaseAway, HallDeskError, Stopped
from hall_desk.logs import log_bug

if TYPE_CHECKING:
    from hall_desk.services.progress import Progress
    from hall_desk.store.database import Store

T = TypeVar("T")

_log = logging.getLogger("hall_desk.ui")


@dataclass
class _Job:
    owner: QObject
    work: Callable[[], Any]
    done: Callable[[Any], object] | None
    failed: Callable[[HallDeskError], object] | None
    slot: str
    progress: Progress | None = None
    stale: bool = False
    ended: bool = False
    result: Any = None
    error: BaseException | None = None


class Background(QObject):
    """Runs work off the UI thread.

    Signals:
        refused: an expected error that nobody took; a sentence is to be shown.
        bug_found: the id under which a programming error was logged.
        became_idle: nothing is left to do in any lane.
        ending: the lanes are about to stop; whoever has a thread of their own on this hall ends it now.
    """

    refused = Signal(object)
    bug_found = Signal(str)
    became_idle = Signal()
    ending = Signal()
    _ended = Signal(int)

    def __init__(self, store: Store | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[int, _Job] = {}
        self._numbers = itertools.count(1)
        self._stopped = False
        close = (lambda: None) if store is None else store.close_thread
        self._data_lane = _Lane("data", self._jobs, self._ended.emit, close)
        self._devices_lane = _Lane("devices", self._jobs, self._ended.emit, close)
        self._printing_lane = _Lane("printing", self._jobs, self._ended.emit, lambda: None)
        self._reports_lane = _Lane("reports", self._jobs, self._ended.emit, close, rests=True)
        self._mail_lane = _Lane("mail", self._jobs, self._ended.emit, close, rests=True)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def data(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[HallDeskError], object] | None = None,
        *,
        replaces: str = "",
    ) -> None:
        """Runs `work` in the data lane; `done` or `failed` is called on the UI thread.

        `failed` returns False for an error it does not take; without it the error goes to the notices.
        `replaces` names a question of which only the newest answer matters (a search while typing): an
        older one of the same owner and name is not asked, or its answer not delivered.
        """
        self._give(self._data_lane, owner, work, done, failed, replaces)

    def devices(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[HallDeskError], object] | None = None,
        *,
        replaces: str = "",
    ) -> None:
        """As `data`, for what makes and renders PDFs: a long report never delays a claim."""
        self._give(self._devices_lane, owner, work, done, failed, replaces)

    def printing(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[HallDeskError], object] | None = None,
    ) -> None:
        """As `devices`, for what waits for a printer: one that is off never delays a preview."""
        self._give(self._printing_lane, owner, work, done, failed, "")

    def reports(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[HallDeskError], object] | None = None,
        *,
        replaces: str = "",
        progress: Progress | None = None,
    ) -> None:
        """As `data`, for what takes seconds; its connection is closed when it has ended.

        `progress` is stopped when the work is replaced, and when the program ends.
        """
        self._give(self._reports_lane, owner, work, done, failed, replaces, progress)

    def mail(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[HallDeskError], object] | None = None,
        *,
        progress: Progress | None = None,
    ) -> None:
        """As `reports`, for what waits for a mail server."""
        self._give(self._mail_lane, owner, work, done, failed, "", progress)

    def idle(self) -> bool:
        return not self._jobs

    def stop(self, timeout_s: float = 15.0) -> None:
        """Finishes what was asked for, closes the lanes' connections and ends their threads."""
        if self._stopped:
            return
        self._stopped = True
        self.ending.emit()
        for job in self._jobs.values():
            if job.progress is not None:
                job.progress.stop()
        for lane in (
            self._data_lane,
            self._devices_lane,
            self._printing_lane,
            self._reports_lane,
            self._mail_lane,
        ):
            lane.stop(timeout_s)
        for number in [number for number, job in self._jobs.items() if job.ended]:
            self._deliver(number)

    def found_bug(self, error: BaseException) -> None:
        """The door for programming errors: logged once, told with its id, and the program goes on."""
        self.bug_found.emit(log_bug(error))

    def _give(
        self,
        lane: _Lane,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], object] | None,
        failed: Callable[[HallDeskError], object] | None,
        replaces: str,
        progress: Progress | None = None,
    ) -> None:
        if self._stopped:
            _log.info("a job was asked for after the lanes had stopped")
            return
        if replaces:
            for job in self._jobs.values():
                if job.owner is owner and job.slot == replaces:
                    job.stale = True
                    if job.progress is not None:
                        job.progress.stop()
        number = next(self._numbers)
        self._jobs[number] = _Job(owner, work, done, failed, replaces, progress)
        lane.put(number)

    @Slot(int)
    def _deliver(self, number: int) -> None:
        job = self._jobs.pop(number, None)
        if job is None:
            return
        if not isValid(job.owner) or (job.stale and job.error is None):
            if job.error is not None:
                if isinstance(job.error, HallDeskError):
                    _log.warning("refused for a screen that is gone: %s", job.error)
                else:
                    log_bug(job.error)
        elif job.error is None:
            if job.done is not None:
                self._call(job.done, job.result)
        elif not isinstance(job.error, HallDeskError):
            self.found_bug(job.error)
        elif isinstance(job.error, Stopped) and job.stale:
            pass
        elif job.stale:
            _log.warning("refused, and no longer of interest: %s", job.error)
        elif job.failed is None or self._call(job.failed, job.error) is False:
            self.refused.emit(job.error)
        if not self._jobs:
            self.became_idle.emit()

    def _call(self, method: Callable[[Any], object], value: Any) -> object:
        try:
            return method(value)
        except Exception as error:  # noqa: BLE001  the bridge is where bugs end
            self.found_bug(error)
            return None


class _Lane:
    """One worker thread that does the jobs whose numbers it is given, in order. One that `rests` closes its connection
    after each: it is seldom needed, and a server counts connections."""

    def __init__(
        self,
        name: str,
        jobs: dict[int, _Job],
        ended: Callable[[int], object],
        close: Callable[[], object],
        *,
        rests: bool = False,
    ) -> None:
        self._rests = rests
        self._numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._jobs = jobs
        self._ended = ended
        self._close = close
        self._thread = threading.Thread(target=self._run, name=f"hall-desk-{name}", daemon=True)
        self._thread.start()

    def put(self, number: int) -> None:
        self._numbers.put(number)

    def stop(self, timeout_s: float) -> None:
        self._numbers.put(0)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while number := self._numbers.get():
            job = self._jobs[number]
            self._do(job)
            if self._rests:
                self._let_go()
            job.ended = True
            del job
            self._ended(number)
        self._let_go()

    def _let_go(self) -> None:
        try:
            self._close()
        except Exception as error:  # noqa: BLE001  the work is done; there is nobody to tell
            log_bug(error)

    @staticmethod
    def _do(job: _Job) -> None:
        # The job stays in the dictionary of the UI thread, so its last reference never dies here.
        if job.stale:
            return
        try:
            try:
                job.result = job.work()
            except DatabaseAway:
                # One connection may have been killed. A question does no harm when it is asked twice.
                if not job.slot:
                    raise
                job.result = job.work()
        except BaseException as error:  # noqa: BLE001  the bridge is where every error is caught
            job.error = error
