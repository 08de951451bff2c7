"""The masked ID number of a ticket's resident, with the way to see it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Link
from hall_desk.ui.dialogs.reveal_id import RevealIdDialog
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.session import Session

KEY = "Alt+I"


class IdLine(QWidget):
    """Hidden where the ticket has none. `wanted`: somebody asks to see the number."""

    wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("clear", "yes")
        self.number = Text("", "soft")
        self.link = Link(_("Show…") + f"  {KEY}")
        self.link.setAccessibleName(_("Show the whole ID number"))
        self.link.clicked.connect(self.wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.number)
        layout.addWidget(self.link)
        layout.addStretch(1)

    def show_ticket(self, ticket: TicketView) -> None:
        self.number.setText(_("ID {number}").format(number=ticket.id_masked))
        self.link.setVisible(ticket.id_kept and self._session.actor.may("identity.reveal"))
        self.setVisible(bool(ticket.id_masked))


def show_id(session: Session, ticket: TicketView | None) -> None:
    """Asks why the whole number of this ticket is needed, and shows it; nothing where there is none to show."""
    if ticket is not None and ticket.id_kept and session.actor.may("identity.reveal"):
        RevealIdDialog(session, ticket).open()
