"""The command that says what works on this PC."""

from __future__ import annotations

import argparse
import sys

from hall_desk.cli.options import COULD_NOT, DONE, Declare, folder_of, place_of, settings_of
from hall_desk.doctor import screen
from hall_desk.i18n import N_, _


def declare(command: Declare) -> None:
    """Adds this command."""
    doctor = command(
        "doctor", _doctor, N_("says what works on this PC, and what to do where something does not")
    )
    doctor.add_argument("--json", action="store_true", help=_("as JSON, for other programs"))
    doctor.add_argument(
        screen.ONLY, action="store_true", dest="screen_only", help=argparse.SUPPRESS
    )


def _doctor(options: argparse.Namespace) -> int:
    from hall_desk import doctor

    if options.screen_only:
        print(screen.look_and_tell())
        return DONE
    folder = folder_of(options)
    patient = doctor.Patient(
        place_of(options),
        folder,
        settings_of(options, folder),
        screen.look_from_outside(),
        alone=True,
    )
    findings = []
    for finding in doctor.examine(patient):
        findings.append(finding)
        if not options.json:
            sys.stdout.write(doctor.as_text([finding]))
            sys.stdout.flush()
    if options.json:
        sys.stdout.write(doctor.as_json(findings))
    return DONE if doctor.sound(findings) else COULD_NOT
