"""Consultation: find the matter while typing, tell the resident, and record what came of it with one key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.errors import NotFound
from hall_desk.i18n import _
from hall_desk.services import consultations, matters, missing_notices, papers
from hall_desk.services.consultations import OUTCOMES
from hall_desk.ui.buttons import Link
from hall_desk.ui.consultation_form import ConsultationForm
from hall_desk.ui.consultation_outcomes import ConsultationOutcomes
from hall_desk.ui.consultations_table import count_words, make_table
from hall_desk.ui.dialogs.missing_notice import print_notice
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.key_press import KeyPress
from hall_desk.ui.labels import Elided, Ground, Text
from hall_desk.ui.matter_details import MatterDetails
from hall_desk.ui.pages import Page, Shortcut

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.consultations import ConsultationLine, Counts
    from hall_desk.services.matters import Matter, MatterLine
    from hall_desk.services.missing_notices import Notice, Reopened
    from hall_desk.services.papers import NoticeReprint
    from hall_desk.ui.session import Session

_LONGEST_SAID = 16  # characters of a matter in “… recorded”


@dataclass(frozen=True)
class _Shown:
    lines: list[ConsultationLine]
    counts: Counts


def _read(actor: Actor) -> _Shown:
    matters.warm_up(actor)
    return _Shown(consultations.today(actor), consultations.summary(actor))


def _reopened(actor: Actor, text: str) -> Reopened:
    """The notice with this code, or else the newest one given to this phone number."""
    if missing_notices.looks_like_code(text):
        found = missing_notices.find(actor, text)
    else:
        given = missing_notices.by_phone(actor, text, limit=1)
        if not given:
            raise NotFound(kind="missing_notice", key=text.strip())
        found = given[0]
    return missing_notices.reopen(actor, found.id)


class ConsultationPage(Page):
    name = "consultation"
    right = "consultations.record"
    topics = frozenset({"consultation", "missing_notice", "ticket", "slip", "matter", "window"})

    @classmethod
    def title(cls) -> str:
        return _("Consultations")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.form = ConsultationForm(session)
        self.details = MatterDetails(session.store)
        self.outcomes = ConsultationOutcomes(session, self.form)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.counts = Elided("")
        self.counts.setProperty("look", "soft")
        self.last = Text("")
        self.undo_link = Link(_("Undo") + "  Alt+Z")
        self.undo_link.hide()
        self.model, self.table = make_table(session.store)
        self.first_steps = FirstSteps(session, self.name, self.table.viewport())
        self._opening = ""
        self._notice: Notice | None = None
        self._undoable: ConsultationLine | None = None
        self._press = KeyPress()
        self._lay_out()
        self._connect()
        self.form.clear()

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self.form, 3)
        upper.addWidget(self.details, 2)
        list_card = Ground()
        head = QHBoxLayout()
        head.setContentsMargins(18, 8, 14, 6)
        head.setSpacing(14)
        head.addWidget(Text(_("Today"), "heading"))
        head.addWidget(self.counts, 1)
        head.addWidget(self.last)
        head.addWidget(self.undo_link)
        inside = QVBoxLayout(list_card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addLayout(head)
        inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(upper, 3)
        layout.addWidget(self.problem)
        layout.addWidget(self.outcomes)
        layout.addWidget(list_card, 2)

    def _connect(self) -> None:
        self.form.matter_changed.connect(self._matter_changed)
        self.form.paper_asked.connect(self.open_notice)
        self.details.print_asked.connect(self._print_again)
        self.outcomes.begun.connect(self._forget_problem)
        self.outcomes.recorded.connect(self._recorded)
        self.outcomes.refused.connect(self._refused)
        self.outcomes.left.connect(self.form.focus_search)
        self.undo_link.clicked.connect(self.undo)
        self.table.chosen.connect(self._row_chosen)
        self.session.online_changed.connect(lambda _online: self.problem.hide())

    def shortcuts(self) -> tuple[Shortcut, ...]:
        press, key = self.outcomes.press, self.outcomes.key
        return (
            *(
                Shortcut(key(number), lambda number=number: press(number))  # type: ignore[misc]
                for number in range(len(self.outcomes.buttons))
            ),
            Shortcut("F4", lambda: press(OUTCOMES.index("ticket"))),
            Shortcut("Alt+P", self.details.ask_print),
            Shortcut("Alt+Z", self.undo),
        )

    def arrive(self) -> None:
        if self.outcomes.asks_when():
            self.outcomes.callback.focus_when()
        else:
            self.form.focus_search()

    def show_with(self, **what: Any) -> None:
        """Opens the notice with the code `notice`, or shows the `matter` (a line): what a scan or the one box found."""
        if "notice" in what:
            self.open_notice(what["notice"])
        elif "matter" in what:
            self.form.show_matter(what["matter"], what["matter"].name)

    # --- reading -----------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self.session.actor
        self.session.background.data(self, lambda: _read(actor), self._show, replaces="reload")
        self.form.reload()

    def _show(self, shown: _Shown) -> None:
        self.model.show(shown.lines)
        self.first_steps.show_for(empty=not shown.lines)
        self.counts.setText(count_words(shown.counts))

    def _matter_changed(self, line: MatterLine | None) -> None:
        notice = self._notice
        if notice is not None and line is not None and line.id != notice.matter_id:
            notice = self._notice = None
        if line is None:
            self.details.show_matter(None, notice)
            return
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: matters.get(actor, line.id),
            self._matter_read,
            self._refused,
            replaces="matter",
        )

    def _matter_read(self, matter: Matter) -> None:
        if self.form.matter is not None and self.form.matter.id == matter.line.id:
            self.details.show_matter(matter, self._notice)

    # --- recording ---------------------------------------------------------------------------------

    def _recorded(self, line: ConsultationLine) -> None:
        """Says what was recorded, and is ready for the next person."""
        self._undoable = line
        what = line.matter or line.question
        if len(what) > _LONGEST_SAID:
            what = what[: _LONGEST_SAID - 1] + "…"
        outcome = i18n.code("consultation_outcome", line.outcome)
        self.last.setText("✓ " + _("{what}: {outcome}").format(what=what, outcome=outcome))
        self.undo_link.show()
        self._next_person()

    def start_over(self) -> None:
        """Empties the page for the next person; nothing is recorded."""
        if not self.outcomes.is_saving():
            self.outcomes.start_over()
            self._next_person()

    def _next_person(self) -> None:
        self._notice, self._opening = None, ""
        self._forget_problem()
        self.details.show_nothing()
        self.form.clear()
        self.form.focus_search()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.start_over()
        else:
            super().keyPressEvent(event)

    def _refused(self, error: HallDeskError) -> bool:
        """Says it beside the field it is about; everything that was typed stays."""
        self._opening = ""
        if not self.form.show_error(error):
            self.problem.setText(i18n.explain(error))
            self.problem.show()
        return True

    def _forget_problem(self) -> None:
        self.form.clear_errors()
        self.problem.hide()

    # --- an earlier notice ---------------------------------------------------------------------------

    def open_notice(self, text: str) -> None:
        """Opens the notice with this code (or given to this number) for the resident's next visit."""
        if text == self._opening:
            return  # typed to its last digit, and Enter
        self._opening = text
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: _reopened(actor, text),
            self._notice_opened,
            self._refused,
            replaces="notice",
        )

    def _notice_opened(self, opened: Reopened) -> None:
        self._notice, self._opening = opened.notice, ""
        self._forget_problem()
        self.form.show_resident(opened.notice.name, opened.phone)
        line = opened.matter
        self.form.show_matter(line, line.name if line else "")
        if line is None:
            self.details.show_matter(None, opened.notice)
        elif self.form.matter is not None and self.form.matter.id == line.id:
            self._matter_changed(line)  # the list stands there already, and will not say so again
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _print_again(self, notice: Notice) -> None:
        actor, key = self.session.actor, self._press.key("reprint", notice.id)
        self.session.background.data(
            self,
            lambda: papers.reprint_notice(actor, key, notice.id),
            self._print_reprint,
            self._not_printed,
        )

    def _print_reprint(self, again: NoticeReprint) -> None:
        self._press.answered()
        print_notice(self.session, again.facts, reprint=again.count)

    def _not_printed(self, error: HallDeskError) -> bool:
        self._press.answered(error)
        return self._refused(error)

    # --- taking back ---------------------------------------------------------------------------------

    def undo(self) -> None:
        """Withdraws the last consultation recorded here."""
        line, actor = self._undoable, self.session.actor
        if line is not None:
            self.session.background.data(
                self, lambda: consultations.undo(actor, line.id), self._undone, self._not_undone
            )

    def _undone(self, _nothing: None) -> None:
        self._undoable = None
        self.undo_link.hide()
        self.last.setText(_("Withdrawn"))

    def _not_undone(self, error: HallDeskError) -> bool:
        if not isinstance(error, NotFound):
            return False
        self._undoable = None
        self.undo_link.hide()
        self.session.notices.error(_("This consultation can no longer be withdrawn."))
        return True

    def _row_chosen(self, line: ConsultationLine) -> None:
        if line.outcome == "ticket" and line.led_to is not None:
            self.session.go("proxy", ticket_id=line.led_to)
        elif line.outcome == "notice" and line.reference:
            self.open_notice(line.reference)
        elif line.matter:
            self.form.show_matter(None, line.matter)
