"""The daily report: the real paper before it is printed, filed or sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents import daily_report
from hall_desk.i18n import _
from hall_desk.services import figures
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.close_day.dialog import CloseDayDialog
from hall_desk.ui.day_field import DayField
from hall_desk.ui.day_figures_panel import DayFiguresPanel
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.paper_view import PaperView

if TYPE_CHECKING:
    from datetime import date

    from hall_desk.errors import HallDeskError
    from hall_desk.services.figures import DayFigures
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Made:
    figures: DayFigures
    pdf: bytes


class ReportPage(Page):
    name = "report"
    right = "figures.read"
    topics = frozenset(
        {
            *("check", "passage", "consultation", "missing_notice", "slip", "ticket", "callback"),
            *("phone_case", "number", "incident", "attendance", "post", "disinfection", "rating"),
            *("day", "setting", "window", "matter"),
        }
    )

    @classmethod
    def title(cls) -> str:
        return _("Report")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._made: _Made | None = None
        self._dialog: QFileDialog | None = None
        today = session.today()
        self.day = DayField(today, today)
        self.print_button = Button(_("Print"), "primary", "Ctrl+P")
        self.pdf_button = Button(_("Save as PDF…"), "plain", "Ctrl+S")
        self.json_button = Button(_("Save as JSON…"))
        self.close_day_button = Button(_("Close of day…"), "plain", "Shift+F12")
        self.panel = DayFiguresPanel()
        self.preview = PaperView(session.background)
        self.problem = Band("bad")
        self.problem_words = Text("").wrap()
        self._lay_out()
        self._connect()
        self._enable(made=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Report"), "title"))
        head.addWidget(self.day)
        head.addStretch(1)
        head.addWidget(self.close_day_button)
        for button in (self.json_button, self.pdf_button, self.print_button):
            head.addWidget(button)
        inside = QHBoxLayout(self.problem)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(self.problem_words, 1)
        self.problem.hide()
        paper = Ground("lane")
        shown = QVBoxLayout(paper)
        shown.setContentsMargins(2, 2, 2, 2)
        shown.addWidget(self.preview)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(paper, 1)
        below.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.day.picked.connect(self._day_picked)
        self.print_button.clicked.connect(self.print_report)
        self.pdf_button.clicked.connect(self.save_pdf)
        self.json_button.clicked.connect(self.save_json)
        self.close_day_button.clicked.connect(self.close_day)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut("Ctrl+P", self.print_report),
            Shortcut("Ctrl+S", self.save_pdf),
            Shortcut("Shift+F12", self.close_day),
            Shortcut("Alt+Left", lambda: self.day.step(-1)),
            Shortcut("Alt+Right", lambda: self.day.step(1)),
            Shortcut("Ctrl++", lambda: self.preview.zoom(1.2)),
            Shortcut("Ctrl+-", lambda: self.preview.zoom(1 / 1.2)),
            Shortcut("Ctrl+0", lambda: self.preview.zoom(0)),
        )

    def arrive(self) -> None:
        self.day.edit.setFocus()

    def show_with(self, **what: Any) -> None:
        """`day`: the service day to show."""
        if "day" in what:
            self.day.set_day(what["day"])

    # --- making -----------------------------------------------------------------------------------

    def reload(self) -> None:
        self.day.set_last(self.session.today())
        actor, day = self.session.actor, self.day.day()
        self.session.background.data(
            self, lambda: figures.of_day(actor, day), self._counted, self._refused, replaces="count"
        )

    def _day_picked(self, _day: date) -> None:
        self._enable(made=False)
        self.reload()

    def _counted(self, counted: DayFigures) -> None:
        self.panel.show_figures(counted)
        self.session.background.devices(
            self,
            lambda: _Made(counted, daily_report.daily_report(counted)),
            self._drawn,
            self._refused,
            replaces="draw",
        )

    def _drawn(self, made: _Made) -> None:
        if made.figures.day != self.day.day():
            return
        self.problem.hide()
        if self._made is None or made.pdf != self._made.pdf or not self.preview.pages:
            self.preview.show_pdf(made.pdf)
        self._made = made
        self._enable(made=True)

    def _refused(self, error: HallDeskError) -> None:
        self.problem_words.setText(i18n.explain(error))
        self.problem.show()
        self.preview.clear()

    def _enable(self, *, made: bool) -> None:
        if not made:
            self._made = None
        for button in (self.print_button, self.pdf_button, self.json_button):
            button.setEnabled(made)

    def close_day(self) -> None:
        """Closes the day that is shown."""
        if self.session.actor.may("day.close"):
            CloseDayDialog(self.session, self.day.day()).open()

    # --- paper and files ------------------------------------------------------------------------------

    def print_report(self) -> None:
        if self._made is not None:
            title = _("Daily report {day}").format(day=self._made.figures.day.isoformat())
            self.session.print_pdf(self._made.pdf, title, "report")

    def save_pdf(self) -> None:
        if self._made is not None:
            self._ask_where("pdf", self._made.pdf)

    def save_json(self) -> None:
        if self._made is not None:
            self._ask_where("json", figures.as_json(self._made.figures).encode())

    def _ask_where(self, ending: str, content: bytes) -> None:
        assert self._made is not None
        dialog = QFileDialog(self, _("Save the daily report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        dialog.selectFile(f"daily-report-{self._made.figures.day.isoformat()}.{ending}")
        dialog.fileSelected.connect(lambda file: self.save_to(Path(file), content))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def save_to(self, file: Path, content: bytes) -> None:
        """Writes a file whole or not at all, in the devices lane, and says how it went."""
        self.session.background.devices(
            self,
            lambda: write_file(file, content),
            lambda _nothing: self.session.notices.success(
                _("Saved: {file}").format(file=file.name)
            ),
        )
