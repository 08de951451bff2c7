"""What windows did by telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.documents.daily_report.sheet import beside, by_code, of_matters, small_table
from hall_desk.documents.flow import Block, Table
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

_MATTERS = 6


def by_phone(figures: DayFigures) -> list[Block | Table]:
    """Callbacks and phone cases; nothing when there were none."""
    tables = []
    called, cases = figures.callbacks, figures.phone_cases
    if called.promised or called.settled or called.open_at_end or called.calls:
        lines: list[tuple[str, int | str]] = [
            (_("Promised on this day"), called.promised),
            (_("Calls made"), called.calls),
            (_("of them without answer"), called.no_answer),
            *by_code("callback", called.by_result),
            (_("Still to be called"), called.open_at_end),
            (_("of them on the side list"), called.side),
            (_("of them overdue"), called.overdue),
        ]
        red = len(lines) - 1 if called.overdue else None
        tables.append(small_table(_("Callbacks"), _("Item"), _("Count"), lines, red=red))
    if cases.total:
        outcomes: list[tuple[str, int | str]] = [
            *by_code("phone_outcome", cases.by_outcome),
            (_("In all"), cases.total),
            (_("Minutes on the phone"), cases.minutes),
        ]
        if cases.withdrawn:
            outcomes.append((_("Taken back"), cases.withdrawn))
        matters = of_matters(
            cases.top_matters, cases.about_nothing_listed, _("About nothing listed"), _MATTERS
        )
        tables += [
            small_table(_("Phone cases"), _("Outcome"), _("Count"), outcomes),
            small_table(_("Phoned about most"), _("Matter"), _("Count"), matters),
        ]
    return [beside(tables)] if tables else []
