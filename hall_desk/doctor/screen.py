"""What Qt sees of this PC: its monitors and the system's printers.

Qt ends the whole process where it finds no screen to open. The command therefore asks in a process of its own
(`look_from_outside`), while the program, which has a screen, simply looks (`look`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace

PATIENCE_S = 15.0
# What the command is called with to look, and nothing else.
ONLY = "--screen-only"


@dataclass(frozen=True)
class Monitor:
    """Sizes as programs see them, after scaling; `scale` is 1.5 at 150 %."""

    width: int
    height: int
    scale: float


@dataclass(frozen=True)
class Screen:
    """The first monitor is the one that programs open on; `printers` are the system's, None where nobody asked yet."""

    monitors: tuple[Monitor, ...]
    printers: tuple[str, ...] | None = None


def look() -> Screen:
    """Looks from within the program, in the thread that draws. Printers are not asked for: they may take long."""
    from PySide6.QtGui import QGuiApplication

    first = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not first)
    monitors = tuple(
        Monitor(one.size().width(), one.size().height(), one.devicePixelRatio()) for one in screens
    )
    return Screen(monitors)


def look_and_tell() -> str:
    """What `look` sees, from a process that has no application yet, as JSON."""
    from PySide6.QtGui import QGuiApplication

    from hall_desk.devices import printing

    application = QGuiApplication(sys.argv[:1])
    told = json.dumps(asdict(replace(look(), printers=tuple(printing.printers()))))
    application.shutdown()
    return told


def look_from_outside() -> Screen | None:
    """What a process of its own sees; None where it cannot open a screen, or does not answer."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
        or os.environ.get("QT_QPA_PLATFORM")
    ):
        return None
    command = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "hall_desk"])]
    try:
        done = subprocess.run(
            [*command, "doctor", ONLY],
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
        )
        told = json.loads(done.stdout)
        monitors = tuple(Monitor(**one) for one in told["monitors"])
        return Screen(monitors, tuple(told["printers"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
