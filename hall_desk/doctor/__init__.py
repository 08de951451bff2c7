"""Does this PC work? One line for each thing the program needs: how it is, and what to do where it does not work.

A check changes nothing, prints nothing and says nothing of a person. Each has a time limit and a thread of its own, so
that a server that hangs or a printer that is off delays only its own line. It works while the database is away, and
before there is a hall.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from hall_desk import i18n
from hall_desk.errors import HallDeskError
from hall_desk.i18n import N_, _
from hall_desk.logs import log_bug

if TYPE_CHECKING:
    from pathlib import Path

    from hall_desk.doctor.screen import Screen
    from hall_desk.services.accounts import Actor
    from hall_desk.settings import Settings
    from hall_desk.store.health import Health
    from hall_desk.store.outbox import Outbox

_T = TypeVar("_T")
WORKS, BROKEN, NOT_SET_UP = "works", "broken", "not_set_up"
LIMIT_S = 8.0
# Asking a server takes several questions, each with a patience of its own (`store.reaching`).
SERVER_LIMIT_S = 20.0


@dataclass(frozen=True)
class Finding:
    """How one thing is. `state` is WORKS, BROKEN or NOT_SET_UP; `told` one sentence, `advice` what to do about it."""

    name: str
    title: str
    state: str
    told: str
    advice: str = ""


@dataclass
class Patient:
    """This PC as it is examined. `screen` is what the program sees of it; None where none can be opened. `actor` is
    there while somebody is signed in; `alone` says that this process has no hall open and may open one. `health` is
    filled by the first check of the database."""

    place: str
    folder: Path
    settings: Settings
    screen: Screen | None = None
    actor: Actor | None = None
    outbox: Outbox | None = None
    alone: bool = False
    health: Health | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Said:
    """What a check found: WORKS or NOT_SET_UP, or BROKEN with what to do."""

    state: str
    told: str
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to look at; `advice` is for when it fails or takes longer than `limit_s`."""

    name: str
    title: str
    look: Callable[[Patient], Said]
    advice: str
    limit_s: float = LIMIT_S


def checks() -> tuple[Check, ...]:
    """All checks in their order; those of the database come first, because others read what it told."""
    from hall_desk.doctor import equipment, program, server, this_pc

    return (*server.CHECKS, *this_pc.CHECKS, *equipment.CHECKS, *program.CHECKS)


def examine(patient: Patient, wanted: tuple[Check, ...] | None = None) -> Iterator[Finding]:
    """Looks at everything, one after the other, and gives each finding as soon as it is known."""
    for check in checks() if wanted is None else wanted:
        said = _within(check, patient)
        yield Finding(check.name, _(check.title), said.state, said.told, said.advice)


def _within(check: Check, patient: Patient) -> Said:
    """What the check says, or that it took too long: then its thread is left to itself and ends with the program."""
    answer: list[Said] = []

    def look() -> None:
        answer.append(_looked(check, patient))

    thread = threading.Thread(target=look, name=f"doctor-{check.name}", daemon=True)
    thread.start()
    thread.join(check.limit_s)
    if answer:
        return answer[0]
    told = _("No answer within {seconds} seconds.").format(seconds=int(check.limit_s))
    return Said(BROKEN, told, _(check.advice))


def _looked(check: Check, patient: Patient) -> Said:
    try:
        return check.look(patient)
    except HallDeskError as error:
        return Said(BROKEN, i18n.explain(error), _(check.advice))
    except Exception as error:  # noqa: BLE001 - one check that fails must not keep the others from being made
        told = _("The check itself failed ({bug}).").format(bug=log_bug(error))
        return Said(BROKEN, told, _(check.advice))
    finally:
        if patient.actor is not None:
            patient.actor.store.close_thread()


def asked_as_manager(patient: Patient, right: str, ask: Callable[[Actor], _T | None]) -> _T | None:
    """What the hall says to whoever is signed in, or to the command line; None without the right."""
    if patient.actor is not None:
        return ask(patient.actor) if patient.actor.may(right) else None
    from hall_desk.services import accounts
    from hall_desk.store.database import Store

    with contextlib.closing(Store.open(patient.place)) as store:
        return ask(accounts.operator(store))


STATES = {
    WORKS: N_("Works"),
    BROKEN: N_("Does not work"),
    NOT_SET_UP: N_("Not set up"),
}


def sound(findings: list[Finding]) -> bool:
    """Whether nothing is broken; what was never set up is no fault."""
    return all(finding.state != BROKEN for finding in findings)


def as_json(findings: list[Finding]) -> str:
    """The findings as JSON text: `works` for all together, and a list with name, state, told and advice."""
    lines = [
        {"name": one.name, "state": one.state, "told": one.told, "advice": one.advice}
        for one in findings
    ]
    told = {"works": sound(findings), "checks": lines}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(findings: list[Finding]) -> str:
    """The findings as lines for a terminal, the advice under what does not work."""
    marks = {WORKS: "✓", BROKEN: "✗", NOT_SET_UP: "–"}
    lines = []
    for one in findings:
        lines.append(f"{marks[one.state]} {one.title}{_(': {what}').format(what=one.told)}")
        if one.advice:
            lines.append(f"    → {one.advice}")
    return "\n".join(lines) + "\n"
