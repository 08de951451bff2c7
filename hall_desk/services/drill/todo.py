"""What a drill leaves to trainees: who comes, what is wanted of them, and whether they have done it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk.services.drill.script import Act
from hall_desk.services.drill.stage import Stage
from hall_desk.store import models

# The acts that trainees are asked for; the others of their post are theirs to do as they see fit.
ASKED = frozenset(
    {
        "check", "ask", "promise", "ticket", "withdraw", "hand_back", "claim", "finish", "suspend", "resume",
        "transfer", "terminate", "attempt", "phone_case",
    }
)  # fmt: skip
# Consultations that end with something a trainee is asked for anyway.
_ASKED_OTHERWISE = frozenset({"ticket", "callback"})
_ENDED = ("ready", "closed")
# Steps of a ticket, with the states that show they were done, and those where the ticket went another way.
_STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "claim": (("handling", "suspended", "ready", "closed"), ()),
    "resume": (("handling",), _ENDED),
    "suspend": (("suspended",), _ENDED),
    "finish": (_ENDED, ()),
    "terminate": (_ENDED, ()),
    "withdraw": (_ENDED, ()),
}


@dataclass(frozen=True)
class ToDo:
    """Something a trainee is asked to do since `since`. `number` is the ticket's, once it is known.

    `facts` are the script's: invented names and numbers, matters by code. `code` is what a resident shows at hand-back.
    """

    post: str
    kind: str
    since: datetime
    facts: dict[str, Any]
    number: str = ""
    code: str = ""
    matter: str = ""


def is_asked(act: Act) -> bool:
    """Whether a trainee at the act's post is asked for it."""
    return act.kind in ASKED and not (
        act.kind == "ask" and act.facts["outcome"] in _ASKED_OTHERWISE
    )


class Watch:
    """Looks whether a trainee did what an act asks; `taken` are rows that answer an earlier one already."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.taken: set[UUID] = set()

    def outcome(self, act: Act, since: datetime) -> str:
        """`done`, `otherwise` when the day went another way, or empty while it is still to be done."""
        with self.stage.store.reading():
            if act.kind in _STATES:
                return self._step(act)
            return _LOOKS[act.kind](self, act, since)

    def todo(self, act: Act, since: datetime) -> ToDo:
        """The act as a trainee is told it."""
        with self.stage.store.reading():
            ticket = self._ticket(act)
            code = act.facts.get("matter", "") or self._matter_code(act)
            matter = models.Matter.get_or_none(
                models.Matter.code == code, models.Matter.hall == self.stage.manager.hall_id
            )
            return ToDo(
                post=act.post,
                kind=act.kind,
                since=since,
                facts=dict(act.facts),
                number=ticket.number if ticket is not None else "",
                code=ticket.pickup_code if ticket is not None and act.kind == "hand_back" else "",
                matter=matter.name if matter is not None else "",
            )

    def _matter_code(self, act: Act) -> str:
        opened = self.stage.scripted(act.ref)
        return str(opened.facts.get("matter", "")) if opened is not None else ""

    def _ticket(self, act: Act) -> Any:
        key = self.stage.ticket(act.ref)
        return models.Ticket.get_by_id(key) if key is not None else None

    def _step(self, act: Act) -> str:
        ticket = self._ticket(act)
        if ticket is None:
            return ""
        done, otherwise = _STATES[act.kind]
        if ticket.state in done:
            wanted = {"finish": "finished", "terminate": "terminated", "withdraw": "withdrawn"}
            same = ticket.outcome == wanted.get(act.kind, ticket.outcome)
            return "done" if same else "otherwise"
        return "otherwise" if ticket.state in otherwise else ""

    def _transfer(self, act: Act, _since: datetime) -> str:
        ticket = self._ticket(act)
        if ticket is None:
            return ""
        if ticket.state in _ENDED:
            return "otherwise"
        number = models.Window.get_by_id(ticket.window_id).number
        return "done" if number == act.facts["window"] else ""

    def _hand_back(self, act: Act, since: datetime) -> str:
        ticket = self._ticket(act)
        if ticket is None:
            return ""
        row = models.HandBack
        found = row.select(row.id).where(row.ticket == ticket.id, row.undone_at.is_null())
        return self._first(found.order_by(row.at), ticket.state == "closed")

    def _first(self, rows: Any, otherwise: bool = False) -> str:
        for row in rows.limit(500):
            if row.id not in self.taken:
                self.taken.add(row.id)
                return "done"
        return "otherwise" if otherwise else ""

    def _made(self, act: Act, _since: datetime) -> str:
        find = {"ticket": self.stage.ticket, "promise": self.stage.callback}[act.kind]
        return "done" if find(act.ref) is not None else ""

    def _check(self, act: Act, since: datetime) -> str:
        row, facts = models.TemperatureCheck, act.facts
        same = [row.hall == self.stage.manager.hall_id, row.at >= since, row.withdrawn_at.is_null()]
        if facts["first"]:
            same.append(row.recheck_of == self.stage.check(facts["first"]))
        elif facts["name"] or facts["phone"]:
            who = row.name == facts["name"] if facts["name"] else row.phone == facts["phone"]
            same.append(who | ((row.phone == facts["phone"]) & (row.phone != "")))
        else:
            same.append(row.tenths == facts["tenths"])
        return self._first(row.select(row.id).where(*same).order_by(row.at))

    def _ask(self, act: Act, since: datetime) -> str:
        row = models.Consultation
        same = [row.hall == self.stage.manager.hall_id, row.at >= since, row.withdrawn_at.is_null()]
        if act.facts["matter"]:
            same.append(row.matter == self.stage.matter(act.facts["matter"]))
        return self._first(row.select(row.id).where(*same).order_by(row.at))

    def _attempt(self, act: Act, since: datetime) -> str:
        key = self.stage.callback(act.ref)
        if key is None:
            return ""
        row = models.CallAttempt
        found = row.select(row.id).where(row.callback == key, row.at >= since)
        settled = models.Callback.get_by_id(key).settled_at is not None
        return self._first(found.order_by(row.at), settled)

    def _phone_case(self, act: Act, since: datetime) -> str:
        row = models.PhoneCase
        window = self.stage.window(act.facts["window"])
        found = row.select(row.id).where(
            row.hall == self.stage.manager.hall_id,
            row.window == window,
            row.at >= since,
            row.withdrawn_at.is_null(),
        )
        return self._first(found.order_by(row.at))


_LOOKS: dict[str, Callable[[Watch, Act, datetime], str]] = {
    "transfer": Watch._transfer,
    "hand_back": Watch._hand_back,
    "ticket": Watch._made,
    "promise": Watch._made,
    "check": Watch._check,
    "ask": Watch._ask,
    "attempt": Watch._attempt,
    "phone_case": Watch._phone_case,
}
