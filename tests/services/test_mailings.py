"""Mailings of the directory: who is written to, what is kept of it, one at a time, and never twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, halls, mailings
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.mailings import LEASE, SENT, NewMailing, Outcome, Run
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

NAMES = ("东里社区", "西里社区", "南里社区")


@pytest.fixture
def communities(store: Store, manager: Actor) -> list[Any]:
    """Three communities with addresses; gives their keys."""
    return [add(store, manager, name, f"c{n}@example.com") for n, name in enumerate(NAMES)]


def add(store: Store, manager: Actor, name: str, email: str) -> Any:
    key = new_id()
    with store.change(manager) as change:
        models.Community.create(
            id=key, hall=manager.hall_id, name=name, email=email, force_insert=True
        )
        change.record("community.added", key)
    return key


def version(actor: Actor) -> int:
    return halls.settings(actor).directory_version


def begun(actor: Actor, keys: list[Any], **other: Any) -> Run:
    values: dict[str, Any] = {
        "id": new_id(), "communities": tuple(keys), "version": version(actor), "subject": "目录", "text": "请查收",
    }  # fmt: skip
    return mailings.start(actor, NewMailing(**{**values, **other}))


def sent_all(
    actor: Actor, run: Run, answer: Callable[[str], Outcome] = lambda _name: SENT
) -> list[str]:
    """Answers for every address that waits; gives their names in order."""
    names = []
    while (envelope := mailings.next_envelope(actor, run)) is not None:
        mailings.record(actor, envelope, answer(envelope.name))
        names.append(envelope.name)
    return names


def journalled(kind: str) -> list[dict[str, Any]]:
    rows = models.JournalEntry.select().where(models.JournalEntry.kind == kind)
    return [json.loads(row.facts) for row in rows.order_by(models.JournalEntry.id)]


def states(mailing: mailings.Mailing) -> list[str]:
    return [one.state for one in mailing.results]


def test_a_mailing_goes_to_each_once_and_is_told_by_numbers(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    assert sent_all(
        manager, run, lambda n: Outcome("refused", "address") if n == NAMES[1] else SENT
    ) == list(NAMES)
    done = mailings.finish(manager, run)
    assert states(done) == ["sent", "refused", "sent"]
    assert (done.by, done.sender, done.unsent, done.error) == ("李主任", "", 1, "")
    assert journalled("directory.mail_started") == [{"count": 3, "version": 1}]
    assert journalled("directory.mailed") == [
        {"refused": 1, "sent": 2, "unknown": 0, "version": 1, "waiting": 0}
    ]
    with store.reading():
        said = " ".join(row.facts for row in models.JournalEntry.select())
    assert "example.com" not in said
    found = {one.name: one.version for one in mailings.recipients(manager)}
    assert found == {NAMES[0]: 1, NAMES[1]: 0, NAMES[2]: 1}
    assert mailings.latest(manager) == mailings.get(manager, run.mailing_id) == done


def test_it_goes_on_with_the_failed_only_and_at_their_new_address(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    sent_all(manager, run, lambda n: Outcome("refused", "address") if n == NAMES[1] else SENT)
    mailings.finish(manager, run)
    with store.change(manager):
        models.Community.update(email="new@example.com").where(
            models.Community.id == communities[1]
        ).execute()
    again = mailings.go_on(manager, run.mailing_id, 1)
    envelope = mailings.next_envelope(manager, again)
    assert envelope is not None
    assert (envelope.name, envelope.address, envelope.tries) == (NAMES[1], "new@example.com", 2)
    mailings.record(manager, envelope, SENT)
    assert mailings.next_envelope(manager, again) is None
    mailings.finish(manager, again)
    with pytest.raises(errors.BadInput) as told:
        mailings.go_on(manager, run.mailing_id, 1, also_unknown=True)
    assert told.value.reason == "nothing_left"


def test_what_was_under_way_is_unknown_and_asked_about(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    first = mailings.next_envelope(manager, run)
    assert first is not None
    mailings.record(manager, first, SENT)
    mailings.next_envelope(manager, run)
    now = mailings.get(manager, run.mailing_id)
    assert states(now) == ["sent", "unknown", "waiting"]
    assert now.results[1].under_way
    store.freeze(
        MORNING + LEASE + timedelta(seconds=1)
    )  # nothing is heard of that program any more
    now = mailings.get(manager, run.mailing_id)
    assert not now.results[1].under_way
    again = mailings.go_on(manager, run.mailing_id, 1)
    assert sent_all(manager, again) == [NAMES[2]]
    assert states(mailings.finish(manager, again)) == ["sent", "unknown", "sent"]
    key = now.results[1].id
    mailings.settle(manager, key, arrived=False)
    assert sent_all(manager, mailings.go_on(manager, run.mailing_id, 1)) == [NAMES[1]]
    assert journalled("directory.mail_settled") == [{"arrived": False}]


def test_a_mail_that_arrived_is_never_sent_again(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    sent_all(manager, run, lambda _name: Outcome("unknown", "no_answer"))
    done = mailings.finish(manager, run)
    with pytest.raises(errors.BadInput):
        mailings.go_on(manager, run.mailing_id, 1)
    for one in done.results[:2]:
        mailings.settle(manager, one.id, arrived=True)
        mailings.settle(manager, one.id, arrived=False)  # too late: it is settled
    again = mailings.go_on(manager, run.mailing_id, 1, also_unknown=True)
    assert sent_all(manager, again) == [NAMES[2]]


# --- one at a time ------------------------------------------------------------------------------------------


def test_only_one_sends_until_the_other_is_gone(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    accounts.add_staff(manager, "王主任", Role.MANAGER, PIN)
    second = accounts.sign_in(store, "王主任", PIN)
    run = begun(manager, communities)
    late = mailings.next_envelope(manager, run)
    assert late is not None
    for attempt in (
        lambda: mailings.go_on(second, run.mailing_id, 1, also_unknown=True),
        lambda: begun(second, communities),
        lambda: mailings.settle(second, late.id, arrived=False),
    ):
        with pytest.raises(errors.BeingSent) as told:
            attempt()
        assert "李主任" in i18n.explain(told.value)
        assert "10:03" in i18n.explain(told.value)
    store.freeze(MORNING + LEASE + timedelta(seconds=1))
    taken = mailings.go_on(second, run.mailing_id, 1)
    # The first was only asleep: it gets no further address, but its answer counts.
    with pytest.raises(errors.BeingSent):
        mailings.next_envelope(manager, run)
    mailings.record(manager, late, SENT)
    mailings.finish(manager, run)
    assert sent_all(second, taken) == list(NAMES[1:])
    assert states(mailings.finish(second, taken)) == ["sent"] * 3


def test_a_late_answer_does_not_overwrite_a_newer_try(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities[:1])
    late = mailings.next_envelope(manager, run)
    assert late is not None
    store.freeze(MORNING + LEASE + timedelta(seconds=1))
    again = mailings.go_on(manager, run.mailing_id, 1, also_unknown=True)
    newer = mailings.next_envelope(manager, again)
    assert newer is not None
    mailings.record(manager, late, Outcome("refused", "later"))
    assert states(mailings.get(manager, run.mailing_id)) == ["unknown"]
    mailings.record(manager, newer, SENT)
    assert states(mailings.finish(manager, again)) == ["sent"]


def test_of_many_at_once_one_begins(store: Store, manager: Actor, communities: list[Any]) -> None:
    start = threading.Barrier(6)
    won: list[Run] = []
    lost: list[errors.BeingSent] = []

    def press(key: Any) -> None:
        start.wait()
        try:
            won.append(begun(manager, communities, id=key))
        except errors.BeingSent as error:
            lost.append(error)
        finally:
            store.close_thread()

    same = new_id()
    keys = [same, same, new_id(), new_id(), new_id(), same]
    threads = [threading.Thread(target=press, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)
    with store.reading():
        assert models.Mailing.select().count() == 1
        assert models.MailingResult.select().count() == 3


# --- what cannot be sent --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "reason", "word"),
    [
        ("", "of_empty", "没有电子邮箱"),
        ("not an address", "of_shape", "不是电子邮箱"),
        ("a@example.com\nBcc: b@example.com", "of_line_break", "换行"),
    ],
)
def test_an_address_that_is_none_is_refused_by_its_communitys_name(
    email: str, reason: str, word: str, store: Store, manager: Actor, communities: list[Any]
) -> None:
    bad = add(store, manager, "坏社区", email)
    [shown] = [one for one in mailings.recipients(manager) if one.problem]
    assert (shown.id, f"of_{shown.problem}") == (bad, reason)
    with pytest.raises(errors.BadInput) as told:
        begun(manager, [*communities, bad])
    assert told.value.reason == reason
    sentence = i18n.explain(told.value)
    assert "坏社区" in sentence
    assert word in sentence
    assert "example" not in sentence
    assert mailings.latest(manager) is None


def test_what_else_is_refused(store: Store, manager: Actor, communities: list[Any]) -> None:
    for other, field, reason in (
        ({"communities": ()}, "communities", "empty"),
        ({"communities": (new_id(),)}, "communities", "gone"),
        ({"subject": " "}, "mail_subject", "empty"),
        ({"subject": "x\nBcc: y@example.com"}, "mail_subject", "line_break"),
        ({"text": "长" * 5000}, "mail_text", "too_long"),
        ({"version": 7}, "mailing", "other_version"),
    ):
        with pytest.raises(errors.BadInput) as told:
            begun(manager, communities, **other)
        assert (told.value.field, told.value.reason) == (field, reason)
    with pytest.raises(errors.NotFound):
        mailings.go_on(manager, new_id(), 1)
    assert mailings.latest(manager) is None


def test_the_rest_of_an_old_version_is_not_sent_with_the_new_one(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    mailings.finish(manager, run, "unreachable")
    halls.change_setting(manager, "directory_version", 2)
    with pytest.raises(errors.BadInput) as told:
        mailings.go_on(manager, run.mailing_id, 2)
    assert told.value.reason == "other_version"
    assert "第 1 版" in i18n.explain(told.value)


def test_a_community_that_was_retired_gets_nothing_more(
    store: Store, manager: Actor, communities: list[Any]
) -> None:
    run = begun(manager, communities)
    with store.change(manager) as change:
        models.Community.update(retired_at=change.at).where(
            models.Community.id == communities[1]
        ).execute()
    assert sent_all(manager, run) == [NAMES[0], NAMES[2]]


def test_a_practice_hall_says_so_in_the_subject(store: Store, manager: Actor) -> None:
    subject, text = mailings.proposed(manager)
    assert subject == "演练 · 太平桥政务服务大厅窗口电话目录（第 1 版）"
    assert "第 1 版" in text


def test_only_a_manager_may(store: Store, manager: Actor, front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            mailings.recipients(actor)
        with pytest.raises(errors.NotAllowed):
            mailings.latest(actor)
