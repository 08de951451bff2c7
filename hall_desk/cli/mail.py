"""Commands for the hall's e-mail: its mail server, a test of it, and what was sent before."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk import settings as pc
from hall_desk.cli.mailing import PASSWORD_VARIABLE, account_of, to_one
from hall_desk.cli.options import DONE, Declare, folder_of, opened, where
from hall_desk.i18n import N_, _

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.mail_server import MailServer


def declare(command: Declare) -> None:
    """Adds these commands."""
    mail = command("mail", _show, N_("the hall's mail server, and the mailings of before"))
    steps = mail.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)

    def step(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = steps.add_parser(
            name, parents=[where(late=True)], help=text, description=text
        )
        made.set_defaults(run=run)
        return made

    step("show", _show, _("shows the mail server, and whether this PC has its password"))
    _declare_set(step("set", _set, _("sets the mail server; what is not named stays as it is")))
    test = step("test", _test, _("sends a short mail, to see that the server takes it"))
    test.add_argument("--to", metavar="ADDRESS", help=_("to this address, not to the sender's"))
    step("list", _list, _("lists the mailings of before, the last one first"))


def _declare_set(made: argparse.ArgumentParser) -> None:
    from hall_desk.services.mail_server import PORTS

    made.add_argument("--host", metavar="NAME")
    made.add_argument("--security", choices=tuple(PORTS), help=_("how the line is encrypted"))
    made.add_argument(
        "--port", type=int, metavar="N", help=_("where it is not the usual one for the encryption")
    )
    made.add_argument("--user", metavar="NAME", help=_("empty where the server asks for none"))
    made.add_argument("--sender", metavar="ADDRESS", help=_("the address all mail comes from"))
    made.add_argument("--sender-name", metavar="TEXT")
    made.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        help=_("who vouches for the server, where this PC does not trust it by itself"),
    )


def _show(options: argparse.Namespace) -> int:
    with opened(options) as (_store, actor):
        account = account_of(actor, options)
    server = account.server
    security = i18n.code("mail_security", server.security)
    print(f"{server.host}:{server.port}  {security}")
    print(f"{server.sender_name} <{server.sender}>".strip())
    if server.user:
        there = _("this PC has the password") if account.password else _("no password on this PC")
        print(f"{server.user}  {there}")
    return DONE


def _set(options: argparse.Namespace) -> int:
    from hall_desk.devices.mail import Account
    from hall_desk.services import mail_server

    folder = folder_of(options)
    with opened(options) as (_store, actor):
        seen = mail_server.of_hall(actor)
        wanted = mail_server.checked(_wanted(actor, seen, options))
        settings = pc.load(folder)
        before = Account.of_pc(wanted, settings)
        password = (_password() or before.password) if wanted.user else ""
        ca_file = before.ca_file
        if options.ca_file is not None:
            ca_file = str(options.ca_file.expanduser().resolve())
        mail_server.change(actor, wanted, seen)
        pc.save(folder, Account(wanted, password, ca_file).kept_in(settings))
    print(_("The mail server is set. Try it: hall-desk mail test"))
    return DONE


def _wanted(actor: Actor, seen: MailServer | None, options: argparse.Namespace) -> MailServer:
    """The server as it was, with what was named."""
    from hall_desk.services.mail_server import PORTS, MailServer

    usual = PORTS["starttls"]
    before = seen or MailServer("", usual, "starttls", "", "", actor.hall_name)
    security = options.security or before.security
    port = before.port if security == before.security else PORTS[security]

    def named(given: str | None, stays: str) -> str:
        return stays if given is None else given.strip()

    return MailServer(
        named(options.host, before.host),
        port if options.port is None else options.port,
        security,
        named(options.user, before.user),
        named(options.sender, before.sender),
        named(options.sender_name, before.sender_name),
    )


def _password() -> str:
    """From the environment, or asked for on a terminal; empty leaves it as it is."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None or not sys.stdin.isatty():
        return given or ""
    return getpass.getpass(_("Password of the mail server (Enter: as it was): "))


def _test(options: argparse.Namespace) -> int:
    from hall_desk.documents.directory_mail import trial_letter
    from hall_desk.services import mailings

    with opened(options) as (_store, actor):
        account = account_of(actor, options)
        letter = trial_letter(actor.hall_name, mailings.date(actor))
    return to_one(account, letter, options.to or account.server.sender)


def _list(options: argparse.Namespace) -> int:
    from hall_desk.services import mailings

    with opened(options) as (store, actor):
        found = mailings.past(actor)
        if not found:
            print(_("Nothing has been sent yet."))
        for one in found:
            version = _("version {version}").format(version=one.version)
            counts = (
                f"{i18n.code('mail_state', state)} {one.counts[state]}"
                for state in i18n.CODES["mail_state"]
                if one.counts[state]
            )
            print(f"{store.local(one.at):%Y-%m-%d %H:%M}", one.by, version, *counts, sep="  ")
    return DONE
