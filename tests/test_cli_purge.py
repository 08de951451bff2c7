"""`hall-desk purge`: says what would go, destroys it, and removes kept papers of the same age."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall_desk.cli import main
from hall_desk.services import accounts, halls, screening
from hall_desk.services.screening import NewCheck
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN


@pytest.fixture
def folder(tmp_path: Path, quick_pins: None) -> Path:
    """A data folder with a hall in which somebody was measured on 21 February 2020, and a paper of that day."""
    store = halls.create(
        str(tmp_path / "hall.sqlite3"), name="太平桥政务服务大厅", manager="李主任", pin=PIN
    )
    try:
        store.freeze(MORNING)
        manager = accounts.sign_in(store, "李主任", PIN)
        screening.record(manager, NewCheck(new_id(), "36.5", name="孙立", phone="13800004127"))
    finally:
        store.close()
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "2020-02-21-100327-receipt-A018.pdf").write_bytes(b"%PDF")
    return tmp_path


def test_it_says_first_and_destroys_then(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["purge", "--dry-run", "--data", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "测温登记：1 条（保存 30 天" in said
    assert "temperature_check: 1 (2020-02-21 …)" in said
    assert said.splitlines()[-1] == "将清除 1 条记录中的个人信息。"
    assert list((folder / "papers").iterdir())
    assert main(["purge", "--data", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "测温登记: 1",
        "已清除 1 条记录中的个人信息。",
        "已删除到期的存档文件 1 个。",
    ]
    assert list((folder / "papers").iterdir()) == []
    assert main(["purge", "--data", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == ["已清除 0 条记录中的个人信息。"]


def test_a_day_that_lies_ahead_and_a_wrong_one_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["purge", "--date", "2999-01-01", "--data", str(folder)]) == 2
    assert main(["purge", "--date", "2020-02-30", "--data", str(folder)]) == 2
    assert main(["purge", "--date", "2020-03-22", "--dry-run", "--data", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "将清除 0 条记录中的个人信息。"
