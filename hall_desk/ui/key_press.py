"""The key of a step, made once per key press and kept until its answer came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.errors import DatabaseAway
from hall_desk.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Hashable
    from uuid import UUID

    from hall_desk.errors import HallDeskError


class KeyPress:
    """Gives a step the same key again as long as nobody knows what became of it."""

    def __init__(self) -> None:
        self._unanswered: dict[Hashable, UUID] = {}

    def key(self, *step: Hashable) -> UUID:
        """The key for `step` (what is done, and to which ticket)."""
        return self._unanswered.setdefault(step, new_id())

    def answered(self, error: HallDeskError | None = None) -> None:
        """What became of the last step is known, unless `error` says that the server is away."""
        if not isinstance(error, DatabaseAway):
            self._unanswered.clear()
