"""Closing a day by keys: a reason and Enter for each line, then Enter; what is left is said and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication

from hall_desk import errors, i18n
from hall_desk.documents.daily_report import daily_report
from hall_desk.services import (
    accounts,
    callbacks,
    day_close,
    figures,
    halls,
    incidents,
    retention,
    screening,
    tickets,
)
from hall_desk.services.accounts import Role
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.services.incidents import NewIncident
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.store.models import Rating, TemperatureCheck
from hall_desk.ui.close_day.dialog import CloseDayDialog
from hall_desk.ui.close_day.retention import purge_after_closing
from hall_desk.ui.dialogs.hall_numbers import HallNumbersDialog
from hall_desk.ui.filing import file_report
from hall_desk.ui.ticket_history import sentence
from tests.conftest import MORNING, PIN
from tests.documents.reading import joined
from tests.ui.test_fit import cut_off

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
DAY = MORNING.date()


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    """One ticket with an original that is out; one person is in the hall."""
    screening.record(front_desk, NewCheck(new_id(), "365", "于女士"))
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", consent=True,
            papers=(NewPaper("身份证"), NewPaper("户口本复印件", original=False)),
        ),
    )  # fmt: skip


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], manager: Actor, ticket: TicketView
) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def dialog(window: MainWindow, keys: Keys, settled: Settled) -> CloseDayDialog:
    keys.press("Shift+F12")
    settled()
    (shown,) = window.dialogs()
    assert isinstance(shown, CloseDayDialog)
    return shown


def given(actor: Actor, why: str = "明日再办") -> tuple[Carried, ...]:
    """A reason for everything that is open."""
    return tuple(
        Carried(item.kind, item.id, why)
        for item in day_close.review(actor, actor.store.today()).items
    )


def selected(dialog: CloseDayDialog) -> str:
    line = dialog.table.selected()
    assert line is not None
    return line.kind


def test_a_day_is_closed_by_keys_and_its_report_is_filed(
    dialog: CloseDayDialog, window: MainWindow, manager: Actor, keys: Keys, settled: Settled,
    qtbot: QtBot,
) -> None:  # fmt: skip
    assert [line.kind for line in dialog.model.rows] == ["people", "ticket", "paper"]
    assert dialog.left.text() == "还有 3 项待处理"
    assert selected(dialog) == "people"
    keys.press("Return")
    assert selected(dialog) == "ticket"
    keys.press("Alt+1")
    assert selected(dialog) == "paper"
    # The original is offered its ticket's reason, but has to be given one.
    assert dialog.reason.field.text() == "居民改日来办"
    keys.type("锁在保险柜，钥匙在李主任处")
    keys.press("Return")
    assert dialog.left.text() == "全部处理完毕"
    with qtbot.waitSignal(window.session.paper_told) as told:
        keys.press("Return")
    assert told.args is not None
    assert told.args[0] == "success"
    settled()
    assert window.dialogs() == []
    assert window.page().name == "report"
    (file,) = window.session.papers.glob("*report*.pdf")
    assert file.read_bytes().startswith(b"%PDF")
    closing = day_close.closing(manager, DAY)
    assert closing is not None
    assert [(line.kind, line.reason) for line in closing.carried] == [
        ("ticket", "居民改日来办"),
        ("paper", "锁在保险柜，钥匙在李主任处"),
    ]
    assert day_close.review(manager, DAY).people == 0
    carried = tickets.get(manager, closing.carried[0].id).history[0]
    assert sentence(carried) == "李主任 日终收尾时顺延"


def test_what_is_left_stops_the_closing_and_is_gone_to(
    dialog: CloseDayDialog, manager: Actor, keys: Keys, settled: Settled
) -> None:
    keys.press("Return", "Alt+2")
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()
    assert dialog.problem.text() == "还有 1 项既未办结，也未填写顺延原因。"
    assert selected(dialog) == "paper"
    assert day_close.closing(manager, DAY) is None


def test_a_half_typed_reason_is_neither_lost_nor_left_out(
    dialog: CloseDayDialog, manager: Actor, keys: Keys, settled: Settled
) -> None:
    keys.press("Return")
    keys.type("half")
    keys.press("Down", "Up")
    assert (selected(dialog), dialog.reason.field.text()) == ("ticket", "half")
    keys.press("Down", "Alt+1")
    assert (selected(dialog), dialog.reason.field.text()) == ("ticket", "half")
    keys.press("Ctrl+Return")
    settled()
    closing = day_close.closing(manager, DAY)
    assert closing is not None
    assert [line.reason for line in closing.carried] == ["half", "已锁入前台保管柜"]


def test_people_still_counted_stop_the_closing(
    dialog: CloseDayDialog, keys: Keys, settled: Settled
) -> None:
    keys.press("Down")
    assert selected(dialog) == "ticket"
    keys.press("Alt+1", "Return")
    assert selected(dialog) == "people"
    keys.press("Ctrl+Return")
    settled()
    assert dialog.problem.text() == "系统显示大厅内还有 1 人，请确认人员已全部离开。"


def test_an_empty_reason_is_refused_beside_the_field(dialog: CloseDayDialog, keys: Keys) -> None:
    keys.press("Down", "Return")
    assert dialog.reason.field.error.text() == "请填写原因。"
    assert selected(dialog) == "ticket"


def test_a_line_is_opened_and_what_was_typed_is_there_on_return(
    dialog: CloseDayDialog, window: MainWindow, ticket: TicketView, keys: Keys, settled: Settled
) -> None:
    keys.press("Return", "Alt+3")
    keys.press("Ctrl+O")
    settled()
    assert window.dialogs() == []
    assert window.page().name == "proxy"
    keys.press("Shift+F12")
    settled()
    (again,) = window.dialogs()
    assert isinstance(again, CloseDayDialog)
    assert [bool(line.reason) for line in again.model.rows] == [True, True, False]


def test_what_is_settled_elsewhere_leaves_the_list_and_what_is_half_typed_stays(
    dialog: CloseDayDialog, front_desk: Actor, small_hall: dict[str, Any], ticket: TicketView,
    keys: Keys, qtbot: QtBot,
) -> None:  # fmt: skip
    keys.press("Down")
    keys.type("half")
    tickets.open(front_desk, NewTicket(new_id(), small_hall["residence"], "周先生", consent=True))
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 4)
    assert (selected(dialog), dialog.reason.field.text()) == ("ticket", "half")
    tickets.withdraw(front_desk, ticket.card.id, "不办了")
    tickets.hand_back(front_desk, ticket.card.id, tickets.Proof("pickup_code", ticket.pickup_code))
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2)


def test_the_second_manager_reads_who_closed_it(
    dialog: CloseDayDialog, store: Store, manager: Actor, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    keys.press("Return", "Alt+1", "Alt+1")
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    other = accounts.sign_in(store, "韩梅", PIN)
    day_close.close(other, NewClose(new_id(), DAY, given(other), hall_empty=True))
    qtbot.waitUntil(dialog.told.isVisible)
    assert dialog.told_words.text() == "韩梅已于 02-21 10:03 完成日终收尾。"
    assert not dialog.close_button.isVisible()
    assert [(line.number, line.what, line.reason) for line in dialog.model.rows] == [
        ("A001", "医保卡领取", "明日再办"),
        ("A001", "身份证", "明日再办"),
    ]
    keys.press("Ctrl+Return")
    settled()
    assert dialog.is_open()


def test_an_empty_hall_is_closed_with_two_keys(
    make_window: Callable[..., MainWindow], manager: Actor, small_hall: dict[str, Any],
    keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    make_window(manager)
    keys.press("Shift+F12")
    settled()
    keys.press("Ctrl+Return", "Ctrl+Return")
    settled()
    assert day_close.closing(manager, DAY) is not None


@pytest.mark.parametrize(
    ("kind", "page"),
    [("callback", "callbacks"), ("incident", "incidents"), ("follow_up", "people")],
)
def test_each_kind_of_line_is_opened_where_it_is_settled(
    kind: str, page: str, make_window: Callable[..., MainWindow], manager: Actor, clerk: Actor,
    small_hall: dict[str, Any], ticket: TicketView, keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    later = MORNING + timedelta(hours=1)
    callbacks.promise(
        clerk, NewCallback(new_id(), small_hall["window3"], "13600008853", due_at=later)
    )
    incidents.open(clerk, NewIncident(new_id(), "dispute", "门口", "", "争吵"))
    with manager.store.change(manager) as change:
        Rating.create(
            id=new_id(), hall=manager.hall_id, ticket=ticket.card.id, at=change.at,
            service_day=change.day, grade=1, reasons="slow", follow_up_due_at=later,
            force_insert=True,
        )  # fmt: skip
        change.record("rating.given", None)
    window = make_window(manager)
    keys.press("Shift+F12")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, CloseDayDialog)
    row = [line.kind for line in dialog.model.rows].index(kind)
    keys.press(*["Down"] * row)
    assert selected(dialog) == kind
    keys.press("Ctrl+O")
    settled()
    assert window.page().name == page


def test_a_forgotten_day_is_one_key_away(
    dialog: CloseDayDialog, window: MainWindow, store: Store, manager: Actor, keys: Keys,
    settled: Settled,
) -> None:  # fmt: skip
    keys.press("Escape")
    store.freeze(MORNING + timedelta(days=1))
    day_close.close(manager, NewClose(new_id(), DAY + timedelta(days=1), given(manager)))
    keys.press("Shift+F12")
    settled()
    (today,) = window.dialogs()
    assert isinstance(today, CloseDayDialog)
    assert today.forgotten_words.text() == "2020-02-21 尚未做日终收尾。"
    today.forgotten_link.setFocus()
    keys.press("Return")
    settled()
    (before,) = window.dialogs()
    assert isinstance(before, CloseDayDialog)
    assert before.day == DAY


def test_the_front_desk_closes_no_day(
    make_window: Callable[..., MainWindow], front_desk: Actor, keys: Keys, settled: Settled
) -> None:
    window = make_window(front_desk)
    keys.press("Shift+F12")
    settled()
    assert window.dialogs() == []


def test_the_report_page_closes_the_day_it_shows(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.go("report")
    settled()
    page: Any = window.page()
    page.day.step(-1)
    settled()
    page.close_day_button.click()
    settled()
    (shown,) = window.dialogs()
    assert isinstance(shown, CloseDayDialog)
    assert shown.day == page.day.day() != DAY


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_cut_off(
    language: str, make_window: Callable[..., MainWindow], manager: Actor, ticket: TicketView,
    keys: Keys, settled: Settled,
) -> None:  # fmt: skip
    i18n.use(language)
    window = make_window(manager)
    keys.press("Shift+F12")
    settled()
    (shown,) = window.dialogs()
    for _line in range(3):
        QApplication.processEvents()  # lays out anew
        assert cut_off(shown) == []
        keys.press("Down")
    assert isinstance(shown, CloseDayDialog)
    shown.close_day()
    settled()
    QApplication.processEvents()
    assert cut_off(shown) == []


# --- personal data whose time is over --------------------------------------------------------------


@pytest.fixture
def old_check(store: Store, front_desk: Actor) -> None:
    """Somebody was measured 40 days before today."""
    store.freeze(MORNING - timedelta(days=40))
    screening.record(front_desk, NewCheck(new_id(), "365", "孙立", phone="13800004127"))
    store.freeze(MORNING)


def test_what_is_over_is_said_before_and_destroyed_after_the_closing(
    old_check: None, dialog: CloseDayDialog, window: MainWindow, manager: Actor, keys: Keys,
    settled: Settled, qtbot: QtBot,
) -> None:  # fmt: skip
    assert dialog.retention.words.text() == "日终收尾后将清除到期个人信息：测温登记 1"
    for _line in range(3):
        if dialog.reason.field.isVisible() and selected(dialog) != "people":
            dialog.reason.edit.setText("改日来取")
        keys.press("Return")
    with qtbot.waitSignal(window.session.paper_told):
        keys.press("Return")
    settled()
    with manager.store.reading():
        names = [row.name for row in TemperatureCheck.select().order_by(TemperatureCheck.at)]
    assert names == ["", "于女士"]
    told = figures.of_day(manager, DAY)
    assert [(one.code, one.count) for one in told.purged] == [("screening", 1)]
    assert "到期个人信息已清除：测温登记1。" in joined(daily_report(told))


def test_how_long_things_are_kept_is_set_from_there(
    old_check: None, dialog: CloseDayDialog, window: MainWindow, manager: Actor, keys: Keys,
    settled: Settled,
) -> None:  # fmt: skip
    dialog.retention.times.setFocus()
    keys.press("Return")
    settled()
    times = window.dialogs()[-1]
    assert isinstance(times, HallNumbersDialog)
    for wrong in ("0", "3651"):
        times.fields["retention_screening_days"].set_text(wrong)
        keys.press("Return")
        settled()
        assert times.fields["retention_screening_days"].error.text() == "请输入 1 至 3650 的整数。"
    times.fields["retention_screening_days"].set_text("60")
    keys.press("Return")
    settled()
    assert window.dialogs() == [dialog]
    assert halls.settings(manager).retention_screening_days == 60
    assert dialog.retention.words.text() == "今天没有到期的个人信息。"


def test_a_purge_that_fails_leaves_the_day_closed_and_reported(
    old_check: None, dialog: CloseDayDialog, window: MainWindow, manager: Actor, keys: Keys,
    settled: Settled, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def busy(*_given: Any) -> None:
        raise errors.DatabaseBusy

    monkeypatch.setattr(retention, "purge_some", busy)
    day_close.close(manager, NewClose(new_id(), DAY, given(manager), hall_empty=True))
    with qtbot.waitSignal(window.session.paper_told):
        purge_after_closing(window.session, lambda: file_report(window.session, DAY))
    settled()
    assert retention.preview(manager, DAY).rows == 1
    assert len(list(window.session.papers.glob("*report*.pdf"))) == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_line_of_retention_is_not_cut_off(
    language: str, old_check: None, make_window: Callable[..., MainWindow], manager: Actor,
    ticket: TicketView, settled: Settled,
) -> None:  # fmt: skip
    i18n.use(language)
    window = make_window(manager)
    dialog = CloseDayDialog(window.session)
    dialog.open()
    settled()
    assert cut_off(dialog) == []
    dialog.retention.times.click()
    settled()
    assert cut_off(window.dialogs()[-1]) == []
