"""How everything looks: colours, sizes, fonts and the style sheet."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from hall_desk import resources

# --- colours, as in design/*.png ------------------------------------------------------------------

INK = "#1b2636"
INK_SOFT = "#516074"
LABEL = "#5b6b81"
PLACEHOLDER = "#768396"
WHITE = "#ffffff"
PAGE = "#f3f5f8"
LANE = "#e9edf3"
PANEL = "#f7f9fb"
LINE = "#dfe4ec"
LINE_SOFT = "#edf0f5"
CONTROL_LINE = "#cbd3df"
NAVY = "#12263f"
NAVY_HOVER = "#1a3453"
NAVY_TEXT = "#b9c7da"
NAVY_GROUP = "#7f93b0"
NAVY_BADGE = "#35527a"
ACTIVE = "#1d5fa8"
BRAND = "#0f4c8a"
PRIMARY = "#0f5fb4"
PRIMARY_DARK = "#0b4d94"
PRIMARY_CAP = "#2b76c6"
HALO = "#d6e7fa"
INFO = "#0f4c8a"
INFO_BACK = "#e1edfb"
INFO_LINE = "#bcd6f2"
OK = "#17693f"
OK_BACK = "#e2f4ea"
OK_LINE = "#bfe3ce"
SUCCESS = "#1e8e5a"
SUCCESS_DARK = "#17754a"
DOT = "#23a063"
WARN = "#8a5300"
WARN_BACK = "#fdf0d8"
WARN_LINE = "#f0d59c"
BAD = "#a5261c"
BAD_STRONG = "#b4291f"
BAD_BACK = "#fbe4e2"
BAD_LINE = "#e3b4b0"
BADGE_RED = "#c6352b"
MUTED = "#516074"
MUTED_BACK = "#eceff4"
BAR = "#9cc3ee"
AXIS = "#e5e9ef"

# Ink, ground and line of the five kinds of chip, band and notice.
KINDS: dict[str, tuple[str, str, str]] = {
    "ok": (OK, OK_BACK, OK_LINE),
    "warn": (WARN, WARN_BACK, WARN_LINE),
    "bad": (BAD, BAD_BACK, BAD_LINE),
    "info": (INFO, INFO_BACK, INFO_LINE),
    "muted": (MUTED, MUTED_BACK, LINE),
}

# --- sizes in device-independent pixels -------------------------------------------------------------

TEXT = 14
TEXT_SMALL = 13
TEXT_TITLE = 18
CONTROL_HEIGHT = 36
FIELD_HEIGHT = 38
ROW_HEIGHT = 36
GAP = 12
RADIUS = 6

_FAMILY = "Noto Sans SC"
_FONT_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
_NAME = re.compile(r"@([a-z_]+)")


def apply(app: QApplication) -> None:
    """Gives the whole program its fonts, colours and style sheet."""
    for file in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(resources.path("fonts", file)))
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(font())
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet())
    app.setWindowIcon(icon("hall_desk"))


def font(pixels: int = TEXT, bold: bool = False) -> QFont:
    """The program's font. Sizes are pixels so that lines keep their places on every system."""
    made = QFont(_FAMILY)
    made.setPixelSize(pixels)
    made.setBold(bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def colour(name: str) -> QColor:
    """A colour as Qt takes it: one of the constants above, or its name in small letters (`info_back`)."""
    return QColor(name if name.startswith("#") else globals()[name.upper()])


@cache
def style_sheet() -> str:
    text = resources.path("theme", "hall_desk.qss").read_text(encoding="utf-8")
    icons = resources.path("icons").as_posix()

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return icons if name == "icons" else str(globals()[name.upper()])

    return _NAME.sub(value, text)


def icon(name: str) -> QIcon:
    return QIcon(str(resources.path("icons", f"{name}.svg")))


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Sets a dynamic property the style sheet looks at, and shows the difference."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def _palette() -> QPalette:
    palette = QPalette()
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    for which, value in (
        (role.Window, PAGE),
        (role.WindowText, INK),
        (role.Base, WHITE),
        (role.AlternateBase, PANEL),
        (role.Text, INK),
        (role.Button, WHITE),
        (role.ButtonText, INK),
        (role.ToolTipBase, WHITE),
        (role.ToolTipText, INK),
        (role.PlaceholderText, PLACEHOLDER),
        (role.Highlight, PRIMARY),
        (role.HighlightedText, WHITE),
        (role.Link, PRIMARY),
        (role.LinkVisited, PRIMARY),
    ):
        palette.setColor(which, QColor(value))
    for which in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(group.Disabled, which, QColor("#98a3b3"))
    return palette
