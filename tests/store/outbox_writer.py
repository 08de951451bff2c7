"""A program that fills an outbox and says of each record, once it is kept, that it is; until it is killed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hall_desk.store.outbox import Outbox, Record


def record(number: int) -> Record:
    at = datetime(2020, 2, 21, 2, 3, tzinfo=UTC)
    return Record(
        id=UUID(int=number),
        command="screening.record",
        arguments={"new": {"id": UUID(int=number).hex, "temperature": "36.5", "name": "孙秀英"}},
        actor={"letter": "A", "name": "陈"},
        at=at,
        day=at.date(),
        told=(("ticket.opened", {"number": f"A{number:03d}"}),),
    )


def main() -> None:
    outbox = Outbox(Path(sys.argv[1]))
    first = len(outbox.records())
    print("open", flush=True)
    for number in range(first, first + 100_000):
        outbox.add(record(number))
        if number % 3 == 0:
            outbox.mark(UUID(int=number), "refused", "NotFound", {"kind": "check"})
        if number % 40 == 39:
            outbox.save_picture(b"as it was seen")
        print(number, flush=True)


if __name__ == "__main__":
    main()
