"""A PC whose clock is wrong by some hours, as a process of its own: opens and claims a ticket, and tells its times."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from typing import Any

real_time, real_datetime = time.time, dt.datetime
shift_s = float(sys.argv[1]) * 3600


class _Kind(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, real_datetime)


class Shifted(real_datetime, metaclass=_Kind):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return real_datetime.fromtimestamp(time.time(), tz)


time.time = lambda: real_time() + shift_s
time.time_ns = lambda: int(time.time() * 1e9)
dt.datetime = Shifted  # type: ignore[misc]


def main(place: str, matter: str, pin: str) -> None:
    from uuid import UUID

    from hall_desk.services import accounts, tickets
    from hall_desk.store.database import Store
    from hall_desk.store.ids import new_id

    store = Store.open(place)
    desk = accounts.sign_in(store, "陈晓", pin, "A")
    new = tickets.NewTicket(new_id(), UUID(matter), "于女士", consent=True, second_allowed=True)
    view = tickets.open(desk, new)
    print(
        json.dumps(
            {
                "pc": Shifted.now(dt.UTC).isoformat(),
                "number": view.card.number,
                "opened_at": view.card.opened_at.isoformat(),
                "today": store.today().isoformat(),
                "estimated": store.estimated_now().isoformat(),
                "ahead_s": store.pc_ahead.total_seconds(),
            }
        )
    )
    store.close()


if __name__ == "__main__":
    main(*sys.argv[2:])
