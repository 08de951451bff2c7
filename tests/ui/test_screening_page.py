"""The screening post by keys: what is understood, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from hall_desk.services import halls, screening
from hall_desk.services.accounts import Actor
from hall_desk.services.screening import NewCheck
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.screening import ScreeningPage

if TYPE_CHECKING:
    from conftest import Keys

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    return make_window(front_desk)


@pytest.fixture
def page(window: MainWindow) -> ScreeningPage:
    page = window.page()
    assert isinstance(page, ScreeningPage)
    return page


def test_one_person_by_keys_alone(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    assert keys.focused() is page.form.temperature.edit
    keys.type("365")
    keys.press("Tab")
    keys.type("于女士")
    keys.press("Tab")
    keys.type("13800004127")
    keys.press("Tab")
    keys.type("送材料")
    settled()
    keys.press("Return")
    settled()
    (check,) = screening.today(front_desk)
    assert (check.tenths, check.name, check.phone_masked, check.reason) == (
        365,
        "于女士",
        "138****4127",
        "送材料",
    )
    assert page.form.is_empty()
    assert keys.focused() is page.form.temperature.edit
    assert page.verdict.property("band") == "ok"
    assert "36.5 ℃" in page.verdict.details.text()


@pytest.mark.parametrize("typed", ["365", "36.5", "36,5", "３６．５", "36.5℃", " 36.5 "])
def test_a_reading_is_understood(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor, typed: str
) -> None:
    keys.type(typed)
    # Digits from an input method are held for a blink: they may be a scan. A real Enter waits behind them.
    qtbot.waitUntil(lambda: page.form.temperature.text() == typed)
    keys.press("Return")
    settled()
    assert [check.tenths for check in screening.today(front_desk)] == [365]


@pytest.mark.parametrize("typed", ["", "3.65", "99", "abc", "36.5.1"])
def test_a_bad_reading_is_refused_beside_the_field_and_all_else_stays(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor, typed: str
) -> None:
    page.form.name.setFocus()
    keys.type("赵女士")
    page.form.phone.setFocus()
    keys.type("13500000917")
    page.form.temperature.setFocus()
    keys.type(typed)
    keys.press("Return")
    settled()
    form = page.form
    assert form.temperature.error.isVisible()
    assert form.temperature.edit.accessibleDescription() == form.temperature.error.text() != ""
    assert (form.temperature.text(), form.name.text()) == (typed, "赵女士")
    assert form.phone.edit.digits() == "13500000917"
    assert keys.focused() is form.temperature.edit
    assert screening.today(front_desk) == []
    keys.type("366")  # overwrites what was selected
    assert not form.temperature.error.isVisible()
    keys.press("Return")
    settled()
    assert [check.tenths for check in screening.today(front_desk)] == [366]


def test_a_bad_phone_is_refused_beside_its_field(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("365")
    page.form.phone.setFocus()
    keys.type("138abc")
    keys.press("Return")
    settled()
    assert page.form.phone.error.isVisible()
    assert page.form.temperature.text() == "365"
    assert keys.focused() is page.form.phone.edit
    assert screening.today(front_desk) == []


def test_enter_pressed_twice_makes_one_row(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("364")
    keys.press("Return")
    keys.press("Return")
    settled()
    keys.press("Return")
    settled()
    assert len(screening.today(front_desk)) == 1
    assert not page.form.temperature.error.isVisible()


def test_what_is_typed_while_saving_is_the_next_persons(
    keys: Keys, page: ScreeningPage, settled: Settled
) -> None:
    keys.type("364")
    keys.press("Return")
    page.form.temperature.edit.selectAll()
    keys.type("36")
    settled()
    assert page.form.temperature.text() == "36"


def test_a_high_reading_is_held_counted_down_and_decided_by_the_second(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, store: Store, front_desk: Actor
) -> None:
    keys.type("376")
    assert page.form.temperature.edit.property("high") == "yes"
    page.form.name.setFocus()
    keys.type("周先生")
    keys.press("Return")
    settled()
    assert page.verdict.property("band") == "bad"
    assert page.verdict.words.text() == "先不放行，请复测"
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    (button,) = page.strip._buttons
    assert "周先生" in button.text()
    assert "5:00" in button.text()
    store.freeze(store.now() + timedelta(minutes=2))
    page.session.ticked.emit(store.now())
    assert "3:00" in button.text()

    keys.press("Alt+1")
    assert page.form.rechecking is not None
    assert page.form.name.text() == "周先生"
    assert not page.form.name.isEnabled()
    assert keys.focused() is page.form.temperature.edit
    keys.type("36.8")
    keys.press("Return")
    settled()
    second, first = screening.today(front_desk)
    assert (second.outcome, second.recheck_of, first.settled_by) == ("normal", first.id, second.id)
    assert second.name == "周先生"
    qtbot.waitUntil(page.strip.isHidden)
    assert page.form.name.isEnabled()
    assert page.form.is_empty()
    assert page.verdict.property("band") == "ok"


def test_a_second_high_reading_is_a_fever(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("376")
    keys.press("Return")
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+1")
    keys.type("375")
    keys.press("Return")
    settled()
    assert screening.summary(front_desk).fevers == 1
    assert page.verdict.property("band") == "bad"
    qtbot.waitUntil(lambda: page.today.fevers.number.text() == "1")


def test_escape_leaves_the_second_reading_and_the_person_goes_on_waiting(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("376")
    keys.press("Return")
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+1")
    keys.press("Escape")
    assert page.form.rechecking is None
    keys.type("365")
    keys.press("Return")
    settled()
    assert screening.summary(front_desk).to_recheck == 1
    assert screening.today(front_desk)[0].recheck_of is None


def test_undo_withdraws_the_last_check(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("365")
    keys.press("Return")
    settled()
    keys.press("Alt+Z")
    settled()
    (check,) = screening.today(front_desk)
    assert check.withdrawn
    assert page.verdict.property("band") == "muted"


def test_a_known_phone_offers_the_name(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "365", "李先生", "13900002210"))
    page.form.phone.setFocus()
    keys.type("13900002210")
    settled()
    assert page.form.offer.isVisible()
    keys.press("Alt+N")
    assert page.form.name.text() == "李先生"
    assert not page.form.offer.isVisible()


def test_the_kind_of_person_is_chosen_by_keys(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("365")
    keys.press("Ctrl+2")
    assert page.form.person.value() == "staff"
    page.form.person.setFocus()
    keys.press("Right")
    keys.press("Return")
    settled()
    assert screening.today(front_desk)[0].person == "other"
    assert page.form.person.value() == "resident"


def test_a_reason_can_be_a_matter_found_by_initials(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("365")
    page.form.reason.setFocus()
    keys.type("ybk")
    settled()
    keys.press("Return")
    assert page.form.matter.text() == "医保卡领取"
    assert page.form.matter_chip.text() == "3 号窗口"
    keys.press("Return")
    settled()
    assert screening.today(front_desk)[0].reason == "医保卡领取"


def test_another_pcs_check_appears_and_selection_and_half_typed_text_stay(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor, store: Store
) -> None:
    for number in range(30):
        store.freeze(store.now() + timedelta(seconds=20))
        screening.record(front_desk, NewCheck(new_id(), f"36.{number % 7}", f"居民{number}"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 30)
    chosen = page.model.row(12)
    page.table.select(chosen.id)
    scroll = page.table.verticalScrollBar()
    scroll.setValue(200)
    before = scroll.value()
    page.form.name.setFocus()
    keys.type("半个名")
    focus = keys.focused()
    store.freeze(store.now() + timedelta(seconds=20))
    screening.record(front_desk, NewCheck(new_id(), "36.9", "新来的"))
    qtbot.waitUntil(lambda: page.model.row(0).name == "新来的")
    assert page.table.selected() == chosen
    assert scroll.value() >= before > 0
    assert page.form.name.text() == "半个名"
    assert keys.focused() is focus


def test_a_hidden_page_reads_again_when_it_is_shown(
    qtbot: QtBot,
    keys: Keys,
    window: MainWindow,
    page: ScreeningPage,
    settled: Settled,
    front_desk: Actor,
) -> None:
    window.go("proxy")
    settled()
    with qtbot.waitSignal(page.session.changed):
        screening.record(front_desk, NewCheck(new_id(), "36.9", "新来的"))
    settled()
    assert page.model.rowCount() == 0
    keys.press("F2")
    settled()
    assert page.model.rowCount() == 1


def test_f4_saves_and_hands_the_person_to_the_new_ticket_form(
    keys: Keys, window: MainWindow, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("365")
    page.form.name.setFocus()
    keys.type("于女士")
    page.form.phone.setFocus()
    keys.type("13800004127")
    keys.press("F4")
    settled()
    assert len(screening.today(front_desk)) == 1
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    assert dialog.isVisible()
    texts = {line.text() for line in dialog.findChildren(type(page.form.name.edit))}
    assert "于女士" in texts


def test_f4_with_a_high_reading_opens_no_ticket(
    keys: Keys, window: MainWindow, page: ScreeningPage, settled: Settled
) -> None:
    keys.type("377")
    keys.press("F4")
    settled()
    assert window.dialogs() == []
    assert page.verdict.property("band") == "bad"


def test_the_threshold_is_the_halls(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, manager: Actor
) -> None:
    halls.change_setting(manager, "threshold_tenths", 375)
    qtbot.waitUntil(lambda: page.form.threshold_tenths == 375)
    assert page.today.high.name.text() == "≥ 37.5 ℃"
    keys.type("374")
    assert page.form.temperature.edit.property("high") == "no"


def test_bars_are_drawn_for_every_hour(page: ScreeningPage, qtbot: QtBot) -> None:
    page.today.bars.show_counts(((9, 4), (10, 0), (11, 8)))
    assert page.today.bars.accessibleDescription() == "9: 4, 10: 0, 11: 8"
    picture = page.today.bars.grab().toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    }
    assert "#9cc3ee" in colours


def test_somebody_measured_again_at_another_desk_meanwhile(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    first = screening.record(front_desk, NewCheck(new_id(), "376", "周先生"))
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+1")
    keys.type("366")
    screening.record(front_desk, NewCheck(new_id(), "365", recheck_of=first.id))
    keys.press("Return")
    settled()
    assert page.session.notices.text() == "此人已经复测过了。"
    assert page.form.rechecking is None
    assert page.form.temperature.text() == "366"
    assert len(screening.today(front_desk)) == 2


def test_what_can_no_longer_be_undone_is_said(
    keys: Keys, page: ScreeningPage, settled: Settled, store: Store, front_desk: Actor
) -> None:
    keys.type("365")
    keys.press("Return")
    settled()
    store.freeze(store.now() + timedelta(minutes=11))
    keys.press("Alt+Z")
    settled()
    assert page.session.notices.text() == "这条测温记录不能再撤销。"
    assert not screening.today(front_desk)[0].withdrawn


def test_the_longest_names_do_not_make_the_window_wider(
    window: MainWindow, page: ScreeningPage, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    name = "阿卜杜热西提" * 6
    for _person in range(4):
        check = screening.record(front_desk, NewCheck(new_id(), "376", name, reason="理由" * 60))
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    settled()
    page.verdict.show_check(check, page.session.now())
    page.start_recheck(check)
    window.status_bar.show_paper("success", "很长的文件名" * 40)
    page.layout().activate()
    for part in (page, window.status_bar, window.top_bar):
        assert part.minimumSizeHint().width() <= part.width()
    assert window.width() == 1366


def test_a_database_that_takes_its_time_stops_nobody_from_typing(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    gate = threading.Event()
    page.session.background.data(page, lambda: gate.wait(20))
    keys.type("365")
    keys.press("Return", "Tab")
    keys.type("于女士")
    beats: list[int] = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(1))
    heart.start(5)
    qtbot.waitUntil(lambda: len(beats) > 20)
    heart.stop()
    assert page.form.name.text() == "于女士"
    assert page.form.temperature.text() == "365"
    gate.set()
    settled()
    assert len(screening.today(front_desk)) == 1
    assert page.form.temperature.text() == ""
    assert page.form.name.text() == "于女士"  # the next person's, typed meanwhile
