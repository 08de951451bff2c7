"""What the resident reads, one thing at a time: the five grades, why a low one, and thanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import ratings
from hall_desk.services.ratings import GRADES, REASONS
from hall_desk.ui import theme
from hall_desk.ui.rating_buttons import BigButton, GradeButton, Tick

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout


def words(text: str, pixels: int, ink: str = theme.INK, *, bold: bool = False) -> QLabel:
    """A line for somebody a step away from the screen."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    weight = "bold" if bold else "normal"
    label.setStyleSheet(f"font-size: {pixels}px; font-weight: {weight}; color: {ink};")
    return label


class AskPage(QWidget):
    """The question and the five grades. `keys` is False where the keyboard is not the resident's."""

    def __init__(self, *, keys: bool) -> None:
        super().__init__()
        self.grades = [
            GradeButton(grade, i18n.code("grade", str(grade)), keys=keys) for grade in GRADES
        ]
        self.not_now = BigButton(_("Not now"), "Esc" if keys else "")
        self.problem = words("", 24, theme.BAD_STRONG)
        row = QHBoxLayout()
        row.setSpacing(20)
        for button in self.grades:
            row.addWidget(button, 1)
        yourself = words(_("Please press yourself; the clerks do not see it."), 20, theme.INK_SOFT)
        yourself.setWordWrap(False)
        foot = QHBoxLayout()
        foot.addWidget(yourself)
        foot.addStretch(1)
        foot.addWidget(self.not_now)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(words(_("How satisfied are you with our service today?"), 40, bold=True))
        layout.addSpacing(12)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addLayout(foot)


class WhyPage(QWidget):
    """The reasons for a low grade; without a keyboard none that needs words."""

    def __init__(self, *, keys: bool) -> None:
        super().__init__()
        offered = [reason for reason in REASONS if keys or reason != "other"]
        self.reasons = {
            reason: BigButton(i18n.code("rating_reason", reason), str(number) if keys else "")
            for number, reason in enumerate(offered, start=1)
        }
        self.comment = QLineEdit()
        self.comment.setMaxLength(ratings.LONGEST_COMMENT)
        self.comment.setPlaceholderText(_("Anything you want to tell us"))
        self.comment.setAccessibleName(_("Anything you want to tell us"))
        self.comment.setStyleSheet("font-size: 22px; padding: 0 16px; min-height: 58px;")
        if not keys:
            self.comment.hide()
        self.send = BigButton(_("Submit"), "Enter" if keys else "", "primary")
        self.back = BigButton(_("Another grade"), "Esc" if keys else "")
        self.problem = words("", 24, theme.BAD_STRONG)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.send)
        foot.addStretch(1)
        foot.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(words(_("We are sorry. What went wrong?"), 36, bold=True))
        layout.addSpacing(4)
        layout.addLayout(self._grid())
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addLayout(foot)

    def _grid(self) -> QLayout:
        grid = QGridLayout()
        grid.setSpacing(14)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 200)
        for number, button in enumerate(self.reasons.values()):
            button.setCheckable(True)
            grid.addWidget(button, number // 2, number % 2)
        # Beside the last reason, which is the one that needs words.
        grid.addWidget(self.comment, (len(self.reasons) - 1) // 2, 1)
        return grid

    def chosen(self) -> tuple[str, ...]:
        """The codes of the reasons that are pressed."""
        return tuple(reason for reason, button in self.reasons.items() if button.isChecked())


class ThanksPage(QWidget):
    """Shown for a moment, then the window goes."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(Tick(), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(18)
        layout.addWidget(words(_("Thank you for your rating."), 48, bold=True))
        layout.addWidget(words(_("We go on from here."), 24, theme.INK_SOFT))
        layout.addStretch(3)
