"""The people page by keys: the register, the posts, disinfection and ratings, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import accounts, attendance, disinfection, posts, ratings
from hall_desk.services.accounts import Role
from hall_desk.services.attendance import NewAttendance
from hall_desk.services.disinfection import NewRound
from hall_desk.services.posts import NewShift
from hall_desk.services.ratings import NewOffer, NewRating
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.follow_up import FollowUpDialog
from hall_desk.ui.dialogs.posts import TakePostDialog
from hall_desk.ui.pages.people import PeoplePage
from tests.conftest import PIN

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, clerk: Actor, second_clerk: Actor
) -> MainWindow:
    return make_window(front_desk)


@pytest.fixture
def page(window: MainWindow, keys: Keys, settled: Settled) -> PeoplePage:
    keys.press("Ctrl+F10")
    settled()
    page = window.page()
    assert isinstance(page, PeoplePage)
    return page


def names(page: PeoplePage) -> list[str]:
    return [person.name for person in page.staff.model.rows]


def rate(actor: Actor, window: Any, grade: int, *reasons: str, comment: str = "") -> None:
    offered = ratings.offer(actor, NewOffer(new_id(), window_id=window))
    ratings.rate(offered, NewRating(grade, reasons, comment))


# --- the register ----------------------------------------------------------------------------------


def test_somebody_comes_in_with_their_initials_a_reading_and_two_enters(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.type("zm")
    assert names(page) == ["张敏"]
    keys.press("Return")
    keys.type("365")
    keys.press("Return")
    settled()
    (entry,) = attendance.today(front_desk)
    assert (entry.person, entry.kind, entry.degrees, entry.mask) == ("张敏", "in", "36.5", True)
    assert keys.focused() is page.staff.form.person.edit
    assert page.staff.form.is_empty()
    assert page.staff.last.words.text() == "张敏 到岗 10:03 · 36.5 ℃"
    assert len(names(page)) == 4


@pytest.fixture
def here(
    page: PeoplePage, front_desk: Actor, clerk: Actor, store: Store, qtbot: QtBot
) -> PeoplePage:
    """The page when 张敏 came in a while ago."""
    attendance.record(front_desk, NewAttendance(new_id(), clerk.staff_id, temperature="365"))
    store.freeze(store.now() + timedelta(minutes=30))
    qtbot.waitUntil(lambda: page.inside.text() == "在厅 1 / 4 人")
    return page


def test_the_second_time_is_a_check_and_the_button_says_so(
    here: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.type("张敏")
    keys.press("Return")
    assert here.staff.form.save.text() == "复测"
    keys.type("366")
    keys.press("Alt+M")
    keys.press("Return")
    settled()
    newest = attendance.today(front_desk)[0]
    assert (newest.kind, newest.mask) == ("check", False)


def test_a_double_enter_makes_one_entry(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.type("zm")
    keys.press("Return")
    keys.type("365")
    keys.press("Return", "Return")
    settled()
    keys.press("Return")
    settled()
    assert len(attendance.today(front_desk)) == 1
    assert page.staff.form.person.error.text() == ""


def test_a_refused_reading_is_said_beside_it_and_nothing_is_lost(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.type("zm")
    keys.press("Return")
    keys.type("99")
    page.staff.form.symptoms.set_text("咳嗽")
    keys.press("Return")
    settled()
    form = page.staff.form
    assert "34.0" in form.temperature.error.text()
    assert (form.person.text(), form.temperature.text(), form.symptoms.text()) == (
        "张敏",
        "99",
        "咳嗽",
    )
    assert keys.focused() is form.temperature.edit
    keys.type("365")  # the wrong one is selected
    keys.press("Return")
    settled()
    assert [entry.symptoms for entry in attendance.today(front_desk)] == ["咳嗽"]


def test_somebody_who_does_not_work_here_is_not_found(
    page: PeoplePage, keys: Keys, settled: Settled
) -> None:
    keys.type("qqqq")
    assert names(page) == []
    keys.press("Return")
    assert page.staff.form.person.error.text() == "没有这个姓名的工作人员。"
    keys.press("Escape")
    assert len(names(page)) == 4


def test_going_out_is_one_key(
    here: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.type("zm")
    keys.press("Return")
    keys.press("Alt+L")
    settled()
    assert attendance.inside(front_desk) == []
    assert attendance.today(front_desk)[0].kind == "out"


def test_going_out_before_coming_in_is_refused_in_place(
    page: PeoplePage, keys: Keys, settled: Settled
) -> None:
    keys.type("zm")
    keys.press("Return")
    page.staff.form.leave.setEnabled(True)  # as it is when another PC let the person out
    keys.press("Alt+L")
    settled()
    assert page.staff.form.kind_error.text() == "尚未到岗，请先登记到岗。"
    assert page.staff.form.person.text() == "张敏"


def test_the_last_entry_is_withdrawn_by_a_key(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor, store: Store, qtbot: QtBot
) -> None:
    keys.type("zm")
    keys.press("Return")
    keys.type("365")
    keys.press("Return")
    settled()
    keys.press("Alt+Z")
    settled()
    assert [entry.withdrawn for entry in attendance.today(front_desk)] == [True]
    assert page.staff.last.words.text() == "张敏 的登记已撤销"


def test_a_withdrawal_that_comes_too_late_is_said(
    page: PeoplePage, keys: Keys, settled: Settled, store: Store, window: MainWindow
) -> None:
    keys.type("zm")
    keys.press("Return")
    keys.type("365")
    keys.press("Return")
    settled()
    store.freeze(store.now() + timedelta(minutes=11))
    keys.press("Alt+Z")
    settled()
    assert window.session.notices.text() == "这条登记已不能撤销。"


def test_what_another_desk_records_is_seen_without_a_key(
    page: PeoplePage, qtbot: QtBot, manager: Actor, clerk: Actor, window: MainWindow
) -> None:
    attendance.record(manager, NewAttendance(new_id(), clerk.staff_id, temperature="378"))
    qtbot.waitUntil(lambda: page.alarming.text() == "1 人需关注")
    assert page.inside.text() == "在厅 1 / 4 人"


def test_a_manager_at_other_work_is_told_without_a_name(
    make_window: Callable[..., MainWindow], manager: Actor, front_desk: Actor, clerk: Actor,
    qtbot: QtBot, settled: Settled,
) -> None:  # fmt: skip
    window = make_window(manager)
    window.go("screening")
    settled()
    attendance.record(front_desk, NewAttendance(new_id(), clerk.staff_id, temperature="378"))
    qtbot.waitUntil(lambda: "体温偏高" in window.session.notices.text())
    assert "张敏" not in window.session.notices.text()
    assert window.sidebar.buttons["people"].accessibleDescription() == "1"
    qtbot.mouseClick(window.session.notices.link, Qt.MouseButton.LeftButton)
    assert window.page().name == "people"


def test_the_list_is_filtered_by_who_was_not_measured(
    page: PeoplePage, settled: Settled, front_desk: Actor, clerk: Actor, second_clerk: Actor
) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "window", second_clerk.staff_id))
    attendance.record(front_desk, NewAttendance(new_id(), clerk.staff_id, temperature="365"))
    page.reload()
    settled()
    page.staff.filter.set_value("unchecked")
    assert names(page) == ["刘洋"]
    page.staff.filter.set_value("here")
    assert names(page) == ["张敏"]
    page.staff.filter.set_value("register")
    assert page.staff.register.isVisible()
    assert [entry.person for entry in page.staff.register_model.rows] == ["张敏"]


def test_where_no_masks_are_asked_for_there_is_no_question(
    page: PeoplePage, settled: Settled, manager: Actor, front_desk: Actor, keys: Keys, qtbot: QtBot
) -> None:
    from hall_desk.services import halls

    halls.change_setting(manager, "staff_masks", False)
    qtbot.waitUntil(lambda: not page.staff.form.mask_field.isVisible())
    keys.type("zm")
    keys.press("Return")
    keys.type("365")
    keys.press("Return")
    settled()
    assert attendance.today(front_desk)[0].mask is None


# --- posts -------------------------------------------------------------------------------------------


def test_a_post_is_taken_by_two_keys_and_the_status_bar_tells(
    page: PeoplePage, keys: Keys, settled: Settled, qtbot: QtBot, window: MainWindow
) -> None:
    keys.press("Alt+P")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, TakePostDialog)
    keys.press("Return")  # faster than the list of people is read
    settled()
    assert window.dialogs() == []
    qtbot.waitUntil(lambda: window.status_bar.duty.text() == "今日值守：测温 陈晓")
    assert [(line.post, line.staff) for line in page.staff.posts.model.rows] == [
        ("screening", "陈晓")
    ]


def test_a_clerk_in_the_form_is_offered_the_own_window(
    page: PeoplePage, keys: Keys, settled: Settled, window: MainWindow, front_desk: Actor
) -> None:
    keys.type("zm")
    keys.press("Return", "Alt+P")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, TakePostDialog)
    assert dialog.post.value() == "window"
    assert dialog.windows.currentText().startswith("3 号窗口")
    keys.press("Return")
    settled()
    assert [(line.window, line.staff) for line in posts.on_posts(front_desk)] == [("3", "张敏")]


def test_the_post_of_last_time_is_offered_first(
    page: PeoplePage, keys: Keys, settled: Settled, window: MainWindow, front_desk: Actor
) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    posts.leave_post(front_desk)
    settled()
    keys.press("Alt+P")
    settled()
    dialog = window.dialogs()[0]
    assert isinstance(dialog, TakePostDialog)
    assert dialog.post.value() == "proxy"


def test_a_post_is_left_by_a_key(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    qtbot.waitUntil(lambda: len(page.staff.posts.model.rows) == 1)
    keys.press("Alt+E")
    settled()
    assert posts.on_posts(front_desk) == []


# --- disinfection --------------------------------------------------------------------------------------


def test_a_round_is_typed_once_and_offered_by_a_key_afterwards(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.press("Ctrl+2")
    settled()
    keys.type("窗口区")
    keys.press("Return", "Return")
    settled()
    assert [(r.area, r.person) for r in disinfection.of_day(front_desk)] == [("窗口区", "陈晓")]
    assert keys.focused() is page.disinfection.area.edit
    keys.press("Alt+1")
    assert page.disinfection.area.text() == "窗口区"
    keys.press("Return")
    settled()
    assert len(disinfection.of_day(front_desk)) == 2


def test_a_time_that_has_not_come_is_refused_and_the_area_stays(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.press("Ctrl+2")
    settled()
    keys.type("大厅")
    page.disinfection.time.set_text("23:00")
    keys.press("Return")
    settled()
    assert page.disinfection.time.error.text() == "还没到这个时间。"
    assert page.disinfection.area.text() == "大厅"
    assert disinfection.of_day(front_desk) == []


def test_an_area_not_done_today_stands_out(
    page: PeoplePage, keys: Keys, settled: Settled, front_desk: Actor, store: Store
) -> None:
    disinfection.record(front_desk, NewRound(new_id(), "卫生间"))
    store.freeze(store.now() + timedelta(days=1))
    keys.press("Ctrl+2")
    settled()
    (button,) = page.disinfection.buttons
    assert button.text() == "卫生间 · 今日未消毒"


# --- ratings -------------------------------------------------------------------------------------------


def test_only_managers_have_the_ratings(page: PeoplePage, keys: Keys) -> None:
    assert page.ratings is None
    keys.press("Ctrl+3")
    assert page.section() == "staff"


def test_a_low_grade_is_followed_up_by_keys(
    make_window: Callable[..., MainWindow], manager: Actor, front_desk: Actor,
    small_hall: dict[str, Any], keys: Keys, settled: Settled, qtbot: QtBot,
) -> None:  # fmt: skip
    rate(front_desk, small_hall["window3"], 2, "slow", comment="等了很久")
    rate(front_desk, small_hall["window3"], 5)
    window = make_window(manager)
    qtbot.waitUntil(lambda: window.sidebar.buttons["people"].accessibleDescription() == "1")
    keys.press("Ctrl+F10")
    settled()
    keys.press("Ctrl+3")
    settled()
    page = window.page()
    assert isinstance(page, PeoplePage)
    assert page.ratings is not None
    page.ratings.arrive()
    assert page.ratings.satisfied.text() == "2 个评价，满意率 50%"
    keys.press("Return")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, FollowUpDialog)
    keys.press("Ctrl+Return")
    settled()
    assert dialog.result.error.text() == "请填写核实情况和处理结果。"
    keys.type("已致电致歉")
    keys.press("Ctrl+Return", "Ctrl+Return")
    settled()
    assert window.dialogs() == []
    assert ratings.to_follow_up(manager) == []
    qtbot.waitUntil(lambda: page.ratings is not None and page.ratings.nothing.isVisible())


def test_a_follow_up_another_manager_wrote_meanwhile_is_not_overwritten(
    make_window: Callable[..., MainWindow], manager: Actor, front_desk: Actor, store: Store,
    small_hall: dict[str, Any], keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    rate(front_desk, small_hall["window3"], 1, "manner")
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    other = accounts.sign_in(store, "韩梅", PIN)
    window = make_window(manager)
    window.go("people")
    page: Any = window.page()
    page.show_section("ratings")
    settled()
    page.ratings.arrive()
    keys.press("Return")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, FollowUpDialog)
    keys.type("我的说法")
    ratings.follow_up(other, ratings.NewFollowUp(dialog.line.id, "韩梅的说法"))
    keys.press("Ctrl+Return")
    settled()
    assert dialog.problem.text() == "韩梅 已于 02-21 10:03 办理。"
    assert dialog.result.text() == "我的说法"
    assert ratings.recent(manager)[0].follow_up == "韩梅的说法"


# --- nothing is cut off ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("section", ["staff", "disinfection", "ratings"])
def test_every_section_fits_in_both_languages(
    make_window: Callable[..., MainWindow], manager: Actor, front_desk: Actor, clerk: Actor,
    settled: Settled, language: str, section: str, small_hall: dict[str, Any],
) -> None:  # fmt: skip
    i18n.use(language)
    posts.take_post(front_desk, NewShift(new_id(), "consultation"))
    attendance.record(front_desk, NewAttendance(new_id(), clerk.staff_id, "", "378", False, "咳嗽"))
    disinfection.record(front_desk, NewRound(new_id(), "窗口区和等候区座椅扶手"))
    rate(front_desk, small_hall["window3"], 1, "slow", "errands", comment="跑了两趟")
    window = make_window(manager)
    window.go("people")
    page: Any = window.page()
    page.show_section(section)
    settled()
    if section == "staff":
        page.staff.form.take(
            page.staff.model.rows[-1], page.staff._words(page.staff.model.rows[-1])
        )
        page.staff.form.temperature.show_error(
            i18n._(i18n.BAD_INPUT[("temperature", "out_of_range")])
        )
        page.layout().activate()
    assert cut_off(page) == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_dialogs_fit_in_both_languages(
    make_window: Callable[..., MainWindow], manager: Actor, front_desk: Actor,
    settled: Settled, language: str, small_hall: dict[str, Any],
) -> None:  # fmt: skip
    i18n.use(language)
    rate(front_desk, small_hall["window3"], 2, "other", comment="没有说清要带什么材料" * 6)
    window = make_window(manager)
    (line,) = ratings.to_follow_up(manager)
    for dialog in (TakePostDialog(window.session), FollowUpDialog(window.session, line)):
        dialog.open()
        settled()
        assert cut_off(dialog) == []
        dialog.reject()
