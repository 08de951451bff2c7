"""Temperature checks: what a clerk types is understood or refused beside the field, and the second reading decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import halls, screening
from hall_desk.services.accounts import Actor
from hall_desk.services.screening import NewCheck
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING


def new(temperature: str, **more: Any) -> NewCheck:
    return NewCheck(new_id(), temperature, **more)


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [
        ("365", 365),
        ("36.5", 365),
        ("36,5", 365),
        ("３６．５", 365),
        ("３６５", 365),
        ("36.5℃", 365),
        ("36.5°C", 365),
        ("36.5度", 365),
        ("36。5", 365),
        (" 36.5 ", 365),
        ("37", 370),
        ("36.", 360),
        ("36.54", 365),
        ("36.55", 366),
        ("340", 340),
        ("43", 430),
    ],
)
def test_readings_that_are_understood(typed: str, tenths: int) -> None:
    assert screening.read_temperature(typed) == tenths


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("abc", "not_a_number"),
        ("36.5.1", "not_a_number"),
        ("-36", "not_a_number"),
        ("36.512", "not_a_number"),
        ("1e2", "not_a_number"),
        ("3.65", "out_of_range"),
        ("99", "out_of_range"),
        ("33.9", "out_of_range"),
        ("43.1", "out_of_range"),
        ("0", "out_of_range"),
    ],
)
def test_readings_that_are_refused(front_desk: Actor, typed: str, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        screening.record(front_desk, new(typed, name="于女士"))
    assert (refused.value.field, refused.value.reason) == ("temperature", reason)
    assert screening.summary(front_desk).total == 0


def test_a_second_enter_is_the_same_check(front_desk: Actor) -> None:
    typed = new("365", name="于女士")
    assert screening.record(front_desk, typed) == screening.record(front_desk, typed)
    assert screening.summary(front_desk).total == 1


def test_at_the_threshold_a_person_is_held_and_measured_again(
    store: Store, front_desk: Actor
) -> None:
    held = screening.record(front_desk, new("373", name="周先生", phone="13600008853"))
    assert (held.outcome, held.due_at) == ("hold", MORNING + timedelta(minutes=5))
    assert [check.name for check in screening.holds(front_desk)] == ["周先生"]
    store.freeze(MORNING + timedelta(minutes=5))
    again = screening.record(front_desk, new("36.8", recheck_of=held.id))
    assert (again.outcome, again.name) == ("normal", "周先生")
    assert screening.holds(front_desk) == []
    assert screening.summary(front_desk).fevers == 0


def test_a_second_reading_needs_no_second_name(front_desk: Actor, manager: Actor) -> None:
    for setting in ("name_required", "phone_required"):
        halls.change_setting(manager, setting, True)
    with pytest.raises(errors.BadInput):
        screening.record(front_desk, new("37.6"))
    held = screening.record(front_desk, new("37.6", name="周先生", phone="13600008853"))
    assert screening.record(front_desk, new("36.6", recheck_of=held.id)).outcome == "normal"


def test_a_second_high_reading_is_a_fever(front_desk: Actor) -> None:
    held = screening.record(front_desk, new("37.6"))
    assert screening.record(front_desk, new("37.5", recheck_of=held.id)).outcome == "fever"
    assert (screening.summary(front_desk).fevers, screening.summary(front_desk).to_recheck) == (
        1,
        0,
    )
    with pytest.raises(errors.NotFound):
        screening.record(front_desk, new("36.5", recheck_of=held.id))


def test_the_threshold_is_the_halls(front_desk: Actor, manager: Actor) -> None:
    halls.change_setting(manager, "threshold_tenths", 380)
    assert screening.record(front_desk, new("37.9")).outcome == "normal"


def test_undo_withdraws_but_keeps(store: Store, front_desk: Actor) -> None:
    check = screening.record(front_desk, new("365"))
    screening.undo(front_desk, check.id)
    assert screening.summary(front_desk).total == 0
    assert [(c.id, c.withdrawn) for c in screening.today(front_desk)] == [(check.id, True)]
    late = screening.record(front_desk, new("366"))
    store.freeze(MORNING + timedelta(minutes=11))
    with pytest.raises(errors.NotFound):
        screening.undo(front_desk, late.id)


def test_a_withdrawn_second_reading_puts_the_person_back_on_the_list(front_desk: Actor) -> None:
    held = screening.record(front_desk, new("37.6", name="周先生"))
    second = screening.record(front_desk, new("36.5", recheck_of=held.id))
    screening.undo(front_desk, second.id)
    assert [check.id for check in screening.holds(front_desk)] == [held.id]
    assert screening.record(front_desk, new("36.6", recheck_of=held.id)).outcome == "normal"


def test_a_known_phone_offers_the_name(front_desk: Actor) -> None:
    screening.record(front_desk, new("365", name="于女士", phone="138 0000 4127"))
    assert screening.known_name(front_desk, "13800004127") == "于女士"
    assert screening.known_name(front_desk, "13800000000") is None
    assert screening.known_name(front_desk, "138") is None


def test_a_passed_check_is_found_today_only(store: Store, front_desk: Actor) -> None:
    screening.record(front_desk, new("365", name="于女士", phone="13800004127"))
    found = screening.passed_today(front_desk, "", "138 0000 4127")
    assert found is not None
    assert found.degrees == "36.5"
    assert screening.passed_today(front_desk, "于女士", "") is not None
    store.freeze(MORNING + timedelta(days=1))
    assert screening.passed_today(front_desk, "于女士", "13800004127") is None


def test_midnight_belongs_to_the_next_day_of_the_hall(store: Store, front_desk: Actor) -> None:
    store.freeze(MORNING.replace(hour=15, minute=59, second=59))  # 23:59:59 in the hall
    screening.record(front_desk, new("365"))
    store.freeze(MORNING.replace(hour=16, minute=0, second=0))
    assert screening.today(front_desk) == []
    screening.record(front_desk, new("366"))
    assert screening.summary(front_desk).by_hour == ((0, 1),)


def test_phones_are_masked_in_lists(front_desk: Actor) -> None:
    screening.record(front_desk, new("365", phone="13800004127"))
    assert screening.today(front_desk)[0].phone_masked == "138****4127"


def test_a_window_clerk_may_not_screen(clerk: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        screening.record(clerk, new("365"))


def test_a_held_person_who_leaves_waits_no_longer_and_may_come_back(
    store: Store, front_desk: Actor
) -> None:
    held = screening.record(front_desk, new("37.6", name="周先生"))
    screening.left(front_desk, held.id)
    store.freeze(MORNING + timedelta(minutes=1))
    screening.left(front_desk, held.id)
    assert screening.holds(front_desk) == []
    assert screening.summary(front_desk).to_recheck == 0
    assert screening.today(front_desk)[0].left_at == MORNING
    again = screening.record(front_desk, new("36.6", recheck_of=held.id))
    assert (again.outcome, again.name) == ("normal", "周先生")
    with pytest.raises(errors.NotFound):
        screening.left(front_desk, held.id)


def test_only_who_is_held_can_leave_without_a_second_reading(front_desk: Actor) -> None:
    admitted = screening.record(front_desk, new("36.5"))
    for key in (admitted.id, new_id()):
        with pytest.raises(errors.NotFound):
            screening.left(front_desk, key)


def test_staff_are_measured_by_name(front_desk: Actor) -> None:
    with pytest.raises(errors.BadInput) as refused:
        screening.record(front_desk, new("36.5", person="staff"))
    assert (refused.value.field, refused.value.reason) == ("name", "empty")
    assert screening.record(front_desk, new("36.5", person="staff", name="张敏")).name == "张敏"
