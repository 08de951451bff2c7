"""The head of the window page: which window this is, what was done today, and the key to the next ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from hall_desk.i18n import _, _n
from hall_desk.services import matters
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.promise_list import PromiseButton
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from hall_desk.services.matters import WindowLine
    from hall_desk.ui.session import Session


class WindowHead(QWidget):
    """Who has a window of their own reads its name; who has none chooses one (`window_chosen` gives its key)."""

    next_wanted = Signal()
    window_chosen = Signal(object)

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        actor = session.actor
        self._own = actor.window_id is not None
        self.heading = Text(title, "title")
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(_("Window"))
        self.chooser.setMinimumWidth(220)
        self.post = Chip("", "ok")
        self.claims = Chip("", "muted")
        self.problem = Text("", "error")
        self.problem.hide()
        self.promises = PromiseButton(session)
        self.next_button = Button(_("Claim next"), "primary", "F6")
        if not actor.may("tickets.claim"):
            self.next_button.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for widget in (self.heading, self.chooser, self.post, self.claims, self.promises):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(self.problem)
        layout.addWidget(self.next_button)
        self.next_button.clicked.connect(self.next_wanted)
        self.chooser.activated.connect(self._activated)
        session.online_changed.connect(self._show_post)
        if self._own:
            self.chooser.hide()
            self.heading.setText(f"{window_text(actor.window_number)} · {actor.window_name}")
        else:
            session.background.data(self, lambda: matters.windows(actor), self._offer)
        self._show_post()

    def show_claims(self, count: int) -> None:
        """How many were claimed today."""
        said = _n("{count} claimed today", "{count} claimed today", count).format(count=count)
        self.claims.show_text(said, "muted")

    def say(self, sentence: str) -> None:
        """Says beside the key what was refused; an empty sentence takes it away."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _offer(self, windows: list[WindowLine]) -> None:
        self.chooser.clear()
        for line in windows:
            self.chooser.addItem(f"{window_text(line.number)} · {line.name}", line.id)
        if windows:
            self._activated(0)

    def _activated(self, number: int) -> None:
        window_id = self.chooser.itemData(number)
        self.promises.of_window(window_id)
        self.window_chosen.emit(window_id)

    def _show_post(self) -> None:
        online = self._session.online
        said = (_("In post") if online else _("Server is away")) if self._own or not online else ""
        self.post.show_text(said, "ok" if online else "bad")
