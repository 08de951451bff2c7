"""Proxy tickets: by window and by matter, what became of them and of their papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.documents import flow
from hall_desk.documents.daily_report.figure_tables import printed
from hall_desk.documents.daily_report.sheet import (
    ROOM,
    beside,
    duration,
    figure_columns,
    holder_words,
    muted,
    share,
    small_table,
    temperature,
    window_words,
)
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import INK, RED
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures, PaperOutLine


def windows(figures: DayFigures) -> list[Block | Table]:
    lines, tickets = figures.windows, figures.tickets
    title = flow.heading(_("By window"), ROOM)
    if not lines:
        return [title, muted(_("No window had anything to do on this day."))]
    rows = [
        Row(
            (
                window_words(line.number, line.name),
                str(line.opened),
                str(line.finished),
                duration(line.median_seconds),
                share(line.within, line.measured),
                str(line.phone_cases),
                _part(line.callbacks_settled, line.callbacks_to_make),
                str(line.slips),
            )
        )
        for line in lines
    ]
    rows.append(
        Row(
            (
                _("Total"),
                str(sum(line.opened for line in lines)),
                str(sum(line.finished for line in lines)),
                duration(tickets.median_seconds),
                share(tickets.within_promise, tickets.measured),
                str(sum(line.phone_cases for line in lines)),
                _part(
                    sum(line.callbacks_settled for line in lines),
                    sum(line.callbacks_to_make for line in lines),
                ),
                str(sum(line.slips for line in lines)),
            ),
            bold=True,
        )
    )
    columns = figure_columns(
        (_("Window"), 0),
        (_("Opened"), 17),
        (_("Finished"), 18),
        (_("Median turnaround"), 24),
        (_("Within the promise"), 24),
        (_("Phone cases"), 18),
        (_("Callbacks made"), 23),
        (_("Phone slips"), 18),
    )
    return [title, Table(columns, tuple(rows))]


def _part(done: int, of: int) -> str:
    return f"{done} / {of}" if of else "–"


def matters(figures: DayFigures) -> list[Block | Table]:
    if not figures.tickets.by_matter:
        return []
    rows = tuple(
        Row(
            (
                line.code,
                line.name,
                line.window_number,
                str(line.opened),
                str(line.finished),
                duration(line.median_seconds),
            )
        )
        for line in figures.tickets.by_matter
    )
    columns = (
        Column(_("Code"), 20),
        Column(_("Matter"), ROOM - 20 - 16 - 18 - 18 - 30),
        Column(_("Window"), 16),
        Column(_("Opened"), 18, "right"),
        Column(_("Finished"), 18, "right"),
        Column(_("Median turnaround"), 30, "right"),
    )
    return [flow.heading(_("By matter"), ROOM), Table(columns, rows)]


def clerks(figures: DayFigures) -> list[Block | Table]:
    """What each member of staff did."""
    from hall_desk.services.figures import line_tables

    if not figures.by_clerk:
        return []
    table = line_tables.clerks(figures.by_clerk)
    return [flow.heading(table.title, ROOM), printed(table)]


def day_tables(figures: DayFigures) -> list[Block | Table]:
    """Three small tables side by side: what became of tickets, of papers, of checks."""
    tickets, custody, screening = figures.tickets, figures.custody, figures.screening
    out = custody.originals_out
    done: list[tuple[str, int | str]] = [
        (_("Opened on this day"), tickets.opened),
        (_("Finished"), tickets.finished),
        (_("Withdrawn by resident"), tickets.withdrawn),
        (_("Terminated by window"), tickets.terminated),
        (_("Suspended now"), tickets.suspended),
        (_("Open at day's end"), tickets.open_at_end),
    ]
    papers: list[tuple[str, int | str]] = [
        (_("Taken in"), custody.received),
        (_("Handed back"), custody.handed_back),
        (_("Kept by windows"), custody.kept_copies),
        (_("New from windows"), custody.new_papers),
        (_("Originals still out"), out),
    ]
    checks: list[tuple[str, int | str]] = [
        (_("Residents"), screening.residents),
        (_("Staff"), screening.staff),
        (_("Others"), screening.others),
        (_("Highest reading"), temperature(screening.highest_tenths)),
        (_("Held to measure again"), screening.held),
        (_("Normal on recheck"), screening.cleared_on_recheck),
        (_("Fever"), screening.fevers),
    ]
    if screening.withdrawn:
        checks.append((_("Withdrawn readings"), screening.withdrawn))
    if tickets.corrected:
        done.append((_("Corrected by a manager"), tickets.corrected))
    if tickets.given_to_others:
        papers.insert(2, (_("Collected by others"), tickets.given_to_others))
    if screening.went_away:
        checks.insert(5, (_("Left before the second"), screening.went_away))
    blocks = [
        small_table(_("Tickets of the day"), _("Item"), _("Tickets"), done),
        small_table(
            _("Custody of papers"),
            _("Item"),
            _("Count"),
            papers,
            red=len(papers) - 1 if out else None,
        ),
        small_table(
            _("Screening"),
            _("Item"),
            _("Checks"),
            checks,
            red=_place(checks, _("Fever")) if screening.fevers else None,
        ),
    ]
    return [beside(blocks)]


def _place(lines: list[tuple[str, int | str]], name: str) -> int:
    return next(number for number, (label, _value) in enumerate(lines) if label == name)


def papers_out(figures: DayFigures) -> list[Block | Table]:
    out = figures.custody.out
    if not out:
        return []
    columns = (
        Column(_("Ticket"), 17),
        Column(_("Resident"), 22),
        Column(_("Paper"), ROOM - 17 - 22 - 25 - 38 - 25),
        Column(_("Kind"), 25),
        Column(_("Held by"), 38),
        Column(_("Since"), 25),
    )
    rows = tuple(
        Row(
            (
                line.number,
                line.resident,
                line.paper,
                _kind(line),
                holder_words(line.holder, line.window_number, line.staff),
                f"{line.since:%m-%d %H:%M}",
            ),
            colour=RED if line.original else INK,
        )
        for line in out
    )
    return [flow.heading(_("Papers still out"), ROOM), Table(columns, rows)]


def _kind(line: PaperOutLine) -> str:
    text = _("original × {count}") if line.original else _("copy × {count}")
    return text.format(count=line.count)
