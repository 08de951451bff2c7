"""Signing in: who, the PIN, and the letter of this desk; what is wrong is said beside it."""

from __future__ import annotations

import platform
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
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
from hall_desk.services import accounts, away, halls, pinyin
from hall_desk.ui import theme
from hall_desk.ui.away_banner import away_words
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.help import bind_help
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.top_bar import post_text
from hall_desk.ui.typed import lost_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor, StaffName
    from hall_desk.services.halls import HallInfo
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background

LOOK_MS = 2000
_ROW = 34
MOST_NAMES = 50


class _NameEdit(QLineEdit):
    """Typing narrows the list; Up, Down and Enter belong to it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(step)


class SignIn(QWidget):
    """A window of its own. `signed_in` gives the actor; `language_picked` a language's code."""

    signed_in = Signal(object)
    language_picked = Signal(str)
    doctor_asked = Signal()
    closed = Signal()

    def __init__(
        self,
        store: Store,
        background: Background,
        info: HallInfo,
        letter: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        # The people whose half-typed work would be lost with the program, which asks them before it ends.
        self.unfinished: Callable[[], Sequence[str]] = tuple
        self._close_asked = False
        self._names: list[StaffName] = []
        self._index: pinyin.Index[str] | None = None
        self._asking = False
        self.setWindowTitle(f"{info.name} · Hall Desk")
        self.setMinimumSize(760, 600)
        self.name = LabelledField(_("Name"), _NameEdit(), placeholder=_("Name, pinyin or initials"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("People of this hall"))
        self.list.setProperty("framed", "yes")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(5 * _ROW + 8)
        self.pin = LabelledField(_("PIN"))
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.letter = LabelledField(_("Desk letter"), placeholder=_("by itself"))
        self.letter.edit.setMaxLength(1)
        self.letter.edit.setText(letter)
        self.letter.edit.setFixedWidth(96)
        self.button = Button(_("Sign in"), "primary", "Enter")
        self.language = Link(self._other_language()[1])
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.away = Band("bad")
        self.away_words = Text(away_words(alone=True, waiting=0)).wrap()
        self.doctor = Link(_("Does this PC work?"))
        self.doctor.clicked.connect(self.doctor_asked)
        self.away.setVisible(store.away)
        self._lay_out(info)
        self._connect()
        bind_help(self, "sign_in")
        self.reload()
        # Nobody listens to the server yet: asked now and then whether it is back.
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_for_server)
        self._look.start()

    def _lay_out(self, info: HallInfo) -> None:
        card = Ground()
        card.setFixedWidth(420)
        hall = QLabel(info.name)
        hall.setObjectName("hall_name")
        hall.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(12)
        mark = QLabel()
        mark.setPixmap(theme.icon("hall_desk").pixmap(QSize(36, 36), self.devicePixelRatioF()))
        head.addWidget(mark)
        head.addWidget(hall, 1)
        head.addWidget(Text(_("F1 Help"), "label"))
        head.addWidget(self.language)
        last = QHBoxLayout()
        last.setSpacing(12)
        last.addWidget(self.pin, 1, Qt.AlignmentFlag.AlignTop)
        last.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignTop)
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
            )
            practice.setStyleSheet(f"color: {theme.WARN};")
            inside.addWidget(practice)
        inside.addSpacing(4)
        inside.addWidget(self.name)
        inside.addWidget(self.list)
        inside.addLayout(last)
        inside.addWidget(self.problem)
        inside.addSpacing(4)
        inside.addWidget(self.button)
        warning = QHBoxLayout(self.away)
        warning.setContentsMargins(16, 10, 16, 10)
        warning.addWidget(self.away_words, 1)
        warning.addWidget(self.doctor)
        centre = QVBoxLayout(self)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.addWidget(self.away)
        centre.addStretch(1)
        centre.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        centre.addStretch(1)

    def _connect(self) -> None:
        self.name.edit.textEdited.connect(self._narrow)
        self.name.edit.moved.connect(self._step)
        self.name.edit.returnPressed.connect(self._name_entered)
        self.list.itemClicked.connect(self._clicked)
        self.pin.edit.returnPressed.connect(self.try_sign_in)
        self.pin.edit.textEdited.connect(self.problem.hide)
        self.letter.edit.returnPressed.connect(self.try_sign_in)
        self.button.clicked.connect(self.try_sign_in)
        self.language.clicked.connect(lambda: self.language_picked.emit(self._other_language()[0]))
        self.name.setFocus()

    @staticmethod
    def _other_language() -> tuple[str, str]:
        return next(
            (code, name) for code, name in i18n.LANGUAGES.items() if code != i18n.language()
        )

    def _look_for_server(self) -> None:
        store = self._store
        self.away.setVisible(store.away)
        if store.away and not self._asking:
            self._background.data(
                self, store.come_back, self._server_back, self._still_away, replaces="look"
            )

    def _server_back(self, _nothing: None) -> None:
        self.away.setVisible(self._store.away)
        self.reload()

    def _still_away(self, error: HallDeskError) -> None:
        if not isinstance(error, errors.DatabaseAway):
            self._refused(error)

    # --- names --------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Reads the names again."""
        store = self._store
        self._background.data(self, lambda: read_names(store), self._show_names, self._refused)

    def _show_names(self, read: tuple[list[StaffName], pinyin.Index[str]]) -> None:
        self._names, self._index = read
        self.problem.hide()
        self._narrow(self.name.text())

    def _narrow(self, text: str) -> None:
        wanted = text.strip()
        fit = set(self._index.search(wanted, MOST_NAMES)) if wanted and self._index else set()
        self.list.clear()
        for person in self._names:
            if not wanted or person.name in fit or wanted == person.window_number:
                item = QListWidgetItem(f"{person.name}    {post_text(person)}", self.list)
                item.setData(Qt.ItemDataRole.UserRole, person.name)
                item.setSizeHint(QSize(100, _ROW))
        if self.list.count() and wanted:
            self.list.setCurrentRow(0)

    def _step(self, by: int) -> None:
        if self.list.count():
            row = self.list.currentRow() + by
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))

    def _name_entered(self) -> None:
        item = self.list.currentItem() if self.list.currentRow() >= 0 else None
        if item is not None:
            self._take(item)
        elif not self.name.text().strip():
            self.name.show_error(_("Choose your name."))
        else:
            self.name.show_error(_("Nobody of this name works here."))

    def _clicked(self, item: QListWidgetItem) -> None:
        self._take(item)

    def _take(self, item: QListWidgetItem) -> None:
        self.name.set_text(str(item.data(Qt.ItemDataRole.UserRole)))
        self.pin.setFocus()
        self.pin.edit.selectAll()

    # --- signing in ----------------------------------------------------------------------------------

    def try_sign_in(self) -> None:
        """Asks the hall; the fields stay as they are until it says yes."""
        if self._asking:
            return
        item = self.list.currentItem()
        typed = self.name.text().strip()
        if item is not None and typed and typed not in {person.name for person in self._names}:
            self.name.set_text(str(item.data(Qt.ItemDataRole.UserRole)))
        name, pin, letter = self.name.text().strip(), self.pin.text(), self.letter.text()
        if not name:
            self.name.show_error(_("Choose your name."))
            return
        if not pin:
            self.pin.show_error(_("Type your PIN."))
            return
        self._set_asking(asking=True)
        store = self._store
        self._background.data(
            self,
            lambda: enter(store, name, pin, letter),
            self._accepted,
            self._refused,
        )

    def _accepted(self, actor: Actor) -> None:
        self._set_asking(asking=False)
        self.pin.clear()
        self.signed_in.emit(actor)

    def _refused(self, error: HallDeskError) -> None:
        self._set_asking(asking=False)
        sentence = i18n.explain(error)
        match error:
            case errors.BadInput(field="letter") | errors.AlreadyThere(kind="desk"):
                self.letter.show_error(sentence)
            case errors.SignInRefused(tries_left=None):
                self.name.show_error(sentence)
            case errors.SignInRefused() | errors.AccountLocked():
                self.pin.show_error(sentence)
            case _:
                self.problem.setText(sentence)
                self.problem.show()

    def _set_asking(self, *, asking: bool) -> None:
        self._asking = asking
        self.button.setEnabled(not asking)

    def closeEvent(self, event: QCloseEvent) -> None:
        names = self.unfinished()
        if names and not self._close_asked:
            self._close_asked = True
            event.ignore()
            self.problem.setText(lost_sentence(names))
            self.problem.show()
            return
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("page"))
        painter.fillRect(0, 0, self.width(), max(120, self.height() // 4), theme.colour("navy"))


def read_names(store: Store) -> tuple[list[StaffName], pinyin.Index[str]]:
    """Everyone who may sign in, and what finds them by characters, pinyin or initials."""
    try:
        names = accounts.names(store)
    except errors.DatabaseAway:
        if not away.go_on_alone(store):
            raise
        names = accounts.names(store)
    return names, pinyin.Index((person.name, person.name, "", "") for person in names)


def enter(store: Store, name: str, pin: str, letter: str) -> Actor:
    """Signs in and, at a desk that opens tickets, gives this PC its letter (none typed: the next free one).

    Raises what `accounts.sign_in` and `accounts.claim_letter` raise.
    """
    wanted = accounts.check_letter(letter) if letter.strip() else None
    actor = away.sign_in(store, name, pin, wanted or "A")
    if actor.may("tickets.open"):
        wanted = accounts.claim_letter(store, platform.node(), wanted)
    return replace(actor, letter=wanted or actor.letter)
