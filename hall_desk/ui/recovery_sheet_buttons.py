"""Printing the recovery sheet or saving it as PDF: two buttons, and what came of it.

Unlike other papers it is kept neither in the papers folder nor as a print job: it holds the hall's key.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.devices import printer_address, printing
from hall_desk.i18n import _
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.background import Background

PRINT, SAVE = "Alt+P", "Alt+S"


class RecoverySheetButtons(QWidget):
    """`make` gives the sheet's PDF, off the UI thread; `ask` asks the system for a file.

    Signals:
        done: it was printed or saved.
        refused: why not (a `HallDeskError`).
    """

    done = Signal()
    refused = Signal(object)

    def __init__(
        self,
        background: Background,
        make: Callable[[], bytes],
        printer: Callable[[], printer_address.Address],
    ) -> None:
        super().__init__()
        self._background = background
        self._make = make
        self._printer = printer
        self.ask: Callable[[], str] = self._ask
        self.print_button = Button(_("Print the sheet"), key=PRINT)
        self.save_button = Button(_("Save it as PDF…"), key=SAVE)
        # For the shortcuts of whoever shows the buttons.
        self.keys = {PRINT: self.print_sheet, SAVE: self.save_sheet}
        self.print_button.clicked.connect(self.print_sheet)
        self.save_button.clicked.connect(self.save_sheet)
        self.told = Text("").wrap()
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.print_button)
        line.addWidget(self.save_button)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(line)
        layout.addWidget(self.told)

    def arrive(self) -> None:
        """Shows what this PC can do, and puts the keyboard on the first of it."""
        prints = self._printer().prints
        self.print_button.setVisible(prints)
        first = self.print_button if prints else self.save_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> str:
        suggested = str(Path.home() / _("recovery-sheet.pdf"))
        return QFileDialog.getSaveFileName(self, _("Save it as PDF…"), suggested, "PDF (*.pdf)")[0]

    def save_sheet(self) -> None:
        """Writes it where the system's dialog says, readable by this user only."""
        if self.save_button.isEnabled() and (path := self.ask()):
            done = _("Saved in {file}. Print it, lock it away, and delete the file.")
            self._send(lambda pdf: write_file(Path(path), pdf), done.format(file=path))

    def print_sheet(self) -> None:
        """Sends it to this PC's printer for A4."""
        printer = self._printer()
        if self.print_button.isEnabled() and printer.prints:
            title = _("The recovery sheet")
            self._send(
                lambda pdf: printing.put(pdf, printer, title=title),
                _("Sent to {printer}.").format(printer=printer.place),
            )

    def _send(self, take: Callable[[bytes], object], said: str) -> None:
        make = self._make
        self.told.clear()
        self._background.data(
            self, lambda: take(make()), lambda _nothing: self._sent(said), self._not_sent
        )

    def _sent(self, said: str) -> None:
        self.told.setText(said)
        self.done.emit()

    def _not_sent(self, error: HallDeskError) -> None:
        self.refused.emit(error)
