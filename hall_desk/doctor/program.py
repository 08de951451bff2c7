"""The program itself: its fonts and texts, Chinese typing, and the versions it runs on."""

from __future__ import annotations

import gettext
import os
import platform
import shutil
import sys

from hall_desk import __version__, i18n, resources
from hall_desk.doctor import BROKEN, NOT_SET_UP, WORKS, Check, Patient, Said
from hall_desk.documents import page
from hall_desk.documents.trial import RARE
from hall_desk.i18n import N_, _

# PySide6 6.12 on Python 3.11 drops references and aborts after some thousand calls; below 6.9.3 nothing is tried.
OLDEST_QT, FIRST_BAD_QT = (6, 9, 3), (6, 12)
_SERVICES = ("ibus-daemon", "fcitx5", "fcitx")


def _fonts(_patient: Patient) -> Said:
    page.fonts()
    missing = page.missing_glyphs(RARE)
    if missing:
        return Said(
            BROKEN,
            _("Rare names cannot be drawn: {missing}").format(missing=missing),
            _(BUILD_ADVICE),
        )
    return Said(WORKS, _("Regular and bold, rare names too: {rare}").format(rare=RARE))


def _languages(_patient: Patient) -> Said:
    for language in i18n.LANGUAGES:
        if language != "en":  # which the texts are written in
            path = resources.path("translations", language, "LC_MESSAGES", "hall_desk.mo")
            with path.open("rb") as file:
                gettext.GNUTranslations(file)
    return Said(WORKS, _(", ").join(i18n.LANGUAGES.values()))


def _typing(_patient: Patient) -> Said:
    if not sys.platform.startswith("linux"):
        return Said(WORKS, _("The system's own"))
    module = os.environ.get("QT_IM_MODULE", "ibus")
    if module not in ("", "ibus"):
        # PySide6's wheels have no plugin for others; fcitx 5 answers to ibus as well.
        told = _("QT_IM_MODULE says “{module}”, which this Qt cannot use.").format(module=module)
        return Said(BROKEN, told, _(TYPING_ADVICE))
    found = next((name for name in _SERVICES if shutil.which(name)), "")
    if not found:
        return Said(NOT_SET_UP, _("No input method is installed."), _(INSTALL_ADVICE))
    return Said(WORKS, found)


def _qt(_patient: Patient) -> Said:
    import PySide6

    version = tuple(int(part) for part in PySide6.__version__.split(".")[:3])
    told = _("Hall Desk {version}, Qt {qt}, Python {python}").format(
        version=__version__, qt=PySide6.__version__, python=platform.python_version()
    )
    good = OLDEST_QT <= version < FIRST_BAD_QT
    return Said(WORKS, told) if good else Said(BROKEN, told, _(QT_ADVICE))


BUILD_ADVICE = N_("Install Hall Desk again; in a copy of its source run “./desk build-resources”.")
TYPING_ADVICE = N_(
    "Take QT_IM_MODULE out of this user's settings: Hall Desk chooses what works with ibus and fcitx 5."
)
INSTALL_ADVICE = N_("Install fcitx5 or ibus with a pinyin engine, and sign in again.")
QT_ADVICE = N_(
    "Install the versions that Hall Desk names: PySide6-Essentials from 6.9.3, below 6.12."
)

CHECKS = (
    Check("fonts", N_("Fonts"), _fonts, BUILD_ADVICE),
    Check("languages", N_("Languages"), _languages, BUILD_ADVICE),
    Check("typing", N_("Typing Chinese"), _typing, TYPING_ADVICE),
    Check("versions", N_("Program"), _qt, QT_ADVICE),
)
