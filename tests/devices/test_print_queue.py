"""Print jobs: saved first, printed after, never twice by themselves, whatever dies in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hall_desk.devices import print_queue, slip_printer
from hall_desk.documents.trial import CODE, trial_page
from hall_desk.errors import CannotPrint
from hall_desk.store.print_jobs import FILE, PrintJob, PrintJobs
from tests.devices.slip_printers import NO_PAPER, READY, Behaviour, TcpPrinter, codes_in, picture_of

NOON = datetime(2020, 2, 21, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _strangers() -> Iterator[None]:
    slip_printer.forget_habits()
    yield
    slip_printer.forget_habits()


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[PrintJobs]:
    made = PrintJobs(tmp_path)
    yield made
    made.close()


def a_job(folder: Path, printer: str, title: str = "回执 A018") -> PrintJob:
    file = folder / "paper.pdf"
    if not file.exists():
        file.write_bytes(trial_page("80", "前台", NOON))
    return PrintJob(title, "receipt", str(file), printer, NOON)


def states(jobs: PrintJobs) -> list[tuple[str, str]]:
    return [(job.state, job.error) for job in sorted(jobs.latest(), key=lambda job: job.id)]


def test_a_job_is_printed_once(jobs: PrintJobs, tmp_path: Path) -> None:
    with TcpPrinter() as printer:
        saved = jobs.add(a_job(tmp_path, printer.address))
        assert states(jobs) == [("waiting", "")]
        print_queue.print_waiting(jobs)
        print_queue.print_waiting(jobs)
        assert not print_queue.again(jobs, saved.id)  # it came out: there is nothing to try again
        print_queue.print_waiting(jobs)
    assert states(jobs) == [("printed", "")]
    assert [codes_in(picture_of(job)) for job in printer.papers()] == [{CODE}]


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_only_this_user_reads_the_job_file(jobs: PrintJobs, tmp_path: Path) -> None:
    jobs.add(a_job(tmp_path, "none"))
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_nothing_is_made_before_the_first_paper(jobs: PrintJobs, tmp_path: Path) -> None:
    assert print_queue.print_waiting(jobs) == []
    assert jobs.latest() == []
    assert list(tmp_path.iterdir()) == []


def test_it_comes_out_when_paper_was_put_in(jobs: PrintJobs, tmp_path: Path) -> None:
    now = time.time()
    with TcpPrinter(Behaviour(answers=NO_PAPER)) as printer:
        for title in ("回执 A018", "流转单 A018"):
            jobs.add(a_job(tmp_path, printer.address, title))
        tried = print_queue.print_waiting(jobs, clock=lambda: now)
        assert [(job.title, job.error) for job in tried] == [("回执 A018", "no_paper")]
        # The one behind it waits for its turn without trying.
        assert states(jobs) == [("waiting", "no_paper"), ("waiting", "")]
        printer.behaviour.answers = READY
        assert print_queue.print_waiting(jobs, clock=lambda: now + 0.5) == []  # not yet
        print_queue.print_waiting(jobs, clock=lambda: now + 3)
    assert states(jobs) == [("printed", ""), ("printed", "")]
    assert len(printer.papers()) == 2


def test_after_ten_minutes_no_paper_comes_as_a_surprise(jobs: PrintJobs, tmp_path: Path) -> None:
    with TcpPrinter(Behaviour(answers=NO_PAPER)) as printer:
        saved = jobs.add(a_job(tmp_path, printer.address))
        print_queue.print_waiting(jobs)
        printer.behaviour.answers = READY
        later = time.time() + print_queue.TRIED_FOR_S + 1
        (job,) = print_queue.print_waiting(jobs, clock=lambda: later)
        assert (job.state, job.error) == ("failed", "no_paper")
        assert printer.papers() == []
        # A person may still want it.
        assert print_queue.again(jobs, saved.id)
        print_queue.print_waiting(jobs)
    assert states(jobs) == [("printed", "")]


def test_what_had_begun_is_not_printed_again_by_itself(jobs: PrintJobs, tmp_path: Path) -> None:
    with TcpPrinter(Behaviour(hangs_up_after=5000)) as printer:
        saved = jobs.add(a_job(tmp_path, printer.address))
        print_queue.print_waiting(jobs)
        (job,) = jobs.latest()
        assert (job.state, job.error, job.begun) == ("failed", "cut", True)
        assert print_queue.print_waiting(jobs, clock=lambda: time.time() + 60) == []
    assert print_queue.came_out(jobs, saved.id)
    assert states(jobs) == [("printed", "")]


def test_it_is_sent_to_another_printer(jobs: PrintJobs, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    saved = jobs.add(a_job(tmp_path, "system:没有这台"))
    print_queue.print_waiting(jobs)
    assert states(jobs) == [("failed", "unknown")]
    print_queue.again(jobs, saved.id, f"folder:{other}")
    print_queue.print_waiting(jobs)
    assert states(jobs) == [("printed", "")]
    assert len(list(other.iterdir())) == 1


@pytest.mark.parametrize(
    ("printer", "why"), [("LPT1", "bad_address"), ("folder:/no/such/folder", "folder")]
)
def test_what_cannot_pass_by_itself_has_failed(
    jobs: PrintJobs, tmp_path: Path, printer: str, why: str
) -> None:
    saved = jobs.add(a_job(tmp_path, printer))
    print_queue.print_waiting(jobs)
    assert states(jobs) == [("failed", why)]
    assert print_queue.drop(jobs, saved.id)
    assert states(jobs)[0][0] == "dropped"


def test_a_paper_whose_file_is_gone_says_so(jobs: PrintJobs, tmp_path: Path) -> None:
    jobs.add(replace(a_job(tmp_path, f"folder:{tmp_path}"), file=str(tmp_path / "gone.pdf")))
    print_queue.print_waiting(jobs)
    assert states(jobs) == [("failed", "lost_file")]


_DIES = """
import sys
from pathlib import Path
from hall_desk.devices import print_queue
from hall_desk.store.print_jobs import PrintJobs
print("printing", flush=True)
print_queue.print_waiting(PrintJobs(Path(sys.argv[1])))
print("done", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_program_killed_while_it_prints_leaves_a_question(
    jobs: PrintJobs, tmp_path: Path
) -> None:
    with TcpPrinter(Behaviour(answers=b"", stops_reading_after=4000)) as printer:
        saved = jobs.add(a_job(tmp_path, printer.address + "?status=no"))
        with subprocess.Popen(
            [sys.executable, "-c", _DIES, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as program:
            deadline = time.monotonic() + 20
            while jobs.get(saved.id).state != "printing":
                assert time.monotonic() < deadline
                threading.Event().wait(0.02)
            # Another program of this PC neither takes the job nor calls it lost while the first one lives.
            with jobs.printing(0.05) as allowed:
                assert not allowed
            assert jobs.get(saved.id).state == "printing"
            os.kill(program.pid, signal.SIGKILL)
    assert print_queue.print_waiting(jobs) == []
    (job,) = jobs.latest()
    assert (job.state, job.begun, job.troubled) == ("unknown", True, True)
    with TcpPrinter() as whole:
        assert print_queue.again(jobs, saved.id, whole.address)
        print_queue.print_waiting(jobs)
    assert len(whole.papers()) == 1
    assert states(jobs) == [("printed", "")]


def test_two_programs_of_one_pc_print_each_job_once(jobs: PrintJobs, tmp_path: Path) -> None:
    with TcpPrinter() as printer:
        for number in range(12):
            jobs.add(a_job(tmp_path, printer.address, f"回执 A{number:03}"))
        programs = [
            subprocess.Popen(
                [sys.executable, "-c", _DIES, str(tmp_path)], stdout=subprocess.DEVNULL
            )
            for _turn in range(2)
        ]
        assert [program.wait(60) for program in programs] == [0, 0]
        assert len(printer.papers()) == 12
    assert {state for state, _error in states(jobs)} == {"printed"}


def test_a_mistake_of_ours_is_a_question_and_not_a_loop(jobs: PrintJobs, tmp_path: Path) -> None:
    jobs.add(a_job(tmp_path, "none"))

    def breaks(_job: PrintJob) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        print_queue.print_waiting(jobs, breaks)
    assert states(jobs) == [("unknown", "")]


def test_a_job_dropped_while_it_waits_is_not_printed(jobs: PrintJobs, tmp_path: Path) -> None:
    first, second = (jobs.add(a_job(tmp_path, "none", title)) for title in ("1", "2"))
    printed = []

    def put(job: PrintJob) -> None:
        printed.append(job.id)
        print_queue.drop(jobs, second.id)
        raise CannotPrint(printer="x", reason="refused")

    print_queue.print_waiting(jobs, put)
    assert printed == [first.id]
    assert states(jobs) == [("failed", "refused"), ("dropped", "")]
