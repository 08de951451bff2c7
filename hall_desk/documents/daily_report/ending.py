"""The end of the report: how the day was closed, who signs for it, and the digests that prove its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow, qr
from hall_desk.documents.daily_report.sheet import BODY, ROOM, SMALL, clock, muted
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import STRONG_RULE, Paper, Style, width
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

_CARRIED = {
    "ticket": N_("Open ticket"),
    "paper": N_("Original out"),
    "callback": N_("Callback due"),
    "incident": N_("Open incident"),
    "follow_up": N_("Follow-up due"),
}
_TOPICS = {
    "check": N_("Temperature checks"),
    "passage": N_("People in and out"),
    "consultation": N_("Consultations"),
    "missing_notice": N_("Notices of what is missing"),
    "slip": N_("Phone slips"),
    "ticket": N_("Proxy cases"),
    "callback": N_("Callbacks"),
    "phone_case": N_("Phone cases"),
    "number": N_("Number reports"),
    "incident": N_("Incidents"),
    "attendance": N_("Attendance"),
    "post": N_("Posts"),
    "disinfection": N_("Disinfection"),
    "rating": N_("Ratings"),
}


def closing(figures: DayFigures) -> list[Block | Table]:
    """By whom and when the day was closed, what was carried over and why, what came after, and what was destroyed."""
    title = flow.heading(_("Close of day"), ROOM)
    return [title, *_closed(figures), *_purged(figures)]


def _purged(figures: DayFigures) -> list[Block | Table]:
    if not figures.purged:
        return []
    said = _("Personal data whose time was over was destroyed: {what}.").format(
        what=_(", ").join(
            f"{i18n.code('retention', one.code)} {one.count}" for one in figures.purged
        )
    )
    return [flow.space(1), flow.paragraph(said, ROOM, BODY)]


def _closed(figures: DayFigures) -> list[Block | Table]:
    close, late = figures.close, figures.late
    if close.closed_at is None:
        return [muted(_("The day has not been closed."))]
    said = _("Closed by {name} at {at}.").format(
        name=close.closed_by, at=clock(close.closed_at, figures.day)
    )
    if not close.carried:
        said += _("Nothing was carried over.")
    blocks: list[Block | Table] = [flow.paragraph(said, ROOM, BODY, keep_with_next=True)]
    if close.carried:
        columns = (
            Column(_("Carried over"), 34),
            Column(_("No."), 26),
            Column(_("Reason"), ROOM - 60),
        )
        rows = tuple(
            Row((_(_CARRIED[line.kind]), _number(line.kind, line.number), line.reason or "–"))
            for line in close.carried
        )
        blocks += [flow.space(1), Table(columns, rows)]
    if late.entries and late.last_at is not None:
        words = _n(
            "After the closing {count} entry was made, the last at {at}: {what}.",
            "After the closing {count} entries were made, the last at {at}: {what}.",
            late.entries,
        ).format(
            count=late.entries,
            at=clock(late.last_at, figures.day),
            what=_(", ").join(f"{_(_TOPICS[one.code])} {one.count}" for one in late.by_topic),
        )
        blocks += [flow.space(1), flow.paragraph(words, ROOM, BODY)]
    return blocks


def _number(kind: str, number: str) -> str:
    if kind == "callback" and number:
        return _("Window {number}").format(number=number)
    return number or "–"


def signatures() -> Block:
    labels = (_("Manager on duty"), _("Checked by"), _("Date"))
    gap = 8.0
    slot = (ROOM - gap * (len(labels) - 1)) / len(labels)

    def draw(paper: Paper, x: float, top: float) -> None:
        for number, label in enumerate(labels):
            left = x + number * (slot + gap)
            baseline = top + 9
            paper.text(left, baseline, label, BODY)
            start = left + width(label, BODY) + 2
            paper.line(start, baseline + 0.6, left + slot, baseline + 0.6, colour=STRONG_RULE)

    return Block(11, draw)


def digests(figures: DayFigures) -> Block:
    """Both digests in full, and both again in a QR code for the one who verifies them."""
    code = qr.code(day_code(figures), 30.0) if figures.digest else None
    room = ROOM - (code.size + 6 if code else 0)
    lines = [
        flow.heading(_("Digest of the day's journal"), room),
        flow.paragraph(
            _("Entries: {count}. Recompute it with “hall-desk verify --date {day}”.").format(
                count=figures.entries, day=figures.day.isoformat()
            ),
            room,
            SMALL,
        ),
        flow.space(0.8),
        _digest_line(_("This day"), figures.digest, room),
        _digest_line(_("Day before"), figures.previous_digest, room),
    ]
    words = flow.stack(lines)
    if code is None:
        return words
    picture = Block(code.size, code.draw)
    return flow.beside([(0, words), (ROOM - code.size, picture)])


def _digest_line(label: str, digest: str, room: float) -> Block:
    text = " ".join(digest[start : start + 4] for start in range(0, len(digest), 4)) or "–"
    indent = 20.0
    words = flow.paragraph(text, room - indent, Style(7.5))
    return flow.labelled(label, words, indent, SMALL)


def day_code(figures: DayFigures) -> str:
    """The text in the report's QR code, `HDDAY1*<yyyymmdd>*<digest>*<digest of the day before>`.

    Capitals make it small; the last part is missing on the first day of a hall.
    """
    parts = ["HDDAY1", f"{figures.day:%Y%m%d}", figures.digest.upper()]
    if figures.previous_digest:
        parts.append(figures.previous_digest.upper())
    return "*".join(parts)
