"""A district: two halls, each on a server of its own, sent by logical replication into one reporting database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pypdf
import pytest
from psycopg import errors as refused

from hall_desk import errors, i18n, resources
from hall_desk.cli import main
from hall_desk.services import (
    accounts,
    directory,
    halls,
    matters,
    sample_day,
    screening,
    slips,
    tickets,
)
from hall_desk.store import models, server
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN
from tests.store import servers
from tests.store.servers import Server
from tests.store.test_server import APP_PASSWORD, given, run, with_password

NAMES = (sample_day.HALL, "月坛政务服务大厅")
AT = time_of_day(10)
DAY = str(sample_day.DAY)
PATIENCE_S = 90.0
CHECKS = "SELECT count(*), max(at) FROM temperature_check"
JOURNAL = "SELECT count(*), md5(string_agg(facts, '' ORDER BY id)) FROM journal"


@dataclass
class Hall:
    name: str
    server: Server
    app: str

    @property
    def admin(self) -> str:
        return self.server.url("hall")


@dataclass
class District:
    server: Server
    halls: list[Hall]
    admin: str
    app: str
    written: dict[str, str] = field(default_factory=dict)

    def caught_up(self) -> bool:
        """Whether every table of both halls was copied, and all they wrote since was taken over."""
        states = run(self.admin, "SELECT DISTINCT srsubstate FROM pg_subscription_rel")
        return states == [("r",)] and all(
            run(
                hall.admin,
                "SELECT bool_and(confirmed_flush_lsn >= %s::pg_lsn) FROM pg_replication_slots",
                self.written[hall.name],
            )
            == [(True,)]
            for hall in self.halls
        )

    def wait(self) -> None:
        self.written = {
            hall.name: run(hall.admin, "SELECT pg_current_wal_flush_lsn()")[0][0]
            for hall in self.halls
        }
        until = time.monotonic() + PATIENCE_S
        with psycopg.connect(self.admin, autocommit=True) as connection:
            while not self.caught_up():
                assert time.monotonic() < until, self.server.log[-3000:]
                connection.execute("SELECT pg_sleep(0.05)")


def lived_in(place: str) -> None:
    with sample_day.make(place):
        pass


def quiet(place: str) -> None:
    """A hall of its own keys (those of the sample hall are the same in every copy), with a little of everything."""
    store = halls.create(
        place, name=NAMES[1], manager=sample_day.PEOPLE["manager"], pin=sample_day.PIN,
        opened_day=sample_day.DAY, opening_balance=40, practice_at=sample_day.moment(sample_day.DAY, AT),
    )  # fmt: skip
    manager = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN)
    for kind in ("windows", "matters", "staff"):
        directory.import_file(manager, kind, resources.path("sample_hall", f"{kind}.csv"))
    accounts.set_pin(manager, sample_day.PEOPLE["front_desk"], sample_day.PIN)
    desk = accounts.sign_in(store, sample_day.PEOPLE["front_desk"], sample_day.PIN, "A")
    screening.record(desk, screening.NewCheck(new_id(), "36.6", "于女士", "13800138000"))
    matter = matters.by_code(desk, "YB01").line
    slips.give(desk, new_id(), matter.window.id, matter.id)
    paper = (tickets.NewPaper("身份证"),)
    for name in ("于女士", "王先生"):
        tickets.open(desk, tickets.NewTicket(new_id(), matter.id, name, consent=True, papers=paper))
    store.close()


@pytest.fixture(scope="module")
def district(quick_pins: None) -> Iterator[District]:
    """Two halls on two servers that have lived through the sample day, and a third server that collects them."""
    started: list[Server] = []
    try:
        for _number in range(3):
            made = servers.prepare(servers.programs())
            started.append(made)
            servers.start(made, wal_level="logical", wal_receiver_status_interval="1")
        *hall_servers, collecting = started
        found = []
        for name, live, running in zip(NAMES, (lived_in, quiet), hall_servers, strict=True):
            app = with_password(server.init(running.url("hall"), given).url)
            live(app)
            found.append(Hall(name, running, app))
        admin = collecting.url("district")
        app = with_password(server.init(admin, given, district=True).url)
        for number, hall in enumerate(found):
            offer = server.publish(hall.admin, given)
            reader = with_password(offer.url)
            run(
                admin,
                f"CREATE SUBSCRIPTION hall_{number} CONNECTION '{reader}' PUBLICATION {offer.publication}",
            )
        made_district = District(collecting, found, admin, app)
        made_district.wait()
        yield made_district
    finally:
        for running in reversed(started):
            running.stop()


def report(place: str, out: Path, *more: str) -> bytes:
    words = ("report", "daily", "--date", DAY, "--database", place, "--output", str(out), *more)
    assert main(words) == 0
    return out.read_bytes()


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def without_words(value: Any) -> Any:
    """Figures without residents and what managers wrote in their own words, which stay in the hall."""
    if isinstance(value, dict):
        return {
            key: "" if key in ("reason", "resident") else without_words(part)
            for key, part in value.items()
        }
    return [without_words(part) for part in value] if isinstance(value, list) else value


def test_the_districts_report_of_a_hall_is_the_halls_own_but_for_what_was_written_in_words(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for hall in district.halls:
        own = json.loads(report(hall.app, tmp_path / "own.json"))
        sent = json.loads(report(district.app, tmp_path / "sent.json", "--hall", hall.name))
        assert sent == without_words(own)
        report(hall.app, tmp_path / "own.pdf")
        report(district.app, tmp_path / "sent.pdf", "--hall", hall.name)
        own_pages, sent_pages = pages(tmp_path / "own.pdf"), pages(tmp_path / "sent.pdf")
        assert len(sent_pages) == len(own_pages)
        # The headline figures; below them stand managers' own words.
        assert sent_pages[0][:200] == own_pages[0][:200]
        digest = own["digest"]
        capsys.readouterr()
        verify = ["verify", "--date", DAY, "--database", district.app, "--hall", hall.name]
        assert main(verify) == 0
        assert digest in capsys.readouterr().out


def test_the_districts_report_adds_up_its_halls(district: District, tmp_path: Path) -> None:
    parts = [
        json.loads(report(hall.app, tmp_path / "own.json").decode()) for hall in district.halls
    ]
    whole = json.loads(report(district.app, tmp_path / "all.json", "--hall", "all").decode())
    assert sorted(whole["halls"], key=lambda one: str(one["hall"])) == sorted(
        without_words(parts), key=lambda one: str(one["hall"])
    )
    assert whole["total"]["halls"] == 2
    assert whole["total"]["cumulative"] == 267 + 42
    for name, part in (("opened", "tickets"), ("finished", "tickets"), ("fevers", "screening")):
        assert whole["total"][name] == sum(one[part][name] for one in parts)
    made = report(district.app, tmp_path / "all.pdf", "--hall", "all")
    assert report(district.app, tmp_path / "again.pdf", "--hall", "all") == made
    told = pages(tmp_path / "all.pdf")
    assert "全区工作日报" in told[0]
    assert "309" in told[0]
    assert all(name in told[0] for name in NAMES)
    own_pages = sum(
        len(pages(tmp_path / "own.pdf"))
        for hall in district.halls
        if report(hall.app, tmp_path / "own.pdf")
    )
    assert len(told) == 1 + own_pages


def test_the_districts_figures_are_tables_of_all_halls(district: District, tmp_path: Path) -> None:
    report(district.app, tmp_path / "all.xlsx", "--hall", "all")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert book.sheetnames[:3] == ["按大厅", "总览", "按时段"]
    heading, *halls, last = book["按大厅"].iter_rows(values_only=True)
    assert sorted(str(row[0]) for row in halls) == sorted(NAMES)
    for column in (1, 2, 3, 4, 6, 7, 8, 9):
        assert last[column] == sum(int(str(row[column])) for row in halls), heading[column]
    assert last[9] == 267 + 42
    overview = list(book["总览"].iter_rows(values_only=True))
    assert sorted(map(str, overview[0][1:3])) == sorted(NAMES)
    assert {
        row[0] for row in book[book.sheetnames[2]].iter_rows(min_row=2, values_only=True)
    } == set(NAMES)
    told = report(district.app, tmp_path / "all.csv", "--hall", "all").decode("utf-8-sig")
    assert len(told.splitlines()) == 1 + len(NAMES) + 1
    assert told.splitlines()[-1].startswith("合计,")
    matters = report(district.app, tmp_path / "all.csv", "--hall", "all", "--by", "figures")
    assert all(name in matters.decode("utf-8-sig").splitlines()[0] for name in NAMES)


def test_what_a_hall_writes_arrives(district: District) -> None:
    hall = district.halls[1]
    store = Store.open(hall.app)
    desk = accounts.sign_in(store, sample_day.PEOPLE["front_desk"], sample_day.PIN, "A")
    screening.record(desk, screening.NewCheck(new_id(), "36.6", "王女士"))
    sent, entries = run(hall.app, CHECKS), run(hall.app, JOURNAL)
    store.close()
    district.wait()
    key = run(hall.app, "SELECT id FROM hall")[0][0]
    for wanted, text in ((sent, CHECKS), (entries, JOURNAL)):
        assert run(district.app, f"{text} WHERE hall_id = %s", key) == wanted


def test_what_is_private_stays_in_the_hall(district: District) -> None:
    for model in models.MODELS:
        table = model._meta.table_name
        for column in model.private:
            text = f"SELECT DISTINCT {column} FROM {table}"  # noqa: S608 - names of our own
            there = run(district.halls[0].admin, text)
            assert run(district.admin, text) in ([("",)], [])
            if table in ("staff", "ticket") and column in ("pin_hash", "phone", "pickup_code"):
                assert len(there) > 1
            reader = district.halls[0].server.url("hall", "hall_district", APP_PASSWORD)
            with pytest.raises(refused.InsufficientPrivilege):
                run(reader, text)


def test_the_district_only_reads(district: District) -> None:
    for text in (
        "DELETE FROM ticket",
        "UPDATE hall SET name = 'x'",
        "INSERT INTO hall DEFAULT VALUES",
    ):
        with pytest.raises(refused.InsufficientPrivilege):
            run(district.app, text)
    # Preparing it again, with or without the word, leaves it a district.
    server.init(district.admin, lambda _new: None)
    with pytest.raises(refused.InsufficientPrivilege):
        run(district.app, "UPDATE hall SET name = 'x'")
    with pytest.raises(errors.AlreadyThere):
        halls.create(district.app, name="新大厅", manager="李主任", pin=PIN)


def test_with_several_halls_it_must_be_said_which(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "daily", "--date", DAY, "--database", district.app]
    out = ["--output", str(tmp_path / "x.pdf")]
    capsys.readouterr()
    assert main([*words, *out]) == 2
    line = capsys.readouterr().err
    assert all(name in line for name in NAMES)
    assert main([*words, *out, "--hall", "没有的大厅"]) == 2
    assert "没有找到大厅“没有的大厅”" in capsys.readouterr().err
    key = run(district.halls[0].app, "SELECT id FROM hall")[0][0]
    assert main([*words, *out, "--hall", str(key)]) == 0


def test_halls_of_one_name_are_told_apart_by_their_keys(place: str, quick_pins: None) -> None:
    first = halls.create(place, name="同名大厅", manager="李主任", pin=PIN)
    keys = [first.hall_id, new_id()]
    models.Hall.create(
        id=keys[1], name="同名大厅", opened_day=sample_day.DAY, opening_balance=0, force_insert=True
    )
    first.close()
    with pytest.raises(errors.SeveralHalls) as told:
        Store.open(place, "同名大厅")
    assert all(str(key) in i18n.explain(told.value) for key in keys)
    store = Store.open(place, str(keys[1]))
    assert store.hall_id == keys[1]
    store.close()


def test_publishing_again_changes_nothing(district: District) -> None:
    hall = district.halls[0]
    text = "SELECT * FROM pg_publication_tables ORDER BY tablename"
    before = run(hall.admin, text)
    again = server.publish(hall.admin, lambda new: None)
    assert not again.made_reader
    assert run(hall.admin, text) == before
    assert {row[2] for row in before} == {model._meta.table_name for model in models.MODELS}


def test_one_hall_needs_no_name(sample_file: Path, tmp_path: Path) -> None:
    where = ["--data", str(sample_file.parent), "--date", DAY, "--output"]
    for hall in ([], ["--hall", "all"]):
        assert main(["report", "daily", *where, str(tmp_path / "x.json"), *hall]) == 0
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["total"]["halls"] == 1
