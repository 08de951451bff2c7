"""The hall's key: its recovery code when a hall is joined, its recovery sheet when one was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from hall_desk import errors, i18n
from hall_desk import settings as pc_settings
from hall_desk.devices import printer_address, printing
from hall_desk.documents.recovery_sheet import recovery_sheet
from hall_desk.i18n import _
from hall_desk.services import founding
from hall_desk.store import hall_key
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
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
            "them. It can be taken later: “hall-desk key take”."
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
    """The hall stands; its recovery sheet is printed or saved. `ask` asks the system where to."""

    def __init__(self, draft: Draft, background: Background, folder: Path) -> None:
        super().__init__(draft, background, _("The recovery sheet"))
        self._folder = folder
        self.ask: Callable[[], str] = self._ask
        words = _(
            "The hall is made. Its ID numbers are sealed with a key that is on this PC only. Print the recovery sheet "
            "now and lock it away: if this PC breaks, or another one joins, nothing else brings the key there."
        )
        self.body.addWidget(Text(words).wrap())
        self.print_button = Button(_("Print the sheet"), key="Alt+P")
        self.save_button = Button(_("Save it as PDF…"), key="Alt+S")
        for button, key, run in (
            (self.print_button, "Alt+P", self.print_sheet),
            (self.save_button, "Alt+S", self.save_sheet),
        ):
            button.clicked.connect(run)
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.print_button)
        line.addWidget(self.save_button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.told = Text("").wrap()
        self.body.addWidget(self.told)
        later = _("It can also be made later: “hall-desk key sheet F.pdf”.")
        self.body.addWidget(Text(later, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        prints = self._printer().prints
        self.print_button.setVisible(prints)
        focus(self.print_button if prints else self.save_button)

    def _printer(self) -> printer_address.Address:
        return printer_address.parse(self.draft.settings().paper_printer)

    def next_words(self) -> str:
        return _("To the sign-in")

    def _ask(self) -> str:
        suggested = str(Path.home() / _("recovery-sheet.pdf"))
        return QFileDialog.getSaveFileName(self, _("Save it as PDF…"), suggested, "PDF (*.pdf)")[0]

    def save_sheet(self) -> None:
        if path := self.ask():
            done = _("Saved in {file}. Print it, lock it away, and delete the file.")
            self._send(lambda pdf: pc_settings.write_file(Path(path), pdf), done.format(file=path))

    def print_sheet(self) -> None:
        printer = self._printer()
        if printer.prints:
            title = _("The recovery sheet")
            self._send(
                lambda pdf: printing.put(pdf, printer, title=title),
                _("Sent to {printer}.").format(printer=printer.place),
            )

    def _send(self, take: Callable[[bytes], object], done: str) -> None:
        folder, settings = self._folder, self.draft.settings()
        self.show_problem("")
        self.told.clear()

        def work() -> None:
            take(recovery_sheet(founding.recovery(folder, settings)))

        self.background.data(self, work, lambda _nothing: self._sent(done), self.refused)

    def _sent(self, done: str) -> None:
        self.told.setText(done)
        self.ready.emit()

    def refused(self, error: HallDeskError) -> None:
        self.show_problem(i18n.explain(error))
