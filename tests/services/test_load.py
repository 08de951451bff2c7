"""The load command works on both databases, finds nothing wrong, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from hall_desk import cli, errors
from hall_desk.services import load

TWO_AND_TWO = load.Plan(desks=2, windows=2, seconds=2)


def schemas(database: str) -> list[str]:
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace ORDER BY nspname").fetchall()
    return [name for (name,) in found if name.startswith(load.SCHEMA)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("postgres_database"))


def test_two_desks_and_two_windows_do_nothing_twice(
    database: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "load.json"
    words = ["load", "--desks", "2", "--windows", "2", "--seconds", "2", "--json", str(out)]
    status = cli.main([*words, *(["--database", database] if database else [])])
    figures: dict[str, Any] = json.loads(out.read_text())
    assert figures["errors"] == {}
    assert figures["double_claims"] == figures["duplicate_numbers"] == figures["lost_notices"] == 0
    assert status == 0
    assert figures["cases"] > 0
    assert figures["latency_ms"]["claim"]["count"] >= figures["cases"]
    opened = figures["latency_ms"]["open"]["count"]
    assert figures["unfinished"] == opened - figures["cases"]
    assert figures["notice_ms"]["count"] == 4 * opened
    assert "重复领取 0，重号 0，丢失通知 0，错误 0" in capsys.readouterr().out
    if database:
        assert schemas(database) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_cleans_up(postgres_database: str, how: signal.Signals) -> None:
    words = ["load", "--desks", "1", "--windows", "1", "--seconds", "60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hall_desk", *words, "--database", postgres_database],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    working = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hall-desk' "
        "AND datname = current_database() AND query LIKE '%pg_notify%'"
    )
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        while process.poll() is None and connection.execute(working).fetchone() == (0,):
            pass
    # A terminal sends Ctrl+C to all of them, `kill` asks the first.
    if how is signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    _out, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (1, b"")
    assert schemas(postgres_database) == []


def test_an_interrupt_that_python_loses_stops_a_run_too(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised while an object is freed goes no further; here it is the hall that is made."""
    make = load._make_hall

    class Freed:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def make_hall(*words: Any) -> Any:
        made = make(*words)
        monkeypatch.setattr(sys, "unraisablehook", lambda _lost: None)
        Freed()
        monkeypatch.undo()
        return made

    monkeypatch.setattr(load, "_make_hall", make_hall)
    with pytest.raises(KeyboardInterrupt):
        load.run(load.Plan(desks=1, windows=1, seconds=60), postgres_database)
    assert schemas(postgres_database) == []


def test_what_a_killed_run_left_is_cleared_by_the_next(postgres_database: str) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {load.SCHEMA}left")
        connection.execute(f"CREATE SCHEMA {load.SCHEMA}running")
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (f"{load.SCHEMA}running",))
        with load.own_schema(postgres_database) as name:
            assert schemas(postgres_database) == sorted([name, f"{load.SCHEMA}running"])


def test_a_role_that_may_not_make_a_schema_is_told(
    postgres_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    role = f"load_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
        try:
            parts = urlsplit(postgres_database)
            address = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
            assert cli.main(["load", "--seconds", "1", "--database", address]) == 1
        finally:
            connection.execute(f"DROP ROLE {role}")
    assert load.SCHEMA in capsys.readouterr().err
    assert schemas(postgres_database) == []


@pytest.mark.parametrize(
    "plan",
    [
        load.Plan(0, 1, 1),
        load.Plan(27, 1, 1),
        load.Plan(1, 101, 1),
        load.Plan(1, 1, 601),
        load.Plan(1, 1, 1, pace=-1),
        load.Plan(1, 1, 1, peak=0),
    ],
)
def test_a_plan_without_measure_is_refused(plan: load.Plan) -> None:
    with pytest.raises(errors.BadInput):
        load.run(plan)


def test_an_sqlite_file_is_never_driven(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput):
        load.run(TWO_AND_TWO, str(tmp_path / "hall.sqlite3"))


def step(*tickets: UUID) -> list[tuple[UUID, int, int]]:
    return [(ticket, 1_000_000, 3_000_000) for ticket in tickets]


def outcome(told: load._Told, heard: load._Heard) -> load._Outcome:
    return load._Outcome([told], [heard], 2.0, 0)


def test_what_is_wrong_is_counted() -> None:
    """Nothing of this happens in a run, so the counting is tried on what never happened."""
    one, two = uuid4(), uuid4()
    told = load._Told()
    told.steps["open"] = step(one, two)
    told.steps["claim"] = step(one, one)
    told.numbers = [("day", "A001"), ("day", "A001")]
    told.errors["DatabaseBusy"] = 2
    heard: load._Heard = {one: (4_000_000, 4_000_000, 2)}
    report = load._judge(TWO_AND_TWO, "postgresql://x/x", outcome(told, heard))
    assert (report.double_claims, report.duplicate_numbers, report.errors) == (
        1,
        1,
        {"DatabaseBusy": 2},
    )
    assert report.lost_notices == 2  # one of the three of `one`, and the only one of `two`
    assert (report.notice_ms.p50, report.pressed_ms.p50) == (1.0, 3.0)
    assert not report.right
    assert not report.holds


def test_on_sqlite_one_notice_may_tell_several_steps() -> None:
    one, two = uuid4(), uuid4()
    told = load._Told()
    told.steps["open"] = step(one, two)
    told.steps["claim"] = [(one, 5_000_000, 6_000_000), (two, 5_000_000, 6_000_000)]
    heard: load._Heard = {one: (7_000_000, 7_000_000, 1), two: (4_000_000, 4_000_000, 1)}
    assert load._judge(TWO_AND_TWO, "hall.sqlite3", outcome(told, heard)).lost_notices == 1


def test_percentiles_are_values_that_were_measured() -> None:
    found = load.spread([float(value) for value in range(1, 201)])
    assert (found.count, found.p50, found.p99, found.longest) == (200, 100.0, 198.0, 200.0)
    assert load.spread([]) == load.Spread(0, 0.0, 0.0, 0.0)
