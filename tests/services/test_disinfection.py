"""Rounds of disinfection: area, time, person; typed once, offered the next day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hall_desk import errors
from hall_desk.services import disinfection
from hall_desk.services.accounts import Actor
from hall_desk.services.disinfection import NewRound
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING


def test_a_round_is_written_down_once_with_area_time_and_person(
    front_desk: Actor, clerk: Actor
) -> None:
    typed = NewRound(new_id(), "  大厅 ", "84 消毒液 1:100", clerk.staff_id)
    first = disinfection.record(front_desk, typed)
    assert disinfection.record(front_desk, typed) == first
    assert disinfection.of_day(front_desk) == [first]
    assert (first.at, first.area, first.person) == (MORNING, "大厅", "张敏")
    assert disinfection.record(front_desk, NewRound(new_id(), "卫生间")).person == "陈晓"


@pytest.mark.parametrize("typed", ["9:30", "0930", "９：３０", "09.30"])
def test_the_time_it_was_done_may_be_earlier(store: Store, front_desk: Actor, typed: str) -> None:
    done = disinfection.record(front_desk, NewRound(new_id(), "大厅", time=typed))
    assert f"{store.local(done.at):%d %H:%M}" == "21 09:30"


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        (NewRound(new_id(), "  "), "area", "empty"),
        (NewRound(new_id(), "厅" * 41), "area", "too_long"),
        (NewRound(new_id(), "大厅", "注" * 101), "note", "too_long"),
        (NewRound(new_id(), "大厅", time="25:00"), "time", "shape"),
        (NewRound(new_id(), "大厅", time="half nine"), "time", "shape"),
        (NewRound(new_id(), "大厅", time="10:04"), "time", "ahead"),
        (NewRound(new_id(), "大厅", person_id=new_id()), "person", "gone"),
    ],
)
def test_what_cannot_be_is_refused(
    front_desk: Actor, typed: NewRound, field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        disinfection.record(front_desk, typed)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert disinfection.of_day(front_desk) == []


def test_areas_are_offered_by_how_often_they_come_and_say_whether_today_is_done(
    store: Store, front_desk: Actor
) -> None:
    for area in ("大厅", "卫生间", "大厅"):
        disinfection.record(front_desk, NewRound(new_id(), area))
    store.freeze(MORNING + timedelta(days=1))
    disinfection.record(front_desk, NewRound(new_id(), "卫生间"))
    assert [(a.name, a.rounds_today, a.last_at) for a in disinfection.areas(front_desk)] == [
        ("卫生间", 1, MORNING + timedelta(days=1)),
        ("大厅", 0, None),
    ]
    store.freeze(MORNING + timedelta(days=40))
    assert disinfection.areas(front_desk) == []


def test_a_window_clerk_may_not(clerk: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        disinfection.record(clerk, NewRound(new_id(), "大厅"))
