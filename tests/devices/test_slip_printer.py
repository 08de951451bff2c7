"""Slip printers: the bytes they get, what they tell, and that none of them holds the program up."""

from __future__ import annotations

import os
import pty
import re
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hall_desk.devices import escpos, printer_address, printer_lines, printing, slip_printer
from hall_desk.devices.escpos import Picture
from hall_desk.documents.trial import CODE, trial_page
from hall_desk.errors import BadInput, CannotPrint
from tests.devices.slip_printers import (
    COVER_OPEN,
    NO_PAPER,
    Behaviour,
    TcpPrinter,
    codes_in,
    picture_of,
)

NOON = datetime(2020, 2, 21, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _strangers() -> Iterator[None]:
    slip_printer.forget_habits()
    yield
    slip_printer.forget_habits()


def page(roll: str = "80") -> bytes:
    return trial_page(roll, "前台", NOON, hall="太平桥政务服务大厅")


def put(printer: TcpPrinter, pdf: bytes | None = None, roll: str = "80", more: str = "") -> None:
    address = printer_address.parse(printer.address + more)
    printing.put(pdf or page(roll), address, title="x", roll=roll)


def reason(printer: TcpPrinter) -> tuple[str, bool]:
    with pytest.raises(CannotPrint) as refused:
        put(printer)
    return refused.value.reason, bool(refused.value.facts.get("begun"))


@pytest.mark.parametrize(("roll", "dots"), [("58", 384), ("80", 576)])
def test_the_whole_picture_arrives_and_its_code_is_read(roll: str, dots: int) -> None:
    with TcpPrinter() as printer:
        put(printer, roll=roll)
    (job,) = printer.papers()
    picture = picture_of(job)
    assert picture.width == dots
    (shown,) = printing.render_pages(page(roll), printing.ROLL_DPI)
    assert picture.height == shown.image.height()
    assert codes_in(picture) == {CODE}
    # The rule reaches from edge to edge: nothing of what the head reaches is cut off.
    rows = [picture.crop((0, y, dots, y + 1)).histogram()[0] for y in range(picture.height)]
    assert max(rows) >= dots - 8
    assert job.endswith(b"\x1dVB\x00\x1dr\x01")


def test_rare_characters_are_dots_like_all_others() -> None:
    with TcpPrinter() as printer:
        put(printer)
    (shown,) = printing.render_pages(page(), printing.ROLL_DPI)
    picture = picture_of(printer.papers()[0])
    image = shown.image
    alike = [
        (picture.getpixel((x, y)) == 0) == (image.pixelColor(x + 32, y).lightness() < 128)
        for y in range(0, picture.height, 5)
        for x in range(0, picture.width, 3)
    ]
    assert sum(alike) / len(alike) > 0.995


def test_dots_that_spell_a_command_get_one_dot_more() -> None:
    # The cash drawer's pulse, power off, and a question, as dots.
    data = b"\x10\x14\x01\x00\x01\x10\x10\x14\x02\x01\x08\x10\x05\x01\x10\x04"
    (band,) = escpos.bands(Picture(32, 4, data), 24)
    sent = band[8:]
    assert not re.search(rb"\x10[\x04\x05\x14]", sent)
    assert all(a & b == a for a, b in zip(data, sent, strict=True))  # nothing black became white


@pytest.mark.parametrize(("more", "end"), [("?cut=no", b"\x1bd\x05"), ("?cut=full", b"\x1dVA\x00")])
def test_the_end_of_the_paper_is_as_chosen(more: str, end: bytes) -> None:
    with TcpPrinter() as printer:
        put(printer, more=more)
    assert printer.jobs[0].endswith(end + b"\x1dr\x01")


def test_bands_are_as_small_as_the_buffer_wants() -> None:
    with TcpPrinter() as printer:
        put(printer, more="?rows=24")
    heights = [
        int.from_bytes(h, "little")
        for h in re.findall(rb"\x1dv0\x00H\x00(..)", printer.jobs[0], re.DOTALL)
    ]
    assert len(heights) > 20
    assert max(heights) == 24


@pytest.mark.parametrize(("answers", "why"), [(NO_PAPER, "no_paper"), (COVER_OPEN, "cover_open")])
def test_without_paper_or_open_it_gets_nothing(answers: bytes, why: str) -> None:
    with TcpPrinter(Behaviour(answers=answers)) as printer:
        assert reason(printer) == (why, False)
    assert printer.papers() == []


def test_one_that_is_off_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = printer_address.parse(f"escpos+tcp://127.0.0.1:{port}")
    with pytest.raises(CannotPrint) as refused:
        printing.put(page(), address, title="x")
    assert refused.value.reason == "offline"
    assert not refused.value.facts.get("begun")


def test_one_that_stops_reading_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer_lines, "STUCK_S", 0.5)
    with TcpPrinter(Behaviour(stops_reading_after=6000)) as printer:
        # As large as needed to fill what the system holds for both ends.
        wide = Picture(576, 120_000, b"\x00" * 72 * 120_000)
        with pytest.raises(CannotPrint) as refused:
            slip_printer.put(printer_address.parse(printer.address), [wide])
        assert (refused.value.reason, refused.value.facts["begun"]) == ("stuck", True)


def test_a_cable_pulled_in_the_middle_is_told_as_begun() -> None:
    with TcpPrinter(Behaviour(hangs_up_after=9000)) as printer:
        assert reason(printer) == ("cut", True)


def test_one_that_never_answers_has_printed_when_it_took_all() -> None:
    with TcpPrinter(Behaviour(answers=b"")) as printer:
        put(printer)
        put(printer)
    first, second = printer.jobs
    assert escpos.ASK_STATUS in first
    assert escpos.ASK_STATUS not in second  # it was asked once and had nothing to say
    assert codes_in(picture_of(second)) == {CODE}


def test_paper_that_ends_in_the_middle_is_told_as_begun() -> None:
    with TcpPrinter() as printer:

        class Ends(Behaviour):
            asked = 0

            @property
            def answers(self) -> bytes:  # type: ignore[override]
                self.asked += 1
                return b"\x12\x12\x12\x12" if self.asked <= 2 else NO_PAPER

            @answers.setter
            def answers(self, _value: bytes) -> None: ...

        printer.behaviour = Ends(in_turn=False)
        assert reason(printer) == ("no_paper", True)


def test_one_without_answers_in_turn_is_believed_when_it_took_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slip_printer, "IN_TURN_S", 0.1)
    with TcpPrinter(Behaviour(in_turn=False)) as printer:
        put(printer)
        put(printer)
    assert len(printer.papers()) == 2
    assert not printer.jobs[1].endswith(b"\x1dr\x01")


def test_a_sheet_is_too_wide_for_a_roll() -> None:
    with TcpPrinter() as printer:
        for pdf, roll in ((page("a5"), "80"), (page("80"), "58")):
            with pytest.raises(CannotPrint) as refused:
                put(printer, pdf, roll)
            assert refused.value.reason == "too_wide"
    assert printer.papers() == []


@pytest.mark.skipif(os.name != "posix", reason="device files are Linux's")
@pytest.mark.parametrize("kind", ["device", "serial"])
def test_a_device_and_a_serial_port_take_the_same_bytes(kind: str) -> None:
    master, slave = pty.openpty()
    got = bytearray()

    def read() -> None:
        while True:
            try:
                said = os.read(master, 4096)
            except OSError:
                return
            got.extend(said)
            if got.endswith(b"\x10\x04\x04"):
                os.write(master, b"\x12\x12\x12\x12")
            if got.endswith(b"\x1dr\x01"):
                os.write(master, b"\x00")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    address = printer_address.parse(f"escpos+{kind}://{os.ttyname(slave)}")
    printing.put(page(), address, title="x")
    os.close(slave)
    reader.join(5)
    os.close(master)
    assert codes_in(picture_of(bytes(got))) == {CODE}


@pytest.mark.parametrize("kind", ["device", "serial"])
def test_a_device_that_is_not_there_is_offline(kind: str) -> None:
    with pytest.raises(CannotPrint) as refused:
        printing.put(page(), printer_address.parse(f"escpos+{kind}:///dev/no-such-lp"), title="x")
    assert refused.value.reason == "offline"


def test_a_folder_takes_each_paper_as_a_file_of_its_own(tmp_path: Path) -> None:
    address = printer_address.parse(f"folder:{tmp_path}")
    for _turn in range(2):
        printing.put(page(), address, title="回执 A018/1")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2
    assert all(file.read_bytes() == page() and "回执-A018-1" in file.name for file in files)
    with pytest.raises(CannotPrint) as refused:
        printing.put(page(), printer_address.parse(f"folder:{tmp_path}/none"), title="x")
    assert refused.value.reason == "folder"


def test_a_queue_the_system_does_not_know_is_named() -> None:
    with pytest.raises(CannotPrint) as refused:
        printing.put(page(), printer_address.parse("system:没有这台"), title="x")
    assert (refused.value.reason, refused.value.printer) == ("unknown", "没有这台")


def test_pages_and_copies_are_cut_out_of_the_paper() -> None:
    from io import BytesIO

    import pypdf

    writer = pypdf.PdfWriter()
    for width in range(100, 600, 100):
        writer.add_blank_page(width, 842)
    out = BytesIO()
    writer.write(out)
    pdf = out.getvalue()

    def widths(pages: str, copies: int = 1) -> list[int]:
        found = pypdf.PdfReader(BytesIO(printing.only(pdf, pages, copies))).pages
        return [round(float(page.mediabox.width)) for page in found]

    assert widths("") == [100, 200, 300, 400, 500]
    assert widths("2-3，5") == [200, 300, 500]
    assert widths("1", 2) == [100, 100]
    for text, why in (("x", "syntax"), ("0", "range"), ("4-9", "range"), ("3-2", "range")):
        with pytest.raises(BadInput) as refused:
            printing.only(pdf, text)
        assert refused.value.reason == why


@pytest.mark.parametrize(
    "text",
    [
        "", "none", "system:前台小票", "folder:/srv/纸", "escpos+tcp://192.168.10.31:9100", "escpos+tcp://[fe80::1]:9101",
        "escpos+tcp://slips:9100?cut=no&rows=24&status=no", "escpos+device:///dev/usb/lp0", "escpos+serial:COM3",
        "escpos+serial:///dev/ttyUSB0?baud=9600",
    ],
)  # fmt: skip
def test_an_address_reads_as_it_is_written(text: str) -> None:
    assert str(printer_address.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("HP LaserJet", "kind"), ("lpt:1", "kind"), ("system:", "name"), ("folder:", "path"),
        ("escpos+tcp://", "host"), ("escpos+tcp://a b", "host"), ("escpos+tcp://p:0", "port"),
        ("escpos+tcp://p:x", "port"),
        ("escpos+device:lp0", "path"), ("escpos+serial:///dev/ttyS0?baud=7", "baud"),
        ("escpos+tcp://p?cut=maybe", "cut"), ("escpos+tcp://p?rows=9000", "rows"),
        ("escpos+tcp://p?drawer=yes", "option"),
    ],
)  # fmt: skip
def test_a_bad_address_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        printer_address.parse(text)
    assert (refused.value.field, refused.value.reason) == ("printer", why)
