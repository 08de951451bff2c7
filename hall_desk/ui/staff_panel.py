"""The staff of today: the form, the list that is its search result, today's register, and the posts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.errors import DatabaseAway, NotFound
from hall_desk.i18n import _
from hall_desk.services import attendance, halls, pinyin, posts
from hall_desk.ui.attendance_form import LEAVE, MASK, UNDO, AttendanceForm, LastEntry
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.person_picker import fitting
from hall_desk.ui.posts_panel import PostsPanel
from hall_desk.ui.staff_tables import people_table, place_of, presence, register_table

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.attendance import Entry, NewAttendance, Person
    from hall_desk.services.halls import Settings
    from hall_desk.services.posts import OnPost
    from hall_desk.ui.session import Session

KEYS = (LEAVE, MASK, UNDO)
# An Enter that bounces after a save is not a try to save nothing.
_BOUNCE_MS = 700
ALL, UNCHECKED, HERE, REGISTER = "all", "unchecked", "here", "register"


@dataclass(frozen=True)
class _Read:
    people: list[Person]
    index: pinyin.Index[UUID]
    entries: list[Entry]
    posts: list[OnPost]
    settings: Settings


def _read(actor: Actor) -> _Read:
    people = attendance.people(actor)
    return _Read(
        people,
        pinyin.Index((person.id, person.name, "", person.window) for person in people),
        attendance.today(actor),
        posts.on_posts(actor),
        halls.settings(actor),
    )


class StaffPanel(QWidget):
    """`summed` gives today's numbers whenever they were read."""

    summed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._people: list[Person] = []
        self._index: pinyin.Index[UUID] | None = None
        self._saving: NewAttendance | None = None
        self._since_save = QElapsedTimer()
        self.form = AttendanceForm()
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.last = LastEntry(session.store)
        self.filter = Segmented(
            [
                (ALL, _("All")),
                (UNCHECKED, _("Not measured")),
                (HERE, _("Here")),
                (REGISTER, _("Register")),
            ]
        )
        self.model, self.table = people_table(session.store)
        self.register_model, self.register = register_table(session.store)
        self.first_entries = FirstSteps(session, "register", self.register.viewport())
        self.lists = QStackedWidget()
        self.posts = PostsPanel(session)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 14, 20, 14)
        inside.setSpacing(10)
        inside.addWidget(self.form)
        inside.addWidget(self.problem)
        inside.addWidget(self.last)
        filters = QHBoxLayout()
        filters.setContentsMargins(12, 0, 12, 0)
        filters.addWidget(self.filter)
        list_card = Ground()
        list_inside = QVBoxLayout(list_card)
        list_inside.setContentsMargins(1, 10, 1, 1)
        list_inside.setSpacing(8)
        list_inside.addLayout(filters)
        self.lists.addWidget(self.table)
        self.lists.addWidget(self.register)
        list_inside.addWidget(self.lists, 1)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(card)
        left.addWidget(list_card, 1)
        self.posts.setFixedWidth(364)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addWidget(self.posts)

    def _connect(self) -> None:
        self.form.narrowed.connect(lambda _text: self._show_people())
        self.form.moved.connect(self._step)
        self.form.wanted.connect(self._take_selected)
        self.form.submitted.connect(self.save)
        self.last.undo_asked.connect(self._undo)
        self.filter.changed.connect(self._filter_changed)
        self.table.chosen.connect(self._take)
        self._session.online_changed.connect(lambda _online: self.problem.hide())

    def arrive(self) -> None:
        self.form.focus_person()

    # --- reading ------------------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self._session.actor
        self._session.background.data(self, lambda: _read(actor), self._show, replaces="reload")

    def _show(self, read: _Read) -> None:
        self._people, self._index = read.people, read.index
        self.form.threshold_tenths = read.settings.threshold_tenths
        self.form.ask_for_masks(asked=read.settings.staff_masks)
        self.register_model.show(read.entries)
        self.first_entries.show_for(empty=not read.entries)
        self.posts.show_lines(read.posts)
        self._show_people()
        chosen = self.form.chosen
        if chosen is not None:
            now = next((person for person in read.people if person.id == chosen.id), None)
            self.form.refresh(now, self._words(now) if now else "")
        self.summed.emit(attendance.summed(read.people))

    def _show_people(self) -> None:
        typed = "" if self.form.chosen is not None else self.form.person.text()
        fit = fitting(self._index, typed)
        which = self.filter.value()
        shown = [
            person
            for person in self._people
            if (fit is None or person.id in fit)
            and (which != UNCHECKED or person.unchecked)
            and (which != HERE or person.inside)
        ]
        self.model.show(shown)
        if fit is not None and shown:
            self.table.selectRow(0)
        elif self.form.chosen is not None:
            self.table.select(self.form.chosen.id)

    def _filter_changed(self, which: str) -> None:
        self.lists.setCurrentWidget(self.register if which == REGISTER else self.table)
        self._show_people()

    def _words(self, person: Person) -> str:
        here, _kind = presence(person, self._session.store)
        return f"{place_of(person.role, person.window)} · {here}"

    # --- choosing -----------------------------------------------------------------------------------------

    def person_meant(self) -> UUID | None:
        """Who is in the form, or selected in the list; None is oneself."""
        if self.form.chosen is not None:
            return self.form.chosen.id
        selected = self.table.selected()
        return selected.id if selected is not None and self.lists.currentIndex() == 0 else None

    def _step(self, by: int) -> None:
        if self.model.rowCount():
            row = self.table.currentIndex().row() + by
            self.table.selectRow(max(0, min(row, self.model.rowCount() - 1)))

    def _take_selected(self) -> None:
        person = self.table.selected()
        if self.form.chosen is not None:
            self.form.take(self.form.chosen, self._words(self.form.chosen))
        elif person is not None:
            self._take(person)
        elif not self._bounced():
            words = _("Nobody of this name works here.") if self.form.person.text() else ""
            self.form.person.show_error(words or _("Choose a person."))

    def _take(self, person: Person) -> None:
        self.form.take(person, self._words(person))
        self._show_people()

    def _bounced(self) -> bool:
        return (
            self._since_save.isValid()
            and self._since_save.elapsed() < _BOUNCE_MS
            and self.form.is_empty()
        )

    # --- writing ------------------------------------------------------------------------------------------

    def goes_out(self) -> None:
        """The person in the form, or selected in the list, goes out."""
        person = self.table.selected()
        if self.form.chosen is None and person is not None:
            self._take(person)
        self.save("out")

    def save(self, kind: str = "") -> None:
        if self._saving is not None or self._bounced():
            return
        self.problem.hide()
        new, actor = self.form.new_entry(kind), self._session.actor
        self._saving = new
        self._session.background.data(
            self, lambda: attendance.record(actor, new), self._saved, self._refused
        )

    def _saved(self, entry: Entry) -> None:
        sent, self._saving = self._saving, None
        self._since_save.start()
        self.last.show_entry(entry)
        if self.form.new_entry().id == (sent.id if sent else None):
            self.form.next_person()

    def _refused(self, error: HallDeskError) -> bool:
        self._saving = None
        if isinstance(error, DatabaseAway):
            self.problem.setText(i18n.explain(error))
            self.problem.show()
            return True
        return self.form.refused(error)

    def ask_undo(self) -> None:
        self.last.ask_undo()

    def _undo(self, entry: Entry) -> None:
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: attendance.undo(actor, entry.id),
            lambda _nothing: self.last.show_undone(),
            self._not_undone,
        )

    def _not_undone(self, error: HallDeskError) -> bool:
        if not isinstance(error, NotFound):
            return False
        self._session.notices.error(_("This entry can no longer be withdrawn."))
        return True
