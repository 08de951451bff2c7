"""`./desk bench printing`: from the key press to the last byte at a slip printer, and ten thousand slips in one run.

Ours: facts → PDF → kept file → saved job → rendered → raster → TCP, as `ui.papers` does it but without its windows.
Floor: the same receipt drawn by reportlab alone, and a raster of the same size sent over a bare socket.
The printer is a thread on this PC's loopback that takes everything and answers status at once. Rounds take turns.
Growth is measured over the whole run after the first tenth: memory in use (Linux) and open files.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import hall as bench

from hall_desk.devices import print_queue
from hall_desk.documents.receipt import receipt
from hall_desk.services.matters import WindowLine
from hall_desk.services.tickets import PaperLine, ReceiptFacts
from hall_desk.settings import write_file
from hall_desk.store.print_jobs import PrintJob, PrintJobs

TARGET_MS = 150
MOST_MIB = 8.0  # over the whole run after the first tenth
NOON = datetime(2020, 2, 21, 4, 0, tzinfo=UTC)
ANSWERS = {b"\x10\x04\x04": b"\x12\x12\x12\x12", b"\x1dr\x01": b"\x00"}


class _Printer:
    """Takes each job and notes when its last byte came."""

    def __init__(self) -> None:
        self.last_byte = 0
        self.size = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _peer = self._server.accept()
            tail, size = b"", 0
            with connection:
                while said := connection.recv(65_536):
                    size += len(said)
                    if size > 64:
                        self.last_byte, self.size = time.monotonic_ns(), size
                    tail = (tail + said)[-3:]
                    if tail in ANSWERS:
                        connection.sendall(ANSWERS[tail])


def _facts(number: int) -> ReceiptFacts:
    window = WindowLine(
        id=UUID(int=3), number="3", name="医疗保险", phone="010-5555-0103", extension="8003",
        hours="9:00-12:00 13:30-17:00",
    )  # fmt: skip
    papers = tuple(
        PaperLine(
            id=UUID(int=n), name=name, original=n % 2 == 0, count=1, difference="", holder="desk", holder_staff="",
            holder_window="", held_since=NOON, new=False, shared="",
        )
        for n, name in enumerate(("身份证", "户口簿", "社会保障卡", "参保登记表"))
    )  # fmt: skip
    return ReceiptFacts(
        hall="太平桥政务服务大厅", number=f"A{number:03}", matter="变更定点医疗机构", window=window, papers=papers,
        pickup_code="4821", code=f"HD2*7K3M*A{number:03}*20200221*9F3C21A0",
        reference=f"HD2*7K3M*A{number:03}*20200221",
        expected_minutes=12, printed_at=NOON, clerk="张晓雯", resident="王*英", priority="", remark="", consent=True,
    )  # fmt: skip


def _ours(folder: Path, port: int) -> Callable[[int], None]:
    jobs = PrintJobs(folder)
    address = f"escpos+tcp://127.0.0.1:{port}"

    def one(number: int) -> None:
        facts = _facts(number % 1000)
        pdf = receipt(facts, "80")
        file = folder / f"paper-{number % 50}.pdf"
        write_file(file, pdf)
        jobs.add(PrintJob(f"回执 {facts.number}", "receipt", str(file), address, NOON))
        (job,) = print_queue.print_waiting(jobs)
        assert job.state == "printed", job

    return one


def _floor(port: int, raster: bytes) -> Callable[[int], None]:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    receipt(_facts(0), "80")  # registers the fonts
    assert "NotoSansSC-Regular" in pdfmetrics.getRegisteredFontNames()

    def one(number: int) -> None:
        canvas = Canvas(io.BytesIO(), pagesize=(227, 425))
        canvas.setFont("NotoSansSC-Regular", 10)
        for line in range(16):
            canvas.drawString(
                12, 400 - 14 * line, f"太平桥政务服务大厅 回执 A{number % 1000:03} {line}"
            )
        canvas.save()
        with socket.create_connection(("127.0.0.1", port)) as line_to_printer:
            line_to_printer.sendall(raster)
            line_to_printer.sendall(b"\x1dr\x01")
            line_to_printer.recv(1)

    return one


def _in_use() -> tuple[float, int]:
    """Memory in use in MiB and open files; zeros where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0, 0
    (kib,) = (
        line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS")
    )
    return int(kib) / 1024, len(os.listdir("/proc/self/fd"))  # noqa: PTH208  names are enough


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hall-desk-bench-") as folder:
        yield Path(folder)


def main() -> int:
    parser = argparse.ArgumentParser(prog="desk bench printing", description=__doc__)
    parser.add_argument("--slips", type=int, default=10_000, metavar="N", help="in the long run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--per-round", type=int, default=60, metavar="N")
    options = parser.parse_args()
    printer = _Printer()
    p50: dict[str, list[float]] = {"ours": [], "floor": []}
    p99: dict[str, list[float]] = {"ours": [], "floor": []}
    with _folder() as folder:
        ours = _ours(folder, printer.port)
        ours(0)  # the first one of a day imports and reads fonts
        floor = _floor(printer.port, secrets.token_bytes(printer.size))
        ways = {"ours": ours, "floor": floor}
        for turn in range(options.rounds):
            for name in bench.rotated(list(ways), turn):
                took = []
                for number in range(options.per_round):
                    start = time.monotonic_ns()
                    ways[name](number)
                    took.append((printer.last_byte - start) / 1e6)
                p50[name].append(statistics.median(took))
                p99[name].append(bench.percentile(took, 0.99))
        started = time.monotonic()
        settled = (0.0, 0)
        for number in range(options.slips):
            ours(number)
            if number == options.slips // 10:
                settled = _in_use()
        seconds = time.monotonic() - started
        now = _in_use()
    grown, files = now[0] - settled[0], now[1] - settled[1]
    print(
        f"\nkey to the last byte at the printer, {options.rounds} rounds of {options.per_round}; ms, median of rounds"
    )
    for name in ways:
        print(
            f"  {name:6} p50 {statistics.median(p50[name]):6.1f}   p99 {statistics.median(p99[name]):6.1f}"
        )
    print(f"  p50, ours to floor {bench.ratio(p50['ours'], p50['floor'])}")
    print(f"  p99, ours to floor {bench.ratio(p99['ours'], p99['floor'])}")
    fast = statistics.median(p99["ours"]) <= TARGET_MS
    print(f"  target: p99 at most {TARGET_MS} ms: {bench.verdict(fast)}")
    print(
        f"{options.slips} slips in {seconds:.0f} s: memory {grown:+.1f} MiB, files {files:+d} after the first tenth"
    )
    steady = grown <= MOST_MIB and files <= 0
    print(f"  target: at most {MOST_MIB:g} MiB and no file more: {bench.verdict(steady)}")
    return 0 if fast and steady else 1


if __name__ == "__main__":
    raise SystemExit(main())
