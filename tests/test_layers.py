"""The layer contracts hold, and each of them notices when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BREAKS = [
    pytest.param("layers", "errors.py", "import hall_desk.store", id="upwards"),
    pytest.param("layers", "services/__init__.py", "import hall_desk.documents", id="services-up"),
    pytest.param("layers", "doctor/__init__.py", "import hall_desk.ui", id="doctor-up"),
    pytest.param("layers", "devices/__init__.py", "import hall_desk.doctor", id="devices-up"),
    pytest.param("layers", "settings.py", "import hall_desk.i18n", id="between-siblings"),
    pytest.param("layers", "helpers.py", "", id="module-without-a-layer"),
    pytest.param("qt", "services/__init__.py", "import PySide6.QtCore", id="qt-in-services"),
    pytest.param("qt", "documents/__init__.py", "import shiboken6", id="shiboken-in-documents"),
    pytest.param("qt", "cli.py", "def late(): import PySide6.QtWidgets", id="qt-late-in-cli"),
    pytest.param("database", "ui/__init__.py", "import peewee", id="peewee-in-ui"),
    pytest.param("database", "cli.py", "import sqlite3", id="sqlite-in-cli"),
    pytest.param("database", "doctor/__init__.py", "import psycopg", id="psycopg-in-doctor"),
    pytest.param("database", "documents/__init__.py", "import psycopg", id="psycopg-in-documents"),
    pytest.param("database", "devices/__init__.py", "import playhouse", id="playhouse-in-devices"),
    pytest.param("reportlab", "ui/__init__.py", "import reportlab", id="reportlab-in-ui"),
    pytest.param("reportlab", "services/__init__.py", "import reportlab", id="reportlab-below"),
]


def lint_imports(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", *options],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that a test may spoil."""
    shutil.copytree(
        ROOT / "hall_desk", tmp_path / "hall_desk", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "module", "line"), BREAKS)
def test_a_broken_contract_is_noticed(copy: Path, contract: str, module: str, line: str) -> None:
    file = copy / "hall_desk" / module
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{known}\n{line}\n", encoding="utf-8")
    done = lint_imports(copy, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 broken" in done.stdout
