"""Who is on which post now, what is in their hands, and the keys to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.staff_tables import post_text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.services.posts import OnPost
    from hall_desk.ui.session import Session

TAKE, HAND_OVER, LEAVE = "Alt+P", "Alt+H", "Alt+E"


def held_text(line: OnPost) -> str:
    """What somebody has in their hands, in few words."""
    if not line.papers:
        return ""
    return _("{count} held").format(count=line.papers)


class PostsPanel(Ground):
    """The card beside the staff.

    Signals:
        take_asked: somebody goes on a post.
        over_asked, leave_asked: for the line that is selected, or None.
    """

    take_asked = Signal()
    over_asked = Signal(object)
    leave_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        store = session.store
        columns: tuple[Column[OnPost], ...] = (
            Column(_("Post"), lambda p: post_text(p.post, p.window), 116, weight=1),
            Column(_("Name"), lambda p: p.staff, 76, weight=1, bold=True),
            Column(_("Since"), lambda p: f"{store.local(p.since):%H:%M}", 62),
            Column(_("Holds"), held_text, 88, chip=lambda p: "info"),
        )
        self.model: RowsModel[OnPost] = RowsModel(columns, key=lambda line: line.id, parent=self)
        self.table = Table(self.model)
        self.table.setAccessibleName(_("Posts now"))
        self.first_steps = FirstSteps(session, "posts", self.table.viewport())
        self.nobody = Text(_("Nobody is on a post yet."), "soft").wrap()
        self.over_button = Button(_("Hand over…"), "primary", HAND_OVER)
        self.take_button = Button(_("Take post…"), "plain", TAKE)
        self.leave_button = Button(_("Leave post"), "plain", LEAVE)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.over_button, 0, 0, 1, 2)
        buttons.addWidget(self.take_button, 1, 0)
        buttons.addWidget(self.leave_button, 1, 1)
        head = Text(_("Posts now"), "heading")
        head.setContentsMargins(14, 0, 14, 0)
        self.nobody.setContentsMargins(14, 0, 14, 0)
        buttons.setContentsMargins(14, 0, 14, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 14, 1, 14)
        layout.setSpacing(8)
        layout.addWidget(head)
        layout.addWidget(self.nobody)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.take_button.clicked.connect(self.take_asked)
        self.over_button.clicked.connect(self.ask_over)
        self.leave_button.clicked.connect(self.ask_leave)
        self.table.chosen.connect(self.over_asked)

    def show_lines(self, lines: Sequence[OnPost]) -> None:
        self.model.show(lines)
        self.nobody.setVisible(not lines)
        self.first_steps.show_for(empty=not lines)
        self.over_button.setEnabled(bool(lines))
        self.leave_button.setEnabled(bool(lines))

    def ask_over(self) -> None:
        self.over_asked.emit(self.table.selected())

    def ask_leave(self) -> None:
        self.leave_asked.emit(self.table.selected())
