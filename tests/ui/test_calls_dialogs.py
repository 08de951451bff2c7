"""The forms of the telephone: a phone case in seven keystrokes, a promise with a questioned number, a silent number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import i18n
from hall_desk.services import callbacks, number_troubles, phone_cases
from hall_desk.services.callbacks import NewCallback
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.new_callback import NewCallbackDialog
from hall_desk.ui.dialogs.phone_case import PhoneCaseDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from tests.conftest import MORNING

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
Places = dict[str, Any]


@pytest.fixture
def at_window(make_window: Callable[..., MainWindow], clerk: Actor) -> MainWindow:
    return make_window(clerk)


@pytest.fixture
def at_desk(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: Places
) -> MainWindow:
    return make_window(front_desk)


def only_dialog(window: MainWindow, kind: type[Any]) -> Any:
    (dialog,) = window.dialogs()
    assert isinstance(dialog, kind)
    return dialog


# --- phone case ----------------------------------------------------------------------------------


def test_a_phone_case_takes_at_most_eight_keystrokes(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    strokes = ["Ctrl+F8", "y", "b", "k", "Return", "1", "Return"]
    for stroke in strokes:
        keys.press(stroke)
        settled()
    assert len(strokes) <= 8
    assert at_window.dialogs() == []
    (case,) = phone_cases.today(clerk)
    assert (case.matter, case.outcome, case.minutes, case.window_number) == (
        "医保卡领取", "settled", 3, "3",
    )  # fmt: skip


def test_a_case_is_taken_back_by_the_notice(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    keys.press("Ctrl+F8")
    settled()
    keys.press("Return", "2", "Return")
    settled()
    notices = at_window.session.notices
    assert notices.text() == "已登记：其他业务，已答复，3 分钟。"
    notices.link.click()
    settled()
    assert phone_cases.summary(clerk).total == 0


def test_the_same_keys_faster_than_the_search(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    keys.press("Ctrl+F8", "y", "b", "k", "Return", "2", "1", "5", "Return", "Return")
    settled()
    (case,) = phone_cases.today(clerk)
    assert (case.matter, case.outcome, case.minutes) == ("医保卡领取", "answered", 15)
    assert at_window.dialogs() == []


def test_a_case_without_a_matter_and_the_halls_usual_minutes(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor, manager: Actor
) -> None:
    from hall_desk.services import halls

    halls.change_setting(manager, "phone_case_minutes", 5)
    keys.press("Ctrl+F8")
    settled()
    keys.press("Return", "4", "Return")
    settled()
    (case,) = phone_cases.today(clerk)
    assert (case.matter, case.outcome, case.minutes) == ("", "passed_on", 5)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    keys.press("Ctrl+F8")
    settled()
    dialog = only_dialog(at_window, PhoneCaseDialog)
    keys.type("ybk")
    settled()
    keys.press("Return", "Return")
    assert dialog.outcome_field.error.text() == "请选择结果。"
    keys.press("1")
    keys.type("9x")
    keys.press("Return")
    settled()
    assert dialog.minutes.error.text() == "分钟数应为 0 至 600 的整数。"
    assert dialog.matter.text() == "医保卡领取"
    keys.type("7")  # overwrites what was selected
    keys.press("Return")
    settled()
    assert [case.minutes for case in phone_cases.today(clerk)] == [7]


def test_a_matter_that_is_not_there_is_refused(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    keys.press("Ctrl+F8")
    keys.type("zzzz")
    settled()
    keys.press("Return", "1", "Return")
    settled()
    dialog = only_dialog(at_window, PhoneCaseDialog)
    assert dialog.matter_field.error.text() == "请从列表中选择事项，或清空此栏。"
    assert phone_cases.today(clerk) == []


def test_a_manager_gets_the_matters_window_or_chooses_one_by_its_number(
    make_window: Callable[..., MainWindow],
    keys: Keys,
    settled: Settled,
    manager: Actor,
    small_hall: Places,
) -> None:
    window = make_window(manager)
    keys.press("Ctrl+F8")
    settled()
    keys.press("Return", "1", "Return")
    settled()
    dialog = only_dialog(window, PhoneCaseDialog)
    assert dialog.window_field.error.text() == "请选择窗口。"
    assert keys.focused() is dialog.window_field.chooser
    keys.type("3")
    keys.press("Return")
    settled()
    keys.press("Ctrl+F8")
    keys.type("jzz")
    settled()
    keys.press("Return", "1", "Return")
    settled()
    assert [case.window_number for case in phone_cases.today(manager)] == ["2", "3"]


def test_the_front_desk_has_no_phone_cases(keys: Keys, at_desk: MainWindow) -> None:
    keys.press("Ctrl+F8")
    assert at_desk.dialogs() == []


# --- new callback --------------------------------------------------------------------------------


def open_new(window: MainWindow, keys: Keys, settled: Settled) -> Any:
    keys.press("F11", "Ctrl+N")
    settled()
    return only_dialog(window, NewCallbackDialog)


def test_a_promise_by_keys(
    keys: Keys, at_desk: MainWindow, settled: Settled, front_desk: Actor
) -> None:
    dialog = open_new(at_desk, keys, settled)
    keys.type("13800004127")
    keys.press("Tab")
    keys.type("𠮷女士")
    keys.press("Tab")
    keys.type("ybk")
    settled()
    keys.press("Return")
    settled()
    assert dialog.window_field.chooser.currentText() == "3 号窗口 医疗保险"
    keys.press("Alt+2", "Return", "Return")
    settled()
    assert at_desk.dialogs() == []
    (made,) = callbacks.due(front_desk)
    assert (made.name, made.matter, made.window_number) == ("𠮷女士", "医保卡领取", "3")
    assert f"{front_desk.store.local(made.due_at):%H:%M}" == "11:03"


def test_nothing_chosen_means_the_usual_time_when_it_is_saved(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor, store: Store
) -> None:
    open_new(at_window, keys, settled)
    keys.type("13800004127")
    store.freeze(MORNING + timedelta(minutes=10))
    keys.press("Return")
    settled()
    (made,) = callbacks.due(clerk)
    assert made.due_at == MORNING + timedelta(minutes=40)
    assert made.window_number == "3"  # the clerk's own


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("", "请填写电话号码。"),
        ("138000", "电话号码不对：手机为 11 位数字，座机为区号加号码。"),
    ],
)
def test_a_number_that_cannot_exist_is_refused_beside_its_field(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor, phone: str, sentence: str
) -> None:
    dialog = open_new(at_window, keys, settled)
    keys.type(phone)
    keys.press("Return")
    settled()
    assert dialog.phone.error.text() == sentence
    keys.press("Return")
    settled()
    assert dialog.is_open()
    assert callbacks.due(clerk) == []


def test_an_unusual_number_is_questioned_once_and_anew_when_it_changes(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    dialog = open_new(at_window, keys, settled)
    for number in ("13333333333", "13344444444"):
        dialog.phone.edit.setFocus()
        dialog.phone.edit.selectAll()
        keys.type(number)
        keys.press("Return")
        settled()
        assert dialog.phone.error.text().startswith("这个号码不太常见")
        assert callbacks.due(clerk) == []
    keys.press("Return")
    settled()
    assert [row.phone_masked for row in callbacks.due(clerk)] == ["133****4444"]


def test_without_matter_or_window_the_window_is_asked_for(
    keys: Keys, at_desk: MainWindow, settled: Settled, front_desk: Actor
) -> None:
    dialog = open_new(at_desk, keys, settled)
    keys.type("13800004127")
    keys.press("Return")
    settled()
    assert dialog.window_field.error.text() == "请选择窗口。"
    keys.type("2")
    keys.press("Return")
    settled()
    assert [row.window_number for row in callbacks.due(front_desk)] == ["2"]


def test_a_bad_time_is_refused_and_what_was_typed_stays(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor
) -> None:
    dialog = open_new(at_window, keys, settled)
    keys.type("13800004127")
    dialog.due.setFocus()
    for typed, sentence in (("下午", "时间写成 10:30 这样。"), ("9:00", "这个时间已经过了。")):
        keys.type(typed)
        keys.press("Return")
        settled()
        assert dialog.due.error.text() == sentence
        assert dialog.due.text() == typed
    keys.type("15:20")
    keys.press("Return")
    settled()
    assert f"{clerk.store.local(callbacks.due(clerk)[0].due_at):%H:%M}" == "15:20"


def test_a_number_that_is_promised_a_call_already_is_said(
    keys: Keys, at_window: MainWindow, settled: Settled, clerk: Actor, small_hall: Places
) -> None:
    callbacks.promise(clerk, NewCallback(new_id(), small_hall["window3"], "13800004127"))
    dialog = open_new(at_window, keys, settled)
    keys.type("13800004127")
    settled()
    assert dialog.known.text() == "此号码已约定回电：10:33，3 号窗口。"
    keys.type("8")
    settled()
    assert dialog.known.text() == ""


def test_what_is_known_is_filled_in(
    at_desk: MainWindow, settled: Settled, keys: Keys, front_desk: Actor, small_hall: Places
) -> None:
    from hall_desk.services import matters

    matter = matters.get(front_desk, small_hall["residence"]).line
    NewCallbackDialog(
        at_desk.session, phone="13800004127", name="于女士", matter=matter, note="续签"
    ).open()
    settled()
    keys.press("Return")
    settled()
    (made,) = callbacks.due(front_desk)
    assert (made.name, made.window_number, made.note) == ("于女士", "2", "续签")


# --- this number does not answer -------------------------------------------------------------------


def test_one_key_says_that_a_windows_number_does_not_answer(
    keys: Keys, at_desk: MainWindow, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    keys.press("F8")
    keys.type("3")
    settled()
    dialog = only_dialog(at_desk, SlipDialog)
    assert not dialog.trouble.isVisible()
    keys.press("Alt+B", "Alt+B")
    settled()
    (told,) = number_troubles.unsettled(front_desk)
    assert told.window_number == "3"
    assert dialog.trouble.text() == "陈晓 已于 10:03 报告此号码打不通，管理人员会处理。"
    assert dialog.is_open()
    keys.press("Backspace")
    keys.type("2")
    settled()
    assert not dialog.trouble.isVisible()  # another window's number is in order
    assert dialog.silent_button.isEnabled()


# --- both languages ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", [NewCallbackDialog, PhoneCaseDialog, SlipDialog])
def test_nothing_is_cut_off_whatever_field_is_refused(
    kind: Any, language: str, make_window: Callable[..., MainWindow], settled: Settled, manager: Actor,
    small_hall: Places, qtbot: QtBot,
) -> None:  # fmt: skip
    from test_fit import cut_off

    i18n.use(language)
    window = make_window(manager)
    dialog = kind(window.session)
    dialog.open()
    settled()
    qtbot.waitUntil(lambda: cut_off(dialog) == [])
    if kind is SlipDialog:
        dialog.say_silent()
        settled()
        qtbot.waitUntil(lambda: cut_off(dialog) == [])
    for name, field in getattr(dialog, "fields", {}).items():
        reasons = [key for key in i18n.BAD_INPUT if key[0] == name]
        longest = max((i18n._(i18n.BAD_INPUT[key]) for key in reasons), key=len)
        field.show_error(longest.format(limit=200))
        settled()
        qtbot.waitUntil(lambda: cut_off(dialog) == [])
        field.clear_error()
