"""The one box: what a scan or a few typed characters mean, among tickets, papers, matters and notices.

A code that was changed on its way, or that another hall printed, is said to be that, and nothing is looked up with it.

Asked at every key press, so nothing here grows with the years: open tickets, today's, and papers that are out are
looked through in memory; everything else is found by an index: a receipt by day and number, a number by its day, a
whole phone number, a notice by its code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import (
    codes,
    custody,
    identity,
    matters,
    missing_notices,
    pinyin,
    privacy,
    ticket_cards,
)
from hall_desk.services.pinyin import Rank
from hall_desk.store.models import Paper, Staff, Ticket, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hall_desk.services.accounts import Actor
    from hall_desk.services.custody import PaperLine
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.missing_notices import Notice
    from hall_desk.services.ticket_cards import Card

MOST_OF_A_KIND = 8
# Open tickets and today's; a hall that has more of them than this has other worries than its search field.
MOST_NEAR = 2000
# How far back a bare number is looked for when no day is said.
NUMBER_DAYS = 31
MOST_OF_PHONE = 100
SHORTEST_TAIL = 3

_NUMBER = re.compile(r"([A-Z])(\d{1,5})")
_TAIL = re.compile(rf"\d{{{SHORTEST_TAIL},12}}")
_DAY = re.compile(r"(?:(\d{4})[-./年]?)?(\d{1,2})[-./月]?(\d{1,2})日?")
_YESTERDAY = {"昨天", "昨日", "YESTERDAY"}


@dataclass(frozen=True)
class TicketHit:
    """`found_by` is receipt, ticket (another paper of it), number, id_number, name, phone or day.

    `proof` is the receipt's code where one was scanned.
    """

    card: Card
    found_by: str
    rank: Rank
    proof: str = ""


@dataclass(frozen=True)
class PaperHit:
    """A paper that is out: which, in whose hands, and the ticket of whose it is."""

    paper: PaperLine
    card: Card
    rank: Rank


@dataclass(frozen=True)
class MatterHit:
    matter: MatterLine
    rank: Rank


@dataclass(frozen=True)
class NoticeHit:
    notice: Notice
    rank: Rank


Hit = TicketHit | PaperHit | MatterHit | NoticeHit


@dataclass(frozen=True)
class Found:
    """Everything that fits, by kind; each kind best first, and the kinds by their best hit.

    `meant` is what the text can only be: receipt, ticket (another paper of one), number or notice; misread, or
    other_hall_receipt, other_hall_ticket, other_hall_notice; id_number; empty for words that are searched for.
    Of an ID number `text` has the masked form.
    """

    text: str
    meant: str
    groups: tuple[tuple[Hit, ...], ...]

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(hit for group in self.groups for hit in group)


def search(actor: Actor, text: str, limit: int = MOST_OF_A_KIND) -> Found:
    """What fits the text typed so far, at most `limit` of each kind that this actor may see.

    Understood are a receipt's code, a ticket's number (with a day for one that is closed: `A018 2-20`), a name in
    characters, pinyin or initials, the tail of a phone number, a paper's name or holder, a matter, a notice's code,
    and a whole ID number, which is found by its fingerprint and kept nowhere. Raises BadInput `id_number` for one that
    no card has, HallKeyUnusable where this PC cannot look for it.
    """
    actor.needs("tickets.read")
    wanted = folded(text)
    if not wanted:
        return Found(text, "", ())
    if privacy.looks_like_id(text):
        return _by_id_number(actor, text, limit)
    exact = _exact(actor, text, wanted, limit)
    if exact is not None and (exact.meant != "number" or exact.groups):
        return exact
    with actor.store.reading():
        groups: list[Sequence[Hit]] = [_tickets(actor, text, wanted, limit)]
        if actor.may("custody.read"):
            groups.append(_papers(actor, text, limit))
    if actor.may("missing_notices.read") and _TAIL.fullmatch(wanted):
        found = missing_notices.by_phone(actor, wanted, limit=limit)
        groups.append([NoticeHit(notice, Rank.EXACT) for notice in found])
    if actor.may("matters.read"):
        groups.append(_matters(actor, text, limit))
    return _ordered(text, exact.meant if exact else "", groups)


def _by_id_number(actor: Actor, text: str, limit: int) -> Found:
    hits = [TicketHit(card, "id_number", Rank.EXACT) for card in identity.find(actor, text, limit)]
    return _ordered(privacy.mask_ids(text), "id_number", [hits])


def scanned(actor: Actor, text: str, limit: int = MOST_OF_A_KIND) -> Found:
    """What a scanned code stands for: a receipt, another paper of a ticket, its number, a notice. No guess by name.

    A code that is none of these, or that nothing in this hall has, finds nothing; `Found.meant` says why.
    """
    actor.needs("tickets.read")
    wanted = folded(text)
    found = _exact(actor, text, wanted, limit) if wanted else None
    if found is None and codes.looks_like_ours(wanted):
        return Found(text, "misread", ())
    return found or Found(text, "", ())


def is_code(text: str) -> bool:
    """Whether a text is a code that Hall Desk prints, read right: of a ticket or a notice, or a ticket's number."""
    wanted = folded(text)
    if _NUMBER.fullmatch(wanted):
        return True
    try:
        if codes.read(wanted) is None:
            missing_notices.read_code(wanted)
    except errors.BadInput:
        return False
    return True


def is_receipt(text: str) -> bool:
    """Whether a text is the code of a receipt, of whatever hall, read right."""
    try:
        code = codes.read(text)
    except errors.BadInput:
        return False
    return code is not None and code.kind == "receipt"


def folded(code: str) -> str:
    """What was scanned or typed, as codes are compared: plain capitals, without what scanners and input methods add."""
    return codes.plain(code)


def _ordered(text: str, meant: str, groups: Iterable[Sequence[Hit]]) -> Found:
    some = [tuple(group) for group in groups if group]
    return Found(text, meant, tuple(sorted(some, key=lambda group: group[0].rank)))


# --- codes -------------------------------------------------------------------------------------------


def _exact(actor: Actor, text: str, wanted: str, limit: int) -> Found | None:
    """What a text means that can only be a code; None when it is none."""
    try:
        code = codes.read_own(wanted, actor.hall_id)
    except errors.BadInput as error:
        if error.reason == "not_whole":
            # Half typed it is no mistake yet; that a scan of it finds nothing is said by `scanned`.
            return None
        other = error.reason == "other_hall"
        return Found(text, f"other_hall_{error.facts['kind']}" if other else "misread", ())
    if code is not None and code.kind != "notice":
        return _ordered(text, code.kind, [_by_code(actor, wanted)])
    if missing_notices.looks_like_code(wanted):
        if not actor.may("missing_notices.read"):
            return Found(text, "notice", ())
        try:
            notice = missing_notices.find(actor, wanted)
        except errors.BadInput:
            return Found(text, "misread", ())
        except errors.NotFound:
            return Found(text, "notice", ())
        return _ordered(text, "notice", [[NoticeHit(notice, Rank.EXACT)]])
    head, _space, rest = wanted.partition(" ")
    number = _NUMBER.fullmatch(head)
    if number:
        told = f"{number[1]}{int(number[2]):03d}"
        if not rest.strip():
            return _ordered(text, "number", [_by_number(actor, told, limit)])
        day = read_day(rest, actor.store.today())
        if day is not None:
            return _ordered(text, "number", [_by_number(actor, told, limit, day)])
    return None


def read_day(text: str, today: date) -> date | None:
    """A day as it is typed behind a number: `2020-02-20`, `20200220`, `2-20`, `0220`, `2月20日`, `昨天`.

    Without a year it is the latest such day up to today. None for anything else.
    """
    plain = privacy.folded(text).replace(" ", "").upper()
    if plain in _YESTERDAY:
        return today - timedelta(days=1)
    found = _DAY.fullmatch(plain)
    if found is None:
        return None
    try:
        if found[1]:
            return date(int(found[1]), int(found[2]), int(found[3]))
        day = date(today.year, int(found[2]), int(found[3]))
        return day if day <= today else day.replace(year=today.year - 1)
    except ValueError:
        return None


def _by_code(actor: Actor, code: str) -> list[TicketHit]:
    """The ticket of a receipt, which is proof, or of another paper, which is none."""
    found = ticket_cards.by_code(actor, code)
    if found is None:
        return []
    card, receipt = found
    found_by = "receipt" if receipt else "ticket"
    return [TicketHit(card, found_by, Rank.EXACT, proof=code if receipt else "")]


# Fixed text, in which SQLite sees that the index of open tickets serves it.
_NUMBERED = (
    "SELECT id FROM ticket WHERE hall_id = ? AND service_day = ? AND number = ? "
    "UNION SELECT id FROM ticket WHERE hall_id = ? AND state <> 'closed' AND number = ? LIMIT ?"
)


def _by_number(actor: Actor, number: str, limit: int, day: date | None = None) -> list[TicketHit]:
    """Tickets with this number: of that day; or without one those open and today's, else of the last month."""
    today = actor.store.today()
    hall = actor.hall_id.hex
    with actor.store.reading():
        keys: list[Any] = []
        if day is None:
            keys = actor.store.execute(
                _NUMBERED, (hall, today.isoformat(), number, hall, number, limit)
            ).fetchall()
        if keys:
            where = Ticket.id.in_([_key(key) for (key,) in keys])
        else:
            # Day by day, so that the index of day and number finds them.
            days = [day] if day else [today - timedelta(n) for n in range(1, NUMBER_DAYS + 1)]
            where = (
                (Ticket.hall == actor.hall_id)
                & Ticket.service_day.in_(days)
                & (Ticket.number == number)
            )
        rows = list(
            ticket_cards.selected().where(where).order_by(Ticket.service_day.desc()).limit(limit)
        )
        return [TicketHit(card, "number", Rank.EXACT) for card in ticket_cards.cards(rows)]


# --- words -------------------------------------------------------------------------------------------

_NEAR = (
    "SELECT id, name, phone, opened_at FROM ticket WHERE hall_id = ? AND state <> 'closed' "
    "UNION SELECT id, name, phone, opened_at FROM ticket WHERE hall_id = ? AND service_day = ? "
    "ORDER BY opened_at DESC LIMIT ?"
)

# Without the hall: given both, SQLite reads all tickets of the hall instead of the few of the phone.
_OF_PHONE = "SELECT id, hall_id FROM ticket WHERE phone = ? ORDER BY opened_at DESC LIMIT ?"


@lru_cache(maxsize=2)
def _index(entries: tuple[tuple[Any, str, str, str], ...]) -> pinyin.Index[Any]:
    # The same tickets are looked through at every key press.
    return pinyin.Index(entries)


def _tickets(actor: Actor, text: str, wanted: str, limit: int) -> list[TicketHit]:
    hall = actor.hall_id.hex
    today = actor.store.today()
    found: dict[UUID, tuple[str, Rank]] = {}
    day = read_day(wanted, today) if re.search(r"[-./年月]", wanted) else None
    if day is not None:
        rows = (
            Ticket.select(Ticket.id)
            .where(Ticket.hall == actor.hall_id, Ticket.service_day == day)
            .order_by(Ticket.number.desc())
            .limit(limit)
            .tuples()
        )
        found = {key: ("day", Rank.INSIDE) for (key,) in rows}
    else:
        near = actor.store.execute(_NEAR, (hall, hall, today.isoformat(), MOST_NEAR)).fetchall()
        if _TAIL.fullmatch(wanted):
            found = _by_phone(actor, wanted, near, limit)
        else:
            names = tuple((key, name, "", "") for key, name, _phone, _at in near)
            ranked = _index(names).ranked(text)[:limit]
            found = {_key(key): ("name", rank) for rank, key in ranked}
    rows = list(ticket_cards.selected().where(Ticket.id.in_(list(found)))) if found else []
    order = {key: place for place, key in enumerate(found)}
    rows.sort(key=lambda row: order[row.id])
    return [TicketHit(card, *found[card.id]) for card in ticket_cards.cards(rows)]


def _by_phone(
    actor: Actor, digits: str, near: Sequence[Any], limit: int
) -> dict[UUID, tuple[str, Rank]]:
    found: dict[UUID, tuple[str, Rank]] = {}
    for key, _name, phone, _at in near:
        plain = phone.replace("-", "")
        if plain.endswith(digits):
            rank = Rank.EXACT if plain == digits else Rank.NAME_PREFIX
            found[_key(key)] = ("phone", rank)
    if len(digits) >= 7:
        # A whole number finds what is closed as well; a tail would read every ticket there ever was.
        for key, hall in actor.store.execute(_OF_PHONE, (digits, MOST_OF_PHONE)).fetchall():
            if _key(hall) == actor.hall_id:
                found.setdefault(_key(key), ("phone", Rank.EXACT))
    return dict(list(found.items())[:limit])


def _papers(actor: Actor, text: str, limit: int) -> list[PaperHit]:
    """Papers that are out, by their name or by who has them; with a second word also by whose they are."""
    rows = list(
        Paper.select(Paper.id, Paper.name, Staff.name, Ticket.name)
        .join(Staff, "LEFT OUTER JOIN", on=(Paper.holder_staff == Staff.id))
        .switch(Paper)
        .join(Ticket, on=(Paper.ticket == Ticket.id))
        .where(
            Paper.hall == actor.hall_id,
            Paper.holder.in_(custody.OUT),
            Paper.shared_with.is_null(),
        )
        .order_by(Paper.held_since)
        .limit(MOST_NEAR)
        .tuples()
    )
    several = len(text.split()) > 1
    entries = tuple(
        (key, name, " ".join(filter(None, (holder, resident if several else ""))), "")
        for key, name, holder, resident in rows
    )
    ranks = {key: rank for rank, key in _index_of_papers(entries).ranked(text)[:limit]}
    if not ranks:
        return []
    lines = list(
        Paper.select(Paper, Staff, Window)
        .join(Staff, "LEFT OUTER JOIN", on=(Paper.holder_staff == Staff.id))
        .switch(Paper)
        .join(Window, "LEFT OUTER JOIN", on=(Paper.holder_window == Window.id))
        .where(Paper.id.in_(list(ranks)))
    )
    whose = ticket_cards.selected().where(Ticket.id.in_({row.ticket_id for row in lines}))
    of_ticket = {card.id: card for card in ticket_cards.cards(list(whose))}
    order = {key: place for place, key in enumerate(ranks)}
    lines.sort(key=lambda row: order[row.id])
    return [
        PaperHit(custody.paper_line(row), of_ticket[row.ticket_id], ranks[row.id]) for row in lines
    ]


@lru_cache(maxsize=2)
def _index_of_papers(entries: tuple[tuple[Any, str, str, str], ...]) -> pinyin.Index[Any]:
    return pinyin.Index(entries)


def _matters(actor: Actor, text: str, limit: int) -> list[MatterHit]:
    hits = []
    for line in matters.search(actor, text, limit):
        rank = pinyin.matches(text, line.name, "", line.code)
        # What fits neither by name nor by code fits by a nickname.
        hits.append(MatterHit(line, Rank.NICKNAME if rank is None else rank))
    return hits


def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
