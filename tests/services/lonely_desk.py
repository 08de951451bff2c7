"""A desk whose server is away opens tickets and says of each, once it is kept, its number; until it is killed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from hall_desk.services import away, tickets
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.store.outbox import Outbox


def main() -> None:
    place, folder, name, pin, matter, now = sys.argv[1:]
    store = away.open_alone(place, Outbox(Path(folder)))
    assert store is not None
    store.freeze(datetime.fromisoformat(now))
    desk = away.sign_in(store, name, pin, "A")
    print("open", flush=True)
    while True:
        asked = NewTicket(
            new_id(), UUID(matter), f"居民{new_id().hex[-6:]}", consent=True,
            papers=(NewPaper("身份证"),),
        )  # fmt: skip
        print(tickets.open(desk, asked).card.number, flush=True)


if __name__ == "__main__":
    main()
