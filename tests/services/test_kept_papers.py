"""Papers kept as files go after as long as tickets keep their residents; what is not ours stays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk.services import halls, kept_papers
from hall_desk.ui.papers import file_name
from tests.conftest import MORNING

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor

DAY = MORNING.date()


def kept(folder: Path, day: date, title: str = "A018 于**") -> Path:
    path = folder / file_name("receipt", title, f"{day:%Y-%m-%d}-101500")
    path.write_bytes(b"%PDF")
    return path


def test_papers_of_long_ago_go_and_newer_ones_stay(manager: Actor, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    halls.change_setting(manager, "retention_ticket_days", 10)
    since = kept_papers.kept_since(manager)
    assert since == DAY - timedelta(days=10)
    old = [kept(folder, since - timedelta(days=days)) for days in (1, 400)]
    new = [kept(folder, day) for day in (since, DAY)]
    theirs = [
        folder / name
        for name in ("2010-02-30-101500-receipt.pdf", "合同.pdf", "2010-01-01.pdf", "2010-01-01-101500-x.txt")
    ]  # fmt: skip
    for path in theirs:
        path.write_bytes(b"x")
    assert kept_papers.clear(folder, since) == 2
    assert sorted(folder.iterdir()) == sorted([*new, *theirs])
    assert not any(path.exists() for path in old)


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert kept_papers.clear(tmp_path / "papers", DAY) == 0


def test_what_a_link_points_to_stays(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "papers", tmp_path / "elsewhere.pdf"
    folder.mkdir()
    elsewhere.write_bytes(b"%PDF")
    link = folder / "2001-01-01-101500-receipt.pdf"
    link.symlink_to(elsewhere)
    assert kept_papers.clear(folder, DAY) == 0
    assert elsewhere.exists()
