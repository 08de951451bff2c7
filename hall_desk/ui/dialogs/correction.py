"""Putting a ticket right: a manager changes what was written, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import halls, matters, tickets
from hall_desk.services.tickets import FieldChange, NewCorrection
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.form import FormDialog
from hall_desk.ui.fields import LabelledField, PhoneEdit
from hall_desk.ui.labels import Text
from hall_desk.ui.matter_search import MatterSearch
from hall_desk.ui.ticket_cards import window_text
from hall_desk.ui.ticket_history import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.services.matters import WindowLine
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Offered:
    windows: list[WindowLine]
    priorities: tuple[str, ...]


class CorrectionDialog(FormDialog):
    """The ticket's fields as they are; what is changed is sent. `recorded` gives the ticket.

    A phone number is not shown whole, so an empty field leaves it as it is; so does an empty matter.
    """

    def __init__(self, session: Session, ticket: TicketView) -> None:
        title = _("Put {number} right").format(number=ticket.card.number)
        super().__init__(session, title, _("Save"), width=700, height=600)
        self.ticket = ticket
        self._id = new_id()
        self._stale = False
        card = ticket.card
        queued, done = card.state == "queued", card.state in ("ready", "closed")
        self.name = LabelledField(_("Name"))
        self.name.set_text(card.name)
        self.phone = LabelledField(_("Phone number"), PhoneEdit())
        now = ticket.phone_masked or _("none")
        self.phone.edit.setPlaceholderText(_("unchanged: {phone}").format(phone=now))
        self.priority = QComboBox()
        self.remark = LabelledField(_("Remark"))
        self.remark.set_text(ticket.remark)
        self.matter = MatterSearch(session)
        self.matter.edit.setPlaceholderText(_("unchanged: {matter}").format(matter=card.matter))
        self.place = QComboBox()
        self.result = LabelledField(_("Reason of the end") if self._broken_off() else _("Result"))
        self.result.set_text(ticket.result)
        self.reason = LabelledField(
            _("Why it is put right"), placeholder=_("e.g. misheard at intake")
        )
        self.fields = {
            "name": self.name,
            "phone": self.phone,
            "priority": LabelledField(_("Priority"), self.priority),
            "remark": self.remark,
            "matter": LabelledField(_("Matter"), self.matter),
            "window": LabelledField(_("Window"), self.place),
            "result": self.result,
            "reason": self.reason,
        }
        # Only hidden: what is shown before it has a parent becomes a window of its own.
        for field, offered in (("matter", queued), ("window", queued), ("result", done)):
            if not offered:
                self.fields[field].hide()
        self._lay_out()
        session.changed.connect(self._changed)
        actor = session.actor
        session.background.data(
            self,
            lambda: _Offered(matters.windows(actor), halls.settings(actor).priorities),
            self._offer,
            self.refused,
        )

    def _broken_off(self) -> bool:
        return self.ticket.card.outcome in ("withdrawn", "terminated")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        places = {
            "name": (0, 0, 1), "phone": (0, 1, 1), "priority": (1, 0, 1), "remark": (1, 1, 1),
            "matter": (2, 0, 1), "window": (2, 1, 1), "result": (3, 0, 2), "reason": (4, 0, 2),
        }  # fmt: skip
        for field, (row, column, wide) in places.items():
            grid.addWidget(self.fields[field], row, column, 1, wide, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        said = _("What stood there before is kept, and the reason is shown in the history.")
        self.body.addWidget(Text(said, "soft").wrap())
        self.body.addLayout(grid)
        self.end_layout()

    def _offer(self, offered: _Offered) -> None:
        card = self.ticket.card
        self.priority.addItem(_("none"), "")
        for value in dict.fromkeys((*offered.priorities, card.priority)):
            if value:
                self.priority.addItem(i18n.code("priority", value), value)
        self.priority.setCurrentIndex(max(0, self.priority.findData(card.priority)))
        for line in offered.windows:
            self.place.addItem(f"{window_text(line.number)}  {line.name}", line.id.hex)
        self.place.setCurrentIndex(max(0, self.place.findData(card.window_id.hex)))

    def changes(self) -> tuple[FieldChange, ...]:
        """What stands in the form otherwise than on the ticket."""
        card, ticket = self.ticket.card, self.ticket
        written = [
            ("name", card.name, self.name.text()),
            ("remark", ticket.remark, self.remark.text()),
        ]
        if self.priority.count():
            written.append(("priority", card.priority, self.priority.currentData()))
        if phone := self.phone.edit.digits():
            written.append(("phone", ticket.phone_masked, phone))
        if card.state == "queued":
            if self.matter.matter is not None:
                written.append(("matter", card.matter_id.hex, self.matter.matter.id.hex))
            elif self.matter.text().strip():
                raise errors.BadInput("matter", "empty")
            if self.place.count():
                written.append(("window", card.window_id.hex, self.place.currentData()))
        if card.state in ("ready", "closed"):
            written.append(("result", ticket.result, self.result.text()))
        return tuple(
            FieldChange(field, seen, value)
            for field, seen, value in written
            if seen != value.strip()
        )

    def send(self) -> None:
        if not self._stale:
            super().send()

    def work(self) -> Callable[[], TicketView]:
        actor = self.session.actor
        asked = NewCorrection(self._id, self.ticket.card.id, self.changes(), self.reason.text())
        return lambda: tickets.correct(actor, asked)

    # --- another PC changes the ticket meanwhile -----------------------------------------------------

    def _changed(self, changed: Changed) -> None:
        touched = changed.everything or self.ticket.card.id in changed.tickets
        if not touched or self._sending or not self.is_open():
            return
        actor, ticket_id = self.session.actor, self.ticket.card.id
        self.session.background.data(
            self,
            lambda: tickets.get(actor, ticket_id),
            self._read_again,
            lambda _error: None,
            replaces="again",
        )

    def _read_again(self, now: TicketView) -> None:
        """Says which fields somebody else has changed; what was typed stays, and is not sent over theirs."""
        if self._sending:
            return
        before = _shown(self.ticket)
        other = [field for field, value in _shown(now).items() if before[field] != value]
        if not other:
            return
        self._stale = True
        self.send_button.setEnabled(False)
        words = [
            _("{field}: {value}").format(field=_(FIELDS.get(field, "")), value=value or "—")
            for field, value in _shown(now).items()
            if field in other
        ]
        self.say(
            _("Changed on another PC meanwhile: {what}. Close this and look again.").format(
                what=_(", ").join(words)
            )
        )


def _shown(ticket: TicketView) -> dict[str, str]:
    card = ticket.card
    return {
        "name": card.name,
        "phone": ticket.phone_masked,
        "priority": i18n.code("priority", card.priority) if card.priority else "",
        "remark": ticket.remark,
        "result": ticket.result,
        "matter": card.matter,
        "window": window_text(card.window_number),
    }
