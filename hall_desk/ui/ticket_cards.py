"""One ticket as a card: what it says and how it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.ui import theme
from hall_desk.ui.due_field import when_words
from hall_desk.ui.ticket_clock import Tone, clock_text, lateness_text, tone_of

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from hall_desk.services.tickets import Card
    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

CARD_ROLE = Qt.ItemDataRole.UserRole

GAP_BELOW = 9
EDGE = 4
MOST_PLACE_LINES = 3
SCROLL_BAR = 10
"""Kept free at the right of every column, as wide as the style sheet's scroll bars."""
LEFT, RIGHT, TOP, BOTTOM = 16, 12, 9, 10
NUMBER_LINE, NAME_LINE = 27, 24
CHIP_PAD_X, CHIP_PAD_Y, CHIP_GAP = 8, 2, 6
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class Chip(NamedTuple):
    kind: str
    text: str


def unbroken(text: str) -> str:
    """`text` with no place to break a line in it, so that "3 号窗口" stays in one piece."""
    return "\u2060".join(text.replace(" ", "\u00a0"))


def window_text(number: str) -> str:
    return _("Window {number}").format(number=number)


def place_text(card: Card, *, window: bool = True) -> str:
    """Matter, window and whoever has it in hand."""
    parts = [card.matter]
    if window:
        parts.append(unbroken(window_text(card.window_number)))
    if card.owner:
        parts.append(unbroken(card.owner))
    # The dot stays at the end of its line.
    return "\u00a0· ".join(parts)


def holder_text(holder: str, window_number: str = "") -> str:
    """In whose hands: the window by its number, anything else by its word."""
    if holder == "window" and window_number:
        return window_text(window_number)
    return i18n.code("holder", holder)


def chips_of(session: Session, card: Card, now: datetime) -> list[Chip]:
    """What needs to be known of a ticket at a glance: lateness, what is missing, where its papers are."""
    if card.state == "suspended":
        said = _("Missing: {what}").format(what=card.missing)
        if card.callback_at is not None:
            when = when_words(session.store, now, card.callback_at)
            at = unbroken(_("call {time}").format(time=when))
            said = f"{said}  {at}"
        return [Chip("warn", said)]
    if card.state == "ready":
        if card.outcome == "finished":
            return [Chip("info", _("Result is at the desk"))]
        outcome = i18n.code("ticket_outcome", card.outcome or "")
        return [Chip("warn", _("{outcome}: papers to return").format(outcome=outcome))]
    chips = []
    if card.unread_note:
        chips.append(Chip("warn", _("Note to read")))
    if late := lateness_text(card, now):
        chips.append(Chip("bad", late))
    elif card.papers_held:
        where = holder_text(card.papers_at, card.window_number)
        held = _n("{count} paper", "{count} papers", card.papers_held)
        chips.append(Chip("muted", f"{held.format(count=card.papers_held)} · {unbroken(where)}"))
    return chips


def card_as_words(session: Session, card: Card, now: datetime) -> str:
    """The card for a screen reader and for searching by key."""
    words = [card.number, clock_text(session, card, now), card.name]
    if card.priority:
        words.append(i18n.code("priority", card.priority))
    words += [card.matter, window_text(card.window_number), card.owner]
    words += [chip.text for chip in chips_of(session, card, now)]
    return ", ".join(word for word in words if word).replace("\u2060", "").replace("\u00a0", " ")


def paint_chip(painter: QPainter, area: QRect, chip: Chip) -> None:
    ink, ground, _line = theme.KINDS[chip.kind]
    path = QPainterPath()
    path.addRoundedRect(area, 4, 4)
    painter.fillPath(path, theme.colour(ground))
    painter.setPen(theme.colour(ink))
    painter.drawText(area.adjusted(CHIP_PAD_X, CHIP_PAD_Y, -CHIP_PAD_X + 1, 0), _WRAP, chip.text)


class CardDelegate(QStyledItemDelegate):
    """Paints cards; only those on screen are ever painted, however many there are."""

    def __init__(self, session: Session, view: QListView, *, window: bool = True) -> None:
        super().__init__(view)
        self._window = window
        self._session = session
        self._view = view
        self._big = theme.font(18, bold=True)
        self._text = theme.font(theme.TEXT)
        self._chip = theme.font(12)
        self._text_size = QFontMetrics(self._text)
        self._chip_size = QFontMetrics(self._chip)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        card: Card = index.data(CARD_ROLE)
        width = self._card_width()
        inside = width - LEFT - RIGHT
        height = TOP + NUMBER_LINE + NAME_LINE + self._place_area(card, inside).height() + BOTTOM
        chips = self._chip_areas(
            chips_of(self._session, card, self._session.store.estimated_now()), inside
        )
        if chips:
            height += chips[-1].bottom() + 1 + 6
        return QSize(width, height + GAP_BELOW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD_ROLE)
        now = self._session.store.estimated_now()
        tone = tone_of(card, now)
        state: QStyle.StateFlag = option.state
        area: QRect = option.rect.adjusted(0, 0, 0, -GAP_BELOW)
        area.setWidth(self._card_width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, area, tone, state)
        left, width = area.left() + LEFT, area.width() - LEFT - RIGHT
        top = area.top() + TOP
        middle = Qt.AlignmentFlag.AlignVCenter
        line = QRect(left, top, width, NUMBER_LINE)
        painter.setFont(self._big)
        painter.setPen(theme.colour(theme.INK))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, card.number)
        painter.setPen(theme.colour(theme.KINDS[tone.value][0]))
        clock = clock_text(self._session, card, now)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, clock)
        line = QRect(left, top + NUMBER_LINE, width, NAME_LINE)
        self._paint_name(painter, line, card)
        painter.setFont(self._text)
        painter.setPen(theme.colour(theme.INK_SOFT))
        place = self._place_area(card, width).translated(left, line.bottom() + 1)
        painter.drawText(place, _WRAP, place_text(card, window=self._window))
        painter.setFont(self._chip)
        chips = chips_of(self._session, card, now)
        for chip, chip_area in zip(chips, self._chip_areas(chips, width), strict=True):
            paint_chip(painter, chip_area.translated(left, place.bottom() + 7), chip)
        painter.restore()

    def _card_width(self) -> int:
        # The same with and without a scroll bar: heights measured before it came must not change.
        return self._view.width() - SCROLL_BAR

    def _paint_ground(
        self, painter: QPainter, area: QRect, tone: Tone, state: QStyle.StateFlag
    ) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(area.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillPath(shape, theme.colour(theme.WHITE))
        strip = QPainterPath()
        strip.addRect(QRectF(area.left(), area.top(), EDGE + 0.5, area.height()))
        edge = theme.INK_SOFT if tone is Tone.STILL else theme.KINDS[tone.value][0]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour(theme.LINE), 1))
        painter.drawPath(shape)
        painter.fillPath(shape.intersected(strip), theme.colour(edge))
        if selected:
            painter.setPen(QPen(theme.colour(theme.PRIMARY), 2))
            painter.drawRoundedRect(area.toRectF().adjusted(1, 1, -1, -1), 7, 7)

    def _paint_name(self, painter: QPainter, line: QRect, card: Card) -> None:
        painter.setFont(self._text)
        painter.setPen(theme.colour(theme.INK))
        room = line.width()
        priority = i18n.code("priority", card.priority) if card.priority else ""
        chip_width = self._chip_size.horizontalAdvance(priority) + 2 * CHIP_PAD_X if priority else 0
        name = self._text_size.elidedText(
            card.name, Qt.TextElideMode.ElideRight, room - (chip_width + 12 if priority else 0)
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, name)
        if priority:
            left = line.left() + self._text_size.horizontalAdvance(name) + 12
            height = self._chip_size.height() + 2 * CHIP_PAD_Y
            area = QRect(left, line.center().y() - height // 2 + 1, chip_width, height)
            painter.setFont(self._chip)
            paint_chip(painter, area, Chip("info", priority))

    def _place_area(self, card: Card, width: int) -> QRect:
        most = MOST_PLACE_LINES * self._text_size.lineSpacing()
        words = place_text(card, window=self._window)
        asked = self._text_size.boundingRect(QRect(0, 0, width, 1000), _WRAP, words)
        return QRect(0, 0, width, min(most, asked.height()))

    def _chip_areas(self, chips: list[Chip], width: int) -> list[QRect]:
        """Chips side by side while there is room, then in further lines; a long one wraps inside itself."""
        areas: list[QRect] = []
        left = top = line_height = 0
        for chip in chips:
            room = QRect(0, 0, width - 2 * CHIP_PAD_X, 1000)
            text = self._chip_size.boundingRect(room, _WRAP, chip.text)
            chip_width = min(width, text.width() + 2 * CHIP_PAD_X + 1)
            height = text.height() + 2 * CHIP_PAD_Y
            if left and left + chip_width > width:
                left, top = 0, top + line_height + CHIP_GAP
                line_height = 0
            areas.append(QRect(left, top, chip_width, height))
            left += chip_width + CHIP_GAP
            line_height = max(line_height, height)
        return areas
