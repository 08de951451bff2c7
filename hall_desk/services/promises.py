"""The promise clock: which tickets are about to be late, or are, so that somebody sees to them in time.

A promise falls due the promised minutes after intake; while a ticket is suspended its clock stands still. It is kept
when the result is back at the desk by then, as `services.figures` counts it. How long a newcomer will wait is
`ticket_cards.expectation`: from the medians of recent cases of that matter at that window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.services import halls, ticket_cards
from hall_desk.store.models import Ticket

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.ticket_cards import Card

MOST_SHOWN = 50
MOST_MINUTES = 24 * 60

# Fixed text, in which both engines see that the index `ticket_due` serves it.
_SOONEST = (
    "SELECT id FROM ticket WHERE hall_id = ? AND state IN ('queued', 'handling') "
    "ORDER BY due_at LIMIT ?"
)
_SOONEST_AT_WINDOW = (
    "SELECT id FROM ticket WHERE hall_id = ? AND state IN ('queued', 'handling') "
    "AND window_id = ? ORDER BY due_at LIMIT ?"
)


@dataclass(frozen=True)
class PromiseClock:
    """The tickets waiting or in hand whose promises fall due first, soonest first; `more` when there are others.

    It stays right while time goes by, so a screen asks again only when a ticket changed. `minutes` before its promise
    falls due a ticket counts as about to break it.
    """

    cards: tuple[Card, ...]
    minutes: int
    more: bool

    def about_to_break(self, now: datetime) -> tuple[Card, ...]:
        """Those that are about to be late, or are: the longest due first."""
        until = now + timedelta(minutes=self.minutes)
        return tuple(card for card in self.cards if card.due_at <= until)

    def over(self, now: datetime) -> int:
        """How many are late already. A promise kept to the second is kept."""
        return sum(card.due_at < now for card in self.cards)


def clock(actor: Actor, window_id: UUID | None = None, limit: int = MOST_SHOWN) -> PromiseClock:
    """The promise clock of the hall or of one window; a window's clerk has that of the own window only.

    How early a ticket comes up is the hall setting `promise_warning_minutes`.
    """
    actor.needs("tickets.read")
    store = actor.store
    window_id = actor.window_id or window_id
    with store.reading():
        hall = actor.hall_id.hex
        if window_id is None:
            rows = store.execute(_SOONEST, (hall, limit + 1))
        else:
            rows = store.execute(_SOONEST_AT_WINDOW, (hall, window_id.hex, limit + 1))
        keys = [_key(key) for (key,) in rows.fetchall()]
        found = ticket_cards.selected().where(Ticket.id.in_(keys[:limit])) if keys else []
        cards = sorted(ticket_cards.cards(list(found)), key=lambda card: (card.due_at, card.id))
        minutes = min(MOST_MINUTES, halls.load_settings(actor.hall_id).promise_warning_minutes)
    return PromiseClock(tuple(cards), minutes, more=len(keys) > limit)


def seconds_left(card: Card, now: datetime) -> int:
    """Seconds until the promise falls due; negative when it is broken. For a ticket that waits or is in hand."""
    return int((card.due_at - now).total_seconds() // 1)


def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
