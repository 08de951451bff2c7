"""Signing in by name and PIN; every refusal is said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from hall_desk.services import halls
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background

Settled = Callable[[], None]
PIN = "2468"


@pytest.fixture
def screen(
    store: Store, background: Background, front_desk: Actor, show: Callable[..., None]
) -> SignIn:
    screen = SignIn(store, background, halls.info(store))
    show(screen)
    return screen


def test_name_pin_enter(keys: Keys, screen: SignIn, qtbot: QtBot) -> None:
    assert screen.list.count() == 2
    keys.type("陈")
    assert screen.list.count() == 1
    keys.press("Return")
    assert screen.name.text() == "陈晓"
    keys.type(PIN)
    with qtbot.waitSignal(screen.signed_in) as signed_in:
        keys.press("Return")
    assert signed_in.args is not None
    actor = signed_in.args[0]
    assert (actor.name, actor.letter) == ("陈晓", "A")
    assert screen.pin.text() == ""


@pytest.mark.parametrize("typed", ["cx", "chenx", "晓"])
def test_a_name_is_found_by_pinyin_and_initials(keys: Keys, screen: SignIn, typed: str) -> None:
    keys.type(typed)
    keys.press("Return")
    assert screen.name.text() == "陈晓"


def test_the_list_is_walked_by_arrows(keys: Keys, screen: SignIn) -> None:
    keys.press("Down", "Down", "Return")
    assert screen.name.text() == "陈晓"
    assert keys.focused() is screen.pin.edit


def test_a_name_can_be_clicked(qtbot: QtBot, screen: SignIn, keys: Keys) -> None:
    place = screen.list.visualItemRect(screen.list.item(0)).center()
    qtbot.mouseClick(screen.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert screen.name.text() == "李主任"
    assert keys.focused() is screen.pin.edit


def test_wrong_pins_are_counted_and_then_locked(
    keys: Keys, screen: SignIn, settled: Settled
) -> None:
    keys.type("陈晓")
    keys.press("Return")
    said = []
    for _try in range(5):
        keys.type("1357")
        keys.press("Return")
        settled()
        assert screen.pin.error.isVisible()
        assert keys.focused() is screen.pin.edit
        said.append(screen.pin.error.text())
    assert "4" in said[0]
    assert "1" in said[3]
    assert said[4] != said[3]
    keys.type(PIN)  # the right one comes too late
    keys.press("Return")
    settled()
    assert screen.pin.error.isVisible()
    assert screen.name.text() == "陈晓"


@pytest.mark.parametrize(
    ("name", "pin", "letter", "field"),
    [
        ("", "", "A", "name"),
        ("张三", PIN, "A", "name"),
        ("陈晓", "", "A", "pin"),
        ("陈晓", PIN, "1", "letter"),
    ],
)
def test_each_refusal_has_its_place(
    keys: Keys, screen: SignIn, settled: Settled, name: str, pin: str, letter: str, field: str
) -> None:
    screen.name.setFocus()
    keys.type(name)
    screen.pin.setFocus()
    keys.type(pin)
    screen.letter.set_text(letter)
    screen.button.click()
    settled()
    for other in ("name", "pin", "letter"):
        shown = getattr(screen, other).error.isVisible()
        assert shown == (other == field), other
    assert screen.button.isEnabled()


def test_the_pin_is_never_shown(screen: SignIn) -> None:
    assert screen.pin.edit.echoMode() == screen.pin.edit.EchoMode.Password


def test_the_other_language_is_one_click_away(screen: SignIn, qtbot: QtBot) -> None:
    with qtbot.waitSignal(screen.language_picked) as picked:
        screen.language.click()
    assert picked.args == ["en"]
