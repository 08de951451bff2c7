"""Commands for the people of a hall: also the way back in when the manager's PIN is forgotten.

They need the data folder or the database's password and no PIN; the journal says that the command line did it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hall_desk import i18n
from hall_desk.cli.options import DONE, Declare, opened, pin, where
from hall_desk.i18n import N_, _
from hall_desk.services.accounts import Role


def declare(command: Declare) -> None:
    """Adds these commands."""
    staff = command("staff", _list, N_("the people of a hall: add them, retire them, set a PIN"))
    steps = staff.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)

    def step(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = steps.add_parser(
            name, parents=[where(late=True)], help=text, description=text
        )
        made.set_defaults(run=run)
        return made

    step("list", _list, _("shows all accounts"))
    add = step("add", _add, _("a new account; its PIN is asked for"))
    retire = step("retire", _retire, _("somebody has left: the account is kept, but not used"))
    back = step("back", _back, _("somebody has come back"))
    new_pin = step("pin", _pin, _("a new PIN for whoever forgot theirs; lifts their lock"))
    for one in (add, retire, back, new_pin):
        one.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--window", metavar="N", help=_("the number of a clerk's window"))


def _list(options: argparse.Namespace) -> int:
    from hall_desk.services import staff

    with opened(options) as (store, actor):
        for person in staff.everyone(actor):
            words = [person.name, i18n.code("role", person.role.value)]
            if person.window:
                words.append(_("window {window}").format(window=person.window))
            if person.retired_at is not None:
                day = store.day_of(person.retired_at).isoformat()
                words.append(_("retired on {day}").format(day=day))
            elif not person.has_pin:
                words.append(_("no PIN yet"))
            if person.locked_until is not None:
                until = f"{store.local(person.locked_until):%H:%M:%S}"
                words.append(_("locked until {time}").format(time=until))
            print("  ".join(words))
    return DONE


def _add(options: argparse.Namespace) -> int:
    from hall_desk.services import accounts, matters

    with opened(options) as (_store, actor):
        window = matters.window_by_number(actor, options.window).id if options.window else None
        typed = pin(_asked(options.name))
        accounts.add_staff(actor, options.name, Role(options.role), typed, window)
    print(_("{name} can sign in now.").format(name=options.name))
    return DONE


def _retire(options: argparse.Namespace) -> int:
    from hall_desk.services import staff

    with opened(options) as (_store, actor):
        staff.retire(actor, options.name)
    print(_("{name} can no longer sign in.").format(name=options.name))
    return DONE


def _back(options: argparse.Namespace) -> int:
    from hall_desk.services import staff

    with opened(options) as (_store, actor):
        staff.bring_back(actor, options.name)
    print(_("{name} can sign in again, with the PIN of before.").format(name=options.name))
    return DONE


def _pin(options: argparse.Namespace) -> int:
    from hall_desk.services import accounts

    with opened(options) as (_store, actor):
        accounts.set_pin(actor, options.name, pin(_asked(options.name)))
    print(_("{name} has a new PIN.").format(name=options.name))
    return DONE


def _asked(name: str) -> str:
    return _("New PIN of {name}: ").format(name=name)
