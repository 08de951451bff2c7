"""The label that is stuck on a bag of papers: whose bag it is, what is in it, and the code that opens its ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.page import Paper, together, width
from hall_desk.documents.receipt import paper_text
from hall_desk.documents.roll import Column, Marks, lay_out, roll_of
from hall_desk.documents.slip import window_title
from hall_desk.i18n import _, _n

if TYPE_CHECKING:
    from hall_desk.documents.flow import Block
    from hall_desk.services.tickets import PaperLine, ReceiptFacts

_QR_ROOM = 24.0  # mm on the 80 mm roll, beside the number
_CODE_SHARE = 0.42  # of the label's width, where that is less


def bag_label(facts: ReceiptFacts, roll: str) -> bytes:
    """The label of a ticket's bag as a PDF, with the papers that are in the hall's hands now.

    `roll` is a key of `roll.ROLLS`. Like the routing slip it shows nothing by which papers could be fetched: its code
    is `facts.reference`, also in letters for a PC without a scanner. Raises as `receipt` does.
    """
    paper = Paper(
        title=f"{_('Bag label')} {facts.number}", author=facts.hall, made_at=facts.printed_at
    )
    return lay_out(
        paper,
        roll_of(roll),
        lambda column: _blocks(facts, column),
        marks=Marks(practice=facts.practice),
    )


def _blocks(facts: ReceiptFacts, column: Column) -> list[Block]:
    inside = [paper for paper in facts.papers if paper.out]
    sheets = sum(paper.count for paper in inside)
    said = _n("{count} paper in this bag", "{count} papers in this bag", sheets)
    blocks = [
        column.text(facts.hall, 9, align="centre"),
        column.rule(),
        _head(facts, column),
        column.gap(0.8),
        column.text(facts.reference, 8),
        column.rule(dashed=True),
        column.text(said.format(count=sheets), 10.5, bold=True),
        *_contents(inside, column),
    ]
    if facts.resident:
        resident = _("Resident: {name}").format(name=facts.resident)
        blocks += [column.gap(0.6), column.text(resident, 9.5)]
    blocks += [
        column.rule(dashed=True),
        column.text(_("Stays with the papers. Not a receipt."), 9, bold=True, align="centre"),
    ]
    return [*blocks, column.text(f"{facts.printed_at:%Y-%m-%d %H:%M}", 8, align="centre")]


def _head(facts: ReceiptFacts, column: Column) -> Block:
    """Number, matter and window on the left, the code on the right."""
    room = min(_QR_ROOM * min(column.scale, 1.5), column.room * _CODE_SHARE)
    code = qr.code(facts.reference, room)
    gap = 1.5 * column.scale
    right = code.size if code else 0.0
    left = Column(column.room - right - gap, column.scale, column.is_sheet)
    words = flow.stack(
        [
            left.display(facts.number, 40, 16),
            left.text(facts.matter, 10.5),
            left.text(window_title(facts.window), 11.5, bold=True),
        ]
    )
    if code is None:
        return words
    picture = flow.Block(code.size, code.draw)
    return flow.beside([(0, words), (column.room - right, picture)])


def _contents(papers: list[PaperLine], column: Column) -> list[Block]:
    style = column.style(10.5)
    blocks = []
    for position, paper in enumerate(papers, start=1):
        mark = together(f"{position}.")
        indent = width("00.", style) + 1.0
        line = flow.paragraph(paper_text(paper), column.room - indent, style)
        blocks.append(flow.labelled(mark, line, indent, style))
    return blocks
