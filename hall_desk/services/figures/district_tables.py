"""The figures of a day of several halls as tables, and as files: a line for each hall, then tables of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hall_desk.i18n import _
from hall_desk.services.figures import day_tables, total, typed_tables
from hall_desk.services.figures.meanings import share
from hall_desk.services.figures.typed_tables import MIXED, SHARE, TEXT, Column, Table

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

# The names of the tables, in order: what a command takes.
NAMES = ("halls", *day_tables.NAMES)


def tables(halls: Sequence[DayFigures]) -> tuple[Table, ...]:
    """The halls with what they add up to; then all figures side by side, and the other tables below each other."""
    overviews, *others = zip(*map(day_tables.tables, halls), strict=True)
    names = [one.hall for one in halls]
    below = (_below_each_other(names, parts) for parts in others)
    return (_halls(halls), _side_by_side(names, overviews), *below)


def _halls(halls: Sequence[DayFigures]) -> Table:
    lines = [(one.hall, total([one])) for one in halls] + [(_("Total"), total(halls))]
    return Table(
        "halls",
        _("By hall"),
        (
            Column(_("Hall"), TEXT),
            Column(_("Temperature checks")),
            Column(_("Fevers")),
            Column(_("Opened")),
            Column(_("Finished")),
            Column(_("Within the promise"), SHARE),
            Column(_("Still open")),
            Column(_("Phone slips")),
            Column(_("Originals out")),
            Column(_("Tickets in all")),
        ),
        tuple(
            (
                name, one.checked, one.fevers, one.opened, one.finished,
                share(one.within_promise, one.measured), one.open_at_end, one.slips,
                one.originals_out, one.cumulative,
            )
            for name, one in lines
        ),
    )  # fmt: skip


def _side_by_side(names: Sequence[str], overviews: Sequence[Table]) -> Table:
    first = overviews[0]
    title, _of_one, meaning = first.columns
    rows: list[tuple[Any, ...]] = [
        (same[0][0], *(row[1] for row in same), same[0][2])
        for same in zip(*(table.rows for table in overviews), strict=True)
    ]
    columns = (title, *(Column(name, MIXED) for name in names), meaning)
    return Table(first.name, first.title, columns, tuple(rows))


def _below_each_other(names: Sequence[str], parts: Sequence[Table]) -> Table:
    first = parts[0]
    rows = tuple(
        (name, *row) for name, table in zip(names, parts, strict=True) for row in table.rows
    )
    return Table(first.name, first.title, (Column(_("Hall"), TEXT), *first.columns), rows)


def as_csv(halls: Sequence[DayFigures], by: str = "halls") -> bytes:
    """One of the tables, by name, as CSV (see `typed_tables.as_csv`)."""
    return typed_tables.as_csv(next(table for table in tables(halls) if table.name == by))


def as_xlsx(halls: Sequence[DayFigures]) -> bytes:
    """A workbook with a sheet for each table."""
    title = _("Daily report of the district")
    return typed_tables.as_xlsx(tables(halls), title, halls[0].day)
