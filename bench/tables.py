"""`./desk bench tables`: lists of a hall with a million rows beside the same of one with ten thousand.

The journal (of today, of all days, its next page, of one person, of one topic) and today's temperature
checks, on an SQLite file and on a PostgreSQL. A day has two thousand entries and a thousand checks in both, so what a
list costs more is what it reads of rows that it does not show.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from uuid import uuid4

import hall as bench
import psycopg

from hall_desk.services import journal, screening
from hall_desk.services.accounts import Actor
from hall_desk.services.journal import Filter
from hall_desk.store.journal import sql_time

TARGET = 1.2
FEW, MANY = 10_000, 1_000_000
A_DAY = 2_000  # entries; half as many checks
KINDS = ("check.recorded", "ticket.opened", "ticket.claimed", "ticket.finished", "slip.given")

COLUMNS = {
    "journal": "id hall_id at service_day kind subject ticket staff post letter facts",
    "temperature_check": "id hall_id at service_day tenths person name phone reason outcome staff_id letter",
}


def days(hall: bench.Hall, entries: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The rows of the last days, so that so many entries come together."""
    today = datetime.now(UTC).date()
    key, staff = hall.hall.hex, hall.staff.hex
    for ahead in range(entries // A_DAY - 1, -1, -1):
        day = today - timedelta(days=ahead)
        start = datetime.combine(day, clock(1), UTC)
        rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for number in range(A_DAY):
            at = sql_time(start + timedelta(seconds=number * 14))
            kind = KINDS[number % len(KINDS)]
            rows["journal"].append(
                (
                    uuid4().hex, key, at, day.isoformat(), kind, uuid4().hex, None, staff, "front_desk", "A",
                    '{"outcome":"normal"}',
                )
            )  # fmt: skip
            if number % 2:
                rows["temperature_check"].append(
                    (
                        uuid4().hex, key, at, day.isoformat(), 365, "resident", "", "", "", "normal", staff, "A",
                    )
                )  # fmt: skip
        yield rows


def fill(hall: bench.Hall, entries: int) -> None:
    """Writes the rows past the services: nobody measures that."""
    if hall.place.startswith("postgres"):
        with psycopg.connect(hall.place) as connection:
            connection.execute("SET session_replication_role = replica")
            for rows in days(hall, entries):
                for table, columns in COLUMNS.items():
                    into: Any = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
                    with connection.cursor().copy(into) as copy:
                        for row in rows[table]:
                            copy.write_row(row)
        with psycopg.connect(hall.place, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return
    with sqlite3.connect(hall.place) as file:
        file.execute("PRAGMA synchronous = OFF")
        for rows in days(hall, entries):
            for table, columns in COLUMNS.items():
                names = columns.split()
                marks = ", ".join("?" for _name in names)
                file.executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows[table]
                )
    file.close()


def _all(actor: Actor) -> Filter:
    today = actor.store.today()
    return Filter(today - timedelta(days=4000), today)


def _next_page(actor: Actor) -> object:
    wanted = _all(actor)
    return journal.entries(actor, wanted, journal.entries(actor, wanted).lines[-1])


CALLS: dict[str, Callable[[Actor], object]] = {
    "journal, today": lambda actor: journal.entries(
        actor, Filter(actor.store.today(), actor.store.today())
    ),
    "journal, all days": lambda actor: journal.entries(actor, _all(actor)),
    "journal, its next page": _next_page,
    "journal, one person": lambda actor: journal.entries(
        actor, Filter(_all(actor).first, _all(actor).last, staff=actor.person())
    ),
    "journal, one topic": lambda actor: journal.entries(
        actor, Filter(_all(actor).first, _all(actor).last, topic="slip")
    ),
    "today's checks": screening.today,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="desk bench tables", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    good = []
    with ExitStack() as stack:
        places: dict[str, list[str]] = {}
        if options.engine != "postgresql":
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-desk-bench-"))
            )
            places["SQLite"] = [str(folder / "small.sqlite3"), str(folder / "large.sqlite3")]
        if options.engine != "sqlite":
            server = stack.enter_context(bench.server())
            places["PostgreSQL"] = [stack.enter_context(bench.database(server)) for _ in range(2)]
        for engine, (one, other) in places.items():
            small, large = bench.make(one, 2), bench.make(other, 2)
            fill(small, FEW)
            fill(large, MANY)
            head = (f"{FEW:,}", f"{MANY:,}")
            good.append(bench.compare(engine, CALLS, (small, large), head, options.rounds, TARGET))
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
