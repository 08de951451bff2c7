"""What a resident is told about a matter: where, what to bring, what it costs, how long it takes; and an old notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.ui.buttons import Link
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.notice_rows import paper_words
from hall_desk.ui.slip_choices import phone_words, window_words

if TYPE_CHECKING:
    from hall_desk.services.matters import MaterialLine, Matter
    from hall_desk.services.missing_notices import Notice, NoticeItem
    from hall_desk.store.database import Store


def _item_words(item: NoticeItem) -> str:
    return paper_words(item.name, item.original, item.count, item.note)


def _material_words(material: MaterialLine) -> str:
    notes = (_("if there is one") if not material.required else "", material.note)
    note = _(", ").join(filter(None, notes))
    return paper_words(material.name, material.original, material.count, note)


class MatterDetails(Ground):
    """The card beside the search. `print_asked` gives the notice that is to be printed again."""

    print_asked = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._store = store
        self._notice: Notice | None = None
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(_("About the matter"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 8, 1, 8)
        layout.addWidget(self._scroll)
        self.show_nothing()

    def words(self) -> str:
        """All that is shown, line by line."""
        shown = self._scroll.widget()
        return "\n".join(text.text() for text in shown.findChildren(Text)) if shown else ""

    def show_nothing(self) -> None:
        """Before a matter is chosen."""
        column = self._start()
        hint = Text(_("Choose a matter to see what it needs"), "soft").wrap()
        column.addWidget(hint)
        column.addStretch(1)

    def show_matter(self, matter: Matter | None, notice: Notice | None = None) -> None:
        """A matter, under a notice that was given for it earlier."""
        if matter is None and notice is None:
            self.show_nothing()
            return
        column = self._start()
        if notice is not None:
            column.addWidget(self._notice_band(notice))
        if matter is not None:
            self._fill(column, matter)
        column.addStretch(1)

    def _start(self) -> QVBoxLayout:
        self._notice = None
        ground = QWidget()
        ground.setProperty("clear", "yes")
        column = QVBoxLayout(ground)
        column.setContentsMargins(18, 6, 18, 6)
        column.setSpacing(5)
        self._scroll.setWidget(ground)  # the old one is deleted
        return column

    def _fill(self, column: QVBoxLayout, matter: Matter) -> None:
        line = matter.line
        column.addWidget(Text(line.name, "title").wrap())
        for window in matter.windows:
            words = "  ".join(filter(None, (window_words(window), phone_words(window))))
            column.addWidget(Text(words, "heading").wrap())
            if window.hours:
                column.addWidget(Text(window.hours, "soft").wrap())
        promised = _n("within {count} min", "within {count} min", line.promised_minutes)
        facts = [promised.format(count=line.promised_minutes)]
        if matter.fee:
            facts.append(_("Fee: {fee}").format(fee=matter.fee))
        names = "  ".join(i18n.code("channel", channel) for channel in line.channels)
        column.addWidget(Text(" · ".join(facts)).wrap())
        column.addWidget(Text(_("Channels: {names}").format(names=names), "soft").wrap())
        if matter.materials:
            column.addSpacing(4)
            column.addWidget(Text(_("Please bring:"), "label"))
            for number, material in enumerate(matter.materials, start=1):
                column.addWidget(Text(f"{number}. {_material_words(material)}").wrap())
        for label, text in (
            (_("Note"), matter.note),
            (_("Online"), matter.online_address),
            (_("Legal basis"), matter.legal_basis),
        ):
            if text:
                column.addSpacing(4)
                column.addWidget(Text(label, "label"))
                column.addWidget(_selectable(Text(text).wrap()))

    def _notice_band(self, notice: Notice) -> Band:
        self._notice = notice
        band = Band("warn")
        inside = QVBoxLayout(band)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(3)
        given = _("Notice of {day}, told by {clerk}: still missing").format(
            day=f"{self._store.local(notice.at):%Y-%m-%d}", clerk=notice.staff
        )
        inside.addWidget(Text(given).wrap())
        for number, item in enumerate(notice.missing, start=1):
            inside.addWidget(Text(f"{number}. {_item_words(item)}", "heading").wrap())
        if notice.complete:
            names = _(", ").join(item.name for item in notice.complete)
            inside.addWidget(Text(_("In order: {names}").format(names=names)).wrap())
        if notice.note:
            inside.addWidget(Text(_("Note: {text}").format(text=notice.note)).wrap())
        again = Link(_("Print the notice again") + "  Alt+P")
        again.clicked.connect(self.ask_print)
        inside.addWidget(again)
        return band

    def ask_print(self) -> None:
        if self._notice is not None:
            self.print_asked.emit(self._notice)


def _selectable(text: Text) -> Text:
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text
