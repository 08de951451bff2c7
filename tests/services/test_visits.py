"""Several matters in one visit: one resident, and sheets that are held and handed back at one ticket."""

from __future__ import annotations

from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, custody, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.tickets import NewPaper, NewTicket, Proof, TicketView
from hall_desk.store import models
from hall_desk.store.ids import code_of, new_id
from tests.conftest import PIN


@pytest.fixture
def first(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", id_number="11010519491231002X",
            consent=True, papers=papers,
        ),
    )  # fmt: skip


@pytest.fixture
def second(front_desk: Actor, first: TicketView, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(front_desk, another(first, small_hall["residence"]))


@pytest.fixture
def neighbour(manager: Actor, small_hall: dict[str, Any]) -> Actor:
    accounts.add_staff(manager, "周洁", Role.WINDOW_CLERK, PIN, small_hall["window2"])
    return accounts.sign_in(manager.store, "周洁", PIN)


def another(first: TicketView, matter: Any, *own: NewPaper) -> NewTicket:
    sheet = first.papers[0]
    shared = NewPaper(sheet.name, sheet.original, sheet.count, shared_with=sheet.id)
    return NewTicket(new_id(), matter, "", consent=True, papers=(shared, *own), visit=first.card.id)


def done(clerk: Actor, ticket: TicketView, **more: Any) -> TicketView:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    return tickets.finish(clerk, ticket.card.id, "已办好", **more)


def test_a_second_matter_has_the_residents_name_phone_and_id(
    front_desk: Actor, first: TicketView, second: TicketView
) -> None:
    assert (second.card.number, second.card.name) == ("A002", "于女士")
    assert (second.phone_masked, second.id_masked) == (first.phone_masked, first.id_masked)
    assert second.visit == first.card.id
    assert tickets.get(front_desk, first.card.id).visit == first.card.id
    assert [card.number for card in tickets.of_visit(front_desk, first.card.id)] == ["A001", "A002"]
    assert second.pickup_code == code_of(second.card.id, 4)


def test_a_shared_sheet_is_one_sheet_wherever_it_is_seen(
    front_desk: Actor, neighbour: Actor, first: TicketView, second: TicketView
) -> None:
    (sheet,) = second.papers
    assert (sheet.holder, sheet.shared, sheet.out, sheet.in_our_hands) == (
        "desk",
        "A001",
        False,
        True,
    )
    assert [line.paper.name for line in custody.papers_out(front_desk)] == [
        "身份证",
        "户口本复印件",
    ]
    tickets.claim(neighbour, second.card.id)
    there = tickets.received(neighbour, second.card.id).papers[0]
    here = tickets.get(front_desk, first.card.id).papers[0]
    assert (there.holder_staff, there.holder_window) == ("周洁", "2")
    assert (here.holder_staff, here.needed_by) == ("周洁", "A002")
    undone = tickets.undo(neighbour, second.card.id)
    assert undone.papers[0].holder == "desk"


def test_a_sheet_another_ticket_needs_stays_and_the_rest_goes_home(
    front_desk: Actor, clerk: Actor, neighbour: Actor, first: TicketView, second: TicketView
) -> None:
    ready = done(clerk, first)
    proof = Proof("phone_tail", "4127")
    card, copy = (paper.id for paper in ready.papers)
    with pytest.raises(errors.SheetNeeded) as refused:
        tickets.hand_back(front_desk, first.card.id, proof, (card,))
    assert (refused.value.other, refused.value.papers) == ("A002", ["身份证"])
    part = tickets.hand_back(front_desk, first.card.id, proof)
    assert [paper.holder for paper in part.papers] == ["desk", "resident"]
    assert part.card.state == "ready"
    with pytest.raises(errors.SheetNeeded):
        tickets.hand_back(front_desk, first.card.id, proof)
    done(neighbour, second)
    closed = tickets.hand_back(front_desk, second.card.id, proof)
    assert closed.card.state == "closed", "it has no paper of its own"
    assert [line.paper.name for line in custody.papers_out(front_desk)] == ["身份证"]
    assert tickets.hand_back(front_desk, first.card.id, proof).card.state == "closed"
    assert not custody.papers_out(front_desk)
    assert copy


def test_finishing_one_matter_leaves_the_sheet_with_the_window_that_works_with_it(
    clerk: Actor, neighbour: Actor, first: TicketView, second: TicketView
) -> None:
    tickets.claim(clerk, first.card.id)
    tickets.received(clerk, first.card.id)
    tickets.claim(neighbour, second.card.id)
    tickets.received(neighbour, second.card.id)
    after = tickets.finish(clerk, first.card.id, "已办好")
    assert [(p.holder, p.holder_window) for p in after.papers] == [("window", "2"), ("desk", "")]
    tickets.finish(neighbour, second.card.id, "已办好")
    assert tickets.get(clerk, first.card.id).papers[0].holder == "desk"


def test_a_window_cannot_keep_what_the_other_matter_needs(
    clerk: Actor, first: TicketView, second: TicketView
) -> None:
    tickets.claim(clerk, first.card.id)
    tickets.received(clerk, first.card.id)
    with pytest.raises(errors.SheetNeeded):
        tickets.finish(clerk, first.card.id, "已办好", kept=(first.papers[0].id,))
    assert tickets.get(clerk, first.card.id).card.state == "handling"


def test_a_third_matter_shares_the_first_ones_sheet_through_the_second(
    front_desk: Actor, first: TicketView, second: TicketView, small_hall: dict[str, Any]
) -> None:
    third = tickets.open(front_desk, another(second, small_hall["transfer"], NewPaper("申请表")))
    assert third.visit == first.card.id
    assert [(p.name, p.shared) for p in third.papers] == [("身份证", "A001"), ("申请表", "")]
    row = models.Paper.get_by_id(third.papers[0].id)
    assert row.shared_with_id == first.papers[0].id


def test_a_sheet_that_is_back_with_the_resident_is_not_shared(
    front_desk: Actor, clerk: Actor, first: TicketView, small_hall: dict[str, Any]
) -> None:
    done(clerk, first)
    tickets.hand_back(front_desk, first.card.id, Proof("phone_tail", "4127"))
    with pytest.raises(errors.BadInput) as refused:
        tickets.open(front_desk, another(first, small_hall["residence"]))
    assert (refused.value.field, refused.value.reason) == ("papers", "shared_gone")
    assert tickets.board(front_desk).opened_today == 1


def test_a_strangers_sheet_is_not_shared(
    front_desk: Actor, first: TicketView, small_hall: dict[str, Any]
) -> None:
    other = tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "钱女士", consent=True, papers=()),
    )
    sheet = NewPaper("身份证", shared_with=first.papers[0].id)
    for visit, field in ((other.card.id, "papers"), (None, "papers"), (new_id(), "visit")):
        asked = NewTicket(
            new_id(), small_hall["residence"], "钱女士", consent=True, papers=(sheet,), visit=visit
        )
        with pytest.raises(errors.BadInput) as refused:
            tickets.open(front_desk, asked)
        assert refused.value.field == field


def test_said_twice_it_is_one_ticket_with_the_same_papers(
    front_desk: Actor, first: TicketView, small_hall: dict[str, Any]
) -> None:
    asked = another(first, small_hall["residence"], NewPaper("申请表"))
    assert tickets.open(front_desk, asked) == tickets.open(front_desk, asked)
    assert tickets.board(front_desk).opened_today == 2


def test_papers_are_fetched_while_the_other_matter_is_suspended(
    front_desk: Actor, clerk: Actor, neighbour: Actor, first: TicketView, second: TicketView
) -> None:
    tickets.claim(neighbour, second.card.id)
    tickets.suspend(neighbour, second.card.id, "照片")
    done(clerk, first)
    assert (
        tickets.hand_back(front_desk, first.card.id, Proof("phone_tail", "4127")).card.state
        == "closed"
    )
    assert tickets.resume(neighbour, second.card.id).papers[0].holder == "resident"
