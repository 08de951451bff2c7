"""In the hall now: passed checks, less those who left; amber at four fifths of the limit, red at the limit."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import halls, passages, screening, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.passages import Inside, NewPassage
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING


def admit(actor: Actor, people: int = 1) -> None:
    for _ in range(people):
        screening.record(actor, NewCheck(new_id(), "365"))


def leave(actor: Actor, count: int = 1, receipt: str = "") -> passages.Passed:
    return passages.leave(actor, NewPassage(new_id(), count, receipt))


def test_who_passed_the_check_is_inside(front_desk: Actor) -> None:
    admit(front_desk, 3)
    assert passages.inside(front_desk) == Inside(3, 0)
    assert passages.inside(front_desk).level == "ok"


def test_who_is_held_or_withdrawn_or_staff_is_not_counted(front_desk: Actor) -> None:
    held = screening.record(front_desk, NewCheck(new_id(), "376"))
    wrong = screening.record(front_desk, NewCheck(new_id(), "365"))
    screening.undo(front_desk, wrong.id)
    screening.record(front_desk, NewCheck(new_id(), "365", name="张敏", person="staff"))
    assert passages.inside(front_desk).count == 0
    screening.record(front_desk, NewCheck(new_id(), "365", recheck_of=held.id))
    assert passages.inside(front_desk).count == 1


def test_one_key_for_one_who_leaves_and_the_same_key_press_once(front_desk: Actor) -> None:
    admit(front_desk, 2)
    pressed = NewPassage(new_id())
    assert passages.leave(front_desk, pressed).inside.count == 1
    assert passages.leave(front_desk, pressed).inside.count == 1
    assert leave(front_desk).inside.count == 0


def test_nobody_leaves_an_empty_hall(front_desk: Actor) -> None:
    with pytest.raises(errors.BadInput) as refused:
        leave(front_desk)
    assert (refused.value.field, refused.value.reason) == ("count", "nobody_inside")
    passages.come_in(front_desk, NewPassage(new_id(), 2))
    with pytest.raises(errors.BadInput):
        leave(front_desk, 3)
    assert leave(front_desk, 2).inside.count == 0


@pytest.mark.parametrize("count", [0, -1, 100])
def test_a_number_that_cannot_be_is_refused(front_desk: Actor, count: int) -> None:
    with pytest.raises(errors.BadInput):
        passages.come_in(front_desk, NewPassage(new_id(), count))


def test_a_receipt_leaves_once_a_day(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    admit(front_desk, 2)
    ticket = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    )
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    gone = leave(front_desk, receipt=f" {code.lower()} ")
    assert (gone.inside.count, gone.number, gone.again) == (1, ticket.card.number, False)
    twice = leave(front_desk, receipt=code)
    assert (twice.inside.count, twice.again) == (1, True)
    store.freeze(MORNING + timedelta(days=1))
    admit(front_desk)
    assert leave(front_desk, receipt=code).inside.count == 0


def test_two_doors_that_scan_the_same_receipt_at_once_count_one(
    store: Store, front_desk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    gate = threading.Barrier(2)
    told: list[Any] = []

    def scan(actor: Actor, code: str) -> None:
        try:
            gate.wait(20)
            told.append(leave(actor, receipt=code).again)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            told.append(repr(error))
        finally:
            store.close_thread()

    admit(front_desk, 20)
    for turn in range(10):
        ticket = tickets.open(
            front_desk, NewTicket(new_id(), small_hall["medical"], f"居民{turn}", consent=True)
        )
        code = tickets.receipt_facts(front_desk, ticket.card.id).code
        told.clear()
        doors = [
            threading.Thread(target=scan, args=(actor, code)) for actor in (front_desk, manager)
        ]
        for door in doors:
            door.start()
        for door in doors:
            door.join(20)
        assert sorted(told, key=str) == [False, True]
        assert passages.inside(front_desk).count == 19 - turn


@pytest.mark.parametrize("code", ["HD1*A001*20200221*00000000", "A001", "6901234567892"])
def test_a_code_that_is_no_receipt_of_this_hall_is_refused(
    front_desk: Actor, small_hall: dict[str, Any], code: str
) -> None:
    admit(front_desk)
    tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True))
    with pytest.raises(errors.BadInput) as refused:
        leave(front_desk, receipt=code)
    assert (refused.value.field, refused.value.reason) == ("receipt", "unknown")
    assert passages.inside(front_desk).count == 1


@pytest.mark.parametrize(
    ("people", "level"), [(0, "ok"), (7, "ok"), (8, "warn"), (9, "warn"), (10, "bad"), (12, "bad")]
)
def test_the_limit_turns_amber_and_red(
    front_desk: Actor, manager: Actor, people: int, level: str
) -> None:
    halls.change_setting(manager, "capacity", 10)
    if people:
        passages.come_in(front_desk, NewPassage(new_id(), people))
    assert passages.inside(front_desk) == Inside(people, 10)
    assert passages.inside(front_desk).level == level


def test_a_limit_is_never_negative(manager: Actor) -> None:
    with pytest.raises(errors.BadInput):
        halls.change_setting(manager, "capacity", -1)


def test_the_close_of_a_day_empties_the_count(front_desk: Actor, manager: Actor) -> None:
    admit(front_desk, 3)
    with manager.store.change(manager) as change:
        passages.empty(change, manager, change.day, passages.inside_on(manager, change.day))
    assert passages.inside(front_desk).count == 0


def test_a_new_day_begins_with_an_empty_hall(store: Store, front_desk: Actor) -> None:
    admit(front_desk, 3)
    store.freeze(MORNING.replace(hour=16, minute=0, second=0))  # midnight in the hall
    assert passages.inside(front_desk).count == 0


def test_a_window_clerk_may_see_but_not_count(front_desk: Actor, clerk: Actor) -> None:
    admit(front_desk)
    assert passages.inside(clerk).count == 1
    with pytest.raises(errors.NotAllowed):
        leave(clerk)
