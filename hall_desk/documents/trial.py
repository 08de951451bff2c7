"""A page that shows whether a printer and its paper are right: edge to edge, a ruler, rare characters, a code."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.page import BLACK, Paper, width
from hall_desk.documents.roll import Column, lay_out, roll_of
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.documents.flow import Block

CODE = "HALL-DESK-TEST"
# Names that a printer's own fonts do not know: 䶮 Extension A, 㛃 Extension A, 𬭊 Extension C.
RARE = "䶮 㛃 𬭊"


def trial_page(roll: str, printer: str, made_at: datetime, *, hall: str = "") -> bytes:
    """The page as a PDF for a roll of `roll.ROLLS`. Raises BadInput for an unknown roll."""
    title = _("Test page")

    def blocks(column: Column) -> list[Block]:
        code = qr.code(CODE, 24.0 * min(column.scale, 1.5))
        return [
            *([column.text(hall, 10, align="centre")] if hall else []),
            column.text(title, 16, bold=True, align="centre"),
            column.rule(),
            column.text(printer, 10, align="centre"),
            column.gap(1),
            column.text(
                _("The lines reach from edge to edge, and nothing is cut off: the width is right."),
                10,
            ),
            column.gap(1),
            _ruler(column),
            column.text("政务服务大厅 帮办代办 0123456789 Aa Bb Cc", 10),
            column.text(RARE, 16, align="centre"),
            *([column.gap(1), column.picture(code, CODE)] if code else []),
            column.rule(dashed=True),
            column.text(f"{made_at:%Y-%m-%d %H:%M}", 8, align="centre"),
        ]

    return lay_out(Paper(title=title, author="Hall Desk", made_at=made_at), roll_of(roll), blocks)


def _ruler(column: Column) -> Block:
    """Millimetres, to be held against a real ruler: a picture that was scaled shows."""
    style = column.style(8)
    length = int(column.room // 10) * 10
    numbered = 10 if width(str(length), style) < 8 else 20

    def draw(paper: Paper, x: float, top: float) -> None:
        for mm in range(length + 1):
            high = 3.0 if mm % 10 == 0 else 2.0 if mm % 5 == 0 else 1.0
            paper.line(x + mm, top, x + mm, top + high, weight=0.25, colour=BLACK)
            if mm and mm % numbered == 0:
                baseline = style.baseline(top + 3.0, style.leading)
                paper.text(x + mm, baseline, str(mm), style, align="right")

    return flow.Block(3.5 + style.leading, draw)
