"""One ticket in full beside the board: its papers, what happened, and handing it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import key_map
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.hand_back_foot import HandBackFoot
from hall_desk.ui.id_line import IdLine
from hall_desk.ui.labels import Band, Chip, Ground, Text
from hall_desk.ui.papers_table import PaperRow, PapersTable
from hall_desk.ui.ticket_cards import Chip as CardChip
from hall_desk.ui.ticket_cards import holder_text, unbroken, window_text
from hall_desk.ui.ticket_history import History

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtCore import QModelIndex

    from hall_desk.services.tickets import PaperLine, TicketView
    from hall_desk.ui.session import Session

# The whole middle of the panel scrolls, so its table never does.
MOST_ROWS = 1000
STATE_KINDS = {
    "queued": "muted",
    "handling": "info",
    "suspended": "warn",
    "ready": "info",
    "closed": "ok",
}


class TicketPanel(Ground):
    """Shows one ticket. What is half typed stays while the same ticket is shown again.

    Signals: `hand_back_wanted(Proof, keys of the papers or None for all)`, `other_collector_wanted` likewise; the
    others carry nothing.
    """

    hand_back_wanted = Signal(object, object)
    withdraw_wanted = Signal()
    resume_wanted = Signal()
    board_wanted = Signal()
    other_collector_wanted = Signal(object, object)
    another_matter_wanted = Signal()
    papers_wanted = Signal()
    correction_wanted = Signal()
    id_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self._unticked: set[UUID] = set()
        self.ticket: TicketView | None = None
        self.number = Text("", "title")
        self.number.setStyleSheet("font-size: 26px; font-weight: bold;")
        self.state = Chip("", "muted")
        self.who = Text("").wrap()
        self.priority = Chip("", "info")
        self.id_line = IdLine(session)
        self.facts = Text("", "soft").wrap()
        self.remark = Text("", "soft").wrap()
        self.result = Band("info")
        self.result_text = Text("").wrap()
        result = QVBoxLayout(self.result)
        result.setContentsMargins(10, 6, 10, 6)
        result.addWidget(self.result_text)
        self.papers = PapersTable(("name", "place", "at"), header=False, most_rows=MOST_ROWS)
        self.papers.edited.connect(self._ticks_changed)
        self.papers.selectionModel().currentChanged.connect(self._follow_keyboard)
        self.no_papers = Text(_("No papers"), "soft")
        self.history = History(session)
        self.hand_back_foot = HandBackFoot(self.papers)
        self.proof = self.hand_back_foot.proof
        self.problem = self.hand_back_foot.problem
        self.hand_back_button = self.hand_back_foot.button
        self.collector_link = self.hand_back_foot.collector_link
        self.withdraw_button = Button(_("Withdraw…"))
        self.resume_button = Button(_("Take up again"))
        self.papers_button = Button(_("Papers…"), key="Alt+P")
        self.another_button = Link(_("Add matter") + f"  {key_map.now('Shift+F4')}")
        self.correct_link = Link(_("Put right…") + "  Alt+E")
        self._lay_out()
        self.proof.left.connect(self.board_wanted)
        self.hand_back_foot.hand_back_wanted.connect(self.hand_back_wanted)
        self.hand_back_foot.other_collector_wanted.connect(self.other_collector_wanted)
        self.withdraw_button.clicked.connect(self.withdraw_wanted)
        self.resume_button.clicked.connect(self.resume_wanted)
        self.papers_button.clicked.connect(self.papers_wanted)
        self.another_button.clicked.connect(self.another_matter_wanted)
        self.correct_link.clicked.connect(self.correction_wanted)
        self.id_line.wanted.connect(self.id_wanted)
        self.show_ticket(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.number)
        head.addStretch(1)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        person = QHBoxLayout()
        person.setSpacing(10)
        person.addWidget(self.who, 1)
        person.addWidget(self.priority, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.resume_button, self.withdraw_button):
            foot.addWidget(button)
        foot.addStretch(1)
        more = QHBoxLayout()
        more.setSpacing(8)
        more.addWidget(self.papers_button)
        more.addWidget(self.another_button)
        more.addStretch(1)
        inside = QWidget()
        inside.setProperty("clear", "yes")
        middle = QVBoxLayout(inside)
        middle.setContentsMargins(0, 0, 8, 0)
        middle.setSpacing(6)
        for widget in (self.id_line, self.facts, self.remark, self.result):
            middle.addWidget(widget)
        middle.addSpacing(4)
        middle.addWidget(Text(_("Papers"), "heading"))
        middle.addWidget(self.papers)
        middle.addWidget(self.no_papers)
        middle.addSpacing(4)
        past = QHBoxLayout()
        past.addWidget(Text(_("History"), "heading"))
        past.addStretch(1)
        past.addWidget(self.correct_link)
        middle.addLayout(past)
        middle.addWidget(self.history)
        middle.addStretch(1)
        self.middle = QScrollArea()
        self.middle.setWidgetResizable(True)
        self.middle.setFrameShape(QFrame.Shape.NoFrame)
        self.middle.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.middle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.middle.setWidget(inside)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(person)
        layout.addWidget(self.middle, 1)
        layout.addWidget(self.hand_back_foot)
        layout.addSpacing(2)
        layout.addLayout(foot)
        layout.addLayout(more)
        how = _("Choose a ticket with the arrow keys, or open a new one with {key}.")
        nothing = Text(how.format(key=key_map.now("F4")), "soft")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.wrap().setMargin(24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)

    # --- showing --------------------------------------------------------------------------------

    def show_ticket(self, ticket: TicketView | None) -> None:
        """Shows `ticket`; another one than before starts with an empty proof field and all ticked."""
        before, self.ticket = self.ticket, ticket
        self._stack.setCurrentIndex(0 if ticket is None else 1)
        if ticket is None:
            return
        if before is None or before.card.id != ticket.card.id:
            self._unticked.clear()
        card = ticket.card
        self.number.setText(card.number)
        word = i18n.code("state", card.state)
        if card.outcome in ("withdrawn", "terminated"):
            word = f"{i18n.code('ticket_outcome', card.outcome)} · {word}"
        self.state.show_text(word, STATE_KINDS.get(card.state, "muted"))
        self.who.setText(f"{unbroken(i18n.still_kept(card.name))}  {ticket.phone_masked}".strip())
        self.priority.show_text(
            i18n.code("priority", card.priority) if card.priority else "", "info"
        )
        self.id_line.show_ticket(ticket)
        self.facts.setText(self._facts(ticket))
        self.remark.setText(_("Said at intake: {text}").format(text=ticket.remark))
        self.remark.setVisible(bool(ticket.remark))
        self._show_result(ticket)
        self._show_papers(ticket)
        self.history.show_lines(ticket.history)
        if before is None or before.card.id != ticket.card.id:
            self.middle.verticalScrollBar().setValue(0)
        self._show_actions(ticket)

    def _facts(self, ticket: TicketView) -> str:
        local, card = self._session.store.local, ticket.card
        parts = [window_text(card.window_number)]
        if card.owner:
            parts.append(card.owner)
        parts.append(_("opened {time}").format(time=f"{local(card.opened_at):%H:%M}"))
        if card.state == "ready":
            parts.append(_("ready {time}").format(time=f"{local(card.since):%H:%M}"))
        return " · ".join((card.matter, *(unbroken(part) for part in parts)))

    def _show_result(self, ticket: TicketView) -> None:
        card = ticket.card
        if card.state == "suspended":
            self.result.show_kind("warn")
            said = _("Missing: {what}").format(what=card.missing)
        elif card.outcome in ("withdrawn", "terminated"):
            self.result.show_kind("warn")
            said = _("Reason: {text}").format(text=i18n.still_kept(ticket.result))
        else:
            self.result.show_kind("info")
            said = _("Result: {text}").format(text=ticket.result) if ticket.result else ""
        self.result_text.setText(said)
        self.result.setVisible(bool(said))

    def _show_papers(self, ticket: TicketView) -> None:
        returning = self._returning(ticket)
        self.papers.show_rows([self._row(paper, returning) for paper in ticket.papers])
        self.papers.setVisible(bool(ticket.papers))
        self.no_papers.setVisible(not ticket.papers)

    def _row(self, paper: PaperLine, returning: bool) -> PaperRow:
        chip = None
        if paper.new:
            chip = CardChip("ok", _("New"))
        elif paper.difference:
            missing = paper.difference == "missing"
            chip = CardChip("warn", _("Missing") if missing else paper.difference)
        elif paper.shared:
            chip = CardChip("muted", _("with {number}").format(number=paper.shared))
        elif paper.needed_by:
            chip = CardChip("info", _("for {number} too").format(number=paper.needed_by))
        return PaperRow(
            paper.id,
            paper.name,
            original=paper.original,
            count=paper.count,
            # What another ticket of the visit still needs cannot go home yet.
            ticked=paper.id not in self._unticked
            if returning and paper.out and not paper.needed_by
            else None,
            chip=chip,
            place=holder_text(paper.holder, paper.holder_window),
            at=f"{self._session.store.local(paper.held_since):%H:%M}",
        )

    def _returning(self, ticket: TicketView) -> bool:
        """Whether papers of this ticket can be handed back now, by this person."""
        return ticket.card.state in ("ready", "suspended") and self._session.actor.may(
            "tickets.hand_back"
        )

    def _show_actions(self, ticket: TicketView) -> None:
        state = ticket.card.state
        out = [paper for paper in ticket.papers if paper.out]
        returning = self._returning(ticket) and (state == "ready" or bool(out))
        self.papers_button.setVisible(self._session.actor.may("tickets.print"))
        self.another_button.setVisible(
            state != "closed" and bool(out) and self._session.actor.may("tickets.open")
        )
        self.correct_link.setVisible(self._session.actor.may("tickets.correct"))
        self.resume_button.setVisible(
            state == "suspended"
            and self._session.actor.may("tickets.handle")
            and self._session.actor.window_id in (None, ticket.card.window_id)
        )
        self.withdraw_button.setVisible(
            state in ("queued", "handling", "suspended")
            and self._session.actor.may("tickets.withdraw")
        )
        self.hand_back_foot.show_ticket(ticket, returning=returning)

    def _ticks_changed(self) -> None:
        if self.ticket is None:
            return
        self._unticked = {row.key for row in self.papers.rows() if row.ticked is False}  # type: ignore[misc]
        self.hand_back_foot.tell()

    def _follow_keyboard(self, current: QModelIndex) -> None:
        if self.papers.hasFocus():
            area = self.papers.visualRect(current)
            top = self.papers.y() + area.center().y()
            self.middle.ensureVisible(0, top, 0, area.height())

    # --- acting ---------------------------------------------------------------------------------

    def work_on(self) -> None:
        """Puts the keyboard where this ticket's next step begins."""
        first = (self.proof, self.resume_button, self.papers_button)
        for widget in first:
            if widget.isVisibleTo(self) and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def fill_proof(self, code: str) -> None:
        self.hand_back_foot.fill_proof(code)

    def hand_back(self) -> None:
        self.hand_back_foot.hand_back()

    def ask_collector(self) -> None:
        self.hand_back_foot.ask_collector()

    def say(self, sentence: str) -> None:
        """Says beside the proof field what was refused."""
        self.hand_back_foot.say(sentence)
