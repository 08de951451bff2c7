"""What happened to a row of the hall's lists: who, when, and each field from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.services.list_history import FieldHistory, HistoryLine
    from hall_desk.store.database import Store

WHAT = {
    "added": N_("{who} added it"),
    "changed": N_("{who} changed it"),
    "retired": N_("{who} retired it"),
    "restored": N_("{who} brought it back"),
    "moved": N_("{who} moved it in the list"),
    "pin_set": N_("{who} set another PIN"),
}
_LONGEST = 160


class HistoryView(QScrollArea):
    """The happenings, the newest first; below each the fields that changed."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: tuple[HistoryLine, ...] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Change history"))
        self.show_lines(())

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        if tuple(lines) == self._shown:
            return
        self._shown = tuple(lines)
        ground = QWidget()
        ground.setProperty("clear", "yes")
        column = QVBoxLayout(ground)
        column.setContentsMargins(2, 4, 12, 4)
        column.setSpacing(12)
        if not lines:
            column.addWidget(Text(_("Nothing has happened to it yet."), "soft"))
        for line in lines:
            column.addWidget(self._line(line))
        column.addStretch(1)
        self.setWidget(ground)

    def words(self) -> list[str]:
        """All that is shown, line by line."""
        shown = self.widget()
        return [text.text() for text in shown.findChildren(Text)] if shown is not None else []

    def _line(self, line: HistoryLine) -> QWidget:
        shown = QWidget()
        grid = QGridLayout(shown)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, 118)
        grid.setColumnStretch(1, 1)
        at = Text(f"{self._store.local(line.at):%Y-%m-%d %H:%M}", "label")
        grid.addWidget(at, 0, 0, Qt.AlignmentFlag.AlignTop)
        said = _(WHAT[line.what]).format(who=line.who)
        grid.addWidget(Text(said, "heading").wrap(), 0, 1)
        for number, field in enumerate(line.fields, start=1):
            grid.addWidget(Text(field_words(field)).wrap(), number, 1)
        return shown


def field_words(field: FieldHistory) -> str:
    """One field from what to what; of personal ones only that it changed."""
    if field.after is None:
        return _("{field}: changed").format(field=field.label)
    before, after = _short(field.before or ""), _short(field.after)
    if not before:
        return _("{field}: {after}").format(field=field.label, after=after)
    return _("{field}: {before} → {after}").format(
        field=field.label, before=before, after=after or _("(empty)")
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
