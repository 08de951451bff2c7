"""The line for one member of staff: who, temperature, mask, symptoms. Enter writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import screening
from hall_desk.services.attendance import NewAttendance
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Link, Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Band, Text
from hall_desk.ui.person_picker import ListEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.attendance import Entry, Person
    from hall_desk.store.database import Store

LEAVE, MASK, UNDO = "Alt+L", "Alt+M", "Alt+Z"


class AttendanceForm(QWidget):
    """Reads one entry.

    Signals:
        narrowed: what stands in the field of the person, to narrow the list below.
        moved: up or down in that list.
        wanted: take who is selected in that list.
        submitted: write it down; `out` for leaving, else nothing.
    """

    narrowed = Signal(str)
    moved = Signal(int)
    wanted = Signal()
    submitted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = new_id()
        self._person: Person | None = None
        self.threshold_tenths = 373
        self.here = Text("", "label")
        self.here.hide()
        self.person = LabelledField(
            _("Person"), ListEdit(), placeholder=_("Name or initials"), beside=self.here
        )
        temperature = QLineEdit()
        temperature.setMaxLength(8)
        temperature.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.temperature = LabelledField(_("Temperature ℃"), temperature, placeholder="365")
        self.worn = Segmented([(True, _("Worn")), (False, _("Not worn"))])
        self.mask_field = LabelledField(_("Mask"), self.worn, beside=Text(MASK, "label"))
        self.symptoms = LabelledField(_("Symptoms"), placeholder=_("None: leave empty"))
        self.save = Button(_("Write down"), "primary", "Enter")
        self.leave = Button(_("Goes out"), "plain", LEAVE)
        self.kind_error = Text("", "error").wrap()
        self.kind_error.hide()
        self._lay_out()
        self.person.edit.textEdited.connect(self._person_typed)
        self.person.edit.moved.connect(self.moved)
        self.person.edit.entered.connect(self.wanted)
        self.temperature.edit.textEdited.connect(self._show_heat)
        self.save.clicked.connect(lambda: self.submitted.emit(""))
        self.leave.clicked.connect(lambda: self.submitted.emit("out"))

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self.person.setFixedWidth(250)
        self.temperature.setFixedWidth(110)
        fields = QHBoxLayout()
        fields.setSpacing(12)
        for field in (self.person, self.temperature, self.mask_field):
            fields.addWidget(field, 0, top)
        fields.addWidget(self.symptoms, 1, top)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.save)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.kind_error, 1)
        buttons.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(fields)
        layout.addLayout(buttons)

    # --- what stands in it ------------------------------------------------------------------------------

    def new_entry(self, kind: str = "") -> NewAttendance:
        """What stands in the form. Asked twice for one person it is the same entry."""
        mask = bool(self.worn.value()) if self.mask_field.isVisibleTo(self) else None
        # A mask and symptoms of somebody who goes out are not looked at.
        return NewAttendance(
            id=self._id,
            person_id=self._person.id if self._person else None,
            kind=kind,
            temperature=self.temperature.text(),
            mask=None if kind == "out" else mask,
            symptoms=self.symptoms.text(),
        )

    def is_empty(self) -> bool:
        texts = (self.person.text(), self.temperature.text(), self.symptoms.text())
        return self._person is None and not any(text.strip() for text in texts)

    @property
    def chosen(self) -> Person | None:
        return self._person

    def ask_for_masks(self, *, asked: bool) -> None:
        self.mask_field.setVisible(asked)

    # --- who ---------------------------------------------------------------------------------------------

    def take(self, person: Person, words: str) -> None:
        """The person is known; `words` say how they are today. The temperature is next."""
        self._person = person
        self.person.set_text(person.name)
        self._clear_errors()
        self._show_person(words)
        self.temperature.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.temperature.edit.selectAll()

    def refresh(self, person: Person | None, words: str) -> None:
        """What is known of the chosen person has changed, on whatever PC."""
        if person is None or self._person is None or person == self._person:
            return
        self._person = person
        self._show_person(words)

    def _show_person(self, words: str) -> None:
        assert self._person is not None
        self.here.setText(words)
        self.here.setVisible(bool(words))
        self.here.setStyleSheet(f"color: {theme.WARN};" if self._person.unchecked else "")
        self.save.setText(_("Check in between") if self._person.inside else _("Comes in"))
        self.leave.setEnabled(self._person.inside)

    def next_person(self) -> None:
        """Empties the form for the next one."""
        self._id = new_id()
        self._forget()
        self.person.clear()
        self.temperature.clear()
        self.symptoms.clear()
        self.worn.set_value(True)
        self._clear_errors()
        self._show_heat("")
        self.narrowed.emit("")
        self.focus_person()

    def toggle_mask(self) -> None:
        self.worn.set_value(not self.worn.value())

    def focus_person(self) -> None:
        self.person.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.person.edit.selectAll()

    # --- what is wrong --------------------------------------------------------------------------------------

    def refused(self, error: HallDeskError) -> bool:
        """Says it beside the field; False when the error is not about this form."""
        if not isinstance(error, errors.BadInput):
            return False
        fields = {
            "person": self.person,
            "temperature": self.temperature,
            "symptoms": self.symptoms,
        }
        field = fields.get(error.field)
        if field is not None:
            field.show_error(i18n.explain(error))
        elif error.field == "kind":
            self.kind_error.setText(i18n.explain(error))
            self.kind_error.show()
        return field is not None or error.field == "kind"

    def _clear_errors(self) -> None:
        for field in (self.person, self.temperature, self.symptoms):
            field.clear_error()
        self.kind_error.hide()

    # --- keys ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit("out" if self.leave.hasFocus() else "")
        elif event.key() == Qt.Key.Key_Escape and not self.is_empty():
            self.next_person()
        else:
            super().keyPressEvent(event)

    def _person_typed(self, text: str) -> None:
        if self._person is not None:
            self._forget()
        self.narrowed.emit(text)

    def _forget(self) -> None:
        self._person = None
        self.here.hide()
        self.save.setText(_("Write down"))
        self.leave.setEnabled(True)

    def _show_heat(self, text: str) -> None:
        try:
            high = screening.read_temperature(text) >= self.threshold_tenths
        except errors.BadInput:
            high = False
        self.temperature.edit.setStyleSheet(f"color: {theme.BAD_STRONG};" if high else "")


class LastEntry(Band):
    """What was written down last, with a way back; red when a manager must know of it."""

    undo_asked = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("muted", parent)
        self._store = store
        self._entry: Entry | None = None
        self.words = Text("").wrap()
        self.undo = Link("")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 14, 7)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.undo)
        self.undo.setText(_("Undo  {key}").format(key=UNDO))
        self.undo.clicked.connect(self.ask_undo)
        self.hide()

    def show_entry(self, entry: Entry) -> None:
        self._entry = entry
        said = _("{name}: {what} {time}").format(
            name=entry.person,
            what=i18n.code("attendance", entry.kind),
            time=f"{self._store.local(entry.at):%H:%M}",
        )
        parts = [said]
        if entry.degrees:
            parts.append(_("{degrees} ℃").format(degrees=entry.degrees))
        if entry.alarming:
            parts.append(_("managers are told"))
        self.words.setText(" · ".join(parts))
        self.undo.show()
        self.show_kind("bad" if entry.alarming else "ok")
        self.show()

    def show_undone(self) -> None:
        entry, self._entry = self._entry, None
        if entry is not None:
            self.words.setText(_("{name}: the entry is withdrawn").format(name=entry.person))
        self.undo.hide()
        self.show_kind("muted")

    def ask_undo(self) -> None:
        if self._entry is not None:
            self.undo_asked.emit(self._entry)
