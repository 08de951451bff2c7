"""A short page that shows whether a printer and its paper width are right: edge to edge, Chinese, fine lines."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hall_desk.documents.page import Paper
from hall_desk.documents.roll import Column, lay_out, roll_of
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.documents.flow import Block


def trial_page(roll: str, printer: str, made_at: datetime) -> bytes:
    """The page as a PDF for the roll "58" or "80". Raises BadInput for an unknown roll."""
    title = _("Test page")

    def blocks(column: Column) -> list[Block]:
        return [
            column.text(title, 16, bold=True, align="centre"),
            column.rule(),
            column.text(printer, 10, align="centre"),
            column.gap(1),
            column.text(
                _("The lines reach from edge to edge, and nothing is cut off: the width is right."),
                10,
            ),
            column.gap(1),
            column.text("政务服务大厅 帮办代办 0123456789 Aa Bb Cc", 10),
            column.rule(dashed=True),
            column.text(f"{made_at:%Y-%m-%d %H:%M}", 8, align="centre"),
        ]

    return lay_out(Paper(title=title, author="Hall Desk", made_at=made_at), roll_of(roll), blocks)
