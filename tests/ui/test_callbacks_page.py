"""The callbacks page by keys: who is due, the number on the line, one digit for what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from hall_desk import i18n
from hall_desk.services import callbacks, number_troubles, phone_cases
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.callback_steps import PostponeDialog, WithdrawCallbackDialog
from hall_desk.ui.dialogs.phone_case import PhoneCaseDialog
from hall_desk.ui.pages.callbacks import CallbacksPage
from tests.conftest import MORNING

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.callbacks import Callback
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
Places = dict[str, Any]


def promise(
    actor: Actor,
    window: UUID,
    name: str = "",
    minutes: float = 30,
    phone: str = "13800004127",
    **more: Any,
) -> Callback:
    return callbacks.promise(
        actor,
        NewCallback(
            new_id(), window, phone, name, due_at=MORNING + timedelta(minutes=minutes), **more
        ),
    )


@pytest.fixture
def three(clerk: Actor, small_hall: Places) -> dict[str, Callback]:
    """Two at window 3, one of them late, and one at window 2."""
    return {
        "soon": promise(clerk, small_hall["window3"], "周先生", 6, matter_id=small_hall["medical"]),
        "late": promise(clerk, small_hall["window3"], "于女士", -12, note="医保卡到了吗"),
        "other": promise(clerk, small_hall["window2"], "孙立", -2),
    }


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow],
    clerk: Actor,
    three: dict[str, Callback],
    keys: Keys,
    settled: Settled,
) -> MainWindow:
    made = make_window(clerk)
    keys.press("F11")
    settled()
    return made


@pytest.fixture
def page(window: MainWindow) -> CallbacksPage:
    shown = window.page()
    assert isinstance(shown, CallbacksPage)
    return shown


def names(page: CallbacksPage) -> list[str]:
    return [row.name for row in page.lists.models[page.lists.current()].rows]


def words(page: CallbacksPage, row: int) -> list[str]:
    model = page.lists.models[page.lists.current()]
    return [column.text(model.row(row)) for column in model.columns]


def test_a_clerk_sees_the_own_window_first_and_the_hall_by_a_key(
    keys: Keys, page: CallbacksPage, settled: Settled
) -> None:
    assert names(page) == ["于女士", "周先生"]
    assert words(page, 0) == ["09:51", "于女士", "138****4127", "—", "3", "超时 12 分钟"]
    assert words(page, 1)[-1] == "6 分钟后"
    keys.press("Alt+0")
    settled()
    assert names(page) == ["于女士", "孙立", "周先生"]
    keys.press("Alt+0")
    settled()
    assert names(page) == ["于女士", "周先生"]


def test_who_has_no_window_sees_the_hall(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    three: dict[str, Callback],
    keys: Keys,
    settled: Settled,
) -> None:
    window = make_window(front_desk)
    keys.press("F11")
    settled()
    page = window.page()
    assert isinstance(page, CallbacksPage)
    assert not page.scope.isVisible()
    assert not page.case_button.isVisible()
    assert "cases" not in page.lists.tables
    assert names(page) == ["于女士", "孙立", "周先生"]


def test_enter_takes_the_number_and_a_digit_says_what_came_of_it(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    assert page.panel.phone.text() == "138****4127"
    assert page.panel.remark.text() == "医保卡到了吗"
    assert not page.panel.outcomes["reached"].isEnabled()
    keys.press("Return")
    settled()
    assert page.panel.phone.text() == "138 0000 4127"
    assert page.panel.chip.text() == "张敏 正在拨打"
    keys.press("2")
    settled()
    row = callbacks.get(clerk, three["late"].id)
    assert (row.state, row.tries, row.caller_id) == ("due", 1, None)
    assert page.session.notices.text() == "无人接听，10:23 再次回电。"
    # The next one is chosen, and the keyboard is where the next Enter calls it.
    assert names(page) == ["周先生", "于女士"]
    assert page.lists.table().selected() == page.lists.models["due"].row(0)
    keys.press("Return")
    settled()
    keys.press("1")
    settled()
    assert callbacks.get(clerk, three["soon"].id).state == "reached"
    assert names(page) == ["于女士"]
    assert words(page, 0)[-1] == "未接 1 次"


@pytest.mark.parametrize(
    ("key", "state"), [("1", "reached"), ("2", "due"), ("3", "wrong_number"), ("4", "needs_visit")]
)
def test_every_outcome_has_its_key_and_takes_the_note_along(
    keys: Keys,
    page: CallbacksPage,
    settled: Settled,
    clerk: Actor,
    three: dict[str, Callback],
    key: str,
    state: str,
) -> None:
    keys.press("Return")
    settled()
    page.panel.note.edit.setFocus()
    keys.type("孩子接的 12")  # digits in the note are words
    page.lists.table().setFocus()
    keys.press(key)
    settled()
    assert callbacks.get(clerk, three["late"].id).state == state
    (attempt,) = callbacks.attempts(clerk, three["late"].id)
    assert attempt.note == "孩子接的 12"


def test_a_digit_without_a_number_on_the_line_settles_nothing(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    keys.press("1")
    settled()
    assert page.panel.problem.text() == "请先按 Enter 拨打，再按结果键。"
    assert callbacks.get(clerk, three["late"].id).state == "due"


def test_a_digit_pressed_twice_is_one_call(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    keys.press("Return")
    settled()
    keys.press("2", "2")
    settled()
    assert callbacks.get(clerk, three["late"].id).tries == 1


def test_escape_puts_the_number_down(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    keys.press("Return")
    settled()
    keys.press("Escape")
    settled()
    assert callbacks.get(clerk, three["late"].id).caller_id is None
    assert page.panel.phone.text() == "138****4127"
    assert page.lists.table().selected() == callbacks.get(clerk, three["late"].id)


def test_the_second_of_two_clerks_is_told(
    keys: Keys,
    page: CallbacksPage,
    settled: Settled,
    second_clerk: Actor,
    three: dict[str, Callback],
    qtbot: QtBot,
) -> None:
    callbacks.call(second_clerk, three["late"].id)
    qtbot.waitUntil(lambda: words(page, 0)[-1] == "刘洋 正在拨打")
    keys.press("Return")
    settled()
    assert page.panel.problem.text() == "刘洋 自 10:03 起正在拨打此号码。"
    assert page.panel.phone.text() == "138****4127"


def test_what_another_clerk_settled_during_the_call_is_told_and_stays(
    keys: Keys,
    page: CallbacksPage,
    settled: Settled,
    store: Store,
    second_clerk: Actor,
    three: dict[str, Callback],
) -> None:
    keys.press("Return")
    settled()
    store.freeze(store.now() + timedelta(minutes=6))  # nobody holds a line for ever
    callbacks.attempt(second_clerk, NewAttempt(new_id(), three["late"].id, "needs_visit"))
    keys.press("1")
    settled()
    told = page.session.notices.text()
    assert told == "刘洋 已于 10:09 先行处理：需来大厅办理。本次未作更改。"
    assert callbacks.get(second_clerk, three["late"].id).state == "needs_visit"
    assert names(page) == ["周先生"]


def test_three_without_answer_go_to_the_side_list_and_are_called_from_there(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    for _turn in range(3):
        page.lists.tables["due"].select(three["late"].id)
        keys.press("Return")
        settled()
        keys.press("2")
        settled()
    assert page.session.notices.text() == "无人接听，已转入多次未接。"
    assert names(page) == ["周先生"]
    assert page.lists.buttons.buttons()[1].text() == "多次未接  1"
    keys.press("Alt+2")
    settled()
    assert words(page, 0)[-1] == "未接 3 次"
    assert page.panel.tries.text().count("无人接听") == 3
    keys.press("Return")
    settled()
    keys.press("1")
    settled()
    assert names(page) == []
    assert page.lists.empty.text() == "没有多次未接的回电。"
    assert callbacks.get(clerk, three["late"].id).state == "reached"


def test_a_wrong_key_is_taken_back_by_the_notice_or_from_the_list_of_the_day(
    keys: Keys, page: CallbacksPage, settled: Settled, clerk: Actor, three: dict[str, Callback]
) -> None:
    for take_back in (page.session.notices.link.click, lambda: keys.press("Alt+3", "Return")):
        page.show_list("due")
        settled()
        page.lists.tables["due"].select(three["late"].id)
        keys.press("Return")
        settled()
        keys.press("3")
        settled()
        assert callbacks.get(clerk, three["late"].id).state == "wrong_number"
        keys.press("Alt+3")
        settled()
        assert names(page) == ["于女士"]
        take_back()
        settled()
        assert callbacks.get(clerk, three["late"].id).state == "due"


def test_withdrawing_asks_for_a_reason_by_a_digit(
    keys: Keys,
    window: MainWindow,
    page: CallbacksPage,
    settled: Settled,
    clerk: Actor,
    three: dict[str, Callback],
) -> None:
    keys.press("Delete")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, WithdrawCallbackDialog)
    keys.press("Return")
    assert dialog.reason_field.error.text() == "请填写原因。"
    keys.press("1", "Return", "Return")
    settled()
    assert window.dialogs() == []
    row = callbacks.get(clerk, three["late"].id)
    assert (row.state, row.reason) == ("withdrawn", "came_in")
    assert names(page) == ["周先生"]


def test_another_time_is_one_key_or_typed(
    keys: Keys,
    window: MainWindow,
    page: CallbacksPage,
    settled: Settled,
    clerk: Actor,
    three: dict[str, Callback],
) -> None:
    keys.press("5")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, PostponeDialog)
    keys.type("9:00")
    keys.press("Return")
    settled()
    assert dialog.due.error.text() == "这个时间已经过了。"
    keys.press("Alt+3", "Return")
    settled()
    row = callbacks.get(clerk, three["late"].id)
    assert f"{clerk.store.local(row.due_at):%d %H:%M}" == "21 13:30"
    page.lists.tables["due"].select(three["soon"].id)
    keys.press("5")
    settled()
    keys.type("2-24 9:10")
    keys.press("Return")
    settled()
    row = callbacks.get(clerk, three["soon"].id)
    assert f"{clerk.store.local(row.due_at):%d %H:%M}" == "24 09:10"
    assert words(page, 1)[0] == "周一 09:10"


def test_a_call_that_was_reached_is_followed_by_its_phone_case(
    keys: Keys,
    window: MainWindow,
    page: CallbacksPage,
    settled: Settled,
    clerk: Actor,
    three: dict[str, Callback],
) -> None:
    page.lists.tables["due"].select(three["soon"].id)
    keys.press("Return")
    settled()
    keys.press("1")
    settled()
    keys.press("Ctrl+F8")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, PhoneCaseDialog)
    assert dialog.matter.text() == "医保卡领取"
    keys.press("1", "Return")
    settled()
    (case,) = phone_cases.today(clerk)
    assert (case.matter, case.window_number, case.outcome) == ("医保卡领取", "3", "settled")
    keys.press("Ctrl+F8")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, PhoneCaseDialog)
    assert dialog.matter.text() == ""  # the next case is somebody else's


def test_another_pcs_promise_appears_and_selection_stays(
    keys: Keys,
    page: CallbacksPage,
    settled: Settled,
    front_desk: Actor,
    small_hall: Places,
    qtbot: QtBot,
) -> None:
    keys.press("Down")
    before = page.lists.table().selected()
    promise(front_desk, small_hall["window3"], "新来的", 1)
    qtbot.waitUntil(lambda: names(page) == ["于女士", "新来的", "周先生"])
    assert page.lists.table().selected() == before


def test_the_badge_counts_overdue_and_soon_and_changes_with_the_clock(
    window: MainWindow, page: CallbacksPage, settled: Settled, store: Store, clerk: Actor, small_hall: Places,
    qtbot: QtBot,
) -> None:  # fmt: skip
    told: list[tuple[int, str]] = []
    page.badge.connect(lambda count, kind: told.append((count, kind)))
    page.reload_badge()
    settled()
    assert told[-1] == (2, "bad")  # of the own window
    promise(clerk, small_hall["window3"], minutes=30)
    qtbot.waitUntil(lambda: len(told) > 1)
    window.go("window")
    settled()
    assert told[-1] == (2, "bad")
    store.freeze(MORNING + timedelta(minutes=20))
    page.session.ticked.emit(store.now())
    settled()
    assert told[-1] == (3, "bad")


def test_late_ones_turn_red_while_one_looks_on(
    page: CallbacksPage, store: Store, settled: Settled
) -> None:
    store.freeze(MORNING + timedelta(minutes=7))
    page.session.ticked.emit(store.now())
    assert words(page, 1)[-1] == "超时 1 分钟"
    ink = page.lists.models["due"].columns[0].ink
    assert ink is not None
    assert ink(page.lists.models["due"].row(1)) == ink(page.lists.models["due"].row(0)) != "#1b2636"


def test_cases_of_the_day_are_counted_and_taken_back(
    keys: Keys,
    page: CallbacksPage,
    settled: Settled,
    clerk: Actor,
    small_hall: Places,
    store: Store,
) -> None:
    for matter, outcome in ((small_hall["medical"], "settled"), (None, "answered")):
        phone_cases.record(clerk, NewPhoneCase(new_id(), None, matter, outcome, 4))
    keys.press("Alt+4")
    settled()
    assert page.cases_panel.total.number.text() == "2"
    assert page.cases_panel.minutes.text() == "通话共 8 分钟"
    assert words(page, 0)[1:4] == ["其他业务", "已答复", "4"]
    keys.press("Delete")
    settled()
    assert words(page, 0)[2] == "已撤销"
    assert page.cases_panel.total.number.text() == "1"
    assert not page.cases_panel.undo_button.isEnabled()
    store.freeze(MORNING + timedelta(minutes=11))
    keys.press("Down", "Delete")
    settled()
    assert page.cases_panel.problem.text() == "登记人可在十分钟内撤销，之后由管理人员撤销。"
    assert phone_cases.summary(clerk).total == 1


def test_a_number_that_does_not_answer_is_settled_by_the_manager_alone(
    keys: Keys, page: CallbacksPage, settled: Settled, front_desk: Actor, small_hall: Places
) -> None:
    number_troubles.report(front_desk, NewTrouble(new_id(), small_hall["window2"]))
    keys.press("Alt+5")
    settled()
    assert words(page, 0) == ["2 号窗口 居住与户籍", "010-5555-0102", "10:03", "陈晓", "刚刚"]
    assert not page.troubles_panel.settle_button.isVisible()
    keys.press("Return")
    settled()
    assert len(number_troubles.unsettled(front_desk)) == 1


def test_the_manager_settles_a_number_by_enter(
    make_window: Callable[..., MainWindow],
    keys: Keys,
    settled: Settled,
    manager: Actor,
    small_hall: Places,
) -> None:
    number_troubles.report(manager, NewTrouble(new_id(), small_hall["window2"]))
    window = make_window(manager)
    keys.press("F11", "Alt+5")
    settled()
    page = window.page()
    assert isinstance(page, CallbacksPage)
    keys.press("Return")
    settled()
    assert number_troubles.unsettled(manager) == []
    assert page.lists.empty.text() == "所有窗口电话均正常。"


def test_a_manager_is_told_of_a_silent_number_wherever_they_are(
    make_window: Callable[..., MainWindow],
    settled: Settled,
    manager: Actor,
    front_desk: Actor,
    small_hall: Places,
    qtbot: QtBot,
) -> None:
    number_troubles.report(front_desk, NewTrouble(new_id(), small_hall["window2"]))
    window = make_window(manager)
    window.go("report")
    settled()
    notices = window.session.notices
    assert notices.text() == ""  # what was said before the day began is on the list
    number_troubles.report(front_desk, NewTrouble(new_id(), small_hall["window3"]))
    qtbot.waitUntil(lambda: notices.text() == "陈晓 报告 3 号窗口 医疗保险 的电话打不通。")
    notices.link.click()
    settled()
    page = window.page()
    assert isinstance(page, CallbacksPage)
    assert page.lists.current() == "numbers"
    assert [row.window_number for row in page.lists.models["numbers"].rows] == ["2", "3"]


def test_one_callback_is_shown_when_asked_for(
    page: CallbacksPage, settled: Settled, three: dict[str, Callback]
) -> None:
    page.session.go("callbacks", callback_id=three["other"].id)
    settled()
    selected = page.lists.table().selected()
    assert selected is not None
    assert selected.name == "孙立"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_cut_off_on_any_list(
    language: str, make_window: Callable[..., MainWindow], keys: Keys, settled: Settled, clerk: Actor,
    manager: Actor, small_hall: Places, three: dict[str, Callback],
) -> None:  # fmt: skip
    from test_fit import cut_off

    i18n.use(language)
    long = promise(
        clerk,
        small_hall["window3"],
        "阿卜杜热西提" * 6,
        -30,
        "010-5555-0188-123456",
        note="问" * 150,
    )
    for _turn in range(5):
        callbacks.attempt(clerk, NewAttempt(new_id(), long.id, "no_answer", "没人接" * 20))
    phone_cases.record(clerk, NewPhoneCase(new_id(), None, None, "needs_visit", 600, "长" * 200))
    number_troubles.report(clerk, NewTrouble(new_id(), small_hall["window3"]))
    for actor in (clerk, manager):
        window = make_window(actor)
        keys.press("F11")
        settled()
        page = window.page()
        assert isinstance(page, CallbacksPage)
        for number in range(1, 6):
            keys.press(f"Alt+{number}")
            settled()
            if number <= 2:
                keys.press("Return")
                settled()
            assert cut_off(page) == [], (actor.role, number)
            for column, _given in enumerate(page.lists.models[page.lists.current()].columns):
                title = page.lists.models[page.lists.current()].columns[column].title
                room = page.lists.table().columnWidth(column) - 24
                assert page.lists.table().fontMetrics().horizontalAdvance(title) <= room, title
            if number <= 2:
                keys.press("Escape")
                settled()
        assert window.width() == 1366
        assert page.minimumSizeHint().height() <= page.height()
        window.hide()
