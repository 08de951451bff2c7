"""The printers of this PC: which takes the slips, which the A4 papers, how wide the roll is; each with a test page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from hall_desk import settings as desk_settings
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.printer_choice import PrinterChoice, found_here
from hall_desk.ui.status_bar import roll_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

ROLLS = ("58", "80", "a5")


class PrintersDialog(FormDialog):
    """Saved to this PC's settings, and in force at once."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Printers of this PC"), _("Save"), width=720)
        settings = session.settings
        background = session.background
        self.slips = PrinterChoice(
            _("Slips and receipts"), background, settings.slip_printer, key="Alt+1"
        )
        self.papers = PrinterChoice(
            _("Papers (A4)"), background, settings.paper_printer, key="Alt+2"
        )
        self.roll = Segmented([(roll, roll_text(roll)) for roll in ROLLS])
        self.roll.set_value(settings.roll)
        self.roll.changed.connect(lambda _roll: self._about())
        self.body.addWidget(self.slips)
        self.body.addWidget(LabelledField(_("Paper in the slip printer"), self.roll))
        self.body.addSpacing(8)
        self.body.addWidget(self.papers)
        self.end_layout()
        self.bind("Alt+1", self.slips.print_trial)
        self.bind("Alt+2", self.papers.print_trial)
        self._about()
        background.devices(self, found_here, self._found)

    def arrive(self) -> None:
        self.slips.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _found(self, found: list[tuple[str, str]]) -> None:
        self.slips.offer(found)
        # What only takes rolls is no printer for A4.
        self.papers.offer([one for one in found if not one[0].startswith("escpos")])

    def _about(self) -> None:
        hall = self.session.actor.hall_name
        self.slips.about(hall, str(self.roll.value()))
        self.papers.about(hall, "a4")

    def work(self) -> Callable[[], object]:
        chosen: dict[str, Any] = {
            "slip_printer": self.slips.checked(),
            "paper_printer": self.papers.checked(),
            "roll": str(self.roll.value()),
        }
        if chosen["paper_printer"].startswith("escpos"):
            error = BadInput("printer", "roll_only")
            self.papers.field.show_error(_("A slip printer takes no A4."))
            raise error
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
