"""Before a drill begins: the day it is played on, and what an earlier run left open put away.

A journal is never rewritten, in a practice hall neither: the next run is another day, a week later, so that the
weekday stays what it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import callbacks, incidents, posts, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.drill.invented import PHRASES
from hall_desk.services.tickets import Proof
from hall_desk.store import models

log = logging.getLogger(__name__)


def free_day(manager: Actor, wanted: date) -> date:
    """The first day of this weekday from `wanted` on that is not past and on which nobody was served yet."""
    day, today = wanted, manager.store.today()
    with manager.store.reading():
        while day < today or _lived(manager, day):
            day += timedelta(days=7)
    return day


def _lived(manager: Actor, day: date) -> bool:
    return any(
        model.select().where(model.hall == manager.hall_id, model.service_day == day).exists()
        for model in (
            models.Ticket, models.TemperatureCheck, models.Consultation, models.Attendance, models.Slip, models.Shift,
        )
    )  # fmt: skip


def put_away(manager: Actor) -> None:
    """Ends whatever is open in the hall, by the same services as ever: tickets, calls, incidents, turns of duty."""
    with manager.store.reading():
        open_tickets = _keys(manager, models.Ticket, models.Ticket.state != "closed")
        open_calls = _keys(manager, models.Callback, models.Callback.settled_at.is_null())
        open_incidents = _keys(manager, models.Incident, models.Incident.state == "open")
        on_post = [
            row.staff_id
            for row in models.Shift.select(models.Shift.staff).where(
                models.Shift.hall == manager.hall_id, models.Shift.ended_at.is_null()
            )
        ]
    _each(open_tickets, lambda key: tickets.withdraw(manager, key, PHRASES["withdrawn"]))
    # Twice: a sheet that another ticket of the visit needed goes when that one is done.
    for _round in range(2):
        _each(open_tickets, lambda key: _hand_back(manager, key))
    _each(open_calls, lambda key: callbacks.withdraw(manager, key, "settled_otherwise"))
    _each(open_incidents, lambda key: incidents.close(manager, key, PHRASES["incident_result"]))
    _each(on_post, lambda key: posts.leave_post(manager, key, papers_stay=True))


def _keys(manager: Actor, model: Any, still_open: Any) -> list[UUID]:
    rows = model.select(model.id).where(model.hall == manager.hall_id, still_open)
    return [row.id for row in rows]


def _each(keys: Iterable[UUID], end: Callable[[UUID], object]) -> None:
    for key in keys:
        try:
            end(key)
        except (errors.DatabaseAway, errors.DatabaseBusy):
            raise
        except errors.HallDeskError as error:
            log.info("left open before a drill: %s", error)


def _hand_back(manager: Actor, key: UUID) -> None:
    ticket = tickets.get(manager, key)
    if ticket.card.state == "ready":
        tickets.hand_back(manager, key, Proof("pickup_code", ticket.pickup_code))
