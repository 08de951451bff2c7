"""QR codes as vectors whose modules fall on whole printer dots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from hall_desk.documents.page import BLACK, WHITE

if TYPE_CHECKING:
    from hall_desk.documents.page import Paper

# Thermal printers put 8 dots on a millimetre (203 dpi). A module of whole dots has sharp edges;
# the same is true of 300 and 600 dpi office printers to within a fifth of a dot.
DOT_MM = 0.125
# ISO/IEC 18004: four light modules on every side, or readers do not find the code.
BORDER_MODULES = 4
# Below half a millimetre cheap phone cameras fail on thermal paper.
LEAST_MODULE_MM = 0.5


# A number with its extension, where that was typed along: 010-55550103-0106, 5555 0103 转 0106.
_NUMBER = re.compile(
    r"""
    (?: (?P<number> (?:\(?0\d{2,3}\)?[-\s]?)? [2-9]\d{2,3}[\s]?\d{4} ) (?:-(?P<tail>\d{1,6})) (?!\d)
      | (?P<other> \+?\(?\d [\d\s().（）-]* )
    )
    (?: \s*(?:转|分机|ext\.?)\s*(?P<words>\d{1,6}) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Code:
    """A QR code ready to draw: rows of modules without border, and the width of one module in mm."""

    modules: tuple[tuple[bool, ...], ...]
    module: float

    @property
    def size(self) -> float:
        """Width and height in mm, border included."""
        return (len(self.modules) + 2 * BORDER_MODULES) * self.module

    def draw(self, paper: Paper, x: float, top: float) -> None:
        """Draws it on white at (x, top), moved by less than a dot onto the dot grid."""
        x, top = snap(x), snap(top)
        paper.fill([(x, top, self.size, self.size)], WHITE)
        paper.fill(
            [
                (
                    x + (BORDER_MODULES + start) * self.module,
                    top + (BORDER_MODULES + row) * self.module,
                    (end - start) * self.module,
                    self.module,
                )
                for row, line in enumerate(self.modules)
                for start, end in _runs(line)
            ],
            BLACK,
        )


def snap(length: float) -> float:
    """The nearest whole number of dots, in mm."""
    return round(length / DOT_MM) * DOT_MM


def code(payload: str, room: float) -> Code | None:
    """The QR code of an ASCII text (error correction M), as large as fits into `room` mm.

    None when its modules would be smaller than half a millimetre: a code that phones cannot read
    is worse than none. Raises ValueError for text that is not ASCII, which common readers garble.
    """
    if not payload or not payload.isascii():
        raise ValueError("a QR code needs ASCII text")
    import qrcode
    from qrcode.exceptions import DataOverflowError

    maker = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    maker.add_data(payload)
    try:
        maker.make(fit=True)
    except (ValueError, DataOverflowError):
        return None
    modules = tuple(tuple(bool(m) for m in row) for row in maker.get_matrix())
    dots = int(room / DOT_MM / (len(modules) + 2 * BORDER_MODULES) + 1e-9)
    module = dots * DOT_MM
    return Code(modules, module) if module >= LEAST_MODULE_MM else None


def _runs(line: tuple[bool, ...]) -> list[tuple[int, int]]:
    """The stretches of dark modules in one row, as (first, one past the last)."""
    runs = []
    start = 0
    for end in range(1, len(line) + 1):
        if end == len(line) or line[end] != line[start]:
            if line[start]:
                runs.append((start, end))
            start = end
    return runs


def dial(phone: str, extension: str = "") -> str:
    """The `tel:` address that dials a number and, after a pause, its extension; "" without digits.

    Of several numbers in `phone` the first is dialled. The extension follows a comma, which
    Android and iOS both take as "wait two seconds, then press": RFC 3966's `;ext=` is what the
    standard says, but Android dials its letters as digits (396…) and iOS shows them as text.
    """
    found = _NUMBER.search(phone)
    if found is None:
        return ""
    number = found["number"] or found["other"]
    plus = "+" if number.startswith("+") else ""
    digits = re.sub(r"[^0-9]", "", number)
    tail = re.sub(r"[^0-9]", "", extension) or found["tail"] or found["words"] or ""
    return f"tel:{plus}{digits}" + (f",{tail}" if tail else "")


def web(address: str) -> str:
    """A web address as phones open it: with a scheme, and ASCII only. "" for an empty one."""
    address = address.strip()
    if not address:
        return ""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    try:
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except UnicodeError:
        return ""
    safe = "%/:=&?~#+!$,;'@()*[]"
    return urlunsplit(
        (
            parts.scheme,
            host,
            quote(parts.path, safe),
            quote(parts.query, safe),
            quote(parts.fragment, safe),
        )
    )
