"""Promising a call: whom, about what, from which window, and when."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import callbacks
from hall_desk.services.callbacks import NewCallback
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.due_field import MOST_CHOICES, DueField, when_words
from hall_desk.ui.fields import LabelledField, PhoneEdit
from hall_desk.ui.labels import Text
from hall_desk.ui.matter_search import MatterSearch
from hall_desk.ui.window_field import WindowField

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.callbacks import Callback
    from hall_desk.services.matters import MatterLine
    from hall_desk.ui.session import Session


class NewCallbackDialog(FormDialog):
    """`recorded` gives the `Callback`. What is known already is filled in by whoever opens the form.

    An unusual number is questioned once: Enter again, with the number unchanged, keeps it.
    """

    def __init__(
        self,
        session: Session,
        *,
        phone: str = "",
        name: str = "",
        matter: MatterLine | None = None,
        window_id: UUID | None = None,
        note: str = "",
        ticket_id: UUID | None = None,
    ) -> None:
        super().__init__(session, _("New callback"), _("Promise the call"), width=760, height=500)
        self._id = new_id()
        self._ticket_id = ticket_id
        self._questioned = ""
        self.phone = LabelledField(_("Phone"), PhoneEdit())
        self.name = LabelledField(_("Name (optional)"))
        self.matter = MatterSearch(session, suggest=True)
        self.matter_field = LabelledField(_("Matter (optional)"), self.matter)
        own = session.actor.window_id
        place = window_id or (matter.window.id if matter else own)
        self.window_field = WindowField(session, place)
        self.due = DueField(session)
        self.note = LabelledField(_("Note (optional)"), placeholder=_("What it is about"))
        self.known = Text("", "soft").wrap()
        self.fields = {
            "phone": self.phone,
            "name": self.name,
            "matter": self.matter_field,
            "window": self.window_field,
            "due": self.due,
            "note": self.note,
        }
        self.phone.set_text(phone)
        self.name.set_text(name)
        self.note.set_text(note)
        if matter is not None:
            self.matter.set_matter(matter)
        self._lay_out()
        self._connect()
        self.due.ask(place)
        if phone:
            self._phone_typed("")

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.phone, 0, 0, top)
        grid.addWidget(self.name, 0, 1, top)
        grid.addWidget(self.matter_field, 1, 0, top)
        grid.addWidget(self.window_field, 1, 1, top)
        grid.addWidget(self.due, 2, 0, 1, 2)
        grid.addWidget(self.note, 3, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.known)
        self.end_layout()

    def _connect(self) -> None:
        self.phone.edit.textEdited.connect(self._phone_typed)
        self.matter.chosen.connect(self._matter_chosen)
        self.window_field.window_chosen.connect(self.due.ask)
        for number in range(MOST_CHOICES):
            self.bind(f"Alt+{number + 1}", partial(self.due.choose, number))

    def arrive(self) -> None:
        first = self.matter if self.phone.text() else self.phone
        first.setFocus(Qt.FocusReason.TabFocusReason)

    # --- while typing ------------------------------------------------------------------------------

    def _matter_chosen(self, line: MatterLine) -> None:
        self.matter_field.clear_error()
        self.window_field.choose(line.window.id)
        self.due.ask(line.window.id)

    def _phone_typed(self, _text: str) -> None:
        digits = self.phone.edit.digits()
        actor = self.session.actor
        self.known.clear()
        if len(digits) >= 7:
            self.session.background.data(
                self,
                lambda: callbacks.promised_to(actor, digits),
                self._promised,
                lambda _error: None,  # only a hint
                replaces="promised",
            )

    def _promised(self, there: Callback | None) -> None:
        if there is None:
            self.known.clear()
            return
        when = when_words(self.session.store, self.session.now(), there.call_at)
        words = _("This number is to be called already: {when}, window {window}.")
        self.known.setText(words.format(when=when, window=there.window_number))

    # --- sending -----------------------------------------------------------------------------------

    def work(self) -> Callable[[], object]:
        if self.matter.matter is None and self.matter.text():
            raise errors.BadInput("matter", "not_chosen")
        phone = self.phone.edit.digits()
        matter = self.matter.matter
        new = NewCallback(
            id=self._id,
            window_id=self.window_field.window_id(),
            phone=phone,
            name=self.name.text(),
            matter_id=matter.id if matter else None,
            due_at=self.due.due_at(),
            note=self.note.text(),
            ticket_id=self._ticket_id,
            number_confirmed=bool(phone) and phone == self._questioned,
        )
        callbacks.check(new)
        actor = self.session.actor
        return lambda: callbacks.promise(actor, new)

    def refused(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and (error.field, error.reason) == (
            "phone",
            "doubtful",
        ):
            self._questioned = self.phone.edit.digits()
        super().refused(error)
