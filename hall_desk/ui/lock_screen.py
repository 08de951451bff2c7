"""What a locked desk shows: who is signed in, a field for the PIN, and the way for another person to go on.

Of the hall's work only this is said: how many incidents of which kind are open, and whether the server is there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import away, halls
from hall_desk.ui import key_map, theme
from hall_desk.ui.away_banner import AwayBanner
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.help import bind_help, close_help
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.person_picker import ListEdit
from hall_desk.ui.sign_in import MOST_NAMES, enter, read_names
from hall_desk.ui.top_bar import post_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services import pinyin
    from hall_desk.services.accounts import Actor, StaffName
    from hall_desk.services.halls import HallInfo
    from hall_desk.services.incidents import Incident
    from hall_desk.ui.session import Session

ANOTHER = "Ctrl+L"
MOST_RECENT = 5  # each has a number key
_ROW = 34
_ROWS = 7
_WINDOW = re.compile(r"[wW](\d+)")


class _NameEdit(ListEdit):
    """A digit in the empty field chooses one of the last people at this PC, if it has that many."""

    numbered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_0
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and not self.text() and 1 <= number <= self.numbers:
            self.numbered.emit(number)
        else:
            super().keyPressEvent(event)


class LockScreen(QWidget):
    """Lies over the window of `session`; shown and hidden by `DeskLock`.

    `signed_in` gives the `Actor` of whoever typed their PIN: the same person, or another one.
    """

    signed_in = Signal(object)

    def __init__(self, session: Session, info: HallInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._names: list[StaffName] = []
        self._index: pinyin.Index[str] | None = None
        self._other: StaffName | None = None
        self._choosing = False
        self._asking = False
        self.setAccessibleName(_("This screen is locked"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.incidents = Band("bad")
        self.incident_words = Text("", "heading")
        self.away = AwayBanner(session)
        self.clock = QLabel()
        self.state = Text("", "soft")
        self.first = QLabel()
        self.person = Text("", "title")
        self.post = Text("", "soft")
        self.why = Text("", "error").wrap()
        self.name = LabelledField(
            _("Who goes on here?"),
            _NameEdit(),
            placeholder=_("Name, pinyin, or w3 for window 3"),
        )
        self.list = QListWidget()
        self.pin = LabelledField(_("PIN"))
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.problem = Text("", "error").wrap()
        self.button = Button("", "primary", "Enter")
        self.another = Button(_("Switch person"), "plain", ANOTHER)
        self.back = Link(_("Esc: back to the lock"))
        self._who = QWidget()
        self._lay_out(info)
        self._connect()
        bind_help(self, "lock")

    def _lay_out(self, info: HallInfo) -> None:
        card = Ground()
        card.setFixedWidth(440)
        hall = QLabel(info.name)
        hall.setObjectName("hall_name")
        hall.setWordWrap(True)
        self.clock.setStyleSheet(f"font-size: 26px; font-weight: bold; color: {theme.INK};")
        self.clock.setFixedHeight(40)
        mark = QLabel()
        mark.setPixmap(theme.icon("hall_desk").pixmap(QSize(36, 36), self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(mark)
        head.addWidget(hall, 1)
        head.addWidget(self.clock)
        self.first.setFixedSize(44, 44)
        self.first.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.first.setStyleSheet(
            f"background: {theme.PRIMARY}; color: {theme.WHITE}; border-radius: 22px; font-size: 20px;"
        )
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.person)
        words.addWidget(self.post)
        who = QHBoxLayout(self._who)
        who.setContentsMargins(0, 0, 0, 0)
        who.setSpacing(12)
        who.addWidget(self.first)
        who.addLayout(words, 1)
        self.list.setAccessibleName(_("People of this hall"))
        self.list.setProperty("framed", "yes")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(_ROWS * _ROW + 8)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.button)
        foot.addWidget(self.another)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(Text(_("F1 Help"), "label"))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(28, 24, 28, 24)
        inside.setSpacing(10)
        inside.addLayout(head)
        if info.practice:
            practice = Text(
                _("Practice hall: nothing here is real. Everybody's PIN is {pin}.").format(
                    pin=halls.PRACTICE_PIN
                ),
                "label",
            ).wrap()
            practice.setStyleSheet(f"color: {theme.WARN};")
            inside.addWidget(practice)
        for widget in (
            self.state,
            self.why,
            self._who,
            self.name,
            self.list,
            self.pin,
            self.problem,
        ):
            inside.addWidget(widget)
        inside.addSpacing(4)
        inside.addLayout(foot)
        told = QHBoxLayout(self.incidents)
        told.setContentsMargins(16, 10, 16, 10)
        told.addWidget(self.incident_words)
        self.incidents.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.away)
        whole.addWidget(self.incidents)
        whole.addStretch(1)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)

    def _connect(self) -> None:
        self.name.edit.textEdited.connect(self._narrow)
        self.name.edit.moved.connect(self._step)
        self.name.edit.entered.connect(self._name_entered)
        self.name.edit.numbered.connect(lambda number: self._take(self.list.item(number - 1)))
        self.list.itemClicked.connect(self._take)
        self.pin.edit.returnPressed.connect(self.try_pin)
        self.pin.edit.textEdited.connect(lambda: self._say_problem(""))
        self.button.clicked.connect(self._press)
        self.another.clicked.connect(self.choose)
        self.back.clicked.connect(self.show_own)
        self._session.ticked.connect(self._show_time)
        self._session.actor_changed.connect(self._show_new_name)

    # --- what is shown -----------------------------------------------------------------------------

    def begin(self) -> None:
        """Asks for the PIN of whoever is signed in."""
        self._show_time(self._session.now())
        self.say("")
        self.show_own()

    def end(self) -> None:
        """Forgets what was typed."""
        close_help(self)
        self.pin.clear()
        self.name.clear()
        self.list.clear()

    def say(self, sentence: str) -> None:
        """Says why the screen is locked, or what follows from closing it now."""
        self.why.setText(sentence)
        self.why.setVisible(bool(sentence))

    def show_own(self) -> None:
        """Back to whoever is signed in."""
        if not self._asking:
            actor = self._session.actor
            self._other = None
            self._show_person(actor.name, post_text(actor))
            self.state.setText(_("This screen is locked. Signed in:"))

    def _show_new_name(self) -> None:
        # Under the old name the PIN would be refused.
        if self.isVisible() and not self._choosing and self._other is None:
            self.show_own()

    def choose(self) -> None:
        """Offers the people of this hall, the last ones of this PC first."""
        if self._asking:
            return
        self._choosing = True
        self.name.clear()
        self.state.setText(_("This screen is locked."))
        self._show_fields()
        self._narrow("")
        store = self._session.store
        self._session.background.data(
            self, lambda: read_names(store), self._show_names, self._refused, replaces="names"
        )

    def show_incidents(self, shown: Sequence[Incident]) -> None:
        """Says how many incidents of which kind are open, and nothing else of them."""
        kinds = Counter(incident.kind for incident in shown)
        words = _(", ").join(
            i18n.code("incident", kind) + (f" × {count}" if count > 1 else "")
            for kind, count in kinds.items()
        )
        self.incident_words.setText(_("Open incident: {kinds}").format(kinds=words))
        self.incidents.setVisible(bool(kinds))

    def take_keyboard(self) -> None:
        """Puts the keyboard where something is to be typed."""
        field = self.name if self._choosing else self.pin
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_person(self, name: str, post: str) -> None:
        self._choosing = False
        self.first.setText(name[:1])
        self.person.setText(name)
        self.post.setText(post)
        self.pin.clear()
        self._show_fields()

    def _show_fields(self) -> None:
        own = not self._choosing and self._other is None
        self._say_problem("")
        self.name.setVisible(self._choosing)
        self.list.setVisible(self._choosing)
        self._who.setVisible(not self._choosing)
        self.pin.setVisible(not self._choosing)
        self.button.setText(
            _("Go on") if self._choosing else _("Unlock") if own else _("Take over")
        )
        self.another.setVisible(not self._choosing)
        self.back.setVisible(not own)
        self.take_keyboard()

    def _show_time(self, now: datetime) -> None:
        self.clock.setText(f"{self._session.store.local(now):%H:%M}")

    def _say_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    # --- choosing ----------------------------------------------------------------------------------

    def _show_names(self, read: tuple[list[StaffName], pinyin.Index[str]]) -> None:
        names, self._index = read
        last = self._session.settings.people[:MOST_RECENT]
        by_name = {person.name: person for person in names}
        recent = [by_name[name] for name in last if name in by_name]
        self.name.edit.numbers = len(recent)
        self._names = recent + [person for person in names if person not in recent]
        self._narrow(self.name.text())

    def _narrow(self, text: str) -> None:
        wanted = text.strip()
        window = _WINDOW.fullmatch(wanted)
        number = window.group(1) if window else wanted
        fit = set(self._index.search(wanted, MOST_NAMES)) if wanted and self._index else set()
        self.list.clear()
        for place, person in enumerate(self._names, 1):
            if not wanted or person.name in fit or number == person.window_number:
                key = f"{place}   " if not wanted and place <= self.name.edit.numbers else ""
                words = f"{key}{person.name}    {post_text(person)}"
                item = QListWidgetItem(words, self.list)
                item.setData(Qt.ItemDataRole.UserRole, person)
                item.setSizeHint(QSize(100, _ROW))
        if self.list.count():
            self.list.setCurrentRow(0)

    def _step(self, by: int) -> None:
        if self.list.count():
            row = self.list.currentRow() + by
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))

    def _name_entered(self) -> None:
        if self.list.currentRow() >= 0:
            self._take(self.list.currentItem())
        elif self._names:
            self.name.show_error(_("Nobody of this name works here."))

    def _take(self, item: QListWidgetItem) -> None:
        person: StaffName = item.data(Qt.ItemDataRole.UserRole)
        if person.name == self._session.actor.name:
            self.show_own()
            return
        self._other = person
        self.state.setText(_("This screen is locked. Takes over:"))
        self._show_person(person.name, post_text(person))

    # --- the PIN -----------------------------------------------------------------------------------

    def _press(self) -> None:
        if self._choosing:
            self._name_entered()
        else:
            self.try_pin()

    def try_pin(self) -> None:
        """Asks the hall whether this is the person; what is typed meanwhile goes nowhere."""
        if self._asking or self._choosing:
            return
        name, pin = self.person.text(), self.pin.text()
        if not pin:
            self.pin.show_error(_("Type your PIN."))
            return
        self._set_asking(asking=True)
        session, store = self._session, self._session.store
        own, letter, same = session.actor.letter, session.settings.letter, self._other is None

        def ask() -> Actor:
            # Whoever has the desk already has its letter too.
            if same:
                return away.sign_in(store, name, pin, own)
            return enter(store, name, pin, letter)

        session.background.data(self, ask, self._accepted, self._refused)

    def _accepted(self, actor: Actor) -> None:
        self._set_asking(asking=False)
        self.pin.clear()
        self.signed_in.emit(actor)

    def _refused(self, error: HallDeskError) -> None:
        self._set_asking(asking=False)
        sentence = i18n.explain(error)
        if isinstance(error, errors.SignInRefused | errors.AccountLocked) and not self._choosing:
            self.pin.show_error(sentence)
        else:
            self._say_problem(sentence)

    def _set_asking(self, *, asking: bool) -> None:
        self._asking = asking
        self.pin.edit.setReadOnly(asking)
        self.button.setEnabled(not asking)
        self.another.setEnabled(not asking)
        if not asking:
            self.take_keyboard()

    # --- keys --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()  # no key goes further
        pressed = QKeySequence(event.keyCombination()).toString()
        if event.key() == Qt.Key.Key_Escape:
            self.show_own()
        elif pressed == key_map.now(ANOTHER):
            self.choose()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("page"))
        painter.fillRect(0, 0, self.width(), max(120, self.height() // 4), theme.colour("navy"))
