"""What commands share: how they are declared, where the hall is, dates, endings, progress and secrets typed."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from hall_desk import errors, i18n
from hall_desk import settings as pc
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.progress import Progress
    from hall_desk.store.database import Store

DONE, COULD_NOT, WRONG_INPUT = 0, 1, 2
PASSPHRASE_VARIABLE = "HALL_DESK_PASSPHRASE"  # noqa: S105 - a variable's name
PIN_VARIABLE = "HALL_DESK_PIN"


class Declare(Protocol):
    """Declares a command: its name, what it runs, and its one line of help (in English, marked with N_)."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser: ...


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one plain line, as all other errors here."""

    def error(self, message: str) -> NoReturn:
        print(f"hall-desk: {message}", file=sys.stderr)
        raise SystemExit(WRONG_INPUT)


def where(*, late: bool = False) -> argparse.ArgumentParser:
    """Where the hall is and the language, which may stand before or after the command.

    `late` are those after it: SUPPRESS keeps them from erasing what stood before.
    """
    made = argparse.ArgumentParser(
        add_help=False, argument_default=argparse.SUPPRESS if late else None
    )
    place = made.add_mutually_exclusive_group()
    place.add_argument("--data", type=Path, metavar="DIR", help=_("this PC's data folder"))
    place.add_argument("--database", metavar="URL", help=_("the hall's PostgreSQL database"))
    made.add_argument(
        "--language", choices=tuple(i18n.LANGUAGES), help=_("language of texts and papers")
    )
    return made


def date_of(text: str) -> date:
    """A date as an argument of a command."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("A date looks like 2020-02-21.")) from None


def folder_of(options: argparse.Namespace) -> Path:
    """This PC's data folder."""
    folder = Path(options.data or pc.default_folder())
    try:
        return folder.expanduser().resolve()
    except RuntimeError:  # ~ of a user whom the system does not know
        return folder.resolve()


def settings_of(options: argparse.Namespace, folder: Path) -> pc.Settings:
    """This PC's settings, in the language asked for."""
    found = pc.load(folder)
    return dataclasses.replace(found, language=options.language or found.language)


def place_of(options: argparse.Namespace) -> str:
    """The database: `--database`, or what the data folder's settings say, or the SQLite file in it."""
    if options.database:
        return str(options.database)
    folder = folder_of(options)
    return pc.load(folder).database or str(folder / pc.DATABASE)


@contextmanager
def opened(options: argparse.Namespace, hall: str | None = None) -> Iterator[tuple[Store, Actor]]:
    """The hall, and who acts there: whoever may open it. Raises what `Store.open` raises."""
    from hall_desk.services import accounts
    from hall_desk.store.database import Store

    store = Store.open(place_of(options), hall)
    try:
        store.learn_key(folder_of(options))
        yield store, accounts.operator(store)
    finally:
        store.close()


def ending_of(path: Path, *allowed: str) -> str:
    """The ending of a file's name. Raises BadInput `output` unless it is one of `allowed`."""
    ending = path.suffix.lower()
    if ending not in allowed:
        raise errors.BadInput("output", "ending", endings=" ".join(allowed))
    return ending


def shown_progress() -> Progress:
    """How far it is, in one line on a terminal that is written over; nothing where stderr is a file."""
    from hall_desk.services.progress import DAYS, Progress

    if not sys.stderr.isatty():
        return Progress()

    def tell(progress: Progress) -> None:
        words = _("Day {done} of {of}") if progress.what == DAYS else _("Page {done} of {of}")
        said = words.format(done=progress.done, of=progress.of)
        # Erases what stood there, and itself in the end.
        print(
            f"\r\x1b[K{said}", end="\r\x1b[K" if progress.ended else "", file=sys.stderr, flush=True
        )

    return Progress(tell)


def passphrase(*, twice: bool) -> str:
    """The passphrase of a sealed backup: from the environment, or asked for on a terminal; empty where neither is."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None or not sys.stdin.isatty():
        return given or ""
    passphrase = getpass.getpass(_("Passphrase of the backup: "))
    if twice and getpass.getpass(_("The same passphrase again: ")) != passphrase:
        raise errors.BadInput("passphrase", "not_the_same")
    return passphrase


def pin(question: str) -> str:
    """A PIN to be set: from the environment, or asked for twice on a terminal. Raises BadInput `pin`."""
    given = os.environ.get(PIN_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise errors.BadInput("pin", "too_short", limit=4)
    typed = getpass.getpass(question)
    if getpass.getpass(_("The same PIN again: ")) != typed:
        raise errors.BadInput("pin", "not_the_same")
    return typed
