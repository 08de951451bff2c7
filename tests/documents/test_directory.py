"""The window phone directory: what is in it on both databases, and how it looks as paper, workbook and command."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hall_desk import errors, i18n
from hall_desk.cli import main
from hall_desk.documents.directory import directory
from hall_desk.services import accounts, directory_paper, halls
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.directory_paper import Directory
from hall_desk.store import models
from hall_desk.store.database import Store
from tests.conftest import PIN
from tests.documents.reading import assert_tidy, codes, joined, texts


@pytest.fixture
def facts(front_desk: Actor, small_hall: dict[str, Any]) -> Directory:
    return directory_paper.of_hall(front_desk)


def of_a_district(facts: Directory) -> Directory:
    """A hundred windows and two thousand matters, some with long names, two windows or none."""
    long = "城乡居民基本医疗保险参保登记及待遇享受资格审核确认变更备案综合受理"
    lines = [
        replace(facts.windows[0].line, number=str(n), name=long if n == 9 else f"综合{n}")
        for n in range(1, 101)
    ]
    matters = tuple(
        replace(
            facts.matters[0],
            code=f"YB{n:04d}",
            name=long if n % 50 == 0 else f"事项{n}",
            windows=() if n == 7 else (lines[n % 100], lines[(n + 3) % 100])[: 1 + n % 2],
        )
        for n in range(2000)
    )
    # One window handles more matters than a page has lines.
    windows = tuple(
        replace(facts.windows[0], line=line, matters=tuple(m.name for m in matters[: 1500 // n]))
        for n, line in enumerate(lines, start=1)
    )
    return replace(facts, windows=windows, matters=matters)


# --- facts --------------------------------------------------------------------------------------


def test_windows_stand_in_the_halls_order_and_matters_by_code(facts: Directory) -> None:
    assert [(w.line.number, w.matters) for w in facts.windows] == [
        ("2", ("居住证办理",)),
        ("3", ("医保卡领取", "变更定点医疗机构")),
    ]
    assert [(m.code, m.windows[0].phone, m.materials) for m in facts.matters] == [
        ("JZ01", "010-5555-0102", 2),
        ("YB01", "010-5555-0103", 2),
        ("YB02", "010-5555-0103", 2),
    ]
    assert facts.matters[0].channels == ("on_the_spot", "proxy", "phone")
    assert facts.matters[0].pinyin
    assert (facts.hall, facts.version, facts.practice) == ("太平桥政务服务大厅", 1, True)


def test_what_is_retired_is_left_out(
    manager: Actor, small_hall: dict[str, Any], store: Store
) -> None:
    with store.change(manager) as change:
        gone = datetime(2020, 2, 20, tzinfo=UTC)
        window, matter = models.Window, models.Matter
        window.update(retired_at=gone).where(window.id == small_hall["window2"]).execute()
        matter.update(retired_at=gone).where(matter.id == small_hall["transfer"]).execute()
        change.record("window.retired", small_hall["window2"])
    found = directory_paper.of_hall(manager)
    assert [(w.line.number, w.matters) for w in found.windows] == [("3", ("医保卡领取",))]
    assert [(m.code, len(m.windows)) for m in found.matters] == [("JZ01", 0), ("YB01", 1)]
    text = joined(directory(found))
    assert "居住与户籍" not in text
    assert "变更定点医疗机构" not in text


def test_who_may_not_look_matters_up_gets_none(store: Store, manager: Actor) -> None:
    accounts.add_staff(manager, "大屏", Role.FOYER, PIN)
    with pytest.raises(errors.NotAllowed):
        directory_paper.of_hall(accounts.sign_in(store, "大屏", PIN))


# --- paper --------------------------------------------------------------------------------------


def test_the_paper_says_it_all_and_its_codes_dial(facts: Directory) -> None:
    second = replace(
        facts.windows[1], line=replace(facts.windows[1].line, extension="8103"), note="周三上午"
    )
    facts = replace(facts, windows=(facts.windows[0], second), practice=True)
    pdf = directory(facts)
    text = joined(pdf)
    for words in (
        *("窗口电话目录", "太平桥政务服务大厅", "按窗口查找", "按事项查找", "3号窗口医疗保险"),
        *("010-5555-0103转8103", "9:00–12:0013:30–17:00", "周三上午", "JZ01", "居住证办理"),
        *("目录第1版", "2020-02-21", "第1页共1页", "演练"),
    ):
        assert words in text, words
    assert codes(pdf) == ["tel:01055550102", "tel:01055550103,8103"]
    assert_tidy(directory(replace(facts, practice=False)), 13.0)
    assert directory(facts) == pdf


def test_english_is_whole(facts: Directory) -> None:
    i18n.use("en")
    text = joined(directory(facts))
    for words in ("Windowphonedirectory", "Lookupbywindow", "Lookupbymatter", "Onthespot"):
        assert words in text
    assert not any(words in text for words in ("目录", "号窗口", "办理方式"))


def test_a_window_without_a_number_says_so(facts: Directory) -> None:
    silent = replace(facts.windows[0], line=replace(facts.windows[0].line, phone=""), matters=())
    pdf = directory(replace(facts, windows=(silent,), matters=()))
    assert codes(pdf) == []
    assert "没有列入目录的事项" in joined(pdf)
    assert "还没有设置窗口" in joined(directory(replace(facts, windows=(), matters=())))


def test_a_district_is_paged_and_loses_nothing(facts: Directory) -> None:
    district = of_a_district(facts)
    pages = texts(directory(district))
    assert len(pages) > 50
    text = "".join("".join(pages).split())
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in "".join(page.split())
    missing = [matter.code for matter in district.matters if matter.code not in text]
    assert missing == []
    assert all(f"{n}号窗口" in text for n in range(1, 101))


def test_a_district_stays_inside_its_margins(facts: Directory) -> None:
    district = of_a_district(facts)
    some = replace(district, windows=district.windows[:12], matters=district.matters[:60])
    assert_tidy(directory(replace(some, practice=False)), 13.0)


# --- workbook and command -----------------------------------------------------------------------


def test_the_workbook_has_two_sheets_of_text_and_numbers(facts: Directory) -> None:
    matter = replace(facts.matters[0], name="=1+1", windows=())
    facts = replace(facts, matters=(matter, *facts.matters[1:]))
    book = openpyxl.load_workbook(io.BytesIO(directory_paper.as_xlsx(facts)))
    windows, matters = book.worksheets
    assert (windows.title, matters.title) == ("按窗口查找", "按事项查找")
    assert windows.freeze_panes == matters.freeze_panes == "B2"
    assert [cell.value for cell in windows[3]][:3] == ["3", "医疗保险", "010-5555-0103"]
    assert windows["H3"].value == 2
    guarded = matters["B2"]
    assert (guarded.value, guarded.data_type, guarded.quotePrefix) == ("=1+1", "s", True)
    assert (matters["F3"].value, matters["I3"].value) == ("010-5555-0103", 2)
    assert "目录第 1 版" in (windows.oddFooter.left.text or "")


@pytest.mark.parametrize("words", [[], ["--output"]])
def test_the_command_writes_either(
    words: list[str], tmp_path: Path, quick_pins: None, capsys: pytest.CaptureFixture[str]
) -> None:
    halls.create(
        str(tmp_path / "hall.sqlite3"), name="太平桥政务服务大厅", manager="李主任", pin=PIN
    ).close()
    for name, start in (("a.pdf", b"%PDF"), ("a.xlsx", b"PK")):
        assert main(["directory", *words, str(tmp_path / name), "--data", str(tmp_path)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    assert main(["directory", *words, str(tmp_path / "a.doc"), "--data", str(tmp_path)]) == 2
    assert main(["directory", "--data", str(tmp_path)]) == 2
    capsys.readouterr()
