"""The language of slip printers (ESC/POS): pictures as bytes, and what the printer answers about itself.

Only pictures are sent (`GS v 0`), so every character prints, whatever the printer's own fonts know. A picture goes in
bands: a printer with a buffer of a few kilobytes prints one while it takes the next.

**Real-time commands are obeyed wherever they stand, in the middle of a picture too**: `DLE DC4` opens the cash drawer
or switches the printer off. A picture whose dots happen to spell one gets one dot more (`harmless`). The drawer's
pulse is written nowhere.

Source of the commands and of the bits in the answers: Epson's ESC/POS reference; `GS r` is answered in turn, after
all that came before it was printed, `DLE EOT` at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall_desk.devices.printer_address import Cut

DOTS_PER_MM = 8
# What the print head reaches, by the width of the roll in mm.
ROLL_DOTS = {58: 384, 80: 576}

ASK_STATUS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
ASK_WHEN_PRINTED = b"\x1dr\x01"
_ANSWERS = 4  # to ASK_STATUS
# Back to the beginning (also out of a picture that was broken off: see `begin`), and no answers unasked for.
_INIT = b"\x1b@\x1da\x00"
_CUTS: dict[Cut, bytes] = {
    "partial": b"\x1dVB\x00",  # fed to the knife, and all but a point cut through
    "full": b"\x1dVA\x00",
    "no": b"\x1bd\x05",  # five lines: to the edge where it is torn off
}
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


@dataclass(frozen=True)
class Picture:
    """Black and white: rows of whole bytes, the leftmost dot in the highest bit, 1 is black."""

    width: int  # dots, a multiple of eight
    rows: int
    data: bytes


def begin() -> bytes:
    """What comes before the first band."""
    return _INIT


def end(cut: Cut) -> bytes:
    """What comes after a paper's last band: the knife, or the feed to the tearing edge."""
    return _CUTS[cut]


def bands(picture: Picture, rows: int) -> Iterator[bytes]:
    """The picture in bands of at most `rows` rows, each a command of its own."""
    width = picture.width // 8
    for top in range(0, picture.rows, rows):
        data = picture.data[top * width : (top + rows) * width]
        height = len(data) // width
        head = b"\x1dv0\x00" + width.to_bytes(2, "little") + height.to_bytes(2, "little")
        yield head + harmless(data)


def harmless(data: bytes) -> bytes:
    """`data` without real-time commands: where dots spell one, its first byte gets one black dot more."""
    return _REAL_TIME.sub(b"\x18", data)


# --- what it answers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Status:
    """How a printer says it is. `reason` is the code of `CannotPrint` for what keeps it from printing, or empty."""

    reason: str = ""
    paper_low: bool = False


def read_status(answer: bytes) -> Status | None:
    """The four answers to `ASK_STATUS`; None when they are not (yet) all there."""
    told = [byte for byte in answer if byte & 0x93 == 0x12]
    if len(told) < _ANSWERS:
        return None
    state, cause, error, paper = told[-_ANSWERS:]
    if paper & 0x60 or cause & 0x20:
        reason = "no_paper"
    elif cause & 0x04:
        reason = "cover_open"
    elif error & 0x68:  # the knife, what cannot be mended by itself, and what can (too hot)
        reason = "faulty"
    elif state & 0x08:
        reason = "offline"
    else:
        reason = ""
    return Status(reason, bool(paper & 0x0C))


def says_printed(answer: bytes) -> bool:
    """Whether the answer to `ASK_WHEN_PRINTED` is among the bytes: it is told from the others by two fixed bits."""
    return any(byte & 0x92 == 0 for byte in answer)
