"""Finds the files that come with the program: fonts, texts, icons, theme, the sample hall.

They lie in `resources/` of a source checkout, in `hall_desk/_resources/` of an installed wheel,
and at that same place in a bundle built by PyInstaller. Nobody else needs to know which.
"""

import sys
from pathlib import Path


class ResourceMissingError(FileNotFoundError):
    """A file that belongs to the program is not there: the installation is incomplete."""

    def __init__(self, relative: str, looked_in: Path) -> None:
        super().__init__(
            f"{relative} is missing from {looked_in}. In a source checkout run "
            "'./desk build-resources'; otherwise install Hall Desk again."
        )
        self.relative = relative
        self.looked_in = looked_in


def path(*parts: str) -> Path:
    """The absolute path of one bundled file or folder, e.g. `path("fonts", "NotoSansSC-Bold.ttf")`.

    Without parts it is the folder that holds them all. Raises `ResourceMissingError`.
    """
    root = _root()
    found = root.joinpath(*parts)
    if not found.exists():
        raise ResourceMissingError("/".join(parts) or root.name, root)
    return found


def _root() -> Path:
    package = Path(__file__).resolve().parent
    unpacked = getattr(sys, "_MEIPASS", None)
    if unpacked is not None:
        return Path(unpacked) / "hall_desk" / "_resources"
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"
