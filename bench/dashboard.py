"""`./desk bench dashboard`: the manager's day after ten years of a busy hall beside the same after one year.

The day's figures (`dashboard.today`), the lists behind all of them (`dashboard_lists.behind`) and the staffing mirror,
on an SQLite file and on a PostgreSQL. All days have the same size, so what a query costs more after ten years is what
it reads of days that are not asked for. By default a tenth of a busy hall, which takes two minutes; with `--full` 1,000
checks and 400 tickets a day, which takes half an hour and 20 GB.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import hall as bench
import psycopg

from hall_desk.services import dashboard, dashboard_lists, staffing
from hall_desk.services.accounts import Actor
from hall_desk.services.dashboard_lists import Figure
from hall_desk.store.journal import sql_time

TARGET = 1.3
WINDOWS, DAYS_A_YEAR = 12, 250
ZONE = ZoneInfo("Asia/Shanghai")
RUSH = (9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16)
DAY, LISTS, MIRROR = "the day's figures", "all lists behind them", "staffing mirror"

Row = tuple[Any, ...]
COLUMNS = {
    "temperature_check": "id hall_id at service_day tenths person name phone reason outcome staff_id letter",
    "passage": "id hall_id at service_day direction count how staff_id letter",
    "consultation": "id hall_id at service_day matter_id channel outcome question name phone staff_id letter",
    "slip": "id hall_id at service_day window_id matter_id staff_id letter",
    "ticket": "id hall_id number service_day matter_id window_id state outcome name phone id_masked id_sealed id_print "
    "priority remark consent pickup_code promised_minutes letter opened_at opened_by_id queue_rank state_at due_at "
    "claimed_at ready_at closed_at result missing transfer_note",
    "claim": "id hall_id ticket_id window_id staff_id claimed_at ended_at ended_how note",
    "paper": "id hall_id ticket_id position name original count new holder holder_window_id holder_staff_id held_since "
    "difference difference_before",
    "hand_back": "id hall_id ticket_id at service_day proof staff_id collector reason papers",
    "callback": "id hall_id at service_day window_id matter_id name phone note due_at call_at state reason tries "
    "staff_id letter settled_at settled_by_id",
    "call_attempt": "id hall_id callback_id at service_day outcome note staff_id",
    "phone_case": "id hall_id at service_day window_id matter_id outcome minutes note staff_id",
    "incident": "id hall_id at service_day kind place people what state due_at staff_id letter closed_at result",
    "rating": "id hall_id ticket_id window_id at service_day grade reasons comment letter follow_up_due_at "
    "followed_up_at followed_up_by_id follow_up",
    "shift": "id hall_id post window_id staff_id service_day started_at ended_at",
    "journal": "id hall_id at service_day kind subject ticket staff post letter facts",
}


@dataclass(frozen=True)
class Size:
    """A hall's day: how many are measured and how many tickets are opened."""

    checks: int
    tickets: int


class BusyDay:
    """The rows of one day, the same chance for the same day. What of `today` is open stays open."""

    def __init__(self, hall: bench.Hall, day: date, size: Size, *, today: bool) -> None:
        self.hall, self.day, self.size, self.today = hall, day, size, today
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.chance = random.Random(day.isoformat())  # noqa: S311 - a repeatable day, no secret
        self._made = 0
        self._start = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).astimezone(UTC)
        self._fixed = (hall.hall.hex,)
        self._staff = hall.staff.hex
        self._free = dict.fromkeys(range(WINDOWS), self._start)

    def live(self) -> dict[str, list[Row]]:
        self._posts()
        self._door()
        for number, at in enumerate(self._moments(self.size.tickets, RUSH)):
            self._consultation(at)
            self._ticket(number, at)
            if number % 4 == 0:
                self._slip(at)
                self._phone_case(at)
            if number % 10 == 0:
                self._callback(at)
        for at in self._moments(2, RUSH):
            self._incident(at)
        return self.rows

    def _moments(self, count: int, hours: tuple[int, ...]) -> list[datetime]:
        """So many moments of the day, most of them at its busy hours."""
        zero = self._start - timedelta(hours=9)
        return sorted(
            zero + timedelta(hours=self.chance.choice(hours), seconds=self.chance.randrange(3600))
            for _ in range(count)
        )

    def _key(self, at: datetime) -> str:
        self._made += 1
        stamp = int(at.timestamp() * 1000)
        return UUID(
            int=stamp << 80 | 7 << 76 | self._made << 48 | 2 << 62 | self.day.toordinal()
        ).hex

    def _add(self, table: str, at: datetime, *values: Any) -> str:
        key = self._key(at)
        self.rows[table].append((key, *self._fixed, *values))
        return key

    def _note(self, at: datetime, kind: str, subject: str, ticket: str | None = None) -> None:
        """A journal entry."""
        facts = f'{{"due_at":"{at.isoformat()}"}}'
        self._add(
            "journal", at, sql_time(at), self.day.isoformat(), kind, subject, ticket, self._staff,
            "manager", "A", facts,
        )  # fmt: skip

    def _posts(self) -> None:
        end = None if self.today else sql_time(self._start + timedelta(hours=8))
        began = (self.day.isoformat(), sql_time(self._start - timedelta(minutes=10)), end)
        if not self.today:  # one person is on one post at a time
            for window in self.hall.windows:
                self._add("shift", self._start, "window", window.hex, self._staff, *began)
        self._add("shift", self._start, "proxy", None, self._staff, *began)

    def _door(self) -> None:
        for at in self._moments(self.size.checks, RUSH):
            rare = self.chance.random()
            outcome = "fever" if rare < 0.003 else "hold" if rare < 0.01 else "normal"
            tenths = 365 if outcome == "normal" else 376
            day = self.day.isoformat()
            key = self._add(
                "temperature_check", at, sql_time(at), day, tenths, "resident", "Resident", "", "",
                outcome, self._staff, "A",
            )  # fmt: skip
            self._note(at, "check.recorded", key)
            left = at + timedelta(minutes=25)
            self._add("passage", left, sql_time(left), day, "out", 1, "key", self._staff, "A")

    def _matter(self) -> tuple[str, str, int]:
        window = self.chance.randrange(WINDOWS)
        return self.hall.matters[window].hex, self.hall.windows[window].hex, window

    def _consultation(self, at: datetime) -> None:
        outcome = self.chance.choice(("settled", "settled", "ticket", "slip", "online"))
        self._add(
            "consultation", at, sql_time(at), self.day.isoformat(), self._matter()[0], "in_person",
            outcome, "", "", "", self._staff, "A",
        )  # fmt: skip

    def _slip(self, at: datetime) -> None:
        matter, window, _number = self._matter()
        self._add("slip", at, sql_time(at), self.day.isoformat(), window, matter, self._staff, "A")

    def _phone_case(self, at: datetime) -> None:
        matter, window, _number = self._matter()
        self._add(
            "phone_case", at, sql_time(at), self.day.isoformat(), window, matter, "settled", 3, "",
            self._staff,
        )  # fmt: skip

    def _ticket(self, number: int, at: datetime) -> None:
        matter, window, place = self._matter()
        claimed = max(at + timedelta(seconds=self.chance.randint(5, 40)), self._free[place])
        ready = claimed + timedelta(seconds=self.chance.choice((70, 90, 110, 140, 160, 240, 380)))
        closed = ready + timedelta(seconds=self.chance.randint(30, 200))
        left = self.size.tickets - number if self.today else self.size.tickets
        state = (
            "queued"
            if left <= 4
            else "handling"
            if left <= 8
            else "ready"
            if left <= 12
            else "closed"
        )
        paused = state == "closed" and number % 20 == 0
        if state != "queued":
            self._free[place] = ready
        key, day, due = self._key(at), self.day.isoformat(), at + timedelta(minutes=3)
        done = state in ("ready", "closed")
        self.rows["ticket"].append(
            (
                key, *self._fixed, f"A{number + 1:03d}", day, matter, window, state,
                "finished" if done else None, "Resident", "13800000000", "", "", "", "", "", True,
                "1234", 3, "A", sql_time(at), self._staff, sql_time(at), sql_time(at), sql_time(due),
                None if state == "queued" else sql_time(claimed), sql_time(ready) if done else None,
                sql_time(closed) if state == "closed" else None, "", "", "",
            )
        )  # fmt: skip
        if state != "queued":
            began, how = claimed, "finished" if done else None
            if paused:
                began = claimed + timedelta(seconds=50)
                half = claimed + timedelta(seconds=30)
                self._add(
                    "claim", claimed, key, window, self._staff, sql_time(claimed), sql_time(half),
                    "suspended", "",
                )  # fmt: skip
            self._add(
                "claim", began, key, window, self._staff, sql_time(began),
                sql_time(ready) if done else None, how, "",
            )  # fmt: skip
        for position, name in enumerate(("ID card", "form")):
            holder = "resident" if state == "closed" else "desk"
            self._add(
                "paper", at, key, position, name, position == 0, 1, False, holder, None,
                None if holder == "resident" else self._staff, sql_time(closed), "", "",
            )  # fmt: skip
        if state == "closed":
            self._add(
                "hand_back", closed, key, sql_time(closed), day, "receipt", self._staff, "", "", 2
            )
            if number % 4 == 0:
                self._rating(closed, key, window)
        for kind in ("opened", "claimed", "finished", "handed_back"):
            self._note(at, f"ticket.{kind}", key, key)

    def _rating(self, at: datetime, ticket: str, window: str) -> None:
        grade = 1 if self.chance.random() < 0.02 else 5
        low = grade == 1
        done = sql_time(at + timedelta(hours=1)) if low and not self.today else None
        self._add(
            "rating", at, ticket, window, sql_time(at), self.day.isoformat(), grade, "", "", "A",
            sql_time(at + timedelta(days=5)) if low else None, done, self._staff if done else None, "",
        )  # fmt: skip

    def _callback(self, at: datetime) -> None:
        matter, window, _number = self._matter()
        due = at + timedelta(minutes=30)
        settled = sql_time(due) if not self.today or self.chance.random() < 0.6 else None
        day = self.day.isoformat()
        key = self._add(
            "callback", at, sql_time(at), day, window, matter, "Resident", "13800000000", "",
            sql_time(due), sql_time(due), "reached" if settled else "due", "", 0, self._staff, "A",
            settled, self._staff if settled else None,
        )  # fmt: skip
        self._note(at, "callback.promised", key)
        if settled:
            self._add("call_attempt", due, key, settled, day, "reached", "", self._staff)

    def _incident(self, at: datetime) -> None:
        closed = None if self.today else sql_time(at + timedelta(minutes=20))
        self._add(
            "incident", at, sql_time(at), self.day.isoformat(), "dispute", "", "", "",
            "open" if self.today else "closed", sql_time(at + timedelta(minutes=20)), self._staff,
            "A", closed, "",
        )  # fmt: skip


def busy_days(hall: bench.Hall, count: int, size: Size) -> Iterator[dict[str, list[Row]]]:
    """The last so many working days up to today, by the hall's time zone."""
    today = datetime.now(ZONE).date()
    days: list[date] = [today]
    while len(days) < count:
        before = days[-1] - timedelta(days=1)
        days.append(before - timedelta(days=max(0, before.isoweekday() - 5)))
    for day in reversed(days):
        yield BusyDay(hall, day, size, today=day == today).live()


def fill(hall: bench.Hall, days: int, size: Size) -> None:
    """Writes the days past the services: nobody measures that."""
    if hall.place.startswith("postgres"):
        _fill_postgres(hall, days, size)
    else:
        _fill_sqlite(hall, days, size)


def _fill_sqlite(hall: bench.Hall, days: int, size: Size) -> None:
    with sqlite3.connect(hall.place) as file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA cache_size = -200000")
        for rows in busy_days(hall, days, size):
            for table, columns in COLUMNS.items():
                names = columns.split()
                marks = ", ".join("?" for _name in names)
                file.executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                    rows.get(table, []),
                )
    file.close()


def _fill_postgres(hall: bench.Hall, days: int, size: Size) -> None:
    with psycopg.connect(hall.place) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers, no foreign keys
        for rows in busy_days(hall, days, size):
            for table, columns in COLUMNS.items():
                into: Any = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
                with connection.cursor().copy(into) as copy:
                    for row in rows.get(table, []):
                        copy.write_row(row)
    with psycopg.connect(hall.place, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


# --- measuring -----------------------------------------------------------------------------------


def lists(actor: Actor) -> None:
    now = dashboard.today(actor)
    figures = [Figure(name) for name in dashboard.FIGURES]
    figures += [Figure("channel", channel=channel) for channel in dashboard.CHANNELS]
    figures += [Figure("matter", key=matter.id) for matter in now.matters]
    figures += [Figure("wait", hour=10)]
    for figure in figures:
        dashboard_lists.behind(actor, figure)


CALLS: dict[str, Callable[[Actor], object]] = {
    DAY: dashboard.today,
    LISTS: lists,
    MIRROR: lambda actor: staffing.of_day(actor, actor.store.today()),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="desk bench dashboard", description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 checks and 400 tickets a day")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    size = Size(1000, 400) if options.full else Size(100, 40)
    print(f"{size.checks} checks and {size.tickets} tickets a day, {DAYS_A_YEAR} days a year")
    good = []
    for engine in ("sqlite", "postgresql"):
        if options.engine not in (None, engine):
            continue
        with ExitStack() as stack:
            halls = []
            address = stack.enter_context(bench.server()) if engine == "postgresql" else ""
            for years in (1, options.years):
                if address:
                    place = stack.enter_context(bench.database(address))
                else:
                    folder = stack.enter_context(tempfile.TemporaryDirectory())
                    place = str(Path(folder) / "hall.sqlite3")
                hall = bench.make(place, WINDOWS)
                start = time.perf_counter()
                fill(hall, years * DAYS_A_YEAR, size)
                print(f"  {engine}, {years} years: made in {time.perf_counter() - start:.0f} s")
                halls.append(hall)
            heads = ("1 year", f"{options.years} years")
            good.append(
                bench.compare(engine, CALLS, (halls[0], halls[1]), heads, options.rounds, TARGET)
            )
    print(f"\n  target: at most {TARGET} x after ten years: {bench.verdict(all(good))}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
