"""What stands beside the phone cases and the numbers that do not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.ui import key_map
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Elided, Ground, Text
from hall_desk.ui.today_panel import Figure

if TYPE_CHECKING:
    from hall_desk.services.phone_cases import Summary

MOST_MATTERS = 8


class CasesPanel(Ground):
    """Today's phone cases in figures, and taking one back."""

    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.total = Figure(_("Phone cases today"))
        self.minutes = Text("", "soft")
        self.outcomes = QFormLayout()
        self.matters = QFormLayout()
        for form in (self.outcomes, self.matters):
            form.setHorizontalSpacing(14)
            form.setVerticalSpacing(5)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.undo_button = Button(_("Take back"), "danger", "Del")
        self.undo_button.clicked.connect(self.undo_wanted)
        self.matters_title = Text(_("By matter"), "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(9)
        layout.addWidget(self.total)
        layout.addWidget(self.minutes)
        layout.addWidget(Text(_("By outcome"), "heading"))
        layout.addLayout(self.outcomes)
        layout.addWidget(self.matters_title)
        layout.addLayout(self.matters)
        layout.addStretch(1)
        layout.addWidget(self.problem)
        layout.addWidget(self.undo_button)

    def show_summary(self, summary: Summary) -> None:
        self.total.show_number(summary.total)
        said = _n("{count} minute on the phone", "{count} minutes on the phone", summary.minutes)
        self.minutes.setText(said.format(count=summary.minutes))
        _fill(
            self.outcomes,
            [(i18n.code("phone_outcome", code), count) for code, count in summary.by_outcome],
        )
        _fill(
            self.matters,
            [
                (name or _("Other business"), count)
                for name, count in summary.by_matter[:MOST_MATTERS]
            ],
        )
        self.matters_title.setVisible(bool(summary.by_matter))

    def say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


def _fill(form: QFormLayout, lines: list[tuple[str, int]]) -> None:
    while form.rowCount():
        form.removeRow(0)
    for words, count in lines:
        label = Elided(words)
        label.setFixedWidth(230)
        number = Text(str(count))
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(label, number)


class TroublesPanel(Ground):
    """What a manager does about numbers that do not answer."""

    settle_wanted = Signal()

    def __init__(self, *, may_settle: bool, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.settle_button = Button(_("The number works again"), "primary", "Enter")
        if not may_settle:
            self.settle_button.hide()
        self.settle_button.clicked.connect(self.settle_wanted)
        said = (
            _("Try the number, put the directory right if it changed, and then tick it off here.")
            if may_settle
            else _("A manager looks after these numbers.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(10)
        layout.addWidget(Text(_("Numbers that do not answer"), "heading"))
        layout.addWidget(Text(said, "soft").wrap())
        layout.addWidget(
            Text(
                _("Say it of a window on the phone slip ({key}), with Alt+B.").format(
                    key=key_map.now("F8")
                ),
                "soft",
            ).wrap()
        )
        layout.addStretch(1)
        layout.addWidget(self.problem)
        layout.addWidget(self.settle_button)

    def say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
