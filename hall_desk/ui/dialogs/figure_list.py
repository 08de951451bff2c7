"""The list behind a figure: its rows, and from each the way to the page where something can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import dashboard_lists
from hall_desk.ui import figure_words, theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtWidgets import QVBoxLayout

    from hall_desk.errors import HallDeskError
    from hall_desk.services.dashboard_lists import Behind, Figure, Row
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session


def open_row(session: Session, row: Row) -> None:
    """Goes where this row is worked on."""
    match row.kind:
        case "ticket" | "paper":
            session.go("proxy", ticket_id=row.ticket_id)
        case "callback":
            session.go("callbacks", callback_id=row.id)
        case "phone_case":
            session.go("callbacks", list="cases")
        case "trouble":
            session.go("callbacks", list="numbers")
        case "incident":
            session.go("incidents", incident_id=row.id)
        case "rating":
            session.go("people", section="ratings")
        case "consultation" | "slip":
            session.go("consultation")
        case _:
            session.go("screening")


class FigureListDialog(Dialog):
    """Reads its rows when it opens and whenever something changed; Enter opens one."""

    def __init__(self, session: Session, figure: Figure, about: str = "") -> None:
        super().__init__(session, figure_words.title_of(figure, about), width=860, height=520)
        self.figure = figure
        self._now: datetime = session.now()
        store = session.store
        columns: tuple[Column[Row], ...] = (
            Column(
                _("Time"), lambda row: figure_words.time_text(row, store, self._now), 104, weight=0
            ),
            Column(_("No."), lambda row: row.number, 66, bold=True),
            Column(_("What"), figure_words.what_text, 150, weight=4),
            Column(_("Resident"), lambda row: row.who, 84, weight=1),
            Column(_("Window or place"), figure_words.where_text, 96, weight=1),
            Column(_("State"), figure_words.state_text, 116, weight=1),
            Column(
                "", lambda row: figure_words.more_text(row, self._now), 86, right=True, bold=True,
                ink=lambda row: theme.BAD_STRONG if row.seconds is None else theme.INK,
            ),
        )  # fmt: skip
        self.model: RowsModel[Row] = RowsModel(
            columns, key=lambda row: (row.kind, row.id), parent=self
        )
        self.table = Table(self.model)
        self.table.setAccessibleName(figure_words.title_of(figure, about))
        self.count = Text("", "soft")
        self.empty = Text(_("Nothing is behind this figure at the moment."), "soft")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.hide()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.show_button = Button(_("Show"), "primary", "Enter")
        self.close_button = Button(_("Close"), key="Esc")
        self.escape_hint.hide()
        self._lay_out(self.body)
        self.table.chosen.connect(lambda row: open_row(session, row))
        self.show_button.clicked.connect(self._open_selected)
        self.close_button.clicked.connect(self.reject)
        session.changed.connect(self._changed)
        self.reload()

    def _lay_out(self, body: QVBoxLayout) -> None:
        ground = Ground("card")
        inside = QHBoxLayout(ground)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.show_button)
        body.addWidget(ground, 1)
        body.addWidget(self.empty)
        body.addWidget(self.problem)
        body.addLayout(foot)

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def reload(self) -> None:
        actor, figure = self.session.actor, self.figure
        self.session.background.data(
            self,
            lambda: dashboard_lists.behind(actor, figure),
            self._show,
            self._unread,
            replaces="figure_list",
        )

    def _changed(self, _changed: Changed) -> None:
        if self.is_open():
            self.reload()

    def _show(self, found: Behind) -> None:
        self._now = found.at
        self.problem.hide()
        self.model.show(found.rows)
        self.model.repaint_rows()
        self.empty.setVisible(not found.rows)
        self.show_button.setEnabled(bool(found.rows))
        self.count.setText(_count_text(found))
        if found.rows and self.table.selected() is None:
            self.table.selectRow(0)

    def _unread(self, error: HallDeskError) -> None:
        self.problem.setText(i18n.explain(error))
        self.problem.show()

    def _open_selected(self) -> None:
        row = self.table.selected()
        if row is not None:
            open_row(self.session, row)


def _count_text(found: Behind) -> str:
    """How many there are, and when the list is cut or adds up to something else, that too."""
    words = _n("{count} line", "{count} lines", found.lines).format(count=found.lines)
    parts = [words]
    if found.lines > len(found.rows):
        parts.append(_("the first {count} are shown").format(count=len(found.rows)))
    if found.total != found.lines:
        parts.append(_("together {total}").format(total=found.total))
    return _(", ").join(parts)
