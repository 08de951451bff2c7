"""A thermometer on a serial line, played by the other end of a pseudo terminal."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from hall_desk.devices import thermometer as devices
from hall_desk.devices.instruments import Temperature
from hall_desk.devices.thermometer import Source, Thermometer, read_source
from hall_desk.devices.thermometer_lines import MOST_BYTES, Heard, LinePattern, Lines
from hall_desk.errors import BadInput

pytest.importorskip("termios", reason="pseudo terminals are POSIX")


class Device:
    """The device's side; `path` is where its port lies, also after it was plugged in again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.master = -1

    def plug_in(self) -> None:
        import tty

        self.master, slave = os.openpty()
        tty.setraw(slave)
        name = os.ttyname(slave)
        os.close(slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(name)

    def pull_out(self) -> None:
        os.close(self.master)
        self.master = -1
        self.path.unlink()

    def send(self, data: bytes | str) -> None:
        os.write(self.master, data.encode() if isinstance(data, str) else data)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = Device(tmp_path / "ttyUSB0")
    yield made
    if made.master >= 0:
        os.close(made.master)


@pytest.fixture
def thermometer(qtbot: QtBot, device: Device) -> Iterator[Thermometer]:
    made = Thermometer(again_s=0.02, pause_s=0.3)
    made.use(f"serial:{device.path}?baud=9600")
    yield made
    made.stop()
    assert not [t for t in threading.enumerate() if t.name == "hall-desk-thermometer"]


@pytest.fixture
def read(thermometer: Thermometer) -> list[str]:
    """What was read so far, in words."""
    said: list[str] = []
    thermometer.read.connect(lambda reading: said.append(str(reading)))
    return said


@pytest.fixture
def ready(qtbot: QtBot, thermometer: Thermometer, device: Device) -> Thermometer:
    device.plug_in()
    thermometer.start()
    qtbot.waitUntil(lambda: thermometer.state == "ready")
    return thermometer


# --- lines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "tenths"),
    [
        ("36.5", 365),
        ("T=36.5C", 365),
        ("+036.5", 365),
        ("BODY: 36.5 °C", 365),
        ("体温：36.5℃", 365),
        ("36,5", 365),
        ("36.55", 366),
        ("36.54", 365),
        ("97.7F", 365),
        ("T 100.4 °F", 380),
        ("99.1℉", 373),
        ("ID 0017 T=37.3 C 09:31:02", 373),
        ("36", None),
        ("365", None),
        ("2020.02", None),
        ("1.36.5", None),
        ("Lo", None),
        ("T=--.-C", None),
        ("99.9", None),
        ("-36.5", None),
        ("", None),
    ],
)
def test_the_usual_lines_are_understood(line: str, tenths: int | None) -> None:
    assert LinePattern().read(line) == tenths


def test_a_pattern_of_ones_own_says_where_the_degrees_are() -> None:
    assert LinePattern(r"AMB=[\d.]+ OBJ=(\d+\.\d)").read("AMB=22.1 OBJ=36.6") == 366
    assert LinePattern(r"(?<unit>[CF]);(?<value>\d+)").read("F;98") == 367
    assert LinePattern(r"T(\d\d\.\d)", unit="F").read("T98.6") == 370
    assert LinePattern(r"T(\w+)").read("Tnan Tinf") is None
    assert LinePattern(r"T(\w+)").read("TInfinity") is None
    assert LinePattern(r"T(３[\d.]+)").read("T３6.5") == 365


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "not_a_pattern"),
        (r"T=(\d+", "not_a_pattern"),
        (r"*(\d)", "not_a_pattern"),
        (r"(*LIMIT_MATCH=4000000000)(\d+)+x", "not_a_pattern"),
        (r"T=\d+", "no_group"),
        (r"(?:\d+)", "no_group"),
        (r"(a+)+$", "too_slow"),
        (r"(\s*\s*)*$", "too_slow"),
        (r"(\d)" * 60, "too_long"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_at_once(pattern: str, reason: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadInput) as refused:
        LinePattern(pattern)
    assert (refused.value.field, refused.value.reason) == ("thermometer_pattern", reason)
    assert time.perf_counter() - begun < 0.5


@given(st.text(st.sampled_from(r"()[]{}+*?|\d.^$a1s=<>:!-,x"), max_size=40), st.text(max_size=80))
def test_no_pattern_hangs(pattern: str, line: str) -> None:
    begun = time.perf_counter()
    try:
        made = LinePattern(pattern)
    except BadInput:
        return
    made.read(line)
    made.read("1" * 80)
    assert time.perf_counter() - begun < 0.5


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_whatever_comes_lines_stay_short_and_are_text(chunks: list[bytes]) -> None:
    lines, pattern = Lines(), LinePattern()
    for chunk in chunks:
        for line in [*lines.feed(chunk), *lines.end()]:
            assert line.isprintable() or not line.isascii()
            assert len(line.encode()) <= 4 * MOST_BYTES
            pattern.read(line)


@given(st.binary(max_size=100).filter(lambda data: not set(data) & {0, 3, 4, 10, 13}))
def test_after_garbage_the_next_line_is_read(garbage: bytes) -> None:
    lines = Lines()
    assert lines.feed(garbage + b"\r\n36.5\r\n")[-1] == "36.5"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03"])
def test_every_line_end_is_one(end: bytes) -> None:
    assert Lines().feed(b"36.5" + end + b"\x0236.6" + end) == ["36.5", "36.6"]


def test_old_chinese_bytes_are_text() -> None:
    assert Lines().feed("体温 36.5 ℃\n".encode("gb18030")) == ["体温 36.5 ℃"]
    assert LinePattern().read(Lines().feed(b"BODY: 97.7 \xb0F\n")[0]) == 365


# --- where it is -----------------------------------------------------------------------------------------


def test_a_source_is_read_from_one_setting() -> None:
    assert read_source("") is None
    assert read_source("serial:/dev/ttyUSB0") == Source("/dev/ttyUSB0")
    assert read_source(" serial:COM3?baud=4800&unit=f ") == Source("COM3", 4800, unit="F")
    assert read_source("SERIAL:/dev/x?bits=7&parity=e&stopbits=2") == Source(
        "/dev/x", 9600, 7, "E", 2
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/dev/ttyUSB0", "address"),
        ("serial:", "address"),
        ("serial:?baud=9600", "address"),
        ("tcp:1.2.3.4", "address"),
        ("serial:/dev/x\x00y", "address"),
        ("serial:COM3?baud=12", "baud"),
        ("serial:COM3?baud=", "baud"),
        ("serial:COM3?speed=9600", "option"),
        ("serial:COM3?parity=X", "option"),
        ("serial:COM3?unit=K", "option"),
    ],
)
def test_a_source_that_cannot_be_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_source(text)
    assert (refused.value.field, refused.value.reason) == ("thermometer", reason)


def test_a_bad_setting_leaves_the_thermometer_as_it_was(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    for address, pattern in (("nonsense", ""), (f"serial:{device.path}", "(")):
        with pytest.raises(BadInput):
            ready.use(address, pattern)
    device.send("36.5\r\n")
    qtbot.waitUntil(lambda: read == ["36.5"])


def test_the_ports_of_this_pc_are_names() -> None:
    assert all(isinstance(port, str) for port in devices.ports())


# --- on the line -------------------------------------------------------------------------------------------


def test_what_is_measured_is_told(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    heard: list[Heard] = []
    ready.heard.connect(heard.append)
    device.send("HELLO\r\nBODY: 36.5 °C\r\n")
    qtbot.waitUntil(lambda: read == ["36.5"])
    assert heard == [Heard("HELLO", None), Heard("BODY: 36.5 °C", 365)]


def test_slow_bytes_are_one_line(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    for byte in b"T=36.5C\r":
        device.send(bytes([byte]))
        qtbot.wait(15)
    qtbot.waitUntil(lambda: read == ["36.5"])


def test_a_device_that_ends_no_line_is_read_when_it_pauses(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    device.send("36.5")
    qtbot.waitUntil(lambda: read == ["36.5"])
    device.send("36.6")
    qtbot.waitUntil(lambda: read == ["36.5", "36.6"])


def test_two_readings_in_a_second_are_both_told_in_order(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    device.send("38.2\r\n36.4\r\n")
    qtbot.waitUntil(lambda: read == ["38.2", "36.4"])


def test_garbage_and_bursts_do_not_flood_the_program(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    heard: list[Heard] = []
    ready.heard.connect(heard.append)
    begun = time.monotonic()
    for _burst in range(50):
        device.send(os.urandom(200).replace(b"\n", b"x") + b"\n" + b"36.5\n" * 30)
        qtbot.wait(1)
    qtbot.waitUntil(lambda: "36.5" in read)
    seconds = int(time.monotonic() - begun) + 2
    assert len(heard) <= seconds * devices.MOST_LINES_A_SECOND


def test_it_is_found_again_when_it_was_pulled_out_and_plugged_in(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    for turn in range(3):
        device.send("36.5\r\n")
        qtbot.waitUntil(lambda turn=turn: len(read) == turn + 1)  # type: ignore[misc]
        device.send("36.")  # pulled out in the middle of a line
        device.pull_out()
        qtbot.waitUntil(lambda: ready.state == "away")
        device.plug_in()
        qtbot.waitUntil(lambda: ready.state == "ready")
    device.send("5\r\n37.0\r\n")
    qtbot.waitUntil(lambda: read[-1] == "37.0")
    assert read == ["36.5", "36.5", "36.5", "37.0"]


def test_one_that_is_not_there_is_waited_for_without_a_word(
    qtbot: QtBot,
    thermometer: Thermometer,
    device: Device,
    read: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    thermometer.start()
    assert thermometer.state == "away"
    device.plug_in()
    qtbot.waitUntil(lambda: thermometer.state == "ready")
    device.send("36.5\n")
    qtbot.waitUntil(lambda: read == ["36.5"])
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]
    assert "36.5" not in caplog.text


def test_a_file_or_a_folder_is_no_port(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("36.5\n")
    for path in (tmp_path, tmp_path / "file"):
        thermometer = Thermometer(again_s=0.01)
        told: list[object] = []
        thermometer.read.connect(told.append)
        thermometer.use(f"serial:{path}")
        thermometer.start()
        qtbot.wait(60)
        assert (thermometer.state, told) == ("away", [])
        thermometer.stop()


def test_stopping_is_quick_and_nothing_is_told_afterwards(
    qtbot: QtBot, ready: Thermometer, device: Device, read: list[str]
) -> None:
    device.send("36.5\r\n")
    begun = time.monotonic()
    ready.stop()
    assert time.monotonic() - begun < 0.4
    qtbot.wait(50)
    assert read == []
    assert ready.state == "off"
    ready.start()
    qtbot.waitUntil(lambda: ready.state == "ready")


def test_without_a_setting_there_is_none(qtbot: QtBot) -> None:
    thermometer = Thermometer()
    thermometer.use("")
    thermometer.start()
    assert thermometer.state == "off"
    thermometer.stop()


def test_a_reading_is_written_as_it_is_typed() -> None:
    assert [str(Temperature(tenths)) for tenths in (365, 370, 401)] == ["36.5", "37.0", "40.1"]
