"""Commands for a hall as a whole: open it, make it, fill its lists, keep it and bring it back."""

from __future__ import annotations

import argparse
from pathlib import Path

from hall_desk.cli.options import (
    DONE,
    Declare,
    date_of,
    folder_of,
    opened,
    passphrase,
    pin,
    place_of,
    settings_of,
)
from hall_desk.i18n import N_, _, _n

KINDS = ("windows", "matters", "staff", "communities")


def declare(command: Declare) -> None:
    """Adds these commands."""
    command("run", open_app, N_("opens the app"))
    init = command("init", _init, N_("makes a hall without the wizard"))
    init.add_argument("--hall", required=True, metavar="NAME", help=_("the hall's name"))
    init.add_argument(
        "--manager", required=True, metavar="NAME", help=_("the first manager's name")
    )
    init.add_argument(
        "--opened",
        type=date_of,
        metavar="DATE",
        help=_("the hall's opening day, for cumulative figures"),
    )
    init.add_argument(
        "--balance",
        type=int,
        default=0,
        metavar="N",
        help=_("tickets handled since the opening day, before Hall Desk"),
    )
    for name, run, text in (
        (
            "import",
            _import,
            N_("takes windows, matters, staff or communities from an XLSX or CSV file"),
        ),
        (
            "export",
            _export,
            N_("writes windows, matters, staff or communities to an XLSX or CSV file"),
        ),
    ):
        transfer = command(name, run, text)
        transfer.add_argument("kind", choices=KINDS)
        transfer.add_argument("file", type=Path, metavar="FILE")
    backup = command(
        "backup", _backup, N_("keeps the whole hall in one file, while it goes on working")
    )
    backup.add_argument("file", type=Path, metavar="F")
    backup.add_argument(
        "--seal", action="store_true", help=_("with a passphrase, without which nobody reads it")
    )
    restore = command("restore", _restore, N_("makes the hall of a backup in an empty place"))
    restore.add_argument("file", type=Path, metavar="F")
    command("migrate", _migrate, N_("brings the database to this program's version"))


def open_app(options: argparse.Namespace) -> int:
    from hall_desk.ui import app

    folder = folder_of(options)
    return app.run(place_of(options), settings_of(options, folder), folder=folder)


def _init(options: argparse.Namespace) -> int:
    from hall_desk.services import halls

    place = place_of(options)
    store = halls.create(
        place,
        name=options.hall,
        manager=options.manager,
        pin=pin(_("PIN of the first manager: ")),
        opened_day=options.opened,
        opening_balance=options.balance,
        folder=folder_of(options),
    )
    try:
        print(
            _("The hall “{hall}” stands at {place}.").format(
                hall=options.hall, place=store.public_place
            )
        )
        print(
            _("Print its recovery sheet now: “hall-desk key sheet F.pdf”, and keep it in the safe.")
        )
    finally:
        store.close()
    return DONE


def _import(options: argparse.Namespace) -> int:
    from hall_desk.services import directory

    with opened(options) as (_store, actor):
        plan = directory.import_file(actor, options.kind, options.file)
    print(
        _("{added} added, {changed} changed, {retired} retired, {unchanged} unchanged.").format(
            added=len(plan.added),
            changed=len(plan.changed),
            retired=len(plan.retired),
            unchanged=plan.unchanged,
        )
    )
    return DONE


def _export(options: argparse.Namespace) -> int:
    from hall_desk.services import directory

    with opened(options) as (_store, actor):
        count = directory.export_file(actor, options.kind, options.file)
    print(
        _n("{count} row written to {file}.", "{count} rows written to {file}.", count).format(
            count=count, file=options.file
        )
    )
    return DONE


def _backup(options: argparse.Namespace) -> int:
    from hall_desk.services import backups

    typed = passphrase(twice=True) if options.seal else ""
    with opened(options) as (_store, actor):
        made = backups.make(actor, options.file, typed, sealed=options.seal)
        words = _("The hall was kept in {file} ({size} KB), and the file read back.")
        print(words.format(file=options.file, size=max(1, made.size // 1024)))
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from hall_desk.store import backup
    from hall_desk.store.database import is_postgres

    place = place_of(options)
    typed = passphrase(twice=False) if backup.about(options.file).sealed else ""
    found = backup.restore(options.file, place, typed, folder_of(options))
    made_at = found.made_at[:16].replace("T", " ")
    print(_("The hall is back as it was on {made_at} UTC.").format(made_at=made_at))
    if is_postgres(place):
        print(_("Now run “hall-desk server init”, which gives the program's role its rights."))
    if found.key_of:
        print(_("The hall's key came with it and is on this PC now."))
    else:
        print(
            _(
                "The hall's key is not in this backup. A PC that lacks it needs the recovery sheet for ID numbers: "
                "“hall-desk key take”."
            )
        )
    return DONE


def _migrate(options: argparse.Namespace) -> int:
    from hall_desk.store.database import Store

    before, after = Store.migrate(place_of(options))
    if before == after:
        print(_("The database is at version {version} already.").format(version=after))
    else:
        print(
            _("The database went from version {before} to {after}.").format(
                before=before, after=after
            )
        )
    return DONE
