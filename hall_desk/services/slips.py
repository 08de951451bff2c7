"""Telephone slips: which window's number a resident takes home instead of coming in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hall_desk.services import matters
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import is_practice, load_settings
from hall_desk.services.matters import MaterialLine, WindowLine
from hall_desk.store.models import Slip


@dataclass(frozen=True)
class SlipFacts:
    """What stands on a slip. `printed_at` is in the hall's time zone."""

    hall: str
    matter: str
    window: WindowLine
    materials: tuple[MaterialLine, ...]
    online_address: str
    printed_at: datetime
    letter: str
    directory_version: int
    # In a practice hall the paper says that it is none.
    practice: bool = False


def preview(actor: Actor, window_id: UUID, matter_id: UUID | None = None) -> SlipFacts:
    """The facts of a slip without giving one out. Raises NotFound (matter, window)."""
    actor.needs("slips.give")
    matter = matters.get(actor, matter_id) if matter_id else None
    window = matters.window(actor, window_id)
    with actor.store.reading():
        version = load_settings(actor.hall_id).directory_version
        practice = is_practice(actor.hall_id)
    return SlipFacts(
        hall=actor.hall_name,
        matter=matter.line.name if matter else "",
        window=window,
        materials=matter.materials if matter else (),
        online_address=matter.online_address if matter else "",
        printed_at=actor.store.local(actor.store.now()),
        letter=actor.letter,
        directory_version=version,
        practice=practice,
    )


@waits
def give(actor: Actor, slip_id: UUID, window_id: UUID, matter_id: UUID | None = None) -> SlipFacts:
    """Records that a slip was given out, once per `slip_id`, and gives its facts. Raises NotFound."""
    facts = preview(actor, window_id, matter_id)
    with actor.store.change(actor) as change:
        if Slip.get_or_none(Slip.id == slip_id) is None:
            Slip.create(
                id=slip_id,
                hall=actor.hall_id,
                at=change.at,
                service_day=change.day,
                window=window_id,
                matter=matter_id,
                staff=actor.person(),
                letter=actor.letter,
                force_insert=True,
            )
            change.record("slip.given", slip_id, window=facts.window.number)
    return facts
