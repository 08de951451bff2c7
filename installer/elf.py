"""Which libraries of a Linux system need which others."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable

_NEEDED = re.compile(r"^\s*(\S+) => (/\S+)", re.MULTILINE)


def closure(names: Iterable[str]) -> set[str]:
    """The sonames given, and all that those of them found on this system need in turn."""
    known = set(names)
    places = _places()
    for name in sorted(known):
        if name in places:
            said = subprocess.run(["ldd", places[name]], capture_output=True, text=True).stdout
            known |= {needed for needed, _place in _NEEDED.findall(said)}
    return known


def _places() -> dict[str, str]:
    said = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    found: dict[str, str] = {}
    for name, place in re.findall(r"^\s*(\S+) \([^)]*x86-64[^)]*\) => (\S+)", said, re.MULTILINE):
        found.setdefault(name, place)
    return found
