"""The bundled files are found wherever the program runs from, and the wheel has them all."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hall_desk import resources

ROOT = Path(__file__).resolve().parent.parent


def test_finds_a_file_of_the_checkout() -> None:
    assert resources.path("fonts", "NotoSansSC-Regular.ttf").stat().st_size > 5_000_000
    assert resources.path() == ROOT / "resources"


def test_says_which_file_is_missing_and_what_to_do() -> None:
    with pytest.raises(resources.ResourceMissingError) as caught:
        resources.path("fonts", "NoSuch.ttf")
    assert "fonts/NoSuch.ttf" in str(caught.value)
    assert "build-resources" in str(caught.value)


def test_finds_the_files_of_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    icon = tmp_path / "hall_desk" / "_resources" / "icons" / "a.svg"
    icon.parent.mkdir(parents=True)
    icon.touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.path("icons", "a.svg") == icon


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_both_faces_are_one_family_to_qt(qapp: object, weight: str) -> None:
    from PySide6.QtGui import QFontDatabase

    number = QFontDatabase.addApplicationFont(
        str(resources.path("fonts", f"NotoSansSC-{weight}.ttf"))
    )
    assert QFontDatabase.applicationFontFamilies(number) == ["Noto Sans SC"]
    assert weight in QFontDatabase.styles("Noto Sans SC")


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_both_faces_hold_common_and_rare_names(weight: str) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(resources.path("fonts", f"NotoSansSC-{weight}.ttf"), lazy=True) as font:
        known = font.getBestCmap()
    rows = range(0xB0, 0xF8)  # the 6,763 characters of GB 2312
    common = b"".join(bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    wanted = common.decode("gb2312", errors="ignore") + "龑䶮㛃㐱喆堃镕𬭊𫍽𬘓"
    assert len(wanted) > 6763
    assert [character for character in wanted if ord(character) not in known] == []


def test_an_installed_wheel_has_every_resource(tmp_path: Path) -> None:
    building = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(building, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)

    expected = {
        file.relative_to(ROOT / "resources").as_posix()
        for file in (ROOT / "resources").rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
    found = subprocess.run(
        [sys.executable, "-c", "from hall_desk import resources; print(resources.path())"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert Path(found) == unpacked / "hall_desk" / "_resources"
    packed_files = {f.relative_to(found).as_posix() for f in Path(found).rglob("*") if f.is_file()}
    assert packed_files == expected
    folders = {name.split("/")[0] for name in packed_files}
    assert folders == {"fonts", "help", "icons", "sample_hall", "theme", "translations"}
    assert "help/zh_CN/proxy.md" in packed_files
    assert "translations/zh_CN/LC_MESSAGES/hall_desk.mo" in packed_files
