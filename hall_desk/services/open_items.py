"""What is still open at the end of a day, of every kind that a day's closing looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.store.models import Callback, Incident, Matter, Paper, Rating, Staff, Ticket, Window

# A hall that has more of one kind open at night has not been closed for weeks.
MOST_ITEMS = 1000
KINDS = ("ticket", "paper", "callback", "incident", "follow_up")


@dataclass(frozen=True)
class OpenItem:
    """One thing that is still open. `since` is when it began, or for a callback and a follow-up when it was due.

    `number` is the ticket's (for a callback the window's), `what` the matter, the paper, an incident's kind or a
    rating's grade, `who` the resident (a callback without a name: the masked phone; an incident: the place), `state`
    a ticket's or callback's state or a paper's holder, `hands` the window and the clerk. `reason` is why it was
    carried over the last time.
    """

    kind: str
    id: UUID
    ticket_id: UUID | None
    number: str
    what: str
    who: str
    state: str
    window_number: str
    staff: str
    since: datetime
    count: int = 1
    reason: str = ""

    @property
    def key(self) -> tuple[str, UUID]:
        return (self.kind, self.id)


def of_day(actor: Actor, day: date) -> list[OpenItem]:
    """What is open of `day` and of days before it; the caller has a transaction open."""
    end = actor.store.start_of(day + timedelta(days=1))
    return [
        *_tickets(actor, day),
        *_papers(actor, day),
        *_callbacks(actor, end),
        *_incidents(actor, day),
        *_follow_ups(actor, end),
    ]


def names(keys: set[UUID]) -> dict[UUID, str]:
    """What each of the things with these keys is called, as `OpenItem.what`."""
    if not keys:
        return {}
    asked = (
        Ticket.select(Ticket.id, Matter.name).join(Matter).where(Ticket.id.in_(keys)),
        Paper.select(Paper.id, Paper.name).where(Paper.id.in_(keys)),
        Callback.select(Callback.id, Matter.name).join(Matter).where(Callback.id.in_(keys)),
        Incident.select(Incident.id, Incident.kind).where(Incident.id.in_(keys)),
        Rating.select(Rating.id, Rating.grade.cast("TEXT")).where(Rating.id.in_(keys)),
    )
    return {key: name for query in asked for key, name in query.tuples()}


# Fixed text, in which SQLite too sees that the indexes `ticket_open` and `paper_out` serve it; NOT keeps it from
# walking through every day there ever was.
_OPEN_TICKETS = (
    "SELECT id FROM ticket WHERE hall_id = ? AND state != 'closed' AND NOT service_day > ? "
    "ORDER BY opened_at, id LIMIT ?"
)
_ORIGINALS_OUT = (
    "SELECT p.id FROM paper p JOIN ticket t ON t.id = p.ticket_id WHERE p.hall_id = ? "
    "AND p.holder IN ('desk', 'runner', 'window') AND p.original AND p.shared_with_id IS NULL "
    "AND t.service_day <= ? ORDER BY t.opened_at, t.id, p.position LIMIT ?"
)


def _keys(actor: Actor, sql: str, day: date) -> list[UUID]:
    rows = actor.store.execute(sql, (actor.hall_id.hex, day.isoformat(), MOST_ITEMS)).fetchall()
    return [key if isinstance(key, UUID) else UUID(key) for (key,) in rows]


def _tickets(actor: Actor, day: date) -> Iterable[OpenItem]:
    rows = (
        Ticket.select(Ticket, Matter, Window)
        .join(Matter)
        .switch(Ticket)
        .join(Window)
        .where(Ticket.id.in_(_keys(actor, _OPEN_TICKETS, day)))
        .order_by(Ticket.opened_at, Ticket.id)
    )
    for row in rows:
        yield OpenItem(
            "ticket", row.id, row.id, row.number, row.matter.name, row.name, row.state,
            row.window.number, "", row.opened_at,
        )  # fmt: skip


def _papers(actor: Actor, day: date) -> Iterable[OpenItem]:
    """Originals that are out. Copies stand behind their ticket's reason."""
    rows = (
        Paper.select(Paper, Ticket, Staff, Window)
        .join(Ticket)
        .switch(Paper)
        .join(Staff, "LEFT OUTER JOIN", on=(Paper.holder_staff == Staff.id))
        .switch(Paper)
        .join(Window, "LEFT OUTER JOIN", on=(Paper.holder_window == Window.id))
        .where(Paper.id.in_(_keys(actor, _ORIGINALS_OUT, day)))
        .order_by(Ticket.opened_at, Paper.ticket, Paper.position)
    )
    for row in rows:
        yield OpenItem(
            "paper", row.id, row.ticket_id, row.ticket.number, row.name, row.ticket.name, row.holder,
            row.holder_window.number if row.holder_window_id else "",
            row.holder_staff.name if row.holder_staff_id else "", row.held_since, row.count,
        )  # fmt: skip


def _callbacks(actor: Actor, end: datetime) -> Iterable[OpenItem]:
    rows = (
        Callback.select(Callback, Window, Matter)
        .join(Window)
        .switch(Callback)
        .join(Matter, "LEFT OUTER JOIN")
        .where(
            Callback.hall == actor.hall_id,
            Callback.settled_at.is_null(),
            Callback.due_at < end,
        )
        .order_by(Callback.due_at, Callback.id)
        .limit(MOST_ITEMS)
    )
    for row in rows:
        yield OpenItem(
            "callback", row.id, row.ticket_id, row.window.number,
            row.matter.name if row.matter_id else "",
            row.name or privacy.mask_phone(row.phone), row.state, row.window.number, "", row.due_at,
        )  # fmt: skip


def _incidents(actor: Actor, day: date) -> Iterable[OpenItem]:
    rows = (
        Incident.select(Incident, Staff)
        .join(Staff)
        .where(
            Incident.hall == actor.hall_id, Incident.state == "open", Incident.service_day <= day
        )
        .order_by(Incident.at, Incident.id)
        .limit(MOST_ITEMS)
    )
    for row in rows:
        yield OpenItem(
            "incident", row.id, row.ticket_id, "", row.kind, row.place, row.state, "", row.staff.name,
            row.at,
        )  # fmt: skip


def _follow_ups(actor: Actor, end: datetime) -> Iterable[OpenItem]:
    rows = (
        Rating.select(Rating, Ticket, Window)
        .join(Ticket, "LEFT OUTER JOIN")
        .switch(Rating)
        .join(Window, "LEFT OUTER JOIN", on=(Rating.window == Window.id))
        .where(
            Rating.hall == actor.hall_id,
            Rating.followed_up_at.is_null(),
            Rating.follow_up_due_at.is_null(False),
            Rating.follow_up_due_at < end,
        )
        .order_by(Rating.follow_up_due_at, Rating.id)
        .limit(MOST_ITEMS)
    )
    for row in rows:
        yield OpenItem(
            "follow_up", row.id, row.ticket_id, row.ticket.number if row.ticket_id else "",
            str(row.grade), row.ticket.name if row.ticket_id else "", "",
            row.window.number if row.window_id else "", "", row.follow_up_due_at,
        )  # fmt: skip
