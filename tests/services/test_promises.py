"""The promise clock: who is about to be told “three minutes” in vain, and who has been already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, halls, promises, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.tickets import NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN


def open_ticket(actor: Actor, matter: Any, name: str, phone: str = "13800004127") -> Any:
    return tickets.open(actor, NewTicket(new_id(), matter, name, phone, consent=True)).card


def later(store: Store, **how: float) -> None:
    store.freeze(MORNING + timedelta(**how))


def late(actor: Actor, *window: Any) -> list[str]:
    """The numbers of those about to break their promise, as this actor is told now."""
    told = promises.clock(actor, *window).about_to_break(actor.store.now())
    return [card.number for card in told]


def over(actor: Actor) -> int:
    return promises.clock(actor).over(actor.store.now())


def test_a_ticket_comes_up_one_minute_before_its_promise_falls_due(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    card = open_ticket(front_desk, small_hall["medical"], "于女士")
    assert card.due_at == MORNING + timedelta(minutes=3)
    later(store, seconds=119)
    assert late(front_desk) == []
    later(store, seconds=120)
    assert (late(front_desk), over(front_desk)) == (["A001"], 0)
    later(store, seconds=180)
    assert over(front_desk) == 0, "kept to the second is kept"
    later(store, seconds=180.5)
    assert over(front_desk) == 1


def test_how_early_is_the_halls(
    store: Store, front_desk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    open_ticket(front_desk, small_hall["medical"], "于女士")
    halls.change_setting(manager, "promise_warning_minutes", 2)
    later(store, seconds=60)
    assert late(front_desk) == ["A001"]


def test_the_longest_due_comes_first_and_the_list_has_an_end(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    for second, name in enumerate(("于女士", "钱先生", "郑先生")):
        later(store, seconds=second)
        open_ticket(front_desk, small_hall["medical"], name, f"1380000412{second}")
    later(store, minutes=5)
    assert late(front_desk) == ["A001", "A002", "A003"]
    some = promises.clock(front_desk, limit=2)
    assert ([card.number for card in some.cards], some.more) == (["A001", "A002"], True)
    assert not promises.clock(front_desk, limit=3).more


def test_a_clock_read_once_stays_right_while_time_goes_by(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    open_ticket(front_desk, small_hall["medical"], "于女士")
    read = promises.clock(front_desk)
    for seconds, due, broken in ((0, 0, 0), (119, 0, 0), (120, 1, 0), (180, 1, 0), (181, 1, 1)):
        now = MORNING + timedelta(seconds=seconds)
        assert (len(read.about_to_break(now)), read.over(now)) == (due, broken)


def test_the_clock_stands_still_while_the_ticket_is_suspended(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    card = open_ticket(front_desk, small_hall["medical"], "于女士")
    later(store, seconds=60)
    tickets.claim(clerk, card.id)
    later(store, seconds=90)
    tickets.suspend(clerk, card.id, "收入证明", MORNING + timedelta(hours=2))
    later(store, hours=1)
    assert late(front_desk) == []
    resumed = tickets.resume(clerk, card.id).card
    assert promises.seconds_left(resumed, store.now()) == 90
    later(store, hours=1, seconds=90.5)
    assert over(front_desk) == 1


def test_being_claimed_does_not_start_the_promise_again(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    card = open_ticket(front_desk, small_hall["medical"], "于女士")
    later(store, seconds=170)
    tickets.claim(clerk, card.id)
    assert late(front_desk) == ["A001"]


def test_what_is_ready_or_closed_is_not_late_any_more(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    card = open_ticket(front_desk, small_hall["medical"], "于女士")
    later(store, minutes=5)
    tickets.claim(clerk, card.id)
    tickets.finish(clerk, card.id, "已办好")
    assert late(front_desk) == []


def test_a_window_clerk_sees_the_own_window_whatever_is_asked_for(
    store: Store, front_desk: Actor, clerk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    open_ticket(front_desk, small_hall["medical"], "于女士")
    open_ticket(front_desk, small_hall["residence"], "钱先生")
    later(store, minutes=5)
    assert late(clerk) == ["A001"]
    assert late(clerk, small_hall["window2"]) == ["A001"]
    assert late(manager, small_hall["window2"]) == ["A002"]
    assert late(manager) == ["A001", "A002"]


def test_the_foyers_pc_does_not_see_who_is_late(store: Store, manager: Actor) -> None:
    accounts.add_staff(manager, "候办区", Role.FOYER, PIN)
    foyer = accounts.sign_in(store, "候办区", PIN)
    with pytest.raises(errors.NotAllowed):
        promises.clock(foyer)


def test_the_list_is_read_by_its_index(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    if store.postgres:
        store.execute("SET enable_seqscan = off")
    for sql, more in ((promises._SOONEST, ()), (promises._SOONEST_AT_WINDOW, (new_id().hex,))):
        explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
        with store.reading():
            plan = str(
                store.execute(
                    explain + sql,
                    (front_desk.hall_id.hex, *more, 51),
                ).fetchall()
            )
        assert "ticket_due" in plan, plan
