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
    # In an empty hall there is nothing to hand back, to put right or to follow up.
    names = [path.name.split("-1366")[0] for path in taken]
    assert names == [
        "sign-in",
        *("screening", "consultation", "missing-notice", "proxy", "new-ticket", "slip", "incident"),
        *(
            "one-box",
            "take-post",
            "hand-over",
            "foyer",
            "window",
            "callbacks",
            "new-callback",
            "phone-case",
        ),
        *(
            "dashboard",
            "figure-list",
            "incidents",
            "people",
            "disinfection",
            "ratings",
            "close-of-day",
            "report",
            "report-of-a-week",
            "directory",
            "mailing",
            "mail-server",
            "lists-windows",
            "lists-matters",
            "lists-people",
            "lists-communities",
            "import",
            "settings",
            "settings-days",
            "second-trips",
            "first-steps",
            "journal",
            "drill",
            "keys",
            "help",
            "devices",
            "printers",
            "print-jobs",
            "doctor",
        ),
        *("change-pin", "lock", "switch-person"),
        *("foyer-screen", "rating"),
    ]
    for path in taken:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) == (1366, 768), path
    assert figures.of_day(manager, store.today()) == before
