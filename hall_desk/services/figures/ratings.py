"""Figures of what residents thought of the service: five grades, the low ones and their follow-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hall_desk.services import ratings
from hall_desk.services.figures import counting
from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.services.figures.counting import Count
from hall_desk.store.models import Rating, Ticket, Window

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class LowRating:
    """A low grade; `number` is the ticket's, `followed_up_at` None while nobody had looked into it."""

    at: datetime
    grade: int
    reasons: tuple[str, ...]
    number: str
    window_number: str
    due_at: datetime
    followed_up_at: datetime | None


@dataclass(frozen=True)
class RatingFigures:
    """Ratings given on the day, 5 first; `satisfied` are the three upper grades. `low` are the day's low ones; of all
    low ones `waiting` had not been followed up at the day's end, `late` of them past their deadline."""

    total: int
    satisfied: int
    by_grade: tuple[Count, ...]
    low: tuple[LowRating, ...]
    waiting: int
    late: int


def count(day: Day) -> tuple[RatingFigures, list[Attention]]:
    rows = list(
        Rating.select(Rating, Ticket, Window)
        .join(Ticket, "LEFT OUTER JOIN", on=(Rating.ticket == Ticket.id))
        .switch(Rating)
        .join(Window, "LEFT OUTER JOIN", on=(Rating.window == Window.id))
        .where(Rating.hall == day.hall_id, Rating.service_day == day.day)
        .order_by(Rating.at, Rating.id)
    )
    low = tuple(
        LowRating(
            at=day.local(row.at),
            grade=row.grade,
            reasons=tuple(row.reasons.split()),
            number=row.ticket.number if row.ticket_id else "",
            window_number=row.window.number if row.window_id else "",
            due_at=day.local(row.follow_up_due_at),
            followed_up_at=day.before_end(row.followed_up_at),
        )
        for row in rows
        if row.follow_up_due_at is not None
    )
    due = [
        at
        for part in (Rating.followed_up_at.is_null(), Rating.followed_up_at >= day.end)
        for (at,) in Rating.select(Rating.follow_up_due_at)
        .where(
            Rating.hall == day.hall_id,
            Rating.follow_up_due_at.is_null(False),
            part,
            Rating.at < day.end,
        )
        .tuples()
    ]
    late = sum(at < day.moment for at in due)
    figures = RatingFigures(
        total=day.totals.rated,
        satisfied=day.totals.satisfied,
        by_grade=counting.by_code(
            (str(row.grade) for row in rows), [str(g) for g in ratings.GRADES]
        ),
        low=low,
        waiting=len(due),
        late=late,
    )
    attention = [
        Attention(
            "low_rating",
            {
                "grade": line.grade,
                "reasons": list(line.reasons),
                "number": line.number,
                "window": line.window_number,
                "due": f"{line.due_at:%m-%d}",
            },
        )
        for line in low
        if line.followed_up_at is None
    ][:MOST]
    if late:
        attention.append(Attention("follow_ups_late", {"count": late}))
    return figures, attention
