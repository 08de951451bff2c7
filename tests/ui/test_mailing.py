"""The directory by e-mail on the screen: server set and tried, sent by keyboard alone, told address by address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import settings as pc
from hall_desk.services import accounts, mail_server, mailings
from hall_desk.services.accounts import Role
from hall_desk.services.mail_server import MailServer
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.directory import DirectoryDialog
from hall_desk.ui.dialogs.mailing import MailingDialog
from hall_desk.ui.dialogs.past_mailings import PastMailingsDialog
from hall_desk.ui.mailing_table import state_words
from tests.conftest import PIN
from tests.mail_servers import HOST, PASSWORD, USER, Behaviour, MailHost, certificate

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

WAIT_MS = 15_000


def address(number: int) -> str:
    return f"c{number}@example.com"


@pytest.fixture
def communities(store: Store, manager: Actor, small_hall: dict[str, Any]) -> None:
    with store.change(manager) as change:
        for number in range(4):
            key = new_id()
            models.Community.create(
                id=key, hall=manager.hall_id, name=f"第{number}社区", email=address(number), force_insert=True
            )  # fmt: skip
            change.record("community.added", key)


def use_server(actor: Actor, port: int) -> None:
    mail_server.change(
        actor,
        MailServer(HOST, port, "none", "", "hall@example.com", "大厅"),
        mail_server.of_hall(actor),
    )


@pytest.fixture
def open_dialog(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    communities: None,
    settled: Callable[[], None],
) -> Callable[[], MailingDialog]:
    windows: list[MainWindow] = []

    def open_() -> MailingDialog:
        if not windows:
            windows.append(make_window(manager))
        windows[0].top_bar.mailing_asked.emit()
        settled()
        dialog = windows[0].dialogs()[-1]
        assert isinstance(dialog, MailingDialog)
        return dialog

    return open_


def told(dialog: MailingDialog) -> list[str]:
    return [state_words(line) for line in dialog.table.rows.rows]


def test_the_server_is_set_tried_and_kept_without_the_mouse(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
    tmp_path: Path,
) -> None:
    made = certificate(tmp_path / "tls")
    with MailHost(certificate=made, sign_in=True) as host:
        dialog = open_dialog()
        form = dialog.server_form
        assert form.isVisible()  # the first thing that is missing
        assert form.host.line() is keys.focused()
        keys.press("Return")
        assert form.host.error.isVisible()
        keys.type(HOST)
        for field, text in (
            (form.port, str(host.port)),
            (form.user, USER),
            (form.password, "wrong"),
            (form.sender_address, "hall@example.com\n"),
            (form.ca_file, str(made.ca_file)),
        ):
            field.setFocus()
            field.set_text("")
            keys.type(text.strip())
        form.to.set_text("boss@example.com")
        keys.press("Alt+T")
        settled()
        assert "不接受此用户名或密码" in form.password.error.text()
        form.password.set_text(PASSWORD)
        keys.press("Alt+T")
        settled()
        assert "boss@example.com" in form.said.text()
        assert host.addresses() == ["boss@example.com"]
        keys.press("Return")
        settled()
        assert not form.isVisible()
        kept = mail_server.of_hall(manager)
        assert kept is not None
        assert (kept.user, kept.security, kept.port) == (USER, "starttls", host.port)
        # Opened again, the password is neither shown nor needed.
        keys.press("Alt+M")
        assert form.password.text() == ""
        keys.press("Alt+T")
        settled()
        assert len(host.received) == 2
        keys.press("Esc")
        assert dialog.is_open()
        assert not form.isVisible()
    known = pc.load(tmp_path)
    assert (known.mail_password, known.mail_password_of) == (PASSWORD, kept.account)
    assert (tmp_path / pc.FILE).stat().st_mode & 0o077 == 0
    assert PASSWORD.encode() not in (tmp_path / "hall.sqlite3").read_bytes()


def test_it_is_sent_to_oneself_then_to_all_by_key(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
) -> None:
    with MailHost() as host:
        use_server(manager, host.port)
        dialog = open_dialog()
        assert dialog.rect().contains(dialog.sheet.geometry())
        assert dialog.to.text() == "hall@example.com"
        keys.press("Alt+T")
        settled()
        assert host.addresses() == ["hall@example.com"]
        dialog.subject.set_text("新版目录")
        dialog.table.setFocus()
        keys.press("Down", "Space")  # not to the second
        assert "发送给 3 个社区" in dialog.send_button.text()
        keys.press("Ctrl+Return")
        settled()
        assert host.addresses()[1:] == [address(0), address(2), address(3)]
        assert host.received[-1].message["Subject"] == "新版目录"
        assert told(dialog) == ["已发送", "", "已发送", "已发送"]
        assert dialog.said.text().endswith("已发送 3")
        assert not dialog.again_button.isVisible()
        # Pressed once more, nobody gets it twice.
        assert dialog.table.ticked == set()
        keys.press("Ctrl+Return")
        settled()
        assert len(host.received) == 4
        # The one that was left out is not forgotten: only it is still ticked when the form is opened anew.
        dialog.reject()
        dialog = open_dialog()
        ticked = [
            line.recipient.name for line in dialog.table.rows.rows if line.id in dialog.table.ticked
        ]
        assert ticked == ["第1社区"]


def test_the_failed_get_it_again_and_the_unknown_when_somebody_asked(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
) -> None:
    behaviour = Behaviour(answers={address(1): "550 no"})
    behaviour.cut_after_dot[address(2)] = 1
    with MailHost(behaviour) as host:
        use_server(manager, host.port)
        dialog = open_dialog()
        keys.press("Ctrl+Return")
        settled()
        assert told(dialog) == ["已发送", "未被接收", "送达不明", "已发送"]
        dialog.table.selectRow(1)
        assert "不认识" in dialog.why.text()
        assert not dialog.arrived.isVisible()
        behaviour.answers.clear()
        host.received.clear()
        keys.press("Alt+A")
        settled()
        assert host.addresses() == [address(1)]
        dialog.table.selectRow(2)
        assert dialog.arrived.isVisible()
        keys.press("Alt+N")
        settled()
        assert told(dialog)[2] == "尚未发送"
        keys.press("Alt+A")
        settled()
        assert host.addresses() == [address(1), address(2)]
        assert told(dialog) == ["已发送"] * 4


def test_closing_the_form_does_not_end_it_and_stopping_does(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
    qtbot: QtBot,
) -> None:
    let_go = threading.Event()
    behaviour = Behaviour(holds_at={address(1): let_go})
    with MailHost(behaviour) as host:
        use_server(manager, host.port)
        dialog = open_dialog()
        keys.press("Ctrl+Return")
        qtbot.waitUntil(behaviour.reached.is_set, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: told(dialog)[1:2] == ["正在发送"], timeout=WAIT_MS)
        assert dialog.progress.isVisible()
        assert "第1社区" in dialog.said.text()
        assert not dialog.send_button.isEnabled()
        keys.press("Esc")
        assert not dialog.is_open()
        dialog = open_dialog_while_busy(dialog, qtbot)
        assert told(dialog)[:2] == ["已发送", "正在发送"]
        keys.press("Alt+X")
        assert not dialog.stop_button.isEnabled()
        let_go.set()
        settled()
        assert told(dialog) == ["已发送", "已发送", "尚未发送", "尚未发送"]
        assert not dialog.progress.isVisible()
        assert host.addresses() == [address(0), address(1)]
        keys.press("Alt+A")
        settled()
        assert host.addresses() == [address(n) for n in range(4)]


def open_dialog_while_busy(before: MailingDialog, qtbot: QtBot) -> MailingDialog:
    dialog = MailingDialog(before.session)
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.table.rows.rows) == 4, timeout=WAIT_MS)
    return dialog


def test_a_second_manager_is_told_who_sends(
    open_dialog: Callable[[], MailingDialog],
    store: Store,
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
) -> None:
    accounts.add_staff(manager, "王主任", Role.MANAGER, PIN)
    second = accounts.sign_in(store, "王主任", PIN)
    with MailHost() as host:
        use_server(manager, host.port)
        dialog = open_dialog()
        keys_of = tuple(one.id for one in mailings.recipients(second))
        mailings.start(second, mailings.NewMailing(new_id(), keys_of, 1, "x", "x"))
        keys.press("Ctrl+Return")
        settled()
        assert "王主任" in dialog.said.text()
        assert host.received == []


def test_a_server_that_takes_nothing_is_said_beside_the_work(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
) -> None:
    with MailHost(Behaviour(sender_answer="550 not you")) as host:
        use_server(manager, host.port)
        dialog = open_dialog()
        keys.press("Alt+T")
        settled()
        assert "发件地址" in dialog.said.text()
        keys.press("Ctrl+Return")
        settled()
        assert "发件地址" in dialog.said.text()
        assert told(dialog) == ["尚未发送"] * 4
        assert dialog.again_button.isVisible()
        dialog.reject()
        dialog = open_dialog()
        assert "发件地址" in dialog.said.text()


def test_the_mailings_of_before_are_shown_over_the_form(
    open_dialog: Callable[[], MailingDialog],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
) -> None:
    community = mailings.recipients(manager)[0]
    for address_refused in (True, False):
        new = mailings.NewMailing(new_id(), (community.id,), 1, "新版目录", "请张贴")
        run = mailings.start(manager, new)
        envelope = mailings.next_envelope(manager, run)
        assert envelope is not None
        refused = mailings.Outcome("refused", "address")
        mailings.record(manager, envelope, refused if address_refused else mailings.SENT)
        mailings.finish(manager, run)
    use_server(manager, 25)
    dialog = open_dialog()
    keys.press("Alt+B")
    settled()
    (past,) = dialog.window().findChildren(PastMailingsDialog)
    rows = [tuple(column.text(one) for column in past.model.columns[1:]) for one in past.model.rows]
    assert rows == [
        ("李主任", "1", "新版目录", "", "1", "", ""),
        ("李主任", "1", "新版目录", "", "", "1", ""),
    ]
    keys.press("Escape")
    assert not past.is_open()


def test_a_community_without_an_address_cannot_be_ticked(
    open_dialog: Callable[[], MailingDialog], store: Store, manager: Actor, keys: Keys
) -> None:
    use_server(manager, 25)
    with store.change(manager):
        models.Community.update(email="a@example.com\nBcc: b@example.com").where(
            models.Community.email == address(0)
        ).execute()
    dialog = open_dialog()
    assert not dialog.band.isVisible()
    assert len(dialog.table.ticked) == 3
    dialog.table.selectRow(0)
    keys.press("Space")
    assert len(dialog.table.ticked) == 3
    assert "第0社区" in dialog.why.text()
    assert "换行" in dialog.why.text()
    keys.press("Alt+L")
    assert dialog.table.ticked == set()
    assert not dialog.send_button.isEnabled()
    keys.press("Alt+L")
    assert len(dialog.table.ticked) == 3


def test_it_is_reached_from_the_directory_by_managers_only(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    front_desk: Actor,
    communities: None,
    settled: Callable[[], None],
    keys: Keys,
) -> None:
    window = make_window(front_desk)
    window.show_directory()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DirectoryDialog)
    assert not dialog.mail_button.isVisible()
    keys.press("Alt+M")
    assert window.dialogs() == [dialog]
    window.show_mailing()
    assert window.dialogs() == [dialog]
    dialog.reject()
    boss = make_window(manager)
    boss.show_directory()
    settled()
    boss.dialogs()[-1].setFocus()
    boss.dialogs()[-1].press("Alt+M")
    settled()
    assert isinstance(boss.dialogs()[-1], MailingDialog)
