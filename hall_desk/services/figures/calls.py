"""Figures of what windows did by telephone: callbacks promised and made, business settled, numbers that do not answer.

A callback's row tells how it stands now; how it stood at a day's end is told by the calls made for it and by the
journal, which has every promise, postponement, withdrawal and reopening.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hall_desk.services import callbacks, phone_cases
from hall_desk.services.figures import counting
from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.services.figures.counted import MOVES, SETTLED
from hall_desk.services.figures.counting import Count, MatterCount
from hall_desk.store.models import (
    CallAttempt,
    Callback,
    JournalEntry,
    NumberTrouble,
    PhoneCase,
    Window,
)

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class CallbackFigures:
    """`promised` and `calls` of the day; `settled` on it, whenever promised, by how; `open_at_end` how it stood at the
    day's end, `side` of them on the side list, `overdue` promised for a time that had passed."""

    promised: int
    calls: int
    no_answer: int
    settled: int
    by_result: tuple[Count, ...]
    open_at_end: int
    side: int
    overdue: int


@dataclass(frozen=True)
class PhoneCaseFigures:
    """Business settled by telephone that was not withdrawn; `about_nothing_listed` named no matter."""

    total: int
    minutes: int
    by_outcome: tuple[Count, ...]
    by_window: tuple[PhoneWindow, ...]
    top_matters: tuple[MatterCount, ...]
    about_nothing_listed: int
    withdrawn: int


@dataclass(frozen=True)
class PhoneWindow:
    number: str
    name: str
    count: int
    minutes: int


@dataclass(frozen=True)
class NumberFigures:
    """Reports that a window's number does not answer: of the day, and the windows not put right at its end."""

    reported: int
    unsettled: tuple[NumberLine, ...]


@dataclass(frozen=True)
class NumberLine:
    window_number: str
    window_name: str
    since: datetime


@dataclass(frozen=True)
class Stood:
    """A callback as it stood at a day's end."""

    window: UUID
    promised_at: datetime
    state: str
    due_at: datetime
    tries: int
    settled_at: datetime | None

    @property
    def open(self) -> bool:
        return self.state in callbacks.OPEN


# --- callbacks -----------------------------------------------------------------------------------


def stood(day: Day) -> list[Stood]:
    """The callbacks that were promised, settled or open on the day, as they stood at its end."""
    known = Callback.at < day.end
    # One that was settled before is not of interest; one that is open now may have been settled and reopened since.
    rows = [
        row
        for part in (Callback.state.in_(callbacks.OPEN), Callback.settled_at >= day.start)
        for row in Callback.select(
            Callback.id, Callback.window, Callback.at, Callback.due_at
        ).where(Callback.hall == day.hall_id, part, known)
    ]
    happened = _happenings(day, [row.id for row in rows])
    found = [_replayed(row, happened[row.id]) for row in rows]
    return [one for one in found if one.open or (one.settled_at and one.settled_at >= day.start)]


def _happenings(
    day: Day, keys: Sequence[UUID]
) -> dict[UUID, list[tuple[datetime, UUID, str, dict[str, Any]]]]:
    """What happened to each callback before the day's end, in order: its calls, and what the journal has."""
    found: dict[UUID, list[tuple[datetime, UUID, str, dict[str, Any]]]] = defaultdict(list)
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        for call in CallAttempt.select(
            CallAttempt.id, CallAttempt.callback, CallAttempt.at, CallAttempt.outcome
        ).where(CallAttempt.callback.in_(part), CallAttempt.at < day.end):
            found[call.callback_id].append((call.at, call.id, call.outcome, {}))
        for entry in JournalEntry.select(
            JournalEntry.id,
            JournalEntry.subject,
            JournalEntry.at,
            JournalEntry.kind,
            JournalEntry.facts,
        ).where(
            JournalEntry.hall == day.hall_id,
            JournalEntry.kind.in_(MOVES),
            JournalEntry.subject.in_(part),
            JournalEntry.at < day.end,
        ):
            what = entry.kind.partition(".")[2]
            found[entry.subject].append((entry.at, entry.id, what, json.loads(entry.facts)))
    for happenings in found.values():
        happenings.sort(key=lambda one: one[:2])
    return found


def _replayed(
    row: Callback, happenings: Iterable[tuple[datetime, UUID, str, dict[str, Any]]]
) -> Stood:
    state, tries = "due", 0
    due_at: datetime = row.due_at
    settled_at: datetime | None = None
    for at, _key, what, facts in happenings:
        match what:
            case "promised" | "postponed":
                state, due_at, tries = "due", datetime.fromisoformat(facts["due_at"]), 0
            case "no_answer":
                tries += 1
                state = "side" if tries >= callbacks.TRIES else "due"
            case "reopened":
                state = "side" if tries >= callbacks.TRIES else "due"
                settled_at = None
            case _:
                state, settled_at = what, at
    return Stood(row.window_id, row.at, state, due_at, tries, settled_at)


def count_callbacks(day: Day, found: Sequence[Stood]) -> tuple[CallbackFigures, list[Attention]]:
    calls = [
        outcome
        for (outcome,) in CallAttempt.select(CallAttempt.outcome)
        .where(CallAttempt.hall == day.hall_id, CallAttempt.service_day == day.day)
        .tuples()
    ]
    settled = [one for one in found if not one.open]
    still_open = [one for one in found if one.open]
    overdue = [one for one in still_open if one.state == "due" and one.due_at < day.moment]
    figures = CallbackFigures(
        promised=day.totals.callbacks_promised,
        calls=len(calls),
        no_answer=calls.count("no_answer"),
        settled=day.totals.callbacks_settled,
        by_result=counting.by_code((one.state for one in settled), SETTLED),
        open_at_end=len(still_open),
        side=sum(one.state == "side" for one in still_open),
        overdue=len(overdue),
    )
    return figures, _broken(day, overdue)


def _broken(day: Day, overdue: Sequence[Stood]) -> list[Attention]:
    """One line per promise that was not kept, the longest overdue first."""
    numbers = _numbers(day)
    return [
        Attention(
            "callback_overdue",
            {
                "window": numbers[one.window][0],
                "due": f"{day.local(one.due_at):%m-%d %H:%M}",
                "tries": one.tries,
            },
        )
        for one in sorted(overdue, key=lambda one: (one.due_at, one.promised_at))
    ][:MOST]


def _numbers(day: Day) -> dict[UUID, tuple[str, str]]:
    rows = Window.select(Window.id, Window.number, Window.name).where(Window.hall == day.hall_id)
    return {row.id: (row.number, row.name) for row in rows}


# --- phone cases ---------------------------------------------------------------------------------


def cases(day: Day) -> list[PhoneCase]:
    """The day's phone cases, the withdrawn ones too."""
    row = PhoneCase
    return list(
        row.select(row.window, row.matter, row.outcome, row.minutes, row.withdrawn_at).where(
            row.hall == day.hall_id, row.service_day == day.day
        )
    )


def count_cases(day: Day, rows: Sequence[PhoneCase]) -> PhoneCaseFigures:
    kept = [row for row in rows if day.stood(row.withdrawn_at)]
    of_window: dict[UUID, list[int]] = defaultdict(list)
    for row in kept:
        of_window[row.window_id].append(row.minutes)
    windows = Window.select().where(Window.id.in_(list(of_window))) if of_window else []
    ordered = sorted(windows, key=lambda window: (window.position, window.number))
    return PhoneCaseFigures(
        total=day.totals.phone_cases,
        minutes=day.totals.phone_minutes,
        by_outcome=counting.by_code((row.outcome for row in kept), phone_cases.OUTCOMES),
        by_window=tuple(
            PhoneWindow(
                window.number, window.name, len(of_window[window.id]), sum(of_window[window.id])
            )
            for window in ordered
        ),
        top_matters=counting.top_matters((row.matter_id for row in kept), day.matters),
        about_nothing_listed=sum(row.matter_id is None for row in kept),
        withdrawn=len(rows) - len(kept),
    )


# --- numbers that do not answer ------------------------------------------------------------------


def count_numbers(day: Day) -> tuple[NumberFigures, list[Attention]]:
    row = NumberTrouble
    unsettled = row.settled_at.is_null() | (row.settled_at >= day.end)
    numbers = _numbers(day)
    lines = tuple(
        NumberLine(*numbers[one.window_id], day.local(one.at))
        for one in row.select(row.window, row.at)
        .where(row.hall == day.hall_id, row.at < day.end, unsettled)
        .order_by(row.at, row.id)
    )
    reported = row.select().where(row.hall == day.hall_id, row.service_day == day.day).count()
    attention = [
        Attention(
            "number_trouble", {"window": line.window_number, "since": f"{line.since:%m-%d %H:%M}"}
        )
        for line in lines
    ]
    return NumberFigures(reported, lines), attention[:MOST]
