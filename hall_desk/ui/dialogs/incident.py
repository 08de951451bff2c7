"""Reporting an incident: F9, the number of its kind, and what happened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import halls, incidents
from hall_desk.services.incidents import KINDS, NewIncident
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.incidents import Incident
    from hall_desk.ui.session import Session


def place_of(actor: Actor) -> str:
    """Where somebody at this post most likely is."""
    if actor.window_number:
        return _("Window {number}").format(number=actor.window_number)
    return _("Front desk of the hall") if actor.post == "front_desk" else _("Hall")


def _key_words(last: int) -> str:
    return _("Number keys, later Alt+1 to {last}").format(last=last)


class IncidentDialog(Dialog):
    """The form. A number key chooses the kind and puts the keyboard on what happened; Ctrl+Enter reports."""

    def __init__(
        self,
        session: Session,
        *,
        kind: str = "",
        people: str = "",
        ticket_id: UUID | None = None,
        check_id: UUID | None = None,
    ) -> None:
        super().__init__(session, _("Report an incident"), width=900)
        # Made when the form opens: however often Ctrl+Enter is pressed, it is one incident.
        self._id = new_id()
        self._ticket_id = ticket_id
        self._check_id = check_id
        self._sending = False
        names = [
            (one, f"{number} {i18n.code('incident', one)}")
            for number, one in enumerate(KINDS, start=1)
        ]
        self.kind = Segmented(names, none_allowed=True)
        self.kind.set_value(kind or None)
        self.kind_keys = Text(_key_words(len(KINDS)), "label")
        self.kind_field = LabelledField(_("Kind"), self.kind, beside=self.kind_keys)
        self.own_kind = Segmented(
            [], none_allowed=True
        )  # the hall's own kinds, once they were read
        self._wanted_kind = kind
        self.what = QPlainTextEdit()
        self.what.setTabChangesFocus(True)
        self.what.setFixedHeight(112)
        self.what_field = LabelledField(_("What happened"), self.what)
        self.place = LabelledField(_("Place"))
        self.place.set_text(place_of(session.actor))
        self.people = LabelledField(_("People"), placeholder=_("Name, phone, what they look like"))
        self.people.set_text(people)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send = Button(_("Report it"), "primary", "Ctrl+Enter")
        self.cancel = Button(_("Cancel"), "plain", "Esc")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        self._own_line = QHBoxLayout()
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.place, 1, top)
        line.addWidget(self.people, 2, top)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send)
        foot.addWidget(Text(_("Managers and the working group see it at once"), "soft"))
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        self.body.addWidget(self.kind_field)
        self.body.addLayout(self._own_line)
        self.body.addWidget(self.what_field)
        self.body.addLayout(line)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.kind.changed.connect(self._kind_changed)
        self.send.clicked.connect(self.send_form)
        self.cancel.clicked.connect(self.reject)
        for field in (self.place, self.people):
            field.edit.returnPressed.connect(self.send_form)
        self.bind("Ctrl+Return", self.send_form)
        self.bind("Ctrl+Enter", self.send_form)
        for number, kind in enumerate(KINDS, start=1):
            self.bind(f"Alt+{number}", partial(self._choose, kind))
        actor = self.session.actor
        self.session.background.data(
            self, lambda: halls.settings(actor).incident_kinds, self._offer_own, self._quiet
        )

    def _offer_own(self, kinds: tuple[str, ...]) -> None:
        """Puts the hall's own kinds below those of the program, with the numbers after theirs."""
        if not kinds:
            return
        first = len(KINDS) + 1
        names = [(one, f"{number} {one}") for number, one in enumerate(kinds, first)]
        self.own_kind = Segmented(names, none_allowed=True)
        self.own_kind.set_value(self._wanted_kind or None)
        self.own_kind.changed.connect(self._own_changed)
        self._own_line.addWidget(self.own_kind)
        self.own_kind.show()  # or the sheet would not count it in
        QWidget.setTabOrder(self.kind, self.own_kind)
        QWidget.setTabOrder(self.own_kind, self.what)
        for number, kind in enumerate(kinds, first):
            self.bind(f"Alt+{number}", partial(self._choose, kind))
        self.kind_keys.setText(_key_words(len(KINDS) + len(kinds)))
        self._make_room()

    def _quiet(self, _error: HallDeskError) -> bool:
        """Without the hall's own kinds there are still those of the program."""
        return True

    def _kind_changed(self, kind: str | None) -> None:
        self.kind_field.clear_error()
        if kind:
            self.own_kind.set_value(None)

    def _own_changed(self, kind: str | None) -> None:
        self.kind_field.clear_error()
        if kind:
            self.kind.set_value(None)

    def _chosen_kind(self) -> str:
        return str(self.kind.value() or self.own_kind.value() or "")

    def arrive(self) -> None:
        if not self._chosen_kind():
            self.kind.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.what.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number reaches the dialog only from where nothing is typed."""
        text = event.text()
        kinds = [*KINDS, *map(str, self.own_kind.values())]
        if len(text) == 1 and text in "123456789"[: len(kinds)]:
            self._choose(kinds[int(text) - 1])
        else:
            super().keyPressEvent(event)

    def _choose(self, kind: str) -> None:
        self.kind.set_value(kind if kind in KINDS else None)
        self.own_kind.set_value(None if kind in KINDS else kind)
        self.what.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- sending -----------------------------------------------------------------------------------

    def send_form(self) -> None:
        """Reports what stands in the form, once."""
        if self._sending or not self.is_open():
            return
        for field in self._fields().values():
            field.clear_error()
        self.problem.hide()
        new = NewIncident(
            id=self._id,
            kind=self._chosen_kind(),
            place=self.place.text(),
            people=self.people.text(),
            what=self.what_field.text(),
            check_id=self._check_id,
            ticket_id=self._ticket_id,
        )
        actor = self.session.actor
        self._sending = True
        self.send.setEnabled(False)
        self.session.background.data(
            self, lambda: incidents.open(actor, new), self._sent, self._refused
        )

    def _sent(self, made: Incident) -> None:
        said = _("Reported: {kind}, {place}.").format(
            kind=i18n.code("incident", made.kind), place=made.place
        )
        self.session.notices.success(said)
        self.accept()

    def _fields(self) -> dict[str, LabelledField]:
        return {
            "incident_kind": self.kind_field,
            "place": self.place,
            "people": self.people,
            "what": self.what_field,
        }

    def _refused(self, error: HallDeskError) -> None:
        """Says it beside the field it is about; everything that was typed stays."""
        self._sending = False
        self.send.setEnabled(True)
        field = self._fields().get(error.field) if isinstance(error, errors.BadInput) else None
        if field is not None:
            field.show_error(i18n.explain(error))
        else:
            self.problem.setText(i18n.explain(error))
            self.problem.show()
