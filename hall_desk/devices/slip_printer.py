"""One paper on a slip printer: asked how it is, sent in bands, and asked whether it has come out.

A printer that answers is asked before anything is sent: without paper or with its cover open it gets nothing. After the
last band it is asked what it answers only in turn (`GS r`), which says that all before was printed; a printer that
answers `DLE EOT` alone has at least taken all in. One that never answers has printed as far as can be known when it
took every byte and hung up in order.

`begun` in CannotPrint is True when something may have come out: then nobody prints it again by himself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hall_desk.devices import escpos, printer_lines
from hall_desk.errors import CannotPrint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall_desk.devices.escpos import Picture
    from hall_desk.devices.printer_address import Address
    from hall_desk.devices.printer_lines import Line

ANSWER_S = 0.4
# A printer that has taken in everything prints 50 mm a second at the least; the longest slip has a metre.
PRINTING_S = 25.0
# How long a whole paper may take beyond what its cable needs.
WHOLE_S = 60.0
# A printer whose real-time answers are good, and that is silent in turn for so long, knows no `GS r`.
IN_TURN_S = 4.0

# What a printer did not answer while the program runs: it is not waited for again.
_never_answers: set[str] = set()
_never_in_turn: set[str] = set()


def forget_habits() -> None:
    """Asks every printer again: one may have been exchanged for another at the same address."""
    _never_answers.clear()
    _never_in_turn.clear()


def put(address: Address, pictures: Iterable[Picture]) -> None:
    """Prints the pictures, each cut off. Raises CannotPrint (see `printer_lines`, `escpos.Status`; also `slow`)."""
    line = printer_lines.connect(address)
    sent_all = begun = False
    try:
        answers = _ready(line, address)
        begun = True
        _send(line, address, pictures)
        if answers:
            _wait_until_printed(line, address)
        sent_all = True
    except CannotPrint as error:
        raise CannotPrint(**{**error.facts, "begun": begun}) from error
    finally:
        _close(line, sent_all=sent_all)


def _close(line: Line, *, sent_all: bool) -> None:
    try:
        line.close(sent_all=sent_all)
    except CannotPrint as error:
        if sent_all:
            raise CannotPrint(**{**error.facts, "begun": True}) from error


def status(address: Address) -> escpos.Status | None:
    """How a printer says it is; None when it does not say. Raises CannotPrint when it is not reached."""
    line = printer_lines.connect(address)
    try:
        return _status(line, ANSWER_S)
    finally:
        line.close(sent_all=False)


def _ready(line: Line, address: Address) -> bool:
    """Whether the printer answers. Raises CannotPrint when it says that it cannot print."""
    name = str(address)
    if not address.status or name in _never_answers:
        return False
    told = _status(line, ANSWER_S)
    if told is None:
        _never_answers.add(name)
        return False
    if told.reason:
        raise CannotPrint(printer=address.place, reason=told.reason)
    return True


def _status(line: Line, timeout_s: float) -> escpos.Status | None:
    line.write(escpos.ASK_STATUS)
    ends, said = time.monotonic() + timeout_s, b""
    while (left := ends - time.monotonic()) > 0:
        said += line.read(left)
        told = escpos.read_status(said)
        if told is not None:
            return told
    return None


def _send(line: Line, address: Address, pictures: Iterable[Picture]) -> None:
    line.write(escpos.begin())
    started = time.monotonic()
    for picture in pictures:
        # Ten bits a byte on a serial cable.
        cable_s = len(picture.data) * 10 / address.baud if address.kind == "serial" else 0.0
        ends = time.monotonic() + WHOLE_S + 2 * cable_s
        for band in escpos.bands(picture, address.rows):
            line.write(band)
            if time.monotonic() > ends:
                raise CannotPrint(
                    printer=address.place, reason="slow", seconds=round(time.monotonic() - started)
                )
        line.write(escpos.end(address.cut))


def _wait_until_printed(line: Line, address: Address) -> None:
    name = str(address)
    if name in _never_in_turn:
        told = _status(line, PRINTING_S)
        if told is None or told.reason:
            raise CannotPrint(printer=address.place, reason=told.reason if told else "stuck")
        return
    line.write(escpos.ASK_WHEN_PRINTED)
    began = time.monotonic()
    while time.monotonic() < began + PRINTING_S:
        if escpos.says_printed(line.read(0.5)):
            return
        line.write(escpos.ASK_STATUS)
        said, told = b"", None
        ends = time.monotonic() + 1.0
        while told is None and time.monotonic() < ends:
            said += line.read(0.25)
            if escpos.says_printed(said):
                return
            told = escpos.read_status(said)
        if told is not None and told.reason:
            raise CannotPrint(printer=address.place, reason=told.reason)
        if told is not None and time.monotonic() > began + IN_TURN_S:
            _never_in_turn.add(name)
            return
    raise CannotPrint(printer=address.place, reason="stuck")
