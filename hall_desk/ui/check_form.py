"""The form for one person's temperature: kept by the keyboard, read once, on Enter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.services import screening
from hall_desk.services.screening import NewCheck
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.buttons import Link, Segmented
from hall_desk.ui.fields import LabelledField, PhoneEdit
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.matter_search import MatterSearch
from hall_desk.ui.pages import Shortcut

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.devices.instruments import Temperature
    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.screening import Check
    from hall_desk.ui.session import Session

PERSON_KEYS = ("Ctrl+1", "Ctrl+2", "Ctrl+3")
# A reading on offer is of somebody who stands here; after this they are gone.
READING_KEPT_MS = 120_000


class TemperatureEdit(QLineEdit):
    """The large field. Nothing ever stands in it that was not typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("temperature")
        self.setFixedHeight(92)
        self.setMaxLength(8)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)

    def show_heat(self, *, high: bool) -> None:
        """Colours the reading while it is typed."""
        theme.restyle(self, "high", "yes" if high else "no")


class CheckForm(QWidget):
    """Asks for one person. `submitted` is Enter anywhere; `new_check` reads the form.

    `refused` says what is wrong beside its field and keeps everything; `next_person` empties the form.
    """

    submitted = Signal()
    recheck_left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._id = new_id()
        self._first: Check | None = None
        self._known_phone = ""
        self.threshold_tenths = 373
        self.temperature = LabelledField(
            _("Temperature ℃ (365 is enough)"), TemperatureEdit(), parent=self
        )
        # A reading that may be taken instead of what stands in the field: an earlier or a waiting one.
        self.reading = Link("")
        self.reading.hide()
        self._offered = ""
        self._forgetting = QTimer(self)
        self._forgetting.setSingleShot(True)
        self._forgetting.setInterval(READING_KEPT_MS)
        self._forgetting.timeout.connect(self._drop_reading)
        self.offer = Link("")
        self.offer.hide()
        self.name = LabelledField(_("Name"), beside=self.offer)
        self.phone = LabelledField(_("Mobile"), PhoneEdit())
        self.matter_chip = Chip("", "info")
        self.matter_chip.hide()
        self.matter = MatterSearch(session)
        self.matter.edit.setPlaceholderText(_("Any words, or a matter: ybk"))
        self.reason = LabelledField(_("Reason for coming"), self.matter, beside=self.matter_chip)
        self.person = Segmented(
            [(person, i18n.code("person", person)) for person in screening.PERSONS]
        )
        keys = Text("Ctrl+1 2 3", "label")
        self.person_field = LabelledField(_("Person"), self.person, beside=keys)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self.temperature.setFixedWidth(250)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.name, 0, 0, top)
        grid.addWidget(self.phone, 0, 1, top)
        grid.addWidget(self.reason, 1, 0, top)
        grid.addWidget(self.person_field, 1, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        left = QVBoxLayout()
        left.addSpacing(17)
        left.addWidget(self.temperature)
        left.addWidget(self.reading)
        left.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(left)
        layout.addLayout(grid, 1)

    def _connect(self) -> None:
        self.temperature.edit.textEdited.connect(self._show_heat)
        self.phone.edit.textEdited.connect(self._phone_typed)
        self.name.edit.textEdited.connect(self.offer.hide)
        self.offer.clicked.connect(self.take_offer)
        self.reading.clicked.connect(self.take_offered_reading)
        self.matter.chosen.connect(self._matter_chosen)
        self.matter.cleared.connect(lambda: self.matter_chip.show_text("", "info"))
        self.matter.accepted.connect(self.submitted)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        """The form's own keys, for the page to bind."""
        persons = zip(PERSON_KEYS, screening.PERSONS, strict=True)
        return (
            Shortcut("Alt+N", self.take_offer),
            Shortcut("Alt+T", self.take_offered_reading),
            *(Shortcut(key, partial(self.person.set_value, person)) for key, person in persons),
        )

    # --- reading the form ---------------------------------------------------------------------------

    def new_check(self) -> NewCheck:
        """What stands in the form. Asked twice for one person it is the same check."""
        return NewCheck(
            id=self._id,
            temperature=self.temperature.text(),
            name=self.name.text().strip(),
            phone=self.phone.edit.digits(),
            reason=self.matter.text(),
            person=str(self.person.value()),
            recheck_of=self._first.id if self._first else None,
        )

    def is_empty(self) -> bool:
        texts = (self.temperature.text(), self.name.text(), self.phone.text(), self.matter.text())
        return not any(text.strip() for text in texts)

    def matter_line(self) -> MatterLine | None:
        return self.matter.matter

    # --- what the page says -----------------------------------------------------------------------------

    def next_person(self, sent: NewCheck) -> None:
        """Empties what was sent; what has been typed for the next person since then stays."""
        self._id = new_id()
        self.clear_errors()
        if self.temperature.text() == sent.temperature:
            self.temperature.clear()
        if self.name.text().strip() == sent.name or self._first is not None:
            self.name.clear()
        if self.phone.edit.digits() == sent.phone or self._first is not None:
            self.phone.clear()
        if self.matter.text() == sent.reason:
            self.matter.clear()
            self.matter_chip.show_text("", "info")
        self.person.set_value("resident")
        self.offer.hide()
        self._drop_reading()
        self._known_phone = ""
        self._end_recheck()
        self._show_heat(self.temperature.text())
        self.focus_temperature()

    def start_recheck(self, first: Check) -> None:
        """Makes the next reading the second one of `first`'s person, who need not be typed again."""
        self._first = first
        self._id = new_id()
        self.clear_errors()
        self.temperature.clear()
        self.name.set_text(first.name)
        self.phone.edit.clear()
        self.phone.edit.setPlaceholderText(first.phone_masked)
        self.matter.set_text(first.reason)
        self.person.set_value(first.person)
        self.offer.hide()
        self._enable_person(enabled=False)
        self.focus_temperature()

    def leave_recheck(self) -> None:
        """Back to a new person; the held one goes on waiting."""
        if self._first is not None:
            self.name.clear()
            self.matter.clear()
            self.person.set_value("resident")
            self._end_recheck()
            self._id = new_id()
            self.focus_temperature()
            self.recheck_left.emit()

    @property
    def rechecking(self) -> Check | None:
        return self._first

    def refused(self, error: HallDeskError) -> bool:
        """Says it beside the field; False when the error is not about a field of this form."""
        if not isinstance(error, BadInput):
            return False
        fields = {
            "temperature": self.temperature,
            "name": self.name,
            "phone": self.phone,
            "reason": self.reason,
            "person": self.person_field,
        }
        field = fields.get(error.field)
        if field is None:
            return False
        field.show_error(i18n.explain(error))
        return True

    def clear_errors(self) -> None:
        for field in (self.temperature, self.name, self.phone, self.reason, self.person_field):
            field.clear_error()

    def focus_temperature(self) -> None:
        self.temperature.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.temperature.edit.selectAll()

    # --- what devices give ------------------------------------------------------------------------------

    def take_temperature(self, reading: Temperature) -> None:
        """Fills a reading in as if it had been typed; what stood there is offered back.

        A reading that no person has does not push out one that a person can have.
        """
        before, text = self.temperature.text().strip(), str(reading)
        if before and self._plausible(before) and not self._plausible(text):
            self._offer_reading(_("Not taken: {degrees}  Alt+T").format(degrees=text), text)
            return
        self._fill_temperature(text)
        if before and before != text:
            self._offer_reading(_("Before: {degrees}  Alt+T").format(degrees=before), before)

    def offer_temperature(self, reading: Temperature, time: str) -> None:
        """Keeps a reading that came while something else was on top, to be taken by a key."""
        said = _("Measured {time}: {degrees} ℃  Alt+T").format(time=time, degrees=reading)
        self._offer_reading(said, str(reading))

    def take_offered_reading(self) -> None:
        if not self.reading.isHidden():
            offered = self._offered
            self._drop_reading()
            self._fill_temperature(offered)

    def take_name(self, name: str) -> bool:
        """Fills in a name from an ID card; False where none is asked or the card gave none."""
        if not name or self._first is not None:
            return False
        self.name.set_text(name)
        self.offer.hide()
        return True

    def _fill_temperature(self, text: str) -> None:
        self.temperature.set_text(text)
        self._show_heat(text)
        # Whoever is typing in another field goes on there: Enter saves from any of them.
        if not self.isAncestorOf(self.focusWidget() or self):
            self.temperature.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.temperature.edit.end(False)

    def _offer_reading(self, said: str, text: str) -> None:
        self._offered = text
        self.reading.setText(said)
        self.reading.show()
        self._forgetting.start()

    def _drop_reading(self) -> None:
        self._forgetting.stop()
        self._offered = ""
        self.reading.hide()

    @staticmethod
    def _plausible(text: str) -> bool:
        try:
            screening.read_temperature(text)
        except errors.BadInput:
            return False
        return True

    # --- while typing ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape and self._first is not None:
            self.leave_recheck()
        else:
            super().keyPressEvent(event)

    def _show_heat(self, text: str) -> None:
        try:
            high = screening.read_temperature(text) >= self.threshold_tenths
        except errors.BadInput:
            high = False
        self.temperature.edit.show_heat(high=high)

    def _matter_chosen(self, line: MatterLine) -> None:
        words = _("Window {number}").format(number=line.window.number)
        self.matter_chip.show_text(words, "info")

    def _phone_typed(self, _text: str) -> None:
        digits = self.phone.edit.digits()
        self.offer.hide()
        if len(digits) < 7 or digits == self._known_phone:
            return
        self._known_phone = digits
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: (digits, screening.known_name(actor, digits)),
            self._name_known,
            lambda _error: None,  # only an offer: saving will say what is wrong
            replaces="known_name",
        )

    def _name_known(self, known: tuple[str, str | None]) -> None:
        digits, name = known
        if name and digits == self.phone.edit.digits() and not self.name.text().strip():
            self.offer.setText(_("{name}?  Alt+N").format(name=name))
            self.offer.setProperty("offered", name)
            self.offer.show()

    def take_offer(self) -> None:
        """Takes the name that is known for this phone."""
        if not self.offer.isHidden():
            self.name.set_text(str(self.offer.property("offered")))
            self.offer.hide()

    def _end_recheck(self) -> None:
        self._first = None
        self.phone.edit.setPlaceholderText("")
        self._enable_person(enabled=True)

    def _enable_person(self, *, enabled: bool) -> None:
        for field in (self.name, self.phone, self.person_field):
            field.setEnabled(enabled)
