"""The recovery sheet of a hall's key: the code to type on another PC, and what the paper is for. One A4 page.

Whoever holds it can open every ID number of the hall, so it says where it belongs and names nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.form_sheet import PAGE_WIDTH, ROOM, lay_out
from hall_desk.documents.page import BAND, MUTED, STRONG_RULE, Paper, Style
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.documents.flow import Block
    from hall_desk.documents.form_sheet import Sheet
    from hall_desk.services.identity import Recovery

_QR_ROOM = 52.0
_IN_A_ROW = 3
_ROW = 13.0  # mm, with room to tick each group off


def recovery_sheet(facts: Recovery) -> bytes:
    """The sheet as a PDF; the same facts in the same language give the same bytes.

    Raises `resources.ResourceMissingError` when the fonts have not been built.
    """
    title = _("Recovery sheet of the hall's key")
    paper = Paper(title=f"{title} {facts.hall}", author=facts.hall, made_at=facts.made_at)
    foot = _("{hall}, made on {day}").format(hall=facts.hall, day=f"{facts.made_at:%Y-%m-%d}")
    return lay_out(paper, lambda sheet: _blocks(facts, title, sheet), foot, practice=facts.practice)


def _blocks(facts: Recovery, title: str, sheet: Sheet) -> list[Block]:
    steps = (
        _("Lock this sheet away, in the hall's safe for example. Make no photo and no copy of it."),
        _(
            "It is needed when a PC joins the hall, when a PC is replaced, and after a backup without passphrase was "
            "brought back."
        ),
        _(
            "On the PC, type the groups one after the other, or scan the QR code: in the set-up wizard, or with "
            "“hall-desk key take”. A mistyped group is named."
        ),
        _(
            "Without this key nobody can read the ID numbers kept so far, not the makers of Hall Desk either. "
            "Everything else in the hall works without it."
        ),
        _(
            "Whoever has this sheet and the database can read them. If it is lost, tell the manager."
        ),
    )
    blocks = [
        flow.paragraph(facts.hall, ROOM, sheet.style(11), align="centre"),
        flow.paragraph(title, ROOM, sheet.style(22, bold=True), align="centre"),
        flow.paragraph(
            f"{facts.made_at:%Y-%m-%d %H:%M}", ROOM, Style(10, colour=MUTED), align="centre"
        ),
        sheet.gap(6),
        sheet.heading(_("The recovery code, in {count} groups").format(count=len(facts.groups))),
        _groups(facts.groups),
        sheet.gap(5),
        _code(facts.scan),
        sheet.gap(5),
        sheet.heading(_("What to do with it")),
    ]
    for number, words in enumerate(steps, 1):
        line = flow.paragraph(words, ROOM - 8, sheet.style(11))
        blocks += [flow.labelled(f"{number}.", line, 8, sheet.style(11)), sheet.gap(1.6)]
    return [*blocks, sheet.gap(6), sheet.signatures([_("Made by"), _("Locked away by")])]


def _groups(groups: Sequence[str]) -> Block:
    each = ROOM / _IN_A_ROW
    number_style, style = Style(9, colour=MUTED), Style(19, bold=True)
    rows = -(-len(groups) // _IN_A_ROW)

    def draw(paper: Paper, x: float, top: float) -> None:
        for place, group in enumerate(groups):
            left, line = x + place % _IN_A_ROW * each, top + place // _IN_A_ROW * _ROW
            paper.fill([(left, line, each - 2, _ROW - 2)], BAND)
            paper.frame((left, line, each - 2, _ROW - 2), colour=STRONG_RULE)
            base = style.baseline(line, _ROW - 2)
            paper.text(left + 3, base, f"{place + 1}", number_style)
            paper.text(left + 12, base, " ".join(group), style)

    return flow.Block(rows * _ROW, draw)


def _code(scan: str) -> Block:
    picture = qr.code(scan, _QR_ROOM)
    if picture is None:
        return flow.space(0)

    def draw(paper: Paper, x: float, top: float) -> None:
        picture.draw(paper, (PAGE_WIDTH - picture.size) / 2, top)

    return flow.Block(picture.size, draw)
