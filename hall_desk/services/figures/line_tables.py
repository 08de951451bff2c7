"""The tables that the daily report and those of several days have in common: by hour, matter and member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services.figures.meanings import share
from hall_desk.services.figures.typed_tables import SECONDS, SHARE, TEXT, Chart, Column, Table

if TYPE_CHECKING:
    from hall_desk.services.figures.groups import ClerkLine, HourLine, MatterLine


def hours(lines: Sequence[HourLine]) -> Table:
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
            for line in lines
        ),
        Chart(_("Work by the hour"), (1, 2, 3)),
    )


def matters(lines: Sequence[MatterLine]) -> Table:
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
            for line in lines
        ),
    )  # fmt: skip


def clerks(lines: Sequence[ClerkLine]) -> Table:
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
            for line in lines
        ),
    )  # fmt: skip
