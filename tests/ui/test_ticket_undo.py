"""Every step is said with its way back: Ctrl+Z within ten seconds, and a dialog that has gone stale sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from tests.ui.test_fit import cut_off

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
PAPERS = (NewPaper("身份证"), NewPaper("户口本", original=False))


@pytest.fixture
def opened(front_desk: Actor, small_hall: dict[str, Any]) -> Callable[..., TicketView]:
    def open_(name: str = "于女士") -> TicketView:
        asked = NewTicket(
            new_id(), small_hall["medical"], name, "13800004127", consent=True, papers=PAPERS,
            second_allowed=True,
        )  # fmt: skip
        return tickets.open(front_desk, asked)

    return open_


@pytest.fixture
def at_window(
    make_window: Callable[..., MainWindow], clerk: Actor, settled: Settled
) -> Callable[[], MainWindow]:
    def make() -> MainWindow:
        window = make_window(clerk)
        window.go("window")
        settled()
        return window

    return make


@pytest.fixture
def at_desk(
    make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> Callable[[], MainWindow]:
    def make() -> MainWindow:
        window = make_window(front_desk)
        window.go("proxy")
        settled()
        return window

    return make


def state(actor: Actor, ticket: TicketView) -> str:
    return tickets.get(actor, ticket.card.id).card.state


def test_a_claim_is_said_with_its_seconds_and_taken_back_by_one_key(
    at_window: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    notices = window.session.notices
    assert notices.text() == "已接单 A001"
    assert notices.link.text() == "撤销（10 秒）  Ctrl+Z"
    qtbot.waitUntil(lambda: notices.link.text() == "撤销（9 秒）  Ctrl+Z", timeout=5000)
    keys.press("Ctrl+Z")
    settled()
    assert state(clerk, ticket) == "queued"
    assert notices.text() == "A001：已撤销。"
    page: Any = window.page()
    qtbot.waitUntil(lambda: [card.number for card in page.waiting.model.cards] == ["A001"])
    assert page.ticket.claim_button.isVisible(), "it waits, and can be claimed again"
    keys.press("Ctrl+Z")
    settled()
    assert state(clerk, ticket) == "queued", "there is nothing more to undo"


def test_a_finish_taken_back_has_its_result_again(
    at_window: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled, qtbot: QtBot
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    keys.press("Alt+A")
    settled()
    keys.press("Alt+1", "F7")
    settled()
    assert state(clerk, ticket) == "ready"
    keys.press("Ctrl+Z")
    settled()
    page: Any = window.page()
    qtbot.waitUntil(lambda: page.ticket.number.text() == "A001")
    settled()
    assert state(clerk, ticket) == "handling"
    assert page.ticket.result.text() == "已办好，当场可用"
    assert page.ticket.finish_button.isVisible()
    assert page.ticket.result.field.edit.hasFocus()


def test_ctrl_z_in_a_text_takes_back_typing_and_not_the_step(
    at_window: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    keys.press("Alt+A")
    settled()
    page: Any = window.page()
    assert page.ticket.result.field.edit.hasFocus()
    keys.type("done")
    keys.press("Ctrl+Z", "Ctrl+Z")
    settled()
    assert page.ticket.result.text() == ""
    assert {paper.holder for paper in tickets.get(clerk, ticket.card.id).papers} == {"window"}


def test_ctrl_z_in_an_empty_field_takes_back_the_step(
    at_window: Any, opened: Any, clerk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    keys.press("Alt+A")
    settled()
    page: Any = window.page()
    assert page.ticket.result.field.edit.hasFocus()
    keys.press("Ctrl+Z")
    settled()
    assert {paper.holder for paper in tickets.get(clerk, ticket.card.id).papers} == {"desk"}
    assert state(clerk, ticket) == "handling"


def test_a_hand_back_is_taken_back_at_the_desk(
    at_desk: Any, opened: Any, clerk: Actor, front_desk: Actor, keys: Keys, settled: Settled
) -> None:
    ticket = opened()
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    window = at_desk()
    keys.press("Return")
    settled()
    keys.type("4127")
    keys.press("Return")
    settled()
    assert state(front_desk, ticket) == "closed"
    keys.press("Ctrl+Z")
    settled()
    assert state(front_desk, ticket) == "ready"
    page: Any = window.page()
    assert page.panel.number.text() == "A001"
    assert page.panel.proof.hasFocus()
    assert page.panel.history.lines()[0] == "陈晓 撤销：交还"


def test_what_somebody_has_gone_on_with_is_told_and_stays(
    at_window: Any,
    opened: Any,
    clerk: Actor,
    front_desk: Actor,
    keys: Keys,
    settled: Settled,
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    tickets.withdraw(front_desk, ticket.card.id, "改天再来")
    keys.press("Ctrl+Z")
    settled()
    assert window.session.notices.text() == "陈晓已继续处理 A001，未撤销。"
    assert tickets.get(clerk, ticket.card.id).card.outcome == "withdrawn"


def test_an_old_step_is_not_offered_to_be_taken_back(
    at_window: Any, opened: Any, store: Store, keys: Keys, settled: Settled
) -> None:
    """A step whose answer came late: the seconds count from the step, not from the answer."""
    from hall_desk.ui.step_undo import offer_undo

    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    page: Any = window.page()
    shown = page.ticket.ticket
    assert shown.card.id == ticket.card.id
    store.freeze(shown.card.since + timedelta(seconds=6.5))
    offer_undo(page, window.session, shown, lambda _ticket: None)
    assert window.session.notices.link.text() == "撤销（3 秒）  Ctrl+Z"
    store.freeze(shown.card.since + timedelta(seconds=11))
    offer_undo(page, window.session, shown, lambda _ticket: None)
    assert not window.session.notices.link.isVisible()


def test_a_dialog_says_what_another_pc_did_and_sends_nothing(
    at_window: Any,
    opened: Any,
    clerk: Actor,
    front_desk: Actor,
    store: Store,
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
) -> None:
    ticket = opened()
    window = at_window()
    keys.press("F6")
    settled()
    page: Any = window.page()
    page.ticket.suspend_button.setFocus()
    keys.press("Space")
    keys.type("收入证明")
    store.freeze(ticket.card.opened_at + timedelta(seconds=30))
    tickets.withdraw(front_desk, ticket.card.id, "改天再来")
    (dialog,) = window.dialogs()
    qtbot.waitUntil(lambda: "陈晓 登记居民撤回" in dialog.problem.text())
    assert "10:03:57" in dialog.problem.text()
    assert dialog.field.text() == "收入证明", "nothing typed is lost"
    qtbot.waitUntil(lambda: cut_off(dialog) == [])
    keys.press("Return")
    settled()
    assert tickets.get(clerk, ticket.card.id).card.outcome == "withdrawn"
    assert dialog.is_open()
