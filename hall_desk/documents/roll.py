"""The papers a slip or receipt is printed on, and how one column of blocks is laid on them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from hall_desk import errors
from hall_desk.documents import flow
from hall_desk.documents.page import BLACK, WHITE, Style, fit
from hall_desk.documents.qr import DOT_MM, Code, snap
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hall_desk.documents.flow import Block
    from hall_desk.documents.page import Align, Paper

_SMALLEST = 7.0  # points: 20 dots high on a thermal printer, the least a Chinese character needs
_SHRINK = 0.6


@dataclass(frozen=True)
class Roll:
    """A paper: its width, the width a printer reaches, its height (None: cut where the text ends),
    all in mm, and how large its texts are against those of the 80 mm roll."""

    key: str
    width: float
    printable: float
    height: float | None
    scale: float

    @property
    def is_sheet(self) -> bool:
        return self.height is not None


ROLLS: dict[str, Roll] = {
    roll.key: roll
    for roll in (
        Roll("58", 58, 48, None, 0.84),
        Roll("80", 80, 72, None, 1.0),
        Roll("a5", 148, 122, 210, 1.5),
        Roll("a4", 210, 172, 297, 2.1),
    )
}


def roll_of(key: str) -> Roll:
    """The paper of this name. Raises BadInput (`roll`, `unknown`)."""
    try:
        return ROLLS[key]
    except KeyError:
        choices = ", ".join(ROLLS)
        raise errors.BadInput("roll", "unknown", choices=choices) from None


@dataclass(frozen=True)
class Column:
    """The column being filled: its width in mm and how large its texts are."""

    room: float
    scale: float
    is_sheet: bool

    def style(self, size: float, *, bold: bool = False) -> Style:
        """A text style; `size` is the size in points on the 80 mm roll."""
        return Style(max(round(size * self.scale * 4) / 4, _SMALLEST), bold=bold, colour=BLACK)

    def text(self, text: str, size: float, *, bold: bool = False, align: Align = "left") -> Block:
        """A wrapped text, as high as it needs."""
        return flow.paragraph(text, self.room, self.style(size, bold=bold), align=align)

    def gap(self, height: float) -> Block:
        """Empty room; `height` in mm on the 80 mm roll."""
        return flow.space(height * self.scale)

    def rule(self, *, dashed: bool = False) -> Block:
        """A line over the whole width with room around it."""
        gap = 1.6 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            y = snap(top + gap)
            weight = 0.25 if dashed else 0.5  # whole dots
            paper.line(x, y, x + self.room, y, weight=weight, colour=BLACK, dashed=dashed)

        return flow.Block(2 * gap, draw)

    def banner(self, text: str, size: float = 13) -> Block:
        """White on black over the whole width: seen in a pile of slips."""
        style = self.style(size, bold=True).coloured(WHITE)
        words = flow.paragraph(text, self.room - 2, style, align="centre")
        pad = 0.5 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            paper.fill([(x, top, self.room, words.height + 2 * pad)], BLACK)
            words.draw(paper, x + 1, top + pad)

        return flow.Block(words.height + 2 * pad, draw)

    def display(self, text: str, size: float, smallest: float, *, tall: bool = False) -> Block:
        """One line as large as the width allows, up to `size`: a number or a telephone number,
        which is never broken. With `tall` its digits are narrowed to make them higher still."""
        style = self.style(size, bold=True)
        if tall:
            style = Style(style.size, bold=True, colour=BLACK, stretch=0.72)
        style = fit(text, self.room, style, smallest)
        height = style.cap_height * 1.45

        def draw(paper: Paper, x: float, top: float) -> None:
            baseline = top + (height + style.cap_height) / 2
            paper.text(x + self.room / 2, baseline, text, style, align="centre")

        return flow.Block(height, draw)

    def picture(self, code: Code, caption: str) -> Block:
        """A QR code in a thin frame with what it is for underneath, in the middle of the room."""
        words = flow.paragraph(caption, self.room, self.style(9.5), align="centre")
        gap = 0.8 * self.scale

        def draw(paper: Paper, x: float, top: float) -> None:
            left = snap(x + (self.room - code.size) / 2)
            code.draw(paper, left, top)
            paper.frame((left, snap(top), code.size, code.size), weight=0.125, colour=BLACK)
            words.draw(paper, x, top + code.size + gap)

        return flow.Block(code.size + gap + words.height, draw)


@dataclass(frozen=True)
class Marks:
    """What a paper says about itself: which reprint it is (0: the first print), and that it is only practice."""

    reprint: int = 0
    practice: bool = False


NO_MARKS = Marks()


def _marked(
    fill: Callable[[Column], Sequence[Block]], marks: Marks
) -> Callable[[Column], Sequence[Block]]:
    """The blocks with the marks over them; practice is said at the end once more, where a slip is torn."""

    def blocks(column: Column) -> list[Block]:
        practice = _("Practice: this paper is not valid")
        head, tail = [], []
        if marks.practice:
            head += [column.banner(practice, 11), column.gap(0.8)]
            tail += [column.gap(0.8), column.banner(practice, 11)]
        if marks.reprint:
            reprint = _("Reprint {count}").format(count=marks.reprint)
            head += [column.banner(reprint), column.gap(0.8)]
        return [*head, *fill(column), *tail]

    return blocks


def lay_out(
    paper: Paper,
    roll: Roll,
    fill: Callable[[Column], Sequence[Block]],
    *,
    enlarge: float = 1.0,
    marks: Marks = NO_MARKS,
) -> bytes:
    """Lays the blocks made by `fill`, with the marks, on the paper and gives the PDF.

    A roll is cut where the content ends, on a whole dot. On a sheet the texts are made smaller, to
    three fifths at most, until all fits; what then remains goes on to a second sheet.
    """
    fill = _marked(fill, marks)
    margin = (roll.width - roll.printable) / 2
    scale = roll.scale * enlarge
    if roll.height is None:
        blocks = fill(Column(roll.printable, scale, is_sheet=False))
        top, tear = 4.0, 5.0
        height = top + sum(block.height for block in blocks) + tear
        pages = [list(blocks)]
        page_height = ceil(height / DOT_MM) * DOT_MM
    else:
        top = margin
        room = roll.height - 2 * top
        while True:
            blocks = fill(Column(roll.printable, scale, is_sheet=True))
            if (
                sum(block.height for block in blocks) <= room
                or scale < roll.scale * enlarge * _SHRINK
            ):
                break
            scale *= 0.96
        pages = flow.paginate(blocks, room, room)
        page_height = roll.height
    for page in pages:
        paper.page(roll.width, page_height)
        flow.stack(page).draw(paper, margin, top)
    return paper.data()
