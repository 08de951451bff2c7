"""What a scan opens, and what the one box opens: one way for both, from a hit to its page or form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hall_desk.i18n import _
from hall_desk.services import finding
from hall_desk.services.finding import MatterHit, NoticeHit, PaperHit, TicketHit
from hall_desk.services.missing_notices import grouped
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.found_list import nothing_sentence

if TYPE_CHECKING:
    from collections.abc import Container

    from hall_desk.services.finding import Found, Hit
    from hall_desk.services.ticket_cards import Card
    from hall_desk.ui.session import Session

_AT_THE_WINDOW = ("queued", "handling", "suspended")


def open_hit(session: Session, pages: Container[str], hit: Hit, wanted: str = "open") -> None:
    """Opens a hit on the page this person works with it, or of a matter the form that is wanted."""
    match hit:
        case TicketHit(card=card, proof=proof):
            what = {"proof": proof} if proof else {}
            session.go(_page_of(session, pages, card), ticket_id=card.id, **what)
        case PaperHit(card=card):
            session.go(_page_of(session, pages, card), ticket_id=card.id)
        case MatterHit(matter=matter):
            if wanted == "slip" or ("consultation" not in pages and wanted == "open"):
                SlipDialog(session, matter=matter).open()
            elif wanted == "ticket":
                NewTicketDialog(session, matter=matter).open()
            else:
                session.go("consultation", matter=matter)
        case NoticeHit(notice=notice) if "consultation" in pages:
            session.go("consultation", notice=notice.code)
        case NoticeHit(notice=notice):
            # Who has no consultation page reads what the notice asks for.
            papers = _(", ").join(item.name for item in notice.missing)
            session.notices.info(
                _("Notice {code}, {matter}. Missing: {papers}").format(
                    code=grouped(notice.code), matter=notice.matter, papers=papers
                )
            )


def _page_of(session: Session, pages: Container[str], card: Card) -> str:
    own = session.actor.window_id
    if own is not None and own == card.window_id and card.state in _AT_THE_WINDOW:
        return "window"
    return "proxy" if "proxy" in pages else "window"


class Scans(QObject):
    """Resolves what was scanned. `one` gives the only hit there is, `several` what to choose from."""

    one = Signal(object)
    several = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def resolve(self, code: str) -> None:
        """Looks a code up; one that nothing here has is said to be unknown."""
        actor = self._session.actor
        self._session.background.data(
            self, lambda: finding.scanned(actor, code), self._found, replaces="scan"
        )

    def find_person(self, id_number: str) -> None:
        """Looks for the tickets of whoever has this ID number."""
        actor = self._session.actor
        self._session.background.data(
            self, lambda: finding.search(actor, id_number), self._found, replaces="scan"
        )

    def spoiled(self) -> None:
        """Says that an input method came between the scanner and the program."""
        self._session.notices.error(
            _(
                "The input method changed what was scanned, so it cannot be read. "
                "Switch it to English and scan again."
            )
        )

    def _found(self, found: Found) -> None:
        hits = found.hits
        if len(hits) == 1:
            self.one.emit(hits[0])
        elif hits:
            self.several.emit(found)
        elif found.meant:
            self._session.notices.error(
                _("Scanned: {what} Nothing was typed.").format(what=nothing_sentence(found.meant))
            )
        else:
            # The code itself is not shown: it may be somebody's ID number.
            self._session.notices.error(_("This code is not known here. Nothing was typed."))
