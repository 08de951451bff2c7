"""`./desk bench claims`: taking up the next ticket, our way beside hand-written SQL, in one run.

1. One client: what a claim writes, and the same with the ticket read back for the window's screen.
2. Eight clients: cycles of open, claim and finish.
3. Eight clients on one queue: how often is a ticket taken twice? Our way and select-then-update.

Rounds take turns and every ratio is the median of the rounds' ratios: times do not travel between machines, ratios do.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import hall as bench
import psycopg

from hall_desk import errors
from hall_desk.services import ticket_cards, ticket_steps, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import ids
from hall_desk.store.database import POSTGRES_OPTIONS
from hall_desk.store.journal import CHANNEL, canonical

CLIENTS = 8
TARGET_CLAIM, TARGET_CYCLES = 1.25, 0.7

UPDATE = (
    "UPDATE ticket SET state = 'handling', state_at = %s, claimed_at = %s WHERE state = 'queued' AND id = "
    "(SELECT id FROM ticket WHERE window_id = %s AND state = 'queued' ORDER BY queue_rank, id LIMIT 1 "
    "FOR UPDATE SKIP LOCKED) RETURNING id"
)
CLAIM = (
    "INSERT INTO claim (id, hall_id, ticket_id, window_id, staff_id, claimed_at, note) "
    "VALUES (%s, %s, %s, %s, %s, %s, '')"
)
JOURNAL = (
    "INSERT INTO journal (id, hall_id, at, service_day, kind, subject, ticket, staff, post, letter, facts) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'manager', %s, %s)"
)
NOTIFY = "SELECT pg_notify(%s, %s)"
AT_ONCE = (
    f"WITH taken AS ({UPDATE}), claimed AS (INSERT INTO claim (id, hall_id, ticket_id, window_id, staff_id, "
    "claimed_at, note) SELECT %s, %s, id, %s, %s, %s, '' FROM taken), told AS (INSERT INTO journal (id, hall_id, at, "
    "service_day, kind, subject, ticket, staff, post, letter, facts) SELECT %s, %s, %s, %s, 'ticket.claimed', id, id, "
    "%s, 'manager', %s, %s FROM taken) SELECT id, pg_notify(%s, 'ticket:' || replace(id::text, '-', '')) FROM taken"
)
READ, PAPERS = (
    sql.replace("?", "%s") for sql in (ticket_cards._WITH_ALL, ticket_cards._ITS_PAPERS)
)
OFFERED = ticket_steps._OFFERED.replace("?", "%s")
OPEN_BY_NAME = ticket_cards._OPEN_BY_NAME.replace("?", "%s")


class Raw:
    """The same work as the services in psycopg alone: one statement after the other, no checks, no values built."""

    def __init__(self, hall: bench.Hall, window: int, letter: str = "A") -> None:
        self.hall, self.letter = hall, letter
        self.window, self.matter = hall.windows[window], hall.matters[window]
        options: Any = POSTGRES_OPTIONS
        self.db = psycopg.connect(hall.place, autocommit=True, **options)
        row = self.one("SELECT now(), (now() AT TIME ZONE 'Asia/Shanghai')::date", ())
        self.behind = row[0].timestamp() - time.time()
        self.day = row[1]

    def close(self) -> None:
        self.db.close()

    def one(self, sql: Any, values: tuple[Any, ...]) -> Any:
        return self.db.execute(sql, values).fetchone()

    def now(self) -> Any:
        from datetime import UTC, datetime

        return datetime.fromtimestamp(time.time() + self.behind, UTC)

    def tell(self, kind: str, ticket: UUID, at: Any, facts: str) -> None:
        self.db.execute(
            JOURNAL,
            (
                ids.new_id(), self.hall.hall, at, self.day, kind, ticket, ticket, self.hall.staff,
                self.letter, facts,
            ),
        )  # fmt: skip
        self.db.execute(NOTIFY, (CHANNEL, f"ticket:{ticket.hex}"))

    def read(self, ticket: UUID) -> None:
        self.db.execute(READ, (ticket, self.hall.hall)).fetchall()

    def claim(self, read: bool) -> UUID:
        while (ticket := self.try_claim(read)) is None:
            pass  # see _our_claim
        return ticket

    def try_claim(self, read: bool) -> UUID | None:
        with self.db.transaction():
            at, key = self.now(), ids.new_id()
            row = self.one(UPDATE, (at, at, self.window))
            if row is None:
                return None
            ticket: UUID = row[0]
            self.db.execute(CLAIM, (key, self.hall.hall, ticket, self.window, self.hall.staff, at))
            self.tell("ticket.claimed", ticket, at, canonical({"claim": key.hex}))
            if read:
                self.read(ticket)
        return ticket

    def claim_at_once(self) -> UUID:
        at, key = self.now(), ids.new_id()
        found: UUID = self.one(
            AT_ONCE,
            (
                at, at, self.window, key, self.hall.hall, self.window, self.hall.staff, at,
                ids.new_id(), self.hall.hall, at, self.day, self.hall.staff, self.letter,
                canonical({"claim": key.hex}), CHANNEL,
            ),
        )[0]  # fmt: skip
        return found

    def open(self, name: str, read: bool) -> UUID:
        with self.db.transaction():
            at, ticket, hall = self.now(), ids.new_id(), self.hall.hall
            if read:
                self.db.execute("SELECT * FROM ticket WHERE id = %s", (ticket,)).fetchall()
                self.db.execute(OFFERED, (self.matter, hall)).fetchall()
                self.db.execute(OPEN_BY_NAME, (hall, self.matter, name)).fetchall()
            number = self.one(
                "INSERT INTO ticket_counter (hall_id, service_day, letter, last) VALUES (%s, %s, %s, 1) ON CONFLICT "
                "(hall_id, service_day, letter) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last",
                (hall, self.day, self.letter),
            )[0]
            self.db.execute(
                "INSERT INTO ticket (id, hall_id, number, service_day, matter_id, window_id, state, name, phone, "
                "id_masked, priority, remark, consent, pickup_code, promised_minutes, letter, opened_at, "
                "opened_by_id, queue_rank, state_at, due_at, result, missing, transfer_note, id_sealed, id_print) "
                "VALUES (%s, %s, %s, "
                "%s, %s, %s, 'queued', %s, '', '', '', '', true, %s, 3, %s, %s, %s, %s, %s, %s, '', '', '', "
                "'', '')",
                (
                    ticket, hall, f"{self.letter}{number:03d}", self.day, self.matter, self.window,
                    name, ids.code_of(ticket, 4), self.letter, at, self.hall.staff, at, at,
                    at + timedelta(minutes=3),
                ),
            )  # fmt: skip
            self.tell("ticket.opened", ticket, at, canonical({"number": number, "papers": 0}))
            if read:
                self.read(ticket)
        return ticket

    def finish(self, ticket: UUID, read: bool) -> None:
        with self.db.transaction():
            at = self.now()
            if read:
                self.db.execute("SELECT * FROM ticket WHERE id = %s", (ticket,)).fetchall()
            self.db.execute(
                "UPDATE ticket SET state = 'ready', state_at = %s, outcome = 'finished', ready_at = %s, result = %s "
                "WHERE id = %s AND state = 'handling'",
                (at, at, "done", ticket),
            )
            claim = self.one(
                "UPDATE claim SET ended_at = %s, ended_how = 'finished', note = '' "
                "WHERE ticket_id = %s AND ended_at IS NULL RETURNING id",
                (at, ticket),
            )[0]
            if read:
                self.db.execute(PAPERS, (ticket,)).fetchall()
            self.tell("ticket.finished", ticket, at, canonical({"claim": claim.hex}))
            if read:
                self.read(ticket)


# --- one client ----------------------------------------------------------------------------------

OURS, OURS_READ = "ours: writes", "ours: writes, read back"
FOUR, ONE, FOUR_READ = "raw: 4 statements", "raw: 1 statement", "raw: 4 statements, read back"


def one_client(hall: bench.Hall, rounds: int, claims: int) -> bool:
    names = [OURS, FOUR, ONE, OURS_READ, FOUR_READ]
    p50: dict[str, list[float]] = {name: [] for name in names}
    with bench.signed_in(hall) as actor:
        raw = {name: Raw(hall, names.index(name)) for name in (FOUR, ONE, FOUR_READ)}

        def write() -> None:
            with actor.store.change(actor) as change:
                tickets.take_next(change, actor, hall.windows[0])

        calls: dict[str, bench.Timed] = {
            OURS: write,
            FOUR: lambda: raw[FOUR].claim(read=False),
            ONE: lambda: raw[ONE].claim_at_once(),
            OURS_READ: lambda: tickets.claim_next(actor, hall.windows[3]),
            FOUR_READ: lambda: raw[FOUR_READ].claim(read=True),
        }
        for turn in range(-1, rounds):  # round -1 warms up
            for name in names:
                bench.fill(hall, names.index(name), claims)
            for name in bench.rotated(names, turn):
                took = []
                for _ in range(claims):
                    start = time.perf_counter_ns()
                    calls[name]()
                    took.append((time.perf_counter_ns() - start) / 1e6)
                if turn >= 0:
                    p50[name].append(statistics.median(took))
        for one in raw.values():
            one.db.close()
    print(f"\nOne client, {rounds} rounds of {claims} claims each, p50 in ms (median of rounds)")
    for name in names:
        print(f"  {name:32} {statistics.median(p50[name]):.3f}")
    print(f"  writes, ours to 4 statements     {bench.ratio(p50[OURS], p50[FOUR])}")
    print(f"  writes, ours to 1 statement      {bench.ratio(p50[OURS], p50[ONE])}")
    print(f"  read back, ours to raw           {bench.ratio(p50[OURS_READ], p50[FOUR_READ])}")
    reached = bench.median_ratio(p50[OURS], p50[FOUR]) <= TARGET_CLAIM
    print(f"  target: writes at most {TARGET_CLAIM} x the 4 statements: {bench.verdict(reached)}")
    return reached


# --- eight clients -------------------------------------------------------------------------------


def _our_claim(actor: Actor, hall: bench.Hall) -> UUID:
    while True:
        try:
            return tickets.claim_next(actor, hall.windows[0]).card.id
        except errors.NothingWaiting:
            # Others took all that this statement's snapshot saw; what was opened since, the next one sees.
            continue


def _our_cycle(actor: Actor, hall: bench.Hall, turn: int) -> None:
    name = f"{actor.letter}-{turn}"
    tickets.open(actor, NewTicket(ids.new_id(), hall.matters[0], name, consent=True))
    tickets.finish(actor, _our_claim(actor, hall), "done")


def _cycling(hall: bench.Hall, kind: str, number: int, line: Any) -> None:
    """One client: does cycles for as many seconds as it is told, and says how many; until told None."""
    letter = chr(ord("A") + number)
    with ExitStack() as stack:
        if kind == "ours":
            actor = stack.enter_context(bench.signed_in(hall, letter))
        else:
            raw = Raw(hall, 1 if kind == "raw" else 2, {"raw": "I", "bare": "Q"}[kind])
            raw.letter = chr(ord(raw.letter) + number)
        line.send("ready")
        turn = 0
        while (seconds := line.recv()) is not None:
            until = time.perf_counter() + seconds
            before = turn
            while time.perf_counter() < until:
                turn += 1
                if kind == "ours":
                    _our_cycle(actor, hall, turn)
                else:
                    raw.open(f"{raw.letter}-{turn}", kind == "raw")
                    raw.finish(raw.claim(kind == "raw"), kind == "raw")
            line.send(turn - before)


def eight_clients(hall: bench.Hall, rounds: int, seconds: float) -> bool:
    context = multiprocessing.get_context("spawn")
    kinds = ["ours", "raw", "bare"]
    lines: dict[str, list[Any]] = {kind: [] for kind in kinds}
    processes = []
    for kind in kinds:
        for number in range(CLIENTS):
            here, there = context.Pipe()
            process = context.Process(
                target=_cycling, args=(hall, kind, number, there), daemon=True
            )
            process.start()
            processes.append(process)
            lines[kind].append(here)
    for line in (line for those in lines.values() for line in those):
        assert line.recv() == "ready"
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(-1, rounds):
        for kind in bench.rotated(kinds, turn):
            for line in lines[kind]:
                line.send(seconds)
            done = sum(line.recv() for line in lines[kind])
            if turn >= 0:
                rates[kind].append(done / seconds)
    for line in (line for those in lines.values() for line in those):
        line.send(None)
    for process in processes:
        process.join(timeout=10)
    print(
        f"\n{CLIENTS} clients, {rounds} rounds of {seconds:g} s, cycles (open, claim, finish) a second"
    )
    print(f"  ours                             {statistics.median(rates['ours']):.0f}")
    print(f"  raw, the same reads and writes   {statistics.median(rates['raw']):.0f}")
    print(f"  raw, the writes alone            {statistics.median(rates['bare']):.0f}")
    print(f"  ours to raw with the same reads  {bench.ratio(rates['ours'], rates['raw'])}")
    print(f"  ours to raw writes alone         {bench.ratio(rates['ours'], rates['bare'])}")
    reached = bench.median_ratio(rates["ours"], rates["raw"]) >= TARGET_CYCLES
    print(f"  target: at least {TARGET_CYCLES} x raw, the same reads: {bench.verdict(reached)}")
    return reached


# --- doubles -------------------------------------------------------------------------------------


def _taking(hall: bench.Hall, kind: str, gate: Any, results: Any) -> None:
    taken: list[UUID] = []
    if kind == "ours":
        with bench.signed_in(hall) as actor:
            gate.wait(120)
            while True:
                try:
                    taken.append(tickets.claim_next(actor, hall.windows[3]).card.id)
                except errors.NothingWaiting:
                    break
    else:
        with psycopg.connect(hall.place, autocommit=True) as db:
            gate.wait(120)
            while True:
                row = db.execute(
                    "SELECT id FROM ticket WHERE window_id = %s AND state = 'queued' "
                    "ORDER BY queue_rank, id LIMIT 1",
                    (hall.windows[4],),
                ).fetchone()
                if row is None:
                    break
                db.execute("UPDATE ticket SET state = 'handling' WHERE id = %s", row)
                taken.append(row[0])
    results.put(taken)


def doubles(hall: bench.Hall, queue: int) -> bool:
    context = multiprocessing.get_context("spawn")
    print(f"\n{CLIENTS} clients empty one queue of {queue}: tickets that more than one clerk holds")
    counted = {}
    for kind, window in (("ours", 3), ("naive", 4)):
        bench.fill(hall, window, queue)
        gate, results = context.Barrier(CLIENTS), context.Queue()
        clerks = [
            context.Process(target=_taking, args=(hall, kind, gate, results), daemon=True)
            for _ in range(CLIENTS)
        ]
        for clerk in clerks:
            clerk.start()
        taken = Counter(key for _ in clerks for key in results.get(timeout=120))
        for clerk in clerks:
            clerk.join(timeout=10)
        counted[kind] = sum(times > 1 for times in taken.values())
        name = {"ours": "ours", "naive": "select, then update"}[kind]
        print(f"  {name:32} {counted[kind]} of {len(taken)}")
    return counted["ours"] == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="desk bench claims", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--claims", type=int, default=150, metavar="N")
    parser.add_argument("--seconds", type=float, default=2.0, metavar="S")
    parser.add_argument("--queue", type=int, default=600, metavar="N")
    options = parser.parse_args()
    with bench.server() as address, bench.database(address) as place:
        hall = bench.make(place, windows=5)
        good = [
            one_client(hall, options.rounds, options.claims),
            eight_clients(hall, max(3, options.rounds // 2 + 1), options.seconds),
            doubles(hall, options.queue),
        ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
