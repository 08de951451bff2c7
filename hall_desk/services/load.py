"""Will my server hold my hall? Drives the real services from as many processes as the hall has PCs, and counts.

Desks open tickets and hand back; windows claim, tick the papers and finish; everyone listens. It happens in a schema
of its own (PostgreSQL) or in a temporary file (SQLite), which is gone afterwards however the run ended.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from hall_desk import errors
from hall_desk.services import accounts, halls, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import changes
from hall_desk.store.changes import Changed
from hall_desk.store.database import Store, in_schema, is_postgres
from hall_desk.store.ids import new_id
from hall_desk.store.models import Matter, MatterWindow, Window
from hall_desk.store.refusals import refusal

MOST_DESKS = 26  # a letter each
MOST_WINDOWS = 100
MOST_SECONDS = 600
MOST_CASES = 10_000
SCHEMA = "hall_desk_load_"
STEPS = ("open", "claim", "received", "finish", "hand_back")
READY_S = 120  # importing, connecting and signing in, on a slow PC with many processes
SETTLE_S = 10.0  # what has not been heard by then is lost
SAFETY_S = 0.25  # how long a process trusts push alone
PATIENCE_S = 30
GOODBYE_S = 1
LOOK_S = 1.0  # between two looks whether to stop
SLOW_MS = 1000

# Processes of one PC share this clock, so that a moment taken in one can be compared with one taken in another.
now_ns: Callable[[], int] = time.monotonic_ns if sys.platform.startswith("linux") else time.time_ns


@dataclass(frozen=True)
class Plan:
    """`pace` is cases a minute per desk, 0 as fast as they can; `peak` the hall's need in cases an hour."""

    desks: int
    windows: int
    seconds: float
    pace: float = 0.0
    peak: int = 60


@dataclass(frozen=True)
class Spread:
    """Milliseconds: half of `count` were at most `p50`, 99 of 100 at most `p99`."""

    count: int
    p50: float
    p99: float
    longest: float


@dataclass(frozen=True)
class Report:
    """`cases` were handed back within `seconds`; `unfinished` were on their way when time was up.

    `notice` runs from the return of a desk's `open` (its commit) to the moment each process has heard of it; `pressed`
    the same from the start of that call.
    """

    database: str
    desks: int
    windows: int
    pace: float
    peak: int
    seconds: float
    cases: int
    unfinished: int
    cases_per_second: float
    latency_ms: dict[str, Spread]
    notice_ms: Spread
    pressed_ms: Spread
    double_claims: int
    duplicate_numbers: int
    lost_notices: int
    errors: dict[str, int]

    @property
    def right(self) -> bool:
        """Nothing was claimed twice, numbered twice or unheard, and nothing failed."""
        wrong = self.double_claims + self.duplicate_numbers + self.lost_notices
        return wrong == 0 and not self.errors

    @property
    def slowest_p99(self) -> float:
        """Of the kinds of steps, the slowest one's p99 in milliseconds."""
        return max(spread.p99 for spread in self.latency_ms.values())

    @property
    def kept_up(self) -> bool:
        """At a pace: hardly anything was left lying. Flat out: enough for the peak hour."""
        if self.pace:
            return self.unfinished <= self.desks + self.windows
        return self.cases_per_second * 3600 >= self.peak

    @property
    def holds(self) -> bool:
        """The answer: right, fast enough, and hardly anybody waits a second for a key press."""
        return self.right and self.kept_up and self.slowest_p99 < SLOW_MS


def check(plan: Plan) -> None:
    """Raises BadInput `desks`, `windows`, `seconds`, `pace` or `peak` with the limit."""
    for name, value, limit in (
        ("desks", plan.desks, MOST_DESKS),
        ("windows", plan.windows, MOST_WINDOWS),
        ("seconds", plan.seconds, MOST_SECONDS),
    ):
        if not 1 <= value <= limit:
            raise errors.BadInput("load", "count", option=f"--{name}", limit=limit)
    if not 0 <= plan.pace <= 6000:
        raise errors.BadInput("load", "count", option="--pace", limit=6000)
    if not 1 <= plan.peak <= 100_000:
        raise errors.BadInput("load", "count", option="--peak", limit=100_000)


def run(plan: Plan, database: str | None = None) -> Report:
    """Runs the plan and gives what came of it; ends by itself.

    Raises BadInput, DatabaseAway, CannotWrite `no_permission` when the role may not make a schema.
    """
    check(plan)
    with ExitStack() as stack:
        stopping = stack.enter_context(_told_to_stop())
        schema = ""
        if database is not None and is_postgres(database):
            schema = stack.enter_context(own_schema(database))
            stack.enter_context(in_schema(schema))
        elif database is not None:
            raise errors.BadInput("load", "database")
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-desk-load-"))
            database = str(Path(folder) / "hall.sqlite3")
        posts = _make_hall(database, plan)
        crew = stack.enter_context(_crew(database, schema, plan, posts))
        return _judge(plan, database, _drive(crew, plan, stopping))


def as_json(report: Report) -> str:
    """The figures as JSON; `right` and `holds` are the answers."""
    figures = {**asdict(report), "right": report.right, "holds": report.holds}
    return json.dumps(figures, indent=2) + "\n"


# --- a place of its own --------------------------------------------------------------------------


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Lets `kill` end a run as Ctrl+C does: by way of the cleaning up.

    The event is set too: an exception that is raised while the interpreter frees something is lost.
    """
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return

    def stop(_signal: int, _frame: object) -> None:
        stopping.set()
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def own_schema(database: str) -> Iterator[str]:
    """A schema that is dropped afterwards, and with it those of earlier runs that were killed."""
    import psycopg

    name = f"{SCHEMA}{uuid4().hex[:8]}"
    try:
        connection = psycopg.connect(database, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise refusal(urlsplit(database).hostname or "", error) from None
    with connection:
        # Who runs holds a lock of this name: a schema whose lock is free belongs to nobody any more.
        mine = "SELECT pg_try_advisory_lock(hashtext(%s))"
        connection.execute(mine, (name,))
        left = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (SCHEMA,)
        ).fetchall()
        for (old,) in left:
            free = connection.execute(mine, (old,)).fetchone()
            if free and free[0]:
                _drop(connection, old)
        try:
            connection.execute(
                psycopg.sql.SQL("CREATE SCHEMA {}").format(psycopg.sql.Identifier(name))
            )
        except psycopg.errors.InsufficientPrivilege:
            raise errors.CannotWrite(place=name, reason="no_permission") from None
        try:
            yield name
        finally:
            _drop(connection, name)


def _drop(connection: Any, name: str) -> None:
    from psycopg import sql

    connection.execute("SET client_min_messages = warning")
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


# Everybody's in a hall that is gone after some seconds; a practice hall's is too easy for one that is not for practice.
_PIN = "739164"


@dataclass(frozen=True)
class _Posts:
    """Who sits where: names to sign in with, and the matters they bring."""

    desks: tuple[str, ...]
    windows: tuple[str, ...]
    matters: tuple[UUID, ...]


def _make_hall(database: str, plan: Plan) -> _Posts:
    pin = _PIN
    store = halls.create(database, name="load", manager="manager", pin=pin)
    try:
        manager = accounts.sign_in(store, "manager", pin)
        windows, matters = [], []
        with store.change(manager) as change:
            for number in range(1, plan.windows + 1):
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
                windows.append(window)
                matters.append(matter)
            change.record("matter.added")
        desks = tuple(f"desk {number}" for number in range(1, plan.desks + 1))
        clerks = tuple(f"clerk {number}" for number in range(1, plan.windows + 1))
        for name in desks:
            accounts.add_staff(manager, name, Role.FRONT_DESK, pin)
        for name, window in zip(clerks, windows, strict=True):
            accounts.add_staff(manager, name, Role.WINDOW_CLERK, pin, window)
    finally:
        store.close()
    return _Posts(desks, clerks, tuple(matters))


# --- the processes -------------------------------------------------------------------------------


@dataclass
class _Told:
    """What a process did: steps as (ticket, start, end); numbers it gave; errors by name."""

    steps: dict[str, list[tuple[UUID, int, int]]] = field(
        default_factory=lambda: {step: [] for step in STEPS}
    )
    numbers: list[tuple[Any, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


# Of each ticket: when it was first heard of, when last, how often.
_Heard = dict[UUID, tuple[int, int, int]]
# Of each ticket: how many steps there were, when the last one began.
_Expected = dict[UUID, tuple[int, int]]


class _Post:
    """One process of the hall: an actor, ears, and a note of everything it does."""

    def __init__(self, actor: Actor, until_ns: int) -> None:
        self.actor = actor
        self.until_ns = until_ns
        self.told = _Told()
        self.heard: _Heard = {}
        self.fresh: set[UUID] = set()
        self.wake = threading.Event()

    def on_changed(self, changed: Changed) -> None:
        at = now_ns()
        for ticket in changed.tickets:
            first, _last, count = self.heard.get(ticket, (at, at, 0))
            self.heard[ticket] = (first, at, count + 1)
        self.fresh |= changed.tickets
        if changed.everything or not changed.online:
            self.told.errors["Reconnected"] += 1
        self.wake.set()

    def time_left_s(self) -> float:
        return (self.until_ns - now_ns()) / 1e9

    def rest(self, longest_s: float = SAFETY_S) -> None:
        """Until a notice comes, but not for ever."""
        self.wake.wait(max(0.0, min(longest_s, SAFETY_S, self.time_left_s())))
        self.wake.clear()

    def do(self, step: str, call: Callable[[], tickets.TicketView]) -> tickets.TicketView | None:
        """One service call, timed; None when it was refused, which is counted unless nothing was waiting."""
        start = now_ns()
        try:
            view = call()
        except errors.NothingWaiting:
            return None
        except errors.HallDeskError as error:
            self.told.errors[type(error).__name__] += 1
            return None
        self.told.steps[step].append((view.card.id, start, now_ns()))
        return view


def _desk(post: _Post, plan: Plan, desk: int, matters: tuple[UUID, ...]) -> None:
    """Opens tickets at the pace, or while not too many of its own are on their way; hands back what is ready."""
    actor, mine = post.actor, dict[UUID, str]()
    most = max(2, math.ceil(2 * plan.windows / plan.desks))
    every_ns = 60e9 / plan.pace if plan.pace else 0.0
    due = now_ns() + every_ns * desk / plan.desks
    turn = 0
    while post.time_left_s() > 0:
        wanted = now_ns() >= due if plan.pace else len(mine) < most
        if wanted and turn < MOST_CASES // plan.desks:
            new = NewTicket(
                new_id(), matters[(desk + turn) % len(matters)], f"{actor.letter}{turn}",
                consent=True, papers=(NewPaper("paper"),),
            )  # fmt: skip
            view = post.do("open", lambda new=new: tickets.open(actor, new))  # type: ignore[misc]
            turn += 1
            due += every_ns
            if view is not None:
                mine[view.card.id] = view.pickup_code
                post.told.numbers.append((view.card.service_day, view.card.number))
        elif turn >= MOST_CASES // plan.desks and not mine:
            return
        else:
            post.rest((due - now_ns()) / 1e9 if plan.pace else SAFETY_S)
        fresh, post.fresh = post.fresh, set()
        for key in fresh & mine.keys():
            if tickets.get(actor, key).card.state == "ready":
                proof = Proof("pickup_code", mine[key])
                back = post.do("hand_back", lambda k=key, p=proof: tickets.hand_back(actor, k, p))  # type: ignore[misc]
                if back is not None:
                    del mine[key]


def _window(post: _Post) -> None:
    """Takes up what waits, one after the other; rests until something is heard when nothing does."""
    actor = post.actor
    while post.time_left_s() > 0:
        view = post.do("claim", lambda: tickets.claim_next(actor))
        if view is None:
            post.rest()
            continue
        key = view.card.id
        post.do("received", lambda k=key: tickets.received(actor, k))  # type: ignore[misc]
        post.do("finish", lambda k=key: tickets.finish(actor, k, "done"))  # type: ignore[misc]


def _process(
    line: Connection, database: str, schema: str, plan: Plan, posts: _Posts, number: int
) -> None:
    """One process. Says: ready · gets the end · tells what it did · gets what all did · tells what it heard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows; elsewhere see _no_interrupt
    with ExitStack() as stack:
        if schema:
            stack.enter_context(in_schema(schema))
        store = Store.open(database)
        stack.callback(store.close)
        at_desk = number < plan.desks
        name = (posts.desks + posts.windows)[number]
        letter = chr(ord("A") + number) if at_desk else "A"
        actor = accounts.sign_in(store, name, _PIN, letter)
        post = _Post(actor, 0)
        listener = changes.listen(store, post.on_changed)
        stack.callback(listener.stop)
        listener.listening.wait(READY_S)
        line.send("ready")
        post.until_ns = line.recv()
        if at_desk:
            _desk(post, plan, number, posts.matters)
        else:
            _window(post)
        line.send(post.told)
        expected: _Expected = line.recv()
        patience = time.monotonic() + SETTLE_S
        while time.monotonic() < patience and _lost(expected, post.heard, not store.postgres):
            time.sleep(0.05)
        line.send(dict(post.heard))


@dataclass
class _Hand:
    process: Any
    line: Connection


@contextmanager
def _crew(database: str, schema: str, plan: Plan, posts: _Posts) -> Iterator[list[_Hand]]:
    """All processes, started; ended afterwards whatever they are doing."""
    context = multiprocessing.get_context("spawn")
    hands: list[_Hand] = []
    try:
        for number in range(plan.desks + plan.windows):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_process,
                args=(theirs, database, schema, plan, posts, number),
                daemon=True,
            )
            with _no_interrupt():
                process.start()
            theirs.close()
            hands.append(_Hand(process, ours))
        yield hands
    finally:
        for hand in hands:
            hand.line.close()
        patience = time.monotonic() + GOODBYE_S
        for hand in hands:
            hand.process.join(timeout=max(0.0, patience - time.monotonic()))
            if hand.process.is_alive():
                hand.process.terminate()
        for hand in hands:
            hand.process.join(timeout=5)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ctrl+C reaches every process of the terminal. Those started inside never see it; for us it waits."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class _Outcome:
    told: list[_Told]
    heard: list[_Heard]
    seconds: float
    died: int


def _drive(hands: list[_Hand], plan: Plan, stopping: threading.Event) -> _Outcome:
    alive = [hand for hand in hands if _answer(hand, READY_S, stopping) == "ready"]
    start = now_ns()
    until = start + int(plan.seconds * 1e9)
    for hand in alive:
        hand.line.send(until)
    told = [_answer(hand, plan.seconds + PATIENCE_S, stopping) for hand in alive]
    seconds = min((now_ns() - start) / 1e9, plan.seconds)
    heard = []
    left = [hand for hand, words in zip(alive, told, strict=True) if words is not None]
    expected = _expected([words for words in told if words is not None])
    for hand in left:
        hand.line.send(expected)
    heard = [words for hand in left if (words := _answer(hand, PATIENCE_S, stopping)) is not None]
    return _Outcome(
        [words for words in told if words is not None], heard, seconds, len(hands) - len(heard)
    )


def _answer(hand: _Hand, within_s: float, stopping: threading.Event) -> Any:
    """What the process says next; None when it is dead or silent. Raises KeyboardInterrupt when told to stop."""
    until = time.monotonic() + within_s
    try:
        while not hand.line.poll(max(0.0, min(LOOK_S, until - time.monotonic()))):
            if stopping.is_set():
                raise KeyboardInterrupt
            if time.monotonic() >= until:
                return None
        return hand.line.recv()
    except (EOFError, OSError):
        return None


def spread(values_ms: list[float]) -> Spread:
    """The median, the 99th percentile (nearest rank) and the longest; zeros for none."""
    if not values_ms:
        return Spread(0, 0.0, 0.0, 0.0)
    ordered = sorted(values_ms)

    def rank(share: float) -> float:
        return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 3)

    return Spread(len(ordered), rank(0.5), rank(0.99), round(ordered[-1], 3))


def _judge(plan: Plan, database: str, outcome: _Outcome) -> Report:
    steps = {step: [entry for told in outcome.told for entry in told.steps[step]] for step in STEPS}
    failed: Counter[str] = sum((told.errors for told in outcome.told), Counter())
    if outcome.died:
        failed["ProcessDied"] = outcome.died
    opened = len(steps["open"])
    cases = len(steps["hand_back"])
    notice, pressed = _delays(steps["open"], outcome.heard)
    expected, merged = _expected(outcome.told), not is_postgres(database)
    return Report(
        database="PostgreSQL" if is_postgres(database) else "SQLite",
        desks=plan.desks,
        windows=plan.windows,
        pace=plan.pace,
        peak=plan.peak,
        seconds=round(outcome.seconds, 3),
        cases=cases,
        unfinished=opened - cases,
        cases_per_second=round(cases / outcome.seconds, 2) if outcome.seconds else 0.0,
        latency_ms={
            step: spread([(end - start) / 1e6 for _, start, end in entries])
            for step, entries in steps.items()
        },
        notice_ms=notice,
        pressed_ms=pressed,
        double_claims=_repeated(key for key, *_ in steps["claim"]),
        duplicate_numbers=_repeated(number for told in outcome.told for number in told.numbers),
        lost_notices=sum(_lost(expected, heard, merged) for heard in outcome.heard),
        errors=dict(failed),
    )


def _repeated(things: Iterator[Any]) -> int:
    return sum(count - 1 for count in Counter(things).values())


def _expected(told: list[_Told]) -> _Expected:
    expected: _Expected = {}
    for entries in (entries for one in told for entries in one.steps.values()):
        for key, start, _end in entries:
            count, last = expected.get(key, (0, 0))
            expected[key] = (count + 1, max(last, start))
    return expected


def _lost(expected: _Expected, heard: _Heard, merged: bool) -> int:
    """How many notices one process has not heard.

    PostgreSQL delivers every transaction's notice. SQLite's listener sees the state after several (`merged`): there a
    notice is lost when nothing was heard of a ticket since its last step began.
    """
    lost = 0
    for key, (count, last) in expected.items():
        _first, latest, often = heard.get(key, (0, 0, 0))
        lost += int(latest < last) if merged else max(0, count - often)
    return lost


def _delays(opened: list[tuple[UUID, int, int]], ears: list[_Heard]) -> tuple[Spread, Spread]:
    """How long it took until each process had heard of each new ticket: from its commit, and from the key press."""
    notice, pressed = [], []
    for heard in ears:
        for key, start, end in opened:
            if key in heard:
                notice.append(max(0.0, (heard[key][0] - end) / 1e6))
                pressed.append((heard[key][0] - start) / 1e6)
    return spread(notice), spread(pressed)
