"""The frame around the pages: what is always there, which page is shown, and the keys that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.ui.away_banner import AwayBanner
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.notices import Notices
from hall_desk.ui.pages import Page
from hall_desk.ui.pages.outbox import OutboxPage
from hall_desk.ui.pages.proxy import ProxyPage
from hall_desk.ui.pages.report import ReportPage
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.pages.window import WindowPage
from hall_desk.ui.sidebar import Sidebar
from hall_desk.ui.status_bar import StatusBar
from hall_desk.ui.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent

    from hall_desk.services.halls import HallInfo
    from hall_desk.services.tickets import Card
    from hall_desk.ui.session import Session

# The pages by group, each with the key that opens it.
GROUPS: tuple[tuple[str, tuple[tuple[type[Page], str], ...]], ...] = (
    (N_("Front desk"), ((ScreeningPage, "F2"), (ProxyPage, "F3"))),
    (N_("Window"), ((WindowPage, "F5"),)),
    (N_("Management"), ((ReportPage, "F12"), (OutboxPage, "Ctrl+F12"))),
)
NEW_TICKET, SLIP, FIND, SWITCH, QUIT = "F4", "F8", "Ctrl+K", "Ctrl+L", "Ctrl+Q"


class MainWindow(QMainWindow):
    """One signed-in person's window.

    Signals:
        closed: the window was closed by its user.
        person_switch_asked, language_picked: for whoever made the window.
    """

    closed = Signal()
    person_switch_asked = Signal()
    language_picked = Signal(str)

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
        self.sidebar = Sidebar(groups)
        self.status_bar = StatusBar(session, info)
        self._notices = notices
        self._lay_out()
        self.sidebar.picked.connect(self.go)
        self.top_bar.finder.found.connect(self._show_ticket)
        self.top_bar.person_switch_asked.connect(self._switch_person)
        self.top_bar.language_picked.connect(self.language_picked)
        self.top_bar.quit_asked.connect(self.close)
        session.went.connect(self._on_went)
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
        """Shows the page of the actor's post."""
        if self.session.actor.window_number:
            self.go("window")

    def dialogs(self) -> list[Dialog]:
        """The dialogs that are open, the topmost last."""
        return [dialog for dialog in self.workplace.findChildren(Dialog) if dialog.is_open()]

    def new_ticket(self) -> None:
        if self.session.actor.may("tickets.open"):
            NewTicketDialog(self.session).open()

    def slip(self) -> None:
        if self.session.actor.may("slips.give"):
            SlipDialog(self.session).open()

    # --- making ------------------------------------------------------------------------------------

    def _make_pages(self) -> list[tuple[str, list[tuple[Page, str]]]]:
        session = self.session
        made = [
            (_(group), [(page(session), key) for page, key in pages if page.offered(session)])
            for group, pages in GROUPS
        ]
        return [(group, pages) for group, pages in made if pages]

    def _lay_out(self) -> None:
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
        whole.addLayout(middle, 1)
        whole.addWidget(self.status_bar)
        self.setCentralWidget(centre)

    # --- keys --------------------------------------------------------------------------------------

    def _bind_keys(self, groups: Sequence[tuple[str, Sequence[tuple[Page, str]]]]) -> None:
        for _group, pages in groups:
            for page, key in pages:
                self._everywhere[key] = lambda name=page.name: self.go(name)  # type: ignore[misc]
        self._everywhere |= {
            NEW_TICKET: self.new_ticket,
            SLIP: self.slip,
            FIND: self.top_bar.finder.focus,
            SWITCH: self._switch_person,
            QUIT: self.close,
        }
        of_pages = {shortcut.key for page in self.pages.values() for shortcut in page.shortcuts()}
        for key in sorted(of_pages | set(self._everywhere)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda key=key: self._pressed(key))
            self._shortcuts[key] = shortcut

    def _pressed(self, key: str) -> None:
        # The page's own meaning of a key comes before the general one; a dialog has the keyboard to itself.
        if self.dialogs():
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

    def _show_ticket(self, card: Card) -> None:
        name = "proxy" if "proxy" in self.pages else "window"
        self._on_went(name, {"ticket_id": card.id})

    def _tell_clock(self, words: str) -> None:
        if words:
            self._notices.info(words)

    def _switch_person(self) -> None:
        self.person_switch_asked.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
