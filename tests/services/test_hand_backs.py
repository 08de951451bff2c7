"""Who gets papers back: the resident against proof, somebody else with a second member of staff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import custody, repeats, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import Collector, NewPaper, NewTicket, Proof, TicketView
from hall_desk.store import models
from hall_desk.store.ids import new_id
from tests.conftest import PIN

NOTHING_SHOWN = Proof("receipt", "")


@pytest.fixture
def ready(front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> TicketView:
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False, count=2))
    opened = tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=papers
        ),
    )
    tickets.claim(clerk, opened.card.id)
    tickets.received(clerk, opened.card.id)
    return tickets.finish(clerk, opened.card.id, "已办好")


@pytest.fixture
def daughter(clerk: Actor) -> Collector:
    return Collector("于小兰", "女儿，本人住院", clerk.staff_id, PIN)


def test_every_hand_back_is_written_down(front_desk: Actor, ready: TicketView) -> None:
    proof = Proof("phone_tail", "4127")
    tickets.hand_back(front_desk, ready.card.id, proof, (ready.papers[1].id,))
    tickets.hand_back(front_desk, ready.card.id, proof)
    rows = list(models.HandBack.select().order_by(models.HandBack.id))
    assert [(row.proof, row.papers, row.collector) for row in rows] == [
        ("phone_tail", 2, ""),
        ("phone_tail", 1, ""),
    ]


def test_somebody_else_collects_when_a_colleague_stands_by(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    closed = tickets.hand_back(front_desk, ready.card.id, NOTHING_SHOWN, None, daughter)
    assert closed.card.state == "closed"
    (row,) = models.HandBack.select()
    assert (row.proof, row.collector, row.reason) == ("other_collector", "于小兰", "女儿，本人住院")
    told = next(line for line in closed.history if line.kind == "ticket.handed_back")
    assert (told.facts["collector"], told.facts["second"], told.facts["note"]) == (
        "于小兰",
        "张敏",
        "女儿，本人住院",
    )
    journal = " ".join(entry.facts for entry in models.JournalEntry.select())
    assert "于小兰" not in journal
    assert "女儿" not in journal


def test_with_the_receipt_in_hand_that_is_written_too(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    proof = Proof("pickup_code", ready.pickup_code)
    tickets.hand_back(front_desk, ready.card.id, proof, None, daughter)
    (row,) = models.HandBack.select()
    assert (row.proof, row.collector) == ("pickup_code", "于小兰")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "collector"),
        ({"reason": ""}, "reason"),
        ({"second": None}, "second"),
        ({"pin": ""}, "pin"),
    ],
)
def test_each_of_them_is_needed(
    front_desk: Actor, ready: TicketView, daughter: Collector, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        tickets.hand_back(
            front_desk, ready.card.id, NOTHING_SHOWN, None, replace(daughter, **change)
        )
    assert refused.value.field == field
    assert len(custody.papers_out(front_desk)) == 2


def test_nobody_is_their_own_second(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    alone = replace(daughter, second=front_desk.staff_id)
    with pytest.raises(errors.BadInput) as refused:
        tickets.hand_back(front_desk, ready.card.id, NOTHING_SHOWN, None, alone)
    assert (refused.value.field, refused.value.reason) == ("second", "same")
    assert [one.name for one in tickets.colleagues(front_desk)] == ["张敏", "李主任"]


def test_a_wrong_pin_hands_nothing_back_and_is_counted(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    for left in (4, 3):
        with pytest.raises(errors.SignInRefused) as refused:
            tickets.hand_back(
                front_desk, ready.card.id, NOTHING_SHOWN, None, replace(daughter, pin="9753")
            )
        assert refused.value.tries_left == left
    assert tickets.get(front_desk, ready.card.id).card.state == "ready"
    assert models.HandBack.select().count() == 0


def test_a_wrong_receipt_is_refused_whoever_stands_by(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    with pytest.raises(errors.WrongProof):
        tickets.hand_back(front_desk, ready.card.id, Proof("pickup_code", "no"), None, daughter)


def test_a_lost_answer_is_asked_again_and_hands_back_once(
    front_desk: Actor, ready: TicketView, daughter: Collector
) -> None:
    """The colleague's PIN is checked in a transaction of its own, which must not use up the key of the command."""
    key = new_id()
    with pytest.raises(errors.WrongProof):
        repeats.once(
            front_desk,
            key,
            lambda actor: tickets.hand_back(
                actor, ready.card.id, Proof("pickup_code", "no"), None, daughter
            ),
        )
    for _press in range(2):
        closed = repeats.once(
            front_desk,
            key,
            lambda actor: tickets.hand_back(actor, ready.card.id, NOTHING_SHOWN, None, daughter),
        )
        assert closed.card.state == "closed"
    assert models.HandBack.select().count() == 1


def test_the_colleagues_pin_is_shown_nowhere(daughter: Collector) -> None:
    assert PIN not in repr(daughter)
