"""What the standard papers are filled with: the ticket as it stands, without what was undone, and no whole numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import ticket_forms, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.ticket_forms import form_facts, forms_of, print_out
from hall_desk.services.tickets import Collector, NewPaper, NewTicket, Proof, TicketView
from hall_desk.store import models
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

PAPERS = (NewPaper("身份证"), NewPaper("户口本复印件", original=False, count=2))
ALWAYS = ("authorisation", "acceptance", "custody_list")


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于小兰", "13800004127", "11010519491231002X", "70+",
            "听力不好", consent=True, papers=PAPERS,
        ),
    )  # fmt: skip


def test_only_papers_with_something_to_write_are_offered(clerk: Actor, ticket: TicketView) -> None:
    key = ticket.card.id
    assert forms_of(ticket) == ALWAYS
    tickets.claim(clerk, key)
    suspended = tickets.suspend(clerk, key, "收入证明")
    assert forms_of(suspended) == (
        "authorisation", "acceptance", "suspension", "resumption", "custody_list",
    )  # fmt: skip
    tickets.resume(clerk, key)
    assert forms_of(tickets.finish(clerk, key, "已办好")) == ticket_forms.FORMS


@pytest.mark.parametrize("kind", ["suspension", "resumption", "completion", "diploma"])
def test_there_is_nothing_to_write_on_the_others(
    front_desk: Actor, ticket: TicketView, kind: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        print_out(front_desk, ticket.card.id, kind)
    assert (refused.value.field, refused.value.reason) == ("form", "not_yet")


def test_the_whole_way_is_told(
    store: Any, front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    key = ticket.card.id

    def at(minute: float) -> None:
        store.freeze(MORNING + timedelta(minutes=minute))

    at(1)
    tickets.claim(clerk, key)
    at(2)
    tickets.received(clerk, key)
    at(3)
    tickets.suspend(clerk, key, "收入证明", MORNING + timedelta(hours=1))
    at(40)
    tickets.resume(clerk, key)
    at(50)
    tickets.finish(clerk, key, "办错了", new=(NewPaper("社保卡"),))
    tickets.undo(clerk, key)
    at(51)
    tickets.finish(clerk, key, "已办好", kept=(ticket.papers[1].id,), new=(NewPaper("医保卡"),))
    at(60)
    proof = Proof("receipt", "")
    other = Collector("于小梅", "女儿", clerk.staff_id, PIN)
    tickets.hand_back(front_desk, key, proof, None, other)
    tickets.undo(front_desk, key)
    tickets.hand_back(front_desk, key, proof, None, other)
    facts = form_facts(front_desk, key, "completion")
    assert (facts.outcome, facts.result, facts.ended.staff) == ("finished", "已办好", "张敏")
    assert f"{facts.suspended.at:%H:%M} {facts.resumed.at:%H:%M}" == "10:06 10:43"
    assert [
        (p.line.name, p.line.holder, f"{p.received.at:%H:%M}" if p.received else "")
        for p in facts.papers
    ] == [
        ("身份证", "resident", "10:05"),
        ("户口本复印件", "kept", "10:05"),
        ("医保卡", "resident", ""),
    ]
    (handed,) = facts.hand_backs
    assert (handed.collector, handed.second, handed.papers) == ("于小梅", "张敏", 2)


def test_no_whole_number_and_no_proof_stands_on_a_paper(
    front_desk: Actor, ticket: TicketView
) -> None:
    facts = form_facts(front_desk, ticket.card.id, "authorisation")
    assert (facts.resident, facts.phone_masked) == ("于小兰", "138****4127")
    words = repr(facts)
    assert "13800004127" not in words
    assert "11010519491231002X" not in words
    assert ticket.pickup_code not in facts.code
    found = tickets.by_code(front_desk, facts.code)
    assert found is not None
    assert (found[0].id, found[1]) == (ticket.card.id, False)


def test_a_papers_code_does_not_hand_anything_back(
    front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    code = form_facts(front_desk, ticket.card.id, "completion").code
    with pytest.raises(errors.WrongProof):
        tickets.hand_back(front_desk, ticket.card.id, Proof("receipt", code))


def test_printing_is_journalled_and_hinders_no_undo(clerk: Actor, ticket: TicketView) -> None:
    tickets.claim(clerk, ticket.card.id)
    print_out(clerk, ticket.card.id, "authorisation")
    assert tickets.undo(clerk, ticket.card.id).card.state == "queued"
    kinds = [entry.kind for entry in models.JournalEntry.select()]
    assert kinds.count("ticket.paper_printed") == 1


def test_a_shared_sheet_is_told_with_the_hands_it_went_through(
    front_desk: Actor, clerk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    sheet = NewPaper("身份证", shared_with=ticket.papers[0].id)
    second = tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["transfer"], "", consent=True, papers=(sheet,),
            visit=ticket.card.id,
        ),
    )  # fmt: skip
    tickets.claim(clerk, second.card.id)
    tickets.received(clerk, second.card.id)
    (line,) = form_facts(front_desk, second.card.id, "custody_list").papers
    assert line.line.shared == "A001"
    assert (line.taken.staff, line.received.staff, line.received.window) == ("陈晓", "张敏", "3")
