"""The printers of this PC: found, typed or none, each tried with a test page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.ui.labels import Text
from hall_desk.ui.printers_form import ChosenPrinters, PrintersForm
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from hall_desk.ui.background import Background


class PrintersStep(Step):
    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("Printers of this PC"))
        chosen = ChosenPrinters(draft.slip_printer, draft.paper_printer, draft.roll)
        self.form = PrintersForm(background, chosen, draft.hall, ("Alt+1", "Alt+2"))
        self.form.changed.connect(self._picked)
        self.bind("Alt+1", self.form.slips.print_trial)
        self.bind("Alt+2", self.form.papers.print_trial)
        self.body.addWidget(self.form)
        note = _(
            "A PC without a printer keeps every paper as a PDF. This can be changed at any time."
        )
        self.body.addSpacing(4)
        self.body.addWidget(Text(note, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        found = self.draft.found()
        self.form.about(self.draft.hall if found is None else found.hall or self.draft.hall)
        self.form.look_round()
        focus(self.form.slips.box)

    def _picked(self) -> None:
        self._keep(self.form.now())

    def _keep(self, chosen: ChosenPrinters) -> None:
        self.draft.slip_printer = chosen.slip_printer
        self.draft.paper_printer = chosen.paper_printer
        self.draft.roll = chosen.roll

    def go_on(self) -> None:
        try:
            self._keep(self.form.checked())
        except errors.BadInput:
            return  # said beside its field
        self.passed.emit()
