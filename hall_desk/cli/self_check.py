"""`hall-desk self-check`: whether this installation of the program is complete."""

from __future__ import annotations

import argparse
import os

from hall_desk.cli.options import COULD_NOT, DONE, Declare
from hall_desk.i18n import N_, _


def declare(command: Declare) -> None:
    """Adds this command."""
    command(
        "self-check",
        _self_check,
        N_("whether this installation is complete: loads, draws and uses every part once"),
    )


def _self_check(_options: argparse.Namespace) -> int:
    # Nothing appears on anybody's screen.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from hall_desk.ui.self_check import SelfCheck

    failed = 0
    for line in SelfCheck().lines():
        failed += not line.good
        print(f"{_('ok') if line.good else _('FAILED'):<8}{line.title}: {line.told}", flush=True)
    print(_("Complete.") if not failed else _("This installation is not complete."))
    return COULD_NOT if failed else DONE
