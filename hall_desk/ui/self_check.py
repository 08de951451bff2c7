"""Whether this installation is complete: all the program needs is loaded, drawn and used once, in a place of its own.

It asks about the program, not about the hall: nothing of this PC's data is read or written.
"""

from __future__ import annotations

import os
import platform
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QSize, qVersion
from PySide6.QtGui import QImageReader, QRawFont

import hall_desk
from hall_desk import i18n, resources
from hall_desk.i18n import N_, _, _n
from hall_desk.services import accounts, halls, sample_day
from hall_desk.settings import Settings
from hall_desk.store import health
from hall_desk.ui import theme
from hall_desk.ui.app import make_application
from hall_desk.ui.background import Background
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.notices import Notices
from hall_desk.ui.session import Session
from hall_desk.ui.shots import settle

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store

# What a clerk's screen shows at the least.
_SIZE = QSize(1366, 768)


class Incomplete(Exception):
    """Something of the program does not do what it is for; its text is a translated sentence."""


@dataclass(frozen=True)
class Checked:
    """One line of the answer. `told` is what was found, or what is wrong."""

    title: str
    good: bool
    told: str


class SelfCheck:
    """Goes through the checks in order; what later ones need is made by earlier ones."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._app: QApplication | None = None
        self._store: Store | None = None

    def lines(self) -> Iterator[Checked]:
        """Checks one thing after the other; a check that fails never keeps the next from its turn."""
        with self._stack:
            for title, check in self._checks():
                try:
                    yield Checked(_(title), True, check())
                except Incomplete as error:
                    yield Checked(_(title), False, str(error))
                except Exception as error:  # noqa: BLE001 - whatever a broken installation raises is the answer
                    yield Checked(_(title), False, f"{type(error).__name__}: {error}")

    def _checks(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            (N_("Program"), self._program),
            (N_("Languages"), self._languages),
            (N_("Screen"), self._screen),
            (N_("Fonts"), self._fonts),
            (N_("Icons"), self._icons),
            (N_("Chinese input"), self._input),
            (N_("Database on this PC"), self._sqlite),
            (N_("Database on a server"), self._postgresql),
            (N_("Papers and their codes"), self._papers),
            (N_("Tables"), self._tables),
            (N_("PINs and keys"), self._secrets),
            (N_("Printers"), self._printers),
            (N_("Pages"), self._pages),
        )

    @staticmethod
    def _program() -> str:
        kind = _("bundle") if getattr(sys, "frozen", False) else _("Python's own installation")
        return (
            f"Hall Desk {hall_desk.__version__} · {kind} · Python {platform.python_version()} · "
            f"Qt {qVersion()} · {platform.system()} {platform.machine()}"
        )

    @staticmethod
    def _languages() -> str:
        before = i18n.language()
        words = {}
        try:
            for language in i18n.LANGUAGES:
                i18n.use(language)
                words[language] = _("Proxy service")
        finally:
            i18n.use(before)
        if len(set(words.values())) != len(words):
            raise Incomplete(_("A translation is missing."))
        return " · ".join(i18n.LANGUAGES[language] for language in words)

    def _screen(self) -> str:
        self._app = make_application()
        return self._app.platformName()

    def _fonts(self) -> str:
        from hall_desk.documents import page, trial

        for bold in (False, True):
            face = QRawFont.fromFont(theme.font(bold=bold))
            shown = [face.supportsCharacter(ord(one)) for one in trial.RARE if one != " "]
            if "Noto Sans SC" not in face.familyName() or not all(shown):
                raise Incomplete(_("The program's own font is not used on the screen."))
        if missing := page.missing_glyphs(trial.RARE):
            raise Incomplete(_("Papers cannot show {characters}.").format(characters=missing))
        return f"{face.familyName()} · {trial.RARE}"

    @staticmethod
    def _icons() -> str:
        if b"svg" not in [bytes(one.data()) for one in QImageReader.supportedImageFormats()]:
            raise Incomplete(_("Qt cannot draw SVG."))
        files = sorted(resources.path("icons").glob("*.svg"))
        for file in files:
            if theme.icon(file.stem).pixmap(QSize(32, 32)).isNull():
                raise Incomplete(_("The icon {name} cannot be drawn.").format(name=file.name))
        return _n("{count} icon", "{count} icons", len(files)).format(count=len(files))

    @staticmethod
    def _input() -> str:
        if not sys.platform.startswith("linux"):
            return _("the system's own")
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
        if not any((plugins / "platforminputcontexts").glob("*ibus*")):
            raise Incomplete(_("Qt's part for ibus and fcitx is missing."))
        module = os.environ.get("QT_IM_MODULE", "")
        return f"QT_IM_MODULE={module} IBUS_USE_PORTAL={os.environ.get('IBUS_USE_PORTAL', '')}"

    def _sqlite(self) -> str:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-desk-"))
        place = str(Path(folder) / "hall.sqlite3")
        self._store = self._stack.enter_context(sample_day.make(place))
        manager = accounts.sign_in(self._store, sample_day.PEOPLE["manager"], sample_day.PIN)
        opened = len(_open_tickets(manager))
        return f"SQLite {health.sqlite_version()} · " + _n(
            "{count} open ticket", "{count} open tickets", opened
        ).format(count=opened)

    @staticmethod
    def _postgresql() -> str:
        fast, words = health.postgresql_driver()
        if not fast:
            raise Incomplete(_("The fast driver for PostgreSQL is missing."))
        return f"{words} · {ssl.OPENSSL_VERSION}"

    @staticmethod
    def _papers() -> str:
        import pypdfium2
        import zxingcpp

        from hall_desk.devices import printing
        from hall_desk.documents import trial

        pdf = trial.trial_page("80", "Hall Desk", datetime.now(UTC))
        if trial.RARE.replace(" ", "") not in printing.text_of(pdf).replace(" ", ""):
            raise Incomplete(_("The text of a paper cannot be read back."))
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture = document[0].render(scale=3, grayscale=True).to_pil()
        finally:
            document.close()
        read = [code.text for code in zxingcpp.read_barcodes(picture)]
        if read != [trial.CODE]:
            raise Incomplete(_("The code on a paper cannot be read back."))
        return f"{len(pdf) // 1024} KB · {read[0]}"

    @staticmethod
    def _tables() -> str:
        from hall_desk.services import sheets

        words = ["窗口", "=1+1"]
        content = sheets.xlsx_bytes("Hall Desk", words, [words])
        import openpyxl

        sheet = openpyxl.load_workbook(BytesIO(content)).active
        if sheet is None or sheet["A1"].value != words[0]:
            raise Incomplete(_("A table cannot be read back."))
        return f"openpyxl {openpyxl.__version__}"

    @staticmethod
    def _secrets() -> str:
        import argon2
        from cryptography.fernet import Fernet

        box = Fernet(Fernet.generate_key())
        hasher = argon2.PasswordHasher()
        if box.decrypt(box.encrypt(b"1")) != b"1" or not hasher.verify(hasher.hash("1"), "1"):
            raise Incomplete(_("What is sealed cannot be opened again."))
        return f"argon2-cffi {argon2.__version__}"

    @staticmethod
    def _printers() -> str:
        from hall_desk.devices import printing

        return " · ".join(printing.printers()) or _("none on this PC")

    def _pages(self) -> str:
        assert self._store is not None, "without a database there are no pages"
        seen: dict[str, None] = {}
        before = i18n.language()
        background = Background(self._store)
        try:
            for language in i18n.LANGUAGES:
                i18n.use(language)
                for name in sample_day.PEOPLE.values():
                    actor = accounts.sign_in(self._store, name, sample_day.PIN, "A")
                    seen |= dict.fromkeys(self._pages_of(actor, background))
        finally:
            background.stop()
            i18n.use(before)
        return f"{len(seen)}: {' '.join(seen)}"

    def _pages_of(self, actor: Actor, background: Background) -> Iterator[str]:
        """Shows each page that the person has and waits until it is drawn."""
        assert self._store is not None
        notices = Notices()
        with tempfile.TemporaryDirectory(prefix="hall-desk-") as folder:
            settings = Settings(language=i18n.language())
            session = Session(
                self._store, actor, background, notices, settings, Path(folder) / "papers"
            )
            window = MainWindow(session, notices, halls.info(self._store))
            window.resize(_SIZE)
            window.show()
            try:
                for name in window.pages:
                    window.go(name)
                    settle(background)
                    picture = window.grab().toImage()
                    if picture.isNull() or picture.allGray():
                        raise Incomplete(_("The page {name} stays empty.").format(name=name))
                    yield name
            finally:
                session.stop()
                window.hide()
                window.deleteLater()
                settle(background)


def _open_tickets(actor: Actor) -> tuple[object, ...]:
    from hall_desk.services import tickets

    board = tickets.board(actor)
    return (*board.queued, *board.handling, *board.suspended, *board.ready)
