"""Handing over a post by keys: what goes along is shown, both agree, and nothing is taken unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import accounts, posts, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.posts import NewShift
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.hand_over import HandOverDialog
from hall_desk.ui.dialogs.posts import LeavePostDialog
from tests.conftest import PIN

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


def open_ticket(actor: Actor, matter: Any, name: str = "于女士") -> Any:
    papers = (NewPaper("身份证"), NewPaper("户口本", original=False, count=2))
    asked = NewTicket(new_id(), matter, name, "13800004127", consent=True, papers=papers)
    return tickets.open(actor, asked).card.id


@pytest.fixture
def second_desk(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "孙丽", Role.FRONT_DESK, PIN)
    return accounts.sign_in(store, "孙丽", PIN, "B")


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, second_desk: Actor, clerk: Actor,
    small_hall: dict[str, Any], settled: Settled,
) -> MainWindow:  # fmt: skip
    open_ticket(front_desk, small_hall["medical"])
    posts.take_post(front_desk, NewShift(new_id(), "proxy"))
    window = make_window(front_desk)
    window.go("people")
    settled()
    return window


def opened(window: MainWindow, keys: Keys, settled: Settled) -> HandOverDialog:
    keys.press("Alt+H")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, HandOverDialog)
    return dialog


def holders(actor: Actor) -> set[tuple[str, str]]:
    board = tickets.board(actor)
    views = [tickets.get(actor, card.id) for card in (*board.queued, *board.handling)]
    return {(paper.holder, paper.holder_staff) for view in views for paper in view.papers}


def test_a_desk_is_handed_over_by_initials_and_the_takers_pin(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = opened(window, keys, settled)
    assert dialog.who.text() == "陈晓 · 帮办代办岗"
    assert dialog.count.text() == "一并移交：材料 3 件，在办 0 件"
    assert [(line.number, line.where) for line in dialog.model.rows] == [("A001", "前台")] * 2
    keys.type("sl")
    keys.press("Return")
    assert dialog.pin.label.text() == "孙丽 的密码"
    keys.type(PIN)
    keys.press("Return", "Return")
    settled()
    assert window.dialogs() == []
    assert window.session.notices.text() == "已交接给 孙丽，材料 3 件。"
    assert holders(front_desk) == {("desk", "孙丽")}
    assert [line.staff for line in posts.on_posts(front_desk)] == ["孙丽"]


def test_a_wrong_pin_is_said_beside_it_and_nothing_moves(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = opened(window, keys, settled)
    keys.type("sl")
    keys.press("Return")
    keys.type("1357")
    keys.press("Return")
    settled()
    assert "还可以试 4 次" in dialog.pin.error.text()
    assert dialog.picker.name() == "孙丽"
    assert keys.focused() is dialog.pin.edit
    assert holders(front_desk) == {("desk", "陈晓")}
    keys.type(PIN)
    keys.press("Return")
    settled()
    assert holders(front_desk) == {("desk", "孙丽")}


def test_nobody_chosen_and_somebody_unsuited_are_said_beside_the_list(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = opened(window, keys, settled)
    keys.press("Return")
    assert dialog.taker_field.error.text() == "请选择接班人。"
    keys.type("zm")
    keys.press("Return")
    keys.type(PIN)
    keys.press("Return")
    settled()
    assert dialog.taker_field.error.text() == "前台的材料只能交给前台人员或管理人员。"
    assert holders(front_desk) == {("desk", "陈晓")}


def test_a_paper_that_came_meanwhile_is_shown_before_it_goes(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    dialog = opened(window, keys, settled)
    open_ticket(front_desk, small_hall["residence"], "钱女士")
    keys.type("sl")
    keys.press("Return")
    keys.type(PIN)
    keys.press("Return")
    settled()
    assert dialog.problem.text() == "所持材料刚有变化，请核对后再确认。"
    assert {line.number for line in dialog.model.rows} == {"A001", "A002"}
    assert holders(front_desk) == {("desk", "陈晓")}
    keys.press("Return")
    settled()
    assert holders(front_desk) == {("desk", "孙丽")}


def test_the_taker_opens_it_and_the_giver_types_the_pin(
    make_window: Callable[..., MainWindow], window: MainWindow, front_desk: Actor,
    second_desk: Actor, keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    window.hide()
    other = make_window(second_desk)
    other.go("people")
    settled()
    dialog = opened(other, keys, settled)  # the only line there is
    assert (dialog.picker.name(), dialog.pin.label.text()) == ("孙丽", "陈晓 的密码")
    dialog.pin.edit.setFocus()
    keys.type(PIN)
    keys.press("Return")
    settled()
    assert holders(second_desk) == {("desk", "孙丽")}


def test_who_leaves_with_papers_is_asked_and_may_hand_over(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    keys.press("Alt+E")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, LeavePostDialog)
    keys.press("Return")
    settled()
    (over,) = window.dialogs()
    assert isinstance(over, HandOverDialog)
    keys.press("Escape")
    assert [line.staff for line in posts.on_posts(front_desk)] == ["陈晓"]


def test_or_the_papers_stay_in_the_name(
    window: MainWindow, keys: Keys, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    keys.press("Alt+E")
    settled()
    keys.press("Alt+S")
    settled()
    assert window.dialogs() == []
    assert posts.on_posts(front_desk) == []
    assert holders(front_desk) == {("desk", "陈晓")}
    page: Any = window.page()
    qtbot.waitUntil(page.staff.posts.nobody.isVisible)


def test_a_ticket_in_hand_goes_along_and_its_history_says_so(
    make_window: Callable[..., MainWindow], window: MainWindow, clerk: Actor, second_clerk: Actor,
    manager: Actor, keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    claimed = tickets.claim_next(clerk)
    tickets.received(clerk, claimed.card.id)
    posts.take_post(clerk, NewShift(new_id(), "window"))
    window.hide()
    other = make_window(manager)
    other.go("people")
    settled()
    page: Any = other.page()
    line = next(line for line in page.staff.posts.model.rows if line.staff == "张敏")
    page.staff.posts.table.select(line.id)
    dialog = opened(other, keys, settled)
    assert dialog.count.text() == "一并移交：材料 3 件，在办 1 件"
    keys.type("ly")
    keys.press("Return")
    keys.type(PIN)
    keys.press("Return")
    settled()
    now = tickets.get(manager, claimed.card.id)
    assert now.card.owner == "刘洋"
    from hall_desk.ui.ticket_history import sentence

    assert sentence(now.history[0]) == "李主任 随岗位交接，换人办理"


def test_a_window_clerk_goes_on_a_post_and_hands_it_over_from_the_own_page(
    make_window: Callable[..., MainWindow], window: MainWindow, clerk: Actor, second_clerk: Actor,
    keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    window.hide()
    own = make_window(clerk)
    keys.press("Ctrl+G", "Return")
    settled()
    claimed = tickets.claim_next(clerk)
    tickets.received(clerk, claimed.card.id)
    keys.press("Ctrl+H")
    settled()
    (dialog,) = own.dialogs()
    assert isinstance(dialog, HandOverDialog)
    assert dialog.who.text() == "张敏 · 3 号窗口"
    keys.type("ly")
    keys.press("Return")
    keys.type(PIN)
    keys.press("Return")
    settled()
    turns = [(line.window, line.staff) for line in posts.on_posts(clerk) if line.window]
    assert turns == [("3", "刘洋")]
    assert tickets.get(clerk, claimed.card.id).card.owner == "刘洋"
    own.top_bar.leave_post_asked.emit()
    settled()
    assert own.session.notices.text() == "您现在没有在岗。"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_dialogs_fit_in_both_languages(
    window: MainWindow, language: str, settled: Settled, front_desk: Actor
) -> None:
    i18n.use(language)
    dialog = HandOverDialog(window.session, front_desk.person())
    dialog.open()
    settled()
    dialog.submit()
    settled()
    assert dialog.taker_field.error.text()
    assert cut_off(dialog) == []
    dialog.reject()
    (line,) = posts.on_posts(front_desk)
    with pytest.raises(accounts.errors.PapersHeld) as held:
        posts.leave_post(front_desk)
    leaving = LeavePostDialog(window.session, line, held.value)
    leaving.open()
    assert cut_off(leaving) == []
