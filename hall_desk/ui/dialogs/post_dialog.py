"""The sheet that the dialogs about posts are written on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session


class PostDialog(Dialog):
    """A sentence, fields, and a button that Enter presses; what was typed stays when it is refused."""

    def __init__(
        self, session: Session, title: str, button: str, *, width: int, height: int
    ) -> None:
        super().__init__(session, title, width=width, height=height)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send = Button(button, "primary", "Enter")
        self.cancel = Button(_("Cancel"), key="Esc")
        self.escape_hint.hide()
        self._sending = False
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(self.send)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.send.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.reject)

    def close_body(self) -> None:
        """The end of the sheet, after its fields."""
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self.body.addLayout(self.foot)

    def submit(self) -> None:
        raise NotImplementedError

    def refused(self, error: HallDeskError) -> None:
        self.busy(on=False)
        self.problem.setText(i18n.explain(error))
        self.problem.show()

    def busy(self, *, on: bool) -> None:
        self._sending = on
        self.send.setEnabled(not on)
        if on:
            self.problem.hide()

    def enter(self) -> None:
        if self.cancel.hasFocus():
            self.reject()
        elif not self._sending and self.is_open():
            self.submit()
