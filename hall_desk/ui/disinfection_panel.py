"""Rounds of disinfection: a line to write one down, the areas with today's last round, and the day's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import disinfection, posts
from hall_desk.services.disinfection import NewRound
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.disinfection import Area, Round
    from hall_desk.services.posts import Candidate
    from hall_desk.ui.session import Session

AREA_KEYS = 9
_COLUMNS = 3


class _Form(QWidget):
    """The fields; Enter in any of them writes the round down."""

    def __init__(self, panel: DisinfectionPanel) -> None:
        super().__init__()
        self._panel = panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._panel.save()
        else:
            super().keyPressEvent(event)


class DisinfectionPanel(QWidget):
    """The section of the people page. `reload` reads it; it keeps what is half typed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._id = new_id()
        self._saving: NewRound | None = None
        self._areas: list[Area] = []
        self.area = LabelledField(_("Area"), placeholder=_("e.g. window area"))
        self.person = QComboBox()
        self.person_field = LabelledField(_("Done by"), self.person)
        self.time = LabelledField(_("Time"), placeholder=_("Empty: now"))
        self.note = LabelledField(_("Note"), placeholder=_("e.g. chlorine 1:100"))
        self.save_button = Button(_("Write down"), "primary", "Enter")
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.offers = QGridLayout()
        self.offers.setSpacing(8)
        self.buttons: list[Button] = []
        store = session.store
        columns: tuple[Column[Round], ...] = (
            Column(_("Time"), lambda r: f"{store.local(r.at):%H:%M}", 76, bold=True),
            Column(_("Area"), lambda r: r.area, 140, weight=2),
            Column(_("Done by"), lambda r: r.person, 110, weight=1),
            Column(_("Note"), lambda r: r.note, 140, weight=3),
        )
        self.model: RowsModel[Round] = RowsModel(columns, key=lambda line: line.id, parent=self)
        self.table = Table(self.model)
        self.table.setAccessibleName(_("Disinfection today"))
        self.first_steps = FirstSteps(session, "disinfection", self.table.viewport())
        self._lay_out()
        self.save_button.clicked.connect(self.save)

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        form = _Form(self)
        fields = QHBoxLayout(form)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        self.person_field.setFixedWidth(190)
        self.time.setFixedWidth(110)
        fields.addWidget(self.area, 2, top)
        fields.addWidget(self.person_field, 0, top)
        fields.addWidget(self.time, 0, top)
        fields.addWidget(self.note, 3, top)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.save_button)
        foot.addWidget(self.problem, 1)
        foot.addStretch(0)
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 14, 20, 16)
        inside.setSpacing(12)
        inside.addWidget(Text(_("A round of disinfection"), "heading"))
        inside.addWidget(form)
        inside.addLayout(self.offers)
        inside.addLayout(foot)
        list_card = Ground()
        list_inside = QVBoxLayout(list_card)
        list_inside.setContentsMargins(1, 1, 1, 1)
        list_inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(card)
        layout.addWidget(list_card, 1)

    def arrive(self) -> None:
        self.area.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- reading ---------------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self._session.actor
        self._session.background.data(self, lambda: _read(actor), self._show, replaces="reload")

    def _show(self, read: tuple[list[Round], list[Area], list[Candidate]]) -> None:
        rounds, areas, people = read
        self.model.show(rounds)
        self.first_steps.show_for(empty=not rounds)
        if self.person.count() != len(people):
            chosen = self.person.currentData() or self._session.actor.staff_id
            self.person.clear()
            for person in people:
                self.person.addItem(person.name, person.id)
            ids = [person.id for person in people]
            self.person.setCurrentIndex(ids.index(chosen) if chosen in ids else 0)
        if areas != self._areas:
            self._areas = areas
            self._offer_areas()

    def _offer_areas(self) -> None:
        for button in self.buttons:
            self.offers.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for number, area in enumerate(self._areas[:AREA_KEYS]):
            button = Button("", "plain", f"Alt+{number + 1}")
            if area.last_at is None:
                button.setText(_("{area} · not today").format(area=_short(area.name)))
                button.setStyleSheet(f"background: {theme.WARN_BACK}; color: {theme.WARN};")
            else:
                at = f"{self._session.store.local(area.last_at):%H:%M}"
                button.setText(f"{_short(area.name)} · {at}")
            button.setToolTip(area.name)
            button.clicked.connect(lambda _checked=False, number=number: self.take_area(number))
            self.offers.addWidget(button, number // _COLUMNS, number % _COLUMNS)
            self.buttons.append(button)

    def take_area(self, number: int) -> None:
        """Puts a known area into the form; Enter then writes it down."""
        if number < len(self._areas):
            self.area.set_text(self._areas[number].name)
            self.arrive()

    # --- writing ------------------------------------------------------------------------------------------

    def save(self) -> None:
        if self._saving is not None:
            return
        for field in (self.area, self.time, self.note, self.person_field):
            field.clear_error()
        self.problem.hide()
        new = NewRound(
            self._id,
            self.area.text(),
            self.note.text(),
            self.person.currentData(),
            self.time.text(),
        )
        self._saving = new
        actor = self._session.actor
        self._session.background.data(
            self, lambda: disinfection.record(actor, new), self._saved, self._refused
        )

    def _saved(self, _done: Round) -> None:
        sent, self._saving = self._saving, None
        assert sent is not None
        self._id = new_id()
        # What has been typed for the next round since then stays; the person and the note go on.
        if self.area.text() == sent.area:
            self.area.clear()
        self.time.clear()
        self.arrive()
        self.reload()

    def _refused(self, error: HallDeskError) -> None:
        self._saving = None
        fields = {
            "area": self.area,
            "time": self.time,
            "note": self.note,
            "person": self.person_field,
        }
        field = fields.get(error.field) if isinstance(error, errors.BadInput) else None
        if field is not None:
            field.show_error(i18n.explain(error))
        else:
            self.problem.setText(i18n.explain(error))
            self.problem.show()


def _short(name: str) -> str:
    return name if len(name) <= 10 else f"{name[:10]}…"


def _read(actor: Actor) -> tuple[list[Round], list[Area], list[Candidate]]:
    people = posts.candidates(actor)
    return disinfection.of_day(actor), disinfection.areas(actor), people
