"""A phone case in ten seconds: matter, outcome, minutes, Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import halls, matters, phone_cases
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.matter_search import MatterSearch
from hall_desk.ui.numbered_choice import NumberedChoice
from hall_desk.ui.window_field import WindowField

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.services.callbacks import Callback
    from hall_desk.services.halls import Settings
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.phone_cases import PhoneCase
    from hall_desk.ui.session import Session


class PhoneCaseDialog(FormDialog):
    """`recorded` gives the `PhoneCase`. The matter may be left empty; a promised call brings its own."""

    def __init__(self, session: Session, *, callback: Callback | None = None) -> None:
        super().__init__(session, _("Phone case"), _("Record the case"), width=700, height=392)
        self._id = new_id()
        self._callback = callback
        self.matter = MatterSearch(session, suggest=True)
        self.window_chip = Chip("", "info")
        self.matter_field = LabelledField(_("Matter (optional)"), self.matter)
        actor = session.actor
        place = callback.window_id if callback else actor.window_id
        self.window_field = WindowField(session, place)
        if actor.window_id is not None:
            self.window_field.hide()
        self.outcome = NumberedChoice(
            [(code, i18n.code("phone_outcome", code)) for code in phone_cases.OUTCOMES]
        )
        self.outcome_field = LabelledField(_("Outcome"), self.outcome)
        self.minutes = LabelledField(_("Minutes"))
        self.minutes.edit.setMaxLength(4)
        self.minutes.setFixedWidth(190)
        self.note = LabelledField(_("Note (optional)"))
        self.fields = {
            "matter": self.matter_field,
            "window": self.window_field,
            "outcome": self.outcome_field,
            "minutes": self.minutes,
            "note": self.note,
        }
        self._lay_out()
        self.matter.edit.installEventFilter(self)
        self.matter.chosen.connect(self._matter_chosen)
        self.recorded.connect(self._tell)
        self.outcome.picked.connect(self._outcome_picked)
        self.minutes.set_text("3")
        if callback is not None:
            self.matter.edit.setText(callback.matter)
            self.matter_field.setEnabled(not callback.matter)
        session.background.data(
            self, lambda: halls.settings(actor), self._usual_minutes, lambda _error: None
        )

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(14)
        upper.addWidget(self.matter_field, 3)
        upper.addWidget(self.window_field, 2)
        lower = QHBoxLayout()
        lower.setSpacing(14)
        lower.addWidget(self.minutes, 0, Qt.AlignmentFlag.AlignTop)
        lower.addWidget(self.note, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(upper)
        self.body.addWidget(self.outcome_field)
        self.body.addLayout(lower)
        self.body.addWidget(Text(_("Counted in the day's report"), "soft"))
        self.end_layout()

    def arrive(self) -> None:
        first = self.matter if self.matter_field.isEnabled() else self.outcome
        first.setFocus(Qt.FocusReason.TabFocusReason)

    # --- one field leads to the next -----------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.matter.edit
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            # The keyboard goes on at once, also where the search still runs: the best match is taken when it comes.
            if self.matter.text() and self.matter.matter is None:
                self.matter.key_pressed(event)
            self.outcome.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return super().eventFilter(watched, event)

    def _matter_chosen(self, line: MatterLine) -> None:
        self.matter_field.clear_error()
        if self.session.actor.window_id is None:
            self.window_field.choose(line.window.id)

    def _outcome_picked(self, outcome: object) -> None:
        if outcome is not None:
            self.outcome_field.clear_error()
            self.minutes.edit.setFocus(Qt.FocusReason.TabFocusReason)
            self.minutes.edit.selectAll()

    def _usual_minutes(self, settings: Settings) -> None:
        if not self.minutes.edit.isModified():
            self.minutes.set_text(str(settings.phone_case_minutes))
            if self.minutes.edit.hasFocus():
                self.minutes.edit.selectAll()

    def _tell(self, case: PhoneCase) -> None:
        """Says what was recorded, and takes it back if that is pressed: the form itself is gone by then."""
        session = self.session
        actor, notices = session.actor, session.notices
        words = _("Recorded: {matter}, {outcome}, {minutes} min.").format(
            matter=case.matter or _("Other business"),
            outcome=i18n.code("phone_outcome", case.outcome),
            minutes=case.minutes,
        )
        notices.success(
            words,
            lambda: session.background.data(notices, lambda: phone_cases.undo(actor, case.id)),
        )

    # --- sending -----------------------------------------------------------------------------------

    def work(self) -> Callable[[], object]:
        outcome = self.outcome.value()
        if outcome is None:
            raise errors.BadInput("outcome", "unknown")
        minutes = phone_cases.read_minutes(self.minutes.text())
        actor, typed, matter = self.session.actor, self.matter.text(), self.matter.matter
        callback, place, note = self._callback, self.window_field.window_id(), self.note.text()
        matter_id = matter.id if matter else callback.matter_id if callback else None

        def record() -> PhoneCase:
            chosen = matter_id
            if chosen is None and typed:
                # Enter came before the search: the best match, as the list would have had it first.
                found = matters.search(actor, typed, 1)
                if not found:
                    raise errors.BadInput("matter", "not_chosen")
                chosen = found[0].id
            return phone_cases.record(
                actor,
                NewPhoneCase(
                    id=self._id,
                    window_id=place,
                    matter_id=chosen,
                    outcome=str(outcome),
                    minutes=minutes,
                    note=note,
                    callback_id=callback.id if callback else None,
                ),
            )

        return record
