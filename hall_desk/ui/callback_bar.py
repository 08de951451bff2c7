"""A callback promised at the consultation post: when, in one line; whom and for what stands in the form already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import callback_times
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.due_field import MOST_CHOICES, when_words
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.callback_times import DueChoice
    from hall_desk.services.matters import WindowLine
    from hall_desk.ui.session import Session


class CallbackBar(QWidget):
    """In the place of the outcome buttons while a callback is being promised.

    Signals:
        promised: Enter; `due_at` has when.
        left: Escape, nothing is promised.
    """

    promised = Signal()
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._offered: tuple[DueChoice, ...] = ()
        self.number_confirmed = False
        self.words = Text("")
        self.choice = Segmented([])
        self.keys = Text("", "label")
        self.when = QLineEdit()
        self.when.setFixedWidth(150)
        self.when.setFixedHeight(theme.FIELD_HEIGHT)
        self.when.setPlaceholderText(_("or e.g. 14:30"))
        self.when.setAccessibleName(_("Wanted time"))
        self.error = Text("", "error")
        self.error.hide()
        self.give = Button(_("Promise the call"), "primary", "Enter")
        self.cancel = Button(_("Cancel"), "plain", "Esc")
        self._line = QHBoxLayout()
        self._line.setSpacing(10)
        self._line.addWidget(self.words)
        self._line.addWidget(self.choice)
        self._line.addWidget(self.keys)
        self._line.addWidget(self.when)
        self._line.addWidget(self.give)
        self._line.addWidget(self.cancel)
        self._line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._line)
        layout.addWidget(self.error)
        self.when.textEdited.connect(lambda _text: self._say(""))
        self.when.returnPressed.connect(self.promised)
        self.give.clicked.connect(self.promised)
        self.cancel.clicked.connect(self.left)

    def begin(self, window: WindowLine) -> None:
        """Asks when this window is to call."""
        self.number_confirmed = False
        number = _("Window {number}").format(number=window.number)
        self.words.setText(_("{window} calls:").format(window=number))
        self.when.clear()
        self._offer(())
        self._say("")
        self.focus_when()
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: callback_times.choices(actor, window.id),
            self._offer,
            lambda _error: None,  # without them a time is typed, or the hall's usual one is meant
            replaces="choices",
        )

    def focus_when(self) -> None:
        self.when.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, number: int) -> None:
        """Chooses an offered time, the first is 0; what was typed goes away."""
        if number < len(self._offered):
            self.when.clear()
            self._say("")
            self.choice.set_value(number)

    def due_at(self) -> datetime | None:
        """When, None for the hall's usual time. A typed time counts before the choice.

        Raises BadInput `due` (shape, past, too_far).
        """
        now = self._session.store.local(self._session.now())
        typed = callback_times.read_due(self.when.text(), now)
        number = self.choice.value()
        if typed is not None or number is None or not self._offered:
            return typed
        chosen = self._offered[int(str(number))]
        return None if chosen.code == "usual" else max(chosen.at, now)

    def refused(self, error: HallDeskError) -> bool:
        """Takes what is about the time, or about a number that should be compared once more."""
        match error:
            case errors.BadInput(field="due"):
                self._say(i18n.explain(error))
                self.when.selectAll()
            case errors.BadInput(field="phone", reason="doubtful"):
                self.number_confirmed = True  # Enter once more says that it was compared
                self._say(i18n.explain(error))
            case _:
                return False
        self.focus_when()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.promised.emit()  # from one of the offered times
        else:
            super().keyPressEvent(event)

    def _offer(self, offered: tuple[DueChoice, ...]) -> None:
        self._offered = offered[:MOST_CHOICES]
        store, now = self._session.store, self._session.now()
        old = self.choice
        self.choice = Segmented(
            [
                (number, f"{number + 1}  {when_words(store, now, one.at)}")
                for number, one in enumerate(self._offered)
            ]
        )
        self._line.replaceWidget(old, self.choice)
        old.hide()
        old.deleteLater()
        QWidget.setTabOrder(self.when, self.choice)
        last = len(self._offered)
        self.keys.setText(f"Alt+1–{last}" if last else "")

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        theme.restyle(self.when, "wrong", "yes" if sentence else "no")
        self.when.setAccessibleDescription(sentence)
