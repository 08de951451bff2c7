"""Epidemic and ordinary mode: whether a passed temperature check of today is required before a ticket is taken in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy, screening
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import Settings, change_setting, settings
from hall_desk.services.screening import Check
from hall_desk.store.journal import Change
from hall_desk.store.models import TemperatureCheck

# Why somebody is taken in without a check of their own, in epidemic mode.
WITHOUT_CHECK = ("unnamed", "not_inside")


@dataclass(frozen=True)
class AtIntake:
    """What intake must know of a resident: whether a check is required today, and the last one there is."""

    required: bool
    last: Check | None

    @property
    def passed(self) -> Check | None:
        """The check that lets this resident be served."""
        return self.last if self.last is not None and self.last.passed else None

    @property
    def not_admitted(self) -> bool:
        """Whether the last reading was too high, and nobody measured again with another result."""
        return self.last is not None and not self.last.passed


def set_mode(actor: Actor, *, epidemic: bool) -> Settings:
    """Switches the hall's mode; the switch is journalled. For managers."""
    return change_setting(actor, "epidemic", epidemic)


def at_intake(actor: Actor, name: str, phone: str, check_id: UUID | None = None) -> AtIntake:
    """Whether a check is required of this resident before intake, and the last one of today there is.

    `check_id` is the check the ticket is opened from: it may have been taken without a name.
    """
    actor.needs("screening.read")
    required = settings(actor).epidemic
    with actor.store.reading():
        from_check = _passed(actor, actor.store.today(), check_id, name, phone)
    if from_check is not None:
        return AtIntake(required, screening.as_check(from_check))
    return AtIntake(required, screening.last_today(actor, name, phone))


def needs_check(actor: Actor, name: str, phone: str) -> bool:
    """Whether this resident must be measured before a ticket can be taken in."""
    asked = at_intake(actor, name, phone)
    return asked.required and asked.passed is None


# Fixed text: asked at every intake (see `services.tickets`).
_EPIDEMIC = "SELECT value FROM setting WHERE hall_id = ? AND name = 'epidemic'"


def require_for_intake(
    change: Change,
    actor: Actor,
    name: str,
    phone: str,
    check_id: UUID | None = None,
    without: str = "",
) -> None:
    """Lets a ticket be taken in, inside its transaction: in epidemic mode with a passed check of today only.

    `check_id` is the check it was opened from; `without` (one of WITHOUT_CHECK) is why there is none of this name, and
    is journalled. Raises BadInput `check` (needed, not_admitted) and `without_check`.
    """
    if without and without not in WITHOUT_CHECK:
        raise errors.BadInput("without_check", "unknown")
    row = change.store.execute(_EPIDEMIC, (actor.hall_id.hex,)).fetchone()
    if not (json.loads(row[0]) if row else Settings.epidemic):
        return
    if without:
        change.record("check.waived", None, reason=without)
    # What was taken in while the server was away lies at the desk: it was asked for there.
    if actor.born is not None or _passed(actor, change.day, check_id, name, phone) is not None:
        return
    last = screening.last_of(actor, change.day, name, phone)
    if last is not None and last.outcome != "normal":
        raise errors.BadInput("check", "not_admitted")
    if last is None and not without:
        raise errors.BadInput("check", "needed")


def _passed(
    actor: Actor, day: date, check_id: UUID | None, name: str, phone: str
) -> TemperatureCheck | None:
    """The check with this key, when it was passed on this day by this person or by somebody without a name."""
    row = screening.load(check_id) if check_id is not None else None
    if (
        row is None
        or row.hall_id != actor.hall_id
        or row.service_day != day
        or row.outcome != "normal"
        or row.withdrawn_at
    ):
        return None
    same_name = not row.name or not name.strip() or row.name == name.strip()
    same_phone = bool(row.phone) and row.phone == re.sub(r"\D", "", privacy.folded(phone))
    return row if same_name or same_phone else None
