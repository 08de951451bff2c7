"""Taking a list in from a file and writing it to one: looked at first, imported whole or not at all."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _, _n
from hall_desk.services import directory
from hall_desk.services.directory import Kind
from hall_desk.services.directory_columns import COLUMNS
from hall_desk.services.progress import Progress
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.import_preview import ImportPreview, Preview, preview
from hall_desk.ui.labels import Text
from hall_desk.ui.setup.choose_file import FileEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

LOOK_MS = 200


class ImportListsDialog(Dialog):
    """One list, `windows`, `matters`, `staff` or `communities`: Enter looks at a file, Ctrl+Enter imports it as shown.

    Reading and writing have a lane of their own, so that a long list delays nothing else at this desk; Escape stops
    them. `closed` tells whether something was imported.
    """

    def __init__(self, session: Session, kind: Kind | str) -> None:
        self.kind = Kind(kind)
        self.list_name = _(directory.TITLES[self.kind])
        title = _("Import and export: {list}").format(list=self.list_name)
        super().__init__(session, title, width=1080, height=660)
        self._shown: Preview | None = None
        self._looked_at = ""
        self._running: Progress | None = None
        self._asked: QFileDialog | None = None
        self.setAcceptDrops(True)
        self.file = FileEdit(_("File"), _("Tables (*.xlsx *.csv)"))
        self.file.edit.setAccessibleName(_("File"))
        self.file.edit.setPlaceholderText(_("Path of the file; or drop the file here"))
        self.look_button = Button(_("Look at the file"), "plain", "Enter")
        self.hint = Text(
            _(
                "XLSX or CSV with the headings of an export. What the file does not name stays as it is. "
                "Nothing is written before you import."
            ),
            "soft",
        ).wrap()
        self.headings = Text(_headings(self.kind), "soft").wrap()
        self.headings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preview = ImportPreview()
        self.words = Text("").wrap()
        self.problem = Text("", "error").wrap()
        self.import_button = Button(_("Import"), "primary", "Ctrl+Enter")
        self.xlsx_button = Button(_("Export for Excel…"), "plain", "Alt+X")
        self.csv_button = Button(_("Export as CSV…"), "plain", "Alt+C")
        self.template_button = Button(_("Empty table…"), "plain", "Alt+T")
        self.close_button = Button(_("Close"), "plain", "Esc")
        self.stop_button = Button(_("Stop"), "danger", "Esc")
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._tell_progress)
        self._lay_out()
        self._connect()
        self._settle()

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        label = Text(_("File"), "label")
        label.setBuddy(self.file.edit)
        line.addWidget(label)
        line.addWidget(self.file, 1)
        line.addWidget(self.look_button)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.import_button)
        foot.addStretch(1)
        for button in (self.xlsx_button, self.csv_button, self.template_button):
            foot.addWidget(button)
        foot.addWidget(self.stop_button)
        foot.addWidget(self.close_button)
        self.body.addWidget(self.hint)
        self.body.addLayout(line)
        self.body.addWidget(self.headings)
        self.body.addWidget(self.preview, 1)
        self.body.addWidget(self.words)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.file.edit.textChanged.connect(lambda _text: self._settle())
        self.file.button.clicked.connect(self._file_chosen)
        self.look_button.clicked.connect(self.look)
        self.import_button.clicked.connect(self.import_it)
        self.close_button.clicked.connect(self.reject)
        self.stop_button.clicked.connect(self.reject)
        self.xlsx_button.clicked.connect(partial(self.ask_where, ".xlsx"))
        self.csv_button.clicked.connect(partial(self.ask_where, ".csv"))
        self.template_button.clicked.connect(partial(self.ask_where, ".xlsx", empty=True))
        self.bind("Ctrl+Return", self.import_it)
        self.bind("Ctrl+Enter", self.import_it)
        self.bind("Alt+X", partial(self.ask_where, ".xlsx"))
        self.bind("Alt+C", partial(self.ask_where, ".csv"))
        self.bind("Alt+T", partial(self.ask_where, ".xlsx", empty=True))

    def arrive(self) -> None:
        self.file.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Stops what is being done, and closes when nothing is."""
        if self._running is None:
            super().reject()
        else:
            self._running.stop()
            self.words.setText(_("Stopping …"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for button in self.findChildren(Button):
                if button.hasFocus():
                    button.click()
                    break
            else:
                self.look()
            event.accept()
        else:
            super().keyPressEvent(event)

    # --- choosing -------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.take_file(files[0])

    def take_file(self, path: str) -> None:
        """Chooses a file and looks at it."""
        if self._running is not None:
            self.look()  # which says why not
            return
        self.file.edit.setText(path)
        self.look()

    def _file_chosen(self) -> None:
        if self._path() and self._path() != self._looked_at:
            self.look()

    def _path(self) -> str:
        return self.file.edit.text().strip()

    # --- looking at the file ----------------------------------------------------------------------------

    def look(self) -> None:
        """Reads the file and shows what importing it would do."""
        if not self.is_open() or self._refused_meanwhile():
            return
        path = self._path()
        if not path:
            self.say_problem(i18n.explain(errors.BadInput("files", "empty")))
            self.arrive()
            return
        self._looked_at = path
        self._look(Path(path).expanduser())

    def _look(self, file: Path, *, again: bool = False) -> None:
        actor, kind = self.session.actor, self.kind
        if not again:
            self.say_problem("")
        progress = self._begin()

        def read() -> Preview:
            table = directory.read_table(file, progress=progress)
            return preview(directory.plan(actor, kind, table, progress))

        self.session.background.reports(self, read, self._looked, self._not_read, progress=progress)

    def _looked(self, shown: Preview) -> None:
        if self._running is not None and self._running.stopped:
            self._not_read(errors.Stopped())  # it was done just then
            return
        self._end()
        self._shown = shown
        self.headings.hide()
        self.preview.show_preview(shown)
        if not shown.plan.good:
            self.say_problem(
                _("Nothing was taken in. Mend the file, save it, and look at it again.")
            )
            self.preview.problems.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not shown.plan.writes:
            self.words.setText(_("The hall has all of this already; there is nothing to import."))
        else:
            self.words.setText(_more(shown.hidden))
            self.preview.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._settle()

    def _not_read(self, error: HallDeskError) -> None:
        self._end()
        self._shown = None
        self.preview.clear()
        if isinstance(error, errors.BadFile):
            self.headings.hide()
            self.preview.show_problems(error.problems, error.problem_count)
            self.say_problem(
                _("Nothing was taken in. Mend the file, save it, and look at it again.")
            )
        else:
            self.say_problem(_why_not(error))
        self._settle()
        self.arrive()

    # --- importing ----------------------------------------------------------------------------------------

    def import_it(self) -> None:
        """Writes what is shown, as one transaction."""
        if not self.is_open() or self._refused_meanwhile() or not self.import_button.isEnabled():
            return
        assert self._shown is not None
        actor, plan = self.session.actor, self._shown.plan
        self.say_problem("")
        progress = self._begin()
        self.session.background.reports(
            self,
            lambda: directory.apply(actor, plan, progress, as_shown=True),
            self._imported,
            self._not_imported,
            progress=progress,
        )

    def _imported(self, done: directory.ImportPlan) -> None:
        self._end()
        words = _("{added} added, {changed} changed, {retired} retired, {unchanged} unchanged.")
        counts = words.format(
            added=len(done.added),
            changed=len(done.changed),
            retired=len(done.retired),
            unchanged=done.unchanged,
        )
        self.session.notices.success(
            _("{list} imported: {counts}").format(list=self.list_name, counts=counts)
        )
        self.accept()

    def _not_imported(self, error: HallDeskError) -> None:
        self._end()
        if isinstance(error, errors.PreviewOutdated):
            self.say_problem(i18n.explain(error))
            self._look(Path(self._looked_at).expanduser(), again=True)
            return
        if isinstance(error, errors.BadFile):
            # The hall has changed since: a window that was there is retired, say.
            self._not_read(error)
            return
        self.say_problem(_why_not(error))
        self._settle()

    # --- working, and saying so ----------------------------------------------------------------------------

    def say_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _refused_meanwhile(self) -> bool:
        """Whether something is being done; then it is said that one thing goes on at a time."""
        if self._running is not None:
            self.say_problem(
                _("A file is being worked on. Wait until that is done, or stop it first.")
            )
        return self._running is not None

    def _begin(self) -> Progress:
        progress = self._running = Progress()
        # Nobody waits for it any more once the sheet is gone.
        self.destroyed.connect(progress.stop)
        self._look_timer.start()
        self._tell_progress()
        self._settle()
        return progress

    def _end(self) -> None:
        self._look_timer.stop()
        self._running = None
        self.words.clear()
        self._settle()

    def _tell_progress(self) -> None:
        progress = self._running
        if progress is None or progress.stopped:
            return
        if not progress.done:
            self.words.setText(_("Reading …"))
        elif progress.of:
            words = _("{done} of {all} rows …")
            self.words.setText(words.format(done=progress.done, all=progress.of))
        else:
            words = _n("{count} row read …", "{count} rows read …", progress.done)
            self.words.setText(words.format(count=progress.done))

    def _settle(self) -> None:
        """Which buttons can be pressed now."""
        idle = self._running is None
        as_shown = self._path() == self._looked_at
        plan = self._shown.plan if self._shown is not None and as_shown else None
        self.import_button.setEnabled(idle and plan is not None and plan.good and plan.writes > 0)
        self.look_button.setEnabled(idle)
        self.file.button.setEnabled(idle)
        self.stop_button.setVisible(not idle)
        self.close_button.setVisible(idle)
        self.words.setVisible(bool(self.words.text()))

    # --- writing a file ------------------------------------------------------------------------------------

    def ask_where(self, ending: str, *, empty: bool = False) -> None:
        """Asks where to write the list, or a table with its headings only."""
        asked = QFileDialog(self, _("Export: {list}").format(list=self.list_name))
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setDefaultSuffix(ending.removeprefix("."))
        asked.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        asked.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        asked.setDirectory(str(documents if documents.is_dir() else Path.home()))
        asked.setNameFilter(f"{ending.removeprefix('.').upper()} (*{ending})")
        name = self.list_name if empty else f"{self.list_name} {self.session.today().isoformat()}"
        asked.selectFile(f"{name}{ending}")
        asked.fileSelected.connect(lambda file: self.save_to(Path(file), empty=empty))
        asked.finished.connect(asked.deleteLater)
        self._asked = asked
        asked.open()

    def save_to(self, file: Path, *, empty: bool = False) -> None:
        """Writes the list, whole or not at all, and says how it went."""
        actor, kind = self.session.actor, self.kind
        write = directory.template_file if empty else directory.export_file
        self.say_problem("")
        self.session.background.devices(
            self,
            lambda: write(actor, kind, file),
            lambda _rows: self.session.notices.success(_("Saved: {file}").format(file=file.name)),
            lambda error: self.say_problem(i18n.explain(error)),
        )


def _headings(kind: Kind) -> str:
    names = [f"{column.heading} *" if column.needed else column.heading for column in COLUMNS[kind]]
    words = _("Columns, in any order (* must be there): {headings}")
    return words.format(headings=_(", ").join(names))


def _why_not(error: HallDeskError) -> str:
    if isinstance(error, errors.Stopped):
        return _("Stopped. Nothing was imported.")
    return i18n.explain(error)


def _more(hidden: int) -> str:
    if not hidden:
        return ""
    words = _n("And {count} more line.", "And {count} more lines.", hidden)
    return words.format(count=hidden)
