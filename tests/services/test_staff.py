"""Who works at the hall: leaving it, coming back, and what stands against that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors, i18n
from hall_desk.services import (
    accounts,
    attendance,
    directory,
    list_editing,
    list_forms,
    posts,
    staff,
    tickets,
)
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.list_editing import Typed
from hall_desk.services.posts import NewShift
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN


def refusal(actor: Actor, name: str) -> tuple[str, str]:
    """Why this person cannot be retired, and the sentence."""
    with pytest.raises(errors.BadInput) as refused:
        staff.retire(actor, name)
    return refused.value.reason, i18n.explain(refused.value)


def kinds() -> list[str]:
    entries = models.JournalEntry.select().order_by(models.JournalEntry.id)
    return [entry.kind for entry in entries]


def test_who_left_cannot_sign_in_nor_confirm_and_stands_in_no_list(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    staff.retire(manager, front_desk.name)
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, front_desk.name, PIN)
    with pytest.raises(errors.NotFound):
        accounts.confirm(manager, front_desk.person(), PIN)
    assert front_desk.name not in {person.name for person in accounts.names(store)}
    assert front_desk.name not in {person.name for person in posts.candidates(manager)}
    assert front_desk.name not in {person.name for person in attendance.people(manager)}
    with pytest.raises(errors.NotFound):
        accounts.set_pin(manager, front_desk.name, "9753")


def test_what_somebody_did_stays_theirs(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    opened = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "赵一", consent=True)
    )
    staff.retire(manager, front_desk.name)
    history = tickets.get(manager, opened.card.id).history
    assert {line.staff for line in history} == {front_desk.name}


def test_retiring_twice_is_once_and_coming_back_undoes_it(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    for _ in range(2):
        staff.retire(manager, front_desk.name)
    for _ in range(2):
        staff.bring_back(manager, front_desk.name)
    assert accounts.sign_in(store, front_desk.name, PIN).staff_id == front_desk.staff_id
    with store.reading():
        told = [kind for kind in kinds() if kind in ("staff.retired", "staff.restored")]
    assert told == ["staff.retired", "staff.restored"]


def test_a_name_that_left_is_not_given_to_somebody_else(manager: Actor, front_desk: Actor) -> None:
    staff.retire(manager, front_desk.name)
    with pytest.raises(errors.AlreadyThere):
        accounts.add_staff(manager, front_desk.name, Role.FRONT_DESK, PIN)


def test_nobody_retires_themselves(manager: Actor) -> None:
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    assert refusal(manager, manager.name) == (
        "oneself",
        "不能停用自己的账号，请由另一位管理人员办理。",
    )


def test_the_last_manager_stays(store: Store, manager: Actor) -> None:
    operator = accounts.operator(store)
    assert refusal(operator, manager.name) == ("last_manager", "这样大厅就没有管理人员了。")
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    staff.retire(operator, manager.name)
    assert refusal(operator, "韩梅")[0] == "last_manager"


def test_two_managers_who_retire_each_other_at_once_are_not_both_gone(
    store: Store, manager: Actor
) -> None:
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    other = accounts.sign_in(store, "韩梅", PIN)

    def retires(pair: tuple[Actor, str]) -> str:
        try:
            staff.retire(*pair)
        except errors.BadInput as error:
            return error.reason
        finally:
            store.close_thread()
        return "done"

    with ThreadPoolExecutor(2) as two:
        told = sorted(two.map(retires, ((manager, other.name), (other, manager.name))))
    assert told == ["done", "last_manager"]


def test_who_holds_papers_or_a_ticket_is_not_retired(
    manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    new = NewTicket(
        new_id(), small_hall["medical"], "赵一", consent=True, papers=(NewPaper("身份证"),)
    )
    opened = tickets.open(front_desk, new)
    reason, sentence = refusal(manager, front_desk.name)
    assert (reason, "1" in sentence) == ("holds_papers", True)
    tickets.claim(clerk, opened.card.id)
    assert refusal(manager, clerk.name) == (
        "handles_tickets",
        "此人正在办理 A001，请先交接或退回队列。",
    )


def test_who_is_on_a_post_is_not_retired(manager: Actor, front_desk: Actor) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    assert refusal(manager, front_desk.name) == ("on_post", "此人正在岗，请先离岗或交接。")
    posts.leave_post(front_desk)
    staff.retire(manager, front_desk.name)


def test_a_clerk_does_not_come_back_to_a_window_that_is_closed(
    store: Store, manager: Actor, clerk: Actor
) -> None:
    staff.retire(manager, clerk.name)
    with store.change(manager) as change:
        models.Window.update(retired_at=change.at).where(
            models.Window.id == clerk.window_id
        ).execute()
        change.record("window.retired", clerk.window_id)
    with pytest.raises(errors.BadInput) as refused:
        staff.bring_back(manager, clerk.name)
    assert (refused.value.field, refused.value.reason) == ("window", "gone")


def test_an_import_obeys_the_same_rules(manager: Actor, front_desk: Actor, tmp_path: Path) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    file = tmp_path / "staff.csv"
    for line, reason in (
        ("陈晓,前台,,是", "on_post"),
        ("李主任,主任,,是", "last_manager"),
        ("李主任,前台,,", "last_manager"),
    ):
        file.write_text(f"姓名,角色,窗口,停用\n{line}\n", "utf-8")
        with pytest.raises(errors.BadFile) as refused:
            directory.import_file(manager, "staff", file)
        assert [problem.reason for problem in refused.value.problems] == [reason]
    posts.leave_post(front_desk)
    for stopped in ("是", "否"):
        file.write_text(f"姓名,角色,窗口,停用\n陈晓,前台,,{stopped}\n", "utf-8")
        directory.import_file(manager, "staff", file)
        assert (staff.as_now(front_desk) is not None) == (stopped == "否")


def test_a_screen_learns_that_its_person_left_or_does_something_else(
    store: Store, manager: Actor, clerk: Actor, front_desk: Actor
) -> None:
    for actor in (manager, clerk, accounts.operator(store)):
        assert staff.as_now(actor) == actor
    staff.retire(manager, front_desk.name)
    assert staff.as_now(front_desk) is None
    with store.change(manager) as change:
        models.Staff.update(role="front_desk", window=None).where(
            models.Staff.id == clerk.staff_id
        ).execute()
        change.record("staff.changed", clerk.staff_id)
    assert staff.as_now(clerk) is None


def test_a_screen_learns_what_its_person_and_their_window_are_called_now(
    manager: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    def renames(kind: directory.Kind, id_: UUID, **typed: str) -> None:
        row = next(one for one in list_editing.records(manager, kind) if one.id == id_)
        texts = {**list_forms.texts(kind, row.values), **typed}
        list_editing.edit(manager, kind, id_, row.values, Typed(texts))

    renames(directory.Kind.STAFF, clerk.person(), name="张小敏")
    renames(directory.Kind.WINDOWS, small_hall["window3"], number="13", name="医保", phone="12345")
    now = staff.as_now(clerk)
    assert now is not None
    assert (now.name, now.post, now.window_name) == ("张小敏", "window:13", "医保")
    assert staff.as_now(now) == now


def test_the_list_shows_locks_and_missing_pins_and_those_who_left(
    store: Store, manager: Actor, clerk: Actor, front_desk: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("姓名,角色,窗口\n新人,前台,\n", "utf-8")
    directory.import_file(manager, "staff", file)
    staff.retire(manager, front_desk.name)
    for _ in range(5):
        with pytest.raises(errors.HallDeskError):
            accounts.sign_in(store, clerk.name, "0000")
    people = {person.name: person for person in staff.everyone(manager)}
    assert list(people)[-1] == front_desk.name
    assert people[front_desk.name].retired_at is not None
    assert people[clerk.name].locked_until is not None
    assert people[clerk.name].window == "3"
    assert not people["新人"].has_pin
