"""The frame around the pages: what is always there, which page is shown, and the keys that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from hall_desk.devices.scanner import Scanner
from hall_desk.i18n import N_, _
from hall_desk.services import finding
from hall_desk.services.accounts import Role
from hall_desk.ui import help_pages, key_map
from hall_desk.ui.away_banner import AwayBanner
from hall_desk.ui.calls_lists import CASE as PHONE_CASE
from hall_desk.ui.close_day.dialog import CloseDayDialog
from hall_desk.ui.composing import Composing
from hall_desk.ui.desk_lock import DeskLock
from hall_desk.ui.device_input import DeviceInput
from hall_desk.ui.dialogs import Sheet
from hall_desk.ui.dialogs.change_pin import ChangePinDialog
from hall_desk.ui.dialogs.devices import DevicesDialog
from hall_desk.ui.dialogs.directory import DirectoryDialog
from hall_desk.ui.dialogs.doctor import doctor_dialog
from hall_desk.ui.dialogs.drill import DrillDialog
from hall_desk.ui.dialogs.hand_over import HandOverDialog
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.keys import KeysDialog
from hall_desk.ui.dialogs.mailing import MailingDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog, another_matter
from hall_desk.ui.dialogs.phone_case import PhoneCaseDialog
from hall_desk.ui.dialogs.posts import TakePostDialog, leave_own
from hall_desk.ui.dialogs.print_jobs import PrintJobsDialog
from hall_desk.ui.dialogs.printers import PrintersDialog
from hall_desk.ui.dialogs.recovery_sheet import recovery_sheet_dialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.drill.bar import SHOW as DRILL
from hall_desk.ui.drill.bar import DrillBar
from hall_desk.ui.drill.watermark import Watermark
from hall_desk.ui.foyer import close_foyer
from hall_desk.ui.help import HELP, HelpSheet, help_of, offered
from hall_desk.ui.incident_banner import GO as GO_TO_INCIDENT
from hall_desk.ui.incident_banner import IncidentBanner
from hall_desk.ui.notices import Notices
from hall_desk.ui.pages import Page
from hall_desk.ui.pages.callbacks import CallbacksPage
from hall_desk.ui.pages.consultation import ConsultationPage
from hall_desk.ui.pages.dashboard import DashboardPage
from hall_desk.ui.pages.foyer import FoyerPage
from hall_desk.ui.pages.incidents import IncidentsPage
from hall_desk.ui.pages.journal import JournalPage
from hall_desk.ui.pages.lists import ListsPage
from hall_desk.ui.pages.outbox import OutboxPage
from hall_desk.ui.pages.people import PeoplePage
from hall_desk.ui.pages.proxy import ProxyPage
from hall_desk.ui.pages.report import ReportPage
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.pages.settings import SettingsPage
from hall_desk.ui.pages.trips import TripsPage
from hall_desk.ui.pages.window import WindowPage
from hall_desk.ui.scans import Scans, open_hit
from hall_desk.ui.sidebar import Sidebar
from hall_desk.ui.status_bar import PRINT_JOBS, StatusBar
from hall_desk.ui.top_bar import TopBar
from hall_desk.ui.typed import has_typing, lost_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent

    from hall_desk.services.accounts import Actor
    from hall_desk.services.finding import Hit
    from hall_desk.services.halls import HallInfo
    from hall_desk.ui.session import Session

# The pages by group, each with the key that opens it.
GROUPS: tuple[tuple[str, tuple[tuple[type[Page], str], ...]], ...] = (
    (
        N_("Front desk"),
        (
            (ScreeningPage, "F2"),
            (ConsultationPage, "F10"),
            (ProxyPage, "F3"),
            (FoyerPage, "Ctrl+F11"),
        ),
    ),
    (N_("Window"), ((WindowPage, "F5"), (CallbacksPage, "F11"))),
    (
        N_("Management"),
        (
            (DashboardPage, "Ctrl+F2"),
            (IncidentsPage, "Ctrl+F9"),
            (PeoplePage, "Ctrl+F10"),
            (ListsPage, "Ctrl+F3"),
            (SettingsPage, "Ctrl+F5"),
            (ReportPage, "F12"),
            (TripsPage, "Ctrl+F6"),
            (JournalPage, "Shift+F11"),
            (OutboxPage, "Ctrl+F12"),
        ),
    ),
)
CLOSE_DAY = "Shift+F12"
TAKE_POST, HAND_OVER = "Ctrl+G", "Ctrl+H"
NEW_TICKET, SLIP, FIND, QUIT = "F4", "F8", "Ctrl+K", "Ctrl+Q"
LOCK, SWITCH = "Ctrl+Shift+L", "Ctrl+L"
INCIDENT, KEYS = "F9", "Ctrl+F1"
UNDO, ANOTHER_MATTER = "Ctrl+Z", "Shift+F4"


class MainWindow(QMainWindow):
    """One signed-in person's window.

    Signals:
        closed: the window was closed by its user.
        person_came (an `Actor` who is not the window's), sign_out_asked, language_picked, keys_picked (name to key),
            devices_picked (this PC's settings by name): for whoever made the window.
    """

    closed = Signal()
    person_came = Signal(object)
    sign_out_asked = Signal()
    language_picked = Signal(str)
    keys_picked = Signal(dict)
    devices_picked = Signal(dict)

    def __init__(self, session: Session, notices: Notices, info: HallInfo) -> None:
        super().__init__()
        self.session = session
        self.setWindowTitle(f"{info.name} · Hall Desk")
        self.setMinimumSize(1200, 700)
        self.workplace = QWidget()
        self.workplace.setObjectName("workplace")
        session.dialog_place = self.workplace
        self.stack = QStackedWidget()
        self.stack.setObjectName("page_stack")
        groups = self._make_pages()
        self.pages = {page.name: page for _title, pages in groups for page, _key in pages}
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.top_bar = TopBar(session)
        self.away_banner = AwayBanner(session)
        self.incident_banner = IncidentBanner(session)
        self.drill_bar = DrillBar(session, self) if info.practice else None
        self.sidebar = Sidebar(groups)
        self.status_bar = StatusBar(session, info)
        self._notices = notices
        # The people whose half-typed work would be lost with the program, which asks them before it ends.
        self.unfinished: Callable[[], Sequence[str]] = tuple
        self._close_asked = False
        self.lock = DeskLock(self, session, info, self._lay_out())
        self.setCentralWidget(self.lock.places)
        if self.drill_bar is not None:
            self._practise(self.drill_bar)
        self.lock.came.connect(self.person_came)
        self.lock.locked_changed.connect(self._lock_changed)
        self.incident_banner.told.connect(self.lock.screen.show_incidents)
        self.sidebar.picked.connect(self.go)
        self.top_bar.finder.found.connect(self._open_hit)
        self.scanner: Scanner | None = None
        self.devices = DeviceInput(self, self)
        self.composing = Composing(self)
        self.scans = Scans(session, self)
        self.scans.one.connect(self._open_hit)
        self.scans.several.connect(self.top_bar.finder.offer)
        self.top_bar.keys_asked.connect(self.show_keys)
        self.top_bar.help_asked.connect(self.show_help)
        self.top_bar.printers_asked.connect(self.show_printers)
        self.top_bar.doctor_asked.connect(self.show_doctor)
        self.status_bar.print_jobs_asked.connect(self.show_print_jobs)
        self.top_bar.devices_asked.connect(self.show_devices)
        self.top_bar.directory_asked.connect(self.show_directory)
        self.top_bar.mailing_asked.connect(self.show_mailing)
        self.top_bar.lock_asked.connect(self.lock.lock)
        self.top_bar.person_switch_asked.connect(self.lock.switch)
        self.top_bar.sign_out_asked.connect(self.sign_out)
        self.top_bar.change_pin_asked.connect(self.change_pin)
        self.top_bar.auto_lock_asked.connect(
            lambda: session.go("settings", name="idle_lock_minutes")
        )
        self.top_bar.recovery_sheet_asked.connect(self.show_recovery_sheet)
        self.top_bar.language_picked.connect(self.language_picked)
        self.top_bar.quit_asked.connect(self.close)
        self.top_bar.take_post_asked.connect(self.take_post)
        self.top_bar.hand_over_asked.connect(self.hand_over_post)
        self.top_bar.leave_post_asked.connect(lambda: leave_own(session))
        session.went.connect(self._on_went)
        session.key_wanted.connect(self._pressed)
        session.online_changed.connect(lambda online: notices.server_back() if online else None)
        session.clock_differed.connect(self._tell_clock)
        notices.left.connect(lambda: self.page().arrive())
        self._everywhere: dict[str, Callable[[], object]] = {}
        self._shortcuts: dict[str, QShortcut] = {}
        self._bind_keys(groups)
        for page in self.pages.values():
            page.reload_badge()
        self.go(next(iter(self.pages)))

    def page(self) -> Page:
        """The page that is shown."""
        current = self.stack.currentWidget()
        assert isinstance(current, Page)
        return current

    def go(self, name: str) -> None:
        """Shows a page; a dialog that lies over the old one is closed first."""
        page = self.pages.get(name)
        if page is None:
            return
        for dialog in self.dialogs():
            dialog.reject()
        self.stack.setCurrentWidget(page)
        self.sidebar.show_current(name)
        page.arrive()

    def go_to_work(self) -> None:
        """Shows the page of the post this PC stands at, or else of the actor's."""
        post = self.session.settings.post
        if post in self.pages:
            self.go(post)
        elif self.session.actor.window_number:
            self.go("window")
        elif self.session.actor.role is Role.WORKING_GROUP:
            self.go("incidents")

    def dialogs(self) -> list[Sheet]:
        """The dialogs that are open, the topmost last."""
        return [dialog for dialog in self.workplace.findChildren(Sheet) if dialog.is_open()]

    def new_ticket(self) -> None:
        if self.session.actor.may("tickets.open"):
            NewTicketDialog(self.session).open()

    def another_matter(self) -> None:
        """A second ticket for the resident whose ticket was opened last."""
        another_matter(self.session)

    def slip(self) -> None:
        if self.session.actor.may("slips.give"):
            SlipDialog(self.session).open()

    def phone_case(self) -> None:
        if self.session.actor.may("phone_cases.record"):
            PhoneCaseDialog(self.session).open()

    def take_post(self) -> None:
        """Goes on a post oneself."""
        if self.session.actor.may("posts.take") and self.session.actor.staff_id is not None:
            TakePostDialog(self.session).open()

    def hand_over_post(self) -> None:
        """Hands over one's own post with everything held."""
        own = self.session.actor.staff_id
        if self.session.actor.may("posts.hand_over") and own is not None:
            HandOverDialog(self.session, own).open()

    def close_day(self) -> None:
        if self.session.actor.may("day.close"):
            CloseDayDialog(self.session).open()

    def report_incident(self) -> None:
        """Opens the form, over whatever is open; once."""
        there = any(isinstance(dialog, IncidentDialog) for dialog in self.dialogs())
        if not there and self.session.actor.may("incidents.open"):
            IncidentDialog(self.session, **self.page().incident_about()).open()

    def show_devices(self) -> None:
        """Thermometer, card reader and scanner of this PC: set up and tried out."""
        dialog = DevicesDialog(self.session, self.devices.thermometer)
        dialog.picked.connect(self.devices_picked)
        dialog.open()

    def show_print_jobs(self) -> None:
        """What this PC has printed, and what did not come out."""
        if not self.dialogs():
            PrintJobsDialog(self.session).open()

    def show_printers(self) -> None:
        """The printers of this PC."""
        if not self.dialogs():
            PrintersDialog(self.session).open()

    def show_directory(self) -> None:
        """The hall's windows and their telephones, to print or to save."""
        if not self.dialogs() and self.session.actor.may("matters.read"):
            DirectoryDialog(self.session).open()

    def show_mailing(self) -> None:
        """The directory by e-mail to the communities."""
        if not self.dialogs() and self.session.actor.may("directory.mail"):
            MailingDialog(self.session).open()

    def show_drill(self) -> None:
        """The drill day of a practice hall, for who may run one."""
        if (
            self.drill_bar is not None
            and self.session.actor.may("drill.run")
            and not self.dialogs()
        ):
            DrillDialog(self.session).open()

    def show_keys(self) -> None:
        """The list of all keys, where those of this PC are changed."""
        dialog = KeysDialog(self.session)
        dialog.picked.connect(self.keys_picked)
        dialog.open()

    def show_doctor(self) -> None:
        """Looks whether everything on this PC works."""
        dialog = doctor_dialog(self.session)
        dialog.printers_asked.connect(self.show_printers)
        dialog.open()

    def show_help(self) -> None:
        """Help for the dialog that lies on top, or for the page; once more closes it."""
        top = next(reversed(self.dialogs()), None)
        if isinstance(top, HelpSheet):
            top.reject()
            return
        name = help_of(type(top)) if top is not None else ""
        sheet = HelpSheet(self.workplace, name or self.page().name, offered(self.session))
        self.session.background.devices(sheet, help_pages.spelt, sheet.use_search)
        sheet.open()

    # --- making ------------------------------------------------------------------------------------

    def _make_pages(self) -> list[tuple[str, list[tuple[Page, str]]]]:
        session = self.session
        made = [
            (_(group), [(page(session), key) for page, key in pages if page.offered(session)])
            for group, pages in GROUPS
        ]
        return [(group, pages) for group, pages in made if pages]

    def _lay_out(self) -> QWidget:
        inside = QVBoxLayout(self.workplace)
        inside.setContentsMargins(16, 14, 16, 14)
        inside.setSpacing(10)
        inside.addWidget(self._notices)
        inside.addWidget(self.stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.sidebar)
        middle.addWidget(self.workplace, 1)
        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.top_bar)
        whole.addWidget(self.away_banner)
        whole.addWidget(self.incident_banner)
        if self.drill_bar is not None:
            whole.addWidget(self.drill_bar)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status_bar)
        return centre

    def _practise(self, bar: DrillBar) -> None:
        """What only a practice hall has: its mark across the work, and the drill."""
        Watermark(self.workplace)
        bar.asked.connect(self.show_drill)
        self.top_bar.drill_asked.connect(self.show_drill)
        if self.session.actor.may("drill.run"):
            self.top_bar.offer_drill()

    # --- keys --------------------------------------------------------------------------------------

    def _bind_keys(self, groups: Sequence[tuple[str, Sequence[tuple[Page, str]]]]) -> None:
        for _group, pages in groups:
            for page, key in pages:
                self._everywhere[key] = lambda name=page.name: self.go(name)  # type: ignore[misc]
        self._everywhere |= {
            NEW_TICKET: self.new_ticket,
            SLIP: self.slip,
            PHONE_CASE: self.phone_case,
            INCIDENT: self.report_incident,
            GO_TO_INCIDENT: self.incident_banner.answer,
            FIND: self.top_bar.finder.focus,
            KEYS: self.show_keys,
            DRILL: self.show_drill,
            HELP: self.show_help,
            PRINT_JOBS: self.show_print_jobs,
            UNDO: self._notices.undo,
            ANOTHER_MATTER: self.another_matter,
            TAKE_POST: self.take_post,
            HAND_OVER: self.hand_over_post,
            LOCK: self.lock.lock,
            SWITCH: self.lock.switch,
            CLOSE_DAY: self.close_day,
            QUIT: self.close,
        }
        of_pages = {shortcut.key for page in self.pages.values() for shortcut in page.shortcuts()}
        for key in sorted(of_pages | set(self._everywhere)):
            shortcut = QShortcut(QKeySequence(key_map.now(key)), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda key=key: self._pressed(key))
            shortcut.activatedAmbiguously.connect(lambda key=key: self._pressed(key))
            self._shortcuts[key] = shortcut

    def _pressed(self, key: str) -> None:
        # The page's own meaning of a key comes before the general one; a dialog has the keyboard to itself. Only an
        # incident cannot wait until it is closed, and the lock keeps it open.
        if self.dialogs():
            if key in (INCIDENT, GO_TO_INCIDENT, LOCK, SWITCH, HELP):
                self._everywhere[key]()
            else:
                self.dialogs()[-1].press(key)
            return
        for shortcut in self.page().shortcuts():
            if shortcut.key == key:
                shortcut.run()
                return
        run = self._everywhere.get(key)
        if run is not None:
            run()

    # --- going where asked ----------------------------------------------------------------------------

    def _on_went(self, name: str, what: dict[str, Any]) -> None:
        self.go(name)
        page = self.pages.get(name)
        if page is not None and what:
            page.show_with(**what)

    def _open_hit(self, hit: Hit, wanted: str = "open") -> None:
        open_hit(self.session, self.pages, hit, wanted)

    def take_scan(self, code: str) -> None:
        """A scan is first offered to what lies on top: the dialog, then the page; else what it stands for is opened.

        The lock swallows it.
        """
        if self.lock.locked:
            return
        if self.devices.take_scan(code):
            return
        code, dialogs = finding.folded(code), self.dialogs()
        if dialogs:
            if not dialogs[-1].take_scan(code):
                self._notices.info(
                    _("Scanned, but a form is open. Finish or close it, then scan again.")
                )
        elif not self.page().take_scan(code):
            self.scans.resolve(code)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.scanner is None:
            self.scanner = Scanner(self, finding.is_code)
            self.scanner.scanned.connect(self.take_scan)
            self.scanner.spoiled.connect(self._scan_spoiled)
            self.devices.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.isMinimized():
            return
        scanner, self.scanner = self.scanner, None
        if scanner is not None:
            scanner.stop()
            scanner.deleteLater()
            self.devices.stop()

    def _tell_clock(self, words: str) -> None:
        if words:
            self._notices.info(words)

    def _scan_spoiled(self) -> None:
        if not self.lock.locked:
            self.scans.spoiled()

    # --- people come and go ----------------------------------------------------------------------------

    def go_on_as(self, actor: Actor) -> None:
        """Lets another person with the same rights go on with all that is on this screen."""
        for dialog in self.dialogs():
            if dialog.personal:
                dialog.reject()
        self._notices.clear()  # what one person did is not taken back by another
        self.session.take_over(actor)
        self.lock.unlock()

    def change_pin(self) -> None:
        """Asks for another PIN of whoever is signed in."""
        if self.session.actor.staff_id is not None:
            ChangePinDialog(self.session).open()

    def show_recovery_sheet(self) -> None:
        """The recovery sheet of the hall's key; on a PC that lacks the key, taking it from there."""
        if self.session.actor.may("identity.recovery") and not self.dialogs():
            recovery_sheet_dialog(self.session).open()

    def sign_out(self) -> None:
        """Leaves the hall; asks beside the work when that would lose something half typed."""
        if has_typing(self.workplace):
            self._notices.error(
                _("What is half typed here is lost when you sign out."),
                self.sign_out_asked.emit,
                _("Sign out all the same"),
            )
        else:
            self.sign_out_asked.emit()

    def _lock_changed(self, locked: bool) -> None:
        self._close_asked = False
        for shortcut in self._shortcuts.values():
            shortcut.setEnabled(not locked)

    def closeEvent(self, event: QCloseEvent) -> None:
        names = self.unfinished()
        if names and not self._close_asked:
            self._close_asked = True
            event.ignore()
            if self.lock.locked:
                self.lock.screen.say(lost_sentence(names))
            else:
                self._notices.error(lost_sentence(names))
            return
        super().closeEvent(event)
        close_foyer()
        self.closed.emit()
