"""A manager makes the recovery sheet in the running program, or types its code where the PC lacks the key."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from hall_desk import errors, i18n
from hall_desk.settings import Settings
from hall_desk.store import hall_key, models
from hall_desk.ui.dialogs.recovery_sheet import RecoverySheetDialog, TakeKeyDialog

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.main_window import MainWindow

MakeWindow = Callable[..., "MainWindow"]
WAIT_MS = 10_000


def journalled(store: Store) -> int:
    with store.reading():
        kind = models.JournalEntry.kind == "hall.recovery_sheet_made"
        return int(models.JournalEntry.select().where(kind).count())


def from_the_menu(window: MainWindow) -> None:
    (action,) = (one for one in window.top_bar.menu.actions() if one.text() == "密钥恢复单…")
    action.trigger()


def test_the_sheet_is_looked_at_and_saved_for_this_user_only(
    qtbot: QtBot, make_window: MakeWindow, manager: Actor, keys: Keys, settled: Callable[[], None],
    tmp_path: Path,
) -> None:  # fmt: skip
    window = make_window(manager)
    from_the_menu(window)
    (dialog,) = window.dialogs()
    assert isinstance(dialog, RecoverySheetDialog)
    qtbot.waitUntil(lambda: dialog.preview.pages == 1, timeout=WAIT_MS)
    file = tmp_path / "恢复单.pdf"
    dialog.buttons.ask = lambda: str(file)
    keys.press("Alt+S")
    qtbot.waitUntil(lambda: str(file) in dialog.buttons.told.text(), timeout=WAIT_MS)
    assert file.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert journalled(manager.store) == 1  # looked at and saved: one sheet
    assert not list(window.session.papers.glob("*"))  # no copy of the code is kept
    dialog.buttons.ask = lambda: str(tmp_path)
    keys.press("Alt+S")
    qtbot.waitUntil(dialog.problem.isVisible, timeout=WAIT_MS)
    keys.press("Escape")
    assert not window.dialogs()
    settled()


def test_the_sheet_goes_to_the_printer_for_a4(
    qtbot: QtBot, make_window: MakeWindow, manager: Actor, keys: Keys, tmp_path: Path
) -> None:
    window = make_window(manager)
    taken = tmp_path / "printed"
    taken.mkdir()
    window.session.settings = Settings(paper_printer=f"folder:{taken}")
    from_the_menu(window)
    (dialog,) = window.dialogs()
    assert isinstance(dialog, RecoverySheetDialog)
    qtbot.waitUntil(lambda: dialog.preview.pages == 1, timeout=WAIT_MS)
    assert dialog.buttons.print_button.isVisible()
    keys.press("Alt+P")
    qtbot.waitUntil(lambda: bool(dialog.buttons.told.text()), timeout=WAIT_MS)
    assert len(list(taken.iterdir())) == 1


def test_a_pc_without_the_key_takes_it_from_the_typed_code(
    qtbot: QtBot, make_window: MakeWindow, manager: Actor, keys: Keys
) -> None:
    store, key = manager.store, hall_key.generate()
    with store.change(manager):
        models.Hall.update(key_check=key.check(manager.hall_id), practice_offset_s=None).execute()
    store.hall_key = None
    store.key_trouble = errors.HallKeyUnusable(reason="missing", place="")
    window = make_window(manager)
    from_the_menu(window)
    (dialog,) = window.dialogs()
    assert isinstance(dialog, TakeKeyDialog)
    keys.press("Return")
    assert dialog.code.error.text() == i18n.explain(errors.BadInput("recovery_code", "empty"))
    keys.type(hall_key.generate().scan())
    keys.press("Return")
    qtbot.waitUntil(lambda: "另一个大厅" in dialog.code.error.text(), timeout=WAIT_MS)
    dialog.code.set_text(" ".join(key.code()).lower())
    keys.press("Return")
    qtbot.waitUntil(lambda: not window.dialogs(), timeout=WAIT_MS)
    assert (store.hall_key, store.key_trouble) == (key, None)
    assert hall_key.path_of(window.session.papers.parent, manager.hall_id).exists()


def test_only_managers_have_it(make_window: MakeWindow, front_desk: Actor) -> None:
    window = make_window(front_desk)
    assert "密钥恢复单…" not in [action.text() for action in window.top_bar.menu.actions()]
    window.show_recovery_sheet()
    assert not window.dialogs()
