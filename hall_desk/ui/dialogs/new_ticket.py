"""Taking in a new ticket; one key opens it and prints receipt and routing slip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.devices.instruments import IdCard
from hall_desk.i18n import _
from hall_desk.services import halls, intake_checks, matters, screening, slips, tickets
from hall_desk.store.ids import new_id
from hall_desk.ui import key_map, theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.earlier_notice import EarlierNotice
from hall_desk.ui.intake_aside import IntakeAside
from hall_desk.ui.intake_form import Draft, IntakeForm
from hall_desk.ui.labels import Text
from hall_desk.ui.ticket_papers import print_receipt, print_slip

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.devices.instruments import Reading
    from hall_desk.errors import HallDeskError
    from hall_desk.services.intake_checks import AtIntake
    from hall_desk.services.matters import Matter, MatterLine
    from hall_desk.services.slips import SlipFacts
    from hall_desk.services.tickets import Card, Expectation, ReceiptFacts, TicketView
    from hall_desk.ui.session import Session

# One unfinished form per signed-in person; it goes when they sign out.
_drafts: WeakKeyDictionary[Session, Draft] = WeakKeyDictionary()
# The ticket each signed-in person opened last: its resident may have another matter.
_last_opened: WeakKeyDictionary[Session, TicketView] = WeakKeyDictionary()


def another_matter(session: Session, ticket: TicketView | None = None) -> NewTicketDialog | None:
    """Opens the form for another matter of the resident of `ticket`, or of the one whose ticket was opened last."""
    first = ticket or _last_opened.get(session)
    if first is None or not session.actor.may("tickets.open"):
        return None
    dialog = NewTicketDialog(session, first=first)
    dialog.open()
    return dialog


class NewTicketDialog(Dialog):
    """The form. Show it with `open()`; Esc keeps what was typed for the next time.

    `name`, `phone` and `matter` are known already, for example from the temperature check. With `first` it is another
    matter of that ticket's resident, in the same visit: nothing of the resident is asked again, and no draft is kept.
    `opened` gives the new `TicketView`.
    """

    opened = Signal(object)

    def __init__(
        self,
        session: Session,
        *,
        name: str = "",
        phone: str = "",
        matter: MatterLine | None = None,
        check_id: UUID | None = None,
        first: TicketView | None = None,
    ) -> None:
        title = (
            _("New ticket")
            if first is None
            else _("Another matter of {name}").format(name=first.card.name)
        )
        super().__init__(session, title, width=940, height=690)
        self._first = first
        # Made when the form opens: however often Ctrl+Enter is pressed, it is one ticket.
        self._id = new_id()
        self._slip_id = new_id()
        self._second_allowed = False
        # The temperature check it is opened from, or why there is none.
        self._check_id = check_id
        self._without_check = ""
        self._existing: UUID | None = None
        self._sending = False
        self._build()
        draft = _drafts.get(session) if first is None else None
        if first is not None:
            self.form.go_on_from(first)
            self.aside.consent.setChecked(first.consent)
            self.aside.show_draft("")
            self.escape_hint.setText(_("Esc closes"))
        elif draft is not None and (not (name or phone or matter) or draft.is_of(name, phone)):
            self._go_on_with(draft)
        else:
            self.aside.show_draft(draft.who if draft else "")
        self._prefill(name, phone, matter)
        background, actor = session.background, session.actor
        background.data(self, lambda: tickets.next_number(actor), self.number.setText, self._quiet)
        background.data(
            self, lambda: halls.settings(actor).priorities, self.form.offer_priorities, self._quiet
        )
        self._look_up_resident()

    def _build(self) -> None:
        self.number = Text("", "title")
        self.number.setStyleSheet(f"color: {theme.PRIMARY};")
        self.number.setMinimumWidth(60)
        self.head.insertWidget(1, self.number)
        self.escape_hint.setText(_("Esc keeps the draft and closes"))
        self.form = IntakeForm(self.session)
        self.aside = IntakeAside(self.session)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.send = Button(_("Open and print receipt"), "success", "Ctrl+Enter")
        self.slip_only = Button(_("Only print a phone slip"))
        self.cancel = Button(_("Close"))
        sides = QHBoxLayout()
        sides.setSpacing(20)
        sides.addWidget(self.form, 1)
        sides.addWidget(self.aside)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send)
        foot.addWidget(self.slip_only)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        self.body.addLayout(sides, 1)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)
        form, aside = self.form, self.aside
        self.earlier = EarlierNotice(self.session)
        aside.add_band(self.earlier)
        form.matter.chosen.connect(self._matter_chosen)
        form.matter.cleared.connect(self._matter_cleared)
        form.matter.failed.connect(self._refused)
        form.phone.edit.editingFinished.connect(self._look_up_resident)
        form.name.edit.editingFinished.connect(self._look_up_resident)
        aside.existing_wanted.connect(self._show_existing)
        aside.second_wanted.connect(self._open_second)
        aside.draft_wanted.connect(self._back_to_draft)
        aside.without_check.connect(self._excuse_check)
        self.send.clicked.connect(self.send_form)
        self.slip_only.clicked.connect(self.give_slip)
        self.cancel.clicked.connect(self.reject)
        self.bind("Ctrl+Return", self.send_form)
        self.bind("Ctrl+Enter", self.send_form)
        self.bind("Alt+A", form.tick_all)

    def take_reading(self, reading: Reading) -> bool:
        """An ID card fills name and number, as if they had been typed."""
        if not isinstance(reading, IdCard) or self._first is not None or self._sending:
            return False
        self.form.take_card(reading)
        self._look_up_resident()
        return True

    def _prefill(self, name: str, phone: str, matter: MatterLine | None) -> None:
        form = self.form
        if name and not form.name.text():
            form.name.set_text(name)
        if phone and not form.phone.text():
            form.phone.set_text(phone)
        if matter is not None and form.matter.matter is None:
            form.matter.set_matter(matter)
            self._matter_chosen(matter)

    # --- what is looked up while typing -------------------------------------------------------------

    def _matter_chosen(self, line: MatterLine) -> None:
        self.form.matter_field.clear_error()
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: (
                matters.get(actor, line.id),
                tickets.expectation(actor, line.id, line.window.id),
            ),
            self._matter_read,
            self._refused,
            replaces="matter",
        )
        self._look_up_resident()
        if self.form.matter.edit.hasFocus():
            next_field = self.form.name if self._first is None else self.form.papers
            next_field.setFocus(Qt.FocusReason.TabFocusReason)

    def _matter_read(self, read: tuple[Matter, Expectation]) -> None:
        matter, expectation = read
        self.aside.show_matter(matter, expectation)
        self.form.show_materials(matter)

    def _matter_cleared(self) -> None:
        self.form.matter_field.clear_error()
        self.aside.show_nothing()
        self._second_allowed = False

    def _look_up_resident(self) -> None:
        """A known phone's name, today's temperature check, and an open ticket for the same matter."""
        if self._first is not None:
            return  # known since the first matter; an open ticket is told when it is sent
        actor = self.session.actor
        name, phone = self.form.resident()
        line = self.form.matter.matter
        self.earlier.look_up(line.id if line else None, phone)
        screened, check_id = actor.may("screening.read"), self._check_id

        def work() -> tuple[str, AtIntake | None, Card | None]:
            known = screening.known_name(actor, phone) if screened and phone and not name else None
            called = name or known or ""
            check = (
                intake_checks.at_intake(actor, called, phone, check_id)
                if screened and called
                else None
            )
            other = tickets.open_for(actor, line.id, called, phone) if line and called else None
            return called, check, other

        if name or phone:
            self.session.background.data(
                self, work, self._resident_known, self._quiet, replaces="resident"
            )
        else:
            self.aside.show_check("", None)
            self.aside.show_existing(None)

    def _resident_known(self, known: tuple[str, AtIntake | None, Card | None]) -> None:
        name, check, other = known
        if name and not self.form.name.text():
            self.form.name.set_text(name)
        self.aside.show_check(name, check, self._without_check)
        if other is None or other.id == self._id:
            self._existing = None
            self._second_allowed = False
            self.aside.show_existing(None)
        elif not self._second_allowed:
            self._existing = other.id
            self.aside.show_existing(
                errors.OpenTicketExists(
                    number=other.number,
                    window=other.window_number,
                    owner=other.owner,
                    ticket_id=other.id,
                )
            )

    def _quiet(self, error: HallDeskError) -> None:
        """What is only offered beside the form is left out when it cannot be read; sending says why."""

    # --- sending --------------------------------------------------------------------------------------

    def send_form(self) -> None:
        """Opens the ticket and prints its receipt and routing slip."""
        if self._sending or not self.is_open():
            return
        self._clear_errors()
        try:
            asked = self.form.new_ticket(
                self._id,
                consent=self.aside.consent.isChecked(),
                second_allowed=self._second_allowed,
            )
        except errors.BadInput as error:
            self._refused(error)
            return
        asked = replace(asked, check_id=self._check_id, without_check=self._without_check)
        actor = self.session.actor

        def work() -> tuple[TicketView, ReceiptFacts]:
            ticket = tickets.open(actor, asked)
            return ticket, tickets.receipt_facts(actor, ticket.card.id)

        self._busy(True)
        self.session.background.data(self, work, self._opened, self._refused)

    def _opened(self, made: tuple[TicketView, ReceiptFacts]) -> None:
        ticket, facts = made
        if self._first is None:
            _drafts.pop(self.session, None)
        print_receipt(self.session, facts)
        card, session = ticket.card, self.session
        _last_opened[session] = ticket
        said = _("{number} is open for window {window}.")
        session.notices.success(
            said.format(number=card.number, window=card.window_number),
            lambda: another_matter(session, ticket),
            _("Another matter  {key}").format(key=key_map.now("Shift+F4")),
        )
        self.opened.emit(ticket)
        self.accept()

    def give_slip(self) -> None:
        """The other way: no ticket, only the window's number on paper."""
        if self._sending or not self.is_open():
            return
        self._clear_errors()
        line = self.form.matter.matter
        if line is None:
            self._refused(errors.BadInput("matter", "empty"))
            return
        self._busy(True)
        actor, slip_id = self.session.actor, self._slip_id
        self.session.background.data(
            self,
            lambda: slips.give(actor, slip_id, line.window.id, line.id),
            self._slip_given,
            self._refused,
        )

    def _slip_given(self, facts: SlipFacts) -> None:
        if self._first is None:
            _drafts.pop(self.session, None)
        print_slip(self.session, facts)
        self.accept()

    def _busy(self, busy: bool) -> None:
        self._sending = busy
        self.send.setEnabled(not busy)
        self.slip_only.setEnabled(not busy)

    def _refused(self, error: HallDeskError) -> None:
        """Says it beside the field it is about; everything that was typed stays."""
        self._busy(False)
        if isinstance(error, errors.OpenTicketExists):
            self._existing = error.ticket_id
            self.aside.show_existing(error)
            self.aside.open_existing.setFocus(Qt.FocusReason.OtherFocusReason)
        elif isinstance(error, errors.BadInput) and error.field == "consent":
            self.aside.show_consent_error(i18n.explain(error))
        elif isinstance(error, errors.BadInput) and error.field == "check":
            excusable = error.reason == "needed"
            self.aside.show_check_error(i18n.explain(error), excusable=excusable)
        elif not self.form.show_error(error):
            self.problem.setText(i18n.explain(error))
            self.problem.show()

    def _clear_errors(self) -> None:
        self.form.clear_errors()
        self.problem.hide()
        self.aside.consent_error.hide()

    def _excuse_check(self, reason: str) -> None:
        """Why this resident is taken in without a check of their own; it is journalled with the ticket."""
        self._without_check = reason
        self._look_up_resident()

    def _open_second(self) -> None:
        self._second_allowed = True
        self.aside.show_existing(None)
        self.send_form()

    def _show_existing(self) -> None:
        self.reject()
        self.session.go("proxy", ticket_id=self._existing)

    # --- the draft --------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Closes and keeps what was typed."""
        if self._first is not None:
            super().reject()
            return
        draft = self.form.draft(self._id, consent=self.aside.consent.isChecked())
        if draft.empty:
            _drafts.pop(self.session, None)
        else:
            _drafts[self.session] = draft
        super().reject()

    def _go_on_with(self, draft: Draft) -> None:
        self._id = draft.id
        self._check_id = None  # of whoever was measured last, who is somebody else
        self.form.fill(draft)
        self.aside.consent.setChecked(draft.consent)
        if draft.matter is not None:
            self._matter_chosen(draft.matter)

    def _back_to_draft(self) -> None:
        if (draft := _drafts.get(self.session)) is not None:
            self.aside.show_draft("")
            self._go_on_with(draft)
            self._look_up_resident()
