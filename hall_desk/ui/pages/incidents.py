"""Incidents: what is open with its deadline, how it is dealt with, and what was closed today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.documents import incident as incident_paper
from hall_desk.i18n import _
from hall_desk.services import halls, incidents
from hall_desk.services.incidents import KINDS, NewStep
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs.hall_numbers import HallNumber, HallNumbersDialog
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.incident_details import GO, PRINT, IncidentDetails
from hall_desk.ui.incidents_table import make_table
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.pages import Page, Shortcut

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.halls import Settings
    from hall_desk.services.incidents import Incident, IncidentPaper
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Shown:
    lines: list[Incident]
    chosen: Incident | None


def _read(actor: Actor, chosen: UUID | None) -> _Shown:
    still_open = incidents.open_ones(actor)
    closed = [one for one in incidents.of_today(actor) if not one.open]
    lines = [*still_open, *closed]
    keys = {one.id for one in lines}
    key = chosen if chosen in keys else (lines[0].id if lines and chosen is None else chosen)
    return _Shown(lines, incidents.get(actor, key) if key is not None else None)


class IncidentsPage(Page):
    name = "incidents"
    right = "incidents.read"
    topics = frozenset({"incident"})

    @classmethod
    def title(cls) -> str:
        return _("Incidents")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model, self.table = make_table(session)
        self.details = IncidentDetails(session)
        self.report_button = Button(_("Report an incident"), "danger", "F9")
        self.deadlines_button = Button(_("Deadlines…"))
        if not session.actor.may("halls.change"):
            self.deadlines_button.hide()
        self._wanted: UUID | None = None
        self._step_id = new_id()
        self._busy = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Incidents"), "title"))
        head.addStretch(1)
        head.addWidget(self.deadlines_button)
        head.addWidget(self.report_button)
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table, 1)
        self.first_steps = FirstSteps(self.session, self.name, self.table.viewport())
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(card, 1)
        below.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.table.moved_to.connect(self._moved_to)
        self.table.chosen.connect(lambda _incident: self.details.focus_text())
        self.details.go_asked.connect(self.go)
        self.details.step_asked.connect(self.add_step)
        self.details.close_asked.connect(self.close_incident)
        self.details.print_asked.connect(self.print_report)
        self.report_button.clicked.connect(self.report)
        self.deadlines_button.clicked.connect(self.ask_deadlines)
        self.session.ticked.connect(self._on_ticked)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut(GO, self.go),
            Shortcut("Ctrl+Return", self.details.close_incident),
            Shortcut("Ctrl+Enter", self.details.close_incident),
            Shortcut(PRINT, self.print_report),
        )

    def arrive(self) -> None:
        if self.first_steps.isVisible():
            self.first_steps.take_keyboard()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_with(self, **what: Any) -> None:
        """`incident_id`: the incident to show."""
        if "incident_id" in what:
            self._wanted = what["incident_id"]
            self.reload()

    # --- reading -----------------------------------------------------------------------------------

    def reload(self) -> None:
        actor, wanted = self.session.actor, self._wanted
        self.session.background.data(
            self, lambda: _read(actor, wanted), self._show, self._not_read, replaces="reload"
        )

    def reload_badge(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: len(incidents.open_ones(actor)),
            lambda count: self.badge.emit(count, "bad"),
            replaces="badge",
        )

    def _show(self, shown: _Shown) -> None:
        self.model.show(shown.lines)
        self.first_steps.show_for(empty=not shown.lines)
        chosen = shown.chosen
        if chosen is not None:
            self._wanted = chosen.id
            self.table.select(chosen.id)
        self.details.show_incident(chosen)
        self.badge.emit(sum(one.open for one in shown.lines), "bad")

    def _not_read(self, error: HallDeskError) -> bool:
        if not isinstance(error, errors.NotFound):
            return False
        self._wanted = None
        self.reload()
        return True

    def _moved_to(self, incident: Incident) -> None:
        if incident.id != self._wanted:
            self._wanted = incident.id
            self._step_id = new_id()
            self.reload()

    def _on_ticked(self, now: datetime) -> None:
        if self.isVisible():
            self.model.repaint_rows()
            self.details.show_time(now)

    # --- dealing with it ---------------------------------------------------------------------------

    def report(self) -> None:
        IncidentDialog(self.session).open()

    def go(self) -> None:
        """Says that the actor is on the way."""
        incident, actor = self.details.incident(), self.session.actor
        if incident is not None and incident.open and actor.may("incidents.handle"):
            self._do(lambda: incidents.on_my_way(actor, incident.id), "")

    def add_step(self, text: str) -> None:
        """Writes what was done; Enter pressed twice is one step."""
        incident, actor = self.details.incident(), self.session.actor
        if incident is not None:
            new = NewStep(self._step_id, incident.id, text)
            self._do(lambda: incidents.step(actor, new), text)

    def close_incident(self, text: str) -> None:
        """Closes with the text as the result."""
        incident, actor = self.details.incident(), self.session.actor
        # One that another PC has closed meanwhile is asked for too: the answer says by whom.
        if incident is not None and (incident.open or text):
            self._do(lambda: incidents.close(actor, incident.id, text), text)

    def _do(self, work: Callable[[], Incident], text: str) -> None:
        if self._busy:
            return
        self._busy = True
        self.session.background.data(self, work, lambda done: self._done(done, text), self._refused)

    def _done(self, incident: Incident, text: str) -> None:
        self._busy = False
        self._step_id = new_id()
        if text:
            self.details.done(text)
        if incident.id == self._wanted:
            self.details.show_incident(incident)
        if not incident.open:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reload()

    def _refused(self, error: HallDeskError) -> None:
        """Beside the field; what was typed stays, and what another PC changed is read."""
        self._busy = False
        self.details.text.show_error(i18n.explain(error))
        if isinstance(error, errors.IncidentClosed):
            self.reload()

    def print_report(self) -> None:
        """Prints the incident as one page."""
        incident, actor = self.details.incident(), self.session.actor
        if incident is not None:
            self.session.background.data(
                self, lambda: incidents.paper(actor, incident.id), self._print
            )

    def _print(self, facts: IncidentPaper) -> None:
        kind = i18n.code("incident", facts.incident.kind)
        title = _("Incident report {kind} {time}").format(
            kind=kind, time=f"{facts.incident.at:%H:%M}"
        )
        self.session.print_pdf(lambda: incident_paper.incident_report(facts), title, "incident")

    # --- the hall's deadlines ----------------------------------------------------------------------

    def ask_deadlines(self) -> None:
        actor = self.session.actor
        self.session.background.data(self, lambda: halls.settings(actor), self._open_deadlines)

    def _open_deadlines(self, settings: Settings) -> None:
        numbers = [
            HallNumber(
                f"incident_minutes_{kind}",
                _("{kind} (minutes)").format(kind=i18n.code("incident", kind)),
                incidents.minutes_for(settings, kind),
            )
            for kind in KINDS
        ]
        HallNumbersDialog(self.session, _("Deadlines for incidents"), numbers).open()
