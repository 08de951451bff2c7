"""How far long work has come: told by the thread that does it, read and stopped by the one that waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hall_desk.errors import Stopped

# What is being done: reading the figures of days, drawing pages, reading and writing the rows of a list.
DAYS, PAGES, ROWS = "days", "pages", "rows"


class Progress:
    """`done` of `of` steps of `what`. The worker calls `tell` after each step; whoever waits reads, or calls `stop`.

    `told` is called in the worker's thread with the progress itself, for those who have no timer to look at it.
    """

    def __init__(self, told: Callable[[Progress], object] | None = None) -> None:
        self.what, self.done, self.of = "", 0, 0
        self._told = told
        self._stop = threading.Event()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def ended(self) -> bool:
        """Whether nothing is left of what is being done."""
        return self.done >= self.of

    def stop(self) -> None:
        """Asks the worker to end at its next step."""
        self._stop.set()

    def tell(self, what: str, done: int, of: int) -> None:
        """So far the work has come. Raises Stopped when it is no longer wanted."""
        if self.stopped:
            raise Stopped()
        self.what, self.done, self.of = what, done, of
        if self._told is not None:
            self._told(self)
