"""Whatever comes from outside, the program refuses in a sentence or takes: nothing else is ever raised.

Files that people made, codes that scanners read, settings, addresses, backups, the outbox on the disk and what a
server says. Each is made of pieces of the right shape, damaged, and of pure noise.
"""

from __future__ import annotations

import io
import json
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_desk import errors, i18n
from hall_desk import settings as pc
from hall_desk.errors import HallDeskError
from hall_desk.services import (
    accounts,
    directory,
    finding,
    halls,
    import_problems,
    import_reading,
    missing_notices,
    sheets,
    ticket_cards,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import COLUMNS, Kind
from hall_desk.store import backup, changes, local_hall, reaching
from hall_desk.store.database import Store
from hall_desk.store.outbox import KEY, PICTURE, WAITING, Outbox
from hall_desk.ui import key_map
from tests.conftest import PIN

MORE = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SOME = settings(MORE, max_examples=60)

HEADINGS = [
    heading for columns in COLUMNS.values() for column in columns for heading in column.headings
]
WORDS = (
    st.sampled_from(
        ["", "1", "3", "0031", "医疗保险", "010-5555-0103", "=1+1", "@x", "'", '"', "\x00", "\ufeff", "\u202e",
         "\ud800", "9" * 5000, "2020-02-30", "TRUE", "#REF!", "１２", "䶮𬭊", "A;B、C\n\nD", "-", "NaN", "1e999"]
    )
    | st.text(max_size=40)
)  # fmt: skip
ROWS = st.lists(st.lists(st.sampled_from(HEADINGS) | WORDS, max_size=9), max_size=7)
ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "latin-1",
    "big5",
    "utf-7",
]


def refused_in_words(error: HallDeskError) -> None:
    assert i18n.explain(error)


def table_refused_in_words(error: errors.BadFile) -> None:
    assert import_problems.explain(error)


def taken(source: bytes | Path, name: str = "表.csv") -> bool:
    """Whether a file was read; what it says goes on to every kind of import. A refusal has its sentence."""
    try:
        table = directory.read_table(source, name)
    except HallDeskError as error:
        refused_in_words(error)
        if isinstance(error, errors.BadFile):
            table_refused_in_words(error)
        return False
    assert len(table.rows) <= sheets.MOST_ROWS
    for kind in Kind:
        for problem in import_reading.read(kind, table).problems:
            assert problem.sentence()
    return True


def damaged(whole: bytes, how: str, at: int, noise: bytes) -> bytes:
    at %= len(whole) + 1
    return {
        "whole": whole,
        "cut": whole[:at],
        "flip": whole[:at] + noise + whole[at + len(noise) :],
        "add": whole + noise,
        "in": whole[:at] + noise + whole[at:],
        "noise": noise,
    }[how]


DAMAGE = {
    "how": st.sampled_from(["whole", "cut", "flip", "add", "in", "noise"]),
    "at": st.integers(0, 2**31),
    "noise": st.binary(max_size=60),
}


# --- tables ----------------------------------------------------------------------------------------------


@given(rows=ROWS, separator=st.sampled_from(",;\t|"), encoding=st.sampled_from(ENCODINGS), **DAMAGE)
@MORE
def test_csv(
    rows: list[list[str]], separator: str, encoding: str, how: str, at: int, noise: bytes
) -> None:
    text = "\r\n".join(separator.join(row) for row in rows)
    taken(damaged(text.encode(encoding, "replace"), how, at, noise))


VALUES = (
    WORDS.map(lambda text: "".join(c for c in text if c.isprintable()))
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
    | st.dates(date(1900, 1, 1), date(9999, 12, 31))
    | st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001 - a spreadsheet knows no zone
    | st.times()
    | st.timedeltas(timedelta(0), timedelta(99))
    | st.sampled_from(["#REF!", "#N/A", "=A1", "=cmd|'/c calc'!A1", time(), "0" * 32767])
)


def workbook(rows: list[list[Any]], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@given(
    rows=st.lists(st.lists(st.sampled_from(HEADINGS) | VALUES, max_size=6), max_size=5),
    merge=st.sampled_from(["", "A1:B2"]),
    **DAMAGE,
)
@settings(MORE, max_examples=150)
def test_xlsx(rows: list[list[Any]], merge: str, how: str, at: int, noise: bytes) -> None:
    taken(damaged(workbook(rows, merge), how, at, noise), "表.xlsx")


def repacked(changed: dict[str, bytes], more: dict[str, bytes] | None = None) -> bytes:
    """A sound workbook in which some parts are others."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["窗口号", "名称"], ["1", "综合"]]))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in whole.namelist():
            made.writestr(name, changed.get(name, whole.read(name)))
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return file.getvalue()


PARTS = [
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/_rels/workbook.xml.rels",
]
# Not looked into: this workbook has its texts in the sheet, and openpyxl finds the book by its own name.
UNREAD = ("xl/sharedStrings.xml", "_rels/.rels")
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'
XML = st.sampled_from(
    ["", "<", "<a/>", "\x00", "<worksheet/>", SHEET.format("", ""), SHEET.format('<row r="0"/>', ""),
     SHEET.format('<row r="-5"><c r="A1"><v>1</v></c></row>', ""),
     SHEET.format('<row r="x"><c r="?"><v>1</v></c></row>', ""),
     SHEET.format('<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" t="d"><v>2020-99-99</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" t="n"><v>1e999</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" t="n"><v>NaN</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1" s="9999"><v>99999999999999</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>', ""),
     SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>',
                  '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'),
     SHEET.format('<row r="1"><c t="inlineStr"><is><t>x</t></is></c></row>',
                  '<mergeCells><mergeCell ref="A0:B0"/></mergeCells>')]
).map(str.encode) | st.binary(max_size=80)  # fmt: skip


@given(changed=st.dictionaries(st.sampled_from(PARTS), XML, min_size=1, max_size=2))
@settings(MORE, max_examples=150)
def test_xlsx_whose_parts_are_wrong(changed: dict[str, bytes]) -> None:
    taken(repacked(changed), "表.xlsx")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha">{}]><x>&{};</x>'
LAUGHS = ENTITIES.format(
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)), "j"
)  # fmt: skip


@pytest.mark.parametrize("part", [part for part in PARTS if part not in UNREAD])
@pytest.mark.parametrize(
    "xml",
    [LAUGHS, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
     '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>'],
    ids=["laughs", "file", "address"],
)  # fmt: skip
def test_entities_are_never_followed(part: str, xml: str) -> None:
    with memory_below(30):
        read = taken(repacked({part: xml.encode()}), "表.xlsx")
    # An address that nothing refers to is not asked, and does no harm where the part is not needed.
    assert not read or 'SYSTEM "http' in xml


class memory_below:  # noqa: N801 - reads as a word
    """Inside, Python's own memory grows by so many MB at most."""

    def __init__(self, megabytes: int) -> None:
        self.most = megabytes * 2**20

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, kind: Any, *_rest: object) -> None:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if kind is None:
            assert peak < self.most, f"{peak / 2**20:.0f} MB"


def test_a_bomb_is_not_unpacked() -> None:
    nothing = bytes(120 * 2**20)
    bombs = {
        "one part": repacked({}, {"xl/worksheets/sheet9.xml": nothing}),
        "the sheet": repacked({PARTS[0]: nothing}),
        "many": repacked({}, {f"xl/x{n}": bytes(200_000) for n in range(600)}),
        "nested": repacked({}, {"xl/x.zip": repacked({}, {"y": nothing})}),
    }
    del nothing
    for name, content in bombs.items():
        assert len(content) < 2**21, name
        with memory_below(60):
            assert taken(content, "表.xlsx") is (name == "nested"), name


def test_a_part_longer_than_it_says_is_damage() -> None:
    """The sizes that are added up before are the archive's own word; nothing is read beyond them."""
    content = bytearray(repacked({PARTS[0]: b" " * 5_000_000}))
    size = (5_000_000).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    with memory_below(30):
        assert not taken(bytes(content), "表.xlsx")


def test_many_entries_cost_little() -> None:
    with memory_below(80):
        assert not taken(repacked({}, {f"xl/{n}": b"" for n in range(40_000)}), "表.xlsx")


def test_a_million_rows_are_not_kept() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 1_000_001))
    content = repacked({PARTS[0]: SHEET.format(rows, "").encode()})
    del rows
    with memory_below(100):
        assert not taken(content, "表.xlsx")
    with memory_below(120):
        assert not taken(("窗口号\n" + "1\n" * 1_000_000).encode())


def test_a_cell_of_megabytes() -> None:
    with memory_below(300):
        taken(("窗口号,名称\n1," + "长" * 5_000_000).encode())


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "wrong.xlsx").write_text("窗口号,名称\n1,综合\n", "utf-8")
    (tmp_path / "good.csv").write_bytes(workbook([["窗口号"], ["1"]]))
    (tmp_path / "link.csv").symlink_to(tmp_path / "wrong.xlsx")
    for name, good in (
        ("folder.xlsx", False), ("dangling.csv", False), ("loop.csv", False), ("nothing", False),
        ("wrong.xlsx", True), ("good.csv", True), ("link.csv", True), ("x" * 400, False), ("nul\0", False),
    ):  # fmt: skip
        assert taken(tmp_path / name, "") is good, name


# --- what a scanner reads --------------------------------------------------------------------------------


@pytest.fixture
def clerk(tmp_path: Path, quick_pins: None) -> Iterator[Actor]:
    place = str(tmp_path / "hall.sqlite3")
    store = halls.create(place, name="大厅", manager="李主任", pin=PIN)
    yield accounts.sign_in(store, "李主任", PIN, "A")
    store.close()


CODES = (
    st.lists(
        st.sampled_from(
            ["HD1*", "HDN1*", "HDKEY1*", "A018", "Z99999", "*", "20200221", "99999999", "9F3C21A0", "407218853316",
             "]Q3", "\x1d", "\r", "\n", "\t", "\x00", "×", "＊", "ＨＤ１", " ", "-", "'", "%", "_", "\\", "tel:010",
             "昨天", "2-30", "0000-0-0", "\ud800", "١٢٣", "²", "K7QMJ", "https://x/?q=", "1" * 200]
        )
        | st.text(max_size=12),
        max_size=8,
    ).map("".join)
    | st.from_regex(r"HD1\*[A-Z][0-9]{3,5}\*[0-9]{8}(\*[0-9A-F]{8})?(\*[0-9A-Z*]{5})?", fullmatch=True)
    | st.from_regex(r"HDN1\*[0-9]{12}(\*[0-9A-Z*]{5})?", fullmatch=True)
)  # fmt: skip


@given(text=CODES)
@MORE
def test_codes(clerk: Actor, text: str) -> None:
    for ask in (
        lambda: finding.search(clerk, text),
        lambda: finding.scanned(clerk, text),
        lambda: finding.is_code(text),
        lambda: ticket_cards.by_code(clerk, text),
        lambda: missing_notices.find(clerk, text),
        lambda: missing_notices.read_code(text),
    ):
        try:
            ask()
        except HallDeskError as error:
            refused_in_words(error)


# --- this PC's settings ----------------------------------------------------------------------------------

TOML = (
    st.lists(
        st.sampled_from(
            ['database = "postgresql://a:b@c/d"', "database = 5", 'language = "xx"', "language = []", "[keys]",
             'call_next = "F6"', 'keys = "x"', "[[keys]]", "[keys.x]", "letter = 'A'", "letter = '\\ud800'",
             "x = 1979-05-27",
             "post = '\\u0000'", "a.b.c = 1", '"" = ""', "[", "=", "\x00", "roll = '80'", "roll = '''\n'''"]
        )
        | st.text(max_size=30),
        max_size=6,
    ).map("\n".join)
)  # fmt: skip


@given(text=TOML, encoding=st.sampled_from(ENCODINGS), **DAMAGE)
@MORE
def test_settings(text: str, encoding: str, how: str, at: int, noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = damaged(text.encode(encoding, "replace"), how, at, noise)
        (Path(folder) / pc.FILE).write_bytes(content)
        found = pc.load(Path(folder))
        assert all(isinstance(name, str) for name in found.ignored)
        chosen, wrong = key_map.checked(found.keys)
        assert set(wrong) <= {f"keys.{name}" for name in found.keys} | set(found.keys) | set(wrong)
        assert set(chosen) <= set(found.keys)
        i18n.use(found.language)
        i18n.use("zh_CN")


# --- addresses -------------------------------------------------------------------------------------------

ADDRESSES = st.lists(
    st.sampled_from(
        ["postgresql://", "postgres://", "127.0.0.1", "[::1", "[::1]", ":", ":1", ":99999", ":x",
         "/", "hall", "@", "a:b@",
         "?", "sslmode=bogus", "sslmode=disable", "options=-c", "&", "=", "%", "%zz", "%00",
         "\x00", " ", "\n", "#", "大厅", "\ud800", "host=/tmp"]
    )
    | st.text(max_size=6),
    max_size=8,
).map("".join)  # fmt: skip


@given(rest=ADDRESSES)
@SOME
def test_a_databases_address(rest: str) -> None:
    # Port 1 of this PC, or nothing at all: no name is asked of any network.
    place = f"postgresql://a:b@127.0.0.1:1/{rest}"
    for ask in (
        lambda: Store.open(place),
        lambda: reaching.try_server(place, patience_s=1),
        lambda: local_hall.fingerprint(place),
        lambda: backup.back_up(place, Path(tempfile.gettempdir()) / "hall-desk-never"),
    ):
        try:
            ask()
        except HallDeskError as error:
            refused_in_words(error)


@pytest.mark.parametrize(
    "place",
    ["postgresql://", "postgresql://[::1/x", "postgresql://127.0.0.1:99999/x", "postgresql://127.0.0.1:x/x",
     "postgresql://127.0.0.1:1/x?sslmode=bogus", "postgresql://127.0.0.1:1/x?bogus=1", "postgresql://127.0.0.1:1/%zz",
     "postgresql://127.0.0.1:1/%00", "postgresql://a:%@127.0.0.1:1/x", "postgres://127.0.0.1:-1/", "postgresql://\x00"],
)  # fmt: skip
def test_addresses_that_are_none(place: str) -> None:
    for ask in (Store.open, reaching.try_server, local_hall.fingerprint):
        try:
            ask(place)
        except HallDeskError as error:
            refused_in_words(error)


@given(fields=st.lists(st.text(max_size=12) | ADDRESSES, min_size=7, max_size=7))
@MORE
def test_what_is_typed_into_the_wizard(fields: list[str]) -> None:
    try:
        made = reaching.address(*fields)
        assert made.url.startswith("postgresql://")
    except HallDeskError as error:
        refused_in_words(error)


# --- files of our own that somebody damaged ----------------------------------------------------------------


HEADS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda of: (
        st.lists(of, max_size=3)
        | st.dictionaries(
            st.sampled_from(["engine", "schema", "made_at", "sealed", "sha256", "size", "salt"]),
            of,
            max_size=7,
        )
    ),
).map(lambda made: json.dumps(made).encode())


@given(head=st.binary(max_size=200) | HEADS, noise=st.binary(max_size=60))
@MORE
def test_backups(head: bytes, noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.backup"
        path.write_bytes(backup.MAGIC + head + b"\n" + noise)
        for ask in (lambda: backup.about(path), lambda: backup.check(path, "a passphrase")):
            try:
                ask()
            except HallDeskError as error:
                refused_in_words(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda of: st.lists(of, max_size=3)
    | st.dictionaries(
        st.sampled_from(["add", "mark", "number", "id", "command", "arguments", "actor", "at", "day", "told", "state",
                         "error", "facts", "version", "place", "hall", "seen_at", "pc_ahead_s", "rows", "ticket"]),
        of, max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    lines=st.lists(JSON | st.binary(max_size=40), max_size=4),
    picture=JSON | st.binary(max_size=60),
    packed=st.booleans(),
)
@settings(MORE, max_examples=120)
def test_the_outbox_on_the_disk(lines: list[Any], picture: Any, packed: bool) -> None:
    """Sealed rightly with nonsense in it, not sealed at all, or with a key that is none."""
    with tempfile.TemporaryDirectory() as folder:
        first = Outbox(Path(folder))
        seal = first._seal.encrypt
        first.close()
        written = [
            line if isinstance(line, bytes) else seal(json.dumps(line).encode()) for line in lines
        ]
        (Path(folder) / WAITING).write_bytes(b"\n".join([*written, b""]))
        content = picture if isinstance(picture, bytes) else json.dumps(picture).encode()
        content = zlib.compress(content) if packed else content
        (Path(folder) / PICTURE).write_bytes(seal(content) if packed else content)
        again = Outbox(Path(folder))
        assert again.records() is not None
        assert again.numbers() is not None
        if (seen := again.picture()) is not None:
            made = local_hall.open_local(seen, "postgresql://a@b/c")
            assert made is None
        again.close()
        (Path(folder) / KEY).write_bytes(content)
        Outbox(Path(folder)).close()


@given(
    seen=st.fixed_dictionaries(
        {"version": st.just(1) | JSON, "place": st.just(local_hall.fingerprint("postgresql://a@b/c"))},
        optional={"hall": st.just("0" * 32) | JSON, "seen_at": st.just("2020-02-21T00:00:00+00:00") | JSON,
                  "pc_ahead_s": st.just(0) | JSON,
                  "rows": st.dictionaries(st.sampled_from(["hall", "ticket", "staff"]), JSON, max_size=3) | JSON},
    )
)  # fmt: skip
@settings(SOME, max_examples=80)
def test_a_picture_of_the_right_hall_with_nonsense_in_it(seen: dict[str, Any]) -> None:
    made = local_hall.open_local(zlib.compress(json.dumps(seen).encode()), "postgresql://a@b/c")
    if made is not None:
        made.close()


# --- what a server says ------------------------------------------------------------------------------------


NOTICED = ["*", ":", "ticket:", "ticket", " ", "0" * 32, "x:y:z", "\x00"]


@given(text=st.text(max_size=60) | st.lists(st.sampled_from(NOTICED), max_size=6).map("".join))
@MORE
def test_notices(text: str) -> None:
    assert isinstance(changes.parse(text), changes.Changed)
