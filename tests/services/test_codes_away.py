"""With the server away a desk goes on knowing its papers, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hall_desk.services import away, codes, finding, passages, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.finding import TicketHit
from hall_desk.services.passages import NewPassage
from hall_desk.services.tickets import NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.outbox import Outbox
from tests.cables import Cable, cable, database, own_server, place

__all__ = ["cable", "database", "own_server", "place"]


@pytest.fixture
def outbox(store: Store, small_hall: dict[str, Any], tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox")
    store.keep_outbox(made)
    yield made
    made.close()


def test_papers_open_their_ticket_and_anothers_are_said_to_be_that(
    front_desk: Actor, small_hall: dict[str, Any], outbox: Outbox, cable: Cable
) -> None:
    def opened(name: str) -> tickets.ReceiptFacts:
        new = NewTicket(new_id(), small_hall["medical"], name, consent=True)
        return tickets.receipt_facts(front_desk, tickets.open(front_desk, new).card.id)

    before = opened("于女士")
    away.take_picture(front_desk.store)
    cable.refuse()
    facts = opened("孙秀英")
    assert facts.away
    for code in (before.code, before.reference, facts.code, facts.reference):
        (hit,) = finding.scanned(front_desk, code).hits
        assert isinstance(hit, TicketHit)
        assert hit.card.number in (before.number, facts.number)
    read = codes.read(facts.code)
    assert read is not None
    assert read.day is not None
    foreign = codes.of_ticket(UUID(int=0xBEEF), read.number, read.day, read.proof)
    assert finding.scanned(front_desk, foreign).meant == "other_hall_receipt"
    assert finding.scanned(front_desk, facts.code[:-1] + "#").meant == "misread"
    passages.come_in(front_desk, NewPassage(new_id(), 2))
    left = passages.leave(front_desk, NewPassage(new_id(), receipt=facts.code))
    assert left.number == facts.number
