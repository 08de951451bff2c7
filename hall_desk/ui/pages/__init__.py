"""One module per page, and what all pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from hall_desk.devices.instruments import Reading
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class Shortcut:
    """A key of a page: the main window binds it while the page is shown and no dialog lies over it."""

    key: str
    run: Callable[[], object]


class Page(QWidget):
    """One page of the main window.

    It reads what it shows in `reload`, off the UI thread; that is called when the page is first shown and
    whenever one of its `topics` changed. A hidden page waits with that until it is shown again. `reload`
    keeps selection, scroll position and whatever is half typed.
    """

    # How many wait, and how urgent that is (`info` or `bad`): the number in the sidebar.
    badge = Signal(int, str)

    name: ClassVar[str] = ""
    # The right without which the page is not offered, e.g. `tickets.open`.
    right: ClassVar[str] = ""
    topics: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._stale = True
        session.changed.connect(self._on_changed)

    @classmethod
    def title(cls) -> str:
        """The page's name in the sidebar, in the language of the moment."""
        raise NotImplementedError

    @classmethod
    def offered(cls, session: Session) -> bool:
        """Whether this person at this PC has the page."""
        return session.actor.may(cls.right)

    def reload(self) -> None:
        """Reads again what the page shows."""

    def reload_badge(self) -> None:
        """Reads again the number for the sidebar; unlike `reload` also called while the page is hidden."""

    def show_with(self, **what: Any) -> None:
        """Shows one thing in particular, as asked by `Session.go`."""

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return ()

    def take_scan(self, code: str) -> bool:
        """Whether the page has a use of its own for a code that was scanned; else what it stands for is opened."""
        return False

    def take_reading(self, reading: Reading) -> bool:
        """Whether the page has a use for what a thermometer or a card reader gave."""
        return False

    def incident_about(self) -> dict[str, Any]:
        """What an incident reported from here is about: any of `people`, `ticket_id`, `check_id`."""
        return {}

    def arrive(self) -> None:
        """Puts the keyboard where work on this page begins."""
        self.setFocus()

    def concerns(self, changed: Changed) -> bool:
        """Whether a change touches what the page shows."""
        return changed.touches(self.topics)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.reload()

    def _on_changed(self, changed: Changed) -> None:
        if not self.concerns(changed):
            return
        self.reload_badge()
        if self.isVisible():
            self.reload()
        else:
            self._stale = True
