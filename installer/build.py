"""Builds the bundle, a folder that runs without Python, and lets it check itself where a hall would run it.

Where a hall runs it: from another folder, in a home folder with Chinese characters and spaces, by somebody who cannot
write to the program's folder. The build is done when the self-check passes there and the folder is as it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup_error import SetupError

NAME = "hall-desk"
NOBODY = 65534


def build(root: Path, python: Path) -> Path:
    """Makes `dist/hall-desk` and checks it; gives the folder. Raises `SetupError`."""
    out = root / "dist"
    shutil.rmtree(out / NAME, ignore_errors=True)
    command = [python, "-m", "PyInstaller", root / "installer" / "hall_desk.spec"]
    command += ["--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", out, "--workpath", root / "build"]
    if subprocess.run([str(word) for word in command]).returncode != 0:
        raise SetupError("PyInstaller could not make the bundle; the lines above say why.")
    bundle = out / NAME
    check(bundle)
    print(f"{bundle}: {size(bundle) / 1e6:.0f} MB", flush=True)
    return bundle


def check(bundle: Path) -> None:
    """The bundle's self-check as somebody without rights. Raises `SetupError`."""
    before = fingerprint(bundle)
    with _somebodys_home() as home, _read_only(bundle):
        program = bundle / (NAME + (".exe" if sys.platform == "win32" else ""))
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "VIRTUAL_ENV", "XDG_", "LD_", "QT_"))
        }
        environment |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home)}
        done = subprocess.run(
            [*_as_nobody(), str(program), "self-check"], cwd=home, env=environment
        )
    if done.returncode != 0:
        raise SetupError("The bundle does not pass its self-check; the lines above say why.")
    if fingerprint(bundle) != before:
        raise SetupError("The bundle wrote into its own folder, which a hall's PCs will not allow.")


def size(folder: Path) -> int:
    """The bytes of all files in it; one that several names point to counts once."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())


def fingerprint(folder: Path) -> str:
    """A digest over the names, sizes and times of all that lies in a folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        about = file.lstat()
        times = "" if file.is_dir() else f"{about.st_size} {about.st_mtime_ns}"
        digest.update(f"{file.relative_to(folder).as_posix()}\0{times}\0".encode())
    return digest.hexdigest()


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _as_nobody() -> list[str]:
    """The words before a command that take root's rights away, where there are any."""
    setpriv = shutil.which("setpriv") if _is_root() else None
    return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if setpriv else []


@contextmanager
def _somebodys_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hall-desk-") as folder:
        home = Path(folder) / "王 小明"
        home.mkdir()
        if _is_root():
            os.chown(folder, NOBODY, NOBODY)
            os.chown(home, NOBODY, NOBODY)
        yield home


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Takes the right to write from everybody, as in `/opt` or `C:\\Program Files`."""
    places = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    modes = [path.stat().st_mode for path in places]
    for path, mode in zip(places, modes, strict=True):
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in zip(places, modes, strict=True):
            path.chmod(mode)
