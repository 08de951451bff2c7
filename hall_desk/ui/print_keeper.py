"""Prints what waits on this PC, in a lane of its own, and tells what wants a person's eye."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from hall_desk import i18n
from hall_desk.devices import print_queue, printer_address
from hall_desk.errors import BadInput, CannotPrint
from hall_desk.i18n import _
from hall_desk.store.print_jobs import PrintJob, PrintJobs
from hall_desk.ui import papers

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

_LEAST_PAUSE_MS = 200


class PrintKeeper(QObject):
    """One per session.

    Signals:
        told: the jobs, those in trouble first (see `PrintJobs.latest`), whenever one may have changed.
    """

    told = Signal(list)

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session)
        self._session = session
        self.jobs = PrintJobs(folder)
        self.latest: list[PrintJob] = []
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.print_waiting)
        self._stopped = False
        # What an earlier run left is told, and printed while it is young.
        self.print_waiting()

    def stop(self) -> None:
        """Prints nothing more by itself; what waits is printed by the next session."""
        self._stopped = True
        self._again.stop()
        self._session.background.printing(self._session.background, self.jobs.close)

    def saved(self, job: PrintJob) -> None:
        """A job has been saved: prints it."""
        if job.state == "kept":
            self._session.paper_told.emit("success", papers.told(job))
            self.reload()
        else:
            self.print_waiting()

    def print_waiting(self) -> None:
        """Prints what is due now."""
        jobs = self.jobs
        self._session.background.printing(
            self,
            lambda: (print_queue.print_waiting(jobs), jobs.latest(), print_queue.next_try(jobs)),
            self._printed,
            self._failed,
        )

    def reload(self) -> None:
        jobs = self.jobs
        self._session.background.printing(self, jobs.latest, self._tell, self._failed)

    def again(self, job: PrintJob, printer: str = "") -> None:
        """Prints a job once more, on another printer if one is named."""
        self._decide(lambda: print_queue.again(self.jobs, job.id, printer))

    def again_all(self) -> None:
        """Tries everything again that did not come out and had not begun."""
        ids = [job.id for job in self.latest if job.troubled and not job.begun]
        self._decide(lambda: [print_queue.again(self.jobs, one) for one in ids])

    def came_out(self, job: PrintJob) -> None:
        self._decide(lambda: print_queue.came_out(self.jobs, job.id))

    def drop(self, job: PrintJob) -> None:
        self._decide(lambda: print_queue.drop(self.jobs, job.id))

    def _decide(self, work: object) -> None:
        assert callable(work)
        self._session.background.printing(
            self, work, lambda _done: self.print_waiting(), self._failed
        )

    def _printed(self, done: tuple[list[PrintJob], list[PrintJob], float | None]) -> None:
        tried, latest, next_try = done
        for job in tried:
            if job.state == "printed":
                self._session.paper_told.emit("success", papers.told(job))
            elif job.troubled:
                self._session.paper_told.emit("error", cause(job))
        self._tell(latest)
        if next_try is not None and not self._stopped:
            wait = round((next_try - time.time()) * 1000)
            self._again.start(max(_LEAST_PAUSE_MS, wait))

    def _tell(self, latest: list[PrintJob]) -> None:
        self.latest = latest
        self.told.emit(latest)

    def _failed(self, error: HallDeskError) -> bool:
        self._session.paper_told.emit("error", i18n.explain(error))
        return True


def printer_words(printer: str) -> str:
    """A printer as people call it: its queue's name, its address without the technical beginning."""
    try:
        address = printer_address.parse(printer)
    except BadInput:
        return printer
    if not address.prints:
        return _("No printer")
    if address.kind == "folder":
        return _("Folder {name}").format(name=Path(address.place).name or address.place)
    return address.place


def cause(job: PrintJob) -> str:
    """Why a job has not come out, in a sentence; empty where nothing is wrong."""
    if job.state == "unknown":
        return _("The program ended while this was printed. Look whether the paper came out.")
    if not job.troubled:
        return ""
    error = CannotPrint(printer=printer_words(job.printer), reason=job.error, begun=job.begun)
    return i18n.explain(error)


def trouble_words(jobs: list[PrintJob]) -> str:
    """What the red sign says: the first job in trouble and how many there are."""
    troubled = [job for job in jobs if job.troubled]
    if not troubled:
        return ""
    said = f"{troubled[0].title} · {short_cause(troubled[0])}"
    more = len(troubled) - 1
    return said + (f" (+{more})" if more else "")


def short_cause(job: PrintJob) -> str:
    """The cause in two or three words."""
    return i18n.code("print_trouble", "unknown_outcome" if job.state == "unknown" else job.error)
