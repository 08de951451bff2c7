"""The figures of a day as tables, and as files: XLSX and CSV (JSON is `figures.as_json`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services.figures import line_tables, typed_tables
from hall_desk.services.figures.meanings import (
    DAY_MEANINGS,
    MEANINGS,
    kind_of,
    share,
    value_of_day,
)
from hall_desk.services.figures.typed_tables import (
    COUNT,
    MIXED,
    MOMENT,
    SECONDS,
    SHARE,
    TEXT,
    Column,
    Table,
)

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

# The names of the tables, in order: what a command takes.
NAMES = ("figures", "hours", "windows", "matters", "clerks", "papers", "incidents")


def tables(figures: DayFigures) -> tuple[Table, ...]:
    """All figures by name, by hour, window, matter and clerk, then papers out and incidents one by one."""
    return (
        _overview(figures),
        line_tables.hours(figures.by_hour),
        _windows(figures),
        line_tables.matters(figures.by_matter),
        line_tables.clerks(figures.by_clerk),
        _papers(figures),
        _incidents(figures),
    )


def _overview(figures: DayFigures) -> Table:
    columns = (
        Column(_("Figure"), TEXT),
        Column(figures.day.isoformat(), MIXED),
        Column(_("Meaning"), TEXT),
    )
    rows = tuple(
        (_(title), (kind_of(name), value_of_day(figures, name)), _(meaning))
        for name, title, meaning in (*MEANINGS[1:], *DAY_MEANINGS)
    )
    return Table("figures", _("Overview"), columns, rows)


def _windows(figures: DayFigures) -> Table:
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
            Column(_("Callbacks settled")),
            Column(_("Callbacks to make"), COUNT),
        ),
        tuple(
            (
                line.number, line.name, line.opened, line.finished,
                share(line.within, line.measured), line.median_seconds, line.slips,
                line.phone_cases, line.callbacks_settled, line.callbacks_to_make,
            )
            for line in figures.windows
        ),
    )  # fmt: skip


def _papers(figures: DayFigures) -> Table:
    return Table(
        "papers",
        _("Papers still out"),
        (
            Column(_("Ticket"), TEXT),
            Column(_("Resident"), TEXT),
            Column(_("Paper"), TEXT),
            Column(_("Kind"), TEXT),
            Column(_("Count")),
            Column(_("Held by"), TEXT),
            Column(_("Window"), TEXT),
            Column(_("Since"), MOMENT),
        ),
        tuple(
            (
                line.number, line.resident, line.paper,
                _("original") if line.original else _("copy"), line.count,
                f"{i18n.code('holder', line.holder)} {line.staff}".strip(), line.window_number,
                line.since,
            )
            for line in figures.custody.out
        ),
    )  # fmt: skip


def _incidents(figures: DayFigures) -> Table:
    return Table(
        "incidents",
        _("Incidents"),
        (
            Column(_("Kind"), TEXT),
            Column(_("Place"), TEXT),
            Column(_("Ticket"), TEXT),
            Column(_("Reported"), MOMENT),
            Column(_("Answered"), MOMENT),
            Column(_("Closed"), MOMENT),
            Column(_("Late"), TEXT),
        ),
        tuple(
            (
                i18n.code("incident", line.kind), line.place, line.number, line.at,
                line.answered_at, line.closed_at, _("late") if line.late else "",
            )
            for line in figures.incidents.lines
        ),
    )  # fmt: skip


def as_csv(figures: DayFigures, by: str = "figures") -> bytes:
    """One of the tables, by name, as CSV (see `typed_tables.as_csv`)."""
    return typed_tables.as_csv(next(table for table in tables(figures) if table.name == by))


def as_xlsx(figures: DayFigures) -> bytes:
    """A workbook with a sheet for each table, and a chart of the hours."""
    return typed_tables.as_xlsx(tables(figures), figures.hall, figures.day)
