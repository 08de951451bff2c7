"""Replays a recorded day in a practice hall, at the speed of its clock, with some posts left to trainees.

Acts of one thing (a ticket, a check, a promised call) keep their order, and wait for what a trainee has not done yet;
all others go on. What cannot be done because the day went otherwise is skipped and counted: a drill never stops by
itself. Whoever runs it calls `advance` a few times a second, in one thread.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hall_desk import errors
from hall_desk.services.accounts import Actor
from hall_desk.services.drill import clearing
from hall_desk.services.drill.debriefing import Counts, Debrief, debrief
from hall_desk.services.drill.pace import require_practice, set_pace
from hall_desk.services.drill.playing import play
from hall_desk.services.drill.practice_hall import LEAD
from hall_desk.services.drill.script import Act, DrillScript
from hall_desk.services.drill.stage import Stage
from hall_desk.services.drill.todo import ToDo, Watch, is_asked

log = logging.getLogger(__name__)

MOST_AT_ONCE = 40  # acts in one `advance`, so that whoever calls it is heard in between
MOST_LOOKED_AT = 20
MOST_TOLD = 30  # to-dos in a state; the longest waiting first
# After the last act, what is still asked of trainees counts as missed.
GRACE = timedelta(minutes=10)
# Answered so much later than it was asked for, something counts as late.
LATE = timedelta(minutes=5)
# What one sees coming: the rest of a day are steps of what is there already.
ARRIVALS = frozenset({"check", "ask", "ticket", "promise", "phone_case", "incident"})


class _Item(NamedTuple):
    order: int
    act: Act
    chain: str


@dataclass(frozen=True)
class Coming:
    """The next that comes by itself: a resident, a question, a call, an incident."""

    at: datetime
    kind: str
    post: str


@dataclass(frozen=True)
class DrillState:
    """How a drill stands. `times` is the clock's pace, 0 while it is paused; `todos` has the longest waiting first.

    Of the `asked` to-dos there are at most thirty. `waiting` counts acts that wait for a trainee, `left` all to come.
    """

    now: datetime
    times: int
    played: int
    waiting: int
    skipped: int
    left: int
    coming: Coming | None
    todos: tuple[ToDo, ...]
    asked: int
    over: bool
    debrief: Debrief | None


class Replay:
    """One run of a script on one day of a practice hall. Made by `begin`."""

    def __init__(
        self, manager: Actor, script: DrillScript, day: date, trainees: frozenset[str]
    ) -> None:
        self.manager = manager
        self.script = script
        self.day = day
        self.trainees = trainees
        self.stage = Stage(manager, script, day)
        self.times = 0
        self.over = False
        self.played = 0
        self._skipped: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()
        self._answered = self._otherwise = self._late = 0
        self._watch = Watch(self.stage)
        self._lag: dict[str, int] = {}
        self._asked: dict[str, tuple[_Item, datetime]] = {}
        self._chains: dict[str, deque[_Item]] = {}
        for order, act in enumerate(script.acts):
            if act.post in trainees and not is_asked(act):
                continue
            chain = act.chain or f"#{order}"
            self._chains.setdefault(chain, deque()).append(_Item(order, act, chain))

    # --- controls ----------------------------------------------------------------------------

    def run(self, times: int) -> None:
        """Lets the hall's clock run at a pace; 0 pauses the drill. Raises BadInput `drill` (pace)."""
        set_pace(self.manager, times)
        self.times = times

    def step(self) -> None:
        """Pauses, turns the clock to the next act and plays it."""
        head = self._next()
        if head is None or self.over:
            return
        now = self.manager.store.now()
        set_pace(self.manager, 0, max(self.stage.moment(self._due(head)), now))
        self.times = 0
        self.advance(1)

    def stop(self) -> None:
        """Ends the drill where it is; the hall's clock goes on as clocks do."""
        if not self.over:
            self._end()
        self.run(1)

    # --- going on ----------------------------------------------------------------------------

    def advance(self, most: int = MOST_AT_ONCE) -> int:
        """Plays what is due by the hall's clock, at most `most` acts; gives how many.

        Raises DatabaseAway, DatabaseBusy: call it again.
        """
        if self.over:
            return 0
        self._look()
        done = 0
        now = self.manager.store.now()
        while done < most:
            head = self._next()
            if head is None or self._due(head) > self.stage.at(now):
                break
            self._take(head, now)
            done += 1
        last = self.stage.moment(self.script.acts[-1].at)
        if self._next() is None and (not self._asked or now > last + GRACE):
            self._end()
        return done

    def play_all(self) -> None:
        """Plays the whole day at once with this process's clock standing at each act: for a day without trainees."""
        store = self.manager.store
        while (head := self._next()) is not None:
            store.freeze(self.stage.moment(self._due(head)))
            self._take(head, store.now())
        self._end()

    def state(self) -> DrillState:
        """How the drill stands now."""
        coming = self._coming()
        asked = sorted(self._asked.values(), key=lambda one: one[1])
        left = sum(len(queue) for queue in self._chains.values())
        waiting = sum(len(queue) for name, queue in self._chains.items() if name in self._asked)
        return DrillState(
            now=self.manager.store.now(),
            times=self.times,
            played=self.played,
            waiting=waiting,
            skipped=self._skipped.total(),
            left=left,
            coming=coming,
            todos=tuple(self._watch.todo(item.act, since) for item, since in asked[:MOST_TOLD]),
            asked=len(asked),
            over=self.over,
            debrief=self.debrief() if self.over else None,
        )

    def debrief(self) -> Debrief:
        """The run beside the day that was recorded, as far as it went."""
        return debrief(
            self.manager,
            self.script,
            self.day,
            Counts(
                asked=self._answered + self._otherwise + self._missed.total(),
                answered=self._answered,
                late=self._late,
                otherwise=self._otherwise,
                missed=tuple(sorted(self._missed.items())),
                skipped=tuple(sorted(self._skipped.items())),
            ),
        )

    def _due(self, item: _Item) -> int:
        return item.act.at + self._lag.get(item.chain, 0)

    def _next(self) -> _Item | None:
        """What is due first among that which waits for nobody."""
        heads = (queue[0] for name, queue in self._chains.items() if name not in self._asked)
        return min(heads, key=lambda item: (self._due(item), item.order), default=None)

    def _coming(self) -> Coming | None:
        heads = [
            queue[0]
            for name, queue in self._chains.items()
            if name not in self._asked and queue[0].act.kind in ARRIVALS
        ]
        item = min(heads, key=lambda one: (self._due(one), one.order), default=None)
        if item is None:
            return None
        return Coming(self.stage.moment(self._due(item)), item.act.kind, item.act.post)

    def _take(self, item: _Item, now: datetime) -> None:
        if item.act.post in self.trainees:
            self._asked[item.chain] = (item, now)
            return
        try:
            play(self.stage, item.act)
        except (errors.DatabaseAway, errors.DatabaseBusy):
            raise  # it is played when the database is there again
        except errors.HallDeskError as error:
            log.info("a drill's act was skipped: %s, %s", item.act.kind, error)
            self._skipped[item.act.kind] += 1
        else:
            self.played += 1
        self._drop(item.chain)

    def _drop(self, chain: str) -> None:
        queue = self._chains[chain]
        queue.popleft()
        if not queue:
            del self._chains[chain]

    def _look(self) -> None:
        """Goes on with what trainees have done meanwhile; of many things asked, some in each turn."""
        for chain in list(self._asked)[:MOST_LOOKED_AT]:
            item, since = self._asked.pop(chain)
            outcome = self._watch.outcome(item.act, since)
            if not outcome:
                self._asked[chain] = (item, since)  # behind the others
                continue
            now = self.manager.store.now()
            self._answered += outcome == "done"
            self._otherwise += outcome == "otherwise"
            self._late += outcome == "done" and now - since > LATE
            self._lag[chain] = max(self._lag.get(chain, 0), self.stage.at(now) - item.act.at)
            self._drop(chain)

    def _end(self) -> None:
        self.over = True
        self._missed = Counter(item.act.kind for item, _since in self._asked.values())


def begin(manager: Actor, script: DrillScript, trainees: frozenset[str] = frozenset()) -> Replay:
    """A run of the script on the next day of its weekday that this hall has not seen, its clock standing before it.

    What an earlier run left open is put away first. Raises NotAllowed, BadInput `drill`: not_practice, post for a post
    the script does not have, other_hall (`missing`) when windows, matters or people are missing here.
    """
    require_practice(manager)
    manager.person()
    if not script.acts:
        raise errors.BadInput("drill", "empty_day")
    if not trainees <= set(script.posts):
        raise errors.BadInput("drill", "post")
    store = manager.store
    store.need_server()
    day = clearing.free_day(manager, script.day)
    replay = Replay(manager, script, day, trainees)
    missing = replay.stage.missing()
    if missing:
        raise errors.BadInput("drill", "other_hall", missing=", ".join(missing[:5]))
    clearing.put_away(manager)
    set_pace(manager, 0, replay.stage.moment(script.acts[0].at) - LEAD)
    return replay
