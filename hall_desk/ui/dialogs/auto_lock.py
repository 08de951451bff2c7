"""After how long a desk's screen locks by itself, chosen by a manager for the whole hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.i18n import _
from hall_desk.services import halls
from hall_desk.ui.dialogs.hall_numbers import HallNumber, HallNumbersDialog

if TYPE_CHECKING:
    from hall_desk.services.halls import Settings
    from hall_desk.ui.session import Session

NAME = "idle_lock_minutes"


def ask_auto_lock(session: Session) -> None:
    """Reads the setting and opens the form for it."""
    actor = session.actor

    def show(settings: Settings) -> None:
        label = _("Minutes without key or mouse (0: never, at most {most})").format(
            most=halls.MOST[NAME]
        )
        number = HallNumber(NAME, label, settings.idle_lock_minutes)
        HallNumbersDialog(session, _("Automatic lock"), (number,)).open()

    session.background.data(session, lambda: halls.settings(actor), show)
