"""A form on a sheet: Enter anywhere sends it, what is wrong is said beside its field, and nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.fields import LabelledField
    from hall_desk.ui.session import Session


class FormDialog(Dialog):
    """Subclasses fill `content`, name their `fields` as BadInput names them, and give the service call in `work`.

    `recorded` gives what the service gave; then the dialog closes. A second Enter while it is sent does nothing.
    """

    recorded = Signal(object)

    def __init__(
        self, session: Session, title: str, button: str, *, width: int = 640, height: int = 0
    ) -> None:
        super().__init__(session, title, width=width, height=height)
        self.fields: dict[str, LabelledField] = {}
        self._sending = False
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send_button = Button(button, "primary", "Enter")
        self.cancel_button = Button(_("Cancel"), "plain", "Esc")
        self.escape_hint.hide()
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send_button)
        foot.addWidget(self.problem, 1)
        foot.addStretch(0)
        foot.addWidget(self.cancel_button)
        self._foot = foot
        self.send_button.clicked.connect(self.send)
        self.cancel_button.clicked.connect(self.reject)

    def end_layout(self) -> None:
        """Puts the buttons below what the subclass has laid out."""
        self.body.addStretch(1)
        self.body.addLayout(self._foot)

    def work(self) -> Callable[[], object]:
        """The service call with what stands in the form. May raise BadInput."""
        raise NotImplementedError

    def send(self) -> None:
        if self._sending or not self.is_open():
            return
        for field in self.fields.values():
            field.clear_error()
        self.say("")
        try:
            work = self.work()
        except errors.BadInput as error:
            self.refused(error)
            return
        self._busy(sending=True)
        self.session.background.data(self, work, self._done, self._came_back)

    def refused(self, error: HallDeskError) -> None:
        """Says beside the field, or beside the button, why it was not taken."""
        field = self.fields.get(error.field) if isinstance(error, errors.BadInput) else None
        if field is not None and field.isVisibleTo(self):
            field.show_error(i18n.explain(error))
        else:
            self.say(i18n.explain(error))

    def say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # While it is sent the keyboard may have moved on to this button by itself.
            if self.cancel_button.hasFocus() and not self._sending:
                self.reject()
            else:
                self.send()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _done(self, result: object) -> None:
        self.recorded.emit(result)
        self.accept()

    def _came_back(self, error: HallDeskError) -> None:
        self._busy(sending=False)
        self.refused(error)

    def _busy(self, *, sending: bool) -> None:
        self._sending = sending
        self.send_button.setEnabled(not sending)
