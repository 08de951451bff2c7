"""`hall-desk verify` and `hall-desk journal export`, as a manager types them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from hall_desk import settings
from hall_desk.cli import main
from hall_desk.services import figures, sample_day
from hall_desk.services.accounts import operator
from hall_desk.store.database import Store
from tests.services import tampering

DAY = sample_day.DAY.isoformat()


@pytest.fixture
def data(sample_file: Path, tmp_path: Path) -> Path:
    """A data folder with the sample hall."""
    shutil.copy(sample_file, tmp_path / settings.DATABASE)
    return tmp_path


def verify(data: Path, *more: str) -> int:
    return main(["verify", "--date", DAY, "--data", str(data), *more])


def digest_of(data: Path) -> str:
    store = Store.open(str(data / settings.DATABASE))
    try:
        return figures.digest_of_day(operator(store), sample_day.DAY).text
    finally:
        store.close()


def test_a_sound_day_ends_with_nought(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = digest_of(data)
    assert verify(data, "--digest", digest[:16]) == 0
    out = capsys.readouterr().out
    assert digest in out
    assert "均与封存一致" in out


def test_each_finding_is_one_line_and_the_end_is_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = digest_of(data)
    store = Store.open(str(data / settings.DATABASE))
    claims = [one for one in tampering.entries(store) if one.kind == "ticket.claimed"]
    tampering.change(store, claims[0], facts="{}")
    tampering.delete(store, claims[1])
    store.close()
    assert verify(data, "--digest", digest) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert "封存后被改动" in lines[1]
    assert "A0" in lines[1]
    assert "ticket.claimed" in lines[1]
    assert "封存过的记录缺失" in lines[2]
    assert "纸质日报上的摘要与当日日志不符" in lines[3]


def test_a_range_of_days_is_one_line_each_and_one_end(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data", str(data)]
    days = ["verify", "--from", "2020-02-01", "--to", "2020-02-29", *where]
    assert main(days) == 0
    lines = capsys.readouterr().out.splitlines()
    ends = [line for line in lines if not line.startswith("2020-02-")]
    assert len(lines) - len(ends) > 1
    assert any(digest_of(data) in line for line in lines)
    assert "均与封存一致" in ends[0]
    # The newest entry of the hall may still wait for its seal.
    assert all("尚未封存" in line for line in ends[1:])
    store = Store.open(str(data / settings.DATABASE))
    tampering.delete(store, next(iter(tampering.entries(store))))
    store.close()
    assert main(days) == 1
    assert "封存过的记录缺失" in capsys.readouterr().out
    assert main(["verify", "--from", "2020-02-29", "--to", "2020-02-01", *where]) == 2
    assert main([*days, "--digest", "0" * 16]) == 2
    assert verify(data, "--to", "2020-02-29") == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_digest_that_is_none_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(data, "--digest", "12") == 2
    assert "摘要由 64 位" in capsys.readouterr().err


def test_the_journal_is_written_to_a_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / "journal.csv"
    words = ["journal", "export", "--from", DAY, "--to", DAY, str(file), "--data", str(data)]
    assert main(words) == 0
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert len(rows) > 500
    assert str(len(rows) - 1) in capsys.readouterr().out
    assert main([*words[:6], str(data / "journal.doc"), "--data", str(data)]) == 2
