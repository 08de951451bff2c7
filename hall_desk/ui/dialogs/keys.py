"""All keys on one sheet; those of this PC are changed here by pressing the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import _
from hall_desk.ui import key_map, theme
from hall_desk.ui.buttons import Button, draw_key_cap, key_cap_width
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.key_map import ACTIONS, FIXED, Action
from hall_desk.ui.labels import Elided, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from hall_desk.ui.session import Session

_MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
)
RESET = "Alt+W"
_MOVES = (
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_PageUp,
)


def _of_the_sheet(event: QKeyEvent) -> bool:
    """Keys by which the sheet itself is walked, sent and left."""
    pressed = QKeySequence(event.keyCombination()).toString()
    return event.key() in _MOVES or pressed in ("Ctrl+Return", "Ctrl+Enter", "F1", RESET)


class KeyField(QWidget):
    """One action's key. Whatever is pressed on it is told by `pressed`; Delete wants the original key back."""

    pressed = Signal(str)

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action_ = action
        self.key = key_map.now(action.key)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_(action.title))
        self.setFixedSize(104, 27)
        self.show_key(self.key)

    def show_key(self, key: str) -> None:
        self.key = key
        self.setAccessibleDescription(key)
        self.update()

    @property
    def changed(self) -> bool:
        return self.key != self.action_.key

    def sizeHint(self) -> QSize:
        return self.size()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not _of_the_sheet(event)
        ):
            event.accept()  # here a key is a key, and does nothing else
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        arrows = {Qt.Key.Key_Down: True, Qt.Key.Key_Up: False}
        if _of_the_sheet(event):
            event.ignore()
        elif key in arrows:
            self.focusNextPrevChild(arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.pressed.emit(self.action_.key)
        elif key not in _MODIFIERS:
            self.pressed.emit(QKeySequence(event.keyCombination()).toString())

    def mousePressEvent(self, event: QEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.PRIMARY), 2))
            painter.setBrush(QColor(theme.HALO))
        else:
            painter.setPen(QPen(QColor(theme.CONTROL_LINE), 1))
            painter.setBrush(QColor(theme.WARN_BACK if self.changed else theme.WHITE))
        painter.drawRoundedRect(area, 4, 4)
        painter.setFont(theme.font(13, bold=self.changed))
        painter.setPen(QColor(theme.INK))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.key)


class _Cap(QWidget):
    """A key that is always so."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.setFixedSize(max(80, key_cap_width(key)), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = key_cap_width(self._key)
        box = QRectF((self.width() - width) / 2, 2.5, width, 19)
        draw_key_cap(painter, box, self._key)


def _title(text: str) -> Elided:
    title = Elided(_(text))
    title.setToolTip(_(text))
    return title


class KeysDialog(Dialog):
    """`picked` gives the keys chosen for this PC by the names of `key_map`; none for those the program comes with."""

    picked = Signal(dict)

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("All keys"), width=1130, height=640)
        self.fields = {action.name: KeyField(action) for action in ACTIONS}
        for field in self.fields.values():
            field.pressed.connect(lambda key, field=field: self._pressed(field, key))
        self.said = Text(
            _(
                "To change a key, go to it with Tab or the mouse and press the new one. "
                "The pages open anew with it."
            ),
            "soft",
        ).wrap()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.reset_button = Button(_("As they were"), "plain", RESET)
        self.send = Button(_("Use these keys"), "primary", "Ctrl+Enter")
        sheet = QWidget()
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(0, 0, 10, 0)
        columns.setSpacing(28)
        for groups, width in (
            ((key_map.PAGES, key_map.EVERYWHERE), 28),
            ((key_map.WORK,), 34),
            ((key_map.FIXED_GROUP,), 42),
        ):
            column = QVBoxLayout()
            column.setSpacing(4)
            for number, group in enumerate(groups):
                column.addSpacing(8 if number else 0)
                column.addWidget(Text(_(group), "heading"))
                column.addLayout(self._rows(group))
            column.addStretch(1)
            columns.addLayout(column, width)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.reset_button)
        foot.addWidget(self.send)
        # There are more keys than a small screen has lines; Tab brings its key into view by itself.
        self.keys_area = QScrollArea()
        self.keys_area.setFrameShape(QFrame.Shape.NoFrame)
        self.keys_area.setWidgetResizable(True)
        self.keys_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.keys_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keys_area.setWidget(sheet)
        for surface in (sheet, self.keys_area.viewport()):
            surface.setAutoFillBackground(False)  # the dialog's own ground shows through
        self.body.addWidget(self.keys_area, 1)
        self.body.addLayout(foot)
        self.bind("PgDown", lambda: self._turn(1))
        self.bind("PgUp", lambda: self._turn(-1))
        self.bind("Ctrl+Return", self.use)
        self.bind("Ctrl+Enter", self.use)
        self.bind(RESET, self.reset)
        self.send.clicked.connect(self.use)
        self.reset_button.clicked.connect(self.reset)

    def _rows(self, group: str) -> QGridLayout:
        rows = QGridLayout()
        rows.setVerticalSpacing(3)
        rows.setHorizontalSpacing(12)
        rows.setColumnStretch(0, 1)
        if group == key_map.FIXED_GROUP:
            for row, (key, title) in enumerate(FIXED):
                rows.addWidget(_title(title), row, 0)
                rows.addWidget(_Cap(key), row, 1)
        else:
            of_group = [action for action in ACTIONS if action.group == group]
            for row, action in enumerate(of_group):
                rows.addWidget(_title(action.title), row, 0)
                rows.addWidget(self.fields[action.name], row, 1)
        return rows

    def _turn(self, pages: int) -> None:
        bar = self.keys_area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def chosen(self) -> dict[str, str]:
        """What differs from the keys the program comes with."""
        return {name: field.key for name, field in self.fields.items() if field.changed}

    def _pressed(self, field: KeyField, key: str) -> None:
        """Gives the key to this action; the action that had it gets this one's in exchange."""
        key = key_map.normal(key)
        if key != field.action_.key and not key_map.may_be(key):
            self._say(
                _("{key} cannot be used. Take a function key, or Ctrl and a letter.").format(
                    key=key
                ),
                wrong=True,
            )
            return
        before = field.key
        other = next((f for f in self.fields.values() if f.key == key and f is not field), None)
        field.show_key(key)
        if other is None:
            self._say("")
            return
        other.show_key(before)
        self._say(
            _("“{other}” had {key} and has {before} now.").format(
                other=_(other.action_.title), key=key, before=before
            )
        )

    def reset(self) -> None:
        """Shows the keys the program comes with."""
        for field in self.fields.values():
            field.show_key(field.action_.key)
        self._say("")

    def use(self) -> None:
        chosen = self.chosen()
        self.accept()
        if chosen != key_map.chosen():
            self.picked.emit(chosen)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        said, other = (self.problem, self.said) if wrong else (self.said, self.problem)
        said.setText(text)
        said.show()
        other.hide()
