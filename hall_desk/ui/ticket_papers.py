"""Printing what goes with a ticket, in the devices lane: a printer that fails never costs the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.papers import Reprint
    from hall_desk.services.slips import SlipFacts
    from hall_desk.services.tickets import ReceiptFacts
    from hall_desk.ui.session import Session


def print_receipt(session: Session, facts: ReceiptFacts) -> None:
    """The resident's receipt, and the slip that travels with the papers."""
    _print_ticket(session, facts, "receipt")
    _print_ticket(session, facts, "routing_slip")


def print_again(session: Session, again: Reprint) -> None:
    """One of the two, marked with how often it was printed again."""
    _print_ticket(session, again.facts, again.kind, again.count)


def drawn(facts: ReceiptFacts, kind: str, roll: str, reprint: int = 0) -> bytes:
    """A ticket's `receipt` or `routing_slip` as a PDF. For the devices lane."""
    from hall_desk.documents import receipt as papers

    draw = papers.receipt if kind == "receipt" else papers.routing_slip
    return draw(facts, roll, reprint)


def _print_ticket(session: Session, facts: ReceiptFacts, kind: str, reprint: int = 0) -> None:
    roll = session.settings.roll
    title = _("Receipt {number}") if kind == "receipt" else _("Routing slip {number}")
    session.print_pdf(
        lambda: drawn(facts, kind, roll, reprint), title.format(number=facts.number), kind
    )


def print_bag_label(session: Session, facts: ReceiptFacts) -> None:
    """The label for the bag the ticket's papers are kept in."""
    roll = session.settings.roll

    def label() -> bytes:
        from hall_desk.documents.bag_label import bag_label

        return bag_label(facts, roll)

    session.print_pdf(label, _("Bag label {number}").format(number=facts.number), "bag_label")


def print_slip(session: Session, facts: SlipFacts) -> None:
    """A phone slip in the size of this desk's roll."""
    roll = session.settings.roll

    def slip() -> bytes:
        from hall_desk.documents.slip import phone_slip

        return phone_slip(facts, roll)

    title = _("Phone slip {window}").format(window=facts.window.number)
    session.print_pdf(slip, title, "slip")
