"""A line of text from which nobody takes a whole ID number away: copying, cutting and selecting give it masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from hall_desk.i18n import _
from hall_desk.services import privacy

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent


class CoveredEdit(QLineEdit):
    """`masked` gives the text that may be taken away; it has the length of what stands in the field."""

    masked: Callable[[str], str] = staticmethod(privacy.mask_ids)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragEnabled(False)

    def taken(self) -> str:
        """What of the selection may be taken away."""
        start = self.selectionStart()
        whole = self.masked(self.text())
        return whole[start : start + len(self.selectedText())] if start >= 0 else ""

    def clear(self) -> None:
        """Empties the field for good: Qt's own clearing can be undone."""
        self.setText("")

    def copy(self) -> None:
        self._give(QClipboard.Mode.Clipboard)

    def cut(self) -> None:
        self._give(QClipboard.Mode.Clipboard)
        if self.hasSelectedText() and not self.isReadOnly():
            self.del_()

    def _give(self, mode: QClipboard.Mode) -> None:
        if text := self.taken():
            QGuiApplication.clipboard().setText(text, mode)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt's own ways to the clipboard are no virtual functions: the keys must not reach it.
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clipboard = QGuiApplication.clipboard()
        with self._nothing_given():
            super().mouseReleaseEvent(event)
        if clipboard.supportsSelection() and self.hasSelectedText():
            self._give(QClipboard.Mode.Selection)

    @contextmanager
    def _nothing_given(self) -> Iterator[None]:
        """Inside, Qt gives X11's primary selection nothing, as with a password."""
        echo = self.echoMode()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        try:
            yield
        finally:
            self.setEchoMode(echo)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What the right button offers, in place of Qt's own menu."""
        menu = QMenu(self)
        selected, writable = self.hasSelectedText(), not self.isReadOnly()
        for words, run, useful in (
            (_("Cut (masked)"), self.cut, selected and writable),
            (_("Copy (masked)"), self.copy, selected),
            (_("Paste"), self.paste, writable),
            (_("Select all"), self.selectAll, bool(self.text())),
        ):
            menu.addAction(words, run).setEnabled(useful)
        return menu
