"""Staff in and out: what the register takes, what it refuses, and who is told what."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, attendance, halls, posts
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.attendance import NewAttendance
from hall_desk.services.posts import NewShift
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry
from tests.conftest import MORNING, PIN


def new(person: Actor, temperature: str = "365", **more: Any) -> NewAttendance:
    return NewAttendance(new_id(), person.staff_id, temperature=temperature, **more)


def of(actor: Actor, person: Actor) -> attendance.Person:
    return next(p for p in attendance.people(actor) if p.id == person.staff_id)


def test_coming_in_is_understood_without_being_said(front_desk: Actor, clerk: Actor) -> None:
    assert attendance.record(front_desk, new(clerk, mask=True)).kind == "in"
    assert attendance.record(front_desk, new(clerk, "36.6")).kind == "check"
    person = of(front_desk, clerk)
    assert (person.inside, person.came_at, person.checks, person.degrees, person.mask) == (
        True,
        MORNING,
        2,
        "36.6",
        True,
    )


def test_a_second_enter_is_the_same_entry(front_desk: Actor, clerk: Actor) -> None:
    typed = new(clerk)
    assert attendance.record(front_desk, typed) == attendance.record(front_desk, typed)
    assert len(attendance.today(front_desk)) == 1


def test_who_left_is_no_longer_in_the_house(
    store: Store, front_desk: Actor, clerk: Actor, manager: Actor
) -> None:
    attendance.record(front_desk, new(clerk))
    attendance.record(front_desk, new(manager))
    store.freeze(MORNING + timedelta(hours=7))
    attendance.record(front_desk, new(clerk, "", kind="out"))
    assert [person.name for person in attendance.inside(front_desk)] == ["李主任"]
    assert of(front_desk, clerk).left_at == MORNING + timedelta(hours=7)
    # And comes back in the same day.
    store.freeze(MORNING + timedelta(hours=8))
    assert attendance.record(front_desk, new(clerk)).kind == "in"
    assert of(front_desk, clerk).inside


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"temperature": "99"}, "temperature", "out_of_range"),
        ({"temperature": "abc"}, "temperature", "not_a_number"),
        ({"temperature": ""}, "temperature", "empty"),
        ({"temperature": "", "kind": "out"}, "kind", "not_in"),
        ({"kind": "check"}, "kind", "not_in"),
        ({"kind": "holiday"}, "kind", "unknown"),
        ({"symptoms": "咳" * 101}, "symptoms", "too_long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    front_desk: Actor, clerk: Actor, typed: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        attendance.record(front_desk, new(clerk, **typed))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert attendance.today(front_desk) == []


def test_nobody_comes_in_twice(front_desk: Actor, clerk: Actor) -> None:
    attendance.record(front_desk, new(clerk))
    with pytest.raises(errors.BadInput) as refused:
        attendance.record(front_desk, new(clerk, kind="in"))
    assert (refused.value.reason, refused.value.facts["since"]) == ("already_in", "10:03")


def test_nobody_and_somebody_who_retired_cannot_be_recorded(
    store: Store, front_desk: Actor, clerk: Actor
) -> None:
    from hall_desk.store.models import Staff

    with pytest.raises(errors.BadInput, match="BadInput") as refused:
        attendance.record(front_desk, NewAttendance(new_id(), None, temperature="365"))
    assert refused.value.reason == "empty"
    with store.change(front_desk) as change:
        Staff.update(retired_at=change.at).where(Staff.id == clerk.staff_id).execute()
        change.record("staff.retired", clerk.staff_id)
    with pytest.raises(errors.BadInput) as refused:
        attendance.record(front_desk, new(clerk))
    assert refused.value.reason == "gone"
    assert clerk.staff_id not in {person.id for person in attendance.people(front_desk)}


def test_two_desks_at_once_let_a_person_in_once(front_desk: Actor, clerk: Actor) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def let_in() -> None:
        start.wait()
        try:
            attendance.record(front_desk, new(clerk, kind="in"))
            outcomes.append("in")
        except errors.BadInput as refused:
            outcomes.append(refused.reason)
        finally:
            front_desk.store.close_thread()

    threads = [threading.Thread(target=let_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_in", "in"]
    assert len(attendance.today(front_desk)) == 1


def test_who_was_not_measured_today_is_named_the_ones_in_the_house_first(
    front_desk: Actor, clerk: Actor, second_clerk: Actor, manager: Actor
) -> None:
    attendance.record(front_desk, new(manager))
    posts.take_post(front_desk, NewShift(new_id(), "window", second_clerk.staff_id))
    without = attendance.not_checked(front_desk)
    assert without[0].name == "刘洋"  # on a post, so surely here
    assert [person.unchecked for person in without] == [True, False, False]
    assert {person.name for person in without} == {"刘洋", "陈晓", "张敏"}
    assert attendance.summary(front_desk) == attendance.Summary(
        staff=4, inside=1, unchecked=1, alarming=0
    )


def test_the_hall_says_how_often_and_none_in_ordinary_times(
    front_desk: Actor, manager: Actor, clerk: Actor
) -> None:
    attendance.record(front_desk, new(clerk))
    assert (of(front_desk, clerk).checks, of(front_desk, clerk).asked) == (1, 2)
    halls.change_setting(manager, "staff_checks_a_day", 0)
    attendance.record(front_desk, new(manager, ""))
    assert of(front_desk, manager).inside
    assert not of(front_desk, manager).unchecked
    with pytest.raises(errors.BadInput):  # a check without a reading is none, in any times
        attendance.record(front_desk, new(manager, "", kind="check"))


def test_a_high_reading_is_shown_until_a_lower_one_or_until_the_person_left(
    front_desk: Actor, manager: Actor, clerk: Actor
) -> None:
    entry = attendance.record(front_desk, new(clerk, "37.3"))
    assert entry.high
    assert entry.alarming
    assert attendance.summary(manager).alarming == 1
    attendance.record(front_desk, new(clerk, "36.8"))
    assert attendance.summary(manager).alarming == 0
    attendance.record(front_desk, new(clerk, "38.1"))
    attendance.record(front_desk, new(clerk, "", kind="out"))
    assert attendance.summary(manager).alarming == 0
    assert of(manager, clerk).high


def test_symptoms_stand_all_day_and_worry_until_a_later_line_without(
    front_desk: Actor, manager: Actor, clerk: Actor
) -> None:
    attendance.record(front_desk, new(clerk, "36.6", symptoms="咳嗽"))
    assert of(manager, clerk).alarming
    attendance.record(front_desk, new(clerk, "36.5"))
    person = of(manager, clerk)
    assert (person.symptoms, person.unwell, person.alarming) == ("咳嗽", True, False)


def test_the_threshold_is_the_halls(front_desk: Actor, manager: Actor, clerk: Actor) -> None:
    halls.change_setting(manager, "threshold_tenths", 380)
    assert not attendance.record(front_desk, new(clerk, "37.9")).high


def test_symptoms_are_read_by_managers_and_by_who_wrote_them_only(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor
) -> None:
    accounts.add_staff(manager, "孙丽", Role.FRONT_DESK, PIN)
    other = accounts.sign_in(store, "孙丽", PIN, "B")
    attendance.record(front_desk, new(clerk, symptoms="咳嗽，乏力"))
    for reader, words in ((manager, "咳嗽，乏力"), (front_desk, "咳嗽，乏力"), (other, "")):
        assert (of(reader, clerk).unwell, of(reader, clerk).symptoms) == (True, words)
        (entry,) = attendance.today(reader)
        assert (entry.unwell, entry.symptoms) == (True, words)
    with store.reading():
        told = [entry.facts for entry in JournalEntry.select()]
    assert not any("咳" in facts or "张敏" in facts for facts in told)


def test_ones_own_latest_entry_can_be_withdrawn_for_ten_minutes(
    store: Store, front_desk: Actor, manager: Actor, clerk: Actor
) -> None:
    entry = attendance.record(front_desk, new(clerk))
    with pytest.raises(errors.NotFound):
        attendance.undo(manager, entry.id)
    attendance.undo(front_desk, entry.id)
    assert not of(front_desk, clerk).inside
    assert [line.withdrawn for line in attendance.today(front_desk)] == [True]
    with pytest.raises(errors.NotFound):
        attendance.undo(front_desk, entry.id)
    late = attendance.record(front_desk, new(clerk))
    store.freeze(MORNING + timedelta(minutes=10, seconds=1))
    with pytest.raises(errors.NotFound):
        attendance.undo(front_desk, late.id)


def test_coming_in_cannot_be_withdrawn_under_a_later_entry(front_desk: Actor, clerk: Actor) -> None:
    came = attendance.record(front_desk, new(clerk))
    checked = attendance.record(front_desk, new(clerk))
    with pytest.raises(errors.NotFound):
        attendance.undo(front_desk, came.id)
    attendance.undo(front_desk, checked.id)
    attendance.undo(front_desk, came.id)
    assert not of(front_desk, clerk).inside


def test_midnight_begins_a_new_register(store: Store, front_desk: Actor, clerk: Actor) -> None:
    store.freeze(MORNING.replace(hour=15, minute=59, second=59))  # 23:59:59 in the hall
    attendance.record(front_desk, new(clerk))
    store.freeze(MORNING.replace(hour=16, minute=0, second=0))
    assert attendance.today(front_desk) == []
    assert attendance.inside(front_desk) == []
    assert attendance.record(front_desk, new(clerk)).kind == "in"


def test_a_name_with_a_rare_character_comes_back_as_it_was(
    store: Store, front_desk: Actor, manager: Actor
) -> None:
    accounts.add_staff(manager, "𬭊小𠅤", Role.FRONT_DESK, PIN)
    rare = accounts.sign_in(store, "𬭊小𠅤", PIN, "B")
    attendance.record(front_desk, new(rare))
    assert attendance.today(front_desk)[0].person == "𬭊小𠅤"


def test_who_is_on_a_post_and_has_left_the_house_is_told(front_desk: Actor, clerk: Actor) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "window", clerk.staff_id))
    assert not of(front_desk, clerk).away_from_post
    attendance.record(front_desk, new(clerk))
    attendance.record(front_desk, new(clerk, "", kind="out"))
    person = of(front_desk, clerk)
    assert (person.post, person.post_window, person.away_from_post) == ("window", "3", True)


def test_who_only_comes_to_deal_with_incidents_is_not_on_the_list(
    manager: Actor, front_desk: Actor
) -> None:
    accounts.add_staff(manager, "街道工作组", Role.WORKING_GROUP, PIN)
    assert {person.name for person in attendance.people(front_desk)} == {"李主任", "陈晓"}


def test_a_window_clerk_may_not_write_in_the_register(clerk: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        attendance.record(clerk, new(clerk))
    with pytest.raises(errors.NotAllowed):
        attendance.people(clerk)
