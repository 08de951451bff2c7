"""The foyer's screen from behind: calling again, notices and sound, by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import i18n
from hall_desk import settings as desk_settings
from hall_desk.services import foyer, tickets
from hall_desk.services.foyer import NewNotice
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.foyer import close_foyer, open_foyer
from hall_desk.ui.foyer.screen import FoyerScreen
from hall_desk.ui.pages.foyer import FoyerPage
from hall_desk.ui.ticket_history import sentence
from tests.ui.test_fit import cut_off

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def ready(front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> tickets.TicketView:
    """欧阳锋 can fetch the papers."""
    ticket = tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "欧阳锋", consent=True, papers=(NewPaper("身份证"),)
        ),
    )
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    return tickets.finish(clerk, ticket.card.id, "已办好")


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], manager: Actor, ready: Any, keys: Keys, settled: Settled
) -> Iterator[MainWindow]:
    made = make_window(manager)
    keys.press("Ctrl+F11")
    settled()
    yield made
    close_foyer()
    settled()


@pytest.fixture
def page(window: MainWindow) -> FoyerPage:
    shown = window.page()
    assert isinstance(shown, FoyerPage)
    return shown


def test_the_preview_shows_what_residents_see(page: FoyerPage) -> None:
    assert page.preview.scene is not None
    assert page.preview.scene.large is not None
    assert page.preview.scene.large.first == "欧阳**，已办好"
    assert "欧阳锋" not in page.preview.accessibleName()
    assert page.model.row(0).name == "欧阳锋"  # the desk knows whom it calls


def test_enter_calls_again_and_a_second_one_at_once_is_the_same_call(
    page: FoyerPage, keys: Keys, front_desk: Actor, settled: Settled
) -> None:
    keys.press("Return", "Return")
    settled()
    (line,) = foyer.to_call(front_desk)
    assert line.again == 1
    assert page.session.notices.sentence.text() == "已再次叫号：A001。"
    told = tickets.get(front_desk, line.id).history[0]
    assert sentence(told) == "李主任 再次叫号"
    keys.press("Return")
    settled()
    assert foyer.to_call(front_desk)[0].again == 1


def test_what_was_fetched_meanwhile_is_not_called_but_said(
    page: FoyerPage, keys: Keys, front_desk: Actor, ready: tickets.TicketView, settled: Settled
) -> None:
    tickets.hand_back(front_desk, ready.card.id, tickets.Proof("pickup_code", ready.pickup_code))
    keys.press("Return")
    settled()
    assert page.session.notices.kind == "error"
    assert "A001" in page.session.notices.sentence.text()


def test_a_notice_is_written_and_taken_off_by_keys(
    page: FoyerPage, keys: Keys, manager: Actor, settled: Settled, qtbot: QtBot
) -> None:
    keys.press("Alt+N")
    keys.type("今天下午停电")
    keys.press("Return", "Return")
    settled()
    (notice,) = foyer.notices(manager)
    assert (notice.text, notice.until_day) == ("今天下午停电", page.session.today())
    assert page.notices is not None
    assert page.notices.field.text() == ""
    page.notices.table.setFocus()
    qtbot.waitUntil(lambda: page.notices is not None and page.notices.model.rowCount() == 1)
    page.notices.table.selectRow(0)
    keys.press("Delete")
    settled()
    assert foyer.notices(manager) == []
    page.session.notices.link.click()
    settled()
    assert [line.text for line in foyer.notices(manager)] == ["今天下午停电"]


def test_a_refused_notice_stays_in_its_field(page: FoyerPage, keys: Keys, settled: Settled) -> None:
    assert page.notices is not None
    keys.press("Alt+N", "Return")
    settled()
    assert page.notices.field.error.text() == "请填写通知内容。"
    page.notices.field.set_text("长" * 61)
    keys.press("Return")
    settled()
    assert page.notices.field.text() == "长" * 61
    assert "60" in page.notices.field.error.text()


def test_the_front_desk_calls_but_writes_no_notices(
    make_window: Callable[..., MainWindow], front_desk: Actor, ready: Any, keys: Keys,
    settled: Settled,
) -> None:  # fmt: skip
    window = make_window(front_desk)
    keys.press("Ctrl+F11")
    settled()
    page = window.page()
    assert isinstance(page, FoyerPage)
    assert page.notices is None
    keys.press("Return")
    settled()
    assert foyer.to_call(front_desk)[0].again == 1


def test_the_same_key_shows_it_in_full_and_closing_the_window_closes_it(
    page: FoyerPage, window: MainWindow, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    keys.press("Ctrl+F11")
    screen = open_foyer(page.session)  # gives the one that is open
    assert isinstance(screen, FoyerScreen)
    assert screen.isFullScreen()
    settled()
    with qtbot.waitSignal(screen.closed):
        window.close()


def test_the_sound_is_this_pcs_choice_and_kept(
    page: FoyerPage, keys: Keys, settled: Settled
) -> None:
    folder = page.session.papers.parent
    keys.press("Ctrl+F11")
    screen = open_foyer(page.session)
    page.window().activateWindow()
    page.sound.setFocus()
    heard = [(screen.voice.muted, "")]
    for _press in range(2):
        keys.press("Alt+S")
        settled()
        heard.append((screen.voice.muted, desk_settings.load(folder).foyer_sound))
    assert heard == [(False, ""), (True, "off"), (False, "on")]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_cut_off(
    language: str, make_window: Callable[..., MainWindow], manager: Actor, ready: Any,
    keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    i18n.use(language)
    foyer.add_notice(manager, NewNotice(new_id(), "请佩戴口罩，保持一米距离"))
    window = make_window(manager)
    window.go("foyer")
    settled()
    assert cut_off(window) == []
