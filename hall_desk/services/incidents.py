"""Incidents: what is reported to the working group while it is being dealt with, step by step, until it is closed.

Everybody reports. Managers and the working group answer and close. Nothing is edited afterwards: what was wrong is put
right by a further step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import load_settings
from hall_desk.services.incident_views import (
    Incident,
    IncidentPaper,
    Step,
    get,
    minutes_for,
    of_day,
    of_today,
    open_ones,
    paper,
    view,
)
from hall_desk.store.ids import part_of
from hall_desk.store.journal import Change
from hall_desk.store.models import Incident as Row
from hall_desk.store.models import IncidentStep, Staff, TemperatureCheck, Ticket

__all__ = [
    "KINDS", "Incident", "IncidentPaper", "NewIncident", "NewStep", "Step", "close", "get", "minutes_for", "of_day",
    "of_today", "on_my_way", "open", "open_ones", "open_within", "paper", "step", "withdraw_check_within",
]  # fmt: skip

# In the order of their number keys.
KINDS = ("refuses_rules", "fever", "illness", "dispute", "lost_papers", "equipment", "other")
LONGEST_PLACE = 60
LONGEST_PEOPLE = 200


@dataclass(frozen=True)
class NewIncident:
    """What was reported. `id` is made when the form opens: a second Enter is the same incident."""

    id: UUID
    kind: str
    place: str
    people: str = ""
    what: str = ""
    check_id: UUID | None = None
    ticket_id: UUID | None = None


@dataclass(frozen=True)
class NewStep:
    """What was done about an incident."""

    id: UUID
    incident_id: UUID
    text: str


# --- reporting -----------------------------------------------------------------------------------


@waits
def open(actor: Actor, new: NewIncident) -> Incident:  # noqa: A001 - the product's word; incidents.open reads well
    """Reports an incident; managers and the working group see it at once.

    Raises BadInput (incident_kind, place, people, what), NotFound (check, ticket). Called again with the same `id`, or
    for a check that has its incident, it changes nothing and gives what is there.
    """
    with actor.store.change(actor) as change:
        return open_within(change, actor, new)


def open_within(change: Change, actor: Actor, new: NewIncident) -> Incident:
    """`open` inside the caller's transaction, for what must be reported together with what it is about."""
    actor.needs("incidents.open")
    settings = load_settings(actor.hall_id)
    if new.kind not in (*KINDS, *settings.incident_kinds):
        raise errors.BadInput("incident_kind", "unknown")
    place = privacy.check_text("place", new.place, required=True, limit=LONGEST_PLACE)
    people = privacy.check_text("people", new.people, limit=LONGEST_PEOPLE)
    # The kind says it all where somebody is needed at once; “other” says nothing.
    what = privacy.check_text("what", new.what, required=new.kind == "other")
    there = _there(actor, new)
    if there is not None:
        return view(actor, there)
    _check_subjects(actor, new)
    minutes = minutes_for(settings, new.kind)
    Row.create(
        id=new.id,
        hall=actor.hall_id,
        at=change.at,
        service_day=change.day,
        kind=new.kind,
        place=place,
        people=people,
        what=what,
        state="open",
        due_at=change.at + timedelta(minutes=minutes),
        check_of=new.check_id,
        ticket=new.ticket_id,
        staff=actor.person(),
        letter=actor.letter,
        force_insert=True,
    )
    _write_step(change, actor, part_of(new.id, "opened"), new.id, "opened", "")
    change.record("incident.opened", new.id, incident_kind=new.kind, minutes=minutes)
    return view(actor, new.id)


def _there(actor: Actor, new: NewIncident) -> UUID | None:
    same = Row.id == new.id
    if new.check_id is not None:
        same |= Row.check_of == new.check_id
    row = Row.select(Row.id).where(Row.hall == actor.hall_id, same).first()
    return row.id if row else None


def _check_subjects(actor: Actor, new: NewIncident) -> None:
    for kind, model, key in (
        ("check", TemperatureCheck, new.check_id),
        ("ticket", Ticket, new.ticket_id),
    ):
        if key is not None and not (
            model.select().where(model.id == key, model.hall == actor.hall_id).exists()
        ):
            raise errors.NotFound(kind=kind, key="")


# --- dealing with it -----------------------------------------------------------------------------


@waits
def step(actor: Actor, new: NewStep) -> Incident:
    """Adds what was done, with its author and time. Raises BadInput `step`, NotFound, IncidentClosed."""
    actor.needs("incidents.open")
    text = privacy.check_text("step", new.text, required=True)
    with actor.store.change(actor) as change:
        if not _has_step(new.id):
            _take(actor, change, new.incident_id)
            _write_step(change, actor, new.id, new.incident_id, "step", text)
            change.record("incident.step_added", new.incident_id)
        return view(actor, new.incident_id)


@waits
def on_my_way(actor: Actor, incident_id: UUID) -> Incident:
    """Answers an incident with the actor's name. Several may come; the first one's time is kept. Once per person.

    Raises NotFound, IncidentClosed.
    """
    actor.needs("incidents.handle")
    key = part_of(incident_id, f"on_my_way:{actor.person()}")
    with actor.store.change(actor) as change:
        if not _has_step(key):
            _take(actor, change, incident_id)
            # Looked for again: another PC of the same person may have had the incident in hand until now.
            if not _has_step(key):
                Row.update(answered_at=change.at).where(
                    Row.id == incident_id, Row.answered_at.is_null()
                ).execute()
                _write_step(change, actor, key, incident_id, "on_my_way", "")
                change.record("incident.answered", incident_id)
        return view(actor, incident_id)


def close(actor: Actor, incident_id: UUID, result: str) -> Incident:
    """Closes an incident with its result. Raises BadInput `incident_result`, NotFound, IncidentClosed.

    Of two who close it one succeeds; the other learns who was first. The same person closing it with the same words
    again has closed it.
    """
    actor.needs("incidents.handle")
    text = privacy.check_text("incident_result", result, required=True)
    with actor.store.change(actor) as change:
        try:
            _take(actor, change, incident_id, state="closed", closed_at=change.at, result=text)
        except errors.IncidentClosed:
            there = view(actor, incident_id)
            if there.result == text and _closer(incident_id).staff_id == actor.staff_id:
                return there
            raise
        _end(actor, change, incident_id, text)
        return view(actor, incident_id)


def withdraw_check_within(change: Change, actor: Actor, check_id: UUID, reason: str) -> None:
    """Says on the incident of a temperature check that the reading was withdrawn.

    As long as nobody has written a step it is over with that; else whoever deals with it closes it.
    """
    row = Row.select(Row.id).where(Row.check_of == check_id, Row.state == "open").first()
    if row is None:
        return
    _take(actor, change, row.id)
    dealt_with = (
        IncidentStep.select()
        .where(IncidentStep.incident == row.id, IncidentStep.kind == "step")
        .exists()
    )
    if dealt_with:
        key = part_of(row.id, "check_withdrawn")
        _write_step(change, actor, key, row.id, "step", reason)
        change.record("incident.step_added", row.id)
    else:
        _take(actor, change, row.id, state="closed", closed_at=change.at, result=reason)
        _end(actor, change, row.id, reason)


def _take(actor: Actor, change: Change, incident_id: UUID, **values: Any) -> None:
    """Compare and set: the incident is open, and stays as it is until this transaction ends."""
    # The row is written even where nothing changes: on PostgreSQL that holds it against somebody who closes it.
    taken = (
        Row.update(**(values or {"state": "open"}))
        .where(Row.id == incident_id, Row.hall == actor.hall_id, Row.state == "open")
        .execute()
    )
    if taken != 1:
        row = Row.get_or_none(Row.id == incident_id, Row.hall == actor.hall_id)
        if row is None:
            raise errors.NotFound(kind="incident", key="")
        raise errors.IncidentClosed(
            owner=_closer(incident_id).staff.name,
            since=row.closed_at,
            since_text=f"{actor.store.local(row.closed_at):%H:%M}",
        )


def _closer(incident_id: UUID) -> Any:
    return (
        IncidentStep.select(IncidentStep, Staff)
        .join(Staff)
        .where(IncidentStep.incident == incident_id, IncidentStep.kind == "closed")
        .get()
    )


def _end(actor: Actor, change: Change, incident_id: UUID, result: str) -> None:
    key = part_of(incident_id, "closed")
    _write_step(change, actor, key, incident_id, "closed", result)
    change.record("incident.closed", incident_id)


def _has_step(step_id: UUID) -> bool:
    return bool(IncidentStep.select().where(IncidentStep.id == step_id).exists())


def _write_step(
    change: Change, actor: Actor, key: UUID, incident_id: UUID, kind: str, text: str
) -> None:
    IncidentStep.create(
        id=key,
        hall=actor.hall_id,
        incident=incident_id,
        at=change.at,
        kind=kind,
        text=text,
        staff=actor.person(),
        force_insert=True,
    )
