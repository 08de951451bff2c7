"""`./desk bench reports`: the daily report and a month's, beside the same drawn on a bare reportlab canvas.

Floor: every text, line and rectangle of our report once more, its fonts, places and words known beforehand, on a
canvas of reportlab's own. What is left is reading the figures, measuring, breaking lines, laying out tables and pages.
Then both reports with ten times the lines in all their tables. Ours and the floor take turns.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hall as bench
from reportlab.pdfgen.canvas import Canvas

from hall_desk.documents.daily_report import daily_report
from hall_desk.documents.period_report import period_report
from hall_desk.services import accounts, figures, sample_day
from hall_desk.services.accounts import Role
from hall_desk.services.figures.period import month_of, of_period

TARGET, TEN_TIMES = 1.3, 9.0
TIMES = 10
# Of these a report draws a chart or a line of its own, not a table: ten times as many are another report.
_NOT_LINES = frozenset({"by_hour", "by_day", "hours"})

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class _Notes:
    """Stands before a part of reportlab: does what is asked, and notes it."""

    def __init__(self, behind: Any, noted: list[Any]) -> None:
        self._behind, self._noted = behind, noted

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._behind, name)
        if not callable(there):
            return there

        def call(*words: Any, **named: Any) -> Any:
            if name in ("beginText", "beginPath"):
                part: list[Any] = []
                self._noted.append((name, words, part))
                return _Notes(there(*words), part)
            if name in ("drawText", "drawPath"):
                self._noted.append((name, words[1:], named))
                return there(words[0]._behind, *words[1:], **named)
            self._noted.append((name, words, named))
            return there(*words, **named)

        return call


def floor_of(report: Callable[[], bytes]) -> Callable[[], bytes]:
    """Draws what `report` draws, from notes of it."""
    noted: list[Any] = []
    made: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def canvas(*words: Any, **named: Any) -> Any:
        made.append((words[1:], named))
        return _Notes(Canvas(*words, **named), noted)

    with patch("reportlab.pdfgen.canvas.Canvas", canvas):
        report()
    ((words, named),) = made
    calls = [call for call in noted if call[0] != "save"]

    def draw() -> bytes:
        out = io.BytesIO()
        bare = Canvas(out, *words, **named)
        part = None
        for name, first, second in calls:
            if name in ("beginText", "beginPath"):
                part = getattr(bare, name)(*first)
                for step, arguments, more in second:
                    getattr(part, step)(*arguments, **more)
            elif name in ("drawText", "drawPath"):
                getattr(bare, name)(part, *first, **second)
            else:
                getattr(bare, name)(*first, **second)
        bare.save()
        return out.getvalue()

    return draw


def longer(thing: Any, times: int) -> Any:
    """The figures with so many times the lines in each table."""
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    changed = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            changed[field.name] = value * (1 if field.name in _NOT_LINES else times)
        elif is_dataclass(value):
            changed[field.name] = longer(value, times)
    return replace(thing, **changed)


def took(call: Callable[[], bytes]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def compare(name: str, report: Callable[[], bytes], rounds: int) -> tuple[list[float], bool]:
    """Prints our report beside its floor; gives our rounds and whether the target was reached."""
    floor = floor_of(report)
    both = {"ours": report, "floor": floor}
    times: dict[str, list[float]] = {way: [] for way in both}
    for call in both.values():
        call()
    for turn in range(rounds):
        for way in bench.rotated(list(both), turn):
            times[way].append(took(both[way]))
    ours, bare = times["ours"], times["floor"]
    good = bench.median_ratio(ours, bare) <= TARGET
    print(
        f"  {name:28} {statistics.median(ours):9.1f} {statistics.median(bare):9.1f}   "
        f"{bench.ratio(ours, bare)}  {bench.verdict(good)}"
    )
    return ours, good


def main() -> int:
    parser = argparse.ArgumentParser(prog="./desk bench reports")
    parser.add_argument("--rounds", type=int, default=15)
    rounds: int = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory() as folder,
        sample_day.make(str(Path(folder) / "hall.sqlite3")) as store,
    ):
        boss = accounts.sign_in(store, sample_day.PEOPLE[Role.MANAGER.value], sample_day.PIN)
        day = figures.of_day(boss, sample_day.DAY)
        month = of_period(boss, month_of(sample_day.DAY))
    reports: dict[str, tuple[Callable[[Any], bytes], Any]] = {
        "daily report": (daily_report, day),
        "monthly report": (period_report, month),
    }
    print(
        f"\n{rounds} rounds, medians in ms{'ours':>18} {'floor':>9}   target {TARGET:.1f} x the floor"
    )
    reached = True
    for name, (make, of) in reports.items():
        once, good = compare(name, lambda make=make, of=of: make(of), rounds)  # type: ignore[misc]
        reached &= good
        more = longer(of, TIMES)
        ten, good = compare(
            f"{name}, {TIMES} times the rows",
            lambda make=make, more=more: make(more),  # type: ignore[misc]
            max(5, rounds // 3),
        )
        reached &= good
        grown = statistics.median(ten) / statistics.median(once)
        print(
            f"  {TIMES} times the rows take {grown:.2f} x the time  {bench.verdict(grown <= TEN_TIMES)}"
        )
        reached &= grown <= TEN_TIMES
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
