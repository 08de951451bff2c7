"""How the screening post's day is going: how many, how many high, how many to measure again, by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.hour_bars import HourBars
from hall_desk.ui.labels import Ground, Text

if TYPE_CHECKING:
    from hall_desk.services.screening import Summary


class Figure(QWidget):
    """A large number with its name below."""

    def __init__(self, name: str, ink: str = theme.INK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = Text("–", "figure")
        self._ink = ink
        self.name = Text(name, "soft")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.number)
        layout.addWidget(self.name)

    def show_number(self, number: int) -> None:
        self.number.setText(str(number))
        # Colour is kept for what needs somebody.
        self.number.setStyleSheet(f"color: {self._ink if number else theme.INK};")
        self.number.setAccessibleName(f"{self.name.text()} {number}")


class TodayPanel(Ground):
    """The card beside the form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.total = Figure(_("Measured"))
        self.fevers = Figure(_("Fever"), theme.BAD_STRONG)
        self.high = Figure(_("≥ {degrees} ℃").format(degrees="37.3"), theme.BAD_STRONG)
        self.to_recheck = Figure(_("To measure again"), theme.WARN)
        self.bars = HourBars()
        self.bars.setAccessibleName(_("People by hour"))
        figures = QGridLayout()
        figures.setHorizontalSpacing(12)
        figures.setVerticalSpacing(6)
        figures.addWidget(self.total, 0, 0)
        figures.addWidget(self.fevers, 0, 1)
        figures.addWidget(self.high, 1, 0)
        figures.addWidget(self.to_recheck, 1, 1)
        figures.setColumnStretch(0, 1)
        figures.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(8)
        layout.addWidget(Text(_("Today"), "heading"))
        layout.addLayout(figures)
        layout.addWidget(self.bars, 1)
        layout.addWidget(Text(_("People by hour"), "label"))

    def show_summary(self, summary: Summary, threshold_tenths: int) -> None:
        degrees = f"{threshold_tenths // 10}.{threshold_tenths % 10}"
        self.high.name.setText(_("≥ {degrees} ℃").format(degrees=degrees))
        self.total.show_number(summary.total)
        self.fevers.show_number(summary.fevers)
        self.high.show_number(summary.high)
        self.to_recheck.show_number(summary.to_recheck)
        self.bars.show_counts(summary.by_hour)
