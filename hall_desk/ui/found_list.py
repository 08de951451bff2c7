"""The list under the one box: what was found, by kind, each hit in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import missing_notices
from hall_desk.services.finding import Found, Hit, MatterHit, NoticeHit, PaperHit, TicketHit
from hall_desk.ui import key_map, theme
from hall_desk.ui.buttons import draw_key_cap, key_cap_width
from hall_desk.ui.ticket_cards import holder_text, window_text

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

HIT_ROLE = Qt.ItemDataRole.UserRole
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
WIDTH = 640
ROW, HEAD = 40, 28
MOST_ROWS = 12
PAD = 14
GAP = 12
NEW_TICKET, SLIP = "F4", "F8"

_STATE_KINDS = {"suspended": "warn", "closed": "ok", "queued": "muted"}


class Line(NamedTuple):
    """What is painted of a hit: the word it is known by, more about it, and a chip at the right."""

    lead: str
    more: str
    chip: str
    kind: str

    def words(self) -> str:
        return "   ".join(part for part in (self.lead, self.more, self.chip) if part)


def line_of(session: Session, hit: Hit) -> Line:
    local = session.store.local
    match hit:
        case TicketHit(card=card):
            lead = card.number
            if card.service_day != session.today():
                lead += f" {card.service_day:%m-%d}"
            parts = [
                i18n.still_kept(card.name),
                card.matter,
                window_text(card.window_number),
                card.owner,
            ]
            state = i18n.code("state", card.state)
            return Line(lead, _join(parts), state, _STATE_KINDS.get(card.state, "info"))
        case PaperHit(paper=paper, card=card):
            held = [holder_text(paper.holder, paper.holder_window), paper.holder_staff]
            whose = f"{i18n.still_kept(card.name)} {card.number}"
            kind = _("original") if paper.original else _("copy")
            sheets = f"{kind} × {paper.count}" if paper.count > 1 else kind
            at = local(paper.held_since)
            since = f"{at:%H:%M}" if at.date() == session.today() else f"{at:%m-%d %H:%M}"
            return Line(paper.name, _join([sheets, whose, since]), _join(held), "info")
        case MatterHit(matter=matter):
            return Line(
                matter.name, _join([matter.code, window_text(matter.window.number)]), "", "muted"
            )
        case NoticeHit(notice=notice):
            day = f"{local(notice.at):%m-%d}"
            return Line(
                missing_notices.grouped(notice.code), _join([notice.matter, notice.name]), day, "muted"
            )  # fmt: skip


def _join(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


def _title(hit: Hit) -> str:
    match hit:
        case TicketHit():
            return _("Tickets found")
        case PaperHit():
            return _("Papers that are out")
        case MatterHit():
            return _("Matters")
        case NoticeHit():
            return _("Notices of missing papers")


def nothing_sentence(meant: str) -> str:
    """Why nothing is shown, by what the text can only be."""
    return {
        "receipt": _("This receipt is not known here."),
        "ticket": _("The ticket of this paper is not known here."),
        "misread": _("This code was read or typed wrong. Try again."),
        "other_hall_receipt": _("This receipt is from another hall."),
        "other_hall_ticket": _("This paper is from another hall."),
        "other_hall_notice": _("This notice is from another hall."),
        "notice": _("There is no notice with this code."),
        "id_number": _("No ticket has this ID number."),
        "number": _("No ticket has this number, today or within a month. Add its day: A018 2-20"),
    }.get(meant, _("Nothing fits."))


class FoundList(QListWidget):
    """Hits under their kind's name. `taken` is a click on one; the keyboard stays in the box."""

    taken = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("found")
        self.setAccessibleName(_("What was found"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(session, self))
        self.itemClicked.connect(lambda item: self.taken.emit(item.data(HIT_ROLE)))
        self.hide()

    def show_found(self, found: Found) -> None:
        """Fills the list and chooses the first hit; a list without hits says so."""
        self.clear()
        for group in found.groups:
            self._heading(_title(group[0]))
            for hit in group:
                line = line_of(self._session, hit)
                item = QListWidgetItem(line.words(), self)
                item.setData(HIT_ROLE, hit)
                item.setData(LINE_ROLE, line)
        if not found.groups:
            self.say(nothing_sentence(found.meant))
        else:
            self.setCurrentRow(1)

    def say(self, sentence: str) -> None:
        self.clear()
        item = QListWidgetItem(sentence, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def _heading(self, text: str) -> None:
        item = QListWidgetItem(text, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def current(self) -> Hit | None:
        item = self.currentItem()
        hit: Hit | None = item.data(HIT_ROLE) if item is not None else None
        return hit

    def step(self, by: int) -> None:
        """Moves the choice past headings; it stops at either end."""
        row = self.currentRow() + by
        while 0 <= row < self.count():
            if self.item(row).data(HIT_ROLE) is not None:
                self.setCurrentRow(row)
                if row == 1:
                    self.scrollToTop()  # with its heading
                return
            row += by

    def place_under(self, field: QWidget) -> None:
        """Shows itself below the field, over whatever is there."""
        window = field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        below = field.mapTo(window, QPoint(0, field.height() + 3))
        height = sum(self.sizeHintForRow(row) for row in range(self.count())) + 14
        height = min(height, MOST_ROWS * ROW, window.height() - below.y() - 12)
        width = min(max(field.width(), WIDTH), window.width() - below.x() - 12)
        self.setGeometry(below.x(), below.y(), width, height)
        self.show()
        self.raise_()


class _Delegate(QStyledItemDelegate):
    def __init__(self, session: Session, parent: QListWidget) -> None:
        super().__init__(parent)
        actor = session.actor
        self._matter_keys = [
            (key_map.now(key), words)
            for key, words, right in (
                ("Enter", _("look"), "matters.read"),
                (NEW_TICKET, _("ticket"), "tickets.open"),
                (SLIP, _("slip"), "slips.give"),
            )
            if actor.may(right)
        ]
        self._lead = theme.font(15, bold=True)
        self._text = theme.font(14)
        self._small = theme.font(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hit = index.data(HIT_ROLE) is not None
        return QSize(WIDTH - 20, ROW if hit or index.model().rowCount() == 1 else HEAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect.adjusted(PAD, 0, -PAD, 0)
        line: Line | None = index.data(LINE_ROLE)
        middle = Qt.AlignmentFlag.AlignVCenter
        if line is None:
            alone = index.model().rowCount() == 1
            painter.setFont(self._text if alone else self._small)
            painter.setPen(theme.colour(theme.INK if alone else theme.LABEL))
            painter.drawText(area, middle, index.data(Qt.ItemDataRole.DisplayRole))
        else:
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour(theme.INFO_BACK))
                painter.drawRoundedRect(QRectF(option.rect.adjusted(4, 2, -4, -2)), 5, 5)
            right = area.right()
            if chosen and isinstance(index.data(HIT_ROLE), MatterHit):
                right = self._paint_keys(painter, area)
            elif line.chip:
                right = self._paint_chip(painter, area, line, chosen=chosen)
            self._paint_words(
                painter, QRect(area.left(), area.top(), right - area.left(), ROW), line
            )
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, line: Line) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        room = area.width() - GAP
        metrics = QFontMetrics(self._lead)
        lead = metrics.elidedText(line.lead, Qt.TextElideMode.ElideRight, room)
        painter.setFont(self._lead)
        painter.setPen(theme.colour(theme.INK))
        painter.drawText(area, middle, lead)
        taken = metrics.horizontalAdvance(lead) + GAP
        more = QFontMetrics(self._text).elidedText(
            line.more, Qt.TextElideMode.ElideRight, max(0, room - taken)
        )
        painter.setFont(self._text)
        painter.setPen(theme.colour(theme.INK_SOFT))
        painter.drawText(area.adjusted(taken, 0, 0, 0), middle, more)

    def _paint_chip(self, painter: QPainter, area: QRect, line: Line, *, chosen: bool) -> int:
        ink, ground, _line = theme.KINDS[line.kind]
        width = QFontMetrics(self._small).horizontalAdvance(line.chip) + 16
        box = QRectF(area.right() - width, area.center().y() - 11, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.WHITE if chosen else ground))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(self._small)
        painter.setPen(theme.colour(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line.chip)
        return int(box.left())

    def _paint_keys(self, painter: QPainter, area: QRect) -> int:
        """What can be done with a matter, from right to left."""
        right = area.right()
        metrics = QFontMetrics(self._small)
        for key, words in reversed(self._matter_keys):
            width = metrics.horizontalAdvance(words)
            painter.setFont(self._small)
            painter.setPen(theme.colour(theme.INK_SOFT))
            place = QRect(right - width, area.top(), width + 1, area.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            cap = key_cap_width(key)
            right -= width + 5 + cap
            draw_key_cap(painter, QRectF(right, area.center().y() - 9, cap, 19), key)
            right -= GAP
        return right
