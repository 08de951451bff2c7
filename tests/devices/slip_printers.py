"""A slip printer on this PC's loopback: real bytes over a real connection, and the picture they make."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageOps

READY = b"\x12\x12\x12\x12"
NO_PAPER = b"\x1a\x32\x12\x72"
COVER_OPEN = b"\x1a\x16\x12\x12"


@dataclass
class Behaviour:
    """What the printer does: `answers` to DLE EOT (empty: never), and after how many bytes something happens."""

    answers: bytes = READY
    in_turn: bool = True
    stops_reading_after: int = -1
    hangs_up_after: int = -1


class TcpPrinter:
    """Takes one job per connection; `jobs` holds the bytes of each."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.jobs: list[bytes] = []
        self.got = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = self._server.getsockname()[1]
        self._let_go = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"escpos+tcp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._let_go.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def __enter__(self) -> TcpPrinter:
        return self

    def __exit__(self, *_what: object) -> None:
        self.close()

    def papers(self) -> list[bytes]:
        """The jobs that held a picture."""
        return [job for job in self.jobs if b"\x1dv0" in job]

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self._server.accept()
            except OSError:
                return
            with connection:
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        data = b""
        behaviour = self.behaviour
        while True:
            if 0 <= behaviour.hangs_up_after <= len(data):
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                break
            if 0 <= behaviour.stops_reading_after <= len(data):
                self._let_go.wait(20)
                break
            try:
                said = connection.recv(4096)
            except OSError:
                break
            if not said:
                break
            data += said
            with contextlib.suppress(OSError):
                if behaviour.answers and data.endswith(b"\x10\x04\x04"):
                    connection.sendall(behaviour.answers)
                if behaviour.in_turn and behaviour.answers and data.endswith(b"\x1dr\x01"):
                    connection.sendall(b"\x00")
        with self.got:
            self.jobs.append(data)
            self.got.notify_all()


def picture_of(job: bytes) -> Image.Image:
    """What the bytes of a job put on the paper, in grey. Everything that is no picture must be known."""
    rows = b""
    wide = 0
    at = 0
    known = (
        b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04", b"\x1b@", b"\x1da\x00",
        b"\x1dVB\x00", b"\x1dVA\x00", b"\x1bd\x05", b"\x1dr\x01",
    )  # fmt: skip
    while at < len(job):
        if job.startswith(b"\x1dv0\x00", at):
            width, height = struct.unpack_from("<HH", job, at + 4)
            at += 8
            data = job[at : at + width * height]
            assert len(data) == width * height
            rows, wide = rows + data, width
            at += width * height
            continue
        command = next((one for one in known if job.startswith(one, at)), None)
        assert command is not None, job[at : at + 12]
        at += len(command)
    dots = Image.frombytes("1", (wide * 8, len(rows) // wide), rows)
    return ImageOps.invert(dots.convert("L"))  # in the printer's language 1 is black


def codes_in(picture: Image.Image) -> set[str]:
    """The texts of the QR codes on a picture."""
    white = ImageOps.expand(picture, 24, fill=255)
    return {found.text for found in zxingcpp.read_barcodes(white)}
