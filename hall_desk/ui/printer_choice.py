"""Choosing a printer of this PC: what was found here, an address that is typed, a folder, or none."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.devices import printer_address, printing, slip_printer
from hall_desk.errors import BadInput
from hall_desk.i18n import N_, _
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.background import Background

TYPED = "typed:"
_TYPED_HINT = N_(
    "192.168.10.31, escpos+serial:///dev/ttyUSB0?baud=9600 or folder:/home/desk/papers"
)


def found_here() -> list[tuple[str, str]]:
    """The printers that can be found without asking the network: address and words. The devices lane only."""
    from serial.tools import list_ports

    found = [(f"system:{name}", name) for name in printing.printers()]
    if sys.platform.startswith("linux"):
        found += [
            (f"escpos+device://{file}", _("USB slip printer {file}").format(file=file))
            for file in sorted(Path("/dev/usb").glob("lp*"))
        ]
    for port in sorted(list_ports.comports()):
        slashes = "//" if port.device.startswith("/") else ""
        words = _("Serial slip printer {port}").format(port=port.device)
        found.append((f"escpos+serial:{slashes}{port.device}", words))
    return found


class PrinterChoice(QWidget):
    """One printer. `changed`: another one stands here. Nothing chosen is empty, no printer is "none"."""

    changed = Signal()

    def __init__(self, title: str, background: Background, chosen: str, *, key: str = "") -> None:
        super().__init__()
        self._background = background
        self.box = QComboBox()
        self.field = LabelledField(title, self.box)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(_(_TYPED_HINT))
        self.typed.setAccessibleName(_("Address of the printer"))
        self.trial = Button(_("Print a test page"), key=key)
        self.said = Text("", "soft").wrap()
        self._roll, self._hall = "80", ""
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.trial)
        line.addWidget(self.said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.field)
        layout.addWidget(self.typed)
        layout.addLayout(line)
        self.setFocusProxy(self.box)
        self.offer([], chosen)
        self.box.activated.connect(self._picked)
        self.typed.textEdited.connect(self._picked)
        self.trial.clicked.connect(self.print_trial)

    def offer(self, found: list[tuple[str, str]], chosen: str | None = None) -> None:
        """Shows what was found; what is chosen stays chosen."""
        wanted = self.printer() if chosen is None else chosen
        self.box.clear()
        self.box.addItem(_("Not chosen yet: papers are kept as PDF"), "")
        self.box.addItem(_("No printer: papers are kept as PDF"), printer_address.NONE)
        for address, words in found:
            self.box.addItem(words, address)
        self.box.addItem(_("Another one, by its address…"), TYPED)
        index = self.box.findData(wanted)
        if index < 0:
            index = self.box.count() - 1
            self.typed.setText(wanted)
        self.box.setCurrentIndex(index)
        self._enable()

    def choose(self, printer: str) -> None:
        """Chooses one of those offered, without `changed`; another one is not chosen."""
        index = self.box.findData(printer)
        if index >= 0:
            self.box.setCurrentIndex(index)
            self._enable()

    def printer(self) -> str:
        """The address chosen, as it was typed where it was typed."""
        chosen = str(self.box.currentData() or "")
        return self.typed.text().strip() if chosen == TYPED else chosen

    def checked(self) -> str:
        """The address for the settings. Raises BadInput, said beside the field."""
        text = self.printer()
        try:
            typed = self.box.currentData() == TYPED
            address = printer_address.typed_host(text) if typed and _is_host(text) else None
            return str(address or printer_address.parse(text))
        except BadInput as error:
            self.refuse(i18n.explain(error))
            raise

    def refuse(self, sentence: str) -> None:
        """Says what is wrong with the printer chosen, and puts the keyboard there."""
        self.field.show_error(sentence)
        if self.typed.isVisibleTo(self):
            self.typed.setFocus()

    def about(self, hall: str, roll: str) -> None:
        """What stands on the test page."""
        self._hall, self._roll = hall, roll

    def _picked(self) -> None:
        self.field.clear_error()
        self.said.clear()
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        self.typed.setVisible(self.box.currentData() == TYPED)
        self.trial.setEnabled(self.printer() not in ("", printer_address.NONE))

    def print_trial(self) -> None:
        """A real page on this printer; how it went is said beside the button."""
        if not self.trial.isEnabled():
            return
        try:
            address = printer_address.parse(self.checked())
        except BadInput:
            return
        roll, hall, now = self._roll, self._hall, datetime.now().astimezone()
        self.field.clear_error()
        self.said.setText(_("Sending…"))

        def work() -> None:
            from hall_desk.documents.trial import trial_page

            slip_printer.forget_habits()
            pdf = trial_page(roll, address.place, now, hall=hall)
            printing.put(pdf, address, title=_("Test page"), roll=roll)

        self._background.printing(self, work, lambda _nothing: self._sent(address.place), self._not)

    def _sent(self, place: str) -> None:
        self.said.setText(_("Sent to {printer}.").format(printer=place))

    def _not(self, error: HallDeskError) -> None:
        self.said.clear()
        self.field.show_error(i18n.explain(error))


def _is_host(text: str) -> bool:
    return "+" not in text and not text.startswith(("folder:", "system:", "none")) and bool(text)
