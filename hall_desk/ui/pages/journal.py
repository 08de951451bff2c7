"""The journal: what happened in the hall, filtered and in words, verified and written to a file. For managers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QDate, QStandardPaths, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from hall_desk import i18n
from hall_desk.errors import Stopped
from hall_desk.i18n import _, _n
from hall_desk.services import happenings, journal, verification
from hall_desk.services.accounts import Role
from hall_desk.services.journal import Filter, Line
from hall_desk.services.progress import Progress
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.progress_strip import ProgressStrip
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.verification import Verified
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

MOST_FINDINGS = 6  # shown on the screen; the command line prints all
VERIFY, EXPORT = "Alt+V", "Ctrl+S"
_NEAR_THE_END = 20  # rows
_FIELD_HEIGHT = 40  # fields of three kinds in one row


class JournalPage(Page):
    name = "journal"
    right = "journal.read"

    @classmethod
    def title(cls) -> str:
        return _("Journal")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        today = session.today()
        self.first, self.last = _day_edit(today), _day_edit(today)
        self.person, self.topic, self.post = QComboBox(), QComboBox(), QComboBox()
        self.number = QLineEdit()
        self.number.setPlaceholderText("A018")
        self.verify_button = Button(_("Verify"), "plain", VERIFY)
        self.export_button = Button(_("Export…"), "plain", EXPORT)
        self.result = Band("muted")
        self.result_words = Text("").wrap()
        self.model, self.table = _make_table()
        self.first_steps = FirstSteps(session, self.name, self.table.viewport())
        self._more = False
        self._dialog: QFileDialog | None = None
        self._fill()
        self._lay_out()
        self._connect()

    def _fill(self) -> None:
        self.person.addItem(_("Everybody"), None)
        self.topic.addItem(_("Everything"), "")
        topics = [(happenings.topic(f"{name}."), name) for name in happenings.TOPICS]
        for words, name in sorted(topics):
            self.topic.addItem(words, name)
        self.post.addItem(_("All posts"), "")
        for role in Role:
            if role is Role.WINDOW_CLERK:
                self.post.addItem(_("Windows"), journal.WINDOWS)
            else:
                self.post.addItem(i18n.code("role", role.value), role.value)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Journal"), "title"))
        head.addStretch(1)
        head.addWidget(self.verify_button)
        head.addWidget(self.export_button)
        filters = QHBoxLayout()
        filters.setSpacing(12)
        for label, field, share in (
            (_("From day"), self.first, 0),
            (_("To day"), self.last, 0),
            (_("Person"), self.person, 3),
            (_("Topic"), self.topic, 3),
            (_("Ticket"), self.number, 2),
            (_("Post"), self.post, 3),
        ):
            field.setFixedHeight(_FIELD_HEIGHT)
            filters.addWidget(LabelledField(label, field), share)
        inside = QHBoxLayout(self.result)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(self.result_words, 1)
        self.result.hide()
        self.progress = ProgressStrip()
        card = Ground()
        shown = QVBoxLayout(card)
        shown.setContentsMargins(1, 1, 1, 1)
        shown.addWidget(self.table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(filters)
        layout.addWidget(self.progress)
        layout.addWidget(self.result)
        layout.addWidget(card, 1)

    def _connect(self) -> None:
        self.first.dateChanged.connect(self._days_changed)
        self.last.dateChanged.connect(self._days_changed)
        for chooser in (self.person, self.topic, self.post):
            chooser.activated.connect(lambda _index: self._filter())
        self.number.textEdited.connect(lambda _text: self._filter())
        self.verify_button.clicked.connect(self.verify)
        self.export_button.clicked.connect(self.export)
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (Shortcut(VERIFY, self.verify), Shortcut(EXPORT, self.export))

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def concerns(self, changed: Changed) -> bool:
        """Whatever happens stands in the journal."""
        return changed.everything or bool(changed.topics)

    def filter(self) -> Filter:
        """What is chosen."""
        person: UUID | None = self.person.currentData()
        return Filter(
            _day(self.first),
            _day(self.last),
            person,
            str(self.topic.currentData()),
            self.number.text(),
            str(self.post.currentData()),
        )

    # --- reading -----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads as many lines as are shown again, so that new ones appear and the place stays."""
        actor, wanted = self.session.actor, self.filter()
        limit = max(journal.PAGE, self.model.rowCount())
        self.session.background.data(
            self,
            lambda: (journal.entries(actor, wanted, None, limit), journal.people(actor)),
            self._show,
            replaces="reload",
        )

    def _filter(self) -> None:
        self.model.show(())
        self.table.scrollToTop()
        self.reload()

    def _days_changed(self) -> None:
        if self.first.date() > self.last.date():
            other = self.last if self.sender() is self.first else self.first
            other.setDate(self.first.date() if other is self.last else self.last.date())
        self.result.hide()
        self._filter()

    def _show(self, read: tuple[journal.Page, list[tuple[UUID, str]]]) -> None:
        page, people = read
        if self.person.count() != len(people) + 1:
            chosen = self.person.currentData()
            while self.person.count() > 1:
                self.person.removeItem(1)
            for key, name in people:
                self.person.addItem(name, key)
            self.person.setCurrentIndex(max(0, self.person.findData(chosen)))
        self._more = page.more
        self.model.show(page.lines)
        self.first_steps.show_for(empty=not page.lines)

    def _scrolled(self, value: int) -> None:
        rows = self.table.rowHeight(0) or 1
        left = (self.table.verticalScrollBar().maximum() - value) // rows
        if self._more and left < _NEAR_THE_END:
            self._more = False
            actor, wanted, last = self.session.actor, self.filter(), self.model.rows[-1]
            self.session.background.data(
                self, lambda: journal.entries(actor, wanted, last), self._append, replaces="reload"
            )

    def _append(self, page: journal.Page) -> None:
        self._more = page.more
        self.model.show((*self.model.rows, *page.lines))

    # --- verifying ---------------------------------------------------------------------------------

    def verify(self) -> None:
        """Compares the days chosen with their seals."""
        if self.progress.is_following():
            return
        actor, first, last, progress = (
            self.session.actor, _day(self.first), _day(self.last), Progress(),
        )  # fmt: skip
        self.verify_button.setEnabled(False)
        self.result.hide()
        self.progress.follow(progress)
        self.session.background.reports(
            self,
            lambda: _told(verification.verify_days(actor, first, last, progress), actor),
            lambda told: self._show_result(_span(first, last), *told),
            self._not_verified,
            progress=progress,
        )

    def _show_result(self, day: str, found: tuple[Verified, ...], lines: list[str]) -> None:
        self._end_verifying()
        sound = all(one.sound for one in found)
        if sound:
            unsealed = sum(one.unsealed for one in found)
            words = journal.sound_words(sum(one.entries for one in found) - unsealed)
            if unsealed:
                words = _(", ").join((words, journal.unsealed_words(unsealed)))
            self.result_words.setText(f"{day}{_(': {what}').format(what=words)}")
        else:
            count = len(lines)
            said = _n(
                "{day}: {count} thing is not as it was sealed",
                "{day}: {count} things are not as they were sealed",
                count,
            )
            shown = [said.format(day=day, count=count), *lines[:MOST_FINDINGS]]
            if count > MOST_FINDINGS:
                more = count - MOST_FINDINGS
                shown.append(
                    _n("and {count} more finding", "and {count} more findings", more).format(
                        count=more
                    )
                )
            self.result_words.setText("\n".join(shown))
        self.result.show_kind("ok" if sound else "bad")
        self.result.show()

    def _not_verified(self, error: HallDeskError) -> bool:
        self._end_verifying()
        return isinstance(error, Stopped)  # whoever stopped it need not be told

    def _end_verifying(self) -> None:
        self.progress.finish()
        self.verify_button.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # No shortcut: the window would take the key from every dialog.
        if event.key() == Qt.Key.Key_Escape and self.progress.is_following():
            self.progress.stop()
        else:
            super().keyPressEvent(event)

    # --- a file ------------------------------------------------------------------------------------

    def export(self) -> None:
        """Asks where the entries that fit are to be written."""
        if not self.session.actor.may("journal.export"):
            return
        dialog = QFileDialog(self, _("Export the journal"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.setNameFilters(["XLSX (*.xlsx)", "CSV (*.csv)"])
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("csv" if "csv" in chosen else "xlsx")
        )
        wanted = self.filter()
        dialog.selectFile(f"journal-{wanted.first.isoformat()}-{wanted.last.isoformat()}.xlsx")
        dialog.fileSelected.connect(lambda file: self.export_to(Path(file)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def export_to(self, file: Path) -> None:
        """Writes what fits to a file, and says how it went."""
        actor, wanted = self.session.actor, self.filter()
        self.session.background.devices(
            self,
            lambda: journal.export(actor, wanted, file),
            lambda _count: self.session.notices.success(_("Saved: {file}").format(file=file.name)),
        )


def _told(found: tuple[Verified, ...], actor: Actor) -> tuple[tuple[Verified, ...], list[str]]:
    lines = [journal.finding_words(actor, finding) for one in found for finding in one.findings]
    return found, list(dict.fromkeys(lines))  # missing seals are seen from the days on both sides


def _span(first: date, last: date) -> str:
    """One day, or the days from one to another."""
    return first.isoformat() if first == last else f"{first.isoformat()} – {last.isoformat()}"


def _make_table() -> tuple[RowsModel[Line], Table[Line]]:
    columns: tuple[Column[Line], ...] = (
        Column(_("Time"), lambda line: f"{line.at:%m-%d %H:%M:%S}", 140),
        Column(_("Ticket"), lambda line: line.number, 80, bold=True),
        Column(_("In words"), lambda line: line.text, 360, weight=4),
        Column(_("Topic"), lambda line: happenings.topic(line.kind), 150, weight=1),
        Column(_("Post"), lambda line: line.post, 120, weight=1),
    )
    model = RowsModel(columns, key=lambda line: line.id)
    table: Table[Line] = Table(model)
    table.setAccessibleName(_("Journal"))
    return model, table


def _day_edit(day: date) -> QDateEdit:
    edit = QDateEdit(QDate(day.year, day.month, day.day))
    edit.setDisplayFormat("yyyy-MM-dd")
    edit.setCalendarPopup(True)
    edit.setFixedWidth(140)
    return edit


def _day(edit: QDateEdit) -> date:
    shown = edit.date()
    return date(shown.year(), shown.month(), shown.day())
