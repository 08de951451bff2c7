"""The documentation says what is true: commands it names exist, files it points to are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import desk
from hall_desk import cli

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def known_commands() -> set[str]:
    parser = cli.parser()
    [commands] = [action for action in parser._actions if action.dest == "command"]
    assert commands.choices is not None
    return set(commands.choices)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(paper: Path) -> None:
    text = paper.read_text("utf-8")
    assert set(re.findall(r"(?:`|    )hall-desk ([a-z][a-z-]*)", text)) <= known_commands(), (
        paper.name
    )
    # `./desk` has commands of its own and hands every other word to the program.
    assert set(re.findall(r"\./desk ([a-z][a-z-]*)", text)) <= known_commands() | set(
        desk.COMMANDS
    ), paper.name


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_file_that_is_pointed_to_is_there(paper: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", paper.read_text("utf-8")):
        assert (paper.parent / target).exists(), target


def test_the_readme_lists_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    # `run` is `./desk run`, and pictures are for developers: `./desk shots`.
    for command in known_commands():
        assert (
            f"hall-desk {command}" in text
            or f"./desk {command}" in text
            or f"` / `{command}`" in text
        ), command


def test_the_keys_of_the_readme_are_the_programs() -> None:
    from hall_desk.ui.key_map import ACTIONS, FIXED

    text = (ROOT / "README.md").read_text("utf-8")
    table = text.partition("## The keys that matter")[2].partition("## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)[1:]
    named = {
        key
        for row in rows
        for key in re.findall(r"(?:Ctrl\+|Shift\+)*(?:F\d+|[A-Z]\b)|\w+\+Enter|Enter", row)
    }
    known = {action.key for action in ACTIONS} | {key for key, _title in FIXED}
    assert {"F1", "F4", "Ctrl+K", "Ctrl+Enter"} <= named
    assert named <= known


def test_every_headline_figure_is_explained_as_the_reports_do() -> None:
    from hall_desk.services.figures.meanings import DAY_MEANINGS, MEANINGS

    told = (ROOT / "docs" / "figures.md").read_text("utf-8")
    for _name, title, meaning in (*MEANINGS, *DAY_MEANINGS):
        assert f"| {title} | {meaning} |" in told
