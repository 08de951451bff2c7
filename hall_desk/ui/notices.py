"""What the program tells its user: one bar beside the work, never a box in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from hall_desk import i18n
from hall_desk.errors import DatabaseAway, HallDeskError
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.buttons import Link
from hall_desk.ui.labels import Band, Text

_KIND = {"success": "ok", "info": "info", "error": "bad"}


def bug_sentence(bug: str) -> str:
    """What is said of a programming error that was logged under the id `bug`."""
    return _("Something went wrong ({bug}). It was logged; please go on.").format(bug=bug)


def _has_typing(field: QObject) -> bool:
    """Whether Ctrl+Z means something in this field."""
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable() or field.isRedoAvailable()
    if isinstance(field, QPlainTextEdit):
        document = field.document()
        return document.isUndoAvailable() or document.isRedoAvailable()
    return False


class Notices(Band):
    """Shows the newest sentence. A success hides by itself; an error stays until it is dismissed or replaced.

    `announced` is emitted for every sentence with its kind (`success`, `info`, `error`); `left` when the keyboard
    was on the bar and must go somewhere else.
    """

    announced = Signal(str, str)
    left = Signal()
    SHOWN_MS = 10_000  # as long as a step may be undone

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("info", parent)
        self.setAccessibleName(_("Notice"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.sentence = Text("").wrap()
        self.link = Link("")
        self._dismiss = QPushButton()
        self._dismiss.setProperty("kind", "close")
        self._dismiss.setIcon(theme.icon("close"))
        self._dismiss.setAccessibleName(_("Dismiss this notice"))
        self._dismiss.setToolTip(_("Dismiss this notice"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 8, 7)
        layout.setSpacing(12)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.link, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._dismiss, 0, Qt.AlignmentFlag.AlignVCenter)
        self._run: Callable[[], object] | None = None
        self._kind = ""
        self._away = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.SHOWN_MS)
        self._timer.timeout.connect(self._fade)
        self._undo_s = 0
        self._countdown = QTimer(self)
        self._countdown.setInterval(1000)
        self._countdown.timeout.connect(self._count)
        self.link.clicked.connect(self._follow)
        self._dismiss.clicked.connect(self.clear)
        self.hide()

    @property
    def kind(self) -> str:
        """`success`, `info`, `error`, or nothing when no sentence is shown."""
        return self._kind

    def text(self) -> str:
        return self.sentence.text()

    def success(
        self, text: str, undo: Callable[[], object] | None = None, undo_text: str = ""
    ) -> None:
        """Says that a step is done; `undo` adds a link (called “Undo” unless told otherwise)."""
        self._show("success", text, undo, undo_text or _("Undo"))
        self._timer.start()

    def undoable(self, text: str, undo: Callable[[], object], seconds: int) -> None:
        """Says that a step is done and counts the seconds in which its link, or Ctrl+Z anywhere, takes it back."""
        self._show("success", text, undo, "")
        self._undo_s = seconds
        self._name_undo()
        self._countdown.start()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def undo(self) -> None:
        """Takes the step back that the bar offers to take back, if it does."""
        if self._undo_s:
            self._follow()

    def info(
        self, text: str, action: Callable[[], object] | None = None, action_text: str = ""
    ) -> None:
        self._show("info", text, action, action_text)

    def error(
        self, text: str, action: Callable[[], object] | None = None, action_text: str = ""
    ) -> None:
        self._show("error", text, action, action_text)

    def refused(self, error: HallDeskError) -> None:
        """The sentence of an expected error."""
        self.error(i18n.explain(error))
        self._away = isinstance(error, DatabaseAway)

    def server_back(self) -> None:
        """Takes away the sentence that the server is not there."""
        if self._away:
            self.clear()

    def bug(self, bug: str) -> None:
        """Something that should not happen happened; `bug` is its id in the log."""
        self.error(_("Something went wrong ({bug}). It was logged; please go on.").format(bug=bug))

    def clear(self) -> None:
        self._end_undo()
        self._timer.stop()
        had_focus = self._dismiss.hasFocus() or self.link.hasFocus()
        self._run, self._kind, self._away = None, "", False
        self.sentence.clear()
        self.hide()
        if had_focus:
            self._dismiss.clearFocus()
            self.link.clearFocus()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _show(self, kind: str, text: str, run: Callable[[], object] | None, run_text: str) -> None:
        self._end_undo()
        self._timer.stop()
        self._kind, self._run, self._away = kind, run, False
        self.sentence.setText(text)
        self.link.setText(run_text)
        self.link.setVisible(run is not None)
        self.show_kind(_KIND[kind])
        self.show()
        self.announced.emit(kind, text)

    def _name_undo(self) -> None:
        self.link.setText(_("Undo ({seconds} s)  Ctrl+Z").format(seconds=self._undo_s))

    def _count(self) -> None:
        self._undo_s -= 1
        if self._undo_s > 0:
            self._name_undo()
        else:
            self.clear()

    def _end_undo(self) -> None:
        if self._undo_s:
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._undo_s = 0
        self._countdown.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A field in which nothing was typed leaves Ctrl+Z to the step; one with text keeps it for its text."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and watched is QApplication.focusWidget()
            and not _has_typing(watched)
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        run = self._run
        self.clear()
        if run is not None:
            run()

    def _fade(self) -> None:
        if self._dismiss.hasFocus() or self.link.hasFocus():
            self._timer.start()  # somebody is about to press it
        else:
            self.clear()
