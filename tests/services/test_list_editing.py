"""The hall's lists row by row: what may be typed, two managers at once, what must stay in use, what was before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors, i18n
from hall_desk.services import (
    accounts,
    callbacks,
    directory,
    halls,
    list_editing,
    list_forms,
    list_history,
    posts,
    tickets,
)
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.directory_columns import Kind, MaterialValue
from hall_desk.services.list_editing import Listed, Typed
from hall_desk.services.list_forms import MaterialText
from hall_desk.services.posts import NewShift
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN

WINDOW = {"number": "7", "name": "养老服务", "phone": "010-5555-0107", "extension": "12"}


@pytest.fixture
def other(store: Store, manager: Actor) -> Actor:
    """Another manager."""
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    return accounts.sign_in(store, "韩梅", PIN)


def row(actor: Actor, kind: Kind, id_: UUID) -> Listed:
    return next(one for one in list_editing.records(actor, kind, retired=True) if one.id == id_)


def form(kind: Kind, row: Listed | None = None, **typed: str) -> Typed:
    """The form as it opens, with this typed over it."""
    values = row.values if row else None
    return Typed({**list_forms.texts(kind, values), **typed}, list_forms.material_texts(values))


def refused(call: Any, *arguments: Any) -> list[tuple[str, int | None, str]]:
    with pytest.raises(errors.BadRow) as error:
        call(*arguments)
    assert i18n.explain(error.value) == error.value.problems[0].words
    return [(one.field, one.line, one.words) for one in error.value.problems]


def refused_for(call: Any, *arguments: Any) -> str:
    """The one sentence with which it was refused."""
    ((_field, _line, words),) = refused(call, *arguments)
    return words


# --- adding and editing --------------------------------------------------------------------------


def test_a_window_is_added_at_the_end_and_raises_the_directorys_version(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    before = halls.settings(manager).directory_version
    added = list_editing.add(
        manager, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW, note="二楼\n电梯旁")
    )
    numbers = [one.values["number"] for one in list_editing.records(manager, Kind.WINDOWS)]
    assert numbers == ["2", "3", "7"]
    assert added.values["note"] == "二楼\n电梯旁"
    assert halls.settings(manager).directory_version == before + 1
    assert list_editing.counts(manager)[Kind.WINDOWS] == 3


def test_a_matter_has_every_field_and_its_materials_in_their_order(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    typed = form(
        Kind.MATTERS,
        code="YL01",
        name="养老待遇资格认证",
        nicknames="养老认证 刷脸",
        windows="3、2",
        channels="代办、网上",
        promised_minutes="10",
        result_texts="已认证|本年有效\n未通过",
        checked_on="2020年1月5日",
    )
    lines = (
        MaterialText("身份证"),
        MaterialText(),
        MaterialText("户口本", original=False, count="２", required=False, note="首页"),
    )
    made = list_editing.add(manager, Kind.MATTERS, Typed(typed.fields, lines)).values
    assert made["windows"] == ("3", "2")
    assert made["channels"] == ("proxy", "online")
    assert made["result_texts"] == ("已认证|本年有效", "未通过")
    assert made["checked_on"] == date(2020, 1, 5)
    assert made["materials"] == (
        MaterialValue("身份证", True, 1, True, ""),
        MaterialValue("户口本", False, 2, False, "首页"),
    )


def test_what_a_form_shows_is_taken_again_without_any_change(sample_hall: Store) -> None:
    manager = accounts.operator(sample_hall)
    with sample_hall.reading():
        before = models.JournalEntry.select().count()
    for language in ("zh_CN", "en"):
        i18n.use(language)
        for kind in Kind:
            for one in list_editing.records(manager, kind, retired=True):
                same = list_editing.edit(manager, kind, one.id, one.values, form(kind, one))
                assert same == one
    with sample_hall.reading():
        assert models.JournalEntry.select().count() == before


def test_a_window_and_a_person_get_another_name_and_stay_who_they_are(
    manager: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    window = row(manager, Kind.WINDOWS, small_hall["window3"])
    list_editing.edit(
        manager, Kind.WINDOWS, window.id, window.values, form(Kind.WINDOWS, window, number="13号")
    )
    assert row(manager, Kind.MATTERS, small_hall["medical"]).values["windows"] == ("13",)
    person = row(manager, Kind.STAFF, clerk.person())
    assert person.values["window"] == "13"
    list_editing.edit(
        manager, Kind.STAFF, person.id, person.values, form(Kind.STAFF, person, name="张敏慧")
    )
    assert accounts.sign_in(manager.store, "张敏慧", PIN).staff_id == clerk.staff_id


@pytest.mark.parametrize(
    ("kind", "typed", "field", "sentence"),
    [
        (Kind.WINDOWS, {"number": "3"}, "number", "“3”已经有了。"),
        (Kind.WINDOWS, {"number": ""}, "number", "此项必填。"),
        (Kind.WINDOWS, {"phone": "12"}, "phone", "“12”不是电话号码，应如 010-5555-0101 或 12345。"),
        (Kind.WINDOWS, {"name": "长" * 61}, "name", "内容太长（最多 60 个字）。"),
        (Kind.MATTERS, {"code": "yb02"}, "code", "“yb02”已经有了。"),
        (Kind.MATTERS, {"windows": ""}, "windows", "此项必填。"),
        (Kind.MATTERS, {"windows": "9"}, "windows", "没有 9 号窗口，请先添加窗口。"),
        (Kind.MATTERS, {"promised_minutes": "0"}, "promised_minutes", "“0”应在 1 至 9999 之间。"),
        (Kind.MATTERS, {"online_address": "x"}, "online_address", None),
        (Kind.STAFF, {"name": "李主任"}, "name", "“李主任”已经有了。"),
        (Kind.STAFF, {"window": ""}, "window", "窗口人员必须填写窗口。"),
        (Kind.STAFF, {"pin": "1111"}, "pin", None),
        (Kind.COMMUNITIES, {"email": "a.example.com"}, "email", None),
        (Kind.COMMUNITIES, {"email": "a@example.com\nBcc: b@example.com"}, "email", "请写在一行内。"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_its_field_in_one_sentence(
    manager: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
    kind: Kind,
    typed: dict[str, str],
    field: str,
    sentence: str | None,
) -> None:
    community = {"name": "太平桥社区", "email": "tpq@example.com"}
    if kind is Kind.COMMUNITIES:
        list_editing.add(manager, kind, form(kind, **community))
    last = {
        Kind.WINDOWS: small_hall["window2"],
        Kind.MATTERS: small_hall["medical"],
        Kind.STAFF: clerk.person(),
        Kind.COMMUNITIES: list_editing.records(manager, Kind.COMMUNITIES)[0].id
        if kind is Kind.COMMUNITIES
        else None,
    }[kind]
    one = row(manager, kind, last)
    ((at, _line, words),) = refused(
        list_editing.edit, manager, kind, one.id, one.values, form(kind, one, **typed)
    )
    assert at == field
    assert sentence is None or words == sentence
    assert row(manager, kind, last) == one


def test_all_that_is_wrong_with_a_new_matter_is_said_at_once(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    lines = (
        MaterialText("身份证", count="0"),
        MaterialText(note="没有名称"),
        MaterialText("身份证"),
    )
    typed = Typed({**form(Kind.MATTERS, name="x", windows="3").fields, "fee": "费" * 201}, lines)
    assert [(field, line) for field, line, _words in refused(
        list_editing.add, manager, Kind.MATTERS, typed
    )] == [("code", None), ("fee", None), ("count", 0), ("material", 1), ("material", 2)]  # fmt: skip


def test_a_number_that_is_there_retired_is_to_be_brought_back(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    added = list_editing.add(manager, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW))
    list_editing.retire(manager, Kind.WINDOWS, added.id)
    assert refused_for(list_editing.add, manager, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW)) == (
        "“7”已经有了，只是停用了，请恢复它。"
    )
    list_editing.bring_back(manager, Kind.WINDOWS, added.id)
    assert not row(manager, Kind.WINDOWS, added.id).retired


def test_a_real_hall_takes_no_pin_that_a_stranger_would_try_first(
    place: str, quick_pins: None
) -> None:
    with closing(halls.create(place, name="真大厅", manager="李主任", pin="739164")) as store:
        boss = accounts.operator(store)
        new = {"name": "陈晓", "role": "前台人员"}
        for pin in ("2468", "1357", "1212", "１２１２", "123123", "2580"):
            assert refused_for(
                list_editing.add, boss, Kind.STAFF, form(Kind.STAFF, **new, pin=pin)
            ) == i18n.explain(errors.BadInput("pin", "too_simple"))
            with pytest.raises(errors.BadInput):
                accounts.set_pin(boss, "李主任", pin)
        proposed = accounts.propose_pin()
        added = list_editing.add(boss, Kind.STAFF, form(Kind.STAFF, **new, pin=proposed))
        assert added.has_pin
        assert accounts.sign_in(store, "陈晓", proposed).staff_id == added.id


def test_a_forgotten_pin_is_set_in_the_form(manager: Actor, front_desk: Actor) -> None:
    person = row(manager, Kind.STAFF, front_desk.person())
    list_editing.edit(
        manager, Kind.STAFF, person.id, person.values, form(Kind.STAFF, person, pin="9753")
    )
    assert accounts.sign_in(manager.store, front_desk.name, "9753")
    (line, *_before) = list_history.history(manager, Kind.STAFF, person.id)
    assert [(one.label, one.before, one.after) for one in line.fields] == [("密码", None, None)]


# --- two managers at once ------------------------------------------------------------------------


def test_what_only_the_other_one_changed_stays_changed(
    manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.WINDOWS, small_hall["window3"])
    list_editing.edit(
        other, Kind.WINDOWS, seen.id, seen.values, form(Kind.WINDOWS, seen, phone="010-5555-0999")
    )
    done = list_editing.edit(
        manager, Kind.WINDOWS, seen.id, seen.values, form(Kind.WINDOWS, seen, hours="9:00-16:00")
    )
    assert (done.values["phone"], done.values["hours"]) == ("010-5555-0999", "9:00-16:00")


def test_what_both_changed_is_shown_and_decided(
    manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.WINDOWS, small_hall["window3"])
    list_editing.edit(
        other, Kind.WINDOWS, seen.id, seen.values, form(Kind.WINDOWS, seen, phone="010-5555-0999")
    )
    mine = form(Kind.WINDOWS, seen, phone="010-5555-0888", hours="9:00-16:00")
    with pytest.raises(errors.EditConflict) as conflict:
        list_editing.edit(manager, Kind.WINDOWS, seen.id, seen.values, mine)
    (one,) = conflict.value.conflicts
    assert (one.field, one.mine, one.his, one.who) == (
        "phone", "010-5555-0888", "010-5555-0999", "韩梅",
    )  # fmt: skip
    assert i18n.explain(conflict.value) == (
        "韩梅 也改了电话（02-21 10:03）。请选定用哪个值，再保存。"
    )
    assert row(manager, Kind.WINDOWS, seen.id).values["hours"] == seen.values["hours"]
    # Mine is right: his value is what I have seen now.
    done = list_editing.edit(
        manager, Kind.WINDOWS, seen.id, {**seen.values, "phone": one.his}, mine
    )
    assert (done.values["phone"], done.values["hours"]) == ("010-5555-0888", "9:00-16:00")


def test_the_same_change_by_both_is_no_conflict(
    manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.MATTERS, small_hall["medical"])
    for who in (other, manager):
        done = list_editing.edit(
            who, Kind.MATTERS, seen.id, seen.values, form(Kind.MATTERS, seen, fee="10 元")
        )
    assert done.values["fee"] == "10 元"
    history = list_history.history(manager, Kind.MATTERS, seen.id)
    assert [(line.what, line.who) for line in history] == [("changed", "韩梅")]


def test_materials_are_one_value_for_two_managers(
    manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.MATTERS, small_hall["medical"])
    lines = list_forms.material_texts(seen.values)
    list_editing.edit(
        other, Kind.MATTERS, seen.id, seen.values, Typed(form(Kind.MATTERS, seen).fields, lines[:1])
    )
    with pytest.raises(errors.EditConflict) as conflict:
        list_editing.edit(
            manager, Kind.MATTERS, seen.id, seen.values,
            Typed(form(Kind.MATTERS, seen).fields, lines[::-1]),
        )  # fmt: skip
    assert [one.field for one in conflict.value.conflicts] == ["materials"]


def test_two_managers_who_save_at_the_same_moment_lose_nothing(
    store: Store, manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.WINDOWS, small_hall["window3"])

    def saves(pair: tuple[Actor, dict[str, str]]) -> str:
        try:
            list_editing.edit(
                pair[0], Kind.WINDOWS, seen.id, seen.values, form(Kind.WINDOWS, seen, **pair[1])
            )
        except errors.EditConflict:
            return "conflict"
        finally:
            store.close_thread()
        return "done"

    with ThreadPoolExecutor(2) as two:
        merged = list(two.map(saves, ((manager, {"hours": "8:00-12:00"}), (other, {"note": "甲"}))))
        assert merged == ["done", "done"]
        both = list(two.map(saves, ((manager, {"phone": "12345"}), (other, {"phone": "12333"}))))
        assert sorted(both) == ["conflict", "done"]
        numbers = list(two.map(saves, ((manager, {"number": "8"}), (other, {"name": "乙"}))))
        assert numbers == ["done", "done"]
    values = row(manager, Kind.WINDOWS, seen.id).values
    assert (values["hours"], values["note"], values["number"], values["name"]) == (
        "8:00-12:00", "甲", "8", "乙",
    )  # fmt: skip


def test_two_managers_who_add_one_number_at_once_add_one_window(
    store: Store, manager: Actor, other: Actor
) -> None:
    def adds(actor: Actor) -> str:
        try:
            list_editing.add(actor, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW))
        except errors.BadRow as error:
            return str(error.problems[0].field)
        finally:
            store.close_thread()
        return "added"

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(adds, (manager, other))) == ["added", "number"]


# --- retiring, bringing back, order --------------------------------------------------------------


def test_a_window_that_is_still_needed_is_not_retired(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    opened = tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["residence"], "赵一", consent=True, papers=(NewPaper("身份证"),)
        ),
    )
    callbacks.promise(
        front_desk, NewCallback(new_id(), small_hall["window2"], "13800004127", "王二")
    )
    with manager.store.change(manager) as change:
        # A paper that stayed at this window while its ticket went on.
        models.Paper.update(
            holder="window", holder_window=small_hall["window2"], holder_staff=front_desk.staff_id
        ).where(models.Paper.ticket == opened.card.id).execute()
        change.record("ticket.received", None)
    (_problem,) = refused(list_editing.retire, manager, Kind.WINDOWS, small_hall["window2"])
    assert _problem[0] == "retired"
    with manager.store.change(manager) as change:
        models.Ticket.update(window=small_hall["window3"]).where(
            models.Ticket.id == opened.card.id
        ).execute()
        change.record("ticket.transferred", None)
    assert refused_for(
        list_editing.retire, manager, Kind.WINDOWS, small_hall["window2"]
    ) == "2 号窗口不能停用：那里还有 1 份材料。"  # fmt: skip
    with manager.store.change(manager) as change:
        models.Paper.update(holder="resident", holder_staff=None).execute()
        change.record("ticket.handed_back", None)
    assert "1 个回电没打" in refused_for(
        list_editing.retire, manager, Kind.WINDOWS, small_hall["window2"]
    )
    with manager.store.change(manager) as change:
        models.Callback.update(
            state="withdrawn", reason="settled", settled_at=change.at, settled_by=manager.staff_id
        ).execute()
        change.record("callback.withdrawn", None)
    assert "居住证办理" in refused_for(
        list_editing.retire, manager, Kind.WINDOWS, small_hall["window2"]
    )


def test_a_window_retired_beside_another_stays_on_its_matter_until_that_changes(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    matter = row(manager, Kind.MATTERS, small_hall["residence"])
    matter = list_editing.edit(
        manager, Kind.MATTERS, matter.id, matter.values, form(Kind.MATTERS, matter, windows="2、3")
    )
    list_editing.retire(manager, Kind.WINDOWS, small_hall["window2"])
    matter = list_editing.edit(
        manager, Kind.MATTERS, matter.id, matter.values, form(Kind.MATTERS, matter, fee="无")
    )
    assert matter.values["windows"] == ("2", "3")
    assert refused_for(
        list_editing.edit, manager, Kind.MATTERS, matter.id, matter.values,
        form(Kind.MATTERS, matter, windows="2"),
    ) == "2 号窗口已停用。"  # fmt: skip


def test_a_matter_is_retired_and_brought_back_only_with_a_window(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    list_editing.retire(manager, Kind.MATTERS, small_hall["residence"])
    list_editing.retire(manager, Kind.WINDOWS, small_hall["window2"])
    assert [one.values["code"] for one in list_editing.records(manager, Kind.MATTERS)] == [
        "YB01", "YB02",
    ]  # fmt: skip
    problems = refused(list_editing.bring_back, manager, Kind.MATTERS, small_hall["residence"])
    assert problems == [("windows", None, "2 号窗口已停用。")]
    list_editing.bring_back(manager, Kind.WINDOWS, small_hall["window2"])
    for _twice in range(2):
        list_editing.bring_back(manager, Kind.MATTERS, small_hall["residence"])
    history = list_history.history(manager, Kind.MATTERS, small_hall["residence"])
    assert [line.what for line in history] == ["restored", "retired"]


def test_who_is_needed_stays(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    assert refused_for(list_editing.retire, manager, Kind.STAFF, manager.person()) == (
        "不能停用自己的账号，请由另一位管理人员办理。"
    )
    operator = accounts.operator(store)
    assert "没有管理人员" in refused_for(
        list_editing.retire, operator, Kind.STAFF, manager.person()
    )
    one = row(manager, Kind.STAFF, manager.person())
    ((field, _line, _words),) = refused(
        list_editing.edit, manager, Kind.STAFF, one.id, one.values,
        form(Kind.STAFF, one, role="前台人员"),
    )  # fmt: skip
    assert field == "role"
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    assert "在岗" in refused_for(list_editing.retire, manager, Kind.STAFF, front_desk.person())
    tickets.open(
        clerk_of_desk := front_desk,
        NewTicket(new_id(), small_hall["medical"], "赵一", consent=True, papers=(NewPaper("证"),)),
    )
    assert len(refused(list_editing.retire, manager, Kind.STAFF, clerk_of_desk.person())) == 1
    list_editing.retire(manager, Kind.STAFF, clerk.person())
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, clerk.name, PIN)
    list_editing.bring_back(manager, Kind.STAFF, clerk.person())
    assert accounts.sign_in(store, clerk.name, PIN)


def test_a_clerk_at_work_keeps_window_and_role(
    manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    new = NewTicket(new_id(), small_hall["medical"], "赵一", consent=True)
    card = tickets.open(front_desk, new).card
    tickets.claim(clerk, card.id)
    one = row(manager, Kind.STAFF, clerk.person())
    for typed, field in (({"window": "2"}, "window"), ({"role": "前台人员"}, "role")):
        wanted = form(Kind.STAFF, one, **typed)
        assert refused(list_editing.edit, manager, Kind.STAFF, one.id, one.values, wanted) == [
            (field, None, "此人正在办理 1 件代办单，不能改岗位或窗口，请先交接或退回队列。")
        ]
    renamed = form(Kind.STAFF, one, name="张小敏")
    list_editing.edit(manager, Kind.STAFF, one.id, one.values, renamed)
    tickets.release(clerk, card.id, "材料不全")
    one = row(manager, Kind.STAFF, clerk.person())
    list_editing.edit(
        manager, Kind.STAFF, one.id, one.values, form(Kind.STAFF, one, role="前台人员")
    )
    assert row(manager, Kind.STAFF, one.id).values["role"] == "front_desk"


def test_windows_stand_where_they_are_moved_to(manager: Actor, small_hall: dict[str, Any]) -> None:
    third = list_editing.add(manager, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW))
    version = halls.settings(manager).directory_version

    def numbers() -> list[str]:
        return [one.values["number"] for one in list_editing.records(manager, Kind.WINDOWS)]

    assert list_editing.move(manager, third.id, -2)
    assert numbers() == ["7", "2", "3"]
    assert not list_editing.move(manager, third.id, -1)
    assert list_editing.move(manager, third.id, 1)
    assert numbers() == ["2", "7", "3"]
    assert halls.settings(manager).directory_version == version + 2
    (line, *_older) = list_history.history(manager, Kind.WINDOWS, third.id)
    assert [(one.label, one.before, one.after) for one in line.fields] == [("次序", "1", "2")]
    with pytest.raises(errors.NotFound):
        list_editing.move(manager, new_id(), 1)


# --- history -------------------------------------------------------------------------------------


def test_history_tells_who_changed_what_from_what_to_what(
    manager: Actor, other: Actor, small_hall: dict[str, Any]
) -> None:
    seen = row(manager, Kind.MATTERS, small_hall["medical"])
    list_editing.edit(
        other, Kind.MATTERS, seen.id, seen.values,
        Typed(
            {**form(Kind.MATTERS, seen).fields, "promised_minutes": "5", "checked_by": "王五"},
            (MaterialText("身份证"), MaterialText("照片", count="2")),
        ),
    )  # fmt: skip
    (line,) = list_history.history(manager, Kind.MATTERS, seen.id)
    assert (line.who, line.what) == ("韩梅", "changed")
    assert [(one.label, one.before, one.after) for one in line.fields] == [
        ("承诺分钟", "3", "5"),
        ("核对人", None, None),
        ("材料", "身份证 原件、户口本复印件 复印件", "身份证 原件、照片 原件 ×2"),
    ]


def test_of_people_and_communities_only_the_fields_are_named(manager: Actor) -> None:
    kind = Kind.COMMUNITIES
    made = list_editing.add(
        manager, kind, form(kind, name="太平桥社区", email="a@example.com", contact="周姐")
    )
    list_editing.edit(manager, kind, made.id, made.values, form(kind, made, contact="吴姐"))
    changed, added = list_history.history(manager, kind, made.id)
    assert [(one.label, one.before, one.after) for one in changed.fields] == [
        ("联系人", None, None)
    ]
    assert added.fields == ()
    with manager.store.reading():
        facts = "".join(entry.facts for entry in models.JournalEntry.select())
    assert "周姐" not in facts
    assert "example.com" not in facts


def test_what_an_import_did_stands_in_the_history(
    manager: Actor, small_hall: dict[str, Any], tmp_path: Any
) -> None:
    file = tmp_path / "windows.csv"
    directory.export_file(manager, Kind.WINDOWS, file)
    file.write_bytes(file.read_bytes().replace("医疗保险".encode(), "医保".encode()))
    directory.import_file(manager, Kind.WINDOWS, file)
    (line,) = list_history.history(manager, Kind.WINDOWS, small_hall["window3"])
    assert [(one.label, one.before, one.after) for one in line.fields] == [
        ("名称", "医疗保险", "医保")
    ]


def test_a_rows_history_is_found_by_an_index(manager: Actor, small_hall: dict[str, Any]) -> None:
    store = manager.store
    with store.reading():
        explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
        if store.postgres:
            # A small table would be read whole.
            store.execute("SET LOCAL enable_seqscan = off")
        rows = store.execute(
            explain + list_history._ENTRIES, (small_hall["window3"].hex, 10)
        ).fetchall()
    assert any("journal_of_lists" in str(part) for line in rows for part in line)


# --- finding and limits --------------------------------------------------------------------------


def test_rows_are_found_by_pinyin_code_nickname_and_telephone(sample_hall: Store) -> None:
    manager = accounts.operator(sample_hall)

    def found(kind: Kind, typed: str) -> list[str]:
        rows = list_editing.records(manager, kind, retired=True)
        names = {row.id: row.values["name"] for row in rows}
        return [names[key] for key in list_editing.index(kind, rows).search(typed, 5)]

    windows = list_editing.records(manager, Kind.WINDOWS)
    assert found(Kind.WINDOWS, windows[0].values["phone"][-6:]) == [windows[0].values["name"]]
    assert any("医保" in name for name in found(Kind.MATTERS, "ybk"))
    assert found(Kind.STAFF, "前台")


def test_only_managers_keep_the_lists(front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            list_editing.records(actor, Kind.WINDOWS)
        with pytest.raises(errors.NotAllowed):
            list_editing.add(actor, Kind.WINDOWS, form(Kind.WINDOWS, **WINDOW))
