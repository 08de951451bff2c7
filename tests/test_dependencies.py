"""What the program is made of: every package locked by its hashes, and named in NOTICE with its licence."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NOTICE = (ROOT / "NOTICE").read_text("utf-8")


def locked(lock: Path) -> dict[str, str]:
    """Each requirement of a lock with all that belongs to it, its continued lines joined."""
    text = lock.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {re.split(r"[=\s;\[]", line, maxsplit=1)[0].lower(): line for line in lines}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_locked_by_version_and_hash(lock: Path) -> None:
    packages = locked(lock)
    assert packages
    for name, line in packages.items():
        assert re.match(rf"{re.escape(name)}==\S+", line, re.IGNORECASE), line[:60]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line[:60]
        assert "://" not in line, "an index's address does not belong in a lock"


def licence_of(package: str) -> str:
    """A package's licence in its own words: the expression, else the classifiers, else the old field."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return ""
    kinds = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    return told.get("License-Expression") or " ".join(kinds) or (told.get("License") or "")[:80]


FAMILIES = ("LGPL", "GPL", "MIT", "BSD", "Apache", "PSF", "MPL")


def families(text: str) -> set[str]:
    text = text.replace("Lesser General Public", "LGPL").replace(
        "Python Software Foundation", "PSF"
    )
    found = {name for name in FAMILIES if re.search(rf"(?<![A-Z]){name}", text)}
    return found or ({"PSF"} if "Python-2" in text else set())


@pytest.mark.parametrize("package", sorted(locked(ROOT / "requirements" / "run.lock")))
def test_notice_names_it_with_its_licence(package: str) -> None:
    wanted = re.compile(rf"(?<![\w-]){re.escape(package)}(?![\w-])", re.IGNORECASE)
    lines = NOTICE.splitlines()
    at = next((n for n, line in enumerate(lines) if line[:1].strip() and wanted.search(line)), None)
    assert at is not None, "it is not in NOTICE"
    entry = lines[at]
    for line in lines[at + 1 :]:
        if not line.startswith(" "):
            break
        entry += line
    assert families(entry), entry
    if licence := families(licence_of(package)):
        assert families(entry) & licence, (entry, licence_of(package))
