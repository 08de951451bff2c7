"""Reports of a day or of several: the real paper before it is printed, filed or sent."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents import daily_report, period_report
from hall_desk.errors import BadInput, HallDeskError
from hall_desk.i18n import _
from hall_desk.services import figures
from hall_desk.services.figures import period, period_tables
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.close_day.dialog import CloseDayDialog
from hall_desk.ui.day_figures_panel import DayFiguresPanel
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.period_field import PeriodField
from hall_desk.ui.print_options import PrintOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.services.figures import DayFigures
    from hall_desk.services.figures.period import PeriodFigures
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Made:
    figures: DayFigures
    pdf: bytes

    @property
    def title(self) -> str:
        return _("Daily report {day}").format(day=self.figures.day.isoformat())

    @property
    def name(self) -> str:
        """What its files are called, without the ending."""
        return f"daily-report-{self.figures.day.isoformat()}"

    def json(self) -> bytes:
        return figures.as_json(self.figures).encode()


@dataclass(frozen=True)
class _MadeOfSeveral:
    figures: PeriodFigures
    pdf: bytes

    @property
    def title(self) -> str:
        shown = self.figures.period
        return f"{period_report.title_of(shown)} {period_report.span(shown)}"

    @property
    def name(self) -> str:
        return period_tables.file_name(self.figures, "")

    def json(self) -> bytes:
        return period_tables.as_json(self.figures).encode()


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
        self._made: _Made | _MadeOfSeveral | None = None
        self._dialog: QFileDialog | None = None
        today = session.today()
        self.about = PeriodField(today, today)
        self.day = self.about.day_field
        self.options = PrintOptions()
        self.print_button = Button(_("Print"), "primary", "Ctrl+P")
        self.pdf_button = Button(_("PDF…"), "plain", "Ctrl+S")
        self.json_button = Button(_("JSON…"))
        self.table_button = Button(_("Table"))
        # The head has no room for more words in English; whoever hears them or rests on them gets the whole.
        for button, words in (
            (self.pdf_button, _("Save as PDF…")),
            (self.json_button, _("Save as JSON…")),
            (self.table_button, _("Save as table")),
        ):
            button.setAccessibleName(words)
            button.setToolTip(words)
        self.table_menu = QMenu(self.table_button)
        self.table_button.setMenu(self.table_menu)
        self.close_day_button = Button(_("Close of day…"), "plain", "Shift+F12")
        self.panel = DayFiguresPanel()
        self.preview = PaperView(session.background)
        self.problem = Band("bad")
        self.problem_words = Text("").wrap()
        self._lay_out()
        self._connect()
        self.table_button.hide()
        self._enable(made=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Report"), "title"))
        head.addWidget(self.about)
        head.addStretch(1)
        head.addWidget(self.close_day_button)
        head.addWidget(self.pdf_button)
        head.addWidget(self.print_button)
        inside = QHBoxLayout(self.problem)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(self.problem_words, 1)
        self.problem.hide()
        paper = Ground("lane")
        shown = QVBoxLayout(paper)
        shown.setContentsMargins(2, 2, 2, 2)
        chosen = QHBoxLayout()
        chosen.setContentsMargins(10, 6, 10, 0)
        chosen.addWidget(self.options)
        chosen.addStretch(1)
        chosen.addWidget(self.table_button)
        chosen.addWidget(self.json_button)
        shown.addLayout(chosen)
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
        self.about.picked.connect(self._picked)
        self.print_button.clicked.connect(self.print_report)
        self.pdf_button.clicked.connect(self.save_pdf)
        self.json_button.clicked.connect(self.save_json)
        self.close_day_button.clicked.connect(self.close_day)
        self.table_menu.aboutToShow.connect(self._offer_tables)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut("Ctrl+P", self.print_report),
            Shortcut("Ctrl+S", self.save_pdf),
            Shortcut("Shift+F12", self.close_day),
            Shortcut("Alt+Left", lambda: self.about.step(-1)),
            Shortcut("Alt+Right", lambda: self.about.step(1)),
            Shortcut("Ctrl++", lambda: self.preview.zoom(1.2)),
            Shortcut("Ctrl+-", lambda: self.preview.zoom(1 / 1.2)),
            Shortcut("Ctrl+0", lambda: self.preview.zoom(0)),
        )

    def arrive(self) -> None:
        self.day.edit.setFocus()

    def show_with(self, **what: Any) -> None:
        """`day`: the service day to show; `kind`: of the day, week or month it is in."""
        if "kind" in what:
            self.about.kind.set_value(what["kind"])
        if "day" in what:
            self.day.set_day(what["day"])

    # --- making -----------------------------------------------------------------------------------

    def reload(self) -> None:
        self.day.set_last(self.session.today())
        if not self.about.is_day():
            self._reload_several()
            return
        actor, day = self.session.actor, self.day.day()
        self.session.background.data(
            self, lambda: figures.of_day(actor, day), self._counted, self._refused, replaces="count"
        )

    def _reload_several(self) -> None:
        try:
            wanted = self.about.period()
        except HallDeskError as error:
            self._refused(error)
            return
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: period.of_period(actor, wanted),
            self._counted_several,
            self._refused,
            replaces="count",
        )

    def _picked(self) -> None:
        self._enable(made=False)
        for widget, shown in (
            (self.panel, self.about.is_day()),
            (self.close_day_button, self.about.is_day()),
            (self.table_button, not self.about.is_day()),
        ):
            widget.setVisible(shown)
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

    def _counted_several(self, counted: PeriodFigures) -> None:
        self.session.background.devices(
            self,
            lambda: _MadeOfSeveral(counted, period_report.period_report(counted)),
            self._drawn,
            self._refused,
            replaces="draw",
        )

    def _drawn(self, made: _Made | _MadeOfSeveral) -> None:
        if not self._wanted(made):
            return
        self.problem.hide()
        if self._made is None or made.pdf != self._made.pdf or not self.preview.pages:
            self.preview.show_pdf(made.pdf)
        self._made = made
        self._enable(made=True)

    def _wanted(self, made: _Made | _MadeOfSeveral) -> bool:
        """Whether it is still what is chosen."""
        if isinstance(made, _Made):
            return self.about.is_day() and made.figures.day == self.day.day()
        try:
            return not self.about.is_day() and made.figures.period == self.about.period()
        except HallDeskError:
            return False

    def _refused(self, error: HallDeskError) -> None:
        self.problem_words.setText(i18n.explain(error))
        self.problem.show()
        self.preview.clear()

    def _enable(self, *, made: bool) -> None:
        if not made:
            self._made = None
        for button in (self.print_button, self.pdf_button, self.json_button, self.table_button):
            button.setEnabled(made)

    def close_day(self) -> None:
        """Closes the day that is shown."""
        if self.session.actor.may("day.close"):
            CloseDayDialog(self.session, self.day.day()).open()

    # --- paper and files ------------------------------------------------------------------------------

    def print_report(self) -> None:
        if self._made is not None:
            try:
                options = self.options.options(max(1, self.preview.pages))
            except BadInput as error:
                self.session.notices.refused(error)
                return
            self.session.print_pdf(self._made.pdf, self._made.title, "report", options)
            self.options.reset()

    def save_pdf(self) -> None:
        if self._made is not None:
            pdf = self._made.pdf
            self._ask_where("pdf", lambda: pdf)

    def save_json(self) -> None:
        if self._made is not None:
            self._ask_where("json", self._made.json)

    def save_xlsx(self) -> None:
        """All tables of several days as a workbook."""
        if isinstance(self._made, _MadeOfSeveral):
            counted = self._made.figures
            self._ask_where("xlsx", lambda: period_tables.as_xlsx(counted))

    def save_csv(self, by: str) -> None:
        """One table of several days as CSV."""
        if isinstance(self._made, _MadeOfSeveral):
            counted = self._made.figures
            self._ask_where("csv", lambda: period_tables.as_csv(counted, by), f"-{by}")

    def _offer_tables(self) -> None:
        self.table_menu.clear()
        if not isinstance(self._made, _MadeOfSeveral):
            return
        self.table_menu.addAction(_("Excel, all tables"), self.save_xlsx)
        for table in period_tables.tables(self._made.figures):
            words = _("CSV: {table}").format(table=table.title)
            self.table_menu.addAction(words, functools.partial(self.save_csv, table.name))

    def _ask_where(self, ending: str, content: Callable[[], bytes], more: str = "") -> None:
        assert self._made is not None
        dialog = QFileDialog(self, _("Save the report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        dialog.selectFile(f"{self._made.name}{more}.{ending}")
        dialog.fileSelected.connect(lambda file: self.save_to(Path(file), content))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def save_to(self, file: Path, content: Callable[[], bytes]) -> None:
        """Makes and writes a file, whole or not at all, in the devices lane, and says how it went."""
        self.session.background.devices(
            self,
            lambda: write_file(file, content()),
            lambda _nothing: self.session.notices.success(
                _("Saved: {file}").format(file=file.name)
            ),
        )
