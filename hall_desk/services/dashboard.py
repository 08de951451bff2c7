"""The manager's day as it stands this moment.

What was done today is counted by `figures.counted`, which is the report's definition too; what is open now is counted
here, from the indexes of what is open, so that it costs the same after ten years. `dashboard_lists.behind` has the
rows of every figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.services import number_troubles, passages, posts, promises
from hall_desk.services.figures import counted
from hall_desk.services.figures.counting import TOP_MATTERS
from hall_desk.services.figures.spans import moment_of
from hall_desk.services.halls import load_settings
from hall_desk.services.passages import Inside
from hall_desk.store.journal import sql_time
from hall_desk.store.models import Matter

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.figures.counted import Records, Some, Totals
    from hall_desk.services.number_troubles import Trouble
    from hall_desk.services.posts import OnPost
    from hall_desk.services.promises import PromiseClock

# By which way a resident's business was dealt with; one thing counts once, where it was taken up.
CHANNELS = ("on_the_spot", "proxy", "phone", "online")
# The outcomes of a consultation that end it there; the others lead to something that is counted itself.
ENDED_THERE = {"on_the_spot": "settled", "online": "online"}


@dataclass(frozen=True)
class Open:
    """What is open now. `overdue` callbacks were promised for a time that has passed; `side` are on the side list.

    `originals` counts sheets, not lines. `changes_at` is when one of these figures next changes by the clock alone.
    """

    queued: int
    handling: int
    suspended: int
    ready: int
    callbacks: int
    callbacks_overdue: int
    callbacks_side: int
    incidents: int
    incidents_overdue: int
    originals: int
    low_ratings: int
    low_ratings_overdue: int
    changes_at: datetime | None


@dataclass(frozen=True)
class MatterShare:
    """How much of today's business was about a matter, by whatever channel."""

    id: UUID
    code: str
    name: str
    count: int


@dataclass(frozen=True)
class Dashboard:
    """The day at `at` (UTC). `held` were at or above the threshold at their first reading; `low_rated` are today's
    grades of the two low ones; `channels` has the counts of `CHANNELS`; `matters` the most frequent ones."""

    day: date
    at: datetime
    totals: Totals
    held: int
    closed: int
    low_rated: int
    inside: Inside
    open: Open
    clock: PromiseClock
    on_post: tuple[OnPost, ...]
    channels: tuple[tuple[str, int], ...]
    matters: tuple[MatterShare, ...]
    troubles: tuple[Trouble, ...]

    @property
    def late(self) -> int:
        """Tickets finished today after their promise."""
        return self.totals.measured - self.totals.within_promise

    def value(self, figure: str) -> int | float | None:
        """One figure by its name in `FIGURES`; the median and the 90th percentile are seconds."""
        return _VALUES[figure](self)


_VALUES: Mapping[str, Callable[[Dashboard], int | float | None]] = {
    "checked": lambda now: now.totals.checked,
    "held": lambda now: now.held,
    "fevers": lambda now: now.totals.fevers,
    "inside": lambda now: now.inside.count,
    "consultations": lambda now: now.totals.consultations,
    "slips": lambda now: now.totals.slips,
    "opened": lambda now: now.totals.opened,
    "finished": lambda now: now.totals.finished,
    "queued": lambda now: now.open.queued,
    "handling": lambda now: now.open.handling,
    "suspended": lambda now: now.open.suspended,
    "ready": lambda now: now.open.ready,
    "closed": lambda now: now.closed,
    "median": lambda now: now.totals.median_seconds,
    "p90": lambda now: now.totals.p90_seconds,
    "late": lambda now: now.late,
    "callbacks": lambda now: now.open.callbacks,
    "callbacks_overdue": lambda now: now.open.callbacks_overdue,
    "callbacks_side": lambda now: now.open.callbacks_side,
    "phone_cases": lambda now: now.totals.phone_cases,
    "incidents": lambda now: now.open.incidents,
    "incidents_overdue": lambda now: now.open.incidents_overdue,
    "originals": lambda now: now.open.originals,
    "low_rated": lambda now: now.low_rated,
    "low_ratings": lambda now: now.open.low_ratings,
    "troubles": lambda now: len(now.troubles),
}
FIGURES = tuple(_VALUES)


def today(actor: Actor) -> Dashboard:
    """The running day as it stands. Needs the server: part of a hall cannot tell. Raises NotAllowed, DatabaseAway."""
    actor.needs("figures.read")
    store = actor.store
    store.need_server()
    with store.reading():
        now, day = store.now(), store.today()
        records = counted.of_days(actor, day, day)
        channels = by_channel(records)
        return Dashboard(
            day=day,
            at=now,
            totals=records.totals(),
            held=counted.count(counted.of_code(records.checks, "hold")),
            closed=_closed(actor, day),
            low_rated=counted.count(counted.low(records.ratings)),
            inside=Inside(passages.inside_on(actor, day), load_settings(actor.hall_id).capacity),
            open=_open(actor, now),
            clock=promises.clock(actor),
            on_post=tuple(posts.on_posts(actor)),
            channels=tuple((name, counted.count(some)) for name, some in channels.items()),
            matters=_matters(actor, (one for some in channels.values() for one in some)),
            troubles=tuple(number_troubles.unsettled(actor)),
        )


def by_channel(records: Records) -> dict[str, list[Some]]:
    """The day's business by channel: settled or sent online at the consultation post, tickets, phone cases."""
    ended = {
        name: list(counted.of_code(records.consultations, outcome))
        for name, outcome in ENDED_THERE.items()
    }
    some = {**ended, "proxy": records.opened, "phone": records.phone_cases}
    return {name: some[name] for name in CHANNELS}


def _matters(actor: Actor, business: Iterable[Some]) -> tuple[MatterShare, ...]:
    """The matters most of it was about; what named none is not there."""
    often: Counter[str] = counted.by("matter", business)
    keys = [UUID(key) for key in often if key]
    rows = Matter.select(Matter.id, Matter.code, Matter.name).where(
        Matter.hall == actor.hall_id, Matter.id.in_(keys)
    )
    lines = [MatterShare(row.id, row.code, row.name, often[row.id.hex]) for row in rows]
    return tuple(sorted(lines, key=lambda line: (-line.count, line.code))[:TOP_MATTERS])


# --- what is open now ----------------------------------------------------------------------------

# Fixed text, in which both engines see that the partial indexes serve it.
OPEN_BY_STATE = (
    "SELECT state, count(*) FROM ticket WHERE hall_id = ? AND state != 'closed' GROUP BY state"
)
CLOSED_BETWEEN = (
    "SELECT count(*) FROM ticket WHERE hall_id = ? AND closed_at >= ? AND closed_at < ?"
)
OPEN_CALLBACKS = "SELECT state, due_at FROM callback WHERE hall_id = ? AND settled_at IS NULL"
OPEN_INCIDENTS = "SELECT due_at FROM incident WHERE hall_id = ? AND state = 'open'"
ORIGINALS_OUT = (
    "SELECT coalesce(sum(count), 0) FROM paper WHERE hall_id = ? "
    "AND holder IN ('desk', 'runner', 'window') AND original"
)
LOW_TO_FOLLOW_UP = (
    "SELECT follow_up_due_at FROM rating WHERE hall_id = ? "
    "AND follow_up_due_at IS NOT NULL AND followed_up_at IS NULL"
)


def _closed(actor: Actor, day: date) -> int:
    store = actor.store
    start, end = store.start_of(day), store.start_of(day + timedelta(days=1))
    found = store.execute(CLOSED_BETWEEN, (actor.hall_id.hex, sql_time(start), sql_time(end)))
    return int(found.fetchone()[0])


def _open(actor: Actor, now: datetime) -> Open:
    def rows(sql: str) -> list[Any]:
        return list(actor.store.execute(sql, (actor.hall_id.hex,)).fetchall())

    states = dict(map(tuple, rows(OPEN_BY_STATE)))
    callbacks = [(state, moment_of(due)) for state, due in rows(OPEN_CALLBACKS)]
    to_call = [due for state, due in callbacks if state == "due"]
    incidents = [moment_of(due) for (due,) in rows(OPEN_INCIDENTS)]
    low = [moment_of(due) for (due,) in rows(LOW_TO_FOLLOW_UP)]
    return Open(
        queued=states.get("queued", 0),
        handling=states.get("handling", 0),
        suspended=states.get("suspended", 0),
        ready=states.get("ready", 0),
        callbacks=len(callbacks),
        callbacks_overdue=sum(due < now for due in to_call),
        callbacks_side=len(callbacks) - len(to_call),
        incidents=len(incidents),
        incidents_overdue=sum(due < now for due in incidents),
        originals=int(rows(ORIGINALS_OUT)[0][0]),
        low_ratings=len(low),
        low_ratings_overdue=sum(due < now for due in low),
        changes_at=min((due for due in (*to_call, *incidents, *low) if due >= now), default=None),
    )
