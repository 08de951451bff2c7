"""What goes into the bundle and stays out, how it is checked, and that an installation knows whether it is complete."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import build
import bundle_contents
import hall_desk

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "kept",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/printsupport/libcupsprintersupport.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "psycopg_binary/_psycopg.so",
        "hall_desk/_resources/fonts/NotoSansSC-Bold.ttf",
    ],
)
def test_what_the_program_needs_is_kept(kept: str) -> None:
    assert bundle_contents.wanted(kept)


@pytest.mark.parametrize(
    "left_out",
    [
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6\\plugins\\platforms\\qminimal.dll",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlpsql.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt6VirtualKeyboard.dll",
    ],
)
def test_what_it_never_uses_is_left_out(left_out: str) -> None:
    assert not bundle_contents.wanted(left_out)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of a Linux desktop")
def test_libraries_of_the_desktop_stay_the_systems() -> None:
    assert not bundle_contents.wanted("libX11.so.6")
    assert not bundle_contents.wanted("libxcb-cursor.so.0")
    assert bundle_contents.wanted("libpython3.11.so.1.0")


def test_fonts_texts_icons_help_and_the_sample_hall_come_along() -> None:
    places = {f"{place}/{Path(file).name}" for file, place in bundle_contents.resources(ROOT)}
    for wanted in (
        "hall_desk/_resources/fonts/NotoSansSC-Regular.ttf",
        "hall_desk/_resources/fonts/OFL.txt",
        "hall_desk/_resources/translations/zh_CN/LC_MESSAGES/hall_desk.mo",
        "hall_desk/_resources/icons/hall_desk.svg",
        "hall_desk/_resources/theme/hall_desk.qss",
        "hall_desk/_resources/help/zh_CN/proxy.md",
        "hall_desk/_resources/sample_hall/windows.csv",
        "./LICENSE",
        "./NOTICE",
    ):
        assert wanted in places
    assert not [place for place in places if place.endswith(".po")]


def test_windows_is_told_name_and_version() -> None:
    assert bundle_contents.version(ROOT) == hall_desk.__version__
    told = bundle_contents.windows_version_text("1.2.3")
    call = ast.parse(told, mode="eval").body
    assert isinstance(call, ast.Call)
    assert "filevers=(1, 2, 3, 0)" in told
    assert "'ProductName', 'Hall Desk'" in told


def test_the_spec_names_no_place_of_one_system() -> None:
    text = (ROOT / "installer" / "hall_desk.spec").read_text("utf-8")
    ast.parse(text)
    assert "/usr" not in text
    assert "\\\\" not in text


def test_a_program_that_writes_into_its_folder_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("1", "utf-8")
    before = build.fingerprint(tmp_path)
    assert build.fingerprint(tmp_path) == before
    assert build.size(tmp_path) == 1
    (tmp_path / "a" / "new").touch()
    assert build.fingerprint(tmp_path) != before


def _self_check(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hall_desk", "self-check", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


@pytest.mark.slow
def test_an_installation_knows_that_it_is_complete(tmp_path: Path) -> None:
    done = _self_check("--language", "en", "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "Complete."
    assert all(line.startswith("ok ") for line in lines[:-1])
    said = dict(line[8:].split(": ", 1) for line in lines[:-1])
    assert said["Papers and their codes"].endswith("HALL-DESK-TEST")
    assert "dashboard" in said["Pages"]
    assert not (tmp_path / "data" / "hall.sqlite3").exists()
