"""This PC: its desk letter and post, its printer and paper, its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import N_, _
from hall_desk.services import accounts
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.printer_choice import PrinterChoice, found_here
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from hall_desk.ui.background import Background


# The posts a PC may stand at, by the page that is shown there first.
POSTS = {
    "": N_("By person"),
    "screening": N_("Temperatures"),
    "consultation": N_("Consultation"),
    "proxy": N_("Proxy service"),
    "window": N_("Window"),
    "foyer": N_("Foyer screen"),
}


class ThisPcStep(Step):
    """`language_picked` gives a language's code."""

    language_picked = Signal(str)

    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("This PC"))
        self.letter = LabelledField(_("Desk letter"))
        self.letter.setFixedWidth(150)
        self.letter.edit.setMaxLength(1)
        self.letter.edit.textEdited.connect(self._letter_typed)
        self.free = Text("", "soft").wrap()
        self.printer = PrinterChoice(
            _("Printer for slips and receipts"), background, draft.slip_printer
        )
        self.printer.changed.connect(self._printer_picked)
        self.printer.about(draft.hall, draft.roll)
        self.roll = Segmented([("80", "80 mm"), ("58", "58 mm")])
        self.roll.set_value(draft.roll)
        self.roll.changed.connect(self._roll_picked)
        self.post = Segmented([(post, _(words)) for post, words in POSTS.items()])
        self.post.set_value(draft.post)
        self.post.changed.connect(lambda value: setattr(draft, "post", str(value)))
        self.language = Segmented(list(i18n.LANGUAGES.items()))
        self.language.set_value(i18n.language())
        self.language.changed.connect(lambda value: self.language_picked.emit(str(value)))
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.free, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        self.body.addWidget(LabelledField(_("Post of this PC: shown after signing in"), self.post))
        self.body.addWidget(self.printer)
        self.body.addWidget(LabelledField(_("Width of the paper roll"), self.roll))
        self.body.addWidget(LabelledField(_("Language of this PC"), self.language))
        self.finish_layout()

    def arrive(self) -> None:
        free = self.draft.free_letters()
        if self.draft.letter is None and free:
            self.draft.letter = free[0]
        self.letter.set_text(self.draft.letter or "")
        self.free.setText(
            _(
                "Tickets opened on this PC are numbered with it: {letter}001. Free: {free}. "
                "A PC where no tickets are opened needs none."
            ).format(letter=free[0], free=ranges(free))
            if free
            else _("All 26 letters are given; this PC can open no tickets.")
        )
        focus(self.letter)
        self.printer.about(self.draft.hall, self.draft.roll)
        self.printer.offer([], self.draft.slip_printer)
        self.background.devices(self, found_here, self.printer.offer, replaces="printers")

    def _letter_typed(self, text: str) -> None:
        self.draft.letter = text.strip().upper()

    def _printer_picked(self) -> None:
        self.draft.slip_printer = self.printer.printer()

    def _roll_picked(self, value: object) -> None:
        self.draft.roll = str(value)
        self.printer.about(self.draft.hall, self.draft.roll)

    def go_on(self) -> None:
        try:
            self.draft.slip_printer = self.printer.checked()
        except errors.BadInput:
            return
        # A printer of the system takes every paper until another one is chosen for A4.
        if self.draft.slip_printer.startswith("system:"):
            self.draft.paper_printer = self.draft.slip_printer
        self.letter.clear_error()
        letter = self.letter.text().strip()
        if letter:
            try:
                letter = accounts.check_letter(letter)
                if letter not in self.draft.free_letters():
                    raise errors.BadInput("letter", "taken")
            except errors.BadInput as error:
                self.letter.show_error(i18n.explain(error))
                return
        self.draft.letter = letter
        self.passed.emit()

    def show_taken(self) -> None:
        """Another PC was quicker; the letter must be another one."""
        self.letter.show_error(i18n.explain(errors.BadInput("letter", "taken")))


def ranges(letters: list[str]) -> str:
    """Letters as one reads them: `A C–F Z`."""
    runs: list[str] = []
    for letter in sorted(letters):
        if runs and ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1] += letter
        else:
            runs.append(letter)
    return " ".join(run if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)
