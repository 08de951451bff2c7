"""The figures of a service day: every number of the daily report, defined once, by subject.

A day is told as it stood at its end, whatever happened afterwards, so that a report made again a year later shows the
same. Of the running day it is told as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import (
    calls,
    closing,
    custody,
    desk,
    groups,
    incidents,
    people,
    ratings,
    screening,
    staff,
    tickets,
    windows,
)
from hall_desk.services.figures.attention import Attention
from hall_desk.services.figures.calls import (
    CallbackFigures,
    NumberFigures,
    NumberLine,
    PhoneCaseFigures,
    PhoneWindow,
)
from hall_desk.services.figures.closing import CarriedLine, CloseFigures, LateFigures
from hall_desk.services.figures.counted import Totals
from hall_desk.services.figures.counting import Count, HourCount, MatterCount, percentile
from hall_desk.services.figures.custody import CustodyFigures, PaperOutLine
from hall_desk.services.figures.days import Day
from hall_desk.services.figures.desk import ConsultationFigures, SlipFigures
from hall_desk.services.figures.groups import ClerkLine, HourLine, MatterLine
from hall_desk.services.figures.incidents import IncidentFigures, IncidentLine, StepLine
from hall_desk.services.figures.people import PeopleFigures
from hall_desk.services.figures.ratings import LowRating, RatingFigures
from hall_desk.services.figures.screening import ScreeningFigures
from hall_desk.services.figures.staff import (
    AreaLine,
    AttendanceFigures,
    DisinfectionFigures,
    HighReading,
    PostFigures,
    PostLine,
)
from hall_desk.services.figures.tickets import Bin, MatterFigures, TicketFigures
from hall_desk.services.figures.windows import WindowFigures
from hall_desk.store.journal import Digest, digest_of
from hall_desk.store.models import Hall, JournalEntry

__all__ = [
    "AreaLine",
    "AttendanceFigures",
    "Attention",
    "Bin",
    "CallbackFigures",
    "CarriedLine",
    "ClerkLine",
    "CloseFigures",
    "ConsultationFigures",
    "Count",
    "CustodyFigures",
    "DayFigures",
    "DisinfectionFigures",
    "HighReading",
    "HourCount",
    "HourLine",
    "IncidentFigures",
    "IncidentLine",
    "LateFigures",
    "LowRating",
    "MatterCount",
    "MatterFigures",
    "MatterLine",
    "NumberFigures",
    "NumberLine",
    "PaperOutLine",
    "PeopleFigures",
    "PhoneCaseFigures",
    "PhoneWindow",
    "PostFigures",
    "PostLine",
    "RatingFigures",
    "ScreeningFigures",
    "SlipFigures",
    "StepLine",
    "TicketFigures",
    "Total",
    "Totals",
    "WindowFigures",
    "all_as_json",
    "as_json",
    "digest_of_day",
    "json_text",
    "of_day",
    "percentile",
    "total",
]  # fmt: skip


@dataclass(frozen=True)
class DayFigures:
    """Everything the daily report shows. Times are in the hall's zone; `as_of` is the day's last journal entry."""

    hall: str
    day: date
    weekday: int
    hours: str
    epidemic: bool
    opened_day: date
    as_of: datetime | None
    made_by: str
    practice: bool
    totals: Totals
    screening: ScreeningFigures
    people: PeopleFigures
    consultations: ConsultationFigures
    slips: SlipFigures
    tickets: TicketFigures
    windows: tuple[WindowFigures, ...]
    by_hour: tuple[HourLine, ...]
    by_matter: tuple[MatterLine, ...]
    by_clerk: tuple[ClerkLine, ...]
    custody: CustodyFigures
    callbacks: CallbackFigures
    phone_cases: PhoneCaseFigures
    numbers: NumberFigures
    incidents: IncidentFigures
    attendance: AttendanceFigures
    posts: PostFigures
    disinfection: DisinfectionFigures
    ratings: RatingFigures
    close: CloseFigures
    late: LateFigures
    purged: tuple[Count, ...]
    attention: tuple[Attention, ...]
    digest: str
    previous_digest: str
    entries: int


def of_day(actor: Actor, day: date) -> DayFigures:
    """The figures of one service day of the hall. Raises DayNotOver for a day that lies ahead, NotAllowed."""
    actor.needs("figures.read")
    actor.store.need_server()
    if day > actor.store.today():
        raise errors.DayNotOver(day=day)
    with actor.store.reading():
        return _counted(actor, Day(actor, day))


def _counted(actor: Actor, day: Day) -> DayFigures:
    hall = Hall.get_by_id(actor.hall_id)
    opened, done = tickets.of_day(day)
    given, cases, callbacks = desk.slips(day), calls.cases(day), calls.stood(day)
    by_matter = groups.by_matter(actor, day.records)
    screened, fevers = screening.count(day)
    inside, full = people.count(day)
    handled, exceptions = tickets.count(day, opened, done, by_matter, hall.opening_balance)
    called, broken = calls.count_callbacks(day, callbacks)
    numbers, silent = calls.count_numbers(day)
    reported, unsettled = incidents.count(day)
    present, health = staff.count_attendance(day)
    rated, low = ratings.count(day)
    close, late, after_closing = closing.count(day)
    held, originals = custody.count(day, closing.reasons(day))
    digest = digest_of(actor.hall_id, day.day)
    return DayFigures(
        hall=hall.name,
        day=day.day,
        weekday=day.day.weekday(),
        hours=day.settings.hours,
        epidemic=day.settings.epidemic,
        opened_day=hall.opened_day,
        as_of=day.local(day.as_of) if day.as_of else None,
        made_by=actor.name,
        practice=hall.practice_offset_s is not None,
        totals=day.totals,
        screening=screened,
        people=inside,
        consultations=desk.count(day),
        slips=desk.count_slips(day, given),
        tickets=handled,
        windows=windows.count(day, groups.by_window(actor, day.records), callbacks),
        by_hour=groups.by_hour(day.records),
        by_matter=by_matter,
        by_clerk=groups.by_clerk(actor, day.records),
        custody=held,
        callbacks=called,
        phone_cases=calls.count_cases(day, cases),
        numbers=numbers,
        incidents=reported,
        attendance=present,
        posts=staff.count_posts(day),
        disinfection=staff.count_disinfection(day),
        ratings=rated,
        close=close,
        late=late,
        purged=closing.purged(day),
        attention=(
            *fevers, *originals, *unsettled, *broken, *silent, *low, *health, *full, *exceptions, *after_closing,
        ),
        digest=digest.text,
        previous_digest=_previous_digest(actor, day.day),
        entries=digest.entries,
    )  # fmt: skip


def _previous_digest(actor: Actor, day: date) -> str:
    """The digest of the last day before that has a journal."""
    before = (
        JournalEntry.select(fn.MAX(JournalEntry.service_day))
        .where(JournalEntry.hall == actor.hall_id, JournalEntry.service_day < day)
        .scalar()
    )
    if not before:
        return ""
    last = before if isinstance(before, date) else date.fromisoformat(before)
    return digest_of(actor.hall_id, last).text


# --- several halls -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """What several halls did on one day together: only counts, for medians and shares of halls do not add up."""

    halls: int
    checked: int
    fevers: int
    opened: int
    finished: int
    within_promise: int
    measured: int
    open_at_end: int
    cumulative: int
    slips: int
    originals_out: int


def total(halls: Sequence[DayFigures]) -> Total:
    """The sums over halls; `measured` and `within_promise` give the district's share within the promise."""
    return Total(
        halls=len(halls),
        checked=sum(one.screening.total for one in halls),
        fevers=sum(one.screening.fevers for one in halls),
        opened=sum(one.tickets.opened for one in halls),
        finished=sum(one.tickets.finished for one in halls),
        within_promise=sum(one.tickets.within_promise for one in halls),
        measured=sum(one.tickets.measured for one in halls),
        open_at_end=sum(one.tickets.open_at_end for one in halls),
        cumulative=sum(one.tickets.cumulative for one in halls),
        slips=sum(one.slips.total for one in halls),
        originals_out=sum(one.custody.originals_out for one in halls),
    )


def digest_of_day(actor: Actor, day: date) -> Digest:
    """The digest of one day's journal, computed again from its entries."""
    actor.needs("figures.read")
    with actor.store.reading():
        return digest_of(actor.hall_id, day)


# --- as JSON -------------------------------------------------------------------------------------


def json_text(value: Any) -> str:
    """Figures as JSON text, dates and times in ISO 8601."""

    def plain(part: Any) -> Any:
        if isinstance(part, date | datetime):
            return part.isoformat()
        if is_dataclass(part) and not isinstance(part, type):
            return asdict(part)
        raise TypeError(type(part).__name__)

    return json.dumps(value, ensure_ascii=False, indent=2, default=plain) + "\n"


def as_json(figures: DayFigures) -> str:
    """The same figures as JSON text: one key per section, dates and times in ISO 8601, names as in `DayFigures`."""
    return json_text(asdict(figures))


def all_as_json(halls: Sequence[DayFigures]) -> str:
    """The figures of several halls as JSON text: `total` adds up what can be added, `halls` has each as `as_json`."""
    return json_text({"total": total(halls), "halls": [asdict(one) for one in halls]})
