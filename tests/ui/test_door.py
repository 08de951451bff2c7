"""The screening post's door by keys: how full the hall is, who leaves, the hall's mode, and who is held or hot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import halls, incidents, intake_checks, passages, screening, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.passages import NewPassage
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.hall_numbers import HallNumbersDialog
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.screening import ScreeningPage

if TYPE_CHECKING:
    from conftest import Keys

Settled = Callable[[], None]


@pytest.fixture
def page(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> ScreeningPage:
    page = make_window(front_desk).page()
    assert isinstance(page, ScreeningPage)
    return page


def test_a_temperature_check_is_four_keys(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    pressed = ("3", "6", "5", "Return")
    keys.press(*pressed)
    settled()
    assert len(pressed) == 4
    assert [check.tenths for check in screening.today(front_desk)] == [365]


# --- in the hall now ---------------------------------------------------------------------------------


def test_one_key_for_one_who_leaves_and_one_for_one_who_enters(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.press("3", "6", "5", "Return")
    settled()
    qtbot.waitUntil(lambda: page.hall.inside.text() == "厅内 1 人")
    keys.type("36")
    keys.press("Ctrl+Up", "Ctrl+Up", "Ctrl+Down")
    settled()
    assert page.hall.inside.text() == "厅内 2 人"
    assert passages.inside(front_desk).count == 2
    # The half-typed temperature is where it was.
    assert page.form.temperature.text() == "36"


def test_nobody_leaves_an_empty_hall_and_it_is_said(
    keys: Keys, page: ScreeningPage, settled: Settled, notices: Any
) -> None:
    keys.press("Ctrl+Down")
    settled()
    assert page.hall.inside.text() == "厅内 0 人"
    assert "厅内已无人" in _told(notices)


def _told(notices: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in notices.findChildren(QLabel))


def test_the_count_turns_amber_and_red(
    qtbot: QtBot, page: ScreeningPage, manager: Actor, front_desk: Actor
) -> None:
    chip = page.hall.inside
    halls.change_setting(manager, "capacity", 5)
    qtbot.waitUntil(lambda: chip.text() == "厅内 0 / 上限 5")
    assert chip.property("chip") == "ok"
    for people, kind in ((4, "warn"), (1, "bad")):
        passages.come_in(front_desk, NewPassage(new_id(), people))
        qtbot.waitUntil(lambda kind=kind: chip.property("chip") == kind)
    assert chip.text() == "厅内 5 / 上限 5"


def test_a_receipt_that_is_scanned_at_the_door_leaves(
    qtbot: QtBot,
    page: ScreeningPage,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    notices: Any,
) -> None:
    passages.come_in(front_desk, NewPassage(new_id(), 2))
    ticket = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    )
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    assert page.take_scan(code)
    settled()
    assert "A001 已离开大厅" in _told(notices)
    assert page.take_scan(code)
    settled()
    assert "未重复计数" in _told(notices)
    assert passages.inside(front_desk).count == 1
    assert not page.take_scan("A001")


def test_only_a_manager_has_the_switch_and_the_limit(
    keys: Keys, page: ScreeningPage, settled: Settled, manager: Actor
) -> None:
    assert not page.hall.switch.isVisible()
    assert not page.hall.limit.isVisible()
    keys.press("Ctrl+M")
    settled()
    assert not halls.settings(manager).epidemic


def test_a_manager_sets_the_limit(
    qtbot: QtBot,
    keys: Keys,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    settled: Settled,
) -> None:
    window = make_window(manager)
    page: Any = window.page()
    page.hall.limit.click()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, HallNumbersDialog)
    keys.type("六十")
    keys.press("Return")
    settled()
    assert dialog.fields["capacity"].error.isVisible()
    keys.type("60")
    keys.press("Return", "Return")
    settled()
    assert halls.settings(manager).capacity == 60
    qtbot.waitUntil(lambda: page.hall.inside.text() == "厅内 0 / 上限 60")


# --- who is held, who is hot ---------------------------------------------------------------------------


def test_a_held_person_who_goes_away_waits_no_longer(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.press("3", "7", "6", "Return")
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+L")  # nobody is being measured again
    settled()
    assert len(screening.holds(front_desk)) == 1
    keys.press("Alt+1", "Alt+L")
    settled()
    assert screening.holds(front_desk) == []
    qtbot.waitUntil(page.strip.isHidden)
    assert page.form.rechecking is None
    assert page.verdict.words.text().startswith("未复测离开")
    assert page.form.temperature.edit.hasFocus()


def test_a_fever_is_reported_by_itself_and_the_desk_sees_who_is_going(
    qtbot: QtBot,
    keys: Keys,
    page: ScreeningPage,
    settled: Settled,
    front_desk: Actor,
    manager: Actor,
) -> None:
    keys.press("3", "7", "6", "Return")
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+1", "3", "7", "8", "Return", "Return")
    settled()
    (made,) = incidents.open_ones(front_desk)
    assert made.kind == "fever"
    window: Any = page.window()
    qtbot.waitUntil(window.incident_banner.isVisible)
    assert page.verdict.words.text() == "发热，不放行，已报告工作组"
    incidents.on_my_way(manager, made.id)
    qtbot.waitUntil(lambda: window.incident_banner.going.text() == "前往处理：李主任")


def test_staff_are_measured_at_the_door_by_name(
    keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    keys.press("3", "6", "5", "Ctrl+2", "Return")
    settled()
    assert page.form.name.error.isVisible()
    assert page.form.temperature.text() == "365"
    keys.type("张敏")
    keys.press("Return")
    settled()
    (check,) = screening.today(front_desk)
    assert (check.person, check.name) == ("staff", "张敏")


def test_who_refuses_the_second_reading_is_reported_by_name(
    qtbot: QtBot, keys: Keys, page: ScreeningPage, settled: Settled, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "376", name="周先生"))
    qtbot.waitUntil(page.strip.isVisible)
    settled()
    keys.press("Alt+1")
    keys.press("F9")
    window: Any = page.window()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, IncidentDialog)
    keys.press("1", "Ctrl+Return")
    settled()
    (made,) = incidents.open_ones(front_desk)
    assert (made.kind, made.people) == ("refuses_rules", "周先生")
    assert made.check_id is not None


# --- epidemic and ordinary mode ------------------------------------------------------------------------


def test_one_switch_turns_the_mode_and_every_desk_sees_it(
    qtbot: QtBot,
    keys: Keys,
    page: ScreeningPage,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    settled: Settled,
) -> None:
    assert page.hall.mode.text() == "常态模式"
    managers: Any = make_window(manager).page()
    keys.press("Ctrl+M")
    settled()
    assert halls.settings(manager).epidemic
    qtbot.waitUntil(lambda: page.hall.mode.text() == "防疫模式")
    qtbot.waitUntil(lambda: managers.hall.mode.text() == "防疫模式")
    keys.press("Ctrl+M")
    settled()
    assert not halls.settings(manager).epidemic


@pytest.fixture
def form(
    page: ScreeningPage, manager: Actor, settled: Settled, small_hall: dict[str, Any]
) -> Callable[..., NewTicketDialog]:
    """Opens the form in epidemic mode, with a matter and the consent."""
    intake_checks.set_mode(manager, epidemic=True)

    def open_form(name: str = "", phone: str = "") -> NewTicketDialog:
        from hall_desk.services import matters

        matter = matters.get(manager, small_hall["medical"]).line
        dialog = NewTicketDialog(page.session, name=name, phone=phone, matter=matter)
        dialog.open()
        dialog.aside.consent.setChecked(True)
        settled()
        return dialog

    return open_form


def test_the_form_says_that_a_check_is_required_and_the_service_refuses(
    keys: Keys, form: Callable[..., NewTicketDialog], settled: Settled, front_desk: Actor
) -> None:
    dialog = form("于女士", "13800004127")
    band = dialog.aside.check
    assert band.isVisible()
    assert band.property("band") == "bad"
    assert "于女士今日没有测温合格记录" in band.sentence.text()
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert "须测温合格" in band.sentence.text()
    assert keys.focused() is dialog.aside.excuses["unnamed"]
    keys.press("Space")
    settled()
    assert band.property("band") == "warn"
    assert tickets.board(front_desk).queued == ()
    keys.press("Ctrl+Return")
    settled()
    assert [card.name for card in tickets.board(front_desk).queued] == ["于女士"]


def test_a_passed_check_lets_the_resident_be_served(
    keys: Keys, form: Callable[..., NewTicketDialog], settled: Settled, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "365", "于女士", "13800004127"))
    dialog = form("于女士", "13800004127")
    assert dialog.aside.check.property("band") == "ok"
    keys.press("Ctrl+Return")
    settled()
    assert len(tickets.board(front_desk).queued) == 1


def test_who_was_too_hot_cannot_be_excused(
    keys: Keys, form: Callable[..., NewTicketDialog], settled: Settled, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "376", "周先生", "13600008853"))
    dialog = form("周先生", "13600008853")
    assert dialog.aside.check.property("band") == "bad"
    assert "37.6" in dialog.aside.check.sentence.text()
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert not any(link.isVisible() for link in dialog.aside.excuses.values())
    assert tickets.board(front_desk).queued == ()


def test_f4_after_a_check_without_a_name_needs_no_excuse(
    keys: Keys,
    page: ScreeningPage,
    settled: Settled,
    manager: Actor,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    intake_checks.set_mode(manager, epidemic=True)
    keys.press("3", "6", "5", "F4")
    settled()
    window: Any = page.window()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    dialog.form.matter.edit.setFocus()
    keys.type("医保卡")
    settled()
    keys.press("Return")
    settled()
    dialog.form.name.edit.setFocus()
    keys.type("于女士")
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    assert [card.name for card in tickets.board(front_desk).queued] == ["于女士"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("what", ["head", "recheck", "form", "limit"])
def test_nothing_is_cut_off(
    language: str,
    what: str,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    i18n.use(language)
    intake_checks.set_mode(manager, epidemic=True)
    halls.change_setting(manager, "capacity", 120)
    passages.come_in(front_desk, NewPassage(new_id(), 99))
    held = screening.record(front_desk, NewCheck(new_id(), "37.6", name="欧阳先生"))
    window = make_window(manager)
    page: Any = window.page()
    if what == "recheck":
        page.start_recheck(held)
    elif what == "form":
        NewTicketDialog(window.session, name="欧阳女士", phone="13800004127").open()
    elif what == "limit":
        page.hall.change_limit()
    settled()
    assert cut_off(window) == []
