"""What an import would do, shown: each value before and after, and every problem by its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from hall_desk.i18n import N_, _, _n
from hall_desk.services.directory import FieldChange, ImportPlan, Planned, Problem
from hall_desk.ui.labels import Chip
from hall_desk.ui.tables import Column, RowsModel, Table

# More than anybody reads before importing; what comes first is what an import takes away.
MOST_LINES = 2000
_ACTS = {
    "retired": (N_("Retired"), "warn"),
    "changed": (N_("Changed"), "info"),
    "added": (N_("Added"), "ok"),
}


@dataclass(frozen=True)
class Line:
    """One value that would change, or one thing that would be added or retired; `more` is all of it in words."""

    number: int
    row: int
    act: str
    key: str
    name: str
    column: str
    before: str
    after: str
    more: str


@dataclass(frozen=True)
class Preview:
    """A plan as it is shown; made off the UI thread, as a plan may be long."""

    plan: ImportPlan
    lines: tuple[Line, ...]
    hidden: int


def preview(plan: ImportPlan) -> Preview:
    """The plan with its first `MOST_LINES` lines: what is retired, then what changes, then what is new."""
    lines: list[Line] = []
    hidden = 0
    for act in _ACTS:
        for one in getattr(plan, act):
            for line in _lines(act, one, len(lines)):
                if len(lines) < MOST_LINES:
                    lines.append(line)
                else:
                    hidden += 1
    return Preview(plan, tuple(lines), hidden)


def _lines(act: str, one: Planned, first: int) -> Iterable[Line]:
    start = (one.row, act, one.key, one.name)
    if act == "changed":
        for number, change in enumerate(one.changes, first):
            yield Line(
                number, *start, change.column, change.before, change.after, _in_words(change)
            )
        return
    told = [change for change in one.changes if change.after not in (one.key, one.name)]
    after = " · ".join(f"{change.column} {_flat(change.after)}" for change in told)
    yield Line(first, *start, "", "", after, "\n".join(map(_in_words, one.changes)))


def _in_words(change: FieldChange) -> str:
    words = _("{column}: {before} → {after}") if change.before else _("{column}: {after}")
    return words.format(
        column=change.column, before=_flat(change.before), after=_flat(change.after) or "—"
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def problem_words(count: int) -> str:
    return _n("{count} problem", "{count} problems", count).format(count=count)


def added_words(count: int) -> str:
    return _n("{count} to add", "{count} to add", count).format(count=count)


class ProblemList(QListWidget):
    """Every problem of one or several files in a sentence with its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("What is wrong in the files"))
        self.setProperty("framed", "yes")
        self.setWordWrap(True)
        self.setMinimumHeight(90)

    def show_files(self, files: Iterable[tuple[str, Sequence[Problem], int]]) -> None:
        """Shows the problems of each file: its name (or none), its problems, and how many there are in all."""
        self.clear()
        for name, problems, count in files:
            begin = f"{name} · " if name else ""
            self.addItems([begin + problem.sentence() for problem in problems])
            hidden = count - len(problems)
            if hidden > 0:
                more = _n("And {count} more problem.", "And {count} more problems.", hidden)
                self.addItem(begin + more.format(count=hidden))


class ImportPreview(QWidget):
    """Counts, then the lines of a plan or its problems. Nothing is shown before `show_preview`."""

    def __init__(self) -> None:
        super().__init__()
        self.chips = {act: Chip() for act in (*_ACTS, "unchanged", "problems")}
        columns: tuple[Column[Line], ...] = (
            Column(_("Row"), lambda line: str(line.row), 64, right=True),
            Column(
                "", lambda line: _(_ACTS[line.act][0]), 84, chip=lambda line: _ACTS[line.act][1]
            ),
            Column(_("Item"), _what, 150, weight=2, bold=True),
            Column(_("Column"), lambda line: line.column, 110),
            Column(_("Now"), lambda line: _flat(line.before), 120, weight=2),
            Column(_("Afterwards"), lambda line: _flat(line.after), 150, weight=3),
        )
        self.model: RowsModel[Line] = RowsModel(columns, key=lambda line: line.number, parent=self)
        self.table = Table(self.model)
        self.table.setAccessibleName(_("What the import would change"))
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName(_("The selected line in full"))
        self.detail.setTabChangesFocus(True)
        self.detail.setFixedHeight(92)
        self.problems = ProblemList()
        counts = QHBoxLayout()
        counts.setSpacing(8)
        for chip in self.chips.values():
            chip.hide()
            counts.addWidget(chip)
        counts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(counts)
        layout.addWidget(self.table, 3)
        layout.addWidget(self.detail)
        layout.addWidget(self.problems, 3)
        layout.addStretch(0)
        self.table.moved_to.connect(lambda line: self.detail.setPlainText(line.more))
        self.clear()

    def clear(self) -> None:
        for chip in self.chips.values():
            chip.show_text("", "muted")
        self.model.show([])
        self.detail.clear()
        self.problems.clear()
        for widget in (self.table, self.detail, self.problems):
            widget.hide()

    def show_preview(self, shown: Preview) -> None:
        """Shows what a good plan would do, or all that is wrong with a bad one."""
        self.clear()
        plan = shown.plan
        if not plan.good:
            self.show_problems(plan.problems, plan.problem_count)
            return
        counts = {
            "retired": (len(plan.retired), _("{count} to retire"), "warn"),
            "changed": (len(plan.changed), _("{count} to change"), "info"),
            "unchanged": (plan.unchanged, _("{count} as they are"), "muted"),
        }
        for name, (count, words, kind) in counts.items():
            self.chips[name].show_text(words.format(count=count) if count else "", kind)
        self.chips["added"].show_text(
            added_words(len(plan.added)) if plan.added else "", _ACTS["added"][1]
        )
        self.model.show(shown.lines)
        self.table.setVisible(bool(shown.lines))
        self.detail.setVisible(bool(shown.lines))
        if shown.lines:
            self.table.selectRow(0)

    def show_problems(self, problems: Sequence[Problem], count: int) -> None:
        self.clear()
        self.chips["problems"].show_text(problem_words(count), "bad")
        self.problems.show_files([("", problems, count)])
        self.problems.show()


def _what(line: Line) -> str:
    return line.name if line.key == line.name else f"{line.key} {line.name}"
