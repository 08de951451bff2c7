"""A drill in words: what a trainee is asked to do, what comes next, and how fast the day goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hall_desk import i18n
from hall_desk.i18n import N_, _

if TYPE_CHECKING:
    from hall_desk.services.drill import Coming, ToDo
    from hall_desk.store.database import Store

_DAY_MINUTES = 24 * 60
# What somebody says or wants, with the key that begins the answer.
TODOS: dict[str, tuple[str, str]] = {
    "check": (N_("{who} comes in: {degrees} ℃. Record the check."), "F2"),
    "ask": (N_("A question about {matter}. Record it: {outcome}."), "F10"),
    "promise": (N_("{who} wants a call by {time}, about {matter}. Promise it."), "F10"),
    "ticket": (N_("{who} comes with {papers}: {matter}. Open a ticket."), "F4"),
    "withdraw": (N_("{number}: the resident does not want it any more. Withdraw it."), "F3"),
    "hand_back": (
        N_("{number}: somebody comes for the papers and says {code}. Hand them back."),
        "F3",
    ),
    "claim": (N_("{number} waits: {matter}. Claim it."), "F6"),
    "finish": (N_("{number}: all is in order. Finish it: {result}"), "F7"),
    "suspend": (N_("{number}: a paper is missing. Suspend it."), "F5"),
    "resume": (N_("{number}: what was missing has come. Take it up again."), "F5"),
    "transfer": (N_("{number} belongs to window {window}. Pass it on."), "F5"),
    "terminate": (N_("{number}: this hall cannot do it. Terminate it."), "F5"),
    "attempt": (N_("Call {who}: {call}."), "F11"),
    "phone_case": (N_("The phone rings: {matter}. Record the case: {case}."), "Ctrl+F8"),
}
COMINGS = {
    "check": N_("somebody comes in"),
    "ask": N_("a question"),
    "ticket": N_("a resident with papers"),
    "promise": N_("somebody wants a call"),
    "phone_case": N_("the phone rings"),
    "incident": N_("an incident"),
}


def todo_words(todo: ToDo) -> str:
    """What a trainee is asked to do, in one sentence."""
    text, _key = TODOS[todo.kind]
    facts: dict[str, Any] = todo.facts
    tenths, minutes = facts.get("tenths", 0), facts.get("due", 0) // 60_000 % _DAY_MINUTES
    outcome = str(facts.get("outcome", ""))
    papers = _(", ").join(line[0] for line in facts.get("papers", ()) if isinstance(line, list))
    return _(text).format(
        who=f"{facts.get('name', '')} {facts.get('phone', '')}".strip() or _("Somebody"),
        degrees=f"{tenths // 10}.{tenths % 10}",
        matter=todo.matter or _("no matter of the list"),
        papers=papers or _("no papers"),
        outcome=i18n.code("consultation_outcome", outcome) if todo.kind == "ask" else "",
        call=i18n.code("callback", outcome) if todo.kind == "attempt" else "",
        case=i18n.code("phone_outcome", outcome) if todo.kind == "phone_case" else "",
        time=f"{minutes // 60}:{minutes % 60:02d}",
        number=todo.number,
        code=todo.code,
        result=facts.get("result", ""),
        window=facts.get("window", ""),
    )


def todo_key(todo: ToDo) -> str:
    """The key that begins what is asked, as in `key_map`."""
    return TODOS[todo.kind][1]


def post_words(post: str) -> str:
    """A post of a script: `proxy`, `window:3`."""
    kind, _colon, number = post.partition(":")
    return _("Window {number}").format(number=number) if number else i18n.code("post", kind)


def pace_words(times: int) -> str:
    """How fast the day goes."""
    return _("{times} ×").format(times=times) if times else _("Paused")


def coming_words(store: Store, coming: Coming | None) -> str:
    """The next that comes by itself, and when; nothing when nothing more comes."""
    if coming is None:
        return ""
    at = f"{store.local(coming.at):%H:%M}"
    return _("Next, {time}: {what}").format(time=at, what=_(COMINGS[coming.kind]))
