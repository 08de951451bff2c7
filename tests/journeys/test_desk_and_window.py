"""A day's main journey over two real processes, on both databases: issue, see, claim, finish, hand back, report."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from hall_desk.services import accounts, halls, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import changes
from hall_desk.store.changes import Changed
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30


def _started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.fixture
def window_pc(place: str, store: Store, clerk: Actor) -> Iterator[subprocess.Popen[str]]:
    halls.keep_practice_clock(store)
    process = _started("-m", "tests.journeys.window_clerk", place, clerk.name, PIN)
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _said(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())  # type: ignore[no-any-return]


def test_issue_see_claim_finish_hand_back_report(
    place: str,
    store: Store,
    small_hall: dict[str, Any],
    front_desk: Actor,
    window_pc: subprocess.Popen[str],
    tmp_path: Path,
) -> None:
    heard: queue.Queue[Changed] = queue.Queue()
    listener = changes.listen(store, heard.put)
    assert _said(window_pc) == {"step": "listening"}
    assert listener.listening.wait(PATIENCE_S)

    opened = tickets.open(
        front_desk,
        NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True,
                  papers=(NewPaper("身份证"), NewPaper("领卡证明"))),
    )  # fmt: skip
    number = opened.card.number
    assert _said(window_pc) == {"step": "saw", "numbers": [number]}
    assert _said(window_pc) == {"step": "claimed", "number": number}
    assert _said(window_pc) == {"step": "finished", "state": "ready"}

    # The desk is told by push, without asking.
    while tickets.get(front_desk, opened.card.id).card.state != "ready":
        assert "ticket" in heard.get(timeout=PATIENCE_S).topics
    listener.stop()
    seen = tickets.get(front_desk, opened.card.id)
    assert [(paper.name, paper.holder) for paper in seen.papers] == [
        ("身份证", "desk"),
        ("领卡证明", "desk"),
        ("医保卡", "desk"),
    ]
    code = tickets.receipt_facts(front_desk, opened.card.id).code
    assert (
        tickets.hand_back(front_desk, opened.card.id, Proof("receipt", code)).card.state == "closed"
    )
    day = store.today()
    store.close()

    where = ("--database" if place.startswith("postgres") else "--data", place)
    if where[0] == "--data":
        where = ("--data", str(Path(place).parent))
    told = {}
    for ending in ("json", "pdf"):
        output = tmp_path / f"day.{ending}"
        made = _started(
            "-m",
            "hall_desk",
            "report",
            "daily",
            *where,
            "--date",
            str(day),
            "--output",
            str(output),
        )
        made.communicate(timeout=PATIENCE_S)
        assert made.returncode == 0
        told[ending] = output
    figures = json.loads(told["json"].read_text("utf-8"))
    assert (figures["tickets"]["opened"], figures["tickets"]["finished"]) == (1, 1)
    assert (figures["custody"]["received"], figures["custody"]["handed_back"]) == (2, 3)
    assert figures["custody"]["out"] == []
    assert "医保卡领取" in "".join(
        page.extract_text() for page in pypdf.PdfReader(told["pdf"]).pages
    )


def test_an_account_may_not_do_what_its_role_forbids(
    clerk: Actor, front_desk: Actor, manager: Actor
) -> None:
    for right, roles in accounts.RIGHTS.items():
        for actor in (clerk, front_desk, manager):
            assert actor.may(right) == (actor.role in roles)
