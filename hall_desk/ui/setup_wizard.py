"""The set-up wizard: the window of the first run, with its steps one after the other.

Nothing is written before the last step; leaving earlier leaves nothing behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.help import bind_help
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.notices import bug_sentence
from hall_desk.ui.setup import Draft, Step
from hall_desk.ui.setup.done import DoneStep
from hall_desk.ui.setup.hall import HallStep
from hall_desk.ui.setup.hall_key import KeyStep, SheetStep
from hall_desk.ui.setup.lists import ListsStep
from hall_desk.ui.setup.printers import PrintersStep
from hall_desk.ui.setup.server import ServerStep
from hall_desk.ui.setup.this_pc import ThisPcStep
from hall_desk.ui.setup.where import WhereStep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent

    from hall_desk.settings import Settings
    from hall_desk.ui.background import Background

_WIDTH = 780
_HEIGHT = 624
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SetupWizard(QWidget):
    """A window of its own. `finished` gives the settings that were written to `folder`.

    `use_language` chooses the language of all that is made from then on; what was typed stays.
    """

    finished = Signal(object)

    def __init__(
        self,
        folder: Path,
        background: Background,
        use_language: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._background = background
        self._use_language = use_language
        self.draft = Draft()
        self.at = "where"
        self.setMinimumSize(_WIDTH + 20, _HEIGHT + 20)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._card: QWidget | None = None
        back = QShortcut(QKeySequence("Alt+Left"), self)
        back.activated.connect(self.go_back)
        bind_help(self, "setup")
        self.rebuild()

    # --- the frame ------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Makes all steps again from what was typed, in the language of now."""
        if self._card is not None:
            self.step().leave()
            self._layout.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        self.setWindowTitle(_("Set up Hall Desk"))
        self.steps: dict[str, Step] = self._made_steps()
        self.stack = QStackedWidget()
        for name, step in self.steps.items():
            self.stack.addWidget(step)
            step.passed.connect(self._passed)
            step.changed.connect(self._refresh)
            step.ready.connect(self._keyboard_to_next)
            step.setObjectName(name)
        self.path = QLabel()
        self.path.setTextFormat(Qt.TextFormat.RichText)
        self.back = Button(_("Step back"), key="Alt ←")
        self.back.clicked.connect(self.go_back)
        self.next = Button("", "primary", "Enter")
        self.next.clicked.connect(self.go_on)
        self.language = Link(self._other_language()[1])
        self.language.clicked.connect(lambda: self.pick_language(self._other_language()[0]))
        self._card = self._laid_out()
        self._layout.addWidget(self._card, 0, Qt.AlignmentFlag.AlignCenter)
        if self.isVisible():
            # Otherwise it waits for the event loop, and the keyboard is nowhere until then.
            self._card.show()
        self._show_step()

    def _made_steps(self) -> dict[str, Step]:
        draft, background = self.draft, self._background
        pc = ThisPcStep(draft, background)
        pc.language_picked.connect(self.pick_language)
        done = DoneStep(draft, background, self._folder)
        done.made.connect(self._made)
        done.letter_taken.connect(self._letter_taken)
        return {
            "where": WhereStep(draft, background),
            "server": ServerStep(draft, background),
            "hall": HallStep(draft, background),
            "lists": ListsStep(draft, background),
            "pc": pc,
            "printers": PrintersStep(draft, background),
            "done": done,
            "key": KeyStep(draft, background),
            "sheet": SheetStep(draft, background, self._folder),
        }

    def _laid_out(self) -> QWidget:
        card = Ground()
        card.setFixedWidth(_WIDTH)
        card.setFixedHeight(_HEIGHT)
        title = QLabel(_("Set up Hall Desk"))
        title.setObjectName("hall_name")
        mark = QLabel()
        mark.setPixmap(theme.icon("hall_desk").pixmap(QSize(36, 36), self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(mark)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(Text(_("F1 Help"), "label"))
        head.addWidget(self.language)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.next)
        self.bug = Text("", "error").wrap()
        self.bug.hide()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 22, 32, 22)
        inside.setSpacing(10)
        inside.addLayout(head)
        inside.addWidget(self.path)
        inside.addSpacing(6)
        inside.addWidget(self.stack, 1)
        inside.addWidget(self.bug)
        inside.addLayout(foot)
        return card

    @staticmethod
    def _other_language() -> tuple[str, str]:
        return next(
            (code, name) for code, name in i18n.LANGUAGES.items() if code != i18n.language()
        )

    def pick_language(self, language: str) -> None:
        """Goes on in another language, with all that was typed."""
        if language != i18n.language():
            self._use_language(language)
            self.rebuild()

    # --- the steps ------------------------------------------------------------------------------------

    def step(self) -> Step:
        return self.steps[self.at]

    def go_on(self) -> None:
        """Enter: the step is checked, and when it is complete the next one is shown."""
        self.bug.hide()
        if not self.step().busy():
            self.step().go_on()

    def go_back(self) -> None:
        """One step back; nothing that was typed is lost."""
        names = self.draft.steps()
        at = names.index(self.at)
        if self.draft.made is not None:
            return
        if at and not (self.at == "done" and self.step().busy()):
            self._go(names[at - 1])

    def _passed(self) -> None:
        if self.draft.made is not None:
            self.finished.emit(self.draft.made)
            return
        names = self.draft.steps()
        self._go(names[names.index(self.at) + 1])

    def _made(self, settings: Settings) -> None:
        """All is written. A new hall's recovery sheet comes before the sign-in."""
        self.draft.made = settings
        if "sheet" in self.draft.steps():
            self._go("sheet")
        else:
            self.finished.emit(settings)

    def _go(self, name: str) -> None:
        self.step().leave()
        self.at = name
        self._show_step()

    def _keyboard_to_next(self) -> None:
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _letter_taken(self) -> None:
        self.draft.letter_was_taken()
        self._go("pc")
        pc = self.step()
        assert isinstance(pc, ThisPcStep)
        pc.show_taken()

    def show_bug(self, bug: str) -> None:
        """A programming error while something was being done; it stands in the log under `bug`."""
        self.rebuild()
        self.bug.setText(bug_sentence(bug))
        self.bug.show()

    def _show_step(self) -> None:
        step = self.step()
        self.stack.setCurrentWidget(step)
        step.arrive()
        self._refresh()

    def _refresh(self) -> None:
        step = self.step()
        if self.at not in self.draft.steps():
            return
        self.path.setText(self._path_words())
        self.back.setVisible(self.at != "where" and self.draft.made is None)
        self.back.setEnabled(not (self.at == "done" and step.busy()))
        self.next.setText(step.next_words())
        if step.busy() and self.next.hasFocus():
            step.setFocus()  # a button that is switched off hands the keyboard to anybody
        self.next.setEnabled(not step.busy())
        self.next.updateGeometry()
        self.next.update()

    def _path_words(self) -> str:
        titles = {
            "where": _("Where"),
            "server": _("The server"),
            "hall": _("The hall"),
            "lists": _("Its lists"),
            "pc": _("This PC"),
            "printers": _("Printers"),
            "done": _("Look it over"),
            "key": _("Its key"),
            "sheet": _("Recovery sheet"),
        }
        names = self.draft.steps()
        now = names.index(self.at)
        words = []
        for number, name in enumerate(names):
            colour = theme.PRIMARY if number == now else theme.INK if number < now else theme.LABEL
            weight = "bold" if number == now else "normal"
            words.append(
                f'<span style="color:{colour};font-weight:{weight}">{number + 1}&nbsp;{titles[name]}</span>'
            )
        arrow = f'<span style="color:{theme.CONTROL_LINE}">&nbsp;&nbsp;›&nbsp;&nbsp;</span>'
        return arrow.join(words)

    # --- keys and painting -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) not in _ENTER:
            super().keyPressEvent(event)
            return
        focused = QApplication.focusWidget()
        if isinstance(focused, QPushButton) and not focused.isCheckable():
            focused.click()
        else:
            self.go_on()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.step().leave()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("page"))
        painter.fillRect(0, 0, self.width(), max(120, self.height() // 4), theme.colour("navy"))
