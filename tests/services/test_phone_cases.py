"""Phone cases are recorded once, counted by matter and outcome, and can be taken back for ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import callbacks, phone_cases
from hall_desk.services.accounts import Actor
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

Places = dict[str, Any]


def new(
    matter: UUID | None, outcome: str = "settled", minutes: int = 3, **more: Any
) -> NewPhoneCase:
    return NewPhoneCase(new_id(), more.pop("window", None), matter, outcome, minutes, **more)


def test_a_case_is_the_clerks_windows(clerk: Actor, small_hall: Places) -> None:
    case = phone_cases.record(clerk, new(small_hall["residence"], note="问续签"))
    assert (case.window_number, case.matter, case.outcome, case.minutes) == (
        "3", "居住证办理", "settled", 3,
    )  # fmt: skip
    assert (case.at, case.staff, case.note, case.withdrawn) == (MORNING, "张敏", "问续签", False)
    assert phone_cases.today(clerk) == [case]


def test_who_has_no_window_gets_the_matters(manager: Actor, small_hall: Places) -> None:
    assert phone_cases.record(manager, new(small_hall["residence"])).window_number == "2"
    chosen = new(small_hall["residence"], window=small_hall["window3"])
    assert phone_cases.record(manager, chosen).window_number == "3"
    with pytest.raises(errors.BadInput) as refused:
        phone_cases.record(manager, new(None))
    assert (refused.value.field, refused.value.reason) == ("window", "empty")


def test_a_call_about_nothing_on_the_list_is_recorded_too(clerk: Actor) -> None:
    assert phone_cases.record(clerk, new(None, "answered")).matter == ""
    assert phone_cases.summary(clerk).by_matter == (("", 1),)


def test_a_second_enter_is_the_same_case(clerk: Actor, small_hall: Places) -> None:
    typed = new(small_hall["medical"])
    assert phone_cases.record(clerk, typed) == phone_cases.record(clerk, typed)
    assert phone_cases.summary(clerk).total == 1


@pytest.mark.parametrize(
    ("typed", "minutes"), [("3", 3), (" 12 ", 12), ("１５", 15), ("0", 0), ("600", 600)]
)
def test_minutes_that_are_understood(typed: str, minutes: int) -> None:
    assert phone_cases.read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "x", "-1", "601", "1.5", "三", "9999"])
def test_minutes_that_are_refused(typed: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        phone_cases.read_minutes(typed)
    assert refused.value.field == "minutes"


def test_what_cannot_be_recorded(clerk: Actor, front_desk: Actor, small_hall: Places) -> None:
    matter = small_hall["medical"]
    for wrong, field in (
        (new(matter, "perhaps"), "outcome"),
        (new(matter, minutes=601), "minutes"),
        (new(matter, minutes=-1), "minutes"),
        (new(new_id()), "matter"),
        (new(matter, window=new_id()), "window"),
        (new(matter, note="字" * 201), "note"),
    ):
        with pytest.raises(errors.BadInput) as refused:
            phone_cases.record(clerk, wrong)
        assert refused.value.field == field
    with pytest.raises(errors.NotFound):
        phone_cases.record(clerk, new(matter, callback_id=new_id()))
    with pytest.raises(errors.NotAllowed):
        phone_cases.record(front_desk, new(matter))
    assert phone_cases.today(clerk) == []


def test_the_promise_that_a_call_kept_is_remembered(clerk: Actor, small_hall: Places) -> None:
    promised = callbacks.promise(clerk, NewCallback(new_id(), small_hall["window3"], "13800004127"))
    case = phone_cases.record(clerk, new(small_hall["medical"], callback_id=promised.id))
    with clerk.store.reading():
        assert models.PhoneCase.get_by_id(case.id).callback_id == promised.id


def test_counts_by_matter_and_outcome_without_the_withdrawn(
    clerk: Actor, manager: Actor, small_hall: Places
) -> None:
    for matter, outcome, minutes in (
        ("medical", "settled", 3),
        ("medical", "answered", 5),
        ("transfer", "settled", 2),
        ("medical", "settled", 1),
    ):
        phone_cases.record(clerk, new(small_hall[matter], outcome, minutes))
    wrong = phone_cases.record(clerk, new(small_hall["transfer"], "passed_on", 60))
    phone_cases.undo(clerk, wrong.id)
    phone_cases.record(manager, new(small_hall["residence"], "needs_visit", 4))
    mine = phone_cases.summary(clerk, clerk.window_id)
    assert (mine.total, mine.minutes) == (4, 11)
    assert mine.by_outcome == (
        ("settled", 3), ("answered", 1), ("needs_visit", 0), ("passed_on", 0),
    )  # fmt: skip
    assert mine.by_matter == (("医保卡领取", 3), ("变更定点医疗机构", 1))
    assert phone_cases.summary(clerk).total == 5
    listed = phone_cases.today(clerk, clerk.window_id)
    assert [case.withdrawn for case in listed] == [True, False, False, False, False]
    assert len(phone_cases.today(clerk)) == 6
    assert len(phone_cases.today(clerk, limit=2)) == 2


def test_undo_is_ones_own_for_ten_minutes_and_a_managers_always(
    store: Store, clerk: Actor, second_clerk: Actor, manager: Actor, small_hall: Places
) -> None:
    first = phone_cases.record(clerk, new(small_hall["medical"]))
    second = phone_cases.record(clerk, new(small_hall["medical"]))
    with pytest.raises(errors.NotFound):
        phone_cases.undo(second_clerk, first.id)
    store.freeze(MORNING + timedelta(minutes=10))
    phone_cases.undo(clerk, first.id)
    phone_cases.undo(clerk, first.id)  # a second key press
    store.freeze(MORNING + timedelta(minutes=10, seconds=1))
    with pytest.raises(errors.NotFound):
        phone_cases.undo(clerk, second.id)
    phone_cases.undo(manager, second.id)
    with pytest.raises(errors.NotFound):
        phone_cases.undo(clerk, new_id())
    assert phone_cases.summary(clerk).total == 0
    with store.reading():
        kinds = [row.kind for row in models.JournalEntry.select()]
    assert kinds.count("phone_case.withdrawn") == 2


def test_a_new_day_begins_at_midnight_of_the_hall(
    store: Store, clerk: Actor, small_hall: Places
) -> None:
    store.freeze(datetime(2020, 2, 21, 15, 59, 59, tzinfo=UTC))
    phone_cases.record(clerk, new(small_hall["medical"]))
    store.freeze(datetime(2020, 2, 21, 16, 0, tzinfo=UTC))
    assert phone_cases.today(clerk) == []
    case = phone_cases.record(clerk, new(small_hall["medical"]))
    assert phone_cases.today(clerk) == [case]
    assert phone_cases.summary(clerk).total == 1


def test_the_journal_holds_no_note(clerk: Actor, small_hall: Places) -> None:
    phone_cases.record(clerk, new(small_hall["medical"], note="于女士问报销"))
    with clerk.store.reading():
        facts = " ".join(row.facts for row in models.JournalEntry.select())
    assert "于女士" not in facts
    assert '"minutes":3' in facts
