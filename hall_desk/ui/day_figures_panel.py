"""The headline figures of a service day beside its report, and what a manager must look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents import daily_report
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.labels import Ground, Text

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures

_NOTHING = "–"


def headline(figures: DayFigures) -> list[tuple[str, str, str]]:
    """Name, figure and ink of each headline."""
    checks, tickets, custody = figures.screening, figures.tickets, figures.custody
    share = f"{tickets.within_promise / tickets.measured:.0%}" if tickets.measured else _NOTHING
    median = _NOTHING if tickets.median_seconds is None else i18n.clock(tickets.median_seconds)
    bad = theme.BAD_STRONG
    return [
        (_("Measured"), str(checks.total), theme.INK),
        (_("Fever"), str(checks.fevers), bad if checks.fevers else theme.INK),
        (_("Tickets opened"), str(tickets.opened), theme.INK),
        (_("Tickets finished"), str(tickets.finished), theme.INK),
        (_("Median time"), median, theme.INK),
        (_("Within promise"), share, theme.INK),
        (_("Phone slips"), str(figures.slips.total), theme.INK),
        (
            _("Originals out"),
            str(custody.originals_out),
            bad if custody.originals_out else theme.INK,
        ),
        (_("Tickets in all"), str(tickets.cumulative), theme.INK),
        (_("Open at day's end"), str(tickets.open_at_end), theme.INK),
    ]


class _Number(QLabel):
    def __init__(self, text: str, ink: str) -> None:
        super().__init__(text)
        self.setStyleSheet(f"font-size: 24px; font-weight: bold; color: {ink};")


class DayFiguresPanel(Ground):
    """A card of figures, two in a row, and the sentences of what needs attention."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.attention_title = Text(_("Needs attention"), "heading")
        self.attention = Text("").wrap()
        inside = QWidget()
        inside.setProperty("clear", "yes")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 6, 0)
        lines.addWidget(self.attention)
        lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Needs attention"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(Text(_("Figures of the day"), "heading"))
        layout.addLayout(self._grid)
        layout.addSpacing(4)
        layout.addWidget(self.attention_title)
        layout.addWidget(scroll, 1)
        self.setFixedWidth(280)

    def show_figures(self, figures: DayFigures) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for number, (name, figure, ink) in enumerate(headline(figures)):
            row, column = 2 * (number // 2), number % 2
            shown = _Number(figure, ink)
            shown.setAccessibleName(f"{name} {figure}")
            caption = Text(name, "label")
            caption.setContentsMargins(0, 0, 0, 6)
            self._grid.addWidget(shown, row, column)
            self._grid.addWidget(caption, row + 1, column)
        sentences = [daily_report.sentence(attention) for attention in figures.attention]
        numbered = [f"{number}. {text}" for number, text in enumerate(sentences, 1)]
        self.attention.setText("\n".join(numbered) or _("Nothing today."))
