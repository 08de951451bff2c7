"""Column charts as vectors, with a figure on every column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.documents.flow import Block
from hall_desk.documents.page import MUTED, STRONG_RULE, Style, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.documents.page import Colour, Paper

_LABEL = Style(7.5, colour=MUTED)
_LEAST_GAP = 0.6


@dataclass(frozen=True)
class Bar:
    """One column: what stands under it, and how high it is."""

    label: str
    value: int


def column_chart(bars: Sequence[Bar], room: float, height: float, colour: Colour) -> Block:
    """Columns over a base line, `room` mm wide and `height` mm high with all its texts.

    The highest column fills the height; a zero has its figure on the base line. Texts become
    smaller together when there are so many columns that they would touch.
    """
    slot = room / max(len(bars), 1)
    texts = [text for bar in bars for text in (bar.label, str(bar.value))]
    longest = max((width(text, _LABEL) for text in texts), default=0.0)
    style = _LABEL
    if longest > slot - _LEAST_GAP:
        style = _LABEL.at(max(_LABEL.size * (slot - _LEAST_GAP) / longest, 3.5))
    text_height = style.leading
    tallest = height - 2 * text_height
    peak = max((bar.value for bar in bars), default=0)
    column = min(slot * 0.82, 14.0)

    def draw(paper: Paper, x: float, top: float) -> None:
        base = top + height - text_height
        areas = []
        for number, bar in enumerate(bars):
            middle = x + (number + 0.5) * slot
            body = tallest * bar.value / peak if peak else 0.0
            if body:
                areas.append((middle - column / 2, base - body, column, body))
            value = style.baseline(base - body - text_height, text_height)
            paper.text(middle, value, str(bar.value), style, align="centre")
            label = style.baseline(base + 0.3, text_height)
            paper.text(middle, label, bar.label, style, align="centre")
        if areas:
            paper.fill(areas, colour)
        paper.line(x, base, x + room, base, weight=0.25, colour=STRONG_RULE)

    return Block(height, draw)
