"""Incidents by keys: reported from anywhere, seen at once, answered, dealt with and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import accounts, halls, incidents, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.incidents import NewIncident, NewStep
from hall_desk.services.tickets import NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.hall_numbers import HallNumbersDialog
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.incidents import IncidentsPage
from tests.conftest import PIN

if TYPE_CHECKING:
    from conftest import Keys

Settled = Callable[[], None]


@pytest.fixture
def group(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "王组长", Role.WORKING_GROUP, PIN)
    return accounts.sign_in(store, "王组长", PIN)


@pytest.fixture
def made(front_desk: Actor) -> incidents.Incident:
    """A dispute that the front desk reported."""
    return incidents.open(
        front_desk, NewIncident(new_id(), "dispute", "3 号窗口", "", "两位居民争执")
    )


@pytest.fixture
def page(
    make_window: Callable[..., MainWindow], group: Actor, made: incidents.Incident, settled: Settled
) -> IncidentsPage:
    window = make_window(group)
    window.go("incidents")
    settled()
    page = window.page()
    assert isinstance(page, IncidentsPage)
    return page


# --- reporting -------------------------------------------------------------------------------------


def test_two_keys_before_typing_and_one_after(
    keys: Keys, make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> None:
    window = make_window(front_desk)
    before_typing = ("F9", "4")
    keys.press(*before_typing)
    assert len(before_typing) <= 3
    (dialog,) = window.dialogs()
    assert isinstance(dialog, IncidentDialog)
    assert keys.focused() is dialog.what
    keys.type("插队争执，𬭊先生情绪激动")
    keys.press("Ctrl+Return")
    settled()
    (shown,) = incidents.open_ones(front_desk)
    assert (shown.kind, shown.place, shown.what) == (
        "dispute",
        "大厅前台",
        "插队争执，𬭊先生情绪激动",
    )
    assert window.dialogs() == []


def test_enter_pressed_twice_makes_one_incident(
    keys: Keys, make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> None:
    make_window(front_desk)
    keys.press("F9", "3", "Ctrl+Return", "Ctrl+Return")
    settled()
    assert len(incidents.open_ones(front_desk)) == 1


def test_a_digit_in_the_text_is_a_digit_and_the_kind_can_still_be_changed(
    keys: Keys, make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> None:
    make_window(front_desk)
    keys.press("F9", "1")
    keys.type("3 人围住 2 号窗口")
    keys.press("Alt+4", "Ctrl+Return")
    settled()
    (shown,) = incidents.open_ones(front_desk)
    assert (shown.kind, shown.what) == ("dispute", "3 人围住 2 号窗口")


def test_what_is_missing_is_said_beside_its_field_and_all_else_stays(
    keys: Keys, make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> None:
    window = make_window(front_desk)
    keys.press("F9")
    (dialog,) = window.dialogs()
    assert isinstance(dialog, IncidentDialog)
    dialog.people.edit.setFocus()
    keys.type("周先生")
    dialog.place.edit.selectAll()
    dialog.place.edit.setFocus()
    keys.press("Delete")
    keys.press("Ctrl+Return")
    settled()
    assert dialog.kind_field.error.isVisible()
    keys.press("7", "Ctrl+Return")
    settled()
    assert not dialog.kind_field.error.isVisible()
    assert dialog.place.error.isVisible()
    assert dialog.people.text() == "周先生"
    keys.type("二楼")
    keys.press("Return")
    settled()
    assert dialog.what_field.error.isVisible()
    assert incidents.open_ones(front_desk) == []
    keys.type("走廊积水")
    keys.press("Ctrl+Return")
    settled()
    assert [one.place for one in incidents.open_ones(front_desk)] == ["二楼"]


def test_it_opens_over_another_dialog_and_goes_back_to_it(
    keys: Keys, make_window: Callable[..., MainWindow], front_desk: Actor, settled: Settled
) -> None:
    window = make_window(front_desk)
    keys.press("F4")
    settled()
    (form,) = window.dialogs()
    assert isinstance(form, NewTicketDialog)
    form.form.name.edit.setFocus()
    keys.type("于女士")
    keys.press("F9", "F9")
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog, IncidentDialog]
    keys.press("3", "Ctrl+Return")
    settled()
    assert window.dialogs() == [form]
    assert form.form.name.text() == "于女士"
    assert keys.focused() is form.form.name.edit
    assert len(incidents.open_ones(front_desk)) == 1


def test_a_window_clerk_reports_the_own_window(
    keys: Keys, make_window: Callable[..., MainWindow], clerk: Actor, settled: Settled
) -> None:
    make_window(clerk)
    keys.press("F9", "6", "Ctrl+Return")
    settled()
    assert [one.place for one in incidents.open_ones(clerk)] == ["3 号窗口"]


def test_from_a_ticket_it_is_about_that_ticket(
    qtbot: QtBot,
    keys: Keys,
    make_window: Callable[..., MainWindow],
    clerk: Actor,
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    new = NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    ticket = tickets.open(front_desk, new)
    window = make_window(clerk)
    window.go("window")
    settled()
    keys.press("F6")
    settled()
    page: Any = window.page()
    qtbot.waitUntil(lambda: page.ticket.ticket is not None)
    keys.press("F9", "5", "Ctrl+Return")
    settled()
    (shown,) = incidents.open_ones(clerk)
    assert (shown.ticket_id, shown.ticket_number, shown.people) == (
        ticket.card.id,
        "A001",
        "于女士",
    )


# --- the strip across all pages ----------------------------------------------------------------------


def test_the_working_group_sees_it_at_once_and_answers_with_one_key(
    qtbot: QtBot,
    keys: Keys,
    make_window: Callable[..., MainWindow],
    group: Actor,
    front_desk: Actor,
    settled: Settled,
) -> None:
    window = make_window(group)
    banner = window.incident_banner
    assert not banner.isVisible()
    incidents.open(front_desk, NewIncident(new_id(), "fever", "门口", "", "复测 37.8"))
    qtbot.waitUntil(banner.isVisible)
    assert banner.words.text() == "发热 · 门口"
    assert banner.going.text() == "尚无人响应"
    assert banner.property("band") == "bad"
    keys.press("Shift+F9")
    settled()
    qtbot.waitUntil(lambda: banner.going.text() == "前往处理：王组长")
    assert not banner.go_button.isVisible()
    assert banner.property("band") == "warn"
    keys.press("Shift+F9")
    settled()
    (shown,) = incidents.open_ones(group)
    assert shown.going == ("王组长",)
    incidents.close(group, shown.id, "已送诊")
    qtbot.waitUntil(banner.isHidden)


def test_the_reporter_sees_who_is_going_and_other_desks_do_not(
    qtbot: QtBot,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    clerk: Actor,
    group: Actor,
    made: incidents.Incident,
    settled: Settled,
) -> None:
    at_desk, at_window = make_window(front_desk), make_window(clerk)
    banner = at_desk.incident_banner
    assert banner.isVisible()
    assert not banner.go_button.isVisible()
    assert not at_window.incident_banner.isVisible()
    incidents.on_my_way(group, made.id)
    qtbot.waitUntil(lambda: banner.going.text() == "前往处理：王组长")


def test_the_one_nobody_answered_comes_first_and_the_others_are_counted(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    group: Actor,
    made: incidents.Incident,
) -> None:
    incidents.on_my_way(group, made.id)
    incidents.open(front_desk, NewIncident(new_id(), "equipment", "二楼"))
    banner = make_window(group).incident_banner
    assert banner.words.text() == "设备故障 · 二楼"
    assert banner.more.text() == "另有 1 件未办结"


def test_past_the_deadline_it_is_red_again(
    make_window: Callable[..., MainWindow], store: Store, group: Actor, made: incidents.Incident
) -> None:
    incidents.on_my_way(group, made.id)
    window = make_window(group)
    assert window.incident_banner.property("band") == "warn"
    store.freeze(store.now() + timedelta(minutes=21))
    window.session.ticked.emit(store.now())
    assert window.incident_banner.property("band") == "bad"
    assert "超时 1 分钟" in window.incident_banner.details.text()


def test_ctrl_f9_shows_the_page(
    keys: Keys,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    made: incidents.Incident,
    settled: Settled,
) -> None:
    window = make_window(front_desk)
    keys.press("Ctrl+F9")
    settled()
    page = window.page()
    assert isinstance(page, IncidentsPage)
    assert page.details.incident() is not None
    # Who does not handle incidents adds steps, and that is all.
    assert page.details.step_button.isVisible()
    assert not page.details.close_button.isVisible()
    assert not page.details.go_button.isVisible()


# --- the page ---------------------------------------------------------------------------------------


def test_answered_dealt_with_and_closed_by_keys(
    keys: Keys, page: IncidentsPage, settled: Settled, group: Actor, made: incidents.Incident
) -> None:
    assert keys.focused() is page.table
    keys.press("Alt+G")
    settled()
    keys.press("Return")  # from the list into the field
    assert keys.focused() is page.details.text.edit
    keys.type("已请双方到调解室")
    keys.press("Return")
    settled()
    assert page.details.text.text() == ""
    keys.type("双方和解")
    keys.press("Ctrl+Return")
    settled()
    done = incidents.get(group, made.id)
    assert [(one.kind, one.text) for one in done.steps] == [
        ("opened", ""),
        ("on_my_way", ""),
        ("step", "已请双方到调解室"),
        ("closed", "双方和解"),
    ]
    assert page.details.steps.texts()[-1] == "王组长 办结：双方和解"
    assert not page.details.close_button.isVisible()
    assert page.model.row(0).state == "closed"


def test_closing_without_a_result_is_refused_beside_the_field(
    keys: Keys, page: IncidentsPage, settled: Settled, group: Actor, made: incidents.Incident
) -> None:
    keys.press("Ctrl+Return")
    settled()
    assert page.details.text.error.text() == "请写明处理结果再办结。"
    assert incidents.get(group, made.id).open
    keys.press("Return")
    settled()
    assert page.details.text.error.isVisible()
    assert len(incidents.get(group, made.id).steps) == 1


def test_enter_pressed_twice_is_one_step(
    keys: Keys, page: IncidentsPage, settled: Settled, group: Actor, made: incidents.Incident
) -> None:
    keys.press("Return")
    keys.type("已到场")
    keys.press("Return", "Return")
    settled()
    assert [one.kind for one in incidents.get(group, made.id).steps] == ["opened", "step"]


def test_closed_by_another_pc_meanwhile_it_says_by_whom_and_keeps_what_was_typed(
    qtbot: QtBot,
    keys: Keys,
    page: IncidentsPage,
    settled: Settled,
    manager: Actor,
    made: incidents.Incident,
) -> None:
    keys.press("Return")
    keys.type("双方和解")
    incidents.close(manager, made.id, "民警已带离")
    keys.press("Ctrl+Return")
    settled()
    qtbot.waitUntil(lambda: not page.details.close_button.isVisible())
    assert page.details.text.error.text() == "李主任已于 10:03 办结此情况，未作更改。"
    assert page.details.text.text() == "双方和解"
    assert incidents.get(manager, made.id).result == "民警已带离"


def test_closed_before_the_key_was_pressed_it_says_the_same(
    qtbot: QtBot,
    keys: Keys,
    page: IncidentsPage,
    settled: Settled,
    manager: Actor,
    made: incidents.Incident,
) -> None:
    keys.press("Return")
    keys.type("双方和解")
    incidents.close(manager, made.id, "民警已带离")
    qtbot.waitUntil(lambda: not page.details.close_button.isVisible())
    keys.press("Ctrl+Return")
    settled()
    assert page.details.text.error.text() == "李主任已于 10:03 办结此情况，未作更改。"
    assert page.details.text.text() == "双方和解"


def test_what_is_half_typed_stays_with_its_incident(
    qtbot: QtBot,
    keys: Keys,
    page: IncidentsPage,
    settled: Settled,
    front_desk: Actor,
    made: incidents.Incident,
) -> None:
    keys.press("Return")
    keys.type("正在了解")
    incidents.step(front_desk, NewStep(new_id(), made.id, "又来一人"))
    qtbot.waitUntil(lambda: len(page.details.steps.texts()) == 2)
    assert page.details.text.text() == "正在了解"
    urgent = incidents.open(front_desk, NewIncident(new_id(), "illness", "门厅"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    settled()
    page.table.setFocus()
    keys.press("Up")
    settled()
    shown = page.details.incident()
    assert shown is not None
    assert shown.id == urgent.id
    assert page.details.text.text() == ""
    keys.press("Down")
    settled()
    assert page.details.text.text() == "正在了解"


def test_an_overdue_one_is_red(page: IncidentsPage, store: Store) -> None:
    chip = page.model.columns[3]
    assert chip.chip is not None
    row = page.model.row(0)
    assert (chip.text(row), chip.chip(row)) == ("剩 20 分钟", "info")
    store.freeze(store.now() + timedelta(minutes=18))
    assert (chip.text(row), chip.chip(row)) == ("剩 2 分钟", "warn")
    store.freeze(store.now() + timedelta(minutes=3))
    assert (chip.text(row), chip.chip(row)) == ("超时 1 分钟", "bad")


def test_ctrl_p_prints_one_page(
    qtbot: QtBot, keys: Keys, page: IncidentsPage, settled: Settled
) -> None:
    with qtbot.waitSignal(page.session.paper_told):
        keys.press("Ctrl+P")
    settled()
    assert len(list(page.session.papers.glob("*incident*.pdf"))) == 1


def test_a_manager_changes_the_deadlines(
    qtbot: QtBot,
    keys: Keys,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    made: incidents.Incident,
    settled: Settled,
) -> None:
    window = make_window(manager)
    window.go("incidents")
    settled()
    page: Any = window.page()
    page.deadlines_button.click()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, HallNumbersDialog)
    keys.type("abc")
    keys.press("Return")
    settled()
    assert dialog.fields["incident_minutes_refuses_rules"].error.isVisible()
    keys.type("２５")  # full-width, and over what was selected
    # What an input method commits may be a scan: it is held for a blink.
    field = dialog.fields["incident_minutes_refuses_rules"]
    qtbot.waitUntil(lambda: field.text() == "２５")
    keys.press("Return")
    settled()
    assert window.dialogs() == []
    settings = halls.settings(manager)
    assert (settings.incident_minutes_refuses_rules, settings.incident_minutes_fever) == (25, 10)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("what", ["page", "report", "deadlines"])
def test_nothing_is_cut_off(
    language: str,
    what: str,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    front_desk: Actor,
    group: Actor,
    settled: Settled,
) -> None:
    i18n.use(language)
    for kind in incidents.KINDS:
        new = NewIncident(new_id(), kind, "门口体温测量岗" * 3, "欧阳先生", "情况" * 60)
        one = incidents.open(front_desk, new)
        incidents.step(front_desk, NewStep(new_id(), one.id, "已劝导" * 30))
        incidents.on_my_way(group, one.id)
    window = make_window(manager)
    window.go("incidents")
    settled()
    page: Any = window.page()
    if what == "report":
        window.report_incident()
    elif what == "deadlines":
        page.ask_deadlines()
    settled()
    page.layout().activate()
    assert cut_off(window) == []
