"""Paper: the pages of a PDF as pictures, and pictures as ink on a printer of this PC.

Documents make PDF bytes; this module only renders and prints them. The system's printer paints the rendered pages at
the paper's true size, because the text of a PDF made by QPrinter itself is damaged.
"""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2
from PySide6.QtCore import QMarginsF, QRect, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from hall_desk.errors import CannotPrint
from hall_desk.settings import Settings

POINTS_PER_INCH = 72
# A slip printer has 8 dots a millimetre, and the documents place the modules of a QR code on whole dots. A page printer
# gets 300 dots an inch, enough for text and codes.
ROLL_DPI = 203.2
SHEET_DPI = 300.0
WIDEST_ROLL_MM = 82


@dataclass(frozen=True)
class Page:
    """One rendered page: the picture, and the paper's true size in millimetres."""

    image: QImage
    width_mm: float
    height_mm: float


def render_pages(pdf: bytes, dpi: float, first: int = 0, most: int | None = None) -> list[Page]:
    """The pages of a PDF as pictures of `dpi` dots an inch, from `first` (counted from 0), at most `most` of them."""
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


def print_pdf(pdf: bytes, *, title: str, settings: Settings) -> None:
    """Puts a paper on the printer chosen in the settings; where none is chosen, does nothing.

    Raises CannotPrint with `reason` unknown (no such printer) or refused (it does not take the job: off, or its
    service is stopped).
    """
    name = settings.printer
    if not name:
        return
    if name not in QPrinterInfo.availablePrinterNames():
        raise CannotPrint(printer=name, reason="unknown")
    printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dpi = _dpi(pdf)
    printer.setResolution(round(dpi))
    _ink(printer, render_pages(pdf, dpi), name)


def _dpi(pdf: bytes) -> float:
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
                    raise CannotPrint(printer=name, reason="refused")
            painter.drawImage(QRect(0, 0, printer.width(), printer.height()), page.image)
    finally:
        if not painter.end():
            raise CannotPrint(printer=name, reason="refused")


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
