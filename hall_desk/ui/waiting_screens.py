"""Screens of people who are not at this PC at the moment: their half-typed work waits until they are back.

Who has the same rights at the same window goes on with the screen that is there (`DeskLock`), so that a form begun by
one is finished by another. Anybody else gets a screen with the pages of their own, and the one before waits here:
hidden and locked, without listening to the hall, as long as the program runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.ui.desk_lock import same_work
from hall_desk.ui.typed import has_typing

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.session import Session

MOST = 5


@dataclass(frozen=True)
class Screen:
    """A person's window and the session it shows."""

    session: Session
    window: MainWindow

    @property
    def person(self) -> str:
        return self.session.actor.name

    def has_work(self) -> bool:
        return has_typing(self.window.workplace)

    def end(self) -> None:
        """Lets it go for good."""
        self.session.stop()
        self.window.hide()
        self.window.deleteLater()


class WaitingScreens:
    """At most five, the one that waits longest first."""

    def __init__(self) -> None:
        self._screens: list[Screen] = []

    def keep(self, screen: Screen) -> str:
        """Lets a screen wait. Where that is one too many, one goes: gives whose half-typed work went with it."""
        screen.session.rest()
        self._screens.append(screen)
        if len(self._screens) <= MOST:
            return ""
        gone = next((one for one in self._screens if not one.has_work()), self._screens[0])
        self._screens.remove(gone)
        lost = gone.person if gone.has_work() else ""
        gone.end()
        return lost

    def take(self, actor: Actor) -> Screen | None:
        """The screen that waits for this person, if their rights are what they were."""
        for screen in self._screens:
            owner = screen.session.actor
            if owner.staff_id == actor.staff_id and same_work(owner, actor):
                self._screens.remove(screen)
                return screen
        return None

    def has(self, window: QWidget) -> bool:
        return any(screen.window is window for screen in self._screens)

    def with_work(self) -> list[str]:
        """Whose half-typed work waits."""
        return [screen.person for screen in self._screens if screen.has_work()]

    def let_idle_go(self) -> None:
        """Ends those on which nothing is half typed: they are made anew when their person is back."""
        idle = [screen for screen in self._screens if not screen.has_work()]
        self._screens = [screen for screen in self._screens if screen not in idle]
        for screen in idle:
            screen.end()

    def stop(self) -> None:
        """Ends all of them."""
        for screen in self._screens:
            screen.end()
        self._screens.clear()
