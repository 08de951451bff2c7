"""The power goes while a hall in a file is being written: what was acknowledged is there, and nothing is broken.

The writer is stopped between two system calls, wherever it happens to be, and its files are copied as they are at that
moment. Then each copy is made worse, as a power cut may: of the write-ahead log any part behind the last commit that
was forced to the disk is cut off, torn or replaced by other bytes; pages that a checkpoint may have been writing are
spoiled in the database file; and the index in shared memory, which is never forced, is lost or nonsense.

What this cannot show is a disk that says it has written and has not: SQLite's `synchronous=full` is as good as the
disk's word. Nor does it reorder what the file system keeps about names and sizes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import struct
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hall_desk.services.accounts import Actor
from hall_desk.store.database import Store
from tests.conftest import PIN
from tests.store import power_client
from tests.store.power_client import FRAME_HEAD, TOLD, WAL_HEAD

CUTS = 200
PATIENCE_S = 30

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")


class _Writer:
    """The PC, and what it acknowledged so far."""

    def __init__(self, place: str, desk: Actor, matter: UUID) -> None:
        context = multiprocessing.get_context("spawn")
        self._told, theirs = context.Pipe(duplex=False)
        arguments = (place, desk.name, PIN, matter, theirs)
        self.process = context.Process(target=power_client.run, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.acknowledged: list[UUID] = []
        self.forced = (b"", 0)

    @property
    def told(self) -> Connection:
        return self._told

    def hear(self, patience_s: float = 0) -> None:
        while self._told.poll(patience_s):
            key, salt, end = TOLD.unpack(self._told.recv_bytes())
            self.acknowledged.append(UUID(bytes=key))
            self.forced, patience_s = (salt, end), 0

    def stop(self) -> None:
        """Returns when it does nothing any more; what it told until then is heard."""
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        _pid, status = os.waitpid(pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        self.hear()

    def go_on(self) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        self.process.kill()
        self.process.join(PATIENCE_S)
        self._told.close()
        self.process.close()


def _copied(copy: Path, log: bytes) -> int:
    """How much of the log a checkpoint has begun to copy into the database, having forced all of it before.

    That may be a commit further than the last one that was acknowledged, if it was stopped in between.
    """
    index = Path(f"{copy}-shm")
    if len(log) <= WAL_HEAD or not index.exists():
        return 0
    # https://www.sqlite.org/walformat.html#the_walindex_file_format: the field nBackfillAttempted
    (frames,) = struct.unpack_from("=I", index.read_bytes(), 128)
    size = int.from_bytes(log[8:12], "big")
    return WAL_HEAD + frames * (FRAME_HEAD + size) if frames else 0


def _spoil_log(copy: Path, forced: tuple[bytes, int], chance: random.Random) -> bytes:
    """Loses of the log what no commit had forced to the disk; gives what is left of it."""
    path = Path(f"{copy}-wal")
    log = path.read_bytes() if path.exists() else b""
    salt, end = forced
    # A log begun anew after the last acknowledged commit: that one is in the database, which was forced before.
    kept = max(end if log[16:24] == salt else 0, _copied(copy, log))
    assert kept <= len(log)
    cut = chance.randint(kept, len(log))
    how = chance.choice(("as it is", "cut", "torn", "nonsense", "zeros"))
    lost = len(log) - cut
    log = {
        "as it is": log,
        "cut": log[:cut],
        "torn": log[:cut] + bytes(min(lost, 512)) + log[cut + 512 :],
        "nonsense": log[:cut] + chance.randbytes(lost),
        "zeros": log[:cut] + bytes(lost),
    }[how]
    path.write_bytes(log)
    return log[:kept]


def _spoil_pages(copy: Path, log: bytes, chance: random.Random) -> None:
    """Spoils in the database file pages that the log has whole: a checkpoint may have been writing them."""
    if len(log) <= WAL_HEAD:
        return
    size = int.from_bytes(log[8:12], "big")
    pages = {
        struct.unpack_from(">I", log, at)[0] for at in range(WAL_HEAD, len(log), FRAME_HEAD + size)
    }
    with copy.open("r+b") as file:
        there = copy.stat().st_size // size
        # But for the first, by which SQLite knows the file: its own torn copy is a test of SQLite, not of us.
        for page in sorted(page for page in pages if 1 < page <= there):
            if chance.random() < 0.3:
                file.seek((page - 1) * size + chance.randrange(size // 2))
                file.write(chance.randbytes(size // 2))


def _spoil_index(copy: Path, chance: random.Random) -> None:
    path = Path(f"{copy}-shm")
    how = chance.choice(("lost", "nonsense", "as it is"))
    if how == "lost":
        path.unlink(missing_ok=True)
    elif how == "nonsense":
        path.write_bytes(chance.randbytes(32768))


def _look(copy: Path, acknowledged: list[UUID]) -> int:
    with contextlib.closing(sqlite3.connect(copy)) as hall:
        assert hall.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert hall.execute("PRAGMA foreign_key_check").fetchone() is None
        there = [key for (key,) in hall.execute("SELECT id FROM ticket")]
        missing = {key.hex for key in acknowledged} - set(there)
        assert not missing
        numbers = {number for (number,) in hall.execute("SELECT number FROM ticket")}
        assert numbers == {f"A{n:03d}" for n in range(1, len(there) + 1)}
        once = Counter(there)
        for rows in (
            "SELECT ticket FROM journal WHERE kind = 'ticket.opened'",
            "SELECT ticket_id FROM paper",
            "SELECT ticket_id FROM custody_move",
        ):
            assert Counter(key for (key,) in hall.execute(rows)) == once
    return len(there)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_nothing_acknowledged_is_lost_when_the_power_goes(
    place: str, store: Store, front_desk: Actor, small_hall: dict[str, Any], tmp_path: Path
) -> None:
    matter = small_hall["medical"]
    store.close()
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    print(f"seed {seed}")
    salts, unheard = set(), 0
    writer = _Writer(place, front_desk, matter)
    try:
        writer.hear(PATIENCE_S)
        for number in range(CUTS):
            until = time.monotonic() + chance.uniform(0, 0.05)
            while (left := until - time.monotonic()) > 0:
                writer.hear(left)
            writer.stop()
            copy = tmp_path / f"cut-{number}.sqlite3"
            for ending in ("", "-wal", "-shm"):
                if Path(f"{place}{ending}").exists():
                    shutil.copyfile(f"{place}{ending}", f"{copy}{ending}")
            acknowledged, forced = list(writer.acknowledged), writer.forced
            writer.go_on()
            salts.add(forced[0])
            forced_log = _spoil_log(copy, forced, chance)
            _spoil_pages(copy, forced_log, chance)
            _spoil_index(copy, chance)
            unheard += _look(copy, acknowledged) - len(acknowledged)
            if number % 20 == 0:
                Store.open(str(copy)).close()
            for ending in ("", "-wal", "-shm"):
                Path(f"{copy}{ending}").unlink(missing_ok=True)
    finally:
        writer.end()
    print(
        f"{CUTS} cuts, {len(writer.acknowledged)} acknowledged, {len(salts)} logs, "
        f"{unheard} kept without an answer"
    )
    assert len(salts) > 1, "some cuts came after a checkpoint"
