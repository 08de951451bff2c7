"""A mailing from its first address to its last: stopped, given up, and with a database that is away for a blink."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.devices import mail_run
from hall_desk.devices.mail import Account, Letter, Patience
from hall_desk.services import mailings
from hall_desk.services.accounts import Actor
from hall_desk.services.mail_server import MailServer
from hall_desk.services.mailings import Envelope, NewMailing, Outcome, Run
from hall_desk.services.progress import Progress
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.mail_servers import HOST, Behaviour, MailHost

COUNT = 6
LETTER = Letter("目录", "请查收", (), datetime(2020, 2, 21, tzinfo=UTC))
QUICK = Patience(connect_s=2, command_s=0.3, answer_s=0.3, address_s=5)


def address(number: int) -> str:
    return f"c{number}@example.com"


@pytest.fixture
def run(store: Store, manager: Actor) -> Run:
    """A mailing to six communities that was begun."""
    keys = [new_id() for _number in range(COUNT)]
    with store.change(manager) as change:
        for number, key in enumerate(keys):
            models.Community.create(
                id=key, hall=manager.hall_id, name=f"第{number}社区", email=address(number), force_insert=True
            )  # fmt: skip
            change.record("community.added", key)
    return mailings.start(manager, NewMailing(new_id(), tuple(keys), 1, "目录", "请查收"))


def account(host: MailHost) -> Account:
    return Account(MailServer(HOST, host.port, "none", "", "hall@example.com", "大厅"))


def states(mailing: mailings.Mailing) -> list[str]:
    return [one.state for one in mailing.results]


def test_each_address_is_told_before_and_after(run: Run, manager: Actor) -> None:
    told: list[tuple[str, str]] = []

    def hear(envelope: Envelope, outcome: Outcome | None) -> None:
        told.append((envelope.name, "" if outcome is None else outcome.state))

    with MailHost() as host:
        done = mail_run.send(manager, run, account(host), LETTER, hear)
    assert told == [(f"第{n}社区", state) for n in range(COUNT) for state in ("", "sent")]
    assert states(done) == ["sent"] * COUNT
    assert host.connections == 1


def test_stopped_between_two_addresses_the_rest_waits(run: Run, manager: Actor) -> None:
    progress = Progress()

    def hear(envelope: Envelope, outcome: Outcome | None) -> None:
        if envelope.name == "第1社区" and outcome is None:
            progress.stop()

    with MailHost() as host:
        done = mail_run.send(manager, run, account(host), LETTER, hear, progress)
        assert states(done) == ["sent", "sent"] + ["waiting"] * 4
        assert (done.error, done.sender) == ("", "")
        again = mailings.go_on(manager, run.mailing_id, 1)
        assert states(mail_run.send(manager, again, account(host), LETTER)) == ["sent"] * COUNT
    assert host.addresses() == [address(n) for n in range(COUNT)]


def test_a_server_that_is_silent_again_and_again_is_given_up(run: Run, manager: Actor) -> None:
    with MailHost(Behaviour(silent_at={address(n) for n in (0, 2, 3, 4)})) as host:
        done = mail_run.send(manager, run, account(host), LETTER, patience=QUICK)
    assert states(done) == ["refused", "sent", "refused", "refused", "refused", "waiting"]
    assert (done.error, done.unsent) == ("gives_up", 5)


def test_one_who_is_refused_does_not_end_it(run: Run, manager: Actor) -> None:
    with MailHost(Behaviour(answers={address(n): "550 no" for n in range(5)})) as host:
        done = mail_run.send(manager, run, account(host), LETTER)
    assert (done.counts["refused"], done.counts["sent"], done.error) == (5, 1, "")


def test_a_server_that_goes_away_leaves_the_address_in_hand_waiting(
    run: Run, manager: Actor
) -> None:
    behaviour = Behaviour()

    def hear(envelope: Envelope, outcome: Outcome | None) -> None:
        if envelope.name == "第1社区" and outcome is not None:
            behaviour.sender_answer = "451 not now"

    with MailHost(behaviour) as host:
        done = mail_run.send(manager, run, account(host), LETTER, hear)
    assert (states(done), done.error) == (["sent", "sent"] + ["waiting"] * 4, "unavailable")
    assert [one.tries for one in done.results][2] == 1


def test_an_answer_is_written_down_when_the_database_is_back(
    run: Run, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refusals = mailings.record, [errors.DatabaseBusy(), errors.DatabaseAway(host="x")]

    def record(*words: Any) -> None:
        if refusals:
            raise refusals.pop()
        real(*words)

    monkeypatch.setattr(mail_run, "_WRITING_PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(mailings, "record", record)
    with MailHost() as host:
        assert states(mail_run.send(manager, run, account(host), LETTER)) == ["sent"] * COUNT


def test_a_database_that_stays_away_leaves_one_unknown(
    run: Run, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(*_words: Any) -> None:
        raise errors.DatabaseAway(host="x")

    monkeypatch.setattr(mail_run, "_WRITING_PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(mailings, "record", record)
    with MailHost() as host, pytest.raises(errors.DatabaseAway):
        mail_run.send(manager, run, account(host), LETTER)
    assert host.addresses() == [address(0)]
    assert states(mailings.get(manager, run.mailing_id)) == ["unknown"] + ["waiting"] * 5
