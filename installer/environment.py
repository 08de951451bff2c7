"""The Python environment in `.venv`: made once, filled from a hashed lock, renewed with it.

A stamp in the environment says which lock it was filled from, so that a later start only compares
two numbers. The `dev` lock holds everything the `run` lock does; an environment filled from it
stays that way.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from setup_error import SetupError

OLDEST_GLIBC = (2, 34)  # what the wheels of the newest Qt ask for; below it an older Qt is locked
STAMP = "hall-desk.json"


def python_in(venv: Path, *, windows: bool = os.name == "nt") -> Path:
    """The interpreter of an environment."""
    return venv / "Scripts" / "python.exe" if windows else venv / "bin" / "python"


def lock_name(kind: str, glibc: tuple[int, int] | None) -> str:
    """The lock file for `run` or `dev` on a system with this C library (None: not glibc)."""
    if glibc is None or glibc >= OLDEST_GLIBC:
        return f"{kind}.lock"
    if kind == "run":
        return "run-oldlinux.lock"
    raise SetupError(
        f"Tests and checks need glibc 2.34 or newer; this system has {glibc[0]}.{glibc[1]}. "
        "Running the program itself works here."
    )


def system_glibc() -> tuple[int, int] | None:
    """The running system's glibc version; None on Windows, macOS and musl."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (OSError, ValueError):
        return None
    if name != "glibc":
        return None
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


class Environment:
    """`.venv` under `root`, wanted as `kind`: "run" (the program) or "dev" (tests as well)."""

    def __init__(self, root: Path, kind: str) -> None:
        self.venv = root / ".venv"
        self.python = python_in(self.venv)
        self._stamp = self.venv / STAMP
        self._running = f"{sys.version_info.major}.{sys.version_info.minor}"
        filled_from = self._read_stamp().get("lock")
        if filled_from == "dev.lock":
            kind = "dev"
        self.lock = root / "requirements" / lock_name(kind, system_glibc())

    def is_current(self) -> bool:
        """Whether the environment holds exactly what its lock says, for this Python."""
        return self.python.exists() and self._read_stamp() == self._wanted_stamp()

    def exists(self) -> bool:
        """Whether there is an environment of this Python with a pip that runs."""
        if self._read_stamp().get("python", self._running) != self._running:
            return False
        return self.python.exists() and self._run_quietly("-m", "pip", "--version").returncode == 0

    def create(self) -> None:
        """Make an empty environment, over whatever was there."""
        base = getattr(sys, "_base_executable", sys.executable)
        made = subprocess.run(
            [base, "-m", "venv", "--clear", str(self.venv)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if made.returncode != 0:
            raise SetupError(f"{made.stdout.strip()}\nThe environment {self.venv} cannot be made.")

    def fill(self) -> None:
        """Install the lock, every file checked against its hash. Needs the network."""
        wanted = self._wanted_stamp()
        self._stamp.unlink(missing_ok=True)
        options = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--no-color"]
        options.append("--disable-pip-version-check")
        with subprocess.Popen(
            [str(self.python), "-m", "pip", "install", *options, "-r", str(self.lock)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        ) as pip:
            last_lines = self._follow(pip.stdout or ())
        if pip.returncode != 0:
            raise SetupError(
                "\n".join(last_lines) + "\nThe packages could not be installed; the lines above "
                "say why. Without a network connection this step cannot work; what was fetched is "
                "kept, so try again."
            )
        self._stamp.write_text(json.dumps(wanted), encoding="utf-8")

    def package_count(self) -> int:
        """How many packages the lock names (some of them for other systems)."""
        return len(re.findall(r"^\S+==", self.lock.read_text(encoding="utf-8"), re.MULTILINE))

    def _follow(self, output: Iterable[str]) -> deque[str]:
        last_lines: deque[str] = deque(maxlen=8)
        fetched = 0
        total = self.package_count()
        for line in output:
            last_lines.append(line.rstrip())
            if line.startswith("Collecting "):
                fetched += 1
                _show_progress(f"      {fetched} of about {total}: {line.split()[1]}")
        _show_progress("")
        return last_lines

    def _read_stamp(self) -> dict[str, str]:
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _wanted_stamp(self) -> dict[str, str]:
        content = self.lock.read_bytes().replace(b"\r\n", b"\n")
        return {
            "lock": self.lock.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "python": self._running,
        }

    def _run_quietly(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [str(self.python), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def _show_progress(text: str) -> None:
    """One line that is written over, on a terminal only: a log needs no running count."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width), end="" if text else "\r", flush=True)
