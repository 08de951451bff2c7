"""The communities of a mailing: ticked or not, their address, what they got last, and what became of it this time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.paper_cells import BOX, paint_box
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from hall_desk.services.mailings import Recipient, Result
    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

_TICKS = 44  # width of the first column
_KINDS = {"sent": "ok", "refused": "bad", "unknown": "warn", "waiting": "muted"}


@dataclass(frozen=True)
class Line:
    """A community, and what became of its address in the mailing shown (None: it is not part of it)."""

    recipient: Recipient
    result: Result | None

    @property
    def id(self) -> UUID:
        return self.recipient.id


class MailingTable(Table[Line]):
    """Space or a click on the box ticks; `ticked_changed` tells that a tick was made or taken away."""

    ticked_changed = Signal()

    def __init__(self, session: Session) -> None:
        local = session.store.local

        def got(line: Line) -> str:
            one = line.recipient
            if one.at is None:
                return ""
            return _("Version {version}, {day}").format(
                version=one.version, day=f"{local(one.at):%m-%d}"
            )

        columns: tuple[Column[Line], ...] = (
            Column("", self._tick_words, _TICKS),
            Column(_("Community"), lambda line: line.recipient.name, 150, weight=2, bold=True),
            Column(
                _("E-mail"),
                lambda line: _address_words(line),
                180,
                weight=3,
                ink=lambda line: theme.BAD if line.recipient.problem else theme.INK,
            ),
            Column(_("Got last"), got, 128, ink=lambda _line: theme.INK_SOFT),
            Column(_("This time"), state_words, 108, chip=_chip),
        )
        model: RowsModel[Line] = RowsModel(columns, key=lambda line: line.id)
        super().__init__(model)
        model.setParent(self)
        self.rows = model
        self.ticked: set[UUID] = set()
        self.locked = False
        self.setItemDelegateForColumn(0, _Boxes(self))
        self.setAccessibleName(_("Communities"))

    def tick(self, keys: Iterable[UUID]) -> None:
        """Ticks these and no others, as far as they have an address."""
        good = {line.id for line in self.rows.rows if not line.recipient.problem}
        wanted = good & set(keys)
        if wanted != self.ticked:
            self.ticked = wanted
            self.rows.repaint_rows()
            self.ticked_changed.emit()

    def toggle(self, line: Line) -> None:
        if not self.locked and not line.recipient.problem:
            self.tick(self.ticked ^ {line.id})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line = self.selected()
        if event.key() == Qt.Key.Key_Space and line is not None:
            self.toggle(line)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # the form's own
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == 0:
            self.toggle(self.rows.row(index.row()))

    def _tick_words(self, line: Line) -> str:
        return _("Ticked") if line.id in self.ticked else ""


def _address_words(line: Line) -> str:
    if line.recipient.problem == "empty":
        return _("No address")
    if line.recipient.problem:
        return _("Not an address: {text}").format(text=" ".join(line.recipient.address.split()))
    return line.recipient.address


def state_words(line: Line) -> str:
    """What became of it this time, in a word or two."""
    if line.result is None:
        return ""
    if line.result.under_way:
        return _("Being sent")
    return i18n.code("mail_state", line.result.state)


def _chip(line: Line) -> str:
    if line.result is None:
        return ""
    return "info" if line.result.under_way else _KINDS[line.result.state]


class _Boxes(QStyledItemDelegate):
    """Tick boxes in the middle of their column."""

    def __init__(self, table: MailingTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_TICKS, theme.ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = self._table.rows.row(index.row())
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.INFO_BACK))
        rule = QRectF(area.left(), area.bottom() - 1, area.width(), 1)
        painter.fillRect(rule, QColor(theme.LINE_SOFT))
        if option.state & QStyle.StateFlag.State_Selected and self._table.hasFocus():
            painter.setPen(QPen(QColor(theme.PRIMARY), 2))
            painter.drawLine(area.topLeft(), area.topRight())
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        corner = area.center().toPoint()
        box = QRect(corner.x() - BOX // 2, corner.y() - BOX // 2, BOX, BOX)
        enabled = not self._table.locked and not line.recipient.problem
        if not line.recipient.problem:
            paint_box(painter, box, line.id in self._table.ticked, enabled=enabled)
