"""Choosing a service day: typed, picked in a calendar, or one day on or back."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Button


class DayField(QWidget):
    """`picked` gives the day as a `date`; a day after `last` cannot be chosen.

    `stepped` (1 or -1) is told instead of stepping by a day, where `step_by_itself` is off.
    """

    picked = Signal(object)
    stepped = Signal(int)

    def __init__(self, day: date, last: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = Button("‹")
        self.after = Button("›")
        self.before.setAccessibleName(_("Day before"))
        self.after.setAccessibleName(_("Day after"))
        self.before.setToolTip(_("Day before") + "  Alt+←")
        self.after.setToolTip(_("Day after") + "  Alt+→")
        self.edit = QDateEdit()
        self.edit.setAccessibleName(_("Service day"))
        self.edit.setDisplayFormat("yyyy-MM-dd")
        self.edit.setCalendarPopup(True)
        self.edit.setMaximumDate(_qdate(last))
        self.edit.setDate(_qdate(day))
        self.edit.setFixedWidth(140)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.before)
        layout.addWidget(self.edit)
        layout.addWidget(self.after)
        self.step_by_itself = True
        self.before.clicked.connect(lambda: self._asked(-1))
        self.after.clicked.connect(lambda: self._asked(1))
        self.edit.dateChanged.connect(lambda _date: self._changed())
        self._changed()
        self.setFocusProxy(self.edit)

    def day(self) -> date:
        shown = self.edit.date()
        return date(shown.year(), shown.month(), shown.day())

    def set_day(self, day: date) -> None:
        self.edit.setDate(_qdate(day))

    def set_last(self, last: date) -> None:
        """The hall's today has moved on."""
        self.edit.setMaximumDate(_qdate(last))
        self.after.setEnabled(self.edit.date() < self.edit.maximumDate())

    def _asked(self, by: int) -> None:
        if self.step_by_itself:
            self.step(by)
        self.stepped.emit(by)

    def step(self, days: int) -> None:
        self.edit.setDate(self.edit.date().addDays(days))

    def _changed(self) -> None:
        self.after.setEnabled(self.edit.date() < self.edit.maximumDate())
        self.picked.emit(self.day())


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
