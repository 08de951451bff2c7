"""The drill day on the screen: begun, paced and ended by keys; what trainees are told; the mark across the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from hall_desk.services import accounts, drill, halls, sample_day
from hall_desk.services.accounts import Actor
from hall_desk.services.drill import DrillScript
from hall_desk.store.database import Store
from hall_desk.ui.dialogs.drill import DrillDialog
from hall_desk.ui.drill.lane import DrillLane
from hall_desk.ui.drill.words import todo_words
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.ui.background import Background
    from hall_desk.ui.session import Session

Settled = Callable[[], None]
MakeWindow = Callable[..., MainWindow]
SLOW_MS = 20_000


@pytest.fixture(scope="module")
def script(sample_file: Path) -> DrillScript:
    """The sample hall's Friday."""
    opened = Store.open(str(sample_file))
    try:
        opened.freeze(sample_day.moment(sample_day.NEXT_DAY, sample_day.NOW))
        head = accounts.sign_in(opened, sample_day.PEOPLE["manager"], sample_day.PIN)
        return drill.record(head, sample_day.DAY)
    finally:
        opened.close()


@pytest.fixture
def store(place: str, script: DrillScript, tmp_path: Path, quick_pins: None) -> Iterator[Store]:
    """The practice hall of that Friday, its clock running, and its script beside it."""
    made = drill.make(place, script)
    halls.keep_practice_clock(made)
    drill.write(tmp_path / drill.KEPT, script)
    yield made
    made.close()


@pytest.fixture
def manager(store: Store) -> Actor:
    return accounts.sign_in(store, "主任甲", halls.PRACTICE_PIN)


@pytest.fixture
def window(make_window: MakeWindow, manager: Actor) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def opened(window: MainWindow, keys: Keys, settled: Settled, qtbot: QtBot) -> DrillDialog:
    """The drill's sheet, opened by its key, with the day read."""
    window.setFocus()
    keys.press("Ctrl+Shift+D")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DrillDialog)
    qtbot.waitUntil(lambda: dialog.start.script is not None, timeout=SLOW_MS)
    return dialog


def begun(dialog: DrillDialog, keys: Keys, qtbot: QtBot) -> DrillLane:
    keys.press("Return")
    qtbot.waitUntil(lambda: dialog.lane.state is not None, timeout=SLOW_MS)
    return dialog.lane


def paused(lane: DrillLane, keys: Keys, qtbot: QtBot) -> None:
    keys.press("Alt+G")
    qtbot.waitUntil(lambda: lane.state.times == 0, timeout=SLOW_MS)  # type: ignore[union-attr]


def test_a_drill_from_beginning_to_end_by_keys(
    opened: DrillDialog, window: MainWindow, keys: Keys, qtbot: QtBot
) -> None:
    assert opened.start.source.currentText() == "建立本演练大厅所用的一天"
    assert "909 步" in opened.start.about.text()
    lane = begun(opened, keys, qtbot)
    assert opened.panels.currentWidget() is opened.run
    assert window.drill_bar is not None
    assert window.drill_bar.isVisible()
    paused(lane, keys, qtbot)
    assert lane.state is not None
    played = lane.state.played
    keys.press("Alt+T")
    qtbot.waitUntil(lambda: lane.state.played > played, timeout=SLOW_MS)  # type: ignore[union-attr]
    keys.press("Alt+5")
    qtbot.waitUntil(lambda: lane.state.times == 60, timeout=SLOW_MS)  # type: ignore[union-attr]
    assert opened.run.paces.value() == 60
    keys.press("Escape")
    assert not window.dialogs()
    assert lane.running  # the sheet is closed, the day goes on
    window.setFocus()
    keys.press("Ctrl+Shift+D")
    (again,) = window.dialogs()
    assert isinstance(again, DrillDialog)
    assert again.panels.currentWidget() is again.run
    keys.press("Alt+X")
    qtbot.waitUntil(lambda: again.panels.currentWidget() is again.debrief, timeout=SLOW_MS)
    assert not window.drill_bar.isVisible()
    assert "没有遗留材料。" in again.debrief.sentences.text()
    qtbot.waitUntil(lambda: not lane.running, timeout=SLOW_MS)
    keys.press("Return")
    assert again.panels.currentWidget() is again.start


def test_trainees_are_told_in_the_bar_and_on_the_sheet(
    opened: DrillDialog,
    window: MainWindow,
    manager: Actor,
    script: DrillScript,
    keys: Keys,
    qtbot: QtBot,
) -> None:
    opened.start.posts["proxy"].setChecked(True)
    lane = begun(opened, keys, qtbot)
    paused(lane, keys, qtbot)
    first = next(act for act in script.acts if act.kind == "ticket")
    start = manager.store.start_of(script.day)
    drill.set_pace(manager, 0, start + timedelta(milliseconds=first.at + 1000))
    qtbot.waitUntil(lambda: bool(lane.state.todos), timeout=SLOW_MS)  # type: ignore[union-attr]
    assert lane.state is not None
    (todo,) = lane.state.todos
    assert first.facts["name"] in todo_words(todo)
    assert window.drill_bar is not None
    assert window.drill_bar.todo.text() == todo_words(todo)
    assert opened.run.whole.text() == todo_words(todo)
    # The clock of the window is the drill's.
    window.session.ticked.emit(window.session.now())
    assert window.top_bar.clock.text().startswith(f"{manager.store.local(lane.state.now):%H:%M}")


def test_somebody_else_sees_the_bar_without_its_controls(
    opened: DrillDialog, make_window: MakeWindow, store: Store, keys: Keys, qtbot: QtBot
) -> None:
    lane = begun(opened, keys, qtbot)
    trainee = make_window(accounts.sign_in(store, "帮办甲", halls.PRACTICE_PIN))
    assert trainee.drill_bar is not None
    assert trainee.drill_bar.lane is lane
    qtbot.waitUntil(trainee.drill_bar.isVisible, timeout=SLOW_MS)
    assert not trainee.drill_bar.pause_button.isVisible()
    trainee.show_drill()
    assert not trainee.dialogs()


def test_the_drill_ends_with_the_program(
    opened: DrillDialog, background: Background, store: Store, keys: Keys, qtbot: QtBot
) -> None:
    lane = begun(opened, keys, qtbot)
    background.ending.emit()  # as `Background.stop` does first of all
    assert not lane.running
    store.learn_clock()
    assert store.clock.pace is not None
    assert store.clock.pace.times == 1


def test_a_file_that_is_no_drill_is_refused_beside_the_button(
    opened: DrillDialog, tmp_path: Path, settled: Settled
) -> None:
    wrong = tmp_path / "wrong.drill"
    wrong.write_text("{}")
    opened.start.take_file(wrong)
    settled()
    assert opened.problem.text() == "这个文件不是本程序的演练文件。"
    assert opened.start.script is None
    opened.begin()
    assert not opened.lane.running


def test_only_managers_of_a_practice_hall_are_offered_it(
    make_window: MakeWindow, manager: Actor, store: Store
) -> None:
    def offered(actor: Actor) -> bool:
        menu = make_window(actor).top_bar.menu
        return any(action.text().startswith("演练…") for action in menu.actions())

    assert offered(manager)
    assert not offered(accounts.sign_in(store, "帮办甲", halls.PRACTICE_PIN))


def test_the_mark_lies_over_the_work_and_takes_no_click(window: MainWindow) -> None:
    mark = window.workplace.findChild(QWidget, "watermark")
    assert mark is not None
    assert mark.isVisible()
    assert mark.geometry() == window.workplace.rect()
    under = window.workplace.childAt(QPoint(300, 300))
    assert under is not mark
    window.resize(1500, 900)
    assert mark.geometry() == window.workplace.rect()


def test_the_mark_stays_over_whatever_is_opened(
    opened: DrillDialog, window: MainWindow, keys: Keys
) -> None:
    def on_top() -> str:
        shown = [one for one in window.workplace.children() if isinstance(one, QWidget)]
        return shown[-1].objectName()

    assert on_top() == "watermark"
    keys.press("F1")
    assert len(window.dialogs()) == 2
    assert window.dialogs()[0] is opened
    assert on_top() == "watermark"


def test_a_real_hall_has_neither_mark_nor_drill(
    make_session: Callable[[Actor], Session],
    notices: Notices,
    manager: Actor,
    show: Callable[..., None],
) -> None:
    info = replace(halls.info(manager.store), practice=False)
    real = MainWindow(make_session(manager), notices, info)
    show(real)
    assert real.workplace.findChild(QWidget, "watermark") is None
    assert real.drill_bar is None
    real.show_drill()
    assert not real.dialogs()
    assert not any(action.text().startswith("演练…") for action in real.top_bar.menu.actions())
