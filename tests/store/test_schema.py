"""The schema by its frozen steps is the schema of the models, on both databases; versions are compared in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError, PeeweeException, SqliteDatabase

from hall_desk import errors, i18n
from hall_desk.services.accounts import Actor
from hall_desk.store import migrations, models
from hall_desk.store.database import Store


def _shape(db: Any) -> dict[str, Any]:
    """Tables with their columns, types, nullability, keys, foreign keys and indexes, without names of checks."""
    shape = {}
    for table in sorted(set(db.get_tables()) - {"schema_version", "sqlite_sequence"}):
        shape[table] = (
            sorted(
                (c.name, c.data_type.upper(), c.null, c.primary_key) for c in db.get_columns(table)
            ),
            sorted((k.column, k.dest_table, k.dest_column) for k in db.get_foreign_keys(table)),
            sorted(
                (i.name, tuple(i.columns), i.unique)
                for i in db.get_indexes(table)
                if "autoindex" not in i.name
            ),
        )
    return shape


def _checks(db: Any) -> list[str]:
    if isinstance(db, SqliteDatabase):
        rows = db.execute_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name <> 'schema_version'"
        )
        return sorted(part.strip(" ,\n") for (sql,) in rows for part in _split_checks(sql))
    rows = db.execute_sql(
        "SELECT conrelid::regclass::text || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
        " AND connamespace = 'public'::regnamespace"
    )
    return sorted(row[0] for row in rows)


def _split_checks(sql: str) -> list[str]:
    return [" ".join(part.split()).rstrip(" )") for part in sql.split("CHECK")[1:]]


def test_the_steps_make_the_models_schema(place: str) -> None:
    store = Store.create(place)
    by_steps = _shape(store.db), _checks(store.db)
    with store.db.atomic():
        store.db.drop_tables(models.MODELS, cascade=store.postgres)
        store.db.create_tables(models.MODELS, safe=False)
    by_models = _shape(store.db), _checks(store.db)
    store.close()
    assert by_steps[0]
    assert by_steps == by_models


def test_migrating_twice_changes_nothing(place: str) -> None:
    Store.create(place).close()
    assert Store.migrate(place) == (migrations.KNOWN, migrations.KNOWN)


def _pretend_version(store: Store, version: int) -> None:
    with store.db.atomic():
        store.execute("UPDATE schema_version SET version = ?", (version,))


def test_a_database_newer_than_the_program_is_said_in_one_sentence(
    place: str, store: Store
) -> None:
    _pretend_version(store, 99)
    store.close()
    with pytest.raises(errors.SchemaTooNew) as refused:
        Store.open(place)
    assert (
        i18n.explain(refused.value) == "数据库版本（99）比本程序（1）新，请更新这台电脑上的程序。"
    )
    with pytest.raises(errors.SchemaTooNew):
        Store.migrate(place)


def test_the_journal_cannot_be_changed_or_deleted(store: Store, manager: Actor) -> None:
    for sql in ("UPDATE journal SET kind = 'x'", "DELETE FROM journal"):
        with pytest.raises(PeeweeException, match="append-only"), store.db.atomic():
            store.execute(sql)
    assert models.JournalEntry.select().count() > 0


def test_a_paper_without_hands_is_refused_by_the_database(
    store: Store, manager: Actor, small_hall: Any
) -> None:
    from hall_desk.services import accounts, tickets
    from hall_desk.store.ids import new_id

    accounts.add_staff(manager, "陈晓", accounts.Role.FRONT_DESK, "2468")
    desk = accounts.sign_in(store, "陈晓", "2468")
    tickets.open(
        desk,
        tickets.NewTicket(
            new_id(),
            small_hall["medical"],
            "于女士",
            consent=True,
            papers=(tickets.NewPaper("身份证"),),
        ),
    )
    with pytest.raises(IntegrityError), store.db.atomic():
        models.Paper.update(holder_staff=None).execute()
    with pytest.raises(IntegrityError), store.db.atomic():
        models.Ticket.update(state="closed").execute()


def test_no_hall_is_said_before_anything_is_made(tmp_path: Path) -> None:
    place = tmp_path / "hall.sqlite3"
    with pytest.raises(errors.DatabaseMissing):
        Store.open(str(place))
    assert not place.exists()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "hall.sqlite3"
    place.write_bytes("这不是数据库".encode() * 1000)
    before = place.read_bytes()
    with pytest.raises(errors.NotADatabase):
        Store.open(str(place))
    assert place.read_bytes() == before


def test_another_programs_database_is_not_taken(tmp_path: Path) -> None:
    place = tmp_path / "hall.sqlite3"
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE song (name TEXT)")
    with pytest.raises(errors.DatabaseMissing):
        Store.open(str(place))


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(errors.DatabaseAway) as away:
        Store.open("postgresql://hall:secret@127.0.0.1:9/hall")
    assert "secret" not in str(away.value) + i18n.explain(away.value)
    assert models.proxy.obj is None


def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path: Path, quick_pins: None) -> None:
    from hall_desk.services import accounts, halls

    place = str(tmp_path / "hall.sqlite3")
    store = halls.create(place, name="大厅", manager="李主任", pin="7391")
    manager = accounts.sign_in(store, "李主任", "7391")
    # SQLite reports SQLITE_FULL at this limit exactly as it does for a full disk.
    pages = store.db.execute_sql("PRAGMA page_count").fetchone()[0]
    store.db.execute_sql(f"PRAGMA max_page_count = {pages}")
    told = None
    people = 0
    while told is None:
        people = models.Staff.select().count()
        try:
            accounts.add_staff(manager, f"人员{people}", accounts.Role.FRONT_DESK, "7391")
        except errors.CannotWrite as full:
            told = full
    assert told.reason == "disk_full"
    assert models.Staff.select().count() == people
    store.close()
