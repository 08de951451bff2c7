"""Sending a mailing, address by address: what the database says is next, the mail server is given, and its answer is
written down before the next one begins."""

from __future__ import annotations

import time
from collections.abc import Callable

from hall_desk.devices.mail import Account, Connection, Letter, Patience
from hall_desk.errors import CannotMail, DatabaseAway, DatabaseBusy
from hall_desk.services import mailings
from hall_desk.services.accounts import Actor
from hall_desk.services.mailings import Envelope, Mailing, Outcome, Run
from hall_desk.services.progress import Progress

# So many lines that broke off or were silent one after the other, and it is the server and not the address.
IN_A_ROW = 3
_BREAKS = ("stalled", "dropped", "no_answer")
# How long an answer that was got waits for a database that is away, so that a blink of it leaves nothing unknown.
_WRITING_PAUSES_S = (0.5, 1.0, 2.0, 4.0)

Told = Callable[[Envelope, Outcome | None], object]


def send(
    actor: Actor,
    run: Run,
    account: Account,
    letter: Letter,
    told: Told = lambda _envelope, _outcome: None,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Mailing:
    """Sends a mailing that was begun to everybody who waits, and gives it back as it then stands.

    `told` hears of each address before it is tried (no outcome) and after, in this thread. Stopping `progress` ends it
    between two addresses. When the server takes nothing (`error` of the mailing) those that are left stay waiting.
    Raises BeingSent, DatabaseAway, DatabaseBusy: what was under way is unknown then.
    """
    error = ""
    broken = 0
    with Connection(account, patience) as connection:
        try:
            connection.open()
            while progress is None or not progress.stopped:
                envelope = mailings.next_envelope(actor, run)
                if envelope is None:
                    break
                told(envelope, None)
                outcome = _try(actor, connection, envelope, letter)
                told(envelope, outcome)
                broken = broken + 1 if outcome.error in _BREAKS else 0
                if broken >= IN_A_ROW:
                    error = "gives_up"
                    break
        except CannotMail as refused:
            error = refused.reason
    return mailings.finish(actor, run, error)


def _try(actor: Actor, connection: Connection, envelope: Envelope, letter: Letter) -> Outcome:
    """Sends to one address and writes down what came of it. Raises CannotMail: it waits again then."""
    try:
        outcome = connection.send(envelope.id, envelope.address, envelope.name, letter)
    except CannotMail:
        _write(actor, envelope, Outcome("waiting"))
        raise
    _write(actor, envelope, outcome)
    return outcome


def _write(actor: Actor, envelope: Envelope, outcome: Outcome) -> None:
    for pause in _WRITING_PAUSES_S:
        try:
            mailings.record(actor, envelope, outcome)
            return
        except (DatabaseAway, DatabaseBusy):
            time.sleep(pause)
    mailings.record(actor, envelope, outcome)
