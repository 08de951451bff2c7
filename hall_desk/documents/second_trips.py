"""Second trips on A4: which missing papers brought residents back, ranked, with how the checklist stands to them."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow
from hall_desk.documents.daily_report.sheet import (
    BODY,
    FOOT,
    MARGIN,
    PAGE,
    ROOM,
    RUNNING_HEAD,
    SMALL,
    TOP,
    muted,
    window_words,
)
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import (
    ACCENT,
    INK,
    MUTED,
    STRONG_RULE,
    Paper,
    Style,
    fit,
    width,
)
from hall_desk.i18n import _, _n
from hall_desk.services import trip_tables

if TYPE_CHECKING:
    from hall_desk.services.second_trips import Line, SecondTrips, Trip

# Lines whose visits are shown one by one, and how many of each.
EXPLAINED = 12


def second_trips(figures: SecondTrips) -> bytes:
    """The report as a PDF; the same figures in the same language give the same bytes.

    Raises `resources.ResourceMissingError` when the fonts have not been built.
    """
    made_at = datetime.combine(figures.until, time())
    paper = Paper(title=f"{title()} {span(figures)}", author=figures.hall, made_at=made_at)
    room = PAGE[1] - TOP - FOOT
    pages = flow.paginate(_pieces(figures), room, room - RUNNING_HEAD)
    for number, blocks in enumerate(pages, start=1):
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


def title() -> str:
    return _("Second trips")


def span(figures: SecondTrips) -> str:
    """The days of the report."""
    return f"{figures.period.first.isoformat()} – {figures.period.last.isoformat()}"


def _pieces(figures: SecondTrips) -> list[Block | Table]:
    pieces: list[Block | Table] = [_head(figures), flow.space(3.5)]
    if figures.until < figures.period.last:
        day = figures.until.isoformat()
        pieces += [muted(_("Not over yet: counted up to {day}.").format(day=day)), flow.space(2)]
    pieces += [_summary(figures), flow.space(4.5)]
    pieces.append(flow.heading(_("By missing paper"), ROOM))
    if figures.lines:
        pieces += [_ranking(figures), flow.space(4.5)]
        pieces += [flow.heading(_("Visits behind the first lines"), ROOM), _examples(figures)]
    else:
        pieces.append(muted(_("Nobody had to come twice in these days.")))
    return [*pieces, flow.space(4.5), *_meanings(figures)]


def _head(figures: SecondTrips) -> Block:
    hall, large = Style(10, colour=MUTED), Style(19, bold=True)
    right = Style(8.5, colour=MUTED)
    within = _n("within {count} day", "within {count} days", figures.within)
    facts = [within.format(count=figures.within)]
    if figures.made_by:
        facts.append(_("Made by {name}").format(name=figures.made_by))
    if figures.practice:
        facts.insert(0, _("Practice data"))
    words, name = "  ·  ".join(facts), title()

    def draw(paper: Paper, x: float, top: float) -> None:
        edge = x + ROOM
        paper.text(x, top + 4.2, figures.hall, fit(figures.hall, ROOM - 60, hall, 6))
        paper.text(x, top + 12.4, name, large)
        paper.text(edge, top + 4.2, span(figures), right.coloured(INK), align="right")
        fitted = fit(words, ROOM - width(name, large) - 6, right, 6)
        paper.text(edge, top + 12.4, words, fitted, align="right")
        paper.line(x, top + 15.8, edge, top + 15.8, weight=0.7, colour=ACCENT)

    return Block(16.2, draw)


def _running_head(paper: Paper, figures: SecondTrips) -> None:
    baseline = TOP + 3
    right = f"{title()}  {span(figures)}"
    room = ROOM - width(right, SMALL) - 6
    paper.text(MARGIN, baseline, figures.hall, fit(figures.hall, room, SMALL, 5))
    paper.text(MARGIN + ROOM, baseline, right, SMALL, align="right")
    paper.line(MARGIN, baseline + 2, MARGIN + ROOM, baseline + 2, colour=STRONG_RULE)


def _foot(paper: Paper, number: int, pages: int) -> None:
    line = PAGE[1] - FOOT + 4
    paper.line(MARGIN, line, MARGIN + ROOM, line, colour=STRONG_RULE)
    words = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(MARGIN + ROOM, line + 4, words, SMALL, align="right")


def _summary(figures: SecondTrips) -> Block:
    """The totals in large figures side by side, and below what could not be followed."""
    share = f"{100 * figures.trips / figures.visits:.1f}%" if figures.visits else "–"
    told = (
        (str(figures.trips), _("second trips")),
        (str(figures.people), _("people affected")),
        (share, _("of all visits")),
        (str(figures.certain), _("certain")),
        (str(figures.firsts), _("visits that settled nothing")),
    )
    each = ROOM / len(told)
    large, small = Style(17, bold=True), Style(8.5, colour=MUTED)

    def draw(paper: Paper, x: float, top: float) -> None:
        for place, (figure, words) in enumerate(told):
            left = x + place * each
            paper.text(left, top + 6.2, figure, large)
            paper.text(left, top + 10.8, words, fit(words, each - 3, small, 6))

    blocks = [Block(12.4, draw)]
    if missing := trip_tables.unmatched_words(figures):
        blocks += [flow.space(1.5), flow.paragraph(missing, ROOM, SMALL)]
    return flow.stack(blocks)


def _ranking(figures: SecondTrips) -> Table:
    sizes = (8.0, 34.0, 0.0, 21.0, 13.0, 19.0, 15.0, 17.0, 15.0)
    titles = (
        "", _("Matter"), _("Missing paper"), _("Checklist"), _("Trips"), _("Residents"),
        _("Share"), _("Days between"), _("Certain"),
    )  # fmt: skip
    rest = ROOM - sum(sizes)
    columns = tuple(
        Column(name, size or rest, "left" if 0 < place < 4 else "right")
        for place, (name, size) in enumerate(zip(titles, sizes, strict=True))
    )
    rows = tuple(
        Row(
            (
                str(place), line.matter, trip_tables.paper_words(line.paper),
                trip_tables.standing_words(line), str(line.count), str(line.people),
                trip_tables.share_words(line), f"{line.median_days:g}", str(line.certain),
            )
        )
        for place, line in enumerate(figures.lines, start=1)
    )  # fmt: skip
    return Table(columns, rows)


def _examples(figures: SecondTrips) -> Table:
    columns = (
        Column("", 8.0, "right"),
        Column(_("Missing paper"), 36.0),
        Column(_("First visit"), 74.0),
        Column(_("Second visit"), ROOM - 8 - 36 - 74 - 13),
        Column(_("Days"), 13.0, "right"),
    )
    rows = [
        row
        for place, line in enumerate(figures.lines[:EXPLAINED], start=1)
        for row in _examples_of(place, line)
    ]
    return Table(columns, tuple(rows))


def _examples_of(place: int, line: Line) -> list[Row]:
    return [
        Row(
            (
                str(place) if number == 0 else "",
                trip_tables.paper_words(line.paper) if number == 0 else "",
                first_words(trip),
                second_words(trip),
                str(trip.days),
            )
        )
        for number, trip in enumerate(line.trips[: trip_tables.EXAMPLES])
    ]


def first_words(trip: Trip) -> str:
    """The first visit in words: day, how it ended, number and window."""
    ended = i18n.code("first_trip", trip.first_kind)
    return _visit(f"{trip.first_at:%m-%d}", ended, trip.first_number, trip.first_window)


def second_words(trip: Trip) -> str:
    """The second visit in words: day, what it was, number, and the window where it is another one."""
    # A notice opened again and a ticket taken up again have the number that already stands beside.
    number = "" if trip.second_kind in ("scan", "resumed") else trip.second_number
    was = i18n.code("second_trip", trip.second_kind)
    window = "" if trip.second_window == trip.first_window else trip.second_window
    return _visit(f"{trip.second_at:%m-%d}", was, number, window)


def _visit(day: str, what: str, number: str, window: str) -> str:
    parts = [f"{day} {what}", trip_tables.number_words(number)]
    if window:
        parts.append(window_words(window, ""))
    return " · ".join(part for part in parts if part)


def _meanings(figures: SecondTrips) -> list[Block | Table]:
    said = [f"{name}: {words}" for name, words in trip_tables.meanings(figures)]
    return [
        flow.heading(_("What the figures mean"), ROOM),
        flow.paragraph(_("; ").join(said), ROOM, BODY.coloured(MUTED)),
    ]
