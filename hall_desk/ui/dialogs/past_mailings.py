"""The mailings of before: when, by whom, which version, and how many have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import mailings
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.services.mailings import PastMailing
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

_TOPICS = frozenset({"directory"})


class PastMailingsDialog(Dialog):
    """The last one first; read again when one is sent."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Earlier mailings"), width=1140, height=520)
        local = session.store.local

        def count(state: str) -> Callable[[PastMailing], str]:
            return lambda one: str(one.counts[state] or "")

        columns: tuple[Column[PastMailing], ...] = (
            Column(_("Begun"), lambda one: f"{local(one.at):%Y-%m-%d %H:%M}", 150),
            Column(_("Sent by"), lambda one: one.by, 110, weight=1),
            Column(_("Version"), lambda one: str(one.version), 80, right=True),
            Column(_("Subject"), lambda one: one.subject, 150, weight=4),
            *(
                Column(i18n.code("mail_state", state), count(state), 104, right=True)
                for state in i18n.CODES["mail_state"]
            ),
        )
        self.model: RowsModel[PastMailing] = RowsModel(columns, key=lambda one: one.id, parent=self)
        self.table = Table(self.model)
        self.table.setAccessibleName(_("Earlier mailings"))
        self.empty = Text(_("Nothing has been sent yet."), "soft")
        self.empty.hide()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.close_button = Button(_("Close"), key="Esc")
        self.escape_hint.hide()
        ground = Ground("card")
        inside = QHBoxLayout(ground)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        foot = QHBoxLayout()
        foot.addWidget(self.empty)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        self.body.addWidget(ground, 1)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)
        self.close_button.clicked.connect(self.reject)
        session.changed.connect(self._changed)
        self.reload()

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def reload(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self, lambda: mailings.past(actor), self._show, self._unread, replaces="past_mailings"
        )

    def _changed(self, changed: Changed) -> None:
        if self.is_open() and changed.touches(_TOPICS):
            self.reload()

    def _show(self, found: list[PastMailing]) -> None:
        self.problem.hide()
        self.model.show(found)
        self.empty.setVisible(not found)
        if found and self.table.selected() is None:
            self.table.selectRow(0)

    def _unread(self, error: HallDeskError) -> None:
        self.problem.setText(i18n.explain(error))
        self.problem.show()
