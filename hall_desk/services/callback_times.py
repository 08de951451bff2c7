"""When a callback is due: reading a typed time, keeping to the hours a window is open, and the times offered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings
from hall_desk.services.opening import spans
from hall_desk.store.models import Window

FURTHEST = timedelta(days=60)

_TYPED = re.compile(
    r"(?:(?P<today>今天|今|today)|(?P<next>明天|明|tomorrow)|(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})(?:日|(?=\s)))?"
    r"\s*(?P<hour>\d{1,2})(?:[:.点时](?P<minute>\d{1,2})?分?|(?P<close>\d{2}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DueChoice:
    """A time that is offered: `code` is usual, hour, afternoon or next_day; `minutes` what `usual` means."""

    code: str
    at: datetime
    minutes: int


def within_hours(moment: datetime, hours: str, opens_on: Callable[[date], bool]) -> datetime:
    """`moment` (local) if the window is open then, else its next opening.

    Today counts in any case, because somebody is here. A hall that is closed longer than a callback may lie ahead
    gives the moment itself.
    """
    open_at = spans(hours)
    for ahead in range(FURTHEST.days + 1):
        day = moment + timedelta(days=ahead)
        if ahead and not opens_on(day.date()):
            continue
        minute = -1 if ahead else moment.hour * 60 + moment.minute
        for start, end in open_at:
            if start <= minute < end:
                return moment
            if minute < start:
                return _at(day, start)
    return moment


def _at(day: datetime, minute: int) -> datetime:
    return day.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)


def after_minutes(actor: Actor, at: datetime, hours: str, minutes: int) -> datetime:
    """`minutes` after `at`, while the window with these hours is open; the hall's hours without any.

    The caller has a transaction open.
    """
    settings = load_settings(actor.hall_id)
    moment = actor.store.local(at + timedelta(minutes=minutes))
    return within_hours(moment, hours or settings.hours, settings.opens_on)


def default_due(actor: Actor, at: datetime, hours: str = "") -> datetime:
    """When a call promised at `at` is due if nothing else was agreed. The caller has a transaction open."""
    return after_minutes(actor, at, hours, load_settings(actor.hall_id).callback_minutes)


def choices(actor: Actor, window_id: UUID | None = None) -> tuple[DueChoice, ...]:
    """The times to offer for a window, each once: the usual one, in an hour, this afternoon, the next working day."""
    actor.needs("callbacks.promise")
    with actor.store.reading():
        settings = load_settings(actor.hall_id)
        window = Window.get_or_none(Window.id == window_id) if window_id else None
        now = actor.store.local(actor.store.now())
        hours = (window.hours if window else "") or settings.hours
        minutes = settings.callback_minutes
        offered = [
            ("usual", default_due(actor, now, hours)),
            ("hour", after_minutes(actor, now, hours, 60)),
        ]
    noon = [start for start, end in spans(hours) if end > 13 * 60]
    if noon:
        afternoon = _at(now, max(noon[0], 13 * 60 + 30))
        if afternoon > now:
            offered.append(("afternoon", afternoon))
    next_day = within_hours(_at(now, 23 * 60 + 59), hours, settings.opens_on)
    if next_day.date() > now.date():
        offered.append(("next_day", next_day))
    seen: set[datetime] = set()
    made = []
    for code, at in offered:
        if at not in seen:
            seen.add(at)
            made.append(DueChoice(code, at, minutes))
    return tuple(made)


def read_due(text: str, now: datetime) -> datetime | None:
    """A typed time as a moment in the hall: `15:30`, `1530`, `15点`, `明天 9:00`, `2-24 9:00`; empty is None.

    `now` is the hall's local time. Raises BadInput `due` (shape, past, too_far).
    """
    typed = privacy.folded(text)
    if not typed:
        return None
    found = _TYPED.fullmatch(typed)
    if found is None:
        raise errors.BadInput("due", "shape")
    day = now.date()
    minute = found["minute"] or found["close"] or "0"
    try:
        if found["next"]:
            day += timedelta(days=1)
        elif found["month"]:
            day = date(now.year, int(found["month"]), int(found["day"]))
            if day < now.date():  # in December, January is next year's
                day = day.replace(year=now.year + 1)
        moment = datetime(
            day.year, day.month, day.day, int(found["hour"]), int(minute), tzinfo=now.tzinfo
        )
    except ValueError:
        raise errors.BadInput("due", "shape") from None
    check_due(moment, now)
    return moment


def check_due(moment: datetime, now: datetime) -> None:
    """Raises BadInput `due` (past, too_far)."""
    if moment < now:
        raise errors.BadInput("due", "past")
    if moment > now + FURTHEST:
        raise errors.BadInput("due", "too_far")
