"""The papers of a ticket: receipt and routing slip again, bag label, standard forms; printed by their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from hall_desk import i18n
from hall_desk.errors import BadInput
from hall_desk.i18n import N_, _
from hall_desk.services import papers, ticket_forms, tickets
from hall_desk.services.papers import Reprint
from hall_desk.services.tickets import ReceiptFacts
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.key_press import KeyPress
from hall_desk.ui.labels import Text
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.papers import Options
from hall_desk.ui.print_options import PrintOptions
from hall_desk.ui.ticket_papers import drawn, print_again, print_bag_label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.ticket_forms import FormFacts
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.session import Session

    Facts = FormFacts | ReceiptFacts | Reprint

_BAG_LABEL = "bag_label"
_AGAIN = {"receipt": N_("Receipt again"), "routing_slip": N_("Routing slip again")}


def _title(kind: str, ticket: TicketView) -> str:
    from hall_desk.documents.forms import title_of

    if kind in _AGAIN:
        return _(_AGAIN[kind])
    if kind == _BAG_LABEL:
        return _("Bag label")
    return title_of(kind, ticket.card.outcome or "")


def _drawn(facts: Facts, roll: str) -> bytes:
    """The paper as a PDF; what goes with the ticket in the size of this desk's roll."""
    if isinstance(facts, Reprint):
        return drawn(facts.facts, facts.kind, roll, facts.count)
    if isinstance(facts, ReceiptFacts):
        from hall_desk.documents.bag_label import bag_label

        return bag_label(facts, roll)
    from hall_desk.documents.forms import form

    return form(facts)


class _Choice(QListWidget):
    """The papers; a digit goes to the one with that number."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_1
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and 0 <= number < self.count():
            self.setCurrentRow(number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class StandardPapersDialog(Dialog):
    """The list with its preview; Enter prints the paper shown."""

    def __init__(self, session: Session, ticket: TicketView) -> None:
        title = _("Papers of {number}").format(number=ticket.card.number)
        super().__init__(session, title, width=860, height=640)
        self.ticket = ticket
        self._printing = False
        self._options = Options()
        self._press = KeyPress()
        again: tuple[str, ...] = () if ticket.card.state == "closed" else papers.KINDS
        self.forms: tuple[str, ...] = (*again, _BAG_LABEL, *ticket_forms.forms_of(ticket))
        self.choice = _Choice()
        self.choice.setAccessibleName(title)
        self.choice.setFixedWidth(330)
        self.choice.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for number, kind in enumerate(self.forms, start=1):
            self.choice.addItem(QListWidgetItem(f"{number}   {_title(kind, ticket)}"))
        self.preview = PaperView(session.background, widest=460)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.options = PrintOptions()
        self.print_button = Button(_("Print"), "primary", "Enter")
        self.cancel = Button(_("Close"), key="Esc")
        self.escape_hint.hide()
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.choice, 1)
        self.signed = Text(_("A number chooses; the papers are signed on paper."), "soft").wrap()
        left.addWidget(self.signed)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        sides.addLayout(left)
        sides.addWidget(self.preview, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.print_button)
        foot.addWidget(self.options)
        foot.addWidget(self.problem, 1)
        foot.addStretch(0)
        foot.addWidget(self.cancel)
        self.body.addLayout(sides, 1)
        self.body.addLayout(foot)
        self.choice.currentRowChanged.connect(self._look)
        self.choice.itemDoubleClicked.connect(lambda _item: self.print_chosen())
        self.print_button.clicked.connect(self.print_chosen)
        self.cancel.clicked.connect(self.reject)
        self.choice.setCurrentRow(0)

    def arrive(self) -> None:
        self.choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.cancel.hasFocus():
            self.print_chosen()
            event.accept()
        else:
            super().keyPressEvent(event)

    def chosen(self) -> str:
        return self.forms[max(0, self.choice.currentRow())]

    # --- looking ------------------------------------------------------------------------------------

    def _look(self, row: int) -> None:
        self.problem.hide()
        actor, ticket_id, kind = self.session.actor, self.ticket.card.id, self.forms[row]
        # Slips come out one by one, and nobody signs them.
        on_a4 = kind not in (*_AGAIN, _BAG_LABEL)
        self.options.setVisible(on_a4)
        self.signed.setVisible(on_a4)

        def read() -> Facts:
            if kind in _AGAIN:
                return papers.next_reprint(actor, ticket_id, kind)
            if kind == _BAG_LABEL:
                return tickets.receipt_facts(actor, ticket_id)
            return ticket_forms.form_facts(actor, ticket_id, kind)

        self.session.background.data(self, read, self._draw, self._refused, replaces="facts")

    def _draw(self, facts: Facts) -> None:
        roll = self.session.settings.roll
        self.session.background.devices(
            self,
            lambda: _drawn(facts, roll),
            self.preview.show_pdf,
            self._refused,
            replaces="paper",
        )

    # --- printing -----------------------------------------------------------------------------------

    def print_chosen(self) -> None:
        """Prints the paper shown, with the ticket as it is now; the journal notes it."""
        if self._printing or not self.is_open():
            return
        try:
            self._options = self.options.options(max(1, self.preview.pages))
        except BadInput as error:
            self._refused(error)
            return
        self._printing = True
        actor, ticket_id, kind = self.session.actor, self.ticket.card.id, self.chosen()
        key = self._press.key(kind, ticket_id)

        def read() -> Facts:
            if kind in _AGAIN:
                return papers.reprint(actor, key, ticket_id, kind)
            if kind == _BAG_LABEL:
                return tickets.receipt_facts(actor, ticket_id)
            return ticket_forms.print_out(actor, ticket_id, kind)

        self.session.background.data(self, read, self._print, self._refused)

    def _print(self, facts: Facts) -> None:
        self._press.answered()
        if isinstance(facts, Reprint):
            print_again(self.session, facts)
        elif isinstance(facts, ReceiptFacts):
            print_bag_label(self.session, facts)
        else:
            title = f"{_title(facts.kind, self.ticket)} {facts.number}"
            self.session.print_pdf(lambda: _drawn(facts, ""), title, "form", self._options)
        self.accept()

    def _refused(self, error: HallDeskError) -> None:
        self._press.answered(error)
        self._printing = False
        self.problem.setText(i18n.explain(error))
        self.problem.show()
