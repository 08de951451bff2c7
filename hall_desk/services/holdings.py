"""What is in a person's hands: papers that must come back, and tickets being handled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peewee import SQL

from hall_desk import errors
from hall_desk.services import custody
from hall_desk.services.accounts import Actor
from hall_desk.store.models import Claim, Matter, Paper, Shift, Staff, Ticket, Window

# Written out, not given as a value: only so SQLite sees that the index `ticket_open` serves the query.
_CLOSED = SQL("'closed'")


@dataclass(frozen=True)
class HeldPaper:
    id: UUID
    ticket_id: UUID
    number: str
    name: str
    original: bool
    count: int
    holder: str
    window: str


@dataclass(frozen=True)
class HeldTicket:
    id: UUID
    number: str
    matter: str
    window_id: UUID
    window: str


@dataclass(frozen=True)
class Held:
    """What is in a person's hands: papers that must come back, and tickets being handled."""

    staff_id: UUID
    staff: str
    post: str
    window: str
    papers: tuple[HeldPaper, ...]
    tickets: tuple[HeldTicket, ...]

    @property
    def keys(self) -> tuple[UUID, ...]:
        """What a hand-over agrees to (`NewHandOver.seen`)."""
        papers = tuple(paper.id for paper in self.papers)
        return papers + tuple(ticket.id for ticket in self.tickets)

    @property
    def paper_count(self) -> int:
        return sum(paper.count for paper in self.papers)


def held(actor: Actor, staff_id: UUID) -> Held:
    """What is in a person's hands. Raises NotFound `staff`."""
    actor.needs("posts.read")
    with actor.store.reading():
        return holdings_of(actor, staff_id)


def holdings_of(actor: Actor, staff_id: UUID) -> Held:
    """As `held`; the caller has a transaction open."""
    person = Staff.get_or_none(Staff.id == staff_id, Staff.hall == actor.hall_id)
    if person is None:
        raise errors.NotFound(kind="staff", key="")
    here = (
        Shift.select(Shift, Window)
        .join(Window, "LEFT OUTER JOIN")
        .where(
            Shift.staff == staff_id,
            Shift.ended_at.is_null(),
            Shift.service_day == actor.store.today(),
        )
        .first()
    )
    papers = _papers_out(actor).where(Paper.holder_staff == staff_id)
    claims = _open_claims(actor).where(Claim.staff == staff_id)
    return Held(
        staff_id=person.id,
        staff=person.name,
        post=here.post if here else "",
        window=here.window.number if here and here.window_id else "",
        papers=tuple(
            HeldPaper(
                row.id,
                row.ticket_id,
                row.ticket.number,
                row.name,
                bool(row.original),
                row.count,
                row.holder,
                row.holder_window.number if row.holder_window_id else "",
            )
            for row in papers
        ),
        tickets=tuple(
            HeldTicket(
                row.ticket_id,
                row.ticket.number,
                row.ticket.matter.name,
                row.window_id,
                row.window.number,
            )
            for row in claims
        ),
    )


def count_papers(actor: Actor, staff: list[UUID]) -> dict[UUID, int]:
    """How many sheets each of these people holds; the caller has a transaction open."""
    found: dict[UUID, int] = {}
    if staff:
        for row in _papers_out(actor).where(Paper.holder_staff.in_(staff)):
            found[row.holder_staff_id] = found.get(row.holder_staff_id, 0) + row.count
    return found


def count_claims(actor: Actor, staff: list[UUID]) -> dict[UUID, int]:
    """How many tickets each of these people handles; the caller has a transaction open."""
    found: dict[UUID, int] = {}
    if staff:
        for row in _open_claims(actor).where(Claim.staff.in_(staff)):
            found[row.staff_id] = found.get(row.staff_id, 0) + 1
    return found


def _papers_out(actor: Actor) -> Any:
    return (
        Paper.select(Paper, Ticket, Window)
        .join(Ticket)
        .switch(Paper)
        .join(Window, "LEFT OUTER JOIN", on=(Paper.holder_window == Window.id))
        .where(Paper.hall == actor.hall_id, Paper.holder.in_(custody.OUT_WRITTEN))
        .order_by(Ticket.opened_at, Ticket.id, Paper.position)
    )


def _open_claims(actor: Actor) -> Any:
    # By way of the open tickets: there are few of them, and of claims ten years.
    return (
        Claim.select(Claim, Ticket, Matter, Window)
        .join(Ticket)
        .join(Matter)
        .switch(Claim)
        .join(Window)
        .where(
            Ticket.hall == actor.hall_id,
            Ticket.state != _CLOSED,
            Ticket.state == "handling",
            Claim.ended_at.is_null(),
        )
        .order_by(Ticket.opened_at, Ticket.id)
    )
