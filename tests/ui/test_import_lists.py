"""Lists from files in a running hall: looked at, mended, imported, stopped and exported, with the keyboard alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from hall_desk import i18n
from hall_desk.services import directory, matters
from hall_desk.services.directory import Kind
from hall_desk.ui.dialogs.import_lists import ImportListsDialog

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow

HEADINGS = "窗口号,名称,电话,办公时间,停用\n"
FIRST = HEADINGS + (
    "1,综合受理,010-5555-0101,9:00-17:00,\n"
    "2,居住与户籍,010-5555-0102,,\n"
    "3,医疗保险,010-5555-0103,,\n"
)
SECOND = HEADINGS + (
    "2,居住与户籍,010-5555-0199,9:00-12:00,\n3,医疗保险,010-5555-0103,,是\n7,婚姻登记,010-5555-0107,,\n"
)

WAIT_MS = 10_000
STOPPED = "已停止，未导入任何内容。"
Opened = Callable[[Kind], ImportListsDialog]


@pytest.fixture
def window(make_window: Callable[..., MainWindow], manager: Actor) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def opened(window: MainWindow, settled: Callable[[], None]) -> Opened:
    def open_it(kind: Kind) -> ImportListsDialog:
        dialog = ImportListsDialog(window.session, kind)
        dialog.open()
        settled()
        return dialog

    return open_it


@pytest.fixture
def windows(manager: Actor) -> None:
    directory.apply(
        manager, directory.plan(manager, Kind.WINDOWS, directory.read_table(FIRST.encode()))
    )


def file(folder: Path, text: str, name: str = "窗口.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def shown(dialog: ImportListsDialog) -> list[tuple[str, str, str, str, str]]:
    return [
        (line.act, line.key, line.column, line.before, line.after)
        for line in dialog.preview.model.rows
    ]


def problems(dialog: ImportListsDialog) -> list[str]:
    listed = dialog.preview.problems
    return [listed.item(number).text() for number in range(listed.count())]


def numbers(actor: Actor) -> dict[str, str]:
    return {window.number: window.phone for window in matters.windows(actor)}


@pytest.mark.usefixtures("windows")
def test_it_is_shown_before_it_is_written(
    opened: Opened, manager: Actor, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    keys.type(str(file(tmp_path, SECOND)))
    keys.press("Return")
    settled()
    assert shown(dialog) == [
        ("retired", "3", "", "", "停用 停用"),
        ("changed", "2", "电话", "010-5555-0102", "010-5555-0199"),
        ("changed", "2", "办公时间", "", "9:00-12:00"),
        ("added", "7", "", "", "电话 010-5555-0107"),
    ]
    chips = dialog.preview.chips
    assert [chips[act].text() for act in ("retired", "changed", "added")] == [
        "停用 1 项",
        "修改 1 项",
        "新增 1 项",
    ]
    assert dialog.preview.detail.toPlainText() == "停用：停用"
    assert numbers(manager)["2"] == "010-5555-0102"
    keys.press("Ctrl+Return")
    settled()
    assert not dialog.is_open()
    assert numbers(manager) == {
        "1": "010-5555-0101",
        "2": "010-5555-0199",
        "7": "010-5555-0107",
    }
    told = dialog.session.notices.text()
    assert told == "窗口已导入：新增 1，修改 1，停用 1，未变 0。"


def test_every_bad_cell_is_named_and_a_mended_file_is_taken(
    opened: Opened, manager: Actor, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    path = file(tmp_path, HEADINGS + "1,综合受理,电话,,\n1,,12345,,也许\n")
    dialog.take_file(str(path))
    settled()
    assert problems(dialog) == [
        "第 2 行 C 列“电话”：“电话”不是电话号码，应如 010-5555-0101 或 12345。",
        "第 3 行 A 列“窗口号”：“1”与第 2 行重复。",
        "第 3 行 B 列“名称”：此格不能为空。",
        "第 3 行 E 列“停用”：“也许”看不出是或否。",
    ]
    assert dialog.preview.chips["problems"].text() == "4 处问题"
    assert not dialog.import_button.isEnabled()
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert numbers(manager) == {}
    file(tmp_path, FIRST)
    keys.press("Return")
    settled()
    assert not problems(dialog)
    keys.press("Ctrl+Return")
    settled()
    assert set(numbers(manager)) == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "这是“社区”表，不是“窗口”表。请另选文件。"),
        ("en", "This is the list “Communities”, not “Windows”. Choose the other file."),
    ],
)
def test_the_list_of_something_else_is_one_sentence(
    opened: Opened, settled: Callable[[], None], tmp_path: Path, language: str, sentence: str
) -> None:
    i18n.use(language)
    dialog = opened(Kind.WINDOWS)
    text = "社区,电子邮箱,联系人,电话\n甲,a@example.com,,\n乙,坏,,x\n"
    dialog.take_file(str(file(tmp_path, text)))
    settled()
    assert problems(dialog) == [sentence]


@pytest.mark.usefixtures("windows")
def test_what_the_hall_has_already_is_not_imported(
    opened: Opened, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    dialog.take_file(str(file(tmp_path, FIRST)))
    settled()
    assert dialog.words.isVisible()
    assert not dialog.import_button.isEnabled()


@pytest.mark.usefixtures("windows")
def test_another_managers_change_is_shown_and_not_written_over(
    opened: Opened, manager: Actor, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    dialog.take_file(str(file(tmp_path, SECOND)))
    settled()
    other = HEADINGS + "2,居住与户籍,010-5555-0222,,\n"
    directory.apply(
        manager, directory.plan(manager, Kind.WINDOWS, directory.read_table(other.encode()))
    )
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert "目录" in dialog.problem.text()
    assert numbers(manager)["2"] == "010-5555-0222"
    assert ("changed", "2", "电话", "010-5555-0222", "010-5555-0199") in shown(dialog)
    keys.press("Ctrl+Return")
    settled()
    assert numbers(manager)["2"] == "010-5555-0199"


def test_a_file_that_is_not_there_and_none_chosen(
    opened: Opened, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.STAFF)
    keys.press("Return")
    assert dialog.problem.text()
    keys.type(str(tmp_path / "no.csv"))
    keys.press("Return")
    settled()
    assert "no.csv" in dialog.problem.text()
    assert dialog.file.edit.hasFocus()


def test_a_file_is_dropped_on_the_sheet(
    opened: Opened, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file(tmp_path, FIRST)))])
    place, act = QPoint(40, 40), Qt.DropAction.CopyAction
    button, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(dialog, QDragEnterEvent(place, act, mime, button, no_key))
    QApplication.sendEvent(dialog, QDropEvent(place, act, mime, button, no_key))
    settled()
    assert [line[0] for line in shown(dialog)] == ["added"] * 3


def test_a_hundred_thousand_rows_are_one_sentence_and_the_window_lives(
    opened: Opened,
    settled: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reading waits for the screen to draw a tick: were it the screen's own thread, none would come."""
    dialog = opened(Kind.COMMUNITIES)
    rows = "".join(f"社区{n},c{n}@example.invalid\n" for n in range(100_000))
    ticked = threading.Event()
    lived: list[bool] = []
    read = directory.read_table

    def slowly(*given: Any, **named: Any) -> Any:
        ticked.clear()
        lived.append(ticked.wait(WAIT_MS / 1000))
        return read(*given, **named)

    monkeypatch.setattr(directory, "read_table", slowly)
    timer = QTimer(dialog)
    timer.setInterval(10)
    timer.timeout.connect(ticked.set)
    timer.start()
    dialog.take_file(str(file(tmp_path, "社区,电子邮箱\n" + rows)))
    settled()
    assert problems(dialog) == ["文件超过 20000 行。请删去无关的行，或拆分后再导入。"]
    assert lived == [True]


def test_escape_stops_the_import_and_nothing_is_written(
    opened: Opened,
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    dialog = opened(Kind.COMMUNITIES)
    rows = "".join(f"社区{n},c{n}@example.invalid\n" for n in range(5_000))
    path = file(tmp_path, "社区,电子邮箱\n" + rows)
    dialog.take_file(str(path))
    dialog.take_file(str(path))
    assert "停止" in dialog.problem.text()
    keys.press("Escape")
    settled()
    assert dialog.is_open()
    assert dialog.problem.text() == STOPPED
    dialog.look()
    settled()
    assert len(shown(dialog)) == 2000
    assert "3000" in dialog.words.text()
    dialog.import_it()
    progress = dialog._running
    assert progress is not None
    qtbot.waitUntil(lambda: progress.done > 0)
    dialog.import_it()
    assert "停止" in dialog.problem.text()
    keys.press("Escape")
    settled()
    assert dialog.is_open()
    assert dialog.problem.text() == STOPPED
    again = directory.plan(manager, Kind.COMMUNITIES, directory.read_table(path))
    assert len(again.added) == 5_000
    keys.press("Escape")
    assert not dialog.is_open()


@pytest.mark.usefixtures("windows")
def test_the_list_and_an_empty_table_are_exported_by_key(
    opened: Opened, settled: Callable[[], None], tmp_path: Path
) -> None:
    dialog = opened(Kind.WINDOWS)
    for key, name in (("Alt+X", "a.xlsx"), ("Alt+C", "a.csv"), ("Alt+T", "empty.xlsx")):
        dialog.press(key)
        asked = dialog._asked
        assert asked is not None
        assert f".{asked.defaultSuffix()}" == Path(name).suffix
        asked.fileSelected.emit(str(tmp_path / name))
        asked.reject()
    settled()
    for name in ("a.xlsx", "a.csv"):
        assert [row.cells[0] for row in directory.read_table(tmp_path / name).rows] == [
            "1",
            "2",
            "3",
        ]
    empty = directory.read_table(tmp_path / "empty.xlsx")
    assert empty.headings[:3] == ("窗口号", "名称", "电话")
    assert not empty.rows
    (tmp_path / "file").write_text("")
    dialog.save_to(tmp_path / "file" / "a.csv")
    settled()
    assert dialog.problem.isVisible()
