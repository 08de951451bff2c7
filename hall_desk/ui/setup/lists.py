"""What the new hall starts with: the sample hall's windows and matters, files of one's own, or nothing yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import directory, founding
from hall_desk.services.directory_columns import Kind
from hall_desk.services.founding import FilePlan, NewHall
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.import_preview import ProblemList, added_words, problem_words
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.setup import Draft, Step, focus
from hall_desk.ui.setup.choose_file import FileEdit

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.background import Background


class ListsStep(Step):
    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("Windows, matters and staff"))
        self._reading = False
        self.start = Segmented(
            [
                ("sample", _("The sample hall's windows and matters")),
                ("files", _("Files of your own")),
                ("empty", _("Nothing yet")),
            ]
        )
        self.start.set_value(draft.start)
        self.start.changed.connect(self._start_changed)
        self.words = Text("", "soft").wrap()
        self.rows = QWidget()
        self.files: dict[str, FileEdit] = {}
        self.chips: dict[str, Chip] = {}
        grid = QGridLayout(self.rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, 120)
        for row, kind in enumerate(founding.ORDER):
            title = _(directory.TITLES[kind])
            edit = FileEdit(title, _("Tables (*.xlsx *.csv)"))
            edit.edit.setAccessibleName(title)
            edit.edit.setText(draft.files.get(kind.value, ""))
            edit.edit.textChanged.connect(lambda path, kind=kind: self._path_changed(kind, path))
            label, chip = Text(title, "label"), Chip()
            label.setBuddy(edit.edit)
            chip.hide()
            grid.addWidget(label, row, 0)
            grid.addWidget(edit, row, 1)
            grid.addWidget(chip, row, 2, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.files[kind.value], self.chips[kind.value] = edit, chip
        self.problems = ProblemList()
        self.problems.hide()
        self.body.addWidget(self.start)
        self.body.addWidget(self.words)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.problems, 10)
        self.body.addStretch(1)
        self._show_start()

    def arrive(self) -> None:
        focus(self.start)
        self._show_plans()

    def busy(self) -> bool:
        return self._reading

    def next_words(self) -> str:
        if self._reading:
            return _("Reading …")
        plans = self._plans()
        looked_at = plans is not None and all(plan.good for plan in plans)
        return (
            _("Next step") if looked_at or self.draft.start != "files" else _("Look at the files")
        )

    # --- what is chosen -----------------------------------------------------------------------------

    def _wanted(self) -> NewHall:
        """The hall with the files chosen now."""
        assert self.draft.new_hall is not None
        files: tuple[tuple[Kind, Path], ...] = ()
        if self.draft.start == "sample":
            files = founding.sample_lists()
        elif self.draft.start == "files":
            files = tuple(
                (kind, Path(path).expanduser())
                for kind in founding.ORDER
                if (path := self.draft.files.get(kind.value, "").strip())
            )
        return replace(self.draft.new_hall, files=files)

    def _plans(self) -> tuple[FilePlan, ...] | None:
        """What the files chosen now would bring; None when they were not looked at yet."""
        if self.draft.new_hall is None:
            return None
        wanted = self._wanted()
        if not wanted.files:
            return ()
        known = self.draft.previewed
        return known[1] if known and known[0] == wanted else None

    def _start_changed(self, value: object) -> None:
        self.draft.start = str(value)
        self._show_start()
        self._show_plans()

    def _path_changed(self, kind: Kind, path: str) -> None:
        self.draft.files[kind.value] = path
        self._show_plans()

    def _show_start(self) -> None:
        start = self.draft.start
        self.rows.setVisible(start == "files")
        self.words.setText(
            {
                "sample": _(
                    "Windows and matters as a street's service hall has them, with the papers each "
                    "matter needs. Change names and telephone numbers to yours afterwards: export, "
                    "mend in WPS or Excel, import."
                ),
                "files": _(
                    "XLSX or CSV, with the headings of an export. Leave empty what you do not have yet."
                ),
                "empty": _("Windows, matters and staff can be imported at any time."),
            }[start]
        )
        self.show_problem("")

    # --- looking at the files ----------------------------------------------------------------------------

    def go_on(self) -> None:
        if self._reading:
            return
        wanted = self._wanted()
        if self.draft.start == "files" and not wanted.files:
            self.show_problem(i18n.explain(errors.BadInput("files", "empty")))
            focus(next(iter(self.files.values())))
            return
        plans = self._plans()
        if plans is not None and all(plan.good for plan in plans):
            self.draft.new_hall = wanted
            self.draft.previewed = (wanted, plans)
            self.passed.emit()
            return
        # Wrong ones are read again as well: they may have been mended meanwhile.
        self._reading = True
        self.show_problem("")
        self.changed.emit()
        self.background.data(
            self, lambda: (wanted, founding.preview(wanted)), self._read, self._not_read
        )

    def _read(self, read: tuple[NewHall, tuple[FilePlan, ...]]) -> None:
        self._reading = False
        self.draft.previewed = read
        self._show_plans()
        if self.draft.start == "sample" and all(plan.good for plan in read[1]):
            self.go_on()

    def _not_read(self, error: HallDeskError) -> None:
        self._reading = False
        self.refused(error)
        self.changed.emit()

    def _show_plans(self) -> None:
        plans = self._plans() or ()
        by_kind = {plan.kind.value: plan for plan in plans}
        for kind, chip in self.chips.items():
            plan = by_kind.get(kind)
            if plan is None:
                chip.show_text("", "muted")
            elif plan.waits:
                chip.show_text(_("after the windows"), "muted")
            elif plan.good:
                chip.show_text(added_words(plan.added), "ok")
            else:
                chip.show_text(problem_words(plan.problem_count), "bad")
        self.problems.show_files(
            (plan.path.name, plan.problems, plan.problem_count) for plan in plans
        )
        self.problems.setVisible(self.problems.count() > 0)
        if self.problems.count():
            self.show_problem(
                _("Nothing was taken in. Mend the files, save them, and look at them again.")
            )
        else:
            self.show_problem("")
        self.changed.emit()
