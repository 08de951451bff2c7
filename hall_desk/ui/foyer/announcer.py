"""Which call is announced when: one after the other, each for at least five seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall_desk.services.foyer import Call, ReadyLine, Shown

SHORTEST_S = 5.0
# A voice that does not come to an end holds up nobody any longer.
LONGEST_S = 20.0
# A screen that is switched on does not call what was called before, but for the last moment.
FRESH = timedelta(seconds=30)


class Announcer:
    """Takes what the foyer is shown and says whose turn it is.

    `clock` gives seconds that only go forward, `busy` whether the voice is still speaking.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._busy = busy
        self._known: set[str] | None = None
        self._waiting: deque[Call] = deque()
        self._since = 0.0
        self.current: Call | None = None
        self.latest: Call | None = None

    def take(self, shown: Shown) -> None:
        """New calls join the queue; those whose papers have been fetched meanwhile leave it."""
        if self._known is None:
            old = shown.at - FRESH
            self._known = {call.key for call in shown.calls if call.at < old}
            before = [call for call in shown.calls if call.key in self._known]
            self.latest = before[-1] if before else None
        there = {call.key for call in shown.calls}
        self._waiting = deque(call for call in self._waiting if call.key in there)
        for call in shown.calls:
            if call.key not in self._known:
                self._known.add(call.key)
                self._waiting.append(call)

    def step(self) -> Call | None:
        """Moves on when it is time; gives the call that begins now, and None while nothing new does."""
        if self.current is not None:
            lasted = self._clock() - self._since
            if lasted < SHORTEST_S or (self._busy() and lasted < LONGEST_S):
                return None
            self.current = None
        if not self._waiting:
            return None
        self.current = self.latest = self._waiting.popleft()
        self._since = self._clock()
        return self.current

    def featured(self, shown: Shown) -> ReadyLine | None:
        """What stands large: the call of the moment, else the last one still to be fetched, else the newest."""
        if self.current is not None:
            return self.current.line
        if self.latest is not None and self.latest.line in shown.ready:
            return self.latest.line
        waiting = {call.line for call in self._waiting}
        called = [call.line for call in shown.calls if call.line not in waiting]
        return called[-1] if called else None
