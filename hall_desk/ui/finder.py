"""The search field of the top bar: a ticket by receipt code, number, name or the tail of a phone number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import tickets
from hall_desk.ui.buttons import draw_key_cap, key_cap_width

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.tickets import Card
    from hall_desk.ui.session import Session

KEY = "Ctrl+K"
_ROW = 38
_PAUSE_MS = 120


class Finder(QLineEdit):
    """Finds tickets while typing; Enter or a click on one emits `found` with its card."""

    found = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("search")
        self.setFixedHeight(34)
        self.setMinimumWidth(280)
        self.setMaximumWidth(420)
        self.setPlaceholderText(_("Scan, or type number / name / phone tail"))
        self.setAccessibleName(_("Find a ticket"))
        self.setAccessibleDescription(KEY)
        self.setTextMargins(0, 0, key_cap_width(KEY) + 6, 0)
        self.results = QListWidget()
        self.results.setObjectName("found")
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.results.setParent(self)
        self.results.hide()
        self.results.itemClicked.connect(self._take)
        self._open_first = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.textEdited.connect(self._on_edited)

    def focus(self) -> None:
        """Puts the keyboard here, ready to overwrite what stands in the field."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

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
                lambda: tickets.find(actor, text),
                self._show,
                self._refused,
                replaces="find",
            )

    def _show(self, cards: list[Card]) -> None:
        if not self.text().strip():
            return
        self.results.clear()
        for card in cards:
            item = QListWidgetItem(_words_of(card), self.results)
            item.setData(Qt.ItemDataRole.UserRole, card)
        if not cards:
            item = QListWidgetItem(_("No ticket fits."), self.results)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        elif self._open_first or self.results.currentRow() < 0:
            self.results.setCurrentRow(0)
        if cards and self._open_first:
            self._take(self.results.item(0))
        elif self.hasFocus():
            self._place_results()
        self._open_first = False

    def _refused(self, error: HallDeskError) -> None:
        self.results.clear()
        item = QListWidgetItem(i18n.explain(error), self.results)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._place_results()

    def _place_results(self) -> None:
        window = self.window()
        if self.results.parentWidget() is not window:
            self.results.setParent(window)
        below = self.mapTo(window, QPoint(0, self.height() + 3))
        rows = min(self.results.count(), 8)
        self.results.setGeometry(below.x(), below.y(), max(self.width(), 460), rows * _ROW + 4)
        self.results.show()
        self.results.raise_()

    def _take(self, item: QListWidgetItem) -> None:
        card: Card | None = item.data(Qt.ItemDataRole.UserRole)
        if card is not None:
            self.results.hide()
            self.clear()
            self.found.emit(card)

    # --- keys, focus and the key cap ----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.results.currentItem()
            if self.results.isVisible() and item is not None and not self._pause.isActive():
                self._take(item)
            elif self.text().strip():
                # A scanner types faster than the search answers.
                self._open_first = True
                self._pause.stop()
                self._search()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.results.isVisible():
            row = self.results.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self.results.setCurrentRow(max(0, min(row, self.results.count() - 1)))
        elif event.matches(QKeySequence.StandardKey.Cancel):
            self.results.hide()
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.results.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.results.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        width = key_cap_width(KEY)
        box = QRectF(self.width() - width - 12, self.height() / 2 - 9.5, width, 19)
        draw_key_cap(painter, box, KEY)


def _words_of(card: Card) -> str:
    return "   ".join(
        [
            card.number,
            card.name,
            card.matter,
            _("Window {number}").format(number=card.window_number),
            i18n.code("state", card.state),
        ]
    )
