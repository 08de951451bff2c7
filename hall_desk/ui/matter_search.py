"""Finding a matter while typing: one field with the best matches below it, worked by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import _
from hall_desk.services import matters
from hall_desk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import MatterLine
    from hall_desk.ui.session import Session

    Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 36
MOST_ROWS = 8
LEAST_WIDTH = 440  # a narrow field's list still shows whole names


def facts_of(line: MatterLine) -> str:
    """Window, promise and today's use of a matter, for the right end of its row."""
    parts = [
        _("Window {number}").format(number=line.window.number),
        _("about {minutes} min").format(minutes=line.promised_minutes),
    ]
    if line.used_today:
        parts.append(_("{count} today").format(count=line.used_today))
    return " · ".join(parts)


class _Lines(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[MatterLine] = []

    def show(self, lines: list[MatterLine]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else max(1, len(self.lines))

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) if self.lines else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not self.lines:
            return _("No matter found") if role == Qt.ItemDataRole.DisplayRole else None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.name}, {facts_of(line)}"
        if role == Qt.ItemDataRole.UserRole:
            return line
        return None


class _LineDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: MatterLine | None = index.data(Qt.ItemDataRole.UserRole)
        if line is None:
            super().paint(painter, option, index)
            return
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if current:
            painter.fillRect(area, theme.colour(theme.INFO_BACK))
        inside = area.adjusted(12, 0, -12, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        font: QFont = option.font
        painter.setFont(font)
        right = facts_of(line)
        right_width = QFontMetrics(font).horizontalAdvance(right)
        painter.setPen(theme.colour(theme.INK if current else theme.INK_SOFT))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, right)
        left = inside.adjusted(0, 0, -right_width - 16, 0)
        bold = QFont(font)
        bold.setBold(current)
        painter.setFont(bold)
        painter.setPen(theme.colour(theme.INK))
        name = QFontMetrics(bold).elidedText(line.name, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | middle, name)
        left.setLeft(left.left() + QFontMetrics(bold).horizontalAdvance(name) + 14)
        if left.width() > 60:
            painter.setFont(font)
            painter.setPen(theme.colour(theme.INK_SOFT))
            pinyin = QFontMetrics(font).elidedText(
                line.pinyin, Qt.TextElideMode.ElideRight, left.width()
            )
            painter.drawText(left, Qt.AlignmentFlag.AlignLeft | middle, pinyin)
        painter.restore()


class _Edit(QLineEdit):
    """The text field: hands the keys that belong to the list below to its owner first."""

    def __init__(self, owner: MatterSearch) -> None:
        super().__init__(owner)
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._owner.key_pressed(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._owner.focus_arrived()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._owner.focus_left(event.reason())


class MatterSearch(QWidget):
    """A field that finds matters by characters, code, nickname, pinyin or initials.

    `chosen` gives the `MatterLine`; `cleared` says that the text was changed afterwards, so that nothing is chosen;
    `accepted` is Enter with nothing left to choose. With `suggest`, today's most used are offered before typing.
    """

    chosen = Signal(object)
    cleared = Signal()
    accepted = Signal()
    failed = Signal(object)

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, suggest: bool = False
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._suggest = suggest
        self._matter: MatterLine | None = None
        self._wanted = ""
        self._searching = False
        self._choose_on_arrival = False
        self.edit = _Edit(self)
        self.edit.setPlaceholderText(_("Name, code, pinyin or initials, e.g. ybk"))
        self.edit.setAccessibleName(_("Matter"))
        self.edit.textEdited.connect(self._typed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.model = _Lines(self)
        self.results = QListView(self)
        self.results.setObjectName("matter_results")
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.results.setModel(self.model)
        self.results.setItemDelegate(_LineDelegate(self.results))
        self.results.setMouseTracking(True)
        self.results.entered.connect(self.results.setCurrentIndex)
        self.results.clicked.connect(self._clicked)
        self.results.hide()

    # --- what its owner asks and says -------------------------------------------------------------------------

    @property
    def matter(self) -> MatterLine | None:
        """What was chosen, None while the text is only a search."""
        return self._matter

    def text(self) -> str:
        return self.edit.text().strip()

    def set_matter(self, line: MatterLine | None) -> None:
        """Shows `line` as chosen without telling anybody; None empties the field."""
        self._matter = line
        self._wanted = ""
        self._searching = self._choose_on_arrival = False
        self.edit.setText(line.name if line else "")
        self.edit.setCursorPosition(0)
        self._hide_results()

    def set_text(self, text: str) -> None:
        """A draft's search text, not yet a choice."""
        self.set_matter(None)
        self.edit.setText(text)

    def clear(self) -> None:
        self.set_matter(None)

    # --- searching --------------------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        self._choose_on_arrival = False
        if self._matter is not None:
            self._matter = None
            self.cleared.emit()
        self.search(text)

    def search(self, text: str) -> None:
        """Looks `text` up; of several questions only the newest is answered."""
        if text.strip() or self._suggest:
            self._ask(text.strip())
        else:
            self._wanted = ""
            self._hide_results()

    def _ask(self, text: str) -> None:
        self._wanted = text
        actor, wanted = self._session.actor, self._wanted
        self._searching = True
        self._session.background.data(
            self,
            lambda: (wanted, matters.search(actor, wanted)),
            self._found,
            self._not_found,
            replaces="search",
        )

    def _found(self, answer: tuple[str, list[MatterLine]]) -> None:
        answered, lines = answer
        self._searching = False
        if self._matter is not None or answered != self._wanted:
            return
        self.model.show(lines)
        if self._choose_on_arrival:
            self._choose_on_arrival = False
            if lines:
                self._choose(lines[0])
                return
        # Where a matter is needed, a search that finds none says so; elsewhere the text may be anything.
        shown = bool(lines) or (self._suggest and bool(answered))
        if shown and self.edit.hasFocus():
            self._show_results(select_first=bool(answered))
        else:
            self._hide_results()

    def _not_found(self, error: HallDeskError) -> None:
        self._searching = self._choose_on_arrival = False
        self._hide_results()
        self.failed.emit(error)

    def _choose(self, line: MatterLine) -> None:
        self.set_matter(line)
        self.chosen.emit(line)

    def _clicked(self, index: QModelIndex) -> None:
        if self.model.lines:
            self._choose(self.model.lines[index.row()])

    # --- the list below the field -----------------------------------------------------------------------------

    def _show_results(self, *, select_first: bool) -> None:
        window = self.window()
        if self.results.parentWidget() is not window:
            self.results.setParent(window)
        below = self.edit.mapTo(window, QPoint(0, self.edit.height() + 3))
        rows = min(self.model.rowCount(), MOST_ROWS)
        room = max(1, (window.height() - below.y() - 8) // ROW_HEIGHT)
        frame = 2 * self.results.frameWidth()
        self.results.setGeometry(
            below.x(),
            below.y(),
            max(self.edit.width(), LEAST_WIDTH),
            min(rows, room) * ROW_HEIGHT + frame,
        )
        first = self.model.index(0)
        if select_first:
            self.results.setCurrentIndex(first)
        else:
            self.results.clearSelection()
            self.results.setCurrentIndex(QModelIndex())
        self.results.scrollTo(first)
        self.results.show()
        self.results.raise_()

    def _hide_results(self) -> None:
        self.results.hide()
        if self.results.parentWidget() is not self:
            self.results.setParent(self)

    def _move(self, by: int) -> None:
        row = self.results.currentIndex().row() + by
        row = max(0, min(row, len(self.model.lines) - 1))
        self.results.setCurrentIndex(self.model.index(row))

    # --- keys and focus ---------------------------------------------------------------------------------------

    def key_pressed(self, event: QKeyEvent) -> bool:
        """True when the key was the list's, not the text's."""
        key = event.key()
        shown = self.results.isVisible()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if shown:
                self._move(1 if key == Qt.Key.Key_Down else -1)
            elif self._matter is None:
                self._ask(self.text())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._entered(shown=shown)
        if key == Qt.Key.Key_Escape and shown:
            self._hide_results()
            return True
        return False

    def _entered(self, *, shown: bool) -> bool:
        index = self.results.currentIndex()
        if self._searching and self._wanted:
            # Typed faster than the search: the best match is taken when it comes.
            self._choose_on_arrival = True
            return True
        if shown and index.isValid() and self.model.lines:
            self._choose(self.model.lines[index.row()])
            return True
        self._hide_results()
        self.accepted.emit()
        return False

    def focus_arrived(self) -> None:
        if self._suggest and self._matter is None:
            self.search(self.text())

    def focus_left(self, reason: Qt.FocusReason) -> None:
        index = self.results.currentIndex()
        if (
            reason == Qt.FocusReason.TabFocusReason
            and self.results.isVisible()
            and index.isValid()
            and self.model.lines
            and self._suggest
        ):
            self._choose(self.model.lines[index.row()])
        self._hide_results()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._hide_results()
