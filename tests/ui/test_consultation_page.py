"""The consultation post by keys: find, tell, record with one key; a notice of what is missing, and its next visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from test_fit import cut_off

from hall_desk import i18n
from hall_desk.services import callbacks, consultations, matters, missing_notices, tickets
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.missing_notice import MissingNoticeDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.notice_rows import COMPLETE, MISSING
from hall_desk.ui.pages.consultation import ConsultationPage

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.consultations import ConsultationLine
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], front_desk: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    return make_window(front_desk)


@pytest.fixture
def page(window: MainWindow, keys: Keys, settled: Settled) -> ConsultationPage:
    keys.press("F10")
    settled()
    page = window.page()
    assert isinstance(page, ConsultationPage)
    return page


def recorded(actor: Actor) -> list[ConsultationLine]:
    return consultations.today(actor)


def papers(window: MainWindow) -> list[str]:
    return [
        "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
        for file in sorted(Path(window.session.papers).glob("*.pdf"))
    ]


# --- finding and recording -----------------------------------------------------------------------


def test_initials_and_one_key_settle_a_question(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor, qtbot: QtBot
) -> None:
    assert keys.focused() is page.form.search
    keys.type("ybk")
    settled()
    assert "医保卡领取" in page.details.words()
    assert "1. 身份证 原件 1 份" in page.details.words()
    assert "3 号窗口 医疗保险" in page.details.words()
    keys.press("Alt+1")
    settled()
    (line,) = recorded(front_desk)
    assert (line.matter, line.outcome, line.channel) == ("医保卡领取", "settled", "in_person")
    assert page.form.is_empty()
    assert keys.focused() is page.form.search
    assert "医保卡领取" not in page.details.words()
    assert "当场答复" in page.last.text()
    qtbot.waitUntil(lambda: [row.id for row in page.model.rows] == [line.id])
    assert page.counts.text() == "共 1 件 · 当场答复 1"


def test_a_key_faster_than_the_search_takes_what_fits(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("jzz")
    keys.press("Alt+5")
    settled()
    settled()
    (line,) = recorded(front_desk)
    assert (line.matter, line.outcome) == ("居住证办理", "online")


def test_the_list_is_walked_from_the_search_and_details_follow(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    assert page.form.matter is None
    keys.press("Down", "Down")
    settled()
    assert page.form.matter is not None
    assert page.form.matter.code == "YB01"
    assert "医保卡领取" in page.details.words()
    assert keys.focused() is page.form.search
    keys.press("Up")
    settled()
    assert "居住证办理" in page.details.words()
    keys.press("Alt+1")
    settled()
    assert recorded(front_desk)[0].matter == "居住证办理"


def test_todays_most_asked_stands_first(
    keys: Keys,
    page: ConsultationPage,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
) -> None:
    assert page.form.model.row(0).code == "JZ01"
    new = NewConsultation(new_id(), "settled", matter_id=small_hall["transfer"])
    consultations.record(front_desk, new)  # at another PC
    qtbot.waitUntil(lambda: page.form.model.row(0).code == "YB02")
    assert page.form.model.row(0).used_today == 1


def test_what_is_no_matter_is_the_question(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("派出所几点上班")
    settled()
    keys.press("Alt+1")
    settled()
    (line,) = recorded(front_desk)
    assert (line.matter, line.question) == ("", "派出所几点上班")


def test_who_asked_and_by_phone(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    keys.press("Return")
    settled()
    assert keys.focused() is page.form.question.edit
    keys.type("代领要什么")
    keys.press("Tab")
    keys.type("𬭊女士")
    keys.press("Tab")
    keys.type("13800004127")
    page.form.channel.set_value("phone")
    keys.press("Alt+1")
    settled()
    (line,) = recorded(front_desk)
    assert (line.question, line.name, line.phone_masked, line.channel) == (
        "代领要什么",
        "𬭊女士",
        "138****4127",
        "phone",
    )


def test_nothing_typed_is_refused_beside_the_field(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.press("Alt+1")
    settled()
    assert page.form.question.error.text() == "请选择事项，或简要写下咨询的问题。"
    for key in ("Alt+2", "Alt+3", "Alt+6"):
        keys.press(key)
        settled()
        assert page.form.search_field.error.isVisible(), key
        assert keys.focused() is page.form.search
    assert recorded(front_desk) == []


def test_a_bad_phone_is_refused_and_all_else_stays(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    settled()
    page.form.phone.setFocus()
    keys.type("138abc")
    keys.press("Alt+1")
    settled()
    assert page.form.phone.error.isVisible()
    assert (page.form.search.text(), page.form.phone.edit.digits()) == ("ybk", "138abc")
    assert keys.focused() is page.form.phone.edit
    assert recorded(front_desk) == []


def test_one_key_pressed_twice_is_one_record(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    settled()
    keys.press("Alt+1")
    keys.press("Alt+1")
    settled()
    keys.press("Alt+1")
    settled()
    assert len(recorded(front_desk)) == 1
    assert not page.form.question.error.isVisible()


def test_escape_starts_over_and_records_nothing(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    keys.press("Return")
    settled()
    keys.type("代领")
    keys.press("Escape")
    settled()
    assert page.form.is_empty()
    assert keys.focused() is page.form.search
    assert recorded(front_desk) == []


def test_the_last_one_is_taken_back_with_one_key(
    keys: Keys,
    page: ConsultationPage,
    settled: Settled,
    front_desk: Actor,
    store: Store,
    qtbot: QtBot,
) -> None:
    keys.type("ybk")
    settled()
    keys.press("Alt+1")
    settled()
    keys.press("Alt+Z")
    settled()
    assert [line.withdrawn for line in recorded(front_desk)] == [True]
    assert page.undo_link.isHidden()
    qtbot.waitUntil(lambda: [row.withdrawn for row in page.model.rows] == [True])
    keys.type("jzz")
    settled()
    keys.press("Alt+1")
    settled()
    store.freeze(store.now() + timedelta(minutes=11))
    keys.press("Alt+Z")
    settled()
    assert [line.withdrawn for line in recorded(front_desk)] == [False, True]


# --- slip, ticket, callback ----------------------------------------------------------------------


def test_the_slip_is_printed_and_counted(
    keys: Keys,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    qtbot: QtBot,
) -> None:
    keys.type("jzz")
    settled()
    with qtbot.waitSignal(window.session.paper_told):
        keys.press("Alt+2")
    settled()
    (line,) = recorded(front_desk)
    assert line.outcome == "slip"
    assert line.led_to is not None
    (text,) = papers(window)
    assert "居住证办理" in text
    assert "010-5555-0102" in text


@pytest.mark.parametrize("key", ["Alt+4", "F4"])
def test_a_ticket_takes_matter_name_and_phone_along(
    keys: Keys,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    key: str,
) -> None:
    keys.type("ybk")
    settled()
    page.form.show_resident("于女士", "13800004127")
    keys.press(key)
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    assert dialog.form.matter.matter is not None
    assert dialog.form.matter.matter.code == "YB01"
    assert dialog.form.resident() == ("于女士", "13800004127")
    assert recorded(front_desk) == []  # nothing came of it yet
    dialog.aside.consent.setChecked(True)
    keys.press("Ctrl+Return")
    settled()
    settled()
    (line,) = recorded(front_desk)
    assert (line.outcome, line.reference, line.name) == ("ticket", "A001", "于女士")
    assert page.form.is_empty()


def test_a_ticket_that_was_not_opened_is_not_recorded(
    keys: Keys, page: ConsultationPage, window: MainWindow, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    settled()
    keys.press("Alt+4")
    settled()
    keys.press("Escape")
    settled()
    assert window.dialogs() == []
    assert recorded(front_desk) == []
    assert page.form.search.text() == "ybk"


def test_a_callback_is_promised_for_the_wanted_time(
    keys: Keys,
    page: ConsultationPage,
    settled: Settled,
    front_desk: Actor,
    clerk: Actor,
    store: Store,
) -> None:
    keys.type("ybk")
    settled()
    keys.press("Alt+3")
    settled()
    assert page.form.phone.error.isVisible()  # without a number nobody can call
    keys.type("13800004127")
    keys.press("Alt+3")
    settled()
    assert keys.focused() is page.outcomes.callback.when
    assert page.outcomes.callback.words.text() == "由 3 号窗口回电："
    keys.type("25:00")
    keys.press("Return")
    settled()
    assert page.outcomes.callback.error.text() != ""
    keys.type("9:00")  # overwrites what was selected; it is 10:03 now
    keys.press("Return")
    settled()
    assert page.outcomes.callback.error.text() == i18n._("That time has passed.")
    assert recorded(front_desk) == []
    keys.type("1430")
    keys.press("Return")
    settled()
    (line,) = recorded(front_desk)
    assert (line.outcome, line.matter) == ("callback", "医保卡领取")
    (due,) = callbacks.due(clerk)
    assert due.id == line.led_to
    assert f"{store.local(due.due_at):%H:%M}" == "14:30"
    assert page.outcomes.currentIndex() == 0
    assert page.form.is_empty()


def test_escape_leaves_the_callback_and_keeps_the_form(
    keys: Keys, page: ConsultationPage, settled: Settled, front_desk: Actor
) -> None:
    keys.type("ybk")
    settled()
    page.form.show_resident("于女士", "13800004127")
    keys.press("Alt+3")
    settled()
    keys.press("Escape")
    settled()
    assert not page.outcomes.asks_when()
    assert page.form.resident() == ("于女士", "13800004127")
    assert recorded(front_desk) == []


def test_an_offered_time_is_chosen_by_its_number(
    keys: Keys, page: ConsultationPage, settled: Settled, clerk: Actor, store: Store
) -> None:
    keys.type("ybk")
    settled()
    page.form.show_resident("于女士", "13800004127")
    keys.press("Alt+3")
    settled()
    offered = [button.text() for button in page.outcomes.callback.choice.buttons()]
    assert len(offered) >= 3
    keys.press("Alt+2")
    assert page.outcomes.asks_when()
    keys.press("Return")
    settled()
    (due,) = callbacks.due(clerk)
    assert offered[1] == f"2  {store.local(due.due_at):%H:%M}"


# --- what is missing -----------------------------------------------------------------------------


def open_notice_dialog(
    keys: Keys, window: MainWindow, settled: Settled, typed: str = "ybk"
) -> MissingNoticeDialog:
    keys.type(typed)
    settled()
    keys.press("Alt+6")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, MissingNoticeDialog)
    return dialog


def test_a_notice_by_keys_alone(
    keys: Keys,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    qtbot: QtBot,
) -> None:
    page.form.show_resident("于女士", "13800004127")
    dialog = open_notice_dialog(keys, window, settled)
    assert [item.name for item in dialog.rows.items(MISSING)] == ["身份证", "户口本复印件"]
    keys.press("Right")  # the first is in order
    assert [item.name for item in dialog.rows.items(COMPLETE)] == ["身份证"]
    keys.press("Down", "Tab")
    keys.type("要盖章")
    dialog.rows.rows[1].state.setFocus()
    keys.press("Down")
    assert keys.focused() is dialog.rows.adding
    keys.type("近期照片")
    keys.press("Return")
    keys.type("结婚证")  # not added by Enter, but not lost
    settled()
    assert dialog.preview.pages == 1
    with qtbot.waitSignal(window.session.paper_told):
        keys.press("Ctrl+Return", "Ctrl+Return")
    settled()
    settled()
    assert window.dialogs() == []
    (notice,) = missing_notices.today(front_desk)
    assert [(item.name, item.note) for item in notice.missing] == [
        ("户口本复印件", "要盖章"),
        ("近期照片", ""),
        ("结婚证", ""),
    ]
    assert [item.name for item in notice.complete] == ["身份证"]
    assert (notice.name, notice.phone_masked) == ("于女士", "138****4127")
    (line,) = recorded(front_desk)
    assert (line.outcome, line.led_to, line.reference) == ("notice", notice.id, notice.code)
    (text,) = papers(window)
    assert missing_notices.grouped(notice.code) in text
    assert "近期照片" in text
    assert page.form.is_empty()


def test_a_notice_that_misses_nothing_is_refused(
    keys: Keys, page: ConsultationPage, window: MainWindow, settled: Settled, front_desk: Actor
) -> None:
    dialog = open_notice_dialog(keys, window, settled)
    keys.press("Right", "Down", "Right", "Right")
    settled()
    assert dialog.rows.items(MISSING) == ()
    assert dialog.preview.pages == 0
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert dialog.problem.text() == "请填写缺少什么。"
    assert missing_notices.today(front_desk) == []
    keys.press("Escape")
    settled()
    assert recorded(front_desk) == []
    assert page.form.search.text() == "ybk"


def test_a_bad_phone_is_said_before_the_notice_is_begun(
    keys: Keys, page: ConsultationPage, window: MainWindow, settled: Settled
) -> None:
    page.form.phone.setFocus()
    keys.type("12ab")
    page.form.search.setFocus()
    keys.type("ybk")
    settled()
    keys.press("Alt+6")
    settled()
    assert window.dialogs() == []
    assert page.form.phone.error.isVisible()


def test_a_window_closed_meanwhile_is_said_and_nothing_typed_is_lost(
    keys: Keys,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
) -> None:
    dialog = open_notice_dialog(keys, window, settled)
    with manager.store.change(manager) as change:  # at another PC
        models.Window.update(retired_at=change.at).where(
            models.Window.id == small_hall["window3"]
        ).execute()
        change.record("window.retired", small_hall["window3"])
    dialog.note.set_text("可在大厅复印")
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert dialog.problem.isVisible()
    assert dialog.note.text() == "可在大厅复印"
    assert missing_notices.today(front_desk) == []
    assert recorded(front_desk) == []


@pytest.fixture
def notice(front_desk: Actor, small_hall: dict[str, Any]) -> str:
    """The code of a notice given three days ago to 于女士."""
    new = NewNotice(
        new_id(),
        small_hall["medical"],
        (NoticeItem("户口本复印件", original=False, note="要盖章"),),
        (NoticeItem("身份证"),),
        "于女士",
        "13800004127",
        "可在大厅复印",
    )
    code = missing_notices.give(front_desk, new).code
    store = front_desk.store
    store.freeze(store.now() + timedelta(days=3))
    return code


@pytest.mark.parametrize("typed", ["{code}", "HDN1*{code}", "13800004127"])
def test_the_next_visit_begins_with_a_scan(
    keys: Keys,
    notice: str,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    typed: str,
) -> None:
    keys.type(typed.format(code=notice))
    keys.press("Return")
    settled()
    settled()
    words = page.details.words()
    assert "2020-02-21 告知（陈晓），当时还缺：" in words
    assert "1. 户口本复印件 复印件 1 份（要盖章）" in words
    assert "已齐：身份证" in words
    assert "医保卡领取" in words
    assert page.form.resident() == ("于女士", "13800004127")
    found = missing_notices.find(front_desk, notice)
    assert found.reopened_at is not None
    keys.press("Alt+4")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    assert dialog.form.resident() == ("于女士", "13800004127")
    assert dialog.form.matter.matter is not None
    assert dialog.form.matter.matter.code == "YB01"


def test_a_mistyped_code_is_said_beside_the_search(
    keys: Keys, notice: str, page: ConsultationPage, settled: Settled
) -> None:
    wrong = notice[:-1] + str((int(notice[-1]) + 1) % 10)
    keys.type(wrong)
    settled()
    assert page.form.search_field.error.text() == "编号有一位不对，请对照告知单核对。"
    assert page.form.search.text() == wrong
    keys.type(notice)  # overwrites what was selected
    settled()
    settled()
    assert not page.form.search_field.error.isVisible()
    assert "户口本复印件" in page.details.words()


def test_a_number_without_a_notice_says_so_at_enter_only(
    keys: Keys, page: ConsultationPage, settled: Settled
) -> None:
    keys.type("13800004127")
    settled()
    assert not page.form.search_field.error.isVisible()
    keys.press("Return")
    settled()
    assert page.form.search_field.error.isVisible()


def test_a_notice_is_printed_again(
    keys: Keys,
    notice: str,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    qtbot: QtBot,
) -> None:
    keys.type(notice)
    settled()
    settled()
    with qtbot.waitSignal(window.session.paper_told):
        keys.press("Alt+P")
    settled()
    (text,) = papers(window)
    assert missing_notices.grouped(notice) in text
    assert "2020-02-21 10:03" in text  # when it was given, not when it was printed
    assert "补打（第 1 次）" in text


def test_another_matter_or_the_next_person_forgets_the_notice(
    keys: Keys, notice: str, page: ConsultationPage, settled: Settled
) -> None:
    keys.type(notice)
    settled()
    settled()
    keys.press("Escape")
    settled()
    assert "当时还缺" not in page.details.words()
    keys.type(notice)
    settled()
    settled()
    page.form.focus_search()
    keys.type("jzz")
    settled()
    settled()
    assert "当时还缺" not in page.details.words()
    assert "居住证办理" in page.details.words()


def test_a_row_of_today_opens_what_came_of_it(
    keys: Keys,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
) -> None:
    ticket = tickets.open(
        front_desk,
        tickets.NewTicket(new_id(), small_hall["medical"], "于女士", consent=True),
    )
    new = NewConsultation(
        new_id(), "ticket", matter_id=small_hall["medical"], led_to=ticket.card.id
    )
    consultations.record(front_desk, new)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.table.setFocus()
    page.table.selectRow(0)
    keys.press("Return")
    settled()
    assert window.page().name == "proxy"


def test_the_new_tickets_form_says_that_somebody_was_told_what_is_missing(
    keys: Keys,
    notice: str,
    page: ConsultationPage,
    window: MainWindow,
    settled: Settled,
) -> None:
    keys.type("ybk")
    settled()
    page.form.show_resident("于女士", "13800004127")
    keys.press("Alt+4")
    settled()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    assert dialog.earlier.isVisible()
    assert dialog.earlier.sentence.text() == ("2020-02-21 来过：同一事项当时缺「户口本复印件」。")
    dialog.earlier.open_notice.click()
    settled()
    settled()
    assert window.dialogs() == []
    assert window.page() is page
    assert "1. 户口本复印件 复印件 1 份（要盖章）" in page.details.words()
    page.form.show_resident("赵女士", "13500000917")
    keys.press("Alt+4")
    settled()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, NewTicketDialog)
    assert not dialog.earlier.isVisible()


# --- who sees it, and in which language ----------------------------------------------------------


def test_a_window_clerk_does_not_have_the_page(
    make_window: Callable[..., MainWindow], clerk: Actor
) -> None:
    assert "consultation" not in make_window(clerk).pages


def test_in_english(
    keys: Keys,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> None:
    i18n.use("en")
    window = make_window(front_desk)
    keys.press("F10")
    settled()
    page = window.page()
    assert isinstance(page, ConsultationPage)
    assert [button.text() for button in page.outcomes.buttons] == [
        "Settled on the spot",
        "Phone slip",
        "Callback",
        "Open a ticket",
        "Send online",
        "Tell what is missing",
    ]
    keys.press("Alt+1")
    settled()
    assert page.form.question.error.text() == (
        "Choose a matter, or write the question in a few words."
    )
    page.form.focus_search()
    keys.type("yibaok")
    settled()
    assert "Window 3 医疗保险" in page.details.words()
    keys.press("Alt+1")
    settled()
    assert page.last.text() == "✓ 医保卡领取: Settled on the spot"


def test_every_key_on_a_button_is_the_key_that_presses_it(
    page: ConsultationPage, front_desk: Actor
) -> None:
    keys_of_page = {shortcut.key for shortcut in page.shortcuts()}
    for button in page.outcomes.buttons:
        assert button.accessibleDescription() in keys_of_page
    assert len(page.outcomes.buttons) == len(consultations.OUTCOMES)
    assert matters.search(front_desk, "")  # the list under the search is never empty here


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_cut_off(
    keys: Keys,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    notice: str,
    settled: Settled,
    qtbot: QtBot,
    language: str,
) -> None:
    i18n.use(language)
    window = make_window(front_desk)
    keys.press("F10")
    settled()
    page: Any = window.page()
    keys.press("Alt+1")  # refused: every sentence needs room too
    settled()
    qtbot.waitUntil(lambda: page.form.question.error.height() > 0)
    page.layout().activate()
    assert cut_off(window) == []
    page.form.focus_search()
    keys.type(notice)
    settled()
    settled()
    qtbot.waitUntil(lambda: cut_off(window) == [])
    keys.press("Alt+3")
    settled()
    keys.type("x")
    keys.press("Return")
    qtbot.waitUntil(lambda: page.outcomes.callback.error.height() > 0)
    page.layout().activate()
    assert cut_off(window) == []
    keys.press("Escape", "Alt+6")
    settled()
    (dialog,) = window.dialogs()
    settled()
    assert cut_off(dialog) == []
    dialog.rows.rows[0].state.setFocus()
    keys.press("Right", "Down", "Right", "Ctrl+Return")
    settled()
    qtbot.waitUntil(lambda: dialog.problem.height() > 0)
    assert cut_off(dialog) == []
