"""Commands for the journal: verifying a day, and writing it to a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from hall_desk.cli.options import COULD_NOT, DONE, Declare, date_of, opened
from hall_desk.i18n import N_, _, _n


def declare(command: Declare) -> None:
    """Adds these commands."""
    verify = command(
        "verify", _verify, N_("compares a day's journal with its seals, and its report")
    )
    verify.add_argument("--date", required=True, type=date_of, metavar="D")
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

    with opened(options, options.hall) as (_store, actor):
        found = verification.verify(actor, options.date, options.digest)
        findings = [journal.finding_words(actor, finding) for finding in found.findings]
    print(
        _n(
            "{day}: {count} entry, digest {digest}",
            "{day}: {count} entries, digest {digest}",
            found.entries,
        ).format(day=options.date, count=found.entries, digest=found.digest)
    )
    for line in findings:
        print(line)
    if found.sound and found.entries > found.unsealed:
        print(journal.sound_words(found.entries - found.unsealed))
    if found.unsealed:
        print(journal.unsealed_words(found.unsealed))
    if found.after_paper:
        print(journal.after_paper_words(found.after_paper))
    return DONE if found.sound else COULD_NOT


def _export(options: argparse.Namespace) -> int:
    from hall_desk.services import journal

    with opened(options) as (_store, actor):
        count = journal.export(actor, journal.Filter(options.first, options.last), options.file)
    said = _n("{count} entry written to {file}", "{count} entries written to {file}", count)
    print(said.format(count=count, file=options.file))
    return DONE
