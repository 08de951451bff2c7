"""Columns of ticket cards: kept in place while the hall changes, moved through by arrow keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QVBoxLayout,
    QWidget,
)

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import key_map
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.ticket_cards import CARD_ROLE, SCROLL_BAR, CardDelegate, card_as_words
from hall_desk.ui.ticket_clock import Tone, tone_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent

    from hall_desk.services.tickets import Board, Card
    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("queued", "handling", "suspended", "ready")
SHOWN_AT_MOST = 200


class CardsModel(QAbstractListModel):
    """The cards of one column. A new list is worked in by moves, so views keep their place."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._tones: list[Tone] = []
        self.cards: list[Card] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.cards[index.row()]
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return card.number
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return card_as_words(self._session, card, self._session.store.estimated_now())
        return None

    def row_of(self, ticket_id: UUID | None) -> int:
        """The row of a ticket, -1 when it is not in this column."""
        return next((row for row, card in enumerate(self.cards) if card.id == ticket_id), -1)

    def show(self, cards: Sequence[Card]) -> None:
        """Makes the column show `cards`, touching only the rows that differ."""
        staying = {card.id for card in cards}
        for row in range(len(self.cards) - 1, -1, -1):
            if self.cards[row].id not in staying:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.cards[row]
                self.endRemoveRows()
        for row, card in enumerate(cards):
            before = self.row_of(card.id)
            if before < 0:
                self.beginInsertRows(QModelIndex(), row, row)
                self.cards.insert(row, card)
                self.endInsertRows()
            elif before != row:
                self.beginMoveRows(QModelIndex(), before, before, QModelIndex(), row)
                self.cards.insert(row, self.cards.pop(before))
                self.endMoveRows()
            if self.cards[row] != card:
                self.cards[row] = card
                self._changed(row)
        self._tones = self._tones_now()

    def tick(self) -> None:
        """Lets the rows whose colour has turned be laid out anew: their words differ."""
        tones = self._tones_now()
        for row, (before, after) in enumerate(zip(self._tones, tones, strict=True)):
            if before is not after:
                self._changed(row)
        self._tones = tones

    def _tones_now(self) -> list[Tone]:
        now = self._session.store.estimated_now()
        return [tone_of(card, now) for card in self.cards]

    def _changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))


class _Cards(QListView):
    stepped = Signal(int)
    entered_card = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_card.emit()
        else:
            super().keyPressEvent(event)


class CardColumn(Ground):
    """One titled column. `selected` is a choice made by hand, never one that a refresh made.

    Without `window` its cards leave out the window's number: they are all of one.
    """

    selected = Signal(object)
    opened = Signal(object)
    stepped = Signal(int)

    def __init__(
        self,
        session: Session,
        title: str,
        ground: str = "lane",
        parent: QWidget | None = None,
        *,
        window: bool = True,
    ) -> None:
        super().__init__(ground, parent)
        self._refreshing = False
        self._title = Text(title, "heading")
        self._count = Text("0", "soft")
        self.more = Text(
            _("More: find them with {key}").format(key=key_map.now("Ctrl+K")), "soft"
        ).wrap()
        self.more.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.more.hide()
        self.model = CardsModel(session, self)
        self.view = _Cards()
        self.view.setStyleSheet("background: transparent;")
        self.view.setAccessibleName(title)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CardDelegate(session, self.view, window=window))
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.selectionModel().currentChanged.connect(self._moved_to)
        self.view.stepped.connect(self.stepped)
        self.view.entered_card.connect(self._entered)
        self.view.doubleClicked.connect(self._entered)
        head = QHBoxLayout()
        head.setContentsMargins(2, 0, 2 + SCROLL_BAR, 0)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10 - SCROLL_BAR, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.more)
        self.setFocusProxy(self.view)

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Shows at most `SHOWN_AT_MOST` cards; a longer list is told, and found by searching."""
        shown = cards[:SHOWN_AT_MOST]
        more = len(cards) > len(shown)
        at = self.view.verticalScrollBar().value()
        self._refreshing = True
        self.model.show(shown)
        self._refreshing = False
        self.view.verticalScrollBar().setValue(at)
        self._count.setText(f"{len(shown)}+" if more else str(len(shown)))
        self.more.setVisible(more)

    def current(self) -> UUID | None:
        row = self.view.currentIndex().row()
        return self.model.cards[row].id if 0 <= row < len(self.model.cards) else None

    def set_current(self, ticket_id: UUID | None) -> bool:
        """Marks a ticket's card without telling anybody; None marks none."""
        row = self.model.row_of(ticket_id)
        self._refreshing = True
        if row < 0:
            self.view.selectionModel().clear()
        elif self.view.currentIndex().row() != row or not self.view.selectionModel().hasSelection():
            self.view.setCurrentIndex(self.model.index(row))
        self._refreshing = False
        return row >= 0

    def enter_at(self, y: int) -> bool:
        """Takes the focus and chooses the card nearest to the height `y`; False in an empty column."""
        if not self.model.cards:
            return False
        index = self.view.indexAt(QPoint(self.view.viewport().width() // 2, y))
        if not index.isValid():
            index = self.model.index(len(self.model.cards) - 1)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setCurrentIndex(index)
        return True

    def current_y(self) -> int:
        area = self.view.visualRect(self.view.currentIndex())
        return max(0, area.center().y() if area.isValid() else 0)

    def tick(self) -> None:
        self.model.tick()
        self.view.viewport().update()

    def _moved_to(self, current: QModelIndex) -> None:
        if not self._refreshing and current.isValid():
            self.selected.emit(self.model.cards[current.row()].id)

    def _entered(self) -> None:
        if (ticket_id := self.current()) is not None:
            self.opened.emit(ticket_id)


class TicketBoard(QWidget):
    """The four columns of a hall's open tickets. One ticket is selected at most, whichever column it is in."""

    selected = Signal(object)
    opened = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selected_id: UUID | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.columns: list[CardColumn] = []
        for state in COLUMNS:
            column = CardColumn(session, i18n.code("state", state))
            column.selected.connect(self._selected)
            column.opened.connect(self.opened)
            column.stepped.connect(self._stepped)
            self.columns.append(column)
            layout.addWidget(column, 1)
        self.setFocusProxy(self.columns[0])
        session.ticked.connect(self._second_passed)

    def has_keyboard(self) -> bool:
        return any(column.view.hasFocus() for column in self.columns)

    def show_board(self, board: Board) -> None:
        """Shows what the hall is like now; selection, focus and scroll stay with what they were on."""
        had_focus = self.has_keyboard()
        for column, cards in zip(
            self.columns,
            (board.queued, board.handling, board.suspended, board.ready),
            strict=True,
        ):
            column.show_cards(cards)
        self.select(self.selected_id, focus=had_focus)

    def select(self, ticket_id: UUID | None, *, focus: bool = False) -> bool:
        """Marks a ticket's card wherever it stands; True when it is on the board."""
        self.selected_id = ticket_id
        found = None
        for column in self.columns:
            if column.set_current(ticket_id):
                found = column
        if found is not None:
            self.setFocusProxy(found)
            if focus:
                found.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return found is not None

    def select_first(self) -> None:
        """Puts the keyboard on the board: on the selected card, else on the first there is."""
        if self.select(self.selected_id, focus=True):
            return
        next(
            (column for column in self.columns if column.enter_at(0)), self.columns[0]
        ).view.setFocus()

    def tick(self) -> None:
        for column in self.columns:
            column.tick()

    def _second_passed(self) -> None:
        if self.isVisible():
            self.tick()

    def _selected(self, ticket_id: UUID) -> None:
        self.select(ticket_id)
        self.selected.emit(ticket_id)

    def _stepped(self, by: int) -> None:
        at = next((n for n, column in enumerate(self.columns) if column.view.hasFocus()), 0)
        y = self.columns[at].current_y()
        beyond = range(at + by, len(self.columns) if by > 0 else -1, by)
        for number in beyond:
            if self.columns[number].enter_at(y):
                return
