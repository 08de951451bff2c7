"""Going on while the server is away: what may be recorded then, and sending it in order, once each, afterwards.

A function that only adds records of its own desk is marked `waits`. With the server there it does what it always does.
Without, it is carried out on this PC's picture of the hall, in the same transaction put into the outbox, and repeated
on the server later: with the time it happened, the number it was given, and the rules of the hall checked again.
What the server refuses stays in the outbox with the reason, for a manager to settle. Everything else needs the server.
"""

from __future__ import annotations

import functools
import inspect
import logging
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from peewee import IntegrityError

from hall_desk import errors
from hall_desk.services import accounts
from hall_desk.services.accounts import Actor, Role, operator
from hall_desk.store import local_hall
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.journal import AlreadyDone, Born, Change, was_done
from hall_desk.store.models import Staff
from hall_desk.store.outbox import Outbox, Record

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

AT_ONCE = 20  # sent before anybody else of this PC has a turn
# Why a manager took a refused record off the list.
SETTLED_BECAUSE = ("entered_again", "not_needed", "mistake")

_COMMANDS: dict[str, Callable[..., Any]] = {}


# --- recording ---------------------------------------------------------------------------------------


@dataclass
class _Recording:
    """A command in the hands of the store: keeps it before it is committed."""

    store: Store
    outbox: Outbox
    record: Record

    def before_commit(self, change: Change) -> None:
        if not change.told:
            return  # said twice: nothing happened
        record = replace(self.record, at=change.at, day=change.day, told=tuple(change.told))
        if self.store.away:
            self.outbox.add(record)
        elif record.number:
            # Before the server has it: whatever becomes of this transaction, the number is not given again here.
            self.outbox.number_given(record.day, record.letter, int(record.number[1:]))


@dataclass
class _Repeating:
    """A command that is repeated: notes what comes of it this time."""

    told: tuple[tuple[str, dict[str, Any]], ...] = ()

    def before_commit(self, change: Change) -> None:
        self.told = tuple(change.told)


def waits(
    function: Callable[Concatenate[Actor, P], T],
) -> Callable[Concatenate[Actor, P], T]:
    """Marks a function that may be carried out while the server is away.

    It takes an actor and plain values (keys, texts, numbers, frozen dataclasses of such), opens one `store.change`,
    and called again with the same keys changes nothing.
    """
    module = function.__module__.rpartition(".")[2]
    name = f"{module}.{function.__name__.lstrip('_')}"
    _COMMANDS[name] = function

    @functools.wraps(function)
    def carried_out(actor: Actor, /, *values: P.args, **more: P.kwargs) -> T:
        store = actor.store
        outbox = store.outbox
        if outbox is None or actor.born is not None:
            return function(actor, *values, **more)
        bound = inspect.signature(function).bind(actor, *values, **more).arguments
        arguments = dict(list(bound.items())[1:])
        record = Record(
            id=actor.request or new_id(),
            command=name,
            arguments=_converter().unstructure(arguments),
            actor=_of_actor(actor),
            at=store.estimated_now(),
            day=store.day_of(store.estimated_now()),
        )
        with store.carrying_out(_Recording(store, outbox, record)):
            if not store.away:
                try:
                    return function(actor, *values, **more)
                except errors.ServerRefused:
                    raise
                except errors.DatabaseAway:
                    # One killed connection is not a server that is away; and twice is once, by the keys.
                    try:
                        return function(actor, *values, **more)
                    except errors.DatabaseAway:
                        if not go_on_alone(store):
                            raise
            return function(actor, *values, **more)

    return carried_out


@cache
def _converter() -> Any:
    from cattrs.preconf.json import make_converter

    converter = make_converter()
    converter.register_unstructure_hook(UUID, lambda key: key.hex)
    converter.register_structure_hook(UUID, lambda text, _type: UUID(text))
    return converter


@cache
def _types(name: str) -> dict[str, Any]:
    return typing.get_type_hints(_COMMANDS[name])


def _of_actor(actor: Actor) -> dict[str, Any]:
    return {
        "staff_id": actor.staff_id.hex if actor.staff_id else "",
        "name": actor.name,
        "role": actor.role.value,
        "window_id": actor.window_id.hex if actor.window_id else "",
        "window_number": actor.window_number,
        "window_name": actor.window_name,
        "letter": actor.letter,
    }


def _actor(store: Store, record: Record, sent_at: datetime | None) -> Actor:
    who = record.actor
    return Actor(
        store=store,
        hall_id=store.hall_id,
        hall_name="",
        staff_id=UUID(who["staff_id"]) if who["staff_id"] else None,
        name=who["name"],
        role=Role(who["role"]),
        window_id=UUID(who["window_id"]) if who["window_id"] else None,
        window_number=who["window_number"],
        window_name=who["window_name"],
        letter=who["letter"],
        request=record.id,
        born=Born(record.at, record.number, sent_at),
    )


def _arguments(record: Record) -> dict[str, Any]:
    types = _types(record.command)
    return {
        key: _converter().structure(value, types[key]) for key, value in record.arguments.items()
    }


def _repeat(store: Store, record: Record, sent_at: datetime | None) -> _Repeating:
    repeating = _Repeating()
    with store.carrying_out(repeating):
        _COMMANDS[record.command](_actor(store, record, sent_at), **_arguments(record))
    return repeating


# --- going away and coming back ----------------------------------------------------------------------


def go_on_alone(store: Store) -> bool:
    """Turns to the hall as it was last seen, with all that was recorded here since. False when it never was.

    For the thread that reads and writes (see `Store.go_away`).
    """
    if store.away:
        return True
    if store.outbox is None or not store.go_away():
        return False
    _bring_up(store, store.outbox)
    return True


def open_alone(place: str, outbox: Outbox) -> Store | None:
    """The hall as this PC last saw it, for a start without the server; None when it never saw it."""
    store = Store.open_away(place, outbox)
    if store is not None:
        _bring_up(store, outbox)
    return store


def _bring_up(store: Store, outbox: Outbox) -> None:
    """Carries out on the picture what was recorded since it was taken, sent or not."""
    for record in outbox.of_state("waiting", "sent", "differs"):
        try:
            _repeat(store, record, None)
        except (errors.HallDeskError, AlreadyDone, IntegrityError):
            log.warning("a record of the outbox has no place in the picture")


def take_picture(store: Store) -> None:
    """Keeps the hall as the server has it now, for when it goes away.

    Raises DatabaseAway, DatabaseBusy, CannotWrite.
    """
    if store.outbox is not None and not store.away:
        store.outbox.save_picture(local_hall.take_picture(store))


@dataclass(frozen=True)
class Sent:
    """What `send` did: how many were `sent` and `refused` now, and how many are `left` to be sent."""

    sent: int
    refused: int
    left: int


def send(store: Store, most: int = AT_ONCE) -> Sent:
    """Sends what waits to the server, in order, at most `most` of them. Raises DatabaseAway, DatabaseBusy.

    One that the hall's rules refuse is marked with the reason, and those behind it go on.
    """
    outbox = store.outbox
    if outbox is None or store.away:
        return Sent(0, 0, 0)
    waiting = outbox.of_state("waiting")
    if waiting:
        # First of all: whoever opens a ticket here from now on gets a number after these.
        store.raise_counters(operator(store), outbox.numbers())
    sent = refused = 0
    for record in waiting[:most]:
        if _send_one(store, outbox, record):
            sent += 1
        else:
            refused += 1
    return Sent(sent, refused, len(waiting) - sent - refused)


def _send_one(store: Store, outbox: Outbox, record: Record) -> bool:
    try:
        again = _repeat(store, record, store.now())
    except (errors.DatabaseAway, errors.DatabaseBusy):
        raise
    except AlreadyDone:
        # The server's answer was lost the last time.
        outbox.mark(record.id, "sent")
        return True
    except errors.HallDeskError as error:
        # It may be refused because it was done, and only the answer was lost.
        done = was_done(store, store.hall_id, record.id)
        if not done:
            outbox.mark(record.id, "refused", type(error).__name__, _facts(error))
            return False
        outbox.mark(record.id, "sent")
        return True
    except IntegrityError:
        outbox.mark(record.id, "refused", "AlreadyThere", {"kind": "record", "key": record.number})
        return False
    except Exception:
        # One record that cannot be sent must not hold up those behind it.
        log.exception("a record of the outbox could not be sent")
        outbox.mark(record.id, "refused", "bug")
        return False
    # Nothing told: it was there already, by its own key. Its answer was lost before the outbox took it.
    same = not again.told or again.told == record.told
    outbox.mark(record.id, "sent" if same else "differs")
    return True


def _facts(error: errors.HallDeskError) -> dict[str, Any]:
    return {
        key: value
        for key, value in error.facts.items()
        if isinstance(value, str | int | bool) or value is None
    }


# --- signing in --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WrongTry:
    """The `tries`-th wrong PIN in a row of `staff_id`, typed without the server."""

    id: UUID
    staff_id: UUID
    tries: int


@dataclass(frozen=True)
class SignIn:
    """Somebody signed in without the server; `staff_id` is who."""

    id: UUID
    staff_id: UUID


def sign_in(store: Store, name: str, pin: str, letter: str = "A") -> Actor:
    """`accounts.sign_in`, also while the server is away: by the PIN as it was last seen, and journalled afterwards.

    A wrong try goes into the outbox, so that it counts after a restart of the program and at the server too.
    Raises what `accounts.sign_in` raises.
    """
    if not store.away:
        try:
            return accounts.sign_in(store, name, pin, letter)
        except errors.ServerRefused:
            raise
        except errors.DatabaseAway:
            if not go_on_alone(store):
                raise
    trying = _Repeating()
    try:
        with store.carrying_out(trying):
            actor = accounts.sign_in(store, name, pin, letter)
    except (errors.SignInRefused, errors.AccountLocked):
        if trying.told:
            _keep_wrong_try(store, name, letter)
        raise
    note_sign_in(actor, SignIn(new_id(), actor.person()))
    return actor


def _keep_wrong_try(store: Store, name: str, letter: str) -> None:
    with store.reading():
        person = Staff.get(Staff.hall == store.hall_id, Staff.name == name)
    nobody = replace(operator(store, accounts.check_letter(letter)), name=name)
    note_wrong_try(nobody, WrongTry(new_id(), person.id, person.wrong_tries))


@waits
def note_sign_in(actor: Actor, new: SignIn) -> None:
    """Journals that somebody signed in while the server was away, which ends the count of wrong tries."""
    with actor.store.change(actor) as change:
        Staff.update(wrong_tries=0, locked_until=None).where(Staff.id == new.staff_id).execute()
        change.record("staff.signed_in", new.staff_id, away=True)


@waits
def note_wrong_try(actor: Actor, new: WrongTry) -> None:
    """Counts a wrong PIN that was typed while the server was away; a higher count stays."""
    with actor.store.change(actor) as change:
        accounts.count_tries(change, new.staff_id, new.tries, away=True)


# --- what waits, as the page shows it ----------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One record of the outbox: `what` is its command, `number` a ticket's, `detail` a reading, `state` as in `Record`.

    `error` is why the server refused it.
    """

    id: UUID
    at: datetime
    what: str
    number: str
    person: str
    detail: str
    staff: str
    state: str
    error: errors.HallDeskError | None


@dataclass(frozen=True)
class Waiting:
    """What waits in the outbox, in order. `damaged` says where a file that could not be read was put aside."""

    lines: tuple[Line, ...]
    damaged: str

    @property
    def to_send(self) -> int:
        return sum(line.state == "waiting" for line in self.lines)

    @property
    def to_settle(self) -> int:
        return sum(line.state in ("refused", "differs") for line in self.lines)


def waiting(store: Store) -> Waiting:
    """What waits to be sent, and what a manager has to settle. Asks no database."""
    outbox = store.outbox
    if outbox is None:
        return Waiting((), "")
    records = outbox.of_state("waiting", "refused", "differs")
    damaged = str(outbox.damaged) if outbox.damaged else ""
    return Waiting(tuple(_line(record) for record in records), damaged)


def _line(record: Record) -> Line:
    values = record.arguments.get("new", record.arguments)
    name = values.get("name", "") if isinstance(values, dict) else ""
    detail = values.get("temperature", "") if isinstance(values, dict) else ""
    return Line(
        id=record.id,
        at=record.at,
        what=record.command,
        number=record.number,
        person=str(name),
        detail=str(detail),
        staff=record.actor["name"],
        state=record.state,
        error=_error(record),
    )


def _error(record: Record) -> errors.HallDeskError | None:
    kind = getattr(errors, record.error, None) if record.error else None
    if kind is None:
        return None
    error: errors.HallDeskError = kind.__new__(kind)
    errors.HallDeskError.__init__(error, **record.facts)
    return error


def try_again(actor: Actor, record_id: UUID) -> None:
    """Lets a refused record be sent once more: its matter is back, say. Raises NotAllowed, NotFound."""
    actor.needs("outbox.settle")
    _of(actor, record_id, "refused")
    assert actor.store.outbox is not None
    actor.store.outbox.mark(record_id, "waiting")


def settle(actor: Actor, record_id: UUID, because: str) -> None:
    """Takes a refused record, or one that came out differently, off the list; the journal says who did, and why.

    `because` is one of `SETTLED_BECAUSE`. Raises NotAllowed, NotFound, BadInput `reason`, DatabaseAway.
    """
    actor.needs("outbox.settle")
    if because not in SETTLED_BECAUSE:
        raise errors.BadInput("reason", "empty")
    record = _of(actor, record_id, "refused", "differs")
    try:
        with actor.store.change(replace(actor, request=_settling_key(record))) as change:
            change.record(
                "outbox.settled",
                record.id,
                command=record.command,
                number=record.number,
                state=record.state,
                because=because,
            )
    except AlreadyDone:
        pass  # the answer was lost, or the key was pressed twice
    assert actor.store.outbox is not None
    actor.store.outbox.mark(record_id, "settled")


def _settling_key(record: Record) -> UUID:
    return UUID(int=record.id.int ^ 1)


def _of(actor: Actor, record_id: UUID, *states: str) -> Record:
    outbox = actor.store.outbox
    for record in outbox.of_state(*states) if outbox else ():
        if record.id == record_id:
            return record
    raise errors.NotFound(kind="outbox", key="")
