"""An official A4 paper: its head with number and QR code, boxes of facts, and lines to sign on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.page import INK, MUTED, STRONG_RULE, Style, fit, width, wrap
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hall_desk.documents.flow import Block, Table
    from hall_desk.documents.page import Paper

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
MARGIN, TOP, BOTTOM = 20.0, 15.0, 18.0
ROOM = PAGE_WIDTH - 2 * MARGIN
_QR_ROOM = 24.0
# Tried one after the other until the paper fits on one page; only then does it go on on a second one.
SCALES = (1.0, 0.94, 0.88, 0.82)


@dataclass(frozen=True)
class Sheet:
    """How large things are on the paper being made."""

    scale: float

    def style(self, size: float, *, bold: bool = False) -> Style:
        return Style(round(size * self.scale * 4) / 4, bold=bold)

    def gap(self, height: float) -> Block:
        return flow.space(height * self.scale)

    def text(self, text: str, size: float = 10.5, *, bold: bool = False) -> Block:
        return flow.paragraph(text, ROOM, self.style(size, bold=bold))

    def heading(self, text: str) -> Block:
        """The title of a part; it stays with what follows."""
        style = self.style(11, bold=True)
        lines = wrap(text, ROOM, style)
        gap = 1.2 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            for number, line in enumerate(lines):
                baseline = style.baseline(top + number * style.leading, style.leading)
                paper.text(x, baseline, line, style)

        return flow.Block(len(lines) * style.leading + gap, draw, keep_with_next=True)

    def head(self, hall: str, title: str, number: str, day: str, code: str) -> Block:
        """Hall and title in the middle, the number on the left, the QR code on the right."""
        side = _QR_ROOM + 4
        middle = ROOM - 2 * side
        small = self.style(10.5)
        name = flow.paragraph(hall, middle, small, align="centre")
        words = fit(title, middle, self.style(22, bold=True), 13)
        picture = qr.code(code, _QR_ROOM)
        label = Style(8.5, colour=MUTED)
        large = fit(number, side - 3, Style(20, bold=True), 10)
        height = max(name.height + 2 + words.leading, _QR_ROOM + 1) + 3 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            paper.text(x, label.baseline(top, label.leading), _("Ticket number"), label)
            line = top + label.leading
            paper.text(x, large.baseline(line, large.leading), number, large)
            line += large.leading
            paper.text(x, label.baseline(line, label.leading), day, label)
            name.draw(paper, x + side, top + 1)
            under = top + 1 + name.height + 1
            paper.text(
                x + ROOM / 2,
                words.baseline(under, words.leading),
                title,
                words,
                align="centre",
            )
            if picture is not None:
                picture.draw(paper, x + ROOM - picture.size, top)

        return flow.Block(height, draw)

    def boxes(self, rows: Sequence[Sequence[tuple[str, str]]]) -> list[Block]:
        """Facts in ruled boxes: each row has one or two labels with their values; an empty value is a dash."""
        size = self.style(10)
        label = Style(self.style(9).size, colour=MUTED)
        pad, left = 1.7, 27.0
        blocks = []
        for number, row in enumerate(rows):
            each = ROOM / len(row)
            cells = [
                (wrap(name, left - 2 * pad, label), wrap(value or "—", each - left - 2 * pad, size))
                for name, value in row
            ]
            height = (
                max(
                    max(len(names) * label.leading, len(values) * size.leading)
                    for names, values in cells
                )
                + 2 * pad * self.scale
            )
            blocks.append(_box_row(cells, each, left, height, size, label, pad, first=number == 0))
        return blocks

    def signatures(self, names: Sequence[str], *, stamp: bool = False) -> Block:
        """Lines to sign on and for the date, two people in a row; with `stamp` room for the hall's stamp."""
        style = self.style(10)
        each = (ROOM - 12) / 2
        high = 21 * self.scale
        rows = [names[start : start + 2] for start in range(0, len(names), 2)]

        def draw(paper: Paper, x: float, top: float) -> None:
            for number, row in enumerate(rows):
                for place, name in enumerate(row):
                    left = x + place * (each + 12)
                    words = _("{who} (signature):").format(who=name)
                    base = top + number * high + high * 0.5
                    _line_to_fill(paper, left, base, each, words, style)
                    _line_to_fill(paper, left, base + high * 0.4, each, _("Date:"), style)
            if stamp:
                note = Style(8.5, colour=MUTED)
                base = top + len(rows) * high + note.leading
                paper.text(x + ROOM, base, _("(stamp of the hall)"), note, align="right")

        return flow.Block(len(rows) * high + (7 if stamp else 1), draw)

    def blank_lines(self, count: int) -> Block:
        """Lines to write on by hand."""
        high = 8.5 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            for number in range(1, count + 1):
                y = top + number * high
                paper.line(x, y, x + ROOM, y, colour=STRONG_RULE)

        return flow.Block(count * high + 1, draw)


def _box_row(
    cells: Sequence[tuple[list[str], list[str]]],
    each: float,
    left: float,
    height: float,
    style: Style,
    label: Style,
    pad: float,
    *,
    first: bool,
) -> Block:
    def draw(paper: Paper, x: float, top: float) -> None:
        rule = {"weight": 0.2, "colour": STRONG_RULE}
        if first:
            paper.line(x, top, x + ROOM, top, **rule)  # type: ignore[arg-type]
        paper.line(x, top + height, x + ROOM, top + height, **rule)  # type: ignore[arg-type]
        for place, (names, values) in enumerate(cells):
            start = x + place * each
            for edge in (start, start + left, start + each):
                paper.line(edge, top, edge, top + height, **rule)  # type: ignore[arg-type]
            for lines, look, at in ((names, label, start), (values, style, start + left)):
                begin = top + (height - len(lines) * look.leading) / 2
                for number, line in enumerate(lines):
                    baseline = look.baseline(begin + number * look.leading, look.leading)
                    paper.text(at + pad, baseline, line, look)

    return flow.Block(height, draw)


def _line_to_fill(
    paper: Paper, left: float, base: float, each: float, words: str, style: Style
) -> None:
    shown = fit(words, each * 0.6, style, 7)
    paper.text(left, base, words, shown)
    start = left + width(words, shown) + 1.5
    paper.line(start, base + 0.8, left + each, base + 0.8, colour=INK)


def lay_out(
    paper: Paper,
    fill: Callable[[Sheet], Sequence[Block | Table]],
    foot: str,
    *,
    practice: bool = False,
) -> bytes:
    """Lays what `fill` makes on A4 pages, on one if it can be, and gives the PDF; `practice` is marked on each."""
    room = PAGE_HEIGHT - TOP - BOTTOM
    pages: list[list[Block]] = []
    for scale in SCALES:
        pages = flow.paginate(fill(Sheet(scale)), room, room)
        if len(pages) == 1:
            break
    small = Style(8, colour=MUTED)
    for number, blocks in enumerate(pages, start=1):
        paper.page(PAGE_WIDTH, PAGE_HEIGHT)
        if practice:
            paper.watermark(_("PRACTICE"), PAGE_WIDTH)
        top = TOP
        for block in blocks:
            block.draw(paper, MARGIN, top)
            top += block.height
        base = PAGE_HEIGHT - BOTTOM + 8
        paper.line(MARGIN, base - 4.5, PAGE_WIDTH - MARGIN, base - 4.5, colour=STRONG_RULE)
        paper.text(MARGIN, base, foot, fit(foot, ROOM - 30, small, 6))
        said = _("Page {number} of {count}").format(number=number, count=len(pages))
        paper.text(PAGE_WIDTH - MARGIN, base, said, small, align="right")
    return paper.data()
