"""The life of a ticket, from intake to hand-back.

    queued -claim-> handling -finish-> ready -hand back-> closed
       ^ <-release---'  |  ^
       |                v  | resume
       |             suspended
       '-- transfer to another window (the note must be read)
    any open state -withdraw / terminate-> ready (papers still to be handed back)

Every step is one transaction that compares and sets the state: of two clerks who act at once one succeeds and the
other learns who was first. A ticket with a paper out cannot be closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import custody, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.custody import Hands, PaperLine
from hall_desk.services.halls import load_settings
from hall_desk.services.ticket_cards import (
    Board,
    Card,
    Expectation,
    HistoryLine,
    ReceiptFacts,
    TicketView,
    board,
    claims_today,
    expectation,
    find,
    find_open,
    get,
    load,
    load_joined,
    next_number,
    open_for,
    papers_of,
    receipt_code,
    receipt_facts,
    view,
)
from hall_desk.store import ids, plain
from hall_desk.store.journal import Change, sql_time
from hall_desk.store.models import Paper, Ticket, Window

__all__ = [
    "Board", "Card", "Expectation", "HistoryLine", "NewPaper", "NewTicket", "PaperLine", "Proof", "ReceiptFacts",
    "TicketView", "board", "claim", "claim_next", "claims_today", "expectation", "find", "finish", "get", "hand_back",
    "next_number", "note_read", "open", "open_for", "receipt_facts", "received", "release", "resume", "suspend",
    "terminate", "transfer", "withdraw",
]  # fmt: skip

MOST_PAPERS = 40
OPEN_STATES = ("queued", "handling", "suspended")
MISSING = "missing"


@dataclass(frozen=True)
class NewPaper:
    name: str
    original: bool = True
    count: int = 1


@dataclass(frozen=True)
class NewTicket:
    """What was typed at intake. `id` is made when the form is opened: a second Enter is the same ticket."""

    id: UUID
    matter_id: UUID | None
    name: str
    phone: str = ""
    id_number: str = ""
    priority: str = ""
    remark: str = ""
    consent: bool = False
    papers: tuple[NewPaper, ...] = ()
    window_id: UUID | None = None
    second_allowed: bool = False


@dataclass(frozen=True)
class Proof:
    """What the person who collects shows: `kind` is receipt, pickup_code, phone_tail or id_tail."""

    kind: str
    text: str


# --- intake --------------------------------------------------------------------------------------


def _checked_papers(papers: tuple[NewPaper, ...]) -> list[tuple[str, bool, int]]:
    if len(papers) > MOST_PAPERS:
        raise errors.BadInput("papers", "too_many", limit=MOST_PAPERS)
    checked = []
    for paper in papers:
        name = privacy.check_text("papers", paper.name, limit=60)
        if not name:
            raise errors.BadInput("papers", "name")
        if not 1 <= paper.count <= 99:
            raise errors.BadInput("papers", "count")
        checked.append((name, paper.original, paper.count))
    return checked


_OFFERED = (
    "SELECT m.channels, m.promised_minutes, w.id FROM matter m "
    "LEFT JOIN matter_window o ON o.matter_id = m.id "
    'LEFT JOIN "window" w ON w.id = o.window_id AND w.retired_at IS NULL '
    "WHERE m.id = ? AND m.hall_id = ? AND m.retired_at IS NULL ORDER BY o.position"
)


def _offered(actor: Actor, new: NewTicket) -> tuple[UUID, int, UUID]:
    """The matter, its promised minutes and the window its ticket goes to."""
    if new.matter_id is None:
        raise errors.BadInput("matter", "empty")
    rows = actor.store.execute(_OFFERED, (new.matter_id.hex, actor.hall_id.hex)).fetchall()
    if not rows:
        raise errors.BadInput("matter", "gone")
    channels, promised_minutes, _window = rows[0]
    if "proxy" not in channels.split():
        raise errors.BadInput("matter", "not_by_proxy")
    windows = [key if isinstance(key, UUID) else UUID(key) for *_, key in rows if key]
    if new.window_id is not None and new.window_id not in windows:
        raise errors.BadInput("window", "gone")
    if not windows:
        raise errors.BadInput("matter", "no_window")
    return new.matter_id, promised_minutes, new.window_id or windows[0]


@waits
def open(actor: Actor, new: NewTicket) -> TicketView:  # noqa: A001 - the product's word; tickets.open reads well
    """Opens a ticket: number, pick-up code, papers into the desk's hands, a place in the window's queue.

    Raises BadInput (matter, window, name, phone, id_number, priority, papers, remark, consent) and OpenTicketExists
    unless `second_allowed`. Called again with the same `id` it gives the ticket that is there.
    """
    actor.needs("tickets.open")
    papers = _checked_papers(new.papers)
    name = privacy.check_name(new.name)
    phone = privacy.check_phone(new.phone)
    id_number = privacy.check_id_number(new.id_number)
    remark = privacy.check_text("remark", new.remark)
    store = actor.store
    with store.change(actor) as change:
        if plain.by_key(store, Ticket, new.id, actor.hall_id) is not None:
            return view(actor, new.id)
        matter_id, promised_minutes, window_id = _offered(actor, new)
        head_start = _head_start(actor, new.priority) if new.priority else timedelta()
        if not new.consent:
            raise errors.BadInput("consent", "missing")
        other = (
            None if new.second_allowed or actor.born else find_open(actor, matter_id, name, phone)
        )
        if other is not None:
            owner = other.held.staff.name if getattr(other, "held", None) and other.held.id else ""
            raise errors.OpenTicketExists(
                number=other.number, window=other.window.number, owner=owner, ticket_id=other.id
            )
        number = _next_number(change)
        plain.insert(
            store,
            Ticket,
            id=new.id,
            hall=actor.hall_id,
            number=number,
            service_day=change.day,
            matter=matter_id,
            window=window_id,
            state="queued",
            name=name,
            phone=phone,
            id_masked=privacy.mask_id(id_number),
            priority=new.priority,
            remark=remark,
            consent=new.consent,
            pickup_code=ids.code_of(new.id, 4),
            promised_minutes=promised_minutes,
            letter=actor.letter,
            opened_at=change.at,
            opened_by=actor.person(),
            queue_rank=change.at - head_start,
            state_at=change.at,
        )
        if papers:
            custody.add(change, new.id, papers, custody.RESIDENT, Hands("desk", actor.person()))
        change.record(
            "ticket.opened",
            new.id,
            ticket=new.id,
            number=number,
            papers=sum(count for *_, count in papers),
        )
        return _after(actor, change, new.id)


def _head_start(actor: Actor, priority: str) -> timedelta:
    settings = load_settings(actor.hall_id)
    if priority not in settings.priorities:
        raise errors.BadInput("priority", "unknown")
    return timedelta(minutes=settings.priority_head_start_minutes)


def _next_number(change: Change) -> str:
    letter = change.actor.letter
    if change.actor.born and change.actor.born.number:
        return change.actor.born.number
    row = change.store.execute(
        "INSERT INTO ticket_counter (hall_id, service_day, letter, last) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (hall_id, service_day, letter) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last",
        (change.actor.hall_id.hex, change.day.isoformat(), letter),
    ).fetchall()[0]
    return f"{letter}{row[0]:03d}"


# --- at the window -------------------------------------------------------------------------------


def _at_own_window(actor: Actor, ticket: Ticket) -> None:
    """A clerk acts on tickets of the own window; a manager on any."""
    if actor.window_id is not None and actor.window_id != ticket.window_id:
        raise errors.NotAllowed(action="tickets.other_window")


def _refuse(actor: Actor, ticket_id: UUID, action: str) -> errors.HallDeskError:
    """Why a step is not possible: somebody has the ticket, or its state does not allow the step."""
    ticket = load_joined(actor, ticket_id)
    held = getattr(ticket, "held", None)
    if action == "claim" and ticket.state == "handling" and held is not None and held.id:
        return errors.AlreadyClaimed(
            number=ticket.number,
            owner=held.staff.name,
            window=ticket.window.number,
            since=held.claimed_at,
            since_text=f"{actor.store.local(held.claimed_at):%H:%M:%S}",
        )
    return errors.WrongState(number=ticket.number, state=ticket.state, action=action)


def _step(
    actor: Actor,
    change: Change,
    ticket_id: UUID,
    action: str,
    states: tuple[str, ...],
    **values: Any,
) -> None:
    """Compare and set: moves the ticket on if it is in one of `states`, else says who or what is in the way."""
    if "state" in values:
        values["state_at"] = change.at
    if plain.update(change.store, Ticket, ticket_id, states, **values) != 1:
        raise _refuse(actor, ticket_id, action)


def _after(actor: Actor, change: Change, ticket_id: UUID) -> TicketView:
    # Written before reading back, so that the history of what is returned holds this step too.
    change.write_entries()
    return view(actor, ticket_id)


def claim(actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes up a chosen ticket. Raises AlreadyClaimed with who has it and since when, WrongState, NotFound.

    The clerk who has the ticket already gets it again: a second key press changes nothing.
    """
    actor.needs("tickets.claim")
    with actor.store.change(actor) as change:
        ticket = load_joined(actor, ticket_id)
        _at_own_window(actor, ticket)
        held = getattr(ticket, "held", None)
        if held is not None and held.id and held.staff_id == actor.staff_id:
            return view(actor, ticket_id)
        _step(
            actor, change, ticket_id, "claim", ("queued",), state="handling", claimed_at=change.at
        )
        _take_up(actor, change, ticket_id, ticket.window_id, "ticket.claimed")
        return _after(actor, change, ticket_id)


# The hot action of a hall: fixed text, nothing built per call, and on PostgreSQL the claim in the same round trip.
# `id = (subquery)`: with IN the planner may run the subquery again per row and take every ticket.
_CLAIM_NEXT = (
    "UPDATE ticket SET state = 'handling', state_at = ?, claimed_at = ? WHERE state = 'queued' AND id = "
    "(SELECT id FROM ticket WHERE window_id = ? AND state = 'queued' ORDER BY queue_rank, id LIMIT 1{lock}) "
    "RETURNING id"
)
_INTO_CLAIM = "INSERT INTO claim (id, hall_id, window_id, staff_id, claimed_at, note, ticket_id) "
_CLAIM = _INTO_CLAIM + "VALUES (?, ?, ?, ?, ?, '', ?)"
_CLAIM_NEXT_POSTGRES = (
    f"WITH taken AS ({_CLAIM_NEXT.format(lock=' FOR UPDATE SKIP LOCKED')}) {_INTO_CLAIM}"  # noqa: S608 - our own text
    "SELECT ?::uuid, ?::uuid, ?::uuid, ?::uuid, ?::timestamptz, '', id FROM taken RETURNING ticket_id"
)


def claim_next(actor: Actor, window_id: UUID | None = None) -> TicketView:
    """Takes up the first waiting ticket of the clerk's window. Raises NothingWaiting, BadInput `window`."""
    actor.needs("tickets.claim")
    with actor.store.change(actor) as change:
        return _after(actor, change, take_next(change, actor, window_id))


def take_next(change: Change, actor: Actor, window_id: UUID | None = None) -> UUID:
    """What `claim_next` writes, without reading the ticket for a screen; gives its key."""
    place = actor.window_id or window_id
    if place is None:
        raise errors.BadInput("window", "empty")
    store = actor.store
    at, key = sql_time(change.at), ids.new_id()
    taking = (at, at, place.hex)
    taken_up = (key.hex, actor.hall_id.hex, place.hex, actor.person().hex, at)
    if store.postgres:
        row = store.execute(_CLAIM_NEXT_POSTGRES, taking + taken_up).fetchone()
    else:
        # All rows are fetched: SQLite's statement with RETURNING ends only then.
        row = next(iter(store.execute(_CLAIM_NEXT.format(lock=""), taking).fetchall()), None)
    if row is None:
        window = Window.get_or_none(Window.id == place)
        raise errors.NothingWaiting(window=window.number if window else "")
    ticket_id = row[0] if isinstance(row[0], UUID) else UUID(row[0])
    if not store.postgres:
        store.execute(_CLAIM, (*taken_up, ticket_id.hex))
    change.record("ticket.claimed", ticket_id, ticket=ticket_id, claim=key.hex)
    return ticket_id


def _take_up(actor: Actor, change: Change, ticket_id: UUID, window_id: UUID, kind: str) -> None:
    key = ids.new_id()
    change.store.execute(
        _CLAIM,
        (
            key.hex,
            actor.hall_id.hex,
            window_id.hex,
            actor.person().hex,
            sql_time(change.at),
            ticket_id.hex,
        ),
    )
    change.record(kind, ticket_id, ticket=ticket_id, claim=key.hex)


def _let_go(change: Change, ticket_id: UUID, how: str, note: str = "") -> str:
    """Ends the open claim, if there is one; gives its key for the journal."""
    rows = change.store.execute(
        "UPDATE claim SET ended_at = ?, ended_how = ?, note = ? "
        "WHERE ticket_id = ? AND ended_at IS NULL RETURNING id",
        (sql_time(change.at), how, note, ticket_id.hex),
    ).fetchall()
    return str(rows[0][0]).replace("-", "") if rows else ""


def received(
    actor: Actor, ticket_id: UUID, differences: dict[UUID, str] | None = None
) -> TicketView:
    """The clerk ticked the papers: all go into the clerk's hands but those `differences` calls missing.

    `differences` maps a paper's key to `missing` or to words for what is otherwise; the desk sees it at once.
    Raises WrongState, NotFound, BadInput `proof` when a transfer note was not read.
    """
    actor.needs("tickets.handle")
    told = {
        key: privacy.check_text("papers", text, limit=100)
        for key, text in (differences or {}).items()
    }
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "received")
        lines = papers_of(actor, ticket_id)
        here = Hands("window", actor.person(), ticket.window_id)
        for line in lines:
            if line.id in told or line.difference:
                Paper.update(difference=told.get(line.id, "")).where(Paper.id == line.id).execute()
        came = [line for line in lines if line.out and told.get(line.id) != MISSING]
        custody.move(change, ticket_id, came, here)
        change.record(
            "ticket.received",
            ticket_id,
            ticket=ticket_id,
            papers=sum(line.count for line in came),
            differences=len([text for text in told.values() if text]),
        )
        return _after(actor, change, ticket_id)


def _handled(actor: Actor, ticket_id: UUID, action: str) -> Ticket:
    """The ticket, in hand at the actor's window with its note read."""
    ticket = load(actor, ticket_id)
    _at_own_window(actor, ticket)
    if ticket.state != "handling":
        raise _refuse(actor, ticket_id, action)
    if _note_unread(ticket):
        raise errors.BadInput("proof", "note_unread")
    return ticket


def _note_unread(ticket: Ticket) -> bool:
    return bool(ticket.transfer_note) and not ticket.note_read_at


def note_read(actor: Actor, ticket_id: UUID) -> TicketView:
    """The note of the window before has been read."""
    actor.needs("tickets.handle")
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        _at_own_window(actor, ticket)
        if _note_unread(ticket):
            Ticket.update(note_read_at=change.at).where(Ticket.id == ticket_id).execute()
            change.record("ticket.note_read", ticket_id, ticket=ticket_id)
        return _after(actor, change, ticket_id)


def release(actor: Actor, ticket_id: UUID, reason: str = "") -> TicketView:
    """Back into the queue, at the place it had. Raises WrongState, NotFound."""
    actor.needs("tickets.handle")
    reason = privacy.check_text("reason", reason)
    with actor.store.change(actor) as change:
        _at_own_window(actor, load(actor, ticket_id))
        _step(actor, change, ticket_id, "release", ("handling",), state="queued", claimed_at=None)
        held = _let_go(change, ticket_id, "released", reason)
        change.record("ticket.released", ticket_id, ticket=ticket_id, claim=held)
        return _after(actor, change, ticket_id)


def suspend(
    actor: Actor, ticket_id: UUID, missing: str, callback_at: datetime | None = None
) -> TicketView:
    """Interrupts the handling: what is missing, and when the resident is called. Papers stay where they are."""
    actor.needs("tickets.handle")
    missing = privacy.check_text("missing", missing, required=True)
    with actor.store.change(actor) as change:
        _handled(actor, ticket_id, "suspend")
        _step(
            actor, change, ticket_id, "suspend", ("handling",),
            state="suspended", missing=missing, callback_at=callback_at,
        )  # fmt: skip
        held = _let_go(change, ticket_id, "suspended", missing)
        change.record("ticket.suspended", ticket_id, ticket=ticket_id, claim=held)
        return _after(actor, change, ticket_id)


def resume(actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes a suspended ticket up again (续办). Raises AlreadyClaimed, WrongState, NotFound."""
    actor.needs("tickets.handle")
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        _at_own_window(actor, ticket)
        _step(
            actor, change, ticket_id, "claim", ("suspended",),
            state="handling", claimed_at=change.at, callback_at=None,
        )  # fmt: skip
        _take_up(actor, change, ticket_id, ticket.window_id, "ticket.resumed")
        return _after(actor, change, ticket_id)


def transfer(actor: Actor, ticket_id: UUID, window_id: UUID, note: str) -> TicketView:
    """Passes the ticket to another window's queue, at the place its waiting has earned, with a note to be read.

    The papers stay in the giving clerk's hands until the next clerk ticks them.
    """
    actor.needs("tickets.handle")
    note = privacy.check_text("note", note, required=True)
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "transfer")
        if window_id == ticket.window_id:
            raise errors.BadInput("window", "same")
        window = Window.get_or_none(
            Window.id == window_id, Window.hall == actor.hall_id, Window.retired_at.is_null()
        )
        if window is None:
            raise errors.BadInput("window", "gone")
        _step(
            actor, change, ticket_id, "transfer", ("handling",),
            state="queued", window=window_id, claimed_at=None, transfer_note=note, note_read_at=None,
        )  # fmt: skip
        held = _let_go(change, ticket_id, "transferred", note)
        change.record(
            "ticket.transferred", ticket_id, ticket=ticket_id, claim=held, window_to=window.number
        )
        return _after(actor, change, ticket_id)


def finish(
    actor: Actor,
    ticket_id: UUID,
    result: str,
    kept: tuple[UUID, ...] = (),
    new: tuple[NewPaper, ...] = (),
) -> TicketView:
    """The matter is done: the result, which papers the window keeps, which new ones come with the others.

    All papers at the window but the kept ones go back into the hands of the desk that opened the ticket.
    Raises BadInput (result, papers, proof), WrongState, NotFound.
    """
    actor.needs("tickets.handle")
    result = privacy.check_text("result", result, required=True)
    made = _checked_papers(new)
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "finish")
        _step(
            actor, change, ticket_id, "finish", ("handling",),
            state="ready", outcome="finished", ready_at=change.at, result=result,
        )  # fmt: skip
        held = _let_go(change, ticket_id, "finished")
        lines = papers_of(actor, ticket_id)
        here = Hands("window", actor.person(), ticket.window_id)
        desk = Hands("desk", ticket.opened_by_id)
        staying = [line for line in lines if line.id in kept and line.out]
        custody.move(change, ticket_id, staying, Hands("kept", actor.person(), ticket.window_id))
        _back_to_desk(change, ticket, [line for line in lines if line.id not in kept])
        if made:
            custody.add(change, ticket_id, made, here, desk, new=True)
        change.record(
            "ticket.finished",
            ticket_id,
            ticket=ticket_id,
            claim=held,
            kept=len(staying),
            new=sum(count for *_, count in made),
        )
        return _after(actor, change, ticket_id)


def _back_to_desk(change: Change, ticket: Ticket, lines: Iterable[PaperLine]) -> None:
    away = [line for line in lines if line.holder in ("window", "runner")]
    custody.move(change, ticket.id, away, Hands("desk", ticket.opened_by_id))


def withdraw(actor: Actor, ticket_id: UUID, reason: str) -> TicketView:
    """The resident withdraws. The papers are still to be handed back from where they are."""
    actor.needs("tickets.withdraw")
    return _break_off(actor, ticket_id, "withdrawn", reason)


def terminate(actor: Actor, ticket_id: UUID, reason: str) -> TicketView:
    """The window ends the handling (终止) with a reason; its papers go back to the desk."""
    actor.needs("tickets.handle")
    return _break_off(actor, ticket_id, "terminated", reason)


def _break_off(actor: Actor, ticket_id: UUID, outcome: str, reason: str) -> TicketView:
    reason = privacy.check_text("reason", reason, required=True)
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        if outcome == "terminated":
            _at_own_window(actor, ticket)
        _step(
            actor, change, ticket_id, outcome, OPEN_STATES,
            state="ready", outcome=outcome, ready_at=change.at, result=reason,
        )  # fmt: skip
        held = _let_go(change, ticket_id, outcome, reason)
        if outcome == "terminated":
            _back_to_desk(change, ticket, papers_of(actor, ticket_id))
        change.record(f"ticket.{outcome}", ticket_id, ticket=ticket_id, claim=held)
        return _after(actor, change, ticket_id)


# --- hand-back -----------------------------------------------------------------------------------


def _proves(ticket: Ticket, proof: Proof) -> bool:
    text = privacy.folded(proof.text).upper()
    if not text:
        raise errors.BadInput("proof", "empty")
    shown = {
        "receipt": receipt_code(ticket),
        "pickup_code": ticket.pickup_code,
        "phone_tail": ticket.phone[-4:],
        "id_tail": ticket.id_masked[-4:],
    }.get(proof.kind, "")
    return len(shown) >= 4 and text == shown


def hand_back(
    actor: Actor, ticket_id: UUID, proof: Proof, papers: tuple[UUID, ...] | None = None
) -> TicketView:
    """Gives papers back to the resident against proof: all of them, or those in `papers`.

    The ticket closes when nothing is out any more; until then it stays ready. Raises WrongProof, WrongState,
    PapersOut when none of the papers named is out, NotFound.
    """
    actor.needs("tickets.hand_back")
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        if ticket.state not in ("ready", "suspended"):
            raise _refuse(actor, ticket_id, "hand_back")
        if not _proves(ticket, proof):
            raise errors.WrongProof(number=ticket.number)
        out = [line for line in papers_of(actor, ticket_id) if line.out]
        given = out if papers is None else [line for line in out if line.id in papers]
        if out and not given:
            raise errors.PapersOut(number=ticket.number, papers=[line.name for line in out])
        custody.move(change, ticket_id, given, custody.RESIDENT)
        left = len(out) - len(given)
        change.record(
            "ticket.handed_back",
            ticket_id,
            ticket=ticket_id,
            papers=sum(line.count for line in given),
            left=left,
            proof=proof.kind,
        )
        if left == 0 and ticket.state == "ready":
            _step(
                actor,
                change,
                ticket_id,
                "hand_back",
                ("ready",),
                state="closed",
                closed_at=change.at,
            )
            change.record("ticket.closed", ticket_id, ticket=ticket_id, outcome=ticket.outcome)
        return _after(actor, change, ticket_id)
