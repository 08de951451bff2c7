"""Sends a paper on its way: made and kept in the papers folder, saved as a print job, then printed.

The job is on the disk before anything is printed; what becomes of it is the business of `ui.print_keeper`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.devices import printer_address, printing
from hall_desk.devices.printer_address import Address
from hall_desk.documents.page import missing_glyphs, named
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.settings import write_file
from hall_desk.store.print_jobs import PrintJob

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.settings import Settings
    from hall_desk.ui.session import Session

# What comes out of the slip printer; everything else goes to the one for A4.
ON_SLIPS = frozenset({"slip", "receipt", "routing_slip", "missing_notice", "bag_label"})
_NOT_IN_A_NAME = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Options:
    """Which pages ("2-3"; empty: all) and how many times."""

    pages: str = ""
    copies: int = 1


def file_name(purpose: str, title: str, stamp: str) -> str:
    """A name that sorts by time and says what is in it, fit for every file system."""
    words = _NOT_IN_A_NAME.sub("-", f"{stamp}-{purpose}-{title}").strip("-")
    return f"{words[:80]}.pdf"


def printer_for(settings: Settings, purpose: str, width_mm: float) -> str:
    """The printer in the settings that takes a paper of this purpose and width.

    A sheet (A5, A4) does not go into a slip printer of its own: where there is another printer, that one takes it.
    """
    if purpose not in ON_SLIPS:
        return settings.paper_printer
    wide = width_mm > printing.WIDEST_ROLL_MM
    if wide and known(settings.slip_printer).is_escpos and known(settings.paper_printer).prints:
        return settings.paper_printer
    return settings.slip_printer


def known(text: str) -> Address:
    """The address of a printer in the settings, also of one that is not understood: printing there says so."""
    try:
        return printer_address.parse(text)
    except BadInput:
        return Address("system", text)  # said when it is printed


def send(
    session: Session,
    pdf: bytes | Callable[[], bytes],
    title: str,
    purpose: str,
    options: Options | None = None,
) -> None:
    """Makes and keeps a paper in the devices lane and has it printed; `Session.paper_told` says how it went."""
    local = session.store.local(session.now())
    settings, keeper = session.settings, session.printing
    chosen = options or Options()

    def work() -> tuple[PrintJob, str]:
        paper = pdf if isinstance(pdf, bytes) else pdf()
        file = _keep(session.papers, file_name(purpose, title, f"{local:%Y-%m-%d-%H%M%S}"), paper)
        (first,) = printing.render_pages(paper, 8, most=1)
        printer = printer_for(settings, purpose, first.width_mm)
        job = PrintJob(
            title, purpose, str(file), printer, session.now(), settings.roll, chosen.pages, chosen.copies,
            state="waiting" if known(printer).prints else "kept",
        )  # fmt: skip
        return keeper.jobs.add(job), missing_glyphs(printing.text_of(paper))

    def saved(done: tuple[PrintJob, str]) -> None:
        job, lacking = done
        if lacking:
            # Receipts have no preview: whoever printed one is told to write the name in by hand.
            said = _("{title}: the fonts lack {characters}, printed as 〓. Write it in by hand.")
            session.notices.info(said.format(title=title, characters=named(lacking)))
        keeper.saved(job)

    def failed(error: HallDeskError) -> bool:
        session.paper_told.emit("error", i18n.explain(error))
        return False

    session.background.devices(session, work, saved, failed)


def _keep(folder: Path, name: str, paper: bytes) -> Path:
    file = folder / name
    number = 2
    while file.exists():  # the same paper twice in one second: a job's file is its own
        file = folder / f"{name.removesuffix('.pdf')}-{number}.pdf"
        number += 1
    write_file(file, paper)
    if os.name == "posix":
        with suppress(OSError):
            folder.chmod(0o700)
    return file


def told(job: PrintJob) -> str:
    """What the status bar says of a job that is done."""
    if job.state == "kept":
        return _("Kept as PDF: {file}").format(file=Path(job.file).name)
    return _("Printed: {title}").format(title=job.title)
