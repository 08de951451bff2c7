"""What will be made, to be looked over once more; then it is made, and settings.toml is written."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import directory, founding, import_problems
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.print_keeper import printer_words
from hall_desk.ui.setup import Draft, Step
from hall_desk.ui.status_bar import roll_text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.settings import Settings
    from hall_desk.ui.background import Background


class DoneStep(Step):
    """`made` gives the settings that were written; `letter_taken` that another PC was quicker."""

    made = Signal(object)
    letter_taken = Signal()

    def __init__(self, draft: Draft, background: Background, folder: Path) -> None:
        super().__init__(draft, background, _("Is everything right?"))
        self._folder = folder
        self._making = False
        self.rows: dict[str, str] = {}
        self._ground = Ground("panel")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(18, 14, 18, 14)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnStretch(1, 1)
        inside = QVBoxLayout(self._ground)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._grid)
        self.body.addWidget(self._ground)
        note = _("Nothing has been written yet. “Set up” writes all of it and opens the sign-in.")
        self.body.addWidget(Text(note, "soft").wrap())
        self.finish_layout()

    def arrive(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = dict(self._facts())
        for row, (label, value) in enumerate(self.rows.items()):
            self._grid.addWidget(Text(label, "label"), row, 0)
            self._grid.addWidget(Text(value).wrap(), row, 1)
        self.setFocus()

    def _facts(self) -> Iterator[tuple[str, str]]:
        draft, hall = self.draft, self.draft.hall_to_make()
        found = draft.found()
        if hall is not None:
            yield _("New hall"), hall.name
            yield _("First manager"), hall.manager
            opened = _("today") if hall.opened_day is None else hall.opened_day.isoformat()
            yield _("Opening day"), opened
            yield _("Tickets handled since then"), str(hall.opening_balance)
            plans = draft.previewed[1] if draft.previewed and hall.files else ()
            lists = [f"{_(directory.TITLES[plan.kind])} {plan.added}" for plan in plans]
            yield _("It starts with"), " · ".join(lists) or _("Nothing yet")
        elif found is not None:
            yield _("Joins the hall"), found.hall
            if found.key_check:
                yield _("The hall's key"), _("with it") if draft.hall_key else _("without it")
        if draft.way == "join" and draft.reached is not None:
            where = draft.reached[0]
            yield _("Server"), f"{where.host}:{where.port}/{where.database}"
        else:
            yield _("Kept in"), str(self._folder)
        yield _("Desk letter"), draft.letter or _("no letter")
        yield (
            _("Printer for slips"),
            f"{_printer_words(draft.slip_printer)} · {roll_text(draft.roll)}",
        )
        yield _("Printer for A4 papers"), _printer_words(draft.paper_printer)

    def next_words(self) -> str:
        return _("Setting up …") if self._making else _("Set up")

    def busy(self) -> bool:
        return self._making

    def go_on(self) -> None:
        if self._making:
            return
        self._making = True
        self.show_problem("")
        self.changed.emit()
        folder, settings, hall = self._folder, self.draft.settings(), self.draft.hall_to_make()
        key = self.draft.hall_key if "key" in self.draft.steps() else None
        self.background.data(
            self,
            lambda: founding.set_up(folder, settings, platform.node(), hall, key),
            self._made,
            self.refused,
        )

    def _made(self, settings: Settings) -> None:
        self._making = False
        self.made.emit(settings)

    def refused(self, error: HallDeskError) -> None:
        self._making = False
        self.changed.emit()
        match error:
            case errors.AlreadyThere(kind="desk"):
                self.letter_taken.emit()
            case errors.BadFile():
                self.show_problem(import_problems.explain(error))
            case _:
                self.show_problem(i18n.explain(error))


def _printer_words(address: str) -> str:
    return printer_words(address) if address else _("None: papers are kept as PDF")
