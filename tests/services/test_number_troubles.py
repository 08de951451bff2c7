"""A number that does not answer is said once per window, by anybody, and settled by a manager."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import accounts, number_troubles
from hall_desk.services.accounts import Actor
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

Places = dict[str, Any]


def new(place: UUID) -> NewTrouble:
    return NewTrouble(new_id(), place)


def said(store: Store) -> int:
    with store.reading():
        rows = models.JournalEntry.select().where(models.JournalEntry.kind == "number.reported")
        return int(rows.count())


def test_what_is_said_is_seen_until_a_manager_settles_it(
    store: Store, front_desk: Actor, manager: Actor, small_hall: Places
) -> None:
    window = small_hall["window3"]
    assert number_troubles.of_window(front_desk, window) is None
    told = number_troubles.report(front_desk, new(window))
    assert (told.window_number, told.phone, told.staff, told.at) == (
        "3", "010-5555-0103", "陈晓", MORNING,
    )  # fmt: skip
    assert number_troubles.unsettled(manager) == [told]
    assert number_troubles.of_window(manager, window) == told
    with pytest.raises(errors.NotAllowed):
        number_troubles.settle(front_desk, told.id)
    number_troubles.settle(manager, told.id)
    number_troubles.settle(manager, told.id)  # a second key press
    assert number_troubles.unsettled(manager) == []
    assert number_troubles.of_window(manager, window) is None


def test_said_twice_is_one_report_and_after_settling_a_new_one(
    store: Store, front_desk: Actor, clerk: Actor, manager: Actor, small_hall: Places
) -> None:
    window = small_hall["window3"]
    typed = new(window)
    first = number_troubles.report(front_desk, typed)
    assert number_troubles.report(front_desk, typed) == first
    assert number_troubles.report(clerk, new(window)) == first
    number_troubles.report(clerk, new(small_hall["window2"]))
    assert said(store) == 2
    number_troubles.settle(manager, first.id)
    replayed = number_troubles.report(front_desk, typed)  # the outbox sends it again
    assert replayed.settled_at == MORNING
    store.freeze(MORNING + timedelta(days=1))
    second = number_troubles.report(clerk, new(window))
    assert second.id != first.id
    assert [row.window_number for row in number_troubles.unsettled(manager)] == ["2", "3"]
    assert len(number_troubles.unsettled(manager, limit=1)) == 1


def test_an_unknown_window_or_report_is_refused(manager: Actor, small_hall: Places) -> None:
    with pytest.raises(errors.BadInput):
        number_troubles.report(manager, new(new_id()))
    with pytest.raises(errors.NotFound):
        number_troubles.settle(manager, new_id())


def _reporter(place: str, who: int, windows: list[UUID], gate: Any, results: Any) -> None:
    store = Store.open(place)
    actor = accounts.sign_in(store, f"前台{who}", PIN)
    heard = []
    for window in windows:
        gate.wait(60)
        heard.append(number_troubles.report(actor, new(window)).id)
    store.close()
    results.put(heard)


def test_two_desks_that_say_it_in_the_same_moment_make_one_report(
    place: str, store: Store, manager: Actor, small_hall: Places
) -> None:
    for who in range(2):
        accounts.add_staff(manager, f"前台{who}", accounts.Role.FRONT_DESK, PIN)
    store.thaw()
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(2), context.Queue()
    windows = [small_hall["window2"], small_hall["window3"]]
    desks = [
        context.Process(target=_reporter, args=(place, who, windows, gate, results), daemon=True)
        for who in range(2)
    ]
    for process in desks:
        process.start()
    heard = [results.get(timeout=60) for _ in desks]
    for process in desks:
        process.join(timeout=60)
    assert heard[0] == heard[1]
    assert said(store) == 2
