"""Giving oneself another PIN: the one there is, the new one, and the new one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import accounts
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session


class ChangePinDialog(FormDialog):
    """For whoever is signed in. Wrong tries at the old PIN count as at sign-in."""

    personal = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Change PIN"), _("Change PIN"), width=460)
        self.old = _pin_field(_("PIN you have now"))
        self.new = _pin_field(_("New PIN"))
        self.again = _pin_field(_("New PIN again"))
        self.fields = {"old_pin": self.old, "pin": self.new, "again": self.again}
        for field in self.fields.values():
            self.body.addWidget(field)
        self.end_layout()

    def work(self) -> Callable[[], object]:
        actor, old, new = self.session.actor, self.old.text(), self.new.text()
        if not old:
            raise errors.BadInput("old_pin", "empty")
        accounts.check_pin(new)
        if self.again.text() != new:
            raise errors.BadInput("pin", "not_the_same")
        return lambda: accounts.change_own_pin(actor, old, new)

    def refused(self, error: HallDeskError) -> None:
        match error:
            case errors.BadInput(field="pin", reason="not_the_same"):
                self.again.show_error(i18n.explain(error))
            case errors.SignInRefused() | errors.AccountLocked():
                self.old.show_error(i18n.explain(error))
            case _:
                super().refused(error)

    def _done(self, result: object) -> None:
        super()._done(result)
        self.session.notices.success(_("Your PIN is changed."))


def _pin_field(label: str) -> LabelledField:
    field = LabelledField(label)
    field.edit.setEchoMode(QLineEdit.EchoMode.Password)
    return field
