"""A backup is one consistent moment of a hall, read back before it has its name; restored only where nothing is."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_desk import cli, errors, i18n
from hall_desk.services import accounts, backups, figures, halls, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import backup, hall_key, models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, _named, _run

PASSPHRASE = "太平桥的夏天 1985"


pytestmark = pytest.mark.usefixtures("pg_tools")


@pytest.fixture
def empty_place(place: str, postgres: str, tmp_path: Path) -> Iterator[str]:
    """Somewhere else of the same kind, where nothing is yet."""
    if not place.startswith("postgres"):
        yield str(tmp_path / "elsewhere" / "hall.sqlite3")
        return
    name = f"hall_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    yield _named(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "备份 folder" / "hall.backup"


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "sealed"])
def test_a_hall_comes_back_as_it_was(
    sample_place: str, empty_place: str, kept: Path, passphrase: str
) -> None:
    store = Store.open(sample_place)
    day = store.start_of(MORNING.date()).date() + timedelta(days=1)
    manager = accounts.operator(store)
    before = figures.as_json(figures.of_day(manager, day))
    made = backups.make(manager, kept, passphrase)
    store.close()
    assert made.sealed is bool(passphrase)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert backup.check(kept, passphrase) == made

    backup.restore(kept, empty_place, passphrase)

    again = Store.open(empty_place)
    assert figures.as_json(figures.of_day(accounts.operator(again), day)) == before
    # The journal is as well guarded as it was.
    with pytest.raises(Exception, match="append-only"), again.reading():
        models.JournalEntry.delete().execute()
    again.close()


def test_a_backup_made_during_work_is_one_moment(
    store: Store,
    front_desk: Actor,
    small_hall: dict[str, Any],
    place: str,
    kept: Path,
    empty_place: str,
) -> None:
    """Every ticket in it has its papers, its journal entry and its number, and those before it are all there."""
    done, stop = [], threading.Event()

    def work() -> None:
        while not stop.is_set() and len(done) < 400:
            asked = NewTicket(
                new_id(), small_hall["medical"], f"居民{len(done)}", consent=True,
                papers=(tickets.NewPaper("身份证"), tickets.NewPaper("户口簿")),
            )  # fmt: skip
            done.append(tickets.open(front_desk, asked).card.number)
        store.close_thread()

    worker = threading.Thread(target=work)
    worker.start()
    while len(done) < 5 and worker.is_alive():
        worker.join(0.01)
    known = list(done)
    backup.back_up(place, kept)
    stop.set()
    worker.join()
    store.close()
    backup.restore(kept, empty_place)
    again = Store.open(empty_place)
    with again.reading():
        there = [row.number for row in models.Ticket.select().order_by(models.Ticket.number)]
        papers = models.Paper.select().count()
        entries = models.JournalEntry.select().where(models.JournalEntry.kind == "ticket.opened")
        assert entries.count() == len(there)
    again.close()
    assert there == done[: len(there)]
    assert set(known) <= set(there)
    assert papers == 2 * len(there)


def test_nothing_is_restored_over_a_hall(store: Store, place: str, kept: Path) -> None:
    backup.back_up(place, kept)
    store.close()
    with pytest.raises(errors.AlreadyThere):
        backup.restore(kept, place)
    Store.open(place).close()


def test_a_sealed_backup_opens_only_with_its_passphrase(
    store: Store, place: str, kept: Path, tmp_path: Path
) -> None:
    backup.back_up(place, kept, PASSPHRASE)
    elsewhere = str(tmp_path / "new" / "hall.sqlite3")
    for given_phrase, reason in (
        ("", "passphrase_needed"),
        ("太平桥的冬天 1985", "wrong_passphrase"),
    ):
        with pytest.raises(errors.NotABackup) as refused:
            backup.restore(kept, elsewhere, given_phrase)
        assert refused.value.reason == reason
    assert not Path(elsewhere).exists()
    assert list(Path(elsewhere).parent.iterdir()) == []
    assert "李主任".encode() not in kept.read_bytes()
    with pytest.raises(errors.BadInput):
        backup.back_up(place, kept, "short")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a `plain` and a `sealed` backup of a small SQLite hall, and of one `with key`."""
    folder = tmp_path_factory.mktemp("made")
    place = str(folder / "hall.sqlite3")
    halls.create(place, name="大厅", manager="李主任", pin="2468").close()
    backup.back_up(place, folder / "plain")
    backup.back_up(place, folder / "sealed", PASSPHRASE)
    backup.back_up(place, folder / "with key", PASSPHRASE, (new_id(), hall_key.generate()))
    return folder


@given(
    which=st.sampled_from(["plain", "sealed", "with key"]),
    how=st.sampled_from(["flip", "cut", "add", "noise"]),
    at=st.integers(0, 2**31),
    by=st.integers(1, 255),
    more=st.binary(min_size=1, max_size=400),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_damage_goes_unnoticed(
    made_once: Path,
    which: str,
    how: str,
    at: int,
    by: int,
    more: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A byte that differs, a file cut short, something added: each is said, and nothing is made of it."""
    whole = (made_once / which).read_bytes()
    at %= len(whole)
    broken = {
        "flip": whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :],
        "cut": whole[:at],
        "add": whole + more,
        "noise": more,
    }[how]
    folder = tmp_path_factory.mktemp("broken")
    (folder / "broken").write_bytes(broken)
    target = folder / "new.sqlite3"
    with pytest.raises((errors.NotABackup, errors.CannotBackUp)):
        backup.restore(folder / "broken", str(target), PASSPHRASE, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["broken"]


def test_a_full_disk_leaves_the_backup_before(store: Store, place: str, kept: Path) -> None:
    backup.back_up(place, kept)
    before = kept.read_bytes()
    kept.with_name("file").write_text("")
    with pytest.raises(errors.CannotWrite):
        backup.back_up(place, kept.with_name("file") / "hall.backup")
    assert kept.read_bytes() == before
    assert sorted(path.name for path in kept.parent.iterdir()) == ["file", kept.name]


def test_the_tools_of_the_server_are_named_when_they_are_missing(
    store: Store, place: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.on_server:
        pytest.skip("a file needs no tools")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("hall_desk.store.backup.Path.glob", lambda *_pattern: iter(()))
    with pytest.raises(errors.CannotBackUp) as refused:
        backup.back_up(place, kept)
    assert "pg_dump" in i18n.explain(refused.value)


def test_a_backup_by_command_and_back(
    sample_place: str, empty_place: str, kept: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def where(place: str) -> list[str]:
        if place.startswith("postgres"):
            return ["--database", place]
        Path(place).parent.mkdir(exist_ok=True)
        return ["--data", str(Path(place).parent)]

    monkeypatch.setenv("HALL_DESK_PASSPHRASE", PASSPHRASE)
    assert cli.main([*where(sample_place), "backup", str(kept), "--seal"]) == 0
    assert "读" in capsys.readouterr().out
    assert cli.main([*where(empty_place), "restore", str(kept)]) == 0
    assert "恢复" in capsys.readouterr().out
    assert cli.main([*where(empty_place), "restore", str(kept)]) == 2
    monkeypatch.setenv("HALL_DESK_PASSPHRASE", "")
    assert cli.main([*where(sample_place), "backup", str(kept), "--seal"]) == 2
    assert cli.main([*where(empty_place), "restore", str(kept.with_name("none"))]) == 2
    again = Store.open(empty_place)
    again.close()


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "sealed"])
def test_only_a_sealed_backup_carries_the_halls_key(
    place: str, empty_place: str, kept: Path, tmp_path: Path, quick_pins: None, passphrase: str
) -> None:
    """What lies about open must not open ID numbers; what is sealed brings a burnt PC's key back."""
    store = halls.create(place, name="大厅", manager="李主任", pin="2468", folder=tmp_path / "pc")
    key = store.hall_key
    assert key is not None
    made = backups.make(accounts.operator(store), kept, passphrase)
    assert made.key_of == (str(store.hall_id) if passphrase else "")
    store.close()
    for part in (key.secret, "".join(key.code()).encode()):
        assert part not in kept.read_bytes()
    assert backup.check(kept, passphrase) == made

    assert backup.restore(kept, empty_place, passphrase, tmp_path / "new pc") == made

    again = Store.open(empty_place)
    again.learn_key(tmp_path / "new pc")
    if passphrase:
        assert (again.hall_key, again.key_trouble) == (key, None)
    else:
        assert again.key_trouble is not None
        assert again.key_trouble.reason == "missing"
        assert not (tmp_path / "new pc").exists()
    again.close()


def test_one_backup_a_day_and_the_old_ones_go(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made: list[Any] = []
    for day in range(20):
        store.freeze(MORNING + timedelta(days=day))
        made.append(backups.daily(store, folder))
        assert backups.daily(store, folder) is None
    if store.on_server:
        assert made == [None] * 20
        return
    assert backups.kept(folder) == list(reversed(made[6:]))
    own = folder / "hall-mine.backup"
    own.write_text("")
    store.freeze(MORNING + timedelta(days=21))
    backups.daily(store, folder)
    assert own.exists()
    with sqlite3.connect(store.place) as hall:
        entries = hall.execute("SELECT count(*) FROM journal WHERE kind = 'backup.made'").fetchone()
    hall.close()
    assert entries == (21,)


def test_only_a_manager_makes_backups(front_desk: Actor, kept: Path) -> None:
    with pytest.raises(errors.NotAllowed):
        backups.make(front_desk, kept)
