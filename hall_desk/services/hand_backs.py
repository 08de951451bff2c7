"""Giving papers back: to the resident against proof, or to somebody else with a second member of staff standing by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from hall_desk import errors
from hall_desk.services import accounts, codes, custody, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import PaperLine
from hall_desk.services.ticket_cards import TicketView, load, papers_of, receipt_proof
from hall_desk.services.ticket_steps import after, refusal, step
from hall_desk.store import ids
from hall_desk.store.models import HandBack, Staff, Ticket

OTHER_COLLECTOR = "other_collector"


@dataclass(frozen=True)
class Proof:
    """What the person who collects shows: `kind` is receipt, pickup_code, phone_tail or id_tail."""

    kind: str
    text: str


@dataclass(frozen=True)
class Collector:
    """Somebody else who collects: who and why, and the second member of staff, who agrees with their own PIN."""

    name: str
    reason: str
    second: UUID | None
    pin: str = field(repr=False)


@dataclass(frozen=True)
class Colleague:
    id: UUID
    name: str


def colleagues(actor: Actor) -> list[Colleague]:
    """Who can stand by when somebody else collects: all of the staff but the one who hands back."""
    actor.needs("tickets.hand_back")
    with actor.store.reading():
        rows = (
            Staff.select(Staff.id, Staff.name)
            .where(
                Staff.hall == actor.hall_id,
                Staff.retired_at.is_null(),
                Staff.role.in_(("front_desk", "window_clerk", "manager")),
                Staff.id != actor.staff_id,
            )
            .order_by(Staff.name)
            .limit(1000)
        )
        return [Colleague(row.id, row.name) for row in rows]


def _proves(ticket: Ticket, proof: Proof) -> bool:
    text = privacy.folded(proof.text).upper()
    if not text:
        raise errors.BadInput("proof", "empty")
    if proof.kind == "receipt":
        return _is_receipt_of(ticket, text)
    shown = {
        "pickup_code": ticket.pickup_code,
        "phone_tail": ticket.phone[-4:],
        "id_tail": ticket.id_masked[-4:],
    }.get(proof.kind, "")
    return len(shown) >= 4 and text == shown


def _is_receipt_of(ticket: Ticket, text: str) -> bool:
    try:
        code = codes.read_own(text, ticket.hall_id)
    except errors.BadInput as error:
        raise errors.BadInput(**error.facts | {"field": "proof"}) from None
    return code is not None and (code.number, code.day, code.proof) == (
        ticket.number,
        ticket.service_day,
        receipt_proof(ticket),
    )


def _checked(actor: Actor, collector: Collector) -> Collector:
    """The collector with name and reason as they are kept. Raises BadInput (collector, reason, second)."""
    try:
        name = privacy.check_name(collector.name)
    except errors.BadInput as error:
        raise errors.BadInput(**error.facts | {"field": "collector"}) from None
    reason = privacy.check_text("reason", collector.reason, required=True)
    if collector.second is None:
        raise errors.BadInput("second", "empty")
    if collector.second == actor.staff_id:
        raise errors.BadInput("second", "same")
    return replace(collector, name=name, reason=reason)


def hand_back(
    actor: Actor,
    ticket_id: UUID,
    proof: Proof,
    papers: tuple[UUID, ...] | None = None,
    collector: Collector | None = None,
) -> TicketView:
    """Gives papers back against proof: those in `papers`, or all but the sheets another ticket of the visit needs.

    The ticket closes when nothing is out any more; until then it stays ready. A `collector` other than the resident
    may come without proof: a second member of staff answers for it. Raises WrongProof, WrongState, PapersOut when none
    of the papers named is out, SheetNeeded, NotFound, BadInput (proof, collector, reason, second, pin), and what
    `accounts.confirm` raises.
    """
    actor.needs("tickets.hand_back")
    if collector is not None:
        collector = _checked(actor, collector)
        assert collector.second is not None
        # Before the hand-back's own transaction, which would undo the count of wrong tries; and without the key of
        # this command, which belongs to the hand-back.
        accounts.confirm(replace(actor, request=None), collector.second, collector.pin)
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        if ticket.state not in ("ready", "suspended"):
            raise refusal(actor, ticket_id, "hand_back")
        shown = proof.kind
        if collector is not None and not proof.text.strip():
            shown = OTHER_COLLECTOR
        elif not _proves(ticket, proof):
            raise errors.WrongProof(number=ticket.number)
        out = [line for line in papers_of(actor, ticket_id) if line.out]
        given = _given(ticket, out, papers)
        moves, row = ids.new_id(), ids.new_id()
        custody.move(change, ticket_id, given, custody.RESIDENT, step=moves)
        left, count = len(out) - len(given), sum(line.count for line in given)
        HandBack.create(
            id=row,
            hall=actor.hall_id,
            ticket=ticket_id,
            at=change.at,
            service_day=change.day,
            proof=shown,
            staff=actor.person(),
            collector=collector.name if collector else "",
            reason=collector.reason if collector else "",
            second_staff=collector.second if collector else None,
            papers=count,
            force_insert=True,
        )
        change.record(
            "ticket.handed_back",
            ticket_id,
            ticket=ticket_id,
            papers=count,
            left=left,
            proof=shown,
            hand_back=row.hex,
            step=moves.hex,
        )
        if left == 0 and ticket.state == "ready":
            step(
                actor,
                change,
                ticket_id,
                "hand_back",
                ("ready",),
                state="closed",
                closed_at=change.at,
            )
            change.record("ticket.closed", ticket_id, ticket=ticket_id, outcome=ticket.outcome)
        return after(actor, change, ticket_id)


def _given(
    ticket: Ticket, out: Sequence[PaperLine], papers: tuple[UUID, ...] | None
) -> list[PaperLine]:
    """The lines that go now. A sheet that a queued or handled ticket of the visit needs stays until that is done."""
    asked = [line for line in out if papers is None or line.id in papers]
    needed = [line for line in asked if line.needed_by]
    given = [line for line in asked if not line.needed_by]
    if needed and (papers is not None or not given):
        raise errors.SheetNeeded(
            number=ticket.number,
            other=needed[0].needed_by,
            papers=[line.name for line in needed],
        )
    if out and not given:
        raise errors.PapersOut(number=ticket.number, papers=[line.name for line in out])
    return given
