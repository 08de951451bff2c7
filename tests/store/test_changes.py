"""Push: a change of one process is heard by another, on both databases; a lost connection is told."""

from __future__ import annotations

import queue
from typing import Any
from uuid import UUID

import pytest

from hall_desk.services import tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import changes, models
from hall_desk.store.changes import Changed
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id

SOON_S = 5


@pytest.fixture
def heard(store: Store) -> Any:
    told: queue.Queue[Changed] = queue.Queue()
    listener = changes.listen(store, told.put)
    assert listener.listening.wait(SOON_S)
    yield told
    listener.stop()


def test_an_opened_ticket_is_heard_with_its_key_and_without_its_person(
    heard: Any, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    while not heard.empty():
        heard.get()
    opened = tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True),
    )
    seen = heard.get(timeout=SOON_S)
    while opened.card.id not in seen.tickets:
        seen = heard.get(timeout=SOON_S)
    assert "ticket" in seen.topics
    assert not seen.everything


def test_a_change_that_fails_is_not_heard(heard: Any, store: Store, manager: Actor) -> None:
    def failing() -> None:
        with store.change(manager) as change:
            change.record("setting.changed", None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    with store.change(manager) as change:
        change.record("window.changed", None)
    topics: set[str] = set()
    while "window" not in topics:
        topics |= heard.get(timeout=SOON_S).topics
    assert "setting" not in topics


def test_after_a_lost_connection_everything_is_read_again(
    place: str, store: Store, manager: Actor, heard: Any
) -> None:
    if not store.postgres:
        pytest.skip("a file has no connection to lose")
    store.db.execute_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND pid <> pg_backend_pid()"
    )
    seen = [heard.get(timeout=SOON_S)]
    while not seen[-1].everything:
        seen.append(heard.get(timeout=SOON_S))
    assert any(not told.online for told in seen)
    assert seen[-1].online


def test_the_store_works_again_after_its_connection_was_cut(store: Store, manager: Actor) -> None:
    """A connection that was killed while idle is replaced before anybody sees an error."""
    from hall_desk.services import halls

    if not store.postgres:
        pytest.skip("a file has no connection to lose")
    import psycopg

    with psycopg.connect(store.place, autocommit=True) as other:
        killed = other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'hall-desk' AND pid <> pg_backend_pid()"
        ).fetchall()
    assert killed == [(True,)]
    assert halls.settings(manager).threshold_tenths == 373


@pytest.mark.parametrize("text", ["*", "ticket:nonsense", "ticket:12"])
def test_a_notice_that_is_not_understood_means_everything(text: str) -> None:
    assert changes.parse(text).everything


def test_a_notice_reads_back() -> None:
    key = UUID(int=7)
    assert changes.parse(f"check: ticket:{key.hex}") == Changed(
        frozenset({"check", "ticket"}), frozenset({key})
    )


def test_the_journal_holds_no_name_and_no_phone(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    opened = tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "诸葛于", "13800004127", "11010519491231002X", consent=True,
                  remark="腿脚不便"),
    )  # fmt: skip
    tickets.withdraw(front_desk, opened.card.id, "诸葛于明天再来")
    text = repr([list(row.__data__.values()) for row in models.JournalEntry.select()])
    for personal in ("诸葛于", "13800004127", "4127", "002X", "腿脚"):
        assert personal not in text
