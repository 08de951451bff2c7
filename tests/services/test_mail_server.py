"""The hall's mail server: checked, changed together, and no address in the journal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, mail_addresses, mail_server
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.mail_server import MailServer
from hall_desk.store import models
from hall_desk.store.database import Store
from tests.conftest import PIN

SERVER = MailServer(
    "mail.example.com", 587, "starttls", "hall-user", "hall@example.com", "太平桥政务服务大厅"
)


def test_it_is_kept_for_the_hall_and_the_journal_says_only_what_changed(
    store: Store, manager: Actor
) -> None:
    assert mail_server.of_hall(manager) is None
    mail_server.change(manager, replace(SERVER, host=" mail.example.com "), None)
    assert mail_server.of_hall(manager) == SERVER
    moved = replace(SERVER, port=465, security="tls")
    mail_server.change(manager, moved, SERVER)
    mail_server.change(manager, moved, SERVER)  # the same twice
    entries = list(
        models.JournalEntry.select()
        .where(models.JournalEntry.kind == "directory.mail_server_changed")
        .order_by(models.JournalEntry.id)
    )
    parts = [json.loads(entry.facts)["parts"] for entry in entries]
    assert parts == [
        ["host", "port", "security", "user", "sender", "sender_name"],
        ["port", "security"],
    ]
    assert not any("example" in entry.facts or "hall-user" in entry.facts for entry in entries)


def test_two_managers_change_it_and_the_second_sees_the_first(store: Store, manager: Actor) -> None:
    mail_server.change(manager, SERVER, None)
    accounts.add_staff(manager, "王主任", Role.MANAGER, PIN)
    second = accounts.sign_in(store, "王主任", PIN)
    mail_server.change(second, replace(SERVER, port=2525), SERVER)
    with pytest.raises(errors.DoneByOther) as told:
        mail_server.change(manager, replace(SERVER, port=465), SERVER)
    assert "王主任" in i18n.explain(told.value)
    now = mail_server.of_hall(manager)
    assert now is not None
    assert now.port == 2525


@pytest.mark.parametrize(
    ("part", "value", "field", "reason"),
    [
        ("host", "", "mail_host", "empty"),
        ("host", "mail example", "mail_host", "shape"),
        ("host", "http://mail", "mail_host", "shape"),
        ("host", "mail.example.com\r\n", "mail_host", "line_break"),
        ("port", 0, "mail_port", "shape"),
        ("port", 65536, "mail_port", "shape"),
        ("security", "ssl", "mail_security", "unknown"),
        ("user", "a\nb", "mail_user", "line_break"),
        ("sender", "hall", "mail_address", "shape"),
        ("sender", "", "mail_address", "empty"),
        ("sender", "hall@example.com\nBcc: x@example.com", "mail_address", "line_break"),
        ("sender_name", "大厅\r\nBcc: x@example.com", "mail_sender_name", "line_break"),
        ("sender_name", "厅" * 300, "mail_sender_name", "too_long"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    part: str, value: object, field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as told:
        mail_server.checked(replace(SERVER, **{part: value}))
    assert (told.value.field, told.value.reason) == (field, reason)
    for language in ("en", "zh_CN"):
        i18n.use(language)
        assert i18n.explain(told.value) != i18n._("This value cannot be taken.")


@pytest.mark.parametrize(
    "good",
    [
        "a@b.cn",
        "first.last+tag@sub.example.com",
        "联系@社区.中国",
        "x" * 64 + "@example.com",
        " a@b.cn ",
    ],
)
def test_addresses_that_are_taken(good: str) -> None:
    assert mail_addresses.checked(good) == good.strip()


@pytest.mark.parametrize(
    "bad",
    [
        "", "a", "@b.cn", "a@", "a@b", "a@@b.cn", "a b@c.cn", ".a@b.cn", "a.@b.cn", "a..b@c.cn", "a@-b.cn",
        "a@b..cn", "a@b.cn,c@d.cn", "<a@b.cn>", "a@b.cn>", '"a"@b.cn', "x" * 65 + "@b.cn", "a@" + "b" * 64 + ".cn",
        "a@" + "b." * 130 + "cn", "a\n@b.cn", "a@b.cn\r\nRCPT TO:<c@d.cn>", "a@b.cn\x00", "a\u2028@b.cn", "a@\ud800.cn",
    ],
)  # fmt: skip
def test_addresses_that_are_not(bad: str) -> None:
    with pytest.raises(errors.BadInput) as told:
        mail_addresses.checked(bad)
    assert told.value.field == "mail_address"
