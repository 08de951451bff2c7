"""Programs, connections and servers killed at random points: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, TypeVar
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import repeats, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.journal import ticket_of_request
from tests.cables import Cable, OwnServer, cable, own_server
from tests.conftest import PIN
from tests.store import ticket_client

__all__ = ["cable", "own_server"]

T = TypeVar("T")
KILLS = 60
AT_ONCE = 4
PATIENCE_S = 30


def _all_there_once(acknowledged: set[UUID]) -> None:
    """Every ticket is whole: its number, its paper with the move, its journal entry; numbers have no gap."""
    rows = list(models.Ticket.select())
    assert acknowledged <= {row.id for row in rows}
    assert {row.number for row in rows} == {f"A{n:03d}" for n in range(1, len(rows) + 1)}
    once = Counter({row.id: 1 for row in rows})
    opened = models.JournalEntry.select().where(models.JournalEntry.kind == "ticket.opened")
    assert Counter(entry.ticket for entry in opened) == once
    assert Counter(paper.ticket_id for paper in models.Paper.select()) == once
    assert Counter(move.ticket_id for move in models.CustodyMove.select()) == once


class _Pc:
    """One process that opens tickets, and what it told."""

    def __init__(self, start: Callable[[UUID | None, Connection], Any], again: UUID | None) -> None:
        self.told, theirs = multiprocessing.Pipe(duplex=False)
        self.process = start(again, theirs)
        theirs.close()
        self.trying = again
        self.done: list[UUID] = []

    def listen(self, within_s: float) -> bool:
        """Takes one word, if there is one in time; False when there is not, or never will be."""
        try:
            if not self.told.poll(within_s):
                return False
            word = self.told.recv_bytes()
        except (EOFError, ConnectionError):
            return False
        key = UUID(bytes=word[1:])
        if word[:1] == ticket_client.DONE:
            self.done.append(key)
            self.trying = None
        else:
            self.trying = key
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.join(PATIENCE_S)
        while self.listen(0):
            pass
        self.told.close()
        self.process.close()


def test_programs_killed_at_random_points_lose_nothing(
    place: str, store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    """`kill -9`, sixty times; the next program sends again what the killed one had heard nothing of."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "tests.store.ticket_client"])

    def start(again: UUID | None, told: Connection) -> Any:
        arguments = (place, front_desk.name, PIN, small_hall["medical"], again, told)
        process = context.Process(target=ticket_client.run, args=arguments, daemon=True)
        process.start()
        return process

    chance = random.Random()
    acknowledged: set[UUID] = set()
    unheard = 0
    # SQLite's writers wait for each other in steps of up to 0.1 s: more of them only wait longer.
    pcs = [_Pc(start, None) for _ in range(AT_ONCE if store.postgres else 2)]
    try:
        for _ in range(KILLS):
            pc = pcs.pop(0)
            # Its first word says that it has signed in; then it is killed before, in or after one of its tickets.
            assert pc.listen(PATIENCE_S)
            until = time.monotonic() + chance.uniform(0, 0.03)
            while (left := until - time.monotonic()) > 0 and pc.listen(left):
                pass
            pc.kill()
            acknowledged.update(pc.done)
            unheard += pc.trying is not None
            pcs.append(_Pc(start, pc.trying))
        for pc in pcs:
            while not pc.done:
                assert pc.listen(PATIENCE_S)
    finally:
        for pc in pcs:
            pc.kill()
            acknowledged.update(pc.done)
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {unheard} without an answer")
    assert unheard
    _all_there_once(acknowledged)


class _Desk(threading.Thread):
    """Opens and claims until told to end; whatever fails is sent again with the same key."""

    def __init__(self, desk: Actor, clerk: Actor, matter: UUID, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self._desk, self._clerk, self._matter, self._ending = desk, clerk, matter, ending
        self.opened: list[UUID] = []
        self.claimed: list[UUID] = []
        self.failed = 0
        self.committed_all_the_same = 0
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                self._round()
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.problem = error
        finally:
            self._desk.store.close_thread()

    def _round(self) -> None:
        papers = (NewPaper("身份证"),)
        new = NewTicket(new_id(), self._matter, "于女士", consent=True, papers=papers, second_allowed=True)  # fmt: skip
        self._until_answered(lambda: tickets.open(self._desk, new), lambda: self._is_there(new.id))
        self.opened.append(new.id)
        key = new_id()
        store, hall = self._clerk.store, self._clerk.hall_id
        view = self._until_answered(
            lambda: repeats.once(self._clerk, key, tickets.claim_next),
            lambda: ticket_of_request(store, hall, key) is not None,
        )
        self.claimed.append(view.card.id)

    def _is_there(self, key: UUID) -> bool:
        try:
            return tickets.get(self._desk, key) is not None
        except errors.NotFound:
            return False

    def _until_answered(self, send: Callable[[], T], committed: Callable[[], bool]) -> T:
        until = time.monotonic() + PATIENCE_S
        counted = False
        while time.monotonic() < until:
            try:
                return send()
            except errors.NothingWaiting:
                continue  # all that wait are being taken up by others at this moment
            except errors.DatabaseAway:
                self.failed += 1
                self._ending.wait(0.01)
            try:
                if not counted and committed():
                    counted = True
                    self.committed_all_the_same += 1
            except errors.DatabaseAway:
                pass
        raise TimeoutError


@pytest.fixture
def hall_on_tcp(own_server: OwnServer) -> Iterator[str]:
    name = f"kills_{new_id().hex}"
    own_server.run(f"CREATE DATABASE {name}")
    yield own_server.address(name)
    own_server.run(f"DROP DATABASE {name} WITH (FORCE)")


class TestConnectionsAndServers:
    @pytest.fixture
    def place(self, hall_on_tcp: str, cable: Cable) -> str:
        return hall_on_tcp.replace(f":{cable.to_port}/", f":{cable.port}/")

    @pytest.fixture
    def desks(
        self, store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
    ) -> Iterator[list[_Desk]]:
        ending = threading.Event()
        made = [_Desk(front_desk, clerk, small_hall["medical"], ending) for _ in range(AT_ONCE)]
        for desk in made:
            desk.start()
        yield made
        ending.set()
        for desk in made:
            desk.join(PATIENCE_S)

    @staticmethod
    def _end(desks: list[_Desk]) -> None:
        desks[0]._ending.set()
        for desk in desks:
            desk.join(PATIENCE_S)
            assert not desk.is_alive()
            assert desk.problem is None, desk.problem

    @staticmethod
    def _check(desks: list[_Desk], clerk: Actor) -> None:
        """Every ticket is acknowledged, and every claim, and each of them once."""
        with clerk.store.reading():
            opened = [key for desk in desks for key in desk.opened]
            claimed = [key for desk in desks for key in desk.claimed]
            _all_there_once(set(opened))
            assert Counter(opened) == Counter(row.id for row in models.Ticket.select())
            assert Counter(claimed) == Counter(row.ticket_id for row in models.Claim.select())
            handled = models.Ticket.select().where(models.Ticket.state == "handling")
            assert {row.id for row in handled} == set(claimed)
        print(
            f"{len(opened)} opened, {len(claimed)} claimed, {sum(d.failed for d in desks)} failed, "
            f"{sum(d.committed_all_the_same for d in desks)} of them committed all the same"
        )

    @staticmethod
    def _progress(desks: list[_Desk], more: int) -> None:
        """Waits until the desks together have done that many steps more."""
        turn = threading.Event()
        until = time.monotonic() + PATIENCE_S

        def done() -> int:
            return sum(len(desk.opened) + len(desk.claimed) for desk in desks)

        goal = done() + more
        while done() < goal:
            assert time.monotonic() < until
            turn.wait(0.001)

    def test_killed_connections_lose_nothing(
        self, desks: list[_Desk], own_server: OwnServer, hall_on_tcp: str, clerk: Actor
    ) -> None:
        import psycopg

        chance, killed = random.Random(), 0
        with psycopg.connect(own_server.address(), autocommit=True) as killer:
            while killed < 2 * KILLS:
                self._progress(desks, chance.randrange(3))
                pids = killer.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'"
                    # Half of them in their commit, if there is one: that is where an answer is lost.
                    " ORDER BY query = 'COMMIT' DESC LIMIT %s",
                    (hall_on_tcp.rsplit("/", 1)[1], 1 + killed % 2 * AT_ONCE),
                ).fetchall()
                if pids:
                    (pid,) = chance.choice(pids)
                    row = killer.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone()
                    killed += bool(row and row[0])
        self._end(desks)
        assert sum(desk.failed for desk in desks) >= KILLS / 4, "most were killed in their work"
        self._check(desks, clerk)

    def test_a_loose_cable_loses_nothing(
        self, desks: list[_Desk], cable: Cable, clerk: Actor
    ) -> None:
        """Every connection is closed at a random point: what the server was asked it does, and nobody hears of it."""
        chance = random.Random()
        for _ in range(KILLS):
            self._progress(desks, chance.randrange(1, 4))
            cable.refuse()
            cable.mend()
        self._end(desks)
        self._check(desks, clerk)

    def test_a_server_stopped_at_once_loses_nothing(
        self, desks: list[_Desk], own_server: OwnServer, clerk: Actor
    ) -> None:
        for _ in range(5):
            self._progress(desks, 20)
            own_server.stop_at_once()
            own_server.start()
        self._progress(desks, 20)
        self._end(desks)
        self._check(desks, clerk)
