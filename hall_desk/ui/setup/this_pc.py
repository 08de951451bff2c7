"""This PC: its desk letter, its post, its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import N_, _
from hall_desk.services import accounts
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.setup import Draft, Step, focus

if TYPE_CHECKING:
    from hall_desk.ui.background import Background


# The posts a PC may stand at, by the page that is shown there first.
POSTS = {
    "": N_("By person"),
    "screening": N_("Temperatures"),
    "consultation": N_("Consultation"),
    "proxy": N_("Proxy service"),
    "window": N_("Window"),
    "foyer": N_("Foyer screen"),
}


class ThisPcStep(Step):
    """`language_picked` gives a language's code."""

    language_picked = Signal(str)

    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("This PC"))
        self.letter = LabelledField(_("Desk letter"))
        self.letter.setFixedWidth(150)
        self.letter.edit.setMaxLength(1)
        self.letter.edit.textEdited.connect(self._letter_typed)
        self.free = Text("", "soft").wrap()
        self.post = Segmented([(post, _(words)) for post, words in POSTS.items()])
        self.post.set_value(draft.post)
        self.post.changed.connect(lambda value: setattr(draft, "post", str(value)))
        self.language = Segmented(list(i18n.LANGUAGES.items()))
        self.language.set_value(i18n.language())
        self.language.changed.connect(lambda value: self.language_picked.emit(str(value)))
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.free, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        self.body.addWidget(LabelledField(_("Post of this PC: shown after signing in"), self.post))
        self.body.addWidget(LabelledField(_("Language of this PC"), self.language))
        self.finish_layout()

    def arrive(self) -> None:
        free = self.draft.free_letters()
        if self.draft.letter is None and free:
            self.draft.letter = free[0]
        self.letter.set_text(self.draft.letter or "")
        self.free.setText(
            _(
                "Tickets opened on this PC are numbered with it: {letter}001. Free: {free}. "
                "A PC where no tickets are opened needs none."
            ).format(letter=free[0], free=ranges(free))
            if free
            else _("All 26 letters are given; this PC can open no tickets.")
        )
        focus(self.letter)

    def _letter_typed(self, text: str) -> None:
        self.draft.letter = text.strip().upper()

    def go_on(self) -> None:
        self.letter.clear_error()
        letter = self.letter.text().strip()
        if letter:
            try:
                letter = accounts.check_letter(letter)
                if letter not in self.draft.free_letters():
                    raise errors.BadInput("letter", "taken")
            except errors.BadInput as error:
                self.letter.show_error(i18n.explain(error))
                return
        self.draft.letter = letter
        self.passed.emit()

    def show_taken(self) -> None:
        """Another PC was quicker; the letter must be another one."""
        self.letter.show_error(i18n.explain(errors.BadInput("letter", "taken")))


def ranges(letters: list[str]) -> str:
    """Letters as one reads them: `A C–F Z`."""
    runs: list[str] = []
    for letter in sorted(letters):
        if runs and ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1] += letter
        else:
            runs.append(letter)
    return " ".join(run if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)
