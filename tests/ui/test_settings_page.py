"""The page of the hall's settings: found, changed, refused, left half typed, and changed by two managers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import i18n
from hall_desk.services import accounts, hall_settings, halls, setting_forms
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.hall_settings import Wish
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.settings import SettingsPage
from hall_desk.ui.setting_pane import SettingPane
from tests.conftest import PIN
from tests.ui.conftest import Keys

if TYPE_CHECKING:
    from hall_desk.store.database import Store

Settled = Callable[[], None]


@pytest.fixture
def window(make_window: Callable[..., MainWindow], manager: Actor, small_hall: Any) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def page(window: MainWindow, keys: Keys, settled: Settled) -> SettingsPage:
    keys.press("Ctrl+F5")
    settled()
    shown = window.page()
    assert isinstance(shown, SettingsPage)
    return shown


@pytest.fixture
def colleague(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "周主任", Role.MANAGER, PIN)
    return accounts.sign_in(store, "周主任", PIN)


def names(page: SettingsPage) -> list[str]:
    return [row.name for row in page.model.rows]


def test_a_manager_finds_a_setting_and_changes_it_by_keys(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    assert names(page) == list(setting_forms.FORMS)
    keys.type("fcjg")
    assert names(page) == ["recheck_minutes"]
    keys.press("Return")
    keys.type("8")
    assert not page.pane.history.words()[0].startswith("2020")
    keys.press("Return")
    settled()
    assert halls.settings(manager).recheck_minutes == 8
    assert page.pane.history.words()[1:] == ["李主任 修改", "复测间隔：5 分钟 → 8 分钟"]
    assert page.model.rows[0].value == "8 分钟"
    assert not page.pane.save_button.isEnabled()


def test_undo_after_saving_gives_the_value_of_before(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    page.show_with(name="capacity")
    keys.type("40")
    keys.press("Ctrl+Return")
    settled()
    assert halls.settings(manager).capacity == 40
    keys.press("Ctrl+Z")
    settled()
    assert halls.settings(manager).capacity == 0
    assert page.pane.text() == "0"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_does_not_fit_is_said_below_the_field_and_stays_typed(
    make_window: Callable[..., MainWindow],
    keys: Keys,
    settled: Settled,
    manager: Actor,
    language: str,
) -> None:
    i18n.use(language)
    window = make_window(manager)
    window.session.go("settings", name="recheck_minutes")
    settled()
    page = window.page()
    assert isinstance(page, SettingsPage)
    for typed in ("soon", "900"):
        keys.press("Ctrl+A")
        keys.type(typed)
        keys.press("Ctrl+Return")
        settled()
        assert page.pane.field.error.text()
        assert page.pane.text() == typed
    assert "60" in page.pane.field.error.text()
    assert halls.settings(manager).recheck_minutes == 5


def test_what_is_half_typed_waits_and_is_marked(
    page: SettingsPage, keys: Keys, settled: Settled
) -> None:
    page.show_with(name="capacity")
    keys.type("35")
    keys.press("Esc")
    keys.press("Down")
    settled()
    assert page.pane.title.text() == "入口：工作人员测温次数"
    row = next(one for one in page.model.rows if one.name == "capacity")
    assert row.half_typed
    keys.press("Up")
    settled()
    assert page.pane.text() == "35"
    keys.press("Alt+X")
    assert page.pane.text() == "0"
    assert not any(one.half_typed for one in page.model.rows)


def test_as_usual_fills_in_and_is_saved_as_another_step(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    halls.change_setting(manager, "callback_minutes", 90)
    page.reload()
    settled()
    page.show_with(name="callback_minutes")
    settled()
    keys.press("Alt+T")
    assert (page.pane.text(), halls.settings(manager).callback_minutes) == ("30", 90)
    keys.press("Ctrl+Return")
    settled()
    assert halls.settings(manager).callback_minutes == 30


def test_each_shape_is_shown_and_saved(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    pane: SettingPane = page.pane
    for name, fill, kept in (
        ("epidemic", lambda: pane.yes_no.setChecked(True), True),
        ("open_weekdays", lambda: pane.weekdays.boxes["6"].setChecked(True), "123456"),
        ("hours", lambda: pane.hours.setText("8:30-12:00 13:00-16:30"), "8:30-12:00 13:00-16:30"),
        (
            "closed_days",
            lambda: pane.lines.setPlainText("2020-05-01~2020-05-02"),
            ("2020-05-01", "2020-05-02"),
        ),
        ("threshold_tenths", lambda: pane.number.setText("37.5"), 375),
        ("priorities", lambda: pane.lines.setPlainText("残疾人\n军属"), ("disabled", "军属")),
    ):
        page.show_with(name=name)
        settled()
        fill()
        keys.press("Ctrl+Return")
        settled()
        assert getattr(halls.settings(manager), name) == kept
        assert pane.field.error.text() == ""


def test_two_managers_decide_what_both_changed(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor, colleague: Actor
) -> None:
    page.show_with(name="capacity")
    keys.type("35")
    hall_settings.change(colleague, {"capacity": Wish(0, 50)})
    keys.press("Ctrl+Return")
    settled()
    assert halls.settings(manager).capacity == 50
    assert page.pane.field.strip.asking
    assert "50 人" in page.pane.field.strip.words.text()
    assert page.pane.text() == "35"
    page.pane.field.strip.keep_link.click()
    keys.press("Ctrl+Return")
    settled()
    assert halls.settings(manager).capacity == 35


def test_what_another_manager_changed_appears_where_nothing_is_typed(
    page: SettingsPage, settled: Settled, colleague: Actor
) -> None:
    page.show_with(name="capacity")
    settled()
    hall_settings.change(colleague, {"capacity": Wish(0, 50)})
    page.reload()
    settled()
    assert page.pane.text() == "50"


def test_taking_the_others_value_ends_the_conflict(
    page: SettingsPage, keys: Keys, settled: Settled, manager: Actor, colleague: Actor
) -> None:
    page.show_with(name="capacity")
    keys.type("35")
    hall_settings.change(colleague, {"capacity": Wish(0, 50)})
    page.reload()
    settled()
    assert page.pane.field.strip.asking
    page.pane.field.strip.take_link.click()
    assert page.pane.text() == "50"
    assert not page.pane.save_button.isEnabled()


def test_nothing_found_is_said(page: SettingsPage, keys: Keys) -> None:
    keys.type("zzzz")
    assert page.table.isHidden()
    assert "zzzz" in page.empty.text()


def test_an_incident_of_the_halls_own_kind_has_the_next_number(
    window: MainWindow, keys: Keys, settled: Settled, manager: Actor
) -> None:
    halls.change_setting(manager, "incident_kinds", ("停电", "漏水"))
    keys.press("F9")
    settled()
    dialog = window.findChild(IncidentDialog)
    assert dialog is not None
    keys.press("2")
    dialog.kind.setFocus()
    keys.press("8")
    assert (dialog.kind.value(), dialog.own_kind.value()) == (None, "停电")
    keys.press("Alt+3")
    assert (dialog.kind.value(), dialog.own_kind.value()) == ("illness", None)
    keys.press("Alt+9")
    keys.type("卫生间")
    keys.press("Ctrl+Return")
    settled()
    assert not dialog.is_open()
