"""A closed day's report is filed beside its other copies, never over them, and the journal proves which file it was."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hall_desk import errors, settings
from hall_desk.services import day_close, figures, filed_reports, screening
from hall_desk.services.accounts import Actor
from hall_desk.services.day_close import NewClose
from hall_desk.services.filed_reports import FiledCopy
from hall_desk.services.screening import NewCheck
from hall_desk.store.ids import new_id
from tests.conftest import MORNING

DAY = MORNING.date()


@pytest.fixture
def closed(manager: Actor, small_hall: dict[str, Any]) -> Actor:
    screening.record(manager, NewCheck(new_id(), "365", "张敏", person="staff"))
    day_close.close(manager, NewClose(new_id(), DAY))
    return manager


def _file(actor: Actor, folder: Path, pdf: bytes) -> FiledCopy:
    told = figures.of_day(actor, DAY)
    copies = len(filed_reports.of_day(actor, DAY))
    return filed_reports.record(actor, filed_reports.keep(folder, told, pdf, 2, copies))


def test_a_copy_is_a_file_and_an_entry_that_names_it(closed: Actor, tmp_path: Path) -> None:
    assert filed_reports.of_day(closed, DAY) == ()
    filed = _file(closed, tmp_path, b"%PDF one")
    assert (tmp_path / "reports" / "2020" / "2020-02-21.pdf").read_bytes() == b"%PDF one"
    assert (filed.by, filed.new.pages, filed.new.size, filed.new.copy) == ("李主任", 2, 8, 1)
    assert filed_reports.of_day(closed, DAY) == (filed,)
    assert filed_reports.where(tmp_path, filed.new) == "here"
    assert filed_reports.where(tmp_path / "other", filed.new) == "away"


def test_the_same_figures_have_the_same_fingerprint_until_something_is_put_right(
    closed: Actor, tmp_path: Path
) -> None:
    filed = _file(closed, tmp_path, b"%PDF one")
    # Filing is itself an entry of the day's journal: its digest is another, its figures are not.
    told = figures.of_day(closed, DAY)
    assert told.digest != filed.new.digest
    assert filed_reports.fingerprint(told) == filed.new.fingerprint
    screening.record(closed, NewCheck(new_id(), "365", "张敏", person="staff"))
    later = figures.of_day(closed, DAY)
    assert filed_reports.fingerprint(later) != filed.new.fingerprint


def test_another_filing_is_another_copy_and_overwrites_nothing(
    closed: Actor, tmp_path: Path
) -> None:
    first = _file(closed, tmp_path, b"%PDF one")
    second = _file(closed, tmp_path, b"%PDF two")
    folder = tmp_path / "reports" / "2020"
    assert second.new.copy == 2
    assert (folder / "2020-02-21.pdf").read_bytes() == b"%PDF one"
    assert (folder / "2020-02-21-2.pdf").read_bytes() == b"%PDF two"
    assert filed_reports.of_day(closed, DAY) == (first, second)
    # The answer to a filing was lost: sent again it is the same copy.
    assert filed_reports.record(closed, second.new) == second
    (folder / "2020-02-21.pdf").write_bytes(b"%PDF forged")
    assert filed_reports.where(tmp_path, first.new) == "other"


def test_a_file_that_nobody_recorded_is_taken_when_it_is_the_same_and_left_when_not(
    closed: Actor, tmp_path: Path
) -> None:
    told = figures.of_day(closed, DAY)
    lost = filed_reports.keep(tmp_path, told, b"%PDF one", 2, 0)
    assert filed_reports.keep(tmp_path, told, b"%PDF one", 2, 0) == lost
    assert filed_reports.keep(tmp_path, told, b"%PDF two", 2, 0).copy == 2


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    closed: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(settings.os, "fsync", full)
        with pytest.raises(errors.CannotWrite) as refused:
            _file(closed, tmp_path, b"%PDF one")
    assert refused.value.reason == "disk_full"
    assert list((tmp_path / "reports" / "2020").iterdir()) == []
    assert filed_reports.of_day(closed, DAY) == ()
    assert _file(closed, tmp_path, b"%PDF one").new.copy == 1


def test_a_day_that_is_open_has_no_copy(
    manager: Actor, small_hall: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(errors.NotFound):
        _file(manager, tmp_path, b"%PDF one")


def test_copies_go_when_tickets_lose_their_residents(closed: Actor, tmp_path: Path) -> None:
    filed = _file(closed, tmp_path, b"%PDF one")
    own = tmp_path / "reports" / "2020" / "notes.pdf"
    own.write_bytes(b"mine")
    assert filed_reports.clear(tmp_path, DAY) == 0
    assert filed_reports.clear(tmp_path, DAY + timedelta(days=1)) == 1
    assert filed_reports.where(tmp_path, filed.new) == "away"
    assert own.exists()
    assert filed_reports.of_day(closed, DAY) == (filed,)
