"""一次性告知单: exactly what is missing, so that nobody comes a third time; its code opens it at the next visit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.page import Paper, together, width
from hall_desk.documents.roll import Column, Marks, lay_out, roll_of
from hall_desk.documents.slip import sheets, window_title
from hall_desk.i18n import _, _n
from hall_desk.services.missing_notices import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.documents.flow import Block
    from hall_desk.services.missing_notices import NoticeFacts, NoticeItem

# The large form is for people whose eyes are old, as with the phone slip.
_LARGE = 1.33
_QR_ROOM = 30.0  # mm on the 80 mm roll
_MISSING_SIZE = 13.0  # points on the 80 mm roll: what the paper is for is the largest text on it
_COMPLETE_SIZE = 10.0


def missing_notice(facts: NoticeFacts, roll: str, large: bool = False, reprint: int = 0) -> bytes:
    """The notice as a PDF: what is missing, what is in order, where to come back, and the code for that visit.

    `roll` is a key of `roll.ROLLS`: "58" and "80" are cut where the text ends, "a5" and "a4" are sheets. `large` is
    the form for the old. The QR code holds `facts.scan`. Raises BadInput for an unknown roll and
    `resources.ResourceMissingError` when the fonts have not been built.
    """
    paper = Paper(
        title=f"{_('Notice of what is missing')} {facts.matter}",
        author=facts.hall,
        made_at=facts.given_at,
    )
    return lay_out(
        paper,
        roll_of(roll),
        lambda column: _blocks(facts, column, large),
        enlarge=_LARGE if large else 1.0,
        marks=Marks(reprint, facts.practice),
    )


def _blocks(facts: NoticeFacts, column: Column, large: bool) -> list[Block]:
    blocks = [
        column.text(facts.hall, 10, align="centre"),
        column.text(_("Notice of what is missing"), 16, bold=True, align="centre"),
        column.rule(),
        column.text(facts.matter, 13, bold=True, align="centre"),
    ]
    if facts.resident:
        resident = _("Resident: {name}").format(name=facts.resident)
        blocks.append(column.text(resident, 10, align="centre"))
    count = len(facts.missing)
    said = _n("One paper is missing:", "{count} papers are missing:", count).format(count=count)
    blocks += [
        column.gap(1),
        column.text(said, 11),
        *_list(facts.missing, column, _MISSING_SIZE, bold=True),
    ]
    if facts.note:
        note = _("Note: {text}").format(text=facts.note)
        blocks += [column.gap(0.8), column.text(note, 10.5)]
    if facts.complete:
        blocks += [
            column.gap(0.8),
            column.rule(dashed=True),
            column.text(_("Already in order (bring it again):"), _COMPLETE_SIZE),
            *_list(facts.complete, column, _COMPLETE_SIZE),
        ]
    blocks += [column.gap(0.6), column.rule()]
    if column.is_sheet:
        # Beside each other: a sheet is wide, and the code must not be alone on a second one.
        left, right = column.room * 0.56, column.room * 0.4
        where = flow.stack(_where(facts, replace(column, room=left), large))
        code = flow.stack(_code(facts, replace(column, room=right)))
        blocks += [column.gap(0.6), flow.beside([(0, where), (column.room - right, code)])]
    else:
        blocks += [*_where(facts, column, large), column.gap(1.6), *_code(facts, column)]
    return [*blocks, column.gap(1.4), _footer(facts, column)]


def _code(facts: NoticeFacts, column: Column) -> list[Block]:
    blocks = []
    code = qr.code(facts.scan, min(_QR_ROOM * min(column.scale, 1.5), column.room))
    if code:
        blocks.append(column.picture(code, _("Show this next time: we go on from here")))
    return [*blocks, column.gap(0.6), column.display(grouped(facts.code), 15, 9)]


def _list(
    items: Sequence[NoticeItem], column: Column, size: float, *, bold: bool = False
) -> list[Block]:
    style = column.style(size, bold=bold)
    blocks = []
    for position, item in enumerate(items):
        mark = chr(0x2460 + position) if position < 20 else f"{position + 1}."
        indent = width(mark, style) + 1.0
        line = flow.paragraph(_words(item), column.room - indent, style)
        blocks += [column.gap(0.5), flow.labelled(mark, line, indent, style)]
    return blocks


def _words(item: NoticeItem) -> str:
    text = f"{item.name} {sheets(item.original, item.count)}"
    return text + _(" ({note})").format(note=item.note) if item.note else text


def _where(facts: NoticeFacts, column: Column, large: bool) -> list[Block]:
    window = facts.window
    blocks = [
        column.text(_("With these please come to"), 10.5, align="centre"),
        column.text(window_title(window), 14, bold=True, align="centre"),
    ]
    if window.hours:
        blocks.append(column.text(window.hours, 10, align="centre"))
    if window.phone:
        phone = window.phone
        if window.extension:
            phone += " " + _("ext. {extension}").format(extension=window.extension)
        blocks += [
            column.gap(0.6),
            column.text(_("Questions? Phone of the window"), 10.5, align="centre"),
            column.display(phone, 22, 9, tall=large),
        ]
    return blocks


def _footer(facts: NoticeFacts, column: Column) -> Block:
    parts = [f"{facts.given_at:%Y-%m-%d %H:%M}"]
    if facts.letter:
        parts.append(_("Desk {letter}").format(letter=facts.letter))
    if facts.clerk:
        parts.append(_("Told by {clerk}").format(clerk=facts.clerk))
    return column.text("\u3000".join(map(together, parts)), 8, align="centre")
