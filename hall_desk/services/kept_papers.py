"""The papers that a PC keeps as files: receipts, notices and reports name residents, so they go after a time too.

Their names begin with the day they were made on (`ui.papers`). What is named otherwise is somebody's own and stays.
"""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from pathlib import Path

from hall_desk.services.accounts import Actor
from hall_desk.services.halls import load_settings

log = logging.getLogger(__name__)

_KEPT = re.compile(r"(\d{4}-\d{2}-\d{2})-\d{6}-.*\.pdf", re.DOTALL)


def kept_since(actor: Actor) -> date:
    """The first day whose papers may still lie on a PC: as long as tickets keep their residents."""
    actor.needs("halls.read")
    with actor.store.reading():
        days = load_settings(actor.hall_id).retention_ticket_days
        return actor.store.today() - timedelta(days=days)


def clear(folder: Path, since: date) -> int:
    """Removes the papers in `folder` that were made before a day; gives how many.

    One that cannot be removed (open in a viewer on Windows) is logged and left to the next time.
    """
    removed = 0
    for path in folder.glob("*.pdf"):
        if path.is_symlink() or not _made_before(path, since):
            continue
        try:
            path.unlink(missing_ok=True)
            removed += 1
        except OSError as error:
            log.warning("a kept paper could not be removed: %s", type(error).__name__)
    return removed


def _made_before(path: Path, since: date) -> bool:
    kept = _KEPT.fullmatch(path.name)
    if kept is None:
        return False
    try:
        return date.fromisoformat(kept[1]) < since
    except ValueError:
        return False
