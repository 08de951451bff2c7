"""Which paper is in whose hands. Every move is recorded with giver, taker and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peewee import SQL

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.store.ids import new_id, part_of
from hall_desk.store.journal import Change
from hall_desk.store.models import CustodyMove, Paper, Staff, Ticket, Window

# Where a paper is that must still come back: `kept` by the window and `resident` are the two ends.
OUT = ("desk", "runner", "window")
# The same written out and not given as values: only so SQLite sees that the index `paper_out` serves a query.
OUT_WRITTEN = SQL("('desk', 'runner', 'window')")


@dataclass(frozen=True)
class PaperLine:
    """A line of papers: `holder` is desk, runner, window, resident or kept; `difference` what the taker found.

    A sheet that serves several tickets of a visit is held, and handed back, at one of them: `shared` is the number of
    that ticket on the lines of the others. `needed_by` is another ticket of the visit that is not done with it yet.
    """

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
    shared: str = ""
    needed_by: str = ""

    @property
    def in_our_hands(self) -> bool:
        """Whether the hall has it: it may be passed on, and must come back to the resident."""
        return self.holder in OUT

    @property
    def out(self) -> bool:
        """Whether it must still be handed back at this ticket."""
        return self.in_our_hands and not self.shared


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


@dataclass(frozen=True)
class NewLine:
    """A line to be written; `shared_with` is the line of another ticket that has the sheet."""

    name: str
    original: bool
    count: int
    shared_with: UUID | None = None


def add(
    change: Change,
    ticket_id: UUID,
    papers: Iterable[NewLine],
    giver: Hands,
    taker: Hands,
    *,
    new: bool = False,
    step: UUID | None = None,
) -> None:
    """Writes lines of papers that `taker` received from `giver` in this change.

    Their keys follow from the ticket's, so that a repeated intake gives the same papers. A shared sheet does not move.
    """
    start = Paper.select().where(Paper.ticket == ticket_id).count()
    for position, line in enumerate(papers, start=start):
        shared = line.shared_with is not None
        holder = RESIDENT if shared else taker
        paper = Paper.create(
            id=part_of(ticket_id, position),
            hall=change.actor.hall_id,
            ticket=ticket_id,
            position=position,
            name=line.name,
            original=line.original,
            count=line.count,
            new=new,
            holder=holder.kind,
            holder_window=holder.window,
            holder_staff=holder.staff,
            held_since=change.at,
            shared_with=line.shared_with,
            force_insert=True,
        )
        if not shared:
            _record_move(change, paper, giver, taker, step)


def move(
    change: Change,
    ticket_id: UUID,
    papers: Iterable[PaperLine | Paper],
    taker: Hands,
    *,
    step: UUID | None = None,
) -> None:
    """Passes papers to `taker`; those that are there already do not move, a shared sheet moves where it is held.

    `step` ties the moves of one step together. Raises ChangedMeanwhile when somebody moved one at the same time.
    """
    for line in papers:
        row = Paper.get_by_id(line.id)
        if row.shared_with_id is not None:
            row = Paper.get_by_id(row.shared_with_id)
        pass_on(change, row, taker, step=step)


def pass_on(change: Change, row: Paper, taker: Hands, *, step: UUID | None = None) -> None:
    """What `move` does with one paper, read in this transaction."""
    giver = Hands(row.holder, row.holder_staff_id, row.holder_window_id)
    if giver == taker:
        return
    moved = (
        Paper.update(
            holder=taker.kind,
            holder_staff=taker.staff,
            holder_window=taker.window,
            held_since=change.at,
        )
        .where(Paper.id == row.id, Paper.holder == row.holder, Paper.held_since == row.held_since)
        .execute()
    )
    if moved != 1:
        number = Ticket.get_by_id(row.ticket_id).number
        raise errors.ChangedMeanwhile(number=number, owner="", since_text="")
    _record_move(change, row, giver, taker, step)


def _record_move(
    change: Change, paper: Paper, giver: Hands, taker: Hands, step: UUID | None
) -> None:
    CustodyMove.create(
        id=new_id(),
        hall=change.actor.hall_id,
        paper=paper.id,
        ticket=paper.ticket_id,
        at=change.at,
        service_day=change.day,
        giver=giver.kind,
        giver_staff=giver.staff,
        giver_window=giver.window,
        taker=taker.kind,
        taker_staff=taker.staff,
        taker_window=taker.window,
        step=step,
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
            .where(Paper.hall == actor.hall_id, Paper.holder.in_(OUT_WRITTEN))
            .order_by(Paper.held_since, Paper.id)
            .limit(limit)
        )
        return [
            PaperOut(
                row.ticket_id, row.ticket.number, row.ticket.state, row.ticket.name, paper_line(row)
            )
            for row in rows
        ]
