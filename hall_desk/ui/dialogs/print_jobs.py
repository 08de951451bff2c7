"""What this PC has printed, what waits and what went wrong: tried again, sent elsewhere, dropped, looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from hall_desk import i18n
from hall_desk.devices import printing
from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.printers import PrintersDialog
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.print_keeper import cause, printer_words
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.store.print_jobs import PrintJob
    from hall_desk.ui.session import Session

_KINDS = {
    "waiting": "info",
    "printing": "info",
    "printed": "ok",
    "failed": "bad",
    "unknown": "warn",
}
ELSEWHERE, CAME_OUT, PRINTERS = "Alt+E", "Alt+K", "Alt+P"


class PrintJobsDialog(Dialog):
    """Enter tries the selected job again; what wants an eye stands first."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Print jobs"), width=1130, height=640)
        self._shown_file = ""
        self.model, self.table = self._make_table()
        self.empty = Text(_("Nothing was printed on this PC in the last days."), "soft")
        self.preview = PaperView(session.background, widest=330)
        self.trouble = Band("bad")
        self.trouble_words = Text("").wrap()
        self.again = Button(_("Print again"), "primary", "Enter")
        self.others = QComboBox()
        self.others.setAccessibleName(_("Other printers"))
        self.elsewhere = Button(_("Send there"), "plain", ELSEWHERE)
        self.came_out = Button(_("It came out"), "plain", CAME_OUT)
        self.drop = Button(_("Drop"), "danger", "Del")
        self.printers = Button(_("Printers…"), "plain", PRINTERS)
        self.cancel = Button(_("Close"), key="Esc")
        self._lay_out()
        self.table.moved_to.connect(lambda _job: self._look())
        self.table.chosen.connect(lambda _job: self.print_again())
        self.again.clicked.connect(self.print_again)
        self.elsewhere.clicked.connect(self.send_elsewhere)
        self.came_out.clicked.connect(self.say_came_out)
        self.drop.clicked.connect(self.drop_job)
        self.printers.clicked.connect(self.choose_printers)
        self.cancel.clicked.connect(self.reject)
        self.bind(ELSEWHERE, self.send_elsewhere)
        self.bind(CAME_OUT, self.say_came_out)
        self.bind(PRINTERS, self.choose_printers)
        session.printing.told.connect(self._show)
        self._offer([])
        self._show(session.printing.latest)
        session.background.printing(self, printing.printers, self._offer)
        session.printing.reload()

    def _make_table(self) -> tuple[RowsModel[PrintJob], Table[PrintJob]]:
        local = self.session.store.local
        columns: tuple[Column[PrintJob], ...] = (
            Column(_("Time"), lambda job: f"{local(job.made_at):%m-%d %H:%M:%S}", 126),
            Column(_("Print-out"), lambda job: job.title, 190, weight=3, bold=True),
            Column(_("Printer"), lambda job: printer_words(job.printer), 130, weight=2),
            Column(_("Tries"), lambda job: str(job.tries or ""), 56),
            Column(
                _("State"),
                lambda job: i18n.code("print_state", job.state),
                136,
                chip=lambda job: (
                    "bad"
                    if job.troubled and job.state == "waiting"
                    else _KINDS.get(job.state, "muted")
                ),
            ),
        )
        model: RowsModel[PrintJob] = RowsModel(columns, key=lambda job: job.id, parent=self)
        table = Table(model)
        table.setAccessibleName(_("Print jobs"))
        return model, table

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.empty)
        self.empty.setContentsMargins(24, 24, 24, 24)
        inside.addWidget(self.table, 1)
        why = QHBoxLayout(self.trouble)
        why.setContentsMargins(14, 8, 14, 8)
        why.addWidget(self.trouble_words, 1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(card, 1)
        left.addWidget(self.trouble)
        right = Ground("panel")
        right.setFixedWidth(350)
        shown = QVBoxLayout(right)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.addWidget(self.preview)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        sides.addLayout(left, 1)
        sides.addWidget(right)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        self.others.setMinimumWidth(170)
        for widget in (self.again, self.elsewhere, self.others, self.came_out, self.drop):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(self.printers)
        foot.addWidget(self.cancel)
        self.body.addLayout(sides, 1)
        self.body.addLayout(foot)

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.model.rows and self.table.selected() is None:
            self.table.selectRow(0)
        self._look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.cancel.hasFocus():
            self.print_again()
            event.accept()
        elif event.key() == Qt.Key.Key_Delete:
            self.drop_job()
            event.accept()
        else:
            super().keyPressEvent(event)

    # --- what is shown ------------------------------------------------------------------------------

    def _show(self, jobs: list[PrintJob]) -> None:
        self.model.show(jobs)
        self.table.setVisible(bool(jobs))
        self.empty.setVisible(not jobs)
        if jobs and self.table.selected() is None:
            self.table.selectRow(0)
        self._look()

    def _offer(self, queues: list[str]) -> None:
        """The other printers of this PC: those that were chosen, then the system's."""
        settings = self.session.settings
        chosen = [p for p in (settings.slip_printer, settings.paper_printer) if p and p != "none"]
        every = dict.fromkeys([*chosen, *(f"system:{name}" for name in queues)])
        self.others.clear()
        for printer in every:
            self.others.addItem(printer_words(printer), printer)
        self._look()

    def _look(self) -> None:
        job = self.table.selected() if self.model.rows else None
        open_ = job is not None and job.state in ("failed", "unknown", "kept", "waiting")
        self.again.setEnabled(open_ and job is not None and job.state != "kept")
        self.elsewhere.setEnabled(open_ and self.others.count() > 0)
        self.others.setEnabled(self.elsewhere.isEnabled())
        if job is not None and self.others.currentData() == job.printer and self.others.count() > 1:
            there = self.others.currentIndex()
            self.others.setCurrentIndex((there + 1) % self.others.count())
        self.came_out.setEnabled(job is not None and job.begun and job.troubled)
        self.drop.setEnabled(open_ and job is not None and job.state != "kept")
        words = cause(job) if job is not None else ""
        self.trouble_words.setText(words)
        self.trouble.setVisible(bool(words))
        file = job.file if job is not None else ""
        if file != self._shown_file:
            self._shown_file = file
            self.preview.clear()
            if file:
                self.session.background.devices(
                    self, lambda: _read(file), self._draw, replaces="file"
                )

    def _draw(self, pdf: bytes) -> None:
        if pdf:
            self.preview.show_pdf(pdf)

    # --- what is decided ------------------------------------------------------------------------------

    def print_again(self) -> None:
        job = self.table.selected()
        if job is not None and self.again.isEnabled():
            self.session.printing.again(job)

    def send_elsewhere(self) -> None:
        """Prints the selected job on the printer named beside the button."""
        job, printer = self.table.selected(), str(self.others.currentData() or "")
        if job is not None and printer and self.elsewhere.isEnabled():
            self.session.printing.again(job, printer)

    def say_came_out(self) -> None:
        job = self.table.selected()
        if job is not None and self.came_out.isEnabled():
            self.session.printing.came_out(job)

    def drop_job(self) -> None:
        job = self.table.selected()
        if job is not None and self.drop.isEnabled():
            self.session.printing.drop(job)

    def choose_printers(self) -> None:
        session = self.session
        self.accept()
        PrintersDialog(session).open()


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:
        return b""
