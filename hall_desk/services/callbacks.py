"""Callbacks: a window's promise to phone, and what came of every call.

    due -no answer three times-> side (can still be called, never goes away)
    due, side -reached / wrong number / needs a visit-> settled
    due, side -withdraw, with a reason-> withdrawn

Who calls takes the number first (`call`), so that of two clerks who reach for the same resident the second is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.callback_lists import (
    LONGEST_CALL,
    OPEN,
    SOON,
    Attempt,
    Callback,
    Counts,
    attempts,
    counts,
    due,
    get,
    promised_to,
    settled_today,
    side_list,
    view,
)
from hall_desk.services.callback_times import after_minutes, check_due, default_due
from hall_desk.services.halls import load_settings
from hall_desk.store import models
from hall_desk.store.journal import Change
from hall_desk.store.models import CallAttempt, Matter, MatterWindow, Staff, Window

__all__ = [
    "LONGEST_CALL", "OPEN", "SOON", "Attempt", "Call", "Callback", "Counts", "NewAttempt", "NewCallback", "attempt",
    "attempts", "call", "check", "counts", "due", "get", "let_go", "postpone", "promise", "promise_within",
    "promised_to", "reopen", "settle_for_ticket", "settled_today", "side_list", "view", "withdraw",
]  # fmt: skip

TRIES = 3
OUTCOMES = ("reached", "no_answer", "wrong_number", "needs_visit")
# Why a promise is withdrawn; `ticket_resumed` is said by the ticket itself.
REASONS = ("came_in", "not_wanted", "settled_otherwise", "promised_twice")
REOPEN_WITHIN = timedelta(minutes=10)
# A promise that waited on a PC while the server was away may be overdue when it arrives.
LATEST_ARRIVAL = timedelta(days=7)


@dataclass(frozen=True)
class NewCallback:
    """What was agreed with a resident. `id` is made when the form is opened: a second Enter is the same promise.

    `window_id` None means the first window of the matter; `due_at` None the hall's usual time (`default_due`).
    A number that is possible but unusual is refused until `number_confirmed` says that it was compared.
    """

    id: UUID
    window_id: UUID | None
    phone: str
    name: str = ""
    matter_id: UUID | None = None
    due_at: datetime | None = None
    note: str = ""
    ticket_id: UUID | None = None
    number_confirmed: bool = False


@dataclass(frozen=True)
class NewAttempt:
    """One call made. `id` is made when the call begins; `tries_seen` is how often the clerk's screen said nobody
    had answered: somebody else's call since then is told instead of counted over.
    """

    id: UUID
    callback_id: UUID
    outcome: str
    note: str = ""
    tries_seen: int | None = None


@dataclass(frozen=True)
class Call:
    """A number on the line: the callback, and its phone in full."""

    callback: Callback
    phone: str


# --- promising -----------------------------------------------------------------------------------


def check(new: NewCallback) -> NewCallback:
    """The promise as it is kept, without asking the database. Raises BadInput (window, phone, name, note).

    The phone is refused as `not_a_phone` when it cannot exist, and as `doubtful` when it should be compared first.
    """
    if new.window_id is None and new.matter_id is None:
        raise errors.BadInput("window", "empty")
    phone = privacy.check_phone(new.phone, required=True)
    if not new.number_confirmed and privacy.doubtful_phone(phone):
        raise errors.BadInput("phone", "doubtful")
    name = privacy.check_name(new.name, required=False)
    note = privacy.check_text("note", new.note, limit=200)
    return replace(new, phone=phone, name=name, note=note)


@waits
def promise(actor: Actor, new: NewCallback) -> Callback:
    """Promises a call. Called again with the same `id` it gives the promise that is there.

    Raises BadInput (window, matter, phone, name, note, due), NotFound `ticket`.
    """
    with actor.store.change(actor) as change:
        return promise_within(change, actor, new)


def promise_within(change: Change, actor: Actor, new: NewCallback) -> Callback:
    """What `promise` does, inside another service's transaction.

    A service that takes the number from what is kept already (a ticket) passes `number_confirmed`.
    """
    actor.needs("callbacks.promise")
    there = models.Callback.get_or_none(
        models.Callback.id == new.id, models.Callback.hall == actor.hall_id
    )
    if there is not None:
        return view(actor, new.id)
    checked = check(new)
    window = _window_for(actor, checked)
    due_at = checked.due_at or default_due(actor, change.at, window.hours)
    check_due(due_at + LATEST_ARRIVAL if due_at < change.at else due_at, change.at)
    if checked.ticket_id is not None and not _is_here(actor, models.Ticket, checked.ticket_id):
        raise errors.NotFound(kind="ticket", key="")
    models.Callback.create(
        id=checked.id,
        hall=actor.hall_id,
        at=change.at,
        service_day=change.day,
        window=window.id,
        matter=checked.matter_id,
        ticket=checked.ticket_id,
        name=checked.name,
        phone=checked.phone,
        note=checked.note,
        due_at=due_at,
        call_at=due_at,
        state="due",
        staff=actor.person(),
        letter=actor.letter,
        force_insert=True,
    )
    change.record(
        "callback.promised",
        checked.id,
        ticket=checked.ticket_id,
        window=window.number,
        due_at=due_at.astimezone(change.at.tzinfo).isoformat(),
    )
    return view(actor, checked.id)


def _is_here(actor: Actor, model: Any, key: UUID) -> bool:
    return bool(model.select().where(model.id == key, model.hall == actor.hall_id).exists())


def _window_for(actor: Actor, new: NewCallback) -> Window:
    if new.matter_id is not None and not _is_here(actor, Matter, new.matter_id):
        raise errors.BadInput("matter", "gone")
    if new.window_id is None:
        window = (
            Window.select()
            .join(MatterWindow)
            .where(MatterWindow.matter == new.matter_id, Window.retired_at.is_null())
            .order_by(MatterWindow.position)
            .first()
        )
        if window is None:
            raise errors.BadInput("matter", "no_window")
    else:
        window = Window.get_or_none(
            Window.id == new.window_id, Window.hall == actor.hall_id, Window.retired_at.is_null()
        )
        if window is None:
            raise errors.BadInput("window", "gone")
    return window  # type: ignore[no-any-return]


# --- calling -------------------------------------------------------------------------------------


def _load(actor: Actor, callback_id: UUID) -> models.Callback:
    row = models.Callback.get_or_none(
        models.Callback.id == callback_id, models.Callback.hall == actor.hall_id
    )
    if row is None:
        raise errors.NotFound(kind="callback", key="")
    return row  # type: ignore[no-any-return]


def _told(actor: Actor, owner_id: UUID, since: datetime) -> dict[str, Any]:
    owner = Staff.get_by_id(owner_id).name
    return {"owner": owner, "since": since, "since_text": f"{actor.store.local(since):%H:%M}"}


def _refuse_settled(actor: Actor, row: models.Callback) -> None:
    if row.state not in OPEN:
        told = _told(actor, row.settled_by_id, row.settled_at)
        raise errors.AlreadyCalled(outcome=row.state, **told)


def _refuse_on_the_line(actor: Actor, row: models.Callback, at: datetime) -> None:
    other = row.calling_id not in (None, actor.staff_id)
    if other and at - row.calling_at < LONGEST_CALL:
        raise errors.BeingCalled(**_told(actor, row.calling_id, row.calling_at))


def _free(actor: Actor, callback_id: UUID, at: datetime) -> models.Callback:
    """The callback, open and on nobody else's line. Raises NotFound, AlreadyCalled, BeingCalled."""
    row = _load(actor, callback_id)
    _refuse_settled(actor, row)
    _refuse_on_the_line(actor, row, at)
    return row


def _set(actor: Actor, change: Change, row: models.Callback, **values: Any) -> None:
    """Compare and set: writes `values` if the callback is as it was read, else says who was first."""
    same_line = (
        models.Callback.calling.is_null()
        if row.calling_id is None
        else models.Callback.calling == row.calling_id
    )
    changed = (
        models.Callback.update(**values)
        .where(
            models.Callback.id == row.id,
            models.Callback.state == row.state,
            models.Callback.tries == row.tries,
            same_line,
        )
        .execute()
    )
    if changed != 1:
        _free(actor, row.id, change.at)
        raise _called_meanwhile(actor, row.id)


def _called_meanwhile(actor: Actor, callback_id: UUID) -> errors.HallDeskError:
    last = (
        CallAttempt.select()
        .where(CallAttempt.callback == callback_id)
        .order_by(CallAttempt.at.desc(), CallAttempt.id.desc())
        .first()
    )
    if last is None:
        return errors.DatabaseBusy()
    return errors.AlreadyCalled(outcome=last.outcome, **_told(actor, last.staff_id, last.at))


def call(actor: Actor, callback_id: UUID) -> Call:
    """Takes the number to call it, and gives it in full. Who was calling somebody else lets that one go.

    Raises NotFound, AlreadyCalled (settled meanwhile: by whom, when, how), BeingCalled (by whom, since when).
    """
    actor.needs("callbacks.call")
    with actor.store.change(actor) as change:
        row = _free(actor, callback_id, change.at)
        _hang_up(actor, change, other_than=callback_id)
        _set(actor, change, row, calling=actor.person(), calling_at=change.at)
        change.record("callback.calling", row.id)
        return Call(view(actor, row.id), row.phone)


def let_go(actor: Actor, callback_id: UUID) -> None:
    """Gives a number back without having called it. Does nothing when it is not on the actor's line."""
    actor.needs("callbacks.call")
    with actor.store.change(actor) as change:
        _hang_up(actor, change, only=callback_id)


def _hang_up(
    actor: Actor, change: Change, *, only: UUID | None = None, other_than: UUID | None = None
) -> None:
    row = models.Callback
    query = row.select(row.id).where(
        row.hall == actor.hall_id, row.settled_at.is_null(), row.calling == actor.person()
    )
    for (key,) in list(query.tuples()):
        if key != other_than and only in (None, key):
            row.update(calling=None, calling_at=None).where(row.id == key).execute()
            change.record("callback.let_go", key)


def attempt(actor: Actor, new: NewAttempt) -> Callback:
    """Says what came of a call. Without answer it is due again a little later, the third time on the side list.

    Called again with the same `id` it changes nothing. Raises BadInput (outcome, note), NotFound, AlreadyCalled,
    BeingCalled.
    """
    actor.needs("callbacks.call")
    if new.outcome not in OUTCOMES:
        raise errors.BadInput("outcome", "unknown")
    note = privacy.check_text("note", new.note, limit=200)
    with actor.store.change(actor) as change:
        if CallAttempt.get_or_none(CallAttempt.id == new.id) is not None:
            return view(actor, new.callback_id)
        row = _free(actor, new.callback_id, change.at)
        if new.tries_seen is not None and row.tries != new.tries_seen:
            raise _called_meanwhile(actor, row.id)
        values: dict[str, Any] = {"calling": None, "calling_at": None, "tried_at": change.at}
        if new.outcome == "no_answer":
            values["tries"] = row.tries + 1
            if row.tries + 1 >= TRIES:
                values["state"] = "side"
            hours = Window.get_by_id(row.window_id).hours
            minutes = load_settings(actor.hall_id).callback_again_minutes
            values["call_at"] = after_minutes(actor, change.at, hours, minutes)
        else:
            values |= _settled(actor, change, new.outcome)
        _set(actor, change, row, **values)
        CallAttempt.create(
            id=new.id,
            hall=actor.hall_id,
            callback=row.id,
            at=change.at,
            service_day=change.day,
            outcome=new.outcome,
            note=note,
            staff=actor.person(),
            force_insert=True,
        )
        change.record(
            "callback.called",
            row.id,
            ticket=row.ticket_id,
            outcome=new.outcome,
            state=values.get("state", row.state),
        )
        return view(actor, row.id)


def _settled(actor: Actor, change: Change, state: str) -> dict[str, Any]:
    return {
        "state": state,
        "settled_at": change.at,
        "settled_by": actor.person(),
        "calling": None,
        "calling_at": None,
    }


def postpone(actor: Actor, callback_id: UUID, due_at: datetime) -> Callback:
    """The resident asked to be called at another time: that is the promise now, and the calls count anew.

    Raises BadInput `due` (past, too_far), NotFound, AlreadyCalled, BeingCalled.
    """
    actor.needs("callbacks.call")
    with actor.store.change(actor) as change:
        row = _free(actor, callback_id, change.at)
        check_due(due_at, change.at)
        _set(
            actor, change, row,
            state="due", due_at=due_at, call_at=due_at, tries=0, calling=None, calling_at=None,
        )  # fmt: skip
        change.record(
            "callback.postponed",
            row.id,
            ticket=row.ticket_id,
            due_at=due_at.astimezone(change.at.tzinfo).isoformat(),
        )
        return view(actor, row.id)


# --- ending and reopening -------------------------------------------------------------------------


def withdraw(actor: Actor, callback_id: UUID, reason: str) -> Callback:
    """The call is no longer wanted; `reason` is one of `REASONS`. A second time it changes nothing.

    Raises BadInput `reason`, NotFound, AlreadyCalled, BeingCalled.
    """
    actor.needs("callbacks.promise")
    if reason not in REASONS:
        raise errors.BadInput("reason", "unknown")
    with actor.store.change(actor) as change:
        row = _load(actor, callback_id)
        if row.state == "withdrawn" and (row.reason, row.settled_by_id) == (
            reason,
            actor.staff_id,
        ):
            return view(actor, callback_id)
        row = _free(actor, callback_id, change.at)
        _withdraw(actor, change, row, reason)
        return view(actor, callback_id)


def _withdraw(actor: Actor, change: Change, row: models.Callback, reason: str) -> None:
    _set(actor, change, row, reason=reason, **_settled(actor, change, "withdrawn"))
    change.record("callback.withdrawn", row.id, ticket=row.ticket_id, reason=reason)


def settle_for_ticket(change: Change, actor: Actor, ticket_id: UUID) -> int:
    """A ticket goes on, so the calls promised for it are no longer due; inside the ticket's transaction.

    Gives how many there were.
    """
    rows = list(
        models.Callback.select().where(
            models.Callback.ticket == ticket_id, models.Callback.state.in_(OPEN)
        )
    )
    for row in rows:
        _withdraw(actor, change, row, "ticket_resumed")
    return len(rows)


def reopen_for_ticket(change: Change, actor: Actor, ticket_id: UUID, settled_at: datetime) -> int:
    """The step at `settled_at` that made the ticket's calls superfluous is undone: they are due again.

    Inside the ticket's transaction; gives how many there were.
    """
    rows = list(
        models.Callback.select().where(
            models.Callback.ticket == ticket_id,
            models.Callback.reason == "ticket_resumed",
            models.Callback.settled_at == settled_at,
        )
    )
    for row in rows:
        _set(
            actor, change, row,
            state="side" if row.tries >= TRIES else "due", reason="", settled_at=None, settled_by=None,
        )  # fmt: skip
        change.record("callback.reopened", row.id, ticket=ticket_id, was=row.state)
    return len(rows)


def reopen(actor: Actor, callback_id: UUID) -> Callback:
    """Takes back how a callback was settled: one's own within ten minutes, a manager at any time.

    The calls stay recorded. Raises NotFound `callback` when that is no longer possible.
    """
    actor.needs("callbacks.call")
    with actor.store.change(actor) as change:
        row = _load(actor, callback_id)
        mine = row.settled_by_id is not None and row.settled_by_id == actor.staff_id
        fresh = row.settled_at is not None and change.at - row.settled_at <= REOPEN_WITHIN
        if row.state in OPEN or not ((mine and fresh) or actor.may("callbacks.reopen")):
            raise errors.NotFound(kind="callback", key="")
        _set(
            actor, change, row,
            state="side" if row.tries >= TRIES else "due", reason="", settled_at=None, settled_by=None,
        )  # fmt: skip
        change.record("callback.reopened", row.id, ticket=row.ticket_id, was=row.state)
        return view(actor, row.id)
