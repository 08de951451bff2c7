"""A period's figures as tables with typed cells, and as files: CSV, XLSX and JSON.

Every form, paper too, shows these tables, so that a column means the same wherever it stands.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any

from hall_desk import i18n
from hall_desk.i18n import N_, _
from hall_desk.services import sheets
from hall_desk.services.figures import json_text
from hall_desk.services.figures.period import PeriodFigures, Totals

# What is in a column: text and codes are words, a day is a date, seconds a duration, share a part of one.
TEXT, COUNT, DAY, SECONDS, SHARE = "text", "count", "day", "seconds", "share"


@dataclass(frozen=True)
class Column:
    title: str
    kind: str = COUNT


@dataclass(frozen=True)
class Table:
    """`name` says it in commands and file names. A cell is of its column's kind, or None where there is nothing."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


# The headline figures in order: field of `Totals`, name, and what it means (docs/figures.md, and the report's foot).
MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("working_days", N_("Working days"), N_("days with at least one check or ticket")),
    ("checked", N_("Temperature checks"), N_("readings that were not withdrawn on their day")),
    ("fevers", N_("Fevers"), N_("readings that confirmed a fever")),
    ("consultations", N_("Consultations"), N_("questions that were not withdrawn on their day")),
    ("slips", N_("Phone slips"), N_("slips given out")),
    ("notices", N_("Notices of what is missing"), N_("notices given out, at desks and windows")),
    ("opened", N_("Tickets opened"), N_("intakes")),
    ("finished", N_("Tickets finished"), N_("results back at the desk, whenever taken in")),
    ("withdrawn", N_("Tickets withdrawn"), N_("taken back by the resident")),
    ("terminated", N_("Tickets terminated"), N_("ended by a window without a result")),
    (
        "median_seconds",
        N_("Median turnaround"),
        N_("from intake to the result at the desk, less the time suspended; half took no longer"),
    ),
    ("p90_seconds", N_("Nine of ten within"), N_("the turnaround that nine of ten did not exceed")),
    (
        "within",
        N_("Within the promise"),
        N_("the part of finished tickets whose turnaround was within the promised minutes"),
    ),
    ("callbacks_promised", N_("Callbacks promised"), N_("promises to phone made")),
    ("callbacks_settled", N_("Callbacks settled"), N_("promises settled, as it stands now")),
    ("phone_cases", N_("Phone cases"), N_("business settled by telephone, not withdrawn")),
    ("phone_minutes", N_("Minutes on the phone"), N_("minutes of these phone cases")),
    ("incidents", N_("Incidents"), N_("reports to the working group")),
    ("rated", N_("Ratings"), N_("grades given by residents")),
    ("satisfied", N_("Of them satisfied"), N_("grades of the three upper ones")),
)  # fmt: skip
_SECONDS = ("median_seconds", "p90_seconds")


def share(part: int, of: int) -> float | None:
    return part / of if of else None


def value_of(totals: Totals, name: str) -> Any:
    """A headline figure: a count, seconds, or for `within` a share; None where there is nothing to measure."""
    if name == "within":
        return share(totals.within_promise, totals.measured)
    return getattr(totals, name)


def kind_of(name: str) -> str:
    return SHARE if name == "within" else SECONDS if name in _SECONDS else COUNT


def tables(figures: PeriodFigures) -> tuple[Table, ...]:
    """The tables in the order of the report: by day, hour, window, matter and clerk."""
    return (
        _by_day(figures),
        _by_hour(figures),
        _by_window(figures),
        _by_matter(figures),
        _by_clerk(figures),
    )


def _by_day(figures: PeriodFigures) -> Table:
    return Table(
        "days",
        _("By day"),
        (
            Column(_("Date"), DAY),
            Column(_("Temperature checks")),
            Column(_("Fevers")),
            Column(_("Consultations")),
            Column(_("Phone slips")),
            Column(_("Opened")),
            Column(_("Finished")),
            Column(_("Within the promise"), SHARE),
            Column(_("Median turnaround"), SECONDS),
            Column(_("Phone cases")),
        ),
        tuple(
            (
                line.day, line.checked, line.fevers, line.consultations, line.slips, line.opened,
                line.finished, share(line.within_promise, line.finished), line.median_seconds,
                line.phone_cases,
            )
            for line in figures.by_day
        ),
    )  # fmt: skip


def _by_hour(figures: PeriodFigures) -> Table:
    return Table(
        "hours",
        _("By hour of the day"),
        (
            Column(_("Hour"), TEXT),
            Column(_("Temperature checks")),
            Column(_("Consultations")),
            Column(_("Opened")),
        ),
        tuple(
            (f"{line.hour}:00–{line.hour + 1}:00", line.checked, line.consultations, line.opened)
            for line in figures.by_hour
        ),
    )


def _by_window(figures: PeriodFigures) -> Table:
    return Table(
        "windows",
        _("By window"),
        (
            Column(_("No."), TEXT),
            Column(_("Window"), TEXT),
            Column(_("Opened")),
            Column(_("Finished")),
            Column(_("Within the promise"), SHARE),
            Column(_("Median turnaround"), SECONDS),
            Column(_("Phone slips")),
            Column(_("Phone cases")),
            Column(_("Ratings")),
            Column(_("Satisfied"), SHARE),
        ),
        tuple(
            (
                line.number, line.name, line.opened, line.finished,
                share(line.within_promise, line.finished), line.median_seconds, line.slips,
                line.phone_cases, line.rated, share(line.satisfied, line.rated),
            )
            for line in figures.by_window
        ),
    )  # fmt: skip


def _by_matter(figures: PeriodFigures) -> Table:
    return Table(
        "matters",
        _("By matter"),
        (
            Column(_("Code"), TEXT),
            Column(_("Matter"), TEXT),
            Column(_("Consultations")),
            Column(_("Phone slips")),
            Column(_("Notices")),
            Column(_("Opened")),
            Column(_("Finished")),
            Column(_("Within the promise"), SHARE),
            Column(_("Median turnaround"), SECONDS),
            Column(_("Phone cases")),
        ),
        tuple(
            (
                line.code, line.name, line.consultations, line.slips, line.notices, line.opened,
                line.finished, share(line.within_promise, line.finished), line.median_seconds,
                line.phone_cases,
            )
            for line in figures.by_matter
        ),
    )  # fmt: skip


def _by_clerk(figures: PeriodFigures) -> Table:
    return Table(
        "clerks",
        _("By member of staff"),
        (
            Column(_("Name"), TEXT),
            Column(_("Role"), TEXT),
            Column(_("Temperature checks")),
            Column(_("Consultations")),
            Column(_("Phone slips")),
            Column(_("Opened")),
            Column(_("Finished")),
            Column(_("Median handling"), SECONDS),
            Column(_("Handed back")),
            Column(_("Phone cases")),
        ),
        tuple(
            (
                line.name, i18n.code("role", line.role), line.checked, line.consultations, line.slips,
                line.opened, line.finished, line.handling_seconds, line.handed_back, line.phone_cases,
            )
            for line in figures.by_clerk
        ),
    )  # fmt: skip


# --- files ---------------------------------------------------------------------------------------


def as_json(figures: PeriodFigures) -> str:
    """The figures as JSON text, names as in `PeriodFigures`, durations in seconds."""
    return json_text(asdict(figures))


def as_csv(figures: PeriodFigures, by: str = "days") -> bytes:
    """One of the tables, by name, as CSV: dates in ISO 8601, durations in seconds, shares in percent with one digit."""
    table = next(table for table in tables(figures) if table.name == by)
    headings = [_heading(column) for column in table.columns]
    rows = [
        [_text(column.kind, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return sheets.csv_bytes(headings, rows)


def _heading(column: Column) -> str:
    unit = {SECONDS: _("seconds"), SHARE: "%"}.get(column.kind)
    return f"{column.title} ({unit})" if unit else column.title


def _text(kind: str, cell: Any) -> str:
    if cell is None:
        return ""
    if kind == SHARE:
        return f"{100 * cell:.1f}"
    return f"{cell:g}" if kind == SECONDS else str(cell)


_FORMATS = {DAY: "yyyy-mm-dd", SECONDS: "[m]:ss", SHARE: "0.0%", COUNT: "#,##0"}


def as_xlsx(figures: PeriodFigures) -> bytes:
    """A workbook: the totals beside those of the period before, then a sheet for each table, with a chart of the days.

    Numbers are numbers, days are dates, durations are Excel's own; headings stay in view.
    """
    import openpyxl
    from openpyxl.chart import LineChart, Reference
    from openpyxl.chart.axis import DateAxis

    book = openpyxl.Workbook()
    # The file says when its last day was, not when it was made: the same figures give the same cells.
    book.properties.created = datetime.combine(figures.until, time())
    book.properties.creator = figures.hall
    first = book.active
    assert first is not None
    _fill(first, _totals(figures))
    for table in tables(figures):
        sheet = book.create_sheet()
        _fill(sheet, table)
        if table.name == "days" and len(table.rows) > 1:
            chart = LineChart()
            chart.title = _("Tickets by day")
            chart.height, chart.width = 8, 22
            last = len(table.rows) + 1
            chart.add_data(
                Reference(sheet, min_col=6, max_col=7, min_row=1, max_row=last),
                titles_from_data=True,
            )
            chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
            chart.x_axis = DateAxis(crossAx=100)
            chart.x_axis.number_format = "m-d"
            chart.x_axis.delete = chart.y_axis.delete = False
            chart.y_axis.crossAx = 500
            sheet.add_chart(chart, f"A{last + 3}")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _totals(figures: PeriodFigures) -> Table:
    columns = (
        Column(_("Figure"), TEXT),
        Column(_("This period")),
        Column(_("Before")),
        Column(_("Meaning"), TEXT),
    )
    rows = tuple(
        (
            _(title),
            (kind_of(name), value_of(figures.totals, name)),
            (kind_of(name), value_of(figures.before, name)),
            _(meaning),
        )
        for name, title, meaning in MEANINGS
    )
    return Table("totals", _("Overview"), columns, rows)


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = table.title[:31]
    sheet.append([column.title for column in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    for number, row in enumerate(table.rows, start=2):
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            # The totals have cells of several kinds in one column.
            kind, given = value if isinstance(value, tuple) else (column.kind, value)
            cell = sheet.cell(number, place)
            if kind == TEXT:
                cell.value = sheets.printable(str(given))
                cell.data_type = "s"  # or openpyxl takes a name that begins with = for a formula
            elif given is not None:
                cell.value = timedelta(seconds=given) if kind == SECONDS else given
                cell.number_format = _FORMATS[kind]
    for place, column in enumerate(table.columns):
        width = _width(row[place] for row in table.rows)
        title = sheets.text_width([column.title]) if column.kind == TEXT else 11
        sheet.column_dimensions[sheets.column_letter(place)].width = max(width, title)


def _width(cells: Iterable[Any]) -> int:
    return sheets.text_width([cell for cell in cells if isinstance(cell, str)] or [""])


def file_name(figures: PeriodFigures, ending: str, by: str = "") -> str:
    """A name for a period's file: `report-2020-02-17-2020-02-23-windows.csv`."""
    period = figures.period
    parts = ["report", period.first.isoformat(), period.last.isoformat(), *([by] if by else [])]
    return "-".join(parts) + ending
