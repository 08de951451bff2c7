"""Reports of a day or of several: the real paper before it is printed, filed or sent."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents import daily_report, period_report
from hall_desk.errors import BadInput, HallDeskError, Stopped
from hall_desk.i18n import _
from hall_desk.services import figures
from hall_desk.services.figures import day_tables, period, period_tables, typed_tables
from hall_desk.services.progress import Progress
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.close_day.dialog import CloseDayDialog
from hall_desk.ui.day_figures_panel import DayFiguresPanel
from hall_desk.ui.filing import FILE, SEE, Filed, FiledStrip, file_report, look
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.period_field import PeriodField
from hall_desk.ui.print_options import PrintOptions
from hall_desk.ui.progress_strip import ProgressStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent

    from hall_desk.services.figures import DayFigures
    from hall_desk.services.figures.period import PeriodFigures
    from hall_desk.services.figures.typed_tables import Table
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session


# So many days and no more are counted again whenever something is recorded; it takes a second in a busy hall.
LIVE_DAYS = 31


@dataclass(frozen=True)
class _Made:
    figures: DayFigures
    pdf: bytes

    def tables(self) -> Sequence[Table]:
        return day_tables.tables(self.figures)

    def xlsx(self) -> bytes:
        return day_tables.as_xlsx(self.figures)

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

    def tables(self) -> Sequence[Table]:
        return period_tables.tables(self.figures)

    def xlsx(self) -> bytes:
        return period_tables.as_xlsx(self.figures)

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
        self._filed = Filed()
        self._filed_pdf = b""  # the filed copy, while it is shown in place of the report
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
        self.first_steps = FirstSteps(session, self.name, self.panel, low=True)
        self.preview = PaperView(session.background)
        self.problem = Band("bad")
        self.problem_words = Text("").wrap()
        self.again_button = Button(_("Count again"))
        self.progress = ProgressStrip()
        self.filed = FiledStrip()
        self._lay_out()
        self._connect()
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
        inside.addWidget(self.again_button)
        self.again_button.hide()
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
        layout.addWidget(self.progress)
        layout.addWidget(self.filed)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.about.picked.connect(self._picked)
        self.print_button.clicked.connect(self.print_report)
        self.pdf_button.clicked.connect(self.save_pdf)
        self.json_button.clicked.connect(self.save_json)
        self.close_day_button.clicked.connect(self.close_day)
        self.table_menu.aboutToShow.connect(self._offer_tables)
        self.again_button.clicked.connect(self.reload)
        self.progress.stopped.connect(self._stopped)
        self.filed.file_wanted.connect(self.file_report)
        self.filed.see_wanted.connect(self.see_filed)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut("Ctrl+P", self.print_report),
            Shortcut("Ctrl+S", self.save_pdf),
            Shortcut("Shift+F12", self.close_day),
            Shortcut(FILE, self.file_report),
            Shortcut(SEE, self.see_filed),
            Shortcut("Alt+Left", lambda: self.about.step(-1)),
            Shortcut("Alt+Right", lambda: self.about.step(1)),
            Shortcut("Ctrl++", lambda: self.preview.zoom(1.2)),
            Shortcut("Ctrl+-", lambda: self.preview.zoom(1 / 1.2)),
            Shortcut("Ctrl+0", lambda: self.preview.zoom(0)),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # No shortcut: the window would take the key from every dialog.
        if event.key() == Qt.Key.Key_Escape and self.progress.is_following():
            self.progress.stop()
        else:
            super().keyPressEvent(event)

    def arrive(self) -> None:
        self.day.edit.setFocus()

    def show_with(self, **what: Any) -> None:
        """`day`: the service day to show; `kind`: of the day, week or month it is in."""
        if "kind" in what:
            self.about.kind.set_value(what["kind"])
        if "day" in what:
            self.day.set_day(what["day"])

    def concerns(self, changed: Changed) -> bool:
        """What is recorded now changes no day that is over, and a long count is not begun again by every check."""
        if not super().concerns(changed) or self.progress.is_following():
            return False
        if self.about.is_day():
            return True
        try:
            shown = self.about.period()
        except HallDeskError:
            return False
        return shown.last >= self.session.today() and shown.days <= LIVE_DAYS

    # --- making -----------------------------------------------------------------------------------

    def reload(self) -> None:
        self.day.set_last(self.session.today())
        if not self.about.is_day():
            self._reload_several()
            return
        self.progress.finish()
        actor, day, folder = self.session.actor, self.day.day(), self.session.papers.parent

        def count() -> tuple[DayFigures, Filed]:
            counted = figures.of_day(actor, day)
            return counted, look(actor, folder, counted)

        self.session.background.data(
            self, count, lambda found: self._counted(*found), self._refused, replaces="count"
        )

    def _reload_several(self) -> None:
        try:
            wanted = self.about.period()
        except HallDeskError as error:
            self._refused(error)
            return
        actor, progress = self.session.actor, Progress()

        def count_and_draw() -> _MadeOfSeveral:
            counted = period.of_period(actor, wanted, progress)
            return _MadeOfSeveral(counted, period_report.period_report(counted, progress))

        self.problem.hide()
        self.progress.follow(progress)
        self.session.background.reports(
            self,
            count_and_draw,
            self._drawn,
            self._refused,
            replaces="count",
            progress=progress,
        )

    def _stopped(self) -> None:
        self._refused(Stopped())
        self.again_button.show()

    def _picked(self) -> None:
        self._enable(made=False)
        for widget, shown in (
            (self.panel, self.about.is_day()),
            (self.close_day_button, self.about.is_day()),
        ):
            widget.setVisible(shown)
        self.filed.hide()
        self.reload()

    def _counted(self, counted: DayFigures, filed: Filed) -> None:
        self.panel.show_figures(counted)
        done = counted.totals
        nothing = not (done.checked or done.consultations or done.opened or counted.attention)
        self.first_steps.show_for(empty=nothing)
        self._filed, self._filed_pdf = filed, b""
        if self.about.is_day() and counted.day == self.day.day():
            closed = counted.close.closed_at is not None
            self.filed.show_filed(
                filed, closed=closed, may_file=self.session.actor.may("day.close")
            )
            self.filed.show_seen(seen=False)
        self.session.background.devices(
            self,
            lambda: _Made(counted, daily_report.daily_report(counted)),
            self._drawn,
            self._refused,
            replaces="draw",
        )

    def _drawn(self, made: _Made | _MadeOfSeveral) -> None:
        if not self._wanted(made):
            return
        self.problem.hide()
        self.progress.finish()
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
        self.progress.finish()
        self.again_button.hide()
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

    def file_report(self) -> None:
        """Files the report of the closed day that is shown, again if it was filed before."""
        if self.filed.isVisible() and self.filed.file_button.isVisible():
            file_report(self.session, self.day.day())

    def see_filed(self) -> None:
        """Shows the copy that was filed in place of the report, or the report again."""
        if not self.filed.see_button.isVisible() or self._made is None:
            return
        if self._filed_pdf:
            self._show_seen(b"")
            return
        path = self._filed.path
        assert path is not None
        self.session.background.devices(self, path.read_bytes, self._show_seen, replaces="see")

    def _show_seen(self, pdf: bytes) -> None:
        if self._made is not None:
            self._filed_pdf = pdf
            self.preview.show_pdf(pdf or self._made.pdf)
            self.filed.show_seen(seen=bool(pdf))

    # --- paper and files ------------------------------------------------------------------------------

    def print_report(self) -> None:
        if self._made is not None:
            try:
                options = self.options.options(max(1, self.preview.pages))
            except BadInput as error:
                self.session.notices.refused(error)
                return
            self.session.print_pdf(
                self._filed_pdf or self._made.pdf, self._made.title, "report", options
            )
            self.options.reset()

    def save_pdf(self) -> None:
        if self._made is not None:
            pdf = self._filed_pdf or self._made.pdf
            self._ask_where("pdf", lambda: pdf)

    def save_json(self) -> None:
        if self._made is not None:
            self._ask_where("json", self._made.json)

    def save_xlsx(self) -> None:
        """All tables as a workbook."""
        if self._made is not None:
            self._ask_where("xlsx", self._made.xlsx)

    def save_csv(self, table: Table) -> None:
        """One table as CSV."""
        self._ask_where("csv", lambda: typed_tables.as_csv(table), f"-{table.name}")

    def _offer_tables(self) -> None:
        self.table_menu.clear()
        if self._made is None:
            return
        self.table_menu.addAction(_("Excel, all tables"), self.save_xlsx)
        for table in self._made.tables():
            words = _("CSV: {table}").format(table=table.title)
            self.table_menu.addAction(words, functools.partial(self.save_csv, table))

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
