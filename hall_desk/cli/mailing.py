"""The directory by e-mail from the command line: a line for each address, and whether all got it as the exit status."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hall_desk import errors, i18n
from hall_desk import settings as pc
from hall_desk.cli.options import COULD_NOT, DONE, folder_of, opened
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.devices.mail import Account, Letter
    from hall_desk.services.accounts import Actor
    from hall_desk.services.mailings import Envelope, Outcome, Run

PASSWORD_VARIABLE = "HALL_DESK_MAIL_PASSWORD"  # noqa: S105 - a variable's name


def declare(directory: argparse.ArgumentParser, place: Any) -> None:
    """Adds what sends it to the command `directory`; of `place`, its ways to give it, one is taken."""
    place.add_argument(
        "--send",
        action="store_true",
        help=_("sends it by e-mail to every community that has not got this version"),
    )
    directory.add_argument(
        "--only-failed",
        action="store_true",
        help=_("with --send: goes on with the last mailing, to those that did not get it"),
    )
    directory.add_argument(
        "--also-unknown",
        action="store_true",
        help=_("with --only-failed: also to those of whom nobody knows whether it arrived"),
    )
    directory.add_argument(
        "--to", metavar="ADDRESS", help=_("with --send: to this address alone, to look at it")
    )


def wanted(options: argparse.Namespace) -> bool:
    """Whether it is to be sent. Raises BadInput when what belongs to sending stands alone."""
    more = options.only_failed or options.also_unknown or options.to is not None
    if (more and not options.send) or (options.also_unknown and not options.only_failed):
        raise errors.BadInput("mailing", "needs_send")
    return bool(options.send)


def send(options: argparse.Namespace) -> int:
    """0: everybody it was meant for has it. 1: somebody has not, or nobody knows. 2: what was typed is wrong."""
    from hall_desk.documents.directory_mail import directory_letter
    from hall_desk.services import directory_paper, mailings

    with opened(options) as (_store, actor):
        account = account_of(actor, options)
        facts = directory_paper.of_hall(actor)
        subject, text = mailings.proposed(actor)
        letter = directory_letter(facts, subject, text, mailings.date(actor))
        if options.to is not None:
            return to_one(account, letter, options.to)
        run = _begun(actor, facts.version, subject, text, options)
        return _to_all(actor, run, account, replace(letter, subject=run.subject, text=run.text))


def account_of(actor: Actor, options: argparse.Namespace) -> Account:
    """The hall's mail server with this PC's password, or that of the environment. Raises CannotMail `no_server`."""
    from hall_desk.devices.mail import Account
    from hall_desk.services import mail_server

    server = mail_server.of_hall(actor)
    if server is None:
        raise errors.CannotMail(host="", port=0, reason="no_server")
    account = Account.of_pc(server, pc.load(folder_of(options)))
    if given := os.environ.get(PASSWORD_VARIABLE):
        account = replace(account, password=given)
    return account


def _begun(actor: Actor, version: int, subject: str, text: str, options: argparse.Namespace) -> Run:
    from hall_desk.services import mailings
    from hall_desk.store.ids import new_id

    if options.only_failed:
        latest = mailings.latest(actor)
        if latest is None:
            raise errors.BadInput("mailing", "nothing_left")
        return mailings.go_on(actor, latest.id, version, options.also_unknown)
    there = [one for one in mailings.recipients(actor) if one.version != version]
    for one in there:
        if one.problem:
            problem = errors.BadInput("mail_address", f"of_{one.problem}", community=one.name)
            print(i18n.explain(problem))
    chosen = tuple(one.id for one in there if not one.problem)
    if not chosen:
        raise errors.BadInput("mailing", "nothing_left")
    return mailings.start(actor, mailings.NewMailing(new_id(), chosen, version, subject, text))


def _to_all(actor: Actor, run: Run, account: Account, letter: Letter) -> int:
    from hall_desk.devices import mail_run

    def told(envelope: Envelope, outcome: Outcome | None) -> None:
        if outcome is not None:
            print(f"{envelope.name} <{envelope.address}>: {_words(outcome)}", flush=True)

    done = mail_run.send(actor, run, account, letter, told)
    if done.error:
        raise account.server.trouble(done.error)
    return DONE if done.counts["sent"] == len(done.results) else COULD_NOT


def to_one(account: Account, letter: Letter, address: str) -> int:
    """Sends it to one address and says what became of it; gives the exit status. Raises BadInput, CannotMail."""
    from hall_desk.devices.mail import Connection
    from hall_desk.services import mail_addresses
    from hall_desk.store.ids import new_id

    address = mail_addresses.checked(address)
    with Connection(account) as connection:
        outcome = connection.send(new_id(), address, "", letter)
    print(f"{address}: {_words(outcome)}")
    return DONE if outcome.state == "sent" else COULD_NOT


def _words(outcome: Outcome) -> str:
    state = i18n.code("mail_state", outcome.state)
    return f"{state}. {i18n.code('mail_trouble', outcome.error)}" if outcome.error else state
