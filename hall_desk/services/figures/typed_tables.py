"""Tables with typed cells, and as files: what reports show on paper, in a workbook and as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hall_desk.i18n import _
from hall_desk.services import sheets

# What is in a column: text and codes are words, a day is a date, a moment a time on it, seconds a duration, share a
# part of one, degrees tenths of a degree Celsius. In a mixed column each cell is a pair of its kind and its value.
TEXT, COUNT, DAY, MOMENT, SECONDS, SHARE, DEGREES, MIXED = (
    "text", "count", "day", "moment", "seconds", "share", "degrees", "mixed",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    title: str
    kind: str = COUNT


@dataclass(frozen=True)
class Chart:
    """A picture of some columns, counted from 0, over the first: a line where that has days, else columns."""

    title: str
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """`name` says it in commands and file names. A cell is of its column's kind, or None where there is nothing."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    chart: Chart | None = None


def typed(column: Column, cell: Any) -> tuple[str, Any]:
    """A cell's kind and value."""
    return cell if column.kind == MIXED else (column.kind, cell)


# --- CSV -----------------------------------------------------------------------------------------


def as_csv(table: Table) -> bytes:
    """UTF-8 with BOM: dates in ISO 8601, durations in seconds, shares in percent with one digit, nothing to calculate.

    What a cell of a mixed column is measured in stands behind the name of its line.
    """
    headings = [_named(column.title, column.kind) for column in table.columns]
    rows = []
    for row in table.rows:
        cells = [typed(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        words = [_text(kind, value) for kind, value in cells]
        if any(column.kind == MIXED for column in table.columns):
            words[0] = _named(words[0], cells[1][0])
        rows.append(words)
    return sheets.csv_bytes(headings, rows)


def _named(title: str, kind: str) -> str:
    unit = {SECONDS: _("seconds"), SHARE: "%", DEGREES: "℃"}.get(kind)
    return f"{title} ({unit})" if unit else title


def _text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    match kind:
        case "share":
            return f"{100 * value:.1f}"
        case "seconds":
            return f"{value:g}"
        case "degrees":
            return f"{value / 10:.1f}"
        case "moment":
            return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


# --- XLSX ----------------------------------------------------------------------------------------

_FORMATS = {
    DAY: "yyyy-mm-dd",
    MOMENT: "yyyy-mm-dd hh:mm",
    SECONDS: "[m]:ss",
    SHARE: "0.0%",
    COUNT: "#,##0",
    DEGREES: "0.0",
}
_WIDEST = 60  # characters; longer words go on in a second line


def as_xlsx(tables: Iterable[Table], creator: str, day: date) -> bytes:
    """A workbook with a sheet for each table: numbers are numbers, days are dates, durations are Excel's own, headings
    stay in view. `day` is the moment written into the file: the same figures give the same cells."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = datetime.combine(day, time())
    book.properties.creator = creator
    assert book.active is not None
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.title[:31])
        _fill(sheet, table)
        if table.chart is not None and len(table.rows) > 1:
            _draw(sheet, table, table.chart)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append([column.title for column in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    for number, row in enumerate(table.rows, start=2):
        for place, (column, given) in enumerate(zip(table.columns, row, strict=True), start=1):
            kind, value = typed(column, given)
            cell = sheet.cell(number, place)
            if kind == TEXT:
                cell.value = sheets.printable(str(value))
                cell.data_type = "s"  # or openpyxl takes a name that begins with = for a formula
                if sheets.text_width([str(value)]) >= _WIDEST:
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
            elif value is not None:
                cell.value = _value(kind, value)
                cell.number_format = _FORMATS[kind]
    for place, column in enumerate(table.columns):
        width = _width(row[place] for row in table.rows)
        title = sheets.text_width([column.title]) if column.kind == TEXT else 11
        least = {DAY: 12, MOMENT: 17}.get(column.kind, 0)
        sheet.column_dimensions[sheets.column_letter(place)].width = max(width, title, least)


def _value(kind: str, value: Any) -> Any:
    if kind == SECONDS:
        return timedelta(seconds=value)
    if kind == DEGREES:
        return value / 10
    return value.replace(tzinfo=None) if kind == MOMENT else value


def _width(cells: Iterable[Any]) -> int:
    return sheets.text_width([cell for cell in cells if isinstance(cell, str)] or [""])


def _draw(sheet: Any, table: Table, drawn: Chart) -> None:
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.chart.axis import DateAxis

    last = len(table.rows) + 1
    by_days = table.columns[0].kind == DAY
    chart: Any = LineChart() if by_days else BarChart()
    chart.title = drawn.title
    chart.height, chart.width = 8, 22
    for place in drawn.columns:
        figures = Reference(sheet, min_col=place + 1, min_row=1, max_row=last)
        chart.add_data(figures, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    if by_days:
        chart.x_axis = DateAxis(crossAx=100)
        chart.x_axis.number_format = "m-d"
        chart.y_axis.crossAx = 500
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, f"A{last + 3}")
