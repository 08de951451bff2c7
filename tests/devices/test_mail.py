"""The way to a mail server, over real connections on loopback: what arrives, and what each refusal is called."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from hall_desk import errors, i18n
from hall_desk.devices.mail import Account, Attachment, Connection, Letter, Patience, message
from hall_desk.services.mail_server import MailServer
from hall_desk.services.mailings import SENT, Outcome
from hall_desk.store.ids import new_id
from tests.mail_servers import (
    HOST,
    PASSWORD,
    USER,
    Behaviour,
    Certificate,
    MailHost,
    RawServer,
    certificate,
)

AT = datetime(2020, 2, 21, 2, 3, 27, tzinfo=UTC)
PDF = "application/pdf"
ADDRESS, OTHER = "fuxingmen@example.com", "yuetan@example.com"
QUICK = Patience(connect_s=2, command_s=0.4, answer_s=0.6, address_s=5)
LETTER = Letter("窗口电话目录 第3版", "各社区：\n.一行以点开头\n请查收。", (), AT)


def account(
    port: int,
    security: str = "none",
    user: str = "",
    password: str = "",
    ca_file: object = "",
    host: str = HOST,
) -> Account:
    server = MailServer(host, port, security, user, "hall@example.com", "太平桥政务服务大厅")
    return Account(server, password, str(ca_file))


def sent(where: Account, address: str = ADDRESS, letter: Letter = LETTER) -> Outcome:
    with Connection(where, QUICK) as connection:
        return connection.send(new_id(), address, "复兴门社区", letter)


def refused(where: Account) -> errors.CannotMail:
    """Why nothing goes there, which has a sentence in both languages."""
    with pytest.raises(errors.CannotMail) as told:
        sent(where)
    for language in ("en", "zh_CN"):
        i18n.use(language)
        sentence = i18n.explain(told.value)
        assert "{" not in sentence
        assert PASSWORD not in sentence + str(told.value) + repr(told.value.facts)
    return told.value


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))


# --- what arrives ----------------------------------------------------------------------------------------


def test_a_letter_arrives_with_chinese_and_files_intact() -> None:
    from hall_desk.documents.trial import trial_page

    pdf = trial_page("a4", "太平桥政务服务大厅", AT)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "医保卡领取"
    written = io.BytesIO()
    book.save(written)
    xlsx_kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    letter = Letter(
        LETTER.subject,
        LETTER.text,
        (
            Attachment("窗口电话目录-v3.pdf", PDF, pdf),
            Attachment("window-phones.xlsx", xlsx_kind, written.getvalue()),
        ),
        AT,
    )
    key = new_id()
    with MailHost() as host, Connection(account(host.port)) as connection:
        assert connection.send(key, ADDRESS, "复兴门社区", letter) == SENT
    [got] = host.received
    assert (got.sender, got.addresses, got.encrypted) == ("hall@example.com", (ADDRESS,), False)
    came = got.message
    assert came["Subject"] == LETTER.subject
    assert came["From"].addresses[0].display_name == "太平桥政务服务大厅"
    assert [one.addr_spec for one in came["To"].addresses] == [ADDRESS]
    assert came["To"].addresses[0].display_name == "复兴门社区"
    assert came["Cc"] is None
    assert came["Message-ID"] == f"<{key.hex}@example.com>"
    assert came["Date"].datetime == AT
    body = came.get_body()
    assert body is not None
    assert body.get_content().splitlines() == LETTER.text.splitlines()
    first, second = came.iter_attachments()
    assert first.get_filename() == "窗口电话目录-v3.pdf"
    pages = pypdfium2.PdfDocument(first.get_content())
    assert len(pages) == 1
    pages.close()
    sheet = openpyxl.load_workbook(io.BytesIO(second.get_content())).active
    assert sheet is not None
    assert sheet["A1"].value == "医保卡领取"
    # Every server can pass it on: no byte above 127, no long line.
    assert got.content.isascii()
    assert max(map(len, got.content.splitlines())) <= 998


def test_many_letters_go_over_one_connection_each_to_one_address() -> None:
    with MailHost() as host, Connection(account(host.port)) as connection:
        for number in range(20):
            assert connection.send(new_id(), f"c{number}@example.com", "", LETTER) == SENT
    assert host.connections == 1
    assert host.addresses() == [f"c{number}@example.com" for number in range(20)]
    assert all(f"c{n}@".encode() in got.content for n, got in enumerate(host.received))
    assert all(got.content.count(b"@example.com") <= 4 for got in host.received)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_is_encrypted_and_signed_in(security: str, own_certificate: Certificate) -> None:
    with MailHost(
        certificate=own_certificate, tls_from_start=security == "tls", sign_in=True
    ) as host:
        where = account(host.port, security, USER, PASSWORD, own_certificate.ca_file)
        assert sent(where) == SENT
    assert [(got.encrypted, got.user) for got in host.received] == [(True, USER)]


def test_a_line_that_begins_with_a_dot_comes_out_as_it_was() -> None:
    text = ".\n..\n.x\r\n.\n"
    with MailHost() as host:
        letter = Letter("x", text, (Attachment("a.txt", "text/plain", b".\n"),), AT)
        assert sent(account(host.port), letter=letter) == SENT
    body = host.received[0].message.get_body()
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()


def test_the_password_is_in_no_text_of_an_account() -> None:
    assert PASSWORD not in repr(account(25, user=USER, password=PASSWORD))


# --- whom no head may be written for ----------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\x00", "\x0b"])
def test_no_line_break_gets_into_a_head_or_a_command(end: str) -> None:
    server = account(25).server
    for address in (f"a@example.com{end}Bcc: all@example.com", f"a{end}@example.com"):
        with pytest.raises(errors.BadInput) as told:
            message(LETTER, server, new_id(), address)
        assert (told.value.field, told.value.reason) == ("mail_address", "line_break")
        assert "换行" in i18n.explain(told.value)
    with pytest.raises(errors.BadInput) as told:
        message(Letter(f"x{end}Bcc: all@example.com", "", (), AT), server, new_id(), ADDRESS)
    assert told.value.field == "mail_subject"
    with pytest.raises(errors.BadInput):
        message(LETTER, server, new_id(), ADDRESS, f"社区{end}Bcc: all@example.com")


def test_a_name_with_quotes_and_brackets_stays_a_name() -> None:
    with MailHost() as host, Connection(account(host.port)) as connection:
        name = 'A "B" <c@example.com>, d@example.com'
        assert connection.send(new_id(), ADDRESS, name, LETTER) == SENT
    [only] = host.received[0].message["To"].addresses
    assert (only.display_name, only.addr_spec) == (name, ADDRESS)


def test_letters_before_the_at_need_a_server_that_knows_them() -> None:
    chinese = "联系人@example.com"
    with MailHost() as host, Connection(account(host.port)) as connection:
        assert connection.send(new_id(), chinese, "", LETTER).error == "local_part"
        assert connection.send(new_id(), ADDRESS, "", LETTER) == SENT
    with MailHost(utf8=True) as host, Connection(account(host.port)) as connection:
        for address in (chinese, ADDRESS, "hall@社区.中国"):
            assert connection.send(new_id(), address, "", LETTER) == SENT
    assert host.addresses() == [chinese, ADDRESS, "hall@xn--dkrp89f.xn--fiqs8s"]
    assert f"To: {chinese}".encode() in host.received[0].content


# --- what is wrong with one address alone -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 no such user", "address"),
        ("552 5.2.2 mailbox full", "full"),
        ("450 4.2.0 try again later", "later"),
        ("451 greylisted", "later"),
    ],
)
def test_an_address_that_is_refused_leaves_the_others_alone(answer: str, reason: str) -> None:
    with (
        MailHost(Behaviour(answers={ADDRESS: answer})) as host,
        Connection(account(host.port)) as connection,
    ):
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("refused", reason)
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
    assert host.addresses() == [OTHER]
    assert host.connections == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("554 5.7.1 looks like spam", "message"),
        ("552 5.3.4 too big", "too_large"),
        ("452 4.3.1 disk full", "later"),
    ],
)
def test_a_message_that_is_refused(answer: str, reason: str) -> None:
    with (
        MailHost(Behaviour(data_answers={ADDRESS: answer})) as host,
        Connection(account(host.port)) as connection,
    ):
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("refused", reason)
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT


def test_every_reason_has_words() -> None:
    reasons = "address full later message too_large local_part stalled dropped no_answer under_way"
    for reason in reasons.split():
        assert i18n.code("mail_trouble", reason) != reason


# --- lines that break off or are silent ----------------------------------------------------------------------


def test_a_silent_server_is_not_waited_for() -> None:
    with (
        MailHost(Behaviour(silent_at={ADDRESS})) as host,
        Connection(account(host.port), QUICK) as connection,
    ):
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("refused", "stalled")
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
    assert host.addresses() == [OTHER]


def test_silence_after_the_whole_message_leaves_it_unknown() -> None:
    with (
        MailHost(Behaviour(silent_after_dot={ADDRESS})) as host,
        Connection(account(host.port), QUICK) as connection,
    ):
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("unknown", "no_answer")
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT


def test_a_line_cut_after_the_whole_message_leaves_it_unknown_and_sends_it_once() -> None:
    behaviour = Behaviour()
    behaviour.cut_after_dot[ADDRESS] = 1
    with MailHost(behaviour) as host, Connection(account(host.port), QUICK) as connection:
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("unknown", "no_answer")
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
    assert host.addresses() == [ADDRESS, OTHER]


# Larger than what both ends of a line keep for each other, so that the cut is felt before the end.
LARGE = Letter("x", "x", (Attachment("x.bin", "application/octet-stream", b"x" * 9_000_000),), AT)


def test_a_line_cut_within_the_message_is_tried_again_on_a_new_one() -> None:
    behaviour = Behaviour()
    behaviour.cut_in_data[ADDRESS] = 1
    with MailHost(behaviour) as host, Connection(account(host.port)) as connection:
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
        assert connection.send(new_id(), ADDRESS, "", LARGE) == SENT
    assert host.addresses() == [OTHER, ADDRESS]
    assert host.connections == 2


def test_a_line_that_is_always_cut_within_the_message_is_given_up() -> None:
    behaviour = Behaviour()
    behaviour.cut_in_data[ADDRESS] = 9
    with MailHost(behaviour) as host, Connection(account(host.port)) as connection:
        assert connection.send(new_id(), ADDRESS, "", LARGE) == Outcome("refused", "dropped")
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
    assert host.addresses() == [OTHER]


def test_a_server_that_had_enough_is_called_again() -> None:
    behaviour = Behaviour()
    behaviour.cut_at[ADDRESS] = 1
    with MailHost(behaviour) as host, Connection(account(host.port)) as connection:
        assert connection.send(new_id(), OTHER, "", LETTER) == SENT
        assert connection.send(new_id(), ADDRESS, "", LETTER) == SENT
    assert host.connections == 2
    assert host.addresses() == [OTHER, ADDRESS]


def test_a_server_that_is_never_late_and_never_ready_is_cut_off() -> None:
    def talk(line: socket.socket, end: threading.Event) -> None:
        line.sendall(b"220 slow\r\n")
        line.recv(1000)
        line.sendall(b"250 slow\r\n")
        line.recv(1000)
        while not end.wait(0.05):
            line.sendall(b"250-and\r\n")

    with (
        RawServer(talk) as slow,
        Connection(account(slow.port), Patience(2, 0.4, 0.6, address_s=0.5)) as connection,
    ):
        assert connection.send(new_id(), ADDRESS, "", LETTER) == Outcome("refused", "stalled")


# --- servers that take nothing ------------------------------------------------------------------------------


def test_nothing_listens_or_nobody_is_there() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    assert refused(account(port)).reason == "unreachable"
    assert refused(account(25, host="no-such-host.invalid")).reason == "name"


def test_a_server_that_says_nothing_at_all() -> None:
    quick = Patience(connect_s=0.3)
    with (
        RawServer(lambda _line, end: end.wait(30)) as silent,
        pytest.raises(errors.CannotMail) as told,
        Connection(account(silent.port), quick) as connection,
    ):
        connection.open()
    assert told.value.reason == "no_answer"


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "not_mail"),
        (b"554 go away\r\n", "unavailable"),
        (b"421 too many\r\n", "unavailable"),
        (b"x" * 20_000 + b"\r\n", "not_mail"),
        (b"", "not_mail"),
        (b"220 hello\r\n", "cut"),
    ],
)
def test_what_else_may_answer(first: bytes, reason: str) -> None:
    with RawServer(lambda line, _end: line.sendall(first)) as strange:
        assert refused(account(strange.port)).reason == reason


def test_a_wrong_password_is_refused_and_told_to_nobody() -> None:
    with MailHost(sign_in=True) as host:
        assert refused(account(host.port, "none", USER, "wrong")).reason == "sign_in"
        assert refused(account(host.port, "none", USER, "密码")).reason == "sign_in"
        assert refused(account(host.port, "none", USER, "")).reason == "no_password"
        assert refused(account(host.port)).reason == "sign_in_needed"
        assert sent(account(host.port, "none", USER, PASSWORD)) == SENT
    with MailHost() as host:
        assert refused(account(host.port, "none", USER, PASSWORD)).reason == "no_sign_in"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.7.1 not you", "sender"),
        ("552 5.3.4 too large", "too_large"),
        ("451 later", "unavailable"),
        ("530 5.7.0 Must issue a STARTTLS command first", "encryption_needed"),
    ],
)
def test_a_sender_that_is_refused(answer: str, reason: str) -> None:
    with MailHost(Behaviour(sender_answer=answer)) as host:
        assert refused(account(host.port)).reason == reason


def test_a_message_larger_than_the_server_takes_is_not_even_begun() -> None:
    with (
        MailHost(most_bytes=1000) as host,
        Connection(account(host.port)) as connection,
        pytest.raises(errors.CannotMail) as told,
    ):
        connection.send(new_id(), ADDRESS, "", Letter("x", "长" * 2000, (), AT))
    assert (told.value.reason, told.value.facts["limit"]) == ("too_large", 1000)
    assert host.received == []


# --- certificates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_password(
    security: str, own_certificate: Certificate
) -> None:
    with MailHost(
        certificate=own_certificate, tls_from_start=security == "tls", sign_in=True
    ) as host:
        where = account(host.port, security, USER, PASSWORD)
        assert refused(where).reason == "certificate"
    assert (host.received, host.sign_ins) == ([], [])


def _other_name(folder: Path) -> Certificate:
    return certificate(folder, address="192.0.2.7")


def _expired(folder: Path) -> Certificate:
    return certificate(folder, days=-1)


@pytest.mark.parametrize(
    ("make", "reason"), [(_other_name, "certificate_name"), (_expired, "certificate_expired")]
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_computer_or_time(
    make: Callable[[Path], Certificate], reason: str, security: str, tmp_path: Path
) -> None:
    made = make(tmp_path)
    with MailHost(certificate=made, tls_from_start=security == "tls", sign_in=True) as host:
        where = account(host.port, security, USER, PASSWORD, made.ca_file)
        assert refused(where).reason == reason
    assert host.sign_ins == []


def test_it_never_goes_on_without_encryption(own_certificate: Certificate) -> None:
    with MailHost(sign_in=True) as host:
        where = account(host.port, "starttls", USER, PASSWORD, own_certificate.ca_file)
        assert refused(where).reason == "no_starttls"
        where = account(host.port, "tls", USER, PASSWORD, own_certificate.ca_file)
        assert refused(where).reason == "not_mail"
    assert (host.received, host.sign_ins) == ([], [])


def test_a_ca_file_that_is_missing_or_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty.crt"
    empty.write_text("")
    for file in (tmp_path / "missing.crt", empty):
        assert refused(account(25, "tls", ca_file=file)).reason == "ca_file"
