"""The incident report (情况上报单): one incident with its steps, on one A4 page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow
from hall_desk.documents.flow import Block
from hall_desk.documents.page import (
    ACCENT,
    BAND,
    MUTED,
    RED,
    RULE,
    STRONG_RULE,
    Paper,
    Style,
    fit,
    width,
)
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hall_desk.services.incidents import Incident, IncidentPaper, Step

_PAGE = (210.0, 297.0)
_MARGIN = 18.0
_ROOM = _PAGE[0] - 2 * _MARGIN
_TOP = 16.0
_FOOT = 18.0
_BODY_ROOM = _PAGE[1] - _TOP - _FOOT
# Text as large as one page takes; what is too much for the smallest goes on over pages, in a size that is easily read.
_SIZES = (10.5, 9.5, 8.5, 7.5, 6.8)
_SIZE_OVER_PAGES = 9.0
_PAD = 1.6
_SMALL = Style(8, colour=MUTED)


def incident_report(facts: IncidentPaper) -> bytes:
    """The report as a PDF; the same facts in the same language give the same bytes.

    Raises `resources.ResourceMissingError` when the fonts have not been built.
    """
    incident = facts.incident
    title = _("Incident report")
    paper = Paper(
        title=f"{title} {i18n.code('incident', incident.kind)} {incident.at:%Y-%m-%d %H:%M}",
        author=facts.hall,
        made_at=facts.printed_at,
    )
    pages = _pages(facts, title)
    for number, blocks in enumerate(pages, start=1):
        paper.page(*_PAGE)
        if facts.practice:
            paper.watermark(_("PRACTICE"), _PAGE[0])
        flow.stack(blocks).draw(paper, _MARGIN, _TOP)
        _foot(paper, facts, number, len(pages))
    return paper.data()


def _pages(facts: IncidentPaper, title: str) -> list[list[Block]]:
    for size in (*_SIZES, _SIZE_OVER_PAGES):
        blocks = _blocks(facts, title, Style(size))
        pages = flow.paginate(blocks, _BODY_ROOM, _BODY_ROOM)
        if len(pages) == 1:
            break
    return pages


def _blocks(facts: IncidentPaper, title: str, body: Style) -> list[Block]:
    incident = facts.incident
    label = body.coloured(MUTED)
    half = _ROOM / 2
    kind = i18n.code("incident", incident.kind)
    blocks = [
        flow.paragraph(facts.hall, _ROOM, Style(10, colour=MUTED), align="centre"),
        flow.paragraph(title, _ROOM, Style(20, bold=True), align="centre"),
        flow.space(3),
        _rule(ACCENT, 0.6),
        _line([(_("Kind"), kind, half), (_("State"), _state(incident), half)], label, body),
        _line(
            [
                (_("Reported at"), f"{incident.at:%Y-%m-%d %H:%M}", half),
                (_("Reported by"), incident.reporter, half),
            ],
            label,
            body,
        ),
        _line(
            [
                (_("Deadline"), _deadline(incident), half),
                (_("First answer"), _answer(incident), half),
            ],
            label,
            body,
            late=incident.overdue(facts.printed_at),
        ),
        _line([(_("Place"), incident.place, _ROOM)], label, body),
        _line([(_("People"), incident.people or "—", _ROOM)], label, body),
    ]
    if incident.ticket_number:
        blocks.append(_line([(_("Ticket"), incident.ticket_number, _ROOM)], label, body))
    blocks.append(_line([(_("What happened"), incident.what or "—", _ROOM)], label, body, least=16))
    blocks += [flow.space(4), flow.heading(_("How it was dealt with"), _ROOM)]
    blocks += [_step(one, body) for one in incident.steps]
    blocks += [flow.space(4), flow.heading(_("How it ended"), _ROOM)]
    result = i18n.still_kept(incident.result) if incident.closed_at else _("Not closed yet.")
    blocks.append(flow.paragraph(result, _ROOM, body))
    blocks += [flow.space(10), _signatures()]
    return blocks


def _state(incident: Incident) -> str:
    text = i18n.code("incident_state", incident.state)
    return f"{text}  {incident.closed_at:%H:%M}" if incident.closed_at else text


def _deadline(incident: Incident) -> str:
    return _moment(incident.due_at, incident.at)


def _answer(incident: Incident) -> str:
    if incident.answered_at is None:
        return "—"
    names = _(", ").join(incident.going)
    return f"{_moment(incident.answered_at, incident.at)}  {names}"


def _moment(moment: datetime, beside: datetime) -> str:
    """A time, with its day where that is not the day it stands beside."""
    return f"{moment:%H:%M}" if moment.date() == beside.date() else f"{moment:%m-%d %H:%M}"


def words_of(step: Step) -> str:
    """What a step says: of those that are no text, in words."""
    if step.kind == "opened":
        return _("Reported")
    if step.kind == "on_my_way":
        return _("Going there")
    if step.kind == "closed":
        return _("Closed: {result}").format(result=i18n.still_kept(step.text))
    return i18n.still_kept(step.text)


def _line(
    cells: Sequence[tuple[str, str, float]],
    label: Style,
    body: Style,
    *,
    least: float = 0.0,
    late: bool = False,
) -> Block:
    """Facts side by side between two rules: each a label on grey and its text. `late` writes the first in red."""
    indent = 30.0
    styles = [body.coloured(RED) if late and not number else body for number in range(len(cells))]
    texts = [
        flow.paragraph(text, room - indent - 2 * _PAD, style)
        for (_label, text, room), style in zip(cells, styles, strict=True)
    ]
    height = max(least, max(text.height for text in texts) + 2 * _PAD)

    def draw(paper: Paper, x: float, top: float) -> None:
        for (words, _text, room), text in zip(cells, texts, strict=True):
            # Below the rule of the line above, which would vanish under it.
            paper.fill([(x, top + 0.2, indent, height - 0.2)], BAND)
            fitted = fit(words, indent - 2 * _PAD, label, 5)
            paper.text(x + _PAD, fitted.baseline(top + _PAD, body.leading), words, fitted)
            text.draw(paper, x + indent + _PAD, top + _PAD)
            x += room
        paper.line(x - _ROOM, top + height, x, top + height, colour=STRONG_RULE)

    return Block(height, draw)


def _step(step: Step, body: Style) -> Block:
    when, who = 27.0, 28.0
    # The result stands below, in full.
    text = i18n.code("incident_state", "closed") if step.kind == "closed" else words_of(step)
    words = flow.paragraph(text, _ROOM - when - who - _PAD, body)
    name = flow.paragraph(step.staff, who - _PAD, body)
    height = max(words.height, name.height) + 1.2

    def draw(paper: Paper, x: float, top: float) -> None:
        at = f"{step.at:%m-%d %H:%M}"
        paper.text(x + _PAD, body.baseline(top + 0.6, body.leading), at, body.coloured(MUTED))
        name.draw(paper, x + when, top + 0.6)
        words.draw(paper, x + when + who, top + 0.6)
        paper.line(x, top + height, x + _ROOM, top + height, colour=RULE)

    return Block(height, draw)


def _rule(colour: tuple[float, float, float], weight: float) -> Block:
    def draw(paper: Paper, x: float, top: float) -> None:
        paper.line(x, top, x + _ROOM, top, weight=weight, colour=colour)

    return Block(weight, draw)


def _signatures() -> Block:
    labels = (_("Reported by"), _("Dealt with by"), _("For the working group"))
    style = Style(9.5)
    gap = 6.0
    slot = (_ROOM - gap * (len(labels) - 1)) / len(labels)

    def draw(paper: Paper, x: float, top: float) -> None:
        for number, label in enumerate(labels):
            left = x + number * (slot + gap)
            fitted = fit(label, slot * 0.6, style, 6)
            paper.text(left, top + 8, label, fitted)
            start = left + width(label, fitted) + 2
            paper.line(start, top + 8.6, left + slot, top + 8.6, colour=STRONG_RULE)

    return Block(11, draw)


def _foot(paper: Paper, facts: IncidentPaper, number: int, pages: int) -> None:
    line = _PAGE[1] - _FOOT + 5
    paper.line(_MARGIN, line, _MARGIN + _ROOM, line, colour=RULE)
    left = _("Printed {moment} by {name}").format(
        moment=f"{facts.printed_at:%Y-%m-%d %H:%M}", name=facts.printed_by
    )
    right = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(_MARGIN, line + 4, left, fit(left, _ROOM - 30, _SMALL, 5))
    paper.text(_MARGIN + _ROOM, line + 4, right, _SMALL, align="right")
