"""The fields of a new ticket: matter, resident, priority, papers, remark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.documents.page import missing_glyphs, named
from hall_desk.i18n import _
from hall_desk.services import privacy
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.ui.buttons import Link, Segmented
from hall_desk.ui.fields import LabelledField, PhoneEdit
from hall_desk.ui.id_field import IdField, tell_after_leaving
from hall_desk.ui.labels import Text
from hall_desk.ui.matter_search import MatterSearch
from hall_desk.ui.papers_table import PaperRow, PapersTable
from hall_desk.ui.ticket_cards import Chip

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.devices.instruments import IdCard
    from hall_desk.services.matters import Matter, MatterLine
    from hall_desk.services.tickets import PaperLine, TicketView
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class Draft:
    """What was typed in a form that was closed before it was sent. `id` becomes the ticket's."""

    id: UUID
    matter: MatterLine | None
    matter_text: str
    name: str
    phone: str
    id_number: str
    priority: str
    remark: str
    consent: bool
    rows: tuple[PaperRow, ...]

    @property
    def who(self) -> str:
        """Resident and matter in a few words, empty when there is neither."""
        parts = (self.name or self.phone, self.matter.name if self.matter else self.matter_text)
        return " · ".join(part for part in parts if part)

    def is_of(self, name: str, phone: str) -> bool:
        """Whether it was begun for this resident."""
        return self.name == name.strip() and "".join(self.phone.split()) == "".join(phone.split())

    @property
    def empty(self) -> bool:
        return not (self.who or self.remark or self.id_number)


def _shared_key(row: PaperRow) -> UUID | None:
    key = row.key
    return key[1] if isinstance(key, tuple) and key[0] == "shared" else None


class IntakeForm(QWidget):
    """The left side of the new-ticket form."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matter = MatterSearch(session, suggest=True)
        self.matter_field = LabelledField(_("Matter"), self.matter)
        self.name = LabelledField(_("Name"))
        self.phone = LabelledField(_("Phone number"), PhoneEdit())
        self.lacking = Text("", "error").wrap()
        self.lacking.hide()
        self.id_number = IdField()
        self.priority = Segmented((), none_allowed=True)
        self._priority_wanted = ""
        self._first: TicketView | None = None
        self.all_complete = Link(_("All complete  Alt+A"))
        self.papers = PapersTable(
            ("name", "kind", "count"), adding=_("+ other paper…"), most_rows=5
        )
        self.papers_error = Text("", "error").wrap()
        self.papers_error.hide()
        self.remark = LabelledField(
            _("Remark"), placeholder=_("e.g. walks with difficulty, waits in the foyer")
        )
        self._session = session
        self._lay_out()
        self.name.edit.textChanged.connect(self._name_typed)
        self.all_complete.clicked.connect(self.tick_all)
        self.papers.edited.connect(self.papers_error.hide)
        self.phone.edit.editingFinished.connect(self._phone_left)

    def _lay_out(self) -> None:
        resident = QHBoxLayout()
        resident.setSpacing(10)
        for field, share in ((self.name, 150), (self.phone, 160), (self.id_number, 214)):
            resident.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        self._priority_row = QHBoxLayout()
        self._priority_row.setSpacing(8)
        self._priority_row.addWidget(Text(_("Priority"), "label"))
        self._priority_row.addWidget(self.priority, 1)
        received = QHBoxLayout()
        received.setSpacing(12)
        received.addWidget(Text(_("Papers received"), "label"))
        received.addWidget(self.all_complete)
        received.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addWidget(self.matter_field)
        layout.addLayout(resident)
        layout.addWidget(self.lacking)
        layout.addLayout(self._priority_row)
        layout.addLayout(received)
        layout.addWidget(self.papers)
        layout.addWidget(self.papers_error)
        layout.addWidget(self.remark)
        layout.addStretch(1)

    # --- what is offered ------------------------------------------------------------------------

    def go_on_from(self, first: TicketView) -> None:
        """Another matter of the resident of `first`: the resident stands, and its papers are offered as shared."""
        self._first = first
        self.name.set_text(first.card.name)
        self.phone.set_text(first.phone_masked)
        self._priority_wanted = first.card.priority
        self.priority.set_value(first.card.priority or None)
        for edit in (self.name.edit, self.phone.edit):
            edit.setEnabled(False)
        self.id_number.hide()

    def _sheets(self) -> list[PaperLine]:
        """The papers of the first ticket that the hall still has."""
        return [paper for paper in self._first.papers if paper.in_our_hands] if self._first else []

    def offer_priorities(self, priorities: tuple[str, ...]) -> None:
        """The hall's list; what a draft had chosen stays chosen."""
        offered = [(value, i18n.code("priority", value)) for value in priorities]
        old, self.priority = self.priority, Segmented(offered, none_allowed=True)
        self._priority_row.replaceWidget(old, self.priority)
        old.hide()
        old.deleteLater()
        self.priority.set_value(self._priority_wanted or None)
        before: QWidget = self.id_number.edit
        for button in self.priority.buttons():
            QWidget.setTabOrder(before, button)
            before = button
        QWidget.setTabOrder(before, self.all_complete)

    def show_materials(self, matter: Matter) -> None:
        """The matter's checklist. Ticks of papers with the same name, and lines by hand, stay."""
        written = [row for row in self.papers.rows() if row.free]
        ticked = {row.name for row in self.papers.ticked()}
        listed = {material.name for material in matter.materials}
        sheets = {sheet.name: sheet for sheet in self._sheets()}
        rows = [
            self._sheet_row(sheet, ticked=sheet.name in listed or sheet.name in ticked)
            for sheet in sheets.values()
        ]
        for number, material in enumerate(matter.materials):
            if material.name in sheets:
                continue
            said = material.note or (_("Required") if material.required else "")
            rows.append(
                PaperRow(
                    ("listed", number),
                    material.name,
                    original=material.original,
                    count=material.count,
                    ticked=material.name in ticked,
                    reminder=Chip("warn" if material.required else "muted", said) if said else None,
                    fixed=False,
                )
            )
        self.papers.show_rows(rows + written)

    def _sheet_row(self, sheet: PaperLine, *, ticked: bool) -> PaperRow:
        """A paper of the first ticket: ticked, the same sheet serves this ticket too, and stays listed there."""
        number = sheet.shared or (self._first.card.number if self._first else "")
        return PaperRow(
            ("shared", sheet.id),
            sheet.name,
            original=sheet.original,
            count=sheet.count,
            ticked=ticked,
            chip=Chip("info", _("shared with {number}").format(number=number)),
        )

    def tick_all(self) -> None:
        self.papers.commit()
        self.papers.papers.tick_all()

    # --- what was typed -------------------------------------------------------------------------

    def resident(self) -> tuple[str, str]:
        """Name and phone as typed."""
        return self.name.text().strip(), self.phone.edit.digits()

    def take_card(self, card: IdCard) -> None:
        """Fills in what was read from an ID card; the keyboard goes where typing goes on."""
        if card.name:
            self.name.set_text(card.name)
        self.id_number.clear_error()
        self.id_number.set_number(card.number)
        following = self.phone if self.name.text().strip() else self.name
        following.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def new_ticket(self, ticket_id: UUID, *, consent: bool, second_allowed: bool) -> NewTicket:
        """The form as it is sent. Raises BadInput `matter` while none is chosen."""
        self.papers.commit()
        line = self.matter.matter
        if line is None:
            raise errors.BadInput("matter", "empty")
        name, phone = ("", "") if self._first else self.resident()
        return NewTicket(
            id=ticket_id,
            matter_id=line.id,
            name=name,
            phone=phone,
            id_number="" if self._first else self.id_number.number(),
            priority=str(self.priority.value() or ""),
            remark=self.remark.text(),
            consent=consent,
            papers=tuple(
                NewPaper(row.name, row.original, row.count, _shared_key(row))
                for row in self.papers.ticked()
            ),
            visit=self._first.card.id if self._first else None,
            second_allowed=second_allowed,
        )

    def draft(self, ticket_id: UUID, *, consent: bool) -> Draft:
        self.papers.commit()
        return Draft(
            id=ticket_id,
            matter=self.matter.matter,
            matter_text="" if self.matter.matter else self.matter.text(),
            name=self.name.text().strip(),
            phone=self.phone.text(),
            id_number=self.id_number.number(),
            priority=str(self.priority.value() or ""),
            remark=self.remark.text(),
            consent=consent,
            rows=tuple(replace(row) for row in self.papers.rows()),
        )

    def fill(self, draft: Draft) -> None:
        """Shows a draft's texts; its matter is chosen by whoever reads the checklist."""
        self.name.set_text(draft.name)
        self.phone.set_text(draft.phone)
        self.id_number.set_number(draft.id_number)
        self._priority_wanted = draft.priority
        self.priority.set_value(draft.priority or None)
        self.remark.set_text(draft.remark)
        self.papers.show_rows([replace(row) for row in draft.rows])
        if draft.matter is None:
            self.matter.set_text(draft.matter_text)
        else:
            self.matter.set_matter(draft.matter)

    # --- what is wrong --------------------------------------------------------------------------

    def show_error(self, error: errors.HallDeskError) -> bool:
        """Says it beside its field; False for an error that is about none of them."""
        fields = {
            "matter": self.matter_field,
            "window": self.matter_field,
            "name": self.name,
            "phone": self.phone,
            "id_number": self.id_number,
            "remark": self.remark,
        }
        sentence = i18n.explain(error)
        match error:
            case errors.NotFound(kind="matter"):
                self.matter_field.show_error(sentence)
            case errors.BadInput(field="papers"):
                self.papers_error.setText(sentence)
                self.papers_error.show()
                self.papers.setFocus(Qt.FocusReason.OtherFocusReason)
            case errors.BadInput(field=field) if field in fields:
                fields[field].show_error(sentence)
            case _:
                return False
        return True

    def clear_errors(self) -> None:
        for field in (self.matter_field, self.name, self.phone, self.id_number, self.remark):
            field.clear_error()
        self.papers_error.hide()

    def _name_typed(self, name: str) -> None:
        """Reading the fonts takes a tenth of a second: that is nothing for the thread that draws."""
        self._session.background.devices(
            self, lambda: missing_glyphs(name), self._tell_lacking, replaces="name"
        )

    def _tell_lacking(self, characters: str) -> None:
        said = _("The fonts lack {characters}: the receipt will show 〓. Write it in by hand.")
        self.lacking.setText(said.format(characters=named(characters)))
        self.lacking.setVisible(bool(characters))

    def _phone_left(self) -> None:
        if self._first is not None:
            return
        try:
            privacy.check_phone(self.phone.edit.digits())
        except errors.BadInput as error:
            tell_after_leaving(self.phone, i18n.explain(error))
