"""Puts blocks of known height one under the other, and long runs of them on numbered pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hall_desk.documents.page import (
    ACCENT,
    BAND,
    INK,
    MUTED,
    RULE,
    STRONG_RULE,
    Style,
    wrap,
)

if TYPE_CHECKING:
    from hall_desk.documents.page import Align, Colour, Paper

Draw = Callable[["Paper", float, float], None]


@dataclass(frozen=True)
class Block:
    """Something `height` mm high; `draw(paper, x, top)` draws it with its top left corner there."""

    height: float
    draw: Draw
    keep_with_next: bool = False
    blank: bool = False


def space(height: float) -> Block:
    """Room between blocks; it falls away at the top of a page."""
    return Block(height, lambda paper, x, top: None, blank=True)


def paragraph(
    text: str,
    room: float,
    style: Style,
    *,
    align: Align = "left",
    keep_with_next: bool = False,
) -> Block:
    """A text in lines of at most `room` mm; centred text is balanced."""
    lines = wrap(text, room, style, balanced=align == "centre")

    def draw(paper: Paper, x: float, top: float) -> None:
        anchor = x + {"left": 0.0, "centre": room / 2, "right": room}[align]
        for number, line in enumerate(lines):
            baseline = style.baseline(top + number * style.leading, style.leading)
            paper.text(anchor, baseline, line, style, align=align)

    return Block(style.leading * len(lines), draw, keep_with_next)


def labelled(
    label: str, block: Block, indent: float, style: Style, first: Style | None = None
) -> Block:
    """A block with a label to its left, on the baseline of its first line. Give `first`, the style
    of that line, where it is not the label's."""
    line = first or style

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.text(x, line.baseline(top, line.leading), label, style)
        block.draw(paper, x + indent, top)

    return Block(max(block.height, line.leading), draw)


def stack(blocks: Sequence[Block]) -> Block:
    """Blocks one under the other, as one that is never divided."""

    def draw(paper: Paper, x: float, top: float) -> None:
        for block in blocks:
            block.draw(paper, x, top)
            top += block.height

    return Block(sum(block.height for block in blocks), draw)


def beside(blocks: Sequence[tuple[float, Block]]) -> Block:
    """Blocks side by side, each with its distance from the left in mm."""

    def draw(paper: Paper, x: float, top: float) -> None:
        for offset, block in blocks:
            block.draw(paper, x + offset, top)

    return Block(max((block.height for _offset, block in blocks), default=0.0), draw)


# --- tables -------------------------------------------------------------------------------------

CELL = Style(8.5)
HEAD = Style(8.5, colour=MUTED)
_PAD_X = 1.8
_PAD_Y = 1.05
_SHORT_TABLE = 8  # rows


@dataclass(frozen=True)
class Column:
    """A column `width` mm wide with its title."""

    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Row:
    """The texts of one row; long ones wrap and make the row higher."""

    cells: tuple[str, ...]
    bold: bool = False
    colour: Colour = INK


@dataclass(frozen=True)
class Table:
    """A table that may go on over pages: its head is repeated, and no page gets a single row."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    head: Block = field(init=False)
    lines: tuple[Block, ...] = field(init=False)

    def __post_init__(self) -> None:
        titles = Row(tuple(column.title for column in self.columns))
        object.__setattr__(self, "head", _table_line(self.columns, titles, HEAD, is_head=True))
        lines = tuple(
            _table_line(self.columns, row, Style(CELL.size, row.bold, row.colour))
            for row in self.rows
        )
        object.__setattr__(self, "lines", lines)

    @property
    def width(self) -> float:
        return sum(column.width for column in self.columns)

    @property
    def least(self) -> float:
        """What must fit under a heading: a short table whole, of a long one the head and two rows."""
        first = self.lines if len(self.lines) <= _SHORT_TABLE else self.lines[:2]
        return self.head.height + sum(line.height for line in first)

    def whole(self) -> Block:
        """The table as one block."""
        return stack([self.head, *self.lines])


def _table_line(
    columns: tuple[Column, ...], row: Row, style: Style, *, is_head: bool = False
) -> Block:
    texts = [
        wrap(cell, column.width - 2 * _PAD_X, style)
        for column, cell in zip(columns, row.cells, strict=True)
    ]
    height = max(len(lines) for lines in texts) * style.leading + 2 * _PAD_Y
    total = sum(column.width for column in columns)

    def draw(paper: Paper, x: float, top: float) -> None:
        if is_head:
            paper.fill([(x, top, total, height)], BAND)
            paper.line(x, top, x + total, top, weight=0.25, colour=STRONG_RULE)
        paper.line(x, top + height, x + total, top + height, colour=RULE)
        for column, lines in zip(columns, texts, strict=True):
            anchor = {
                "left": x + _PAD_X,
                "centre": x + column.width / 2,
                "right": x + column.width - _PAD_X,
            }[column.align]
            first = top + (height - len(lines) * style.leading) / 2
            for number, line in enumerate(lines):
                baseline = style.baseline(first + number * style.leading, style.leading)
                paper.text(anchor, baseline, line, style, align=column.align)
            x += column.width

    return Block(height, draw)


def heading(text: str, room: float) -> Block:
    """The title of a section with its bar; it stays with what follows."""
    style = Style(10.5, bold=True)
    lines = wrap(text, room - 4, style)
    body = len(lines) * style.leading

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.fill([(x, top, 1.1, body)], ACCENT)
        for number, line in enumerate(lines):
            baseline = style.baseline(top + number * style.leading, style.leading)
            paper.text(x + 3.2, baseline, line, style)

    return Block(body + 1.6, draw, keep_with_next=True)


# --- pages --------------------------------------------------------------------------------------


def paginate(pieces: Sequence[Block | Table], first_room: float, room: float) -> list[list[Block]]:
    """The blocks of each page, where the first page has `first_room` mm and the others `room`.

    A block that keeps with the next moves with it; tables are divided between rows, with the head
    repeated and at least two rows on either side. There is always one page.
    """
    pages: list[list[Block]] = [[]]
    left = first_room

    def turn() -> None:
        nonlocal left
        pages.append([])
        left = room

    def put(block: Block) -> None:
        nonlocal left
        if block.blank and not pages[-1]:
            return
        pages[-1].append(block)
        left -= block.height

    for position, piece in enumerate(pieces):
        follows = position and _keeps(pieces[position - 1])
        if not follows and _least(pieces, position) > left and pages[-1]:
            turn()
        if isinstance(piece, Block):
            put(piece)
            continue
        lines = piece.lines
        while lines:
            taken = _rows_that_fit(lines, left - piece.head.height)
            if taken < min(2, len(lines)) and pages[-1]:
                turn()
                continue
            taken = max(taken, 1)
            put(stack([piece.head, *lines[:taken]]))
            lines = lines[taken:]
            if lines:
                turn()
    return pages


def _keeps(piece: Block | Table) -> bool:
    return isinstance(piece, Block) and piece.keep_with_next


def _least(pieces: Sequence[Block | Table], position: int) -> float:
    """The room needed from here until the page may be turned."""
    needed = 0.0
    for piece in pieces[position:]:
        if isinstance(piece, Table):
            return needed + piece.least
        needed += piece.height
        if not piece.keep_with_next:
            break
    return needed


def _rows_that_fit(lines: Sequence[Block], room: float) -> int:
    taken = 0
    for line in lines:
        if line.height > room + 1e-6:
            break
        room -= line.height
        taken += 1
    if len(lines) - taken == 1:
        taken -= 1  # no single row, least of all the total, alone on the next page
    return max(taken, 0)
