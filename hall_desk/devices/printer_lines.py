"""The cables to a slip printer: a network connection, a device file, a serial port. Each is one `Line`.

Nothing here waits for ever: connecting, writing and reading have their times. What goes wrong is `CannotPrint` with
`reason` one of `offline`, `busy`, `no_permission`, `stuck` (it takes no more) and `cut` (it went away).
"""

from __future__ import annotations

import errno
import importlib
import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from hall_desk.errors import CannotPrint

if TYPE_CHECKING:
    from hall_desk.devices.printer_address import Address

CONNECT_S = 2.0
# A printer takes at least something in this time, or it never will by itself. A page of graphics takes about a second.
STUCK_S = 10.0
_CLOSING_S = 1.0


class Line(Protocol):
    """One connection to one printer."""

    def write(self, data: bytes) -> None:
        """Sends all of it. Raises CannotPrint (stuck, cut)."""

    def read(self, timeout_s: float) -> bytes:
        """What the printer has said; empty when nothing came in that time. Raises CannotPrint (cut)."""

    def close(self, *, sent_all: bool) -> None:
        """Hangs up. With `sent_all` whatever is still on the way arrives first, else CannotPrint (cut) is raised."""


def connect(address: Address) -> Line:
    """Raises CannotPrint (offline, busy, no_permission)."""
    if address.kind == "tcp":
        return _Network(address)
    if address.kind == "serial":
        return _Serial(address)
    return _Device(address)


@contextmanager
def _told(address: Address, otherwise: str) -> Iterator[None]:
    """Turns what the system says into a reason."""
    try:
        yield
    except OSError as error:
        raise CannotPrint(printer=address.place, reason=_reason(error, otherwise)) from error


def _reason(error: OSError, otherwise: str) -> str:
    if isinstance(error, TimeoutError) and otherwise == "cut":
        return "stuck"
    return {
        errno.EACCES: "no_permission",
        errno.EPERM: "no_permission",
        errno.EBUSY: "busy",
    }.get(error.errno or 0, otherwise)


class _Network:
    def __init__(self, address: Address) -> None:
        self._address = address
        with _told(address, "offline"):
            host = address.place.strip("[]")
            self._socket = socket.create_connection((host, address.port), CONNECT_S)
        self._socket.settimeout(STUCK_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        with _told(self._address, "cut"):
            while rest:
                rest = rest[self._socket.send(rest) :]

    def read(self, timeout_s: float) -> bytes:
        with _told(self._address, "cut"):
            self._socket.settimeout(timeout_s)
            try:
                said = self._socket.recv(256)
            except TimeoutError:
                return b""
            finally:
                self._socket.settimeout(STUCK_S)
        if not said:
            raise CannotPrint(printer=self._address.place, reason="cut")
        return said

    def close(self, *, sent_all: bool) -> None:
        if not sent_all:
            # What still waits in this PC is given up: half a slip that comes later helps nobody.
            with suppress(OSError):
                self._socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
                )
            self._socket.close()
            return
        with _told(self._address, "cut"), self._socket:
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_CLOSING_S)
            with suppress(
                TimeoutError
            ):  # some printers keep their end open; all has arrived all the same
                while self._socket.recv(256):
                    pass


class _Device:
    """A device file of Linux; also a serial one, which is set to take the bytes as they are."""

    def __init__(self, address: Address) -> None:
        self._address = address
        with _told(address, "offline"):
            flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
            try:
                self._file = os.open(address.place, os.O_RDWR | flags)
                self._answers = True
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EINVAL, errno.ENXIO):
                    raise
                self._file = os.open(address.place, os.O_WRONLY | flags)
                self._answers = False
        if os.isatty(self._file):
            with _told(address, "offline"):
                _take_as_it_is(self._file)

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        with _told(self._address, "cut"):
            while rest:
                _in, ready, _bad = select.select([], [self._file], [], STUCK_S)
                if not ready:
                    raise TimeoutError
                with suppress(BlockingIOError):
                    rest = rest[os.write(self._file, rest) :]

    def read(self, timeout_s: float) -> bytes:
        if not self._answers:
            return b""
        with _told(self._address, "cut"):
            ready, _out, _bad = select.select([self._file], [], [], timeout_s)
            if not ready:
                return b""
            with suppress(BlockingIOError):
                return os.read(self._file, 256)
        return b""

    def close(self, *, sent_all: bool) -> None:
        with _told(self._address, "cut"):
            try:
                if os.isatty(self._file):
                    _drain(self._file, sent_all=sent_all)
            finally:
                os.close(self._file)


def _take_as_it_is(file: int) -> None:
    tty: Any = importlib.import_module("tty")  # there is none on Windows
    with suppress(tty.error if hasattr(tty, "error") else OSError):
        tty.setraw(file)


def _drain(file: int, *, sent_all: bool) -> None:
    import fcntl
    import struct
    import termios

    if not sent_all:
        termios.tcflush(file, termios.TCOFLUSH)
        return
    ends = time.monotonic() + STUCK_S
    # tcdrain has no timeout: a printer that holds the line up would hold the program up.
    while struct.unpack("i", fcntl.ioctl(file, termios.TIOCOUTQ, b"\x00" * 4))[0]:
        if time.monotonic() > ends:
            termios.tcflush(file, termios.TCOFLUSH)
            raise TimeoutError
        time.sleep(0.01)


class _Serial:
    def __init__(self, address: Address) -> None:
        import serial

        self._address = address
        self._errors = (serial.SerialException, OSError)
        try:
            # Exclusive: two programs that write at the same time would mix their papers.
            self._port = serial.Serial(
                address.place, address.baud, timeout=0, write_timeout=STUCK_S,
                exclusive=True if os.name == "posix" else None,
            )  # fmt: skip
        except self._errors as error:
            known = getattr(error, "errno", None)
            reason = {
                errno.EACCES: "no_permission",
                errno.EBUSY: "busy",
                errno.EAGAIN: "busy",
            }.get(known or 0, "offline")
            raise CannotPrint(printer=address.place, reason=reason) from error
        except ValueError as error:  # a port that does not know this speed
            raise CannotPrint(printer=address.place, reason="refused") from error

    def write(self, data: bytes) -> None:
        import serial

        # A kilobyte at a time: the write timeout is for each.
        for start in range(0, len(data), 1024):
            try:
                self._port.write(data[start : start + 1024])
            except serial.SerialTimeoutException as error:
                raise CannotPrint(printer=self._address.place, reason="stuck") from error
            except self._errors as error:
                raise CannotPrint(printer=self._address.place, reason="cut") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            self._port.timeout = timeout_s
            said = bytes(self._port.read(1))
            return said + bytes(self._port.read(self._port.in_waiting)) if said else b""
        except self._errors as error:
            raise CannotPrint(printer=self._address.place, reason="cut") from error

    def close(self, *, sent_all: bool) -> None:
        try:
            if sent_all:
                ends = time.monotonic() + STUCK_S
                while self._port.out_waiting:
                    if time.monotonic() > ends:
                        raise CannotPrint(printer=self._address.place, reason="stuck")
                    time.sleep(0.01)
            else:
                self._port.reset_output_buffer()
        except self._errors as error:
            raise CannotPrint(printer=self._address.place, reason="cut") from error
        finally:
            with suppress(*self._errors):
                self._port.close()
