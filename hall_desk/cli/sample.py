"""Commands for the sample hall: open it, and picture its screens and papers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import errors
from hall_desk import settings as pc
from hall_desk.cli.options import DONE, Declare, folder_of, settings_of
from hall_desk.cli.papers import daily
from hall_desk.i18n import N_, _

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store

STEPS = {
    "hall": N_("Making the sample hall …"),
    "day": N_("Living through 21 February 2020 …"),
    "morning": N_("Starting the next morning …"),
    "screens": N_("Taking pictures of the screens …"),
    "papers": N_("Printing slips, receipts and the daily report …"),
}


def declare(command: Declare) -> None:
    """Adds these commands."""
    demo = command("demo", _demo, N_("makes a sample hall with a lived-in day and opens it"))
    demo.add_argument(
        "--headless",
        type=Path,
        metavar="OUT",
        help=_("writes screens, slips and the day's report to OUT instead"),
    )
    shots = command("shots", _shots, N_("writes a picture of every page to a folder"))
    shots.add_argument("out", type=Path, metavar="OUT")


def _progress(step: str) -> None:
    print(_(STEPS[step]), flush=True)


def _demo(options: argparse.Namespace) -> int:
    if options.headless is not None:
        return _headless(options)
    from hall_desk.services import halls, sample_day
    from hall_desk.ui import app

    folder = folder_of(options) if options.data else pc.default_folder() / "demo"
    place = options.database or str(folder / pc.DATABASE)
    clear_practice(place)
    with sample_day.make(place, _progress) as store:
        halls.keep_practice_clock(store)
    print(_("Everybody's PIN in the sample hall is {pin}.").format(pin=sample_day.PIN), flush=True)
    return app.run(place, settings_of(options, folder), folder=folder)


def clear_practice(place: str) -> None:
    """Removes the practice hall of an earlier run; a real hall is never touched. Raises AlreadyThere."""
    from hall_desk.services import halls
    from hall_desk.store.database import Store, is_postgres

    if is_postgres(place) or not Path(place).exists():
        return
    store = Store.open(place)
    try:
        there = halls.info(store)
    finally:
        store.close()
    if not there.practice:
        raise errors.AlreadyThere(kind="hall", key=there.name)
    for name in (place, f"{place}-wal", f"{place}-shm"):
        Path(name).unlink(missing_ok=True)


@contextmanager
def _sample(options: argparse.Namespace) -> Iterator[Store]:
    """The sample hall, kept where the options say, or gone afterwards."""
    import tempfile

    from hall_desk.services import sample_day

    with tempfile.TemporaryDirectory(prefix="hall-desk-") as folder:
        place = options.database or str(
            (folder_of(options) if options.data else Path(folder)) / pc.DATABASE
        )
        clear_practice(place)
        with sample_day.make(place, _progress) as store:
            yield store


def _shots(options: argparse.Namespace) -> int:
    with _sample(options) as store:
        _progress("screens")
        for path in _pictures(store, options.out):
            print(path)
    return DONE


def _pictures(store: Store, out: Path) -> list[Path]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hall_desk.services import accounts, sample_day
    from hall_desk.ui.shots import shots

    actors = {
        role: accounts.sign_in(store, name, sample_day.PIN, "A")
        for role, name in sample_day.PEOPLE.items()
    }
    return shots(store, actors, out)


def _headless(options: argparse.Namespace) -> int:
    from hall_desk.services import accounts, halls, sample_day

    out = options.headless
    with _sample(options) as store:
        manager = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN, "A")
        _progress("papers")
        _papers(manager, out)
        _progress("screens")
        _pictures(store, out)
        halls.keep_practice_clock(store)
    print(_("Everything is in {folder}.").format(folder=out))
    return DONE


def _papers(manager: Actor, out: Path) -> None:
    """Slips and receipts for each roll, the standards' papers, and the day's report as PDF and JSON."""
    from hall_desk.documents.bag_label import bag_label
    from hall_desk.documents.receipt import receipt, routing_slip
    from hall_desk.documents.slip import phone_slip
    from hall_desk.services import matters, sample_day, slips, tickets

    matter = matters.search(manager, "变更定点", 1)[0]
    window = matters.windows(manager)[0]
    waiting = tickets.board(manager).queued[0]
    facts = tickets.receipt_facts(manager, waiting.id)
    for roll in ("58", "80"):
        of_matter = slips.preview(manager, matter.window.id, matter.id)
        pc.write_file(out / f"slip-{roll}.pdf", phone_slip(of_matter, roll))
        pc.write_file(
            out / f"slip-window-{roll}.pdf", phone_slip(slips.preview(manager, window.id), roll)
        )
        pc.write_file(out / f"slip-large-{roll}.pdf", phone_slip(of_matter, roll, large=True))
        pc.write_file(out / f"receipt-{roll}.pdf", receipt(facts, roll))
        pc.write_file(out / f"routing-slip-{roll}.pdf", routing_slip(facts, roll))
        pc.write_file(out / f"bag-label-{roll}.pdf", bag_label(facts, roll))
    _standard_papers(manager, out)
    day = sample_day.DAY
    for ending in (".pdf", ".json"):
        pc.write_file(out / f"daily-{day}{ending}", daily(manager, day, ending))


def _standard_papers(manager: Actor, out: Path) -> None:
    """The six papers of a ticket, a notice of what is missing, and an incident's page."""
    from hall_desk.documents.forms import form
    from hall_desk.documents.incident import incident_report
    from hall_desk.documents.missing_notice import missing_notice
    from hall_desk.services import incidents, missing_notices, ticket_forms, tickets

    board = tickets.board(manager)
    suspended, done = (tickets.get(manager, one[0].id) for one in (board.suspended, board.ready))
    offered = ticket_forms.forms_of(suspended)
    papers = [(suspended, kind) for kind in offered]
    papers += [(done, kind) for kind in ticket_forms.forms_of(done) if kind not in offered]
    for ticket, kind in papers:
        facts = ticket_forms.form_facts(manager, ticket.card.id, kind)
        pc.write_file(out / f"form-{kind}.pdf", form(facts))
    notice = missing_notices.facts(manager, missing_notices.today(manager)[0].id)
    for roll in ("58", "80"):
        pc.write_file(out / f"missing-notice-{roll}.pdf", missing_notice(notice, roll))
    incident = incidents.open_ones(manager)[0]
    pc.write_file(out / "incident.pdf", incident_report(incidents.paper(manager, incident.id)))
