"""A PC that opens tickets until it is killed, telling of each before and after, for tests of what survives."""

from __future__ import annotations

from multiprocessing.connection import Connection
from uuid import UUID

from hall_desk.services import accounts, tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id

TRYING, DONE = b"?", b"!"


def run(
    place: str, name: str, pin: str, matter: UUID, again: UUID | None, told: Connection
) -> None:
    """`again` is the ticket of which the killed PC before never heard what became of it."""
    store = Store.open(place)
    desk = accounts.sign_in(store, name, pin, "A")
    while True:
        key, again = again or new_id(), None
        told.send_bytes(TRYING + key.bytes)
        papers = (NewPaper("身份证"),)
        new = NewTicket(key, matter, "于女士", consent=True, papers=papers, second_allowed=True)
        tickets.open(desk, new)
        told.send_bytes(DONE + key.bytes)
