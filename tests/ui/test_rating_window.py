"""The resident's side of the desk: five grades by touch or key, reasons for the low two, and it goes by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import ratings, tickets
from hall_desk.services.ratings import NewOffer, NewRating
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui import rating_window
from hall_desk.ui.rating_window import RatingWindow
from hall_desk.ui.ticket_history import sentence

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.ratings import RatingLine
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def ticket(front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> Any:
    asked = NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True)
    opened = tickets.open(front_desk, asked)
    tickets.claim(clerk, opened.card.id)
    tickets.finish(clerk, opened.card.id, "已领取")
    return opened.card.id


@pytest.fixture
def window(make_window: Callable[..., MainWindow], front_desk: Actor, ticket: Any) -> MainWindow:
    return make_window(front_desk)


def shown() -> list[RatingWindow]:
    widgets = QApplication.topLevelWidgets()
    return [w for w in widgets if isinstance(w, RatingWindow) and w.isVisible()]


@pytest.fixture
def page(window: MainWindow, ticket: Any, settled: Settled, qtbot: QtBot) -> Iterator[RatingWindow]:
    rating_window.offer(window.session, ticket)
    settled()
    (opened,) = shown()
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    yield opened
    for left in shown():
        left.leave()


def given(manager: Actor) -> list[RatingLine]:
    return ratings.recent(manager)


def test_one_key_rates_and_the_page_goes_by_itself(
    page: RatingWindow,
    keys: Keys,
    settled: Settled,
    manager: Actor,
    window: MainWindow,
    qtbot: QtBot,
) -> None:
    assert page.isFullScreen()
    assert window.session.notices.text() == "已请居民评价 A001。"
    keys.press("5")
    settled()
    (line,) = given(manager)
    assert (line.grade, line.number) == (5, "A001")
    assert page.pages.currentIndex() == 2
    with qtbot.waitSignal(page.ended) as ended:
        page._idle.start(1)  # the same timer, not waited for as long
    assert ended.args == [True]
    # The desk learns that it is over, and not what was pressed.
    assert window.session.notices.text() == "居民已评价。"


def test_the_tickets_history_says_that_it_was_offered_and_not_what_was_pressed(
    page: RatingWindow, keys: Keys, settled: Settled, front_desk: Actor, ticket: Any
) -> None:
    keys.press("4")
    settled()
    history = tickets.get(front_desk, ticket).history
    assert [sentence(line) for line in history if line.kind.startswith("rating")] == [
        "陈晓 请居民评价"
    ]


def test_a_touch_rates_once_however_often_it_is_pressed(
    page: RatingWindow, settled: Settled, manager: Actor, qtbot: QtBot
) -> None:
    satisfied = next(button for button in page.asking.grades if button.grade == 4)
    qtbot.mouseClick(satisfied, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(satisfied, Qt.MouseButton.LeftButton)
    settled()
    assert [line.grade for line in given(manager)] == [4]


def test_a_low_grade_without_a_reason_is_refused_politely_and_then_taken(
    page: RatingWindow, keys: Keys, settled: Settled, manager: Actor
) -> None:
    keys.press("2")
    assert page.pages.currentIndex() == 1
    keys.press("Return")
    settled()
    assert page.why.problem.text() == "请告诉我们哪里没做好，便于我们改进。"
    assert given(manager) == []
    keys.press("1", "4")
    assert page.why.problem.text() == ""
    keys.press("Return")
    settled()
    (line,) = given(manager)
    assert (line.grade, line.reasons) == (2, ("slow", "errands"))
    assert line.waits


def test_something_else_needs_a_word_and_the_keyboard_goes_there(
    page: RatingWindow, keys: Keys, settled: Settled, manager: Actor
) -> None:
    keys.press("1", "7", "Return")
    settled()
    assert page.why.problem.text() == "请简单写几个字说明情况。"
    assert keys.focused() is page.why.comment
    keys.type("没有轮椅通道7")
    assert page.why.reasons["other"].isChecked()  # the digit was typed, not pressed
    keys.press("Return")
    settled()
    assert [(line.grade, line.comment) for line in given(manager)] == [(1, "没有轮椅通道7")]


def test_another_grade_may_be_chosen_instead(
    page: RatingWindow, keys: Keys, settled: Settled, manager: Actor
) -> None:
    keys.press("1", "2", "Escape")
    assert page.pages.currentIndex() == 0
    keys.press("3")
    settled()
    (line,) = given(manager)
    assert (line.grade, line.reasons) == (3, ())


def test_nobody_is_forced(
    page: RatingWindow, keys: Keys, settled: Settled, manager: Actor, window: MainWindow
) -> None:
    keys.press("Escape")
    settled()
    assert shown() == []
    assert given(manager) == []
    assert window.session.notices.text() == ""


def test_a_page_nobody_touches_goes_and_gives_nothing(
    page: RatingWindow, manager: Actor, qtbot: QtBot
) -> None:
    assert page._idle.isActive()
    assert page._idle.interval() == rating_window.ASK_MS
    with qtbot.waitSignal(page.ended) as ended:
        page._idle.start(1)
    assert ended.args == [False]
    assert given(manager) == []


def test_the_desk_takes_its_offer_back(
    page: RatingWindow, window: MainWindow, settled: Settled, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.session.notices.link, Qt.MouseButton.LeftButton)
    assert shown() == []


def test_a_ticket_that_is_rated_or_not_done_is_not_offered(
    window: MainWindow, front_desk: Actor, ticket: Any, settled: Settled, small_hall: dict[str, Any]
) -> None:
    guest = ratings.offer(front_desk, NewOffer(new_id(), ticket))
    ratings.rate(guest, NewRating(5))
    rating_window.offer(window.session, ticket)
    settled()
    assert shown() == []
    assert window.session.notices.text() == "A001 已经评价过。"
    asked = NewTicket(new_id(), small_hall["residence"], "钱女士", "13900001234", consent=True)
    rating_window.offer(window.session, tickets.open(front_desk, asked).card.id)
    settled()
    assert shown() == []
    assert window.session.notices.text() == "A002 办结后才能评价。"


def test_rated_elsewhere_meanwhile_is_said_to_the_resident(
    page: RatingWindow, keys: Keys, settled: Settled, front_desk: Actor, ticket: Any, manager: Actor
) -> None:
    ratings.rate(ratings.offer(front_desk, NewOffer(new_id(), ticket)), NewRating(5))
    keys.press("3")
    settled()
    assert page.asking.problem.text() == "本次服务已经评价过了，谢谢您。"
    assert [line.grade for line in given(manager)] == [5]


def test_a_new_offer_takes_the_place_of_the_last(
    page: RatingWindow, window: MainWindow, settled: Settled, small_hall: dict[str, Any]
) -> None:
    rating_window.offer(window.session, window_id=small_hall["window2"])
    settled()
    (now,) = shown()
    assert now is not page
    assert now.guest.number == ""
    assert window.session.notices.text() == "已请居民评价。"


def test_the_second_screen_takes_touch_and_leaves_the_keyboard_to_the_clerk(
    window: MainWindow, front_desk: Actor, ticket: Any, settled: Settled, manager: Actor,
    qtbot: QtBot,
) -> None:  # fmt: skip
    guest = ratings.offer(front_desk, NewOffer(new_id(), ticket))
    page = RatingWindow(window.session, guest, second_screen=True)
    qtbot.addWidget(page)
    page.show()
    assert page.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert not page.why.comment.isVisible()
    assert "other" not in page.why.reasons
    qtbot.mouseClick(page.asking.grades[-1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.why.reasons["manner"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.why.send, Qt.MouseButton.LeftButton)
    settled()
    assert [(line.grade, line.reasons) for line in given(manager)] == [(1, ("manner",))]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_after_the_hand_back_one_key_offers_a_rating(
    make_window: Callable[..., MainWindow], front_desk: Actor, ticket: Any, keys: Keys,
    settled: Settled, language: str,
) -> None:  # fmt: skip
    i18n.use(language)
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    proxy: Any = window.page()
    assert not proxy.rating.isVisible()
    keys.press("Alt+S")  # nothing is closed yet
    settled()
    assert shown() == []
    window.session.go("proxy", ticket_id=ticket)
    settled()
    proxy.panel.proof.setText(tickets.get(front_desk, ticket).pickup_code)
    keys.press("F7")
    settled()
    assert proxy.rating.isVisible()
    assert cut_off(proxy) == []
    keys.press("Alt+S")
    settled()
    (opened,) = shown()
    assert opened.guest.number == "A001"
    assert not proxy.rating.isVisible()
    opened.leave()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_everything_fits_in_both_languages(
    window: MainWindow, front_desk: Actor, ticket: Any, settled: Settled, language: str,
    show: Callable[..., None],
) -> None:  # fmt: skip
    i18n.use(language)
    guest = ratings.offer(front_desk, NewOffer(new_id(), ticket))
    page = RatingWindow(window.session, guest, second_screen=False)
    show(page)
    assert cut_off(page) == []
    page.press(1)
    page.submit()
    settled()
    page.layout().activate()
    assert page.why.problem.text()
    assert cut_off(page) == []
    page.leave()
