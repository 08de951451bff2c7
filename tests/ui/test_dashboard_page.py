"""The day so far: it follows the day by itself, and every figure leads by keys to what it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import callbacks, consultations, incidents, screening, tickets
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.dashboard import FIGURES
from hall_desk.services.incidents import NewIncident
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.figure_list import FigureListDialog
from hall_desk.ui.figure_words import LISTS, TITLES
from hall_desk.ui.pages.dashboard import DashboardPage

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> MainWindow:
    window = make_window(manager)
    keys.press("Ctrl+F2")
    settled()
    return window


@pytest.fixture
def page(window: MainWindow) -> DashboardPage:
    page = window.page()
    assert isinstance(page, DashboardPage)
    return page


def open_ticket(actor: Actor, matter: Any, name: str = "于女士") -> Any:
    new = NewTicket(new_id(), matter, name, "13800004127", consent=True)
    return tickets.open(actor, new).card


def shown_list(window: MainWindow) -> FigureListDialog:
    (dialog,) = window.dialogs()
    assert isinstance(dialog, FigureListDialog)
    return dialog


def test_an_empty_day_shows_noughts_and_says_so(page: DashboardPage) -> None:
    assert page.tiles["opened"].number() == "0"
    assert page.tiles["median"].number() == "–"
    assert page.nobody_late.isVisible()
    assert page.nobody_there.isVisible()
    assert page.matters.bars == ()
    assert page.mirror.says.text() == "代办单太少，无法判断增加一人的作用。"


def test_every_figure_has_its_name_and_most_are_tiles(page: DashboardPage) -> None:
    assert set(TITLES) == set(FIGURES)
    assert set(LISTS) <= set(FIGURES)
    # Finished tickets and nine of ten stand below other figures, whose list is the same.
    assert set(FIGURES) - set(page.tiles) == {"finished", "p90"}


def test_what_other_pcs_record_comes_by_itself(
    page: DashboardPage, manager: Actor, small_hall: dict[str, Any], qtbot: QtBot
) -> None:
    open_ticket(manager, small_hall["medical"])
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    incidents.open(manager, NewIncident(new_id(), "equipment", "2 号窗口"))
    tiles = page.tiles
    qtbot.waitUntil(lambda: tiles["incidents"].number() == "1")
    assert (tiles["opened"].number(), tiles["queued"].number()) == ("1", "1")
    assert (tiles["checked"].number(), tiles["inside"].number()) == ("1", "1")
    assert [bar.name for bar in page.matters.bars] == ["医保卡领取"]
    assert "1" in tiles["opened"].accessibleName()


def test_enter_on_a_figure_lists_what_it_counts_and_enter_there_opens_it(
    window: MainWindow,
    page: DashboardPage,
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    open_ticket(manager, small_hall["medical"])
    qtbot.waitUntil(lambda: page.tiles["queued"].number() == "1")
    assert keys.focused() is page.tiles["opened"]
    keys.press("Right", "Return")
    settled()
    found = shown_list(window)
    assert found.windowTitle() == "待接单的代办单"
    assert keys.focused() is found.table
    (row,) = found.model.rows
    assert (row.number, row.who) == ("A001", "于**")
    keys.press("Return")
    settled()
    shown: Any = window.page()
    assert (shown.name, shown.panel.ticket.card.number) == ("proxy", "A001")
    assert window.dialogs() == []


def test_arrow_keys_go_from_figure_to_figure_and_stay_at_the_edge(
    page: DashboardPage, keys: Keys
) -> None:
    keys.press("Down", "Right", "Right", "Right", "Right")
    assert keys.focused() is page.tiles["late"]
    keys.press("Up", "Left")
    assert keys.focused() is page.tiles["handling"]


def test_an_open_list_follows_the_day_and_escape_gives_the_keyboard_back(
    window: MainWindow,
    page: DashboardPage,
    manager: Actor,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    page.tiles["checked"].setFocus()
    keys.press("Return")
    settled()
    found = shown_list(window)
    assert found.empty.isVisible()
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    qtbot.waitUntil(lambda: found.model.rowCount() == 1)
    assert found.count.text() == "1 条"
    keys.press("Escape")
    assert keys.focused() is page.tiles["checked"]


def test_each_kind_of_row_opens_the_page_where_it_is_worked_on(
    window: MainWindow,
    page: DashboardPage,
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> None:
    callbacks.promise(
        manager, NewCallback(new_id(), small_hall["window3"], "13800004127", "于女士")
    )
    incidents.open(manager, NewIncident(new_id(), "equipment", "2 号窗口"))
    consultations.record(
        manager, NewConsultation(new_id(), "settled", matter_id=small_hall["medical"])
    )
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    for figure, name in (
        ("callbacks", "callbacks"),
        ("incidents", "incidents"),
        ("consultations", "consultation"),
        ("checked", "screening"),
        ("inside", "screening"),
    ):
        window.go("dashboard")
        settled()
        page.tiles[figure].setFocus()
        keys.press("Return")
        settled()
        keys.press("Return")
        settled()
        assert window.page().name == name, figure


def test_a_promise_comes_up_and_breaks_by_the_clock_alone(
    page: DashboardPage,
    store: Store,
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    qtbot: QtBot,
) -> None:
    open_ticket(manager, small_hall["medical"])
    qtbot.waitUntil(lambda: page.tiles["queued"].number() == "1")
    assert page.late_model.rowCount() == 0
    store.freeze(store.now() + timedelta(seconds=185))
    page.session.ticked.emit(store.now())
    assert page.late_model.rowCount() == 1
    assert not page.nobody_late.isVisible()
    keys.press("Ctrl+J")
    assert keys.focused() is page.late


def test_a_deadline_that_passes_is_read_again(
    page: DashboardPage, store: Store, manager: Actor, small_hall: dict[str, Any], qtbot: QtBot
) -> None:
    callbacks.promise(
        manager, NewCallback(new_id(), small_hall["window3"], "13800004127", "于女士")
    )
    qtbot.waitUntil(lambda: page.tiles["callbacks"].number() == "1")
    assert page.tiles["callbacks_overdue"].number() == "0"
    store.freeze(store.now() + timedelta(hours=2))
    page.session.ticked.emit(store.now())
    qtbot.waitUntil(lambda: page.tiles["callbacks_overdue"].number() == "1")


def test_charts_are_walked_by_keys_and_their_words_are_there(
    window: MainWindow,
    page: DashboardPage,
    manager: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    for matter in ("medical", "transfer"):
        consultations.record(
            manager, NewConsultation(new_id(), "settled", matter_id=small_hall[matter])
        )
    qtbot.waitUntil(lambda: len(page.matters.bars) == 2)
    assert page.channels.accessibleDescription().startswith("现场: 2 · 100%")
    page.matters.setFocus()
    keys.press("Down", "Return")
    settled()
    assert shown_list(window).windowTitle() == "变更定点医疗机构"
    assert shown_list(window).model.rowCount() == 1


def test_the_mirror_steps_to_another_day(page: DashboardPage, keys: Keys, settled: Settled) -> None:
    today = page.session.today()
    keys.press("Alt+Left")
    settled()
    assert page.mirror.day.day() == today - timedelta(days=1)
    assert page.mirror.chart.bars == ()
    assert page.mirror.how.isHidden()
    page.mirror.how_link.click()
    assert page.mirror.how.isVisible()


def test_only_managers_have_the_page(
    make_window: Callable[..., MainWindow], front_desk: Actor
) -> None:
    assert "dashboard" not in make_window(front_desk).pages
