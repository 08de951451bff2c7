"""The hall's key: its recovery code when a hall is joined, its recovery sheet when one was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from hall_desk import errors, i18n
from hall_desk.devices import printer_address
from hall_desk.documents.recovery_sheet import recovery_sheet
from hall_desk.i18n import _
from hall_desk.services import founding
from hall_desk.store import hall_key
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.recovery_sheet_buttons import RecoverySheetButtons
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from pathlib import Path

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.background import Background


class KeyStep(Step):
    """The recovery code, typed or scanned; it may be left out."""

    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("The hall's key"))
        words = _(
            "ID numbers are kept sealed with the hall's key. This PC takes it from the recovery sheet, which lies in "
            "the hall's safe: type the 13 groups, or scan the QR code."
        )
        self.body.addWidget(Text(words).wrap())
        self.code = self.kept(
            LabelledField(_("Recovery code"), placeholder=_("13 groups of 5 characters")),
            "recovery_code",
        )
        self.body.addWidget(self.code)
        without = _(
            "Without it this PC works all the same, but keeps ID numbers masked only, and can neither find nor show "
            "them. A manager can type it later: “Recovery sheet…” in the menu."
        )
        self.body.addWidget(Text(without, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        focus(self.code)

    def go_on(self) -> None:
        self.code.clear_error()
        found = self.draft.found()
        self.draft.hall_key = None
        if self.code.text().strip() and found is not None and found.hall_id is not None:
            try:
                key = hall_key.from_code(self.code.text())
                if key.check(found.hall_id) != found.key_check:
                    raise errors.BadInput("recovery_code", "other_hall")
            except errors.BadInput as error:
                self.code.show_error(i18n.explain(error))
                return
            self.draft.hall_key = key
        self.passed.emit()


class SheetStep(Step):
    """The hall stands; its recovery sheet is printed or saved."""

    def __init__(self, draft: Draft, background: Background, folder: Path) -> None:
        super().__init__(draft, background, _("The recovery sheet"))
        self._folder = folder
        words = _(
            "The hall is made. Its ID numbers are sealed with a key that is on this PC only. Print the recovery sheet "
            "now and lock it away: if this PC breaks, or another one joins, nothing else brings the key there."
        )
        self.body.addWidget(Text(words).wrap())
        self.buttons = RecoverySheetButtons(background, self._sheet, self._printer)
        self.buttons.done.connect(self._sent)
        self.buttons.refused.connect(self.refused)
        for key, run in self.buttons.keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.body.addWidget(self.buttons)
        later = _("It can also be made later: “Recovery sheet…” in the menu of a manager.")
        self.body.addWidget(Text(later, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        self.buttons.arrive()

    def _printer(self) -> printer_address.Address:
        return printer_address.parse(self.draft.settings().paper_printer)

    def next_words(self) -> str:
        return _("To the sign-in")

    def _sheet(self) -> bytes:
        return recovery_sheet(founding.recovery(self._folder, self.draft.settings()))

    def _sent(self) -> None:
        self.show_problem("")
        self.ready.emit()

    def refused(self, error: HallDeskError) -> None:
        self.show_problem(i18n.explain(error))
