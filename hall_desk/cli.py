"""The command `hall-desk`: its words, what each does, and how it ends.

Exit status 0: done. 2: something typed is wrong. 1: it could not be done. An error is one plain line on stderr.
"""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import hall_desk
from hall_desk import errors, i18n
from hall_desk import settings as pc
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from hall_desk.services import load as load_figures
    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store

DONE, COULD_NOT, WRONG_INPUT = 0, 1, 2
PIN_VARIABLE = "HALL_DESK_PIN"
APP_PASSWORD_VARIABLE = "HALL_DESK_APP_PASSWORD"  # noqa: S105 - a variable's name
DISTRICT_PASSWORD_VARIABLE = "HALL_DESK_DISTRICT_PASSWORD"  # noqa: S105 - a variable's name
PASSPHRASE_VARIABLE = "HALL_DESK_PASSPHRASE"  # noqa: S105 - a variable's name
ALL_HALLS = "all"
WRONG: tuple[type[errors.HallDeskError], ...] = (
    errors.BadInput,
    errors.BadFile,
    errors.NotFound,
    errors.AlreadyThere,
    errors.DayNotOver,
    errors.SeveralHalls,
)
KINDS = ("windows", "matters", "staff", "communities")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one plain line, as all other errors here."""

    def error(self, message: str) -> NoReturn:
        print(f"hall-desk: {message}", file=sys.stderr)
        raise SystemExit(WRONG_INPUT)


def _parser() -> argparse.ArgumentParser:
    where = argparse.ArgumentParser(add_help=False)
    place = where.add_mutually_exclusive_group()
    place.add_argument("--data", type=Path, metavar="DIR", help=_("this PC's data folder"))
    place.add_argument("--database", metavar="URL", help=_("the hall's PostgreSQL database"))
    where.add_argument(
        "--language", choices=tuple(i18n.LANGUAGES), help=_("language of texts and papers")
    )

    parser: argparse.ArgumentParser = _Parser(
        prog="hall-desk",
        parents=[where],
        description=_("The front desk of a government service hall."),
    )
    parser.add_argument("--version", action="version", version=f"hall-desk {hall_desk.__version__}")
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"))

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        # The place may stand before or after the command; SUPPRESS keeps the later one from erasing the earlier.
        late = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
        group = late.add_mutually_exclusive_group()
        group.add_argument("--data", type=Path, metavar="DIR", help=_("this PC's data folder"))
        group.add_argument("--database", metavar="URL", help=_("the hall's PostgreSQL database"))
        late.add_argument(
            "--language", choices=tuple(i18n.LANGUAGES), help=_("language of texts and papers")
        )
        made: argparse.ArgumentParser = commands.add_parser(
            name, parents=[late], help=_(text), description=_(text)
        )
        made.set_defaults(run=run)
        return made

    command("run", _run, N_("opens the app"))
    demo = command("demo", _demo, N_("makes a sample hall with a lived-in day and opens it"))
    demo.add_argument(
        "--headless",
        type=Path,
        metavar="OUT",
        help=_("writes screens, slips and the day's report to OUT instead"),
    )
    shots = command("shots", _shots, N_("writes a picture of every page to a folder"))
    shots.add_argument("out", type=Path, metavar="OUT")

    init = command("init", _init, N_("makes a hall without the wizard"))
    init.add_argument("--hall", required=True, metavar="NAME", help=_("the hall's name"))
    init.add_argument(
        "--manager", required=True, metavar="NAME", help=_("the first manager's name")
    )
    init.add_argument(
        "--opened",
        type=_date,
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

    slip = command("slip", _slip, N_("writes one telephone slip as PDF"))
    subject = slip.add_mutually_exclusive_group(required=True)
    subject.add_argument("--matter", metavar="CODE", help=_("the matter's code"))
    subject.add_argument("--window", metavar="NUMBER", help=_("the window's number"))
    slip.add_argument("--output", required=True, type=Path, metavar="F.pdf")
    slip.add_argument(
        "--roll", choices=("58", "80", "a5"), default="80", help=_("width of the paper")
    )
    slip.add_argument("--large", action="store_true", help=_("large print"))

    report = command(
        "report", _report, N_("writes the report of a day; the output's ending decides its form")
    )
    report.add_argument("period", choices=("daily",))
    report.add_argument(
        "--date", type=_date, metavar="D", help=_("the service day; today without it")
    )
    report.add_argument(
        "--output", required=True, type=Path, metavar="F", help=_("a name ending in .pdf or .json")
    )

    report.add_argument(
        "--hall", metavar="NAME", help=_("in a district's database: one hall's name, or “all”")
    )

    verify = command("verify", _verify, N_("recomputes the digest of a day's journal"))
    verify.add_argument("--date", required=True, type=_date, metavar="D")
    verify.add_argument(
        "--hall", metavar="NAME", help=_("in a district's database: one hall's name")
    )
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
    _load_options(command("load", _load, N_("will my server hold my hall? tries it with many PCs")))

    server = command("server", _server_init, N_("prepares a PostgreSQL server for a hall"))
    steps = server.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)
    text = _("makes or upgrades the database, its tables, its roles and their rights")
    prepare = steps.add_parser("init", help=text, description=text)
    prepare.add_argument(
        "url", metavar="URL", help=_("the administrator's address, with the database to make")
    )
    prepare.add_argument("--application", metavar="NAME", help=_("the program's role"))
    prepare.add_argument("--owner", metavar="NAME", help=_("the role that owns the tables"))
    prepare.add_argument(
        "--district",
        action="store_true",
        help=_("collects the figures of several halls; the program only reads"),
    )
    text = _("offers a hall's tables to its district, without what is private")
    publish = steps.add_parser("publish", help=text, description=text)
    publish.add_argument("url", metavar="URL", help=_("the administrator's address"))
    publish.add_argument("--reader", metavar="NAME", help=_("the role the district reads with"))
    publish.set_defaults(run=_server_publish)
    for step in (prepare, publish):
        step.add_argument(
            "--language",
            choices=tuple(i18n.LANGUAGES),
            default=argparse.SUPPRESS,
            help=_("language of texts and papers"),
        )
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("A date looks like 2020-02-21.")) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    i18n.use(_language(words))
    try:
        options = _parser().parse_args(words)
        return int(getattr(options, "run", _run)(options))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else COULD_NOT
    except errors.HallDeskError as error:
        _complain(error)
        mistyped = isinstance(error, errors.CannotPrepare) and error.mistyped
        return WRONG_INPUT if mistyped or isinstance(error, WRONG) else COULD_NOT
    except KeyboardInterrupt:
        return COULD_NOT


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


# --- where the hall is ---------------------------------------------------------------------------


def _folder(options: argparse.Namespace) -> Path:
    return Path(options.data or pc.default_folder()).expanduser().resolve()


def _settings(options: argparse.Namespace, folder: Path) -> pc.Settings:
    found = pc.load(folder)
    return dataclasses.replace(found, language=options.language or found.language)


def _place(options: argparse.Namespace) -> str:
    """The database: `--database`, or what the data folder's settings say, or the SQLite file in it."""
    if options.database:
        return str(options.database)
    folder = _folder(options)
    return pc.load(folder).database or str(folder / pc.DATABASE)


@contextmanager
def _opened(options: argparse.Namespace, hall: str | None = None) -> Iterator[tuple[Store, Actor]]:
    from hall_desk.services import accounts
    from hall_desk.store.database import Store

    store = Store.open(_place(options), hall)
    try:
        yield store, accounts.operator(store)
    finally:
        store.close()


# --- the commands --------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    from hall_desk.ui import app

    folder = _folder(options)
    return app.run(_place(options), _settings(options, folder), folder=folder)


def _passphrase(*, twice: bool) -> str:
    """The passphrase of a sealed backup: from the environment, or asked for on a terminal; empty where neither is."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None or not sys.stdin.isatty():
        return given or ""
    passphrase = getpass.getpass(_("Passphrase of the backup: "))
    if twice and getpass.getpass(_("The same passphrase again: ")) != passphrase:
        raise errors.BadInput("passphrase", "not_the_same")
    return passphrase


def _backup(options: argparse.Namespace) -> int:
    from hall_desk.services import backups

    passphrase = _passphrase(twice=True) if options.seal else ""
    with _opened(options) as (_store, actor):
        made = backups.make(actor, options.file, passphrase, sealed=options.seal)
        words = _("The hall was kept in {file} ({size} KB), and the file read back.")
        print(words.format(file=options.file, size=max(1, made.size // 1024)))
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from hall_desk.store import backup
    from hall_desk.store.database import is_postgres

    place = _place(options)
    passphrase = _passphrase(twice=False) if backup.about(options.file).sealed else ""
    found = backup.restore(options.file, place, passphrase)
    made_at = found.made_at[:16].replace("T", " ")
    print(_("The hall is back as it was on {made_at} UTC.").format(made_at=made_at))
    if is_postgres(place):
        print(_("Now run “hall-desk server init”, which gives the program's role its rights."))
    return DONE


def _pin() -> str:
    given = os.environ.get(PIN_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise errors.BadInput("pin", "too_short", limit=4)
    pin = getpass.getpass(_("PIN of the first manager: "))
    if getpass.getpass(_("The same PIN again: ")) != pin:
        raise errors.BadInput("pin", "not_the_same")
    return pin


def _init(options: argparse.Namespace) -> int:
    from hall_desk.services import halls

    place = _place(options)
    store = halls.create(
        place,
        name=options.hall,
        manager=options.manager,
        pin=_pin(),
        opened_day=options.opened,
        opening_balance=options.balance,
    )
    try:
        print(
            _("The hall “{hall}” stands at {place}.").format(
                hall=options.hall, place=store.public_place
            )
        )
    finally:
        store.close()
    return DONE


def _import(options: argparse.Namespace) -> int:
    from hall_desk.services import directory

    with _opened(options) as (_store, actor):
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

    with _opened(options) as (_store, actor):
        count = directory.export_file(actor, options.kind, options.file)
    print(
        _n("{count} row written to {file}.", "{count} rows written to {file}.", count).format(
            count=count, file=options.file
        )
    )
    return DONE


def _ending(path: Path, *allowed: str) -> str:
    ending = path.suffix.lower()
    if ending not in allowed:
        raise errors.BadInput("output", "ending", endings=" ".join(allowed))
    return ending


def _slip(options: argparse.Namespace) -> int:
    from hall_desk.documents.slip import phone_slip
    from hall_desk.services import matters, slips

    _ending(options.output, ".pdf")
    with _opened(options) as (_store, actor):
        if options.matter:
            matter = matters.by_code(actor, options.matter)
            facts = slips.preview(actor, matter.line.window.id, matter.line.id)
        else:
            facts = slips.preview(actor, matters.window_by_number(actor, options.window).id)
    pc.write_file(options.output, phone_slip(facts, options.roll, options.large))
    return DONE


def _report(options: argparse.Namespace) -> int:
    ending = _ending(options.output, ".pdf", ".json")
    if options.hall == ALL_HALLS:
        content = _district(options, ending)
        pc.write_file(options.output, content)
        return DONE
    with _opened(options, options.hall) as (store, actor):
        content = _daily(actor, options.date or store.today(), ending)
    pc.write_file(options.output, content)
    return DONE


def _daily(actor: Actor, day: date, ending: str) -> bytes:
    from hall_desk.services import figures

    found = figures.of_day(actor, day)
    if ending == ".json":
        return figures.as_json(found).encode()
    from hall_desk.documents.daily_report import daily_report

    return daily_report(found)


def _district(options: argparse.Namespace, ending: str) -> bytes:
    """The day's reports of all halls in the database, and what they add up to."""
    from hall_desk.services import accounts, figures
    from hall_desk.store.database import Store

    store = Store.open(_place(options), several=True)
    try:
        found = []
        for key, _name in store.halls():
            store.learn_hall(str(key))
            found.append(figures.of_day(accounts.operator(store), options.date or store.today()))
    finally:
        store.close()
    if ending == ".json":
        return figures.all_as_json(found).encode()
    from hall_desk.documents.daily_report import district_report

    return district_report(found)


def _verify(options: argparse.Namespace) -> int:
    from hall_desk.services import figures

    with _opened(options, options.hall) as (_store, actor):
        digest = figures.digest_of_day(actor, options.date)
    print(
        _n(
            "{day}: {count} entry, digest {digest}",
            "{day}: {count} entries, digest {digest}",
            digest.entries,
        ).format(day=options.date, count=digest.entries, digest=digest.text)
    )
    return DONE


def _migrate(options: argparse.Namespace) -> int:
    from hall_desk.store.database import Store

    before, after = Store.migrate(_place(options))
    if before == after:
        print(_("The database is at version {version} already.").format(version=after))
    else:
        print(
            _("The database went from version {before} to {after}.").format(
                before=before, after=after
            )
        )
    return DONE


# --- will my server hold my hall? ----------------------------------------------------------------

LOAD_STEPS = {
    "open": N_("opening a ticket"),
    "claim": N_("claiming the next one"),
    "received": N_("ticking its papers"),
    "finish": N_("finishing it"),
    "hand_back": N_("handing back"),
}


def _load_options(load: argparse.ArgumentParser) -> None:
    load.add_argument("--desks", type=int, default=4, metavar="N", help=_("front desks, up to 26"))
    load.add_argument("--windows", type=int, default=8, metavar="M", help=_("windows, up to 100"))
    load.add_argument(
        "--seconds", type=float, default=10.0, metavar="S", help=_("how long, up to 600")
    )
    load.add_argument(
        "--pace", type=float, default=0.0, metavar="C",
        help=_("cases a minute at each desk; without it, as fast as they can"),
    )  # fmt: skip
    load.add_argument(
        "--peak",
        type=int,
        default=60,
        metavar="C",
        help=_("cases in your busiest hour; 60 without it"),
    )
    load.add_argument(
        "--json", type=Path, metavar="FILE", help=_("also writes the figures to FILE")
    )


def _load(options: argparse.Namespace) -> int:
    from hall_desk.services import load

    plan = load.Plan(options.desks, options.windows, options.seconds, options.pace, options.peak)
    report = load.run(plan, options.database)
    for line in _load_lines(report):
        print(line)
    if options.json:
        pc.write_file(options.json, load.as_json(report).encode())
    return DONE if report.right else COULD_NOT


def _load_lines(report: load_figures.Report) -> Iterator[str]:
    yield _("{database}: {desks} desks and {windows} windows for {seconds:.0f} s").format(
        database=report.database, desks=report.desks, windows=report.windows, seconds=report.seconds
    )
    yield _(
        "cases handed back: {cases}, which is {rate:.1f} a second; on their way: {left}"
    ).format(cases=report.cases, rate=report.cases_per_second, left=report.unfinished)
    times = _("{what}: half within {p50:.1f} ms, 99 of 100 within {p99:.1f} ms")
    for step, spread in report.latency_ms.items():
        yield times.format(what=_(LOAD_STEPS[step]), p50=spread.p50, p99=spread.p99)
    for what, spread in (
        (_("a new ticket, from its commit to every PC"), report.notice_ms),
        (_("the same from the key press"), report.pressed_ms),
    ):
        yield times.format(what=what, p50=spread.p50, p99=spread.p99)
    yield _(
        "double claims: {claims}, duplicate numbers: {numbers}, lost notices: {notices}, errors: {errors}"
    ).format(
        claims=report.double_claims,
        numbers=report.duplicate_numbers,
        notices=report.lost_notices,
        errors=", ".join(f"{name} {count}" for name, count in report.errors.items()) or 0,
    )
    yield _load_answer(report)


def _load_answer(report: load_figures.Report) -> str:
    """The one sentence the command is run for."""
    hourly = report.cases_per_second * 3600
    if not report.right:
        return _("No: what must never happen has happened; see the counts above.")
    if report.holds and report.pace:
        return _(
            "Yes: it kept the pace of {pace:g} cases a minute at each desk; "
            "99 of 100 steps took at most {ms:.0f} ms."
        ).format(pace=report.pace, ms=report.slowest_p99)
    if report.holds:
        return _(
            "Yes: your busiest hour needs {peak} cases, and this server did {hourly:.0f} an hour; "
            "99 of 100 steps took at most {ms:.0f} ms."
        ).format(peak=report.peak, hourly=hourly, ms=report.slowest_p99)
    return _(
        "No: it did {hourly:.0f} cases an hour and your busiest hour needs {peak}; "
        "one step of 100 took over {ms:.0f} ms."
    ).format(peak=report.peak, hourly=hourly, ms=report.slowest_p99)


# --- the server ----------------------------------------------------------------------------------


class _RolePassword:
    """A role's password: from the environment, else typed, else made here and shown once.

    A role that is there already keeps its own unless the environment has a new one.
    """

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.made = ""

    def __call__(self, new: bool) -> str | None:
        given = os.environ.get(self.variable)
        if given is not None or not new:
            return given
        if sys.stdin.isatty():
            typed = getpass.getpass(_("Password for the new role (empty: make one): "))
            if typed and getpass.getpass(_("The same password again: ")) != typed:
                raise errors.BadInput("pin", "passwords_differ")
            if typed:
                return typed
        self.made = secrets.token_urlsafe(18)
        return self.made

    def show(self) -> None:
        if self.made:
            print(_("Password, shown only this once: {password}").format(password=self.made))


def _server_init(options: argparse.Namespace) -> int:
    from hall_desk.store import server

    password = _RolePassword(APP_PASSWORD_VARIABLE)
    done = server.init(
        options.url,
        password,
        application=options.application,
        owner=options.owner,
        district=options.district,
    )
    if done.before == done.after:
        text = _("The database “{database}” is at version {after}; its roles and rights are set.")
    elif done.before:
        text = _("The database “{database}” went from version {before} to {after}.")
    else:
        text = _("The database “{database}” is ready: version {after}, no hall in it yet.")
    print(text.format(database=done.database, before=done.before, after=done.after))
    print(
        _("Its tables belong to {owner}; the program is {application}.").format(
            owner=done.owner, application=done.application
        )
    )
    print(_("Address for the PCs, their password goes after the name: {url}").format(url=done.url))
    password.show()
    return DONE


def _server_publish(options: argparse.Namespace) -> int:
    from hall_desk.store import server

    password = _RolePassword(DISTRICT_PASSWORD_VARIABLE)
    done = server.publish(options.url, password, reader=options.reader)
    print(
        _("The publication “{name}” offers this hall to its district: {url}").format(
            name=done.publication, url=done.url
        )
    )
    password.show()
    return DONE


# --- the sample hall -----------------------------------------------------------------------------

STEPS = {
    "hall": N_("Making the sample hall …"),
    "day": N_("Living through 21 February 2020 …"),
    "morning": N_("Starting the next morning …"),
    "screens": N_("Taking pictures of the screens …"),
    "papers": N_("Printing slips, receipts and the daily report …"),
}


def _progress(step: str) -> None:
    print(_(STEPS[step]), flush=True)


def _demo(options: argparse.Namespace) -> int:
    if options.headless is not None:
        return _headless(options)
    from hall_desk.services import halls, sample_day
    from hall_desk.ui import app

    folder = _folder(options) if options.data else pc.default_folder() / "demo"
    place = options.database or str(folder / pc.DATABASE)
    _clear_sample(place)
    with sample_day.make(place, _progress) as store:
        halls.keep_practice_clock(store)
    print(_("Everybody's PIN in the sample hall is {pin}.").format(pin=sample_day.PIN), flush=True)
    return app.run(place, _settings(options, folder), folder=folder)


def _clear_sample(place: str) -> None:
    """Removes the sample hall of an earlier run; a real hall is never touched. Raises AlreadyThere."""
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
            (_folder(options) if options.data else Path(folder)) / pc.DATABASE
        )
        _clear_sample(place)
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
    _standard_papers(manager, out)
    day = sample_day.DAY
    for ending in (".pdf", ".json"):
        pc.write_file(out / f"daily-{day}{ending}", _daily(manager, day, ending))


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
