"""The strip over all pages while a drill runs: the day's time, its pace, what comes next, what is asked of trainees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import drill
from hall_desk.ui.buttons import Button, KeyCap, Segmented
from hall_desk.ui.drill.lane import DrillLane
from hall_desk.ui.drill.words import coming_words, pace_words, todo_key, todo_words
from hall_desk.ui.labels import Band, Chip, Elided, Text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.errors import HallDeskError
    from hall_desk.services.drill import DrillState
    from hall_desk.ui.session import Session

SHOW = "Ctrl+Shift+D"


class DrillBar(Band):
    """Shown by itself as long as a drill runs; it never takes the keyboard. Only managers see its controls.

    `asked` is the button that opens the drill's own sheet, where all of it is done by keys.
    """

    asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("info", parent)
        self.setObjectName("drill_bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._session = session
        self.lane = DrillLane.of(session.background, session.store)
        self.mark = Chip(_("DRILL"), "warn")
        self.clock = Text("", "heading")
        self.pace = Text()
        self.coming = Elided()
        self.paces = Segmented([(times, pace_words(times)) for times in drill.PACES])
        self.pause_button = Button(_("Pause"))
        self.step_button = Button(_("Next act"))
        self.show_button = Button(_("Drill…"), "plain", SHOW)
        controls = [*self.paces.buttons(), self.pause_button, self.step_button, self.show_button]
        manages = session.actor.may("drill.run")
        for button in controls:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in (self.paces, self.pause_button, self.step_button, self.show_button):
            if not manages:
                widget.hide()
        upper = QHBoxLayout()
        upper.setSpacing(10)
        for label in (self.mark, self.clock, self.pace):
            upper.addWidget(label)
        upper.addWidget(self.coming, 1)
        for widget in (self.paces, self.pause_button, self.step_button, self.show_button):
            upper.addWidget(widget)
        self.todo = Elided("", "heading")
        self.more = Text()
        self._lower = QHBoxLayout()
        self._lower.setSpacing(10)
        self._cap: KeyCap | None = None
        self._lower.addWidget(self.todo)
        self._lower.addWidget(self.more)
        self._lower.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 6)
        layout.setSpacing(6)
        layout.addLayout(upper)
        layout.addLayout(self._lower)
        self.lane.told.connect(self._show)
        self.lane.refused.connect(self._refused)
        self.pause_button.clicked.connect(self.pause_or_go_on)
        self.step_button.clicked.connect(self.lane.step)
        self.show_button.clicked.connect(self.asked)
        self.paces.changed.connect(self._picked)
        self._times = 1
        self._show(self.lane.state)

    def pause_or_go_on(self) -> None:
        """Stops the clock, or lets it run as fast as before."""
        state = self.lane.state
        if state is not None and not state.over:
            self.lane.set_pace(0 if state.times else self._times)

    def _picked(self, times: object) -> None:
        state = self.lane.state
        if isinstance(times, int) and state is not None and times != state.times:
            self.lane.set_pace(times)

    def _show(self, state: DrillState | None) -> None:
        if state is None or state.over:
            self.hide()
            return
        store = self._session.store
        self.clock.setText(f"{store.local(state.now):%H:%M:%S}")
        self.pace.setText(pace_words(state.times))
        self.coming.setText(coming_words(store, state.coming))
        self.pause_button.setText(_("Pause") if state.times else _("Go on"))
        if state.times:
            self._times = state.times
            self.paces.blockSignals(True)
            self.paces.set_value(state.times)
            self.paces.blockSignals(False)
        self._show_todo(state)
        self.show()

    def _show_todo(self, state: DrillState) -> None:
        first = state.todos[0] if state.todos else None
        words = todo_words(first) if first is not None else ""
        if words != self.todo.text():
            self.todo.setText(words)
            self.setAccessibleName(words)
            if self._cap is not None:
                self._lower.removeWidget(self._cap)
                self._cap.deleteLater()
                self._cap = None
            if first is not None:
                self._cap = KeyCap(todo_key(first))
                self._lower.insertWidget(1, self._cap)
        others = state.asked - 1
        self.more.setText(
            _n("{count} more to do", "{count} more to do", others).format(count=others)
            if others > 0
            else ""
        )
        self.todo.setVisible(first is not None)
        self.more.setVisible(others > 0)

    def _refused(self, error: HallDeskError) -> None:
        if self._session.dialog_place is not None and self.isVisible():
            self._session.notices.error(i18n.explain(error))
