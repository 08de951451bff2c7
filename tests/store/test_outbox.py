"""The outbox: what it said is kept is there after `kill -9`, a torn line, a damaged file; nobody else can read it."""

from __future__ import annotations

import random
import select
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.store.outbox import KEY, WAITING, Outbox
from tests.store.outbox_writer import record

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "数据 folder" / "outbox"


@pytest.fixture
def outbox(folder: Path) -> Iterator[Outbox]:
    made = Outbox(folder)
    yield made
    made.close()


def reopened(folder: Path) -> Outbox:
    opened = Outbox(folder)
    opened.close()
    return opened


def test_records_come_back_in_order_with_what_became_of_them(outbox: Outbox, folder: Path) -> None:
    for number in range(5):
        outbox.add(record(number))
    outbox.mark(UUID(int=1), "refused", "BadInput", {"field": "matter", "reason": "gone"})
    outbox.mark(UUID(int=2), "sent")
    outbox.close()
    again = reopened(folder)
    assert again.records() == outbox.records()
    assert [r.state for r in again.records()] == [
        "waiting",
        "refused",
        "sent",
        "waiting",
        "waiting",
    ]
    assert again.records()[1].facts == {"field": "matter", "reason": "gone"}
    assert again.damaged is None


def test_a_new_picture_lets_go_of_what_the_server_has(outbox: Outbox, folder: Path) -> None:
    for number in range(4):
        outbox.add(record(number))
    for number, state in enumerate(("sent", "settled", "refused")):
        outbox.mark(UUID(int=number), state)
    outbox.save_picture("大厅".encode())
    outbox.close()
    again = reopened(folder)
    assert [r.state for r in again.records()] == ["refused", "waiting"]
    assert again.picture() == "大厅".encode()


def test_numbers_given_are_remembered_by_day_and_letter(outbox: Outbox, folder: Path) -> None:
    friday, monday = date(2020, 2, 21), date(2020, 2, 24)
    outbox.number_given(friday, "A", 17)
    outbox.number_given(friday, "A", 16)  # an answer that came late
    outbox.add(record(19))
    outbox.close()
    assert reopened(folder).numbers() == {(friday, "A"): 19}
    again = Outbox(folder)
    again.number_given(monday, "A", 2)
    again.mark(UUID(int=19), "sent")
    again.save_picture(b"")
    again.close()
    assert reopened(folder).numbers() == {(monday, "A"): 2}


def test_one_program_keeps_the_outbox_and_a_killed_one_lets_go(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.outbox_writer", str(folder)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(errors.AlreadyThere):
            Outbox(folder)
        other.kill()
    assert reopened(folder).damaged is None


def test_nothing_that_was_kept_is_lost_to_kill_9(folder: Path) -> None:
    """At fifty random points, the next program going on where the last one was killed."""
    chance = random.Random(20200221)
    kept: list[int] = []
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.store.outbox_writer", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            lines = chance.randrange(1, 12)
            kept += [int(writer.stdout.readline()) for _ in range(lines)]
            # Somewhere in the middle of the next ones.
            select.select([], [], [], chance.random() / 200)
            writer.kill()
            kept += [int(line) for line in writer.stdout if line.endswith("\n")]
        outbox = reopened(folder)
        assert outbox.damaged is None
        state = {record.id.int: record.state for record in outbox.records()}
        assert list(state) == list(range(len(state)))
        assert set(kept) <= set(state)
        # The one on its way when the program died may be there, and nothing else.
        assert len(state) in (kept[-1] + 1, kept[-1] + 2)
        assert all(state[number] == "refused" for number in kept if number % 3 == 0)
    assert len(kept) > KILLS


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """An outbox of eight records, and where the file ended after each."""
    folder = tmp_path_factory.mktemp("written")
    outbox = Outbox(folder)
    ends = []
    for number in range(8):
        outbox.add(record(number))
        ends.append((folder / WAITING).stat().st_size)
    outbox.close()
    return folder, ends


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_power_cut_in_the_middle_of_a_line_loses_only_that_line(
    written: tuple[Path, list[int]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source, ends = written
    length = data.draw(st.integers(0, ends[-1]), label="what reached the disk")
    # A file system may also have made the file longer without having written what stands there.
    tail = data.draw(st.sampled_from([b"", b"\0" * 200]), label="tail")
    folder = tmp_path_factory.mktemp("cut")
    (folder / KEY).write_bytes((source / KEY).read_bytes())
    (folder / WAITING).write_bytes((source / WAITING).read_bytes()[:length] + tail)
    whole = sum(end <= length for end in ends)
    outbox = Outbox(folder)
    assert [r.id.int for r in outbox.records()] == list(range(whole))
    assert outbox.damaged is None
    outbox.add(record(100))
    outbox.close()
    assert [r.id.int for r in reopened(folder).records()] == [*range(whole), 100]


def test_a_damaged_line_is_put_aside_and_the_others_stay(
    written: tuple[Path, list[int]], folder: Path
) -> None:
    source, ends = written
    folder.mkdir(parents=True)
    (folder / KEY).write_bytes((source / KEY).read_bytes())
    content = bytearray((source / WAITING).read_bytes())
    content[ends[2] + 40] ^= 1
    (folder / WAITING).write_bytes(content)
    outbox = reopened(folder)
    assert [r.id.int for r in outbox.records()] == [0, 1, 2, 4, 5, 6, 7]
    assert outbox.damaged is not None
    assert outbox.damaged.read_bytes() == bytes(content)
    assert reopened(folder).damaged is None


def test_a_lost_key_loses_no_file(written: tuple[Path, list[int]], folder: Path) -> None:
    source, _ends = written
    folder.mkdir(parents=True)
    (folder / WAITING).write_bytes((source / WAITING).read_bytes())
    outbox = reopened(folder)
    assert outbox.records() == ()
    assert outbox.picture() is None
    assert outbox.damaged is not None
    assert outbox.damaged.read_bytes() == (source / WAITING).read_bytes()


def test_only_this_user_may_read_it(outbox: Outbox, folder: Path) -> None:
    outbox.add(record(1))
    outbox.save_picture(b"picture")
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in folder.iterdir():
        assert "孙秀英".encode() not in file.read_bytes()
    for name in (KEY, WAITING, "picture"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.CannotWrite):
        Outbox(tmp_path / "file" / "outbox")


def test_it_may_be_closed_by_another_thread_than_opened_it(folder: Path) -> None:
    with ThreadPoolExecutor(1) as lane:
        opened = lane.submit(Outbox, folder).result()
    opened.close()
    reopened(folder)
