"""What stands on the six papers that the standards for proxy service ask for.

委托书, 受理单, 中止单, 续办委托书, 办结单 / 终止单 and 材料交接清单 (DB3205/T 1077-2023, DB14/T 2233-2020). They
carry the resident's full name, because they are signed, and of ID and phone number only what the hall shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.custody import PaperLine
from hall_desk.services.matters import WindowLine, window_line
from hall_desk.services.ticket_cards import TicketView, load_joined, papers_of, reference
from hall_desk.services.undo import past_of, standing_of
from hall_desk.store.models import CustodyMove, Hall, HandBack, Matter, Paper, Staff, Window

AUTHORISATION, ACCEPTANCE, SUSPENSION = "authorisation", "acceptance", "suspension"
RESUMPTION, COMPLETION, CUSTODY_LIST = "resumption", "completion", "custody_list"
FORMS = (AUTHORISATION, ACCEPTANCE, SUSPENSION, RESUMPTION, COMPLETION, CUSTODY_LIST)


@dataclass(frozen=True)
class Handling:
    """One hand a paper went through: who, at which window (empty at the desk), when."""

    staff: str
    window: str
    at: datetime


@dataclass(frozen=True)
class FormPaper:
    """A paper of the ticket and its way: taken in by the desk, received by a window, and where it is since when."""

    line: PaperLine
    taken: Handling | None
    received: Handling | None
    now: Handling


@dataclass(frozen=True)
class FormHandBack:
    """`proof` is a code; `collector` and `second` are empty when the resident came in person."""

    at: datetime
    proof: str
    staff: str
    collector: str
    reason: str
    second: str
    papers: int


@dataclass(frozen=True)
class Event:
    """Something that happened to the ticket: when, and who did it."""

    at: datetime
    staff: str


@dataclass(frozen=True)
class FormFacts:
    """What one paper says. Times are in the hall's zone; `code` is the text of its QR code, which proves nothing."""

    kind: str
    hall: str
    number: str
    code: str
    day: date
    resident: str
    phone_masked: str
    id_masked: str
    matter: str
    matter_code: str
    window: WindowLine
    promised_minutes: int
    priority: str
    remark: str
    opened: Event
    papers: tuple[FormPaper, ...]
    state: str
    outcome: str
    missing: str
    suspended: Event | None
    callback_at: datetime | None
    resumed: Event | None
    result: str
    ended: Event | None
    closed: Event | None
    hand_backs: tuple[FormHandBack, ...]
    printed: Event
    # In a practice hall the paper says across the page that it is none.
    practice: bool = False


def forms_of(ticket: TicketView) -> tuple[str, ...]:
    """Which papers there is something to write on for this ticket as it stands."""
    kinds = {line.kind for line in ticket.history}
    suspended = ticket.card.state == "suspended" or "ticket.resumed" in kinds
    offered = {
        SUSPENSION: suspended,
        RESUMPTION: suspended,
        COMPLETION: ticket.card.state in ("ready", "closed"),
    }
    return tuple(form for form in FORMS if offered.get(form, True))


def print_out(actor: Actor, ticket_id: UUID, kind: str) -> FormFacts:
    """The facts of one paper, and a line in the journal that it was printed.

    Raises BadInput `form` when there is nothing to write on it yet, DataDestroyed, NotFound.
    """
    actor.needs("tickets.print")
    with actor.store.change(actor) as change:
        facts = _facts(actor, ticket_id, kind)
        change.record("ticket.paper_printed", ticket_id, ticket=ticket_id, form=kind)
        return facts


def form_facts(actor: Actor, ticket_id: UUID, kind: str) -> FormFacts:
    """What `print_out` gives, only looked at. Raises BadInput `form`, DataDestroyed, NotFound."""
    actor.needs("tickets.print")
    with actor.store.reading():
        return _facts(actor, ticket_id, kind)


def _facts(actor: Actor, ticket_id: UUID, kind: str) -> FormFacts:
    local = actor.store.local
    row = load_joined(actor, ticket_id)
    if not row.name:
        raise errors.DataDestroyed(number=row.number)
    standing = standing_of(past_of(actor, ticket_id))
    names = _names(one.staff for one in standing)

    def event(*kinds: str) -> Event | None:
        found = next((one for one in reversed(standing) if one.kind in kinds), None)
        return Event(local(found.at), names.get(found.staff, "")) if found else None

    suspended, resumed = event("suspended"), event("resumed")
    ended = event("finished", "withdrawn", "terminated")
    there = {SUSPENSION: suspended, RESUMPTION: suspended, COMPLETION: ended}
    if kind not in FORMS or there.get(kind, standing) is None:
        raise errors.BadInput("form", "not_yet")
    return FormFacts(
        kind=kind,
        hall=actor.hall_name,
        number=row.number,
        code=reference(row),
        day=row.service_day,
        resident=row.name,
        phone_masked=privacy.mask_phone(row.phone),
        id_masked=row.id_masked,
        matter=row.matter.name,
        matter_code=Matter.get_by_id(row.matter_id).code,
        window=window_line(row.window),
        promised_minutes=row.promised_minutes,
        priority=row.priority,
        remark=row.remark,
        opened=event("opened") or Event(local(row.opened_at), ""),
        papers=_papers(actor, ticket_id),
        state=row.state,
        outcome=row.outcome or "",
        missing=row.missing,
        suspended=suspended,
        callback_at=local(row.callback_at) if row.callback_at else None,
        resumed=resumed if _later(resumed, suspended) else None,
        result=row.result,
        ended=ended,
        closed=event("closed"),
        hand_backs=_hand_backs(actor, ticket_id),
        printed=Event(local(actor.store.now()), actor.name),
        practice=Hall.get_by_id(actor.hall_id).practice_offset_s is not None,
    )


def _later(one: Event | None, other: Event | None) -> bool:
    return one is not None and (other is None or one.at >= other.at)


def _names(staff: Iterable[UUID | None]) -> dict[UUID | None, str]:
    keys = [key for key in set(staff) if key is not None]
    return {row.id: row.name for row in Staff.select().where(Staff.id.in_(keys))}


def _papers(actor: Actor, ticket_id: UUID) -> tuple[FormPaper, ...]:
    lines = papers_of(actor, ticket_id)
    sheets = {
        row.id: row.shared_with_id or row.id
        for row in Paper.select(Paper.id, Paper.shared_with).where(Paper.ticket == ticket_id)
    }
    moves: dict[UUID, list[CustodyMove]] = defaultdict(list)
    for move in (
        CustodyMove.select()
        .where(CustodyMove.paper.in_(list(sheets.values())))
        .order_by(CustodyMove.at, CustodyMove.id)
    ):
        moves[move.paper_id].append(move)
    people = _names(move.taker_staff_id for part in moves.values() for move in part)
    windows = {row.id: row.number for row in Window.select().where(Window.hall == actor.hall_id)}

    def handling(move: CustodyMove | None) -> Handling | None:
        if move is None:
            return None
        return Handling(
            people.get(move.taker_staff_id, ""),
            windows.get(move.taker_window_id, ""),
            actor.store.local(move.at),
        )

    found = []
    for line in lines:
        way = _lasting(moves[sheets[line.id]])
        taken = next((move for move in way if move.giver == "resident"), None)
        received = next((move for move in reversed(way) if move.taker == "window"), None)
        now = Handling(line.holder_staff, line.holder_window, actor.store.local(line.held_since))
        found.append(FormPaper(line, handling(taken), handling(received), now))
    return tuple(found)


def _lasting(moves: list[CustodyMove]) -> list[CustodyMove]:
    """The moves of one paper without those that were undone: an undone one has its step's key twice."""
    keys = [move.step for move in moves if move.step is not None]
    return [move for move in moves if move.step is None or keys.count(move.step) == 1]


def _hand_backs(actor: Actor, ticket_id: UUID) -> tuple[FormHandBack, ...]:
    rows = list(
        HandBack.select()
        .where(HandBack.ticket == ticket_id, HandBack.undone_at.is_null())
        .order_by(HandBack.at, HandBack.id)
    )
    names = _names(key for row in rows for key in (row.staff_id, row.second_staff_id))
    return tuple(
        FormHandBack(
            at=actor.store.local(row.at),
            proof=row.proof,
            staff=names.get(row.staff_id, ""),
            collector=row.collector,
            reason=row.reason,
            second=names.get(row.second_staff_id, ""),
            papers=row.papers,
        )
        for row in rows
    )
