"""The drill day of a practice hall: begun, controlled and talked about on one sheet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import drill
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.drill.debrief_panel import DebriefPanel
from hall_desk.ui.drill.lane import DrillLane
from hall_desk.ui.drill.run_panel import RunPanel
from hall_desk.ui.drill.start_panel import StartPanel
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.drill import DrillState
    from hall_desk.ui.session import Session


class DrillDialog(Dialog):
    """Enter begins; while it runs Alt+G pauses and goes on, Alt+T plays the next act, Alt+1 … 5 pace it, Alt+X ends it.

    The drill goes on when the sheet is closed.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Drill day"), width=980, height=560)
        self.lane = DrillLane.of(session.background, session.store)
        self._times = 1
        self.start = StartPanel(session)
        self.run = RunPanel(session)
        self.debrief = DebriefPanel()
        self.panels = QStackedWidget()
        for panel in (self.start, self.run, self.debrief):
            self.panels.addWidget(panel)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.begin_button = Button(_("Begin the drill"), "primary", "Enter")
        self.again_button = Button(_("Another drill"), "primary", "Enter")
        self.close_button = Button(_("Close"), "plain", "Esc")
        self.escape_hint.hide()
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.begin_button)
        foot.addWidget(self.again_button)
        foot.addWidget(self.problem, 1)
        foot.addStretch(0)
        foot.addWidget(self.close_button)
        self.body.addWidget(self.panels, 1)
        self.body.addLayout(foot)
        self.begin_button.clicked.connect(self.begin)
        self.again_button.clicked.connect(self.again)
        self.close_button.clicked.connect(self.reject)
        self.start.refused.connect(self._refused)
        self.start.ready.connect(self.begin_button.setEnabled)
        self.run.pause_asked.connect(self.pause_or_go_on)
        self.run.step_asked.connect(self.lane.step)
        self.run.stop_asked.connect(self.lane.stop)
        self.run.paced.connect(self.lane.set_pace)
        self.lane.told.connect(self._show)
        self.lane.refused.connect(self._refused)
        self.bind("Alt+G", self.pause_or_go_on)
        self.bind("Alt+T", self._running(self.lane.step))
        self.bind("Alt+X", self._running(self.lane.stop))
        self.bind("Alt+Y", self._ask_file)
        for number, times in enumerate(drill.PACES, 1):
            self.bind(f"Alt+{number}", self._running(partial(self.lane.set_pace, times)))
        self._show(self.lane.state)
        if self.lane.state is None:
            self.start.load()

    def arrive(self) -> None:
        first = {0: self.start.source, 1: self.run.pause_button, 2: self.again_button}
        first[self.panels.currentIndex()].setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Begins the drill as chosen, in its own lane."""
        script = self.start.script
        if script is None or self.lane.running:
            return
        self._say("")
        self.begin_button.setEnabled(False)
        actor, trainees = self.session.actor, self.start.trainees()
        self.lane.begin(lambda: drill.begin(actor, script, trainees), self.start.times())

    def again(self) -> None:
        """Back to choosing; the hall is emptied when the next drill begins."""
        self.lane.forget()
        self.start.load()

    def pause_or_go_on(self) -> None:
        state = self.lane.state
        if state is not None and not state.over:
            self.lane.set_pace(0 if state.times else self._times)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            panel = self.panels.currentWidget()
            if self.close_button.hasFocus():
                self.reject()
            elif panel is self.start:
                self.begin()
            elif panel is self.debrief:
                self.again()
            elif self.run.pause_button.hasFocus():
                self.pause_or_go_on()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _running(self, run: Callable[[], object]) -> Callable[[], object]:
        def only() -> None:
            if self.panels.currentWidget() is self.run:
                run()

        return only

    def _ask_file(self) -> None:
        if self.panels.currentWidget() is self.start:
            self.start.ask_file()

    def _show(self, state: DrillState | None) -> None:
        before = self.panels.currentWidget()
        panel = self.start if state is None else self.debrief if state.over else self.run
        if state is not None and not state.over:
            self._times = state.times or self._times
            self.run.show_state(state)
        elif state is not None and state.debrief is not None:
            self.debrief.show_debrief(state.debrief)
        self.panels.setCurrentWidget(panel)
        self.begin_button.setVisible(panel is self.start)
        self.again_button.setVisible(panel is self.debrief)
        if panel is not before and self.is_open():
            self._say("")
            self.arrive()

    def _refused(self, error: HallDeskError) -> None:
        self._say(i18n.explain(error))
        self.begin_button.setEnabled(self.start.script is not None)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
