"""Figures of what was reported to the working group, step by step. Nobody reported on is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.store.models import Incident, IncidentStep, Staff, Ticket

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class StepLine:
    """`kind` is opened, step, on_my_way or closed. What was written is on the incident's own paper."""

    at: datetime
    kind: str
    staff: str


@dataclass(frozen=True)
class IncidentLine:
    """An incident as it stood at the day's end; `number` is the ticket's it was about."""

    kind: str
    place: str
    number: str
    at: datetime
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    late: bool
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class IncidentFigures:
    """`lines` are those opened on the day and those that were still open from before; `late` were closed after their
    deadline, or are past it and open."""

    opened: int
    closed: int
    open_at_end: int
    late: int
    lines: tuple[IncidentLine, ...]


def count(day: Day) -> tuple[IncidentFigures, list[Attention]]:
    rows = list(
        Incident.select(Incident, Ticket)
        .join(Ticket, "LEFT OUTER JOIN", on=(Incident.ticket == Ticket.id))
        .where(
            Incident.hall == day.hall_id,
            Incident.at < day.end,
            (Incident.service_day == day.day)
            | Incident.closed_at.is_null()
            | (Incident.closed_at >= day.start),
        )
        .order_by(Incident.at, Incident.id)
    )
    steps = _steps(day, [row.id for row in rows])
    lines = tuple(_line(day, row, steps[row.id]) for row in rows)
    figures = IncidentFigures(
        opened=day.totals.incidents,
        closed=sum(line.closed_at is not None for line in lines),
        open_at_end=sum(line.closed_at is None for line in lines),
        late=sum(line.late for line in lines),
        lines=lines,
    )
    attention = [
        Attention(
            "incident_open", {"kind": line.kind, "at": f"{line.at:%m-%d %H:%M}", "late": line.late}
        )
        for line in lines
        if line.closed_at is None
    ]
    return figures, attention[:MOST]


def _line(day: Day, row: Incident, steps: Sequence[StepLine]) -> IncidentLine:
    closed_at = day.before_end(row.closed_at)
    return IncidentLine(
        kind=row.kind,
        place=row.place,
        number=row.ticket.number if row.ticket_id else "",
        at=day.local(row.at),
        due_at=day.local(row.due_at),
        answered_at=day.before_end(row.answered_at),
        closed_at=closed_at,
        late=row.due_at < (closed_at or day.moment),
        steps=tuple(steps),
    )


def _steps(day: Day, keys: Sequence[UUID]) -> dict[UUID, list[StepLine]]:
    found: dict[UUID, list[StepLine]] = defaultdict(list)
    # What opens an incident comes before what follows in the same instant; closing comes last.
    place = {"opened": 0, "closed": 2}
    rows = [
        row
        for start in range(0, len(keys), 500)
        for row in IncidentStep.select(
            IncidentStep.id, IncidentStep.incident, IncidentStep.at, IncidentStep.kind, Staff.name
        )
        .join(Staff)
        .where(IncidentStep.incident.in_(keys[start : start + 500]), IncidentStep.at < day.end)
    ]
    for row in sorted(rows, key=lambda row: (row.at, place.get(row.kind, 1), row.id)):
        found[row.incident_id].append(StepLine(day.local(row.at), row.kind, row.staff.name))
    return found
