"""Second trips as tables and as files: CSV, XLSX and JSON. No person and no free words stand in any of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from hall_desk import i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.services import sheets
from hall_desk.services.figures import json_text
from hall_desk.services.missing_notices import CODE_DIGITS, grouped
from hall_desk.services.second_trips import SAME_VISIT, Line, SecondTrips, Trip
from hall_desk.services.trip_records import MissingPaper

EXAMPLES = 3

# What the report says it counts: on paper, on the screen and in docs/figures.md.
MEANINGS: tuple[tuple[str, str], ...] = (
    (
        N_("Second trip"),
        N_(
            "a visit of the same person with the same matter within {days} days of one that settled nothing, at least "
            "{minutes} minutes afterwards; it counts on the day of the second visit"
        ),
    ),
    (
        N_("Settled nothing"),
        N_(
            "a notice of what is missing; a ticket suspended, withdrawn or terminated, or whose papers were not as "
            "listed; a consultation in person that ended with a phone slip, a promise to call or an online address"
        ),
    ),
    (
        N_("Same person"),
        N_(
            "the same ID number where both records have one, else the same phone and no two different names; never the "
            "name alone"
        ),
    ),
    (
        N_("Certain"),
        N_("a notice was opened again by its code, or a suspended ticket was taken up again"),
    ),
    (
        N_("Share"),
        N_(
            "of all visits with the matter in these days: tickets, notices, and consultations in person that led to "
            "neither"
        ),
    ),
)


def meanings(figures: SecondTrips) -> list[tuple[str, str]]:
    """Each word of the report with what it means, in the language of the moment."""
    minutes = int(SAME_VISIT.total_seconds() // 60)
    return [
        (_(title), _(words).format(days=figures.within, minutes=minutes))
        for title, words in MEANINGS
    ]


def unmatched_words(figures: SecondTrips) -> str:
    """How many first visits nobody could follow, and why; empty when there are none."""
    parts = []
    if figures.forgotten:
        words = _n(
            "{count} first visit cannot be followed any more: its personal data is no longer kept.",
            "{count} first visits cannot be followed any more: their personal data is no longer kept.",
            figures.forgotten,
        )
        parts.append(words.format(count=figures.forgotten))
    if figures.nameless:
        words = _n(
            "{count} first visit has neither phone nor ID number.",
            "{count} first visits have neither phone nor ID number.",
            figures.nameless,
        )
        parts.append(words.format(count=figures.nameless))
    return " ".join(parts)


def paper_words(paper: MissingPaper | None) -> str:
    """A missing paper in words: 户口本（复印件）."""
    if paper is None:
        return _("No paper named")
    form = _("original") if paper.original else _("copy")
    if form in paper.name.lower():
        return paper.name
    return _("{paper} ({form})").format(paper=paper.name, form=form)


def standing_words(line: Line) -> str:
    return i18n.code("on_checklist", line.standing) if line.standing else "–"


def share_words(line: Line) -> str:
    return "–" if line.share is None else f"{100 * line.share:.1f}%"


def number_words(number: str) -> str:
    """A ticket's number as it is, a notice's code in groups of four."""
    return grouped(number) if len(number) == CODE_DIGITS and number.isdigit() else number


def example_words(trips: Sequence[Trip]) -> str:
    """The numbers of the first visits of some trips, the newest first."""
    told = [
        f"{trip.first_at:%m-%d} {number_words(trip.first_number)}".strip()
        for trip in trips[:EXAMPLES]
    ]
    return _(", ").join(told)


def headings() -> tuple[str, ...]:
    return (
        _("Code"),
        _("Matter"),
        _("Missing paper"),
        _("On the checklist today"),
        _("Trips"),
        _("Residents"),
        _("Visits of the matter"),
        _("Share"),
        _("Days between (median)"),
        _("Certain"),
        _("Examples"),
    )


def rows(figures: SecondTrips) -> list[tuple[Any, ...]]:
    """A row for each line: words, and real numbers; the share is a part of one."""
    return [
        (
            line.code, line.matter, paper_words(line.paper), standing_words(line), line.count,
            line.people, line.visits, line.share, line.median_days, line.certain,
            example_words(line.trips),
        )
        for line in figures.lines
    ]  # fmt: skip


# --- files ---------------------------------------------------------------------------------------


def as_csv(figures: SecondTrips) -> bytes:
    """The lines as CSV; shares in percent with one digit."""
    share = headings().index(_("Share"))
    titles = [f"{title} (%)" if n == share else title for n, title in enumerate(headings())]
    return sheets.csv_bytes(
        titles,
        [
            [_cell(value, percent=n == share) for n, value in enumerate(row)]
            for row in rows(figures)
        ],
    )


def _cell(value: Any, *, percent: bool) -> str:
    if value is None:
        return ""
    if percent:
        return f"{100 * value:.1f}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_xlsx(figures: SecondTrips) -> bytes:
    """A workbook: the ranked lines, and every trip behind them with both visits. Numbers are numbers, days dates."""
    import openpyxl

    book = openpyxl.Workbook()
    # The file says when its last day was, not when it was made: the same figures give the same cells.
    book.properties.created = datetime.combine(figures.until, time())
    book.properties.creator = figures.hall
    first = book.active
    assert first is not None
    _fill(first, _("Second trips"), headings(), rows(figures))
    titles = (
        _("Code"), _("Matter"), _("Missing paper"), _("First visit"), _("Ended with"), _("Ticket or notice"),
        _("Window"), _("Second visit"), _("What it was"), _("Ticket or notice"), _("Window"), _("Days between"),
    )  # fmt: skip
    visits = [
        (
            line.code, line.matter, paper_words(line.paper), trip.first_at.date(),
            i18n.code("first_trip", trip.first_kind), number_words(trip.first_number),
            trip.first_window, trip.second_at.date(), i18n.code("second_trip", trip.second_kind),
            number_words(trip.second_number), trip.second_window, trip.days,
        )
        for line in figures.lines
        for trip in line.trips
    ]  # fmt: skip
    _fill(book.create_sheet(), _("Visits"), titles, visits)
    said = [*meanings(figures), (_("Cannot be followed"), unmatched_words(figures) or "–")]
    _fill(book.create_sheet(), _("Meaning"), (_("Figure"), _("Meaning")), said)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_FORMATS = {float: "0.0%", date: "yyyy-mm-dd", int: "#,##0"}


def _fill(sheet: Any, title: str, titles: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = title[:31]
    sheet.append(list(titles))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    days = _("Days between (median)")
    for number, row in enumerate(lines, start=2):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            if isinstance(value, str):
                sheets.put_text(cell, value)
            elif value is not None:
                cell.value = value
                plain = titles[place - 1] == days
                cell.number_format = "0.#" if plain else _FORMATS[type(value)]
    for place, heading in enumerate(titles):
        words = [row[place] for row in lines if isinstance(row[place], str)]
        width = max(sheets.text_width(words or [""]), min(sheets.text_width([heading]), 12))
        sheet.column_dimensions[sheets.column_letter(place)].width = width


def as_json(figures: SecondTrips) -> str:
    """The report as JSON text, names as in `SecondTrips` and `Line`; dates and times in ISO 8601."""
    return json_text(
        {
            "hall": figures.hall,
            "first": figures.period.first,
            "last": figures.period.last,
            "until": figures.until,
            "within": figures.within,
            "practice": figures.practice,
            "trips": figures.trips,
            "people": figures.people,
            "visits": figures.visits,
            "certain": figures.certain,
            "firsts": figures.firsts,
            "forgotten": figures.forgotten,
            "nameless": figures.nameless,
            "lines": [_line(line) for line in figures.lines],
        }
    )


def _line(line: Line) -> dict[str, Any]:
    paper = line.paper
    return {
        "code": line.code,
        "matter": line.matter,
        "paper": paper.name if paper else None,
        "original": paper.original if paper else None,
        "on_checklist": line.standing or None,
        "trips": line.count,
        "people": line.people,
        "visits": line.visits,
        "share": line.share,
        "median_days": line.median_days,
        "certain": line.certain,
        "visits_behind": [
            {
                "first": {"kind": trip.first_kind, "at": trip.first_at, "number": trip.first_number,
                          "window": trip.first_window},
                "second": {"kind": trip.second_kind, "at": trip.second_at,
                           "number": trip.second_number, "window": trip.second_window},
                "days": trip.days,
                "certain": trip.certain,
            }
            for trip in line.trips
        ],
    }  # fmt: skip


def file_name(figures: SecondTrips, ending: str) -> str:
    """A name for the report's file: `second-trips-2020-02-01-2020-02-29.xlsx`."""
    period = figures.period
    return f"second-trips-{period.first.isoformat()}-{period.last.isoformat()}{ending}"
