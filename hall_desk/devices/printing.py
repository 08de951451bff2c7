"""Paper: the pages of a PDF as pictures, and pictures as ink on a printer of this PC. The one road for all printing.

Documents make PDF bytes; this module only renders and prints them. The system's printer paints the rendered pages at
the paper's true size, because the text of a PDF made by QPrinter itself is damaged.
"""

from __future__ import annotations

import io
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pypdfium2
from PySide6.QtCore import QMarginsF, QRect, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from hall_desk.devices import escpos, slip_printer
from hall_desk.devices.escpos import Picture
from hall_desk.devices.printer_address import Address
from hall_desk.errors import BadInput, CannotPrint, CannotWrite
from hall_desk.settings import write_file

POINTS_PER_INCH = 72
# A slip printer has 8 dots a millimetre, and the documents place the modules of a QR code on whole dots. A page printer
# gets 300 dots an inch, enough for text and codes.
ROLL_DPI = 203.2
SHEET_DPI = 300.0
WIDEST_ROLL_MM = 82
_NOT_IN_A_NAME = re.compile(r"[^\w-]+")
_RANGE = re.compile(r"([0-9]{1,4})(?:\s*[-–—]\s*([0-9]{1,4}))?")

# PDFium is not safe in two threads; previews are drawn while another paper is printed.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Page:
    """One rendered page: the picture, and the paper's true size in millimetres."""

    image: QImage
    width_mm: float
    height_mm: float


def render_pages(pdf: bytes, dpi: float, first: int = 0, most: int | None = None) -> list[Page]:
    """The pages of a PDF as pictures of `dpi` dots an inch, from `first` (counted from 0), at most `most` of them."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            last = len(document) if most is None else min(len(document), first + most)
            return [_render(document[number], dpi) for number in range(first, last)]
        finally:
            document.close()


def _render(page: pypdfium2.PdfPage, dpi: float) -> Page:
    width, height = page.get_size()
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=True)
    try:
        image = QImage(
            bytes(bitmap.buffer),
            bitmap.width,
            bitmap.height,
            bitmap.stride,
            QImage.Format.Format_RGBX8888,
        ).copy()
    finally:
        bitmap.close()
        page.close()
    inch = 25.4
    return Page(image, width / POINTS_PER_INCH * inch, height / POINTS_PER_INCH * inch)


def printers() -> list[str]:
    """The names of the system's printers, the default one first."""
    default = QPrinterInfo.defaultPrinterName()
    names = QPrinterInfo.availablePrinterNames()
    return sorted(names, key=lambda name: (name != default, name))


def put(pdf: bytes, address: Address, *, title: str, roll: str = "80") -> None:
    """Puts every page of a paper on a printer; where there is none, does nothing.

    `title` names the job in the system's queue and the file in a folder. `roll` is the paper in a slip printer
    ("58", "80"). Raises CannotPrint with `reason`: unknown (no such queue), stopped, refused, too_wide (for the roll),
    folder (missing or not to be written), or what a slip printer tells (see `slip_printer`); `begun` says that
    something may have come out.
    """
    if address.is_escpos:
        slip_printer.put(address, _pictures(pdf, address, roll))
    elif address.kind == "folder":
        _file(pdf, address, title)
    elif address.kind == "system":
        _print(pdf, address.place, title)


def _print(pdf: bytes, name: str, title: str) -> None:
    if name not in QPrinterInfo.availablePrinterNames():
        raise CannotPrint(printer=name, reason="unknown")
    info = QPrinterInfo.printerInfo(name)
    if info.state() == QPrinter.PrinterState.Error:
        raise CannotPrint(printer=name, reason="stopped")
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dpi = _dpi(pdf)
    printer.setResolution(round(dpi))
    _ink(printer, render_pages(pdf, dpi), name)


def _file(pdf: bytes, address: Address, title: str) -> None:
    folder = Path(address.place).expanduser()
    if not folder.is_dir():
        raise CannotPrint(printer=address.place, reason="folder")
    words = _NOT_IN_A_NAME.sub("-", title).strip("-")[:80] or "paper"
    # A name of its own for each: nothing that lies there is written over.
    name = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{words}-{secrets.token_hex(3)}.pdf"
    try:
        write_file(folder / name, pdf)
    except CannotWrite as error:
        raise CannotPrint(printer=address.place, reason="folder") from error


def _pictures(pdf: bytes, address: Address, roll: str) -> Iterator[Picture]:
    """The pages as a print head of this roll has them: the roll's middle, black and white."""
    widest = int(roll) if roll in ("58", "80") else 80
    for number in range(page_count(pdf)):
        (page,) = render_pages(pdf, ROLL_DPI, first=number, most=1)
        width_mm = round(page.width_mm)
        if width_mm > widest or width_mm not in escpos.ROLL_DOTS:
            raise CannotPrint(printer=address.place, reason="too_wide")
        dots = escpos.ROLL_DOTS[width_mm]
        left = (page.image.width() - dots) // 2
        image = page.image.copy(QRect(left, 0, dots, page.image.height()))
        yield _black_and_white(image)


def _black_and_white(image: QImage) -> Picture:
    flags = Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither
    mono = image.convertToFormat(QImage.Format.Format_Mono, flags)
    if mono.color(0) & 0xFF < 0x80:
        mono.invertPixels()
        mono = mono.copy()
    width = mono.width() // 8
    lines, step = bytes(mono.constBits()), mono.bytesPerLine()
    if step != width:
        lines = b"".join(lines[at : at + width] for at in range(0, len(lines), step))
    return Picture(mono.width(), mono.height(), lines)


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def text_of(pdf: bytes) -> str:
    """The words of all pages, as one copies them from the PDF."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            text = "\n".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()
    return text.replace("\ufffe", "-")  # pdfium's mark for a hyphen at the end of a line


def only(pdf: bytes, pages: str, copies: int = 1) -> bytes:
    """The PDF with these pages only ("2-3,5"; empty: all), all of them `copies` times.

    Raises BadInput `pages` (syntax, range).
    """
    chosen = page_numbers(pages, page_count(pdf))
    if copies == 1 and chosen == list(range(page_count(pdf))):
        return pdf
    with _one_at_a_time:
        document, made = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument.new()
        try:
            made.import_pages(document, chosen * copies)
            out = io.BytesIO()
            made.save(out)
            return out.getvalue()
        finally:
            made.close()
            document.close()


def page_numbers(text: str, count: int) -> list[int]:
    """The pages meant by "2-3,5", counted from 0, each once and in order. Raises BadInput `pages` (syntax, range)."""
    if not text.strip():
        return list(range(count))
    chosen: set[int] = set()
    for part in re.split("[,，、]", unicodedata.normalize("NFKC", text)):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            raise BadInput("pages", "syntax")
        first = int(found[1])
        last = int(found[2]) if found[2] else first
        if not 1 <= first <= last <= count:
            raise BadInput("pages", "range", count=count)
        chosen.update(range(first - 1, last))
    return sorted(chosen)


def _dpi(pdf: bytes) -> float:
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            width, _height = document[0].get_size()
        finally:
            document.close()
    return ROLL_DPI if width / POINTS_PER_INCH * 25.4 <= WIDEST_ROLL_MM else SHEET_DPI


def _ink(printer: QPrinter, pages: list[Page], name: str) -> None:
    _fit(printer, pages[0])
    # With the print service stopped a QPrinter still calls itself valid; only begin() tells.
    painter = QPainter()
    if not printer.printerName() or not painter.begin(printer):
        raise CannotPrint(printer=name, reason="refused")
    try:
        for number, page in enumerate(pages):
            if number:
                _fit(printer, page)
                if not printer.newPage():
                    raise CannotPrint(printer=name, reason="refused", begun=True)
            painter.drawImage(QRect(0, 0, printer.width(), printer.height()), page.image)
    finally:
        if not painter.end():
            raise CannotPrint(printer=name, reason="refused", begun=True)


def _fit(printer: QPrinter, page: Page) -> None:
    size = QPageSize(
        QSizeF(page.width_mm, page.height_mm),
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.FuzzyMatch,
    )
    printer.setPageLayout(
        QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    )
    printer.setFullPage(True)
