"""The hall's key on this PC, for a manager: its recovery sheet to print, or the code from that sheet to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import founding, identity
from hall_desk.store import hall_key
from hall_desk.ui import papers
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.recovery_sheet_buttons import RecoverySheetButtons

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.devices.printer_address import Address
    from hall_desk.errors import HallDeskError
    from hall_desk.services.identity import Recovery
    from hall_desk.ui.session import Session


def recovery_sheet_dialog(session: Session) -> Dialog:
    """The sheet where this PC has the hall's key; else where the key is taken from the sheet."""
    if session.store.hall_key is not None:
        return RecoverySheetDialog(session)
    return TakeKeyDialog(session)


class RecoverySheetDialog(Dialog):
    """The sheet as it will be printed. Opening it is journalled: the code is on the screen then."""

    personal = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Recovery sheet"), width=900, height=640)
        self._pdf = b""
        self.preview = PaperView(session.background, widest=480)
        words = _(
            "ID numbers are sealed with the hall's key. If this PC breaks, or another one joins, only this sheet "
            "brings the key there. Print it and lock it away in the safe."
        )
        care = _("Whoever reads the code can open all ID numbers: let nobody else see this screen.")
        self.buttons = RecoverySheetButtons(session.background, self._sheet, self._printer)
        self.buttons.done.connect(lambda: self._say(""))
        self.buttons.refused.connect(self._refused)
        for key, run in self.buttons.keys.items():
            self.bind(key, run)
        for button in (self.buttons.print_button, self.buttons.save_button):
            button.setEnabled(False)  # until the sheet is made
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.cancel = Button(_("Close"), key="Esc")
        self.cancel.clicked.connect(self.reject)
        self.escape_hint.hide()
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(Text(words).wrap())
        left.addWidget(Text(care, "soft").wrap())
        left.addWidget(self.buttons)
        left.addWidget(self.problem)
        left.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        sides.addLayout(left, 2)
        sides.addWidget(self.preview, 3)
        self.body.addLayout(sides, 1)
        self.body.addLayout(foot)

    def arrive(self) -> None:
        self.buttons.arrive()
        actor = self.session.actor
        self.session.background.data(
            self, lambda: identity.recovery(actor), self._draw, self._refused
        )

    def _draw(self, facts: Recovery) -> None:
        from hall_desk.documents.recovery_sheet import recovery_sheet

        self.session.background.devices(
            self, lambda: recovery_sheet(facts), self._show, self._refused
        )

    def _show(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.preview.show_pdf(pdf)
        for button in (self.buttons.print_button, self.buttons.save_button):
            button.setEnabled(True)
        self.buttons.arrive()

    def _sheet(self) -> bytes:
        return self._pdf

    def _printer(self) -> Address:
        return papers.known(self.session.settings.paper_printer)

    def _refused(self, error: HallDeskError) -> None:
        self._say(i18n.explain(error))

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


class TakeKeyDialog(FormDialog):
    """Why this PC has no key, and the recovery code that brings it, typed or scanned."""

    personal = True

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("The hall's key"), _("Take the key"), width=640, height=280)
        trouble = session.store.key_trouble
        if trouble is not None:
            self.body.addWidget(Text(i18n.explain(trouble)).wrap())
        self.code = LabelledField(_("Recovery code"), placeholder=_("13 groups of 5 characters"))
        self.fields = {"recovery_code": self.code}
        self.body.addWidget(self.code)
        self.end_layout()

    def work(self) -> Callable[[], object]:
        store, folder = self.session.store, self.session.papers.parent
        key = hall_key.from_code(self.code.text())
        return lambda: founding.take_key(store, folder, key)

    def _done(self, result: object) -> None:
        super()._done(result)
        self.session.notices.success(_("This PC has the hall's key now."))
