"""How many tickets are about to break their promise, beside a page's name, and the list of them under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QWidget,
)

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import promises
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QShowEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

    from hall_desk.errors import HallDeskError
    from hall_desk.services.promises import PromiseClock
    from hall_desk.services.ticket_cards import Card
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

KEY = "Ctrl+J"
CARD_ROLE = Qt.ItemDataRole.UserRole
ROW, WIDTH, PAD, MOST_ROWS = 40, 520, 14, 10


def left_text(card: Card, now: datetime) -> str:
    """What is left of the promise, or by how much it is broken."""
    left = promises.seconds_left(card, now)
    if left >= 0:
        return _("{time} left").format(time=i18n.clock(left))
    return _("{time} over").format(time=i18n.clock(-left))


class PromiseButton(Button):
    """Amber while something is about to be late, red when something is, not there when all is well.

    `opened` gives the key of the ticket that was chosen from its list.
    """

    opened = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", "plain", KEY, parent)
        self._session = session
        self._window_id: UUID | None = session.actor.window_id
        self._clock: PromiseClock | None = None
        self._stale = False
        self._over = 0
        self.list = PromiseList(session, self)
        self.list.chosen.connect(self.opened)
        self.clicked.connect(self.show_list)
        session.changed.connect(self._changed)
        session.ticked.connect(self.tick)
        self.hide()
        self.reload()

    def of_window(self, window_id: UUID | None) -> None:
        """Whose tickets are told, for somebody without a window of their own."""
        if self._session.actor.window_id is None and window_id != self._window_id:
            self._window_id = window_id
            self.reload()

    def reload(self) -> None:
        self._stale = False
        actor, window_id = self._session.actor, self._window_id
        self._session.background.data(
            self,
            lambda: promises.clock(actor, window_id),
            self._show,
            self._unread,
            replaces="promises",
        )

    def show_list(self) -> None:
        """Lays the list under the button and gives it the keyboard."""
        if self._clock is not None and not self.isHidden():
            self.list.open(self)

    def tick(self, now: datetime) -> None:
        """Says anew how things stand: time goes by without anything having changed."""
        self._read_if_seen()
        clock = self._clock
        due = clock.about_to_break(now) if clock is not None else ()
        self._over = clock.over(now) if clock is not None else 0
        count = len(due)
        more = "+" if clock is not None and clock.more and count == len(clock.cards) else ""
        words = []
        if count > self._over:
            about = _n("{count} soon late", "{count} soon late", count - self._over)
            words.append(about.format(count=f"{count - self._over}{'' if self._over else more}"))
        if self._over:
            late = _n("{count} late", "{count} late", self._over)
            words.append(late.format(count=f"{self._over}{more}"))
        self.setText(" · ".join(words))
        self.setVisible(count > 0)
        self.updateGeometry()
        self.update()
        self.list.show_cards(due, now)

    def _changed(self, changed: Changed) -> None:
        if changed.touches(frozenset({"ticket", "setting"})):
            self._stale = True
            self._read_if_seen()

    def _read_if_seen(self) -> None:
        """Every PC hears of every step: what nobody looks at is read when somebody does."""
        page = self.parentWidget()
        if self._stale and page is not None and page.isVisible():
            self.reload()

    def _show(self, clock: PromiseClock) -> None:
        self._clock = clock
        self.tick(self._session.now())

    def _unread(self, error: HallDeskError) -> None:
        """The page itself says that the server is away; the clock goes on with what it knows."""

    def ground(self) -> str:
        return "bad" if self._over else "warn"

    def paintEvent(self, event: object) -> None:
        ink, ground, line = theme.KINDS[self.ground()]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour(line))
        painter.setBrush(theme.colour(ground))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        self.paint_words(painter, theme.colour(ink))


class PromiseList(QListWidget):
    """The tickets, the longest due first. Enter or a click opens one, Escape goes back to where the keyboard was."""

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._came_from: QWidget | None = None
        self._under: QWidget | None = None
        self.setObjectName("found")
        self.setAccessibleName(_("About to break the promise"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(session, self))
        self.itemClicked.connect(self._take)
        self.hide()

    def show_cards(self, cards: tuple[Card, ...], now: datetime) -> None:
        """Keeps the choice on the ticket it was on."""
        current = self.currentItem()
        before = current.data(CARD_ROLE).id if current is not None else None
        if [card.id for card in cards] != [self._card(row).id for row in range(self.count())]:
            self.clear()
            for card in cards:
                item = QListWidgetItem(self)
                item.setData(CARD_ROLE, card)
                if card.id == before:
                    self.setCurrentItem(item)
            if self.currentRow() < 0 and self.count():
                self.setCurrentRow(0)
            if not self.isHidden():
                self._place()
        for row, card in enumerate(cards):
            item = self.item(row)
            item.setData(CARD_ROLE, card)
            item.setText(
                ", ".join(
                    (card.number, card.name, card.matter, window_text(card.window_number),
                     left_text(card, now))
                )
            )  # fmt: skip
        if not self.isHidden() and not cards:
            self.leave()

    def open(self, under: QWidget) -> None:
        self._under = under
        self._came_from = under.window().focusWidget()
        self.setParent(under.window())
        if self.currentRow() < 0:
            self.setCurrentRow(0)
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Goes away and gives the keyboard back."""
        self.hide()
        came_from, self._came_from = self._came_from, None
        if came_from is not None:
            try:
                came_from.setFocus(Qt.FocusReason.OtherFocusReason)
            except RuntimeError:
                return  # that widget has been deleted meanwhile

    def _card(self, row: int) -> Card:
        card: Card = self.item(row).data(CARD_ROLE)
        return card

    def _place(self) -> None:
        under = self._under
        if under is None:
            return
        window = under.window()
        below = under.mapTo(window, QPoint(0, under.height() + 4))
        left = max(8, min(below.x(), window.width() - WIDTH - 12))
        height = min(self.count(), MOST_ROWS) * ROW + 14
        self.setGeometry(left, below.y(), WIDTH, min(height, window.height() - below.y() - 12))

    def _take(self, item: QListWidgetItem) -> None:
        ticket_id = item.data(CARD_ROLE).id
        self._came_from = None
        self.hide()
        self.chosen.emit(ticket_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentItem() is not None:
                self._take(self.currentItem())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()


class _Delegate(QStyledItemDelegate):
    def __init__(self, session: Session, parent: QListWidget) -> None:
        super().__init__(parent)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 20, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD_ROLE)
        now = self._session.now()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.INFO_BACK))
            painter.drawRoundedRect(QRectF(option.rect.adjusted(4, 2, -4, -2)), 5, 5)
        area: QRect = option.rect.adjusted(PAD, 0, -PAD, 0)
        left = left_text(card, now)
        small = theme.font(13, bold=True)
        painter.setFont(small)
        late = promises.seconds_left(card, now) < 0
        painter.setPen(theme.colour(theme.KINDS["bad" if late else "warn"][0]))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, left)
        area.setRight(area.right() - QFontMetrics(small).horizontalAdvance(left) - 12)
        lead = theme.font(15, bold=True)
        painter.setFont(lead)
        painter.setPen(theme.colour(theme.INK))
        painter.drawText(area, middle, card.number)
        area.setLeft(area.left() + QFontMetrics(lead).horizontalAdvance(card.number) + 12)
        state = i18n.code("state", card.state)
        parts = [state, card.name, card.matter, window_text(card.window_number), card.owner]
        words = theme.font(14)
        more = QFontMetrics(words).elidedText(
            " · ".join(part for part in parts if part), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.setFont(words)
        painter.setPen(theme.colour(theme.INK_SOFT))
        painter.drawText(area, middle, more)
        painter.restore()
