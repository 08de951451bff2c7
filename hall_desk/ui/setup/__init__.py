"""The steps of the set-up wizard, one module each; what was typed is kept here, whichever step is shown."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services.founding import FilePlan, NewHall
from hall_desk.settings import Settings
from hall_desk.store.reaching import PORT, ServerAddress, ServerFound
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall_desk.errors import HallDeskError
    from hall_desk.store.hall_key import HallKey
    from hall_desk.ui.background import Background


@dataclass
class Draft:
    """All that was typed or chosen, and what was found out about it."""

    way: str = "alone"  # or "join"
    hall: str = ""
    opened: str = ""
    balance: str = ""
    manager: str = ""
    pin: str = ""
    pin_again: str = ""
    start: str = "sample"  # or "files", "empty"
    files: dict[str, str] = field(default_factory=dict)  # path by kind
    host: str = ""
    port: str = str(PORT)
    database: str = ""
    user: str = ""
    password: str = ""
    tls: str = "disable"
    ca_file: str = ""
    letter: str | None = None  # None: not asked yet
    slip_printer: str = ""
    paper_printer: str = ""
    roll: str = "80"
    post: str = ""
    new_hall: NewHall | None = None
    previewed: tuple[NewHall, tuple[FilePlan, ...]] | None = None
    reached: tuple[ServerAddress, ServerFound] | None = None
    recovery_code: str = ""
    hall_key: HallKey | None = None
    made: Settings | None = None  # what was written in the end

    def found(self) -> ServerFound | None:
        """The server that was tested, when a hall is to be joined."""
        return self.reached[1] if self.way == "join" and self.reached else None

    def steps(self) -> list[str]:
        """The steps of the way chosen, by name."""
        found = self.found()
        server = ["server"] if self.way == "join" else []
        key = ["key"] if found is not None and found.key_check else []
        makes = self.way == "alone" or (found is not None and not found.hall)
        hall, sheet = (["hall", "lists"], ["sheet"]) if makes else ([], [])
        return ["where", *server, *key, *hall, "pc", "printers", "done", *sheet]

    def hall_to_make(self) -> NewHall | None:
        """The hall as it was checked, or None when one is joined."""
        return self.new_hall if "hall" in self.steps() else None

    def settings(self) -> Settings:
        """What this PC's settings file will say."""
        return Settings(
            database=self.reached[0].url if self.way == "join" and self.reached else "",
            language=i18n.language(),
            letter=self.letter or "",
            roll=self.roll,
            post=self.post,
            slip_printer=self.slip_printer,
            paper_printer=self.paper_printer,
        )

    def free_letters(self) -> list[str]:
        """The desk letters this PC may choose, as far as is known."""
        return (self.found() or ServerFound("")).free_letters(platform.node())

    def letter_was_taken(self) -> None:
        """Another PC took the letter since the server was tested."""
        if self.reached is not None and self.letter:
            where, found = self.reached
            letters = (*found.letters, (self.letter, ""))
            self.reached = (where, replace(found, letters=letters))


class Step(QWidget):
    """One step. `passed` says that it is complete; `changed` that its button has another word.

    `ready`: what was asked for is shown, and going on is next.
    """

    passed = Signal()
    changed = Signal()
    ready = Signal()

    def __init__(self, draft: Draft, background: Background, title: str) -> None:
        super().__init__()
        self.draft = draft
        self.background = background
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(10)
        self.body.addWidget(Text(title, "title"))
        self.problem = Text("", "error").wrap()
        self.problem.hide()

    def finish_layout(self) -> None:
        """Puts the room for a sentence about the whole step under what it has."""
        self.body.addWidget(self.problem)
        self.body.addStretch(1)

    def arrive(self) -> None:
        """Reads the draft again and puts the keyboard on the first field."""

    def leave(self) -> None:
        """What still runs for this step is given up."""

    def go_on(self) -> None:
        """Checks the step; emits `passed`, at once or later, or says what is wrong."""
        self.passed.emit()

    def bind(self, key: str, act: Callable[[], object]) -> None:
        """A key of this step: it works while the step is shown."""
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def next_words(self) -> str:
        return _("Next step")

    def busy(self) -> bool:
        return False

    def show_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def refused(self, error: HallDeskError) -> None:
        self.show_problem(i18n.explain(error))

    def kept(self, field: LabelledField, name: str) -> LabelledField:
        """Fills a field from the draft and keeps there what is typed."""
        field.set_text(str(getattr(self.draft, name) or ""))
        line = field.line()
        assert isinstance(line, QLineEdit)
        line.textChanged.connect(lambda text: setattr(self.draft, name, text))
        return field


def focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
