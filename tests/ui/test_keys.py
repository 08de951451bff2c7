"""The keys: each is where the list says, may be changed on this PC, and none fires while an input method composes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

import hall_desk
from hall_desk import settings
from hall_desk.services import halls
from hall_desk.settings import Settings
from hall_desk.ui import key_map
from hall_desk.ui.app import HallDesk
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs.keys import KeysDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from tests.conftest import PIN

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]


@pytest.fixture(autouse=True)
def _usual_keys() -> Iterator[None]:
    yield
    key_map.use({})


@pytest.fixture
def window(make_window: MakeWindow, front_desk: Actor, small_hall: dict[str, Any]) -> MainWindow:
    return make_window(front_desk)


def compose(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QApplication.sendEvent(focus, QInputMethodEvent(text, []))


# --- the list ------------------------------------------------------------------------------------------


def test_no_two_actions_have_one_key_or_one_name() -> None:
    assert len({action.key for action in key_map.ACTIONS}) == len(key_map.ACTIONS)
    assert len({action.name for action in key_map.ACTIONS}) == len(key_map.ACTIONS)
    assert all(key_map.may_be(action.key) for action in key_map.ACTIONS)
    assert all(key_map.normal(action.key) == action.key for action in key_map.ACTIONS)


def _keys_in_code() -> dict[str, str]:
    """Every text in the screens' code that is a function key, or Ctrl and a letter, with where it stands."""
    found: dict[str, str] = {}
    folder = Path(hall_desk.__file__).parent / "ui"
    for file in folder.rglob("*.py"):
        if file.name == "key_map.py" or "foyer" in file.parts:
            continue  # the foyer's screen is no desk: its keys are its own
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                shape = key_map._SHAPE.fullmatch(node.value)
                if shape is not None:
                    found[node.value] = f"{file.name}:{node.lineno}"
    return found


def test_every_key_in_the_code_is_in_the_list_or_kept_from_it() -> None:
    used = _keys_in_code()
    assert {"F2", "F4", "F7", "Ctrl+K"} <= set(used)
    listed = {action.key for action in key_map.ACTIONS}
    unknown = {key: at for key, at in used.items() if key not in listed and key_map.may_be(key)}
    assert not unknown, "somebody could choose this key for something else"


def test_every_key_of_the_list_does_something(
    make_window: MakeWindow, manager: Actor, small_hall: dict[str, Any]
) -> None:
    window = make_window(manager)
    bound = set(window._shortcuts)
    left = {action.key for action in key_map.ACTIONS} - bound
    assert left <= {"Ctrl+F11", "Ctrl+F12"}, left  # pages that only some PCs have


# --- changing --------------------------------------------------------------------------------------------


def test_a_chosen_key_is_bound_and_drawn_and_the_old_one_is_dead(
    make_window: MakeWindow,
    front_desk: Actor,
    keys: Keys,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    assert key_map.use({"proxy": "Ctrl+Shift+B", "new_ticket": "ctrl+t"}) == ()
    window = make_window(front_desk)
    keys.press("F3")
    assert window.page().name == "screening"
    keys.press("Ctrl+Shift+B")
    assert window.page().name == "proxy"
    settled()
    assert window.sidebar.buttons["proxy"].toolTip() == "Ctrl+Shift+B"
    page: Any = window.page()
    assert page.new_button.accessibleDescription() == "Ctrl+T"
    keys.press("F4")
    assert window.dialogs() == []
    keys.press("Ctrl+T")
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]


def test_two_actions_may_change_places() -> None:
    assert key_map.use({"new_ticket": "F5", "window": "F4"}) == ()
    assert (key_map.now("F4"), key_map.now("F5")) == ("F5", "F4")
    assert key_map.key_of("window") == "F4"


@pytest.mark.parametrize(
    ("chosen", "ignored"),
    [
        ({"new_tiket": "F4"}, ("keys.new_tiket",)),
        ({"new_ticket": "F5"}, ("keys.new_ticket",)),
        ({"new_ticket": "Ctrl+T", "slip": "Ctrl+T"}, ("keys.new_ticket", "keys.slip")),
        ({"new_ticket": "F5", "window": "F4", "slip": "F4"}, ("keys.new_ticket", "keys.window", "keys.slip")),
        ({"new_ticket": "Ctrl+C"}, ("keys.new_ticket",)),
        ({"new_ticket": "Ctrl+P"}, ("keys.new_ticket",)),
        ({"new_ticket": "A"}, ("keys.new_ticket",)),
        ({"new_ticket": "Alt+F4"}, ("keys.new_ticket",)),
        ({"new_ticket": "F13"}, ("keys.new_ticket",)),
        ({"new_ticket": ""}, ("keys.new_ticket",)),
        ({"new_ticket": "Strg+K"}, ("keys.new_ticket",)),
    ],
)  # fmt: skip
def test_what_cannot_be_used_falls_back_and_is_reported(
    chosen: dict[str, str], ignored: tuple[str, ...]
) -> None:
    assert key_map.use(chosen) == ignored
    assert [key_map.now(action.key) for action in key_map.ACTIONS] == [
        action.key for action in key_map.ACTIONS
    ]


_Chosen = st.dictionaries(
    st.sampled_from([*(action.name for action in key_map.ACTIONS), "unknown"]),
    st.sampled_from([*(action.key for action in key_map.ACTIONS), "F1", "Ctrl+T", "Shift+F3", "x"]),
)


@given(_Chosen)
def test_whatever_is_chosen_every_action_has_a_key_of_its_own(chosen: dict[str, str]) -> None:
    ignored = key_map.use(chosen)
    now = [key_map.now(action.key) for action in key_map.ACTIONS]
    assert len(set(now)) == len(now)
    assert all(map(key_map.may_be, now))
    for name, key in chosen.items():
        assert f"keys.{name}" in ignored or key_map.key_of(name) == key


def test_the_settings_keep_the_keys(tmp_path: Path) -> None:
    settings.save(tmp_path, Settings(letter="B", keys={"new_ticket": "Ctrl+T"}))
    read = settings.load(tmp_path)
    assert (read.letter, dict(read.keys), read.ignored) == ("B", {"new_ticket": "Ctrl+T"}, ())
    settings.save(tmp_path, Settings(letter="B"))
    assert "keys" not in (tmp_path / settings.FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "keys", "ignored"),
    [
        ('[keys]\nnew_ticket = 4\nslip = "F5"\n', {"slip": "F5"}, ("keys.new_ticket",)),
        ('keys = "F4"\n', {}, ("keys",)),
        ('letter = "C"\nrubbish = 1\n[keys]\n', {}, ("rubbish",)),
    ],
)
def test_a_damaged_table_of_keys_never_keeps_the_program_from_starting(
    tmp_path: Path, text: str, keys: dict[str, str], ignored: tuple[str, ...]
) -> None:
    (tmp_path / settings.FILE).write_text(text, "utf-8")
    read = settings.load(tmp_path)
    assert (dict(read.keys), read.ignored) == (keys, ignored)


# --- the sheet -------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(window: MainWindow, keys: Keys, settled: Settled) -> KeysDialog:
    keys.press("Ctrl+F1")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, KeysDialog)
    return dialog


def test_the_sheet_lists_every_key_and_nothing_is_changed_by_looking(
    window: MainWindow, sheet: KeysDialog, keys: Keys
) -> None:
    assert {f.key for f in sheet.fields.values()} == {action.key for action in key_map.ACTIONS}
    picked: list[dict[str, str]] = []
    window.keys_picked.connect(picked.append)
    keys.press("Ctrl+Return")
    assert window.dialogs() == []
    assert picked == []


def test_a_key_is_changed_by_pressing_the_new_one(
    window: MainWindow, sheet: KeysDialog, keys: Keys, qtbot: QtBot
) -> None:
    sheet.fields["new_ticket"].setFocus()
    keys.press("Ctrl+T")
    assert sheet.fields["new_ticket"].key == "Ctrl+T"
    assert window.dialogs() == [sheet], "the key does nothing else here"
    with qtbot.waitSignal(window.keys_picked) as picked:
        keys.press("Ctrl+Return")
    assert picked.args == [{"new_ticket": "Ctrl+T"}]


def test_a_key_that_is_taken_changes_places(sheet: KeysDialog, keys: Keys) -> None:
    sheet.fields["new_ticket"].setFocus()
    keys.press("F5")
    assert (sheet.fields["new_ticket"].key, sheet.fields["window"].key) == ("F5", "F4")
    assert sheet.said.text() == "“窗口办理”原用 F5，现改用 F4。"
    keys.press("Delete")
    assert (sheet.fields["new_ticket"].key, sheet.fields["window"].key) == ("F4", "F5")


def test_a_key_that_cannot_be_used_is_refused_with_the_reason(
    sheet: KeysDialog, keys: Keys
) -> None:
    sheet.fields["new_ticket"].setFocus()
    for key in ("Ctrl+C", "Q", "Alt+F4", "Ctrl+P"):
        keys.press(key)
        assert sheet.fields["new_ticket"].key == "F4"
        assert sheet.problem.text() == f"{key} 不能用。请用功能键，或 Ctrl 加字母。"
    sheet.reset()
    assert sheet.problem.isHidden()


def test_the_sheet_is_walked_by_the_keyboard_and_left_by_escape(
    window: MainWindow, sheet: KeysDialog, keys: Keys
) -> None:
    first = keys.focused()
    assert first is sheet.fields["screening"]
    keys.press("Tab")
    keys.press("Down")
    assert keys.focused() in sheet.fields.values()
    assert keys.focused() is not first
    keys.press("Escape")
    assert window.dialogs() == []


# --- the program -----------------------------------------------------------------------------------------


@pytest.fixture
def make(
    qapp: QApplication, place: str, tmp_path: Path, quick_pins: None
) -> Iterator[Callable[[Settings], HallDesk]]:
    """The whole program on a hall of its own, signed in, with these settings of the PC."""
    halls.create(place, name="太平桥政务服务大厅", manager="李主任", pin=PIN).close()
    made: list[HallDesk] = []

    def make(chosen: Settings) -> HallDesk:
        desk = HallDesk(qapp, place, chosen, tmp_path / "data", ("李主任", PIN))
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.stop()


def started(qtbot: QtBot, desk: HallDesk, act: Callable[[], object]) -> MainWindow:
    from hall_desk.ui.main_window import MainWindow

    with qtbot.waitSignal(desk.window_shown, timeout=10_000) as signal:
        act()
    assert signal.args is not None
    window = signal.args[0]
    assert isinstance(window, MainWindow)
    return window


def test_keys_that_were_picked_are_in_force_at_once_and_after_a_restart(
    qtbot: QtBot, make: Callable[[Settings], HallDesk], tmp_path: Path
) -> None:
    desk = make(Settings(letter="A"))
    window = started(qtbot, desk, desk.start)
    window = started(qtbot, desk, lambda: window.keys_picked.emit({"proxy": "F5", "window": "F3"}))
    assert window.sidebar.buttons["proxy"].toolTip() == "F5"
    file = tmp_path / "data" / settings.FILE
    qtbot.waitUntil(file.exists, timeout=5000)
    read = settings.load(tmp_path / "data")
    assert (dict(read.keys), read.ignored) == ({"proxy": "F5", "window": "F3"}, ())
    # Of the window before nothing listens any more.
    assert window.scanner is not None


def test_what_was_not_understood_is_said_once(
    qtbot: QtBot, make: Callable[[Settings], HallDesk]
) -> None:
    desk = make(Settings(letter="A", keys={"proxy": "F4"}, ignored=("rubbish",)))
    window = started(qtbot, desk, desk.start)
    assert window._notices.text() == "本机设置中以下内容无法识别，已忽略：keys.proxy、rubbish"
    assert window.sidebar.buttons["proxy"].toolTip() == "F3"
    window = started(qtbot, desk, lambda: window.language_picked.emit("en"))
    assert window._notices.text() == ""


# --- composing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["F4", "F3", "F8", "Ctrl+K", "Ctrl+L", "F12"])
def test_no_key_fires_while_an_input_method_composes(
    window: MainWindow, keys: Keys, settled: Settled, key: str
) -> None:
    keys.type("\t")
    window.setFocus()
    field = next(line for line in window.page().findChildren(QLineEdit) if line.isVisible())
    field.setFocus()
    compose("yu'nv")
    assert window.composing
    keys.press(key)
    settled()
    assert window.dialogs() == []
    assert window.page().name == "screening"
    assert keys.focused() is field
    assert not window.lock.locked
    commit = QInputMethodEvent()
    commit.setCommitString("于女")
    QApplication.sendEvent(field, commit)
    assert not window.composing


def test_the_same_through_qts_own_way_of_handing_out_keys(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    handle = window.windowHandle()
    assert handle is not None
    field = next(line for line in window.page().findChildren(QLineEdit) if line.isVisible())
    field.setFocus()
    compose("yu")
    QTest.keyClick(handle, Qt.Key.Key_F4)
    settled()
    assert window.dialogs() == []
    compose("")
    QTest.keyClick(handle, Qt.Key.Key_F4)
    settled()
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]


def test_escape_ends_the_composing_and_not_the_form(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.go("proxy")
    settled()
    keys.press("F4")
    settled()
    (dialog,) = window.dialogs()
    next(f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "姓名").setFocus()
    compose("yu")
    keys.press("Escape")
    assert len(window.dialogs()) == 1
    assert not window.composing
    keys.press("Escape")
    assert window.dialogs() == []


def test_composing_ends_where_the_keyboard_leaves(window: MainWindow, keys: Keys) -> None:
    lines = [line for line in window.page().findChildren(QLineEdit) if line.isVisible()]
    lines[0].setFocus()
    compose("yu")
    lines[1].setFocus()
    assert not window.composing
    keys.press("F3")
    assert window.page().name == "proxy"


def test_a_button_says_the_key_in_force(qtbot: QtBot) -> None:
    key_map.use({"claim_next": "Shift+F6"})
    button = Button("接下一单", key="F6")
    qtbot.addWidget(button)
    assert button.accessibleDescription() == "Shift+F6"
    assert QKeySequence(button.accessibleDescription()).count() == 1
