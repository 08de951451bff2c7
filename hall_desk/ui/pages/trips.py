"""Second trips: for want of which papers residents had to come again, and the checklist that can spare them that."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QStandardPaths, Qt
from PySide6.QtWidgets import QDateEdit, QFileDialog, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.documents import second_trips as paper
from hall_desk.i18n import _, _n
from hall_desk.services import checklists, second_trips, trip_tables
from hall_desk.services.figures import period
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.tables import Column, RowsModel, Table
from hall_desk.ui.trip_details import CHANGE, LATER, NOTE, STANDING_CHIPS, TripDetails

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.services.second_trips import Line, SecondTrips
    from hall_desk.services.trip_records import MissingPaper
    from hall_desk.ui.session import Session

PRINT, SAVE = "Ctrl+P", "Ctrl+S"
_SHOWN_DAYS = 30
_FORMS: dict[str, Callable[[SecondTrips], bytes]] = {
    "pdf": paper.second_trips,
    "xlsx": trip_tables.as_xlsx,
    "csv": trip_tables.as_csv,
    "json": lambda figures: trip_tables.as_json(figures).encode(),
}


class TripsPage(Page):
    name = "trips"
    right = "figures.read"
    # A ticket more changes little in a month's ranking: it is counted again whenever the page is gone to.
    topics = frozenset({"matter"})

    @classmethod
    def title(cls) -> str:
        return _("Second trips")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        today = session.today()
        self.first = _day_edit(today - timedelta(days=_SHOWN_DAYS - 1), _("First day"))
        self.last = _day_edit(today, _("Last day"))
        self.within = QSpinBox()
        self.within.setRange(1, second_trips.MOST_DAYS_BETWEEN)
        self.within.setValue(second_trips.DAYS)
        self.within.setAccessibleName(_("At most so many days between two visits"))
        self.within.setKeyboardTracking(False)
        self.save_button = Button(_("Save as…"), "plain", SAVE)
        self.print_button = Button(_("Print"), "primary", PRINT)
        self.problem = Band("bad")
        self.problem_words = Text("").wrap()
        self.summary = Text("", "heading")
        self.unmatched = Text("", "soft").wrap()
        self.model, self.table = _make_table()
        self.first_steps = FirstSteps(session, self.name, self.table.viewport())
        self.details = TripDetails(may_change=session.actor.may(checklists.RIGHT))
        self._figures: SecondTrips | None = None
        self._dialog: QFileDialog | None = None
        self._lay_out()
        self._connect()
        self._enable()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(_("Second trips"), "title"))
        head.addSpacing(8)
        head.addWidget(self.first)
        head.addWidget(Text("–"))
        head.addWidget(self.last)
        head.addSpacing(8)
        head.addWidget(Text(_("within"), "label"))
        head.addWidget(self.within)
        head.addWidget(Text(_("days"), "label"))
        head.addStretch(1)
        head.addWidget(self.save_button)
        head.addWidget(self.print_button)
        inside = QHBoxLayout(self.problem)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(self.problem_words, 1)
        self.problem.hide()
        card = Ground()
        shown = QVBoxLayout(card)
        shown.setContentsMargins(1, 12, 1, 1)
        shown.setSpacing(8)
        told = QVBoxLayout()
        told.setContentsMargins(14, 0, 14, 0)
        told.setSpacing(4)
        told.addWidget(self.summary)
        told.addWidget(self.unmatched)
        shown.addLayout(told)
        shown.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(card, 1)
        below.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.first.dateChanged.connect(self._picked)
        self.last.dateChanged.connect(self._picked)
        self.within.valueChanged.connect(self._picked)
        self.save_button.clicked.connect(self.save)
        self.print_button.clicked.connect(self.print_report)
        self.table.moved_to.connect(self.details.show_line)
        self.table.chosen.connect(lambda _line: self.details.table.setFocus())
        self.details.put_asked.connect(self.put_on_checklist)
        self.details.require_asked.connect(self.require)
        self.details.note_asked.connect(self.write_note)
        self.details.ticket_asked.connect(lambda key: self.session.go("proxy", ticket_id=key))

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut(PRINT, self.print_report),
            Shortcut(SAVE, self.save),
            Shortcut(CHANGE, self.details.change),
            Shortcut(NOTE, self.details.write_note),
            Shortcut(LATER, self.details.open_later),
        )

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reload()

    # --- counting ----------------------------------------------------------------------------------

    def reload(self) -> None:
        actor, first, last, within = (
            self.session.actor, _day(self.first), _day(self.last), self.within.value(),
        )  # fmt: skip
        self.session.background.reports(
            self,
            lambda: second_trips.of_period(actor, period.between(first, last), within),
            self._show,
            self._refused,
            replaces="count",
        )

    def _picked(self) -> None:
        self._figures = None
        self._enable()
        self.reload()

    def _show(self, figures: SecondTrips) -> None:
        if figures.within != self.within.value() or figures.period.last != _day(self.last):
            return
        self.problem.hide()
        self._figures = figures
        self._enable()
        self.summary.setText(_summary(figures))
        missing = trip_tables.unmatched_words(figures)
        self.unmatched.setText(missing)
        self.unmatched.setVisible(bool(missing))
        self.model.show(figures.lines)
        self.first_steps.show_for(empty=not figures.lines)
        if self.table.selected() is None and figures.lines:
            self.table.selectRow(0)
        self.details.show_line(self.table.selected())

    def _refused(self, error: HallDeskError) -> None:
        self.problem_words.setText(i18n.explain(error))
        self.problem.show()

    def _enable(self) -> None:
        for button in (self.print_button, self.save_button):
            button.setEnabled(self._figures is not None)

    # --- the checklist -----------------------------------------------------------------------------

    def put_on_checklist(self, note: str) -> None:
        """Puts the line's paper on its matter's checklist, as required."""
        self._change(
            lambda line: checklists.put_on(self.session.actor, line.matter_id, _paper(line), note),
            _("On the checklist of {matter} now: {paper}"),
        )

    def require(self) -> None:
        """Marks the line's paper as required."""
        self._change(
            lambda line: checklists.require(self.session.actor, line.matter_id, _paper(line)),
            _("Required for {matter} now: {paper}"),
        )

    def write_note(self, note: str) -> None:
        """Writes the note at the line's paper."""
        self._change(
            lambda line: checklists.write_note(
                self.session.actor, line.matter_id, _paper(line), note
            ),
            _("Noted on the checklist of {matter}: {paper}"),
        )

    def _change(self, work: Callable[[Line], None], said: str) -> None:
        line = self.details.line()
        if line is None:
            return
        words = said.format(matter=line.matter, paper=trip_tables.paper_words(line.paper))
        self.session.background.data(
            self,
            lambda: work(line),
            lambda _nothing: self._changed(words),
            self._not_changed,
        )

    def _changed(self, words: str) -> None:
        self.details.note.clear_error()
        self.session.notices.success(words)
        self.reload()

    def _not_changed(self, error: HallDeskError) -> None:
        """Beside the field; what another manager changed meanwhile is read."""
        self.details.note.show_error(i18n.explain(error))
        self.reload()

    # --- paper and files ------------------------------------------------------------------------------

    def print_report(self) -> None:
        figures = self._figures
        if figures is not None:
            title = f"{paper.title()} {paper.span(figures)}"
            self.session.print_pdf(lambda: paper.second_trips(figures), title, "report")

    def save(self) -> None:
        """Asks where the report is to be written, and in which form."""
        figures = self._figures
        if figures is None:
            return
        dialog = QFileDialog(self, _("Save the report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.setNameFilters([f"{form.upper()} (*.{form})" for form in _FORMS])
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(chosen.partition(" ")[0].lower())
        )
        dialog.selectFile(trip_tables.file_name(figures, ".pdf"))
        dialog.fileSelected.connect(lambda file: self.save_to(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def save_to(self, file: Path) -> None:
        """Makes and writes the file its ending asks for, whole or not at all, and says how it went."""
        figures = self._figures
        if figures is None:
            return
        form = _FORMS.get(file.suffix.lower().removeprefix("."), paper.second_trips)
        self.session.background.devices(
            self,
            lambda: write_file(file, form(figures)),
            lambda _nothing: self.session.notices.success(
                _("Saved: {file}").format(file=file.name)
            ),
        )


def _paper(line: Line) -> MissingPaper:
    assert line.paper is not None
    return line.paper


def _summary(figures: SecondTrips) -> str:
    trips = _n("{count} second trip", "{count} second trips", figures.trips)
    people = _n("{count} person", "{count} people", figures.people)
    parts = [trips.format(count=figures.trips), people.format(count=figures.people)]
    if figures.visits:
        share = f"{100 * figures.trips / figures.visits:.1f}%"
        parts.append(_("{share} of {visits} visits").format(share=share, visits=figures.visits))
    if figures.certain:
        parts.append(_("{count} certain").format(count=figures.certain))
    return "  ·  ".join(parts)


def _make_table() -> tuple[RowsModel[Line], Table[Line]]:
    columns: tuple[Column[Line], ...] = (
        Column(_("Missing paper"), _paper_words, 124, weight=5, bold=True),
        Column(_("Matter"), lambda line: line.matter, 100, weight=4),
        Column(
            _("Checklist"),
            _standing,
            112,
            weight=1,
            chip=lambda line: STANDING_CHIPS[line.standing],
        ),
        Column(_("Trips"), lambda line: str(line.count), 60, right=True, bold=True),
        Column(_("Residents"), lambda line: str(line.people), 96, right=True),
        Column(_("Share"), trip_tables.share_words, 70, right=True),
    )
    model = RowsModel(columns, key=lambda line: line.key)
    table: Table[Line] = Table(model)
    table.setAccessibleName(_("Second trips"))
    return model, table


def _paper_words(line: Line) -> str:
    return trip_tables.paper_words(line.paper)


def _standing(line: Line) -> str:
    return i18n.code("on_checklist", line.standing) if line.standing else ""


def _day_edit(day: date, name: str) -> QDateEdit:
    edit = QDateEdit(QDate(day.year, day.month, day.day))
    edit.setDisplayFormat("yyyy-MM-dd")
    edit.setCalendarPopup(True)
    edit.setFixedWidth(132)
    edit.setAccessibleName(name)
    return edit


def _day(edit: QDateEdit) -> date:
    shown = edit.date()
    return date(shown.year(), shown.month(), shown.day())
