"""Somebody who owns the database, and changes it behind the triggers' back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hall_desk.store import models, seals
from hall_desk.store.database import Store
from hall_desk.store.hall_key import HallKey
from hall_desk.store.journal import lines
from hall_desk.store.migrations import GUARDED, SQLITE_GUARDS
from hall_desk.store.models import JournalEntry, JournalSeal


@contextmanager
def unguarded(store: Store) -> Iterator[None]:
    """Inside, journal and seals can be changed: the triggers are away."""
    with store.asking():
        db = models.proxy.obj
        if store.postgres:
            for table in GUARDED:
                db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        else:
            for table in GUARDED:
                for verb in ("update", "delete"):
                    db.execute_sql(f"DROP TRIGGER {table}_no_{verb}")
        try:
            yield
        finally:
            if store.postgres:
                for table in GUARDED:
                    db.execute_sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
            else:
                for guard in SQLITE_GUARDS:
                    db.execute_sql(guard)


def entries(store: Store) -> list[JournalEntry]:
    """The journal, in its order."""
    with store.reading():
        return list(JournalEntry.select().order_by(JournalEntry.at, JournalEntry.id))


def sealed(store: Store) -> list[JournalSeal]:
    """The seals, in their order."""
    with store.reading():
        return list(JournalSeal.select().order_by(JournalSeal.number))


def change(store: Store, entry: JournalEntry, **values: Any) -> None:
    """Writes other values into an entry."""
    with unguarded(store):
        assert JournalEntry.update(**values).where(JournalEntry.id == entry.id).execute() == 1


def delete(store: Store, entry: JournalEntry) -> None:
    with unguarded(store):
        JournalEntry.delete().where(JournalEntry.id == entry.id).execute()


def change_seal(store: Store, seal: JournalSeal, **values: Any) -> None:
    with unguarded(store):
        JournalSeal.update(**values).where(JournalSeal.id == seal.id).execute()


def delete_seal(store: Store, seal: JournalSeal) -> None:
    with unguarded(store):
        JournalSeal.delete().where(JournalSeal.id == seal.id).execute()


def forge_seals(store: Store, key: HallKey | None = None) -> None:
    """Writes every seal anew over what stands in the journal now, so that one follows the other."""
    previous = ""
    for seal in sealed(store):
        with store.reading():
            known = {
                entry.id: seals.hash_of(line)
                for entry, line in lines(JournalEntry.hall == seal.hall_id)
            }
        kept = [line for line in seals.lines_of(seal.entries) if line.key in known]
        seal.entries = "".join(f"{one.key.hex} {known[one.key]} {one.kind}\n" for one in kept)
        seal.previous = previous
        seal.digest = previous = seals.digest_of(seal)
        change_seal(
            store,
            seal,
            entries=seal.entries,
            count=len(kept),
            previous=seal.previous,
            digest=seal.digest,
            mark=key.mark(seal.digest.encode()) if key else "",
        )
