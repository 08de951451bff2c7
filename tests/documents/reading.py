"""Reads papers back as a person or a phone would: words, places, pictures, QR codes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdf
import pypdfium2
import zxingcpp

MM_PER_PT = 25.4 / 72
DOTS_PER_MM = 8  # a thermal printer's 203 dpi


def texts(pdf: bytes) -> list[str]:
    """The text of each page, spaces as they are copied."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return "\n".join(texts(pdf))


def joined(pdf: bytes) -> str:
    """All text without white space: a sentence may have been broken anywhere."""
    return "".join(text(pdf).split())


def pictures(pdf: bytes, dots_per_mm: float = DOTS_PER_MM) -> list[Any]:
    """Each page as a grey picture, drawn dot for dot."""
    document = pypdfium2.PdfDocument(pdf)
    scale = dots_per_mm * MM_PER_PT
    try:
        return [page.render(scale=scale, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def codes(pdf: bytes, dots_per_mm: float = DOTS_PER_MM) -> list[str]:
    """What a phone reads from the QR codes, page by page from top to bottom."""
    found = []
    for picture in pictures(pdf, dots_per_mm):
        read = zxingcpp.read_barcodes(picture)
        found += [code.text for code in sorted(read, key=lambda code: code.position.top_left.y)]
    return found


@dataclass(frozen=True)
class Piece:
    """A run of text on a page; edges in mm from the left and from the bottom."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float


def pieces(pdf: bytes) -> list[Piece]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for number, page in enumerate(document):
        words = page.get_textpage()
        for index in range(words.count_rects()):
            edges = words.get_rect(index)
            left, bottom, right, top = (edge * MM_PER_PT for edge in edges)
            found.append(Piece(number, words.get_text_bounded(*edges), left, bottom, right, top))
        words.close()
    document.close()
    return found


def assert_tidy(pdf: bytes, margin: float) -> None:
    """All text lies inside the margins (in mm), and no two pieces cover each other."""
    sizes = [
        (float(page.mediabox.width) * MM_PER_PT, float(page.mediabox.height) * MM_PER_PT)
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    ]
    found = pieces(pdf)
    assert found
    for piece in found:
        page_width, page_height = sizes[piece.page]
        assert piece.left >= margin - 0.3, piece
        assert piece.right <= page_width - margin + 0.3, piece
        assert piece.bottom >= 2.0, piece
        assert piece.top <= page_height - 2.0, piece
    for page in range(len(sizes)):
        here = sorted((p for p in found if p.page == page), key=lambda p: (-p.top, p.left))
        for number, one in enumerate(here):
            for other in here[number + 1 :]:
                if other.top <= one.bottom + 0.2:
                    break
                apart = other.left >= one.right - 0.2 or other.right <= one.left + 0.2
                assert apart or other.top <= one.bottom + 0.2, (one, other)


def lines(pdf: bytes, page: int) -> list[str]:
    """The text of one page in lines from top to bottom, as the eye reads them."""
    here = sorted((p for p in pieces(pdf) if p.page == page), key=lambda p: -p.bottom)
    rows: list[list[Piece]] = [[here[0]]]
    for before, piece in pairwise(here):
        if before.bottom - piece.bottom > 1.2:
            rows.append([])
        rows[-1].append(piece)
    return [_read_along(sorted(row, key=lambda p: p.left)) for row in rows]


def _read_along(row: list[Piece]) -> str:
    said = row[0].text
    for before, piece in pairwise(row):
        # A line is several pieces where its characters come from several parts of a font.
        said += (" " if piece.left - before.right > 0.7 else "") + piece.text
    return " ".join(said.split())


def fonts(pdf: bytes) -> dict[str, bool]:
    """The fonts of a PDF by name, and whether each is embedded."""
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for entry in page["/Resources"]["/Font"].values():
            font = entry.get_object()
            found[str(font["/BaseFont"])] = "/FontFile2" in font.get("/FontDescriptor", {})
    return found
