"""What is opened from a ticket: the standard papers, somebody else who collects, a correction, another matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import i18n
from hall_desk.services import tickets
from hall_desk.services.tickets import FieldChange, NewCorrection, NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id
from tests.conftest import PIN
from tests.ui.test_fit import cut_off

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
PAPERS = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=PAPERS
        ),
    )


@pytest.fixture
def ready(ticket: TicketView, clerk: Actor) -> TicketView:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    return tickets.finish(clerk, ticket.card.id, "已办好")


@pytest.fixture
def show_ticket(
    make_window: Callable[..., MainWindow], settled: Settled
) -> Callable[[Actor, TicketView], MainWindow]:
    """The proxy page with this ticket in its panel."""

    def show(actor: Actor, ticket: TicketView) -> MainWindow:
        window = make_window(actor)
        window.go("proxy")
        settled()
        window.page().show_with(ticket_id=ticket.card.id)
        settled()
        return window

    return show


def dialog_of(window: MainWindow) -> Any:
    (dialog,) = window.dialogs()
    return dialog


# --- the standard papers --------------------------------------------------------------------------


def test_a_standard_paper_is_printed_by_three_keys(
    show_ticket: Any,
    front_desk: Actor,
    ready: TicketView,
    keys: Keys,
    settled: Settled,
    tmp_path: Path,
) -> None:
    window = show_ticket(front_desk, ready)
    keys.press("Alt+P")
    settled()
    dialog = dialog_of(window)
    said = [dialog.choice.item(row).text() for row in range(dialog.choice.count())]
    assert said == [
        "1   补打回执",
        "2   补打流转单",
        "3   材料袋标签",
        "4   委托书",
        "5   受理单",
        "6   办结单",
        "7   材料交接清单",
    ]
    assert dialog.preview.pages == 1
    keys.press("6", "Return")
    settled()
    (file,) = (tmp_path / "papers").iterdir()
    assert "办结单-A001" in file.name
    assert not window.dialogs()
    lines = tickets.get(front_desk, ready.card.id).history
    assert lines[0].kind == "ticket.paper_printed"


def test_the_label_of_the_bag_is_printed_by_three_keys(
    show_ticket: Any,
    front_desk: Actor,
    ready: TicketView,
    keys: Keys,
    settled: Settled,
    tmp_path: Path,
) -> None:
    window = show_ticket(front_desk, ready)
    keys.press("Alt+P")
    settled()
    assert dialog_of(window).preview.pages == 1
    keys.press("3", "Return")
    settled()
    (file,) = (tmp_path / "papers").iterdir()
    assert "bag_label-材料袋标签-A001" in file.name
    assert not window.dialogs()


def test_the_window_prints_them_too(
    make_window: Any,
    clerk: Actor,
    ticket: TicketView,
    keys: Keys,
    settled: Settled,
    tmp_path: Path,
) -> None:
    window = make_window(clerk)
    window.go("window")
    settled()
    keys.press("F6")
    settled()
    keys.press("Alt+P")
    settled()
    keys.press("4", "Return")
    settled()
    (file,) = (tmp_path / "papers").iterdir()
    assert "委托书-A001" in file.name


def test_a_closed_ticket_has_no_receipt_any_more(
    show_ticket: Any, front_desk: Actor, ready: TicketView, keys: Keys, settled: Settled
) -> None:
    closed = tickets.hand_back(
        front_desk, ready.card.id, tickets.Proof("pickup_code", ready.pickup_code)
    )
    window = show_ticket(front_desk, closed)
    keys.press("Alt+P")
    settled()
    dialog = dialog_of(window)
    assert dialog.choice.item(0).text() == "1   材料袋标签"


# --- somebody else collects -----------------------------------------------------------------------


def test_somebody_else_collects_by_keys(
    show_ticket: Any, front_desk: Actor, ready: TicketView, keys: Keys, settled: Settled
) -> None:
    window = show_ticket(front_desk, ready)
    keys.press("Alt+O")
    settled()
    keys.type("于小兰")
    keys.press("Tab")
    keys.type("女儿，本人住院")
    keys.press("Return")
    settled()
    dialog = dialog_of(window)
    assert dialog.second_field.error.text() == "请选择在场见证的同事。"
    dialog.second.setFocus()
    keys.press("Down", "Tab")
    assert dialog.second.currentText() == "张敏"
    keys.type("9753")
    keys.press("Return")
    settled()
    assert dialog.pin.error.text() == "PIN 不正确。"
    assert dialog.pin.text() == ""
    assert dialog.name.text() == "于小兰"
    keys.type(PIN)
    keys.press("Return")
    settled()
    closed = tickets.get(front_desk, ready.card.id)
    assert closed.card.state == "closed"
    page: Any = window.page()
    assert page.panel.history.lines()[0] == (
        "陈晓 交还材料 2 件：于小兰代领，张敏见证、女儿，本人住院"
    )
    assert not window.dialogs()


# --- a correction ---------------------------------------------------------------------------------


def test_a_manager_puts_a_ticket_right(
    show_ticket: Any, manager: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    window = show_ticket(manager, ticket)
    keys.press("Alt+E")
    settled()
    dialog = dialog_of(window)
    dialog.name.setFocus()
    keys.press("Ctrl+A")
    keys.type("余女士")
    keys.press("Return")
    settled()
    assert dialog.reason.error.text() == "请填写原因。"
    dialog.reason.setFocus()
    keys.type("受理时听错")
    keys.press("Return")
    settled()
    right = tickets.get(manager, ticket.card.id)
    assert (right.card.name, right.phone_masked) == ("余女士", "138****4127")
    page: Any = window.page()
    assert page.panel.who.text().startswith("余")
    assert page.panel.history.lines()[0] == "李主任 更正：姓名：受理时听错"


def test_nothing_changed_is_said_and_a_double_enter_is_one_correction(
    show_ticket: Any, manager: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    window = show_ticket(manager, ticket)
    keys.press("Alt+E")
    settled()
    dialog = dialog_of(window)
    dialog.reason.setFocus()
    keys.type("x")
    keys.press("Return")
    settled()
    assert dialog.problem.text() == "还没有改动任何内容。"
    dialog.phone.setFocus()
    keys.type("13900001111")
    keys.press("Return", "Return")
    settled()
    assert models.Correction.select().count() == 1


def test_a_waiting_ticket_is_sent_to_another_window(
    show_ticket: Any, manager: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    window = show_ticket(manager, ticket)
    keys.press("Alt+E")
    settled()
    dialog = dialog_of(window)
    dialog.place.setFocus()
    keys.press("Up")
    dialog.reason.setFocus()
    keys.type("x")
    keys.press("Return")
    settled()
    assert tickets.get(manager, ticket.card.id).card.window_number == "2"


def test_a_correction_under_way_says_what_another_pc_changed(
    show_ticket: Any,
    manager: Actor,
    ticket: TicketView,
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
) -> None:
    window = show_ticket(manager, ticket)
    keys.press("Alt+E")
    settled()
    dialog = dialog_of(window)
    change = FieldChange("name", "于女士", "俞女士")
    tickets.correct(manager, NewCorrection(new_id(), ticket.card.id, (change,), "听错"))
    qtbot.waitUntil(lambda: "姓名：俞女士" in dialog.problem.text())
    dialog.remark.setFocus()
    keys.type("x")
    keys.press("Return")
    settled()
    assert tickets.get(manager, ticket.card.id).remark == ""
    assert dialog.is_open()


def test_only_managers_are_offered_it(
    show_ticket: Any, front_desk: Actor, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    window = show_ticket(front_desk, ticket)
    page: Any = window.page()
    assert not page.panel.correct_link.isVisible()
    keys.press("Alt+E")
    settled()
    assert not window.dialogs()


# --- another matter -------------------------------------------------------------------------------


def test_another_matter_of_the_same_resident_shares_the_papers(
    show_ticket: Any,
    front_desk: Actor,
    ticket: TicketView,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window = show_ticket(front_desk, ticket)
    keys.press("Shift+F4")
    settled()
    dialog = dialog_of(window)
    assert dialog.heading.text() == "为于女士再办一件"
    assert dialog.form.phone.text() == "138****4127"
    assert dialog.form.matter.edit.hasFocus()
    keys.type("jzz")
    qtbot.waitUntil(lambda: dialog.form.matter.results.isVisible())
    settled()
    keys.press("Return")
    settled()
    rows = dialog.form.papers.rows()
    assert [(row.name, row.chip.text if row.chip else "", bool(row.ticked)) for row in rows] == [
        ("身份证", "与 A001 共用", True),
        ("户口本复印件", "与 A001 共用", True),
    ]
    keys.press("Ctrl+Return", "Ctrl+Return")
    settled()
    (card,) = [
        card for card in tickets.of_visit(front_desk, ticket.card.id) if card.id != ticket.card.id
    ]
    second = tickets.get(front_desk, card.id)
    assert (card.number, card.matter, card.name) == ("A002", "居住证办理", "于女士")
    assert [paper.shared for paper in second.papers] == ["A001", "A001"]
    assert len(list((tmp_path / "papers").iterdir())) == 2, "its own receipt and routing slip"


def test_after_opening_one_the_next_matter_is_one_key_away_on_any_page(
    make_window: Any,
    front_desk: Actor,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
    qtbot: QtBot,
) -> None:
    window = make_window(front_desk)
    keys.press("Shift+F4")
    assert not window.dialogs(), "nobody has been here yet"
    keys.press("F4")
    settled()
    dialog = dialog_of(window)
    keys.type("ybk")
    qtbot.waitUntil(lambda: dialog.form.matter.results.isVisible())
    settled()
    keys.press("Return")
    settled()
    dialog.form.name.set_text("于女士")
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    assert window.session.notices.link.text() == "再办一件  Shift+F4"
    keys.press("Shift+F4")
    settled()
    assert dialog_of(window).heading.text() == "为于女士再办一件"
    keys.press("Escape", "Escape", "F4")
    settled()
    assert dialog_of(window).form.name.text() == "", "a new resident starts with an empty form"


def test_a_sheet_the_other_matter_needs_waits_at_the_desk(
    show_ticket: Any,
    front_desk: Actor,
    ready: TicketView,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> None:
    sheet = ready.papers[0]
    tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["residence"], "", consent=True, visit=ready.card.id,
            papers=(NewPaper(sheet.name, shared_with=sheet.id),),
        ),
    )  # fmt: skip
    window = show_ticket(front_desk, ready)
    page: Any = window.page()
    first, copy = page.panel.papers.rows()
    assert (first.ticked, first.chip.text, copy.ticked) == (None, "A002 也要用", True)
    assert page.panel.hand_back_button.text() == "交还 1 件"
    keys.type(ready.pickup_code)
    keys.press("Return")
    settled()
    assert [paper.holder for paper in tickets.get(front_desk, ready.card.id).papers] == [
        "desk",
        "resident",
    ]
    assert page.panel.hand_back_button.text() == "等 A002 办完"
    assert not page.panel.hand_back_button.isEnabled()


# --- everything fits ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("key", ["", "Alt+P", "Alt+O", "Alt+E", "Shift+F4"])
def test_nothing_is_cut_off(
    show_ticket: Any, manager: Actor, ready: TicketView, keys: Keys, settled: Settled,
    language: str, key: str, qtbot: QtBot,
) -> None:  # fmt: skip
    i18n.use(language)
    window = show_ticket(manager, ready)
    if key:
        keys.press(key)
        settled()
        shown = dialog_of(window)
        for field in getattr(shown, "fields", {}).values():
            if field.isVisible():
                field.show_error(i18n._(i18n.BAD_INPUT[("phone", "not_a_phone")]))
        qtbot.waitUntil(lambda: cut_off(shown) == [])
    else:
        qtbot.waitUntil(lambda: cut_off(window) == [])
