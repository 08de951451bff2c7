"""The new hall and its first manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import founding
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from hall_desk.ui.background import Background


class HallStep(Step):
    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("The hall and its first manager"))
        self.hall = self.kept(
            LabelledField(
                _("Name of the hall"), placeholder=_("as it stands on papers and screens")
            ),
            "hall",
        )
        self.opened = self.kept(
            LabelledField(_("Opening day"), placeholder=_("2020-02-03; empty: today")), "opened"
        )
        self.balance = self.kept(
            LabelledField(_("Tickets handled since then"), placeholder="0"), "balance"
        )
        self.manager = self.kept(LabelledField(_("Name of the first manager")), "manager")
        self.pin = self.kept(LabelledField(_("PIN of your choice")), "pin")
        self.pin_again = self.kept(LabelledField(_("The same PIN again")), "pin_again")
        for secret in (self.pin, self.pin_again):
            secret.edit.setEchoMode(QLineEdit.EchoMode.Password)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.hall, 0, 0, 1, 2, top)
        grid.addWidget(self.opened, 1, 0, top)
        grid.addWidget(self.balance, 1, 1, top)
        grid.addWidget(self.manager, 2, 0, 1, 2, top)
        grid.addWidget(self.pin, 3, 0, top)
        grid.addWidget(self.pin_again, 3, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        note = _(
            "The manager signs in with this name and PIN, and adds everybody else. "
            "There is no other way in: keep the PIN well."
        )
        self.body.addWidget(Text(note, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        fields = (self.hall, self.opened, self.balance, self.manager, self.pin, self.pin_again)
        needed = (self.hall, self.manager, self.pin, self.pin_again)
        focus(next((one for one in needed if not one.text()), fields[0]))

    def go_on(self) -> None:
        draft = self.draft
        for field in (self.hall, self.opened, self.balance, self.manager, self.pin, self.pin_again):
            field.clear_error()
        try:
            draft.new_hall = founding.new_hall(
                draft.hall, draft.opened, draft.balance, draft.manager, draft.pin, draft.pin_again
            )
        except errors.BadInput as error:
            self.field_of(error).show_error(i18n.explain(error))
        else:
            self.passed.emit()

    def field_of(self, error: errors.BadInput) -> LabelledField:
        """The field that an error is about."""
        if error.reason == "not_the_same":
            return self.pin_again
        return {
            "hall": self.hall,
            "day": self.opened,
            "balance": self.balance,
            "name": self.manager,
        }.get(error.field, self.pin)
