"""The figures of several days as tables, and as files: XLSX, CSV and JSON.

Every form, paper too, shows these tables, so that a column means the same wherever it stands.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from hall_desk.i18n import _
from hall_desk.services.figures import json_text, line_tables, typed_tables
from hall_desk.services.figures.meanings import MEANINGS, kind_of, share, value_of
from hall_desk.services.figures.typed_tables import (
    DAY,
    MIXED,
    SECONDS,
    SHARE,
    TEXT,
    Chart,
    Column,
    Table,
)

if TYPE_CHECKING:
    from hall_desk.services.figures.period import PeriodFigures

# The names of the tables, in order: what a command takes.
NAMES = ("figures", "days", "hours", "windows", "matters", "clerks")


def tables(figures: PeriodFigures) -> tuple[Table, ...]:
    """The tables in the order of the report: the headline figures, then by day, hour, window, matter and clerk."""
    return (
        _overview(figures),
        _by_day(figures),
        line_tables.hours(figures.by_hour),
        _by_window(figures),
        line_tables.matters(figures.by_matter),
        line_tables.clerks(figures.by_clerk),
    )


def _overview(figures: PeriodFigures) -> Table:
    columns = (
        Column(_("Figure"), TEXT),
        Column(_("This period"), MIXED),
        Column(_("Before"), MIXED),
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
    return Table("figures", _("Overview"), columns, rows)


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
        Chart(_("Tickets by day"), (5, 6)),
    )  # fmt: skip


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


# --- files ---------------------------------------------------------------------------------------


def as_json(figures: PeriodFigures) -> str:
    """The figures as JSON text, names as in `PeriodFigures`, durations in seconds."""
    return json_text(asdict(figures))


def as_csv(figures: PeriodFigures, by: str = "days") -> bytes:
    """One of the tables, by name, as CSV (see `typed_tables.as_csv`)."""
    return typed_tables.as_csv(next(table for table in tables(figures) if table.name == by))


def as_xlsx(figures: PeriodFigures) -> bytes:
    """A workbook: the totals beside those of the period before, a sheet for each table, a chart of the days."""
    return typed_tables.as_xlsx(tables(figures), figures.hall, figures.until)


def file_name(figures: PeriodFigures, ending: str, by: str = "") -> str:
    """A name for a period's file: `report-2020-02-17-2020-02-23-windows.csv`."""
    period = figures.period
    parts = ["report", period.first.isoformat(), period.last.isoformat(), *([by] if by else [])]
    return "-".join(parts) + ending
