"""`hall-desk directory --send` against a real mail server: a line for each address, and nobody gets it twice."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from hall_desk import settings as pc
from hall_desk.cli import main
from hall_desk.services import accounts, halls, mail_server, mailings
from hall_desk.services.mail_server import MailServer
from hall_desk.services.mailings import Mailing
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN
from tests.mail_servers import HOST, PASSWORD, USER, Behaviour, MailHost, certificate

COUNT = 5
WITHIN_S = 30


def address(number: int) -> str:
    return f"c{number}@example.com"


@dataclass
class Office:
    """A hall with five communities, and the words that say where it is."""

    place: str
    folder: Path

    @property
    def words(self) -> list[str]:
        where = ["--data", str(self.folder)]
        return ["--database", self.place] if self.place.startswith("postgres") else where

    def open(self) -> Store:
        return Store.open(self.place)

    def use_server(self, port: int, security: str = "none", user: str = "") -> None:
        store = self.open()
        actor = accounts.operator(store)
        seen = mail_server.of_hall(actor)
        wanted = MailServer(HOST, port, security, user, "hall@example.com", "太平桥大厅")
        mail_server.change(actor, wanted, seen)
        store.close()

    def latest(self) -> Mailing:
        store = self.open()
        found = mailings.latest(accounts.operator(store))
        store.close()
        assert found is not None
        return found

    def states(self) -> list[str]:
        return [one.state for one in self.latest().results]

    def nobody_is_heard_of_for_a_while(self) -> None:
        """As if the time had passed after which a program that says nothing is given up."""
        store = self.open()
        with store.change(accounts.operator(store)) as change:
            models.Mailing.update(run_until=change.at - timedelta(seconds=1)).where(
                models.Mailing.run.is_null(False)
            ).execute()
        store.close()


@pytest.fixture
def office(place: str, tmp_path: Path, quick_pins: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    # What the command, here or in a process of its own, keeps of its own stays in the test's folder.
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    store = halls.create(
        place, name="太平桥政务服务大厅", manager="李主任", pin=PIN, practice_at=MORNING
    )
    store.thaw()
    actor = accounts.operator(store)
    with store.change(actor) as change:
        window = models.Window.create(
            id=new_id(), hall=actor.hall_id, number="3", name="医疗保险", phone="010-5555-0103",
            position=3, force_insert=True,
        )  # fmt: skip
        for number in range(COUNT):
            models.Community.create(
                id=new_id(), hall=actor.hall_id, name=f"第{number}社区", email=address(number),
                force_insert=True,
            )  # fmt: skip
        change.record("window.added", window.id)
    store.close()
    return Office(place, tmp_path)


def send(office: Office, *more: str) -> int:
    return main(["directory", "--send", *more, *office.words])


def test_every_community_gets_both_files_and_one_line_is_said_of_each(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with MailHost() as host:
        office.use_server(host.port)
        assert send(office) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"第{n}社区 <{address(n)}>: 已发送" for n in range(COUNT)
        ]
        # All have it: there is nothing to do, and nobody is written to.
        assert send(office) == 2
        assert send(office, "--only-failed", "--also-unknown") == 2
    assert host.addresses() == [address(n) for n in range(COUNT)]
    assert host.connections == 1
    for got in host.received:
        came = got.message
        assert "窗口电话目录" in came["Subject"]
        pdf, xlsx = came.iter_attachments()
        assert (pdf.get_filename()[-4:], xlsx.get_filename()[-5:]) == (".pdf", ".xlsx")
        document = pypdfium2.PdfDocument(pdf.get_content())
        assert "医疗保险" in document[0].get_textpage().get_text_bounded()
        document.close()
        book = openpyxl.load_workbook(io.BytesIO(xlsx.get_content()))
        assert any("医疗保险" in row for sheet in book for row in sheet.iter_rows(values_only=True))
    assert len({got.message["Message-ID"] for got in host.received}) == COUNT


def test_only_the_failed_are_written_to_again(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    behaviour = Behaviour(answers={address(1): "550 no", address(3): "451 later"})
    behaviour.cut_after_dot[address(2)] = 1
    with MailHost(behaviour) as host:
        office.use_server(host.port)
        assert send(office) == 1
        out = capsys.readouterr().out
        assert "第1社区 <c1@example.com>: 未被接收. 服务器不认识或不接收此地址。" in out
        assert "第2社区 <c2@example.com>: 送达不明. 没有收到服务器的答复，请问社区是否收到。" in out
        assert office.states() == ["sent", "refused", "unknown", "refused", "sent"]
        behaviour.answers.clear()
        first_ids = {got.addresses: got.message["Message-ID"] for got in host.received}
        host.received.clear()
        assert send(office, "--only-failed") == 1  # of one nobody knows
        assert host.addresses() == [address(1), address(3)]
        host.received.clear()
        assert send(office, "--only-failed", "--also-unknown") == 0
        assert host.addresses() == [address(2)]
        # Should it have arrived after all, a mail program shows it once.
        [got] = host.received
        assert got.message["Message-ID"] == first_ids[got.addresses]
    assert office.states() == ["sent"] * COUNT


def test_it_goes_to_oneself_first_and_is_kept_nowhere(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with MailHost() as host:
        office.use_server(host.port)
        assert send(office, "--to", "boss@example.com") == 0
        assert capsys.readouterr().out == "boss@example.com: 已发送\n"
        assert send(office, "--to", "a@example.com\nBcc: b@example.com") == 2
        assert "换行" in capsys.readouterr().err
    assert host.addresses() == ["boss@example.com"]
    store = office.open()
    assert mailings.latest(accounts.operator(store)) is None
    store.close()


def test_with_tls_and_a_password_of_this_pc(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = certificate(tmp_path / "tls")
    monkeypatch.setattr(pc, "default_folder", lambda: tmp_path)
    with MailHost(certificate=made, sign_in=True) as host:
        office.use_server(host.port, "starttls", USER)
        account = f"{USER}@{HOST}:{host.port}"
        known = pc.Settings(mail_ca_file=str(made.ca_file))
        pc.save(tmp_path, known)
        assert send(office) == 1
        assert "密码" in capsys.readouterr().err
        # A password that was typed for another server is not given to this one.
        pc.save(tmp_path, replace(known, mail_password=PASSWORD, mail_password_of="x@y:1"))
        assert send(office) == 1
        assert host.sign_ins == []
        pc.save(tmp_path, replace(known, mail_password=PASSWORD, mail_password_of=account))
        assert send(office, "--only-failed") == 0
        monkeypatch.setenv("HALL_DESK_MAIL_PASSWORD", "wrong")
        assert send(office, "--to", "x@example.com") == 1
    assert [got.user for got in host.received] == [USER] * COUNT
    if os.name == "posix":
        assert (tmp_path / pc.FILE).stat().st_mode & 0o777 == 0o600
    assert secret_is_nowhere_but(tmp_path, tmp_path / pc.FILE)


def secret_is_nowhere_but(folder: Path, place: Path) -> bool:
    """Whether no other file has the password: no database, no log."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if PASSWORD.encode() in path.read_bytes()] == [place]


def test_the_password_is_shown_by_no_settings() -> None:
    assert PASSWORD not in repr(pc.Settings(mail_password=PASSWORD))


def test_a_server_that_takes_nothing_ends_it_and_leaves_all_waiting(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(office) == 1
    assert "尚未设置邮件服务器" in capsys.readouterr().err
    with MailHost(Behaviour(sender_answer="550 not you")) as host:
        office.use_server(host.port)
        assert send(office) == 1
        assert "发件地址" in capsys.readouterr().err
    assert office.states() == ["waiting"] * COUNT
    assert office.latest().error == "sender"
    assert send(office, "--only-failed") == 1  # it is not there any more
    assert office.latest().error == "unreachable"


def test_what_is_typed_wrong(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["directory", "F.pdf", "--only-failed", *office.words]) == 2
    assert main(["directory", "F.pdf", "--to", "a@b.cn", *office.words]) == 2
    assert send(office, "--also-unknown") == 2
    assert "--send" in capsys.readouterr().err
    assert main(["directory", "F.pdf", "--send", *office.words]) == 2
    assert main(["directory", *office.words]) == 2


# --- the mail server and what was before ---------------------------------------------------------------------


def mail(office: Office, *words: str) -> int:
    return main(["mail", *words, *office.words])


def test_the_mail_server_is_set_tried_and_shown(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = certificate(tmp_path / "tls")
    monkeypatch.setattr(pc, "default_folder", lambda: tmp_path)
    assert mail(office, "show") == mail(office, "test") == 1
    assert capsys.readouterr().err.count("尚未设置邮件服务器") == 2
    assert mail(office, "set", "--host", HOST) == 2  # who it comes from is missing
    with MailHost(certificate=made, sign_in=True) as host:
        monkeypatch.setenv("HALL_DESK_MAIL_PASSWORD", PASSWORD)
        words = ["--host", HOST, "--port", str(host.port), "--user", USER]
        words += ["--sender", "hall@example.com", "--ca-file", str(made.ca_file)]
        assert mail(office, "set", *words) == 0
        monkeypatch.delenv("HALL_DESK_MAIL_PASSWORD")
        # What is not named stays: the password too.
        assert mail(office, "set", "--sender-name", "太平桥大厅") == 0
        assert mail(office, "test", "--to", "boss@example.com") == 0
        assert mail(office, "test") == 0
    assert host.addresses() == ["boss@example.com", "hall@example.com"]
    assert {got.user for got in host.received} == {USER}
    capsys.readouterr()
    assert mail(office, "show") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{HOST}:{host.port}  加密（STARTTLS）",
        "太平桥大厅 <hall@example.com>",
        f"{USER}  本机已存密码",
    ]
    assert secret_is_nowhere_but(tmp_path, tmp_path / pc.FILE)
    # Another encryption goes with its own port, and another port is another server for the password.
    assert mail(office, "set", "--security", "tls") == 0
    capsys.readouterr()
    assert mail(office, "show") == 0
    shown = capsys.readouterr().out
    assert f"{HOST}:465" in shown
    assert "本机没有密码" in shown


def test_the_mailings_of_before_are_listed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mail(office, "list") == 0
    assert capsys.readouterr().out == "还没有发送过。\n"
    with MailHost(Behaviour(answers={address(1): "550 no"})) as host:
        office.use_server(host.port)
        assert send(office) == 1
    capsys.readouterr()
    assert mail(office, "list") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.endswith("命令行  第 1 版  已发送 4  未被接收 1")


# --- killed -------------------------------------------------------------------------------------------------


def started(office: Office) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    words = [sys.executable, "-m", "hall_desk", "directory", "--send", *office.words]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("holds", ["holds_at", "holds_after_dot"])
def test_killed_in_the_middle_and_sent_again_nobody_gets_it_twice(
    office: Office, holds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    let_go = threading.Event()
    behaviour: Any = Behaviour(**{holds: {address(2): let_go}})
    with MailHost(behaviour) as host:
        office.use_server(host.port)
        process = started(office)
        try:
            assert behaviour.reached.wait(WITHIN_S)
        finally:
            process.kill()  # SIGKILL
            process.wait(WITHIN_S)
        let_go.set()
        assert office.states() == ["sent", "sent", "unknown", "waiting", "waiting"]
        capsys.readouterr()
        assert (
            send(office, "--only-failed") == 1
        )  # whoever looks at it cannot know that it was killed
        assert "正在发送目录" in capsys.readouterr().err
        office.nobody_is_heard_of_for_a_while()
        assert send(office, "--only-failed") == 1
        assert office.states() == ["sent", "sent", "unknown", "sent", "sent"]
        before = [address(n) for n in ((0, 1, 3, 4) if holds == "holds_at" else range(COUNT))]
        assert sorted(host.addresses()) == before
        assert send(office, "--only-failed", "--also-unknown") == 0
    expected = [*before, address(2)]
    assert sorted(host.addresses()) == sorted(expected)
    assert office.states() == ["sent"] * COUNT
