"""What came of a consultation, in one key each: a row of buttons, and what every one of them does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.services import callbacks, consultations, privacy, slips
from hall_desk.services.callbacks import NewCallback
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button
from hall_desk.ui.callback_bar import CallbackBar
from hall_desk.ui.dialogs.missing_notice import MissingNoticeDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.ticket_papers import print_slip

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.consultations import ConsultationLine
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.slips import SlipFacts
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.consultation_form import ConsultationForm
    from hall_desk.ui.session import Session

# A key that bounces after a record is not a try to record nothing.
_BOUNCE_MS = 700


class ConsultationOutcomes(QStackedWidget):
    """The row of outcomes; in its place, while a callback is being promised, the line that asks when.

    Signals:
        begun: an outcome's key was pressed; what was wrong before is old.
        recorded: the `ConsultationLine` that was written; the form can be emptied.
        refused: the `HallDeskError`; the form stays as it is.
        left: the line of the callback was left.
    """

    begun = Signal()
    recorded = Signal(object)
    refused = Signal(object)
    left = Signal()

    def __init__(
        self, session: Session, form: ConsultationForm, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._form = form
        self._saving = False
        self._since_save = QElapsedTimer()
        # Keys of what is being recorded: made anew for the next person only.
        self._id, self._led_to = new_id(), new_id()
        self.callback = CallbackBar(session)
        self._outcomes: tuple[tuple[str, Callable[[], None]], ...] = (
            (_("Settled on the spot"), lambda: self._record("settled")),
            (_("Phone slip"), self._give_slip),
            (_("Callback"), self._begin_callback),
            (_("Open a ticket"), self._open_ticket),
            (_("Send online"), lambda: self._record("online")),
            (_("Tell what is missing"), self._give_notice),
        )
        self.buttons = [
            Button(words, "primary" if number == 0 else "plain", self.key(number))
            for number, (words, _run) in enumerate(self._outcomes)
        ]
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        for number, button in enumerate(self.buttons):
            line.addWidget(button, 1)
            button.clicked.connect(lambda _checked=False, number=number: self.press(number))
        self.addWidget(row)
        self.addWidget(self.callback)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.callback.promised.connect(self._promise)
        self.callback.left.connect(self.leave_callback)

    @staticmethod
    def key(number: int) -> str:
        return f"Alt+{number + 1}"

    def press(self, number: int) -> None:
        """An outcome's key; pressed faster than the search answers, it waits for what fits the text.

        While a callback is being promised, the same keys choose one of the offered times.
        """
        if self.asks_when():
            self.callback.choose(number)
            return
        bounced = self._since_save.isValid() and self._since_save.elapsed() < _BOUNCE_MS
        if self._saving or (bounced and self._form.is_empty()):
            return
        self.begun.emit()
        self._form.when_found(self._outcomes[number][1])

    def asks_when(self) -> bool:
        """Whether a callback is being promised."""
        return self.currentWidget() is self.callback

    def start_over(self) -> None:
        """Forgets whom this was about."""
        self._id, self._led_to = new_id(), new_id()
        self.setCurrentIndex(0)

    def is_saving(self) -> bool:
        return self._saving

    def leave_callback(self) -> None:
        if self.asks_when():
            self.setCurrentIndex(0)
            self.left.emit()

    # --- recording -----------------------------------------------------------------------------------

    def _send(self, work: Callable[[], object], done: Callable[..., object]) -> None:
        self._saving = True
        self._session.background.data(self, work, done, self._refused)

    def _record(self, outcome: str, led_to: UUID | None = None, matter: UUID | None = None) -> None:
        new, actor = self._form.new(self._id, outcome, led_to), self._session.actor
        if matter is not None:
            new = replace(new, matter_id=matter)
        self._send(lambda: consultations.record(actor, new), self._recorded)

    def _recorded(self, line: ConsultationLine) -> None:
        self._saving = False
        self._since_save.start()
        self.start_over()
        self.recorded.emit(line)

    def _refused(self, error: HallDeskError) -> None:
        self._saving = False
        if not (self.asks_when() and self.callback.refused(error)):
            self.refused.emit(error)

    def _matter(self) -> MatterLine | None:
        """The chosen matter; without one it says that one is needed."""
        line = self._form.matter
        if line is None:
            self._refused(BadInput("matter", "empty"))
        return line

    # --- slip, ticket, notice ------------------------------------------------------------------------

    def _give_slip(self) -> None:
        line = self._matter()
        if line is None:
            return
        actor, slip_id = self._session.actor, self._led_to
        new = self._form.new(self._id, "slip", slip_id)

        def work() -> tuple[SlipFacts, ConsultationLine]:
            facts = slips.give(actor, slip_id, line.window.id, line.id)
            return facts, consultations.record(actor, new)

        def done(made: tuple[SlipFacts, ConsultationLine]) -> None:
            print_slip(self._session, made[0])
            self._recorded(made[1])

        self._send(work, done)

    def _open_ticket(self) -> None:
        name, phone = self._form.resident()
        dialog = NewTicketDialog(self._session, name=name, phone=phone, matter=self._form.matter)
        dialog.opened.connect(self._ticket_opened)
        dialog.open()

    def _ticket_opened(self, ticket: TicketView) -> None:
        # In the ticket's form another matter may have been chosen than was asked about.
        self._record("ticket", ticket.card.id, ticket.card.matter_id)

    def _give_notice(self) -> None:
        line = self._matter()
        if line is None:
            return
        name, phone = self._form.resident()
        try:
            privacy.check_name(name, required=False)
            privacy.check_phone(phone)
        except BadInput as error:
            self._refused(error)
            return
        dialog = MissingNoticeDialog(self._session, line, self._led_to, name=name, phone=phone)
        dialog.given.connect(lambda: self._record("notice", self._led_to))
        dialog.open()

    # --- callbacks -----------------------------------------------------------------------------------

    def _begin_callback(self) -> None:
        line = self._matter()
        if line is None:
            return
        try:
            privacy.check_phone(self._form.resident()[1], required=True)
        except BadInput as error:
            self._refused(error)
            return
        self.setCurrentWidget(self.callback)
        self.callback.begin(line.window)

    def _promise(self) -> None:
        line = self._form.matter
        if self._saving or line is None:
            return
        self.begun.emit()
        try:
            due_at = self.callback.due_at()
        except BadInput as error:
            self._refused(error)
            return
        name, phone = self._form.resident()
        asked = NewCallback(
            id=self._led_to,
            window_id=line.window.id,
            phone=phone,
            name=name,
            matter_id=line.id,
            due_at=due_at,
            note=self._form.question.text().strip(),
            number_confirmed=self.callback.number_confirmed,
        )
        actor, new = self._session.actor, self._form.new(self._id, "callback", asked.id)

        def work() -> ConsultationLine:
            callbacks.promise(actor, asked)
            return consultations.record(actor, new)

        self._send(work, self._recorded)
