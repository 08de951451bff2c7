"""The consultation post, and the hall's people at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.documents.daily_report.sheet import beside, by_code, muted, of_matters, small_table
from hall_desk.documents.flow import Block, Table, space
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

_MATTERS = 6


def consultations(figures: DayFigures) -> list[Block | Table]:
    """How questions were settled, what they and the slips were about; nothing when there were none."""
    asked, slips, people = figures.consultations, figures.slips, figures.people
    if not (asked.total or slips.total or asked.notices_given):
        return []
    tables = []
    if asked.total:
        outcomes = by_code("consultation_outcome", asked.by_outcome)
        matters = of_matters(
            asked.top_matters, asked.about_nothing_listed, _("About nothing listed"), _MATTERS
        )
        tables += [
            small_table(_("Consultations"), _("Outcome"), _("Count"), outcomes),
            small_table(_("Asked about most"), _("Matter"), _("Count"), matters),
        ]
    if slips.total:
        named = of_matters(
            slips.top_matters, slips.of_window_only, _("Window's number only"), _MATTERS
        )
        tables.append(small_table(_("Slips given most"), _("Matter"), _("Count"), named))
    facts = []
    if asked.total:
        facts.append(_("{count} consultations").format(count=asked.total))
        facts += [f"{name} {count}" for name, count in by_code("asked", asked.by_channel)]
        busiest = max(asked.by_hour, key=lambda one: (one.count, -one.hour))
        facts.append(
            _("most in an hour: {count} (from {hour}:00)").format(
                count=busiest.count, hour=busiest.hour
            )
        )
    if slips.total:
        facts.append(_("{count} phone slips").format(count=slips.total))
    if asked.notices_given:
        facts.append(_("{count} notices of what is missing").format(count=asked.notices_given))
    if asked.notices_reopened:
        facts.append(_("{count} brought again").format(count=asked.notices_reopened))
    if asked.withdrawn:
        facts.append(_("{count} taken back").format(count=asked.withdrawn))
    return [beside(tables), space(1.2), muted(" · ".join(facts)), *_people(people.peak, figures)]


def _people(peak: int, figures: DayFigures) -> list[Block | Table]:
    people = figures.people
    if not peak or people.peak_at is None:
        return []
    facts = [
        _("came in {count}").format(count=people.came),
        _("at most {count} at once ({at})").format(count=peak, at=f"{people.peak_at:%H:%M}"),
    ]
    if people.capacity:
        facts.append(_("allowed {count}").format(count=people.capacity))
    if people.refused:
        facts.append(_("not admitted {count}").format(count=people.refused))
    if people.left_at_close:
        facts.append(_("counted out at the closing {count}").format(count=people.left_at_close))
    return [muted(_("In the hall: {facts}").format(facts=" · ".join(facts)))]
