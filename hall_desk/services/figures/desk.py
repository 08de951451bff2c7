"""Figures of the consultation post: questions and how they were settled, notices of what is missing, phone slips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.services import consultations
from hall_desk.services.figures import counting
from hall_desk.services.figures.counting import Count, HourCount, MatterCount
from hall_desk.store.models import Consultation, Slip

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class ConsultationFigures:
    """Consultations of the day that were not withdrawn; every outcome and channel is there. `about_nothing_listed`
    named no matter. Notices count wherever they were given; `notices_reopened` were shown again at a later visit."""

    total: int
    by_outcome: tuple[Count, ...]
    by_channel: tuple[Count, ...]
    by_hour: tuple[HourCount, ...]
    top_matters: tuple[MatterCount, ...]
    about_nothing_listed: int
    withdrawn: int
    notices_given: int
    notices_reopened: int


@dataclass(frozen=True)
class SlipFigures:
    """Telephone slips given out; `of_window_only` named a window and no matter."""

    total: int
    top_matters: tuple[MatterCount, ...]
    of_window_only: int


def count(day: Day) -> ConsultationFigures:
    rows = list(
        Consultation.select(
            Consultation.at,
            Consultation.matter,
            Consultation.channel,
            Consultation.outcome,
            Consultation.withdrawn_at,
        ).where(Consultation.hall == day.hall_id, Consultation.service_day == day.day)
    )
    kept = [row for row in rows if day.stood(row.withdrawn_at)]
    return ConsultationFigures(
        total=day.totals.consultations,
        by_outcome=counting.by_code((row.outcome for row in kept), consultations.OUTCOMES),
        by_channel=counting.by_code((row.channel for row in kept), consultations.CHANNELS),
        by_hour=counting.by_hour(day.hour(row.at) for row in kept),
        top_matters=counting.top_matters((row.matter_id for row in kept), day.matters),
        about_nothing_listed=sum(row.matter_id is None for row in kept),
        withdrawn=len(rows) - len(kept),
        notices_given=day.totals.notices,
        notices_reopened=sum(entry.kind == "missing_notice.reopened" for entry in day.entries),
    )


def slips(day: Day) -> list[Slip]:
    """The slips given out on the day."""
    return list(
        Slip.select(Slip.window, Slip.matter).where(
            Slip.hall == day.hall_id, Slip.service_day == day.day
        )
    )


def count_slips(day: Day, given: list[Slip]) -> SlipFigures:
    return SlipFigures(
        total=day.totals.slips,
        top_matters=counting.top_matters((row.matter_id for row in given), day.matters),
        of_window_only=sum(row.matter_id is None for row in given),
    )
