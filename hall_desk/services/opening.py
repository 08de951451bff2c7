"""When a hall opens, as people write it: hours of a day, days of the week, and the single days that are otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hall_desk import errors
from hall_desk.services import privacy

_SPAN = r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})"
_SPANS = re.compile(_SPAN)
_ONLY_SPANS = re.compile(rf"{_SPAN}(?:[\s,，、;；]+{_SPAN})*")
_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
_DAYS = re.compile(rf"{_DAY}(?:\s*[~～至到–—]+\s*{_DAY})?")
_BETWEEN = re.compile(r"[\s,，、;；]+")
# The longest holiday somebody may mean by a first and a last day; a longer one is a slip of the year.
LONGEST_HOLIDAY = 62


def spans(hours: str) -> list[tuple[int, int]]:
    """Opening times as minutes of the day: `9:00-12:00 13:30-17:00` gives two; what cannot be read gives none."""
    found = [
        (int(a) * 60 + int(b), int(c) * 60 + int(d))
        for a, b, c, d in _SPANS.findall(privacy.folded(hours))
    ]
    return sorted(span for span in found if span[0] < span[1] <= 24 * 60)


def checked_hours(hours: str) -> str:
    """Opening times as a hall's setting keeps them: `9:00-12:00 13:30-17:00`. Raises BadInput `setting` (hours)."""
    text = privacy.folded(hours)
    open_at = spans(text)
    minutes = [int(part) for part in re.findall(r"[:：](\d{2})", text)]
    apart = all(before[1] < after[0] for before, after in pairwise(open_at))
    if (
        not _ONLY_SPANS.fullmatch(text)
        or len(_SPANS.findall(text)) != len(open_at)
        or max(minutes) > 59
        or not apart
    ):
        raise errors.BadInput("setting", "hours")
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in open_at)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def checked_weekdays(days: str) -> str:
    """Days of the week as digits in their order, 1 is Monday. Raises BadInput `setting` (weekdays)."""
    if not days or not set(days) <= set("1234567"):
        raise errors.BadInput("setting", "weekdays")
    return "".join(sorted(set(days)))


def checked_days(days: Iterable[Any], most: int) -> tuple[str, ...]:
    """ISO days in their order, each once. Raises BadInput `setting` (date, too_many)."""
    found = set()
    for day in days:
        try:
            found.add(date.fromisoformat(day).isoformat())
        except (TypeError, ValueError):
            raise errors.BadInput("setting", "date", text=str(day)) from None
    if len(found) > most:
        raise errors.BadInput("setting", "too_many", limit=most)
    return tuple(sorted(found))


def read_days(text: str) -> tuple[str, ...]:
    """ISO days of a text as people write or paste it, first and last days of holidays too.

    `2026-10-01`, `2026/10/1`, `2026年10月1日`, `2026-10-01~2026-10-07`; lines, spaces or commas between them. Raises
    BadInput `setting` (date) with the `text` that is none.
    """
    rest = privacy.folded(text)
    found: list[str] = []
    while rest:
        match = _DAYS.match(rest)
        try:
            if match is None:
                raise ValueError
            first = date(*map(int, match.groups()[:3]))
            last = date(*map(int, match.groups()[3:])) if match[4] else first
            if not 0 <= (last - first).days < LONGEST_HOLIDAY:
                raise ValueError
            after = rest[match.end() :]
            if after and not _BETWEEN.match(after):
                raise ValueError
        except ValueError:
            raise errors.BadInput("setting", "date", text=_BETWEEN.split(rest)[0]) from None
        found += [
            (first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days + 1)
        ]
        rest = _BETWEEN.sub("", after, count=1) if after else ""
    return tuple(found)
