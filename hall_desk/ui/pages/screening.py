"""Screening: everybody's temperature, one line, keyboard only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.devices.instruments import IdCard
from hall_desk.errors import DatabaseAway, NotFound
from hall_desk.i18n import _
from hall_desk.services import finding, halls, screening
from hall_desk.ui import hall_head
from hall_desk.ui.buttons import Button
from hall_desk.ui.check_form import CheckForm
from hall_desk.ui.checks_table import make_table, waits
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.hall_head import HallHead
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.recheck_strip import RecheckStrip
from hall_desk.ui.today_panel import TodayPanel
from hall_desk.ui.verdict import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.devices.instruments import Reading, Temperature
    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.screening import Check, NewCheck, Summary
    from hall_desk.ui.hall_head import Door
    from hall_desk.ui.session import Session

# An Enter that bounces after a save is not a try to save nothing.
_BOUNCE_MS = 700


@dataclass(frozen=True)
class _Shown:
    summary: Summary
    checks: list[Check]
    holds: list[Check]
    threshold_tenths: int
    door: Door


def _read(actor: Actor) -> _Shown:
    return _Shown(
        screening.summary(actor),
        screening.today(actor),
        screening.holds(actor),
        halls.settings(actor).threshold_tenths,
        hall_head.read(actor),
    )


class ScreeningPage(Page):
    name = "screening"
    right = "screening.record"
    topics = frozenset({"check", "passage", "setting"})

    @classmethod
    def title(cls) -> str:
        return _("Temperatures")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.hall = HallHead(session)
        self.form = CheckForm(session)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.verdict = Verdict(session.store)
        self.strip = RecheckStrip()
        self.save_button = Button(_("Save"), "primary", "Enter")
        self.ticket_button = Button(_("Save and open ticket"), "plain", "F4")
        self.slip_button = Button(_("Print phone slip"), "plain", "F8")
        self.incident_button = Button(_("Report an incident"), "danger", "F9")
        self.today = TodayPanel()
        self.model, self.table = make_table(session.store)
        self.first_steps = FirstSteps(session, self.name, self.table.viewport())
        self._saving: NewCheck | None = None
        # What was measured while a check was being saved belongs to the next person.
        self._measured: Temperature | None = None
        self._then_ticket = False
        self._since_save = QElapsedTimer()
        # Whom a ticket is opened for when F4 is pressed on an empty form: name, phone, matter.
        self._last: tuple[str, str, MatterLine | None] = ("", "", None)
        self._last_check: Check | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Temperatures"), "title"))
        head.addWidget(self.hall, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for button in (self.save_button, self.ticket_button, self.slip_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.incident_button)
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 16, 24, 18)
        inside.setSpacing(12)
        inside.addLayout(head)
        inside.addWidget(self.form)
        inside.addWidget(self.problem)
        inside.addWidget(self.verdict)
        inside.addWidget(self.strip)
        inside.addLayout(buttons)
        inside.addStretch(1)
        self.today.setFixedWidth(290)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(card, 1)
        upper.addWidget(self.today)
        list_card = Ground()
        list_inside = QVBoxLayout(list_card)
        list_inside.setContentsMargins(1, 1, 1, 1)
        list_inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(upper)
        layout.addWidget(list_card, 1)

    def _connect(self) -> None:
        self.form.submitted.connect(self.save)
        self.form.recheck_left.connect(self.verdict.show_last)
        self.verdict.undo_asked.connect(self.undo)
        self.verdict.left.connect(self.form.leave_recheck)
        self.verdict.gone_asked.connect(self.held_person_left)
        self.strip.picked.connect(self.start_recheck)
        self.save_button.clicked.connect(self.save)
        self.ticket_button.clicked.connect(self.save_and_open_ticket)
        self.slip_button.clicked.connect(self.open_slip)
        self.incident_button.clicked.connect(self.report_incident)
        self.table.chosen.connect(self._row_chosen)
        self.session.ticked.connect(self._on_ticked)
        self.session.online_changed.connect(self._online_changed)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            *self.form.shortcuts(),
            *self.hall.shortcuts(),
            Shortcut("F4", self.save_and_open_ticket),
            Shortcut("F8", self.open_slip),
            Shortcut("Alt+Z", self.verdict.ask_undo),
            Shortcut("Alt+L", self.verdict.ask_gone),
            Shortcut("Alt+1", lambda: self.strip.pick(0)),
            Shortcut("Alt+2", lambda: self.strip.pick(1)),
            Shortcut("Alt+3", lambda: self.strip.pick(2)),
        )

    def arrive(self) -> None:
        self.form.focus_temperature()

    # --- reading -----------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self.session.actor
        self.session.background.data(self, lambda: _read(actor), self._show, replaces="reload")

    def _show(self, shown: _Shown) -> None:
        self.form.threshold_tenths = shown.threshold_tenths
        self.hall.show_door(shown.door)
        self.today.show_summary(shown.summary, shown.threshold_tenths)
        self.model.show(shown.checks)
        self.first_steps.show_for(empty=not shown.checks)
        self.strip.show_holds(shown.holds, self.session.now())
        self.badge.emit(len(shown.holds), "bad")

    def reload_badge(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: len(screening.holds(actor)),
            lambda count: self.badge.emit(count, "bad"),
            replaces="badge",
        )

    def _on_ticked(self, now: datetime) -> None:
        if self.isVisible():
            self.strip.show_time(now)
            self.verdict.show_time(now)

    # --- saving --------------------------------------------------------------------------------------

    def save(self) -> None:
        """Records what stands in the form; the form is emptied only when that is done."""
        if self._saving is not None:
            return
        bounced = self._since_save.isValid() and self._since_save.elapsed() < _BOUNCE_MS
        if bounced and self.form.is_empty():
            return
        self.form.clear_errors()
        self.problem.hide()
        new, actor = self.form.new_check(), self.session.actor
        self._saving = new
        self.session.background.data(
            self, lambda: screening.record(actor, new), self._saved, self._refused
        )

    def _saved(self, check: Check) -> None:
        sent, self._saving = self._saving, None
        then_ticket, self._then_ticket = self._then_ticket, False
        assert sent is not None
        self._last = (check.name, sent.phone, self.form.matter_line())
        self._last_check = check
        self._since_save.start()
        self.verdict.show_check(check, self.session.now())
        self.form.next_person(sent)
        self._take_measured()
        if then_ticket and check.outcome == "normal":
            self._open_ticket()

    def _refused(self, error: HallDeskError) -> bool:
        self._saving, self._then_ticket = None, False
        measured, self._measured = self._measured, None
        if measured is not None:
            self.offer_reading(measured)
        if isinstance(error, NotFound) and error.kind == "check":
            self.form.leave_recheck()
            self.session.notices.error(_("This person has been measured again already."))
            self.reload()
            return True
        if isinstance(error, DatabaseAway):
            # Beside the form, which keeps what was typed: the same Enter saves it when the server is back.
            self.problem.setText(i18n.explain(error))
            self.problem.show()
            return True
        return self.form.refused(error)

    def _online_changed(self, online: bool) -> None:
        if online:
            self.problem.hide()

    def save_and_open_ticket(self) -> None:
        """Records the reading, then opens the new ticket form for the same person."""
        if self.form.is_empty() and self.form.rechecking is None:
            self._open_ticket()
        else:
            self._then_ticket = True
            self.save()

    def _open_ticket(self) -> None:
        if self.session.actor.may("tickets.open"):
            name, phone, matter = self._last
            check = self._last_check
            passed = check.id if check is not None and check.passed else None
            NewTicketDialog(
                self.session, name=name, phone=phone, matter=matter, check_id=passed
            ).open()

    def open_slip(self) -> None:
        """Prints a telephone slip, for the reason that stands in the form where it is a matter."""
        SlipDialog(self.session, matter=self.form.matter_line()).open()

    def incident_about(self) -> dict[str, Any]:
        """During a second reading, the person who was held."""
        first = self.form.rechecking
        return {} if first is None else {"people": first.name, "check_id": first.id}

    def report_incident(self) -> None:
        IncidentDialog(self.session, **self.incident_about()).open()

    def take_scan(self, code: str) -> bool:
        """A receipt that is scanned at the door: its resident leaves. False for any other code."""
        if not finding.is_receipt(code):
            return False
        self.hall.leave_by_receipt(code)
        return True

    # --- devices ----------------------------------------------------------------------------------------

    def take_reading(self, reading: Reading) -> bool:
        """A temperature is filled in; of an ID card the name, where one is asked."""
        if isinstance(reading, IdCard):
            return self.form.take_name(reading.name)
        self._measured = reading
        if self._saving is None:
            self._take_measured()
        return True

    def offer_reading(self, reading: Temperature) -> None:
        """Keeps a reading that came while the form did not lie on top."""
        local = self.session.store.local(self.session.now())
        self.form.offer_temperature(reading, f"{local:%H:%M}")

    def _take_measured(self) -> None:
        measured, self._measured = self._measured, None
        if measured is not None:
            self.form.take_temperature(measured)

    # --- undo and second readings -----------------------------------------------------------------------

    def undo(self, check: Check) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: screening.undo(actor, check.id),
            lambda _nothing: self.verdict.show_undone(check),
            self._not_undone,
        )

    def _not_undone(self, error: HallDeskError) -> bool:
        if not isinstance(error, NotFound):
            return False
        self.session.notices.error(_("This check can no longer be withdrawn."))
        return True

    def held_person_left(self, first: Check) -> None:
        """Notes that somebody who was held went away without a second reading."""
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: screening.left(actor, first.id),
            lambda _nothing: self._noted_left(first),
            self._refused,
        )

    def _noted_left(self, first: Check) -> None:
        self.form.leave_recheck()
        self.verdict.show_gone(first)

    def start_recheck(self, first: Check) -> None:
        self.form.start_recheck(first)
        self.verdict.show_recheck(first, self.session.now())

    def _row_chosen(self, check: Check) -> None:
        if waits(check):
            self.start_recheck(check)
        else:
            self.form.focus_temperature()
