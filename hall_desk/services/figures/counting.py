"""How figures are counted: hours, codes, medians and percentiles."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# How many matters a section names; what is asked about most tells a manager enough.
TOP_MATTERS = 8


@dataclass(frozen=True)
class HourCount:
    hour: int
    count: int


@dataclass(frozen=True)
class Count:
    """How many of one kind; `code` is a stored code, its word is `i18n.code`'s."""

    code: str
    count: int


@dataclass(frozen=True)
class MatterCount:
    code: str
    name: str
    count: int


def by_hour(hours: Iterable[int]) -> tuple[HourCount, ...]:
    """How many in each hour of the day, from the first hour that had one to the last."""
    counted = Counter(hours)
    span = range(min(counted), max(counted) + 1) if counted else range(0)
    return tuple(HourCount(hour, counted[hour]) for hour in span)


def by_code(codes: Iterable[str], order: Sequence[str]) -> tuple[Count, ...]:
    """How many of every code, in this order; codes without any are there with 0."""
    counted = Counter(codes)
    return tuple(Count(code, counted[code]) for code in order)


def top_matters(
    keys: Iterable[Any], matters: Mapping[Any, tuple[str, str]]
) -> tuple[MatterCount, ...]:
    """The matters named most often, at most `TOP_MATTERS`; `matters` has code and name by key, None is skipped."""
    counted = Counter(key for key in keys if key is not None)
    lines = [MatterCount(*matters[key], count) for key, count in counted.items()]
    return tuple(sorted(lines, key=lambda line: (-line.count, line.code))[:TOP_MATTERS])


def median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 1) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile: the smallest value with at least `share` of all at or below it."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[math.ceil(share * len(ordered)) - 1], 1)
