"""How fast the clock of a practice hall runs: for all its PCs, and never in a real hall."""

from __future__ import annotations

from datetime import datetime

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import is_practice
from hall_desk.store.models import Hall

# 0 stands still. The drill offers the others.
PACES = (1, 2, 5, 10, 60)


def require_practice(actor: Actor) -> None:
    """Raises NotAllowed unless a manager acts, BadInput `drill` (not_practice) unless nothing in this hall is real."""
    actor.needs("drill.run")
    with actor.store.reading():
        practice = is_practice(actor.hall_id)
    if not practice:
        raise errors.BadInput("drill", "not_practice")


def set_pace(actor: Actor, times: int, moment: datetime | None = None) -> None:
    """Lets the hall's clock run `times` as fast as time does (0: it stands), from `moment` or from where it is.

    Raises BadInput `drill` (not_practice, pace), NotAllowed.
    """
    require_practice(actor)
    if times not in (0, *PACES):
        raise errors.BadInput("drill", "pace")
    store = actor.store
    with store.change(actor) as change:
        Hall.update(
            practice_pace=times,
            practice_since=store.server_now(),
            practice_from=moment or change.at,
        ).where(Hall.id == actor.hall_id).execute()
        change.record("hall.practice_clock_set", actor.hall_id, times=times)
    store.learn_clock()
