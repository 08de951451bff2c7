"""ID numbers: kept sealed, found again by a keyed fingerprint, and shown only to somebody who says why.

The number itself stands nowhere in the database. Each time one is shown, that and the reason are kept for managers; the
journal has the reason's code and never the number or the note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy, ticket_cards
from hall_desk.services.accounts import Actor
from hall_desk.services.ticket_cards import Card
from hall_desk.store import ids
from hall_desk.store.database import Store
from hall_desk.store.hall_key import PRACTICE, HallKey
from hall_desk.store.models import IdReveal, Staff, Ticket

# Why somebody may need the whole number (`i18n.CODES["reveal_reason"]`); `other` needs words.
REASONS = ("business_system", "compare_card", "lost_card", "complaint", "other")
LONGEST_NOTE = 200
MOST_FOUND = 20
MOST_REVEALS = 500


@dataclass(frozen=True)
class KeptId:
    """What a ticket keeps of an ID number. `sealed` and `print` are empty where the PC lacked the hall's key."""

    masked: str = ""
    sealed: str = ""
    print: str = ""


def kept(store: Store, ticket_id: UUID, number: str) -> KeptId:
    """What is kept of a checked ID number on this ticket."""
    key = store.hall_key
    masked = privacy.mask_id(number)
    if not number or key is None:
        return KeptId(masked)
    return KeptId(masked, key.seal(number, ticket_id), key.fingerprint(number))


def kept_again(store: Store, first: Ticket, ticket_id: UUID) -> KeptId:
    """What another ticket of the same resident keeps: a seal belongs to one ticket and is made anew."""
    key = store.hall_key
    if key is None or not first.id_sealed:
        return KeptId(first.id_masked)
    try:
        return kept(store, ticket_id, key.open(first.id_sealed, first.id))
    except errors.HallKeyUnusable:
        return KeptId(
            first.id_masked
        )  # opening a ticket must not fail for what can still be shown at the first


def key_of(store: Store) -> HallKey:
    """The hall's key. Raises HallKeyUnusable with the reason why this PC has none."""
    if store.hall_key is None:
        raise store.key_trouble or errors.HallKeyUnusable(reason="missing", place="")
    return store.hall_key


# The partial index is taken when its own condition stands in the query.
_BY_PRINT = (
    "SELECT id FROM ticket WHERE hall_id = ? AND id_print = ? AND id_print <> '' "
    "ORDER BY opened_at DESC, id DESC LIMIT ?"
)


def find(actor: Actor, number: str, limit: int = MOST_FOUND) -> list[Card]:
    """The tickets of the person with this ID number, newest first. The number is kept nowhere.

    Those opened on a PC without the hall's key are not found. Raises NotAllowed, BadInput `id_number`, HallKeyUnusable.
    """
    actor.needs("identity.find")
    wanted = privacy.check_id_number(number)
    if not wanted:
        return []
    fingerprint = key_of(actor.store).fingerprint(wanted)
    store = actor.store
    with store.reading():
        rows = store.execute(
            _BY_PRINT, (actor.hall_id.hex, fingerprint, min(limit, MOST_FOUND))
        ).fetchall()
        keys = [key if isinstance(key, UUID) else UUID(key) for (key,) in rows]
        found = ticket_cards.selected().where(Ticket.id.in_(keys)) if keys else []
        of_ticket = {card.id: card for card in ticket_cards.cards(list(found))}
    return [of_ticket[key] for key in keys]


def reveal(actor: Actor, ticket_id: UUID, reason: str, note: str = "") -> str:
    """The whole ID number of a ticket's resident, after it was written down who was shown it and why.

    `reason` is one of `REASONS`. Raises NotAllowed, DatabaseAway, NotFound `ticket`, BadInput (`reason`; `reveal_note`;
    `id_number` `masked_only`: no more was kept), HallKeyUnusable.
    """
    actor.needs("identity.reveal")
    store = actor.store
    store.need_server()
    if reason not in REASONS:
        raise errors.BadInput("reveal_reason", "empty")
    note = privacy.check_text("reveal_note", note, required=reason == "other", limit=LONGEST_NOTE)
    if privacy.mask_ids(note) != note:
        raise errors.BadInput("reveal_note", "id_number")
    key = key_of(store)
    with store.change(actor) as change:
        ticket = ticket_cards.load(actor, ticket_id)
        if not ticket.id_sealed:
            raise errors.BadInput("id_number", "masked_only")
        number = key.open(ticket.id_sealed, ticket.id)
        told = ids.new_id()
        IdReveal.create(
            id=told,
            hall=actor.hall_id,
            ticket=ticket_id,
            at=change.at,
            service_day=change.day,
            reason=reason,
            note=note,
            staff=actor.person(),
            force_insert=True,
        )
        change.record("identity.revealed", told, ticket=ticket_id, reason=reason)
    return number


@dataclass(frozen=True)
class Recovery:
    """What stands on the recovery sheet: no person. `made_at` is in the hall's zone, `scan` the QR code's text."""

    hall: str
    made_at: datetime
    groups: tuple[str, ...]
    scan: str = field(repr=False)
    practice: bool = False


def recovery(actor: Actor) -> Recovery:
    """The recovery code of the hall's key; that it was given out is journalled.

    Raises NotAllowed, DatabaseAway, HallKeyUnusable.
    """
    actor.needs("identity.recovery")
    store = actor.store
    key = key_of(store)
    with store.change(actor) as change:
        change.record("hall.recovery_sheet_made", None)
        made_at = store.local(change.at)
    practice = store.hall_key is PRACTICE
    return Recovery(actor.hall_name, made_at, key.code(), key.scan(), practice)


@dataclass(frozen=True)
class Reveal:
    """Somebody was shown an ID number: `number` is the ticket's, `at` in UTC."""

    at: datetime
    ticket_id: UUID
    number: str
    service_day: date
    reason: str
    note: str
    staff: str


def reveals(
    actor: Actor, first: date | None = None, last: date | None = None, limit: int = MOST_REVEALS
) -> list[Reveal]:
    """Who was shown ID numbers, newest first, within service days `first` to `last`. Raises NotAllowed."""
    actor.needs("identity.review")
    actor.store.need_server()
    with actor.store.reading():
        rows = (
            IdReveal.select(IdReveal, Ticket, Staff)
            .join(Ticket)
            .switch(IdReveal)
            .join(Staff)
            .where(IdReveal.hall == actor.hall_id)
            .order_by(IdReveal.service_day.desc(), IdReveal.at.desc())
            .limit(min(limit, MOST_REVEALS))
        )
        if first is not None:
            rows = rows.where(IdReveal.service_day >= first)
        if last is not None:
            rows = rows.where(IdReveal.service_day <= last)
        return [
            Reveal(
                at=row.at,
                ticket_id=row.ticket_id,
                number=row.ticket.number,
                service_day=row.ticket.service_day,
                reason=row.reason,
                note=row.note,
                staff=row.staff.name,
            )
            for row in rows
        ]
