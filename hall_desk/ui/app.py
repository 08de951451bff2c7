"""Starts the program on a screen and takes it down: environment, fonts, the hall, sign-in, the window."""

from __future__ import annotations

import logging
import os
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    QTranslator,
    Signal,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hall_desk import i18n, logs
from hall_desk import settings as desk_settings
from hall_desk.doctor import Patient
from hall_desk.errors import AlreadyThere, DatabaseAway, HallDeskError, ServerRefused
from hall_desk.i18n import _
from hall_desk.logs import log_bug
from hall_desk.services import accounts, away, backups, halls
from hall_desk.services.accounts import Role
from hall_desk.store.database import Store, is_postgres
from hall_desk.ui import key_map, theme
from hall_desk.ui.background import Background
from hall_desk.ui.close_day.retention import clear_papers
from hall_desk.ui.desk_lock import same_work
from hall_desk.ui.dialogs.doctor import DoctorDialog
from hall_desk.ui.foyer.screen import FoyerScreen
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.no_hall import NoHall
from hall_desk.ui.notices import Notices, bug_sentence
from hall_desk.ui.session import Session
from hall_desk.ui.setup_wizard import SetupWizard
from hall_desk.ui.sign_in import SignIn
from hall_desk.ui.typed import has_typing
from hall_desk.ui.waiting_screens import Screen, WaitingScreens

if TYPE_CHECKING:
    from datetime import date
    from types import TracebackType

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.accounts import Actor
    from hall_desk.services.halls import HallInfo
    from hall_desk.settings import Settings
    from hall_desk.store.outbox import Outbox

_log = logging.getLogger("hall_desk.ui")


FIRST_SIZE = (1366, 768)
REMEMBERED = 5  # people who signed in on this PC
SMALL_SCREEN = 1400  # up to this width the window takes all of it


@dataclass(frozen=True)
class _Opened:
    store: Store
    info: HallInfo
    actor: Actor | None


OUTBOX = "outbox"
BACKUPS = "backups"


def _outbox(place: str, folder: Path) -> Outbox | None:
    """This PC's outbox for a hall on a server; None when another window of the program keeps it."""
    if not is_postgres(place):
        return None
    from hall_desk.store.local_hall import fingerprint
    from hall_desk.store.outbox import Outbox

    try:
        # One of each hall: what was recorded for one is never sent to another.
        return Outbox(folder / OUTBOX / fingerprint(place))
    except AlreadyThere:
        _log.info("another program keeps the outbox of this PC")
        return None


def _open_store(place: str, folder: Path) -> Store:
    outbox = _outbox(place, folder)
    try:
        try:
            store = Store.open(place)
        except ServerRefused:
            raise
        except DatabaseAway:
            alone = away.open_alone(place, outbox) if outbox is not None else None
            if alone is None:
                raise
            return _with_key(alone, folder)
    except BaseException:
        if outbox is not None:
            outbox.close()
        raise
    if outbox is not None:
        store.keep_outbox(outbox)
    return _with_key(store, folder)


def _with_key(store: Store, folder: Path) -> Store:
    try:
        store.learn_key(folder)
    except BaseException:
        store.close()
        raise
    return store


def _open(place: str, sign_in: tuple[str, str] | None, letter: str, folder: Path) -> _Opened:
    store = _open_store(place, folder)
    try:
        info = halls.info(store)
        actor = accounts.sign_in(store, *sign_in, letter) if sign_in is not None else None
    except BaseException:
        store.close()
        raise
    store.close_thread()
    return _Opened(store, info, actor)


def prepare_environment() -> None:
    """What Qt reads before it starts: Chinese input methods on Linux (PySide6's wheels have no fcitx plugin)."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_IM_MODULE", "ibus")
        os.environ.setdefault("IBUS_USE_PORTAL", "1")


def make_application() -> QApplication:
    """The one application object, with the program's fonts, colours and names."""
    prepare_environment()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Hall Desk")
    app.setDesktopFileName("hall-desk")
    theme.apply(app)
    return app


def _with_keys(settings: Settings) -> Settings:
    """Puts this PC's keys in force; what of them cannot be used joins what is ignored."""
    ignored = key_map.use(settings.keys)
    return replace(settings, ignored=tuple(sorted({*settings.ignored, *ignored})))


class HallDesk(QObject):
    """Holds together what lives as long as the program: the store, the lanes, and the window of the moment."""

    window_shown = Signal(object)

    def __init__(
        self,
        app: QApplication,
        place: str,
        settings: Settings,
        folder: Path,
        demo_actor: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._place = place
        self._settings = _with_keys(settings)
        self._ignored_told = False
        self._folder = folder
        self._demo_actor = demo_actor
        self._opening = Background(None, self)
        self._opening.bug_found.connect(self._opening_broke)
        self._store: Store | None = None
        self._info: HallInfo | None = None
        self._background: Background | None = None
        self._session: Session | None = None
        self._window: QWidget | None = None
        self._waiting = WaitingScreens()
        self._papers_cleared: date | None = None
        self._qt_texts = QTranslator(self)
        self.use_language(settings.language)

    # --- starting and ending ----------------------------------------------------------------------------

    def start(self) -> None:
        """Opens the hall, off the UI thread, and shows the sign-in; or the sentence that says why not.

        Where no hall was ever named, the set-up wizard comes first.
        """
        if self._first_run():
            self._show_setup()
            return
        place, sign_in, folder = self._place, self._demo_actor, self._folder
        letter = self._settings.letter or "A"
        self._opening.data(
            self, lambda: _open(place, sign_in, letter, folder), self._opened, self._not_opened
        )

    def stop(self) -> None:
        """Finishes what was asked for and closes the hall."""
        if self._session is not None:
            self._session.stop()
        self._waiting.stop()
        self._opening.stop()
        if self._background is not None:
            self._background.stop()
        if self._window is not None:
            self._window.hide()
            self._window.deleteLater()
            self._window = None
        if self._store is not None:
            self._store.close()
        self._session = self._background = self._store = None

    def found_bug(self, error: BaseException) -> None:
        """Where every programming error ends, whatever it came through."""
        if self._background is not None:
            self._background.found_bug(error)
        else:
            log_bug(error)

    # --- windows -----------------------------------------------------------------------------------------

    def _opened(self, opened: _Opened) -> None:
        self._store, self._info = opened.store, opened.info
        self._background = Background(opened.store)
        if opened.actor is not None:
            self._enter(opened.actor)
        else:
            self._show_sign_in()

    def _not_opened(self, error: HallDeskError) -> None:
        self._show_problem(i18n.explain(error))

    def _first_run(self) -> bool:
        # A settings file that cannot be read may have named a hall on a server: then nothing new is made here.
        unread = {desk_settings.FILE, "database"} & set(self._settings.ignored)
        own = self._folder / desk_settings.DATABASE
        return (
            self._demo_actor is None
            and not unread
            and not self._settings.database
            and self._place == str(own)
            and not own.exists()
        )

    def _show_setup(self) -> None:
        wizard = SetupWizard(self._folder, self._opening, self.use_language)
        wizard.finished.connect(self._set_up)
        self._show(wizard)

    def _set_up(self, settings: Settings) -> None:
        self._settings = _with_keys(settings)
        self._place = settings.database or self._place
        self.start()

    def _opening_broke(self, bug: str) -> None:
        if isinstance(self._window, SetupWizard):
            self._window.show_bug(bug)
            return
        self._show_problem(bug_sentence(bug))

    def _show_problem(self, sentence: str) -> None:
        window = NoHall(sentence)
        window.again_asked.connect(self.start)
        window.doctor_asked.connect(lambda: self._show_doctor(window, self._opening))
        self._show(window)

    def _show_doctor(self, window: QWidget, background: Background) -> None:
        """Before anybody is signed in: what works on this PC and what does not."""
        outbox = self._store.outbox if self._store is not None else None
        patient = Patient(self._place, self._folder, self._settings, outbox=outbox)
        DoctorDialog(window, background, patient).open()

    def _show_sign_in(self) -> None:
        assert self._store is not None
        assert self._background is not None
        assert self._info is not None
        window = SignIn(self._store, self._background, self._info, self._settings.letter)
        window.unfinished = self._unfinished
        window.signed_in.connect(self._enter)
        window.language_picked.connect(self._language_picked)
        background = self._background
        window.doctor_asked.connect(lambda: self._show_doctor(window, background))
        self._show(window)

    def _enter(self, actor: Actor) -> None:
        """Gives the screen to whoever signed in: the one that waits for them, the one that is there, or a new one."""
        self._remember(actor)
        waiting, session, window = self._waiting.take(actor), self._session, self._window
        if waiting is not None:
            self._let_wait()
            self._wake(waiting, actor)
        elif session and isinstance(window, MainWindow) and same_work(session.actor, actor):
            session.settings = self._settings
            window.go_on_as(actor)
        else:
            lost = self._let_wait()
            self._show_main(actor)
            if lost and self._session is not None:
                said = _("{name}'s half-typed work on this PC was let go: too many people's waits.")
                self._session.notices.error(said.format(name=lost))

    def _remember(self, actor: Actor) -> None:
        people = (actor.name, *(n for n in self._settings.people if n != actor.name))[:REMEMBERED]
        if self._demo_actor is None and (actor.letter, people) != (
            self._settings.letter,
            self._settings.people,
        ):
            self._keep(letter=actor.letter, people=people)

    def _let_wait(self) -> str:
        """Lets the screen that is shown wait for its person; gives whose work went with one too many."""
        session, window = self._session, self._window
        if session is None or not isinstance(window, MainWindow):
            return ""
        self._session = None
        self._tell(session.notices, tell=False)
        return self._waiting.keep(Screen(session, window))

    def _wake(self, screen: Screen, actor: Actor) -> None:
        self._end_session()
        self._session = screen.session
        self._session.settings = self._settings
        self._tell(screen.session.notices)
        self._show(screen.window)
        screen.session.wake(actor)
        screen.window.lock.unlock()

    def _unfinished(self) -> list[str]:
        """Whose half-typed work would be lost if the program ended now; nobody's when the system itself ends."""
        if self._app.isSavingSession():
            return []
        names = self._waiting.with_work()
        window = self._window
        if isinstance(window, MainWindow) and window.lock.locked and has_typing(window.workplace):
            names.append(window.session.actor.name)
        return names

    def _tell(self, notices: Notices, *, tell: bool = True) -> None:
        """Lets the notices of the screen that is shown say what went wrong in the lanes."""
        assert self._background is not None
        if tell:
            self._background.refused.connect(notices.refused)
            self._background.bug_found.connect(notices.bug)
        else:
            self._background.refused.disconnect(notices.refused)
            self._background.bug_found.disconnect(notices.bug)

    def _show_main(self, actor: Actor) -> None:
        assert self._store is not None
        assert self._background is not None
        assert self._info is not None
        self._end_session()
        notices = Notices()
        papers = self._folder / "papers"
        session = Session(self._store, actor, self._background, notices, self._settings, papers)
        session.settings_changed.connect(lambda: self._use_settings(session.settings))
        self._tell(notices)
        self._session = session
        if actor.role is Role.FOYER:
            self._show_foyer(session)
            return
        window = MainWindow(session, notices, self._info)
        window.unfinished = self._unfinished
        window.person_came.connect(self._enter)
        window.sign_out_asked.connect(self._sign_out)
        window.language_picked.connect(self._language_picked)
        window.keys_picked.connect(self._keys_picked)
        window.devices_picked.connect(self._devices_picked)
        window.go_to_work()
        self._show(window)
        self._back_up_today()
        self._clear_papers_today(session)
        self._tell_ignored(notices)
        self._tell_key(session)

    def _show_foyer(self, session: Session) -> None:
        """The account of the PC in the foyer has nothing but its screen."""
        window = FoyerScreen(session)
        window.person_switch_asked.connect(self._sign_out)
        window.language_picked.connect(self._language_picked)
        self._show(window)
        window.showFullScreen()

    def _back_up_today(self) -> None:
        """A hall in a file is backed up once a day, by whoever signs in first; practice is not worth it."""
        assert self._background is not None
        assert self._info is not None
        store, folder = self._store, self._folder / BACKUPS
        if store is not None and not store.on_server and not self._info.practice:
            self._background.devices(self, lambda: backups.daily(store, folder))

    def _clear_papers_today(self, session: Session) -> None:
        """Papers this PC has kept long enough go once a day, by whoever signs in first, whoever closes days."""
        today = session.today()
        if self._papers_cleared != today:
            self._papers_cleared = today
            clear_papers(session)

    def _sign_out(self) -> None:
        self._end_session()
        self._show_sign_in()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.stop()

    def _show(self, window: QWidget) -> None:
        before, self._window = self._window, window
        if before is not None:
            window.resize(before.size())
            window.move(before.pos())
            window.setWindowState(before.windowState())
        else:
            window.resize(*FIRST_SIZE)
            screen = QGuiApplication.primaryScreen()
            if screen is not None and screen.availableGeometry().width() <= SMALL_SCREEN:
                window.setWindowState(Qt.WindowState.WindowMaximized)
        window.show()
        if before is not None:
            before.hide()
            if not self._waiting.has(before):
                before.deleteLater()
        self.window_shown.emit(window)

    # --- language ----------------------------------------------------------------------------------------

    def use_language(self, language: str) -> None:
        """Chooses the language of all screens made from now on, Qt's own dialogs included."""
        i18n.use(language)
        QLocale.setDefault(QLocale(i18n.language()))
        self._app.removeTranslator(self._qt_texts)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_texts.load(f"qtbase_{i18n.language()}", folder):
            self._app.installTranslator(self._qt_texts)

    def _language_picked(self, language: str) -> None:
        if language == i18n.language():
            return
        self.use_language(language)
        self._keep(language=i18n.language())
        self._waiting.let_idle_go()
        if self._session is not None:
            self._show_main(self._session.actor)
        else:
            self._show_sign_in()

    # --- devices ---------------------------------------------------------------------------------------------

    def _devices_picked(self, chosen: dict[str, str]) -> None:
        self._keep(**chosen)
        if self._session is not None:
            self._session.settings = self._settings

    # --- keys ------------------------------------------------------------------------------------------------

    def _keys_picked(self, keys: dict[str, str]) -> None:
        self._keep(keys=keys)
        self._settings = _with_keys(self._settings)
        self._waiting.let_idle_go()
        if self._session is not None:
            self._show_main(self._session.actor)  # every button and hint says the new ones

    def _use_settings(self, settings: Settings) -> None:
        """What a dialog changed and saved holds for whoever signs in next, too."""
        self._settings = settings

    def _tell_ignored(self, notices: Notices) -> None:
        """Says once what in this PC's settings was not understood."""
        if self._settings.ignored and not self._ignored_told:
            self._ignored_told = True
            names = _(", ").join(self._settings.ignored)
            notices.info(
                _("In this PC's settings this was not understood and is left out: {names}").format(
                    names=names
                )
            )

    def _tell_key(self, session: Session) -> None:
        """Says what is wrong with this PC's key of the hall, to those who work with ID numbers."""
        trouble = session.store.key_trouble
        if trouble is None or trouble.reason == "none":
            return
        if session.actor.may("identity.reveal"):
            session.notices.info(i18n.explain(trouble))

    def _keep(self, **changed: Any) -> None:
        """Changes some of this PC's settings. The others stay as the file has them: a page may have written there."""
        assert self._background is not None
        self._settings = replace(self._settings, **changed)
        folder = self._folder

        def work() -> None:
            desk_settings.save(folder, replace(desk_settings.load(folder), **changed))

        self._background.devices(self, work)


def install_hooks(desk: HallDesk) -> None:
    """Routes what nobody caught, in any thread or in Qt, to the one place for programming errors."""

    def uncaught(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            QApplication.quit()
        else:
            desk.found_bug(error)

    def uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            log_bug(arguments.exc_value)

    def from_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        level = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }.get(kind, logging.ERROR)
        logs.log_qt(level, message)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    qInstallMessageHandler(from_qt)


def run(
    place: str,
    settings: Settings,
    *,
    folder: Path | None = None,
    demo_actor: tuple[str, str] | None = None,
) -> int:
    """Runs the program until its window is closed; gives the exit status.

    `place` is an SQLite file or a PostgreSQL URL, `folder` this PC's data folder. `demo_actor` (name and PIN)
    signs in without asking.
    """
    folder = folder or desk_settings.default_folder()
    logs.start(folder)
    logs.say_start(on_server=is_postgres(place), qt=qVersion())
    logs.catch_crashes()
    app = make_application()
    desk = HallDesk(app, place, settings, folder, demo_actor)
    install_hooks(desk)
    desk.start()
    try:
        return app.exec()
    finally:
        desk.stop()
        qInstallMessageHandler(None)
        logs.stop()
