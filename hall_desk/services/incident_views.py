"""Incidents as they are read: lists, one with its steps, and what stands on its report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import Settings
from hall_desk.store.models import Hall, IncidentStep, Staff, Ticket
from hall_desk.store.models import Incident as Row


@dataclass(frozen=True)
class Step:
    """`kind` is opened, step, on_my_way or closed; the last one's text is the result."""

    id: UUID
    at: datetime
    kind: str
    text: str
    staff: str


@dataclass(frozen=True)
class Incident:
    """An incident. `going` are the names of those on their way, in the order they answered.

    Lists leave `steps` empty.
    """

    id: UUID
    at: datetime
    service_day: date
    kind: str
    place: str
    people: str
    what: str
    state: str
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    result: str
    reporter: str
    reporter_id: UUID
    ticket_id: UUID | None
    ticket_number: str
    check_id: UUID | None
    going: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def open(self) -> bool:
        return self.state == "open"

    def overdue(self, now: datetime) -> bool:
        """Whether the deadline of its kind has passed before it was closed."""
        return self.due_at < (self.closed_at or now)


@dataclass(frozen=True)
class IncidentPaper:
    """What stands on an incident's report; all moments in the hall's time zone."""

    hall: str
    practice: bool
    printed_at: datetime
    printed_by: str
    incident: Incident


def minutes_for(settings: Settings, kind: str) -> int:
    """How many minutes the hall gives itself for an incident of this kind; one of its own kinds is “other”."""
    return int(getattr(settings, f"incident_minutes_{kind}", settings.incident_minutes_other))


def _selected() -> Any:
    return (
        Row.select(Row, Staff, Ticket)
        .join(Staff)
        .switch(Row)
        .join(Ticket, "LEFT OUTER JOIN", on=(Row.ticket == Ticket.id))
    )


def _value(row: Any) -> Incident:
    return Incident(
        id=row.id,
        at=row.at,
        service_day=row.service_day,
        kind=row.kind,
        place=row.place,
        people=row.people,
        what=row.what,
        state=row.state,
        due_at=row.due_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        result=row.result,
        reporter=row.staff.name,
        reporter_id=row.staff_id,
        ticket_id=row.ticket_id,
        ticket_number=row.ticket.number if row.ticket_id else "",
        check_id=row.check_of_id,
    )


def _steps_of(ids: list[UUID], *kinds: str) -> dict[UUID, list[Step]]:
    """The steps of several incidents in order, all or only those of some kinds."""
    found: dict[UUID, list[Step]] = {key: [] for key in ids}
    if not ids:
        return found
    query = (
        IncidentStep.select(IncidentStep, Staff)
        .join(Staff)
        .where(IncidentStep.incident.in_(ids))
        .order_by(IncidentStep.incident, IncidentStep.at, IncidentStep.id)
    )
    if kinds:
        query = query.where(IncidentStep.kind.in_(kinds))
    # What opens an incident comes before what follows in the same instant, whatever their keys; closing comes last.
    place = {"opened": 0, "closed": 2}
    rows = sorted(query, key=lambda row: (row.at, place.get(row.kind, 1), row.id))
    for row in rows:
        found[row.incident_id].append(Step(row.id, row.at, row.kind, row.text, row.staff.name))
    return found


def _lines(rows: list[Any]) -> list[Incident]:
    going = _steps_of([row.id for row in rows], "on_my_way")
    return [replace(_value(row), going=tuple(one.staff for one in going[row.id])) for row in rows]


def _whole(rows: list[Any]) -> list[Incident]:
    steps = _steps_of([row.id for row in rows])
    return [
        replace(
            _value(row),
            steps=tuple(steps[row.id]),
            going=tuple(one.staff for one in steps[row.id] if one.kind == "on_my_way"),
        )
        for row in rows
    ]


def view(actor: Actor, incident_id: UUID) -> Incident:
    """One incident with all its steps; the caller has a transaction open. Raises NotFound `incident`."""
    rows = list(_selected().where(Row.id == incident_id, Row.hall == actor.hall_id))
    if not rows:
        raise errors.NotFound(kind="incident", key="")
    return _whole(rows)[0]


def get(actor: Actor, incident_id: UUID) -> Incident:
    """One incident with all its steps. Raises NotFound `incident`."""
    actor.needs("incidents.read")
    with actor.store.reading():
        return view(actor, incident_id)


def open_ones(actor: Actor, limit: int = 200) -> list[Incident]:
    """Those that are not closed, of whatever day, the earliest deadline first; without their steps."""
    actor.needs("incidents.read")
    with actor.store.reading():
        rows = (
            _selected()
            .where(Row.hall == actor.hall_id, Row.state == "open")
            .order_by(Row.due_at, Row.id)
            .limit(limit)
        )
        return _lines(list(rows))


def of_today(actor: Actor, limit: int = 200) -> list[Incident]:
    """Today's, the latest first; without their steps."""
    actor.needs("incidents.read")
    with actor.store.reading():
        rows = (
            _selected()
            .where(Row.hall == actor.hall_id, Row.service_day == actor.store.today())
            .order_by(Row.at.desc(), Row.id.desc())
            .limit(limit)
        )
        return _lines(list(rows))


def of_day(actor: Actor, day: date, limit: int = 200) -> list[Incident]:
    """Those of one service day with all their steps, in the order they were opened: for the report."""
    actor.needs("incidents.read")
    with actor.store.reading():
        rows = (
            _selected()
            .where(Row.hall == actor.hall_id, Row.service_day == day)
            .order_by(Row.at, Row.id)
            .limit(limit)
        )
        return _whole(list(rows))


def paper(actor: Actor, incident_id: UUID) -> IncidentPaper:
    """The facts of an incident's report. Raises NotFound `incident`."""
    actor.needs("incidents.read")
    local = actor.store.local
    with actor.store.reading():
        found = view(actor, incident_id)
        practice = Hall.get_by_id(actor.hall_id).practice_offset_s is not None
        now = actor.store.now()
    incident = replace(
        found,
        at=local(found.at),
        due_at=local(found.due_at),
        answered_at=local(found.answered_at) if found.answered_at else None,
        closed_at=local(found.closed_at) if found.closed_at else None,
        steps=tuple(replace(one, at=local(one.at)) for one in found.steps),
    )
    return IncidentPaper(actor.hall_name, practice, local(now), actor.name, incident)
