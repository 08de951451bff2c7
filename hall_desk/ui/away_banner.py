"""The strip across all pages while the hall's server is away: what still works and what has to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from hall_desk.i18n import _, _n
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
        self._session = session
        self.sentence = Text().wrap()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 7, 16, 7)
        layout.addWidget(self.sentence, 1)
        session.online_changed.connect(self._show)
        session.outbox.told.connect(self._show)
        self._show()

    def _show(self) -> None:
        outbox = self._session.outbox
        words = away_words(alone=outbox.alone, waiting=outbox.waiting.to_send)
        self.sentence.setText(words)
        self.setAccessibleName(words)
        self.setVisible(not self._session.online or outbox.alone)


def away_words(*, alone: bool, waiting: int) -> str:
    """What still works while the server is away; `alone` when this PC keeps what is recorded."""
    if not alone:
        return _(
            "The server is away: go on reading and typing, but saving and claiming need it, so press again when "
            "this line is gone."
        )
    words = _(
        "The server is away: go on recording checks, consultations, slips, callbacks, incidents and new tickets. "
        "They are kept on this PC and sent by themselves; claiming, finishing and handing back need the server."
    )
    if waiting:
        count = _n("{count} record waits.", "{count} records wait.", waiting).format(count=waiting)
        words = f"{words} {count}"
    return words
