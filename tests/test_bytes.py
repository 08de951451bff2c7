"""Every byte that a hall leaves anywhere is looked at: no ID number stands there, in no spelling and no wrapping."""

from __future__ import annotations

import base64
import io
import logging
import os
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest

from hall_desk import logs
from hall_desk import settings as pc
from hall_desk.cli import sample as sample_command
from hall_desk.cli.papers import daily
from hall_desk.documents.receipt import receipt, routing_slip
from hall_desk.services import (
    accounts,
    away,
    backups,
    directory,
    journal,
    sample_day,
    sheets,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import Kind
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.outbox import Outbox
from tests.store import servers

# Valid by GB 11643; nobody's.
NUMBERS = ("11010519491231002X", "440524188001010014", "130102198001015874")


def spellings(number: str) -> list[bytes]:
    """The 17 digits before the check character, as a program might have written them."""
    digits = number[:17]
    spaced = f"{digits[:6]} {digits[6:14]} {digits[14:]}"
    dashed = spaced.replace(" ", "-")
    found = [text.encode() for text in (digits, spaced, dashed, digits[::-1])]
    found += [digits.encode(code) for code in ("utf-16-le", "utf-16-be")]
    found += [digits.encode().hex().encode(), digits.encode().hex().upper().encode()]
    # In base64 it looks different at each of three places; the characters at the edges hold neighbours too.
    found += [base64.b64encode(b"\0" * at + digits.encode())[4 : 4 + 16] for at in range(3)]
    found.append(int(digits).to_bytes(8, "big"))
    return found


def unwrapped(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what is packed in them: a workbook's parts, a paper's streams and its text."""
    yield content
    if content.startswith(b"PK\x03\x04") and depth < 3:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from unwrapped(archive.read(name), depth + 1)
    elif content.startswith(b"%PDF"):
        paper = pypdf.PdfReader(io.BytesIO(content))
        for page in paper.pages:
            yield page.extract_text().encode()
            yield "".join(page.extract_text().split()).encode()
        for number in range(1, len(paper.xref[0]) + 1 if paper.xref else 1):
            found = paper.get_object(number)
            if isinstance(found, pypdf.generic.StreamObject):
                yield found.get_data()
        yield repr(paper.metadata).encode()
    elif content[:1] == b"\x78" and depth < 3:
        try:
            yield from unwrapped(zlib.decompress(content), depth + 1)
        except zlib.error:
            return


def found_in(content: bytes, where: str) -> list[str]:
    return [
        f"{where}: {number[:6]}…{number[-4:]} as {spelling!r}"
        for piece in unwrapped(content)
        for number in NUMBERS
        for spelling in spellings(number)
        if spelling in piece
    ]


def found_under(*folders: Path) -> list[str]:
    found, files = [], 0
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if path.is_file():
            files += 1
            found += found_in(path.read_bytes(), path.name)
            found += found_in(path.name.encode(), "a file's name")
    assert files, "there was something to look at"
    return found


def intake(desk: Actor, *numbers: str) -> list[tickets.TicketView]:
    with desk.store.reading():
        matter = models.Matter.get(models.Matter.code == "YB01").id
    return [
        tickets.open(
            desk,
            NewTicket(
                new_id(), matter, f"诸葛{n}", f"1380000{n:04d}", number, consent=True,
                papers=(NewPaper("身份证"),), second_allowed=True, without_check="not_inside",
            ),
        )
        for n, number in enumerate(numbers)
    ]  # fmt: skip


@pytest.fixture
def desk(sample_hall: Store, tmp_path: Path) -> Iterator[Actor]:
    """A desk of the sample hall, everything logged that can be."""
    logs.start(tmp_path, logging.DEBUG)
    yield accounts.sign_in(sample_hall, sample_day.PEOPLE["front_desk"], sample_day.PIN, "A")
    logs.stop()


def test_the_scan_would_find_one(tmp_path: Path) -> None:
    number = NUMBERS[0]
    for wrapped in (
        f"x{number}y".encode(),
        number.encode("utf-16"),
        base64.b64encode(f"ab{number}cd".encode()),
        number.encode().hex().encode(),
        zlib.compress(number.encode()),
    ):
        assert found_in(wrapped, "a file")
    assert found_in(sheets.xlsx_bytes("x", ["x"], [[number]]), "a workbook")


def test_a_halls_database_papers_exports_and_logs_hold_no_id_number(
    desk: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.store
    monkeypatch.setenv("PATH", str(servers.programs()), prepend=os.pathsep)
    manager = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN, "A")
    opened = intake(desk, *NUMBERS)
    with store.reading():
        kept = [models.Ticket.get_by_id(view.card.id).id_masked for view in opened]
    assert all(masked.endswith("X") or masked[-4:].isdigit() for masked in kept), (
        "it was kept masked"
    )
    out = tmp_path / "out"
    sample_command._papers(manager, out)
    for view in opened:
        facts = tickets.receipt_facts(desk, view.card.id)
        pc.write_file(out / f"{view.card.number}.pdf", receipt(facts, "80"))
        pc.write_file(out / f"{view.card.number}-slip.pdf", routing_slip(facts, "58"))
    for ending in (".pdf", ".json"):
        pc.write_file(out / f"today{ending}", daily(manager, store.today(), ending))
    for kind in Kind:
        for ending in ("csv", "xlsx"):
            directory.export_file(manager, kind, out / f"{kind}.{ending}")
    journal.export(
        manager, journal.Filter(first=sample_day.DAY, last=store.today()), out / "journal.csv"
    )
    backups.make(manager, tmp_path / "backups" / "plain")
    for view in opened:
        # Every number is in the traceback's words, and in none of the log's.
        try:
            int(f"{NUMBERS[0]} {view}")
        except ValueError as error:
            logs.log_bug(error)
    found = found_under(out, tmp_path / "backups", tmp_path / logs.FOLDER)
    if store.on_server:
        found += _found_on_server(store)
    else:
        found += found_under(Path(store.place).parent)
        assert Path(f"{store.place}-wal").exists(), "the log beside the file was looked at too"
    assert found == []


def _found_on_server(store: Store) -> list[str]:
    """In a dump, and where the server may be read, in its own files."""
    dumped = subprocess.run(
        [str(servers.programs() / "pg_dump"), "--format=plain", f"--dbname={store.place}"],
        check=True,
        capture_output=True,
    ).stdout
    assert b"COPY public.ticket " in dumped
    found = found_in(dumped, "pg_dump")
    with store.asking():
        store.db.execute_sql("CHECKPOINT")
        (folder,) = store.db.execute_sql("SHOW data_directory").fetchone()
        (number,) = store.db.execute_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    own = Path(folder) / "base" / str(number)
    local = (urlsplit(store.place).hostname or "localhost") in ("localhost", "127.0.0.1")
    if local and own.is_dir():
        found += found_under(own, Path(folder) / "pg_wal")
    return found


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_what_waits_for_the_server_holds_no_id_number_even_unsealed(
    desk: Actor, tmp_path: Path
) -> None:
    store = desk.store
    outbox = Outbox(tmp_path / "outbox")
    store.keep_outbox(outbox)
    intake(desk, NUMBERS[0])
    away.take_picture(store)
    assert store.go_away()
    waiting = intake(desk, *NUMBERS[1:])
    assert len(outbox.of_state("waiting")) == len(waiting)
    picture = outbox.picture()
    assert picture is not None
    lines = (outbox.folder / "waiting").read_bytes().splitlines()
    unsealed = [outbox._seal.decrypt(line) for line in lines]
    assert "诸葛0".encode() in zlib.decompress(picture), "the picture was looked into"
    found = found_under(outbox.folder)
    for content in (picture, *unsealed):
        found += found_in(content, "the outbox, unsealed")
    store.come_back()
    assert found == []
