"""Every step can be taken back for ten seconds, by whoever took it; what cannot be taken back says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import callbacks, custody, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewPaper, NewTicket, Proof, TicketView
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

PAPERS = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=PAPERS
        ),
    )


@pytest.fixture
def later(store: Store) -> Callable[[float], None]:
    """Moves the hall's clock to so many seconds after the morning."""
    return lambda seconds: store.freeze(MORNING + timedelta(seconds=seconds))


def plain(ticket: TicketView) -> TicketView:
    """All of a ticket but what its past and its papers' clocks say."""
    papers = tuple(replace(paper, held_since=MORNING) for paper in ticket.papers)
    return replace(ticket, history=(), papers=papers)


def handled(clerk: Actor, ticket: TicketView) -> TicketView:
    tickets.claim(clerk, ticket.card.id)
    return tickets.received(clerk, ticket.card.id)


@pytest.mark.parametrize(
    "step",
    [
        "claim", "received", "release", "suspend", "suspend_and_call", "resume", "transfer", "finish", "terminate",
    ],
)  # fmt: skip
def test_a_window_takes_its_step_back(
    store: Store,
    clerk: Actor,
    ticket: TicketView,
    small_hall: dict[str, Any],
    later: Any,
    step: str,
) -> None:
    key = ticket.card.id
    copy = ticket.papers[1].id
    calls: dict[str, Callable[[], TicketView]] = {
        "claim": lambda: tickets.claim_next(clerk),
        "received": lambda: tickets.received(clerk, key, {copy: "只有一页"}),
        "release": lambda: tickets.release(clerk, key, "去取印章"),
        "suspend": lambda: tickets.suspend(clerk, key, "收入证明"),
        "suspend_and_call": lambda: tickets.suspend(
            clerk, key, "收入证明", MORNING + timedelta(hours=1)
        ),
        "resume": lambda: tickets.resume(clerk, key),
        "transfer": lambda: tickets.transfer(clerk, key, small_hall["window2"], "先核户籍"),
        "finish": lambda: tickets.finish(
            clerk, key, "已办好", kept=(copy,), new=(NewPaper("医保卡"),)
        ),
        "terminate": lambda: tickets.terminate(clerk, key, "不符合条件"),
    }
    later(5)
    if step == "received":
        tickets.claim(clerk, key)
        tickets.received(clerk, key, {copy: "missing"})
    elif step != "claim":
        handled(clerk, ticket)
    if step == "resume":
        later(20)
        tickets.suspend(clerk, key, "收入证明", MORNING + timedelta(hours=1))
    before = tickets.get(clerk, key)
    later(40)
    done = calls[step]()
    assert plain(done) != plain(before)
    later(50)
    undone = tickets.undo(clerk, key)
    assert plain(undone) == plain(before)
    assert undone.history[0].kind == "ticket.undone"
    assert len(undone.history) >= len(before.history) + 2, "nothing is struck from the history"
    assert tickets.claims_today(clerk) == (0 if step == "claim" else 1)
    called = [line.ticket_id for line in callbacks.due(clerk)] == [key]
    assert called == (step == "resume")
    later(60)
    again = calls[step]()
    held = [[(p.name, p.holder, p.difference) for p in one.papers] for one in (again, done)]
    assert held[0] == held[1], "the step can be taken again, and well"
    assert (again.card.state, again.result) == (done.card.state, done.result)


def test_the_desk_takes_back_a_withdrawal_while_the_window_works(
    front_desk: Actor, clerk: Actor, ticket: TicketView, later: Any
) -> None:
    before = handled(clerk, ticket)
    later(30)
    tickets.withdraw(front_desk, ticket.card.id, "改天再来")
    assert plain(tickets.undo(front_desk, ticket.card.id)) == plain(before)
    assert tickets.get(clerk, ticket.card.id).card.owner == "张敏"


def test_a_hand_back_is_taken_back_and_the_ticket_opens_again(
    front_desk: Actor, clerk: Actor, ticket: TicketView, later: Any
) -> None:
    handled(clerk, ticket)
    before = tickets.finish(clerk, ticket.card.id, "已办好")
    later(30)
    tickets.hand_back(front_desk, ticket.card.id, Proof("phone_tail", "4127"))
    assert not custody.papers_out(front_desk)
    undone = tickets.undo(front_desk, ticket.card.id)
    assert plain(undone) == plain(before)
    (row,) = models.HandBack.select()
    assert row.undone_at is not None
    closed = tickets.hand_back(front_desk, ticket.card.id, Proof("phone_tail", "4127"))
    assert closed.card.state == "closed"


def test_only_the_last_part_of_a_hand_back_is_taken_back(
    front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    handled(clerk, ticket)
    tickets.finish(clerk, ticket.card.id, "已办好")
    proof = Proof("phone_tail", "4127")
    tickets.hand_back(front_desk, ticket.card.id, proof, (ticket.papers[0].id,))
    tickets.hand_back(front_desk, ticket.card.id, proof)
    undone = tickets.undo(front_desk, ticket.card.id)
    assert [paper.holder for paper in undone.papers] == ["resident", "desk"]


def test_a_new_paper_that_was_written_by_mistake_is_shown_nowhere(
    front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    handled(clerk, ticket)
    tickets.finish(clerk, ticket.card.id, "已办好", new=(NewPaper("医保卡"),))
    undone = tickets.undo(clerk, ticket.card.id)
    assert [paper.name for paper in undone.papers] == ["身份证", "户口本复印件"]
    again = tickets.finish(clerk, ticket.card.id, "已办好", new=(NewPaper("社保卡"),))
    assert [paper.name for paper in again.papers] == ["身份证", "户口本复印件", "社保卡"]
    assert tickets.receipt_facts(front_desk, ticket.card.id).papers == again.papers


def test_after_ten_seconds_it_is_too_late(clerk: Actor, ticket: TicketView, later: Any) -> None:
    tickets.claim(clerk, ticket.card.id)
    later(10.5)
    with pytest.raises(errors.NothingToUndo) as refused:
        tickets.undo(clerk, ticket.card.id)
    assert (refused.value.number, refused.value.reason) == ("A001", "too_late")
    assert tickets.get(clerk, ticket.card.id).card.state == "handling"


def test_nobody_takes_back_what_somebody_else_did(
    front_desk: Actor, clerk: Actor, second_clerk: Actor, ticket: TicketView
) -> None:
    handled(clerk, ticket)
    tickets.finish(clerk, ticket.card.id, "已办好")
    tickets.hand_back(
        front_desk, ticket.card.id, Proof("phone_tail", "4127"), (ticket.papers[0].id,)
    )
    for actor, owner in ((clerk, "陈晓"), (second_clerk, "陈晓")):
        with pytest.raises(errors.NothingToUndo) as refused:
            tickets.undo(actor, ticket.card.id)
        assert (refused.value.reason, refused.value.owner) == ("not_yours", owner)
    assert tickets.get(clerk, ticket.card.id).card.state == "ready"


def test_opening_a_read_note_and_an_undo_stay(
    front_desk: Actor, manager: Actor, clerk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    def refused(actor: Actor) -> None:
        with pytest.raises(errors.NothingToUndo) as said:
            tickets.undo(actor, ticket.card.id)
        assert said.value.reason == "never"

    refused(front_desk)
    tickets.claim(clerk, ticket.card.id)
    tickets.undo(clerk, ticket.card.id)
    refused(clerk)
    handled(clerk, ticket)
    tickets.transfer(clerk, ticket.card.id, small_hall["window2"], "先核户籍")
    tickets.claim(manager, ticket.card.id)
    tickets.note_read(manager, ticket.card.id)
    refused(manager)


def test_undone_steps_do_not_count_in_what_came_before(
    clerk: Actor, ticket: TicketView, later: Any
) -> None:
    """Claimed, undone, claimed, finished, undone: it is in hand since the second claim."""
    key = ticket.card.id
    tickets.claim(clerk, key)
    tickets.undo(clerk, key)
    later(20)
    tickets.claim(clerk, key)
    later(30)
    tickets.finish(clerk, key, "已办好")
    undone = tickets.undo(clerk, key)
    assert undone.card.since == MORNING + timedelta(seconds=20)
    assert models.Ticket.get_by_id(key).claimed_at == MORNING + timedelta(seconds=20)
    later(35)
    tickets.release(clerk, key)
    tickets.undo(clerk, key)
    assert models.Ticket.get_by_id(key).claimed_at == MORNING + timedelta(seconds=20)


def test_a_step_on_what_another_pc_has_changed_is_refused_with_who_and_when(
    clerk: Actor, second_clerk: Actor, ticket: TicketView, later: Any
) -> None:
    shown = handled(clerk, ticket).card.since
    later(20)
    tickets.release(clerk, ticket.card.id)
    tickets.claim(second_clerk, ticket.card.id)
    for step in (
        lambda: tickets.suspend(clerk, ticket.card.id, "缺", since=shown),
        lambda: tickets.terminate(clerk, ticket.card.id, "不符", since=shown),
        lambda: tickets.transfer(clerk, ticket.card.id, new_id(), "看", since=shown),
    ):
        with pytest.raises(errors.ChangedMeanwhile) as refused:
            step()
        assert (refused.value.owner, refused.value.since_text) == ("刘洋", "10:03:47")
    assert tickets.get(clerk, ticket.card.id).card.owner == "刘洋"


def test_two_who_move_one_paper_at_once_cannot_both(
    front_desk: Actor, clerk: Actor, ticket: TicketView, later: Any
) -> None:
    """What one read before the other moved it is not moved again: custody never branches."""
    read = models.Paper.get_by_id(ticket.papers[0].id)
    tickets.claim(clerk, ticket.card.id)
    later(5)
    tickets.received(clerk, ticket.card.id)
    with (
        pytest.raises(errors.ChangedMeanwhile),
        front_desk.store.change(front_desk) as change,
    ):
        custody.pass_on(change, read, custody.RESIDENT)
    assert tickets.get(clerk, ticket.card.id).papers[0].holder == "window"
