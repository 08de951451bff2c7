"""The staffing mirror: how long tickets waited by hour against how many people were on post, and what one more would
have changed.

**How it is computed.** Every time a ticket lay in a queue until somebody took it is one *wait*; from then until it was
let go again it occupied one person of its window, and one of the proxy post, who goes with it. Arrivals, order and
handling times of the day are kept and replayed with the people that were on post, and with one more in some hours.
What the two replays differ by is taken off the waits as they really were; a promise is kept when the turnaround that is
left is not longer than promised (as in `services.figures`).

**How sure it is.** The error is how far the replay with the real number of people is from what happened: the median
of the differences. Beyond `MOST_ERROR_S` the day did not run as the replay assumes (people did several things at once,
say), and nothing is claimed. The range of the promises gained is that of 200 draws of as many of these tickets
(bootstrap, fixed seed): nine of ten lie in it; where it begins below one, nothing is claimed, nor below `ENOUGH`
tickets. Not known, and so not in it, are residents who wait before intake and tickets that nobody has taken yet.
"""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import queue_replay
from hall_desk.services.figures import spans
from hall_desk.services.figures.counting import median, percentile
from hall_desk.services.figures.spans import moment_of
from hall_desk.services.queue_replay import Job, Turn
from hall_desk.store.models import Shift, Window

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor

# Tickets that a sentence about some hours must stand on.
ENOUGH = 8
MOST_ERROR_S = 60
# One more person is asked for a few hours, not for the day; each hour more must hold at least one more promise.
LONGEST_HOURS = 3
DRAWS = 200


@dataclass(frozen=True)
class Wait:
    """A ticket that lay in a queue for `seconds`, and then was in hand for `handled` seconds.

    `at` is when it came there, `rank` orders the queue, `promised` are the seconds its resident was told.
    """

    ticket: UUID
    window: UUID
    at: datetime
    seconds: float
    handled: float
    rank: datetime
    promised: float


@dataclass(frozen=True)
class HourLine:
    """One hour: how many tickets came, how long they waited, how many people were on post on average.

    `people` is None where nobody was put on this post all day.
    """

    hour: int
    tickets: int
    median_seconds: float | None
    longest_seconds: float | None
    people: float | None


@dataclass(frozen=True)
class OneMore:
    """What one more person from `first_hour` until `end_hour` would have changed for the tickets that came then.

    `verdict` is `gain`; or why nothing is said: `no_gain`, `too_few` (tickets), `no_posts` (nobody was put on the
    post), `does_not_fit` (the replay is too far from what happened), `unsure` (it may be chance). Of `tickets` finished
    ones `kept` kept their promise and `kept_then` would have, between `low` and `high` more. Waits are medians, in
    seconds.
    """

    verdict: str
    tickets: int
    error_seconds: float | None = None
    first_hour: int = 0
    end_hour: int = 0
    kept: int = 0
    kept_then: int = 0
    low: int = 0
    high: int = 0
    wait_seconds: float = 0.0
    wait_then_seconds: float = 0.0


@dataclass(frozen=True)
class Place:
    """The proxy post (`window_id` None), or a window."""

    window_id: UUID | None
    number: str
    name: str
    hours: tuple[HourLine, ...]
    tickets: int
    one_more: OneMore


@dataclass(frozen=True)
class Mirror:
    """A day's waits; the proxy post first, then the windows that had something to do, in their order."""

    day: date
    places: tuple[Place, ...]

    @property
    def best(self) -> Place | None:
        """Where one more person would have held most promises; None when nowhere any can be told."""
        gains = [place for place in self.places if place.one_more.verdict == "gain"]
        return max(
            gains, key=lambda place: place.one_more.kept_then - place.one_more.kept, default=None
        )


def of_day(actor: Actor, day: date) -> Mirror:
    """The mirror of a service day; of the running day as far as it has come. Raises DayNotOver for a day ahead."""
    actor.needs("figures.read")
    store = actor.store
    store.need_server()
    if day > store.today():
        raise errors.DayNotOver(day=day)
    with store.reading():
        found = _waits(actor, day)
        turns = _turns(actor, day)
        start, end = store.start_of(day), store.start_of(day + timedelta(days=1))
        done = spans.between(actor, start, end)
        rows = Window.select().where(Window.hall == actor.hall_id)
        windows = list(rows.order_by(Window.position, Window.number))
    took = {UUID(one.ticket): one.seconds for one in done}

    def place(window: Window | None) -> Place:
        key, number = (window.id, window.number) if window is not None else (None, "")
        own = [one for one in found if key in (None, one.window)]
        queue = _Queue(day, number, start, own, turns[key], took, lambda at: store.local(at).hour)
        name = window.name if window is not None else ""
        return Place(key, number, name, queue.by_hour(), len(own), queue.one_more())

    busy = {one.window for one in found}
    return Mirror(day, (place(None), *(place(window) for window in windows if window.id in busy)))


def waits(actor: Actor, day: date, hour: int, window_id: UUID | None) -> list[Wait]:
    """The waits of tickets that came to the proxy post, or to a window, in one hour of a day: those of `HourLine`."""
    actor.needs("figures.read")
    store = actor.store
    with store.reading():
        return [
            one
            for one in _waits(actor, day)
            if store.local(one.at).hour == hour and window_id in (None, one.window)
        ]


# --- reading -------------------------------------------------------------------------------------

# By way of the day's tickets, so that the years before are not touched.
_CLAIMS = (
    "SELECT t.id, t.opened_at, t.queue_rank, t.promised_minutes, c.window_id, c.claimed_at, c.ended_at, c.ended_how "
    "FROM ticket t JOIN claim c ON c.ticket_id = t.id "
    "WHERE t.hall_id = ? AND t.service_day = ? AND (c.ended_how IS NULL OR c.ended_how <> 'undone') "
    "ORDER BY t.id, c.claimed_at, c.id"
)
# After these a ticket lies in a queue again; after the others whoever has it goes on with it.
_QUEUED_AGAIN = ("released", "transferred")


def _waits(actor: Actor, day: date) -> list[Wait]:
    """The waits of the tickets taken in on the day, in the order they came to a queue."""
    store = actor.store
    end = store.start_of(day + timedelta(days=1))
    until = min(end, store.now())
    rows = store.execute(_CLAIMS, (actor.hall_id.hex, day.isoformat())).fetchall()
    found = []
    before: tuple[UUID, datetime | None, str | None] | None = None
    for ticket, opened_at, rank, promised, window, claimed, ended, how in rows:
        key, claimed_at = _key(ticket), moment_of(claimed)
        ended_at = moment_of(ended) if ended else None
        came: datetime | None = moment_of(opened_at)
        if before is not None and before[0] == key:
            came = before[1] if before[2] in _QUEUED_AGAIN else None
        before = (key, ended_at, how)
        if came is None or claimed_at >= end:
            continue
        handled = (min(ended_at or until, until) - claimed_at).total_seconds()
        seconds = (claimed_at - came).total_seconds()
        found.append(
            Wait(
                key,
                _key(window),
                came,
                max(0.0, seconds),
                max(0.0, handled),
                moment_of(rank),
                promised * 60.0,
            )
        )
    return sorted(found, key=lambda one: (one.at, one.ticket))


def _turns(actor: Actor, day: date) -> dict[UUID | None, list[tuple[datetime, datetime]]]:
    """When somebody stood at the proxy post (None) or at a window."""
    store = actor.store
    until = min(store.start_of(day + timedelta(days=1)), store.now())
    found: dict[UUID | None, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in Shift.select(Shift.post, Shift.window, Shift.started_at, Shift.ended_at).where(
        Shift.hall == actor.hall_id,
        Shift.service_day == day,
        Shift.post.in_(["proxy", "window"]),
    ):
        found[row.window_id].append((row.started_at, min(row.ended_at or until, until)))
    return found


def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


# --- replaying -----------------------------------------------------------------------------------


class _Queue:
    """The waits of one post on one day. `took` has the turnaround of the tickets that were finished on it."""

    def __init__(
        self,
        day: date,
        name: str,
        start: datetime,
        waits: Sequence[Wait],
        turns: Sequence[tuple[datetime, datetime]],
        took: Mapping[UUID, float],
        hour: Callable[[datetime], int],
    ) -> None:
        self.waits = waits
        self.took = took
        self.hours = [hour(one.at) for one in waits]
        self._seed = f"{day} {name}"

        def seconds(moment: datetime) -> float:
            return (moment - start).total_seconds()

        self._turns = [Turn(seconds(since), seconds(until)) for since, until in turns]
        self._jobs = [Job(seconds(one.at), seconds(one.rank), one.handled) for one in waits]

    def by_hour(self) -> tuple[HourLine, ...]:
        """From the first hour in which a ticket came to the last."""
        of_hour: dict[int, list[float]] = defaultdict(list)
        for hour, one in zip(self.hours, self.waits, strict=True):
            of_hour[hour].append(one.seconds)
        span = range(min(of_hour), max(of_hour) + 1) if of_hour else range(0)
        return tuple(
            HourLine(
                hour,
                len(of_hour[hour]),
                median(of_hour[hour]),
                max(of_hour[hour], default=None),
                self._people(hour),
            )
            for hour in span
        )

    def _people(self, hour: int) -> float | None:
        if not self._turns:
            return None
        start, end = hour * 3600.0, hour * 3600.0 + 3600.0
        # Of an hour that is not over, the part there has been.
        end = max(start + 1.0, min(end, max(turn.end for turn in self._turns)))
        there = sum(max(0.0, min(turn.end, end) - max(turn.start, start)) for turn in self._turns)
        return round(there / (end - start), 1)

    # --- one more ----------------------------------------------------------------------------------

    def one_more(self) -> OneMore:
        """The few hours in which one more person would have held most promises."""
        measured = sum(one.ticket in self.took for one in self.waits)
        if measured < ENOUGH:
            return OneMore("too_few", measured)
        if not self._turns:
            return OneMore("no_posts", measured)
        replayed = queue_replay.waits(self._jobs, queue_replay.levels(self._turns))
        error = statistics.median(
            abs(then - one.seconds) for then, one in zip(replayed, self.waits, strict=True)
        )
        if error > MOST_ERROR_S:
            return OneMore("does_not_fit", measured, round(error, 1))
        said = [
            one
            for length in range(1, LONGEST_HOURS + 1)
            for first in sorted(set(self.hours))
            if (one := self._with_one_more(replayed, first, first + length)) is not None
        ]
        if not said:
            return OneMore("too_few", measured, round(error, 1))
        best = max(said, key=_worth)
        if _gain(best) < 1:
            return OneMore("no_gain", measured, round(error, 1))
        low, high = self._range(replayed, best)
        if low < 1:
            return OneMore("unsure", best.tickets, round(error, 1))
        return replace(best, error_seconds=round(error, 1), low=low, high=high)

    def _with_one_more(self, replayed: Sequence[float], first: int, end: int) -> OneMore | None:
        """What one more person from `first` to `end` changes; None when too few tickets came then to say it."""
        inside = self._inside(first, end)
        if len(inside) < ENOUGH:
            return None
        then = queue_replay.waits(self._jobs, self._more(first, end))
        kept = sum(self.took[one.ticket] <= one.promised for one in inside.values())
        left = self._left(replayed, then)
        return OneMore(
            "gain",
            len(inside),
            first_hour=first,
            end_hour=end,
            kept=kept,
            kept_then=sum(
                self._turnaround(one, left[place]) <= one.promised for place, one in inside.items()
            ),
            wait_seconds=median([self.waits[place].seconds for place in inside]) or 0.0,
            wait_then_seconds=median([left[place] for place in inside]) or 0.0,
        )

    def _inside(self, first: int, end: int) -> dict[int, Wait]:
        """The waits that began in these hours, of tickets that were finished, by their places."""
        return {
            place: one
            for place, (hour, one) in enumerate(zip(self.hours, self.waits, strict=True))
            if first <= hour < end and one.ticket in self.took
        }

    def _more(self, first: int, end: int) -> list[tuple[float, int]]:
        return queue_replay.levels([*self._turns, Turn(first * 3600.0, end * 3600.0)])

    def _left(self, replayed: Sequence[float], then: Sequence[float]) -> list[float]:
        """What is left of the waits as they were, when the difference of two replays is taken off."""
        return [
            max(0.0, one.seconds - (before - after))
            for one, before, after in zip(self.waits, replayed, then, strict=True)
        ]

    def _range(self, replayed: Sequence[float], best: OneMore) -> tuple[int, int]:
        """Between what the promises gained lie in nine of ten draws of as many of these tickets."""
        chance = random.Random(self._seed)  # noqa: S311 - the same day says the same, no secret
        inside = self._inside(best.first_hour, best.end_hour)
        then = queue_replay.waits(self._jobs, self._more(best.first_hour, best.end_hour))
        left = self._left(replayed, then)
        gains = [
            (self._turnaround(one, left[place]) <= one.promised)
            - (self.took[one.ticket] <= one.promised)
            for place, one in inside.items()
        ]
        drawn = [sum(chance.choices(gains, k=len(gains))) for _draw in range(DRAWS)]
        return int(percentile(drawn, 0.05) or 0), int(percentile(drawn, 0.95) or 0)

    def _turnaround(self, one: Wait, left: float) -> float:
        """What a ticket would have taken with so much left of its wait."""
        return self.took[one.ticket] - one.seconds + left


def _gain(one: OneMore) -> int:
    return one.kept_then - one.kept


def _worth(one: OneMore) -> tuple[int, float, int]:
    """Each hour more must hold at least one more promise; of two that are alike the one that saves most waiting."""
    hours = one.end_hour - one.first_hour
    return (_gain(one) - hours, one.wait_seconds - one.wait_then_seconds, -one.first_hour)
