"""The band under the form: whether the last person may come in, and how to take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Link
from hall_desk.ui.labels import Band, Elided, Text
from hall_desk.ui.recheck_strip import left_text, who

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.services.screening import Check
    from hall_desk.store.database import Store


class Verdict(Band):
    """Green: may come in. Red: hold and measure again, or fever. `undo_asked` gives the check to take back.

    During a second reading `left` asks for another person, and `gone_asked` says that this one went away.
    """

    undo_asked = Signal(object)
    left = Signal()
    gone_asked = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("muted", parent)
        self._store = store
        self._check: Check | None = None
        self._recheck: Check | None = None
        self.setMinimumHeight(50)
        self.words = Text("", "band")
        self.details = Elided("")
        self.details.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.undo = Link(_("Undo") + "  Alt+Z")
        self.gone = Link(_("Went away") + "  Alt+L")
        self.leave = Link(_("Another person") + "  Esc")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.setSpacing(14)
        layout.addWidget(self.words)
        layout.addWidget(self.details, 1)
        layout.addWidget(self.undo)
        layout.addWidget(self.gone)
        layout.addWidget(self.leave)
        self.undo.clicked.connect(self.ask_undo)
        self.gone.clicked.connect(self.ask_gone)
        self.leave.clicked.connect(self.left)
        self.show_last()

    def show_check(self, check: Check, now: datetime) -> None:
        """The verdict on the person just measured."""
        self._check, self._recheck = check, None
        self._draw(now)

    def show_recheck(self, first: Check, now: datetime) -> None:
        """That the next reading is the second one of somebody who waits."""
        self._recheck = first
        self._draw(now)

    def show_undone(self, check: Check) -> None:
        self._check = self._recheck = None
        self._say(
            "muted",
            _("Withdrawn: {degrees} ℃ {name}").format(degrees=check.degrees, name=who(check)),
            "",
        )

    def show_gone(self, first: Check) -> None:
        """That somebody who was held went away."""
        self._check = self._recheck = None
        words = _("Left without a second reading: {name}, {degrees} ℃")
        self._say("warn", words.format(name=who(first), degrees=first.degrees), "")

    def show_last(self) -> None:
        """Back to the last person's verdict."""
        self._recheck = None
        self._draw(None)

    def show_time(self, now: datetime) -> None:
        """Counts down while somebody waits."""
        shown = self._recheck or self._check
        if shown is not None and shown.due_at is not None:
            self._draw(now)

    def ask_undo(self) -> None:
        if self._check is not None and self._recheck is None:
            self.undo_asked.emit(self._check)

    def ask_gone(self) -> None:
        if self._recheck is not None:
            self.gone_asked.emit(self._recheck)

    def _draw(self, now: datetime | None) -> None:
        if self._recheck is not None:
            first = self._recheck
            words = _("Second reading of {name}, first {degrees} ℃").format(
                name=who(first), degrees=first.degrees
            )
            self._say("warn", words, self._due(first, now))
        elif self._check is None:
            self._say("muted", _("Ready for the next person"), "")
        else:
            check = self._check
            last = _("Last: {degrees} ℃  {name}  {time}").format(
                degrees=check.degrees,
                name=who(check),
                time=f"{self._store.local(check.at):%H:%M:%S}",
            )
            if check.outcome == "hold":
                self._say("bad", _("Hold, measure again"), f"{last}    {self._due(check, now)}")
            elif check.outcome == "fever":
                self._say("bad", _("Fever: not admitted, the working group is told"), last)
            else:
                self._say("ok", "✓ " + _("Normal, may come in"), last)

    def _due(self, check: Check, now: datetime | None) -> str:
        if check.due_at is None:
            return ""
        due = f"{self._store.local(check.due_at):%H:%M}"
        left = left_text(check, now) if now is not None else ""
        return _("due {time} ({left})").format(time=due, left=left) if left else due

    def _say(self, kind: str, words: str, details: str) -> None:
        self.words.setText(words)
        self.details.setText(details)
        self.undo.setVisible(self._check is not None and self._recheck is None)
        self.gone.setVisible(self._recheck is not None)
        self.leave.setVisible(self._recheck is not None)
        self.show_kind(kind)
        self.setAccessibleName(f"{words} {details}".strip())
