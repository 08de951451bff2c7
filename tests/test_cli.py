"""The commands, as an IT person types them: what they do, what they say, and how they end."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path

import openpyxl
import pypdf
import pypdfium2
import pytest
import zxingcpp

from hall_desk import resources
from hall_desk.cli import main
from hall_desk.services import sample_day
from tests.conftest import PIN


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_pins: None) -> str:
    """The data folder of a hall made by `init`, with the sample hall's directory imported."""
    monkeypatch.setenv("HALL_DESK_PIN", PIN)
    folder = str(tmp_path / "数据 1")
    assert (
        main(
            [
                "init",
                "--data",
                folder,
                "--hall",
                "某街道大厅",
                "--manager",
                "李主任",
                "--opened",
                "2020-02-03",
            ]
        )
        == 0
    )
    for kind in ("windows", "matters", "staff", "communities"):
        assert (
            main(
                [
                    "import",
                    kind,
                    str(resources.path("sample_hall", f"{kind}.csv")),
                    "--data",
                    folder,
                ]
            )
            == 0
        )
    return folder


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit status and the one line said on stderr."""
    capsys.readouterr()
    status = main(list(words))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return status, lines[0]


@pytest.mark.parametrize("roll", ["58", "80", "a5"])
def test_a_slips_qr_code_dials_its_window(data: str, tmp_path: Path, roll: str) -> None:
    out = tmp_path / "slip.pdf"
    assert (
        main(["slip", "--window", "3", "--roll", roll, "--output", str(out), "--data", data]) == 0
    )
    page = pypdfium2.PdfDocument(out)[0]
    codes = zxingcpp.read_barcodes(page.render(scale=203.2 / 72).to_pil())
    assert [code.text.split(",")[0] for code in codes] == ["tel:01055550103"]
    page.close()


def test_a_slip_for_a_matter_names_its_materials(data: str, tmp_path: Path) -> None:
    out = tmp_path / "slip.pdf"
    assert main(["--data", data, "slip", "--matter", "YB01", "--output", str(out)]) == 0
    text = pypdf.PdfReader(out).pages[0].extract_text()
    assert "医保卡领取" in text
    assert "身份证" in text


def test_the_report_is_written_in_the_form_its_name_says(sample_file: Path, tmp_path: Path) -> None:
    where = ["--data", str(sample_file.parent), "--date", str(sample_day.DAY)]
    for ending in ("pdf", "json", "xlsx", "csv"):
        assert main(["report", "daily", *where, "--output", str(tmp_path / f"day.{ending}")]) == 0
    figures = json.loads((tmp_path / "day.json").read_text("utf-8"))
    assert figures["tickets"]["cumulative"] == 267
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "day.pdf").pages)
    assert "267" in text
    sheet = openpyxl.load_workbook(tmp_path / "day.xlsx").worksheets[0]
    assert 267 in [row[1] for row in sheet.iter_rows(values_only=True)]
    told = (tmp_path / "day.csv").read_text("utf-8-sig")
    assert sum(",267," in line for line in told.splitlines()) == 1
    again = tmp_path / "again.pdf"
    assert main(["report", "daily", *where, "--output", str(again)]) == 0
    assert again.read_bytes() == (tmp_path / "day.pdf").read_bytes()


def test_a_long_report_tells_on_a_terminal_how_far_it_is(
    sample_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["report", "weekly", "--date", str(sample_day.DAY), "--data", str(sample_file.parent)]
    assert main([*words, "--output", str(tmp_path / "week.csv")]) == 0
    assert capsys.readouterr().err == ""  # nobody looks at a file
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main([*words, "--output", str(tmp_path / "again.csv")]) == 0
    told = capsys.readouterr().err
    assert "第 14 天，共 14 天" in told
    assert told.endswith("\r\x1b[K")  # and leaves the line empty
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "week.csv").read_bytes()


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "csv", "json"])
def test_a_report_that_is_broken_off_leaves_what_was_there(
    sample_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ending: str,
) -> None:
    def ctrl_c(_descriptor: int) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out" / f"day.{ending}"
    out.parent.mkdir()
    out.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", ctrl_c)
    words = ["report", "daily", "--date", str(sample_day.DAY), "--data", str(sample_file.parent)]
    assert main([*words, "--output", str(out)]) == 1
    assert capsys.readouterr().err == ""
    assert [(file.name, file.read_bytes()) for file in out.parent.iterdir()] == [
        (out.name, b"before")
    ]


def test_verify_tells_the_digest_of_the_report(
    sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data", str(sample_file.parent), "--date", str(sample_day.DAY)]
    assert main(["report", "daily", *where, "--output", str(tmp_path / "day.json")]) == 0
    capsys.readouterr()
    assert main(["verify", *where]) == 0
    assert (
        json.loads((tmp_path / "day.json").read_text("utf-8"))["digest"] in capsys.readouterr().out
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["windows", "matters", "staff", "communities"])
def test_what_is_exported_imports_again_unchanged(
    data: str, tmp_path: Path, kind: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / f"{kind}.{ending}")
    assert main(["export", kind, file, "--data", data]) == 0
    capsys.readouterr()
    assert main(["import", kind, file, "--data", data]) == 0
    assert capsys.readouterr().out.startswith("新增 0，修改 0，停用 0")


def test_words_that_are_wrong_end_with_two(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "x.pdf")
    for words, sentence in (
        (("slip", "--window", "77", "--output", out), "没有找到窗口“77”。"),
        (("slip", "--matter", "NO", "--output", out), "没有找到事项“NO”。"),
        (("slip", "--window", "3", "--output", "slip.doc"), "输出文件名须以下列之一结尾：.pdf。"),
        (
            ("report", "daily", "--output", "r.txt"),
            "输出文件名须以下列之一结尾：.pdf .xlsx .csv .json。",
        ),
        (
            ("report", "daily", "--date", "2100-01-01", "--output", out),
            "2100-01-01 还没有到，没有可报告的内容。",
        ),
        (("import", "windows", str(tmp_path / "no.csv")), "no.csv"),
    ):
        status, line = refused(capsys, *words, "--data", data)
        assert status == 2
        assert sentence in line
    assert not Path(out).exists()
    status, line = refused(capsys, "report", "daily", "--date", "21.2.2020", "--output", out)
    assert status == 2
    assert "日期写作 2020-02-21。" in line
    assert refused(capsys, "no-such-command")[0] == 2


def test_a_bad_row_is_named_and_nothing_is_imported(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "windows.csv"
    file.write_text("窗口号,名称,电话\n20,新窗口,010-5555-0120\n21,坏窗口,打电话\n", "gbk")
    status, line = refused(capsys, "import", "windows", str(file), "--data", data)
    assert status == 2
    assert "第 3 行" in line
    assert "电话" in line
    assert (
        refused(
            capsys, "slip", "--window", "20", "--output", str(tmp_path / "x.pdf"), "--data", data
        )[0]
        == 2
    )


def test_what_could_not_be_done_ends_with_one(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, line = refused(
        capsys, "report", "daily", "--data", str(tmp_path / "empty"), "--output", "r.pdf"
    )
    assert status == 1
    assert "还没有大厅" in line
    status, line = refused(
        capsys,
        "verify",
        "--date",
        "2020-02-21",
        "--database",
        "postgresql://x:secret@127.0.0.1:9/x",
    )
    assert (status, line) == (1, "hall-desk: 连不上大厅服务器，请检查网线；系统会自动重连。")
    file = Path(data) / "hall.sqlite3"
    with sqlite3.connect(file) as db:
        db.execute("UPDATE schema_version SET version = 42")
    db.close()
    for words in (("verify", "--date", "2020-02-21"), ("migrate",)):
        status, line = refused(capsys, *words, "--data", data)
        assert (status, line) == (
            1,
            "hall-desk: 数据库版本（42）比本程序（1）新，请更新这台电脑上的程序。",
        )


def test_a_place_that_cannot_be_written_is_said(
    data: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, line = refused(
        capsys, "slip", "--window", "3", "--output", "/proc/nowhere/slip.pdf", "--data", data
    )
    assert status == 1
    assert line.startswith("hall-desk: ")
    status, line = refused(
        capsys, "init", "--hall", "甲", "--manager", "乙", "--data", "/proc/nowhere"
    )
    assert status == 1


def test_a_second_init_leaves_the_hall_alone(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = refused(capsys, "init", "--hall", "另一个", "--manager", "某某", "--data", data)
    assert (status, line) == (2, "hall-desk: 大厅“某街道大厅”已经存在。")


def test_the_demo_never_replaces_a_real_hall(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, line = refused(capsys, "demo", "--headless", str(tmp_path / "out"), "--data", data)
    assert (status, line) == (2, "hall-desk: 大厅“某街道大厅”已经存在。")


def test_a_weak_pin_makes_no_hall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HALL_DESK_PIN", "1111")
    status, _line = refused(
        capsys, "init", "--hall", "甲", "--manager", "乙", "--data", str(tmp_path / "new")
    )
    assert status == 2
    assert not (tmp_path / "new").exists()


def test_commands_speak_english_too(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = refused(
        capsys, "slip", "--window", "77", "--output", "x.pdf", "--data", data, "--language", "en"
    )
    assert (status, line) == (2, "hall-desk: There is no window “77”.")


def test_migrate_says_that_nothing_was_to_do(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["migrate", "--data", data]) == 0
    assert capsys.readouterr().out == "数据库已是版本 1。\n"


def test_the_headless_demo_writes_screens_papers_and_the_day(
    tmp_path: Path, quick_pins: None
) -> None:
    """In a process of its own, as it is run: a screen needs an application object for itself."""
    import subprocess
    import sys

    from hall_desk.ui import shots
    from hall_desk.ui.shot_scenes import SCENES

    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "hall_desk", "demo", "--headless", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    names = {path.name for path in out.iterdir()}
    for roll in ("58", "80"):
        assert {f"slip-{roll}.pdf", f"receipt-{roll}.pdf", f"routing-slip-{roll}.pdf"} <= names
    assert {"daily-2020-02-21.pdf", "daily-2020-02-21.json"} <= names
    assert {"missing-notice-58.pdf", "missing-notice-80.pdf", "incident.pdf"} <= names
    assert len([name for name in names if name.startswith("form-")]) == 6
    # The sample hall has something for every picture; what waits while the server is away has a page only where
    # there is a server.
    scenes = [scene.name for scene in SCENES if scene.page != "outbox"]
    wanted = {
        f"{name}-{width}x{height}-100-zh_CN.png"
        for name in ("sign-in", *scenes, "foyer-screen", "rating")
        for width, height in shots.SIZES
    }
    assert wanted - names == set()


def test_a_managers_forgotten_pin_is_set_from_the_command_line(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hall_desk.services import accounts
    from hall_desk.store.database import Store

    monkeypatch.setenv("HALL_DESK_PIN", "9753")
    assert main(["staff", "pin", "李主任", "--data", data]) == 0
    assert main(["staff", "add", "新人", "--role", "front_desk", "--data", data]) == 0
    assert main(["staff", "retire", "新人", "--data", data]) == 0
    capsys.readouterr()
    assert main(["staff", "list", "--data", data]) == 0
    assert any("新人" in line and "停用" in line for line in capsys.readouterr().out.splitlines())
    assert main(["staff", "back", "新人", "--data", data]) == 0
    status, said = refused(capsys, "staff", "pin", "没有这人", "--data", data)
    assert (status, "没有这人" in said) == (2, True)
    store = Store.open(str(Path(data) / "hall.sqlite3"))
    assert accounts.sign_in(store, "李主任", "9753").name == "李主任"
    store.close()
