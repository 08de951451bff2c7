"""Before a drill: which day, which posts trainees take, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from hall_desk.i18n import WEEKDAYS, _, _n
from hall_desk.services import drill
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.drill.words import pace_words, post_words
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.drill import DrillScript
    from hall_desk.ui.session import Session

_POSTS_ACROSS = 6


@dataclass(frozen=True)
class Source:
    """Where a day comes from: a file, or a day of this hall, which is recorded when it is chosen."""

    file: Path | None = None
    day: date | None = None


class StartPanel(QWidget):
    """The day, the posts, the pace. `refused` says why a day cannot be played, `ready` that it can (or not)."""

    refused = Signal(object)
    ready = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.script: DrillScript | None = None
        self.source = QComboBox()
        self.source.setFixedHeight(theme.FIELD_HEIGHT)
        self.source.setAccessibleName(_("Which day"))
        self.file_button = Button(_("Another file…"), "plain", "Alt+Y")
        self.about = Text("", "soft").wrap()
        self.paces = Segmented([(times, pace_words(times)) for times in drill.PACES])
        self.paces.set_value(5)
        self.posts: dict[str, QCheckBox] = {}
        self._places = QGridLayout()
        self._places.setHorizontalSpacing(14)
        self._places.setVerticalSpacing(6)
        self._asked: QFileDialog | None = None
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.source, 1)
        line.addWidget(self.file_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Text(_("Which day"), "label"))
        layout.addLayout(line)
        layout.addWidget(self.about)
        layout.addSpacing(6)
        layout.addWidget(Text(_("Posts that trainees take; the drill plays all others"), "label"))
        layout.addLayout(self._places)
        layout.addSpacing(6)
        layout.addWidget(Text(_("Pace"), "label"))
        layout.addWidget(self.paces)
        layout.addStretch(1)
        self.source.currentIndexChanged.connect(self._chosen)
        self.file_button.clicked.connect(self.ask_file)

    def load(self) -> None:
        """Offers the day this hall was made of, and the days of this hall."""
        actor, folder = self._session.actor, self._session.papers.parent
        kept = folder / drill.KEPT

        def find() -> list[Source]:
            found = [Source(file=kept)] if kept.exists() else []
            return found + [Source(day=day) for day in drill.days(actor)]

        self._session.background.data(self, find, self._offer, self.refused.emit)

    def trainees(self) -> frozenset[str]:
        """The posts that were ticked."""
        return frozenset(post for post, box in self.posts.items() if box.isChecked())

    def times(self) -> int:
        """The pace that was chosen."""
        value = self.paces.value()
        return value if isinstance(value, int) else 1

    def ask_file(self) -> None:
        """Asks for a recorded day in a file."""
        asked = QFileDialog(self, _("A recorded day"))
        asked.setFileMode(QFileDialog.FileMode.ExistingFile)
        place = QStandardPaths.StandardLocation.DocumentsLocation
        asked.setDirectory(QStandardPaths.writableLocation(place) or str(Path.home()))
        asked.setNameFilter(f"{_('Drill day')} (*{drill.ENDING})")
        asked.fileSelected.connect(lambda name: self.take_file(Path(name)))
        asked.finished.connect(asked.deleteLater)
        self._asked = asked
        asked.open()

    def take_file(self, file: Path) -> None:
        """Offers a file and chooses it."""
        self.source.insertItem(0, file.name, Source(file=file))
        self.source.setCurrentIndex(0)

    def _offer(self, sources: list[Source]) -> None:
        self.source.blockSignals(True)
        self.source.clear()
        for source in sources:
            self.source.addItem(_source_words(source), source)
        self.source.blockSignals(False)
        if sources:
            self._chosen(0)
        else:
            self.about.setText(_("Nothing was recorded in this hall yet. Choose a file."))
            self.ready.emit(False)

    def _chosen(self, _number: int) -> None:
        source = self.source.currentData()
        if not isinstance(source, Source):
            return
        self.script = None
        self.ready.emit(False)
        self.about.setText(_("Reading the day …"))
        actor = self._session.actor

        def get() -> DrillScript:
            if source.file is not None:
                return drill.read(source.file)
            assert source.day is not None
            return drill.record(actor, source.day)

        self._session.background.data(self, get, self._take, self._fail, replaces="script")

    def _take(self, script: DrillScript) -> None:
        self.script = script
        words = _n(
            "{hall}, a {weekday}: {count} act, without a single person of that day.",
            "{hall}, a {weekday}: {count} acts, without a single person of that day.",
            len(script.acts),
        )
        self.about.setText(
            words.format(
                hall=script.hall, weekday=_(WEEKDAYS[script.weekday]), count=len(script.acts)
            )
        )
        for box in self.posts.values():
            self._places.removeWidget(box)
            box.deleteLater()
        self.posts = {post: QCheckBox(post_words(post)) for post in script.posts}
        for number, box in enumerate(self.posts.values()):
            self._places.addWidget(box, number // _POSTS_ACROSS, number % _POSTS_ACROSS)
        self._keep_order()
        self.ready.emit(True)

    def _keep_order(self) -> None:
        before: QWidget = self.file_button
        for box in self.posts.values():
            QWidget.setTabOrder(before, box)
            before = box
        QWidget.setTabOrder(before, self.paces)

    def _fail(self, error: HallDeskError) -> None:
        self.about.setText("")
        self.refused.emit(error)


def _source_words(source: Source) -> str:
    if source.day is None:
        return _("The day this practice hall was made of")
    weekday = _(WEEKDAYS[source.day.weekday()])
    return _("{day} ({weekday}) of this hall").format(day=source.day.isoformat(), weekday=weekday)
