"""The card in the empty part of a page: there in a new hall, for whoever may, and gone with the first row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hall_desk import i18n
from hall_desk.services import screening, tickets
from hall_desk.services.accounts import RIGHTS, Role
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui import key_map
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.first_steps import NO_MATTERS, PURPOSES, FirstSteps
from hall_desk.ui.help import HelpSheet

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.session import Session

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]
PAGES = ("screening", "consultation", "proxy", "window", "callbacks", "incidents", "foyer")


@pytest.fixture(autouse=True)
def _usual_keys() -> Iterator[None]:
    yield
    key_map.use({})


def cards(window: MainWindow) -> list[FirstSteps]:
    return [card for card in window.page().findChildren(FirstSteps) if card.isVisible()]


def card(window: MainWindow) -> FirstSteps:
    (shown,) = cards(window)
    return shown


def words(shown: FirstSteps) -> list[str]:
    return [button.text() for button in shown.buttons]


# --- what they say --------------------------------------------------------------------------------------


def test_every_step_has_a_key_of_the_program_and_a_right() -> None:
    for contents in (*PURPOSES.values(), NO_MATTERS):
        for step in contents.steps:
            known = key_map.is_name(step.key) or "+" in step.key or step.key == "Enter"
            assert known, step
            assert step.right in RIGHTS or not step.right


# --- a new hall ---------------------------------------------------------------------------------------------


def test_a_new_hall_says_how_windows_and_matters_are_made(
    make_window: MakeWindow, manager: Actor, settled: Settled
) -> None:
    window = make_window(manager)
    for name in ("consultation", "proxy", "window"):
        window.go(name)
        settled()
        assert card(window).purpose.text() == "大厅还没有窗口和事项。"
        assert words(card(window))[0] == "导入表格，或新增第一个窗口"


def test_a_clerk_is_not_told_a_managers_step(
    make_window: MakeWindow, front_desk: Actor, settled: Settled
) -> None:
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    assert card(window).purpose.text() == "大厅还没有窗口和事项，请管理人员先导入。"
    assert words(card(window)) == ["先登记一次体温", "情况上报"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("role", ["front_desk", "clerk", "manager"])
def test_every_empty_page_has_one_that_fits_its_place(
    role: str,
    language: str,
    request: pytest.FixtureRequest,
    make_window: MakeWindow,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    i18n.use(language)
    window = make_window(request.getfixturevalue(role))
    for name in PAGES:
        if name not in window.pages:
            continue
        window.go(name)
        settled()
        shown = card(window)
        place = shown.parentWidget()
        assert place.rect().contains(shown.geometry()), name
        for part in (shown.purpose, *shown.buttons):
            if part.isVisible():
                assert shown.rect().contains(part.geometry()), (name, part.text())
        for button in shown.buttons:
            assert button.width() >= button.sizeHint().width() or not button.isVisible(), name


def test_only_what_somebody_may_do_is_offered(
    make_window: MakeWindow, clerk: Actor, front_desk: Actor, settled: Settled
) -> None:
    offered = {}
    for actor in (clerk, front_desk):
        window = make_window(actor)
        window.go("proxy")
        settled()
        offered[actor.role] = words(card(window))
        window.hide()
    assert offered == {
        Role.WINDOW_CLERK: ["去窗口办理", "先上岗"],
        Role.FRONT_DESK: ["新建第一张代办单", "先上岗"],
    }


# --- what they do --------------------------------------------------------------------------------------------


def test_a_step_does_what_its_key_does(
    make_window: MakeWindow,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
    keys: Keys,
    settled: Settled,
) -> None:
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    qtbot.mouseClick(card(window).buttons[0], Qt.MouseButton.LeftButton)
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]
    keys.press("Escape")
    window.go("incidents")
    settled()
    window.page().arrive()
    keys.press("Return")
    assert [type(dialog) for dialog in window.dialogs()] == [IncidentDialog]


def test_it_names_the_key_of_this_pc_and_still_does_it(
    make_window: MakeWindow,
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    key_map.use({"new_ticket": "Ctrl+T"})
    window = make_window(front_desk)
    window.go("proxy")
    settled()
    button = card(window).buttons[0]
    assert button.accessibleDescription() == "Ctrl+T"
    button.click()
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog]


def test_it_leads_to_the_help_of_the_page(
    make_window: MakeWindow, clerk: Actor, qtbot: QtBot, settled: Settled
) -> None:
    window = make_window(clerk)
    window.go("window")
    settled()
    qtbot.mouseClick(card(window).more, Qt.MouseButton.LeftButton)
    (sheet,) = window.dialogs()
    assert isinstance(sheet, HelpSheet)
    assert sheet.name == "window"


# --- going away ----------------------------------------------------------------------------------------------


def test_it_goes_with_the_first_row(
    make_window: MakeWindow,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
    settled: Settled,
) -> None:
    window = make_window(front_desk)
    window.go("screening")
    settled()
    shown = card(window)
    before = window.page().form.geometry()
    screening.record(front_desk, NewCheck(new_id(), "36.5"))
    qtbot.waitUntil(shown.isHidden)
    assert window.page().form.geometry() == before, "nothing moves"
    window.go("proxy")
    settled()
    shown = card(window)
    tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127",
            consent=True, papers=(NewPaper("身份证"),),
        ),
    )  # fmt: skip
    qtbot.waitUntil(shown.isHidden)
    window.page().own_desk.setChecked(True)
    settled()
    assert cards(window) == []


def test_a_window_with_work_says_what_is_next_instead(
    make_window: MakeWindow,
    clerk: Actor,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
    settled: Settled,
) -> None:
    window = make_window(clerk)
    window.go("window")
    settled()
    shown = card(window)
    tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127",
            consent=True, papers=(NewPaper("身份证"),),
        ),
    )  # fmt: skip
    qtbot.waitUntil(shown.isHidden)
    assert window.page().ticket.nothing.text() == "手上没有单。按 F6 接下一单。"


def test_an_empty_report_and_an_empty_journal_say_so(
    make_window: MakeWindow,
    manager: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    window = make_window(manager)
    window.go("report")
    settled()
    assert words(card(window)) == ["测温登记"]
    window.go("journal")
    settled()
    assert cards(window) == []
    page = window.page()
    page.number.setText("Z999")
    page.number.textEdited.emit("Z999")
    settled()
    assert card(window).purpose.text().startswith("没有符合条件的记录")


def test_where_there_is_no_room_the_help_and_the_last_steps_are_left_out(
    make_session: Callable[[Actor], Session], front_desk: Actor, show: Callable[..., None]
) -> None:
    place = QWidget()
    shown = FirstSteps(make_session(front_desk), "screening", place)
    show(place, 600, 400)
    assert shown.isHidden()
    shown.show_for(empty=True)
    assert all(button.isVisible() for button in shown.buttons)
    assert shown.more.isVisible()
    place.resize(420, 130)
    assert not shown.more.isVisible()
    assert shown.isVisible()
    place.resize(420, 20)
    assert shown.isHidden()
    place.resize(900, 400)
    assert shown.more.isVisible()
    shown.show_for(empty=False)
    assert shown.isHidden()
