"""Who is acting, and what they may do: sign-in by name and PIN, roles, and the table of rights.

Every service call takes the `Actor` first and checks the right there; the screens only hide what would be refused.
"""

from __future__ import annotations

import math
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk import errors
from hall_desk.i18n import N_, _
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Born
from hall_desk.store.models import Desk, Hall, Staff, Window

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from hall_desk.store.journal import Change

TRIES = 5
FIRST_LOCK_MINUTES = 1
SHORTEST_PIN = 4
LONGEST_PIN = 128  # a password may be used instead
PROPOSED_DIGITS = 6
# The practice hall's PIN and its like, the middle column of the keys, and numbers that sound like words of love.
_LOVED = frozenset(
    (
        "2468",
        "1357",
        "246810",
        "13579",
        "2580",
        "0852",
        "1314",
        "5201314",
        "1314520",
        "112233",
        "123321",
    )
)
COMMAND_LINE = N_("Command line")


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    WINDOW_CLERK = "window_clerk"
    MANAGER = "manager"
    # Those to whom incidents are reported, who come and deal with them.
    WORKING_GROUP = "working_group"
    # The PC in the foyer: it shows what residents may see, and nothing else.
    FOYER = "foyer"


_DESK = frozenset({Role.FRONT_DESK, Role.MANAGER})
_WINDOW = frozenset({Role.WINDOW_CLERK, Role.MANAGER})
_ALL = frozenset(Role) - {Role.FOYER}
_MANAGER = frozenset({Role.MANAGER})

RIGHTS: dict[str, frozenset[Role]] = {
    "screening.record": _DESK,
    "screening.read": _DESK,
    "passages.record": _DESK,
    "passages.read": _ALL,
    "incidents.open": _ALL,
    "incidents.read": _ALL,
    "incidents.handle": frozenset({Role.MANAGER, Role.WORKING_GROUP}),
    "matters.read": _DESK | _WINDOW,
    "consultations.record": _DESK,
    "consultations.read": _DESK,
    "missing_notices.give": _DESK | _WINDOW,
    "missing_notices.read": _DESK | _WINDOW,
    "tickets.open": _DESK,
    "tickets.read": _DESK | _WINDOW,
    "tickets.claim": _WINDOW,
    "tickets.handle": _WINDOW,
    "tickets.withdraw": _DESK,
    "tickets.hand_back": _DESK,
    "tickets.correct": _MANAGER,
    "tickets.print": _DESK | _WINDOW,
    "identity.find": _DESK | _WINDOW,
    "identity.reveal": _DESK | _WINDOW,
    "identity.review": _MANAGER,
    "identity.recovery": _MANAGER,
    "custody.read": _DESK | _WINDOW,
    "slips.give": _DESK | _WINDOW,
    "callbacks.read": _DESK | _WINDOW,
    "callbacks.promise": _DESK | _WINDOW,
    "callbacks.call": _DESK | _WINDOW,
    "callbacks.reopen": _MANAGER,
    "phone_cases.read": _WINDOW,
    "phone_cases.record": _WINDOW,
    "phone_cases.correct": _MANAGER,
    "numbers.read": _DESK | _WINDOW,
    "numbers.report": _DESK | _WINDOW,
    "numbers.settle": _MANAGER,
    "foyer.read": frozenset(Role),
    "foyer.call": _DESK,
    "foyer.notices": _MANAGER,
    "day.close": _MANAGER,
    "attendance.record": _DESK,
    "attendance.read": _DESK,
    "attendance.health": _MANAGER,
    "posts.read": _ALL,
    "posts.take": _DESK | _WINDOW,
    "posts.assign": _DESK,
    "posts.hand_over": _DESK | _WINDOW,
    "posts.hand_over_for": _MANAGER,
    "disinfection.record": _DESK,
    "disinfection.read": _DESK,
    "ratings.offer": _DESK | _WINDOW,
    "ratings.read": _MANAGER,
    "ratings.follow_up": _MANAGER,
    "figures.read": _MANAGER,
    "journal.read": _MANAGER,
    "journal.export": _MANAGER,
    "journal.verify": _MANAGER,
    "directory.import": _MANAGER,
    "directory.export": _MANAGER,
    "directory.mail": _MANAGER,
    "halls.read": _ALL,
    "halls.change": _MANAGER,
    "accounts.change": _MANAGER,
    "lists.read": _MANAGER,
    "lists.change": _MANAGER,
    "accounts.read": _MANAGER,
    "accounts.own_pin": _ALL,
    "backups.make": _MANAGER,
    "retention.purge": _MANAGER,
    "drill.record": _MANAGER,
    "drill.run": _MANAGER,
    "outbox.read": _ALL,
    "outbox.settle": _MANAGER,
}


@dataclass(frozen=True)
class Actor:
    """Who does something, at which post, on which PC. `staff_id` is None for the command line."""

    store: Store
    hall_id: UUID
    hall_name: str
    staff_id: UUID | None
    name: str
    role: Role
    window_id: UUID | None = None
    window_number: str = ""
    window_name: str = ""
    letter: str = "A"
    # The key of the command being given, so that it is carried out once (see `services.repeats`).
    request: UUID | None = None
    # Set when something is repeated that was recorded while the server was away.
    born: Born | None = None

    @property
    def post(self) -> str:
        """The post written to the journal: `front_desk`, `manager`, or `window:3`."""
        return f"window:{self.window_number}" if self.window_number else self.role.value

    def may(self, action: str) -> bool:
        return self.role in RIGHTS[action]

    def needs(self, action: str) -> None:
        """Raises NotAllowed unless the role has the right `action`."""
        if not self.may(action):
            raise errors.NotAllowed(action=action)

    def person(self) -> UUID:
        """The member of staff who acts. Raises NotAllowed for the command line, which holds no papers."""
        if self.staff_id is None:
            raise errors.NotAllowed(action="as_a_person")
        return self.staff_id


@dataclass(frozen=True)
class StaffName:
    name: str
    role: Role
    window_number: str


@cache
def _hasher() -> PasswordHasher:
    import argon2

    return argon2.PasswordHasher()


def check_pin(pin: str) -> None:
    """Raises BadInput `pin` when it is too short, too long or too simple."""
    pin = _composed(pin)
    if len(pin) < SHORTEST_PIN:
        raise errors.BadInput("pin", "too_short", limit=SHORTEST_PIN)
    if len(pin) > LONGEST_PIN:
        raise errors.BadInput("pin", "too_long", limit=LONGEST_PIN)
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        raise errors.BadInput("pin", "too_simple")


def hash_new_pin(actor: Actor, pin: str) -> str:
    """The hash of a PIN that somebody in the actor's hall is to have. Raises BadInput `pin` as `hash_pin` does.

    What a stranger would try first is refused too; a practice hall, whose PIN all know, takes that.
    """
    check_pin(pin)
    with actor.store.asking():
        hall = Hall.get_by_id(actor.hall_id)
    if hall.practice_offset_s is None and _easy(_composed(pin)):
        raise errors.BadInput("pin", "too_simple")
    return hash_pin(pin)


def propose_pin() -> str:
    """Six digits by chance, none of those that are easy to guess."""
    while True:
        pin = f"{secrets.randbelow(10**PROPOSED_DIGITS):0{PROPOSED_DIGITS}d}"
        if not _easy(pin):
            return pin


def _easy(pin: str) -> bool:
    """One group again and again (1212, 123123), or what is known to be chosen most."""
    again = any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1))
    return again or pin in _LOVED


def _composed(pin: str) -> str:
    """A PIN as it is hashed: keyboards and systems differ in how they put one letter together (Unicode NFC)."""
    return unicodedata.normalize("NFC", pin)


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN. Raises BadInput `pin` when it is too short, too long or too simple."""
    check_pin(pin)
    return _hasher().hash(_composed(pin))


def _matches(pin_hash: str, pin: str) -> bool:
    import argon2

    if len(pin) > LONGEST_PIN:
        return False
    try:
        return _hasher().verify(pin_hash, _composed(pin))
    except argon2.exceptions.VerifyMismatchError:
        return False
    except argon2.exceptions.InvalidHashError:
        return False  # imported staff without a PIN yet


def names(store: Store) -> list[StaffName]:
    """Everyone who may sign in, for the list on the sign-in screen."""
    with store.reading():
        rows = (
            Staff.select(Staff, Window)
            .join(Window, "LEFT OUTER JOIN")
            .where(Staff.hall == store.hall_id, Staff.retired_at.is_null())
            .order_by(Staff.name)
            .limit(1000)
        )
        return [
            StaffName(row.name, Role(row.role), row.window.number if row.window_id else "")
            for row in rows
        ]


def _actor(store: Store, hall: Hall, staff: Staff, letter: str) -> Actor:
    window = staff.window if staff.window_id else None
    return Actor(
        store=store,
        hall_id=hall.id,
        hall_name=hall.name,
        staff_id=staff.id,
        name=staff.name,
        role=Role(staff.role),
        window_id=window.id if window else None,
        window_number=window.number if window else "",
        window_name=window.name if window else "",
        letter=letter,
    )


def operator(store: Store, letter: str = "") -> Actor:
    """The command line's actor: whoever may open the database file or knows its password may manage the hall."""
    with store.reading():
        hall = Hall.get_by_id(store.hall_id)
    return Actor(store, hall.id, hall.name, None, _(COMMAND_LINE), Role.MANAGER, letter=letter)


def sign_in(store: Store, name: str, pin: str, letter: str = "A") -> Actor:
    """The actor for a name and PIN, at the desk with this letter.

    Raises SignInRefused (tries_left), AccountLocked (until, minutes), BadInput `letter`.
    After five wrong PINs the account is locked for a minute, doubling with each further wrong one.
    """
    letter = check_letter(letter)
    unknown = errors.SignInRefused(tries_left=None)
    staff = _try_pin(operator(store, letter), Staff.name == name, pin, "staff.signed_in", unknown)
    with store.reading():
        return _actor(store, Hall.get_by_id(store.hall_id), Staff.get_by_id(staff.id), letter)


def _try_pin(
    actor: Actor, whose: Any, pin: str, happening: str, unknown: errors.HallDeskError
) -> Staff:
    """One try at the PIN of the person `whose`: `happening` is journalled when it is right, else the try is counted.

    Raises `unknown` when nobody works here of whom that is true, SignInRefused, AccountLocked.
    """
    here = (Staff.hall == actor.hall_id, Staff.retired_at.is_null(), whose)
    with actor.store.reading():
        seen = Staff.get_or_none(*here)
    if seen is None:
        raise unknown
    # Before the transaction: a hash takes its time on purpose, and nobody else should wait for it.
    locked = seen.locked_until is not None and seen.locked_until > actor.store.now()
    right = not locked and _matches(seen.pin_hash, pin)
    with actor.store.change(actor) as change:
        # Two PCs that try at once count one after the other, so that they have no more tries than one.
        rows = Staff.select().where(*here)
        staff = (rows.for_update("FOR NO KEY UPDATE") if actor.store.postgres else rows).first()
        if staff is None:
            raise unknown
        if staff.pin_hash != seen.pin_hash:
            right = _matches(staff.pin_hash, pin)
        refusal = _counted(change, staff, right, happening)
    # Raised after the transaction, which must keep the count of wrong tries.
    if refusal:
        raise refusal
    return staff  # type: ignore[no-any-return]


def _counted(
    change: Change, staff: Staff, right: bool, happening: str
) -> errors.HallDeskError | None:
    if staff.locked_until and staff.locked_until > change.at:
        return _locked(change, staff.locked_until)
    if right:
        Staff.update(wrong_tries=0, locked_until=None).where(Staff.id == staff.id).execute()
        change.record(happening, staff.id)
        return None
    tries = staff.wrong_tries + 1
    locked = count_tries(change, staff.id, tries)
    if locked is None:
        return errors.SignInRefused(tries_left=TRIES - tries)
    return _locked(change, locked)


def count_tries(change: Change, staff_id: UUID, tries: int, **facts: Any) -> datetime | None:
    """Notes that a person's PIN was typed wrong for the `tries`-th time; gives until when the account is locked."""
    locked = None
    if tries >= TRIES:
        locked = change.at + timedelta(minutes=FIRST_LOCK_MINUTES * 2 ** min(tries - TRIES, 10))
    Staff.update(wrong_tries=tries, locked_until=locked).where(
        Staff.id == staff_id, Staff.wrong_tries < tries
    ).execute()
    change.record("staff.sign_in_refused", staff_id, tries=tries, **facts)
    return locked


def _locked(change: Change, until: datetime) -> errors.AccountLocked:
    return errors.AccountLocked(
        until=until, minutes=math.ceil((until - change.at).total_seconds() / 60)
    )


def confirm(actor: Actor, staff_id: UUID, pin: str) -> None:
    """Another member of staff agrees to what the actor is about to do, by typing their own PIN.

    Raises BadInput `pin` (empty), NotFound `staff`, and what `sign_in` raises; wrong tries count there too.
    """
    if not pin:
        raise errors.BadInput("pin", "empty")
    gone = errors.NotFound(kind="staff", key="")
    _try_pin(actor, Staff.id == staff_id, pin, "staff.confirmed", gone)


def check_letter(letter: str) -> str:
    letter = letter.strip().upper()
    if len(letter) != 1 or not "A" <= letter <= "Z":
        raise errors.BadInput("letter", "shape")
    return letter


def claim_letter(store: Store, pc: str, wanted: str | None = None) -> str:
    """The desk letter of this PC: the one it has, else `wanted`, else the first free one; written to the hall.

    Raises AlreadyThere when another PC has `wanted`, NotFound when all 26 letters are given.
    """
    with store.reading():
        desk = Desk.get_or_none(Desk.hall == store.hall_id, Desk.pc == pc)
    if desk is not None and (wanted is None or check_letter(wanted) == desk.letter):
        return str(desk.letter)
    with store.change(operator(store)) as change:
        taken = {row.letter: row.pc for row in Desk.select().where(Desk.hall == store.hall_id)}
        mine: str | None = next((letter for letter, owner in taken.items() if owner == pc), None)
        if wanted is None and mine:
            return mine
        free = [
            chr(ordinal) for ordinal in range(ord("A"), ord("Z") + 1) if chr(ordinal) not in taken
        ]
        if wanted is not None:
            wanted = check_letter(wanted)
            if taken.get(wanted, pc) != pc:
                raise errors.AlreadyThere(kind="desk", key=wanted)
            if wanted == mine:
                return wanted
        letter = wanted or (free[0] if free else None)
        if letter is None:
            raise errors.NotFound(kind="desk", key="A-Z")
        if mine:
            Desk.update(letter=letter).where(Desk.hall == store.hall_id, Desk.pc == pc).execute()
        else:
            Desk.create(id=new_id(), hall=store.hall_id, letter=letter, pc=pc, force_insert=True)
        change.record("desk.letter_given", None, letter_given=letter)
        return letter


def add_staff(actor: Actor, name: str, role: Role, pin: str, window_id: UUID | None = None) -> UUID:
    """A new member of staff. Raises BadInput `name` or `pin`, AlreadyThere."""
    actor.needs("accounts.change")
    name = name.strip()
    if not name:
        raise errors.BadInput("name", "empty")
    pin_hash = hash_new_pin(actor, pin)
    with actor.store.change(actor) as change:
        if Staff.select().where(Staff.hall == actor.hall_id, Staff.name == name).exists():
            raise errors.AlreadyThere(kind="staff", key=name)
        staff = Staff.create(
            id=new_id(),
            hall=actor.hall_id,
            name=name,
            role=role.value,
            window=window_id,
            pin_hash=pin_hash,
            force_insert=True,
        )
        change.record("staff.added", staff.id, role=role.value)
        return staff.id  # type: ignore[no-any-return]


def set_pin(actor: Actor, name: str, pin: str) -> None:
    """Gives a member of staff a new PIN and lifts their lock: the way out of a forgotten one.

    Raises BadInput `pin`, NotFound `staff`. One's own is changed by `change_own_pin`.
    """
    actor.needs("accounts.change")
    pin_hash = hash_new_pin(actor, pin)
    with actor.store.change(actor) as change:
        staff = Staff.get_or_none(
            Staff.hall == actor.hall_id, Staff.name == name, Staff.retired_at.is_null()
        )
        if staff is None:
            raise errors.NotFound(kind="staff", key=name)
        _keep_pin(change, staff.id, pin_hash)


def change_own_pin(actor: Actor, old: str, new: str) -> None:
    """Gives the actor a new PIN, for the one they have; wrong tries at that count as at sign-in.

    Raises BadInput `pin` (too_short, too_long, too_simple, same), `old_pin` (empty); SignInRefused, AccountLocked.
    """
    actor.needs("accounts.own_pin")
    own = actor.person()
    if not old:
        raise errors.BadInput("old_pin", "empty")
    pin_hash = hash_new_pin(actor, new)
    if _composed(old) == _composed(new):
        raise errors.BadInput("pin", "same")
    gone = errors.NotFound(kind="staff", key="")
    _try_pin(actor, Staff.id == own, old, "staff.confirmed", gone)
    with actor.store.change(actor) as change:
        _keep_pin(change, own, pin_hash)


def _keep_pin(change: Change, staff_id: UUID, pin_hash: str) -> None:
    Staff.update(pin_hash=pin_hash, wrong_tries=0, locked_until=None).where(
        Staff.id == staff_id
    ).execute()
    change.record("staff.pin_set", staff_id)
