"""The proxy post: every open ticket of the hall, and handing papers back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import tickets
from hall_desk.ui.buttons import Button
from hall_desk.ui.desk_acts import DeskActs
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.promise_list import KEY as PROMISES
from hall_desk.ui.promise_list import PromiseButton
from hall_desk.ui.rating_offer import KEY as RATING
from hall_desk.ui.rating_offer import RatingOffer
from hall_desk.ui.ticket_board import SHOWN_AT_MOST, TicketBoard
from hall_desk.ui.ticket_clock import Tone, tone_of
from hall_desk.ui.ticket_panel import TicketPanel

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from hall_desk.errors import HallDeskError
    from hall_desk.services.tickets import Board, Card, TicketView
    from hall_desk.ui.session import Session

GOOD_SHARE = 0.75


class ProxyPage(Page):
    """The board of four columns with one ticket in full beside it."""

    name = "proxy"
    right = "tickets.read"
    topics = frozenset({"ticket", "matter", "window"})

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._ticket_id: UUID | None = None
        self._work_on_arrival = False
        self._board: Board | None = None
        self._proof = ""
        self.promises = PromiseButton(session)
        self.rating = RatingOffer(session)
        self.today = Chip("", "info")
        self.pace = Chip("", "ok")
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.own_desk = Button(_("Only this desk"))
        self.own_desk.setCheckable(True)
        self.own_desk.setToolTip(
            _("Only tickets with the letter {letter}").format(letter=session.actor.letter)
        )
        self.new_button = Button(_("New ticket"), "primary", "F4")
        if not session.actor.may("tickets.open"):
            self.new_button.hide()
        self.board = TicketBoard(session)
        self.first_steps = FirstSteps(session, self.name, self.board)
        self.panel = TicketPanel(session)
        self.panel.setFixedWidth(330)
        self.acts = DeskActs(session, self.panel, self)
        self._lay_out()
        self.own_desk.toggled.connect(self._filter)
        self.new_button.clicked.connect(self.open_new_ticket)
        self.board.selected.connect(self._select)
        self.board.opened.connect(self._work_on)
        self.panel.board_wanted.connect(self.board.select_first)
        self.acts.opened.connect(self._opened)
        self.acts.changed.connect(self._changed)
        self.acts.changed.connect(self.rating.show_for)
        self.acts.undone.connect(self.rating.forget)
        self.acts.closed.connect(self.board.select_first)
        self.acts.undone.connect(self._undone)
        self.promises.opened.connect(self._open)

    @classmethod
    def title(cls) -> str:
        return _("Proxy service")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(self.title(), "title"))
        head.addWidget(self.today, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.pace, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.promises)
        head.addStretch(1)
        head.addWidget(self.rating)
        head.addWidget(self.own_desk)
        head.addWidget(self.new_button)
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(self.board, 1)
        sides.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addLayout(sides, 1)

    # --- what the frame asks ------------------------------------------------------------------------

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut("F4", self.open_new_ticket),
            Shortcut("F7", self.panel.hand_back),
            Shortcut("Shift+F4", self.acts.another_matter),
            Shortcut("Alt+P", self.acts.show_papers),
            Shortcut("Alt+I", self.acts.show_id),
            Shortcut("Alt+O", self.panel.ask_collector),
            Shortcut("Alt+E", self.acts.correct),
            Shortcut(PROMISES, self.promises.show_list),
            Shortcut(RATING, self.rating.offer),
        )

    def incident_about(self) -> dict[str, Any]:
        ticket = self.panel.ticket
        return {} if ticket is None else {"people": ticket.card.name, "ticket_id": ticket.card.id}

    def arrive(self) -> None:
        self.board.select_first()

    def show_with(self, **what: Any) -> None:
        """`ticket_id` selects that ticket, also one that is closed already; `proof` is the receipt that was scanned."""
        if (ticket_id := what.get("ticket_id")) is not None:
            self._proof = what.get("proof", "")
            self._open(ticket_id)

    def _open(self, ticket_id: UUID) -> None:
        self.board.select(ticket_id)
        self._work_on(ticket_id)

    def reload(self) -> None:
        actor, ticket_id = self.session.actor, self._ticket_id

        def work() -> tuple[Board, TicketView | None]:
            board = tickets.board(actor, limit=SHOWN_AT_MOST + 1)
            return board, tickets.get(actor, ticket_id) if ticket_id else None

        self.session.background.data(self, work, self._show, self._refused, replaces="board")

    def reload_badge(self) -> None:
        if self.isVisible():
            return  # the reload that follows says it too
        actor = self.session.actor
        self.session.background.data(
            self, lambda: tickets.board(actor), self._show_badge, self._unread, replaces="badge"
        )

    def _unread(self, error: HallDeskError) -> None:
        """A number beside a page's name is not worth a sentence; the page itself will say it."""

    # --- showing --------------------------------------------------------------------------------------

    def _show(self, read: tuple[Board, TicketView | None]) -> None:
        board, ticket = read
        cards = (board.queued, board.handling, board.suspended, board.ready)
        self.first_steps.show_for(empty=not any(cards))
        self.problem.hide()
        first = self._board is None
        self._board = board
        self._filter()
        self._show_figures(board)
        self._show_badge(board)
        if ticket is not None and ticket.card.id == self._ticket_id:
            self.panel.show_ticket(ticket)
        if first and self.board.has_keyboard():
            self.board.select_first()

    def _filter(self) -> None:
        board = self._board
        if board is None:
            return
        if self.own_desk.isChecked():
            letter = self.session.actor.letter

            def own(cards: tuple[Card, ...]) -> tuple[Card, ...]:
                return tuple(card for card in cards if card.number.startswith(letter))

            board = replace(
                board,
                queued=own(board.queued),
                handling=own(board.handling),
                suspended=own(board.suspended),
                ready=own(board.ready),
            )
        self.board.show_board(board)

    def _show_figures(self, board: Board) -> None:
        opened = _n("{count} opened today", "{count} opened today", board.opened_today)
        closed = _n("{count} closed", "{count} closed", board.closed_today)
        self.today.show_text(
            f"{opened.format(count=board.opened_today)} · {closed.format(count=board.closed_today)}",
            "info",
        )
        if board.median_seconds is None or board.within_promise is None:
            self.pace.show_text("", "ok")
            return
        self.pace.show_text(
            _("median {time} · {share} within the promise").format(
                time=i18n.clock(board.median_seconds), share=f"{board.within_promise:.0%}"
            ),
            "ok" if board.within_promise >= GOOD_SHARE else "warn",
        )

    def _show_badge(self, board: Board) -> None:
        now = self.session.store.estimated_now()
        late = any(tone_of(card, now) is Tone.OVER for card in board.queued)
        self.badge.emit(len(board.queued), "bad" if late else "info")

    def _refused(self, error: HallDeskError) -> None:
        self.problem.setText(i18n.explain(error))
        self.problem.show()

    # --- one ticket -----------------------------------------------------------------------------------

    def _select(self, ticket_id: UUID) -> None:
        self._ticket_id = ticket_id
        self._work_on_arrival = False
        self._read_ticket()

    def _work_on(self, ticket_id: UUID) -> None:
        """Shows a ticket and puts the keyboard on its next step as soon as it is there."""
        shown = self.panel.ticket
        if ticket_id == self._ticket_id and shown is not None and shown.card.id == ticket_id:
            self._begin_work()
            return
        self._ticket_id = ticket_id
        self._work_on_arrival = True
        self._read_ticket()

    def _read_ticket(self) -> None:
        actor, ticket_id = self.session.actor, self._ticket_id
        if ticket_id is None:
            return
        self.session.background.data(
            self,
            lambda: tickets.get(actor, ticket_id),
            self._ticket_read,
            self._refused,
            replaces="ticket",
        )

    def _ticket_read(self, ticket: TicketView) -> None:
        if ticket.card.id != self._ticket_id:
            return
        self.panel.show_ticket(ticket)
        self.rating.show_for(ticket)
        if self._work_on_arrival:
            self._work_on_arrival = False
            self._begin_work()

    def _begin_work(self) -> None:
        self.panel.work_on()
        proof, self._proof = self._proof, ""
        if proof:
            self.panel.fill_proof(proof)

    # --- acting ---------------------------------------------------------------------------------------

    def open_new_ticket(self) -> None:
        self.acts.new_ticket()

    def _opened(self, ticket: TicketView) -> None:
        self._ticket_id = ticket.card.id
        self.board.selected_id = ticket.card.id
        self.panel.show_ticket(ticket)

    def _changed(self, ticket: TicketView) -> None:
        if ticket.card.id == self._ticket_id:
            self.panel.show_ticket(ticket)

    def _undone(self, ticket: TicketView) -> None:
        """The ticket as it was is shown again, with the keyboard on its next step."""
        self.board.select(ticket.card.id)
        self._ticket_id = ticket.card.id
        self.panel.show_ticket(ticket)
        self.panel.work_on()
