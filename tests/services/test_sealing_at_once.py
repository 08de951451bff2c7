"""Writers and sealers at the same time: nothing is left out, nothing is sealed twice, nobody waits for anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hall_desk.services import verification
from hall_desk.services.accounts import Actor
from hall_desk.store import models, seals
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.services import tampering

EACH = 60


def at_once(store: Store, *works: Callable[[], object]) -> None:
    """Runs each in a thread of its own and waits for all."""
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            store.close_thread()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_two_writers_and_two_sealers_at_once(store: Store, manager: Actor) -> None:
    store.thaw()
    written = threading.Event()
    left = [2]

    def write() -> None:
        for _time in range(EACH):
            with store.change(manager) as change:
                change.record("check.recorded", new_id(), outcome="normal")
        left[0] -= 1
        if not left[0]:
            written.set()

    def keep_sealing() -> None:
        while not written.is_set():
            seals.seal(store)

    at_once(store, write, write, keep_sealing, keep_sealing)
    seals.seal_all(store)
    keys = [line.key for seal in tampering.sealed(store) for line in seals.lines_of(seal.entries)]
    assert len(keys) == len(set(keys))
    assert set(keys) == {entry.id for entry in tampering.entries(store)}
    numbers = [seal.number for seal in tampering.sealed(store)]
    assert numbers == list(range(1, len(numbers) + 1))
    found = verification.verify(manager, store.today())
    assert found.sound
    assert found.unsealed == 0


def test_of_two_who_seal_the_same_one_loses_and_nothing_is_torn(
    store: Store, manager: Actor
) -> None:
    """Both have read the same; who writes second finds the number taken."""
    with store.change(manager) as change:
        change.record("check.recorded", new_id(), outcome="normal")
    both = threading.Barrier(2, timeout=20)
    made: list[seals.Sealed | None] = []
    sealer = seals._Sealer(store.hall_id)

    def race() -> None:
        with store.reading():
            wanted = seals._next(store, everything=False)
        assert wanted is not None
        both.wait()
        made.append(seals._write(store, sealer, wanted))

    at_once(store, race, race)
    assert sorted(one is None for one in made) == [False, True]
    assert verification.verify(manager, store.today()).sound


def test_a_writer_does_not_wait_for_a_seal_that_is_being_written(
    store: Store, manager: Actor
) -> None:
    """On a server: the seal's transaction stays open while somebody writes to the journal, and is written to."""
    if not store.postgres:
        return  # a file has one writer at a time, for whatever it writes; the seal is one row
    inside, go_on = threading.Event(), threading.Event()

    def seal_slowly() -> None:
        with store.reading():
            wanted = seals._next(store, everything=False)
        assert wanted is not None
        with store.change(seals._Sealer(store.hall_id)):
            store.execute(seals._INSERT, seals._values(store, wanted))
            inside.set()
            assert go_on.wait(20)

    def write() -> None:
        assert inside.wait(20)
        try:
            with store.change(manager) as change:
                store.execute("SET LOCAL lock_timeout = '100ms'")
                change.record("check.recorded", new_id(), outcome="normal")
        finally:
            go_on.set()

    at_once(store, seal_slowly, write)
    assert verification.verify(manager, store.today()).sound


def test_a_seal_is_no_change_that_anybody_hears_of(store: Store) -> None:
    with store.reading():
        before = models.JournalEntry.select().count()
    assert seals.seal(store)
    with store.reading():
        assert models.JournalEntry.select().count() == before
