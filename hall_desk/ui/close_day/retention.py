"""Personal data whose time is over, at the close of a day: what goes is said before, and goes after the closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import filed_reports, halls, kept_papers, retention
from hall_desk.ui.buttons import Link
from hall_desk.ui.dialogs.hall_numbers import HallNumber, HallNumbersDialog
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from hall_desk.errors import HallDeskError
    from hall_desk.services.halls import Settings
    from hall_desk.services.retention import Preview, Purged
    from hall_desk.ui.session import Session


class RetentionLine(QWidget):
    """One line: what will be destroyed, and the way to how long things are kept. `times_closed` after that way."""

    times_closed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._put_away = False
        self.words = Text("", "soft").wrap()
        self.times = Link(_("How long things are kept…"))
        self.times.clicked.connect(self.ask_times)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.words, 1)
        row.addWidget(self.times)
        self.hide()

    def reload(self) -> None:
        """Reads again what would go today; while the server is away there is nothing to say."""
        actor, day = self._session.actor, self._session.today()
        self._session.background.data(
            self,
            lambda: retention.preview(actor, day),
            self._seen,
            lambda _error: None,
            replaces="preview",
        )

    def put_away(self) -> None:
        """Shows nothing any more: the day is closed."""
        self._put_away = True
        self.hide()

    def _seen(self, seen: Preview) -> None:
        if seen.rows:
            what = _(", ").join(
                f"{i18n.code('retention', line.kind)} {line.rows}"
                for line in seen.kinds
                if line.rows
            )
            said = _("Personal data whose time is over, destroyed after the closing: {what}")
            self.words.setText(said.format(what=what))
        else:
            self.words.setText(_("No personal data has reached its time today."))
        self.setVisible(not self._put_away)

    def ask_times(self) -> None:
        actor = self._session.actor
        self._session.background.data(self, lambda: halls.settings(actor), self._open_times)

    def _open_times(self, settings: Settings) -> None:
        numbers = [
            HallNumber(
                name := f"retention_{kind}_days",
                _("{kind} (days)").format(kind=i18n.code("retention", kind)),
                getattr(settings, name),
            )
            for kind in retention.KINDS
        ]
        title = _("How long personal data is kept")
        dialog = HallNumbersDialog(self._session, title, numbers)
        dialog.closed.connect(self._times_closed)
        dialog.open()

    def _times_closed(self, changed: bool) -> None:
        if changed:
            self.reload()
        self.times_closed.emit()


def purge_after_closing(session: Session, then: Callable[[], object]) -> None:
    """Destroys what is over batch by batch, between what else the desk does, and goes on with `then`.

    The day is closed already: what fails here is said, and done the next time a day is closed.
    """
    actor, day = session.actor, session.today()

    def some() -> None:
        session.background.data(session, lambda: retention.purge_some(actor, day), purged, failed)

    def purged(done: Purged) -> None:
        if done.more:
            some()
            return
        clear_papers(session)
        then()

    def failed(error: HallDeskError) -> None:
        session.notices.error(i18n.explain(error))
        then()

    some()


def clear_papers(session: Session) -> None:
    """Removes the papers and filed reports this PC has kept for as long as tickets keep their residents."""
    actor, papers = session.actor, session.papers

    def clear(since: date) -> None:
        session.background.devices(
            session,
            lambda: kept_papers.clear(papers, since) + filed_reports.clear(papers.parent, since),
        )

    session.background.data(session, lambda: kept_papers.kept_since(actor), clear)
