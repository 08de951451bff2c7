"""Importing and exporting windows, matters, staff and communities, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hall_desk import errors, i18n, resources
from hall_desk.services import accounts, directory, halls, import_problems, matters, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.directory import Kind, Table
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN

WINDOWS = "窗口号,名称,电话\n1,综合受理,010-5555-0101\n3,医疗保险,010-5555-0103\n"
MATTERS = (
    "事项编码,事项名称,俗称,窗口,办理方式,承诺分钟,材料,原件或复印件,份数,是否必需,材料说明\n"
    "YB01,医保卡领取,取医保卡、领卡,3、1,代办 电话,3,身份证,原件,1,必需,\n"
    "YB01,医保卡领取,,,,,领卡证明,复印件,2,可选,单位发的\n"
    "ZH01,咨询,,1,,,,,,,\n"
)


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


def table(text: str, name: str = "表.csv") -> Table:
    return directory.read_table(text.encode(), name)


def take(actor: Actor, kind: Kind, text: str) -> directory.ImportPlan:
    return directory.apply(actor, directory.plan(actor, kind, table(text)))


def wrong(actor: Actor, kind: Kind, text: str) -> list[tuple[int, str, str]]:
    """Row, column letter and reason of every problem; checks that nothing can be written then."""
    planned = directory.plan(actor, kind, table(text))
    before = count_rows()
    with pytest.raises(errors.BadFile) as caught:
        directory.apply(actor, planned)
    assert count_rows() == before
    assert list(caught.value.problems) == list(planned.problems)
    assert all(problem.sentence() for problem in planned.problems)
    return [(problem.row, problem.letter, problem.reason) for problem in planned.problems]


def count_rows() -> list[int]:
    with models.proxy.connection_context() if models.proxy.is_closed() else models.proxy.atomic():
        return [model.select().count() for model in models.MODELS]


def journal(kind: str) -> list[dict[str, Any]]:
    rows = models.JournalEntry.select().where(models.JournalEntry.kind == kind)
    return [json.loads(row.facts) for row in rows.order_by(models.JournalEntry.id)]


# --- what an import does ---------------------------------------------------------------------


def test_windows_are_added_in_the_files_order(manager: Actor) -> None:
    done = take(manager, Kind.WINDOWS, WINDOWS)
    assert [(p.key, p.name, p.row) for p in done.added] == [
        ("1", "综合受理", 2),
        ("3", "医疗保险", 3),
    ]
    assert [(w.number, w.name, w.phone) for w in matters.windows(manager)] == [
        ("1", "综合受理", "010-5555-0101"),
        ("3", "医疗保险", "010-5555-0103"),
    ]
    assert [facts["number"] for facts in journal("window.added")] == ["1", "3"]
    assert halls.settings(manager).directory_version == 2


def test_matters_come_with_windows_and_materials(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    take(manager, Kind.MATTERS, MATTERS)
    matter = matters.by_code(manager, "YB01")
    assert [w.number for w in matter.windows] == ["3", "1"]
    assert matter.nicknames == "取医保卡 领卡"
    assert matter.line.channels == ("proxy", "phone")
    assert [(m.name, m.original, m.count, m.required, m.note) for m in matter.materials] == [
        ("身份证", True, 1, True, ""),
        ("领卡证明", False, 2, False, "单位发的"),
    ]
    plain = matters.by_code(manager, "ZH01")
    assert (plain.line.channels, plain.line.promised_minutes) == (
        ("on_the_spot", "proxy", "phone"),
        3,
    )
    assert [m.code for m in matters.search(manager, "lk")] == ["YB01"]


def test_an_empty_promise_is_the_halls(manager: Actor) -> None:
    halls.change_setting(manager, "default_promise_minutes", 7)
    take(manager, Kind.WINDOWS, WINDOWS)
    take(manager, Kind.MATTERS, "Code,Name,Windows\nA,甲,1\n")
    take(manager, Kind.MATTERS, MATTERS)
    assert [matters.by_code(manager, c).line.promised_minutes for c in ("A", "ZH01", "YB01")] == [
        7,
        7,
        3,
    ]


def test_the_same_file_again_changes_nothing(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    take(manager, Kind.MATTERS, MATTERS)
    version = halls.settings(manager).directory_version
    before = count_rows()
    done = take(manager, Kind.MATTERS, MATTERS)
    assert (done.writes, done.unchanged) == (0, 2)
    assert count_rows() == before
    assert halls.settings(manager).directory_version == version


def test_a_plan_shows_each_change_and_writes_nothing(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    before = count_rows()
    planned = directory.plan(
        manager,
        Kind.WINDOWS,
        table(
            "窗口号,名称,电话,停用\n3号窗口,医保,010-5555-0103,\n1,综合受理,12345,是\n9,新,12345,\n"
        ),
    )
    assert count_rows() == before
    assert planned.good
    (change,) = planned.changed
    assert (change.row, change.key) == (2, "3")
    assert change.changes == (("Name", "医疗保险", "医保"),)
    (retired,) = planned.retired
    assert [c.column for c in retired.changes] == ["Phone", "Retired"]
    assert [p.key for p in planned.added] == ["9"]


def test_what_is_not_in_the_file_stays(manager: Actor) -> None:
    take(
        manager,
        Kind.WINDOWS,
        WINDOWS.replace("电话\n", "电话,备注\n").replace("0103\n", "0103,靠门\n"),
    )
    take(manager, Kind.WINDOWS, "窗口号,名称,电话\n3,医保,010-5555-0103\n")
    assert [w.name for w in matters.windows(manager)] == ["综合受理", "医保"]
    assert models.Window.get(models.Window.number == "3").note == "靠门"
    (facts,) = journal("window.changed")
    assert facts == {"fields": ["name"], "before": {"name": "医疗保险"}, "after": {"name": "医保"}}


def test_materials_are_replaced_only_if_the_file_has_them(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    take(manager, Kind.MATTERS, MATTERS)
    take(manager, Kind.MATTERS, "事项编码,事项名称,窗口\nYB01,领医保卡,3\n")
    changed = matters.by_code(manager, "YB01")
    assert (changed.line.name, len(changed.materials), len(changed.windows)) == ("领医保卡", 2, 1)
    take(manager, Kind.MATTERS, "事项编码,事项名称,窗口,材料\nYB01,领医保卡,3,户口簿\n")
    assert [m.name for m in matters.by_code(manager, "YB01").materials] == ["户口簿"]


def test_retiring_and_restoring(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    done = take(manager, Kind.WINDOWS, "窗口号,名称,电话,停用\n3,医疗保险,010-5555-0103,是\n")
    assert [p.key for p in done.retired] == ["3"]
    assert done.changed == ()
    assert [w.number for w in matters.windows(manager)] == ["1"]
    assert models.Window.select().count() == 2
    done = take(manager, Kind.WINDOWS, "窗口号,名称,电话,停用\n3,医疗保险,010-5555-0103,\n")
    assert [p.key for p in done.changed] == ["3"]
    assert [w.number for w in matters.windows(manager)] == ["1", "3"]
    assert (len(journal("window.retired")), len(journal("window.restored"))) == (1, 1)


def test_staff_come_without_a_pin_and_cannot_sign_in_before_they_have_one(
    store: Store, manager: Actor
) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    take(manager, Kind.STAFF, "姓名,岗位,窗口\n张颖,窗口人员,3\n王静,前台,\n")
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, "王静", "")
    with pytest.raises(errors.SignInRefused):
        accounts.sign_in(store, "王静", PIN)
    accounts.set_pin(manager, "王静", PIN)
    assert accounts.sign_in(store, "王静", PIN).role is Role.FRONT_DESK
    accounts.set_pin(manager, "张颖", PIN)
    assert accounts.sign_in(store, "张颖", PIN).window_number == "3"


def test_an_initial_pin_is_hashed_and_shown_nowhere(store: Store, manager: Actor) -> None:
    text = "姓名,岗位,初始密码\n王静,前台,9753\n"
    planned = directory.plan(manager, Kind.STAFF, table(text))
    assert "9753" not in repr(planned)
    assert "9753" not in repr(planned.records[0].values)
    directory.apply(manager, planned)
    assert accounts.sign_in(store, "王静", "9753").name == "王静"
    assert not any(
        "9753" in row.facts or "王静" in row.facts for row in models.JournalEntry.select()
    )
    # An empty cell leaves the PIN as it is.
    done = take(manager, Kind.STAFF, text.replace("9753", ""))
    assert done.unchanged == 1
    assert accounts.sign_in(store, "王静", "9753").name == "王静"


def test_communities(manager: Actor) -> None:
    text = "社区,电子邮箱,联系人,电话\n䶮𬭊社区,dong@example.invalid,方敏,010-5555-0201\n"
    take(manager, Kind.COMMUNITIES, text)
    row = models.Community.get()
    assert (row.name, row.email, row.contact, row.phone) == (
        "䶮𬭊社区",
        "dong@example.invalid",
        "方敏",
        "010-5555-0201",
    )
    assert not any("dong@" in entry.facts for entry in models.JournalEntry.select())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_file_of_any_usual_encoding_is_imported(
    manager: Actor, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "窗口.csv"
    path.write_bytes(WINDOWS.encode(encoding))
    assert len(directory.import_file(manager, "windows", path).added) == 2


def test_english_headings_and_words_are_understood_beside_chinese(manager: Actor) -> None:
    i18n.use("zh_CN")
    take(
        manager,
        Kind.WINDOWS,
        "Number,Name *,Phone（必填）,Retired\n１,综合,０１０－５５５５－０１０１,no\n2,居住,12345,yes\n",
    )
    assert [(w.number, w.phone) for w in matters.windows(manager)] == [("1", "010-5555-0101")]
    take(
        manager,
        Kind.MATTERS,
        "Code,Name,Windows,Channels,Material,Original or copy,Required\nA,甲,1号,on the spot; Online,证,COPY,Yes\n",
    )
    matter = matters.by_code(manager, "A")
    assert matter.line.channels == ("on_the_spot", "online")
    assert [(m.original, m.required) for m in matter.materials] == [(False, True)]


def test_twenty_thousand_communities(manager: Actor) -> None:
    text = "社区,电子邮箱\n" + "".join(f"社区{n},c{n}@example.invalid\n" for n in range(20_000))
    assert len(take(manager, Kind.COMMUNITIES, text).added) == 20_000
    assert models.Community.select().count() == 20_000


# --- what an import refuses ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("窗口号,名称,电话,颜色\n1,综合,12345,红\n", [(1, "D", "unknown_column")]),
        ("窗口号,名称,电话,办公时问\n1,综合,12345,红\n", [(1, "D", "similar_column")]),
        ("窗口号,名称\n1,综合\n", [(1, "", "missing_column")]),
        ("窗口号,名称,电话,联系电话\n1,综合,12345,12345\n", [(1, "D", "duplicate_column")]),
        ("甲,乙\n1,综合\n", [(1, "", "no_headings")]),
        ("窗口号,名称,电话\n", [(0, "", "no_rows")]),
        ("窗口号,名称,电话\n1,=A1,12345\n", [(2, "B", "formula")]),
        ("窗口号,名称,电话\n1,,12345\n", [(2, "B", "empty")]),
        ("窗口号,名称,电话\n,综合,12345\n", [(2, "A", "empty")]),
        ("窗口号,名称,电话\n1/2,综合,12345\n", [(2, "A", "not_a_key")]),
        ("窗口号,名称,电话\n1,综合,12345\n１,居住,12345\n", [(3, "A", "duplicate")]),
        ("窗口号,名称,电话\n1,综合,010-5555\n", [(2, "C", "not_a_phone")]),
        ("窗口号,名称,电话\n1,综合,0101234abcd\n", [(2, "C", "not_a_phone")]),
        ("窗口号,名称,电话\n1,综合,1055550101\n", [(2, "C", "lost_zero")]),
        ("窗口号,名称,电话,分机\n1,综合,12345,ab\n", [(2, "D", "not_a_number")]),
        ("窗口号,名称,电话,停用\n1,综合,12345,也许\n", [(2, "D", "not_yes_no")]),
        ('窗口号,名称,电话\n1,"综\n合",12345\n', [(2, "B", "line_break")]),
        ("窗口号,名称,电话\n1,综\ufffd合,12345\n", [(2, "B", "broken_character")]),
        (f"窗口号,名称,电话\n1,{'长' * 61},12345\n", [(2, "B", "too_long")]),
        ("窗口号,名称,电话\n1,综合,12345,多\n", [(2, "D", "no_heading")]),
    ],
)  # fmt: skip
def test_bad_windows(manager: Actor, text: str, expected: list[tuple[int, str, str]]) -> None:
    assert wrong(manager, Kind.WINDOWS, text) == expected


MATTER = "事项编码,事项名称,窗口,承诺分钟,办理方式,网上办理地址,核对日期,材料,份数,原件或复印件\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A,甲,7,,,,,,,\n", [(2, "C", "unknown_window")]),
        ("A,甲,3、7,,,,,,,\n", [(2, "C", "unknown_window")]),
        ("A,甲,,,,,,,,\n", [(2, "C", "empty")]),
        ("A,甲,3,很快,,,,,,\n", [(2, "D", "not_a_number")]),
        ("A,甲,3,0,,,,,,\n", [(2, "D", "out_of_range")]),
        ("A,甲,3,2.5,,,,,,\n", [(2, "D", "not_a_number")]),
        ("A,甲,3,,飞鸽,,,,,\n", [(2, "E", "not_a_choice")]),
        ("A,甲,3,,,example,,,,\n", [(2, "F", "not_an_address")]),
        ("A,甲,3,,,javascript:x,,,,\n", [(2, "F", "not_an_address")]),
        ("A,甲,3,,,,2020-02-30,,,\n", [(2, "G", "not_a_date")]),
        ("A,甲,3,,,,昨天,,,\n", [(2, "G", "not_a_date")]),
        ("A,甲,3,,,,,身份证,100,\n", [(2, "I", "out_of_range")]),
        ("A,甲,3,,,,,身份证,,照片\n", [(2, "J", "not_yes_no")]),
        ("A,甲,3,,,,,,2,原件\n", [(2, "H", "no_material_name")]),
        ("A,甲,3,,,,,身份证,,\nA,,,,,,,身份证,2,\n", [(3, "H", "duplicate_material")]),
        ("A,甲,3,,,,,身份证,,\nA,乙,,,,,,户口簿,,\n", [(3, "B", "differs")]),
        ("A,甲,3,,,,,身份证,,\na,,1,,,,,户口簿,,\n", [(3, "C", "differs")]),
        ("A,甲,3,,,,,,,\nA,甲,3,,,,,,,\n", [(2, "A", "duplicate"), (3, "A", "duplicate")]),
        (",,,,,,,身份证,,\n", [(2, "A", "empty")]),
    ],
)
def test_bad_matters(manager: Actor, rows: str, expected: list[tuple[int, str, str]]) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    assert wrong(manager, Kind.MATTERS, MATTER + rows) == expected


def test_dates_as_people_write_them(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    written = (
        "2020-02-17",
        "2020/2/17",
        "2020.2.17",
        "2020年2月17日",
        "20200217",
        "２０２０－２－１７",
    )
    rows = "".join(f"A{n},甲,3,,,,{text},,,\n" for n, text in enumerate(written))
    take(manager, Kind.MATTERS, MATTER + rows)
    assert {str(row.checked_on) for row in models.Matter.select()} == {"2020-02-17"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("张颖,飞行员,3,\n", [(2, "B", "not_a_choice")]),
        ("张颖,窗口,,\n", [(2, "C", "window_needed")]),
        ("张颖,窗口,8,\n", [(2, "C", "unknown_window")]),
        ("张颖,窗口,3,\n张颖,前台,,\n", [(3, "A", "duplicate_person")]),
        ("张颖,前台,,12\n", [(2, "D", "pin_too_short")]),
        ("张颖,前台,,1111\n", [(2, "D", "pin_too_simple")]),
        ("李主任,前台,,\n", [(2, "B", "last_manager")]),
    ],
)
def test_bad_staff(manager: Actor, rows: str, expected: list[tuple[int, str, str]]) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    assert wrong(manager, Kind.STAFF, "姓名,岗位,窗口,PIN\n" + rows) == expected


def test_a_real_hall_takes_no_easy_pin_from_a_list(place: str, quick_pins: None) -> None:
    text = "姓名,岗位,PIN\n王静,前台,2468\n张颖,前台,１２１２\n李静,前台,739164\n"
    with closing(halls.create(place, name="真大厅", manager="李主任", pin="739164")) as store:
        operator = accounts.operator(store)
        assert wrong(operator, Kind.STAFF, text) == [
            (2, "C", "pin_too_simple"),
            (3, "C", "pin_too_simple"),
        ]


def test_a_bad_pin_is_not_repeated(manager: Actor) -> None:
    planned = directory.plan(manager, Kind.STAFF, table("姓名,岗位,PIN\n张颖,前台,12\n"))
    assert planned.problems[0].value == ""
    assert "12" not in planned.problems[0].why()


@pytest.mark.parametrize(
    "email",
    ["x", "x@", "@example.com", "a b@example.com", "a@b", "a@example..com", "a;b@example.com"],
)
def test_bad_email(manager: Actor, email: str) -> None:
    assert wrong(manager, Kind.COMMUNITIES, f'社区,电子邮箱\n甲,"{email}"\n') == [
        (2, "B", "not_an_email")
    ]


def test_one_bad_cell_keeps_everything_out_and_says_where_and_what_to_do(manager: Actor) -> None:
    with pytest.raises(errors.BadFile) as caught:
        take(manager, Kind.WINDOWS, WINDOWS + "4,养老助残,电话\n")
    assert matters.windows(manager) == []
    i18n.use("zh_CN")
    assert import_problems.explain(caught.value) == (
        "表.csv 没有导入，未作任何改动。"
        "第 4 行 C 列“电话”：“电话”不是电话号码，应如 010-5555-0101 或 12345。"
    )
    assert "电话" not in str(caught.value)


def test_many_problems_are_counted_and_the_first_shown_in_order(manager: Actor) -> None:
    text = "窗口号,名称,电话\n" + "".join(f"{n},,x\n" for n in range(100))
    planned = directory.plan(manager, Kind.WINDOWS, table(text))
    assert (len(planned.problems), planned.problem_count) == (200, 200)
    assert [(p.row, p.letter) for p in planned.problems[:3]] == [(2, "B"), (2, "C"), (3, "B")]
    with pytest.raises(errors.BadFile) as caught:
        directory.apply(manager, planned)
    assert import_problems.explain(caught.value).endswith("And 199 more problems.")


def test_fifty_thousand_rows_are_refused_in_one_line(manager: Actor, tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    path.write_text("窗口号,名称,电话\n" + "1,x,12345\n" * 50_000, encoding="utf-8")
    with pytest.raises(errors.BadFile) as caught:
        directory.import_file(manager, Kind.WINDOWS, path)
    line = import_problems.explain(caught.value)
    assert "\n" not in line
    assert "20000" in line


def test_only_managers_import_and_export(front_desk: Actor, tmp_path: Path) -> None:
    calls: list[Callable[[], object]] = [
        lambda: directory.plan(front_desk, Kind.WINDOWS, table(WINDOWS)),
        lambda: directory.import_file(front_desk, Kind.WINDOWS, tmp_path / "x.csv"),
        lambda: directory.export_file(front_desk, Kind.WINDOWS, tmp_path / "x.csv"),
    ]
    for call in calls:
        with pytest.raises(errors.NotAllowed):
            call()


# --- with what the hall has ------------------------------------------------------------------


def test_a_window_with_open_tickets_matters_or_staff_is_not_retired(
    manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    tickets.open(
        front_desk,
        NewTicket(
            id=new_id(),
            matter_id=small_hall["medical"],
            name="于女士",
            consent=True,
            papers=(NewPaper("身份证"),),
        ),
    )
    text = "窗口号,名称,电话,停用\n3,医疗保险,010-5555-0103,是\n"
    assert wrong(manager, Kind.WINDOWS, text) == [
        (2, "D", "open_tickets"),
        (2, "D", "only_window"),
        (2, "D", "clerks_there"),
    ]


def test_a_member_of_staff_who_holds_papers_is_not_retired(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    tickets.open(
        front_desk,
        NewTicket(
            id=new_id(),
            matter_id=small_hall["medical"],
            name="于女士",
            consent=True,
            papers=(NewPaper("身份证"), NewPaper("户口簿")),
        ),
    )
    planned = directory.plan(
        manager, Kind.STAFF, table(f"姓名,岗位,停用\n{front_desk.name},前台,是\n")
    )
    (problem,) = planned.problems
    assert (problem.row, problem.letter, problem.reason, problem.facts) == (
        2,
        "C",
        "holds_papers",
        {"count": 2},
    )


def test_who_holds_papers_or_handles_a_ticket_is_not_moved(
    manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    new = NewTicket(
        new_id(), small_hall["medical"], "于女士", consent=True, papers=(NewPaper("身份证"),)
    )
    card = tickets.open(front_desk, new).card
    text = "姓名,岗位,窗口\n{},{},{}\n"
    promoted = text.format(front_desk.name, "管理人员", "")
    assert wrong(manager, Kind.STAFF, promoted) == [(2, "B", "moved_with_papers")]
    tickets.claim(clerk, card.id)
    moved = text.format(clerk.name, "窗口人员", "1")
    assert wrong(manager, Kind.STAFF, moved) == [(2, "C", "moved_with_tickets")]
    # Nothing speaks against a list that leaves them where they are.
    assert not take(manager, Kind.STAFF, text.format(clerk.name, "窗口人员", "3号")).writes


def test_matters_may_not_name_a_retired_window_unless_retired_themselves(manager: Actor) -> None:
    take(
        manager,
        Kind.WINDOWS,
        WINDOWS.replace("电话\n", "电话,停用\n").replace("0103\n", "0103,是\n"),
    )
    text = "事项编码,事项名称,窗口,停用\nA,甲,3,{}\n"
    assert wrong(manager, Kind.MATTERS, text.format("")) == [(2, "C", "retired_window")]
    assert len(take(manager, Kind.MATTERS, text.format("是")).added) == 1


def test_the_hall_as_it_is_when_applying_decides(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    planned = directory.plan(manager, Kind.MATTERS, table("事项编码,事项名称,窗口\nA,甲,3\n"))
    take(manager, Kind.WINDOWS, "窗口号,名称,电话,停用\n3,医疗保险,010-5555-0103,是\n")
    with pytest.raises(errors.BadFile) as caught:
        directory.apply(manager, planned)
    assert [p.reason for p in caught.value.problems] == ["retired_window"]
    assert matters.search(manager, "") == []


def test_two_managers_importing_at_the_same_time_write_once(store: Store, manager: Actor) -> None:
    text = "社区,电子邮箱\n" + "".join(f"社区{n},c{n}@example.invalid\n" for n in range(300))
    planned = directory.plan(manager, Kind.COMMUNITIES, table(text))
    store.close_thread()
    start = threading.Barrier(2)

    def import_it() -> int:
        try:
            start.wait()
            return directory.apply(manager, planned).writes
        finally:
            store.close_thread()

    with ThreadPoolExecutor(2) as pool:
        written = sorted(job.result() for job in [pool.submit(import_it) for _ in range(2)])
    assert written == [0, 300]
    with store.reading():
        assert models.Community.select().count() == 300


def test_names_that_differ_only_in_case_are_both_exported(manager: Actor, tmp_path: Path) -> None:
    for name in ("Anna", "ANNA"):
        accounts.add_staff(manager, name, Role.FRONT_DESK, PIN)
    assert directory.export_file(manager, Kind.STAFF, tmp_path / "人员.csv") == 3


def test_a_plan_applied_twice_writes_once(manager: Actor) -> None:
    planned = directory.plan(manager, Kind.WINDOWS, table(WINDOWS))
    assert len(directory.apply(manager, planned).added) == 2
    assert directory.apply(manager, planned).writes == 0
    assert len(matters.windows(manager)) == 2


# --- export and the sample hall --------------------------------------------------------------


def sample(kind: Kind) -> Path:
    return resources.path("sample_hall", f"{kind}.csv")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_sample_hall_comes_back_the_same(
    manager: Actor, tmp_path: Path, ending: str, language: str
) -> None:
    i18n.use(language)
    for kind in Kind:
        directory.import_file(manager, kind, sample(kind))
        path = tmp_path / f"{kind}.{ending}"
        rows = directory.export_file(manager, kind, path)
        assert rows > 11
        again = directory.plan(manager, kind, directory.read_table(path))
        assert (again.problems, again.writes, again.rows) == ((), 0, rows)
        if (ending, language) == ("csv", "zh_CN") and kind is not Kind.STAFF:
            exported = path.read_bytes().replace(b"\r\n", b"\n")
            assert exported == sample(kind).read_bytes().replace(b"\r\n", b"\n")
    assert sorted(
        file.name for file in tmp_path.iterdir() if file.suffix == f".{ending}"
    ) == sorted(f"{kind}.{ending}" for kind in Kind)


def test_the_sample_hall_has_what_the_days_work_needs(manager: Actor) -> None:
    for kind in Kind:
        directory.import_file(manager, kind, sample(kind))
    windows = matters.windows(manager)
    assert [w.number for w in windows] == [str(n) for n in range(1, 13)]
    assert [w.phone for w in windows] == [f"010-5555-01{n:02}" for n in range(1, 13)]
    for typed, name in {
        "医保卡领取": "医保卡领取",
        "ybk": "医保卡领取",
        "变更定点": "变更定点医疗机构",
        "bgdd": "变更定点医疗机构",
        "社保卡": "社保卡申领",
        "老年优待": "养老助残卡办理（老年优待卡）",
        "居住证": "居住证办理",
        "生育登记": "生育登记",
        "失业登记": "失业登记",
        "灵活就业": "灵活就业人员参保登记",
        "公租房": "公租房申请",
        "低保": "最低生活保障申请",
        "残疾": "残疾人证申领",
        "退役军人优待证": "退役军人优待证申领",
        "高龄津贴": "高龄津贴申请",
    }.items():
        first = matters.search(manager, typed)[0]
        assert first.name == name, typed
        matter = matters.get(manager, first.id)
        assert any(material.required for material in matter.materials)
        assert matter.result_texts
        assert "proxy" in first.channels
    clerks = {
        p.window_number: p.name
        for p in accounts.names(manager.store)
        if p.role is Role.WINDOW_CLERK
    }
    assert set(clerks) == {str(n) for n in range(1, 13)}
    assert [clerks[n][0] for n in "234"] == ["周", "张", "刘"]
    desk = {p.name[0] for p in accounts.names(manager.store) if p.role is Role.FRONT_DESK}
    assert {"王", "李", "陈"} <= desk


def test_result_texts_and_formula_like_texts_survive(manager: Actor, tmp_path: Path) -> None:
    rows = [
        ("事项编码", "事项名称", "窗口", "备注", "结果用语", "法律依据"),
        ("0031", "=甲", "3", "+86", "一|二", "《一》\n《二》"),
        ("0032", "@乙", "3", "-", "带 | 线\n", "'=x"),
    ]
    take(manager, Kind.WINDOWS, WINDOWS)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = text
            cell.data_type = "s"
    book.save(tmp_path / "事项.xlsx")
    directory.import_file(manager, Kind.MATTERS, tmp_path / "事项.xlsx")
    stored = {row.code: row for row in models.Matter.select()}
    assert (stored["0031"].name, stored["0031"].result_texts) == ("=甲", "一\n二")
    assert (stored["0032"].name, stored["0032"].result_texts) == ("@乙", "带 | 线")
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"回.{ending}"
        directory.export_file(manager, Kind.MATTERS, path)
        again = directory.plan(manager, Kind.MATTERS, directory.read_table(path))
        assert (again.problems, again.writes) == ((), 0)
    assert "\n0031,'=甲," in (tmp_path / "回.csv").read_text(encoding="utf-8-sig").replace(
        "\r\n", "\n"
    )


def test_numbers_of_excel_cells(manager: Actor, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["窗口号", "名称", "电话", "停用"])
    sheet.append([3.0, "医疗保险", 12345.0, False])
    book.save(tmp_path / "窗口.xlsx")
    directory.import_file(manager, Kind.WINDOWS, tmp_path / "窗口.xlsx")
    assert [(w.number, w.phone) for w in matters.windows(manager)] == [("3", "12345")]


def test_an_export_needs_a_known_ending_and_a_place_to_write(
    manager: Actor, tmp_path: Path
) -> None:
    with pytest.raises(errors.BadInput) as caught:
        directory.export_file(manager, Kind.WINDOWS, tmp_path / "x.pdf")
    assert (caught.value.field, caught.value.reason) == ("output", "ending")
    assert i18n.explain(caught.value)
    (tmp_path / "file").write_text("x")
    with pytest.raises(errors.CannotWrite):
        directory.export_file(manager, Kind.WINDOWS, tmp_path / "file" / "x.csv")


def test_every_reason_has_its_words_in_both_languages() -> None:
    facts = dict.fromkeys(
        (
            "limit", "expected", "range", "low", "high", "choices", "first", "count", "matters",
            "there", "wanted",
        ),
        "1",
    )  # fmt: skip
    for language in ("en", "zh_CN"):
        i18n.use(language)
        for reason in import_problems.REASONS:
            problem = import_problems.Problem(3, "电话", reason, "值", "C", facts)
            assert "{" not in problem.sentence()
            if language == "zh_CN":
                assert problem.sentence().startswith("第 3 行 C 列“电话”：")
                assert problem.why() != import_problems.REASONS[reason].format(value="值", **facts)
