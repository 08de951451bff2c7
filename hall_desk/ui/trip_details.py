"""What stands behind one line of second trips: the visits one by one, and what the matter's checklist is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import trip_tables
from hall_desk.services.second_trips import ABSENT, OPTIONAL, OTHER_FORM, REQUIRED
from hall_desk.ui.buttons import Button
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip, Elided, Ground, Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.second_trips import Line, Trip

WIDTH = 560
CHANGE, NOTE, LATER = "Alt+K", "Alt+W", "Alt+O"
STANDING_CHIPS = {REQUIRED: "ok", OPTIONAL: "warn", OTHER_FORM: "warn", ABSENT: "bad"}


class TripDetails(Ground):
    """Asks for what is to be done with the line's paper: `put_asked` and `note_asked` with the note, `require_asked`;
    and with the key of a ticket behind a visit that it is shown, `ticket_asked`.

    What is half typed belongs to its line: it waits there while another one is looked at.
    """

    put_asked = Signal(str)
    require_asked = Signal()
    note_asked = Signal(str)
    ticket_asked = Signal(object)

    def __init__(self, *, may_change: bool, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self.setFixedWidth(WIDTH)
        self._may_change = may_change
        self._line: Line | None = None
        self._half_typed: dict[object, str] = {}
        self.paper = Elided("", "title")
        self.standing = Chip()
        self.matter = Text("", "soft").wrap()
        self.model, self.table = _make_table()
        self.missing = Text("").wrap()
        self.first_button = Button("", "plain", "Enter")
        self.later_button = Button("", "plain", LATER)
        self.note = LabelledField(
            _("Note at the paper"), placeholder=_("e.g. both sides; not older than three months")
        )
        self.note.edit.setMaxLength(200)
        self.change_button = Button("", "primary", CHANGE)
        self.note_button = Button(_("Write the note"), "plain", NOTE)
        self.advice = Text("", "soft").wrap()
        self.nothing = Text(_("Choose a line to see the visits behind it."), "soft").wrap()
        self._body = QWidget()
        self._foot = QWidget()
        self._lay_out()
        self.table.moved_to.connect(self._show_trip)
        self.table.chosen.connect(lambda _trip: self.open_first())
        self.first_button.clicked.connect(self.open_first)
        self.later_button.clicked.connect(self.open_later)
        self.change_button.clicked.connect(self.change)
        self.note_button.clicked.connect(self.write_note)
        self.note.edit.returnPressed.connect(self._entered)
        self.show_line(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.paper, 1)
        head.addWidget(self.standing)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.change_button)
        buttons.addWidget(self.note_button)
        buttons.addStretch(1)
        tickets = QHBoxLayout()
        tickets.setSpacing(10)
        tickets.addWidget(self.first_button)
        tickets.addWidget(self.later_button)
        tickets.addStretch(1)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.note)
        foot.addLayout(buttons)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self.matter)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.missing)
        inside.addLayout(tickets)
        inside.addWidget(self.advice)
        inside.addWidget(self._foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._body, 1)

    def line(self) -> Line | None:
        return self._line

    def show_line(self, line: Line | None) -> None:
        """Shows one line with its visits, or none."""
        before = self._line
        other = before is None or line is None or before.key != line.key
        if other and before is not None and self.note.text() != before.note:
            self._half_typed[before.key] = self.note.text()
        self._line = line
        self._body.setVisible(line is not None)
        self.nothing.setVisible(line is None)
        if line is None:
            return
        if other:
            self.note.set_text(self._half_typed.pop(line.key, line.note))
            self.note.clear_error()
        elif before is not None and self.note.text() == before.note != line.note:
            self.note.set_text(line.note)
        self.paper.setText(trip_tables.paper_words(line.paper))
        standing = i18n.code("on_checklist", line.standing) if line.standing else ""
        self.standing.show_text(standing, STANDING_CHIPS.get(line.standing, "muted"))
        self.matter.setText(_words(line))
        self.model.show(line.trips)
        if self.table.selected() is None:
            self.table.selectRow(0)
        selected = self.table.selected()
        if selected is not None:
            self._show_trip(selected)
        self._show_acts(line)

    def _show_acts(self, line: Line) -> None:
        can = self._may_change and line.paper is not None and not line.retired
        self._foot.setVisible(can)
        self.advice.setText(_advice(line))
        absent = line.standing in (ABSENT, OTHER_FORM)
        words = _("Put it on the checklist") if absent else _("Mark as required")
        self.change_button.setText(words)
        self.change_button.setVisible(line.standing != REQUIRED)
        self.note_button.setVisible(not absent)

    def _show_trip(self, trip: Trip) -> None:
        first, later = _tickets(trip)
        for button, key, number in (
            (self.first_button, first, trip.first_number),
            (self.later_button, later, trip.second_number),
        ):
            button.setVisible(key is not None)
            button.setText(_("Open {number}").format(number=number))
        papers = _(", ").join(trip_tables.paper_words(one) for one in trip.papers)
        windows = dict.fromkeys(one for one in (trip.first_window, trip.second_window) if one)
        said = [
            _("Missing: {what}").format(what=papers or _("No paper named")),
            trip.words,
            *(_("Window {number}").format(number=number) for number in windows),
        ]
        self.missing.setText("  ·  ".join(part for part in said if part))

    def open_first(self) -> None:
        """Asks for the ticket of the selected visit; of the later one where the first visit made none."""
        trip = self._selected()
        if trip is not None and (key := next(filter(None, _tickets(trip)), None)) is not None:
            self.ticket_asked.emit(key)

    def open_later(self) -> None:
        """Asks for the ticket of the later visit."""
        trip = self._selected()
        if trip is not None and (key := _tickets(trip)[1]) is not None:
            self.ticket_asked.emit(key)

    def _selected(self) -> Trip | None:
        return None if self._line is None else self.table.selected()

    def change(self) -> None:
        """Puts the paper on the list with the note, or marks it as required."""
        line = self._line
        if line is None or self._foot.isHidden():
            return
        if line.standing in (ABSENT, OTHER_FORM):
            self.put_asked.emit(self.note.text())
        elif line.standing == OPTIONAL:
            self.require_asked.emit()

    def write_note(self) -> None:
        """Writes the note at a paper that is on the list."""
        line = self._line
        if line is not None and line.standing in (OPTIONAL, REQUIRED) and self._may_change:
            self.note_asked.emit(self.note.text())

    def _entered(self) -> None:
        if self.note_button.isHidden():
            self.change()
        else:
            self.write_note()


def _tickets(trip: Trip) -> tuple[UUID | None, UUID | None]:
    """The tickets of the first and of the later visit; one that was only taken up again stands once."""
    later = trip.second_ticket if trip.second_ticket != trip.first_ticket else None
    return trip.first_ticket, later


def _words(line: Line) -> str:
    """The matter, and the line's figures in one sentence."""
    trips = _n("{count} second trip", "{count} second trips", line.count).format(count=line.count)
    people = _n("{count} person", "{count} people", line.people).format(count=line.people)
    parts = [f"{line.code} {line.matter}", trips, people]
    if line.share is not None:
        share = _("{share} of {visits} visits")
        parts.append(share.format(share=trip_tables.share_words(line), visits=line.visits))
    if line.certain:
        parts.append(_("{count} certain").format(count=line.certain))
    return "  ·  ".join(parts)


def _advice(line: Line) -> str:
    """What the figures suggest, in one sentence."""
    if line.paper is None:
        return _("No paper was named. Read the visits: should the checklist say more?")
    if line.retired:
        return _("The matter has been retired.")
    return {
        ABSENT: _("The checklist does not ask for it, so nobody could know."),
        OTHER_FORM: _("The checklist asks for it in another form only: original or copy."),
        OPTIONAL: _("The checklist has it, but does not require it."),
        REQUIRED: _("It is required already. A note may say which one is meant, or what to bring."),
    }[line.standing]


def _make_table() -> tuple[RowsModel[Trip], Table[Trip]]:
    columns: tuple[Column[Trip], ...] = (
        Column(_("First visit"), _first, 168, weight=1),
        Column(
            _("Ticket or notice"), lambda trip: trip_tables.number_words(trip.first_number), 126
        ),
        Column(_("Second visit"), _second, 164, weight=1),
        Column(_("Days"), lambda trip: str(trip.days), 60, right=True),
    )
    model = RowsModel(columns, key=lambda trip: (trip.key, trip.second_at))
    table: Table[Trip] = Table(model)
    table.setAccessibleName(_("Visits"))
    return model, table


def _first(trip: Trip) -> str:
    return f"{trip.first_at:%m-%d} {i18n.code('first_trip', trip.first_kind)}"


def _second(trip: Trip) -> str:
    number = trip.second_number if trip.second_kind == "ticket" else ""
    return f"{trip.second_at:%m-%d} {i18n.code('second_trip', trip.second_kind)} {number}".strip()
