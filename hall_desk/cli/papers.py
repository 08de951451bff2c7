"""Commands that write a paper: a telephone slip, a day's report, the directory of windows."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import errors
from hall_desk import settings as pc
from hall_desk.cli import mailing
from hall_desk.cli.options import (
    DONE,
    Declare,
    date_of,
    ending_of,
    opened,
    place_of,
    shown_progress,
)
from hall_desk.i18n import N_, _

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor

ALL_HALLS = "all"
FORMS = (".pdf", ".xlsx", ".csv", ".json")
BY = ("halls", "figures", "days", "hours", "windows", "matters", "clerks", "papers", "incidents")


def declare(command: Declare) -> None:
    """Adds these commands."""
    slip = command("slip", _slip, N_("writes one telephone slip as PDF"))
    subject = slip.add_mutually_exclusive_group(required=True)
    subject.add_argument("--matter", metavar="CODE", help=_("the matter's code"))
    subject.add_argument("--window", metavar="NUMBER", help=_("the window's number"))
    slip.add_argument("--output", required=True, type=Path, metavar="F.pdf")
    slip.add_argument(
        "--roll", choices=("58", "80", "a5"), default="80", help=_("width of the paper")
    )
    slip.add_argument("--large", action="store_true", help=_("large print"))

    directory = command(
        "directory",
        _directory,
        N_("writes the window phone directory, or sends it to the communities"),
    )
    # As an option too, like the other papers'.
    place = directory.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "file", nargs="?", type=Path, metavar="F", help=_("a name ending in .pdf or .xlsx")
    )
    place.add_argument("--output", type=Path, metavar="F", help=argparse.SUPPRESS)
    mailing.declare(directory, place)

    report = command(
        "report",
        _report,
        N_(
            "writes the report of a day, a week, a month or a range; the output's ending decides its form"
        ),
    )
    report.add_argument("period", choices=("daily", "weekly", "monthly", "range", "trips"))
    report.add_argument(
        "--date",
        type=date_of,
        metavar="D",
        help=_("the service day, or one of the week or month; today without it"),
    )
    report.add_argument(
        "--from", dest="first", type=date_of, metavar="D", help=_("a range's first day")
    )
    report.add_argument(
        "--to",
        dest="last",
        type=date_of,
        metavar="D",
        help=_("a range's last day; today without it"),
    )
    report.add_argument(
        "--days",
        type=int,
        metavar="N",
        help=_("of second trips: the most days between two visits; 30 without it"),
    )
    report.add_argument(
        "--by",
        choices=BY,
        help=_(
            "as CSV: which of the tables; without it all figures of a day, the days of a period, or the halls"
        ),
    )
    report.add_argument(
        "--output",
        required=True,
        type=Path,
        metavar="F",
        help=_("a name ending in .pdf, .xlsx, .csv or .json"),
    )
    report.add_argument(
        "--hall", metavar="NAME", help=_("in a district's database: one hall's name, or “all”")
    )


def _slip(options: argparse.Namespace) -> int:
    from hall_desk.documents.slip import phone_slip
    from hall_desk.services import matters, slips

    ending_of(options.output, ".pdf")
    with opened(options) as (_store, actor):
        if options.matter:
            matter = matters.by_code(actor, options.matter)
            facts = slips.preview(actor, matter.line.window.id, matter.line.id)
        else:
            facts = slips.preview(actor, matters.window_by_number(actor, options.window).id)
    pc.write_file(options.output, phone_slip(facts, options.roll, options.large))
    return DONE


def _directory(options: argparse.Namespace) -> int:
    from hall_desk.documents.directory import directory
    from hall_desk.services import directory_paper

    if mailing.wanted(options):
        return mailing.send(options)
    file = options.output or options.file
    ending = ending_of(file, ".pdf", ".xlsx")
    with opened(options) as (_store, actor):
        facts = directory_paper.of_hall(actor)
    content = directory(facts) if ending == ".pdf" else directory_paper.as_xlsx(facts)
    pc.write_file(file, content)
    return DONE


def _report(options: argparse.Namespace) -> int:
    from hall_desk.services.figures import day_tables

    if options.period == "trips":
        return _second_trips(options)
    if options.period != "daily":
        return _of_period(options)
    ending = ending_of(options.output, *FORMS)
    if options.hall == ALL_HALLS:
        pc.write_file(options.output, _district(options, ending))
        return DONE
    _check_table(options, day_tables.NAMES)
    with opened(options, options.hall) as (store, actor):
        content = daily(actor, options.date or store.today(), ending, options.by or "figures")
    pc.write_file(options.output, content)
    return DONE


def _second_trips(options: argparse.Namespace) -> int:
    from hall_desk.documents.second_trips import second_trips as on_paper
    from hall_desk.services import second_trips, trip_tables
    from hall_desk.services.figures import period

    ending = ending_of(options.output, *FORMS)
    if options.first is None:
        raise errors.BadInput("period", "no_first_day")
    days = second_trips.DAYS if options.days is None else options.days
    with opened(options, options.hall) as (store, actor):
        wanted = period.between(options.first, options.last or store.today())
        found = second_trips.of_period(actor, wanted, days)
    content = {
        ".pdf": lambda: on_paper(found),
        ".json": lambda: trip_tables.as_json(found).encode(),
        ".xlsx": lambda: trip_tables.as_xlsx(found),
        ".csv": lambda: trip_tables.as_csv(found),
    }[ending]()
    pc.write_file(options.output, content)
    return DONE


def _of_period(options: argparse.Namespace) -> int:
    from hall_desk.documents.period_report import period_report
    from hall_desk.services.figures import period, period_tables

    ending = ending_of(options.output, *FORMS)
    _check_table(options, period_tables.NAMES)
    progress = shown_progress()
    if options.period == "range" and options.first is None:
        raise errors.BadInput("period", "no_first_day")
    with opened(options, options.hall) as (store, actor):
        day = options.date or store.today()
        wanted = {
            "weekly": lambda: period.week_of(day),
            "monthly": lambda: period.month_of(day),
            "range": lambda: period.between(options.first, options.last or store.today()),
        }[options.period]()
        found = period.of_period(actor, wanted, progress)
    content = {
        ".pdf": lambda: period_report(found, progress),
        ".json": lambda: period_tables.as_json(found).encode(),
        ".xlsx": lambda: period_tables.as_xlsx(found),
        ".csv": lambda: period_tables.as_csv(found, options.by or "days"),
    }[ending]()
    pc.write_file(options.output, content)
    return DONE


def _check_table(options: argparse.Namespace, names: tuple[str, ...]) -> None:
    if options.by is not None and options.by not in names:
        raise errors.BadInput("table", "unknown", names=" ".join(names))


def daily(actor: Actor, day: date, ending: str, by: str = "figures") -> bytes:
    """The report of a day in the form that its file's ending says; `by` is the table of a CSV."""
    from hall_desk.services import figures
    from hall_desk.services.figures import day_tables

    found = figures.of_day(actor, day)
    if ending == ".json":
        return figures.as_json(found).encode()
    if ending == ".xlsx":
        return day_tables.as_xlsx(found)
    if ending == ".csv":
        return day_tables.as_csv(found, by)
    from hall_desk.documents.daily_report import daily_report

    return daily_report(found)


def _district(options: argparse.Namespace, ending: str) -> bytes:
    """The day's reports of all halls in the database, and what they add up to."""
    from hall_desk.services import accounts, figures
    from hall_desk.services.figures import district_tables
    from hall_desk.store.database import Store

    _check_table(options, district_tables.NAMES)
    store = Store.open(place_of(options), several=True)
    try:
        found = []
        for key, _name in store.halls():
            store.learn_hall(str(key))
            found.append(figures.of_day(accounts.operator(store), options.date or store.today()))
    finally:
        store.close()
    if ending == ".json":
        return figures.all_as_json(found).encode()
    if ending == ".xlsx":
        return district_tables.as_xlsx(found)
    if ending == ".csv":
        return district_tables.as_csv(found, options.by or "halls")
    from hall_desk.documents.daily_report import district_report

    return district_report(found)
