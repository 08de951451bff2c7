"""One incident beside the list: its facts, its steps, and one field in which the next step or the result is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents.incident import words_of
from hall_desk.i18n import _
from hall_desk.ui import key_map
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.incidents_table import going_words, time_words
from hall_desk.ui.labels import Chip, Ground, Text

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.services.incidents import Incident, Step
    from hall_desk.ui.session import Session

WIDTH = 440
GO, CLOSE, PRINT = "Alt+G", "Ctrl+Enter", "Ctrl+P"


class IncidentDetails(Ground):
    """Asks for what is to be done (`go_asked`, `step_asked`, `close_asked` with the text, `print_asked`).

    What is half typed belongs to its incident: it waits there while another one is looked at.
    """

    go_asked = Signal()
    step_asked = Signal(str)
    close_asked = Signal(str)
    print_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.setFixedWidth(WIDTH)
        self._session = session
        self._handles = session.actor.may("incidents.handle")
        self._incident: Incident | None = None
        self._half_typed: dict[object, str] = {}
        self.kind = Text("", "title")
        self.state = Chip("", "muted")
        self.facts = {
            name: Text("").wrap() for name in ("place", "people", "reported", "deadline", "going")
        }
        self.what = Text("").wrap()
        self.steps = _Steps(session)
        self.text = LabelledField(
            _("Next step, or the result") if self._handles else _("What was done next"),
            placeholder=_("What was done"),
        )
        self.text.edit.setMaxLength(500)
        self.go_button = Button(_("On my way"), "danger", GO)
        self.step_button = Button(_("Add step"), "primary", "Enter")
        self.close_button = Button(_("Close with result"), "success", CLOSE)
        self.print_button = Button(_("Print"), "plain", PRINT)
        nothing = _("Choose an incident, or report one with {key}.").format(key=key_map.now("F9"))
        self.nothing = Text(nothing, "soft").wrap()
        self._body = QWidget()
        self._lay_out()
        self.text.edit.returnPressed.connect(self.add_step)
        self.step_button.clicked.connect(self.add_step)
        self.close_button.clicked.connect(self.close_incident)
        self.go_button.clicked.connect(self.go_asked)
        self.print_button.clicked.connect(self.print_asked)
        self.show_incident(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.kind)
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.print_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        names = (_("Place"), _("People"), _("Reported"), _("Deadline"), _("Going there"))
        for row, (name, text) in enumerate(zip(names, self.facts.values(), strict=True)):
            label = Text(name, "label")
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        first = QHBoxLayout()
        first.setSpacing(10)
        for button in (self.step_button, self.close_button):
            first.addWidget(button)
        first.addStretch(1)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(9)
        inside.addLayout(head)
        inside.addLayout(grid)
        inside.addWidget(self.what)
        inside.addWidget(self.go_button, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.steps, 1)
        inside.addWidget(self.text)
        inside.addLayout(first)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self.nothing)
        layout.addWidget(self._body, 1)

    def incident(self) -> Incident | None:
        return self._incident

    def show_incident(self, incident: Incident | None) -> None:
        """Shows one with all its steps, or none."""
        before = self._incident
        other = before is None or incident is None or before.id != incident.id
        if other and before is not None:
            self._half_typed[before.id] = self.text.text()
        self._incident = incident
        self._body.setVisible(incident is not None)
        self.nothing.setVisible(incident is None)
        if incident is None:
            return
        if other:
            self.text.set_text(self._half_typed.pop(incident.id, ""))
        local = self._session.store.local
        self.kind.setText(i18n.code("incident", incident.kind))
        self.facts["place"].setText(incident.place)
        people = incident.people
        if incident.ticket_number:
            people = f"{people}  {incident.ticket_number}".strip()
        self.facts["people"].setText(people or "—")
        self.facts["reported"].setText(f"{local(incident.at):%m-%d %H:%M}  {incident.reporter}")
        self.facts["deadline"].setText(f"{local(incident.due_at):%H:%M}")
        self.facts["going"].setText(_(", ").join(incident.going) or going_words(incident) or "—")
        self.what.setText(incident.what)
        self.what.setVisible(bool(incident.what))
        self.steps.show_steps(incident.steps)
        mine = self._session.actor.name in incident.going
        self.go_button.setVisible(incident.open and self._handles and not mine)
        for widget in (self.text, self.step_button):
            # What was typed for an incident that somebody else has closed stays to be read.
            widget.setVisible(incident.open or bool(self.text.text()))
        self.close_button.setVisible(incident.open and self._handles)
        self.show_time(self._session.now())

    def show_time(self, now: datetime) -> None:
        if self._incident is not None:
            self.state.show_text(*time_words(self._incident, now))

    def done(self, text: str) -> None:
        """The step or result was written: what has been typed since then stays."""
        if self.text.text() == text:
            self.text.clear()

    def add_step(self) -> None:
        if self._incident is not None:
            self.step_asked.emit(self.text.text())

    def close_incident(self) -> None:
        if self._incident is not None and self._handles:
            self.close_asked.emit(self.text.text())

    def focus_text(self) -> None:
        if self.text.isVisible():
            self.text.edit.setFocus(Qt.FocusReason.OtherFocusReason)


class _Steps(QScrollArea):
    """The steps one under the other, the latest in sight."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown: tuple[Step, ...] = ()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("Steps"))
        self.setMinimumHeight(90)
        self.verticalScrollBar().rangeChanged.connect(self._to_the_end)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        if steps == self._shown:
            return
        self._shown = steps
        inside = QWidget()
        inside.setProperty("clear", "yes")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 4, 8, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, step in enumerate(steps):
            at = self._session.store.local(step.at)
            grid.addWidget(Text(f"{at:%H:%M}", "label"), row, 0, top)
            grid.addWidget(Text(step.staff[:8], "label"), row, 1, top)
            grid.addWidget(Text(words_of(step)).wrap(), row, 2)
        grid.setRowStretch(len(steps), 1)
        self.setWidget(inside)

    def texts(self) -> list[str]:
        """What is read here, for whoever cannot see it."""
        return [f"{step.staff} {words_of(step)}" for step in self._shown]

    def _to_the_end(self, _least: int, most: int) -> None:
        self.verticalScrollBar().setValue(most)
