"""Thermometer and card reader at the screens: readings go where typing would, and none is lost or kept too long."""

from __future__ import annotations

import os
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from hall_desk.devices.instruments import IdCard, Temperature
from hall_desk.services import screening, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.devices import DevicesDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices
from hall_desk.ui.pages.screening import ScreeningPage

if TYPE_CHECKING:
    from conftest import Keys

Settled = Callable[[], None]
CARD = IdCard("于丽", "11010519491231002X")


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


@pytest.fixture
def measure(window: MainWindow) -> Callable[[int], None]:
    """Gives a reading, in tenths, as the thermometer does."""
    return lambda tenths: window.devices.thermometer.read.emit(Temperature(tenths))


Measure = Callable[[int], None]


@pytest.fixture
def read(window: MainWindow) -> Callable[[IdCard], None]:
    return window.devices.id_reader.read.emit  # type: ignore[no-any-return]


Read = Callable[[IdCard], None]


# --- the thermometer -----------------------------------------------------------------------------------------


def test_a_reading_is_filled_in_and_the_clerk_presses_enter(
    keys: Keys, page: ScreeningPage, settled: Settled, measure: Measure, front_desk: Actor
) -> None:
    measure(376)
    assert page.form.temperature.text() == "37.6"
    assert page.form.temperature.edit.property("high") == "yes"
    assert keys.focused() is page.form.temperature.edit
    settled()
    assert screening.today(front_desk) == []
    keys.press("Return")
    settled()
    assert [check.tenths for check in screening.today(front_desk)] == [376]


def test_whoever_types_a_name_goes_on_typing_it(
    keys: Keys, page: ScreeningPage, settled: Settled, measure: Measure, front_desk: Actor
) -> None:
    page.form.name.edit.setFocus()
    keys.type("于")
    measure(365)
    keys.type("女士")
    keys.press("Return")
    settled()
    (check,) = screening.today(front_desk)
    assert (check.tenths, check.name) == (365, "于女士")


def test_of_two_readings_the_first_is_offered_back(
    keys: Keys, page: ScreeningPage, measure: Measure
) -> None:
    measure(382)
    measure(364)
    assert page.form.temperature.text() == "36.4"
    assert not page.form.reading.isHidden()
    assert "38.2" in page.form.reading.text()
    keys.press("Alt+T")
    assert page.form.temperature.text() == "38.2"
    assert page.form.reading.isHidden()


def test_a_reading_no_person_has_is_refused_as_when_typed_and_pushes_none_out(
    keys: Keys, page: ScreeningPage, settled: Settled, measure: Measure, front_desk: Actor
) -> None:
    measure(365)
    measure(221)
    assert page.form.temperature.text() == "36.5"
    assert "22.1" in page.form.reading.text()
    page.form.temperature.clear()
    measure(221)
    keys.press("Return")
    settled()
    assert screening.today(front_desk) == []
    assert "34.0" in page.form.temperature.error.text()
    assert page.form.temperature.text() == "22.1"


def test_a_reading_while_a_check_is_saved_is_the_next_persons(
    keys: Keys, page: ScreeningPage, settled: Settled, measure: Measure, front_desk: Actor
) -> None:
    measure(365)
    page.save()
    measure(365)  # as warm as the one before
    settled()
    assert [check.tenths for check in screening.today(front_desk)] == [365]
    assert page.form.temperature.text() == "36.5"


@pytest.mark.parametrize("elsewhere", ["dialog", "page"])
def test_a_reading_while_something_else_is_open_is_offered_and_not_lost(
    keys: Keys,
    window: MainWindow,
    page: ScreeningPage,
    settled: Settled,
    measure: Measure,
    notices: Notices,
    elsewhere: str,
) -> None:
    if elsewhere == "dialog":
        window.new_ticket()
    else:
        window.go("proxy")
    settled()
    measure(366)
    assert page.form.temperature.text() == ""
    assert "36.6" in notices.text()
    window.go("screening")
    assert "10:03 测得 36.6" in page.form.reading.text()
    keys.press("Alt+T")
    assert page.form.temperature.text() == "36.6"
    assert keys.focused() is page.form.temperature.edit


def test_an_offered_reading_is_gone_with_the_person(
    page: ScreeningPage, measure: Measure, qtbot: QtBot, settled: Settled
) -> None:
    page.offer_reading(Temperature(366))
    measure(365)
    page.save()
    settled()
    assert page.form.reading.isHidden()
    page.offer_reading(Temperature(366))
    page.form._forgetting.timeout.emit()
    assert page.form.reading.isHidden()


def test_a_locked_screen_takes_nothing(
    window: MainWindow, page: ScreeningPage, measure: Measure, read: Read, settled: Settled
) -> None:
    window.lock.lock()
    settled()
    measure(365)
    read(CARD)
    assert page.form.is_empty()


# --- the card reader -----------------------------------------------------------------------------------------


def test_a_card_fills_the_intake_form(
    keys: Keys, window: MainWindow, settled: Settled, read: Read
) -> None:
    window.new_ticket()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    read(CARD)
    settled()
    assert dialog.form.name.text() == "于丽"
    assert dialog.form.id_number.number() == CARD.number
    assert CARD.number not in dialog.form.id_number.edit.text()
    assert keys.focused() is dialog.form.phone.edit


def test_a_card_gives_the_name_at_the_door(page: ScreeningPage, read: Read) -> None:
    read(CARD)
    assert page.form.name.text() == "于丽"
    assert CARD.number not in str(page.form.new_check())


def test_elsewhere_a_card_finds_its_tickets(
    window: MainWindow,
    settled: Settled,
    read: Read,
    notices: Notices,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "于丽", id_number=CARD.number, consent=True),
    )
    window.go("consultation")
    settled()
    read(CARD)
    assert notices.text() == "已读取身份证：于** 110***********002X"
    assert CARD.number not in notices.text()
    notices.link.click()
    settled()
    page: Any = window.page()
    assert page.name == "proxy"
    assert page.panel.ticket.card.id == ticket.card.id


def test_a_card_nobody_wanted_is_forgotten(
    window: MainWindow, settled: Settled, read: Read, notices: Notices
) -> None:
    window.go("consultation")
    read(CARD)
    window.devices._forgetting.timeout.emit()
    notices.link.click()
    settled()
    assert "已清除" in notices.text()


def test_a_form_without_a_place_says_so(
    window: MainWindow, settled: Settled, read: Read, notices: Notices
) -> None:
    window.slip()
    settled()
    read(CARD)
    assert "无处填写" in notices.text()
    assert len(window.dialogs()) == 1


def test_a_scanned_burst_is_a_card_and_its_rest_is_dropped(
    window: MainWindow, page: ScreeningPage, caplog: pytest.LogCaptureFixture
) -> None:
    window.take_scan(f"于丽\t女\t汉\t北京市西城区1号\t{CARD.number}")
    assert page.form.name.text() == "于丽"
    assert CARD.number not in caplog.text


# --- the dialog ----------------------------------------------------------------------------------------------


@pytest.fixture
def port(tmp_path: Path) -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def test_a_thermometer_is_set_up_tried_and_kept(
    qtbot: QtBot, keys: Keys, window: MainWindow, settled: Settled, port: tuple[int, str]
) -> None:
    master, name = port
    picked: list[dict[str, str]] = []
    window.devices_picked.connect(picked.append)
    window.show_devices()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DevicesDialog)
    settled()
    assert keys.focused() is dialog.port.edit
    keys.type(name)
    keys.press("Tab")
    qtbot.waitUntil(lambda: dialog.state.text() == "已连接")
    os.write(master, b"HELLO\r\nT=36.5C\r\n")
    qtbot.waitUntil(lambda: dialog.line.text() == "T=36.5C")
    assert dialog.reading.text() == "36.5 ℃"
    dialog.pattern.set_text("T=[0-9.]+")
    keys.press("Ctrl+Return")
    assert "括号" in dialog.pattern.error.text()
    assert dialog.is_open()
    dialog.pattern.set_text("")
    keys.press("Ctrl+Return")
    assert picked == [{"thermometer": f"serial:{name}?baud=9600", "thermometer_pattern": ""}]
    assert not dialog.is_open()
    page: Any = window.page()
    os.write(master, b"36.8\r\n")
    qtbot.waitUntil(lambda: page.form.temperature.text() == "36.8")


def test_leaving_the_dialog_changes_nothing(
    qtbot: QtBot, keys: Keys, window: MainWindow, settled: Settled, port: tuple[int, str]
) -> None:
    window.show_devices()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DevicesDialog)
    dialog.port.set_text(port[1])
    keys.press("Tab")
    qtbot.waitUntil(lambda: window.devices.thermometer.state == "ready")
    keys.press("Escape")
    assert window.devices.thermometer.state == "off"


def test_card_reader_and_scanner_are_tried_without_opening_anything(
    window: MainWindow, settled: Settled, read: Read, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    )
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    window.show_devices()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DevicesDialog)
    read(CARD)
    assert dialog.card.text() == "已识别：于**，110***********002X"
    for scanned, said in (
        (code, "本大厅的码，A001"),
        (code[:-1] + ("0" if code[-1] != "0" else "1"), "有误"),
        ("6901234567892", "13 个字符"),
    ):
        window.take_scan(scanned)
        assert said in dialog.code.text()
    assert window.page().name == "screening"


def test_settings_that_cannot_be_are_said_and_the_desk_goes_on(
    make_window: Callable[..., MainWindow], window: MainWindow, notices: Notices
) -> None:
    window.devices.stop()
    window.session.settings = replace(window.session.settings, thermometer="serial:")
    window.devices.start()
    assert "端口" in notices.text()
    assert window.devices.thermometer.state == "off"
