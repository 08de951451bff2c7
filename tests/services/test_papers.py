"""Reprints: counted for the whole hall, told in the ticket's history, and said on the paper."""

from __future__ import annotations

from typing import Any

import pytest

from hall_desk.documents.missing_notice import missing_notice
from hall_desk.documents.receipt import receipt, routing_slip
from hall_desk.errors import BadInput, NotFound
from hall_desk.services import missing_notices, papers, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from tests.documents.reading import texts


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> Any:
    new = NewTicket(new_id(), small_hall["medical"], "王秀英", consent=True)
    return tickets.open(front_desk, new).card


def test_the_second_receipt_is_the_first_reprint(front_desk: Actor, ticket: Any) -> None:
    first = tickets.receipt_facts(front_desk, ticket.id)
    assert "补打" not in texts(receipt(first, "80"))[0]
    press = new_id()
    looked_at = papers.next_reprint(front_desk, ticket.id, "receipt")
    again = papers.reprint(front_desk, press, ticket.id, "receipt")
    assert again == looked_at
    assert again.count == 1
    assert (
        papers.reprint(front_desk, press, ticket.id, "receipt").count == 1
    )  # the key was pressed once
    assert papers.reprint(front_desk, new_id(), ticket.id, "receipt").count == 2
    assert papers.reprint(front_desk, new_id(), ticket.id, "routing_slip").count == 1
    assert "补打（第 2 次）" in texts(receipt(again.facts, "58", 2))[0]
    assert "补打（第 1 次）" in texts(routing_slip(again.facts, "80", 1))[0]
    told = [
        line
        for line in tickets.get(front_desk, ticket.id).history
        if line.kind == "ticket.reprinted"
    ]
    assert [(line.facts["paper"], line.facts["count"]) for line in told] == [
        ("routing_slip", 1), ("receipt", 2), ("receipt", 1),
    ]  # fmt: skip


def test_practice_is_said_on_every_paper_of_a_practice_hall(front_desk: Actor, ticket: Any) -> None:
    facts = tickets.receipt_facts(front_desk, ticket.id)
    assert facts.practice  # the hall of these tests is one
    assert texts(receipt(facts, "80"))[0].count("练习用") == 2


def test_only_known_papers_of_known_tickets(front_desk: Actor, ticket: Any) -> None:
    with pytest.raises(BadInput):
        papers.reprint(front_desk, new_id(), ticket.id, "banknote")
    with pytest.raises(NotFound):
        papers.reprint(front_desk, new_id(), new_id(), "receipt")
    with pytest.raises(BadInput):
        papers.next_reprint(front_desk, ticket.id, "banknote")
    with pytest.raises(NotFound):
        papers.next_reprint(front_desk, new_id(), "receipt")


def test_a_notice_is_counted_too(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    new = NewNotice(new_id(), small_hall["medical"], (NoticeItem("收入证明"),))
    first = missing_notices.give(front_desk, new)
    other = missing_notices.give(front_desk, NewNotice(new_id(), new.matter_id, new.missing))
    assert "补打" not in texts(missing_notice(first, "80"))[0]
    press = new_id()
    assert papers.reprint_notice(front_desk, press, new.id).count == 1
    assert papers.reprint_notice(front_desk, press, new.id).count == 1
    again = papers.reprint_notice(front_desk, new_id(), new.id)
    assert (again.facts, again.count) == (first, 2)
    assert "补打（第 2 次）" in texts(missing_notice(again.facts, "80", reprint=again.count))[0]
    (of_other,) = [line.id for line in missing_notices.today(front_desk) if line.code == other.code]
    assert papers.reprint_notice(front_desk, new_id(), of_other).count == 1
    with pytest.raises(NotFound):
        papers.reprint_notice(front_desk, new_id(), new_id())
