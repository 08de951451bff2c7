"""What the pictures of `shots` show: each page, and each dialog over the page it is opened from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate

from hall_desk.devices.instruments import IdCard
from hall_desk.devices.thermometer_lines import Heard
from hall_desk.i18n import _
from hall_desk.services import (
    directory_paper,
    halls,
    mailings,
    matters,
    ratings,
    sample_day,
    screening,
    tickets,
)
from hall_desk.services.accounts import Role
from hall_desk.services.dashboard_lists import Figure
from hall_desk.services.directory_columns import Kind
from hall_desk.services.mail_server import MailServer
from hall_desk.services.mailings import Mailing, Result
from hall_desk.services.ratings import Guest
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.collector import CollectorDialog
from hall_desk.ui.dialogs.correction import CorrectionDialog
from hall_desk.ui.dialogs.devices import DevicesDialog
from hall_desk.ui.dialogs.follow_up import FollowUpDialog
from hall_desk.ui.dialogs.import_lists import ImportListsDialog
from hall_desk.ui.dialogs.mailing import MailingDialog, Shown
from hall_desk.ui.dialogs.missing_notice import MissingNoticeDialog
from hall_desk.ui.dialogs.new_callback import NewCallbackDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.standard_papers import StandardPapersDialog
from hall_desk.ui.dialogs.ticket_steps import SuspendDialog, TransferDialog
from hall_desk.ui.foyer.screen import FoyerScreen
from hall_desk.ui.pages.consultation import ConsultationPage
from hall_desk.ui.pages.dashboard import DashboardPage
from hall_desk.ui.pages.journal import JournalPage
from hall_desk.ui.pages.lists import ListsPage
from hall_desk.ui.pages.people import DISINFECTION, RATINGS, PeoplePage
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.pages.trips import TripsPage
from hall_desk.ui.rating_window import RatingWindow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.matters import MatterLine
    from hall_desk.services.screening import Check
    from hall_desk.services.tickets import Board, Card, TicketView
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.session import Session

_NAME, _PHONE = "于女士", "13800004127"


@dataclass(frozen=True)
class Scene:
    """A picture called `name` of `page`, seen by `role`; `prepare` types or opens something first.

    A picture of a dialog is not taken in a hall that has nothing to show in it.
    """

    role: Role
    page: str
    name: str
    prepare: Callable[[MainWindow], object] | None = None
    dialog: bool = False


# --- what is typed and opened ----------------------------------------------------------------------


def _half_typed(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, ScreeningPage)
    page.form.temperature.set_text("36.5")
    page.form.name.set_text(_NAME)
    page.form.phone.set_text("138 0000 4127")
    if page.model.rowCount():
        page.verdict.show_check(page.model.row(0), page.session.now())


def _asked(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, ConsultationPage)
    page.form.search.insert("ybk")


def _found(window: MainWindow) -> None:
    window.top_bar.finder.focus()
    window.top_bar.finder.insert("医保")


def _full_day(window: MainWindow) -> None:
    # The sample day itself, not the morning after it on which the sample hall opens.
    if halls.info(window.session.store).practice:
        window.session.go("report", day=sample_day.DAY)


def _list_of(kind: Kind, window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, ListsPage)
    page.show_kind(kind)


def _deadline(window: MainWindow) -> None:
    window.session.go("settings", name="incident_minutes_fever")


def _closed_days(window: MainWindow) -> None:
    window.session.go("settings", name="closed_days")


def _import(window: MainWindow) -> None:
    ImportListsDialog(window.session, Kind.MATTERS).open()


def _full_week(window: MainWindow) -> None:
    if halls.info(window.session.store).practice:
        window.session.go("report", day=sample_day.DAY, kind="week")


def _nothing_yet(window: MainWindow) -> None:
    """Of a day on which nobody came twice there is nothing to show but the first steps."""
    page = window.page()
    assert isinstance(page, TripsPage)
    page.last.setDate(page.last.date().addDays(-2))
    page.first.setDate(page.last.date())


def _verified(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, JournalPage)
    if halls.info(window.session.store).practice:
        day = sample_day.DAY
        page.last.setDate(QDate(day.year, day.month, day.day))
    page.verify()


def _yesterdays_waits(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, DashboardPage)
    if halls.info(window.session.store).practice:
        page.mirror.day.set_day(sample_day.DAY)


def _figure_list(window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, DashboardPage)
    page.open_list(Figure("opened"))


def _section(name: str, window: MainWindow) -> None:
    page = window.page()
    assert isinstance(page, PeoplePage)
    page.show_section(name)


def _with_matter(show: Callable[[Session, MatterLine], object], window: MainWindow) -> None:
    session = window.session

    def found(lines: list[MatterLine]) -> None:
        if lines:
            show(session, lines[0])

    session.background.data(window, lambda: matters.search(session.actor, "变更定点", 1), found)


def _new_ticket(session: Session, matter: MatterLine) -> None:
    """For somebody who was measured at the door: without that, epidemic mode asks for a check first."""

    def measured(checks: list[Check]) -> None:
        name = next((check.name for check in checks if check.passed and check.name), _NAME)
        NewTicketDialog(session, name=name, matter=matter).open()

    session.background.data(session, lambda: screening.today(session.actor), measured)


def _missing_notice(session: Session, matter: MatterLine) -> None:
    MissingNoticeDialog(session, matter, new_id(), name=_NAME, phone=_PHONE).open()


def _new_callback(session: Session, matter: MatterLine) -> None:
    NewCallbackDialog(session, name=_NAME, phone=_PHONE, matter=matter).open()


def _with_ticket(
    state: str, show: Callable[[Session, TicketView], object], window: MainWindow
) -> None:
    """Shows something of the first ticket on the board in this state, of the actor's own window where there is one."""
    session = window.session
    actor = session.actor

    def read() -> TicketView | None:
        board: Board = tickets.board(actor, actor.window_id)
        cards: tuple[Card, ...] = getattr(board, state)
        return tickets.get(actor, cards[0].id) if cards else None

    def found(ticket: TicketView | None) -> None:
        if ticket is not None:
            show(session, ticket)

    session.background.data(window, read, found)


def _select(session: Session, ticket: TicketView) -> None:
    session.go("proxy", ticket_id=ticket.card.id)


def _collector(session: Session, ticket: TicketView) -> None:
    CollectorDialog(session, ticket, tickets.Proof("receipt", ""), None).open()


def _with_low_rating(window: MainWindow) -> None:
    session = window.session

    def found(lines: list[ratings.RatingLine]) -> None:
        if lines:
            FollowUpDialog(session, lines[0]).open()

    session.background.data(window, lambda: ratings.to_follow_up(session.actor), found)


def _devices(window: MainWindow) -> None:
    """With a thermometer that has spoken, and a card that was read."""
    window.show_devices()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, DevicesDialog)
    dialog.port.set_text("/dev/ttyUSB0")
    window.devices.thermometer.heard.emit(Heard("BODY: 36.5 °C", 365))
    dialog.take_reading(IdCard(_NAME, "11010519491231002X"))


def _with_slip_printer(window: MainWindow) -> Session:
    """A slip printer that is switched off: no PC has so many."""
    session = window.session
    session.use_settings(replace(session.settings, slip_printer="escpos+device:///dev/usb/lp90"))
    return session


def _printers(window: MainWindow) -> None:
    _with_slip_printer(window)
    window.show_printers()


def _print_jobs(window: MainWindow) -> None:
    """A paper that was kept, and one whose printer does not answer."""
    hall = window.session.actor.hall_name
    now = window.session.store.local(window.session.now())

    def paper() -> bytes:
        from hall_desk.documents.trial import trial_page

        return trial_page("80", hall, now)

    window.session.print_pdf(paper, _("Test page"), "report")
    _with_slip_printer(window).print_pdf(
        paper, _("Receipt {number}").format(number="A018"), "receipt"
    )
    window.show_print_jobs()


def _mailing(window: MainWindow) -> None:
    """With a mail server, and what became of a mailing: one address was refused, of one nobody knows."""
    session = window.session
    actor, now = session.actor, session.now()
    server = MailServer(
        "mail.example.com", 587, "starttls", "", "hall@example.com", actor.hall_name
    )
    odd = {1: ("refused", "address"), 4: ("unknown", "no_answer")}

    def read() -> Shown:
        found = mailings.recipients(actor)
        subject, text = mailings.proposed(actor)
        results = []
        for number, one in enumerate(found):
            last = number >= len(found) - 2
            state, error = ("waiting", "") if last else odd.get(number, ("sent", ""))
            results.append(
                Result(new_id(), one.id, one.name, one.address, state, error, 1, now, False)
            )
        facts = directory_paper.of_hall(actor)
        mailing = Mailing(
            new_id(), now, actor.name, facts.version, subject, text, "", None, "", tuple(results)
        )
        files = directory_paper.file_name(facts, ".pdf")
        return Shown(server, found, mailing, facts.version, subject, text, f"{files}, .xlsx")

    def found(shown: Shown) -> None:
        dialog.show_all(shown)
        dialog.show_letter()
        dialog.to.set_text(server.sender)
        dialog.table.tick(())
        dialog.table.selectRow(4)

    dialog = MailingDialog(session)
    dialog.open()
    session.background.data(window, read, found)


def _mail_server(window: MainWindow) -> None:
    """Which is asked for first where none is set."""
    window.show_mailing()


_DESK, _CLERK, _BOSS = Role.FRONT_DESK, Role.WINDOW_CLERK, Role.MANAGER


def _dialog(role: Role, page: str, name: str, prepare: Callable[..., object], *first: Any) -> Scene:
    return Scene(role, page, name, partial(prepare, *first), dialog=True)


SCENES: tuple[Scene, ...] = (
    Scene(_DESK, "screening", "screening", _half_typed),
    Scene(_DESK, "consultation", "consultation", _asked),
    _dialog(_DESK, "consultation", "missing-notice", _with_matter, _missing_notice),
    Scene(_DESK, "proxy", "proxy", partial(_with_ticket, "ready", _select)),
    _dialog(_DESK, "proxy", "new-ticket", _with_matter, _new_ticket),
    _dialog(_DESK, "proxy", "collector", _with_ticket, "ready", _collector),
    _dialog(
        _DESK, "proxy", "standard-papers", _with_ticket, "suspended",
        lambda session, ticket: StandardPapersDialog(session, ticket).open(),
    ),
    _dialog(_DESK, "screening", "slip", lambda window: window.slip()),
    _dialog(_DESK, "screening", "incident", lambda window: window.report_incident()),
    Scene(_DESK, "screening", "one-box", _found),
    _dialog(_DESK, "proxy", "take-post", lambda window: window.take_post()),
    _dialog(_DESK, "proxy", "hand-over", lambda window: window.hand_over_post()),
    Scene(_DESK, "foyer", "foyer"),
    Scene(_CLERK, "window", "window"),
    _dialog(
        _CLERK, "window", "suspend", _with_ticket, "handling",
        lambda session, ticket: SuspendDialog(session, ticket.card).open(),
    ),
    _dialog(
        _CLERK, "window", "transfer", _with_ticket, "handling",
        lambda session, ticket: TransferDialog(session, ticket.card).open(),
    ),
    Scene(_CLERK, "callbacks", "callbacks"),
    _dialog(_CLERK, "callbacks", "new-callback", _with_matter, _new_callback),
    _dialog(_CLERK, "callbacks", "phone-case", lambda window: window.phone_case()),
    Scene(_BOSS, "dashboard", "dashboard", _yesterdays_waits),
    _dialog(_BOSS, "dashboard", "figure-list", _figure_list),
    Scene(_BOSS, "incidents", "incidents"),
    Scene(_BOSS, "people", "people"),
    Scene(_BOSS, "people", "disinfection", partial(_section, DISINFECTION)),
    Scene(_BOSS, "people", "ratings", partial(_section, RATINGS)),
    _dialog(_BOSS, "people", "follow-up", _with_low_rating),
    _dialog(
        _BOSS, "proxy", "correction", _with_ticket, "ready",
        lambda session, ticket: CorrectionDialog(session, ticket).open(),
    ),
    _dialog(_BOSS, "report", "close-of-day", lambda window: window.close_day()),
    Scene(_BOSS, "report", "report", _full_day),
    Scene(_BOSS, "report", "report-of-a-week", _full_week),
    _dialog(_BOSS, "report", "directory", lambda window: window.show_directory()),
    _dialog(_BOSS, "report", "mailing", _mailing),
    _dialog(_BOSS, "report", "mail-server", _mail_server),
    Scene(_BOSS, "lists", "lists-windows"),
    Scene(_BOSS, "lists", "lists-matters", partial(_list_of, Kind.MATTERS)),
    Scene(_BOSS, "lists", "lists-people", partial(_list_of, Kind.STAFF)),
    Scene(_BOSS, "lists", "lists-communities", partial(_list_of, Kind.COMMUNITIES)),
    _dialog(_BOSS, "lists", "import", _import),
    Scene(_BOSS, "settings", "settings", _deadline),
    Scene(_BOSS, "settings", "settings-days", _closed_days),
    Scene(_BOSS, "trips", "second-trips"),
    Scene(_BOSS, "trips", "first-steps", _nothing_yet),
    Scene(_BOSS, "journal", "journal", _verified),
    _dialog(_BOSS, "journal", "drill", lambda window: window.show_drill()),
    Scene(_BOSS, "outbox", "outbox"),
    _dialog(_BOSS, "screening", "keys", lambda window: window.show_keys()),
    _dialog(_DESK, "proxy", "help", lambda window: window.show_help()),
    _dialog(_DESK, "screening", "devices", _devices),
    _dialog(_DESK, "screening", "printers", _printers),
    _dialog(_DESK, "screening", "print-jobs", _print_jobs),
    _dialog(_DESK, "screening", "doctor", lambda window: window.show_doctor()),
    _dialog(_DESK, "screening", "change-pin", lambda window: window.change_pin()),
    Scene(_DESK, "screening", "lock", lambda window: window.lock.lock()),
    Scene(_BOSS, "screening", "switch-person", lambda window: window.lock.switch()),
)  # fmt: skip


# --- screens of their own ---------------------------------------------------------------------------


def foyer_screen(session: Session) -> QWidget:
    """What the second monitor in the foyer shows."""
    return FoyerScreen(session)


def rating_screen(session: Session) -> QWidget:
    """The resident's side of the desk, with the five grades. Nothing was offered, so nothing can be given."""
    actor = session.actor
    guest = Guest(
        store=session.store,
        hall_id=actor.hall_id,
        hall_name=actor.hall_name,
        letter=actor.letter,
        offer_id=new_id(),
        ticket_id=None,
        window_id=None,
        number="A018",
        matter="医保卡领取",
    )
    return RatingWindow(session, guest, second_screen=True)
