"""A PC whose clock is wrong by hours changes nothing: every time is the server's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hall_desk.services import accounts, halls
from hall_desk.services.accounts import Actor, Role
from hall_desk.store import models
from hall_desk.store.database import Store
from tests.conftest import PIN

CLIENT = "tests.store.wrong_clock"
ROOT = Path(__file__).parents[2]
NEAR = timedelta(minutes=2)
# The hall is a real one: it takes no easy PIN.
FRONT_DESK_PIN = "7391"


@pytest.fixture
def place(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def store(place: str, quick_pins: None) -> Iterator[Store]:
    """A real hall: its clock is the server's."""
    made = halls.create(
        place, name="大厅", manager="李主任", pin=PIN, opened_day=datetime.now(UTC).date()
    )
    yield made
    made.close()


@pytest.fixture
def front_desk(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "陈晓", Role.FRONT_DESK, FRONT_DESK_PIN)
    return accounts.sign_in(store, "陈晓", FRONT_DESK_PIN, "A")


@pytest.mark.parametrize("hours", [-31, 7])
def test_a_pc_whose_clock_is_wrong_changes_nothing(
    hours: int, place: str, store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    told = []
    for shifted in (hours, 0):
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                CLIENT,
                str(shifted),
                place,
                str(small_hall["medical"]),
                FRONT_DESK_PIN,
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        told.append(json.loads(ran.stdout))
    wrong, right = told
    now = store.now()
    assert abs(datetime.fromisoformat(wrong["pc"]) - now - timedelta(hours=hours)) < NEAR
    for times in told:
        assert abs(datetime.fromisoformat(times["opened_at"]) - now) < NEAR
        assert abs(datetime.fromisoformat(times["estimated"]) - now) < NEAR
        assert times["today"] == store.today().isoformat()
    assert abs(wrong["ahead_s"] - hours * 3600) < NEAR.total_seconds()
    assert abs(right["ahead_s"]) < NEAR.total_seconds()
    assert [wrong["number"], right["number"]] == ["A001", "A002"], "one day, one row of numbers"
    entries = models.JournalEntry.select().where(models.JournalEntry.kind == "ticket.opened")
    assert [entry.service_day for entry in entries] == [store.today()] * 2


def test_a_clock_set_while_the_program_runs_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a PC that slept: its counter stood still, and its clock did not."""
    import time

    before, real = store.now(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3 * 3600)
    assert abs(store.now() - before) < NEAR
    assert abs(store.pc_ahead - timedelta(hours=3)) < NEAR
    counted = time.monotonic
    monkeypatch.setattr(time, "time", real)
    monkeypatch.setattr(time, "monotonic", lambda: counted() - 3600)
    assert abs(store.now() - before) < NEAR
    assert abs(store.pc_ahead) < NEAR
