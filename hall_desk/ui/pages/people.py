"""People: staff in and out and how they are, who is on which post, disinfection, and what residents said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hall_desk.i18n import _
from hall_desk.services import attendance, ratings
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.dialogs.hand_over import HandOverDialog
from hall_desk.ui.dialogs.posts import TakePostDialog, leave
from hall_desk.ui.disinfection_panel import AREA_KEYS, DisinfectionPanel
from hall_desk.ui.labels import Chip, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.posts_panel import HAND_OVER, LEAVE, TAKE
from hall_desk.ui.ratings_panel import RatingsPanel
from hall_desk.ui.staff_panel import KEYS as STAFF_KEYS
from hall_desk.ui.staff_panel import StaffPanel

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.accounts import Actor
    from hall_desk.services.attendance import Summary
    from hall_desk.services.posts import OnPost
    from hall_desk.ui.session import Session

STAFF, DISINFECTION, RATINGS = "staff", "disinfection", "ratings"


@dataclass(frozen=True)
class _Badge:
    count: int
    kind: str
    alarming: int


def _read_badge(actor: Actor) -> _Badge:
    """Red for what a manager must look at; else who in the house was not measured."""
    summary = attendance.summary(actor)
    serious = summary.alarming
    if actor.may("ratings.read"):
        serious += ratings.waiting(actor)
    if serious:
        return _Badge(serious, "bad", summary.alarming)
    return _Badge(summary.unchecked, "info", 0)


class PeoplePage(Page):
    name = "people"
    right = "attendance.read"
    topics = frozenset(
        {"attendance", "post", "disinfection", "rating", "setting", "staff", "ticket"}
    )

    @classmethod
    def title(cls) -> str:
        return _("Staff health")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.staff = StaffPanel(session)
        self.disinfection = DisinfectionPanel(session)
        self.ratings = RatingsPanel(session) if session.actor.may("ratings.read") else None
        self.inside = Chip("", "ok")
        self.unchecked = Chip("", "warn")
        self.alarming = Chip("", "bad")
        sections = [(STAFF, _("Staff and posts")), (DISINFECTION, _("Disinfection"))]
        if self.ratings is not None:
            sections.append((RATINGS, _("Ratings")))
        self.sections = Segmented(sections)
        self._names = [name for name, _title in sections]
        self._alarming = 0
        self.stack = QStackedWidget()
        self._lay_out()
        self.sections.changed.connect(self._section_changed)
        self.staff.summed.connect(self._show_summary)
        self.staff.posts.take_asked.connect(self.take_post)
        self.staff.posts.over_asked.connect(self.hand_over)
        self.staff.posts.leave_asked.connect(self.leave_post)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Text(_("Staff health"), "title"))
        for chip in (self.inside, self.unchecked, self.alarming):
            chip.hide()
            head.addWidget(chip)
        head.addStretch(1)
        head.addWidget(Text(" ".join(["Ctrl+1", *"23"[: len(self._names) - 1]]), "label"))
        head.addWidget(self.sections)
        for section in (self.staff, self.disinfection, self.ratings):
            if section is not None:
                self.stack.addWidget(section)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.stack, 1)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            *(
                Shortcut(f"Ctrl+{number}", partial(self.show_section, name))
                for number, name in enumerate(self._names, start=1)
            ),
            *(Shortcut(key, partial(self._on_staff, run)) for key, run in self._staff_keys()),
            *(
                Shortcut(f"Alt+{number + 1}", partial(self._take_area, number))
                for number in range(AREA_KEYS)
            ),
        )

    def _staff_keys(self) -> tuple[tuple[str, object], ...]:
        panel = self.staff
        own = zip(STAFF_KEYS, (panel.goes_out, panel.form.toggle_mask, panel.ask_undo), strict=True)
        return (
            *own,
            (TAKE, self.take_post),
            (HAND_OVER, panel.posts.ask_over),
            (LEAVE, panel.posts.ask_leave),
        )

    def _on_staff(self, run: object) -> None:
        if self.sections.value() == STAFF and callable(run):
            run()

    def _take_area(self, number: int) -> None:
        if self.sections.value() == DISINFECTION:
            self.disinfection.take_area(number)

    # --- sections --------------------------------------------------------------------------------------

    def section(self) -> str:
        return str(self.sections.value())

    def show_section(self, name: str) -> None:
        """Shows a section and puts the keyboard where work on it begins."""
        if name in self._names:
            self.sections.set_value(name)
            self.arrive()

    def show_with(self, section: str = "", **_what: object) -> None:
        self.show_section(section or STAFF)

    def _section_changed(self, name: str) -> None:
        self.stack.setCurrentIndex(self._names.index(name))
        self.reload()

    def _current(self) -> StaffPanel | DisinfectionPanel | RatingsPanel:
        current = self.stack.currentWidget()
        assert isinstance(current, StaffPanel | DisinfectionPanel | RatingsPanel)
        return current

    def arrive(self) -> None:
        self._current().arrive()

    # --- reading ----------------------------------------------------------------------------------------

    def reload(self) -> None:
        self._current().reload()
        self.reload_badge()

    def reload_badge(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: _read_badge(actor),
            self._show_badge,
            replaces="badge",
        )

    def _show_badge(self, badge: _Badge) -> None:
        self.badge.emit(badge.count, badge.kind)
        more = badge.alarming > self._alarming
        self._alarming = badge.alarming
        # A manager at other work is told at once, without a name that a resident could read.
        if more and self.session.actor.may("attendance.health") and not self.isVisible():
            self.session.notices.info(
                _("A member of staff has a high temperature or feels unwell."),
                lambda: self.session.go(self.name),
                _("Show"),
            )

    def _show_summary(self, summary: Summary) -> None:
        self.inside.show_text(
            _("{count} of {all} here").format(count=summary.inside, all=summary.staff), "ok"
        )
        unchecked = _("{count} not measured").format(count=summary.unchecked)
        self.unchecked.show_text(unchecked if summary.unchecked else "", "warn")
        alarming = _("{count} to look after").format(count=summary.alarming)
        self.alarming.show_text(alarming if summary.alarming else "", "bad")

    # --- posts ------------------------------------------------------------------------------------------

    def take_post(self) -> None:
        """Puts the person in the form, or the one selected in the list, or oneself on a post."""
        TakePostDialog(self.session, self.staff.person_meant()).open()

    def hand_over(self, line: OnPost | None) -> None:
        """The post selected, or one's own."""
        giver = line.staff_id if line is not None else self._own_or_only()
        if giver is not None:
            HandOverDialog(self.session, giver).open()

    def leave_post(self, line: OnPost | None) -> None:
        if line is None:
            own = self._own_or_only()
            lines = self.staff.posts.model.rows
            line = next((other for other in lines if other.staff_id == own), None)
        if line is not None:
            leave(self.session, line)

    def _own_or_only(self) -> UUID | None:
        lines = self.staff.posts.model.rows
        me = self.session.actor.staff_id
        if any(line.staff_id == me for line in lines):
            return me
        if len(lines) == 1:
            return lines[0].staff_id
        self.session.notices.info(_("Choose a line under “Posts now” first."))
        self.staff.posts.table.setFocus()
        return None
