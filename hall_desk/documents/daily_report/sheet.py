"""What every part of the daily report is set on: the sheet, its styles, and how values are put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow
from hall_desk.documents.charts import Bar, column_chart
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import ACCENT, INK, MUTED, RED, STRONG_RULE, Paper, Style, fit, width
from hall_desk.i18n import N_, WEEKDAYS, _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from hall_desk.documents.page import Colour
    from hall_desk.services.figures import Count, DayFigures, MatterCount

# A4 in mm, with margins that every office printer reaches.
PAGE = (210.0, 297.0)
MARGIN = 13.0
ROOM = PAGE[0] - 2 * MARGIN
TOP = 12.0
RUNNING_HEAD = 9.0  # on every page but the first
FOOT = 15.0
COLUMN_GAP = 6.0
HALF = (ROOM - COLUMN_GAP) / 2
THIRD = (ROOM - 2 * COLUMN_GAP) / 3

BODY = Style(8.5)
SMALL = Style(7.5, colour=MUTED)

MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


# --- texts for values ---------------------------------------------------------------------------


def duration(seconds: float | None) -> str:
    return "–" if seconds is None else i18n.clock(seconds)


def share(part: int, of: int) -> str:
    """A percentage that is 100 only when all are in, and 0 only when none is."""
    if not of:
        return "–"
    percent = round(100 * part / of)
    return f"{min(max(percent, 1 if part else 0), 100 if part == of else 99)}%"


def temperature(tenths: int | None) -> str:
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10} ℃"


def day_words(figures: DayFigures) -> str:
    day = figures.day
    return _("{weekday}, {day} {month} {year}").format(
        weekday=_(WEEKDAYS[figures.weekday]),
        day=day.day,
        month=_(MONTHS[day.month - 1]),
        year=day.year,
    )


def dashed(hours: str) -> str:
    return hours.replace("-", "–")


def groups(digest: str) -> str:
    """The first sixteen digits in groups of four, as people compare them aloud."""
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4)) if digest else "–"


# --- head and foot ------------------------------------------------------------------------------


def head(figures: DayFigures) -> Block:
    hall, title = Style(10, colour=MUTED), Style(19, bold=True)
    right = Style(8.5, colour=MUTED)
    facts = []
    if figures.hours:
        facts.append(_("Open {hours}").format(hours=dashed(figures.hours)))
    if figures.as_of:
        facts.append(_("Data as of {moment}").format(moment=f"{figures.as_of:%Y-%m-%d %H:%M}"))
    if figures.made_by:
        facts.append(_("Made by {name}").format(name=figures.made_by))
    if figures.epidemic:
        facts.insert(0, _("Epidemic mode"))
    if figures.practice:
        facts.insert(0, _("Practice data"))
    report = _("Daily report")
    title_room = width(report, title) + 6
    facts_text = "  ·  ".join(facts)

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.text(x, top + 4.2, figures.hall, fit(figures.hall, ROOM - 60, hall, 6))
        paper.text(x, top + 12.4, report, title)
        edge = x + ROOM
        paper.text(edge, top + 4.2, day_words(figures), right.coloured(INK), align="right")
        fitted = fit(facts_text, ROOM - title_room, right, 6)
        paper.text(edge, top + 12.4, facts_text, fitted, align="right")
        paper.line(x, top + 15.8, edge, top + 15.8, weight=0.7, colour=ACCENT)

    return Block(16.2, draw)


def running_head(paper: Paper, figures: DayFigures) -> None:
    baseline = TOP + 3
    right = f"{_('Daily report')}  {figures.day.isoformat()}"
    room = ROOM - width(right, SMALL) - 6
    paper.text(MARGIN, baseline, figures.hall, fit(figures.hall, room, SMALL, 5))
    paper.text(MARGIN + ROOM, baseline, right, SMALL, align="right")
    paper.line(MARGIN, baseline + 2, MARGIN + ROOM, baseline + 2, colour=STRONG_RULE)


def foot(paper: Paper, figures: DayFigures, number: int, pages: int) -> None:
    line = PAGE[1] - FOOT + 4
    paper.line(MARGIN, line, MARGIN + ROOM, line, colour=STRONG_RULE)
    left = "\u3000".join(
        (
            _("Digest of the day {digest}").format(digest=groups(figures.digest)),
            _("day before {digest}").format(digest=groups(figures.previous_digest)),
        )
    )
    right = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(MARGIN, line + 4, left, SMALL)
    paper.text(MARGIN + ROOM, line + 4, right, SMALL, align="right")


# --- tables -------------------------------------------------------------------------------------


def figure_columns(first: tuple[str, float], *others: tuple[str, float]) -> tuple[Column, ...]:
    """A left column that takes the room the figures to its right leave."""
    left = ROOM - sum(size for _title, size in others)
    return (
        Column(first[0], left),
        *(Column(title, size, "right") for title, size in others),
    )


def window_words(number: str, name: str) -> str:
    return f"{_('Window {number}').format(number=number)} {name}".strip()


def small_table(
    title: str,
    left: str,
    right: str,
    lines: Sequence[tuple[str, int | str]],
    *,
    red: int | None = None,
    room: float = THIRD,
) -> Block:
    """A narrow table of names and figures under its heading, as one block; line number `red` is an alarm."""
    columns = (Column(left, room - 17), Column(right, 17, "right"))
    rows = tuple(
        Row((label, str(value)), bold=number == red, colour=RED if number == red else INK)
        for number, (label, value) in enumerate(lines)
    )
    return flow.stack([flow.heading(title, room), Table(columns, rows).whole()])


def holder_words(holder: str, window_number: str, staff: str) -> str:
    place = (
        _("Window {number}").format(number=window_number)
        if window_number and holder in ("window", "kept")
        else i18n.code("holder", holder)
    )
    return f"{place} {staff}".strip()


def muted(text: str) -> Block:
    """A sentence of the report's own, over the whole width."""
    return flow.paragraph(text, ROOM, BODY.coloured(MUTED))


def nothing(text: str, room: float) -> Block:
    """Says in a table's place that there is nothing."""
    return flow.paragraph(text, room, BODY.coloured(MUTED))


def beside(blocks: Sequence[Block], room: float = THIRD) -> Block:
    """Blocks of the same width side by side."""
    return flow.beside(
        [(number * (room + COLUMN_GAP), block) for number, block in enumerate(blocks)]
    )


def chart(title: str, bars: list[Bar], colour: Colour, empty: str, room: float = HALF) -> Block:
    """A column chart under its heading, or a sentence where there is nothing to draw."""
    if not any(bar.value for bar in bars):
        return flow.stack([flow.heading(title, room), nothing(empty, room)])
    return flow.stack([flow.heading(title, room), column_chart(bars, room, 27.0, colour)])


def by_code(kind: str, counts: Sequence[Count]) -> list[tuple[str, int | str]]:
    """A line per code that has any, in its word."""
    return [(i18n.code(kind, one.code), one.count) for one in counts if one.count]


def of_matters(
    counts: Sequence[MatterCount], more: int, others: str, most: int
) -> list[tuple[str, int | str]]:
    """The first `most` matters by name; `others` names the `more` that belong to none of the list."""
    lines: list[tuple[str, int | str]] = [(one.name, one.count) for one in counts[:most]]
    return [*lines, (others, more)] if more else lines


def clock(moment: datetime, day: date) -> str:
    """A time of day; with its date where that is another day."""
    return f"{moment:%H:%M}" if moment.date() == day else f"{moment:%m-%d %H:%M}"
