"""How far long work has come, and a button that stops it. Short work never shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from hall_desk.i18n import _
from hall_desk.services.progress import DAYS
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Band, Text

if TYPE_CHECKING:
    from hall_desk.services.progress import Progress

_LOOK_MS = 60
_SHOWN_AFTER_MS = 300  # what is done by then needs no words


class ProgressStrip(Band):
    """`follow` shows a progress until `finish`; its button stops it. `stopped` is told once the button was pressed."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("info", parent)
        self._progress: Progress | None = None
        self.words = Text("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setStyleSheet(
            f"QProgressBar {{ border: none; border-radius: 4px; background: {theme.WHITE}; }}"
            f"QProgressBar::chunk {{ border-radius: 4px; background: {theme.PRIMARY}; }}"
        )
        self.button = Button(_("Stop"), "plain", "Esc")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.setSpacing(12)
        layout.addWidget(self.words)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.button)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._show_state)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_SHOWN_AFTER_MS)
        self._late.timeout.connect(self.show)
        self.button.clicked.connect(self.stop)
        self.hide()

    def is_following(self) -> bool:
        return self._progress is not None

    def follow(self, progress: Progress) -> None:
        """Shows this work from now on, once it has taken a moment."""
        self._progress = progress
        self._show_state()
        self._look.start()
        if not self.isVisible():
            self._late.start()

    def finish(self) -> None:
        """The work has ended, in whatever way."""
        self._progress = None
        self._look.stop()
        self._late.stop()
        self.hide()

    def stop(self) -> None:
        """Stops the work, if there is any."""
        if self._progress is not None:
            self._progress.stop()
            self.finish()
            self.stopped.emit()

    def _show_state(self) -> None:
        if self._progress is None:
            return
        done, of = self._progress.done, self._progress.of
        if not of:
            said = _("Counting…")
        elif self._progress.what == DAYS:
            said = _("Day {done} of {of}").format(done=done, of=of)
        else:
            said = _("Page {done} of {of}").format(done=done, of=of)
        self.words.setText(said)
        self.bar.setRange(0, max(of, 1))
        self.bar.setValue(done)
        self.bar.setAccessibleName(said)
