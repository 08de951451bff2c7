"""Putting right what was written on a ticket: by a manager, with a reason, and with the words before kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.ticket_cards import TicketView, load, view
from hall_desk.services.ticket_steps import after, head_start, offered, refusal
from hall_desk.store import ids
from hall_desk.store.journal import Change
from hall_desk.store.models import Correction, Ticket, Window

FIELDS = ("name", "phone", "priority", "remark", "result", "matter", "window")
OF_RESIDENT = ("name", "phone")
# Where a ticket goes can be put right only before somebody works on it.
WHILE_QUEUED = ("matter", "window")


@dataclass(frozen=True)
class FieldChange:
    """`field` is one of FIELDS; `seen` what the screen showed there, `value` what it should be.

    Of a phone number `seen` is the masked form. A matter and a window are named by their keys (32 digits).
    """

    field: str
    seen: str
    value: str


@dataclass(frozen=True)
class NewCorrection:
    """What was put right. `id` is made when the form opens: a second Enter is the same correction."""

    id: UUID
    ticket_id: UUID
    changes: tuple[FieldChange, ...]
    reason: str


def correct(actor: Actor, new: NewCorrection) -> TicketView:
    """Puts right what was written, and keeps what stood there. Called again with the same `id` it changes nothing.

    A resident's name and phone number are put right on all tickets of the visit.

    Raises BadInput (the fields, reason, changes), ChangedMeanwhile when a field is not as the screen showed it,
    WrongState for a matter or window of a ticket that is no longer waiting, DataDestroyed, NotFound.
    """
    actor.needs("tickets.correct")
    actor.person()
    reason = privacy.check_text("reason", new.reason, required=True)
    if not new.changes:
        raise errors.BadInput("changes", "empty")
    with actor.store.change(actor) as change:
        if Correction.get_or_none(Correction.id == new.id) is not None:
            return view(actor, new.ticket_id)
        ticket = load(actor, new.ticket_id)
        if not ticket.name:
            raise errors.DataDestroyed(number=ticket.number)
        values: dict[str, Any] = {}
        rows = []
        for asked in sorted(new.changes, key=lambda one: FIELDS.index(_known(one.field))):
            before, after_ = _checked(actor, ticket, asked, values)
            if asked.seen != (privacy.mask_phone(before) if asked.field == "phone" else before):
                raise errors.ChangedMeanwhile(number=ticket.number, owner="", since_text="")
            if before != after_:
                rows.append((asked.field, before, after_))
        if not rows:
            raise errors.BadInput("changes", "empty")
        _follow_up(actor, ticket, values)
        Ticket.update(**values).where(Ticket.id == ticket.id).execute()
        _write(change, ticket.id, rows, reason, [new.id, *_parts(new.id, 1, len(rows))])
        of_resident = [row for row in rows if row[0] in OF_RESIDENT]
        for number, other in enumerate(_same_visit(ticket), start=1):
            theirs = [row for row in of_resident if getattr(other, row[0]) == row[1]]
            if theirs:
                Ticket.update({field: now for field, _was, now in theirs}).where(
                    Ticket.id == other.id
                ).execute()
                keys = _parts(new.id, number * len(FIELDS), number * len(FIELDS) + len(theirs))
                _write(change, other.id, theirs, reason, keys)
        return after(actor, change, ticket.id)


def _parts(key: UUID, first: int, end: int) -> list[UUID]:
    return [ids.part_of(key, number) for number in range(first, end)]


def _same_visit(ticket: Ticket) -> list[Ticket]:
    """The other tickets of the visit: they are the same resident's."""
    if ticket.visit is None:
        return []
    rows = Ticket.select().where(
        Ticket.visit == ticket.visit, Ticket.id != ticket.id, Ticket.name != ""
    )
    return list(rows.order_by(Ticket.id))


def _write(
    change: Change,
    ticket_id: UUID,
    rows: list[tuple[str, str, str]],
    reason: str,
    keys: list[UUID],
) -> None:
    """Keeps what stood in the fields before, and journals which they were."""
    for key, (field, before, now) in zip(keys, rows, strict=True):
        Correction.create(
            id=key,
            hall=change.actor.hall_id,
            ticket=ticket_id,
            at=change.at,
            field=field,
            before=before,
            after=now,
            reason=reason,
            staff=change.actor.staff_id,
            force_insert=True,
        )
    change.record(
        "ticket.corrected",
        ticket_id,
        ticket=ticket_id,
        correction=keys[0].hex,
        fields=[field for field, *_ in rows],
    )


def _known(field: str) -> str:
    if field not in FIELDS:
        raise errors.BadInput("changes", "unknown")
    return field


def _checked(
    actor: Actor, ticket: Ticket, asked: FieldChange, values: dict[str, Any]
) -> tuple[str, str]:
    """What stands in the field and what it becomes; what is to be written goes into `values`."""
    field, value = asked.field, asked.value
    if field in WHILE_QUEUED:
        if ticket.state != "queued":
            raise refusal(actor, ticket.id, "correct")
        key = _key(field, value)
        if field == "matter":
            values["matter"], values["promised_minutes"], values["window"] = _offered(
                actor, key, ticket.window_id
            )
        else:
            window = Window.get_or_none(
                Window.id == key, Window.hall == actor.hall_id, Window.retired_at.is_null()
            )
            if window is None:
                raise errors.BadInput("window", "gone")
            values["window"] = key
        before = ticket.matter_id if field == "matter" else ticket.window_id
        return before.hex, key.hex
    if field == "name":
        value = privacy.check_name(value)
    elif field == "phone":
        value = privacy.check_phone(value)
    elif field == "priority":
        head_start(actor, value)
    elif field == "remark":
        value = privacy.check_text("remark", value)
    else:
        if ticket.state not in ("ready", "closed"):
            raise refusal(actor, ticket.id, "correct")
        value = privacy.check_text("result", value, required=True)
    values[field] = value
    return getattr(ticket, field), value


def _offered(actor: Actor, matter_id: UUID, here: UUID) -> tuple[UUID, int, UUID]:
    """Where the right matter is handled: at the window it waits at, if that handles it too."""
    try:
        return offered(actor, matter_id, here)
    except errors.BadInput as error:
        if error.field != "window":
            raise
        return offered(actor, matter_id)


def _key(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise errors.BadInput(field, "empty") from None


def _follow_up(actor: Actor, ticket: Ticket, values: dict[str, Any]) -> None:
    """What follows from a corrected field: the promise from the matter, the place in the queue from the priority."""
    if "promised_minutes" in values:
        more = values["promised_minutes"] - ticket.promised_minutes
        values["due_at"] = ticket.due_at + timedelta(minutes=more)
    if "priority" in values and ticket.state == "queued":
        values["queue_rank"] = ticket.opened_at - head_start(actor, values["priority"])
