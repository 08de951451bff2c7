"""Taking in a ticket: by keyboard alone, once, and with nothing lost of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import screening, tickets
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import Card
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
GOOD_ID = "11010519491231002X"
BAD_ID = "110105194912310021"


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    made = make_window(front_desk)
    made.go("proxy")
    return made


@pytest.fixture
def form(window: MainWindow, keys: Keys, settled: Settled) -> Callable[[], NewTicketDialog]:
    """The form that is open, or opened by F4."""

    def shown() -> NewTicketDialog:
        if not window.dialogs():
            keys.press("F4")
            settled()
        (dialog,) = window.dialogs()
        assert isinstance(dialog, NewTicketDialog)
        return dialog

    return shown


def fill(keys: Keys, settled: Settled, matter: str = "ybk", name: str = "于女士") -> None:
    """Matter, name and phone, ending in the ID number."""
    keys.type(matter)
    keys.press("Return")
    settled()
    keys.type(name)
    keys.press("Tab")
    keys.type("13800004127")
    keys.press("Tab")
    settled()


def open_tickets(actor: Actor) -> tuple[Card, ...]:
    return tickets.board(actor).queued


def test_a_ticket_is_opened_by_keyboard_alone(
    form: Any,
    keys: Keys,
    settled: Settled,
    window: MainWindow,
    front_desk: Actor,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    dialog = form()
    assert dialog.number.text() == "A001"
    fill(keys, settled)
    keys.type(GOOD_ID)
    keys.press("Tab")
    assert dialog.form.id_number.edit.text() == "110***********002X", "masked once it is left"
    keys.press("Right", "Alt+A")
    keys.press("Tab", "Tab", "Down", "Down", "Return")
    keys.type("病历")
    keys.press("Return")
    qtbot.waitUntil(lambda: len(dialog.form.papers.ticked()) == 3)
    keys.press("Tab")
    keys.type("在门厅等候")
    keys.press("Tab", "Space", "Ctrl+Return")
    settled()
    assert window.dialogs() == []
    (card,) = open_tickets(front_desk)
    ticket = tickets.get(front_desk, card.id)
    assert (card.number, card.name, card.matter) == ("A001", "于女士", "医保卡领取")
    assert card.priority == "disabled"
    assert ticket.consent
    assert ticket.remark == "在门厅等候"
    assert ticket.id_masked == "110***********002X"
    assert [(p.name, p.original) for p in ticket.papers] == [
        ("身份证", True),
        ("户口本复印件", False),
        ("病历", True),
    ]
    assert "A001" in window.session.notices.text()
    papers = sorted(file.name for file in (tmp_path / "papers").iterdir())
    assert len(papers) == 2, papers
    assert all("A001" in name for name in papers)


def test_ctrl_enter_twice_is_one_ticket(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = form()
    fill(keys, settled)
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return", "Ctrl+Return")
    dialog.send_form()
    settled()
    assert len(open_tickets(front_desk)) == 1
    assert tickets.board(front_desk).opened_today == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("id_number", BAD_ID, "身份证"), ("phone", "138abc04127", "电话"), ("name", " ", "姓名")],
)
def test_bad_input_is_said_beside_its_field_and_the_rest_stays(
    form: Any,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    window: MainWindow,
    field: str,
    typed: str,
    said: str,
) -> None:
    dialog = form()
    fill(keys, settled)
    keys.press("Alt+A")
    dialog.form.remark.set_text("在门厅等候")
    dialog.aside.consent.setChecked(True)
    wrong = getattr(dialog.form, field)
    wrong.setFocus()
    keys.press("Ctrl+A")
    keys.type(typed)
    keys.press("Tab")
    keys.press("Ctrl+Return")
    settled()
    assert open_tickets(front_desk) == ()
    assert window.dialogs() == [dialog]
    assert said in wrong.error.text()
    assert wrong.error.isVisible()
    assert wrong.edit.hasFocus()
    others = {
        "name": dialog.form.name.text(),
        "phone": dialog.form.phone.edit.digits(),
        "remark": dialog.form.remark.text(),
        "matter": dialog.form.matter.text(),
    }
    del others[field if field in others else "remark"]
    expected = {
        "name": "于女士",
        "phone": "13800004127",
        "remark": "在门厅等候",
        "matter": "医保卡领取",
    }
    assert others == {name: expected[name] for name in others}
    assert len(dialog.form.papers.ticked()) == 2


def test_an_error_shown_on_leaving_lets_the_keyboard_go_on(
    form: Any, keys: Keys, settled: Settled
) -> None:
    dialog = form()
    fill(keys, settled)
    keys.type(BAD_ID)
    keys.press("Tab")
    assert dialog.form.id_number.error.isVisible()
    assert not dialog.form.id_number.edit.hasFocus()
    assert dialog.form.id_number.edit.text() == BAD_ID, "readable, to compare it with the card"
    dialog.form.id_number.setFocus()
    keys.press("Ctrl+A")
    keys.type(GOOD_ID)
    assert not dialog.form.id_number.error.isVisible()
    keys.press("Tab")
    assert dialog.form.id_number.valid.isVisible()


def test_the_consent_is_needed_and_said_at_its_place(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = form()
    fill(keys, settled)
    keys.press("Ctrl+Return")
    settled()
    assert open_tickets(front_desk) == ()
    assert dialog.aside.consent_error.isVisible()
    assert dialog.aside.consent.hasFocus()
    keys.press("Space", "Ctrl+Return")
    settled()
    assert len(open_tickets(front_desk)) == 1


def test_escape_keeps_the_draft_for_the_next_time(
    form: Any, keys: Keys, settled: Settled, window: MainWindow, front_desk: Actor
) -> None:
    form()
    fill(keys, settled)
    keys.type(GOOD_ID)
    keys.press("Tab", "Alt+A", "Escape")
    settled()
    assert window.dialogs() == []
    dialog = form()
    assert dialog.form.matter.text() == "医保卡领取"
    assert dialog.form.resident() == ("于女士", "13800004127")
    assert dialog.form.id_number.number() == GOOD_ID
    assert dialog.form.id_number.edit.text() == "110***********002X"
    assert [row.name for row in dialog.form.papers.ticked()] == ["身份证", "户口本复印件"]
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    assert len(open_tickets(front_desk)) == 1
    assert form().form.name.text() == "", "a sent form leaves no draft"


def test_a_draft_of_somebody_else_is_offered_not_lost(
    form: Any, keys: Keys, settled: Settled, window: MainWindow
) -> None:
    form()
    fill(keys, settled)
    keys.press("Escape")
    dialog = NewTicketDialog(window.session, name="何先生", phone="13600001212")
    dialog.open()
    settled()
    assert dialog.form.resident() == ("何先生", "13600001212")
    assert "于女士" in dialog.aside.draft.sentence.text()
    dialog.aside.back_to_draft.click()
    settled()
    assert dialog.form.resident() == ("于女士", "13800004127")
    assert dialog.form.matter.text() == "医保卡领取"


def test_a_matter_retired_meanwhile_is_said_beside_the_matter(
    form: Any,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    manager: Actor,
) -> None:
    dialog = form()
    fill(keys, settled)
    dialog.aside.consent.setChecked(True)
    with manager.store.change(manager) as change:
        models.Matter.update(retired_at=change.at).where(
            models.Matter.id == small_hall["medical"]
        ).execute()
        change.record("matter.retired", small_hall["medical"])
    keys.press("Ctrl+Return")
    settled()
    assert open_tickets(front_desk) == ()
    assert dialog.form.matter_field.error.isVisible()
    assert dialog.form.matter.edit.hasFocus()
    assert dialog.form.name.text() == "于女士"


def test_no_matter_is_said_beside_the_matter(form: Any, keys: Keys, settled: Settled) -> None:
    dialog = form()
    keys.press("Ctrl+Return")
    settled()
    assert dialog.form.matter_field.error.isVisible()


def test_an_open_ticket_for_the_same_matter_is_named_and_can_be_opened(
    form: Any,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    window: MainWindow,
) -> None:
    asked = NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True)
    other = tickets.open(front_desk, asked)
    dialog = form()
    fill(keys, settled)
    assert "A001" in dialog.aside.existing.sentence.text(), "told before anything is sent"
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    assert len(open_tickets(front_desk)) == 1
    assert dialog.aside.open_existing.hasFocus()
    keys.press("Space")
    settled()
    assert window.dialogs() == []
    page: Any = window.page()
    assert page.panel.ticket.card.id == other.card.id


def test_another_ticket_can_be_opened_anyway(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True),
    )
    dialog = form()
    fill(keys, settled)
    dialog.aside.consent.setChecked(True)
    dialog.aside.open_second.setFocus()
    keys.press("Space")
    settled()
    assert [card.number for card in open_tickets(front_desk)] == ["A001", "A002"]


def test_beside_the_form_stands_what_to_expect_and_todays_check(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "36.5", "于女士", "13800004127"))
    tickets.open(front_desk, NewTicket(new_id(), small_hall["transfer"], "何先生", consent=True))
    dialog = form()
    assert not dialog.aside.channels.isVisible()
    keys.type("ybk")
    keys.press("Return")
    settled()
    keys.press("Tab")
    keys.type("13800004127")
    keys.press("Tab")
    settled()
    assert dialog.form.name.text() == "于女士", "a known phone offers its name"
    aside = dialog.aside
    assert aside.window_line.text() == "3 号窗口  医疗保险"
    assert "前面 1 单" in aside.expected.text()
    assert "6 分钟" in aside.expected.text()
    assert "件数太少" in aside.expected.text()
    assert aside.check.sentence.text() == "于女士 10:03 已测温 36.5 ℃，可以受理。"


def test_a_paper_that_cannot_be_kept_or_printed_does_not_cost_the_ticket(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "papers").write_text("a file where the folder should be")
    dialog = form()
    fill(keys, settled)
    dialog.aside.consent.setChecked(True)
    told: list[tuple[str, str]] = []
    window.session.paper_told.connect(lambda kind, text: told.append((kind, text)))
    keys.press("Ctrl+Return")
    settled()
    assert len(open_tickets(front_desk)) == 1
    assert window.dialogs() == []
    assert {kind for kind, _text in told} == {"error"}
    assert window.session.notices.kind == "error"


def test_only_a_slip_opens_no_ticket(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor, window: MainWindow, tmp_path: Path
) -> None:
    dialog = form()
    fill(keys, settled)
    dialog.slip_only.setFocus()
    keys.press("Space")
    settled()
    assert window.dialogs() == []
    assert open_tickets(front_desk) == ()
    assert len(list((tmp_path / "papers").iterdir())) == 1


def test_a_count_and_a_copy_are_changed_in_the_list(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    dialog = form()
    fill(keys, settled)
    dialog.form.papers.setFocus()
    dialog.form.papers.setCurrentIndex(dialog.form.papers.papers.index(0, 0))
    keys.press("Space", "Right", "Space", "Right")
    keys.type("3")
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    (card,) = open_tickets(front_desk)
    (paper,) = tickets.get(front_desk, card.id).papers
    assert (paper.name, paper.original, paper.count) == ("身份证", False, 3)


def test_correcting_the_matter_keeps_what_was_written_by_hand(
    form: Any, keys: Keys, settled: Settled
) -> None:
    dialog = form()
    fill(keys, settled)
    keys.press("Alt+A")
    dialog.form.papers.papers.setData(dialog.form.papers.papers.index(2, 0), "病历")
    dialog.form.matter.setFocus()
    keys.press("Ctrl+A")
    keys.type("jzz")
    keys.press("Return")
    settled()
    assert [row.name for row in dialog.form.papers.rows()] == ["身份证", "户口本复印件", "病历"]
    assert len(dialog.form.papers.ticked()) == 3


def test_a_name_the_fonts_lack_is_said_before_the_receipt_is_printed(
    form: Any, keys: Keys, settled: Settled, front_desk: Actor
) -> None:
    dialog = form()
    fill(keys, settled, name="王䶮㛃𬭊")
    lacking = dialog.form.lacking
    assert not lacking.isVisible()
    dialog.form.name.edit.setFocus()
    keys.press("End")
    keys.type("𰀀")
    settled()
    assert lacking.isVisible()
    assert "𰀀 (U+30000)" in lacking.text()
    assert "䶮" not in lacking.text()
    keys.press("Backspace")
    settled()
    assert not lacking.isVisible()
