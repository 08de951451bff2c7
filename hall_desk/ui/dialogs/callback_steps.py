"""What a callback needs a word for: why it is withdrawn, and to what other time it is moved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import callbacks
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.due_field import MOST_CHOICES, DueField
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.numbered_choice import NumberedChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.services.callbacks import Callback
    from hall_desk.ui.session import Session


class WithdrawCallbackDialog(FormDialog):
    """Why the call is no longer wanted: a digit and Enter."""

    def __init__(self, session: Session, callback: Callback) -> None:
        super().__init__(session, _("Withdraw the callback"), _("Call off"), width=700, height=240)
        self._callback = callback
        self.reason = NumberedChoice(
            [(code, i18n.code("callback_reason", code)) for code in callbacks.REASONS]
        )
        self.reason_field = LabelledField(_("Reason"), self.reason)
        self.fields = {"reason": self.reason_field}
        self.body.addWidget(Text(_("The promise stays in the records, with the reason."), "soft"))
        self.body.addWidget(self.reason_field)
        self.reason.picked.connect(self._picked)
        self.end_layout()

    def _picked(self, reason: object) -> None:
        if reason is not None:
            self.reason_field.clear_error()
            self.send_button.setFocus(Qt.FocusReason.TabFocusReason)

    def arrive(self) -> None:
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def work(self) -> Callable[[], object]:
        reason = self.reason.value()
        if reason is None:
            raise errors.BadInput("reason", "empty")
        actor, key = self.session.actor, self._callback.id
        return lambda: callbacks.withdraw(actor, key, str(reason))


class PostponeDialog(FormDialog):
    """The resident asked to be called at another time."""

    def __init__(self, session: Session, callback: Callback) -> None:
        super().__init__(session, _("Another time"), _("Move the call"), width=700, height=260)
        self._callback = callback
        self.due = DueField(session, usual_is_none=False)
        self.fields = {"due": self.due}
        self.body.addWidget(self.due)
        self.end_layout()
        self.due.ask(callback.window_id)
        for number in range(MOST_CHOICES):
            self.bind(f"Alt+{number + 1}", partial(self.due.choose, number))

    def arrive(self) -> None:
        self.due.setFocus(Qt.FocusReason.TabFocusReason)

    def work(self) -> Callable[[], object]:
        due_at = self.due.due_at()
        if due_at is None:
            raise errors.BadInput("due", "shape")
        actor, key = self.session.actor, self._callback.id
        return lambda: callbacks.postpone(actor, key, due_at)
