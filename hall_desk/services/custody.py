"""Which paper is in whose hands. Every move is recorded with giver, taker and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hall_desk.services.accounts import Actor
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change
from hall_desk.store.models import CustodyMove, Paper, Staff, Ticket, Window

# Where a paper is that must still come back: `kept` by the window and `resident` are the two ends.
OUT = ("desk", "runner", "window")


@dataclass(frozen=True)
class PaperLine:
    """A line of papers: `holder` is desk, runner, window, resident or kept; `difference` what the taker found."""

    id: UUID
    name: str
    original: bool
    count: int
    new: bool
    holder: str
    holder_window: str
    holder_staff: str
    held_since: datetime
    difference: str

    @property
    def out(self) -> bool:
        return self.holder in OUT


@dataclass(frozen=True)
class PaperOut:
    ticket_id: UUID
    number: str
    ticket_state: str
    resident: str
    paper: PaperLine


@dataclass(frozen=True)
class Hands:
    """A holder: the kind, and who or which window."""

    kind: str
    staff: UUID | None = None
    window: UUID | None = None


RESIDENT = Hands("resident")


def paper_line(row: Paper) -> PaperLine:
    return PaperLine(
        id=row.id,
        name=row.name,
        original=bool(row.original),
        count=row.count,
        new=bool(row.new),
        holder=row.holder,
        holder_window=row.holder_window.number if row.holder_window_id else "",
        holder_staff=row.holder_staff.name if row.holder_staff_id else "",
        held_since=row.held_since,
        difference=row.difference,
    )


def _papers(where: object) -> Iterable[Paper]:
    return (  # type: ignore[no-any-return]
        Paper.select(Paper, Staff, Window)
        .join(Staff, "LEFT OUTER JOIN", on=(Paper.holder_staff == Staff.id))
        .switch(Paper)
        .join(Window, "LEFT OUTER JOIN", on=(Paper.holder_window == Window.id))
        .where(where)
        .order_by(Paper.position)
    )


def of_ticket(ticket_id: UUID) -> list[PaperLine]:
    """The papers of one ticket in order; the caller has a transaction open."""
    return [paper_line(row) for row in _papers(Paper.ticket == ticket_id)]


def add(
    change: Change,
    ticket_id: UUID,
    papers: Iterable[tuple[str, bool, int]],
    giver: Hands,
    taker: Hands,
    new: bool = False,
) -> None:
    """Writes lines of papers that `taker` received from `giver` in this change."""
    start = Paper.select().where(Paper.ticket == ticket_id).count()
    for position, (name, original, count) in enumerate(papers, start=start):
        paper = Paper.create(
            id=new_id(),
            hall=change.actor.hall_id,
            ticket=ticket_id,
            position=position,
            name=name,
            original=original,
            count=count,
            new=new,
            holder=taker.kind,
            holder_window=taker.window,
            holder_staff=taker.staff,
            held_since=change.at,
            force_insert=True,
        )
        _record_move(change, paper.id, ticket_id, giver, taker)


def move(
    change: Change, ticket_id: UUID, papers: Iterable[PaperLine | Paper], taker: Hands
) -> None:
    """Passes papers to `taker`; those that are there already do not move."""
    for line in papers:
        row = Paper.get_by_id(line.id)
        giver = Hands(row.holder, row.holder_staff_id, row.holder_window_id)
        if giver == taker:
            continue
        Paper.update(
            holder=taker.kind,
            holder_staff=taker.staff,
            holder_window=taker.window,
            held_since=change.at,
        ).where(Paper.id == row.id).execute()
        _record_move(change, row.id, ticket_id, giver, taker)


def _record_move(
    change: Change, paper_id: UUID, ticket_id: UUID, giver: Hands, taker: Hands
) -> None:
    CustodyMove.create(
        id=new_id(),
        hall=change.actor.hall_id,
        paper=paper_id,
        ticket=ticket_id,
        at=change.at,
        service_day=change.day,
        giver=giver.kind,
        giver_staff=giver.staff,
        giver_window=giver.window,
        taker=taker.kind,
        taker_staff=taker.staff,
        taker_window=taker.window,
        force_insert=True,
    )


def papers_out(actor: Actor, limit: int = 500) -> list[PaperOut]:
    """Papers that are not back with the resident nor kept, longest out first."""
    actor.needs("custody.read")
    with actor.store.reading():
        rows = (
            Paper.select(Paper, Staff, Window, Ticket)
            .join(Staff, "LEFT OUTER JOIN", on=(Paper.holder_staff == Staff.id))
            .switch(Paper)
            .join(Window, "LEFT OUTER JOIN", on=(Paper.holder_window == Window.id))
            .switch(Paper)
            .join(Ticket, on=(Paper.ticket == Ticket.id))
            .where(Paper.hall == actor.hall_id, Paper.holder.in_(OUT))
            .order_by(Paper.held_since, Paper.id)
            .limit(limit)
        )
        return [
            PaperOut(
                row.ticket_id, row.ticket.number, row.ticket.state, row.ticket.name, paper_line(row)
            )
            for row in rows
        ]
