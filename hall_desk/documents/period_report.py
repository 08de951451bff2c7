"""The report of a week, a month or any range of days on A4: its figures beside those of the period before."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from hall_desk.documents import flow
from hall_desk.documents.charts import Bar
from hall_desk.documents.daily_report.figure_tables import printed, small_print, words
from hall_desk.documents.daily_report.sheet import (
    FOOT,
    HALF,
    MARGIN,
    MONTHS,
    PAGE,
    ROOM,
    RUNNING_HEAD,
    SMALL,
    TOP,
    beside,
    chart,
    duration,
    muted,
)
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import (
    ACCENT,
    BLUE_BAR,
    GREEN_BAR,
    INK,
    MUTED,
    STRONG_RULE,
    Paper,
    Style,
    fit,
    width,
)
from hall_desk.i18n import _, _n
from hall_desk.services.figures import period_tables
from hall_desk.services.figures.meanings import MEANINGS, kind_of, value_of
from hall_desk.services.figures.typed_tables import SECONDS, SHARE
from hall_desk.services.progress import PAGES

if TYPE_CHECKING:
    from hall_desk.services.figures.period import Period, PeriodFigures
    from hall_desk.services.progress import Progress

# How many columns a chart of days can have before their figures are too small to be read.
MOST_COLUMNS = 31


def period_report(figures: PeriodFigures, progress: Progress | None = None) -> bytes:
    """The report as a PDF; the same figures in the same language give the same bytes.

    Raises `resources.ResourceMissingError` when the fonts have not been built, and Stopped when `progress` was.
    """
    title = title_of(figures.period)
    made_at = datetime.combine(figures.until, time())
    paper = Paper(title=f"{title} {span(figures.period)}", author=figures.hall, made_at=made_at)
    pages = flow.paginate(
        _pieces(figures), PAGE[1] - TOP - FOOT, PAGE[1] - TOP - RUNNING_HEAD - FOOT
    )
    for number, blocks in enumerate(pages, start=1):
        if progress is not None:
            progress.tell(PAGES, number, len(pages))
        paper.page(*PAGE)
        if figures.practice:
            paper.watermark(_("PRACTICE"), PAGE[0])
        top = TOP
        if number > 1:
            _running_head(paper, figures)
            top += RUNNING_HEAD
        flow.stack(blocks).draw(paper, MARGIN, top)
        _foot(paper, number, len(pages))
    return paper.data()


def title_of(period: Period) -> str:
    """Weekly report, monthly report, or report."""
    return {"week": _("Weekly report"), "month": _("Monthly report")}.get(
        period.kind, _("Report of several days")
    )


def span(period: Period) -> str:
    """The days of a period, as short as they can be said."""
    if period.kind == "month":
        return _("{month} {year}").format(
            month=_(MONTHS[period.first.month - 1]), year=period.first.year
        )
    return f"{period.first.isoformat()} – {period.last.isoformat()}"


def _pieces(figures: PeriodFigures) -> list[Block | Table]:
    pieces: list[Block | Table] = [_head(figures), flow.space(3.5)]
    if figures.until < figures.period.last:
        day = figures.until.isoformat()
        pieces += [muted(_("Not over yet: counted up to {day}.").format(day=day)), flow.space(2)]
    pieces += [*_overview(figures), flow.space(4.5), *_charts(figures)]
    for table in period_tables.tables(figures):
        if table.name not in ("figures", "hours") and table.rows:
            pieces += [flow.space(4.5), flow.heading(table.title, ROOM), printed(table)]
    return [*pieces, flow.space(4.5), *small_print(MEANINGS)]


def _head(figures: PeriodFigures) -> Block:
    hall, title = Style(10, colour=MUTED), Style(19, bold=True)
    right = Style(8.5, colour=MUTED)
    days = figures.totals.working_days
    facts = [_n("{count} working day", "{count} working days", days).format(count=days)]
    if figures.made_by:
        facts.append(_("Made by {name}").format(name=figures.made_by))
    if figures.practice:
        facts.insert(0, _("Practice data"))
    words, name = "  ·  ".join(facts), title_of(figures.period)

    def draw(paper: Paper, x: float, top: float) -> None:
        edge = x + ROOM
        paper.text(x, top + 4.2, figures.hall, fit(figures.hall, ROOM - 60, hall, 6))
        paper.text(x, top + 12.4, name, title)
        paper.text(edge, top + 4.2, span(figures.period), right.coloured(INK), align="right")
        fitted = fit(words, ROOM - width(name, title) - 6, right, 6)
        paper.text(edge, top + 12.4, words, fitted, align="right")
        paper.line(x, top + 15.8, edge, top + 15.8, weight=0.7, colour=ACCENT)

    return Block(16.2, draw)


def _running_head(paper: Paper, figures: PeriodFigures) -> None:
    baseline = TOP + 3
    right = f"{title_of(figures.period)}  {span(figures.period)}"
    room = ROOM - width(right, SMALL) - 6
    paper.text(MARGIN, baseline, figures.hall, fit(figures.hall, room, SMALL, 5))
    paper.text(MARGIN + ROOM, baseline, right, SMALL, align="right")
    paper.line(MARGIN, baseline + 2, MARGIN + ROOM, baseline + 2, colour=STRONG_RULE)


def _foot(paper: Paper, number: int, pages: int) -> None:
    line = PAGE[1] - FOOT + 4
    paper.line(MARGIN, line, MARGIN + ROOM, line, colour=STRONG_RULE)
    words = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(MARGIN + ROOM, line + 4, words, SMALL, align="right")


def _overview(figures: PeriodFigures) -> list[Block | Table]:
    """All headline figures in two columns, each with what it was before and how it changed."""
    before = figures.period.before()
    names = (_("Figure"), _("This period"), _("Before"), _("Change"))
    lines = []
    for name, title, _meaning in MEANINGS:
        kind = kind_of(name)
        now, then = value_of(figures.totals, name), value_of(figures.before, name)
        lines.append((_(title), words(kind, now), words(kind, then), _change(kind, now, then)))
    half = -(-len(lines) // 2)
    sizes = (HALF - 54, 20, 17, 17)
    columns = tuple(
        Column(title, size, "right" if place else "left")
        for place, (title, size) in enumerate(zip(names, sizes, strict=True))
    )
    halves = [
        Table(columns, tuple(Row(line) for line in part)).whole()
        for part in (lines[:half], lines[half:])
    ]
    said = _("“Before” is {days}.").format(days=span(before))
    return [
        flow.heading(_("Overview"), ROOM),
        beside(halves, HALF),
        flow.space(1.5),
        flow.paragraph(said, ROOM, SMALL),
    ]


def _change(kind: str, now: float | None, then: float | None) -> str:
    if now is None or then is None:
        return "–"
    if kind == SHARE:
        points = round(100 * now) - round(100 * then)
        return _("{points:+d} pts").format(points=points) if points else "±0"
    if kind == SECONDS:
        difference = round(now - then)
        sign = "+" if difference > 0 else "−"
        return f"{sign}{duration(abs(difference))}" if difference else "±0"
    difference = int(now - then)
    return f"{difference:+d}".replace("-", "−") if difference else "±0"


def _charts(figures: PeriodFigures) -> list[Block | Table]:
    lines = figures.by_day
    if len(lines) <= MOST_COLUMNS:
        opened = [Bar(f"{line.day.day}", line.opened) for line in lines]
        checked = [Bar(f"{line.day.day}", line.checked) for line in lines]
        titles = _("Tickets opened per day"), _("Temperature checks per day")
    else:
        opened, checked = _by_month(figures)
        titles = _("Tickets opened per month"), _("Temperature checks per month")
    hours = [Bar(str(line.hour), line.opened) for line in figures.by_hour]
    asked = [Bar(str(line.hour), line.consultations) for line in figures.by_hour]
    nothing = _("Nothing was recorded in these days.")
    return [
        beside(
            [
                chart(titles[0], opened, GREEN_BAR, nothing, HALF),
                chart(titles[1], checked, BLUE_BAR, nothing, HALF),
            ],
            HALF,
        ),
        flow.space(3.5),
        beside(
            [
                chart(_("Tickets opened by the hour"), hours, GREEN_BAR, nothing, HALF),
                chart(_("Consultations by the hour"), asked, BLUE_BAR, nothing, HALF),
            ],
            HALF,
        ),
    ]


def _by_month(figures: PeriodFigures) -> tuple[list[Bar], list[Bar]]:
    opened: dict[date, int] = {}
    checked: dict[date, int] = {}
    for line in figures.by_day:
        month = line.day.replace(day=1)
        opened[month] = opened.get(month, 0) + line.opened
        checked[month] = checked.get(month, 0) + line.checked
    return (
        [Bar(f"{month:%y-%m}", count) for month, count in opened.items()],
        [Bar(f"{month:%y-%m}", count) for month, count in checked.items()],
    )
