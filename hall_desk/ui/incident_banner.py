"""The strip across all pages while an incident is open: what, where, and who is going."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import incidents
from hall_desk.ui.buttons import Button
from hall_desk.ui.incidents_table import going_words, time_words
from hall_desk.ui.labels import Band, Elided, Text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from hall_desk.errors import HallDeskError
    from hall_desk.services.incidents import Incident
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

GO, SHOW = "Shift+F9", "Ctrl+F9"


class IncidentBanner(Band):
    """Managers and the working group see every open incident; others the one they reported themselves.

    The one that nobody has answered yet comes first. It never takes the keyboard. `told` gives all it knows of, also
    while it is covered: a locked desk says of them what anybody may read.
    """

    told = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("bad", parent)
        self.setObjectName("incident_banner")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._session = session
        self._handles = session.actor.may("incidents.handle")
        self._open: tuple[Incident, ...] = ()
        self._going = False
        self._known: set[UUID] | None = None
        self.words = Elided("", "heading")
        self.details = Elided("")
        self.more = Text("")
        self.going = Elided("", "heading")
        self.go_button = Button(_("On my way"), "danger", GO)
        self.show_button = Button(_("Show"), "plain", SHOW)
        for button in (self.go_button, self.show_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 5, 12, 5)
        layout.setSpacing(14)
        layout.addWidget(self.words)
        layout.addWidget(self.details, 1)
        layout.addWidget(self.more)
        layout.addWidget(self.going)
        layout.addWidget(self.go_button)
        layout.addWidget(self.show_button)
        self.go_button.clicked.connect(self.answer)
        self.show_button.clicked.connect(self.show_incident)
        session.changed.connect(self._on_changed)
        session.ticked.connect(self._show_time)
        self.hide()
        self.reload()

    def incident(self) -> Incident | None:
        """The one that is shown."""
        return self._open[0] if self._open else None

    def reload(self) -> None:
        actor = self._session.actor
        if actor.may("incidents.read"):
            self._session.background.data(
                self,
                lambda: incidents.open_ones(actor),
                self._read,
                lambda _error: None,  # read again with the next change
                replaces="open",
            )

    def answer(self) -> None:
        """Says that the actor is on the way to the incident that is shown."""
        incident, actor = self.incident(), self._session.actor
        if incident is None or self._going or not self.isVisible() or not self._handles:
            return
        self._going = True
        self._session.background.data(
            self, lambda: incidents.on_my_way(actor, incident.id), self._answered, self._refused
        )

    def show_incident(self) -> None:
        """Shows it on its page."""
        incident = self.incident()
        if incident is not None:
            self._session.go("incidents", incident_id=incident.id)

    # --- drawing -----------------------------------------------------------------------------------

    def _read(self, found: list[Incident]) -> None:
        mine = self._session.actor.staff_id
        shown = [one for one in found if self._handles or one.reporter_id == mine]
        # The earliest deadline first, as read, but before those who are answered those who are not.
        self._open = tuple(sorted(shown, key=lambda one: one.answered_at is not None))
        self._call_attention({one.id for one in shown if one.reporter_id != mine})
        self.told.emit(self._open)
        incident = self.incident()
        if incident is not None:
            self._show(incident)
        self.setVisible(incident is not None)

    def _call_attention(self, keys: set[UUID]) -> None:
        """A sound, and a flash in the task bar, for what was not open before."""
        known, self._known = self._known, keys
        if known is not None and keys - known and self._handles:
            QApplication.beep()
            QApplication.alert(self.window())

    def _show(self, incident: Incident) -> None:
        self.words.setText(f"{i18n.code('incident', incident.kind)} · {incident.place}")
        self.going.setText(going_words(incident))
        more = len(self._open) - 1
        self.more.setText(_("another {count} open").format(count=more))
        self.more.setVisible(more > 0)
        answered = bool(incident.going)
        me = self._session.actor.name in incident.going
        self.go_button.setVisible(self._handles and not me)
        self._show_time(self._session.now())
        self.setAccessibleName(f"{self.words.text()} {self.going.text()}")
        overdue = incident.overdue(self._session.now())
        self.show_kind("warn" if answered and not overdue else "bad")

    def _show_time(self, now: datetime) -> None:
        incident = self.incident()
        if incident is None:
            return
        parts = [time_words(incident, now)[0], incident.what.replace("\n", " ")]
        text = "   ".join(part for part in parts if part)
        if text != self.details.text():
            self.details.setText(text)
        if incident.overdue(now):
            self.show_kind("bad")

    def _answered(self, _incident: Incident) -> None:
        self._going = False
        self.reload()

    def _refused(self, error: HallDeskError) -> None:
        self._going = False
        self._session.notices.error(i18n.explain(error))
        self.reload()

    def _on_changed(self, changed: Changed) -> None:
        if changed.touches(frozenset({"incident"})):
            self.reload()
