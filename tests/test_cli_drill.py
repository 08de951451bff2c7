"""`hall-desk drill`: records a day of a real hall, and makes the practice hall it is played in."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall_desk.cli import main
from hall_desk.services import accounts, drill, halls, screening
from hall_desk.services.screening import NewCheck
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN


@pytest.fixture
def folder(tmp_path: Path, quick_pins: None) -> Path:
    """A data folder with a real hall in which somebody was measured on 21 February 2020."""
    store = halls.create(
        str(tmp_path / "hall.sqlite3"), name="太平桥政务服务大厅", manager="李主任", pin=PIN
    )
    try:
        store.freeze(MORNING)
        manager = accounts.sign_in(store, "李主任", PIN)
        screening.record(manager, NewCheck(new_id(), "36.5", name="孙立", phone="13800004127"))
    finally:
        store.close()
    return tmp_path


def test_a_day_is_recorded_and_its_practice_hall_made(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, practice = tmp_path / "friday.drill", tmp_path / "practice"
    recording = ["drill", "record", "--date", "2020-02-21", "--output", str(file)]
    assert main([*recording, "--data", str(folder)]) == 0
    assert capsys.readouterr().out == f"已将 1 步写入 {file}\n"
    assert "孙立" not in file.read_text("utf-8")
    for _again in range(2):  # a practice hall may be made anew
        assert main(["drill", "new", str(file), "--data", str(practice)]) == 0
        said = capsys.readouterr().out
        assert "太平桥政务服务大厅的演练大厅已建好。" in said
        assert halls.PRACTICE_PIN in said
    assert drill.read(practice / drill.KEPT) == drill.read(file)
    store = Store.open(str(practice / "hall.sqlite3"))
    try:
        assert halls.info(store).practice
        assert [one.name for one in accounts.names(store)] == ["主任甲"]
        assert abs(store.now() - drill.begins(drill.read(file))).total_seconds() < 60
    finally:
        store.close()


def test_a_real_hall_is_never_replaced_and_wrong_input_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friday.drill"
    recording = ["drill", "record", "--output", str(file), "--data", str(folder), "--date"]
    assert main([*recording, "2020-02-20"]) == 2
    assert "没有可供演练重放的记录" in capsys.readouterr().err
    assert main([*recording, "2020-02-21"]) == 0
    assert main(["drill", "new", str(file), "--data", str(folder)]) == 2
    store = Store.open(str(folder / "hall.sqlite3"))
    try:
        assert not halls.info(store).practice
    finally:
        store.close()
    file.write_text("{}")
    assert main(["drill", "new", str(file), "--data", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()
    assert (
        main(["drill", "new", str(tmp_path / "none.drill"), "--data", str(tmp_path / "new")]) == 2
    )
    assert main(["drill", "new", "--data", str(tmp_path / "new")]) == 2
    assert main(["drill"]) == 2
