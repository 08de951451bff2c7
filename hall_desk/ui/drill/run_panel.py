"""While a drill runs: its pace, and everything that is asked of trainees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.services import drill
from hall_desk.ui import key_map
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.drill.words import coming_words, pace_words, post_words, todo_key, todo_words
from hall_desk.ui.labels import Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.services.drill import DrillState, ToDo
    from hall_desk.ui.session import Session


class RunPanel(QWidget):
    """The controls, and what trainees are asked to do, the longest waiting first; the whole sentence stands below.

    Signals: `pause_asked`, `step_asked`, `stop_asked`, and `paced` with how many times the pace of the day.
    """

    pause_asked = Signal()
    step_asked = Signal()
    stop_asked = Signal()
    paced = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.clock = Text("", "figure")
        self.coming = Text("", "soft")
        self.counts = Text()
        self.paces = Segmented([(times, pace_words(times)) for times in drill.PACES])
        self.pause_button = Button(_("Pause"), "primary", "Alt+G")
        self.step_button = Button(_("Next act"), "plain", "Alt+T")
        self.stop_button = Button(_("End the drill"), "danger", "Alt+X")
        store = session.store
        self._rows: RowsModel[ToDo] = RowsModel(
            [
                Column(_("Since"), lambda todo: f"{store.local(todo.since):%H:%M}", 80),
                Column(_("Post"), lambda todo: post_words(todo.post), 130),
                Column(_("Is asked"), todo_words, 300, 1),
                Column(_("Key"), lambda todo: key_map.now(todo_key(todo)), 90),
            ],
            lambda todo: (todo.since, todo.kind, todo.number, todo_words(todo)),
        )
        self.todos: Table[ToDo] = Table(self._rows)
        self.todos.setAccessibleName(_("What trainees are asked to do"))
        self.nothing = Text(_("Nothing is asked of trainees now."), "soft")
        self.whole = Text("").wrap()
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.clock)
        head.addWidget(self.coming, 1)
        head.addWidget(self.counts)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.pause_button)
        line.addWidget(self.step_button)
        line.addWidget(self.paces)
        line.addWidget(Text(f"Alt+1–{len(drill.PACES)}", "label"))
        line.addStretch(1)
        line.addWidget(self.stop_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(line)
        layout.addWidget(self.todos, 1)
        layout.addWidget(self.nothing)
        layout.addWidget(self.whole)
        self.pause_button.clicked.connect(self.pause_asked)
        self.step_button.clicked.connect(self.step_asked)
        self.stop_button.clicked.connect(self.stop_asked)
        self.paces.changed.connect(self._picked)
        self.todos.moved_to.connect(lambda todo: self.whole.setText(todo_words(todo)))
        self._times = 0

    def show_state(self, state: DrillState) -> None:
        """Shows how the drill stands."""
        store = self._session.store
        self._times = state.times
        self.clock.setText(f"{store.local(state.now):%H:%M:%S}")
        self.coming.setText(coming_words(store, state.coming))
        self.counts.setText(
            _("{played} played, {left} to come, {skipped} skipped").format(
                played=state.played, left=state.left, skipped=state.skipped
            )
        )
        self.pause_button.setText(_("Pause") if state.times else _("Go on"))
        if state.times:
            self.paces.blockSignals(True)
            self.paces.set_value(state.times)
            self.paces.blockSignals(False)
        self._rows.show(state.todos)
        self.nothing.setVisible(not state.todos)
        if not state.todos:
            self.whole.setText("")
        elif self.todos.selected() is None:
            self.todos.selectRow(0)

    def _picked(self, times: object) -> None:
        if isinstance(times, int) and times != self._times:
            self.paced.emit(times)
