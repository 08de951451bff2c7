"""The ticket a window is working on: resident, papers, result, and the ways it can go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.handled_papers import HandledPapers
from hall_desk.ui.id_line import IdLine
from hall_desk.ui.labels import Band, Chip, Ground, Text
from hall_desk.ui.result_field import ResultField
from hall_desk.ui.ticket_clock import clock_text, lateness_text, tone_of

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.papers_table import PaperRow
    from hall_desk.ui.session import Session


class WindowTicket(Ground):
    """Shows one ticket and says which step is wanted; whoever owns it does the step.

    Half-written results and ticks are kept per ticket until it leaves the window.
    """

    finish_wanted = Signal()
    record_wanted = Signal()
    claim_wanted = Signal()
    resume_wanted = Signal()
    note_read_wanted = Signal()
    suspend_wanted = Signal()
    transfer_wanted = Signal()
    release_wanted = Signal()
    terminate_wanted = Signal()
    papers_wanted = Signal()
    id_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self._half_done: dict[UUID, tuple[str, list[PaperRow]]] = {}
        self.ticket: TicketView | None = None
        self.number = Text("")
        self.number.setStyleSheet("font-size: 32px; font-weight: bold;")
        self.matter = Text("").wrap()
        self.matter.setStyleSheet("font-size: 18px;")
        self.state = Chip("", "muted")
        self.clock = Text("")
        self.clock.setStyleSheet("font-size: 32px; font-weight: bold;")
        self.late = Chip("", "bad")
        self.id_line = IdLine(session)
        self.id_line.wanted.connect(self.id_wanted)
        self.resident, self.opened, self.remark = Text("").wrap(), Text(""), Text("").wrap()
        self.note = Band("warn")
        self.note_text = Text("").wrap()
        self.note_button = Button(_("I have read it"), "primary", "Alt+N")
        self.owner = Band("info")
        self.owner_text = Text("").wrap()
        self.papers = HandledPapers()
        self.result = ResultField()
        self.outcome = Text("", "soft").wrap()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.finish_button = Button(_("Finish"), "success", "F7")
        self.claim_button = Button(_("Claim this one"), "primary", "Enter")
        self.resume_button = Button(_("Take up again"), "primary", "Enter")
        self.suspend_button = Button(_("Suspend…"))
        self.transfer_button = Button(_("Other window…"))
        self.release_button = Button(_("Requeue"))
        self.terminate_button = Button(_("Terminate…"), "danger")
        self.papers_button = Link(_("Papers…") + "  Alt+P")
        self._lay_out()
        for button, wanted in (
            (self.finish_button, self.finish_wanted),
            (self.claim_button, self.claim_wanted),
            (self.resume_button, self.resume_wanted),
            (self.note_button, self.note_read_wanted),
            (self.suspend_button, self.suspend_wanted),
            (self.transfer_button, self.transfer_wanted),
            (self.release_button, self.release_wanted),
            (self.terminate_button, self.terminate_wanted),
            (self.papers_button, self.papers_wanted),
            (self.papers.record, self.record_wanted),
        ):
            button.clicked.connect(wanted)
        self.papers.all_received.clicked.connect(self.receive_all)
        session.ticked.connect(self._tick)
        self.show_ticket(None, ())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.number)
        head.addWidget(self.matter, 1)
        head.addWidget(self.papers_button, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.late, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.clock)
        who = QGridLayout()
        who.setHorizontalSpacing(28)
        who.setVerticalSpacing(3)
        for column, (label, value) in enumerate(
            (
                (_("Resident"), self.resident),
                (_("Opened"), self.opened),
                (_("Remark"), self.remark),
            )
        ):
            who.addWidget(Text(label, "label"), 0, column)
            who.addWidget(value, 1, column, Qt.AlignmentFlag.AlignTop)
        who.addWidget(self.id_line, 2, 0, 1, 3)
        who.setColumnStretch(2, 1)
        for band, text, button in (
            (self.note, self.note_text, self.note_button),
            (self.owner, self.owner_text, None),
        ):
            line = QHBoxLayout(band)
            line.setContentsMargins(12, 7, 8, 7)
            line.addWidget(text, 1)
            if button is not None:
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        for button_ in (
            self.finish_button,
            self.claim_button,
            self.resume_button,
            self.suspend_button,
            self.transfer_button,
            self.release_button,
        ):
            foot.addWidget(button_)
        foot.addStretch(1)
        foot.addWidget(self.terminate_button)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(22, 16, 22, 18)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(who)
        for inside in (self.owner, self.note, self.papers, self.result, self.outcome):
            layout.addWidget(inside)
        layout.addStretch(1)
        layout.addWidget(self.problem)
        layout.addLayout(foot)
        self.nothing = Text("", "soft")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(whole)

    # --- showing --------------------------------------------------------------------------------

    def show_ticket(self, ticket: TicketView | None, result_texts: tuple[str, ...]) -> None:
        """Shows `ticket` with the sentences its matter offers as results."""
        before, self.ticket = self.ticket, ticket
        same = before is not None and ticket is not None and before.card.id == ticket.card.id
        if before is not None and not same:
            self._half_done[before.card.id] = (self.result.text(), self.papers.rows())
        self._stack.setCurrentIndex(0 if ticket is None else 1)
        if ticket is None:
            return
        card = ticket.card
        if not same:
            self.problem.hide()
        self.number.setText(card.number)
        self.matter.setText(card.matter)
        self._show_state(ticket)
        self.resident.setText(
            "  ".join(
                part
                for part in (
                    i18n.still_kept(card.name),
                    ticket.phone_masked,
                    i18n.code("priority", card.priority) if card.priority else "",
                )
                if part
            )
        )
        self.id_line.show_ticket(ticket)
        opened = self._session.store.local(card.opened_at)
        self.opened.setText(f"{opened:%H:%M} · {ticket.opened_by}")
        self.remark.setText(ticket.remark or "—")
        working = self._may_work() and card.state == "handling" and not card.unread_note
        self.papers.show_ticket(ticket, working=working)
        if not same:
            written, rows = self._half_done.pop(card.id, ("", []))
            self.result.set_text(written)
            self.papers.restore(rows)
        self.result.offer(result_texts if working else ())
        self._show_actions(ticket, working=working)
        self.tick()

    def forget(self, ticket_id: UUID) -> None:
        """Drops what was half written on a ticket that has left the window."""
        self._half_done.pop(ticket_id, None)
        if self.ticket is not None and self.ticket.card.id == ticket_id:
            self.result.set_text("")

    def keep(self, ticket_id: UUID, result: str, rows: list[PaperRow]) -> None:
        """What had been written on a ticket is there again when it is shown next: its last step was undone."""
        if self.ticket is not None and self.ticket.card.id == ticket_id:
            self.ticket = None
        self._half_done[ticket_id] = (result, rows)

    def _may_work(self) -> bool:
        ticket = self.ticket
        return (
            ticket is not None
            and self._session.actor.may("tickets.handle")
            and self._session.actor.window_id in (None, ticket.card.window_id)
        )

    def _show_state(self, ticket: TicketView) -> None:
        card = ticket.card
        mine = card.state == "handling" and card.owner == self._session.actor.name
        word = "" if mine else i18n.code("state", card.state)
        self.state.show_text(word, "warn" if card.state == "suspended" else "muted")
        other = card.state == "handling" and not mine
        self.owner.setVisible(other)
        self.owner_text.setText(
            _("{owner} has it in hand since {time}.").format(
                owner=card.owner, time=f"{self._session.store.local(card.since):%H:%M}"
            )
        )
        self.note.setVisible(bool(card.unread_note))
        self.note_text.setText(_("Note to read: {text}").format(text=card.unread_note))

    def _show_actions(self, ticket: TicketView, *, working: bool) -> None:
        state, may = ticket.card.state, self._may_work()
        self.note_button.setVisible(may and state == "handling")
        self.result.setVisible(working)
        said = ""
        if state == "suspended":
            said = _("Missing: {what}").format(what=ticket.card.missing)
        elif state in ("ready", "closed"):
            said = _("Result: {text}").format(text=ticket.result)
        self.outcome.setText(said)
        self.outcome.setVisible(bool(said))
        self.papers_button.setVisible(self._session.actor.may("tickets.print"))
        self.claim_button.setVisible(may and state == "queued")
        self.resume_button.setVisible(may and state == "suspended")
        for button in (self.finish_button, self.suspend_button, self.transfer_button):
            button.setVisible(working)
        self.release_button.setVisible(may and state == "handling")
        self.terminate_button.setVisible(
            may and state in ("queued", "handling", "suspended") and not ticket.card.unread_note
        )

    def tick(self) -> None:
        """Shows the running time and its colour."""
        if self.ticket is None:
            return
        card, now = self.ticket.card, self._session.store.estimated_now()
        self.clock.setText(clock_text(self._session, card, now))
        ink = theme.KINDS[tone_of(card, now).value][0]
        self.clock.setStyleSheet(f"font-size: 32px; font-weight: bold; color: {ink};")
        self.late.show_text(lateness_text(card, now), "bad")

    def _tick(self) -> None:
        if self.isVisible():
            self.tick()

    # --- keys -----------------------------------------------------------------------------------

    def receive_all(self) -> None:
        """Ticks every paper and records that at once."""
        if self.papers.record.isVisibleTo(self):
            self.papers.tick_all()
            self.record_wanted.emit()

    def record(self) -> None:
        if self.papers.record.isVisibleTo(self):
            self.record_wanted.emit()

    def read_note(self) -> None:
        if self.note.isVisibleTo(self) and self.note_button.isVisibleTo(self):
            self.note_read_wanted.emit()

    def work_on(self) -> None:
        """Puts the keyboard on this ticket's next step."""
        for widget, here in (
            (self.note_button, self.note_button.isVisibleTo(self)),
            (self.papers.table, self.papers.unrecorded()),
            (self.result, self.result.isVisibleTo(self)),
            (self.claim_button, self.claim_button.isVisibleTo(self)),
            (self.resume_button, self.resume_button.isVisibleTo(self)),
        ):
            if here:
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def say(self, sentence: str) -> None:
        """Says beside the buttons what was refused."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
