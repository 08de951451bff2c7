"""The ticket's life, step by step, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import codes, custody, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

PAPERS = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))


def new(matter: Any, name: str = "于女士", phone: str = "13800004127", **more: Any) -> NewTicket:
    return NewTicket(
        **{
            "id": new_id(),
            "matter_id": matter,
            "name": name,
            "phone": phone,
            "consent": True,
            "papers": PAPERS,
            **more,
        }
    )


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> tickets.TicketView:
    return tickets.open(front_desk, new(small_hall["medical"]))


def ready(clerk: Actor, ticket: tickets.TicketView) -> tickets.TicketView:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    return tickets.finish(clerk, ticket.card.id, "已领取")


def test_intake_gives_number_code_and_papers_in_the_desks_hands(ticket: tickets.TicketView) -> None:
    assert ticket.card.number == "A001"
    assert ticket.card.state == "queued"
    assert len(ticket.pickup_code) == 4
    assert [(p.name, p.holder, p.holder_staff) for p in ticket.papers] == [
        ("身份证", "desk", "陈晓"),
        ("户口本复印件", "desk", "陈晓"),
    ]
    assert [line.kind for line in ticket.history] == ["ticket.opened"]


def test_a_second_enter_is_the_same_ticket(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    typed = new(small_hall["medical"])
    assert (
        tickets.open(front_desk, typed).card.number
        == tickets.open(front_desk, typed).card.number
        == "A001"
    )
    assert tickets.board(front_desk).opened_today == 1


def test_a_refused_intake_takes_no_number(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    with pytest.raises(errors.BadInput):
        tickets.open(front_desk, new(small_hall["medical"], phone="1380000abcd"))
    assert tickets.open(front_desk, new(small_hall["medical"])).card.number == "A001"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"matter_id": None}, "matter", "empty"),
        ({"matter_id": new_id()}, "matter", "gone"),
        ({"name": "  "}, "name", "empty"),
        ({"phone": "138x"}, "phone", "not_a_phone"),
        ({"id_number": "110101194901011234"}, "id_number", "checksum"),
        ({"id_number": "1101011949"}, "id_number", "length"),
        ({"priority": "VIP"}, "priority", "unknown"),
        ({"consent": False}, "consent", "missing"),
        ({"papers": (NewPaper(""),)}, "papers", "name"),
        ({"papers": (NewPaper("身份证", count=0),)}, "papers", "count"),
        ({"papers": PAPERS * 30}, "papers", "too_many"),
    ],
)
def test_bad_intake_names_the_field(
    front_desk: Actor, small_hall: dict[str, Any], change: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        tickets.open(front_desk, replace(new(small_hall["medical"]), **change))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert tickets.board(front_desk).opened_today == 0


def test_an_open_ticket_for_the_same_matter_is_named(
    front_desk: Actor, ticket: tickets.TicketView, small_hall: dict[str, Any]
) -> None:
    with pytest.raises(errors.OpenTicketExists) as refused:
        tickets.open(front_desk, new(small_hall["medical"]))
    assert (refused.value.number, refused.value.window, refused.value.owner) == ("A001", "3", "")
    again = tickets.open(front_desk, new(small_hall["medical"], second_allowed=True))
    assert again.card.number == "A002"


def test_the_whole_way(front_desk: Actor, clerk: Actor, ticket: tickets.TicketView) -> None:
    taken = tickets.claim_next(clerk)
    assert (taken.card.number, taken.card.state, taken.card.owner) == ("A001", "handling", "张敏")
    taken = tickets.received(clerk, ticket.card.id)
    assert {p.holder_staff for p in taken.papers} == {"张敏"}
    copy = taken.papers[1].id
    done = tickets.finish(
        clerk, ticket.card.id, "已领取医保卡", kept=(copy,), new=(NewPaper("医保卡"),)
    )
    assert [(p.name, p.holder) for p in done.papers] == [
        ("身份证", "desk"),
        ("户口本复印件", "kept"),
        ("医保卡", "desk"),
    ]
    closed = tickets.hand_back(front_desk, ticket.card.id, Proof("pickup_code", ticket.pickup_code))
    assert (closed.card.state, closed.card.outcome) == ("closed", "finished")
    assert not custody.papers_out(front_desk)
    assert [line.kind for line in reversed(closed.history)] == [
        "ticket.opened", "ticket.claimed", "ticket.received", "ticket.finished", "ticket.handed_back", "ticket.closed",
    ]  # fmt: skip


def test_the_loser_of_a_claim_learns_who_was_first(
    clerk: Actor, second_clerk: Actor, ticket: tickets.TicketView
) -> None:
    tickets.claim(clerk, ticket.card.id)
    with pytest.raises(errors.AlreadyClaimed) as refused:
        tickets.claim(second_clerk, ticket.card.id)
    assert (refused.value.owner, refused.value.window, refused.value.since_text) == (
        "张敏",
        "3",
        "10:03:27",
    )
    with pytest.raises(errors.NothingWaiting):
        tickets.claim_next(second_clerk)


def test_claiming_twice_changes_nothing(clerk: Actor, ticket: tickets.TicketView) -> None:
    first = tickets.claim(clerk, ticket.card.id)
    assert tickets.claim(clerk, ticket.card.id) == first


def test_a_clerk_cannot_take_another_windows_ticket(
    clerk: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    other = tickets.open(front_desk, new(small_hall["residence"]))
    with pytest.raises(errors.NotAllowed):
        tickets.claim(clerk, other.card.id)


def test_priority_goes_first_but_nobody_starves(
    store: Any, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    def at(minute: int, name: str, priority: str = "") -> None:
        store.freeze(MORNING + timedelta(minutes=minute))
        tickets.open(front_desk, new(small_hall["medical"], name=name, phone="", priority=priority))

    at(0, "甲")
    at(9, "乙", "70+")
    at(12, "丙", "70+")
    assert [tickets.claim_next(clerk).card.name for _ in range(3)] == ["乙", "甲", "丙"]


def test_a_missing_paper_is_shown_at_the_desk_and_stays_in_its_hands(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView
) -> None:
    tickets.claim(clerk, ticket.card.id)
    copy = ticket.papers[1].id
    tickets.received(clerk, ticket.card.id, {copy: "missing"})
    seen = tickets.get(front_desk, ticket.card.id).papers
    assert [(p.holder, p.difference) for p in seen] == [("window", ""), ("desk", "missing")]


def test_release_keeps_the_place_in_the_queue(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView, small_hall: dict[str, Any]
) -> None:
    tickets.open(front_desk, new(small_hall["medical"], name="后来", phone=""))
    tickets.claim_next(clerk)
    released = tickets.release(clerk, ticket.card.id, "去取印章")
    assert released.card.state == "queued"
    assert released.history[0].facts["note"] == "去取印章"
    assert tickets.claim_next(clerk).card.number == "A001"


def test_suspend_and_resume(clerk: Actor, front_desk: Actor, ticket: tickets.TicketView) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    due = MORNING + timedelta(hours=1)
    stopped = tickets.suspend(clerk, ticket.card.id, "收入证明", due)
    assert (stopped.card.state, stopped.card.missing, stopped.card.callback_at) == (
        "suspended",
        "收入证明",
        due,
    )
    assert tickets.board(front_desk).suspended[0].number == "A001"
    assert tickets.resume(clerk, ticket.card.id).card.state == "handling"


def test_a_transfer_note_must_be_read(
    manager: Actor, clerk: Actor, ticket: tickets.TicketView, small_hall: dict[str, Any]
) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    moved = tickets.transfer(clerk, ticket.card.id, small_hall["window2"], "先核户籍")
    assert (moved.card.state, moved.card.window_number, moved.card.unread_note) == (
        "queued",
        "2",
        "先核户籍",
    )
    assert {p.holder_staff for p in moved.papers} == {"张敏"}
    tickets.claim(manager, ticket.card.id)
    with pytest.raises(errors.BadInput):
        tickets.finish(manager, ticket.card.id, "好了")
    tickets.note_read(manager, ticket.card.id)
    assert tickets.finish(manager, ticket.card.id, "好了").card.state == "ready"


def test_withdrawn_and_terminated_tickets_still_owe_their_papers(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView, small_hall: dict[str, Any]
) -> None:
    withdrawn = tickets.withdraw(front_desk, ticket.card.id, "改天再来")
    assert (withdrawn.card.state, withdrawn.card.outcome) == ("ready", "withdrawn")
    other = tickets.open(front_desk, new(small_hall["medical"], name="周先生", phone=""))
    tickets.claim(clerk, other.card.id)
    ended = tickets.terminate(clerk, other.card.id, "不符合条件")
    assert (ended.card.state, ended.card.outcome, ended.card.papers_held) == (
        "ready",
        "terminated",
        2,
    )
    assert len(custody.papers_out(front_desk)) == 4


def test_hand_back_in_parts_closes_only_when_nothing_is_out(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView
) -> None:
    ready(clerk, ticket)
    proof = Proof("phone_tail", "4127")
    first = tickets.hand_back(front_desk, ticket.card.id, proof, (ticket.papers[0].id,))
    assert first.card.state == "ready"
    with pytest.raises(errors.PapersOut):
        tickets.hand_back(front_desk, ticket.card.id, proof, (ticket.papers[0].id,))
    assert tickets.hand_back(front_desk, ticket.card.id, proof).card.state == "closed"


@pytest.mark.parametrize(
    "proof",
    [
        Proof("pickup_code", "no"),
        Proof("phone_tail", "0000"),
        Proof("id_tail", ""),
        Proof("id_tail", "1243"),
        Proof("receipt", "HD1*A001*20200221*00000000"),
        Proof("anything", "4127"),
    ],
)
def test_wrong_proof_hands_nothing_back(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView, proof: Proof
) -> None:
    ready(clerk, ticket)
    with pytest.raises((errors.WrongProof, errors.BadInput)):
        tickets.hand_back(front_desk, ticket.card.id, proof)
    assert len(custody.papers_out(front_desk)) == 2


def test_the_receipts_code_opens_the_ticket_and_proves_it(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView
) -> None:
    ready(clerk, ticket)
    facts = tickets.receipt_facts(front_desk, ticket.card.id)
    assert facts.code.isascii()
    assert tickets.by_code(front_desk, facts.code) == (
        tickets.get(front_desk, ticket.card.id).card,
        True,
    )
    forged = facts.code.split("*")[3]
    wrong = "00000000" if forged != "00000000" else "11111111"
    again = codes.of_ticket(front_desk.hall_id, "A001", facts.printed_at.date(), wrong)
    assert tickets.by_code(front_desk, again) is None
    assert (
        tickets.hand_back(
            front_desk, ticket.card.id, Proof("receipt", facts.code.lower())
        ).card.state
        == "closed"
    )


def test_steps_out_of_order_are_refused(
    front_desk: Actor, clerk: Actor, ticket: tickets.TicketView
) -> None:
    for step in (
        lambda: tickets.finish(clerk, ticket.card.id, "x"),
        lambda: tickets.release(clerk, ticket.card.id),
        lambda: tickets.resume(clerk, ticket.card.id),
        lambda: tickets.hand_back(
            front_desk, ticket.card.id, Proof("pickup_code", ticket.pickup_code)
        ),
    ):
        with pytest.raises(errors.WrongState):
            step()
    assert tickets.get(front_desk, ticket.card.id).card.state == "queued"


def test_the_id_number_is_never_kept_whole(
    store: Any, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    number = "11010519491231002X"
    seen = tickets.open(front_desk, new(small_hall["medical"], id_number=number))
    assert seen.id_masked == "110***********002X"
    dump = repr(list(store.execute("SELECT * FROM ticket").fetchall()))
    assert number not in dump


def test_expected_minutes_come_from_recent_cases_when_there_are_enough(
    store: Any, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    assert not tickets.expectation(front_desk, small_hall["medical"], small_hall["window3"]).enough
    for case in range(5):
        store.freeze(MORNING + timedelta(minutes=10 * case))
        made = tickets.open(front_desk, new(small_hall["medical"], name=f"居民{case}", phone=""))
        tickets.claim(clerk, made.card.id)
        store.freeze(MORNING + timedelta(minutes=10 * case + 7))
        tickets.finish(clerk, made.card.id, "好")
    wait = tickets.expectation(front_desk, small_hall["medical"], small_hall["window3"])
    assert (wait.enough, wait.minutes, wait.ahead) == (True, 7, 0)
