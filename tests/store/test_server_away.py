"""The server goes away and comes back: cut cables, killed connections, a power cut; noticed, bounded, and healed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import halls, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import changes
from hall_desk.store.changes import Changed
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.cables import Cable, OwnServer, cable, database, own_server, place

__all__ = ["cable", "database", "own_server", "place"]

SOON_S = 5
AT_ONCE_S = 2
NOTICED_S = 8  # a silent cut, by PRODUCT and issue 3
BACK_S = 3

Heard = queue.Queue[Changed]


@pytest.fixture
def heard(store: Store, manager: Actor) -> Iterator[Heard]:
    told: Heard = queue.Queue()
    listener = changes.listen(store, told.put)
    assert listener.listening.wait(SOON_S)
    yield told
    listener.stop()
    assert not listener.is_alive()


def _until(heard: Heard, within_s: float, *, online: bool) -> Changed:
    """Waits for the next word about the connection."""
    until = time.monotonic() + within_s
    while True:
        told = heard.get(timeout=max(0.0, until - time.monotonic()))
        if told.online is online and (told.everything or not online):
            return told


def _terminate(own_server: OwnServer, place: str, but: str = "true") -> int:
    """Kills the connections to the hall and waits until they are gone; gives how many there were."""
    name = place.rsplit("/", 1)[1]
    rows = own_server.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "  # noqa: S608 - our own name
        f"WHERE datname = '{name}' AND application_name = 'hall-desk' AND {but}"
    )
    return len(rows)


def test_a_silent_cut_is_told_and_healed(heard: Heard, cable: Cable, store: Store) -> None:
    cable.cut()
    _until(heard, NOTICED_S, online=False)
    with pytest.raises(errors.DatabaseAway):
        store.learn_hall()
    cable.mend()
    assert _until(heard, BACK_S, online=True).everything
    store.learn_hall()


def test_who_waits_on_a_dead_line_is_let_go_and_who_asks_next_does_not_wait(
    heard: Heard, cable: Cable, manager: Actor
) -> None:
    halls.settings(manager)
    cable.cut()
    # The connection is open and looks well; only the listener can know.
    with pytest.raises(errors.DatabaseAway):
        halls.settings(manager)
    _until(heard, NOTICED_S, online=False)
    asked = time.monotonic()
    for _ in range(100):
        with pytest.raises(errors.DatabaseAway):
            halls.settings(manager)
    # Not one of them tried to connect, which takes three seconds into a cut.
    assert time.monotonic() - asked < 2
    cable.mend()
    _until(heard, BACK_S, online=True)
    assert halls.settings(manager).threshold_tenths == 373


def test_a_refused_connection_is_told_at_once(heard: Heard, cable: Cable, manager: Actor) -> None:
    cable.refuse()
    _until(heard, AT_ONCE_S, online=False)
    with pytest.raises(errors.DatabaseAway):
        halls.settings(manager)
    cable.mend()
    _until(heard, BACK_S, online=True)
    assert halls.settings(manager).threshold_tenths == 373


def test_a_short_cut_is_not_told_and_nothing_is_missed(
    heard: Heard, cable: Cable, place: str, own_server: OwnServer
) -> None:
    cable.cut()
    key = UUID(int=9)
    own_server.run(
        f"SELECT pg_notify('hall_desk', 'ticket:{key.hex}')", database=place.rsplit("/", 1)[1]
    )
    cable.mend()
    told = heard.get(timeout=SOON_S)
    assert told == Changed(frozenset({"ticket"}), frozenset({key}))


def test_a_power_cut_of_the_server_is_told_and_healed(
    heard: Heard, own_server: OwnServer, manager: Actor
) -> None:
    own_server.stop_at_once()
    try:
        _until(heard, AT_ONCE_S, online=False)
        with pytest.raises(errors.DatabaseAway):
            halls.settings(manager)
    finally:
        own_server.start()
    _until(heard, BACK_S, online=True)
    assert halls.settings(manager).threshold_tenths == 373


def test_one_killed_connection_is_no_server_away(
    heard: Heard, own_server: OwnServer, place: str, manager: Actor
) -> None:
    """The listener connects anew, and the idle data connection is replaced before anybody sees an error."""
    halls.settings(manager)
    assert _terminate(own_server, place) == 2
    assert halls.settings(manager).threshold_tenths == 373
    _until(heard, SOON_S, online=False)
    _until(heard, BACK_S, online=True)


def test_asking_whether_it_is_alive_loses_no_notice(
    store: Store, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FACTS 7: a connection that listened and ran queries once saw 968-981 of 1,000."""
    monkeypatch.setattr(changes, "HEARTBEAT_S", 0.0)
    told: Heard = queue.Queue()
    listener = changes.listen(store, told.put)
    assert listener.listening.wait(SOON_S)
    try:
        for number in range(1000):
            store.execute("SELECT pg_notify('hall_desk', ?)", (f"ticket:{UUID(int=number).hex}",))
        seen: set[UUID] = set()
        until = time.monotonic() + 30
        while len(seen) < 1000 and time.monotonic() < until:
            seen |= told.get(timeout=SOON_S).tickets
        assert seen == {UUID(int=number) for number in range(1000)}
    finally:
        listener.stop()


def test_listening_ends_at_once_in_a_cut(store: Store, cable: Cable) -> None:
    listener = changes.listen(store, lambda _changed: None)
    assert listener.listening.wait(SOON_S)
    cable.cut()
    listener.stop()
    assert not listener.is_alive()
    cable.mend()


def test_nobody_is_left_locked_out_when_the_listener_ends_while_away(
    store: Store, cable: Cable, manager: Actor
) -> None:
    away = threading.Event()
    listener = changes.listen(store, lambda changed: None if changed.online else away.set())
    assert listener.listening.wait(SOON_S)
    cable.refuse()
    assert away.wait(SOON_S)
    listener.stop()
    cable.mend()
    assert halls.settings(manager).threshold_tenths == 373


def test_a_lost_answer_to_a_new_ticket_is_one_ticket(
    store: Store,
    cable: Cable,
    own_server: OwnServer,
    database: str,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    new = NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True)
    store.close_thread()
    cable.lose_next_commit()
    with pytest.raises(errors.DatabaseAway):
        tickets.open(front_desk, new)
    assert own_server.run("SELECT number FROM ticket", database) == [("A001",)]
    first = tickets.open(front_desk, new)
    assert first.card.number == "A001"
    assert tickets.board(front_desk).queued == (first.card,)
