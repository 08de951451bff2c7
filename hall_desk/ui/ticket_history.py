"""What happened to a ticket, one sentence per journal entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from hall_desk.i18n import N_, _, _n
from hall_desk.ui.labels import Text
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from hall_desk.services.tickets import HistoryLine
    from hall_desk.ui.session import Session

PROOFS = {
    "receipt": N_("by receipt"),
    "pickup_code": N_("by pick-up code"),
    "phone_tail": N_("by phone tail"),
    "id_tail": N_("by ID tail"),
}
STEPS = {
    "claimed": N_("claiming"),
    "received": N_("receiving the papers"),
    "released": N_("putting it back into the queue"),
    "suspended": N_("suspending"),
    "resumed": N_("taking it up again"),
    "transferred": N_("passing it on"),
    "finished": N_("finishing"),
    "withdrawn": N_("the withdrawal"),
    "terminated": N_("terminating"),
    "handed_back": N_("handing back"),
}
FIELDS = {
    "name": N_("name"),
    "phone": N_("phone number"),
    "priority": N_("priority"),
    "remark": N_("remark"),
    "result": N_("result"),
    "matter": N_("matter"),
    "window": N_("window"),
}
FORMS = {
    "authorisation": N_("Authorisation"),
    "acceptance": N_("Acceptance"),
    "suspension": N_("Suspension"),
    "resumption": N_("Authorisation to resume"),
    "completion": N_("Completion or termination"),
    "custody_list": N_("List of papers handed over"),
}
# Told by the entry beside it: closing is what the last hand-back did.
SILENT = frozenset({"ticket.closed"})


def who(line: HistoryLine) -> str:
    """The member of staff, with the window they acted at."""
    if line.window_number:
        return f"{window_text(line.window_number)} {line.staff}".strip()
    return line.staff


def sentence(line: HistoryLine) -> str:
    """The entry in words; a kind this program does not know is shown as it is, never left out."""
    facts = line.facts
    count = int(facts.get("papers", 0))
    papers = _n("{count} paper", "{count} papers", count).format(count=count)
    match line.kind:
        case "ticket.opened":
            said = _("{who} took it in with {papers}") if count else _("{who} took it in")
        case "ticket.claimed":
            said = _("{who} claimed it")
        case "ticket.received":
            said = _("{who} received {papers}")
        case "ticket.released":
            said = _("{who} put it back into the queue")
        case "ticket.suspended":
            said = _("{who} suspended it")
        case "ticket.resumed":
            said = _("{who} took it up again")
        case "ticket.transferred":
            said = _("{who} passed it to window {window}")
        case "rating.offered":
            said = _("{who} offered the resident a rating")
        case "ticket.handed_over":
            said = _("{who} passed it on with the post")
        case "ticket.note_read":
            said = _("{who} read the note")
        case "ticket.finished":
            said = _("{who} finished it, papers back to the desk")
        case "ticket.withdrawn":
            said = _("{who} recorded that the resident withdrew")
        case "ticket.terminated":
            said = _("{who} terminated it")
        case "ticket.handed_back":
            said = _("{who} handed back {papers}")
        case "ticket.closed":
            said = _("Closed")
        case "ticket.reprinted" if facts.get("paper") == "routing_slip":
            said = _("{who} printed the routing slip again (reprint {count})")
        case "ticket.reprinted":
            said = _("{who} printed the receipt again (reprint {count})")
        case "foyer.called_again":
            said = _("{who} had the resident called again")
        case "day.carried_over":
            said = _("{who} carried it over when closing the day")
        case "identity.revealed":
            said = _("{who} was shown the ID number")
        case "ticket.paper_printed":
            said = _("{who} printed the paper “{form}”")
        case "ticket.undone":
            said = _("{who} took back: {step}")
        case "ticket.corrected":
            said = _("{who} put right: {fields}")
        case "callback.promised":
            said = _("{who} promised a call")
        case "callback.called":
            said = _("{who} called")
        case "callback.withdrawn":
            said = _("{who}: the call is no longer due")
        case "callback.reopened":
            said = _("{who}: the call is due again")
        case "callback.postponed":
            said = _("{who} agreed another time for the call")
        case _:
            said = "{who} " + line.kind
    text = said.format(
        who=who(line),
        papers=papers,
        count=facts.get("count", ""),
        window=facts.get("window_to", ""),
        step=_(STEPS.get(str(facts.get("undone", "")), "")),
        form=_(FORMS.get(str(facts.get("form", "")), "")),
        fields=_(", ").join(_(FIELDS.get(field, field)) for field in facts.get("fields", ())),
    )
    return text + _more(line)


def _more(line: HistoryLine) -> str:
    """What follows the sentence: the words somebody wrote, differences, what is still out."""
    facts = line.facts
    parts = []
    if line.kind == "ticket.opened" and facts.get("visit"):
        parts.append(_("same visit as {number}").format(number=facts["visit"]))
    if line.kind == "ticket.received" and facts.get("differences"):
        count = int(facts["differences"])
        parts.append(_n("{count} difference", "{count} differences", count).format(count=count))
    if line.kind == "ticket.finished":
        if kept := int(facts.get("kept", 0)):
            parts.append(_n("{count} kept", "{count} kept", kept).format(count=kept))
        if new := int(facts.get("new", 0)):
            parts.append(_n("{count} new", "{count} new", new).format(count=new))
    if line.kind == "ticket.handed_back":
        if left := int(facts.get("left", 0)):
            parts.append(_n("{count} still out", "{count} still out", left).format(count=left))
        parts.append(_(PROOFS.get(str(facts.get("proof", "")), "")))
        if collector := facts.get("collector"):
            collected = _("collected by {collector}, {second} stood by")
            parts.append(collected.format(collector=collector, second=facts["second"]))
    if note := facts.get("note"):
        parts.append(str(note))
    said = _(", ").join(part for part in parts if part)
    return _(": {what}").format(what=said) if said else ""


class History(QWidget):
    """The sentences, newest first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[HistoryLine, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, history: tuple[HistoryLine, ...]) -> None:
        if history == self._shown:
            return
        self._shown = history
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        local, today = (
            self._session.store.local,
            self._session.store.local(self._session.store.estimated_now()).date(),
        )
        row = 0
        for line in history:
            if line.kind in SILENT:
                continue
            at = local(line.at)
            time = Text(f"{at:%H:%M}" if at.date() == today else f"{at:%m-%d %H:%M}", "soft")
            self._grid.addWidget(time, row, 0, Qt.AlignmentFlag.AlignTop)
            said = Text(sentence(line), "soft").wrap()
            self._grid.addWidget(said, row, 1, Qt.AlignmentFlag.AlignTop)
            row += 1

    def lines(self) -> list[str]:
        """The sentences shown, newest first."""
        return [sentence(line) for line in self._shown if line.kind not in SILENT]
