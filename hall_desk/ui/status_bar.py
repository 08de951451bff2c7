"""The line at the bottom: printer, database, who is on duty, the last paper, and that this is only practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.services import posts
from hall_desk.ui import key_map, theme
from hall_desk.ui.labels import Chip, Elided, Text
from hall_desk.ui.print_keeper import cause, printer_words, trouble_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent

    from hall_desk.services.halls import HallInfo
    from hall_desk.services.posts import OnPost
    from hall_desk.store.changes import Changed
    from hall_desk.store.print_jobs import PrintJob
    from hall_desk.ui.session import Session

HEIGHT = 30
_PAPER_SHOWN_MS = 20_000
_DUTY_TOPICS = frozenset({"post", "staff"})
_DUTIES = {
    "screening": N_("screening {names}"),
    "consultation": N_("consultation {names}"),
    "proxy": N_("proxy {names}"),
}


PRINT_JOBS = "Ctrl+Shift+P"


class _Trouble(Chip):
    """The red sign that a paper did not come out."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__("", "bad")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.clicked.emit()


class StatusBar(QFrame):
    """Says quietly how things are; only a paper that did not come out is red. `print_jobs_asked`: it was clicked."""

    print_jobs_asked = Signal()

    def __init__(self, session: Session, info: HallInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("status_bar")
        self.setFixedHeight(HEIGHT)
        self.printer = Text()
        self.trouble = _Trouble()
        self.trouble.clicked.connect(self.print_jobs_asked)
        self.database = Text()
        self.clock = Text(_("Clock of this PC is wrong"))
        theme.restyle(self.clock, "state", "bad")
        self.duty = Elided()
        self.paper = Elided()
        self._paper_failed = False
        self.practice = Text(_("Practice hall: nothing here is real"))
        theme.restyle(self.practice, "state", "practice")
        if not info.practice:
            self.practice.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(10)
        layout.addWidget(self.trouble)
        layout.addWidget(self.printer)
        layout.addWidget(Text("·"))
        layout.addWidget(self.database)
        self._clock_dot = Text("·")
        layout.addWidget(self._clock_dot)
        layout.addWidget(self.clock)
        self._duty_dot = Text("·")
        layout.addWidget(self._duty_dot)
        layout.addWidget(self.duty)
        self._dot = Text("·")
        layout.addWidget(self._dot)
        layout.addWidget(self.paper, 1)
        layout.addStretch(1)
        layout.addWidget(self.practice, 0, Qt.AlignmentFlag.AlignRight)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_PAPER_SHOWN_MS)
        self._fade.timeout.connect(lambda: self.show_paper("", ""))
        session.online_changed.connect(self._show_database)
        session.paper_told.connect(self.show_paper)
        session.clock_differed.connect(self._show_clock)
        session.changed.connect(self._on_changed)
        self._show_clock(session.clock_warning)
        self._show_printer()
        session.settings_changed.connect(self._show_printer)
        session.printing.told.connect(self._show_trouble)
        self._show_trouble(session.printing.latest)
        self._show_database(session.online)
        self.show_paper("", "")
        self._show_duty([])
        self._read_duty()

    def show_paper(self, kind: str, text: str) -> None:
        """What became of a paper; an error stays until the next one."""
        self._paper_failed = kind == "error"
        self.paper.setText(text)
        self._dot.setVisible(bool(text))
        theme.restyle(self.paper, "state", "bad" if kind == "error" else "")
        self._fade.stop()
        if text and kind != "error":
            self._fade.start()

    def _on_changed(self, changed: Changed) -> None:
        if changed.touches(_DUTY_TOPICS):
            self._read_duty()

    def _read_duty(self) -> None:
        actor = self._session.actor
        if actor.may("posts.read"):
            self._session.background.data(
                self,
                lambda: posts.on_posts(actor),
                self._show_duty,
                lambda _error: None,  # the database's own words stand beside it
                replaces="duty",
            )

    def _show_duty(self, lines: Sequence[OnPost]) -> None:
        text = duty_text(lines)
        self.duty.setText(text)
        for widget in (self.duty, self._duty_dot):
            widget.setVisible(bool(text))

    def _show_trouble(self, jobs: list[PrintJob]) -> None:
        words = trouble_words(jobs)
        self.trouble.show_text(f"{words}  ·  {key_map.now(PRINT_JOBS)}" if words else "", "bad")
        theme.restyle(self.trouble, "state", "bad")
        if not words and self._paper_failed:
            self.show_paper("", "")
        self.trouble.setToolTip(next((cause(job) for job in jobs if job.troubled), ""))
        self.printer.setVisible(not words)

    def _show_printer(self) -> None:
        settings = self._session.settings
        if settings.slip_printer and settings.slip_printer != "none":
            text = _("Printer: {name}, {roll}").format(
                name=printer_words(settings.slip_printer), roll=roll_text(settings.roll)
            )
        else:
            text = _("Printer: none, papers are kept as PDF")
        self.printer.setText(text)

    def _show_clock(self, words: str) -> None:
        self.clock.setVisible(bool(words))
        self._clock_dot.setVisible(bool(words))
        self.clock.setToolTip(words)

    def _show_database(self, online: bool) -> None:
        store = self._session.store
        if not online:
            text = _("Database: the server is away")
        elif store.on_server:
            host = store.public_place.partition("/")[0]
            text = _("Database: server {host}").format(host=host)
        else:
            text = _("Database: this PC")
        self.database.setText(text)
        theme.restyle(self.database, "state", "" if online else "bad")


def duty_text(lines: Sequence[OnPost]) -> str:
    """Who is at the three posts of the front desk now; nothing when nobody is."""
    parts = []
    for post, words in _DUTIES.items():
        names = [line.staff for line in lines if line.post == post]
        if names:
            parts.append(_(words).format(names=_(", ").join(names)))
    return _("On duty: {posts}").format(posts=" · ".join(parts)) if parts else ""


def roll_text(roll: str) -> str:
    """The words for a paper: 58 mm, 80 mm, A5."""
    return _("{width} mm").format(width=roll) if roll.isdecimal() else roll.upper()
