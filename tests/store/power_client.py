"""A PC with its hall in a file, that opens tickets until the power is cut, and tells how far its disk was asked to be.

For each ticket it tells, after the commit: the ticket's key, and which file of the write-ahead log (its salt) and how
many bytes of it were forced to the disk by that commit.
"""

from __future__ import annotations

import struct
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

from hall_desk.services import accounts, tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id

TOLD = struct.Struct(">16s8sQ")
WAL_HEAD, FRAME_HEAD = 32, 24


def run(place: str, name: str, pin: str, matter: UUID, told: Connection) -> None:
    store = Store.open(place)
    desk = accounts.sign_in(store, name, pin, "A")
    while True:
        papers = (NewPaper("身份证"),)
        new = NewTicket(
            new_id(), matter, "于女士", consent=True, papers=papers, second_allowed=True
        )
        tickets.open(desk, new)
        told.send_bytes(TOLD.pack(new.id.bytes, *_on_disk(place)))


def _on_disk(place: str) -> tuple[bytes, int]:
    """The salt of the log, and the end of its last committed page (https://www.sqlite.org/walformat.html)."""
    index = Path(f"{place}-shm").read_bytes()[:48]
    page, last = struct.unpack_from("=H", index, 14)[0], struct.unpack_from("=I", index, 16)[0]
    with Path(f"{place}-wal").open("rb") as file:
        salt = file.read(WAL_HEAD)[16:24]
    return salt, WAL_HEAD + last * (FRAME_HEAD + (page if page != 1 else 65536))
