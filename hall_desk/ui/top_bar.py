"""The white bar at the top: the hall, the one search field, the clock, the connection, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from hall_desk import i18n
from hall_desk.i18n import WEEKDAYS, _
from hall_desk.services.accounts import Actor, StaffName
from hall_desk.ui import key_map, theme
from hall_desk.ui.finder import Finder
from hall_desk.ui.labels import Elided, Text

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QPaintEvent

    from hall_desk.ui.session import Session

HEIGHT = 52
LONGEST_NAME = 12


def day_text(local: datetime) -> str:
    """A day as it is said: 2月21日 星期五."""
    return _("{weekday}, {month}/{day}").format(
        month=local.month, day=local.day, weekday=_(WEEKDAYS[local.weekday()])
    )


def post_text(person: Actor | StaffName) -> str:
    """Where somebody works: the window, or the words for the role."""
    if person.window_number:
        return _("Window {number}").format(number=person.window_number)
    return i18n.code("role", person.role.value)


class PersonButton(QPushButton):
    """Who is signed in, with the menu of what can be done about it."""

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("person")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.show_person(actor)

    def show_person(self, actor: Actor) -> None:
        self.setText(f"{actor.name[:LONGEST_NAME]} · {post_text(actor)}")
        self._first = actor.name[:1]
        self.setAccessibleName(_("Signed in: {person}").format(person=self.text()))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme.font()).horizontalAdvance(self.text())
        return QSize(width + 28 + 8 + 16, 40)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(QColor(theme.PAGE))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.PRIMARY), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        circle = QRectF(8, area.center().y() - 14, 28, 28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.PRIMARY))
        painter.drawEllipse(circle)
        painter.setFont(theme.font(13))
        painter.setPen(QColor(theme.WHITE))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, self._first)
        painter.setFont(theme.font())
        painter.setPen(QColor(theme.INK))
        words = area.adjusted(44, 0, -6, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


class Online(QWidget):
    """A dot and a word: whether the hall's database can be reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._online = True
        self.setFixedHeight(24)
        self.show_online(online=True)

    def show_online(self, *, online: bool) -> None:
        self._online = online
        self.setAccessibleName(self.words())
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        return _("Connected") if self._online else _("Server is away")

    def sizeHint(self) -> QSize:
        return QSize(
            QFontMetrics(theme.font(13, bold=True)).horizontalAdvance(self.words()) + 18, 24
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.DOT if self._online else theme.BADGE_RED))
        painter.drawEllipse(QRectF(0, self.height() / 2 - 4.5, 9, 9))
        painter.setFont(theme.font(13, bold=not self._online))
        painter.setPen(QColor("#1c7c4d" if self._online else theme.BAD_STRONG))
        area = QRectF(self.rect()).adjusted(15, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.words())


class TopBar(QFrame):
    """What is always there. `language_picked` gives a code; what else is picked in the menu carries nothing."""

    lock_asked = Signal()
    person_switch_asked = Signal()
    sign_out_asked = Signal()
    change_pin_asked = Signal()
    auto_lock_asked = Signal()
    recovery_sheet_asked = Signal()
    language_picked = Signal(str)
    quit_asked = Signal()
    keys_asked = Signal()
    help_asked = Signal()
    printers_asked = Signal()
    doctor_asked = Signal()
    devices_asked = Signal()
    directory_asked = Signal()
    drill_asked = Signal()
    mailing_asked = Signal()
    # Going on a post, handing it over, leaving it: for whoever is signed in.
    take_post_asked = Signal()
    hand_over_asked = Signal()
    leave_post_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("top_bar")
        self.setFixedHeight(HEIGHT)
        self.hall = Elided(session.actor.hall_name)
        self.hall.setMaximumWidth(300)
        self.hall.setObjectName("hall_name")
        self.finder = Finder(session)
        self.finder.setVisible(session.actor.may("tickets.read"))
        self.day = Text()
        self.day.setObjectName("clock_day")
        self.clock = Text()
        self.clock.setObjectName("clock")
        self.online = Online()
        self.person = PersonButton(session.actor)
        self.person.clicked.connect(self.show_menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 10, 0)
        layout.setSpacing(14)
        layout.addWidget(self.hall)
        layout.addSpacing(max(0, 176 - self.hall.sizeHint().width()))
        layout.addWidget(self.finder, 4)
        layout.addStretch(3)
        for widget in (self.day, self.clock, self.online, self.person):
            layout.addWidget(widget)
        self.menu = self._make_menu()
        session.actor_changed.connect(lambda: self.person.show_person(session.actor))
        session.ticked.connect(self.show_time)
        session.online_changed.connect(lambda online: self.online.show_online(online=online))
        self.online.show_online(online=session.online)
        self.show_time(session.now())

    def show_time(self, now: datetime) -> None:
        local = self._session.store.local(now)
        self.day.setText(day_text(local))
        self.clock.setText(f"{local:%H:%M:%S}")

    def show_menu(self) -> None:
        self.menu.popup(self.person.mapToGlobal(self.person.rect().bottomLeft()))

    def offer_drill(self) -> None:
        """Adds the drill day to the menu: in a practice hall, for who may run one."""
        drill = QAction(_("Drill…") + "\t" + key_map.now("Ctrl+Shift+D"), self.menu)
        drill.triggered.connect(self.drill_asked.emit)
        self.menu.insertAction(self._devices, drill)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        lock, switch = key_map.now("Ctrl+Shift+L"), key_map.now("Ctrl+L")
        menu.addAction(_("Lock the screen") + "\t" + lock, self.lock_asked.emit)
        menu.addAction(_("Switch person…") + "\t" + switch, self.person_switch_asked.emit)
        menu.addAction(_("Change PIN…"), self.change_pin_asked.emit)
        menu.addAction(_("Sign out"), self.sign_out_asked.emit)
        if self._session.actor.may("posts.take"):
            menu.addSeparator()
            take, over = key_map.now("Ctrl+G"), key_map.now("Ctrl+H")
            menu.addAction(_("Take post…") + "\t" + take, self.take_post_asked.emit)
            menu.addAction(_("Hand over…") + "\t" + over, self.hand_over_asked.emit)
            menu.addAction(_("Leave post"), self.leave_post_asked.emit)
        menu.addSeparator()
        for language, name in i18n.LANGUAGES.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(language == i18n.language())
            action.triggered.connect(
                lambda _checked, picked=language: self.language_picked.emit(picked)
            )
        menu.addSeparator()
        if self._session.actor.may("matters.read"):
            menu.addAction(_("Window phone directory…"), self.directory_asked.emit)
        if self._session.actor.may("directory.mail"):
            menu.addAction(_("Directory by e-mail…"), self.mailing_asked.emit)
        if self._session.actor.may("halls.change"):
            menu.addAction(_("Automatic lock…"), self.auto_lock_asked.emit)
        if self._session.actor.may("identity.recovery"):
            menu.addAction(_("Recovery sheet…"), self.recovery_sheet_asked.emit)
        self._devices = menu.addAction(_("Devices…"), self.devices_asked.emit)
        menu.addAction(_("Printers of this PC…"), self.printers_asked.emit)
        menu.addAction(_("Does this PC work?…"), self.doctor_asked.emit)
        menu.addAction(_("Help") + "\tF1", self.help_asked.emit)
        menu.addAction(_("All keys…") + "\t" + key_map.now("Ctrl+F1"), self.keys_asked.emit)
        menu.addAction(_("Quit") + "\t" + key_map.now("Ctrl+Q"), self.quit_asked.emit)
        return menu
