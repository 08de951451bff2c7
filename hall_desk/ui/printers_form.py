"""The printers of a PC as a form: which takes the slips, which the A4 papers, how wide the roll is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.printer_choice import PrinterChoice, found_here
from hall_desk.ui.status_bar import roll_text

if TYPE_CHECKING:
    from hall_desk.ui.background import Background

ROLLS = ("58", "80", "a5")


@dataclass(frozen=True)
class ChosenPrinters:
    """As the settings of the PC have them, by the same names."""

    slip_printer: str = ""
    paper_printer: str = ""
    roll: str = "80"


class PrintersForm(QWidget):
    """Both printers with their test pages. `changed`: another printer or roll stands here."""

    changed = Signal()

    def __init__(
        self, background: Background, chosen: ChosenPrinters, hall: str, keys: tuple[str, str]
    ) -> None:
        super().__init__()
        self._background = background
        self._hall = hall
        self.slips = PrinterChoice(
            _("Slips and receipts"), background, chosen.slip_printer, key=keys[0]
        )
        self.papers = PrinterChoice(_("Papers (A4)"), background, chosen.paper_printer, key=keys[1])
        self.roll = Segmented([(roll, roll_text(roll)) for roll in ROLLS])
        self.roll.set_value(chosen.roll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.slips)
        layout.addWidget(LabelledField(_("Paper in the slip printer"), self.roll))
        layout.addSpacing(8)
        layout.addWidget(self.papers)
        self.setFocusProxy(self.slips.box)
        self.slips.changed.connect(self._slips_picked)
        self.papers.changed.connect(self.changed)
        self.roll.changed.connect(self._roll_picked)
        self.about(hall)

    def about(self, hall: str) -> None:
        """The hall that stands on the test pages."""
        self._hall = hall
        self.slips.about(hall, str(self.roll.value()))
        self.papers.about(hall, "a4")

    def look_round(self) -> None:
        """Offers what is found on this PC; what is chosen stays chosen."""
        self._background.devices(self, found_here, self._found, replaces="printers")

    def _found(self, found: list[tuple[str, str]]) -> None:
        self.slips.offer(found)
        # What only takes rolls is no printer for A4.
        self.papers.offer([one for one in found if not one[0].startswith("escpos")])

    def _slips_picked(self) -> None:
        printer = self.slips.printer()
        if printer.startswith("system:") and not self.papers.printer():
            # A printer of the system takes every paper, until another one is chosen for A4.
            self.papers.choose(printer)
        self.changed.emit()

    def _roll_picked(self, _roll: object) -> None:
        self.about(self._hall)
        self.changed.emit()

    def now(self) -> ChosenPrinters:
        """What stands here, right or wrong."""
        return ChosenPrinters(self.slips.printer(), self.papers.printer(), str(self.roll.value()))

    def checked(self) -> ChosenPrinters:
        """What the settings may keep. Raises BadInput `printer`, said beside the field."""
        slips, papers = self.slips.checked(), self.papers.checked()
        if papers.startswith("escpos"):
            self.papers.refuse(_("A slip printer takes no A4."))
            raise BadInput("printer", "roll_only")
        return ChosenPrinters(slips, papers, str(self.roll.value()))
