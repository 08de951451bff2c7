"""The printers of this PC: which takes the slips, which the A4 papers, how wide the roll is; each with a test page."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from hall_desk import settings as desk_settings
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.printers_form import ChosenPrinters, PrintersForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session


class PrintersDialog(FormDialog):
    """Saved to this PC's settings, and in force at once."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Printers of this PC"), _("Save"), width=720)
        now = session.settings
        chosen = ChosenPrinters(now.slip_printer, now.paper_printer, now.roll)
        hall = session.actor.hall_name
        self.form = PrintersForm(session.background, chosen, hall, ("Alt+1", "Alt+2"))
        self.body.addWidget(self.form)
        self.end_layout()
        self.bind("Alt+1", self.form.slips.print_trial)
        self.bind("Alt+2", self.form.papers.print_trial)
        self.form.look_round()

    def arrive(self) -> None:
        self.form.slips.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], object]:
        chosen = asdict(self.form.checked())
        folder = self.session.papers.parent

        def work() -> desk_settings.Settings:
            now = desk_settings.load(folder)
            desk_settings.save(folder, replace(now, **chosen))
            return replace(self.session.settings, **chosen)

        return work

    def refused(self, error: HallDeskError) -> None:
        """What is wrong with an address stands beside it already."""
        if not isinstance(error, BadInput):
            super().refused(error)

    def _done(self, result: object) -> None:
        assert isinstance(result, desk_settings.Settings)
        self.session.use_settings(result)
        super()._done(result)
