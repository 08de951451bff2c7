"""The manager's lines on the foyer's screen: writing one, and taking one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import foyer
from hall_desk.services.foyer import NewNotice, Notice
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.pages import Shortcut
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

TODAY, FOR_GOOD = "today", "for_good"


class NoticesPanel(Ground):
    """The notices with the field for a new one; Enter puts it on the screen, Delete takes the selected one off."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        # Kept until it was taken: a double Enter is one notice.
        self._id = new_id()
        self._sending = False
        self.model: RowsModel[Notice] = RowsModel(
            (
                Column(_("Text"), lambda line: line.text, 200, weight=1),
                Column(_("Until"), self._until, 110),
            ),
            lambda line: line.id,
        )
        self.table: Table[Notice] = Table(self.model)
        self.table.setAccessibleName(_("Notices on the screen"))
        self.field = LabelledField(
            _("New notice"),
            placeholder=_("e.g. Power is cut from 3 to 4 this afternoon"),
            beside=Text("Alt+N", "label"),
        )
        self.until = Segmented([(TODAY, _("Today only")), (FOR_GOOD, _("Until taken off"))])
        self.add_button = Button(_("Put on the screen"), "plain", "Enter")
        self.retire_button = Button(_("Take off"), "danger", "Delete")
        self._lay_out()
        self.field.edit.returnPressed.connect(self.add)
        self.add_button.clicked.connect(self.add)
        self.retire_button.clicked.connect(self.retire)
        delete = QShortcut(QKeySequence("Delete"), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.retire)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Text(_("Notices on the screen"), "heading"))
        head.addStretch(1)
        head.addWidget(self.retire_button)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.until)
        foot.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.field)
        layout.addLayout(foot)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (Shortcut("Alt+N", self.field.setFocus),)

    def show_notices(self, lines: list[Notice]) -> None:
        self.model.show(lines)
        self.retire_button.setEnabled(bool(lines))

    def add(self) -> None:
        """Puts what is written on the screen."""
        if self._sending:
            return
        today = self._session.today() if self.until.value() == TODAY else None
        new, actor = NewNotice(self._id, self.field.text(), today), self._session.actor
        self._sending = True
        self._session.background.data(
            self, lambda: foyer.add_notice(actor, new), self._added, self._refused
        )

    def _added(self, _nothing: None) -> None:
        self._sending = False
        self._id = new_id()
        self.field.clear()

    def _refused(self, error: HallDeskError) -> None:
        self._sending = False
        self.field.show_error(i18n.explain(error))

    def retire(self) -> None:
        """Takes the selected notice off the screen; it can be put back."""
        line, actor = self.table.selected(), self._session.actor
        if line is None:
            return
        self._session.background.data(
            self, lambda: foyer.retire_notice(actor, line.id), lambda _nothing: self._retired(line)
        )

    def _retired(self, line: Notice) -> None:
        actor = self._session.actor
        again = NewNotice(new_id(), line.text, line.until_day)

        def put_back() -> None:
            self._session.background.data(self, lambda: foyer.add_notice(actor, again))

        self._session.notices.success(_("The notice is off the screen."), put_back, _("Undo"))

    def _until(self, line: Notice) -> str:
        day = line.until_day
        if day is None:
            return _("taken off")
        return _("today") if day == self._session.today() else f"{day:%m-%d}"
