"""The page of second trips: what cost residents a second visit, and the checklist that is changed on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QDate, Qt

from hall_desk import i18n
from hall_desk.services import checklists, matters, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.trip_records import MissingPaper
from hall_desk.ui.pages.proxy import ProxyPage
from hall_desk.ui.pages.trips import TripsPage
from tests.conftest import MORNING
from tests.documents.reading import joined
from tests.services.trips import ZHAO, ZHAOS_PHONE, Days

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow
    from tests.ui.conftest import Keys


@pytest.fixture
def days(store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> Days:
    """Residents who lacked a residence permit (twice), a household register's copy, and nothing that was named."""
    lived = Days(store, front_desk, clerk, small_hall)
    given = lived.notice(-20, "居住证")
    lived.scan(-17, given)
    lived.ticket(-17, hour=0.1)
    lived.notice(-12, "居住证", name=ZHAO, phone=ZHAOS_PHONE)
    lived.ticket(-9, name=ZHAO, phone=ZHAOS_PHONE)
    ticket = lived.ticket(-6, name=ZHAO, phone=ZHAOS_PHONE, matter="transfer")
    lived.suspended(ticket, "户口本复印件没带，儿子下午送来")
    lived.at(-4)
    tickets.resume(clerk, ticket.card.id)
    lived.asked(-3, "slip")
    lived.asked(-1, "settled")
    store.freeze(MORNING + timedelta(hours=1))
    return lived


@pytest.fixture
def window(make_window: Callable[..., MainWindow], manager: Actor, days: Days) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def page(window: MainWindow, settled: Callable[[], None], keys: Keys) -> TripsPage:
    keys.press("Ctrl+F6")
    settled()
    shown = window.page()
    assert isinstance(shown, TripsPage)
    return shown


def rows(page: TripsPage) -> list[tuple[str, ...]]:
    return [tuple(column.text(line) for column in page.model.columns) for line in page.model.rows]


def test_the_ranking_names_papers_with_what_they_cost(page: TripsPage) -> None:
    assert rows(page) == [
        ("居住证（原件）", "医保卡领取", "未列入", "2", "2", "33.3%"),
        ("未写明所缺材料", "医保卡领取", "", "1", "1", "16.7%"),
        ("户口本复印件", "变更定点医疗机构", "必需", "1", "1", "100.0%"),
    ]
    assert page.summary.text().startswith("二次跑动 4 次")


def test_behind_a_line_are_its_visits_and_what_was_missing(
    page: TripsPage, keys: Keys, settled: Callable[[], None]
) -> None:
    keys.press("Down", "Down")
    details = page.details
    (trip,) = details.model.rows
    told = [column.text(trip) for column in details.model.columns]
    assert told == ["02-15 中止", "A001", "02-17 代办单已续办", "2"]
    assert "儿子下午送来" in details.missing.text()
    assert "3号窗口" in details.missing.text().replace(" ", "")
    assert details.standing.text() == "必需"
    assert details.change_button.isHidden()


def test_the_tickets_behind_a_visit_are_opened(
    window: MainWindow, page: TripsPage, keys: Keys, settled: Callable[[], None]
) -> None:
    def shown() -> str:
        settled()
        proxy = window.page()
        assert isinstance(proxy, ProxyPage)
        assert proxy.panel.ticket is not None
        return f"{proxy.panel.ticket.card.service_day:%m-%d} {proxy.panel.ticket.card.number}"

    # A notice is no ticket: the later visit's is opened, by either key.
    later = page.details.model.rows[0].second_number
    assert page.details.first_button.isHidden()
    assert page.details.later_button.text() == f"打开 {later}"
    page.table.setFocus()
    keys.press("Return", "Return")
    opened = shown()
    assert opened.endswith(later)
    window.go("trips")
    settled()
    keys.press("Alt+O")
    assert shown() == opened
    # Suspended and taken up again: one ticket.
    window.go("trips")
    settled()
    keys.press("Home", "Down", "Down")
    assert page.details.later_button.isHidden()
    page.details.first_button.click()
    assert shown() == "02-15 A001"


def test_the_paper_is_put_on_the_checklist_by_one_key(
    qtbot: QtBot, page: TripsPage, keys: Keys, days: Days, manager: Actor
) -> None:
    assert page.details.change_button.text() == "列入材料清单"
    page.details.note.edit.setFocus()
    keys.type("三个月内")
    keys.press("Alt+K")
    qtbot.waitUntil(lambda: rows(page)[0][2] == "必需")
    listed = matters.get(manager, days.matters["medical"]).materials
    assert [(one.name, one.required, one.note) for one in listed][-1] == (
        "居住证",
        True,
        "三个月内",
    )
    assert page.details.note.text() == "三个月内"
    assert page.details.change_button.isHidden()
    page.details.note.edit.setFocus()
    page.details.note.edit.clear()
    keys.type("六个月内")
    keys.press("Alt+W")
    qtbot.waitUntil(
        lambda: matters.get(manager, days.matters["medical"]).materials[-1].note == "六个月内"
    )


def test_what_another_manager_did_meanwhile_is_said_beside_the_field(
    qtbot: QtBot, page: TripsPage, days: Days, manager: Actor
) -> None:
    line = page.details.line()
    checklists.put_on(manager, days.matters["medical"], MissingPaper("居住证"))
    assert page.details.line() is line
    page.details.change()
    qtbot.waitUntil(lambda: "居住证" in page.details.note.error.text())
    qtbot.waitUntil(lambda: rows(page)[0][2] == "必需")


def test_other_days_and_another_span_count_anew(qtbot: QtBot, page: TripsPage) -> None:
    page.within.setValue(2)
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    page.first.setDate(QDate(2020, 2, 21))
    qtbot.waitUntil(page.first_steps.isVisible)
    assert page.details.nothing.isVisible()
    page.last.setDate(QDate(2020, 2, 1))
    qtbot.waitUntil(page.problem.isVisible)
    assert not page.print_button.isEnabled()


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "json"])
def test_the_report_is_saved_in_the_form_its_ending_asks_for(
    qtbot: QtBot, page: TripsPage, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"trips.{form}"
    page.save_to(file)
    qtbot.waitUntil(file.exists)
    content = file.read_bytes()
    if form == "pdf":
        assert "居住证" in joined(content)
    elif form != "xlsx":
        assert "居住证" in content.decode("utf-8-sig")
    else:
        assert content.startswith(b"PK")


def test_only_a_manager_has_the_page(
    make_window: Callable[..., MainWindow], front_desk: Actor
) -> None:
    assert front_desk.role is Role.FRONT_DESK
    assert "trips" not in make_window(front_desk).pages


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_it_fits_and_the_keyboard_reaches_the_visits(
    make_window: Callable[..., MainWindow], manager: Actor, days: Days, keys: Keys,
    settled: Callable[[], None], language: str,
) -> None:  # fmt: skip
    i18n.use(language)
    window = make_window(manager)
    keys.press("Ctrl+F6")
    settled()
    page = window.page()
    assert isinstance(page, TripsPage)
    assert page.minimumSizeHint().width() <= 1366 - window.sidebar.width() - 32
    page.table.setFocus(Qt.FocusReason.TabFocusReason)
    keys.press("Return")
    assert page.details.table.hasFocus()
