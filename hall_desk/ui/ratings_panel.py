"""What residents said, for managers: low grades to look into, the grades of thirty days, and the newest ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import ratings
from hall_desk.ui import theme
from hall_desk.ui.dialogs.follow_up import FollowUpDialog, reasons_text
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Chip, Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from hall_desk.services.accounts import Actor
    from hall_desk.services.ratings import Counts, RatingLine
    from hall_desk.ui.session import Session

DAYS = 30
_BAR_ROW = 30
_COUNT_WIDTH = 44


@dataclass(frozen=True)
class Read:
    waiting: list[RatingLine]
    recent: list[RatingLine]
    counts: Counts


def read(actor: Actor) -> Read:
    today = actor.store.today()
    return Read(
        ratings.to_follow_up(actor),
        ratings.recent(actor, DAYS),
        ratings.counts(actor, today - timedelta(days=DAYS - 1), today),
    )


class GradeBars(QWidget):
    """How many of each grade, as bars with their numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[tuple[int, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Ratings by grade"))

    def show_counts(self, counts: tuple[tuple[int, int], ...]) -> None:
        self._counts = counts
        said = _(", ").join(f"{i18n.code('grade', str(g))} {n}" for g, n in counts)
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, _BAR_ROW * 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(theme.TEXT_SMALL))
        metrics = painter.fontMetrics()
        words = [i18n.code("grade", str(grade)) for grade, _count in self._counts]
        left = max((metrics.horizontalAdvance(word) for word in words), default=0) + 12
        most = max((count for _grade, count in self._counts), default=0) or 1
        room = max(10, self.width() - left - _COUNT_WIDTH)
        for row, ((grade, count), word) in enumerate(zip(self._counts, words, strict=True)):
            line = QRectF(0, row * _BAR_ROW, self.width(), _BAR_ROW)
            painter.setPen(QColor(theme.INK_SOFT))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, word)
            bar = QRectF(left, line.center().y() - 7, room * count / most, 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.BAD_LINE if grade in ratings.LOW else theme.BAR))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(theme.INK))
            number = QRectF(bar.right() + 8, line.top(), _COUNT_WIDTH, line.height())
            painter.drawText(number, Qt.AlignmentFlag.AlignVCenter, str(count))


class RatingsPanel(QWidget):
    """The section of the people page that only managers have."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.satisfied = Chip("", "ok")
        self.bars = GradeBars()
        self.nothing = Text(_("Nothing to follow up."), "soft")
        store = session.store

        def due(line: RatingLine) -> str:
            return f"{store.local(line.due_at):%m-%d}" if line.due_at else ""

        def urgency(line: RatingLine) -> str:
            late = line.due_at is not None and line.due_at < session.now()
            return "bad" if late else "warn"

        subject = self._subject
        waiting: tuple[Column[RatingLine], ...] = (
            Column(_("Due"), due, 84, chip=urgency),
            Column(_("Grade"), lambda r: i18n.code("grade", str(r.grade)), 110, weight=1),
            Column(_("About"), subject, 170, weight=3),
            Column(_("Why"), _why, 190, weight=4),
        )
        recent: tuple[Column[RatingLine], ...] = (
            Column(_("Time"), lambda r: f"{store.local(r.at):%m-%d %H:%M}", 112),
            Column(
                _("Grade"),
                lambda r: i18n.code("grade", str(r.grade)),
                156,
                chip=lambda r: "bad" if r.low else "ok",
            ),
            Column(_("About"), subject, 170, weight=2),
            Column(_("Why"), _why, 170, weight=3),
            Column(_("Followed up"), self._followed, 150, weight=2),
        )
        self.waiting_model: RowsModel[RatingLine] = RowsModel(waiting, key=lambda r: r.id)
        self.waiting_table = Table(self.waiting_model)
        self.waiting_table.setAccessibleName(_("Low grades to follow up"))
        self.recent_model: RowsModel[RatingLine] = RowsModel(recent, key=lambda r: r.id)
        self.recent_table = Table(self.recent_model)
        self.recent_table.setAccessibleName(_("Newest ratings"))
        self.first_steps = FirstSteps(session, "ratings", self.recent_table.viewport())
        self._lay_out()
        self.waiting_table.chosen.connect(self.open)
        self.recent_table.chosen.connect(self.open)

    def _lay_out(self) -> None:
        side = Ground()
        side.setFixedWidth(330)
        in_side = QVBoxLayout(side)
        in_side.setContentsMargins(20, 14, 20, 14)
        in_side.setSpacing(10)
        in_side.addWidget(Text(_("Last {days} days").format(days=DAYS), "heading"))
        in_side.addWidget(self.bars)
        in_side.addWidget(self.satisfied)
        in_side.addStretch(1)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(
            _card(_("To follow up"), self.waiting_table, self.nothing, _("Enter opens it")), 1
        )
        upper.addWidget(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(upper, 1)
        layout.addWidget(_card(_("Newest ratings"), self.recent_table), 1)

    def arrive(self) -> None:
        table = self.waiting_table if self.waiting_model.rows else self.recent_table
        table.setFocus(Qt.FocusReason.TabFocusReason)

    def reload(self) -> None:
        actor = self._session.actor
        self._session.background.data(self, lambda: read(actor), self._show, replaces="reload")

    def _show(self, shown: Read) -> None:
        self.waiting_model.show(shown.waiting)
        self.recent_model.show(shown.recent)
        self.first_steps.show_for(empty=not shown.recent)
        self.nothing.setVisible(not shown.waiting)
        self.waiting_table.setVisible(bool(shown.waiting))
        self.bars.show_counts(shown.counts.by_grade)
        total = shown.counts.total
        if total:
            share = round(100 * shown.counts.satisfied / total)
            words = _n(
                "{count} rating, {share} % satisfied", "{count} ratings, {share} % satisfied", total
            )
            self.satisfied.show_text(words.format(count=total, share=share), "ok")
        else:
            self.satisfied.show_text(_("No ratings yet"), "muted")

    def open(self, line: RatingLine) -> None:
        FollowUpDialog(self._session, line).open()

    @staticmethod
    def _subject(line: RatingLine) -> str:
        window = window_text(line.window) if line.window else ""
        return " · ".join(part for part in (line.number, line.matter, window) if part) or _(
            "The hall"
        )

    def _followed(self, line: RatingLine) -> str:
        if line.followed_up_at is not None:
            return f"{line.followed_up_by} {self._session.store.local(line.followed_up_at):%m-%d}"
        return _("Not followed up yet") if line.waits else ""


def _why(line: RatingLine) -> str:
    return " · ".join(part for part in (reasons_text(line), line.comment) if part)


def _card(
    title: str, table: Table[RatingLine], nothing: Text | None = None, hint: str = ""
) -> Ground:
    card = Ground()
    head = QHBoxLayout()
    head.setContentsMargins(16, 0, 16, 0)
    head.addWidget(Text(title, "heading"))
    head.addStretch(1)
    if hint:
        head.addWidget(Text(hint, "label"))
    inside = QVBoxLayout(card)
    inside.setContentsMargins(1, 12, 1, 1)
    inside.setSpacing(8)
    inside.addLayout(head)
    if nothing is not None:
        nothing.setContentsMargins(16, 0, 16, 0)
        inside.addWidget(nothing)
    inside.addWidget(table, 1)
    if nothing is not None:
        inside.addStretch(0)
    return card
