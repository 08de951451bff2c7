"""The two papers of an intake: the resident's receipt, and the routing slip that travels along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow, qr
from hall_desk.documents.page import BLACK, Paper, Style, together, width
from hall_desk.documents.roll import Column, Marks, lay_out, roll_of
from hall_desk.documents.slip import sheets, window_title
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.documents.flow import Block
    from hall_desk.services.tickets import PaperLine, ReceiptFacts

_QR_ROOM = 34.0  # mm on the 80 mm roll


def receipt(facts: ReceiptFacts, roll: str, reprint: int = 0) -> bytes:
    """What the resident gets for papers handed in, as a PDF: number, papers, pick-up code, QR.

    `roll` is a key of `roll.ROLLS`; `reprint` counts the prints after the first. The name is
    printed as the facts have it, masked. Raises
    BadInput for an unknown roll and `resources.ResourceMissingError` when the fonts are missing.
    """
    paper = Paper(
        title=f"{_('Receipt for papers')} {facts.number}",
        author=facts.hall,
        made_at=facts.printed_at,
    )
    return lay_out(
        paper,
        roll_of(roll),
        lambda column: _receipt_blocks(facts, column),
        marks=Marks(reprint, facts.practice),
    )


def routing_slip(facts: ReceiptFacts, roll: str, reprint: int = 0) -> bytes:
    """What travels with the papers to the window, as a PDF.

    It shows neither the pick-up code nor the receipt's code, which are both proof at hand-back:
    whoever finds the slip cannot fetch the papers with it. By its QR code (`facts.reference`) a
    window's scanner opens the ticket. Raises as `receipt` does.
    """
    paper = Paper(
        title=f"{_('Routing slip')} {facts.number}",
        author=facts.hall,
        made_at=facts.printed_at,
    )
    return lay_out(
        paper,
        roll_of(roll),
        lambda column: _routing_blocks(facts, column),
        marks=Marks(reprint, facts.practice),
    )


def _receipt_blocks(facts: ReceiptFacts, column: Column) -> list[Block]:
    number = _("Window {number}").format(number=facts.window.number)
    blocks = [
        column.text(facts.hall, 10, align="centre"),
        column.text(_("Receipt for papers"), 15, bold=True, align="centre"),
        column.rule(),
        column.display(facts.number, 46, 20),
        column.text(f"{facts.matter} · {number}", 12, align="centre"),
        column.gap(1.2),
        *_facts_lines(facts, column),
    ]
    code = qr.code(facts.code, _QR_ROOM * min(column.scale, 1.5))
    if code:
        blocks += [column.gap(1.6), column.picture(code, _("Show this to get your papers back"))]
    blocks.append(column.rule(dashed=True))
    if facts.window.phone:
        blocks.append(column.text(_window_phone(facts), 9.5))
    if facts.consent:
        text = _("The resident has agreed that hall staff handle this matter on their behalf.")
        blocks.append(column.text(text, 9.5))
    if facts.away:
        text = _("Taken in while the hall's server was away. Number and code are valid.")
        blocks.append(column.text(text, 9.5, bold=True))
    return [*blocks, column.gap(1.2), _footer(facts, column)]


def _facts_lines(facts: ReceiptFacts, column: Column) -> list[Block]:
    """Labels on the left, the values under one another."""
    style = column.style(10.5)
    labels = [_("Papers taken:"), _("Pick-up code:"), _("Expected:"), _("Resident:")]
    indent = max(width(label, style) for label in labels) + 1.2 * column.scale
    room = column.room - indent
    taken = [paper_text(paper) for paper in facts.papers if not paper.new]
    papers = [flow.paragraph(name, room, style) for name in taken or [_("No papers")]]
    blocks = [flow.labelled(labels[0], flow.stack(papers), indent, style), column.gap(0.5)]
    if facts.pickup_code:
        large = column.style(17, bold=True)
        code = _spaced(facts.pickup_code, large)
        blocks += [flow.labelled(labels[1], code, indent, style, large), column.gap(0.5)]
    if facts.expected_minutes:
        text = _("about {minutes} min, please wait in the foyer")
        expected = flow.paragraph(
            text.format(minutes=facts.expected_minutes), room, style.in_bold()
        )
        blocks += [flow.labelled(labels[2], expected, indent, style), column.gap(0.5)]
    if facts.resident:
        resident = flow.paragraph(facts.resident, room, style)
        blocks += [flow.labelled(labels[3], resident, indent, style), column.gap(0.5)]
    return blocks


def _spaced(code: str, style: Style) -> Block:
    """A code set wide, to be read out digit by digit; copied from the PDF it has no spaces."""

    def draw(paper: Paper, x: float, top: float) -> None:
        spacing = style.size * 0.1
        paper.text(x, style.baseline(top, style.leading), code, style, spacing=spacing)

    return flow.Block(style.leading, draw)


def paper_text(paper: PaperLine) -> str:
    """“身份证 原件 1 份”, with what was found otherwise, and whether it is back already."""
    text = f"{paper.name} {sheets(paper.original, paper.count)}"
    if paper.difference:
        found = _("missing") if paper.difference == "missing" else paper.difference
        text += _(" ({note})").format(note=found)
    if paper.shared:
        text += together(_(" ({note})").format(note=_("with {number}").format(number=paper.shared)))
    elif paper.holder == "resident":
        text += together(_(" ({note})").format(note=_("handed back")))
    return text


def _window_phone(facts: ReceiptFacts) -> str:
    window = facts.window
    text = _("Phone of window {number}: {phone}").format(number=window.number, phone=window.phone)
    if window.extension:
        text += " " + together(_("ext. {extension}").format(extension=window.extension))
    return text


def _footer(facts: ReceiptFacts, column: Column) -> Block:
    parts = [f"{facts.printed_at:%Y-%m-%d %H:%M}"]
    if facts.clerk:
        parts.append(_("Taken in by {clerk}").format(clerk=facts.clerk))
    return column.text("\u3000".join(map(together, parts)), 8, align="centre")


# --- the routing slip ---------------------------------------------------------------------------


def _routing_blocks(facts: ReceiptFacts, column: Column) -> list[Block]:
    blocks = [
        column.text(facts.hall, 10, align="centre"),
        column.text(_("Routing slip"), 15, bold=True, align="centre"),
        column.rule(),
        column.display(facts.number, 46, 20),
    ]
    if facts.priority:
        blocks += [column.banner(_priority(facts.priority)), column.gap(0.8)]
    blocks += [
        column.text(facts.matter, 12, align="centre"),
        column.text(window_title(facts.window), 13.5, bold=True, align="centre"),
        column.gap(1.2),
        *_tick_list([paper for paper in facts.papers if not paper.new], column),
    ]
    if facts.remark:
        blocks += [column.gap(0.8), _remark(facts.remark, column)]
    if facts.resident:
        text = _("Resident: {name}").format(name=facts.resident)
        blocks += [column.gap(0.8), column.text(text, 10)]
    blocks += [column.gap(2.2), _signature(_("Received by"), column)]
    code = qr.code(facts.reference, _QR_ROOM * min(column.scale, 1.5))
    if code:
        blocks += [column.gap(2), column.picture(code, _("Scan to open this ticket"))]
    if facts.away:
        text = _("Taken in while the server was away: the ticket appears when it is back.")
        blocks.append(column.text(text, 9.5, bold=True, align="centre"))
    text = _("Stays with the papers. Not a receipt.")
    blocks += [column.rule(dashed=True), column.text(text, 9.5, bold=True, align="centre")]
    return [*blocks, _footer(facts, column)]


def _priority(value: str) -> str:
    return _("Priority: {reason}").format(reason=i18n.code("priority", value))


def _tick_list(papers: list[PaperLine], column: Column) -> list[Block]:
    """Each paper with a box for what the window received and one for what it gave back."""
    style, small = column.style(10.5), column.style(8)
    if not papers:
        return [flow.paragraph(_("No papers were taken in."), column.room, style)]
    received, back = _("In"), _("Back")  # over the boxes to tick
    box = style.size * 0.32
    slot = max(width(received, small), width(back, small), box) + 2.2 * column.scale

    def head(paper: Paper, x: float, top: float) -> None:
        baseline = small.baseline(top, small.leading)
        paper.text(x + slot / 2, baseline, received, small, align="centre")
        paper.text(x + column.room - slot / 2, baseline, back, small, align="centre")

    return [
        flow.Block(small.leading, head),
        *(_tick_line(paper, column, style, box, slot) for paper in papers),
    ]


def _tick_line(line: PaperLine, column: Column, style: Style, box: float, slot: float) -> Block:
    words = flow.paragraph(paper_text(line), column.room - 2 * slot, style)
    pad = 0.5 * column.scale

    def draw(paper: Paper, x: float, top: float) -> None:
        y = top + pad + (style.leading - box) / 2
        for left in (x + (slot - box) / 2, x + column.room - (slot + box) / 2):
            paper.frame((left, y, box, box), weight=0.25, colour=BLACK)
        words.draw(paper, x + slot, top + pad)

    return flow.Block(words.height + 2 * pad, draw)


def _remark(text: str, column: Column) -> Block:
    """The remark in a frame."""
    pad = 1.0 * column.scale
    body = _("Remark: {text}").format(text=text)
    words = flow.paragraph(body, column.room - 2 * pad, column.style(10.5, bold=True))

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.frame((x, top, column.room, words.height + 2 * pad), weight=0.25, colour=BLACK)
        words.draw(paper, x + pad, top + pad)

    return flow.Block(words.height + 2 * pad, draw)


def _signature(label: str, column: Column) -> Block:
    """A label and a line to sign on."""
    style = column.style(9.5)

    def draw(paper: Paper, x: float, top: float) -> None:
        baseline = style.baseline(top, style.leading)
        paper.text(x, baseline, label, style)
        start = x + width(label, style) + 1.5
        paper.line(start, baseline, x + column.room, baseline, weight=0.25, colour=BLACK)

    return flow.Block(style.leading, draw)
