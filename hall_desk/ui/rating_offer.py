"""The button that turns the screen to the resident whose ticket was just closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.i18n import _
from hall_desk.ui import rating_window
from hall_desk.ui.buttons import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.session import Session

KEY = "Alt+S"


class RatingOffer(Button):
    """There while a ticket has been closed here, or a closed one is shown, and not been offered yet."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", "plain", KEY, parent)
        self._session = session
        self._ticket: TicketView | None = None
        self.clicked.connect(self.offer)
        self.hide()

    def show_for(self, ticket: TicketView) -> None:
        """A ticket was closed, or is closed: it may be rated. Any other one leaves the button as it is."""
        if ticket.card.state == "closed" and self._session.actor.may("ratings.offer"):
            self._ticket = ticket
            self.setText(_("Rating {number}").format(number=ticket.card.number))
            self.updateGeometry()
            self.show()

    def forget(self, _undone: object = None) -> None:
        """The step was taken back, or the rating was offered."""
        self._ticket = None
        self.hide()

    def offer(self) -> None:
        """Opens the rating page, once; nothing happens without a closed ticket."""
        ticket = self._ticket
        if ticket is not None:
            self.forget()
            rating_window.offer(self._session, ticket.card.id)
