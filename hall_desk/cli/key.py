"""Commands for the hall's key on this PC: its recovery sheet, taking it from there, and whether it is in order."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from hall_desk import errors
from hall_desk.cli.options import COULD_NOT, DONE, Declare, ending_of, folder_of, opened, where
from hall_desk.i18n import N_, _, explain

KEY_VARIABLE = "HALL_DESK_KEY"
_LONGEST_FILE = 10_000


def declare(command: Declare) -> None:
    """Adds these commands."""
    key = command("key", _check, N_("the hall's key, which ID numbers are sealed with"))
    steps = key.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)

    def step(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = steps.add_parser(
            name, parents=[where(late=True)], help=text, description=text
        )
        made.set_defaults(run=run)
        return made

    sheet = step("sheet", _sheet, _("writes the recovery sheet, to be printed and locked away"))
    sheet.add_argument("file", type=Path, metavar="F.pdf")
    take = step("take", _take, _("gives this PC the key: from the recovery sheet or a key file"))
    take.add_argument("file", type=Path, nargs="?", metavar="FILE")
    step("check", _check, _("says whether this PC has the hall's key"))


def _sheet(options: argparse.Namespace) -> int:
    from hall_desk import settings
    from hall_desk.documents.recovery_sheet import recovery_sheet
    from hall_desk.services import identity

    ending_of(options.file, ".pdf")
    with opened(options) as (_store, actor):
        settings.write_file(options.file, recovery_sheet(identity.recovery(actor)))
    words = _("The recovery sheet is in {file}. Print it, lock it away, and delete the file.")
    print(words.format(file=options.file))
    return DONE


def _take(options: argparse.Namespace) -> int:
    from hall_desk.services import founding
    from hall_desk.store import hall_key

    with opened(options) as (store, _actor):
        key = hall_key.from_code(_code(options.file))
        kept_in = founding.take_key(store, folder_of(options), key)
    print(_("This PC has the hall's key now, in {file}.").format(file=kept_in))
    return DONE


def _code(file: Path | None) -> str:
    """The recovery code: out of a file, from the environment, or typed. Raises NotFound `file`, BadInput."""
    if file is not None:
        try:
            with file.open("rb") as content:
                return content.read(_LONGEST_FILE).decode(errors="replace")
        except OSError:
            raise errors.NotFound(kind="file", key=file.name) from None
    given = os.environ.get(KEY_VARIABLE)
    if given is not None or not sys.stdin.isatty():
        return given or ""
    return getpass.getpass(_("Recovery code, as on the sheet: "))


def _check(options: argparse.Namespace) -> int:
    with opened(options) as (store, _actor):
        trouble = store.key_trouble
        if trouble is None:
            print(_("This PC has the hall's key, and it is the right one."))
            return DONE
    print(explain(trouble))
    return COULD_NOT
