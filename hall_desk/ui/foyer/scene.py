"""What stands on the foyer's screen at one moment, in words, and what is said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hall_desk import i18n
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from hall_desk.services.foyer import HandledLine, ReadyLine, Shown

T = TypeVar("T")

READY_ROWS = 3
HANDLED_ROWS = 4
TURN_S = 8.0  # how long one page of a longer list, or one of several long notices, is shown
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Large:
    """The green field: a number, two lines of words, and whether it is being announced now."""

    number: str
    first: str
    before: str
    post: str
    after: str
    announced: bool


@dataclass(frozen=True)
class Row:
    """One line of a list; `more` is a word beside the middle one, `end` the last one."""

    number: str
    middle: str = ""
    more: str = ""
    end: str = ""


@dataclass(frozen=True)
class Scene:
    """`page` of `pages` is shown of each list; `away` is a sentence while the server is not there."""

    hall: str
    clock: str
    large: Large | None
    ready: tuple[Row, ...]
    ready_page: tuple[int, int]
    handled: tuple[Row, ...]
    handled_page: tuple[int, int]
    notices: tuple[str, ...]
    turn: int = 0
    away: str = ""
    hint: str = ""


def make(
    shown: Shown,
    now: datetime,
    *,
    featured: ReadyLine | None = None,
    announced: bool = False,
    seconds: float = 0.0,
    away_since: datetime | None = None,
    hint: str = "",
) -> Scene:
    """The scene of a moment. `now` and `away_since` are in the hall's zone; `seconds` turns the pages of long lists."""
    turn = int(seconds / TURN_S)
    rest = [line for line in shown.ready if line != featured]
    ready, ready_page = _page(rest, READY_ROWS, turn)
    handled, handled_page = _page(shown.handled, HANDLED_ROWS, turn)
    return Scene(
        hall=shown.hall,
        clock=f"{now:%H:%M}",
        large=_large(featured, announced) if featured is not None else None,
        ready=tuple(Row(line.number, end=_with_day(line.name, line.day)) for line in ready),
        ready_page=ready_page,
        handled=tuple(map(_handled, handled)),
        handled_page=handled_page,
        notices=shown.notices,
        turn=turn,
        away=_("The server is away: this is how it stood at {time}.").format(
            time=f"{away_since:%H:%M}"
        )
        if away_since is not None
        else "",
        hint=hint,
    )


def _page(lines: Sequence[T], rows: int, turn: int) -> tuple[Sequence[T], tuple[int, int]]:
    pages = max(1, -(-len(lines) // rows))
    page = turn % pages
    return lines[page * rows : (page + 1) * rows], (page + 1, pages)


def _large(line: ReadyLine, announced: bool) -> Large:
    # The post's name is drawn bold, so the sentence is taken apart around it.
    said = _("Fetch your papers at the {post}")
    before, _post, after = said.partition("{post}")
    first = _("{name}, it is done") if line.finished else "{name}"
    return Large(
        number=line.number,
        first=first.format(name=_with_day(line.name, line.day)),
        before=before.strip(),
        post=_("proxy post"),
        after=after.strip(),
        announced=announced,
    )


def _with_day(name: str, day: date | None) -> str:
    if day is None:
        return name
    return _("{name} (of {month}/{day})").format(name=name, month=day.month, day=day.day)


def _handled(line: HandledLine) -> Row:
    about = _("≈ {minutes} min")
    return Row(
        number=line.number,
        middle=_("Window {number}").format(number=line.window_number),
        more=_("queued") if line.waiting else "",
        end=_("soon") if line.minutes is None else about.format(minutes=line.minutes),
    )


def spoken(line: ReadyLine) -> str:
    """What the voice says: 请A零一五号到代办岗领取."""
    if i18n.language() == "en":
        number = " ".join(line.number)
    else:
        number = "".join(_DIGITS[int(c)] if c.isascii() and c.isdigit() else c for c in line.number)
    return _("Number {number}, please come to the front desk.").format(number=number)
