"""Commands for a hall's PostgreSQL server and for its district's."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys

from hall_desk import errors, i18n
from hall_desk.cli.options import DONE, Declare
from hall_desk.i18n import N_, _

APP_PASSWORD_VARIABLE = "HALL_DESK_APP_PASSWORD"  # noqa: S105 - a variable's name
DISTRICT_PASSWORD_VARIABLE = "HALL_DESK_DISTRICT_PASSWORD"  # noqa: S105 - a variable's name


def declare(command: Declare) -> None:
    """Adds these commands."""
    server = command("server", _server_init, N_("prepares a PostgreSQL server for a hall"))
    steps = server.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)
    text = _("makes or upgrades the database, its tables, its roles and their rights")
    prepare = steps.add_parser("init", help=text, description=text)
    prepare.add_argument(
        "url", metavar="URL", help=_("the administrator's address, with the database to make")
    )
    prepare.add_argument("--application", metavar="NAME", help=_("the program's role"))
    prepare.add_argument("--owner", metavar="NAME", help=_("the role that owns the tables"))
    prepare.add_argument(
        "--district",
        action="store_true",
        help=_("collects the figures of several halls; the program only reads"),
    )
    text = _("offers a hall's tables to its district, without what is private")
    publish = steps.add_parser("publish", help=text, description=text)
    publish.add_argument("url", metavar="URL", help=_("the administrator's address"))
    publish.add_argument("--reader", metavar="NAME", help=_("the role the district reads with"))
    publish.set_defaults(run=_server_publish)
    for step in (prepare, publish):
        step.add_argument(
            "--language",
            choices=tuple(i18n.LANGUAGES),
            default=argparse.SUPPRESS,
            help=_("language of texts and papers"),
        )


class _RolePassword:
    """A role's password: from the environment, else typed, else made here and shown once.

    A role that is there already keeps its own unless the environment has a new one.
    """

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.made = ""

    def __call__(self, new: bool) -> str | None:
        given = os.environ.get(self.variable)
        if given is not None or not new:
            return given
        if sys.stdin.isatty():
            typed = getpass.getpass(_("Password for the new role (empty: make one): "))
            if typed and getpass.getpass(_("The same password again: ")) != typed:
                raise errors.BadInput("pin", "passwords_differ")
            if typed:
                return typed
        self.made = secrets.token_urlsafe(18)
        return self.made

    def show(self) -> None:
        if self.made:
            print(_("Password, shown only this once: {password}").format(password=self.made))


def _server_init(options: argparse.Namespace) -> int:
    from hall_desk.store import server

    password = _RolePassword(APP_PASSWORD_VARIABLE)
    done = server.init(
        options.url,
        password,
        application=options.application,
        owner=options.owner,
        district=options.district,
    )
    if done.before == done.after:
        text = _("The database “{database}” is at version {after}; its roles and rights are set.")
    elif done.before:
        text = _("The database “{database}” went from version {before} to {after}.")
    else:
        text = _("The database “{database}” is ready: version {after}, no hall in it yet.")
    print(text.format(database=done.database, before=done.before, after=done.after))
    print(
        _("Its tables belong to {owner}; the program is {application}.").format(
            owner=done.owner, application=done.application
        )
    )
    print(_("Address for the PCs, their password goes after the name: {url}").format(url=done.url))
    password.show()
    return DONE


def _server_publish(options: argparse.Namespace) -> int:
    from hall_desk.store import server

    password = _RolePassword(DISTRICT_PASSWORD_VARIABLE)
    done = server.publish(options.url, password, reader=options.reader)
    print(
        _("The publication “{name}” offers this hall to its district: {url}").format(
            name=done.publication, url=done.url
        )
    )
    password.show()
    return DONE
