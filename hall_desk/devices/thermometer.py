"""A thermometer on a serial line (a real port, or one on USB or Bluetooth): found again whenever it is plugged in.

One thread waits for bytes; nothing here ever blocks the UI thread. What was measured is told, and kept nowhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import serial
from PySide6.QtCore import Qt, Signal, Slot

from hall_desk.devices.instruments import Instrument, Temperature
from hall_desk.devices.thermometer_lines import Heard, LinePattern, Lines
from hall_desk.errors import BadInput

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_log = logging.getLogger(__name__)

SCHEME = "serial:"
RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
AGAIN_S = 1.0  # between two looks for a port that is not there
PAUSE_S = 1.0  # after which a line without an end has ended
STOPS_WITHIN_S = 0.5
MOST_LINES_A_SECOND = 20
_WAIT_S = 0.2
_CHUNK = 1024

_PARITIES = {"N": serial.PARITY_NONE, "E": serial.PARITY_EVEN, "O": serial.PARITY_ODD}


@dataclass(frozen=True)
class Source:
    """Where a thermometer is, and how it speaks: `serial:/dev/ttyUSB0?baud=9600`, `serial:COM3?baud=4800&unit=F`."""

    port: str
    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop_bits: int = 1
    unit: str = "C"


def read_source(text: str) -> Source | None:
    """The source a setting names; None for an empty one. Raises BadInput `thermometer` (address, baud, option)."""
    address = text.strip()
    if not address:
        return None
    if not address.lower().startswith(SCHEME):
        raise BadInput("thermometer", "address")
    port, _mark, query = address[len(SCHEME) :].partition("?")
    port = port.strip()
    if not port or not port.isprintable():
        raise BadInput("thermometer", "address")
    given = {
        name.lower(): value.upper() for name, value in parse_qsl(query, keep_blank_values=True)
    }
    if given.keys() - {"baud", "bits", "parity", "stopbits", "unit"}:
        raise BadInput("thermometer", "option")
    baud = given.get("baud", "9600")
    if baud not in map(str, RATES):
        raise BadInput("thermometer", "baud")
    bits, parity = given.get("bits", "8"), given.get("parity", "N")
    stop_bits, unit = given.get("stopbits", "1"), given.get("unit", "C")
    if (
        bits not in ("7", "8")
        or parity not in _PARITIES
        or stop_bits not in ("1", "2")
        or unit not in ("C", "F")
    ):
        raise BadInput("thermometer", "option")
    return Source(port, int(baud), int(bits), parity, int(stop_bits), unit)


def ports() -> list[str]:
    """The serial ports this PC has now, by the names that open them. It asks the system: not for the UI thread."""
    from serial.tools import list_ports

    return sorted(port.device for port in list_ports.comports())


class Thermometer(Instrument):
    """The thermometer of this PC.

    Signals, besides those of every instrument:
        heard: a `Heard` for every line, understood or not: for whoever sets the device up.
    """

    heard = Signal(object)
    _arrived = Signal(object, object)
    _became = Signal(object, str)

    def __init__(
        self, parent: QObject | None = None, *, again_s: float = AGAIN_S, pause_s: float = PAUSE_S
    ) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._pattern: LinePattern | None = None
        self._waits = (again_s, pause_s)
        self._started = False
        self._worker: _Worker | None = None
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._became.connect(self._take_state, Qt.ConnectionType.QueuedConnection)

    def use(self, address: str, pattern: str = "") -> None:
        """Listens to another port, or by another pattern; to none where `address` is empty.

        Raises what `read_source` and `LinePattern` raise, and goes on as before then.
        """
        source = read_source(address)
        made = LinePattern(pattern, source.unit if source else "C")
        self._end()
        self._source, self._pattern = source, made
        if self._started:
            self._begin()

    def start(self) -> None:
        self._started = True
        if self._worker is None:
            self._begin()

    def stop(self) -> None:
        self._started = False
        self._end()

    def _begin(self) -> None:
        if self._source is None or self._pattern is None:
            return
        self._become("away")
        self._worker = _Worker(self._source, self._pattern, self._waits, self._say, self._say_state)
        self._worker.start()

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
        self._become("off")

    # --- from the worker's thread, and on the UI thread -----------------------------------------------

    def _say(self, worker: _Worker, heard: Heard) -> None:
        self._arrived.emit(worker, heard)

    def _say_state(self, worker: _Worker, state: str) -> None:
        self._became.emit(worker, state)

    @Slot(object, object)
    def _take(self, worker: _Worker, heard: Heard) -> None:
        if worker is not self._worker:
            return
        self.heard.emit(heard)
        if heard.tenths is not None:
            self.read.emit(Temperature(heard.tenths))

    @Slot(object, str)
    def _take_state(self, worker: _Worker, state: str) -> None:
        if worker is self._worker:
            self._become(state)


class _Worker(threading.Thread):
    """Opens the port, reads lines, and begins again when the device went away."""

    def __init__(
        self,
        source: Source,
        pattern: LinePattern,
        waits: tuple[float, float],
        say: Callable[[_Worker, Heard], None],
        say_state: Callable[[_Worker, str], None],
    ) -> None:
        super().__init__(name="hall-desk-thermometer", daemon=True)
        self._source = source
        self._pattern = pattern
        self._again_s, self._pause_s = waits
        self._say = say
        self._say_state = say_state
        self._stopping = threading.Event()
        self._port: serial.Serial | None = None
        self._second = 0
        self._lines_in_second = 0

    def stop(self) -> None:
        """Ends the thread, and waits only a moment for it: a port may hang in the middle of opening."""
        self._stopping.set()
        port = self._port
        if port is not None:
            try:
                port.cancel_read()
            except (OSError, AttributeError, TypeError):
                _log.debug("the thermometer's port was closed already")
        self.join(STOPS_WITHIN_S)

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._try_port()
                self._stopping.wait(self._again_s)
        except RuntimeError:
            # Qt's side of the signals went away with the window.
            _log.debug("nobody listens to the thermometer any more")

    def _try_port(self) -> None:
        source = self._source
        try:
            with serial.Serial(
                source.port,
                source.baud,
                bytesize=source.bits,
                parity=_PARITIES[source.parity],
                stopbits=source.stop_bits,
                timeout=_WAIT_S,
                exclusive=True,
            ) as port:
                self._port = port
                self._say_state(self, "ready")
                self._listen(port)
        except (OSError, ValueError, TypeError) as error:
            # Not there, not ours to open, or pulled out in the middle of reading (pyserial then has no file any more).
            _log.debug("no thermometer: %s", type(error).__name__)
        finally:
            self._port = None
        if not self._stopping.is_set():
            self._say_state(self, "away")

    def _listen(self, port: serial.Serial) -> None:
        lines, last = Lines(), time.monotonic()
        while not self._stopping.is_set():
            data = port.read(1)
            now = time.monotonic()
            if data:
                data += port.read(min(port.in_waiting, _CHUNK))
                last = now
                self._tell(lines.feed(data), now)
            elif now - last >= self._pause_s:
                self._tell(lines.end(), now)

    def _tell(self, lines: list[str], now: float) -> None:
        for line in lines:
            if int(now) != self._second:
                self._second, self._lines_in_second = int(now), 0
            self._lines_in_second += 1
            if self._lines_in_second > MOST_LINES_A_SECOND:
                continue  # no person is measured so often: a wrong speed, or another device
            self._say(self, Heard(line, self._pattern.read(line)))
