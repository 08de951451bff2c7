"""How a printer of this PC is written in its settings, and what each kind needs to be known.

    system:Front desk                         a printer of the operating system, by its name
    escpos+tcp://192.168.10.31:9100           a slip printer in the network (port 9100 where none is given)
    escpos+device:///dev/usb/lp0              a slip printer at a USB cable, by its device file (Linux)
    escpos+serial:///dev/ttyUSB0?baud=19200   a slip printer at a serial cable; escpos+serial:COM3 on Windows
    folder:/srv/papers                        a folder that takes each paper as a PDF
    none                                      no printer, as a choice; empty: nobody has chosen yet

ESC/POS printers take `cut=no` (no knife: the paper is fed to the tearing edge), `cut=full`, `rows=24` (the most rows
of dots sent at once, for printers with a small buffer) and `status=no` (never ask how it is).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from hall_desk.errors import BadInput

Kind = Literal["unset", "none", "system", "tcp", "device", "serial", "folder"]
Cut = Literal["partial", "full", "no"]

PORT = 9100
BAUD = 19_200
BAUDS = (1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200)
ROWS = 128
LEAST_ROWS, MOST_ROWS = 24, 256
NONE = "none"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+(?:%\w+)?\]")


@dataclass(frozen=True)
class Address:
    """One printer. `place` is a queue's name, a host, a device file, a port's name or a folder."""

    kind: Kind
    place: str = ""
    port: int = PORT
    baud: int = BAUD
    cut: Cut = "partial"
    rows: int = ROWS
    status: bool = True

    @property
    def is_escpos(self) -> bool:
        return self.kind in ("tcp", "device", "serial")

    @property
    def prints(self) -> bool:
        """Whether anything is printed at all."""
        return self.kind not in ("unset", "none")

    def __str__(self) -> str:
        """The address as it stands in the settings; what is usual is left out."""
        options: dict[str, str] = {}
        if self.kind == "serial" and self.baud != BAUD:
            options["baud"] = str(self.baud)
        if self.cut != "partial":
            options["cut"] = self.cut
        if self.rows != ROWS:
            options["rows"] = str(self.rows)
        if not self.status:
            options["status"] = "no"
        query = f"?{urlencode(options)}" if options else ""
        match self.kind:
            case "unset":
                return ""
            case "none":
                return NONE
            case "system" | "folder":
                return f"{self.kind}:{self.place}"
            case "tcp":
                return f"escpos+tcp://{self.place}:{self.port}{query}"
        slashes = "//" if self.place.startswith("/") else ""
        return f"escpos+{self.kind}:{slashes}{self.place}{query}"


def parse(text: str) -> Address:
    """The printer meant by an entry of the settings.

    Raises BadInput `printer`: kind, host, port, path, baud, cut, rows, option or name.
    """
    text = text.strip()
    if not text:
        return Address("unset")
    if text.lower() == NONE:
        return Address("none")
    scheme, colon, rest = text.partition(":")
    if not colon:
        raise BadInput("printer", "kind")
    match scheme.lower():
        case "system":
            return Address("system", _needed(rest.strip(), "name"))
        case "folder":
            return Address("folder", _needed(rest.strip(), "path"))
        case "escpos+tcp":
            return _network(rest)
        case "escpos+device":
            path, options = _split(rest)
            if not path.startswith("/") or path == "/":
                raise BadInput("printer", "path")
            return _with(Address("device", path), options)
        case "escpos+serial":
            path, options = _split(rest)
            return _with(Address("serial", _needed(path, "path")), options)
    raise BadInput("printer", "kind")


def typed_host(text: str) -> Address:
    """A slip printer in the network as a person types it: `192.168.10.31`, with `:9100` or without."""
    return parse(text if ":" in text and "+" in text else f"escpos+tcp://{text.strip()}")


def _needed(text: str, reason: str) -> str:
    if not text:
        raise BadInput("printer", reason)
    return text


def _split(rest: str) -> tuple[str, dict[str, str]]:
    path, _mark, query = rest.partition("?")
    return path.removeprefix("//"), dict(parse_qsl(query, keep_blank_values=True))


def _network(rest: str) -> Address:
    place, options = _split(rest)
    place = place.rstrip("/")
    host, port = place, str(PORT)
    if (not place.endswith("]") and place.count(":") == 1) or "]:" in place:
        host, _colon, port = place.rpartition(":")
    if _HOST.fullmatch(host) is None:
        raise BadInput("printer", "host")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise BadInput("printer", "port")
    return _with(Address("tcp", host, int(port)), options)


def _with(address: Address, options: dict[str, str]) -> Address:
    baud, cut, rows = BAUD, "partial", ROWS
    for name, value in options.items():
        if name == "baud" and address.kind == "serial":
            baud = _number(value, "baud")
            if baud not in BAUDS:
                raise BadInput("printer", "baud", choices=", ".join(map(str, BAUDS)))
        elif name == "cut":
            if value not in ("partial", "full", "no"):
                raise BadInput("printer", "cut")
            cut = value
        elif name == "rows":
            rows = _number(value, "rows")
            if not LEAST_ROWS <= rows <= MOST_ROWS:
                raise BadInput("printer", "rows", least=LEAST_ROWS, most=MOST_ROWS)
        elif name != "status" or value not in ("yes", "no"):
            raise BadInput("printer", "option", name=name)
    status = options.get("status", "yes") == "yes"
    return Address(address.kind, address.place, address.port, baud, cut, rows, status)  # type: ignore[arg-type]


def _number(value: str, reason: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 7):
        raise BadInput("printer", reason)
    return int(value)
