"""A step whose answer was lost, sent again with the same key: the result, once, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import repeats, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewPaper, NewTicket, Proof, TicketView
from hall_desk.store import models
from hall_desk.store.ids import new_id

Step = Callable[[Actor], TicketView]
PAPERS = (NewPaper("身份证"), NewPaper("户口本", original=False))


@pytest.fixture
def opened(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    new = NewTicket(
        new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=PAPERS
    )
    return tickets.open(front_desk, new)  # fmt: skip


def _steps(ticket_id: UUID, other_window: UUID) -> dict[str, tuple[list[Step], Step]]:
    """For every step what comes before it, and the step."""

    def claim(actor: Actor) -> TicketView:
        return tickets.claim(actor, ticket_id)

    def received(actor: Actor) -> TicketView:
        return tickets.received(actor, ticket_id)

    def suspend(actor: Actor) -> TicketView:
        return tickets.suspend(actor, ticket_id, "收入证明")

    def finish(actor: Actor) -> TicketView:
        return tickets.finish(actor, ticket_id, "已办好", new=(NewPaper("医保卡"),))

    return {
        "claim": ([], claim),
        "claim_next": ([], tickets.claim_next),
        "received": ([claim], received),
        "release": ([claim], lambda actor: tickets.release(actor, ticket_id, "去吃饭")),
        "suspend": ([claim], suspend),
        "resume": ([claim, suspend], lambda actor: tickets.resume(actor, ticket_id)),
        "transfer": (
            [claim],
            lambda actor: tickets.transfer(actor, ticket_id, other_window, "请看说明"),
        ),
        "finish": ([claim, received], finish),
        "terminate": ([claim], lambda actor: tickets.terminate(actor, ticket_id, "不在本区")),
    }


@pytest.mark.parametrize(
    "name",
    ["claim", "claim_next", "received", "release", "suspend", "resume", "transfer", "finish", "terminate"],
)  # fmt: skip
def test_a_clerks_step_sent_twice_is_one(
    name: str, opened: TicketView, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    before, step = _steps(opened.card.id, small_hall["window2"])[name]
    for earlier in before:
        earlier(clerk)
    key = new_id()
    first = repeats.once(clerk, key, step)
    entries, papers = models.JournalEntry.select().count(), models.CustodyMove.select().count()
    again = repeats.once(clerk, key, step)
    assert again == first
    assert models.JournalEntry.select().count() == entries
    assert models.CustodyMove.select().count() == papers


def test_the_front_desks_steps_sent_twice_are_one(opened: TicketView, front_desk: Actor) -> None:
    ticket_id = opened.card.id
    withdrawn = new_id()
    for _ in range(2):
        view = repeats.once(
            front_desk, withdrawn, lambda actor: tickets.withdraw(actor, ticket_id, "改天再来")
        )
        assert view.card.state == "ready"
    proof = Proof("phone_tail", "4127")
    for paper in opened.papers:
        given = new_id()
        for _ in range(2):
            view = repeats.once(
                front_desk,
                given,
                lambda actor, paper=paper: tickets.hand_back(actor, ticket_id, proof, (paper.id,)),  # type: ignore[misc]
            )
    assert view.card.state == "closed"
    assert models.CustodyMove.select().where(models.CustodyMove.taker == "resident").count() == 2


def test_the_key_of_one_press_gives_one_ticket_though_another_waits(
    opened: TicketView, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], "诸葛于", consent=True))
    key = new_id()
    numbers = [repeats.once(clerk, key, tickets.claim_next).card.number for _ in range(3)]
    assert numbers == ["A001"] * 3
    assert [card.number for card in tickets.board(clerk).queued] == ["A002"]


def test_another_key_is_another_step_and_is_refused_as_ever(
    opened: TicketView, clerk: Actor, second_clerk: Actor
) -> None:
    ticket_id = opened.card.id
    repeats.once(clerk, new_id(), lambda actor: tickets.claim(actor, ticket_id))
    with pytest.raises(errors.AlreadyClaimed):
        repeats.once(second_clerk, new_id(), lambda actor: tickets.claim(actor, ticket_id))
    with pytest.raises(errors.NothingWaiting):
        repeats.once(second_clerk, new_id(), tickets.claim_next)


def test_a_refused_step_may_be_sent_again_with_its_key(opened: TicketView, clerk: Actor) -> None:
    ticket_id, key = opened.card.id, new_id()
    with pytest.raises(errors.WrongState):
        repeats.once(clerk, key, lambda actor: tickets.resume(actor, ticket_id))
    tickets.claim(clerk, ticket_id)
    tickets.suspend(clerk, ticket_id, "收入证明")
    view = repeats.once(clerk, key, lambda actor: tickets.resume(actor, ticket_id))
    assert view.card.state == "handling"
