"""The call in hand: taking a number, saying what came of it, and the keys for both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import callbacks
from hall_desk.services.callbacks import NewAttempt
from hall_desk.store.ids import new_id
from hall_desk.ui.call_panel import OUTCOME_KEYS, POSTPONE_KEY
from hall_desk.ui.dialogs.callback_steps import PostponeDialog, WithdrawCallbackDialog
from hall_desk.ui.due_field import when_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.callbacks import Attempt, Call, Callback
    from hall_desk.ui.call_panel import CallPanel
    from hall_desk.ui.dialogs.form import FormDialog
    from hall_desk.ui.session import Session


class Calling(QObject):
    """Works the panel: one number at most is on the line, and stays in sight until it is said what came of it.

    Signals:
        ended: a call was recorded, or a callback settled or moved; the list goes on to the next.
        put_down: the number was given back; the list stays where it is.
        refused: something had changed meanwhile; the list is to be read again.
    """

    ended = Signal()
    put_down = Signal()
    refused = Signal()

    def __init__(self, session: Session, panel: CallPanel) -> None:
        super().__init__(panel)
        self.session = session
        self.panel = panel
        self.call: Call | None = None
        # Whose call was just recorded as reached: a phone case that follows is about it.
        self.reached: Callback | None = None
        self._attempt_id = new_id()
        self._busy = False
        panel.call_wanted.connect(lambda: self._shown(self.take))
        panel.reopen_wanted.connect(lambda: self._shown(self.reopen))
        panel.let_go_wanted.connect(self.let_go)
        panel.outcome_wanted.connect(self.record)
        panel.postpone_wanted.connect(self.postpone)
        panel.withdraw_wanted.connect(self.withdraw)

    def promised(self) -> Callback | None:
        """The callback that business by phone just now belongs to."""
        return self.call.callback if self.call is not None else self.reached

    def show(self, row: Callback | None) -> None:
        """Shows the row that is chosen, unless a number is on the line."""
        if self.call is None:
            self.panel.show_callback(row)
            if row is not None:
                self._ask_attempts(row.id)

    def key(self, event: QKeyEvent) -> bool:
        """Carries out a key of the open lists; False when it is none of them."""
        key, typed = event.key(), event.text()
        if typed in OUTCOME_KEYS:
            self.record(OUTCOME_KEYS[typed])
        elif typed == POSTPONE_KEY:
            self.postpone()
        elif key == Qt.Key.Key_Delete:
            self.withdraw()
        elif key == Qt.Key.Key_Escape and self.call is not None:
            self.let_go()
        else:
            return False
        return True

    # --- the steps -----------------------------------------------------------------------------------

    def take(self, row: Callback) -> None:
        """Takes the number; of two clerks the second is told beside it."""
        if self.call is None or self.call.callback.id != row.id:
            actor, key = self.session.actor, row.id
            self._do(lambda: callbacks.call(actor, key), self._taken)

    def _taken(self, call: Call) -> None:
        self.call, self._attempt_id, self.reached = call, new_id(), None
        self.panel.show_call(call)
        self._ask_attempts(call.callback.id)

    def let_go(self) -> None:
        """Puts the number down without having called."""
        call, self.call = self.call, None
        if call is not None:
            actor, key = self.session.actor, call.callback.id
            self.session.background.data(self, lambda: callbacks.let_go(actor, key))
            self.panel.show_callback(call.callback)
        self.put_down.emit()

    def record(self, outcome: str) -> None:
        """Says what came of the call on the line."""
        call = self.call
        if call is None:
            if self.panel.callback is not None:
                self.panel.say(_("Take the number with Enter first, then press what came of it."))
            return
        actor = self.session.actor
        new = NewAttempt(
            id=self._attempt_id,
            callback_id=call.callback.id,
            outcome=outcome,
            note=self.panel.note.text(),
            tries_seen=call.callback.tries,
        )
        self._do(lambda: callbacks.attempt(actor, new), self._recorded)

    def _recorded(self, row: Callback) -> None:
        self.reached = row if row.state == "reached" else None
        outcome = i18n.code("callback", row.state if row.settled_at else "no_answer")
        notices = self.session.notices
        if row.state == "due":
            when = when_words(self.session.store, self.session.now(), row.call_at)
            said = _("{outcome}: to be called again {when}.").format(outcome=outcome, when=when)
            notices.success(said)
        elif row.state == "side":
            notices.success(_("{outcome}: kept on the side list.").format(outcome=outcome))
        else:
            said = _("Recorded: {outcome}.").format(outcome=outcome)
            notices.success(said, partial(self.reopen, row))
        self._end()

    def reopen(self, row: Callback) -> None:
        """The call has to be made after all."""
        actor, key = self.session.actor, row.id
        self._do(lambda: callbacks.reopen(actor, key), self._end)

    def withdraw(self) -> None:
        self._ask(WithdrawCallbackDialog)

    def postpone(self) -> None:
        self._ask(PostponeDialog)

    def _ask(self, dialog: Callable[[Session, Callback], FormDialog]) -> None:
        row = self.panel.callback
        if row is not None and row.state in callbacks.OPEN:
            opened = dialog(self.session, row)
            opened.recorded.connect(self._end)
            opened.open()

    def _shown(self, step: Callable[[Callback], object]) -> None:
        if self.panel.callback is not None:
            step(self.panel.callback)

    # --- what came of a step --------------------------------------------------------------------------

    def _do(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self.panel.say("")

        def finished(result: Any) -> None:
            self._busy = False
            done(result)

        self.session.background.data(self, work, finished, self._came_back)

    def _end(self, _row: object = None) -> None:
        self.call = None
        self.panel.show_callback(None)
        self.ended.emit()

    def _came_back(self, error: HallDeskError) -> bool:
        self._busy = False
        if isinstance(error, errors.BadInput) and error.field == "note":
            self.panel.note.show_error(i18n.explain(error))
            return True
        sentence = i18n.explain(error)
        if isinstance(error, errors.NotFound):
            sentence = _("This can no longer be taken back.")
        if isinstance(error, errors.AlreadyCalled | errors.BeingCalled):
            # Somebody was first: the number is not on this line any more.
            self.call = None
            self.panel.show_callback(self.panel.callback)
        if isinstance(error, errors.AlreadyCalled):
            # The row may leave the list, and this panel, in a moment.
            self.session.notices.error(sentence)
        else:
            self.panel.say(sentence)
        self.refused.emit()
        return True

    def _ask_attempts(self, key: UUID) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: (key, callbacks.attempts(actor, key)),
            self._show_attempts,
            replaces="attempts",
        )

    def _show_attempts(self, told: tuple[UUID, list[Attempt]]) -> None:
        key, attempts = told
        if self.panel.callback is not None and self.panel.callback.id == key:
            self.panel.show_attempts(attempts)
