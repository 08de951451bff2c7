"""The window phone directory as it will be printed: looked at, printed, saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from hall_desk import i18n
from hall_desk.documents import directory
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.services import directory_paper
from hall_desk.settings import write_file
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.mailing import MailingDialog
from hall_desk.ui.labels import Text
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.print_options import PrintOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.directory_paper import Directory
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Made:
    facts: Directory
    pdf: bytes


class DirectoryDialog(Dialog):
    """The paper with what can be done with it: Enter prints, Ctrl+S and Alt+E save; the arrows turn its pages."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Window phone directory"), width=1130, height=700)
        self._made: _Made | None = None
        self._asked: QFileDialog | None = None
        self.preview = PaperView(session.background, widest=820)
        self.preview.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.options = PrintOptions()
        self.print_button = Button(_("Print"), "primary", "Enter")
        self.pdf_button = Button(_("Save as PDF…"), "plain", "Ctrl+S")
        self.xlsx_button = Button(_("Save for Excel…"), "plain", "Alt+E")
        self.mail_button = Button(_("By e-mail…"), "plain", "Alt+M")
        self.mail_button.setVisible(session.actor.may("directory.mail"))
        self.cancel = Button(_("Close"), key="Esc")
        self.escape_hint.hide()
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.print_button)
        foot.addWidget(self.options)
        foot.addStretch(1)
        for button in (self.mail_button, self.xlsx_button, self.pdf_button, self.cancel):
            foot.addWidget(button)
        self.body.addWidget(self.preview, 1)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)
        self.print_button.clicked.connect(self.print_paper)
        self.pdf_button.clicked.connect(self.save_pdf)
        self.xlsx_button.clicked.connect(self.save_xlsx)
        self.mail_button.clicked.connect(self.send)
        self.cancel.clicked.connect(self.reject)
        self.bind("Alt+M", self.send)
        self.bind("Ctrl+S", self.save_pdf)
        self.bind("Alt+E", self.save_xlsx)
        self.bind("Ctrl++", lambda: self.preview.zoom(1.2))
        self.bind("Ctrl+-", lambda: self.preview.zoom(1 / 1.2))
        self.bind("Ctrl+0", lambda: self.preview.zoom(0))
        self._enable(made=False)

    def arrive(self) -> None:
        self.preview.setFocus(Qt.FocusReason.OtherFocusReason)
        actor = self.session.actor
        self.session.background.data(
            self, lambda: directory_paper.of_hall(actor), self._draw, self._refused
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pressed()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _pressed(self) -> None:
        """Enter presses the button it stands on, and prints anywhere else."""
        for button in (self.cancel, self.pdf_button, self.xlsx_button, self.mail_button):
            if button.hasFocus():
                button.click()
                return
        self.print_paper()

    # --- making -------------------------------------------------------------------------------------

    def _draw(self, facts: Directory) -> None:
        self.session.background.devices(
            self, lambda: _Made(facts, directory.directory(facts)), self._drawn, self._refused
        )

    def _drawn(self, made: _Made) -> None:
        self._made = made
        self.preview.show_pdf(made.pdf)
        self._enable(made=True)

    def _enable(self, *, made: bool) -> None:
        for button in (self.print_button, self.pdf_button, self.xlsx_button):
            button.setEnabled(made)

    def _refused(self, error: HallDeskError) -> None:
        self.problem.setText(i18n.explain(error))
        self.problem.show()

    # --- paper and files ----------------------------------------------------------------------------

    def print_paper(self) -> None:
        """Prints the pages chosen; the dialog closes, and how it went is told where all papers tell it."""
        if self._made is None or not self.is_open():
            return
        try:
            options = self.options.options(max(1, self.preview.pages))
        except BadInput as error:
            self._refused(error)
            return
        title = f"{_('Window phone directory')} {self._made.facts.day.isoformat()}"
        self.session.print_pdf(self._made.pdf, title, "directory", options)
        self.accept()

    def send(self) -> None:
        """Goes on to the form that sends it to the communities."""
        session = self.session
        if session.actor.may("directory.mail") and self.is_open():
            self.reject()
            MailingDialog(session).open()

    def save_pdf(self) -> None:
        if self._made is not None:
            pdf = self._made.pdf
            self._ask_where(".pdf", lambda: pdf)

    def save_xlsx(self) -> None:
        """Both lists as a workbook."""
        if self._made is not None:
            facts = self._made.facts
            self._ask_where(".xlsx", lambda: directory_paper.as_xlsx(facts))

    def _ask_where(self, ending: str, content: Callable[[], bytes]) -> None:
        assert self._made is not None
        asked = QFileDialog(self, _("Save the directory"))
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setDefaultSuffix(ending.removeprefix("."))
        asked.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder"))
        asked.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file"))
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        asked.setDirectory(str(documents if documents.is_dir() else Path.home()))
        asked.setNameFilter(f"{ending.removeprefix('.').upper()} (*{ending})")
        asked.selectFile(directory_paper.file_name(self._made.facts, ending))
        asked.fileSelected.connect(lambda file: self.save_to(Path(file), content))
        asked.finished.connect(asked.deleteLater)
        self._asked = asked
        asked.open()

    def save_to(self, file: Path, content: Callable[[], bytes]) -> None:
        """Makes and writes a file, whole or not at all, in the devices lane, and says how it went."""
        self.problem.hide()
        self.session.background.devices(
            self,
            lambda: write_file(file, content()),
            lambda _nothing: self.session.notices.success(
                _("Saved: {file}").format(file=file.name)
            ),
            self._refused,
        )
