"""The telephone slip (电话小贴士): a window's number on paper, so that nobody has to come in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hall_desk.documents import flow, qr
from hall_desk.documents.page import Paper, together, width
from hall_desk.documents.roll import ROLLS, Column, Marks, Roll, lay_out, roll_of
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.documents.flow import Block
    from hall_desk.services.matters import MaterialLine, WindowLine
    from hall_desk.services.slips import SlipFacts

__all__ = ["ROLLS", "Roll", "phone_slip"]

# The large form is for people whose eyes are old: one and a third, and tall narrow digits.
_LARGE = 1.33
_QR_ROOM = 36.0  # mm on the 80 mm roll
_LONGEST_TYPED = 120  # characters


def phone_slip(facts: SlipFacts, roll: str, large: bool = False, reprint: int = 0) -> bytes:
    """The slip of one window, for a matter or on its own, as a PDF.

    `roll` is a key of `ROLLS`: "58" and "80" are cut where the text ends, "a5" and "a4" are
    sheets. `large` is the form for the old. The QR code holds the `tel:` address of the window;
    a window without a number gets a sentence instead. Raises BadInput for an unknown roll and
    `resources.ResourceMissingError` when the fonts have not been built.
    """
    paper = Paper(
        title=" ".join(filter(None, (_("Window phone slip"), facts.matter, facts.window.phone))),
        author=facts.hall,
        made_at=facts.printed_at,
    )
    return lay_out(
        paper,
        roll_of(roll),
        lambda column: _blocks(facts, column, large),
        enlarge=_LARGE if large else 1.0,
        marks=Marks(reprint, facts.practice),
    )


def _blocks(facts: SlipFacts, column: Column, large: bool) -> list[Block]:
    window = facts.window
    blocks = [
        column.text(facts.hall, 10, align="centre"),
        column.text(_("Window phone slip"), 16, bold=True, align="centre"),
        column.rule(),
    ]
    if facts.matter:
        blocks.append(column.text(facts.matter, 12, align="centre"))
    blocks += [
        column.text(window_title(window), 13.5, bold=True, align="centre"),
        *_phone(window, column, large),
    ]
    if window.hours:
        blocks += [column.gap(0.6), column.text(window.hours, 10, align="centre")]
    web = qr.web(facts.online_address)
    call = _picture(qr.dial(window.phone, window.extension), _("Scan to call"), column)
    online = _picture(web, _("Scan to do it online"), column)
    if column.is_sheet and call and online:
        call, online = _side_by_side(call, online, column), None
    if call:
        blocks += [column.gap(2), call]
    blocks += [column.gap(0.6), column.rule(dashed=True)]
    blocks += _materials(facts.materials, column)
    if window.phone:
        text = _("You may also leave your number at the desk: the window will call you back.")
        blocks += [column.gap(0.6), column.text(text, 10)]
    if online:
        # Far from the first code, so that a phone held over the slip sees only one of them.
        blocks += [column.gap(0.6), column.rule(dashed=True), column.gap(0.6), online]
    if web:
        blocks += [column.gap(0.3), column.text(_to_type(web), 8, align="centre")]
    return [*blocks, column.gap(1.8), _footer(facts, column)]


def window_title(window: WindowLine) -> str:
    """“3 号窗口 医疗保险”: a window as its sign reads."""
    number = _("Window {number}").format(number=window.number)
    return f"{number} {window.name}".strip()


def _phone(window: WindowLine, column: Column, large: bool) -> list[Block]:
    if not window.phone:
        return [
            column.gap(1),
            column.text(
                _("This window has no number yet. Please ask at the front desk."),
                11,
                bold=True,
                align="centre",
            ),
        ]
    blocks = [column.gap(0.8), column.display(window.phone, 29, 9, tall=large)]
    if window.extension:
        extension = _("ext. {extension}").format(extension=window.extension)
        blocks.append(column.display(extension, 17, 9, tall=large))
    return blocks


def _to_type(address: str) -> str:
    """The address as text; of one that nobody would type, the site."""
    if len(address) <= _LONGEST_TYPED:
        return address
    return f"{urlsplit(address).netloc}/…"


def _picture(payload: str, caption: str, column: Column) -> Block | None:
    code = qr.code(payload, _code_room(column)) if payload else None
    return column.picture(code, caption) if code else None


def _side_by_side(left: Block, right: Block, column: Column) -> Block:
    # Each picture stands in the middle of the whole room: a quarter of it to either side.
    quarter = column.room / 4
    return flow.beside([(-quarter, left), (quarter, right)])


def _code_room(column: Column) -> float:
    # A code does not grow with large print: a phone reads it just as well, and paper is saved.
    room = column.room * 0.42 if column.is_sheet else column.room
    return min(_QR_ROOM * min(column.scale, 1.5), room)


def _materials(materials: Sequence[MaterialLine], column: Column) -> list[Block]:
    if not materials:
        return []
    style = column.style(10)
    blocks = [column.text(_("Please bring:"), 10, bold=True)]
    for position, material in enumerate(materials):
        mark = chr(0x2460 + position) if position < 20 else f"{position + 1}."
        indent = width(mark, style) + 1.0
        item = flow.paragraph(_material(material), column.room - indent, style)
        blocks.append(flow.labelled(mark, item, indent, style))
    return blocks


def _material(material: MaterialLine) -> str:
    text = f"{material.name} {sheets(material.original, material.count)}"
    if not material.required:
        text += together(_(" ({note})").format(note=_("if there is one")))
    if material.note:
        text += _(" ({note})").format(note=material.note)
    return text


def sheets(original: bool, count: int) -> str:
    """“原件 1 份”: whether a paper is an original or a copy, and how many."""
    text = _("original × {count}") if original else _("copy × {count}")
    return together(text.format(count=count))


def _footer(facts: SlipFacts, column: Column) -> Block:
    parts = [f"{facts.printed_at:%Y-%m-%d %H:%M}"]
    if facts.letter:
        parts.append(_("Desk {letter}").format(letter=facts.letter))
    parts.append(_("Directory version {version}").format(version=facts.directory_version))
    return column.text("\u3000".join(map(together, parts)), 8, align="centre")
