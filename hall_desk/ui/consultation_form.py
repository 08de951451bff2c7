"""What is asked at the consultation post: a matter, found while typing, or a question in a few words; and who asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import consultations, matters, missing_notices
from hall_desk.services.consultations import NewConsultation
from hall_desk.ui import theme
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.fields import LabelledField, PhoneEdit
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import MatterLine
    from hall_desk.ui.session import Session

_MOST = 20  # matters in the list
_ROWS = 4  # seen without scrolling, at least
_MOBILE = re.compile(r"1[3-9]\d{9}")


class _Search(QLineEdit):
    """Hands the keys that move through the list to the list."""

    def __init__(self, table: Table[MatterLine]) -> None:
        super().__init__()
        self._table = table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 4,
            Qt.Key.Key_PageUp: -4,
        }
        if key not in step:
            super().keyPressEvent(event)
            return
        count = self._table.model().rowCount()
        if count:
            row = self._table.currentIndex().row() + step[key]
            self._table.selectRow(max(0, min(row, count - 1)))


def _make_model() -> RowsModel[MatterLine]:
    columns: tuple[Column[MatterLine], ...] = (
        Column(_("Matter"), lambda line: line.name, 230, weight=1),
        Column("", lambda line: line.pinyin, 60, weight=3, ink=lambda _line: theme.INK_SOFT),
        Column(
            _("Window"), lambda line: _("Window {number}").format(number=line.window.number), 100
        ),
        Column(
            _("Today"),
            lambda line: (
                _("{count} today").format(count=line.used_today) if line.used_today else ""
            ),
            100,
            ink=lambda _line: theme.INK_SOFT,
        ),
    )
    return RowsModel(columns, key=lambda line: line.id)


class ConsultationForm(Ground):
    """The card with the search, the list of matters and who asks.

    Signals:
        matter_changed: the `MatterLine` the list stands on, or None.
        paper_asked: a notice's code, or a phone number a notice may have been given to, was scanned or typed.
    """

    matter_changed = Signal(object)
    paper_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self._searching = False
        self._wanted: UUID | None = None
        self._matter: MatterLine | None = None
        self._waiting: Callable[[], None] | None = None
        self.model = _make_model()
        self.table: Table[MatterLine] = Table(self.model)
        self.table.setAccessibleName(_("Matters"))
        self.table.horizontalHeader().hide()
        self.table.setMinimumHeight(_ROWS * theme.ROW_HEIGHT)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it is walked from the search field
        self.search = _Search(self.table)
        self.search_field = LabelledField(
            _("Matter or question"),
            self.search,
            placeholder=_("Name, code, pinyin or initials; or scan a notice of what is missing"),
        )
        self.channel = Segmented(
            [(channel, i18n.code("asked", channel)) for channel in consultations.CHANNELS]
        )
        self.channel.setAccessibleName(_("How it was asked"))
        self.question = LabelledField(_("Question in a few words"))
        self.name = LabelledField(_("Name"))
        self.phone = LabelledField(_("Phone number"), PhoneEdit())
        self._lay_out()
        self.search.textEdited.connect(self._typed)
        self.search.returnPressed.connect(self._entered)
        self.table.moved_to.connect(self._on_moved)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(Text(_("Consultations"), "title"))
        head.addStretch(1)
        head.addWidget(Text(_("Esc starts over"), "soft"))
        head.addWidget(self.channel)
        person = QHBoxLayout()
        person.setSpacing(10)
        for field, share in ((self.question, 5), (self.name, 2), (self.phone, 3)):
            person.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 14)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.search_field)
        layout.addWidget(self.table, 1)
        layout.addLayout(person)

    # --- what its owner asks and says -----------------------------------------------------------------

    @property
    def matter(self) -> MatterLine | None:
        """The matter the list stands on."""
        return self._matter

    def resident(self) -> tuple[str, str]:
        """Name and phone as typed."""
        return self.name.text().strip(), self.phone.edit.digits()

    def new(self, key: UUID, outcome: str, led_to: UUID | None = None) -> NewConsultation:
        """The consultation as it is recorded. Where no matter fits, what was searched for is the question."""
        matter = self._matter
        question = self.question.text().strip() or ("" if matter else self.search.text().strip())
        name, phone = self.resident()
        return NewConsultation(
            id=key,
            outcome=outcome,
            channel=str(self.channel.value()),
            matter_id=matter.id if matter else None,
            question=question,
            name=name,
            phone=phone,
            led_to=led_to,
        )

    def is_empty(self) -> bool:
        texts = (self.search.text(), self.question.text(), *self.resident())
        return self._matter is None and not any(text.strip() for text in texts)

    def clear(self) -> None:
        """The next person: everything empty, today's most used matters in the list."""
        for field in (self.search_field, self.question, self.name, self.phone):
            field.clear()
        self.channel.set_value("in_person")
        self._wanted = self._waiting = None
        self._find("")

    def show_resident(self, name: str, phone: str) -> None:
        self.name.set_text(name)
        self.phone.set_text(phone)
        self.phone.edit.editingFinished.emit()  # shown in groups

    def show_matter(self, line: MatterLine | None, words: str) -> None:
        """Puts a matter into the search, as if it had been typed and chosen."""
        self.search_field.set_text(words)
        self._wanted = line.id if line else None
        self._find(words)

    def reload(self) -> None:
        """Today's most used matters change with every consultation; a list somebody stands in does not."""
        if not self.search.text().strip() and self._matter is None:
            self._find("")

    def when_found(self, run: Callable[[], None]) -> None:
        """Runs it when the list shows what fits the text: at once, or when the search has answered."""
        if self._searching:
            self._waiting = run
        else:
            run()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    # --- searching ------------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        self._waiting = None
        self._wanted = None
        if missing_notices.looks_like_code(text):
            self.paper_asked.emit(text)
        else:
            self._find(text)

    def _entered(self) -> None:
        text = self.search.text()
        # A number is looked up at Enter only: a code may begin with what looks like one.
        if missing_notices.looks_like_code(text) or _MOBILE.fullmatch("".join(text.split())):
            self.paper_asked.emit(text)
        else:
            self.when_found(lambda: self.question.setFocus(Qt.FocusReason.TabFocusReason))

    def _find(self, text: str) -> None:
        self._searching = True
        actor, wanted = self._session.actor, text.strip()
        self._session.background.data(
            self,
            lambda: (wanted, matters.search(actor, wanted, _MOST)),
            self._found,
            self._not_found,
            replaces="find",
        )

    def _found(self, answer: tuple[str, list[MatterLine]]) -> None:
        text, lines = answer
        self._searching = False
        self.model.show(lines)
        there = self._wanted is not None and self.table.select(self._wanted)
        if not there and text and lines:
            self.table.select(lines[0].id)
        elif not there:
            self.table.setCurrentIndex(QModelIndex())
        self.table.scrollTo(self.table.currentIndex())
        self._settle()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _not_found(self, error: HallDeskError) -> None:
        self._searching = False
        self._waiting = None
        self.search_field.show_error(i18n.explain(error))

    def _on_moved(self, _line: MatterLine) -> None:
        if not self._searching:
            self._settle()

    def _settle(self) -> None:
        before, self._matter = self._matter, self.table.selected()
        if before != self._matter:
            self.matter_changed.emit(self._matter)

    # --- what is wrong --------------------------------------------------------------------------------

    def show_error(self, error: HallDeskError) -> bool:
        """Says it beside the field it is about; False for an error that is about none of them."""
        fields = {
            "matter": self.search_field,
            "code": self.search_field,
            "window": self.search_field,
            "question": self.question,
            "name": self.name,
            "phone": self.phone,
        }
        match error:
            case errors.NotFound(kind="matter" | "missing_notice" | "window"):
                field = self.search_field
            case errors.BadInput(field=name) if name in fields:
                field = fields[name]
            case _:
                return False
        field.show_error(i18n.explain(error))
        return True

    def clear_errors(self) -> None:
        for field in (self.search_field, self.question, self.name, self.phone):
            field.clear_error()
