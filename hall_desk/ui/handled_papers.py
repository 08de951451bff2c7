"""The papers of a ticket at the window: ticked on receipt, then told which stay and which go back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.services.tickets import MISSING, NewPaper
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.labels import Text
from hall_desk.ui.papers_table import PaperRow, PapersTable
from hall_desk.ui.ticket_cards import Chip, holder_text

if TYPE_CHECKING:
    from hall_desk.services.tickets import PaperLine, TicketView


def _is_here(paper: PaperLine, ticket: TicketView) -> bool:
    return paper.holder == "window" and paper.holder_window == ticket.card.window_number


def _chip(paper: PaperLine) -> Chip | None:
    """New papers, and sheets that serve another ticket of the visit as well."""
    if paper.new:
        return Chip("ok", _("New"))
    if paper.shared:
        return Chip("muted", _("with {number}").format(number=paper.shared))
    if paper.needed_by:
        return Chip("info", _("for {number} too").format(number=paper.needed_by))
    return None


class HandledPapers(QWidget):
    """The table with its two keys. What was ticked or typed stays while the same ticket is shown again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticket: TicketView | None = None
        self._working = False
        self.label = Text(_("Papers received (check one by one)"), "label")
        self.all_received = Link(_("All received  Alt+A"))
        self.table = PapersTable(
            ("name", "kind", "count", "place", "after"),
            adding=_("+ new card or certificate…"),
            new=True,
            most_rows=5,
        )
        self.error = Text("", "error").wrap()
        self.error.hide()
        self.record = Button("", "primary", "Alt+R")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.label)
        head.addWidget(self.all_received)
        head.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.record)
        foot.addWidget(self.error, 1)
        foot.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.table)
        layout.addLayout(foot)
        self.setFocusProxy(self.table)
        self.table.edited.connect(self._edited)

    # --- showing --------------------------------------------------------------------------------

    def show_ticket(self, ticket: TicketView, *, working: bool) -> None:
        """Shows the papers; only while `working` can anything be ticked, kept or added."""
        same = self._ticket is not None and self._ticket.card.id == ticket.card.id
        before = {row.key: row for row in self.table.rows()} if same and self._working else {}
        self._ticket, self._working = ticket, working
        rows = [self._row(paper, ticket, before.get(paper.id)) for paper in ticket.papers]
        if working:
            rows += [replace(row) for row in before.values() if row.free]
        self.table.papers.adding = _("+ new card or certificate…") if working else ""
        self.table.show_rows(rows)
        self._tell()

    def restore(self, rows: list[PaperRow]) -> None:
        """Puts back what had been ticked and typed on this ticket before another one was shown."""
        if self._ticket is None or not self._working:
            return
        before = {row.key: row for row in rows}
        shown = [
            self._row(paper, self._ticket, before.get(paper.id)) for paper in self._ticket.papers
        ]
        self.table.show_rows(shown + [replace(row) for row in rows if row.free])
        self._tell()

    def _row(self, paper: PaperLine, ticket: TicketView, before: PaperRow | None) -> PaperRow:
        here = _is_here(paper, ticket)
        missing = paper.difference == MISSING
        row = PaperRow(
            paper.id,
            paper.name,
            original=paper.original,
            count=paper.count,
            chip=_chip(paper),
            place=_("At this window") if here else holder_text(paper.holder, paper.holder_window),
        )
        if self._working and paper.in_our_hands:
            row.difference = "" if missing else paper.difference
            row.ticked = here
            if here:
                row.kept = False
            if before is not None:
                row.difference = before.difference
                row.ticked = True if here else before.ticked
                row.kept = (before.kept or False) if here else None
        if missing and not here and not row.ticked:
            row.place_chip = Chip("warn", _("Missing"))
        elif said := row.difference or (paper.difference if not missing else ""):
            row.place_chip = Chip("warn", said)
        return row

    def _edited(self) -> None:
        ticket = self._ticket
        if ticket is None:
            return
        self.error.hide()
        lines = {paper.id: paper for paper in ticket.papers}
        some = any(row.ticked for row in self.table.rows())
        for row in self.table.rows():
            paper = lines.get(row.key)  # type: ignore[call-overload]
            if paper is None or row.ticked is None:
                continue
            if _is_here(paper, ticket):
                row.ticked = True  # a paper that was recorded as here is here
            elif row.difference and not row.ticked:
                row.ticked = True
            waiting = not row.ticked and (some or paper.difference == MISSING)
            row.place_chip = (
                Chip("warn", row.difference)
                if row.difference
                else Chip("warn", _("Missing"))
                if waiting
                else None
            )
        self.table.viewport().update()
        self._tell()

    def _tell(self) -> None:
        """Names the step that is left to do, if there is one."""
        open_ = self._unrecorded()
        self.all_received.setVisible(self._working and bool(open_))
        self.record.setVisible(self._working and bool(open_))
        ticked = sum(bool(row.ticked) for row in open_)
        words = (
            _("Record: {count} received")
            if ticked == len(open_)
            else _("Record: {count} received, {missing} missing")
        )
        self.record.setText(words.format(count=ticked, missing=len(open_) - ticked))

    def _unrecorded(self) -> list[PaperRow]:
        """Rows that still say something else than the ticket does."""
        ticket = self._ticket
        if ticket is None:
            return []
        lines = {paper.id: paper for paper in ticket.papers}
        found = []
        for row in self.table.rows():
            paper = lines.get(row.key)  # type: ignore[call-overload]
            if paper is None or row.ticked is None:
                continue
            known = "" if paper.difference == MISSING else paper.difference
            settled = _is_here(paper, ticket) or (paper.difference == MISSING and not row.ticked)
            if not settled or (row.difference or "") != known:
                found.append(row)
        return found

    # --- what the window says -------------------------------------------------------------------

    def rows(self) -> list[PaperRow]:
        return [replace(row) for row in self.table.rows()]

    def unrecorded(self) -> bool:
        return bool(self._unrecorded())

    def tick_all(self) -> None:
        self.table.commit()
        self.table.papers.tick_all()

    def differences(self) -> dict[UUID, str]:
        """What is otherwise than listed, by paper; unticked is missing."""
        self.table.commit()
        told: dict[UUID, str] = {}
        for row in self.table.rows():
            if not isinstance(row.key, UUID) or row.ticked is None:
                continue
            if not row.ticked:
                told[row.key] = MISSING
            elif row.difference:
                told[row.key] = row.difference
        return told

    def kept(self) -> tuple[UUID, ...]:
        return tuple(r.key for r in self.table.rows() if r.kept and isinstance(r.key, UUID))

    def new(self) -> tuple[NewPaper, ...]:
        self.table.commit()
        return tuple(
            NewPaper(row.name, row.original, row.count) for row in self.table.rows() if row.free
        )

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()
        self.table.setFocus()
