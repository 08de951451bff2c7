"""Handing over a post with everything that is held: all of it is shown, and both agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _, _n
from hall_desk.services import accounts, pinyin, posts
from hall_desk.services.posts import NewHandOver
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.post_dialog import PostDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text
from hall_desk.ui.person_picker import PersonPicker
from hall_desk.ui.staff_tables import place_of, post_text
from hall_desk.ui.tables import Column, RowsModel, Table
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.posts import Candidate, HandedOver, Held
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _HeldLine:
    key: UUID
    number: str
    what: str
    where: str


@dataclass(frozen=True)
class _Read:
    held: Held
    takers: list[tuple[UUID, str, str]]
    index: pinyin.Index[UUID]


def _read(actor: Actor, giver: UUID) -> _Read:
    takers = [p for p in posts.candidates(actor) if p.id != giver]
    return _Read(
        posts.held(actor, giver),
        [(p.id, p.name, _beside(p)) for p in takers],
        pinyin.Index((p.id, p.name, "", p.window) for p in takers),
    )


def _beside(person: Candidate) -> str:
    place = place_of(person.role, person.window)
    return f"{place} · {i18n.code('post', person.post)}" if person.post else place


def _held_lines(held: Held) -> list[_HeldLine]:
    found = [
        _HeldLine(ticket.id, ticket.number, ticket.matter, _("in hand")) for ticket in held.tickets
    ]
    for paper in held.papers:
        kind = _("original") if paper.original else _("copy")
        name = (
            f"{paper.name} ({kind})"
            if paper.count == 1
            else (f"{paper.name} ({kind} ×{paper.count})")
        )
        where = window_text(paper.window) if paper.window else i18n.code("holder", paper.holder)
        found.append(_HeldLine(paper.id, paper.number, name, where))
    return found


class HandOverDialog(PostDialog):
    """Shows all that goes along; who takes over agrees with a PIN."""

    personal = True

    def __init__(self, session: Session, giver: UUID) -> None:
        super().__init__(session, _("Hand over a post"), _("Hand over"), width=820, height=560)
        self._id = new_id()
        self._giver = giver
        self._held: Held | None = None
        self.who = Text("", "heading")
        columns: tuple[Column[_HeldLine], ...] = (
            Column(_("No."), lambda h: h.number, 72, bold=True),
            Column(_("Paper or ticket"), lambda h: h.what, 170, weight=1),
            Column(_("Where"), lambda h: h.where, 90),
        )
        self.model: RowsModel[_HeldLine] = RowsModel(columns, key=lambda h: h.key, parent=self)
        self.table = Table(self.model)
        self.table.setProperty("framed", "yes")
        self.table.setAccessibleName(_("What goes along"))
        self.count = Text("", "soft")
        self.picker = PersonPicker(5)
        self.taker_field = LabelledField(_("Who takes over"), self.picker)
        pin = QLineEdit()
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin = LabelledField(_("PIN"), pin)
        self._lay_out()
        self.picker.picked.connect(self._picked)
        self.pin.edit.returnPressed.connect(self.enter)
        self.busy(on=True)
        self._reload()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.count)
        left.addWidget(self.table, 1)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.taker_field)
        right.addWidget(self.pin)
        right.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(18)
        middle.addLayout(left, 3)
        middle.addLayout(right, 2)
        self.body.addWidget(self.who)
        self.body.addLayout(middle, 1)
        self.body.addWidget(self.problem)
        self.body.addLayout(self.foot)

    def arrive(self) -> None:
        self.picker.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _reload(self) -> None:
        actor, giver = self.session.actor, self._giver
        self.session.background.data(
            self, lambda: _read(actor, giver), self._show, self.refused, replaces="held"
        )

    def _show(self, read: _Read) -> None:
        self.busy(on=False)
        held = self._held = read.held
        post = post_text(held.post, held.window) if held.post else _("on no post")
        self.who.setText(f"{held.staff} · {post}")
        self.model.show(_held_lines(held))
        papers = _n("{count} paper", "{count} papers", held.paper_count)
        tickets = _n("{count} ticket in hand", "{count} tickets in hand", len(held.tickets))
        self.count.setText(
            _("Goes along: {papers}, {tickets}").format(
                papers=papers.format(count=held.paper_count),
                tickets=tickets.format(count=len(held.tickets)),
            )
        )
        self.picker.show_people(read.takers, read.index)
        me, role = self.session.actor.staff_id, self.session.actor.role
        # Who opens this for somebody else mostly takes over, unless a manager.
        mine = me not in (None, self._giver) and role != accounts.Role.MANAGER
        if me is not None and mine and self.picker.value() is None:
            self.picker.choose(me)
        self._name_pin()

    def _picked(self, key: UUID | None) -> None:
        if key is None:
            self.taker_field.show_error(i18n.explain(errors.BadInput("taker", "empty")))
            return
        self.taker_field.clear_error()
        self._name_pin()
        self.pin.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name_pin(self) -> None:
        """Whose PIN is asked: of the one of the two who is not signed in here."""
        mine = self.picker.value() == self.session.actor.staff_id
        giver = self._held.staff if self._held else ""
        name = giver if mine else self.picker.name()
        self.pin.label.setText(_("{name}'s PIN").format(name=name) if name else _("PIN"))

    def submit(self) -> None:
        if self._held is None:
            return
        self.taker_field.clear_error()
        self.pin.clear_error()
        new = NewHandOver(
            self._id, self._giver, self.picker.value(), self.pin.text(), self._held.keys
        )
        self.busy(on=True)
        actor = self.session.actor
        self.session.background.data(
            self, lambda: posts.hand_over(actor, new), self._done, self.refused
        )

    def _done(self, done: HandedOver) -> None:
        self.session.notices.success(
            _n(
                "Handed over to {name} with {count} paper.",
                "Handed over to {name} with {count} papers.",
                done.papers,
            ).format(name=done.taker, count=done.papers)
        )
        self.accept()

    def refused(self, error: HallDeskError) -> None:
        self.busy(on=False)
        sentence = i18n.explain(error)
        match error:
            case errors.BadInput(field="taker"):
                self.taker_field.show_error(sentence)
            case errors.BadInput(field="pin") | errors.SignInRefused() | errors.AccountLocked():
                self.pin.show_error(sentence)
            case errors.BadInput(field="held", reason="changed"):
                super().refused(error)
                self._reload_quietly()
            case _:
                super().refused(error)

    def _reload_quietly(self) -> None:
        # The sentence stays: what is shown now is not what was agreed to.
        actor, giver = self.session.actor, self._giver
        sentence = self.problem.text()

        def show(read: _Read) -> None:
            self._show(read)
            self.problem.setText(sentence)
            self.problem.show()

        self.session.background.data(
            self, lambda: _read(actor, giver), show, self.refused, replaces="held"
        )
