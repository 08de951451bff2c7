"""Sign-in by name and PIN, locks after wrong tries, desk letters, and rights that the services check themselves."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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


def test_everybody_changes_their_own_pin_with_the_one_they_have(store: Store, clerk: Actor) -> None:
    accounts.change_own_pin(clerk, PIN, "9753")
    assert accounts.sign_in(store, clerk.name, "9753").staff_id == clerk.staff_id
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, clerk.name, PIN)
    for old, new, field in ((PIN, "1111", "pin"), ("", "8642", "old_pin"), ("9753", "9753", "pin")):
        with pytest.raises(errors.BadInput) as refused:
            accounts.change_own_pin(clerk, old, new)
        assert refused.value.field == field
        assert i18n.explain(refused.value) != "这个值不能用。"


def test_a_wrong_old_pin_counts_as_a_wrong_try(store: Store, clerk: Actor) -> None:
    for _ in range(4):
        with pytest.raises(errors.SignInRefused):
            accounts.change_own_pin(clerk, "0000", "9753")
    with pytest.raises(errors.AccountLocked):
        accounts.change_own_pin(clerk, "0000", "9753")
    with pytest.raises(errors.AccountLocked):
        accounts.sign_in(store, clerk.name, PIN)


def test_a_manager_sets_a_forgotten_pin_and_lifts_the_lock(
    store: Store, manager: Actor, clerk: Actor
) -> None:
    for _ in range(6):
        with pytest.raises(errors.HallDeskError):
            accounts.sign_in(store, clerk.name, "0000")
    accounts.set_pin(manager, clerk.name, "9753")
    assert accounts.sign_in(store, clerk.name, "9753").name == clerk.name
    with pytest.raises(errors.NotAllowed):
        accounts.set_pin(clerk, clerk.name, "8642")


def test_the_command_line_has_no_pin_of_its_own(store: Store) -> None:
    with pytest.raises(errors.NotAllowed):
        accounts.change_own_pin(accounts.operator(store), PIN, "9753")


def test_a_password_of_any_letters_may_stand_for_a_pin(store: Store, manager: Actor) -> None:
    for number, password in enumerate(("wǒ ài 太平桥 🙂", "x" * 127 + "y", "  24 68  ")):
        accounts.add_staff(manager, f"新人{number}", Role.FRONT_DESK, password)
        assert accounts.sign_in(store, f"新人{number}", password).name == f"新人{number}"
    with pytest.raises(errors.BadInput) as refused:
        accounts.check_pin("xy" * 65)
    assert refused.value.reason == "too_long"
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, "新人0", "长" * 1_000_000)


def test_a_letter_put_together_in_another_way_is_the_same_letter(
    store: Store, manager: Actor
) -> None:
    one, two = unicodedata.normalize("NFC", "café 24"), unicodedata.normalize("NFD", "café 24")
    assert one != two
    accounts.add_staff(manager, "新人", Role.FRONT_DESK, two)
    assert accounts.sign_in(store, "新人", one).name == "新人"


def test_a_lock_survives_a_restart_and_is_journalled(place: str, store: Store) -> None:
    for _ in range(5):
        with pytest.raises(errors.HallDeskError):
            accounts.sign_in(store, "李主任", "0000")
    store.close()
    again = Store.open(place)
    again.freeze(MORNING)
    with pytest.raises(errors.AccountLocked) as locked:
        accounts.sign_in(again, "李主任", PIN)
    assert locked.value.until == MORNING + timedelta(minutes=1)
    refused = models.JournalEntry.select().where(
        models.JournalEntry.kind == "staff.sign_in_refused"
    )
    told = sorted(json.loads(entry.facts)["tries"] for entry in refused)
    again.close()
    assert told == [1, 2, 3, 4, 5]


def test_pcs_that_guess_at_once_have_no_more_tries_than_one(store: Store, manager: Actor) -> None:
    def guess(_pc: int) -> str:
        try:
            accounts.sign_in(store, "李主任", "0000")
        except errors.HallDeskError as error:
            return type(error).__name__
        finally:
            store.close_thread()
        return "in"

    with ThreadPoolExecutor(8) as pcs:
        told = Counter(pcs.map(guess, range(16)))
    assert told == {"SignInRefused": 4, "AccountLocked": 12}
    with store.reading():
        assert models.Staff.get(models.Staff.name == "李主任").wrong_tries == 5


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
