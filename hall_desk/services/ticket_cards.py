"""Looking at tickets: the board, one ticket with its papers and history, finding one, what a newcomer can expect."""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import codes, custody, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import PaperLine
from hall_desk.services.halls import is_practice
from hall_desk.services.matters import WindowLine, window_line
from hall_desk.store import plain
from hall_desk.store.models import (
    Claim,
    Matter,
    Paper,
    Staff,
    Ticket,
    TicketCounter,
    Window,
)

ENOUGH_CASES = 5
CASES = 50


@dataclass(frozen=True)
class Card:
    """A ticket on a board. `since` is when it came into its state; `owner` the clerk who has it, or empty.

    `due_at` is when the promise falls due; while the ticket is suspended that moment moves along.
    """

    id: UUID
    number: str
    service_day: date
    state: str
    outcome: str | None
    name: str
    priority: str
    matter: str
    matter_id: UUID
    window_id: UUID
    window_number: str
    owner: str
    since: datetime
    opened_at: datetime
    promised_minutes: int
    due_at: datetime
    papers_held: int
    papers_at: str
    missing: str
    callback_at: datetime | None
    unread_note: str


@dataclass(frozen=True)
class Board:
    """Open tickets by state, in working order, with today's figures. `within_promise` is a share from 0 to 1."""

    queued: tuple[Card, ...]
    handling: tuple[Card, ...]
    suspended: tuple[Card, ...]
    ready: tuple[Card, ...]
    opened_today: int
    closed_today: int
    median_seconds: float | None
    within_promise: float | None


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    kind: str
    staff: str
    window_number: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class TicketView:
    """One ticket with everything a post needs to act on it; the ID number is masked, the phone too."""

    card: Card
    phone_masked: str
    id_masked: str
    # Whether the whole number is kept, sealed; else only what is shown here.
    id_kept: bool
    remark: str
    consent: bool
    pickup_code: str
    result: str
    opened_by: str
    window: WindowLine
    papers: tuple[PaperLine, ...]
    history: tuple[HistoryLine, ...]
    # The first ticket of a visit with several matters, on all of them.
    visit: UUID | None = None


@dataclass(frozen=True)
class Expectation:
    """`minutes` for a newcomer, `ahead` of them; from `cases` recent ones, or from the promise when too few."""

    ahead: int
    minutes: int
    cases: int

    @property
    def enough(self) -> bool:
        return self.cases >= ENOUGH_CASES


@dataclass(frozen=True)
class ReceiptFacts:
    """What stands on a receipt and a routing slip. `printed_at` is in the hall's zone, `resident` is masked."""

    hall: str
    number: str
    matter: str
    window: WindowLine
    papers: tuple[PaperLine, ...]
    pickup_code: str
    # The text of the receipt's QR code, which is proof, and of the papers that travel with the ticket.
    code: str
    reference: str
    expected_minutes: int
    printed_at: datetime
    clerk: str
    resident: str
    priority: str
    remark: str
    consent: bool
    # Taken in while the server was away: the paper says so, and that its number holds.
    away: bool = False
    # In a practice hall the paper says that it is none.
    practice: bool = False


def receipt_code(row: Ticket) -> str:
    """The ASCII text of a receipt's QR code. Its proof says that the receipt was in somebody's hand."""
    return codes.of_ticket(row.hall_id, row.number, row.service_day, receipt_proof(row))


def receipt_proof(row: Ticket) -> str:
    """What only the receipt of this ticket says: eight hexadecimal digits."""
    return hashlib.sha256(f"{row.id.hex}{row.pickup_code}".encode()).hexdigest()[:8].upper()


def reference(row: Ticket) -> str:
    """The ASCII text of the QR code on papers that are no receipt: it opens the ticket and proves nothing."""
    return codes.of_ticket(row.hall_id, row.number, row.service_day)


def selected() -> Any:
    """Tickets with their matter, window, open claim and who has it, as `cards` takes them."""
    return (
        Ticket.select(Ticket, Matter, Window, Claim, Staff)
        .join(Matter)
        .switch(Ticket)
        .join(Window)
        .switch(Ticket)
        .join(
            Claim,
            "LEFT OUTER JOIN",
            on=((Claim.ticket == Ticket.id) & Claim.ended_at.is_null()),
            attr="held",
        )
        .join(Staff, "LEFT OUTER JOIN", on=(Claim.staff == Staff.id))
    )


def cards(rows: Sequence[Ticket]) -> list[Card]:
    """The rows (selected with their matter, window and open claim) as cards."""
    held: dict[UUID, list[Paper]] = {}
    keys = [row.id for row in rows]
    if keys:
        for paper in Paper.select().where(Paper.ticket.in_(keys), Paper.holder.in_(custody.OUT)):
            held.setdefault(paper.ticket_id, []).append(paper)
    return [_card(row, held.get(row.id, [])) for row in rows]


def _card(row: Ticket, papers: list[Paper]) -> Card:
    claim = getattr(row, "held", None)
    owner = claim.staff.name if claim is not None and claim.id else ""
    return Card(
        id=row.id,
        number=row.number,
        service_day=row.service_day,
        state=row.state,
        outcome=row.outcome,
        name=row.name,
        priority=row.priority,
        matter=row.matter.name,
        matter_id=row.matter_id,
        window_id=row.window_id,
        window_number=row.window.number,
        owner=owner,
        since=row.state_at,
        opened_at=row.opened_at,
        promised_minutes=row.promised_minutes,
        due_at=row.due_at,
        papers_held=sum(paper.count for paper in papers),
        papers_at=_papers_at({paper.holder for paper in papers}),
        missing=row.missing if row.state == "suspended" else "",
        callback_at=row.callback_at if row.state == "suspended" else None,
        unread_note=row.transfer_note if row.note_read_at is None else "",
    )


def _papers_at(holders: set[str]) -> str:
    """Where the papers that are out have come to, the furthest first; empty when none is out."""
    return next((place for place in ("window", "runner", "desk") if place in holders), "")


def board(actor: Actor, window_id: UUID | None = None, limit: int = 200) -> Board:
    """The open tickets of the hall or of one window, at most `limit` per state, and today's figures."""
    actor.needs("tickets.read")
    with actor.store.reading():
        open_rows = selected().where(Ticket.hall == actor.hall_id, Ticket.state != "closed")
        if window_id is not None:
            open_rows = open_rows.where(Ticket.window == window_id)
        columns: dict[str, tuple[Card, ...]] = {}
        for state, order in (
            ("queued", Ticket.queue_rank),
            ("handling", Ticket.state_at),
            ("suspended", Ticket.state_at),
            ("ready", Ticket.state_at),
        ):
            rows = list(
                open_rows.where(Ticket.state == state).order_by(order, Ticket.id).limit(limit)
            )
            columns[state] = tuple(cards(rows))
        mine = Ticket.hall == actor.hall_id
        if window_id is not None:
            mine &= Ticket.window == window_id
        day = list(
            Ticket.select(
                Ticket.state,
                Ticket.outcome,
                Ticket.opened_at,
                Ticket.ready_at,
                Ticket.promised_minutes,
            )
            .where(mine, Ticket.service_day == actor.store.today())
            .tuples()
        )
    spans = [
        ((ready - opened).total_seconds(), promise * 60)
        for _state, outcome, opened, ready, promise in day
        if outcome == "finished" and ready
    ]
    return Board(
        **columns,
        opened_today=len(day),
        closed_today=sum(state == "closed" for state, *_rest in day),
        median_seconds=statistics.median(span for span, _ in spans) if spans else None,
        within_promise=sum(span <= promise for span, promise in spans) / len(spans)
        if spans
        else None,
    )


def load(actor: Actor, ticket_id: UUID) -> Ticket:
    """The bare row of a ticket of this hall. Raises NotFound `ticket`."""
    row = plain.by_key(actor.store, Ticket, ticket_id, actor.hall_id)
    if row is None:
        raise errors.NotFound(kind="ticket", key="")
    return row  # type: ignore[no-any-return]


def load_joined(actor: Actor, ticket_id: UUID) -> Ticket:
    """The row with its matter, window and open claim (`held`). Raises NotFound `ticket`."""
    row = selected().where(Ticket.id == ticket_id, Ticket.hall == actor.hall_id).first()
    if row is None:
        raise errors.NotFound(kind="ticket", key="")
    return row  # type: ignore[no-any-return]


# A view is read after every step of every window and at every notice, so it is fixed text that nobody builds, and on
# PostgreSQL one statement: one round trip, and a consistent picture without a transaction around it.
# `?` is turned into the engine's own mark by the store.
_TICKET = (
    "SELECT t.number, t.service_day, t.state, t.outcome, t.name, t.priority, m.name, t.matter_id, "
    "holder.name, t.state_at, t.opened_at, t.promised_minutes, t.due_at, t.missing, t.callback_at, "
    "t.transfer_note, t.note_read_at, t.phone, t.id_masked, t.id_sealed <> '', t.remark, t.consent, "
    "t.pickup_code, t.result, t.visit, opener.name, w.id, w.number, w.name, w.phone, w.extension, w.hours{more} "
    'FROM ticket t JOIN matter m ON m.id = t.matter_id JOIN "window" w ON w.id = t.window_id '
    "JOIN staff opener ON opener.id = t.opened_by_id "
    "LEFT JOIN claim c ON c.ticket_id = t.id AND c.ended_at IS NULL "
    "LEFT JOIN staff holder ON holder.id = c.staff_id WHERE t.id = ? AND t.hall_id = ?"
)
# A shared sheet is where the line is that holds it (`o`).
_PAPERS = (
    "SELECT p.id, p.name, p.original, p.count, p.new, coalesce(o.holder, p.holder) AS holder, "
    "coalesce(w.number, '') AS place, coalesce(s.name, '') AS hands, "
    "coalesce(o.held_since, p.held_since) AS since, p.difference, coalesce(h.number, '') AS shared, "
    "(SELECT min(u.number) FROM paper x JOIN ticket u ON u.id = x.ticket_id "
    "WHERE (x.shared_with_id = p.id OR x.shared_with_id = p.shared_with_id OR x.id = p.shared_with_id) "
    "AND x.ticket_id <> p.ticket_id AND u.state IN ('queued', 'handling')) AS needed FROM paper p "
    "LEFT JOIN paper o ON o.id = p.shared_with_id LEFT JOIN ticket h ON h.id = o.ticket_id "
    'LEFT JOIN "window" w ON w.id = coalesce(o.holder_window_id, p.holder_window_id) '
    "LEFT JOIN staff s ON s.id = coalesce(o.holder_staff_id, p.holder_staff_id) "
    "WHERE p.ticket_id = {ticket} AND p.holder <> 'void' ORDER BY p.position"
)
_HISTORY = (
    "SELECT j.at, j.kind, coalesce(s.name, '') AS person, j.post, j.facts FROM journal j "
    "LEFT JOIN staff s ON s.id = j.staff WHERE j.ticket = {ticket} "
    "ORDER BY j.at DESC, j.id DESC LIMIT {limit}"
)
# What people wrote at a step stands with its row; the journal, which holds no personal data, names the row.
_NOTES = (
    "SELECT id, note, '' AS collector, '' AS second FROM claim WHERE ticket_id = {ticket} AND note <> '' "
    "UNION ALL SELECT id, reason, '', '' FROM correction WHERE ticket_id = {ticket} "
    "UNION ALL SELECT b.id, b.reason, b.collector, s.name FROM hand_back b "
    "JOIN staff s ON s.id = b.second_staff_id WHERE b.ticket_id = {ticket}"
)
MOST_HISTORY = 200
_AS_JSON = ", (SELECT json_agg(part) FROM ({rows}) part)"
_WITH_ALL = _TICKET.format(
    more="".join(
        _AS_JSON.format(rows=part.format(ticket="t.id", limit=MOST_HISTORY))
        for part in (_PAPERS, _HISTORY, _NOTES)
    )
)
_ALONE = _TICKET.format(more="")
_ITS_PAPERS, _ITS_HISTORY, _ITS_NOTES = (
    part.format(ticket="?", limit=MOST_HISTORY) for part in (_PAPERS, _HISTORY, _NOTES)
)
_NOTE_TABLES = _ITS_NOTES.count("?")


def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _at(value: Any) -> datetime:
    moment = Ticket.opened_at.python_value(value)
    assert isinstance(moment, datetime)
    return moment


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _lines(rows: Iterable[Sequence[Any]]) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(
            _key(key),
            name,
            bool(original),
            count,
            bool(new),
            holder,
            window,
            staff,
            _at(since),
            told,
            shared,
            needed or "",
        )
        for key, name, original, count, new, holder, window, staff, since, told, shared, needed in rows
    )


def papers_of(actor: Actor, ticket_id: UUID) -> tuple[PaperLine, ...]:
    """The papers of one ticket in order; the caller has a transaction open."""
    return _lines(actor.store.execute(_ITS_PAPERS, (ticket_id.hex,)).fetchall())


def _history(
    rows: Iterable[Sequence[Any]], written: Iterable[Sequence[Any]]
) -> tuple[HistoryLine, ...]:
    words = {_key(key).hex: rest for key, *rest in written}
    lines = []
    for at, kind, staff, post, text in rows:
        facts = json.loads(text)
        for row in ("claim", "correction", "hand_back"):
            note, collector, second = words.get(facts.pop(row, ""), ("", "", ""))
            # A claim's note tells how it ended, so it belongs to the ending and not to the taking.
            if note and kind not in ("ticket.claimed", "ticket.resumed", "ticket.undone"):
                facts["note"] = note
            if collector:
                facts |= {"collector": collector, "second": second}
        lines.append(HistoryLine(_at(at), kind, staff, post.partition(":")[2], facts))
    return tuple(lines)


def _parts(actor: Actor, ticket_id: UUID) -> tuple[Any, Any, Any, Any]:
    """The row of `_TICKET`, and those of its papers, history and notes. Raises NotFound `ticket`."""
    store, key = actor.store, ticket_id.hex
    sql = _WITH_ALL if store.postgres else _ALONE
    row = store.execute(sql, (key, actor.hall_id.hex)).fetchone()
    if row is None:
        raise errors.NotFound(kind="ticket", key="")
    if store.postgres:
        *row, papers, history, notes = row
        papers, history, notes = (
            [tuple(one.values()) for one in part or ()] for part in (papers, history, notes)
        )
    else:
        papers, history, notes = (
            store.execute(part, (key,) * times).fetchall()
            for part, times in ((_ITS_PAPERS, 1), (_ITS_HISTORY, 1), (_ITS_NOTES, _NOTE_TABLES))
        )
    return row, papers, history, notes


def view(actor: Actor, ticket_id: UUID) -> TicketView:
    """One ticket as a value; the caller has a transaction open. Raises NotFound `ticket`."""
    row, its_papers, history, notes = _parts(actor, ticket_id)
    (
        number, service_day, state, outcome, name, priority, matter, matter_id, owner, since,
        opened_at, promised_minutes, due_at, missing, callback_at, transfer_note, note_read_at, phone,
        id_masked, id_kept, remark, consent, pickup_code, result, visit, opener, *window,
    ) = row  # fmt: skip
    place = WindowLine(_key(window[0]), *window[1:])
    papers = _lines(its_papers)
    out = [paper for paper in papers if paper.out]
    suspended = state == "suspended"
    card = Card(
        id=ticket_id,
        number=number,
        service_day=_day(service_day),
        state=state,
        outcome=outcome,
        name=name,
        priority=priority,
        matter=matter,
        matter_id=_key(matter_id),
        window_id=place.id,
        window_number=place.number,
        owner=owner or "",
        since=_at(since),
        opened_at=_at(opened_at),
        promised_minutes=promised_minutes,
        due_at=_at(due_at),
        papers_held=sum(paper.count for paper in out),
        papers_at=_papers_at({paper.holder for paper in out}),
        missing=missing if suspended else "",
        callback_at=_at(callback_at) if suspended and callback_at else None,
        unread_note=transfer_note if note_read_at is None else "",
    )
    return TicketView(
        card=card,
        phone_masked=privacy.mask_phone(phone),
        id_masked=id_masked,
        id_kept=bool(id_kept),
        remark=remark,
        consent=bool(consent),
        pickup_code=pickup_code,
        result=result,
        opened_by=opener,
        window=place,
        papers=papers,
        history=_history(history, notes),
        visit=_key(visit) if visit else None,
    )


def get(actor: Actor, ticket_id: UUID) -> TicketView:
    """One ticket. Raises NotFound `ticket`."""
    actor.needs("tickets.read")
    store = actor.store
    with store.asking() if store.postgres else store.reading():
        return view(actor, ticket_id)


def by_code(actor: Actor, code: str) -> tuple[Card, bool] | None:
    """The ticket whose receipt or other paper carries this code, and whether it is the receipt, which is proof.

    It is found whenever it was opened. None for what is no ticket's code, and for a ticket this hall does not have.
    Raises BadInput `code` (not_whole, misread, other_hall).
    """
    actor.needs("tickets.read")
    wanted = codes.read_own(code, actor.hall_id)
    if wanted is None or wanted.kind == "notice":
        return None
    with actor.store.reading():
        row = (
            selected()
            .where(
                Ticket.hall == actor.hall_id,
                Ticket.service_day == wanted.day,
                Ticket.number == wanted.number,
            )
            .first()
        )
        if row is None or wanted.proof not in ("", receipt_proof(row)):
            return None
        return cards([row])[0], bool(wanted.proof)


def next_number(actor: Actor) -> str:
    """What the next ticket of this desk will be called, if nobody else opens one first."""
    actor.needs("tickets.read")
    with actor.store.reading():
        row = TicketCounter.get_or_none(
            TicketCounter.hall == actor.hall_id,
            TicketCounter.service_day == actor.store.today(),
            TicketCounter.letter == actor.letter,
        )
    return f"{actor.letter}{(row.last if row else 0) + 1:03d}"


def open_for(actor: Actor, matter_id: UUID, name: str, phone: str) -> Card | None:
    """An open ticket of this resident for this matter, known by phone or else by name; None when there is none."""
    actor.needs("tickets.read")
    with actor.store.reading():
        row = find_open(actor, matter_id, name, phone)
        return cards([row])[0] if row is not None else None


# Asked at every intake and nearly always in vain: fixed text looks, the joined row is read when it found one.
_OPEN_BY_PHONE = (
    "SELECT id FROM ticket WHERE hall_id = ? AND matter_id = ? AND state <> 'closed' "
    "AND phone = ? LIMIT 1"
)
_OPEN_BY_NAME = (
    "SELECT id FROM ticket WHERE hall_id = ? AND matter_id = ? AND state <> 'closed' "
    "AND name = ? AND phone = '' LIMIT 1"
)


def find_open(actor: Actor, matter_id: UUID, name: str, phone: str) -> Ticket | None:
    """The open ticket of this resident for this matter; the caller has a transaction open."""
    found = actor.store.execute(
        _OPEN_BY_PHONE if phone else _OPEN_BY_NAME,
        (actor.hall_id.hex, matter_id.hex, phone or name),
    ).fetchone()
    return load_joined(actor, _key(found[0])) if found else None


def expectation(actor: Actor, matter_id: UUID, window_id: UUID) -> Expectation:
    """How long a newcomer with this matter will wait at this window."""
    actor.needs("tickets.read")
    with actor.store.reading():
        return expected(matter_id, window_id)


def expected(matter_id: UUID, window_id: UUID) -> Expectation:
    ahead = Ticket.select().where(Ticket.window == window_id, Ticket.state == "queued").count()
    recent = list(
        Ticket.select(Ticket.claimed_at, Ticket.ready_at)
        .where(
            Ticket.matter == matter_id,
            Ticket.window == window_id,
            Ticket.outcome == "finished",
            Ticket.ready_at.is_null(False),
            Ticket.claimed_at.is_null(False),
        )
        .order_by(Ticket.ready_at.desc())
        .limit(CASES)
        .tuples()
    )
    promise = Matter.get_by_id(matter_id).promised_minutes
    if len(recent) >= ENOUGH_CASES:
        each = (
            statistics.median((ready - claimed).total_seconds() for claimed, ready in recent) / 60
        )
    else:
        each = float(promise)
    return Expectation(ahead, max(1, math.ceil(each * (ahead + 1))), len(recent))


def of_visit(actor: Actor, visit: UUID, limit: int = 20) -> list[Card]:
    """The tickets of one visit in the order they were opened."""
    actor.needs("tickets.read")
    with actor.store.reading():
        rows = selected().where(Ticket.hall == actor.hall_id, Ticket.visit == visit)
        return cards(list(rows.order_by(Ticket.opened_at, Ticket.id).limit(limit)))


def receipt_facts(actor: Actor, ticket_id: UUID) -> ReceiptFacts:
    """What to print for a ticket. Raises DataDestroyed when its time is over, NotFound `ticket`."""
    actor.needs("tickets.read")
    with actor.store.reading():
        row = load_joined(actor, ticket_id)
        if not row.name:
            raise errors.DataDestroyed(number=row.number)
        opener = Staff.get_by_id(row.opened_by_id)
        wait = expected(row.matter_id, row.window_id)
        # This ticket stands in the queue itself.
        ahead = max(0, wait.ahead - 1) if row.state == "queued" else 0
        return ReceiptFacts(
            hall=actor.hall_name,
            number=row.number,
            matter=row.matter.name,
            window=window_line(row.window),
            papers=papers_of(actor, row.id),
            pickup_code=row.pickup_code,
            code=receipt_code(row),
            reference=reference(row),
            expected_minutes=max(1, round(wait.minutes / (wait.ahead + 1) * (ahead + 1))),
            printed_at=actor.store.local(row.opened_at),
            clerk=opener.name,
            resident=privacy.mask_name(row.name),
            priority=row.priority,
            remark=row.remark,
            consent=bool(row.consent),
            away=actor.store.away,
            practice=is_practice(actor.hall_id),
        )


def claims_today(actor: Actor) -> int:
    """How many tickets this actor's window (or this manager) took up today."""
    actor.needs("tickets.read")
    with actor.store.reading():
        # What was taken up and undone at once was not taken up; an ending undone leaves a new claim that counts.
        query = Claim.select().where(
            Claim.claimed_at >= actor.store.start_of(actor.store.today()),
            Claim.ended_how.is_null() | (Claim.ended_how != "undone"),
        )
        if actor.window_id is not None:
            query = query.where(Claim.window == actor.window_id)
        else:
            query = query.where(Claim.staff == actor.staff_id)
        return query.count()  # type: ignore[no-any-return]
