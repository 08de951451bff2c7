"""The command `hall-desk`: its words, what each does, and how it ends.

Exit status 0: done. 2: something typed is wrong. 1: it could not be done. An error is one plain line on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import hall_desk
from hall_desk import errors, i18n, logs
from hall_desk import settings as pc
from hall_desk.cli import (
    doctor,
    drill,
    hall,
    journal,
    key,
    load,
    mail,
    papers,
    purge,
    sample,
    self_check,
    server,
    staff,
)
from hall_desk.cli.options import COULD_NOT, WRONG_INPUT, Parser, folder_of, where
from hall_desk.i18n import _

WRONG: tuple[type[errors.HallDeskError], ...] = (
    errors.BadInput,
    errors.BadFile,
    errors.NotFound,
    errors.AlreadyThere,
    errors.DayNotOver,
    errors.SeveralHalls,
)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    made: argparse.ArgumentParser = Parser(
        prog="hall-desk",
        parents=[where()],
        description=_("The front desk of a government service hall."),
    )
    made.add_argument("--version", action="version", version=f"hall-desk {hall_desk.__version__}")
    commands = made.add_subparsers(dest="command", metavar=_("COMMAND"))

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(
            name, parents=[where(late=True)], help=_(text), description=_(text)
        )
        added.set_defaults(run=run)
        return added

    for topic in (
        hall,
        sample,
        papers,
        journal,
        purge,
        load,
        mail,
        server,
        staff,
        key,
        drill,
        doctor,
        self_check,
    ):
        topic.declare(command)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    i18n.use(_language(words))
    folder = pc.default_folder()
    try:
        options = parser().parse_args(words)
        folder = folder_of(options)
        logs.start(folder)
        return int(getattr(options, "run", hall.open_app)(options))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else COULD_NOT
    except errors.HallDeskError as error:
        _complain(error)
        mistyped = isinstance(error, errors.CannotPrepare) and error.mistyped
        return WRONG_INPUT if mistyped or isinstance(error, WRONG) else COULD_NOT
    except (KeyboardInterrupt, BrokenPipeError):
        return COULD_NOT
    except Exception as error:  # noqa: BLE001 - where every programming error of a command ends
        logs.start(folder)  # the program with its windows has ended its own
        told = _("Something went wrong that should not have ({bug}). More is in {folder}.")
        bug = logs.log_bug(error)
        print(f"hall-desk: {told.format(bug=bug, folder=folder / logs.FOLDER)}", file=sys.stderr)
        return COULD_NOT
    finally:
        logs.stop()


def _language(words: Sequence[str]) -> str:
    """The language has to be known before the help texts are made, hence before parsing."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    early.add_argument("--language")
    early.add_argument("--data", type=Path)
    try:
        known, _rest = early.parse_known_args(words)
    except argparse.ArgumentError:
        return i18n.DEFAULT
    return known.language or pc.load(known.data or pc.default_folder()).language


def _complain(error: errors.HallDeskError) -> None:
    text = i18n.explain(error)
    if isinstance(error, errors.BadFile):
        from hall_desk.services import import_problems

        text = import_problems.explain(error)
    print(f"hall-desk: {text}", file=sys.stderr)
