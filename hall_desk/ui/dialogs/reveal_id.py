"""The whole ID number of a resident: why it is needed, and then the number for ten seconds."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QProgressBar

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import identity
from hall_desk.ui import theme
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.numbered_choice import NumberedChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent

    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.session import Session

SHOWN_S = 10
_TICK_MS = 100


class RevealIdDialog(FormDialog):
    """Asks the reason by a digit. The number is masked again after `SHOWN_S`, and as soon as nobody can be looking.

    The number is never in the clipboard: copying gives the masked form.
    """

    personal: ClassVar[bool] = True

    def __init__(self, session: Session, ticket: TicketView) -> None:
        title = _("{number}: show the ID number").format(number=ticket.card.number)
        super().__init__(session, title, _("Show it"), width=840, height=330)
        self._ticket_id, self._masked = ticket.card.id, ticket.id_masked
        self._until = 0.0
        self.clock: Callable[[], float] = time.monotonic
        self.reason = NumberedChoice(
            [(code, i18n.code("reveal_reason", code)) for code in identity.REASONS]
        )
        self.reason_field = LabelledField(_("Why is it needed?"), self.reason)
        self.note = LabelledField(_("Note"), placeholder=_("without names or numbers"))
        self.fields = {"reveal_reason": self.reason_field, "reveal_note": self.note}
        self.number = Text("", "figure")
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setStyleSheet("font-size: 34px; font-weight: bold;")
        self.left = QProgressBar()
        self.left.setRange(0, SHOWN_S * 1000)
        self.left.setTextVisible(False)
        self.left.setFixedHeight(6)
        self.left.setStyleSheet(
            f"QProgressBar {{ border: none; border-radius: 3px; background: {theme.LANE}; }}"
            f"QProgressBar::chunk {{ border-radius: 3px; background: {theme.PRIMARY}; }}"
        )
        self.countdown = Text("", "soft")
        self.countdown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told = Text(
            _("Whoever looks is written down with the reason, for the managers."), "soft"
        ).wrap()
        for widget in (self.told, self.reason_field, self.note, self.number, self.left):
            self.body.addWidget(widget)
        self.body.addWidget(self.countdown)
        self.end_layout()
        for widget in (self.note, self.number, self.left, self.countdown):
            widget.hide()
        self.reason.picked.connect(self._picked)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.closed.connect(self.cover)
        desktop = QGuiApplication.instance()
        assert isinstance(desktop, QGuiApplication)
        desktop.applicationStateChanged.connect(self._state_changed)

    # --- the reason ---------------------------------------------------------------------------------

    def arrive(self) -> None:
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def _picked(self, reason: object) -> None:
        if reason is None:
            return
        self.reason_field.clear_error()
        self.note.setVisible(reason == "other")
        if reason == "other":
            self.note.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.send_button.setFocus(Qt.FocusReason.TabFocusReason)

    def work(self) -> Callable[[], str]:
        actor, ticket_id = self.session.actor, self._ticket_id
        reason = str(self.reason.value() or "")
        if not reason:
            raise errors.BadInput("reveal_reason", "empty")
        note = self.note.text() if reason == "other" else ""
        return lambda: identity.reveal(actor, ticket_id, reason, note)

    # --- the number ---------------------------------------------------------------------------------

    def _done(self, result: object) -> None:
        self.recorded.emit(None)
        self._busy(sending=False)
        for widget in (self.reason_field, self.note, self.told, self.send_button):
            widget.hide()
        for shown in (self.number, self.left, self.countdown):
            shown.show()
        self.cancel_button.setText(_("Close"))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.is_open() or not self.isVisible():
            return
        self.number.setText(grouped(str(result)))
        self._until = self.clock() + SHOWN_S
        self._timer.start()
        self.tick()

    def shows_number(self) -> bool:
        """Whether the whole number stands on the screen just now."""
        return self._until > 0

    def tick(self) -> None:
        """Shows how long it still stands there, and covers it at the end."""
        left = self._until - self.clock()
        if not self._until or left <= 0:
            self.cover()
            return
        self.left.setValue(round(left * 1000))
        self.countdown.setText(_("Masked again in {seconds} s").format(seconds=math.ceil(left)))

    def cover(self) -> None:
        """Masks the number; only asking anew shows it again."""
        self._timer.stop()
        if not self._until:
            return
        self._until = 0.0
        self.number.setText(self._masked)
        self.left.setValue(0)
        self.countdown.setText(_("Masked again."))

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.cover()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:  # another window came before it
            self.cover()
        return super().event(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.cover()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._masked)
            event.accept()
        elif self.number.isVisibleTo(self) and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            self.reject()
            event.accept()
        else:
            super().keyPressEvent(event)


def grouped(number: str) -> str:
    """An ID number as it is read out: place, birthday, serial number."""
    return f"{number[:6]} {number[6:14]} {number[14:]}"
