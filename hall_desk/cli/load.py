"""`hall-desk load`: will my server hold my hall?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import settings as pc
from hall_desk.cli.options import COULD_NOT, DONE, Declare
from hall_desk.i18n import N_, _

if TYPE_CHECKING:
    from hall_desk.services import load as load_figures

LOAD_STEPS = {
    "open": N_("opening a ticket"),
    "claim": N_("claiming the next one"),
    "received": N_("ticking its papers"),
    "finish": N_("finishing it"),
    "hand_back": N_("handing back"),
}


def declare(command: Declare) -> None:
    """Adds this command."""
    load = command("load", _load, N_("will my server hold my hall? tries it with many PCs"))
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
