"""The figures of a service day: every number of the daily report, defined once.

A day is told as it stood at its end, whatever happened afterwards, so that a report made again a year later shows the
same. A *turnaround* runs from intake to the result being back at the desk, less the time the ticket was suspended;
it is *within the promise* when it is not longer than the promised minutes. Percentiles are nearest-rank.
"""

from __future__ import annotations

import itertools
import json
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import OUT
from hall_desk.services.halls import load_settings
from hall_desk.store.journal import Digest, digest_of
from hall_desk.store.models import (
    Claim,
    CustodyMove,
    Hall,
    JournalEntry,
    Matter,
    Paper,
    Slip,
    Staff,
    TemperatureCheck,
    Ticket,
    Window,
)

BINS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 8), (8, math.inf))
MOST_EXCEPTIONS = 8
BUSY_HOUR_LEAST = 5


@dataclass(frozen=True)
class HourCount:
    hour: int
    count: int


@dataclass(frozen=True)
class ScreeningFigures:
    """Checks of the day that were not withdrawn. `held` were at or above the threshold at first reading."""

    total: int
    residents: int
    staff: int
    others: int
    held: int
    fevers: int
    cleared_on_recheck: int
    withdrawn: int
    highest_tenths: int | None
    by_hour: tuple[HourCount, ...]


@dataclass(frozen=True)
class Bin:
    label: str
    count: int


@dataclass(frozen=True)
class WindowFigures:
    number: str
    name: str
    opened: int
    finished: int
    median_seconds: float | None
    within: int
    measured: int
    slips: int


@dataclass(frozen=True)
class MatterFigures:
    code: str
    name: str
    window_number: str
    opened: int
    finished: int
    median_seconds: float | None


@dataclass(frozen=True)
class TicketFigures:
    """`opened` counts intakes of the day; `finished`, `withdrawn`, `terminated` what was decided that day, whenever
    opened; `suspended` and `open_at_end` how it stood at the day's end; `measured` are the finished ones."""

    opened: int
    finished: int
    suspended: int
    withdrawn: int
    terminated: int
    open_at_end: int
    median_seconds: float | None
    p90_seconds: float | None
    within_promise: int
    measured: int
    previous_day_share: float | None
    cumulative: int
    distribution: tuple[Bin, ...]
    by_window: tuple[WindowFigures, ...]
    by_matter: tuple[MatterFigures, ...]


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


@dataclass(frozen=True)
class Attention:
    """Something a manager must look at; `facts` hold numbers and codes, the sentence is the paper's."""

    kind: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class DayFigures:
    """Everything the daily report shows. Times are in the hall's zone; `as_of` is the day's last journal entry."""

    hall: str
    day: date
    weekday: int
    hours: str
    opened_day: date
    as_of: datetime | None
    made_by: str
    practice: bool
    screening: ScreeningFigures
    tickets: TicketFigures
    custody: CustodyFigures
    slips: int
    attention: tuple[Attention, ...]
    digest: str
    previous_digest: str
    entries: int


@dataclass(frozen=True)
class _Done:
    """A finished ticket, measured."""

    ticket: Ticket
    seconds: float

    @property
    def within(self) -> bool:
        return self.seconds <= self.ticket.promised_minutes * 60  # type: ignore[no-any-return]


def of_day(actor: Actor, day: date) -> DayFigures:
    """The figures of one service day of the hall. Raises DayNotOver for a day that lies ahead, NotAllowed."""
    actor.needs("figures.read")
    actor.store.need_server()
    store = actor.store
    if day > store.today():
        raise errors.DayNotOver(day=day)
    with store.reading():
        hall = Hall.get_by_id(actor.hall_id)
        last = (
            JournalEntry.select(fn.MAX(JournalEntry.at))
            .where(JournalEntry.hall == actor.hall_id, JournalEntry.service_day == day)
            .scalar()
        )
        moment = _moment(last)
        digest = digest_of(actor.hall_id, day)
        before = (
            JournalEntry.select(fn.MAX(JournalEntry.service_day))
            .where(JournalEntry.hall == actor.hall_id, JournalEntry.service_day < day)
            .scalar()
        )
        screening, fevers = _screening(actor, day)
        tickets, exceptions = _tickets(actor, day, hall.opening_balance)
        custody = _custody(actor, day)
        slips = Slip.select().where(Slip.hall == actor.hall_id, Slip.service_day == day).count()
        attention = [Attention("fever", {"at": f"{store.local(at):%H:%M}"}) for at in fevers]
        attention += _originals_out(custody.out)
        return DayFigures(
            hall=hall.name,
            day=day,
            weekday=day.weekday(),
            hours=load_settings(actor.hall_id).hours,
            opened_day=hall.opened_day,
            as_of=store.local(moment) if moment else None,
            made_by=actor.name,
            practice=hall.practice_offset_s is not None,
            screening=screening,
            tickets=tickets,
            custody=custody,
            slips=slips,
            attention=(*attention, *exceptions),
            digest=digest.text,
            previous_digest=digest_of(actor.hall_id, _day(before)).text if before else "",
            entries=digest.entries,
        )


def _moment(value: Any) -> datetime | None:
    moment: datetime | None = JournalEntry.at.python_value(value)
    return moment


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


# --- screening -----------------------------------------------------------------------------------


def _screening(actor: Actor, day: date) -> tuple[ScreeningFigures, list[datetime]]:
    rows = list(
        TemperatureCheck.select().where(
            TemperatureCheck.hall == actor.hall_id, TemperatureCheck.service_day == day
        )
    )
    kept = [row for row in rows if row.withdrawn_at is None]
    people = Counter(row.person for row in kept)
    fevers = sorted(row.at for row in kept if row.outcome == "fever")
    figures = ScreeningFigures(
        total=len(kept),
        residents=people["resident"],
        staff=people["staff"],
        others=people["other"],
        held=sum(row.outcome == "hold" for row in kept),
        fevers=len(fevers),
        cleared_on_recheck=sum(
            row.outcome == "normal" and row.recheck_of_id is not None for row in kept
        ),
        withdrawn=len(rows) - len(kept),
        highest_tenths=max((row.tenths for row in kept), default=None),
        by_hour=_by_hour(actor, (row.at for row in kept)),
    )
    return figures, fevers


def _by_hour(actor: Actor, moments: Iterable[datetime]) -> tuple[HourCount, ...]:
    hours = Counter(actor.store.local(at).hour for at in moments)
    span = range(min(hours), max(hours) + 1) if hours else range(0)
    return tuple(HourCount(hour, hours[hour]) for hour in span)


# --- tickets -------------------------------------------------------------------------------------


def _measured(actor: Actor, start: datetime, end: datetime) -> list[_Done]:
    """The tickets finished from `start` until before `end`, with their turnaround."""
    rows = list(
        Ticket.select(Ticket, Matter, Window)
        .join(Matter)
        .switch(Ticket)
        .join(Window)
        .where(
            Ticket.hall == actor.hall_id,
            Ticket.ready_at >= start,
            Ticket.ready_at < end,
            Ticket.outcome == "finished",
        )
        .order_by(Ticket.opened_at, Ticket.id)
    )
    pauses = _pauses([row.id for row in rows])
    return [
        _Done(row, (row.ready_at - row.opened_at).total_seconds() - pauses.get(row.id, 0.0))
        for row in rows
    ]


def _pauses(ticket_ids: Sequence[UUID]) -> dict[UUID, float]:
    """Seconds each ticket was suspended: from the claim that ended so until the next claim."""
    claims: dict[UUID, list[Claim]] = defaultdict(list)
    for start in range(0, len(ticket_ids), 500):
        part = ticket_ids[start : start + 500]
        for claim in (
            Claim.select().where(Claim.ticket.in_(part)).order_by(Claim.claimed_at, Claim.id)
        ):
            claims[claim.ticket_id].append(claim)
    return {
        ticket: sum(
            (after.claimed_at - claim.ended_at).total_seconds()
            for claim, after in itertools.pairwise(rows)
            if claim.ended_how == "suspended"
        )
        for ticket, rows in claims.items()
    }


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 1) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value with at least `share` of all at or below it."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[math.ceil(share * len(ordered)) - 1], 1)


def _tickets(actor: Actor, day: date, balance: int) -> tuple[TicketFigures, list[Attention]]:
    store = actor.store
    start, end = store.start_of(day), store.start_of(day + timedelta(days=1))
    opened = list(
        Ticket.select(Ticket, Matter, Window)
        .join(Matter)
        .switch(Ticket)
        .join(Window)
        .where(Ticket.hall == actor.hall_id, Ticket.service_day == day)
        .order_by(Ticket.opened_at, Ticket.id)
    )
    done = _measured(actor, start, end)
    broken_off = Counter(
        outcome
        for (outcome,) in Ticket.select(Ticket.outcome)
        .where(
            Ticket.hall == actor.hall_id,
            Ticket.ready_at >= start,
            Ticket.ready_at < end,
            Ticket.outcome != "finished",
        )
        .tuples()
    )
    still_open = _open_at(actor, end)
    states = [_state_at(row, end) for row in still_open]
    spans = [item.seconds for item in done]
    figures = TicketFigures(
        opened=len(opened),
        finished=len(done),
        suspended=states.count("suspended"),
        withdrawn=broken_off["withdrawn"],
        terminated=broken_off["terminated"],
        open_at_end=len(still_open),
        median_seconds=_median(spans),
        p90_seconds=percentile(spans, 0.9),
        within_promise=sum(item.within for item in done),
        measured=len(done),
        previous_day_share=_previous_share(actor, start),
        cumulative=balance
        + Ticket.select().where(Ticket.hall == actor.hall_id, Ticket.service_day <= day).count(),
        distribution=_distribution(spans),
        by_window=_by_window(actor, day, opened, done),
        by_matter=_by_matter(opened, done),
    )
    exceptions = _late(done) + _busy_hour(actor, opened)
    exceptions += [
        Attention("still_open", {"number": row.number, "state": state})
        for row, state in zip(still_open, states, strict=True)
    ][:MOST_EXCEPTIONS]
    return figures, exceptions


def _open_at(actor: Actor, end: datetime) -> list[Ticket]:
    """The tickets that were open at `end`: those open now, and those closed since."""
    open_now = Ticket.state != "closed"
    closed_since = Ticket.closed_at >= end
    rows = [
        row
        for part in (open_now, closed_since)
        for row in Ticket.select().where(Ticket.hall == actor.hall_id, part, Ticket.opened_at < end)
    ]
    return sorted(rows, key=lambda row: (row.opened_at, row.id))


def _state_at(row: Ticket, end: datetime) -> str:
    """The state that an open ticket had at `end`, told by its claims."""
    if row.ready_at is not None and row.ready_at < end:
        return "ready"
    last = (
        Claim.select()
        .where(Claim.ticket == row.id, Claim.claimed_at < end)
        .order_by(Claim.claimed_at.desc(), Claim.id.desc())
        .first()
    )
    if last is None:
        return "queued"
    if last.ended_at is None or last.ended_at >= end:
        return "handling"
    return "suspended" if last.ended_how == "suspended" else "queued"


def _previous_share(actor: Actor, start: datetime) -> float | None:
    """The share within the promise on the last day before that finished a ticket."""
    latest = _moment(
        Ticket.select(fn.MAX(Ticket.ready_at))
        .where(Ticket.hall == actor.hall_id, Ticket.ready_at < start, Ticket.outcome == "finished")
        .scalar()
    )
    if latest is None:
        return None
    day = actor.store.day_of(latest)
    done = _measured(
        actor, actor.store.start_of(day), actor.store.start_of(day + timedelta(days=1))
    )
    return sum(item.within for item in done) / len(done)


def _distribution(spans: Sequence[float]) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            f"{low}+" if high == math.inf else f"{low}-{high}",
            sum(low * 60 <= seconds < high * 60 for seconds in spans),
        )
        for low, high in BINS
    )


def _by_window(
    actor: Actor, day: date, opened: Sequence[Ticket], done: Sequence[_Done]
) -> tuple[WindowFigures, ...]:
    slips = Counter(
        window
        for (window,) in Slip.select(Slip.window)
        .where(Slip.hall == actor.hall_id, Slip.service_day == day)
        .tuples()
    )
    intake = Counter(row.window_id for row in opened)
    finished: dict[UUID, list[_Done]] = defaultdict(list)
    for item in done:
        finished[item.ticket.window_id].append(item)
    lines = []
    for window in (
        Window.select().where(Window.hall == actor.hall_id).order_by(Window.position, Window.number)
    ):
        items = finished[window.id]
        if window.retired_at and not (intake[window.id] or items or slips[window.id]):
            continue
        lines.append(
            WindowFigures(
                number=window.number,
                name=window.name,
                opened=intake[window.id],
                finished=len(items),
                median_seconds=_median([item.seconds for item in items]),
                within=sum(item.within for item in items),
                measured=len(items),
                slips=slips[window.id],
            )
        )
    return tuple(lines)


def _by_matter(opened: Sequence[Ticket], done: Sequence[_Done]) -> tuple[MatterFigures, ...]:
    intake = Counter(row.matter_id for row in opened)
    finished: dict[UUID, list[float]] = defaultdict(list)
    known: dict[UUID, Ticket] = {row.matter_id: row for row in opened}
    for item in done:
        finished[item.ticket.matter_id].append(item.seconds)
        known.setdefault(item.ticket.matter_id, item.ticket)
    lines = [
        MatterFigures(
            code=row.matter.code,
            name=row.matter.name,
            window_number=row.window.number,
            opened=intake[key],
            finished=len(finished[key]),
            median_seconds=_median(finished[key]),
        )
        for key, row in known.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.opened, line.code)))


def _late(done: Sequence[_Done]) -> list[Attention]:
    late = sorted((item for item in done if not item.within), key=lambda item: -item.seconds)
    return [
        Attention(
            "over_promise",
            {
                "number": item.ticket.number,
                "minutes": math.ceil(item.seconds / 60),
                "promised": item.ticket.promised_minutes,
            },
        )
        for item in late[:3]
    ]


def _busy_hour(actor: Actor, opened: Sequence[Ticket]) -> list[Attention]:
    """The busiest hour, when it took more than twice its share of the intakes."""
    hours = Counter(actor.store.local(row.opened_at).hour for row in opened)
    if not hours:
        return []
    hour, count = max(hours.items(), key=lambda pair: (pair[1], -pair[0]))
    if count < BUSY_HOUR_LEAST or count * len(hours) < 1.5 * len(opened):
        return []
    waits = [
        (row.claimed_at - row.opened_at).total_seconds()
        for row in opened
        if row.claimed_at and actor.store.local(row.opened_at).hour == hour
    ]
    return [
        Attention(
            "busy_hour", {"hour": hour, "opened": count, "median_wait_seconds": _median(waits)}
        )
    ]


# --- custody -------------------------------------------------------------------------------------


def _custody(actor: Actor, day: date) -> CustodyFigures:
    end = actor.store.start_of(day + timedelta(days=1))
    moves = list(
        CustodyMove.select(CustodyMove, Paper)
        .join(Paper)
        .where(CustodyMove.hall == actor.hall_id, CustodyMove.service_day == day)
    )
    made = {
        move.paper_id: move.paper for move in moves if move.paper.new and move.giver == "window"
    }
    out = _out_at(actor, end)
    return CustodyFigures(
        received=sum(move.paper.count for move in moves if move.giver == "resident"),
        handed_back=sum(move.paper.count for move in moves if move.taker == "resident"),
        kept_copies=sum(move.paper.count for move in moves if move.taker == "kept"),
        new_papers=sum(paper.count for paper in made.values()),
        originals_out=sum(line.count for line in out if line.original),
        out=tuple(out),
    )


def _originals_out(out: Sequence[PaperOutLine]) -> list[Attention]:
    """One line per ticket whose originals were out."""
    held: dict[str, list[PaperOutLine]] = defaultdict(list)
    for line in out:
        if line.original:
            held[line.number].append(line)
    return [
        Attention(
            "originals_out",
            {
                "number": number,
                "papers": [line.paper for line in lines],
                "holder": lines[0].holder,
                "window": lines[0].window_number,
                "staff": lines[0].staff,
            },
        )
        for number, lines in held.items()
    ][:MOST_EXCEPTIONS]


def _out_at(actor: Actor, end: datetime) -> list[PaperOutLine]:
    """The papers that were out at `end`: those still where they were, and those moved since."""
    unmoved = Paper.holder.in_(OUT) & (Paper.held_since < end)
    moved_since = Paper.held_since >= end
    lines = []
    for paper in (
        Paper.select(Paper, Ticket)
        .join(Ticket)
        .where(Paper.hall == actor.hall_id, unmoved | moved_since)
        .order_by(Ticket.opened_at, Paper.position)
    ):
        move = (
            CustodyMove.select()
            .where(
                CustodyMove.paper == paper.id,
                CustodyMove.ticket == paper.ticket_id,
                CustodyMove.at < end,
            )
            .order_by(CustodyMove.at.desc(), CustodyMove.id.desc())
            .first()
        )
        if move is None or move.taker not in OUT:
            continue
        staff = Staff.get_or_none(Staff.id == move.taker_staff_id)
        window = Window.get_or_none(Window.id == move.taker_window_id)
        lines.append(
            PaperOutLine(
                number=paper.ticket.number,
                resident=privacy.mask_name(paper.ticket.name),
                paper=paper.name,
                original=bool(paper.original),
                count=paper.count,
                holder=move.taker,
                window_number=window.number if window else "",
                staff=staff.name if staff else "",
                since=actor.store.local(move.at),
            )
        )
    return lines


# --- several halls -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """What several halls did on one day together: only counts, for medians and shares of halls do not add up."""

    halls: int
    checked: int
    fevers: int
    opened: int
    finished: int
    within_promise: int
    measured: int
    open_at_end: int
    cumulative: int
    slips: int
    originals_out: int


def total(halls: Sequence[DayFigures]) -> Total:
    """The sums over halls; `measured` and `within_promise` give the district's share within the promise."""
    return Total(
        halls=len(halls),
        checked=sum(one.screening.total for one in halls),
        fevers=sum(one.screening.fevers for one in halls),
        opened=sum(one.tickets.opened for one in halls),
        finished=sum(one.tickets.finished for one in halls),
        within_promise=sum(one.tickets.within_promise for one in halls),
        measured=sum(one.tickets.measured for one in halls),
        open_at_end=sum(one.tickets.open_at_end for one in halls),
        cumulative=sum(one.tickets.cumulative for one in halls),
        slips=sum(one.slips for one in halls),
        originals_out=sum(one.custody.originals_out for one in halls),
    )


def digest_of_day(actor: Actor, day: date) -> Digest:
    """The digest of one day's journal, computed again from its entries."""
    actor.needs("figures.read")
    with actor.store.reading():
        return digest_of(actor.hall_id, day)


# --- as JSON -------------------------------------------------------------------------------------


def _json(value: Any) -> str:
    def plain(part: Any) -> Any:
        if isinstance(part, date | datetime):
            return part.isoformat()
        if is_dataclass(part) and not isinstance(part, type):
            return asdict(part)
        raise TypeError(type(part).__name__)

    return json.dumps(value, ensure_ascii=False, indent=2, default=plain) + "\n"


def as_json(figures: DayFigures) -> str:
    """The same figures as JSON text: one key per section, dates and times in ISO 8601, names as in `DayFigures`."""
    return _json(asdict(figures))


def all_as_json(halls: Sequence[DayFigures]) -> str:
    """The figures of several halls as JSON text: `total` adds up what can be added, `halls` has each as `as_json`."""
    return _json({"total": total(halls), "halls": [asdict(one) for one in halls]})
