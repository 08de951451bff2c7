"""Commands for drill days: recording a day without its people, and making the practice hall it is played in."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk import settings as pc
from hall_desk.cli.options import DONE, Declare, date_of, folder_of, opened, where
from hall_desk.cli.sample import clear_practice
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from hall_desk.services.drill import DrillScript


def declare(command: Declare) -> None:
    """Adds these commands."""
    drill = command("drill", _new, N_("drill days: a day of the hall, played again for training"))
    steps = drill.add_subparsers(dest="step", metavar=_("COMMAND"), required=True)

    def step(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = steps.add_parser(
            name, parents=[where(late=True)], help=text, description=text
        )
        made.set_defaults(run=run)
        return made

    record = step("record", _record, _("records a past day of the hall without its people"))
    record.add_argument("--date", required=True, type=date_of, metavar="D")
    record.add_argument("--output", required=True, type=Path, metavar="F.drill")
    new = step("new", _new, _("makes the practice hall of a recorded day"))
    source = new.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", type=Path, metavar="F.drill")
    source.add_argument("--sample", action="store_true", help=_("the sample hall's Friday"))


def _record(options: argparse.Namespace) -> int:
    from hall_desk.services import drill

    with opened(options) as (_store, actor):
        script = drill.record(actor, options.date)
    drill.write(options.output, script)
    said = _n("{count} act written to {file}", "{count} acts written to {file}", len(script.acts))
    print(said.format(count=len(script.acts), file=options.output))
    if script.left_out:
        words = _n(
            "{count} happening cannot be replayed: it is about an earlier day, or a correction.",
            "{count} happenings cannot be replayed: they are about earlier days, or corrections.",
            script.left_out,
        )
        print(words.format(count=script.left_out))
    return DONE


def _new(options: argparse.Namespace) -> int:
    from hall_desk.services import drill, halls

    script = _sample() if options.sample else drill.read(options.file)
    # Beside the real hall of this PC, never in its place.
    folder = folder_of(options) if options.data else pc.default_folder() / "drill"
    place = options.database or str(folder / pc.DATABASE)
    clear_practice(place)
    store = drill.make(place, script)
    try:
        halls.keep_practice_clock(store)
        name = halls.info(store).name
    finally:
        store.close()
    drill.write(folder / drill.KEPT, script)
    print(_("The practice hall of {hall} is made.").format(hall=name))
    print(_("Everybody's PIN there is {pin}.").format(pin=halls.PRACTICE_PIN))
    words = _(
        "Open it with hall-desk --data {folder}; a manager starts the day there: “Drill…” in the menu."
    )
    print(words.format(folder=folder))
    return DONE


def _sample() -> DrillScript:
    """The sample hall's Friday, lived and recorded now."""
    from hall_desk.services import accounts, drill, sample_day

    with tempfile.TemporaryDirectory(prefix="hall-desk-") as folder:
        place = str(Path(folder) / pc.DATABASE)
        with sample_day.make(place) as store:
            manager = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN)
            return drill.record(manager, sample_day.DAY)
