"""A few numbers that a hall may choose, changed by a manager; old and new values are journalled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import hall_settings, halls
from hall_desk.services.hall_settings import Wish
from hall_desk.services.privacy import folded
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

LONGEST = 4  # digits


@dataclass(frozen=True)
class HallNumber:
    """One whole number: the setting's name, its label, and what it is now."""

    name: str
    label: str
    value: int

    @property
    def limits(self) -> tuple[int, int]:
        """The lowest and the highest it may be."""
        return halls.LIMITS[self.name]


class HallNumbersDialog(Dialog):
    """Only what was changed is written. What is no number is refused beside its field."""

    def __init__(self, session: Session, title: str, numbers: Sequence[HallNumber]) -> None:
        super().__init__(session, title, width=560)
        self._numbers = tuple(numbers)
        self._saving = False
        self.fields: dict[str, LabelledField] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, number in enumerate(self._numbers):
            field = LabelledField(number.label)
            field.edit.setMaxLength(LONGEST)
            field.set_text(str(number.value))
            field.edit.returnPressed.connect(self.save)
            self.fields[number.name] = field
            grid.addWidget(field, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.save_button = Button(_("Save"), "primary", "Enter")
        self.cancel_button = Button(_("Cancel"), "plain", "Esc")
        self.escape_hint.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        self.body.addLayout(grid)
        self.body.addWidget(self.problem)
        self.body.addLayout(foot)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)

    def arrive(self) -> None:
        first = self.fields[self._numbers[0].name]
        first.setFocus()
        first.edit.selectAll()

    def save(self) -> None:
        if self._saving:
            return
        wanted = self._read()
        if wanted is None:
            self._make_room()
            return
        if not wanted:
            self.accept()
            return
        self._saving = True
        actor = self.session.actor

        seen = {number.name: number.value for number in self._numbers}
        wishes = {name: Wish(seen[name], value) for name, value in wanted.items()}

        def work() -> None:
            hall_settings.change(actor, wishes)

        self.session.background.data(self, work, lambda _nothing: self.accept(), self._refused)

    def _read(self) -> dict[str, int] | None:
        """What was changed; None when something is no number."""
        wanted: dict[str, int] = {}
        wrong = False
        for number in self._numbers:
            text = folded(self.fields[number.name].text())
            if not text.isdecimal() or not text.isascii():
                if not wrong:
                    self.fields[number.name].show_error(_("Type a whole number, such as 0 or 60."))
                wrong = True
            elif not number.limits[0] <= int(text) <= number.limits[1]:
                if not wrong:
                    said = _("Type a whole number from {least} to {most}.")
                    self.fields[number.name].show_error(
                        said.format(least=number.limits[0], most=number.limits[1])
                    )
                wrong = True
            elif int(text) != number.value:
                wanted[number.name] = int(text)
        return None if wrong else wanted

    def _refused(self, error: HallDeskError) -> None:
        self._saving = False
        self.problem.setText(i18n.explain(error))
        self.problem.show()
        self._make_room()
