"""What goes into the bundle and what is left out of it: files of the program, hidden imports, parts of Qt."""

from __future__ import annotations

import platform
import re
import sys
from functools import cache
from pathlib import Path

# Imported by name while the program runs, so that nobody sees them by reading it.
HIDDEN = ["psycopg_binary", "serial.tools.list_ports"]
# Never used by the program; some come along because another package might use them.
EXCLUDED = ["tkinter", "unittest", "test", "numpy", "lxml", "IPython", "matplotlib", "pytest"]

# By folder of Qt's plugins, those that are kept; of a folder that is not named, all are left out.
_PLUGINS = {
    "platforms": {"qxcb", "qoffscreen", "qwayland", "qwindows", "qcocoa"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    # Not GTK's: it would bring half a desktop with it that the system has in another version.
    "platformthemes": {"qxdgdesktopportal"},
    "iconengines": {"qsvgicon"},
    "imageformats": {"qsvg", "qico", "qjpeg"},
    "printsupport": {"cupsprintersupport", "windowsprintersupport"},
    "styles": {"qmodernwindowsstyle", "qwindowsvistastyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl"},
    "wayland-shell-integration": {"xdg-shell"},
    "xcbglintegrations": {"qxcb-egl-integration", "qxcb-glx-integration"},
}
# Libraries of Qt that only come with a plugin left out above.
_LIBRARIES = re.compile(
    r"(lib)?Qt6(Qml\w*|Quick\w*|VirtualKeyboard\w*|Pdf\w*|Sql|EglFS\w*|WlShell\w*|Network(?=\.)|OpenGLWidgets)\b"
)
_PLUGIN = re.compile(r"(?:^|/)plugins/([\w-]+)/(?:lib)?([\w-]+?)\.(?:so|dll|dylib)$")
_QT_TEXTS = re.compile(r"(?:^|/)translations/(\w+)\.qm$")


@cache
def of_the_system() -> frozenset[str]:
    """Libraries that a Linux desktop has itself, newer and mended: the package asks for them by name."""
    if not sys.platform.startswith("linux"):
        return frozenset()
    import elf
    import system_packages

    return frozenset(elf.closure(system_packages.SCREEN))


def wanted(name: str) -> bool:
    """Whether a file of the bundle, by its place in it, is kept."""
    name = name.replace("\\", "/")
    if "/" not in name and name in of_the_system():
        return False
    if plugin := _PLUGIN.search(name):
        return plugin[2] in _PLUGINS.get(plugin[1], set())
    if "PySide6" not in name:
        return True
    if texts := _QT_TEXTS.search(name):
        return texts[1] in ("qtbase_zh_CN", "qtbase_en")
    return not _LIBRARIES.match(name.rpartition("/")[2])


def resources(root: Path) -> list[tuple[str, str]]:
    """The program's own files and where they lie in the bundle, where `hall_desk.resources` looks."""
    folder = root / "resources"
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".po" and file.name != "built.txt":
            place = Path("hall_desk", "_resources", file.parent.relative_to(folder))
            found.append((str(file), place.as_posix()))
    return [*found, *((str(root / name), ".") for name in ("LICENSE", "NOTICE"))]


def icon(root: Path) -> str | None:
    """The program's icon for Windows, made from its drawing; other systems have theirs from the package."""
    if platform.system() != "Windows":
        return None
    import icons

    return str(icons.windows_icon(root))


def windows_version(root: Path) -> str | None:
    """The file that says name and version in a Windows program's properties."""
    if platform.system() != "Windows":
        return None
    file = root / "build" / "windows_version.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(windows_version_text(version(root)), "utf-8")
    return str(file)


def version(root: Path) -> str:
    """The program's version, from its one place."""
    text = (root / "hall_desk" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    assert found is not None
    return found[1]


def windows_version_text(version: str) -> str:
    """PyInstaller's form of a VERSIONINFO resource; Windows wants four numbers."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:4])
    numbers += (0,) * (4 - len(numbers))
    strings = {
        "ProductName": "Hall Desk",
        "FileDescription": "Hall Desk",
        "ProductVersion": version,
        "FileVersion": version,
        "OriginalFilename": "hall-desk.exe",
        "LegalCopyright": "Hall Desk contributors, MIT",
    }
    rows = ",\n".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
  kids=[
    StringFileInfo([StringTable("080404B0", [{rows}])]),
    VarFileInfo([VarStruct("Translation", [0x0804, 1200])]),
  ],
)
"""
