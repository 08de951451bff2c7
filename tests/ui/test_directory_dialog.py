"""The directory of windows on the screen: looked at, printed and saved with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.ui.dialogs.directory import DirectoryDialog

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow


@pytest.fixture
def dialog(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Callable[[], None],
) -> DirectoryDialog:
    window = make_window(front_desk)
    window.top_bar.directory_asked.emit()
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DirectoryDialog)
    return dialog


def test_it_shows_the_paper_within_the_window(dialog: DirectoryDialog) -> None:
    assert dialog.preview.pages == 1
    assert dialog.preview.hasFocus()
    assert dialog.rect().contains(dialog.sheet.geometry())


def test_enter_prints_the_pages_asked_for(
    dialog: DirectoryDialog, keys: Keys, qtbot: QtBot
) -> None:
    dialog.options.pages.setText("7-9")
    keys.press("Return")
    assert dialog.problem.isVisible()
    dialog.options.pages.setText("1")
    session = dialog.session
    with qtbot.waitSignal(session.paper_told) as told:
        keys.press("Return")
    assert told.args is not None
    (job,) = session.printing.jobs.latest()
    assert (job.purpose, job.pages, job.copies) == ("directory", "1", 1)


def test_both_files_are_saved_by_key(
    dialog: DirectoryDialog, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    for ending, key in (("pdf", "Ctrl+S"), ("xlsx", "Alt+E")):
        dialog.preview.setFocus()
        dialog.press(key)
        asked = dialog._asked
        assert asked is not None
        assert asked.defaultSuffix() == ending
        asked.fileSelected.emit(str(tmp_path / f"d.{ending}"))
        asked.reject()
    settled()
    assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "d.xlsx").read_bytes().startswith(b"PK")
    (tmp_path / "file").write_text("")
    dialog.save_to(tmp_path / "file" / "d.pdf", lambda: b"x")
    settled()
    assert dialog.problem.isVisible()
