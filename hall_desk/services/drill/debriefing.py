"""What is said after a drill: waits beside those of the recorded day, promises held, what was left undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from hall_desk.services.accounts import Actor
from hall_desk.services.drill.script import DrillScript
from hall_desk.store import models


@dataclass(frozen=True)
class Served:
    """Tickets of a day in numbers. `wait_s` and `turnaround_s` are medians in seconds, None where there is none.

    A wait lasts from intake to the first claim, a turnaround from intake to the end of the handling. `kept` of
    `measured` ended within the promised minutes; tickets that were suspended are not measured.
    """

    opened: int
    claimed: int
    ended: int
    wait_s: int | None
    turnaround_s: int | None
    measured: int
    kept: int


@dataclass(frozen=True)
class Counts:
    """What trainees were asked for and what came of it; `missed` and `skipped` by kind of act.

    `late` of the answered ones came more than five minutes after they were asked for; `otherwise` went another way
    than on the recorded day; `skipped` are acts of the drill that could no longer be done.
    """

    asked: int
    answered: int
    late: int
    otherwise: int
    missed: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Debrief:
    """A run beside the recorded day. `papers_left` counts sheets still in the hall's hands."""

    day: date
    recorded: Served
    here: Served
    counts: Counts
    papers_left: int


def debrief(actor: Actor, script: DrillScript, day: date, counts: Counts) -> Debrief:
    """The debriefing of the run on `day`."""
    actor.needs("drill.run")
    with actor.store.reading():
        here = _of_rows(actor, day)
        papers = models.Paper
        held = (
            papers.select(papers.count)
            .join(models.Ticket, on=(papers.ticket == models.Ticket.id))
            .where(
                papers.hall == actor.hall_id,
                models.Ticket.service_day == day,
                papers.holder.in_(("desk", "runner", "window")),
                papers.shared_with.is_null(),
            )
        )
        left = sum(row.count for row in held)
    return Debrief(day, recorded(actor, script), here, counts, left)


@dataclass
class _Case:
    opened: float
    promised: int
    claimed: float | None = None
    ended: float | None = None
    suspended: bool = False


def recorded(actor: Actor, script: DrillScript) -> Served:
    """The recorded day's tickets, by the script; promised minutes are the matters' in this hall."""
    actor.needs("drill.run")
    with actor.store.reading():
        rows = models.Matter.select(models.Matter.code, models.Matter.promised_minutes)
        promised = dict(rows.where(models.Matter.hall == actor.hall_id).tuples())
    cases: dict[str, _Case] = {}
    for act in script.acts:
        if act.kind == "ticket":
            cases[act.ref] = _Case(act.at / 1000, promised.get(act.facts["matter"], 0))
        elif (case := cases.get(act.ref)) is not None:
            if act.kind == "claim" and case.claimed is None:
                case.claimed = act.at / 1000
            elif act.kind == "suspend":
                case.suspended = True
            elif act.kind in ("finish", "terminate", "withdraw"):
                case.ended = act.at / 1000
            elif act.kind == "undo":
                case.ended = None
    return _served(cases.values())


def _of_rows(actor: Actor, day: date) -> Served:
    tickets = models.Ticket
    claims: dict[object, float] = {}
    stopped = set()
    rows = (
        models.Claim.select(models.Claim.ticket, models.Claim.claimed_at, models.Claim.ended_how)
        .join(tickets)
        .where(tickets.hall == actor.hall_id, tickets.service_day == day)
        .tuples()
    )
    for ticket, claimed_at, how in rows:
        claims[ticket] = min(claims.get(ticket, float("inf")), claimed_at.timestamp())
        if how == "suspended":
            stopped.add(ticket)
    found = tickets.select(
        tickets.id, tickets.opened_at, tickets.ready_at, tickets.promised_minutes
    ).where(tickets.hall == actor.hall_id, tickets.service_day == day)
    return _served(
        _Case(
            opened_at.timestamp(),
            minutes,
            claims.get(key),
            None if ready_at is None else ready_at.timestamp(),
            key in stopped,
        )
        for key, opened_at, ready_at, minutes in found.tuples()
    )


def _served(cases: Iterable[_Case]) -> Served:
    cases = list(cases)
    waits = [case.claimed - case.opened for case in cases if case.claimed is not None]
    ended = [case for case in cases if case.ended is not None]
    spans = [case.ended - case.opened for case in ended if case.ended is not None]
    measured = [case for case in ended if not case.suspended]
    kept = [
        case
        for case in measured
        if case.ended is not None and case.ended - case.opened <= case.promised * 60
    ]
    return Served(
        opened=len(cases),
        claimed=len(waits),
        ended=len(ended),
        wait_s=round(median(waits)) if waits else None,
        turnaround_s=round(median(spans)) if spans else None,
        measured=len(measured),
        kept=len(kept),
    )
