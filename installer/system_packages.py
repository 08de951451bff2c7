"""What the operating system has to provide (Qt's libraries, Python's venv) and how it is got.

Looks by really loading each library, never by asking for package names: only that tells whether Qt
will start. Qt's own message names xcb-cursor0 whichever library is missing.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

from setup_error import SetupError

# What Qt's own files link to beyond a bare Debian system, by the package that holds it there.
OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
}
SCREEN = OFFSCREEN | {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libcups.so.2": "libcups2",
}


def missing_packages(*, on_screen: bool, with_venv: bool) -> list[str]:
    """The Debian packages to install before Qt starts, on a screen or without one."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = SCREEN if on_screen else OFFSCREEN
    packages = {package for library, package in wanted.items() if not _loads(library)}
    if with_venv and importlib.util.find_spec("ensurepip") is None:
        packages.add(f"python3.{sys.version_info.minor}-venv")
    return sorted(packages)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install(packages: list[str]) -> None:
    """Install `packages` where this process may, else raise `SetupError` with the exact command."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise SetupError(_advice(packages, debian=apt is not None))
    install_command = [apt, "install", "--yes", "--no-install-recommends", *packages]
    for command in ([apt, "update"], install_command):
        done = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            raise SetupError(f"{_last_lines(done.stdout)}\n'{' '.join(command)}' failed.")


def _advice(packages: list[str], *, debian: bool) -> str:
    command = "sudo apt-get install " + " ".join(packages)
    if debian:
        return f"The system lacks some packages. Please run this, then try again:\n    {command}"
    return (
        "The system lacks some packages. On Debian they would be installed with\n"
        f"    {command}\n"
        "Please install what they are called on this system, then try again."
    )


def _last_lines(text: str, count: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-count:])


if __name__ == "__main__":  # for .ci/run, whose tests show windows on a virtual screen
    print(*missing_packages(on_screen=True, with_venv=False), sep="\n")
