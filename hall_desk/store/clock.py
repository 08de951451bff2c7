"""The hall's clock: the database server's, carried on by this PC's monotonic counter.

A PC whose own clock is wrong or is set changes nothing but `pc_ahead`. A practice hall's clock is set off from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

GOOD_FOR_S = 60.0
# The PC's clock and its counter drift apart when it slept or was set: the server is asked again.
DRIFT_S = 1.0


@dataclass(frozen=True)
class Pace:
    """How a practice clock runs that is quicker than the server's, or stands: `hall` time it was at `server` time."""

    times: int
    server: datetime
    hall: datetime

    def at(self, server: datetime) -> datetime:
        """The hall's time at the server's."""
        return self.hall + (server - self.server) * self.times


class HallClock:
    """May be read in any thread. `zone` is the hall's, `practice` how far a practice hall is from the server's time.

    Where a practice hall has a `pace`, that tells instead.
    """

    def __init__(self) -> None:
        self.zone = ZoneInfo("Asia/Shanghai")
        self.practice = timedelta()
        self.pace: Pace | None = None
        # How far this PC's clock is ahead of the server's, as last seen.
        self.pc_ahead = timedelta()
        self._lock = threading.Lock()
        self._seen: tuple[float, datetime] | None = None
        self._offset_s = 0.0
        self._frozen: datetime | None = None

    def now(self, ask: Callable[[], datetime]) -> datetime:
        """The hall's time in UTC. Calls `ask` for the server's at most once a minute, or when this PC's was set."""
        if self._frozen is not None:
            return self._frozen
        with self._lock:
            seen, offset_s = self._seen, self._offset_s
        # Not `drift > DRIFT_S`: after `doubt` the offset is no number, and nothing is near it.
        steady = abs(time.time() - time.monotonic() - offset_s) <= DRIFT_S
        if seen is None or not steady or time.monotonic() - seen[0] > GOOD_FOR_S:
            before = time.monotonic()
            moment = ask()
            seen = ((before + time.monotonic()) / 2, moment)
            pc_now = time.time()
            with self._lock:
                self._seen = seen
                self._offset_s = pc_now - time.monotonic()
                self.pc_ahead = timedelta(seconds=pc_now - moment.timestamp())
        return self._carried_on(seen)

    def estimated(self) -> datetime:
        """Like `now`, but never asks: by this PC's clock, less what it was ahead, where the server never was."""
        if self._frozen is not None:
            return self._frozen
        with self._lock:
            seen = self._seen
        if seen is None:
            return self._practised(datetime.now(UTC) - self.pc_ahead)
        return self._carried_on(seen)

    def server(self, ask: Callable[[], datetime]) -> datetime:
        """The server's own time in UTC, whatever is practised; asks as `now` does."""
        self.now(ask)
        with self._lock:
            seen = self._seen
        # A clock that is frozen asked nobody.
        return ask() if seen is None else seen[1] + timedelta(seconds=time.monotonic() - seen[0])

    def _carried_on(self, seen: tuple[float, datetime]) -> datetime:
        return self._practised(seen[1] + timedelta(seconds=time.monotonic() - seen[0]))

    def _practised(self, server: datetime) -> datetime:
        pace = self.pace
        return server + self.practice if pace is None else pace.at(server)

    @property
    def was_seen(self) -> bool:
        """Whether the server was asked."""
        return self._seen is not None

    def doubt(self) -> None:
        """The server was away: it is asked anew, and until then believed as it was."""
        with self._lock:
            self._offset_s = float("nan")

    def forget(self) -> None:
        """Another server, or another hall: what was seen counts no more."""
        with self._lock:
            self._seen = None

    def freeze(self, moment: datetime) -> None:
        """Stands still at `moment`."""
        self._frozen = moment

    def thaw(self, ask: Callable[[], datetime]) -> None:
        """Runs on from where it stood still."""
        if self._frozen is not None:
            moment, self._frozen, self.practice = self._frozen, None, timedelta()
            self.pace = None
            # Whole seconds, as a hall keeps it: all its programs show the same moment, to the millisecond.
            self.practice = timedelta(seconds=round((moment - self.now(ask)).total_seconds()))

    def local(self, moment: datetime) -> datetime:
        """`moment` in the hall's time zone."""
        return moment.astimezone(self.zone)

    def start_of(self, day: date) -> datetime:
        """The first moment of a service day, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
