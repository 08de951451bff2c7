"""A window clerk's PC as a process of its own: sees a ticket come by push, claims it, ticks the papers, finishes it.

Prints one line of JSON per step: what the desk's side of the journey compares with.
"""

from __future__ import annotations

import json
import queue
import sys
from typing import Any

from hall_desk.services import accounts, tickets
from hall_desk.services.tickets import NewPaper
from hall_desk.store import changes
from hall_desk.store.changes import Changed
from hall_desk.store.database import Store

PATIENCE_S = 30


def say(**facts: Any) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def main(place: str, name: str, pin: str) -> None:
    store = Store.open(place)
    clerk = accounts.sign_in(store, name, pin, "W")
    heard: queue.Queue[Changed] = queue.Queue()
    listener = changes.listen(store, heard.put)
    if not listener.listening.wait(PATIENCE_S):
        raise SystemExit("the listener did not start")
    say(step="listening")
    while "ticket" not in heard.get(timeout=PATIENCE_S).topics:
        pass
    waiting = tickets.board(clerk, clerk.window_id).queued
    say(step="saw", numbers=[card.number for card in waiting])
    taken = tickets.claim_next(clerk)
    say(step="claimed", number=taken.card.number)
    tickets.received(clerk, taken.card.id)
    done = tickets.finish(clerk, taken.card.id, "已领取，当场可用", new=(NewPaper("医保卡"),))
    say(step="finished", state=done.card.state)
    listener.stop()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
