"""Commands for the journal: verifying days, and writing it to a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import errors
from hall_desk.cli.options import COULD_NOT, DONE, Declare, date_of, opened, shown_progress
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from hall_desk.services.verification import Verified


def declare(command: Declare) -> None:
    """Adds these commands."""
    verify = command(
        "verify",
        _verify,
        N_("compares a day's journal with its seals and its report, or many days with their seals"),
    )
    days = verify.add_mutually_exclusive_group(required=True)
    days.add_argument("--date", type=date_of, metavar="D")
    days.add_argument(
        "--from", dest="first", type=date_of, metavar="D", help=_("a range's first day")
    )
    verify.add_argument(
        "--to",
        dest="last",
        type=date_of,
        metavar="D",
        help=_("a range's last day; today without it"),
    )
    verify.add_argument(
        "--digest", default="", metavar="X", help=_("the digest on the printed report, or its code")
    )
    verify.add_argument(
        "--hall", metavar="NAME", help=_("in a district's database: one hall's name")
    )
    journal = command("journal", _export, N_("writes the journal to a file"))
    journal.add_argument("what", choices=("export",))
    journal.add_argument("file", type=Path, metavar="FILE")
    journal.add_argument("--from", dest="first", required=True, type=date_of, metavar="D")
    journal.add_argument("--to", dest="last", required=True, type=date_of, metavar="D")


def _verify(options: argparse.Namespace) -> int:
    from hall_desk.services import journal, verification

    if options.date is not None and options.last is not None:
        raise errors.BadInput("period", "no_first_day")
    if options.date is None and options.digest:
        raise errors.BadInput("digest", "one_day")
    with opened(options, options.hall) as (store, actor):
        if options.date is not None:
            found: tuple[Verified, ...] = (
                verification.verify(actor, options.date, options.digest),
            )
        else:
            last = options.last or store.today()
            found = verification.verify_days(actor, options.first, last, shown_progress())
        for one in found:
            words = _n(
                "{day}: {count} entry, digest {digest}",
                "{day}: {count} entries, digest {digest}",
                one.entries,
            )
            print(words.format(day=one.day, count=one.entries, digest=one.digest))
            for finding in one.findings:
                print(journal.finding_words(actor, finding))
    unsealed = sum(one.unsealed for one in found)
    sealed = sum(one.entries for one in found) - unsealed
    sound = all(one.sound for one in found)
    if sound and (sealed or not found):
        print(journal.sound_words(sealed))
    if unsealed:
        print(journal.unsealed_words(unsealed))
    for one in found:
        if one.after_paper:
            print(journal.after_paper_words(one.after_paper))
    return DONE if sound else COULD_NOT


def _export(options: argparse.Namespace) -> int:
    from hall_desk.services import journal

    with opened(options) as (_store, actor):
        count = journal.export(actor, journal.Filter(options.first, options.last), options.file)
    said = _n("{count} entry written to {file}", "{count} entries written to {file}", count)
    print(said.format(count=count, file=options.file))
    return DONE
