"""The life of a ticket, from intake to hand-back.

    queued -claim-> handling -finish-> ready -hand back-> closed
       ^ <-release---'  |  ^
       |                v  | resume
       |             suspended
       '-- transfer to another window (the note must be read)
    any open state -withdraw / terminate-> ready (papers still to be handed back)

Every step is one transaction that compares and sets the state: of two clerks who act at once one succeeds and the
other learns who was first. A ticket with a paper out cannot be closed. Several tickets of one visit share the resident,
and sheets that more than one of them needs: such a sheet is held, and handed back, at one of them.

Here are intake and the window's steps. The rest is in `hand_backs`, `undo` and `corrections`, and is reached from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.services import callbacks, custody, identity, intake_checks, posts, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.corrections import FieldChange, NewCorrection, correct
from hall_desk.services.custody import Hands, NewLine, PaperLine
from hall_desk.services.hand_backs import Colleague, Collector, Proof, colleagues, hand_back
from hall_desk.services.identity import KeptId
from hall_desk.services.ticket_cards import (
    Board,
    Card,
    Expectation,
    HistoryLine,
    ReceiptFacts,
    TicketView,
    board,
    by_code,
    claims_today,
    expectation,
    find_open,
    get,
    load,
    load_joined,
    next_number,
    of_visit,
    open_for,
    papers_of,
    receipt_facts,
    view,
)
from hall_desk.services.ticket_steps import (
    CLAIM,
    INTO_CLAIM,
    after,
    as_seen,
    at_own_window,
    head_start,
    let_go,
    offered,
    refusal,
    step,
    take_up,
)
from hall_desk.services.undo import UNDO_S, undo
from hall_desk.store import ids, plain
from hall_desk.store.journal import Change, sql_time
from hall_desk.store.models import Paper, Ticket, Window

__all__ = [
    "UNDO_S", "Board", "Card", "Colleague", "Collector", "Expectation", "FieldChange", "HistoryLine", "NewCorrection",
    "NewPaper", "NewTicket", "PaperLine", "Proof", "ReceiptFacts", "TicketView", "board", "by_code", "claim",
    "claim_next", "claims_today", "colleagues", "correct", "expectation", "finish", "get", "hand_back", "next_number",
    "note_read", "of_visit", "open", "open_for", "receipt_facts", "received", "release", "resume", "suspend",
    "terminate", "transfer", "undo", "withdraw",
]  # fmt: skip

MOST_PAPERS = 40
OPEN_STATES = ("queued", "handling", "suspended")
MISSING = "missing"


@dataclass(frozen=True)
class NewPaper:
    """A line of papers. `shared_with` is a line of another ticket of the visit: the same sheet serves both."""

    name: str
    original: bool = True
    count: int = 1
    shared_with: UUID | None = None


@dataclass(frozen=True)
class NewTicket:
    """What was typed at intake. `id` is made when the form is opened: a second Enter is the same ticket.

    `visit` is another ticket of the same visit: the resident is taken from there, not from `name`, `phone` and
    `id_number`.
    """

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
    visit: UUID | None = None
    # The temperature check it was opened from, or why there is none of this name (see `services.intake_checks`).
    check_id: UUID | None = None
    without_check: str = ""


# --- intake --------------------------------------------------------------------------------------


def _checked_papers(papers: tuple[NewPaper, ...]) -> list[NewLine]:
    if len(papers) > MOST_PAPERS:
        raise errors.BadInput("papers", "too_many", limit=MOST_PAPERS)
    checked = []
    for paper in papers:
        name = privacy.check_text("papers", paper.name, limit=60)
        if not name:
            raise errors.BadInput("papers", "name")
        if not 1 <= paper.count <= 99:
            raise errors.BadInput("papers", "count")
        checked.append(NewLine(name, paper.original, paper.count, paper.shared_with))
    return checked


def _first_of_visit(actor: Actor, new: NewTicket) -> Ticket | None:
    """The first ticket of the visit that `new` belongs to. Raises BadInput `visit` (gone, other_day)."""
    if new.visit is None:
        return None
    first = plain.by_key(actor.store, Ticket, new.visit, actor.hall_id)
    if first is not None and first.visit not in (None, first.id):
        first = plain.by_key(actor.store, Ticket, first.visit, actor.hall_id)
    if first is None:
        raise errors.BadInput("visit", "gone")
    return first  # type: ignore[no-any-return]


def _with_sheets(first: Ticket | None, papers: list[NewLine]) -> list[NewLine]:
    """The lines with each shared one tied to the line that holds its sheet. Raises BadInput `papers`."""
    lines = []
    for line in papers:
        if line.shared_with is None:
            lines.append(line)
            continue
        sheet = Paper.get_or_none(Paper.id == line.shared_with)
        if sheet is not None and sheet.shared_with_id is not None:
            sheet = Paper.get_by_id(sheet.shared_with_id)
        held_at = Ticket.get_or_none(Ticket.id == sheet.ticket_id) if sheet is not None else None
        if (
            first is None
            or held_at is None
            or first.id not in (held_at.id, held_at.visit)
            or sheet.holder not in custody.OUT
        ):
            raise errors.BadInput("papers", "shared_gone", paper=line.name)
        lines.append(NewLine(sheet.name, bool(sheet.original), sheet.count, sheet.id))
    return lines


def open(actor: Actor, new: NewTicket) -> TicketView:  # noqa: A001 - the product's word; tickets.open reads well
    """Opens a ticket: number, pick-up code, papers into the desk's hands, a place in the window's queue.

    Raises BadInput (matter, window, name, phone, id_number, priority, papers, remark, consent, visit) and
    OpenTicketExists unless `second_allowed`. Called again with the same `id` it gives the ticket that is there.
    """
    actor.needs("tickets.open")
    kept = identity.kept(actor.store, new.id, privacy.check_id_number(new.id_number))
    return _open(actor, replace(new, id_number=""), kept)


@waits
def _open(actor: Actor, new: NewTicket, kept: KeptId) -> TicketView:
    """What `open` does, without the ID number itself: it is sealed before anything is written, the outbox included."""
    actor.needs("tickets.open")
    papers = _checked_papers(new.papers)
    of_a_visit = new.visit is not None
    name = privacy.check_name(new.name, required=not of_a_visit)
    phone = privacy.check_phone(new.phone)
    remark = privacy.check_text("remark", new.remark)
    store = actor.store
    with store.change(actor) as change:
        if plain.by_key(store, Ticket, new.id, actor.hall_id) is not None:
            return view(actor, new.id)
        first = _first_of_visit(actor, new)
        if first is not None:
            name, phone = first.name, first.phone
            kept = identity.kept_again(store, first, new.id)
        papers = _with_sheets(first, papers)
        matter_id, promised_minutes, window_id = offered(actor, new.matter_id, new.window_id)
        ahead = head_start(actor, new.priority)
        if not new.consent:
            raise errors.BadInput("consent", "missing")
        if first is None:  # at the first matter of a visit it was asked already
            intake_checks.require_for_intake(
                change, actor, name, phone, new.check_id, new.without_check
            )
        # What was recorded while the server was away has happened: its papers lie at the desk.
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
            id_masked=kept.masked,
            id_sealed=kept.sealed,
            id_print=kept.print,
            priority=new.priority,
            remark=remark,
            consent=new.consent,
            pickup_code=ids.code_of(new.id, 4),
            promised_minutes=promised_minutes,
            letter=actor.letter,
            opened_at=change.at,
            opened_by=actor.person(),
            queue_rank=change.at - ahead,
            state_at=change.at,
            due_at=change.at + timedelta(minutes=promised_minutes),
            visit=first.id if first else None,
        )
        if first is not None and first.visit is None:
            Ticket.update(visit=first.id).where(Ticket.id == first.id).execute()
        if papers:
            custody.add(change, new.id, papers, custody.RESIDENT, Hands("desk", actor.person()))
        change.record(
            "ticket.opened",
            new.id,
            ticket=new.id,
            number=number,
            papers=sum(line.count for line in papers),
            **({"visit": first.number} if first else {}),
        )
        return after(actor, change, new.id)


def _next_number(change: Change) -> str:
    letter = change.actor.letter
    if change.actor.born and change.actor.born.number:
        return change.actor.born.number  # printed already; the counter was raised above it
    row = change.store.execute(
        "INSERT INTO ticket_counter (hall_id, service_day, letter, last) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (hall_id, service_day, letter) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last",
        (change.actor.hall_id.hex, change.day.isoformat(), letter),
    ).fetchall()[0]
    return f"{letter}{row[0]:03d}"


# --- at the window -------------------------------------------------------------------------------


def claim(actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes up a chosen ticket. Raises AlreadyClaimed with who has it and since when, WrongState, NotFound.

    The clerk who has the ticket already gets it again: a second key press changes nothing.
    """
    actor.needs("tickets.claim")
    with actor.store.change(actor) as change:
        ticket = load_joined(actor, ticket_id)
        at_own_window(actor, ticket)
        held = getattr(ticket, "held", None)
        if held is not None and held.id and held.staff_id == actor.staff_id:
            return view(actor, ticket_id)
        step(actor, change, ticket_id, "claim", ("queued",), state="handling", claimed_at=change.at)
        _claimed(actor, change, ticket, "ticket.claimed")
        return after(actor, change, ticket_id)


# The hot action of a hall: fixed text, nothing built per call, and on PostgreSQL the claim in the same round trip.
# `id = (subquery)`: with IN the planner may run the subquery again per row and take every ticket.
_CLAIM_NEXT = (
    "UPDATE ticket SET state = 'handling', state_at = ?, claimed_at = ? WHERE state = 'queued' AND id = "
    "(SELECT id FROM ticket WHERE window_id = ? AND state = 'queued' ORDER BY queue_rank, id LIMIT 1{lock}) "
    "RETURNING id"
)
_CLAIM_NEXT_POSTGRES = (
    f"WITH taken AS ({_CLAIM_NEXT.format(lock=' FOR UPDATE SKIP LOCKED')}) {INTO_CLAIM}"  # noqa: S608 - our own text
    "SELECT ?::uuid, ?::uuid, ?::uuid, ?::uuid, ?::timestamptz, '', id FROM taken RETURNING ticket_id"
)


def claim_next(actor: Actor, window_id: UUID | None = None) -> TicketView:
    """Takes up the first waiting ticket of the clerk's window. Raises NothingWaiting, BadInput `window`."""
    actor.needs("tickets.claim")
    with actor.store.change(actor) as change:
        return after(actor, change, take_next(change, actor, window_id))


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
        store.execute(CLAIM, (*taken_up, ticket_id.hex))
    change.record("ticket.claimed", ticket_id, ticket=ticket_id, claim=key.hex)
    return ticket_id


def _claimed(actor: Actor, change: Change, ticket: Ticket, kind: str) -> None:
    key = take_up(actor, change, ticket.id, ticket.window_id, actor.person(), change.at)
    change.record(kind, ticket.id, ticket=ticket.id, claim=key)


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
        Paper.update(difference_before=Paper.difference).where(
            Paper.ticket == ticket_id, Paper.difference_before != Paper.difference
        ).execute()
        for line in lines:
            if line.id in told or line.difference:
                Paper.update(difference=told.get(line.id, "")).where(Paper.id == line.id).execute()
        came = [line for line in lines if line.in_our_hands and told.get(line.id) != MISSING]
        moves = ids.new_id()
        custody.move(change, ticket_id, came, here, step=moves)
        change.record(
            "ticket.received",
            ticket_id,
            ticket=ticket_id,
            papers=sum(line.count for line in came),
            differences=len([text for text in told.values() if text]),
            step=moves.hex,
        )
        return after(actor, change, ticket_id)


def _handled(actor: Actor, ticket_id: UUID, action: str, since: datetime | None = None) -> Ticket:
    """The ticket, in hand at the actor's window with its note read."""
    ticket = load(actor, ticket_id)
    at_own_window(actor, ticket)
    as_seen(actor, ticket, since)
    if ticket.state != "handling":
        raise refusal(actor, ticket_id, action)
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
        at_own_window(actor, ticket)
        if _note_unread(ticket):
            Ticket.update(note_read_at=change.at).where(Ticket.id == ticket_id).execute()
            change.record("ticket.note_read", ticket_id, ticket=ticket_id)
        return after(actor, change, ticket_id)


def release(actor: Actor, ticket_id: UUID, reason: str = "") -> TicketView:
    """Back into the queue, at the place it had. Raises WrongState, NotFound."""
    actor.needs("tickets.handle")
    reason = privacy.check_text("reason", reason)
    with actor.store.change(actor) as change:
        at_own_window(actor, load(actor, ticket_id))
        step(actor, change, ticket_id, "release", ("handling",), state="queued", claimed_at=None)
        held = let_go(change, ticket_id, "released", reason)
        change.record("ticket.released", ticket_id, ticket=ticket_id, claim=held)
        return after(actor, change, ticket_id)


def suspend(
    actor: Actor,
    ticket_id: UUID,
    missing: str,
    callback_at: datetime | None = None,
    *,
    since: datetime | None = None,
) -> TicketView:
    """Interrupts the handling: what is missing, and when the window calls the resident. Papers stay where they are.

    With `callback_at` the call is promised, and stands in the window's list until it is made or the ticket goes on.
    `since` is the state the screen showed (`as_seen`). Raises BadInput (missing, callback), WrongState, NotFound,
    ChangedMeanwhile.
    """
    actor.needs("tickets.handle")
    missing = privacy.check_text("missing", missing, required=True)
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "suspend", since)
        step(
            actor, change, ticket_id, "suspend", ("handling",),
            state="suspended", missing=missing, callback_at=callback_at,
        )  # fmt: skip
        held = let_go(change, ticket_id, "suspended", missing)
        change.record("ticket.suspended", ticket_id, ticket=ticket_id, claim=held)
        if callback_at is not None:
            _promise(actor, change, ticket, missing, callback_at)
        return after(actor, change, ticket_id)


def _promise(
    actor: Actor, change: Change, ticket: Ticket, missing: str, callback_at: datetime
) -> None:
    if not ticket.phone:
        raise errors.BadInput("callback", "no_phone")
    promised = NewCallback(
        id=ids.new_id(),
        window_id=ticket.window_id,
        phone=ticket.phone,
        name=ticket.name,
        matter_id=ticket.matter_id,
        due_at=callback_at,
        note=missing[:200],
        ticket_id=ticket.id,
        number_confirmed=True,
    )
    try:
        callbacks.promise_within(change, actor, promised)
    except errors.BadInput as error:
        if error.field == "due":
            raise errors.BadInput("callback", error.reason) from None
        raise


def resume(actor: Actor, ticket_id: UUID) -> TicketView:
    """Takes a suspended ticket up again (续办); a call promised for it is no longer due.

    Raises AlreadyClaimed, WrongState, NotFound.
    """
    actor.needs("tickets.handle")
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        at_own_window(actor, ticket)
        step(
            actor, change, ticket_id, "claim", ("suspended",),
            state="handling", claimed_at=change.at,
            due_at=ticket.due_at + (change.at - ticket.state_at),
        )  # fmt: skip
        _claimed(actor, change, ticket, "ticket.resumed")
        callbacks.settle_for_ticket(change, actor, ticket_id)
        return after(actor, change, ticket_id)


def transfer(
    actor: Actor, ticket_id: UUID, window_id: UUID, note: str, *, since: datetime | None = None
) -> TicketView:
    """Passes the ticket to another window's queue, at the place its waiting has earned, with a note to be read.

    The papers stay in the giving clerk's hands until the next clerk ticks them.
    """
    actor.needs("tickets.handle")
    note = privacy.check_text("note", note, required=True)
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "transfer", since)
        if window_id == ticket.window_id:
            raise errors.BadInput("window", "same")
        window = Window.get_or_none(
            Window.id == window_id, Window.hall == actor.hall_id, Window.retired_at.is_null()
        )
        if window is None:
            raise errors.BadInput("window", "gone")
        step(
            actor, change, ticket_id, "transfer", ("handling",),
            state="queued", window=window_id, claimed_at=None, transfer_note=note, note_read_at=None,
        )  # fmt: skip
        held = let_go(change, ticket_id, "transferred", note)
        change.record(
            "ticket.transferred", ticket_id, ticket=ticket_id, claim=held, window_to=window.number
        )
        return after(actor, change, ticket_id)


def finish(
    actor: Actor,
    ticket_id: UUID,
    result: str,
    kept: tuple[UUID, ...] = (),
    new: tuple[NewPaper, ...] = (),
) -> TicketView:
    """The matter is done: the result, which papers the window keeps, which new ones come with the others.

    All papers at the window but the kept ones go back into the hands of the desk that opened the ticket; a shared sheet
    that another window has at the moment stays there. Raises BadInput (result, papers, proof), SheetNeeded when a paper
    that is to be kept is needed by another ticket of the visit, WrongState, NotFound.
    """
    actor.needs("tickets.handle")
    result = privacy.check_text("result", result, required=True)
    made = _checked_papers(new)
    with actor.store.change(actor) as change:
        ticket = _handled(actor, ticket_id, "finish")
        step(
            actor, change, ticket_id, "finish", ("handling",),
            state="ready", outcome="finished", ready_at=change.at, result=result,
        )  # fmt: skip
        held = let_go(change, ticket_id, "finished")
        lines = papers_of(actor, ticket_id)
        here = Hands("window", actor.person(), ticket.window_id)
        desk = Hands("desk", posts.stands_for(change, ticket.opened_by_id))
        staying = [line for line in lines if line.id in kept and line.in_our_hands]
        needed = [line for line in staying if line.needed_by]
        if needed:
            raise errors.SheetNeeded(
                number=ticket.number,
                other=needed[0].needed_by,
                papers=[line.name for line in needed],
            )
        moves = ids.new_id()
        keeper = Hands("kept", actor.person(), ticket.window_id)
        custody.move(change, ticket_id, staying, keeper, step=moves)
        _back_to_desk(change, ticket, [line for line in lines if line.id not in kept], moves)
        if made:
            custody.add(change, ticket_id, made, here, desk, new=True, step=moves)
        change.record(
            "ticket.finished",
            ticket_id,
            ticket=ticket_id,
            claim=held,
            kept=len(staying),
            new=sum(line.count for line in made),
            step=moves.hex,
        )
        return after(actor, change, ticket_id)


def _back_to_desk(change: Change, ticket: Ticket, lines: Iterable[PaperLine], moves: UUID) -> None:
    number = Window.get_by_id(ticket.window_id).number
    for line in lines:
        elsewhere = (line.shared or line.needed_by) and line.holder_window != number
        if line.holder not in ("window", "runner") or elsewhere:
            continue
        # Each sheet goes back to the desk that took it in.
        held_at = Ticket.get_by_id(_sheet(line).ticket_id) if line.shared else ticket
        # … or, when its post was handed over, to whoever stands there now.
        desk = Hands("desk", posts.stands_for(change, held_at.opened_by_id))
        custody.move(change, ticket.id, [line], desk, step=moves)


def _sheet(line: PaperLine) -> Paper:
    row = Paper.get_by_id(line.id)
    return Paper.get_by_id(row.shared_with_id) if row.shared_with_id else row  # type: ignore[no-any-return]


def withdraw(
    actor: Actor, ticket_id: UUID, reason: str, *, since: datetime | None = None
) -> TicketView:
    """The resident withdraws. The papers are still to be handed back from where they are."""
    actor.needs("tickets.withdraw")
    return _break_off(actor, ticket_id, "withdrawn", reason, since)


def terminate(
    actor: Actor, ticket_id: UUID, reason: str, *, since: datetime | None = None
) -> TicketView:
    """The window ends the handling (终止) with a reason; its papers go back to the desk."""
    actor.needs("tickets.handle")
    return _break_off(actor, ticket_id, "terminated", reason, since)


def _break_off(
    actor: Actor, ticket_id: UUID, outcome: str, reason: str, since: datetime | None
) -> TicketView:
    reason = privacy.check_text("reason", reason, required=True)
    with actor.store.change(actor) as change:
        ticket = load(actor, ticket_id)
        if outcome == "terminated":
            at_own_window(actor, ticket)
        as_seen(actor, ticket, since)
        step(
            actor, change, ticket_id, outcome, OPEN_STATES,
            state="ready", outcome=outcome, ready_at=change.at, result=reason,
        )  # fmt: skip
        held, moves = let_go(change, ticket_id, outcome, reason), ids.new_id()
        if outcome == "terminated":
            _back_to_desk(change, ticket, papers_of(actor, ticket_id), moves)
        change.record(f"ticket.{outcome}", ticket_id, ticket=ticket_id, claim=held, step=moves.hex)
        callbacks.settle_for_ticket(change, actor, ticket_id)
        return after(actor, change, ticket_id)
