"""Handing back what is ticked: the proof that is shown, the key that does it, and somebody else who collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hall_desk.i18n import _, _n
from hall_desk.services import codes
from hall_desk.services.tickets import Proof
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.papers_table import PapersTable


def proof_of(text: str, ticket: TicketView) -> Proof:
    """What was typed or scanned, named by its shape; the service judges whether it proves anything."""
    shown = "".join(text.split())
    if codes.looks_like_ours(shown):
        return Proof("receipt", shown)
    if shown and shown == ticket.phone_masked[-4:]:
        return Proof("phone_tail", shown)
    if shown and shown.upper() == ticket.id_masked[-4:].upper():
        return Proof("id_tail", shown)
    return Proof("pickup_code", shown)


class ProofEdit(QLineEdit):
    """The code the resident shows; Escape goes back to the board."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class HandBackFoot(QWidget):
    """Signals: `hand_back_wanted(Proof, keys of the papers or None for all)`, `other_collector_wanted` likewise."""

    hand_back_wanted = Signal(object, object)
    other_collector_wanted = Signal(object, object)

    def __init__(self, papers: PapersTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._papers = papers
        self._ticket: TicketView | None = None
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.proof = ProofEdit()
        self.proof.setPlaceholderText(_("Pick-up code, phone or ID tail, or scan"))
        self.proof.setAccessibleName(_("Proof of the person who collects"))
        self.collector_link = Link(_("Somebody else collects…") + "  Alt+O")
        self.button = Button("", "success", "F7")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.problem, self.proof, self.collector_link, self.button):
            layout.addWidget(widget)
        self.proof.textEdited.connect(self.problem.hide)
        self.proof.returnPressed.connect(self.hand_back)
        self.button.clicked.connect(self.hand_back)
        self.collector_link.clicked.connect(self.ask_collector)

    def show_ticket(self, ticket: TicketView, *, returning: bool) -> None:
        """Shows what can be handed back of `ticket`; nothing where that is not to be."""
        if self._ticket is None or self._ticket.card.id != ticket.card.id:
            self.proof.setText("")
            self.problem.hide()
        self._ticket = ticket
        for widget in (self.proof, self.collector_link, self.button):
            widget.setVisible(returning)
        self.tell()

    def tell(self) -> None:
        """Names the key after what is ticked."""
        ticket = self._ticket
        if ticket is None:
            return
        ticked, out = len(self._papers.ticked()), sum(paper.out for paper in ticket.papers)
        needed = next((paper.needed_by for paper in ticket.papers if paper.needed_by), "")
        if needed and not ticked and out:
            self.button.setText(_("Waits for {number}").format(number=needed))
        elif ticked < out or ticket.card.state == "suspended":
            words = _n("Hand back {count} paper", "Hand back {count} papers", ticked)
            self.button.setText(words.format(count=ticked))
        elif out:
            self.button.setText(_("Hand back all and close"))
        else:
            self.button.setText(_("Close: nothing to hand back"))
        self.button.setEnabled(ticked > 0 or not out)

    def fill_proof(self, code: str) -> None:
        """Writes a scanned receipt into the proof field, so that Enter hands back; not where nothing is to be."""
        if self.proof.isVisibleTo(self):
            self.proof.setText(code)
            self.problem.hide()

    def hand_back(self) -> None:
        """Asks for the hand-back of what is ticked, against what stands in the proof field."""
        asked = self._asked()
        if asked is not None:
            self.hand_back_wanted.emit(*asked)

    def ask_collector(self) -> None:
        """Asks for the hand-back of what is ticked to somebody else than the resident."""
        asked = self._asked()
        if asked is not None:
            self.other_collector_wanted.emit(*asked)

    def _asked(self) -> tuple[Proof, tuple[object, ...] | None] | None:
        """The proof and the papers of a hand-back; None where there is none to ask for."""
        ticket = self._ticket
        if ticket is None or not self.button.isEnabled() or not self.button.isVisibleTo(self):
            return None
        out = [paper.id for paper in ticket.papers if paper.out]
        ticked = tuple(row.key for row in self._papers.ticked())
        papers = None if len(ticked) == len(out) else ticked
        return proof_of(self.proof.text(), ticket), papers

    def say(self, sentence: str) -> None:
        """Says beside the proof field what was refused; what was typed stays, selected."""
        self.problem.setText(sentence)
        self.problem.show()
        if self.proof.isVisibleTo(self):
            self.proof.setFocus(Qt.FocusReason.OtherFocusReason)
            self.proof.selectAll()
