"""What a thermometer says on its line: bytes to lines, and by a pattern lines to degrees.

Patterns are regular expressions that somebody types into a PC's settings. They run on PCRE2 (by Qt), which counts its
steps and gives up where Python's own `re` would try for years with the whole program standing still; and lines are
short. Both bounds together keep the worst pattern below a millisecond a line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from PySide6.QtCore import QRegularExpression

from hall_desk.errors import BadInput

# A number with one or two decimals that no other number touches, and the unit where one follows:
# “36.5”, “T=36.5C”, “+036.5”, “BODY: 36.5 °C”, “97.7°F”.
USUAL = r"(?<![\d.,])(?<value>[+-]?\d{2,3}[.,]\d{1,2})(?![\d.,])\s*(?:[°º˚]\s*)?(?<unit>[CFcf℃℉])?"
LONGEST_PATTERN = 200
MOST_BYTES = 64
# Below and above this nothing is a temperature of a body, whatever the pattern found: an air reading, a clock.
LOWEST, HIGHEST = Decimal(20), Decimal(50)

_STEPS = "(*LIMIT_MATCH=2000)(*LIMIT_DEPTH=250)"
# Lines on which patterns that try everything show it.
_PROBES = (
    "a" * (MOST_BYTES - 1) + "!",
    "1" * (MOST_BYTES - 1) + "!",
    " " * (MOST_BYTES - 1) + "!",
    "1." * (MOST_BYTES // 2 - 1) + "!",
    "T=36.5C " * (MOST_BYTES // 8 - 1) + "!",
)
# In Latin-1, before its unit; GB 18030 would make one character of the two.
_DEGREE_SIGN = re.compile(rb"\xb0(?=[CFcf])")
_LINE_ENDS = frozenset(b"\r\n\x00\x03\x04")


@dataclass(frozen=True)
class Heard:
    """A line, and what was understood of it in tenths of ℃; None for nothing."""

    line: str
    tenths: int | None


class LinePattern:
    """How to find the degrees in a line: group `value`, or else the first one; group `unit` may hold C or F.

    `unit` is meant where the line says none. Raises BadInput `thermometer_pattern`: not_a_pattern, no_group, too_long,
    too_slow (it tries so many ways that it was given up).
    """

    def __init__(self, text: str = "", unit: str = "C") -> None:
        pattern = text.strip() or USUAL
        if len(pattern) > LONGEST_PATTERN:
            raise BadInput("thermometer_pattern", "too_long", limit=LONGEST_PATTERN)
        # What begins so are orders to PCRE2 itself, by which the bounds could be taken off again.
        if pattern.startswith("(*"):
            raise BadInput("thermometer_pattern", "not_a_pattern")
        self._expression = QRegularExpression(_STEPS + pattern)
        if not self._expression.isValid():
            raise BadInput("thermometer_pattern", "not_a_pattern")
        if self._expression.captureCount() < 1:
            raise BadInput("thermometer_pattern", "no_group")
        named = self._expression.namedCaptureGroups()
        self._value = named.index("value") if "value" in named else 1
        self._unit = named.index("unit") if "unit" in named else 0
        self._else = unit
        if not all(self._expression.match(probe).isValid() for probe in _PROBES):
            raise BadInput("thermometer_pattern", "too_slow")

    def read(self, line: str) -> int | None:
        """The degrees in a line, in tenths of ℃; None for a line that says none."""
        found = self._expression.match(line[:MOST_BYTES])
        if not found.hasMatch():
            return None
        plain = unicodedata.normalize("NFKC", found.captured(self._value)).replace(",", ".")
        try:
            degrees = Decimal(plain.strip())
        except InvalidOperation:
            return None
        if not degrees.is_finite():
            return None
        said = found.captured(self._unit) if self._unit else ""
        if unicodedata.normalize("NFKC", said or self._else).strip().upper().endswith("F"):
            degrees = (degrees - 32) * 5 / 9
        if not LOWEST <= degrees <= HIGHEST:
            return None
        return int((degrees * 10).quantize(Decimal(1), ROUND_HALF_UP))


class Lines:
    """Parts a stream of bytes into lines. A line that is too long is left out up to its end."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes end, without what is no text."""
        lines = []
        for byte in data:
            if byte in _LINE_ENDS:
                lines += self.end()
            elif self._too_long or len(self._waiting) >= MOST_BYTES:
                self._too_long = True
            else:
                self._waiting.append(byte)
        return lines

    def end(self) -> list[str]:
        """The line that was begun, as if it had ended: for devices that end none and only pause."""
        waiting, too_long = bytes(self._waiting), self._too_long
        self._waiting.clear()
        self._too_long = False
        text = "" if too_long else _decoded(waiting)
        return [text] if text else []


def _decoded(line: bytes) -> str:
    for encoding in ("utf-8", "gb18030", "latin-1"):
        if encoding != "utf-8":
            line = _DEGREE_SIGN.sub(b"", line)
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()
    return ""
