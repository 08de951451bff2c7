"""The strip across all pages while the hall's server is away: what still works and what has to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from hall_desk.i18n import _
from hall_desk.ui.labels import Band, Text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.ui.session import Session


class AwayBanner(Band):
    """Shown by itself as long as the server cannot be reached; never takes the keyboard."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("bad", parent)
        self.setObjectName("away_banner")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        sentence = _(
            "The server is away: go on reading and typing, but saving and claiming need it, so press again when "
            "this line is gone."
        )
        self.sentence = Text(sentence).wrap()
        self.setAccessibleName(sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 7, 16, 7)
        layout.addWidget(self.sentence, 1)
        session.online_changed.connect(self._show_online)
        self._show_online(session.online)

    def _show_online(self, online: bool) -> None:
        self.setVisible(not online)
