"""The one box of the top bar: a scan or a few characters find a ticket, a paper, a matter or a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import finding, privacy
from hall_desk.services.finding import MatterHit
from hall_desk.ui import key_map
from hall_desk.ui.buttons import draw_key_cap, key_cap_width
from hall_desk.ui.covered_edit import CoveredEdit
from hall_desk.ui.found_list import NEW_TICKET, SLIP, FoundList

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.finding import Found, Hit
    from hall_desk.ui.session import Session

KEY = "Ctrl+K"
_PAUSE_MS = 60
OPEN = "open"


class Finder(CoveredEdit):
    """Finds while typing. `found` gives a hit and what is wanted of it: `open`, or of a matter `ticket` or `slip`."""

    found = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._key = key_map.now(KEY)
        self.setObjectName("search")
        self.setFixedHeight(34)
        self.setMinimumWidth(280)
        self.setMaximumWidth(420)
        self.setPlaceholderText(_("Scan, or number, name, pinyin, paper, matter"))
        self.setAccessibleName(_("Find anything: ticket, paper, matter, notice"))
        self.setAccessibleDescription(self._key)
        self.setTextMargins(0, 0, key_cap_width(self._key) + 6, 0)
        self.results = FoundList(session, self)
        self.results.taken.connect(self._take)
        self._open_first = False
        self._shown_for = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.textEdited.connect(self._on_edited)

    def focus(self) -> None:
        """Puts the keyboard here, ready to overwrite what stands in the field."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def offer(self, found: Found) -> None:
        """Shows what a scan may have meant, for somebody to choose."""
        self.focus()
        self.setText(found.text)
        self._show(found)

    # --- searching --------------------------------------------------------------------------------

    def _on_edited(self, text: str) -> None:
        self._open_first = False
        if text.strip():
            self._pause.start()
        else:
            self._pause.stop()
            self.results.hide()

    def _search(self) -> None:
        text, actor = self.text().strip(), self._session.actor
        if text:
            self._session.background.data(
                self,
                lambda: finding.search(actor, text),
                self._show,
                self._refused,
                replaces="find",
            )

    def _show(self, found: Found) -> None:
        if not self.text().strip():
            return
        if found.meant == "id_number":
            self.setText(found.text)  # its masked form: the number has done its work
        self._shown_for = found.text.strip()
        self.results.show_found(found)
        hit = self.results.current()
        if hit is not None and self._open_first:
            self._take(hit)
        elif self.hasFocus():
            self.results.place_under(self)
        self._open_first = False

    def _refused(self, error: HallDeskError) -> None:
        self._open_first = False
        self.results.say(i18n.explain(error))
        if self.hasFocus():
            self.results.place_under(self)

    def _take(self, hit: Hit | None, wanted: str = OPEN) -> None:
        if hit is not None:
            self.results.hide()
            self.clear()
            self.found.emit(hit, wanted)

    # --- keys, focus and the key cap ----------------------------------------------------------------

    def _of_matter(self, event: QKeyEvent) -> str:
        """What a key wants of the matter that is chosen; empty for any other key or hit."""
        if not self.results.isVisible() or not isinstance(self.results.current(), MatterHit):
            return ""
        pressed = QKeySequence(event.keyCombination()).toString()
        may = self._session.actor.may
        if pressed == key_map.now(NEW_TICKET) and may("tickets.open"):
            return "ticket"
        return "slip" if pressed == key_map.now(SLIP) and may("slips.give") else ""

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._of_matter(event)
        ):
            event.accept()  # here the key is about this matter
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.results.isVisible() and self._shown_for == self.text().strip():
                self._take(self.results.current())
            elif self.text().strip():
                # Who types faster than the search answers means the first there is.
                self._open_first = True
                self._pause.stop()
                self._search()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.results.isVisible():
            self.results.step(1 if key == Qt.Key.Key_Down else -1)
        elif wanted := self._of_matter(event):
            self._take(self.results.current(), wanted)
        elif event.matches(QKeySequence.StandardKey.Cancel):
            self.results.hide()
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        menu = event.reason() == Qt.FocusReason.PopupFocusReason
        if not menu and privacy.mask_ids(self.text()) != self.text():
            self.clear()  # an ID number, mistyped or not searched for yet
        self.results.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.results.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        width = key_cap_width(self._key)
        box = QRectF(self.width() - width - 12, self.height() / 2 - 9.5, width, 19)
        draw_key_cap(painter, box, self._key)
