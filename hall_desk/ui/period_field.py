"""Choosing what a report is about: a day, its week, its month, or any range of days."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.services.figures import period
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.day_field import DayField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from datetime import date

    from hall_desk.services.figures.period import Period

DAY, WEEK, MONTH, RANGE = "day", "week", "month", "range"


class PeriodField(QWidget):
    """`picked` follows every choice; what was chosen is `period()`, and for a single day `day()`."""

    picked = Signal()

    def __init__(self, day: date, last: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Segmented(
            [(DAY, _("Day")), (WEEK, _("Week")), (MONTH, _("Month")), (RANGE, _("Range"))]
        )
        self.first = QDateEdit()
        self.first.setAccessibleName(_("First day"))
        self.first.setDisplayFormat("yyyy-MM-dd")
        self.first.setCalendarPopup(True)
        self.first.setFixedWidth(124)
        self.first.setDate(QDate(day.year, day.month, 1))
        self.to = Text("–")
        self.day_field = DayField(day, last)
        self.day_field.step_by_itself = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.kind)
        layout.addWidget(self.first)
        layout.addWidget(self.to)
        layout.addWidget(self.day_field)
        self.kind.changed.connect(lambda _kind: self._kind_changed())
        self.first.dateChanged.connect(lambda _date: self.picked.emit())
        self.day_field.stepped.connect(self.step)
        self.day_field.picked.connect(lambda _day: self.picked.emit())
        self.setFocusProxy(self.day_field)
        self._show_first()

    def is_day(self) -> bool:
        """Whether it is a single day's report, and not one of several days."""
        return self.kind.value() == DAY

    def day(self) -> date:
        """The day chosen, or the one whose week or month it is; a range's last."""
        return self.day_field.day()

    def period(self) -> Period:
        """The days chosen. Raises BadInput `period` (backwards, too_long)."""
        day = self.day()
        match self.kind.value():
            case "week":
                return period.week_of(day)
            case "month":
                return period.month_of(day)
            case "range":
                first = self.first.date()
                return period.between(day.replace(first.year(), first.month(), first.day()), day)
            case _:
                return period.between(day, day)

    def step(self, by: int) -> None:
        """One day, week or month on (1) or back (-1); a range moves by its last day."""
        day = self.day()
        if self.kind.value() == WEEK:
            self.day_field.step(7 * by)
        elif self.kind.value() == MONTH:
            months = day.year * 12 + day.month - 1 + by
            year, month = divmod(months, 12)
            length = calendar.monthrange(year, month + 1)[1]
            self.day_field.set_day(day.replace(year, month + 1, min(day.day, length)))
        else:
            self.day_field.step(by)

    def _kind_changed(self) -> None:
        self._show_first()
        self.picked.emit()

    def _show_first(self) -> None:
        several = self.kind.value() == RANGE
        self.first.setVisible(several)
        self.to.setVisible(several)
