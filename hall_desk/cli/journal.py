"""Commands for the journal."""

from __future__ import annotations

import argparse

from hall_desk.cli.options import DONE, Declare, date_of, opened
from hall_desk.i18n import N_, _, _n


def declare(command: Declare) -> None:
    """Adds these commands."""
    verify = command("verify", _verify, N_("recomputes the digest of a day's journal"))
    verify.add_argument("--date", required=True, type=date_of, metavar="D")
    verify.add_argument(
        "--hall", metavar="NAME", help=_("in a district's database: one hall's name")
    )


def _verify(options: argparse.Namespace) -> int:
    from hall_desk.services import figures

    with opened(options, options.hall) as (_store, actor):
        digest = figures.digest_of_day(actor, options.date)
    print(
        _n(
            "{day}: {count} entry, digest {digest}",
            "{day}: {count} entries, digest {digest}",
            digest.entries,
        ).format(day=options.date, count=digest.entries, digest=digest.text)
    )
    return DONE
