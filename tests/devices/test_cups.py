"""The system's printers, end to end: a CUPS of our own on a socket of this test, and its PDF printer."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

pytestmark = pytest.mark.cups

QUEUE = "HallPDF"
MODEL = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")
# Where cups-pdf writes; who is known writes at home.
WRITTEN = (Path.home() / "PDF", Path("/var/spool/cups-pdf/ANONYMOUS"))
_ALL = "<Location {place}>\n  Order allow,deny\n  Allow all\n</Location>\n"
_CONF = (
    "Listen {folder}/sock\nLogLevel info\nDefaultAuthType None\nWebInterface No\nBrowsing No\n"
    + _ALL.format(place="/")
    + _ALL.format(place="/admin")
    + "<Policy default>\n  <Limit All>\n    Order allow,deny\n    Allow all\n  </Limit>\n</Policy>\n"
)
_FILES = (
    "ServerRoot {folder}/root\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
    "TempDir {folder}/spool\nAccessLog {folder}/access\nErrorLog {folder}/error\nPageLog {folder}/page\n"
)
# In a process of its own: the address of CUPS is read once.
_PRINTS = """
import sys
from datetime import UTC, datetime
from PySide6.QtWidgets import QApplication
app = QApplication([])
from hall_desk.devices import printer_address, printing
from hall_desk.documents.trial import trial_page
from hall_desk.errors import CannotPrint
page = trial_page(sys.argv[2], "HallPDF", datetime(2020, 2, 21, tzinfo=UTC))
if len(sys.argv) > 3:  # the queue is known, and then its service goes
    known = printing.printers()
    printing.QPrinterInfo.availablePrinterNames = staticmethod(lambda: ["HallPDF"])
try:
    printing.put(page, printer_address.parse("system:HallPDF"), title=sys.argv[1])
    print("printed")
except CannotPrint as error:
    print(error.reason)
"""


@pytest.fixture(scope="module")
def cups() -> Iterator[str]:
    """The socket of a running CUPS with one queue; skips where there is none to start."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("cupsd") or not MODEL.exists():
        pytest.skip("cupsd with cups-pdf, and root to start it, are needed")
    folder = Path(
        tempfile.mkdtemp(prefix="hall-desk-cups-")
    )  # pytest's folders are this user's alone
    os.chmod(folder, 0o755)  # noqa: S103, PTH101  its filters run as another user
    for name in ("root", "spool", "cache", "state"):
        (folder / name).mkdir()
    (folder / "cupsd.conf").write_text(_CONF.format(folder=folder))
    (folder / "files.conf").write_text(_FILES.format(folder=folder))
    server = subprocess.Popen(
        ["cupsd", "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "files.conf")]
    )
    there = {**os.environ, "CUPS_SERVER": str(folder / "sock")}
    try:
        ends = time.monotonic() + 20
        while (
            b"is running"
            not in subprocess.run(
                ["lpstat", "-r"], env={**there, "LC_ALL": "C"}, capture_output=True
            ).stdout
        ):
            if server.poll() is not None or time.monotonic() > ends:
                pytest.skip("cupsd does not start here")
            threading.Event().wait(0.1)
        made = subprocess.run(
            ["lpadmin", "-p", QUEUE, "-E", "-v", "cups-pdf:/", "-P", str(MODEL)],
            env=there,
            capture_output=True,
        )
        if made.returncode:
            pytest.skip(f"no queue can be made here: {made.stderr.decode()}")
        yield str(folder / "sock")
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def prints(server: str, title: str, roll: str = "80", *more: str) -> str:
    there = {**os.environ, "CUPS_SERVER": server, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", _PRINTS, title, roll, *more],
        env=there, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.stdout.strip() or done.stderr


def came_out(title: str) -> Path:
    """The file the PDF printer wrote; waits for it to be whole."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        for folder in WRITTEN:
            for file in folder.glob(f"*{title}*.pdf") if folder.is_dir() else ():
                with suppress(pypdfium2.PdfiumError):
                    pypdfium2.PdfDocument(file).close()
                    return file
        threading.Event().wait(0.1)
    raise AssertionError("nothing came out")


@pytest.mark.parametrize(("roll", "width_mm"), [("80", 80), ("a4", 210)])
def test_a_page_comes_out_at_its_true_size(cups: str, roll: str, width_mm: int) -> None:
    title = f"halldesk{secrets.token_hex(4)}"
    assert prints(cups, title, roll) == "printed"
    file = came_out(title)
    document = pypdfium2.PdfDocument(file)
    try:
        width, _height = document[0].get_size()
        assert abs(width / 72 * 25.4 - width_mm) < 1.5
        picture = document[0].render(scale=4, grayscale=True).to_pil()
        assert {code.text for code in zxingcpp.read_barcodes(picture)} == {"HALL-DESK-TEST"}
    finally:
        document.close()
        file.unlink()


def test_a_queue_whose_service_is_stopped_refuses(tmp_path: Path, cups: str) -> None:
    assert prints(str(tmp_path / "nobody"), "x", "80", "known") in ("refused", "stopped")


def test_a_queue_that_is_not_there_is_unknown(tmp_path: Path, cups: str) -> None:
    assert prints(str(tmp_path / "nobody"), "x") == "unknown"
