"""The journal only grows: the database itself refuses to change it, whoever asks through the program's own account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from peewee import PeeweeException

from hall_desk import errors
from hall_desk.services import accounts, halls
from hall_desk.store import models, server
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN
from tests.store.servers import Server
from tests.store.test_server import given, with_password

REFUSED = (PeeweeException, psycopg.Error, errors.ServerRefused)
TABLES = ("journal", "journal_seal")
FORBIDDEN = [
    "UPDATE {table} SET service_day = service_day",
    "UPDATE {table} SET id = id WHERE 1 = 0 OR id IS NOT NULL",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} LIMIT 1)",
]
ON_POSTGRES = [
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table}",
    "INSERT INTO {table} SELECT * FROM {table} LIMIT 1 ON CONFLICT (id) DO UPDATE SET hall_id = excluded.hall_id",
    "MERGE INTO {table} USING hall ON true WHEN MATCHED THEN DELETE",
]
ON_SQLITE = [
    "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true LIMIT 1 ON CONFLICT DO UPDATE SET hall_id = excluded.hall_id",
]


def _with_a_seal(store: Store) -> Store:
    actor = accounts.operator(store)
    with store.change(actor) as change:
        models.JournalSeal.create(
            id=new_id(), hall=store.hall_id, number=1, service_day=MORNING.date(), at=MORNING,
            entries="", count=0, digest="0" * 64, force_insert=True,
        )  # fmt: skip
        change.record("setting.changed", None)
    return store


@pytest.fixture
def on_server(scram_server: Server, quick_pins: None) -> Iterator[Store]:
    """A hall on a server, opened with the program's own role, made by `server init`."""
    name = f"guard_{new_id().hex[-12:]}"
    url = with_password(server.init(scram_server.url(name), given).url)
    store = halls.create(
        url, name="大厅", manager="李主任", pin=PIN, opened_day=MORNING.date(), practice_at=MORNING
    )
    yield _with_a_seal(store)
    store.close()


def _rows(store: Store, table: str) -> list[Any]:
    with store.asking():
        return sorted(map(repr, store.execute(f"SELECT * FROM {table}").fetchall()))  # noqa: S608


@pytest.fixture(params=["sqlite", "postgresql"])
def guarded(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A hall opened as the program opens it, with entries and a seal in its journal."""
    if request.param == "postgresql":
        yield request.getfixturevalue("on_server")
        return
    place = str(request.getfixturevalue("tmp_path") / "hall.sqlite3")
    request.getfixturevalue("quick_pins")
    store = halls.create(
        place, name="大厅", manager="李主任", pin=PIN, opened_day=MORNING.date(), practice_at=MORNING
    )  # fmt: skip
    yield _with_a_seal(store)
    store.close()


@pytest.mark.parametrize("table", TABLES)
def test_what_stands_in_the_journal_stays(guarded: Store, table: str) -> None:
    before = _rows(guarded, table)
    assert before
    for text in FORBIDDEN + (ON_POSTGRES if guarded.postgres else ON_SQLITE):
        with pytest.raises(REFUSED), guarded.asking(), guarded.db.atomic():
            guarded.db.execute_sql(text.format(table=table))
        assert _rows(guarded, table) == before, text


@pytest.mark.parametrize("table", TABLES)
def test_and_through_the_models(guarded: Store, table: str) -> None:
    model: Any = {"journal": models.JournalEntry, "journal_seal": models.JournalSeal}[table]
    before = _rows(guarded, table)
    ways: list[Callable[[], object]] = [
        lambda: model.delete().execute(),
        lambda: model.update(service_day=MORNING.date()).execute(),
        lambda: model.select().first().delete_instance(),
    ]
    for way in ways:
        with pytest.raises(REFUSED), guarded.asking(), guarded.db.atomic():
            way()
    assert _rows(guarded, table) == before
