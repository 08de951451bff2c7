"""A sheet of paper to draw on: the fonts, the measuring and breaking of Chinese text, and PDF bytes.

Lengths are millimetres from the top left corner, y grows downwards; text sizes are points.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
import unicodedata
from dataclasses import dataclass, replace
from functools import wraps
from math import floor
from typing import TYPE_CHECKING, Any, Literal

from hall_desk import __version__, i18n, resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

MM_PER_PT = 25.4 / 72

Colour = tuple[float, float, float]
Align = Literal["left", "centre", "right"]
# x, y, width, height of a rectangle in mm
Rectangle = tuple[float, float, float, float]


def _rgb(value: int) -> Colour:
    return ((value >> 16) / 255, (value >> 8 & 0xFF) / 255, (value & 0xFF) / 255)


BLACK = _rgb(0x000000)  # thermal paper knows no other colour: a grey would become dots
WHITE = _rgb(0xFFFFFF)
INK = _rgb(0x1B2433)
MUTED = _rgb(0x475467)  # 7.5:1 on white, still readable on a photocopy
ACCENT = _rgb(0x124A82)
RED = _rgb(0xA61B1B)
RULE = _rgb(0xC9D1DC)
STRONG_RULE = _rgb(0x94A3B8)
BAND = _rgb(0xF0F4F9)
BLUE_BAR = _rgb(0x6CA0DC)
GREEN_BAR = _rgb(0x4FA67A)
WATERMARK = _rgb(0xEEF0F4)

_FONTS = {False: "NotoSansSC-Regular", True: "NotoSansSC-Bold"}
# Where the baseline lies in the square of a Chinese character, and the height of digits over it.
_BASELINE = 0.88
_JOINER = "\u2060"  # Unicode's word joiner: has no width, and no line is broken at it
_CAP_HEIGHT = 0.733
_HAIR = 1e-6  # mm; widths are added up in another order when a line is broken

# One lock for the fonts: reportlab moves a read position inside a font while it makes a subset.
_font_lock = threading.Lock()
_faces: dict[bool, Any] = {}
# What is drawn for a character the fonts lack, and the characters it was drawn for so far.
_STAND_IN = "〓"
_lent: set[int] = set()
# Characters that turned out to be drawn as they are: nearly every text is of these alone.
_plain: set[str] = set()


class _Widths(dict[str, float]):
    """The widths of a face's characters in thousandths of their size, each looked up when first asked for."""

    def __init__(self, face: Any) -> None:
        self._face = face

    def __missing__(self, character: str) -> float:
        face = self._face
        wide = face.charWidths.get(ord(character), face.defaultWidth)
        self[character] = 0 if character == _JOINER else wide
        return self[character]


_widths: dict[bool, _Widths] = {}


def fonts() -> None:
    """Registers Noto Sans SC Regular and Bold, once per process (about 0.1 s a face, then nothing).

    Raises `resources.ResourceMissingError` when the fonts have not been built.
    """
    # reportlab takes as long to import as the fonts to read: it, too, waits for the first paper.
    from reportlab.pdfbase import pdfmetrics, ttfonts

    with _font_lock:
        if _faces:
            return
        ttfonts.makeToUnicodeCMap = _with_utf16(  # type: ignore[assignment]
            ttfonts.makeToUnicodeCMap
        )
        found = {}
        for bold, name in _FONTS.items():
            found[bold] = ttfonts.TTFont(name, str(resources.path("fonts", f"{name}.ttf")))
            pdfmetrics.registerFont(found[bold])
        _widths.update({bold: _Widths(font.face) for bold, font in found.items()})
        _faces.update(found)


def _with_utf16(original: Callable[[str, Any], str]) -> Callable[[str, Any], str]:
    """reportlab's table from glyphs back to characters, with UTF-16BE values as the PDF format wants.

    reportlab 5.1 writes `%04X` of the code point, so above U+FFFF copying and searching give
    another character (𬭊 became Ⲵ).
    """

    @wraps(original)
    def to_unicode_cmap(fontname: str, subset: Any) -> str:
        head, _mark, tail = original(fontname, [0] * len(subset)).partition(" beginbfchar\n")
        rows = (
            f"<{code:02X}> <{chr(character).encode('utf-16-be').hex().upper()}>"
            for code, character in enumerate(subset)
        )
        return "\n".join([f"{head} beginbfchar", *rows, tail[tail.index("endbfchar") :]])

    return to_unicode_cmap


def _font(bold: bool) -> Any:
    if not _faces:
        fonts()
    return _faces[bold]


def missing_glyphs(text: str) -> str:
    """The characters of `text` that no paper can show, each once, in the order they come.

    Line ends and other controls, and variation selectors, are not characters to be shown.
    """
    known = _font(False).face.charToGlyph
    return "".join(
        dict.fromkeys(
            c
            for c in text
            if not ((ord(c) in known and ord(c) not in _lent) or c.isspace() or _is_invisible(c))
        )
    )


def named(characters: str) -> str:
    """Characters with their numbers, as the screen may have no picture of them either: `𰀀 (U+30000)`."""
    return " ".join(f"{c} (U+{ord(c):04X})" for c in characters)


def _is_invisible(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cf")
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def printable(text: str, *, for_wrapping: bool = False) -> str:
    """`text` as one line the fonts can show: controls become spaces, a missing character looks like 〓.

    〓 is what Chinese and Japanese printers set where a type is missing: nobody takes it for the
    name itself, as they would a gap. The character itself stays in the text of the PDF, so that
    it can be named and copied. `for_wrapping` keeps the joiners that `together` put in.
    """
    if _plain.issuperset(text):
        return text
    known = _font(False).face.charToGlyph
    out = []
    for c in text:
        if c == _JOINER:
            out.append(_JOINER if for_wrapping else "")
            continue
        if c.isspace() and c != "\u3000":
            out.append("\u00a0" if c == "\u00a0" else " ")
        elif not _is_invisible(c):
            out.append(c if ord(c) in known or _lend(c) else _STAND_IN)
        if out and out[-1] == c:
            _plain.add(c)
    return "".join(out)


def _lend(character: str) -> bool:
    """Gives a character the fonts lack the look of 〓; False for half a surrogate pair, which is no character."""
    if unicodedata.category(character) == "Cs":
        return False
    code = ord(character)
    with _font_lock:
        _lent.add(code)
        for font in _faces.values():
            face = font.face
            face.charWidths[code] = face.charWidths.get(ord(_STAND_IN), face.defaultWidth)
            face.charToGlyph[code] = face.charToGlyph[ord(_STAND_IN)]
        for widths in _widths.values():
            widths.pop(character, None)
    return True


def together(text: str) -> str:
    """`text` marked so that `wrap` breaks inside it only where it is wider than a line."""
    return _JOINER.join(text)


# --- measuring and breaking ---------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How a text looks: size in points, weight, colour, and its width against the font's (1 = as
    drawn; 0.8 makes tall narrow digits that are read from farther away in the same width)."""

    size: float
    bold: bool = False
    colour: Colour = INK
    stretch: float = 1.0

    def at(self, size: float) -> Style:
        """The same at another size."""
        return replace(self, size=size)

    def in_bold(self) -> Style:
        return replace(self, bold=True)

    def coloured(self, colour: Colour) -> Style:
        return replace(self, colour=colour)

    @property
    def leading(self) -> float:
        """The height of a line in mm: 1.35 of the size, what Chinese text needs to be read easily."""
        return self.size * 1.35 * MM_PER_PT

    @property
    def cap_height(self) -> float:
        """The height of digits and capitals in mm."""
        return self.size * _CAP_HEIGHT * MM_PER_PT

    def baseline(self, top: float, height: float) -> float:
        """Where the baseline lies so that the text stands in the middle of a line `height` mm high."""
        em = self.size * MM_PER_PT
        return top + (height - em) / 2 + _BASELINE * em


def width(text: str, style: Style) -> float:
    """The width of one line in mm."""
    return _advance(printable(text), style)


def _advance(shown: str, style: Style) -> float:
    # What reportlab's stringWidth does, without its detours: breaking asks for every piece.
    _font(style.bold)
    thousandths = sum(map(_widths[style.bold].__getitem__, shown))
    return float(thousandths) / 1000 * style.size * style.stretch * MM_PER_PT


def fit(text: str, room: float, style: Style, smallest: float) -> Style:
    """`style` made smaller, in steps of a quarter point, until `text` is at most `room` mm wide.

    Below `smallest` points it is not made smaller but narrower: nothing is ever cut off.
    """
    needed = width(text, style)
    if needed <= room:
        return style
    size = int(style.size * room / needed * 4) / 4
    if size >= smallest:
        return style.at(size)
    narrow = style.at(smallest)
    return replace(narrow, stretch=style.stretch * room / width(text, narrow))


# Never first on a line, never last on a line (GB/T 15834 and common setting practice).
_NOT_FIRST = frozenset(_JOINER + "，。、；：？！）》」』】〕”’…—·％%℃°,.;:?!)]}×〉")
_NOT_LAST = frozenset(_JOINER + "（《「『【〔“‘([{〈¥￥")
_UNIT = re.compile(
    r"""
      (?:\+?\(?\d+\)?(?:[ \u00a0-]?\(?\d+\)?)*)   # a phone number or a date and time: never broken
      (?:[.,:/–~-]\d+)*
      (?:[ \u00a0]?[号年月日时分秒件份版页个次岁℃%]+)?  # a count and its word stay together
    | [^\s\u2060\u1100-\U0003ffff]+              # a word of an alphabet
    | \u00a0
    | \s+
    | \u2060
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


# A dot between two facts has room before it; the dot in a name has none, and stays.
_LINE_END = re.compile(r"(?:[ \u3000]+·)?[ \u3000]*$")


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _units(text: str) -> list[str]:
    """The pieces of a line between which it may be broken; spaces stand alone."""
    units: list[str] = []
    glue = False
    for piece in _UNIT.findall(text):
        blank = piece.isspace()
        if piece in "·•" and len(units) > 1 and units[-1] == " ":
            units.pop()
            units[-1] += f" {piece}"  # a dot between two facts stays with the first
        elif (
            units
            and (glue or not units[-1].isspace())
            and (
                glue
                or piece[0] == "\u00a0"
                or (not blank and piece[0] in _NOT_FIRST)
                or (_is_letter(units[-1][-1]) and _is_letter(piece[0]))
            )
        ):
            units[-1] += piece
        else:
            units.append(" " if blank and piece != "\u3000" else piece)
        glue = (not blank and piece[-1] in _NOT_LAST) or piece[-1] == "\u00a0"
    return units


def wrap(text: str, room: float, style: Style, *, balanced: bool = False) -> list[str]:
    """`text` in lines of at most `room` mm, at least one line.

    Breaks between Chinese characters and at spaces, never inside a number, a phone number or a
    word, never before a closing or after an opening mark. A piece wider than a line (an address
    of a web page) is broken anywhere. A dot between facts falls away at the end of a line. With
    `balanced` the lines are about equally long, as a centred title wants them; otherwise the last
    line gets at least two characters.
    """
    if len(text.splitlines()) > 1:
        return [line for one in text.splitlines() for line in wrap(one, room, style)]
    shown = printable(text)
    if _advance(shown, style) < room - _HAIR:
        return [shown.rstrip()]  # nearly every cell of a table
    lines = _wrap_paragraph(text, room, style)
    if len(lines) < 2:
        return lines
    if not balanced:
        narrower = _wrap_paragraph(text, room - width("中中", style), style)
        is_orphan = len(lines[-1].rstrip("".join(_NOT_FIRST))) < 2
        return narrower if is_orphan and len(narrower) == len(lines) else lines
    low, high = width(text, style) / len(lines), room
    for _step in range(12):
        middle = (low + high) / 2
        if len(_wrap_paragraph(text, middle, style)) > len(lines):
            low = middle
        else:
            high = middle
    return _wrap_paragraph(text, high, style)


def _wrap_paragraph(text: str, room: float, style: Style) -> list[str]:
    lines: list[str] = []
    line, taken = "", 0.0
    for unit in _units(printable(text, for_wrapping=True)):
        needed = _advance(unit, style)
        if taken + (0.0 if unit.isspace() else needed) <= room:
            line, taken = line + unit, taken + needed
            continue
        if line.strip():
            lines.append(_LINE_END.sub("", line))
        *full, line = _hard_breaks(unit.lstrip(), room, style)
        lines += full
        taken = _advance(line, style)
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return [one.replace(_JOINER, "") for one in lines]


def _hard_breaks(unit: str, room: float, style: Style) -> list[str]:
    """A piece in parts of at most `room` mm, or of one character; usually the piece itself."""
    if _JOINER in unit and _advance(unit, style) > room:
        return _wrap_paragraph(unit.replace(_JOINER, ""), room, style)
    parts, taken = [""], 0.0
    for character in unit:
        needed = _advance(character, style)
        if taken + needed > room and parts[-1]:
            parts.append("")
            taken = 0.0
        parts[-1] += character
        taken += needed
    return parts


# --- drawing ------------------------------------------------------------------------------------


class Paper:
    """One PDF being drawn, page after page.

    `made_at` is the moment written into the file; it comes from the facts, never from a clock.
    Give `page` before drawing, `data` at the end.
    """

    def __init__(self, *, title: str, author: str, made_at: datetime) -> None:
        from reportlab.pdfgen.canvas import Canvas

        fonts()
        self._out = io.BytesIO()
        self._canvas = Canvas(
            self._out,
            pageCompression=1,
            invariant=1,
            initialFontName=_FONTS[False],  # type: ignore[arg-type] # else Helvetica is listed
            lang=i18n.language().replace("_", "-"),
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject(title)
        self._canvas.setCreator(f"Hall Desk {__version__}")
        # A slip must come out at its true size, or its QR code no longer falls on whole dots.
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._fix_moment(made_at)
        self._height = 0.0  # points
        self._pages = 0

    def _fix_moment(self, made_at: datetime) -> None:
        # reportlab's invariant mode writes the year 2000, or whatever SOURCE_DATE_EPOCH says.
        document: Any = self._canvas._doc  # type: ignore[attr-defined]
        offset = made_at.utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset is not None else 0
        stamp = document._timeStamp
        stamp.YMDhms = made_at.timetuple()[:6]
        stamp.dhh, stamp.dmm = int(minutes / 60), abs(minutes) % 60
        document.signature = hashlib.md5(made_at.isoformat().encode(), usedforsecurity=False)

    def page(self, page_width: float, page_height: float) -> None:
        """Begins a page of this size in mm."""
        if self._pages:
            self._canvas.showPage()
        self._pages += 1
        # Rounded down: a size rounded up by a hair makes a renderer add a row or column of dots
        # and stretch the page over them, and then no QR module falls on whole dots any more.
        size = [floor(side / MM_PER_PT * 1000) / 1000 for side in (page_width, page_height)]
        self._height = size[1]
        self._canvas.setPageSize((size[0], size[1]))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x / MM_PER_PT, self._height - y / MM_PER_PT

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        *,
        align: Align = "left",
        spacing: float = 0.0,
    ) -> None:
        """One line. `spacing` adds so many mm after each character but the last, as for codes read
        out digit by digit; the text that is copied from the PDF stays without spaces."""
        shown = printable(text)
        if not shown.strip():
            return
        if align != "left":
            taken = _advance(shown, style) + spacing * (len(shown) - 1)
            x -= taken / 2 if align == "centre" else taken
        pen = self._canvas.beginText(*self._at(x, baseline))
        pen.setFont(_FONTS[style.bold], style.size)
        pen.setFillColorRGB(*style.colour)
        pen.setHorizScale(100 * style.stretch)
        pen.setCharSpace(spacing / MM_PER_PT / style.stretch)
        pen.textOut(shown)
        self._canvas.drawText(pen)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        weight: float = 0.2,
        colour: Colour = RULE,
        dashed: bool = False,
    ) -> None:
        """A straight line `weight` mm thick."""
        self._canvas.setLineWidth(weight / MM_PER_PT)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setDash([3, 2] if dashed else [], 0)
        self._canvas.line(*self._at(x1, y1), *self._at(x2, y2))

    def frame(self, area: Rectangle, *, weight: float = 0.2, colour: Colour = RULE) -> None:
        """The outline of a rectangle."""
        x, y, w, h = area
        self._canvas.setLineWidth(weight / MM_PER_PT)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setDash([], 0)
        self._canvas.rect(*self._at(x, y + h), w / MM_PER_PT, h / MM_PER_PT, stroke=1, fill=0)

    def fill(self, areas: Iterable[Rectangle], colour: Colour) -> None:
        """Rectangles filled as one path, so that no hair lines show between neighbours."""
        path = self._canvas.beginPath()
        for x, y, w, h in areas:
            path.rect(*self._at(x, y + h), w / MM_PER_PT, h / MM_PER_PT)
        self._canvas.setFillColorRGB(*colour)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def watermark(self, text: str, page_width: float) -> None:
        """A large pale word across the page; call it first, so that everything stands on it."""
        self._canvas.saveState()
        self._canvas.translate(page_width / MM_PER_PT / 2, self._height / 2)
        self._canvas.rotate(35)
        style = fit(text, page_width * 0.8, Style(190, bold=True, colour=WATERMARK), 24)
        self._canvas.setFillColorRGB(*style.colour)
        self._canvas.setFont(_FONTS[True], style.size)
        self._canvas.drawCentredString(0, -style.size * 0.38, text)
        self._canvas.restoreState()

    def data(self) -> bytes:
        """Ends the PDF and gives its bytes. The paper cannot be drawn on any more."""
        with _font_lock:
            self._canvas.save()
        return self._out.getvalue()
