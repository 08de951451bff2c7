"""A hundred rounds of eight processes that open and claim at the same moment, on both databases."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import accounts, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN

ROUNDS = 100
PROCESSES = 8
PATIENCE_S = 120


def _clerk(place: str, who: int, matter: UUID, gate: Any, results: Any) -> None:
    """One PC: opens a ticket at desk A, fights for the first one, then takes the next."""
    store = Store.open(place)
    staff = [name for name in accounts.names(store) if name.name.startswith("窗口")][who]
    actor = accounts.sign_in(store, staff.name, PIN)
    numbers, claimed, lost = [], [], 0
    for turn in range(ROUNDS):
        gate.wait(PATIENCE_S)
        new = NewTicket(new_id(), matter, f"居民{who}-{turn}", consent=True)
        numbers.append(tickets.open(actor, new).card.number)
        gate.wait(PATIENCE_S)
        first = (
            models.Ticket.select()
            .where(models.Ticket.state == "queued")
            .order_by(models.Ticket.id)
            .first()
            .id
        )
        gate.wait(PATIENCE_S)
        try:
            claimed.append(tickets.claim(actor, first).card.number)
        except errors.AlreadyClaimed as taken:
            lost += taken.owner != actor.name
            claimed.append(tickets.claim_next(actor).card.number)
    store.close()
    results.put((numbers, claimed, lost))


def test_each_ticket_is_claimed_once_and_no_number_is_given_twice(
    place: str, store: Store, manager: Actor, small_hall: dict[str, Any]
) -> None:
    for number in range(PROCESSES):
        accounts.add_staff(
            manager, f"窗口{number}", accounts.Role.MANAGER, PIN, small_hall["window3"]
        )
    store.thaw()
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    clerks = [
        context.Process(
            target=_clerk, args=(place, who, small_hall["medical"], gate, results), daemon=True
        )
        for who in range(PROCESSES)
    ]
    for process in clerks:
        process.start()
    told = [results.get(timeout=PATIENCE_S) for _ in clerks]
    for process in clerks:
        process.join(timeout=PATIENCE_S)
    numbers = Counter(number for opened, _, _ in told for number in opened)
    claimed = Counter(number for _, taken, _ in told for number in taken)
    assert set(numbers.values()) == {1}
    assert sorted(numbers) == sorted(f"A{n:03d}" for n in range(1, ROUNDS * PROCESSES + 1))
    assert claimed == numbers
    assert sum(lost for _, _, lost in told) == ROUNDS * (PROCESSES - 1)
