"""Lists that go from one hall into another, and files that are refused in one plain sentence; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hall_desk import errors, i18n, resources
from hall_desk.services import accounts, directory, halls, matters
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.directory import Kind
from hall_desk.services.progress import Progress
from hall_desk.store.database import Store
from tests.conftest import PIN

WINDOWS = "窗口号,名称,电话\n1,综合受理,010-5555-0101\n3,医疗保险,010-5555-0103\n"
ORDER = (Kind.WINDOWS, Kind.MATTERS, Kind.STAFF, Kind.COMMUNITIES)


def planned(actor: Actor, kind: Kind, text: str) -> directory.ImportPlan:
    return directory.plan(actor, kind, directory.read_table(text.encode(), "表.csv"))


def sentences(actor: Actor, kind: Kind, text: str) -> list[str]:
    plan = planned(actor, kind, text)
    assert all("\n" not in problem.sentence() for problem in plan.problems)
    return [problem.sentence() for problem in plan.problems]


def take(actor: Actor, kind: Kind, text: str) -> directory.ImportPlan:
    return directory.apply(actor, planned(actor, kind, text))


# --- there and back ------------------------------------------------------------------------------


@pytest.fixture
def second_place(
    request: pytest.FixtureRequest, place: str, tmp_path: Path
) -> Iterator[Callable[[], Store]]:
    """Where another, empty hall is made once the first one is closed."""
    made: list[Store] = []

    def make() -> Store:
        if place.startswith("postgres"):
            from psycopg import connect

            with connect(place, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
        where = place if place.startswith("postgres") else str(tmp_path / "second.sqlite3")
        made.append(halls.create(where, name="第二大厅", manager="李主任", pin=PIN))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_empty_hall_that_takes_all_four_exports_gives_the_same(
    store: Store,
    manager: Actor,
    second_place: Callable[[], Store],
    tmp_path: Path,
    ending: str,
) -> None:
    for kind in ORDER:
        directory.import_file(manager, kind, resources.path("sample_hall", f"{kind}.csv"))
    # What files of people have: retired things, and a window that left a matter to another one.
    take(manager, Kind.WINDOWS, "窗口号,名称,电话,停用\n90,旧窗口,12345,是\n91,临时,12345,\n")
    take(
        manager,
        Kind.MATTERS,
        "事项编码,事项名称,窗口,停用\nZZ1,旧事项,90,是\nZZ2,两处可办,91、1,\n",
    )
    take(manager, Kind.WINDOWS, "窗口号,名称,电话,停用\n91,临时,12345,是\n")
    take(manager, Kind.COMMUNITIES, "社区,电子邮箱,停用\n'=旧社区,old@example.invalid,是\n")
    first: dict[Kind, Path] = {}
    for kind in ORDER:
        first[kind] = tmp_path / f"first-{kind}.{ending}"
        assert directory.export_file(manager, kind, first[kind]) > 5
    store.close()
    other = accounts.operator(second_place())
    for kind in ORDER:
        directory.import_file(other, kind, first[kind])
    for kind in ORDER:
        again = tmp_path / f"again-{kind}.{ending}"
        directory.export_file(other, kind, again)
        before, after = directory.read_table(first[kind]), directory.read_table(again)
        assert (before.headings, before.rows) == (after.headings, after.rows)
        if ending == "csv":
            assert first[kind].read_bytes() == again.read_bytes()


def test_an_empty_table_has_the_headings_of_an_export(manager: Actor, tmp_path: Path) -> None:
    for kind in ORDER:
        for ending in ("csv", "xlsx"):
            empty, full = tmp_path / f"e.{ending}", tmp_path / f"f.{ending}"
            directory.template_file(manager, kind, empty)
            directory.export_file(manager, kind, full)
            table = directory.read_table(empty)
            assert table.headings == directory.read_table(full).headings
            plan = directory.plan(manager, kind, table)
            assert [problem.reason for problem in plan.problems] == ["no_rows"]


# --- refused in one plain sentence -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (Kind.WINDOWS, "社区,电子邮箱,电话\n甲,a@example.com,x\n", "这是“社区”表，不是“窗口”表。请另选文件。"),
        (Kind.WINDOWS, "姓名,岗位,窗口\n甲,?,1\n", "这是“人员名单”表，不是“窗口”表。请另选文件。"),
        (Kind.STAFF, WINDOWS, "这是“窗口”表，不是“人员名单”表。请另选文件。"),
        (Kind.MATTERS, WINDOWS, "这是“窗口”表，不是“事项”表。请另选文件。"),
        (Kind.COMMUNITIES, "事项编码,事项名称,窗口\nA,甲,1\n", "这是“事项”表，不是“社区”表。请另选文件。"),
        (
            Kind.STAFF,
            "日期,金额\n1,2\n",
            "第 1 行：没有认得的表头。第一行应是表头：姓名、岗位、窗口、初始密码、停用",
        ),
        (Kind.WINDOWS, WINDOWS + "３,重复,12345\n", "第 4 行 A 列“窗口号”：“3”与第 3 行重复。"),
        (
            Kind.COMMUNITIES,
            '社区,电子邮箱\n甲,"a@example.com\nBcc: b@example.com"\n',
            "第 2 行 B 列“电子邮箱”：单元格里有换行。请写成一行。",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_sentence(manager: Actor, kind: Kind, text: str, sentence: str) -> None:
    i18n.use("zh_CN")
    assert sentences(manager, kind, text) == [sentence]


def test_merged_cells_are_named_by_their_range(manager: Actor, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["窗口号", "名称", "电话"], [1, "综合", 12345], [2, "居住", 12345]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "窗口.xlsx")
    plan = directory.plan(manager, Kind.WINDOWS, directory.read_table(tmp_path / "窗口.xlsx"))
    assert [(p.row, p.reason) for p in plan.problems] == [(2, "merged"), (3, "empty")]
    assert "B2:B3" in plan.problems[0].sentence()


@pytest.mark.parametrize("day", ["21-02-2020", "21/02/2020", "2020-21-02", "2020-02-22"])
def test_a_day_written_backwards_or_ahead_is_refused(manager: Actor, day: str) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    plan = planned(manager, Kind.MATTERS, f"事项编码,事项名称,窗口,核对日期\nA,甲,1,{day}\n")
    reason = "date_ahead" if day == "2020-02-22" else "not_a_date"
    assert [(p.letter, p.reason) for p in plan.problems] == [("D", reason)]
    take(manager, Kind.MATTERS, "事项编码,事项名称,窗口,核对日期\nA,甲,1,2020-02-21\n")


def test_a_name_in_another_case_is_nobodys_account(manager: Actor) -> None:
    accounts.add_staff(manager, "Anna Li", Role.FRONT_DESK, PIN)
    i18n.use("zh_CN")
    assert sentences(manager, Kind.STAFF, "姓名,岗位\nANNA LI,前台\n") == [
        "第 2 行 A 列“姓名”：大厅中该姓名写作“Anna Li”。请写成一致；如果是另一个人，请加以区分。"
    ]
    accounts.add_staff(manager, "ANNA LI", Role.FRONT_DESK, PIN)
    (problem,) = planned(manager, Kind.STAFF, "姓名,岗位\nAnna Li,前台\n").problems
    assert problem.reason == "other_case"
    plan = planned(manager, Kind.STAFF, "姓名,岗位\nANNA LI,前台\n")
    with pytest.raises(errors.BadFile):
        directory.apply(manager, planned(manager, Kind.STAFF, "姓名,岗位\nanna li,前台\n"))
    assert plan.good


# --- while somebody waits ----------------------------------------------------------------------------


def test_only_what_was_shown_is_written(manager: Actor) -> None:
    take(manager, Kind.WINDOWS, WINDOWS)
    shown = planned(manager, Kind.WINDOWS, WINDOWS.replace("0101", "0199"))
    take(manager, Kind.WINDOWS, WINDOWS.replace("0101", "0188"))
    with pytest.raises(errors.PreviewOutdated):
        directory.apply(manager, shown, as_shown=True)
    assert {w.number: w.phone for w in matters.windows(manager)}["1"] == "010-5555-0188"
    shown = planned(manager, Kind.WINDOWS, WINDOWS.replace("0101", "0199"))
    assert directory.apply(manager, shown, as_shown=True).writes == 1
    with pytest.raises(errors.PreviewOutdated):
        directory.apply(manager, shown, as_shown=True)


@pytest.mark.parametrize("step", ["read", "plan", "apply"])
def test_what_is_stopped_leaves_nothing(manager: Actor, step: str) -> None:
    rows = "".join(f"社区{n},c{n}@example.invalid\n" for n in range(900))
    content = ("社区,电子邮箱\n" + rows).encode()

    def stop_at(progress: Progress) -> None:
        if progress.done >= 500:
            progress.stop()

    progress = Progress(stop_at)
    table = directory.read_table(content)
    plan = directory.plan(manager, Kind.COMMUNITIES, table)
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: directory.read_table(content, progress=progress),
        "plan": lambda: directory.plan(manager, Kind.COMMUNITIES, table, progress),
        "apply": lambda: directory.apply(manager, plan, progress),
    }
    with pytest.raises(errors.Stopped):
        steps[step]()
    assert len(directory.apply(manager, plan).added) == 900
