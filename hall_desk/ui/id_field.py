"""The ID number while it is typed: checked on the spot, masked as soon as the keyboard leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import privacy
from hall_desk.ui.covered_edit import CoveredEdit
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


def tell_after_leaving(field: LabelledField, sentence: str) -> None:
    """Says what is wrong in a field that was just left, and leaves the keyboard where it has gone."""
    focused = field.window().focusWidget()
    # Showing an error takes the focus and giving it back leaves the field again: once is enough.
    field.edit.blockSignals(True)
    field.show_error(sentence)
    if focused is not None and focused is not field.edit:
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
    field.edit.blockSignals(False)


class _IdEdit(CoveredEdit):
    """Holds the number; shows it only while it is being typed, and gives nobody but the form the whole of it."""

    masked = staticmethod(privacy.masked_in_place)

    def __init__(self) -> None:
        super().__init__()
        self.number = ""
        self.setMaxLength(40)
        self.textEdited.connect(self._typed)

    def _typed(self, text: str) -> None:
        self.number = text

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.text() != self.number:
            self.setText(self.number)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self.cover()

    def cover(self) -> None:
        """Masks a valid number; a wrong one stays readable so that it can be compared with the card."""
        try:
            number = privacy.check_id_number(self.number)
        except errors.BadInput:
            return
        if number:
            self.number = number
            self.setText(privacy.mask_id(number))


class IdField(LabelledField):
    """An optional ID number with a chip that says when it is valid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.valid = Chip("", "ok")
        super().__init__(_("ID number (optional)"), _IdEdit(), beside=self.valid, parent=parent)
        self.valid.hide()
        self.edit.textEdited.connect(self.valid.hide)
        self.edit.editingFinished.connect(self._left)

    def number(self) -> str:
        """What was typed, never the masked form."""
        return str(self.edit.number)

    def set_number(self, number: str) -> None:
        self.edit.number = number
        self.edit.setText(number)
        self.edit.cover()
        self._left()

    def _left(self) -> None:
        number = self.number()
        try:
            valid = bool(privacy.check_id_number(number))
        except errors.BadInput as error:
            self.valid.hide()
            tell_after_leaving(self, i18n.explain(error))
            return
        self.valid.show_text(_("Valid") if valid else "", "ok")
