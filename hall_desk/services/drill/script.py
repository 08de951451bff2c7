"""A recorded day for a drill, and its file: versioned JSON with a digest, read without trusting a word of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hall_desk import errors
from hall_desk.settings import write_file
from hall_desk.store.journal import canonical

FORMAT, VERSION = "hall-desk drill", 1
ENDING = ".drill"
# The script that a practice hall was made of, in the data folder of the PC that made it.
KEPT = "practice.drill"
LARGEST_FILE = 16 * 1024 * 1024
MOST_ACTS = 50_000
MOST_STAFF = 1000
LONGEST_TEXT = 500
LONGEST_TABLE = 4 * 1024 * 1024
DAY_MS = 86_400_000
# A recorded day keeps its weekday and not its date: it is played in this week, and then in the weeks after it.
FIRST_MONDAY = date(2020, 2, 17)


@dataclass(frozen=True)
class Act:
    """One thing that was done: `at` in milliseconds since midnight, by `who` (a name of `Person`), `kind` as in KINDS.

    `ref` names what it is done to or makes (`t12`), `chain` what it must wait for: acts of one chain keep their order.
    `post` is the post it belongs to where a trainee may do it (`screening`, `consultation`, `proxy`, `window:3`).
    """

    at: int
    kind: str
    who: str
    letter: str = "A"
    post: str = ""
    ref: str = ""
    chain: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A member of staff of the practice hall, called by what they do."""

    name: str
    role: str
    window: str = ""


@dataclass(frozen=True)
class DrillScript:
    """An anonymised day. `windows` and `matters` are import tables (CSV), `weekday` counts from Monday, 0.

    `left_out` counts what cannot be played: what was done to things of earlier days, corrections, and the like.
    """

    hall: str
    weekday: int
    opening_balance: int
    settings: Mapping[str, Any]
    windows: str
    matters: str
    staff: tuple[Person, ...]
    acts: tuple[Act, ...]
    left_out: int = 0

    @property
    def day(self) -> date:
        """The day of the first run."""
        return FIRST_MONDAY + timedelta(days=self.weekday)

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts a trainee may take, desk first, windows by number."""
        found = {act.post for act in self.acts if act.post}
        desk = [post for post in ("screening", "consultation", "proxy") if post in found]
        windows = sorted((post for post in found if post.startswith("window:")), key=_by_number)
        return (*desk, *windows)


def _by_number(post: str) -> tuple[int, str]:
    number = post.partition(":")[2]
    return (int(number) if number.isdecimal() and number.isascii() else 10**6, number)


# --- what an act may say -------------------------------------------------------------------------


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _whole(value: Any) -> bool:
    return type(value) is int and -(10**9) <= value <= 10**9


def _flag(value: Any) -> bool:
    return type(value) is bool


def _places(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 100 and all(map(_whole, value))


def _lines(value: Any) -> bool:
    """Papers: name, whether an original, how many, and the line of another ticket that is the same sheet."""
    return (
        isinstance(value, list)
        and len(value) <= 100
        and all(
            isinstance(line, list)
            and len(line) == 4
            and _text(line[0])
            and _flag(line[1])
            and _whole(line[2])
            and _text(line[3])
            for line in value
        )
    )


def _words(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 20 and all(map(_text, value))


def _setting(value: Any) -> bool:
    return _text(value) or _whole(value) or _flag(value) or _words(value)


_Check = Callable[[Any], bool]
_ASKED: dict[str, _Check] = {"matter": _text, "name": _text, "phone": _text, "note": _text}
# Every kind of act, with the facts it has.
KINDS: dict[str, dict[str, _Check]] = {
    "check": {
        "tenths": _whole, "person": _text, "name": _text, "phone": _text, "reason": _text, "first": _text,
    },
    "check.undo": {},
    "check.left": {},
    "come": {"count": _whole},
    "leave": {"count": _whole, "ticket": _text},
    "ask": {**_ASKED, "channel": _text, "outcome": _text, "question": _text, "led_to": _text},
    "ask.undo": {},
    "notice": {**_ASKED, "window": _text, "missing": _lines, "complete": _lines},
    "slip": {"window": _text, "matter": _text},
    "promise": {**_ASKED, "window": _text, "due": _whole},
    "call": {},
    "hang_up": {},
    "attempt": {"outcome": _text, "name": _text, "phone": _text},
    "drop": {"reason": _text},
    "again": {},
    "postpone": {"due": _whole},
    "phone_case": {"window": _text, "matter": _text, "outcome": _text, "minutes": _whole, "callback": _text},
    "phone_case.undo": {},
    "number": {"window": _text},
    "number.settle": {},
    "incident": {"incident": _text, "check": _text, "ticket": _text},
    "incident.come": {},
    "incident.step": {},
    "incident.close": {},
    "attendance": {"person": _text, "happened": _text},
    "attendance.undo": {},
    "post": {"person": _text, "place": _text, "window": _text},
    "post.leave": {"person": _text},
    "post.hand_over": {"giver": _text, "taker": _text},
    "round": {"area": _text, "time": _text},
    "foyer.call": {},
    "foyer.notice": {},
    "foyer.notice_down": {},
    "rate": {"ticket": _text, "window": _text, "grade": _whole, "reasons": _words},
    "rate.follow_up": {},
    "ticket": {
        "matter": _text, "window": _text, "name": _text, "phone": _text, "priority": _text, "remark": _text,
        "papers": _lines, "visit": _text, "without_check": _text,
    },
    "claim": {},
    "receive": {"missing": _places, "differing": _places},
    "note_read": {},
    "release": {},
    "suspend": {"due": _whole},
    "resume": {},
    "transfer": {"window": _text},
    "finish": {"result": _text, "kept": _places, "new": _lines},
    "withdraw": {},
    "terminate": {},
    "hand_back": {"papers": _places, "all": _flag, "proof": _text, "second": _text},
    "undo": {},
    "setting": {"name": _text, "value": _setting},
    "close": {},
}  # fmt: skip


# --- the file ------------------------------------------------------------------------------------


def to_bytes(script: DrillScript) -> bytes:
    """The file's content."""
    body = asdict(script)
    whole = {"format": FORMAT, "version": VERSION, "digest": _digest(body), "script": body}
    return canonical(whole).encode() + b"\n"


def _digest(body: Any) -> str:
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def write(path: Path, script: DrillScript) -> None:
    """Writes a script; the file is there whole or not at all. Raises BadInput `output`, CannotWrite."""
    if path.suffix.lower() != ENDING:
        raise errors.BadInput("output", "ending", endings=ENDING)
    write_file(path, to_bytes(script))


def read(path: Path) -> DrillScript:
    """The script in a file. Raises NotFound `file`, BadInput `drill` (see `from_bytes`)."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError:
        raise errors.NotFound(kind="file", key=str(path)) from None
    return from_bytes(content)


def from_bytes(content: bytes) -> DrillScript:
    """The script in a file's content; whatever stands there, it is a script or refused.

    Raises BadInput `drill`: too_large, not_a_drill, too_new, damaged (another digest) or shape.
    """
    if len(content) > LARGEST_FILE:
        raise errors.BadInput("drill", "too_large")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise errors.BadInput("drill", "not_a_drill") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise errors.BadInput("drill", "not_a_drill")
    version = whole.get("version")
    if type(version) is not int or version < 1:
        raise errors.BadInput("drill", "not_a_drill")
    if version > VERSION:
        raise errors.BadInput("drill", "too_new")
    body = whole.get("script")
    try:
        intact = _digest(body) == whole.get("digest")
    except (ValueError, RecursionError):  # half a character, or nested without end
        intact = False
    if not intact:
        raise errors.BadInput("drill", "damaged")
    script = _script(body)
    if script is None:
        raise errors.BadInput("drill", "shape")
    return script


def _script(body: Any) -> DrillScript | None:
    checks: dict[str, _Check] = {
        "hall": lambda value: _text(value) and bool(value.strip()),
        "weekday": lambda value: _whole(value) and 0 <= value <= 6,
        "opening_balance": lambda value: _whole(value) and value >= 0,
        "settings": lambda value: isinstance(value, dict) and all(map(_setting, value.values())),
        "windows": lambda value: isinstance(value, str) and len(value) <= LONGEST_TABLE,
        "matters": lambda value: isinstance(value, str) and len(value) <= LONGEST_TABLE,
        "staff": lambda value: isinstance(value, list) and len(value) <= MOST_STAFF,
        "acts": lambda value: isinstance(value, list) and 0 < len(value) <= MOST_ACTS,
        "left_out": lambda value: _whole(value) and value >= 0,
    }
    if not _fits(body, checks):
        return None
    staff = tuple(person for person in map(_person, body["staff"]) if person is not None)
    known = {person.name for person in staff}
    acts = tuple(act for act in (_act(one, known) for one in body["acts"]) if act is not None)
    if len(staff) != len(body["staff"]) or len(acts) != len(body["acts"]):
        return None
    if len(known) != len(staff) or not any(person.role == "manager" for person in staff):
        return None
    if any(after.at < before.at for before, after in pairwise(acts)):
        return None
    return DrillScript(**{**body, "staff": staff, "acts": acts})


def _fits(value: Any, checks: Mapping[str, _Check]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(checks)
        and all(check(value[name]) for name, check in checks.items())
    )


def _person(value: Any) -> Person | None:
    roles = ("front_desk", "window_clerk", "manager", "working_group", "foyer")
    checks: dict[str, _Check] = {
        "name": lambda name: _text(name) and bool(name.strip()) and len(name) <= 40,
        "role": lambda role: isinstance(role, str) and role in roles,
        "window": _text,
    }
    return Person(**value) if _fits(value, checks) else None


def _act(value: Any, people: set[str]) -> Act | None:
    checks: dict[str, _Check] = {
        "at": lambda at: _whole(at) and 0 <= at < DAY_MS,
        "kind": lambda kind: isinstance(kind, str) and kind in KINDS,
        "who": lambda who: isinstance(who, str) and who in people,
        "letter": lambda letter: isinstance(letter, str) and len(letter) <= 1 and letter.isascii(),
        "post": _text,
        "ref": _text,
        "chain": _text,
        "facts": lambda facts: isinstance(facts, dict),
    }
    if not _fits(value, checks) or not _fits(value["facts"], KINDS[value["kind"]]):
        return None
    return Act(**value)
