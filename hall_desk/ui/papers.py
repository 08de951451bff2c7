"""Sends a paper on its way: kept in the papers folder, printed where a printer is set, told in the status bar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.devices import printing
from hall_desk.i18n import _
from hall_desk.settings import write_file

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

_NOT_IN_A_NAME = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Sent:
    """What became of a paper: the file it was kept as, and the printer that took it (empty: none is set)."""

    file: Path
    printer: str


def file_name(purpose: str, title: str, stamp: str) -> str:
    """A name that sorts by time and says what is in it, fit for every file system."""
    words = _NOT_IN_A_NAME.sub("-", f"{stamp}-{purpose}-{title}").strip("-")
    return f"{words[:80]}.pdf"


def send(session: Session, pdf: bytes | Callable[[], bytes], title: str, purpose: str) -> None:
    """Makes, keeps and prints a paper in the devices lane; `Session.paper_told` says how it went."""
    stamp = f"{session.store.local(session.now()):%Y-%m-%d-%H%M%S}"
    file = session.papers / file_name(purpose, title, stamp)
    settings = session.settings

    def work() -> Sent:
        paper = pdf if isinstance(pdf, bytes) else pdf()
        write_file(file, paper)
        printing.print_pdf(paper, title=title, settings=settings)
        return Sent(file, settings.printer)

    def sent(done: Sent) -> None:
        if done.printer:
            told = _("Printed: {title}").format(title=title)
        else:
            told = _("Kept as PDF: {file}").format(file=done.file.name)
        session.paper_told.emit("success", told)

    def failed(error: HallDeskError) -> bool:
        session.paper_told.emit("error", i18n.explain(error))
        return False

    session.background.devices(session, work, sent, failed)
