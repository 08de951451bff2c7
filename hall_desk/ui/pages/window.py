"""The window: who waits here, and the ticket in hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import matters, repeats, tickets
from hall_desk.ui import key_map
from hall_desk.ui.dialogs.standard_papers import StandardPapersDialog
from hall_desk.ui.dialogs.ticket_steps import SuspendDialog, TerminateDialog, TransferDialog
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.id_line import show_id
from hall_desk.ui.key_press import KeyPress
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.promise_list import KEY as PROMISES
from hall_desk.ui.result_field import MOST_CHOICES
from hall_desk.ui.step_undo import offer_undo
from hall_desk.ui.ticket_board import SHOWN_AT_MOST, CardColumn
from hall_desk.ui.ticket_clock import Tone, tone_of
from hall_desk.ui.window_head import WindowHead
from hall_desk.ui.window_ticket import WindowTicket

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import Board, TicketView
    from hall_desk.ui.dialogs.ticket_steps import StepDialog
    from hall_desk.ui.papers_table import PaperRow
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Read:
    """What one reading of the page gave."""

    board: Board
    claims: int
    ticket: TicketView | None
    result_texts: tuple[str, ...]


def _with_texts(actor: Actor, ticket: TicketView) -> tuple[TicketView, tuple[str, ...]]:
    """A ticket with the results its matter offers; a matter without a window any more offers none."""
    try:
        return ticket, matters.get(actor, ticket.card.matter_id).result_texts
    except errors.BadInput:
        return ticket, ()


class WindowPage(Page):
    """One window's work. Who has no window of their own chooses one to look at."""

    name = "window"
    right = "tickets.read"
    topics = frozenset({"ticket", "matter", "window"})

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        actor = session.actor
        self._window_id = actor.window_id
        self._ticket_id: UUID | None = None
        self._arriving: UUID | None = None
        self._busy = False
        self._press = KeyPress()
        self._first = True
        # What was sent with the last finish, for the case that it is undone.
        self._sent: tuple[UUID, str, list[PaperRow]] | None = None
        self.head = WindowHead(session, self.title())
        self.waiting = CardColumn(session, _("Waiting here"), "card", window=False)
        self.here = CardColumn(session, _("In hand and suspended"), "card", window=False)
        self.ticket = WindowTicket(session)
        self.first_steps = FirstSteps(session, self.name, self.ticket.nothing)
        self._lay_out()
        for column, other in ((self.waiting, self.here), (self.here, self.waiting)):
            column.selected.connect(self._select)
            column.selected.connect(lambda _id, other=other: other.set_current(None))
            column.opened.connect(self._open)
        session.ticked.connect(self._tick)
        session.online_changed.connect(self._online_changed)
        self.head.next_wanted.connect(self.claim_next)
        self.head.window_chosen.connect(self._choose_window)
        self.head.promises.opened.connect(self._work_on)
        panel = self.ticket
        panel.claim_wanted.connect(self._claim_shown)
        panel.resume_wanted.connect(lambda: self._do(tickets.resume))
        panel.note_read_wanted.connect(lambda: self._do(tickets.note_read))
        panel.release_wanted.connect(lambda: self._do(tickets.release))
        panel.record_wanted.connect(self._record)
        panel.finish_wanted.connect(self.finish)
        panel.suspend_wanted.connect(lambda: self._ask(SuspendDialog))
        panel.transfer_wanted.connect(lambda: self._ask(TransferDialog))
        panel.terminate_wanted.connect(lambda: self._ask(TerminateDialog))
        panel.papers_wanted.connect(self.show_papers)
        panel.id_wanted.connect(self.show_id)
        self._nothing_words = (
            _("Nothing in hand. Claim the next ticket with {key}.").format(key=key_map.now("F6"))
            if actor.may("tickets.claim")
            else _("Choose a ticket to look at it.")
        )

    @classmethod
    def title(cls) -> str:
        return _("Window work")

    def _lay_out(self) -> None:
        lists = QWidget()
        lists.setFixedWidth(330)
        left = QVBoxLayout(lists)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(12)
        left.addWidget(self.waiting, 3)
        left.addWidget(self.here, 2)
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(lists)
        sides.addWidget(self.ticket, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.head)
        layout.addLayout(sides, 1)

    # --- what the frame asks ------------------------------------------------------------------------

    def shortcuts(self) -> tuple[Shortcut, ...]:
        panel = self.ticket
        choices = (
            Shortcut(f"Alt+{number + 1}", partial(panel.result.choose, number))
            for number in range(MOST_CHOICES)
        )
        return (
            Shortcut("F6", self.claim_next),
            Shortcut("F7", self.finish),
            Shortcut("Alt+A", panel.receive_all),
            Shortcut("Alt+R", panel.record),
            Shortcut("Alt+N", panel.read_note),
            Shortcut("Alt+P", self.show_papers),
            Shortcut("Alt+I", self.show_id),
            *choices,
            Shortcut(PROMISES, self.head.promises.show_list),
        )

    def incident_about(self) -> dict[str, Any]:
        ticket = self.ticket.ticket
        return {} if ticket is None else {"people": ticket.card.name, "ticket_id": ticket.card.id}

    def arrive(self) -> None:
        if self.ticket.ticket is not None:
            self.ticket.work_on()
        elif not self.waiting.enter_at(0):
            self.waiting.setFocus()

    def show_with(self, **what: Any) -> None:
        """`ticket_id` shows that ticket, with the keyboard on its next step."""
        if (ticket_id := what.get("ticket_id")) is not None:
            self._work_on(ticket_id)

    def _work_on(self, ticket_id: UUID) -> None:
        self._arriving = ticket_id
        self._select(ticket_id)

    def reload(self) -> None:
        actor, window_id, ticket_id = self.session.actor, self._window_id, self._ticket_id
        if window_id is None:
            self._show_first_steps(idle=True)
            return

        def work() -> _Read:
            board = tickets.board(actor, window_id, SHOWN_AT_MOST + 1)
            claims = tickets.claims_today(actor)
            shown = ticket_id or next(
                (card.id for card in board.handling if card.owner == actor.name), None
            )
            if shown is None:
                return _Read(board, claims, None, ())
            return _Read(board, claims, *_with_texts(actor, tickets.get(actor, shown)))

        self.session.background.data(self, work, self._show, self._refused, replaces="board")

    def reload_badge(self) -> None:
        actor = self.session.actor
        if self.isVisible() or actor.window_id is None:
            return
        self.session.background.data(
            self,
            lambda: tickets.board(actor, actor.window_id),
            self._show_badge,
            lambda _error: None,
            replaces="badge",
        )

    # --- showing --------------------------------------------------------------------------------------

    def _show(self, read: _Read) -> None:
        board = read.board
        self.waiting.show_cards(board.queued)
        self.here.show_cards((*board.handling, *board.suspended))
        self.head.show_claims(read.claims)
        idle = not (board.queued or board.handling or board.suspended or read.ticket)
        self._show_first_steps(idle=idle)
        self._show_badge(board)
        chosen = read.ticket
        if chosen is not None and self._ticket_id in (None, chosen.card.id):
            gone = (
                chosen.card.state in ("ready", "closed") or chosen.card.window_id != self._window_id
            )
            if gone and self.ticket.ticket is not None:
                self.ticket.forget(chosen.card.id)
            self._show_ticket(chosen, read.result_texts)
        elif chosen is None and self._ticket_id is None:
            self._show_ticket(None, ())
        focused = QApplication.focusWidget()
        # Never out of a dialog or the search: only where the keyboard is here, or nowhere.
        if self._first and (focused is None or self.isAncestorOf(focused)):
            self._first = False
            self.arrive()

    def _show_first_steps(self, *, idle: bool) -> None:
        """The card of first steps while the window has no work at all; else what to do next in its place."""
        self.ticket.nothing.setText("" if idle else self._nothing_words)
        self.first_steps.show_for(empty=idle)

    def _show_ticket(self, ticket: TicketView | None, result_texts: tuple[str, ...]) -> None:
        self._ticket_id = ticket.card.id if ticket else None
        self.ticket.show_ticket(ticket, result_texts)
        self.waiting.set_current(self._ticket_id)
        self.here.set_current(self._ticket_id)

    def _show_badge(self, board: Board) -> None:
        now = self.session.store.estimated_now()
        late = any(tone_of(card, now) is Tone.OVER for card in board.queued)
        self.badge.emit(len(board.queued), "bad" if late else "info")

    def _tick(self) -> None:
        if self.isVisible():
            self.waiting.tick()
            self.here.tick()

    def _online_changed(self, online: bool) -> None:
        if online:  # what was said while the server was away is not true any more
            self.head.say("")
            self.ticket.say("")

    def _refused(self, error: HallDeskError) -> None:
        self._busy = False
        self.head.say(i18n.explain(error))

    # --- choosing -------------------------------------------------------------------------------------

    def _choose_window(self, window_id: UUID) -> None:
        self._window_id = window_id
        self._ticket_id = None
        self.reload()

    def _select(self, ticket_id: UUID) -> None:
        actor = self.session.actor
        self._ticket_id = ticket_id
        self.session.background.data(
            self,
            lambda: _with_texts(actor, tickets.get(actor, ticket_id)),
            self._selected,
            self._refused,
            replaces="ticket",
        )

    def _selected(self, read: tuple[TicketView, tuple[str, ...]]) -> None:
        if read[0].card.id == self._ticket_id:
            self._show_ticket(*read)
            arriving, self._arriving = self._arriving, None
            if arriving == self._ticket_id:
                self.ticket.work_on()

    def _open(self, ticket_id: UUID) -> None:
        """Enter on a card: what waits is claimed, what is here is worked on."""
        if self.waiting.current() == ticket_id and self.session.actor.may("tickets.claim"):
            self._claim(ticket_id)
        else:
            self.ticket.work_on()

    # --- acting ---------------------------------------------------------------------------------------

    def _send(
        self,
        name: str,
        of: Hashable,
        step: Callable[[Actor], TicketView],
        done: Callable[[TicketView], object],
    ) -> None:
        """Does one step; a second key press while it is under way is not a second step.

        Neither is one after the server's answer was lost: `name` and `of` say which step it is.
        """
        if self._busy:
            return
        self._busy = True
        self.head.say("")
        self.ticket.say("")
        actor, key = self.session.actor, self._press.key(name, of)

        def finished(read: tuple[TicketView, tuple[str, ...]]) -> None:
            self._busy = False
            self._press.answered()
            self._show_ticket(*read)
            done(read[0])

        self.session.background.data(
            self,
            lambda: _with_texts(actor, repeats.once(actor, key, step)),
            finished,
            self._not_done,
        )

    def _not_done(self, error: HallDeskError) -> None:
        self._busy = False
        self._press.answered(error)
        sentence = i18n.explain(error)
        if isinstance(error, errors.BadInput) and error.field == "result":
            self.ticket.result.field.show_error(sentence)
        elif isinstance(error, errors.BadInput) and error.field == "papers":
            self.ticket.papers.say(sentence)
        elif isinstance(error, errors.AlreadyClaimed | errors.NothingWaiting):
            self._refused(error)
            self.reload()
        else:
            self.ticket.say(sentence)

    def claim_next(self) -> None:
        window_id = self._window_id
        if self.session.actor.may("tickets.claim") and window_id is not None:
            self._send(
                "claim_next",
                window_id,
                lambda actor: tickets.claim_next(actor, window_id),
                self._claimed,
            )

    def _claim_shown(self) -> None:
        if self._ticket_id is not None:
            self._claim(self._ticket_id)

    def _claim(self, ticket_id: UUID) -> None:
        self._send("claim", ticket_id, lambda actor: tickets.claim(actor, ticket_id), self._claimed)

    def _claimed(self, ticket: TicketView) -> None:
        self.ticket.work_on()
        offer_undo(self, self.session, ticket, self._undone)

    def _received(self, ticket: TicketView) -> None:
        self.ticket.work_on()
        offer_undo(self, self.session, ticket, self._undone)

    def _undone(self, ticket: TicketView) -> None:
        """The ticket is shown as it was before the step, with what had been written on it."""
        if self._sent is not None and self._sent[0] == ticket.card.id:
            self.ticket.keep(*self._sent)
            self._sent = None
        actor, ticket_id = self.session.actor, ticket.card.id
        self._ticket_id = ticket_id
        self.session.background.data(
            self,
            lambda: _with_texts(actor, tickets.get(actor, ticket_id)),
            self._back_again,
            self._refused,
            replaces="ticket",
        )

    def _back_again(self, read: tuple[TicketView, tuple[str, ...]]) -> None:
        if read[0].card.id == self._ticket_id:
            self._show_ticket(*read)
            self.ticket.work_on()

    def show_papers(self) -> None:
        """The standard papers of the ticket shown."""
        if self.ticket.ticket is not None and self.session.actor.may("tickets.print"):
            StandardPapersDialog(self.session, self.ticket.ticket).open()

    def show_id(self) -> None:
        """The whole ID number of the resident, against a reason."""
        show_id(self.session, self.ticket.ticket)

    def _do(self, step: Callable[[Actor, UUID], TicketView]) -> None:
        ticket_id = self._ticket_id
        if ticket_id is not None:
            self._send(
                step.__name__, ticket_id, lambda actor: step(actor, ticket_id), self._stepped
            )

    def _stepped(self, ticket: TicketView) -> None:
        if (
            ticket.card.state in ("handling", "suspended")
            and ticket.card.window_id == self._window_id
        ):
            self.ticket.work_on()
        else:
            self._leave(ticket)
        if ticket.history[0].kind != "ticket.note_read":
            offer_undo(self, self.session, ticket, self._undone)

    def _record(self) -> None:
        ticket_id = self._ticket_id
        if ticket_id is not None:
            told = self.ticket.papers.differences()
            self._send(
                "received",
                (ticket_id, frozenset(told.items())),
                lambda actor: tickets.received(actor, ticket_id, told),
                self._received,
            )

    def finish(self) -> None:
        """Finishes the ticket shown: its result, what stays and what is new."""
        panel = self.ticket
        ticket_id = self._ticket_id
        if ticket_id is None or not panel.finish_button.isVisibleTo(panel):
            return
        new = panel.papers.new()
        if panel.papers.unrecorded():
            panel.papers.say(_("Check the papers first: Alt+A if all are here."))
            return
        result, kept = panel.result.text(), panel.papers.kept()
        self._sent = (ticket_id, result, panel.papers.rows())
        self._send(
            "finish",
            ticket_id,
            lambda actor: tickets.finish(actor, ticket_id, result, kept, new),
            self._finished,
        )

    def _finished(self, ticket: TicketView) -> None:
        self._leave(ticket)
        offer_undo(self, self.session, ticket, self._undone)

    def _leave(self, ticket: TicketView) -> None:
        """The ticket has left the hands of this window; the next one in hand is shown."""
        self.ticket.forget(ticket.card.id)
        self._ticket_id = None
        self._show_ticket(None, ())
        self._first = True
        self.reload()

    def _ask(self, dialog: type[StepDialog]) -> None:
        if self.ticket.ticket is not None:
            asked = dialog(self.session, self.ticket.ticket.card)  # type: ignore[call-arg]
            asked.done.connect(self._gone)
            asked.open()

    def _gone(self, ticket: TicketView) -> None:
        self._leave(ticket)
        offer_undo(self, self.session, ticket, self._undone)
