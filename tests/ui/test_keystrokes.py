"""How many keys the daily work at ticket and slip takes, from a standing start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id

if TYPE_CHECKING:
    from conftest import Keys

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True,
            papers=(NewPaper("身份证"),),
        ),
    )  # fmt: skip


@pytest.fixture
def press(keys: Keys, settled: Settled) -> Callable[..., int]:
    """Presses keys as a person does, seeing what each did; gives how many there were."""

    def press(*names: str) -> int:
        for name in names:
            if len(name) == 1:
                keys.type(name)
            else:
                keys.press(name)
            settled()
        return len(names)

    return press


def test_claiming_the_next_ticket_takes_one_key_and_finishing_it_three(
    make_window: Callable[..., MainWindow],
    clerk: Actor,
    ticket: TicketView,
    settled: Settled,
    press: Callable[..., int],
) -> None:
    make_window(clerk).go("window")
    settled()
    assert press("F6") == 1
    assert tickets.get(clerk, ticket.card.id).card.owner == "张敏"
    assert press("Alt+A", "Alt+1", "F7") <= 3
    done = tickets.get(clerk, ticket.card.id)
    assert (done.card.state, done.result) == ("ready", "已办好，当场可用")


def test_handing_back_takes_a_scan_and_one_key(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    clerk: Actor,
    ticket: TicketView,
    settled: Settled,
    press: Callable[..., int],
) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    window.take_scan(tickets.receipt_facts(front_desk, ticket.card.id).code)
    settled()
    assert press("Return") == 1
    assert tickets.get(front_desk, ticket.card.id).card.state == "closed"


def test_a_phone_slip_takes_at_most_six_keys(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
    press: Callable[..., int],
) -> None:
    make_window(front_desk)
    settled()
    assert press("F8", "y", "b", "k", "Return") <= 6
    (slip,) = models.Slip.select()
    assert slip.matter_id == small_hall["medical"]
