"""A queue lived through again: jobs that come, wait for somebody and occupy them, with people who come and go.

Pure arithmetic for `services.staffing`; seconds on one clock. Whoever gets free takes the waiting job of the lowest
rank, as a window does. Nobody leaves a job half done.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """Comes at `at`, is taken in the order of `rank`, and occupies one person for `handled` seconds."""

    at: float
    rank: float
    handled: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One person who is there from `start` until `end`."""

    start: float
    end: float


def levels(turns: Sequence[Turn]) -> list[tuple[float, int]]:
    """From when on how many people are there, in order. Never none: what was done was done by somebody."""
    steps = sorted(
        [(turn.start, 1) for turn in turns if turn.end > turn.start]
        + [(turn.end, -1) for turn in turns if turn.end > turn.start]
    )
    found = [(-math.inf, 1)]
    there = 0
    for at, step in steps:
        there += step
        if found[-1][0] == at:
            found.pop()
        found.append((at, max(1, there)))
    return found


def waits(jobs: Sequence[Job], people: Sequence[tuple[float, int]]) -> list[float]:
    """How long each of the jobs, which are in the order they come, waits with so many people (see `levels`)."""
    found = [0.0] * len(jobs)
    queue: list[tuple[float, int]] = []
    busy: list[float] = []
    come, step, there = 0, 0, 1
    while come < len(jobs) or queue:
        now = min(
            jobs[come].at if come < len(jobs) else math.inf,
            busy[0] if busy else math.inf,
            people[step][0] if step < len(people) else math.inf,
        )
        while step < len(people) and people[step][0] <= now:
            there = people[step][1]
            step += 1
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        while come < len(jobs) and jobs[come].at <= now:
            heapq.heappush(queue, (jobs[come].rank, come))
            come += 1
        while queue and len(busy) < there:
            _rank, place = heapq.heappop(queue)
            found[place] = now - jobs[place].at
            heapq.heappush(busy, now + jobs[place].handled)
    return found
