"""The resident's side of the desk: five grades, on a second screen or on the desk's own screen turned round.

It opens by `offer` and goes by itself. Staff see that a rating was offered and that it is over, never what was pressed.
On a second screen it takes touch and mouse only: the keyboard there is the clerk's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import ratings
from hall_desk.services.ratings import GRADES, LOW, NewOffer, NewRating
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.drill.watermark import Watermark
from hall_desk.ui.rating_pages import AskPage, ThanksPage, WhyPage, words

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QScreen

    from hall_desk.errors import HallDeskError
    from hall_desk.services.ratings import Guest
    from hall_desk.ui.session import Session

ASK_MS = 45_000  # nobody touches it: it goes
WHY_MS = 90_000
THANKS_MS = 4_000


class RatingWindow(QWidget):
    """One offered rating. `ended` tells whether it was given."""

    ended = Signal(bool)

    def __init__(self, session: Session, guest: Guest, *, second_screen: bool) -> None:
        super().__init__(session.dialog_place)
        self.session = session
        self.guest = guest
        self.second_screen = second_screen
        self._grade = 0
        self._sending = False
        self._given = False
        self._over = False
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
        if second_screen:
            flags |= Qt.WindowType.WindowDoesNotAcceptFocus
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowFlags(flags)
        self.setWindowTitle(_("Your rating"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"RatingWindow {{ background: {theme.WHITE}; }}")
        self.asking = AskPage(keys=not second_screen)
        self.why = WhyPage(keys=not second_screen)
        self.pages = QStackedWidget()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.leave)
        self._lay_out()
        self._connect()
        if guest.store.practice:
            Watermark(self)
        self._ask()

    def _lay_out(self) -> None:
        about = " · ".join(part for part in (self.guest.number, self.guest.matter) if part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 30, 48, 30)
        layout.setSpacing(8)
        layout.addWidget(words(self.guest.hall_name, 24, theme.BRAND, bold=True))
        layout.addWidget(words(about, 20, theme.INK_SOFT))
        layout.addWidget(self.pages, 1)
        for page in (self.asking, self.why, ThanksPage()):
            self.pages.addWidget(page)

    def _connect(self) -> None:
        for button in self.asking.grades:
            button.clicked.connect(partial(self._clicked, button.grade))
        for reason in self.why.reasons.values():
            reason.toggled.connect(self._touched)
        self.why.comment.textEdited.connect(self._touched)
        self.why.send.clicked.connect(self.submit)
        self.why.back.clicked.connect(self._ask)
        self.asking.not_now.clicked.connect(self.leave)

    # --- showing -----------------------------------------------------------------------------------------

    def show_on(self, screen: QScreen | None) -> None:
        """Fills a screen: the resident's, or the desk's own that is turned round."""
        if screen is not None:
            self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.raise_()
        if not self.second_screen:
            self.activateWindow()
            self.setFocus()

    def _ask(self) -> None:
        self._grade = 0
        self.why.problem.setText("")
        self.pages.setCurrentIndex(0)
        self._idle.start(ASK_MS)
        if not self.second_screen:
            self.setFocus()

    def _explain(self) -> None:
        self.pages.setCurrentIndex(1)
        self._idle.start(WHY_MS)
        if not self.second_screen:
            self.setFocus()

    def _thank(self) -> None:
        self._given = True
        self.pages.setCurrentIndex(2)
        self._idle.start(THANKS_MS)

    def _touched(self) -> None:
        # Somebody is at it: the time starts again.
        self.why.problem.setText("")
        self._idle.start()

    # --- rating ------------------------------------------------------------------------------------------

    def _clicked(self, grade: int, _checked: bool = False) -> None:
        self.press(grade)

    def press(self, grade: int) -> None:
        """A grade was pressed: the upper three are given at once, the lower two ask why."""
        if self._sending or self._given:
            return
        self._grade = grade
        self.asking.problem.setText("")
        if grade in LOW:
            self._explain()
        else:
            self._rate(NewRating(grade))

    def submit(self) -> None:
        """Gives a low grade with its reasons."""
        if self._sending or self._given:
            return
        self._rate(NewRating(self._grade, self.why.chosen(), self.why.comment.text()))

    def _rate(self, new: NewRating) -> None:
        self._sending = True
        guest = self.guest
        self.session.background.data(
            self, lambda: ratings.rate(guest, new), self._rated, self._refused
        )

    def _rated(self, _nothing: None) -> None:
        self._sending = False
        self._thank()

    def _refused(self, error: HallDeskError) -> None:
        self._sending = False
        self._idle.start()
        if isinstance(error, errors.AlreadyThere):
            sentence = _("This service has been rated already. Thank you.")
        elif isinstance(error, errors.DatabaseAway):
            sentence = _("The network is down at the moment. Please try again later.")
        else:
            sentence = i18n.explain(error)
        asking = self.pages.currentIndex() == 0
        (self.asking if asking else self.why).problem.setText(sentence)
        if isinstance(error, errors.BadInput) and error.field == "comment":
            self.why.comment.setFocus()

    # --- going -------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Goes, whether something was given or not."""
        if self._over:
            return
        self._over = True
        self._idle.stop()
        self.hide()
        self.ended.emit(self._given)
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._idle.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page, typed = self.pages.currentIndex(), event.text()
        self._idle.start()
        match page:
            case _ if event.key() == Qt.Key.Key_Escape:
                self._ask() if page == 1 else self.leave()
            case 0 if typed in {str(grade) for grade in GRADES}:
                self.press(int(typed))
            case 1 if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._ask() if self.why.back.hasFocus() else self.submit()
            case 1 if typed.isdecimal() and 0 < int(typed) <= len(self.why.reasons):
                list(self.why.reasons.values())[int(typed) - 1].toggle()
            case 2 if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self.leave()
            case _:
                super().keyPressEvent(event)


def free_screen(main: QWidget | None) -> QScreen | None:
    """Another screen than the main window's on which nothing of ours fills the screen (the foyer's does)."""
    here = main.window().screen() if main is not None else QGuiApplication.primaryScreen()
    taken = {
        widget.screen()
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget.isFullScreen()
    }
    return next(
        (
            screen
            for screen in QGuiApplication.screens()
            if screen is not here and screen not in taken
        ),
        None,
    )


# The windows that are open, by the place they lie over; they go by themselves.
_open: list[RatingWindow] = []


def offer(session: Session, ticket_id: UUID | None = None, window_id: UUID | None = None) -> None:
    """Offers the resident a rating: for a ticket, a window, or the hall. The desk sees that, and no more."""
    actor, new = session.actor, NewOffer(new_id(), ticket_id, window_id)
    session.background.data(
        session, lambda: ratings.offer(actor, new), partial(_show, session), partial(_not, session)
    )


def _show(session: Session, guest: Guest) -> None:
    before = [window for window in _open if isValid(window)]
    _open.clear()
    for window in before:
        window.leave()
    screen = free_screen(session.dialog_place)
    window = RatingWindow(session, guest, second_screen=screen is not None)
    _open.append(window)

    def ended(given: bool) -> None:
        if window in _open:
            _open.remove(window)
        if given:
            session.notices.success(_("The resident has rated. Thank you."))
        else:
            session.notices.clear()

    window.ended.connect(ended)
    what = _("Rating offered for {number}.").format(number=guest.number)
    session.notices.info(
        what if guest.number else _("Rating offered."), window.leave, _("Withdraw the offer")
    )
    here = session.dialog_place
    window.show_on(screen or (here.window().screen() if here is not None else None))


def _not(session: Session, error: HallDeskError) -> bool:
    if isinstance(error, errors.AlreadyThere) and error.kind == "rating":
        session.notices.info(_("{number} has been rated already.").format(number=error.key))
        return True
    if isinstance(error, errors.WrongState) and error.action == "rate":
        session.notices.error(
            _("{number} can be rated when it is done.").format(number=error.number)
        )
        return True
    return False
