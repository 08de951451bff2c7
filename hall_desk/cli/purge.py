"""The command that destroys personal data whose time is over; a hall does it by itself when a day is closed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.cli.options import DONE, Declare, date_of, folder_of, opened
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from datetime import date

    from hall_desk.services.accounts import Actor

PAPERS = "papers"


def declare(command: Declare) -> None:
    """Adds this command."""
    purge = command("purge", _purge, N_("destroys the personal data whose time is over"))
    purge.add_argument("--dry-run", action="store_true", help=_("says what would go, and no more"))
    purge.add_argument(
        "--date", type=date_of, metavar="D", help=_("what is over on this day; today without it")
    )


def _purge(options: argparse.Namespace) -> int:
    from hall_desk.services import filed_reports, kept_papers, retention

    with opened(options) as (store, actor):
        day = options.date or store.today()
        if options.dry_run:
            _tell(actor, day)
            return DONE
        done = retention.purge(actor, day)
        for kind, rows in done.rows_of:
            print(f"{i18n.code('retention', kind)}: {rows}")
        words = _n(
            "The personal data of {count} record was destroyed.",
            "The personal data of {count} records was destroyed.",
            done.rows,
        )
        print(words.format(count=done.rows))
        if not options.database:
            folder, since = folder_of(options), kept_papers.kept_since(actor)
            removed = kept_papers.clear(folder / PAPERS, since) + filed_reports.clear(folder, since)
            if removed:
                words = _n("{count} kept paper removed.", "{count} kept papers removed.", removed)
                print(words.format(count=removed))
    return DONE


def _tell(actor: Actor, day: date) -> None:
    from hall_desk.services import retention

    seen = retention.preview(actor, day)
    for line in seen.kinds:
        said = _("{kind}: {count} (kept for {days} days; before {before})").format(
            kind=i18n.code("retention", line.kind),
            count=line.rows,
            days=line.days,
            before=line.before,
        )
        print(said)
        for table in line.tables:
            print(f"  {table.table}: {table.rows} ({table.oldest} …)")
    words = _n(
        "The personal data of {count} record would be destroyed.",
        "The personal data of {count} records would be destroyed.",
        seen.rows,
    )
    print(words.format(count=seen.rows))
