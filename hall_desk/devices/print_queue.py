"""Printing what waits, and what becomes of a job that did not come out.

A clerk expects the receipt when the roll has been changed, and does not expect it an hour later. So a job whose printer
was not reached, busy, without paper or open, **and that had not begun**, is tried again every few seconds until it is
ten minutes old; then it has failed, and a person decides. Everything else has failed at once. What had begun is never
printed again by itself, since half of it may lie in the printer.

Jobs of one printer come out in their order: while the first waits for its printer, the others behind it wait too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk.devices import printer_address, printing
from hall_desk.errors import BadInput, CannotPrint

if TYPE_CHECKING:
    from hall_desk.store.print_jobs import PrintJob, PrintJobs

# What passes by itself, or when somebody puts paper in.
PASSING = frozenset({"offline", "no_paper", "cover_open", "busy", "stopped"})
TRIED_FOR_S = 600.0
PAUSES_S = (2.0, 3.0, 5.0)  # the last one again and again: a new roll is not waited for
_OTHER_PROGRAM_S = 30.0

Put = Callable[["PrintJob"], None]


def put(job: PrintJob) -> None:
    """Prints one job now. Raises CannotPrint."""
    try:
        address = printer_address.parse(job.printer)
    except BadInput:
        raise CannotPrint(printer=job.printer, reason="bad_address") from None
    try:
        pdf = Path(job.file).read_bytes()
    except OSError as error:
        raise CannotPrint(printer=address.place, reason="lost_file") from error
    pages = printing.only(pdf, job.pages, job.copies)
    printing.put(pages, address, title=job.title, roll=job.roll)


def print_waiting(
    jobs: PrintJobs, put: Put = put, clock: Callable[[], float] = time.time
) -> list[PrintJob]:
    """Prints what is due, in order, and gives the jobs that were tried as they stand now. Raises CannotWrite.

    Where another program of this PC is printing it waits for it.
    """
    tried = []
    with jobs.printing(_OTHER_PROGRAM_S) as allowed:
        stuck: set[str] = set()
        for job in jobs.waiting() if allowed else ():
            now = clock()
            if job.printer in stuck:
                continue
            if job.error and job.next_try > now:
                stuck.add(job.printer)
                continue
            if now - job.saved > TRIED_FOR_S:
                # Found after the PC was off, or tried for long enough: no paper comes as a surprise.
                jobs.step(job.id, "failed", "waiting", error=job.error or "offline")
            else:
                _print(jobs, job, put, clock, stuck)
            tried.append(jobs.get(job.id))
    return tried


def next_try(jobs: PrintJobs) -> float | None:
    """When something waiting is to be tried again (seconds since 1970); None when nothing waits."""
    return min((job.next_try for job in jobs.waiting()), default=None)


def _print(
    jobs: PrintJobs, job: PrintJob, put: Put, clock: Callable[[], float], stuck: set[str]
) -> None:
    if not jobs.step(job.id, "printing", "waiting", tries=job.tries + 1):
        return  # dropped meanwhile
    try:
        put(job)
    except CannotPrint as error:
        begun = bool(error.facts.get("begun"))
        passing = error.reason in PASSING and not begun
        now = clock()
        if passing:
            stuck.add(job.printer)
        again = passing and now - job.saved < TRIED_FOR_S
        pause = PAUSES_S[min(job.tries, len(PAUSES_S) - 1)]
        jobs.step(
            job.id,
            "waiting" if again else "failed",
            "printing",
            error=error.reason,
            begun=begun,
            next_try=now + pause,
        )
    except BaseException:
        # A mistake of ours: nobody knows how far it came.
        jobs.step(job.id, "unknown", "printing", begun=True)
        raise
    else:
        jobs.step(job.id, "printed", "printing", error="", begun=False)


# --- what a person decides ---------------------------------------------------------------------------------


def again(jobs: PrintJobs, job_id: int, printer: str = "", roll: str = "") -> bool:
    """Tries a job again at once, on `printer` if one is named; False when it is not in need of it any more."""
    job = jobs.get(job_id)
    return jobs.step(
        job_id, "waiting", "failed", "unknown", "waiting", "kept",
        error="", begun=False, next_try=0.0, saved=time.time(),
        printer=printer or job.printer, roll=roll or job.roll,
    )  # fmt: skip


def came_out(jobs: PrintJobs, job_id: int) -> bool:
    """A person says that the paper lies there."""
    return jobs.step(job_id, "printed", "failed", "unknown", error="", begun=False)


def drop(jobs: PrintJobs, job_id: int) -> bool:
    """Takes a job off the list; its PDF stays in the papers folder."""
    return jobs.step(job_id, "dropped", "failed", "unknown", "waiting")
