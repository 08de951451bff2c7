"""Figures of papers in other people's hands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services import privacy
from hall_desk.services.custody import OUT
from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.store.models import CustodyMove, Paper, Staff, Ticket, Window

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class PaperOutLine:
    number: str
    resident: str
    paper: str
    original: bool
    count: int
    holder: str
    window_number: str
    staff: str
    since: datetime


@dataclass(frozen=True)
class CustodyFigures:
    """Papers by count: received from residents, handed back, kept by windows, new ones made; and what was out."""

    received: int
    handed_back: int
    kept_copies: int
    new_papers: int
    originals_out: int
    out: tuple[PaperOutLine, ...]


class _Went:
    """Where one line of papers went on the day. A step that was undone left a move and its return: none."""

    def __init__(self, moves: Sequence[CustodyMove]) -> None:
        self.moves = moves
        self.paper = moves[0].paper

    def to(self, holder: str) -> int:
        ways = sum((move.taker == holder) - (move.giver == holder) for move in self.moves)
        return int(self.paper.count * (ways + (holder == "resident" and self._came)))

    @property
    def _came(self) -> bool:
        return self.moves[0].giver == "resident" and not self.paper.new

    @property
    def received(self) -> int:
        return int(self.paper.count) if self._came else 0

    @property
    def made(self) -> int:
        """New from a window today, and not void since."""
        first, last = self.moves[0], self.moves[-1]
        new = self.paper.new and first.giver == "window" and last.taker != "void"
        return int(self.paper.count) if new else 0


def count(day: Day, reasons: Mapping[UUID, str]) -> tuple[CustodyFigures, list[Attention]]:
    """The figures; `reasons` are why papers were carried over, by their keys."""
    moves: dict[UUID, list[CustodyMove]] = defaultdict(list)
    for move in (
        CustodyMove.select(CustodyMove, Paper)
        .join(Paper)
        .where(CustodyMove.hall == day.hall_id, CustodyMove.service_day == day.day)
        .order_by(CustodyMove.at, CustodyMove.id)
    ):
        moves[move.paper_id].append(move)
    papers = [_Went(rows) for rows in moves.values()]
    out = _out_at(day)
    figures = CustodyFigures(
        received=sum(went.received for went in papers),
        handed_back=sum(went.to("resident") for went in papers),
        kept_copies=sum(went.to("kept") for went in papers),
        new_papers=sum(went.made for went in papers),
        originals_out=sum(one.line.count for one in out if one.line.original),
        out=tuple(one.line for one in out),
    )
    return figures, _originals_out(day, out, reasons)


@dataclass(frozen=True)
class _Out:
    paper: UUID
    ticket: UUID
    today: bool  # taken in on the day itself
    line: PaperOutLine


def _originals_out(day: Day, out: Sequence[_Out], reasons: Mapping[UUID, str]) -> list[Attention]:
    """One line per ticket whose originals were out. While the day runs, those of its own tickets are at work."""
    held: dict[UUID, list[_Out]] = defaultdict(list)
    for one in out:
        if one.line.original and (day.over or not one.today):
            held[one.ticket].append(one)
    found = []
    for papers in held.values():
        first = papers[0].line
        since = min(one.line.since for one in papers)
        given = (reasons.get(one.paper, "") for one in papers)
        facts = {
            "number": first.number,
            "papers": [one.line.paper for one in papers],
            "holder": first.holder,
            "window": first.window_number,
            "staff": first.staff,
            "reason": next((reason for reason in given if reason), ""),
            # Since when, if it was out overnight before.
            "since": f"{since:%m-%d}" if since < day.local(day.start) else "",
        }
        found.append(Attention("originals_out", facts))
    return found[:MOST]


def _out_at(day: Day) -> list[_Out]:
    """The papers that were out at the day's end: those still where they were, and those moved since."""
    unmoved = Paper.holder.in_(OUT) & (Paper.held_since < day.end)
    moved_since = Paper.held_since >= day.end
    found = []
    for paper in (
        Paper.select(Paper, Ticket)
        .join(Ticket)
        .where(Paper.hall == day.hall_id, unmoved | moved_since)
        .order_by(Ticket.opened_at, Paper.position)
    ):
        move = (
            CustodyMove.select()
            .where(
                CustodyMove.paper == paper.id,
                CustodyMove.ticket == paper.ticket_id,
                CustodyMove.at < day.end,
            )
            .order_by(CustodyMove.at.desc(), CustodyMove.id.desc())
            .first()
        )
        if move is None or move.taker not in OUT:
            continue
        staff = Staff.get_or_none(Staff.id == move.taker_staff_id)
        window = Window.get_or_none(Window.id == move.taker_window_id)
        line = PaperOutLine(
            number=paper.ticket.number,
            resident=privacy.mask_name(paper.ticket.name),
            paper=paper.name,
            original=bool(paper.original),
            count=paper.count,
            holder=move.taker,
            window_number=window.number if window else "",
            staff=staff.name if staff else "",
            since=day.local(move.at),
        )
        today = paper.ticket.service_day == day.day
        found.append(_Out(paper.id, paper.ticket_id, today, line))
    return found
