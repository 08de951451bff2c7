"""The list behind each figure of the dashboard: which rows a count counts, names masked and without telephones.

A list is the same condition as its figure, so the two agree (a test compares each); it is cut at `MOST_ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy, ratings, staffing
from hall_desk.services.dashboard import CHANNELS, ENDED_THERE
from hall_desk.services.figures import spans
from hall_desk.store.journal import sql_time
from hall_desk.store.models import (
    Callback,
    Consultation,
    Incident,
    NumberTrouble,
    Paper,
    Passage,
    PhoneCase,
    Rating,
    Slip,
    TemperatureCheck,
    Ticket,
)

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor

MOST_ROWS = 200


@dataclass(frozen=True)
class Figure:
    """A figure by its name: one of `dashboard.FIGURES`; `channel` or `matter` with the one that is meant; or `wait`,
    the tickets that came to a post in one `hour` of `day`, of the proxy post or of the window `key`."""

    name: str
    channel: str = ""
    key: UUID | None = None
    hour: int = 0
    day: date | None = None


@dataclass(frozen=True)
class Row:
    """One thing that was counted. `kind` is check, passage, consultation, slip, ticket, callback, phone_case, incident,
    paper, rating or trouble; `what` a matter, a paper, a reading in tenths, a kind of incident, a grade.

    `at` is when it happened, for a callback what was promised, for a paper since when it is there. `count` is how much
    of the figure it is: sheets of a paper, people through the door (less than 0 went out). `seconds` is a finished
    ticket's turnaround, or how long it waited.
    """

    kind: str
    id: UUID
    at: datetime
    what: str = ""
    who: str = ""
    number: str = ""
    window: str = ""
    state: str = ""
    staff: str = ""
    ticket_id: UUID | None = None
    count: int = 1
    seconds: float | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Behind:
    """The rows of a figure: `rows` at most `MOST_ROWS` of `lines`; `total` is what they are together, the figure."""

    figure: Figure
    at: datetime
    rows: tuple[Row, ...]
    lines: int
    total: int


def behind(actor: Actor, figure: Figure) -> Behind:
    """The list behind a figure, the most urgent or the latest first. Raises NotFound `record` for an unknown one."""
    actor.needs("figures.read")
    store = actor.store
    store.need_server()
    with store.reading():
        asked = _Asked(actor, figure.day)
        if figure.name in _TIMED:
            return _timed(asked, figure)
        parts = _parts(asked, figure)
        if parts is None:
            raise errors.NotFound(kind="record", key=figure.name)
        lines = total = 0
        rows: list[Row] = []
        for part in parts:
            found, number, amount = part.read(asked)
            rows += found
            lines += number
            total += amount
    if len(parts) > 1:
        rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    return Behind(figure, asked.now, tuple(rows[:MOST_ROWS]), lines, max(0, total))


class _Asked:
    """What the lists are asked with."""

    def __init__(self, actor: Actor, day: date | None) -> None:
        store = actor.store
        self.actor, self.store = actor, store
        self.now = store.now()
        self.day = day or store.today()
        self.start, self.end = (
            store.start_of(self.day),
            store.start_of(self.day + timedelta(days=1)),
        )

    @cached_property
    def values(self) -> dict[str, str]:
        return {
            "hall": self.actor.hall_id.hex,
            "day": self.day.isoformat(),
            "start": sql_time(self.start),
            "end": sql_time(self.end),
            "now": sql_time(self.now),
        }


# --- what is counted -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """Rows of one table. `where` is fixed text, in which both engines see which index serves it; `given` names its
    values. `amount` adds up to the figure."""

    kind: str
    table: str
    where: str
    given: tuple[str, ...] = ("hall", "day")
    order: str = "at DESC, id DESC"
    amount: str = "count(*)"
    more: tuple[str, ...] = ()

    def of(self, column: str, value: UUID | str) -> _Part:
        """Those of one matter, or with one outcome."""
        plain = value.hex if isinstance(value, UUID) else value
        return replace(self, where=f"{self.where} AND {column} = ?", more=(*self.more, plain))

    def read(self, asked: _Asked) -> tuple[list[Row], int, int]:
        values = (*(asked.values[name] for name in self.given), *self.more)
        about = f"FROM {self.table} WHERE {self.where}"
        count = asked.store.execute(f"SELECT count(*), {self.amount} {about}", values).fetchone()
        keys = asked.store.execute(
            f"SELECT id {about} ORDER BY {self.order} LIMIT {MOST_ROWS}", values
        ).fetchall()
        rows = rows_of(self.kind, [_key(key) for (key,) in keys])
        return rows, int(count[0]), int(count[1] or 0)


_DAY = "hall_id = ? AND service_day = ?"
_KEPT = f"{_DAY} AND withdrawn_at IS NULL"
_OPEN = "hall_id = ? AND state != 'closed' AND state = '{}'"
_LOW = ", ".join(str(grade) for grade in ratings.LOW)
_HALL, _NOW = ("hall",), ("hall", "now")

_CHECKED = _Part("check", "temperature_check", _KEPT)
_ASKED = _Part("consultation", "consultation", _KEPT)
_OPENED = _Part("ticket", "ticket", _DAY, order="opened_at DESC, id DESC")
_CASES = _Part("phone_case", "phone_case", _KEPT)
_CALLBACKS = _Part(
    "callback", "callback", "hall_id = ? AND settled_at IS NULL", _HALL, "due_at, id"
)
_INCIDENTS = _Part("incident", "incident", "hall_id = ? AND state = 'open'", _HALL, "due_at, id")
_TO_FOLLOW_UP = "hall_id = ? AND follow_up_due_at IS NOT NULL AND followed_up_at IS NULL"

_PARTS: dict[str, tuple[_Part, ...]] = {
    "checked": (_CHECKED,),
    "held": (_CHECKED.of("outcome", "hold"),),
    "fevers": (_CHECKED.of("outcome", "fever"),),
    "inside": (
        replace(_CHECKED, where=f"{_KEPT} AND person <> 'staff'").of("outcome", "normal"),
        _Part(
            "passage", "passage", _DAY,
            amount="sum(CASE WHEN direction = 'in' THEN count ELSE -count END)",
        ),
    ),
    "consultations": (_ASKED,),
    "slips": (_Part("slip", "slip", _DAY),),
    "opened": (_OPENED,),
    **{
        state: (_Part("ticket", "ticket", _OPEN.format(state), _HALL, "opened_at, id"),)
        for state in ("queued", "handling", "suspended", "ready")
    },
    "closed": (
        _Part(
            "ticket", "ticket", "hall_id = ? AND closed_at >= ? AND closed_at < ?",
            ("hall", "start", "end"), "closed_at DESC, id",
        ),
    ),
    "callbacks": (_CALLBACKS,),
    "callbacks_overdue": (
        replace(
            _CALLBACKS, where=f"{_CALLBACKS.where} AND state = 'due' AND due_at < ?", given=_NOW
        ),
    ),
    "callbacks_side": (_CALLBACKS.of("state", "side"),),
    "phone_cases": (_CASES,),
    "incidents": (_INCIDENTS,),
    "incidents_overdue": (
        replace(_INCIDENTS, where=f"{_INCIDENTS.where} AND due_at < ?", given=_NOW),
    ),
    "originals": (
        _Part(
            "paper", "paper",
            "hall_id = ? AND holder IN ('desk', 'runner', 'window') AND original", _HALL,
            "held_since, id", "sum(count)",
        ),
    ),
    "low_rated": (_Part("rating", "rating", f"{_DAY} AND grade IN ({_LOW})"),),
    "low_ratings": (_Part("rating", "rating", _TO_FOLLOW_UP, _HALL, "follow_up_due_at, id"),),
    "troubles": (
        _Part("trouble", "number_trouble", "hall_id = ? AND settled_at IS NULL", _HALL, "at, id"),
    ),
}  # fmt: skip
_BY_CHANNEL = {
    **{name: _ASKED.of("outcome", outcome) for name, outcome in ENDED_THERE.items()},
    "proxy": _OPENED,
    "phone": _CASES,
}
_TIMED = ("finished", "median", "p90", "late", "wait")


def _parts(asked: _Asked, figure: Figure) -> Sequence[_Part] | None:
    if figure.name == "channel" and figure.channel in CHANNELS:
        return (_BY_CHANNEL[figure.channel],)
    if figure.name == "matter" and figure.key is not None:
        return [part.of("matter_id", figure.key) for part in _BY_CHANNEL.values()]
    return _PARTS.get(figure.name)


def _timed(asked: _Asked, figure: Figure) -> Behind:
    """Tickets with how long each took or waited, the longest first."""
    if figure.name == "wait":
        waits = staffing.waits(asked.actor, asked.day, figure.hour, figure.key)
        timed = [(one.seconds, one.ticket) for one in waits]
    else:
        done = spans.between(asked.actor, asked.start, asked.end)
        late = figure.name == "late"
        timed = [(one.seconds, UUID(one.ticket)) for one in done if not (late and one.within)]
    timed.sort(key=lambda one: (-one[0], one[1]))
    first = timed[:MOST_ROWS]
    by_key = {row.id: row for row in rows_of("ticket", list({key for _s, key in first}))}
    rows = tuple(replace(by_key[key], seconds=seconds) for seconds, key in first)
    return Behind(figure, asked.now, rows, len(timed), len(timed))


# --- the rows ------------------------------------------------------------------------------------


def rows_of(kind: str, keys: list[UUID]) -> list[Row]:
    """The rows with these keys, in their order; the caller has a transaction open."""
    if not keys:
        return []
    query, make = _KINDS[kind]
    model = query()
    found = {row.id: make(row) for row in model.where(model.model.id.in_(keys))}
    return [found[key] for key in keys if key in found]


def _key(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _joined(*keys: Any) -> Any:
    """Rows with what these foreign keys of theirs point to, where they point to something."""
    model = keys[0].model
    query = model.select(model, *(key.rel_model for key in keys))
    for key in keys:
        query = query.switch(model).join(
            key.rel_model, "LEFT OUTER JOIN", on=(key == key.rel_model.id), attr=key.name
        )
    return query


def _name(row: Any, field: str) -> str:
    return str(getattr(row, field).name) if getattr(row, f"{field}_id") else ""


def _number(row: Any, field: str = "window") -> str:
    return str(getattr(row, field).number) if getattr(row, f"{field}_id") else ""


def _check(row: Any) -> Row:
    return Row(
        "check", row.id, row.at, str(row.tenths), privacy.mask_name(row.name), state=row.outcome
    )


def _passage(row: Any) -> Row:
    count = row.count if row.direction == "in" else -row.count
    return Row("passage", row.id, row.at, row.direction, state=row.how, count=count)


def _consultation(row: Any) -> Row:
    return Row(
        "consultation", row.id, row.at, _name(row, "matter"), privacy.mask_name(row.name),
        state=row.outcome,
    )  # fmt: skip


def _slip(row: Any) -> Row:
    return Row("slip", row.id, row.at, _name(row, "matter"), window=_number(row))


def _ticket(row: Any) -> Row:
    return Row(
        "ticket", row.id, row.opened_at, row.matter.name, privacy.mask_name(row.name), row.number,
        row.window.number, row.state, ticket_id=row.id, due_at=row.due_at,
    )  # fmt: skip


def _callback(row: Any) -> Row:
    return Row(
        "callback", row.id, row.due_at, _name(row, "matter"), privacy.mask_name(row.name),
        window=_number(row), state=row.state, due_at=row.due_at,
    )  # fmt: skip


def _phone_case(row: Any) -> Row:
    return Row(
        "phone_case", row.id, row.at, _name(row, "matter"), window=_number(row), state=row.outcome
    )


def _incident(row: Any) -> Row:
    return Row(
        "incident", row.id, row.at, row.kind, number=_number(row, "ticket"), window=row.place,
        state=row.state, ticket_id=row.ticket_id, due_at=row.due_at,
    )  # fmt: skip


def _paper(row: Any) -> Row:
    return Row(
        "paper", row.id, row.held_since, row.name, privacy.mask_name(row.ticket.name),
        row.ticket.number, _number(row, "holder_window"), row.holder, _name(row, "holder_staff"),
        row.ticket_id, row.count,
    )  # fmt: skip


def _rating(row: Any) -> Row:
    return Row(
        "rating", row.id, row.at, str(row.grade), number=_number(row, "ticket"),
        window=_number(row), state="followed_up" if row.followed_up_at else "waits",
        ticket_id=row.ticket_id, due_at=row.follow_up_due_at,
    )  # fmt: skip


def _trouble(row: Any) -> Row:
    return Row(
        "trouble", row.id, row.at, row.window.name, window=row.window.number, staff=row.staff.name
    )


_KINDS: dict[str, tuple[Callable[[], Any], Callable[[Any], Row]]] = {
    "check": (TemperatureCheck.select, _check),
    "passage": (Passage.select, _passage),
    "consultation": (lambda: _joined(Consultation.matter), _consultation),
    "slip": (lambda: _joined(Slip.matter, Slip.window), _slip),
    "ticket": (lambda: _joined(Ticket.matter, Ticket.window), _ticket),
    "callback": (lambda: _joined(Callback.matter, Callback.window), _callback),
    "phone_case": (lambda: _joined(PhoneCase.matter, PhoneCase.window), _phone_case),
    "incident": (lambda: _joined(Incident.ticket), _incident),
    "paper": (lambda: _joined(Paper.ticket, Paper.holder_window, Paper.holder_staff), _paper),
    "rating": (lambda: _joined(Rating.ticket, Rating.window), _rating),
    "trouble": (lambda: _joined(NumberTrouble.window, NumberTrouble.staff), _trouble),
}
