"""The pictures of all pages are made by one call, in the size asked for, and change nothing in the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from hall_desk.services import figures
from hall_desk.ui.shots import shots

if TYPE_CHECKING:
    from pathlib import Path

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store


def test_every_page_and_dialog_is_taken(
    store: Store,
    front_desk: Actor,
    clerk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    tmp_path: Path,
) -> None:
    before = figures.of_day(manager, store.today())
    actors = {actor.role.value: actor for actor in (front_desk, clerk, manager)}
    taken = shots(store, actors, tmp_path / "out", sizes=((1366, 768),))
    assert [path.name.split("-1366")[0] for path in taken] == [
        "sign-in",
        "screening",
        "proxy",
        "new-ticket",
        "slip",
        "window",
        "report",
    ]
    for path in taken:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) == (1366, 768), path
    assert figures.of_day(manager, store.today()) == before
