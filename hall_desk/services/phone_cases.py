"""Phone cases: business settled by telephone at a window, logged in ten seconds, twenty times a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import JOIN

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.store import models
from hall_desk.store.models import Callback, Matter, MatterWindow, Staff, Window

OUTCOMES = ("settled", "answered", "needs_visit", "passed_on")
MOST_MINUTES = 600
UNDO_WITHIN = timedelta(minutes=10)
# More cases than any hall has in a day.
MOST_A_DAY = 5000


@dataclass(frozen=True)
class NewPhoneCase:
    """One call about business. `id` is made when the form is opened: a second Enter is the same case.

    `window_id` None means the clerk's own window, and for somebody without one the matter's. `matter_id` may be
    empty: some calls are about nothing on the list. `callback_id` names the promise this call kept.
    """

    id: UUID
    window_id: UUID | None
    matter_id: UUID | None
    outcome: str
    minutes: int
    note: str = ""
    callback_id: UUID | None = None


@dataclass(frozen=True)
class PhoneCase:
    id: UUID
    at: datetime
    window_id: UUID
    window_number: str
    window_name: str
    matter_id: UUID | None
    matter: str
    outcome: str
    minutes: int
    note: str
    staff_id: UUID
    staff: str
    withdrawn: bool


@dataclass(frozen=True)
class Summary:
    """A day's cases that count: how many, their minutes, by outcome and by matter (name, count), most first."""

    total: int
    minutes: int
    by_outcome: tuple[tuple[str, int], ...]
    by_matter: tuple[tuple[str, int], ...]


def read_minutes(text: str) -> int:
    """Minutes as typed, full-width digits too. Raises BadInput `minutes`."""
    plain = privacy.folded(text)
    if not plain.isdecimal() or len(plain) > 3 or int(plain) > MOST_MINUTES:
        raise errors.BadInput("minutes", "shape")
    return int(plain)


def _query() -> Any:
    row = models.PhoneCase
    return (
        row.select(
            row.id, row.at, row.outcome, row.minutes, row.note, row.withdrawn_at,
            row.window.alias("window_id"), Window.number.alias("window_number"), Window.name.alias("window_name"),
            row.matter.alias("matter_id"), Matter.name.alias("matter_name"),
            row.staff.alias("staff_id"), Staff.name.alias("staff_name"),
        )
        .join(Window, on=row.window == Window.id)
        .join(Staff, on=row.staff == Staff.id)
        .join(Matter, JOIN.LEFT_OUTER, on=row.matter == Matter.id)
    )  # fmt: skip


def _value(row: Any) -> PhoneCase:
    return PhoneCase(
        id=row.id,
        at=row.at,
        window_id=row.window_id,
        window_number=row.window_number,
        window_name=row.window_name,
        matter_id=row.matter_id,
        matter=row.matter_name or "",
        outcome=row.outcome,
        minutes=row.minutes,
        note=row.note,
        staff_id=row.staff_id,
        staff=row.staff_name,
        withdrawn=row.withdrawn_at is not None,
    )


def _view(actor: Actor, case_id: UUID) -> PhoneCase | None:
    row = models.PhoneCase
    rows = list(_query().where(row.id == case_id, row.hall == actor.hall_id).namedtuples())
    return _value(rows[0]) if rows else None


def _window(actor: Actor, new: NewPhoneCase) -> Window:
    place = new.window_id or actor.window_id
    if new.matter_id is not None:
        known = Matter.get_or_none(Matter.id == new.matter_id, Matter.hall == actor.hall_id)
        if known is None:
            raise errors.BadInput("matter", "gone")
        if place is None:
            first = (
                MatterWindow.select()
                .where(MatterWindow.matter == new.matter_id)
                .order_by(MatterWindow.position)
                .first()
            )
            place = first.window_id if first else None
    if place is None:
        raise errors.BadInput("window", "empty")
    window = Window.get_or_none(
        Window.id == place, Window.hall == actor.hall_id, Window.retired_at.is_null()
    )
    if window is None:
        raise errors.BadInput("window", "gone")
    return window  # type: ignore[no-any-return]


@waits
def record(actor: Actor, new: NewPhoneCase) -> PhoneCase:
    """Records a case. Called again with the same `id` it gives the case that is there.

    Raises BadInput (outcome, minutes, note, matter, window), NotFound `callback`.
    """
    actor.needs("phone_cases.record")
    if new.outcome not in OUTCOMES:
        raise errors.BadInput("outcome", "unknown")
    if not 0 <= new.minutes <= MOST_MINUTES:
        raise errors.BadInput("minutes", "shape")
    note = privacy.check_text("note", new.note, limit=200)
    with actor.store.change(actor) as change:
        there = _view(actor, new.id)
        if there is not None:
            return there
        window = _window(actor, new)
        if (
            new.callback_id is not None
            and not Callback.select()
            .where(Callback.id == new.callback_id, Callback.hall == actor.hall_id)
            .exists()
        ):
            raise errors.NotFound(kind="callback", key="")
        models.PhoneCase.create(
            id=new.id,
            hall=actor.hall_id,
            at=change.at,
            service_day=change.day,
            window=window.id,
            matter=new.matter_id,
            outcome=new.outcome,
            minutes=new.minutes,
            note=note,
            callback=new.callback_id,
            staff=actor.person(),
            force_insert=True,
        )
        change.record(
            "phone_case.recorded",
            new.id,
            outcome=new.outcome,
            minutes=new.minutes,
            window=window.number,
        )
        made = _view(actor, new.id)
        assert made is not None
        return made


@waits
def undo(actor: Actor, case_id: UUID) -> None:
    """Withdraws one's own case within ten minutes, a manager any; it stays in the records, marked.

    A second time it changes nothing. Raises NotFound `phone_case` when that is not possible.
    """
    actor.needs("phone_cases.record")
    with actor.store.change(actor) as change:
        case = _view(actor, case_id)
        if case is None:
            raise errors.NotFound(kind="phone_case", key="")
        mine = case.staff_id == actor.staff_id and change.at - case.at <= UNDO_WITHIN
        if not (mine or actor.may("phone_cases.correct")):
            raise errors.NotFound(kind="phone_case", key="")
        changed = (
            models.PhoneCase.update(withdrawn_at=change.at)
            .where(models.PhoneCase.id == case_id, models.PhoneCase.withdrawn_at.is_null())
            .execute()
        )
        if changed:
            change.record("phone_case.withdrawn", case_id)


def today(actor: Actor, window_id: UUID | None = None, limit: int = 200) -> list[PhoneCase]:
    """Today's cases of one window or of the whole hall, newest first, the withdrawn ones too."""
    actor.needs("phone_cases.read")
    row = models.PhoneCase
    query = _query().where(row.service_day == actor.store.today(), row.hall == actor.hall_id)
    if window_id is not None:
        query = query.where(row.window == window_id)
    with actor.store.reading():
        return [
            _value(found)
            for found in query.order_by(row.at.desc(), row.id.desc()).limit(limit).namedtuples()
        ]


def summary(actor: Actor, window_id: UUID | None = None) -> Summary:
    """Today's counts of one window or of the whole hall; a case without a matter counts under an empty name."""
    actor.needs("phone_cases.read")
    row = models.PhoneCase
    query = (
        row.select(row.outcome, row.minutes, Matter.name)
        .join(Matter, JOIN.LEFT_OUTER, on=row.matter == Matter.id)
        .where(
            row.service_day == actor.store.today(),
            row.hall == actor.hall_id,
            row.withdrawn_at.is_null(),
        )
    )
    if window_id is not None:
        query = query.where(row.window == window_id)
    with actor.store.reading():
        rows = list(query.limit(MOST_A_DAY).tuples())
    outcomes = Counter(outcome for outcome, _minutes, _matter in rows)
    named = Counter(matter or "" for _outcome, _minutes, matter in rows)
    return Summary(
        total=len(rows),
        minutes=sum(minutes for _outcome, minutes, _matter in rows),
        by_outcome=tuple((outcome, outcomes[outcome]) for outcome in OUTCOMES),
        by_matter=tuple(sorted(named.items(), key=lambda one: (-one[1], one[0]))),
    )
