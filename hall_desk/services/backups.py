"""Backups of a hall: one made by hand, and on one PC's own database one of each day by itself."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from pathlib import Path

from hall_desk import errors
from hall_desk.services.accounts import Actor, operator
from hall_desk.store import backup, models
from hall_desk.store.backup import About
from hall_desk.store.database import Store

log = logging.getLogger(__name__)

KEPT_DAYS = 14
LOOKED_BACK = timedelta(days=60)
_NAME = "hall-{day}.backup"


def make(actor: Actor, target: Path, passphrase: str = "", *, sealed: bool = False) -> About:
    """Writes the hall to `target` and journals it; a sealed one carries the hall's key, where this PC has it.

    Raises NotAllowed and what `backup.back_up` raises.

    `sealed` says that a passphrase is wanted, so that an empty one is refused and not taken for none.
    """
    actor.needs("backups.make")
    actor.store.need_server()
    if sealed and not passphrase:
        raise errors.BadInput("passphrase", "too_short", limit=backup.SHORTEST_PASSPHRASE)
    store = actor.store
    key = (store.hall_id, store.hall_key) if store.hall_key is not None else None
    made = backup.back_up(store.place, target, passphrase, key)
    with actor.store.change(actor) as change:
        change.record("backup.made", None, bytes=made.size, sealed=made.sealed)
    return made


def newest(actor: Actor) -> datetime | None:
    """When Hall Desk made the hall's newest backup (UTC), on whatever PC; None if in `LOOKED_BACK` it made none."""
    actor.needs("backups.make")
    entry = models.JournalEntry
    since = actor.store.today() - LOOKED_BACK
    with actor.store.reading():
        made: datetime | None = (
            entry.select(entry.at)
            .where(
                entry.hall == actor.hall_id,
                entry.service_day >= since,
                entry.kind == "backup.made",
            )
            .order_by(entry.at.desc())
            .limit(1)
            .scalar()
        )
        return made


def daily(store: Store, folder: Path) -> Path | None:
    """Today's backup of a hall in a file, if there is none yet; those older than two weeks of backups go.

    A hall on a server is backed up there (docs/server.md). Gives the file that was made, or None. A folder that cannot
    be written is logged and nothing else: a full disk must not keep a desk from opening. Raises DatabaseBusy.
    """
    if store.on_server:
        return None
    today = store.today()
    target = folder / _NAME.format(day=today.isoformat())
    if target.exists():
        return None
    try:
        make(operator(store), target)
    except (errors.CannotWrite, errors.NotABackup) as error:
        log.warning("no backup today: %s", error)
        return None
    for old in kept(folder)[KEPT_DAYS:]:
        old.unlink(missing_ok=True)
    return target


def kept(folder: Path) -> list[Path]:
    """The daily backups in a folder, newest first."""
    found = []
    for path in folder.glob(_NAME.format(day="*")):
        try:
            found.append((date.fromisoformat(path.name[5:15]), path))
        except ValueError:
            continue  # somebody's own file
    return [path for _day, path in sorted(found, reverse=True)]
