"""No input ever reaches a shell, an interpreter or a decoder that runs what it reads; no secret a command line."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hall_desk.store import backup

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "hall_desk").rglob("*.py"), *(ROOT / "installer").rglob("*.py")])

# Run what they are given, or load what can run.
DANGEROUS = {
    "eval", "exec", "compile", "__import__",
    "os.system", "os.popen", "os.startfile", "pty.spawn",
    "subprocess.getoutput", "subprocess.getstatusoutput",
    "pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "shelve.open",
    "yaml.load", "yaml.unsafe_load", "runpy.run_path", "runpy.run_module",
}  # fmt: skip
MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "pty", "commands", "code"}
STARTING = {"run", "Popen", "call", "check_call", "check_output"}


def named(node: ast.expr) -> str:
    """`os.path.join` as it is written; empty for what has no such name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := named(node.value)):
        return f"{before}.{node.attr}"
    return ""


def is_text(node: ast.expr) -> bool:
    """Whether an argument is certainly a text: a command line to be split, where a list of words belongs."""
    return (
        isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
        or (isinstance(node, ast.BinOp) and (is_text(node.left) or is_text(node.right)))
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "join")
        )
    )


def complaints(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            modules = {name.partition(".")[0] for name in names}
            if isinstance(node, ast.ImportFrom):
                modules = {(node.module or "").partition(".")[0]} if not node.level else set()
                if node.module in ("os", "subprocess"):
                    found.append(f"{node.lineno}: import {node.module}, so that its use is seen")
            found += [f"{node.lineno}: {name}" for name in modules & MODULES]
        if not isinstance(node, ast.Call):
            continue
        name = named(node.func)
        if name in DANGEROUS:
            found.append(f"{node.lineno}: {name}")
        for keyword in node.keywords:
            if keyword.arg == "shell" and not (
                isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            ):
                found.append(f"{node.lineno}: shell")
        module, _dot, function = name.rpartition(".")
        if (
            module == "subprocess"
            and function in STARTING
            and (not node.args or is_text(node.args[0]))
        ):
            found.append(f"{node.lineno}: a text is started")  # fmt: skip
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_run_that_was_read(path: Path) -> None:
    assert complaints(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nsubprocess.run(words, shell=True)",
        "import subprocess\nsubprocess.run(words, shell=wanted)",
        "import subprocess\nsubprocess.run(f'lp {name}')",
        "import subprocess\nsubprocess.Popen('lp ' + name)",
        "import subprocess\nsubprocess.run(' '.join(words))",
        "from subprocess import run",
        "import os\nos.system(x)",
        "import os\nos.popen(x)",
        "eval(x)",
        "exec(x)",
        "import pickle",
        "import yaml\nyaml.load(x)",
    ],
)
def test_and_it_would_be_seen(source: str) -> None:
    assert complaints(source)


def test_the_databases_password_is_on_no_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Everybody on a PC may list what its programs were started with, but not their environment."""
    asked: list[tuple[list[str], dict[str, str]]] = []

    def started(words: list[str], **more: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append((words, more["env"]))
        assert not more.get("shell")
        return subprocess.CompletedProcess(words, 0, b"", b"")

    monkeypatch.setattr(backup, "_tool", lambda name: name)
    monkeypatch.setattr(backup.subprocess, "run", started)
    secret = "p@ss word'; rm -rf /"
    place = "postgresql://chen:p%40ss%20word%27%3B%20rm%20-rf%20%2F@db:5433/ha%20ll?sslmode=require"
    backup._run_tool("pg_dump", ["--format=custom", f"--file={tmp_path / 'x'}"], place)
    backup._run_tool("pg_restore", ["--dbname=", str(tmp_path / "x")], place)
    for words, environment in asked:
        assert isinstance(words, list)
        assert not any(secret in word or "p%40ss" in word for word in words)
        assert environment["PGPASSWORD"] == secret
        assert environment["PGDATABASE"] == "ha ll"


def test_the_tools_of_postgres_are_started_in_one_place() -> None:
    """Which is the one that was looked at above."""
    for path in SOURCES:
        text = path.read_text("utf-8")
        if path.name != "backup.py" and "installer" not in path.parts:
            assert '"pg_dump"' not in text
            assert '"psql"' not in text
