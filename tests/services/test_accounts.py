"""Sign-in by name and PIN, locks after wrong tries, desk letters, and rights that the services check themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, halls
from hall_desk.services.accounts import Actor, Role
from hall_desk.store import models
from hall_desk.store.database import Store
from tests.conftest import MORNING, PIN


def test_sign_in_gives_the_person_at_their_window(clerk: Actor) -> None:
    assert (clerk.name, clerk.role, clerk.window_number, clerk.post) == (
        "张敏",
        Role.WINDOW_CLERK,
        "3",
        "window:3",
    )


def test_pins_are_hashed_with_argon2id(store: Store, manager: Actor) -> None:
    kept = models.Staff.get().pin_hash
    assert kept.startswith("$argon2id$")
    assert PIN not in kept


def test_wrong_pins_lock_the_account_for_a_growing_time(store: Store, manager: Actor) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(errors.SignInRefused) as refused:
            accounts.sign_in(store, "李主任", "0000")
        assert refused.value.tries_left == left
    with pytest.raises(errors.AccountLocked):
        accounts.sign_in(store, "李主任", "0000")
    with pytest.raises(errors.AccountLocked) as locked:
        accounts.sign_in(store, "李主任", PIN)
    assert i18n.explain(locked.value) == "密码错误次数过多，请 1 分钟后再试。"
    store.freeze(MORNING + timedelta(minutes=1, seconds=1))
    with pytest.raises(errors.AccountLocked) as longer:
        accounts.sign_in(store, "李主任", "0000")
    assert longer.value.minutes == 2
    store.freeze(MORNING + timedelta(minutes=4))
    assert accounts.sign_in(store, "李主任", PIN).name == "李主任"
    assert accounts.sign_in(store, "李主任", PIN).name == "李主任"


def test_an_unknown_name_tells_nothing_more(store: Store) -> None:
    with pytest.raises(errors.SignInRefused) as refused:
        accounts.sign_in(store, "谁", PIN)
    assert i18n.explain(refused.value) == "姓名或密码不对。"


@pytest.mark.parametrize("pin", ["", "123", "1111", "1234", "4321"])
def test_weak_pins_are_refused(manager: Actor, pin: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        accounts.add_staff(manager, "陈晓", Role.FRONT_DESK, pin)
    assert refused.value.field == "pin"


def test_rights_are_checked_by_the_services(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    for actor in (front_desk, clerk):
        for forbidden in (
            lambda who=actor: accounts.add_staff(who, "新人", Role.MANAGER, PIN),
            lambda who=actor: halls.change_setting(who, "threshold_tenths", 380),
            lambda who=actor: accounts.set_pin(who, "李主任", "9753"),
        ):
            with pytest.raises(errors.NotAllowed):
                forbidden()


def test_everybody_changes_their_own_pin(store: Store, clerk: Actor) -> None:
    accounts.set_pin(clerk, clerk.name, "9753")
    assert accounts.sign_in(store, clerk.name, "9753").staff_id == clerk.staff_id


def test_two_pcs_never_share_a_letter(store: Store) -> None:
    assert accounts.claim_letter(store, "前台一") == "A"
    assert accounts.claim_letter(store, "前台二") == "B"
    assert accounts.claim_letter(store, "前台一") == "A"
    with pytest.raises(errors.AlreadyThere):
        accounts.claim_letter(store, "前台三", "b")
    assert accounts.claim_letter(store, "前台三", "z") == "Z"


def test_a_setting_keeps_its_type_and_its_history(store: Store, manager: Actor) -> None:
    with pytest.raises(errors.BadInput):
        halls.change_setting(manager, "threshold_tenths", "hot")
    with pytest.raises(errors.BadInput):
        halls.change_setting(manager, "no_such_setting", 1)
    assert halls.change_setting(manager, "recheck_minutes", 7).recheck_minutes == 7
    entry = models.JournalEntry.select().where(models.JournalEntry.kind == "setting.changed").get()
    assert entry.facts == '{"after":7,"before":5,"name":"recheck_minutes"}'


def test_a_second_hall_in_the_same_place_is_refused(place: str, store: Store) -> None:
    store.close()
    with pytest.raises(errors.AlreadyThere):
        halls.create(place, name="另一个", manager="某某", pin=PIN)
    again = Store.open(place)
    assert halls.info(again).name == "太平桥政务服务大厅"
    again.close()
