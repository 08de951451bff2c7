"""A 一次性告知单: each paper is missing, in order or not needed; Ctrl+Enter gives the notice and prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import matters, missing_notices
from hall_desk.services.missing_notices import NewNotice
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.slip import ROLLS
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.notice_rows import COMPLETE, MISSING, NoticeRows
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.status_bar import roll_text

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import Matter, MatterLine
    from hall_desk.services.missing_notices import NoticeFacts
    from hall_desk.ui.session import Session


def print_notice(
    session: Session,
    facts: NoticeFacts,
    roll: str = "",
    *,
    large: bool = False,
    reprint: int = 0,
) -> None:
    """A notice in the size of this desk's roll, unless another is named; `reprint` is its count."""
    size = roll or session.settings.roll

    def paper() -> bytes:
        from hall_desk.documents.missing_notice import missing_notice

        return missing_notice(facts, size, large, reprint)

    title = _("Notice of what is missing {code}").format(code=facts.code)
    session.print_pdf(paper, title, "missing_notice")


class MissingNoticeDialog(Dialog):
    """`given` says that the notice with the key `notice_id` was given and is being printed."""

    given = Signal()

    def __init__(
        self, session: Session, matter: MatterLine, notice_id: UUID, *, name: str, phone: str
    ) -> None:
        super().__init__(session, _("Notice of what is missing"), width=1110, height=690)
        self._matter = matter
        self._id = notice_id
        self._resident = (name, phone)
        self._giving = False
        self.rows = NoticeRows()
        self.note = LabelledField(_("Note"), placeholder=_("e.g. a copy can be made here"))
        self.roll = Segmented([(roll, roll_text(roll)) for roll in ROLLS])
        self.roll.set_value(session.settings.roll)
        self.large = QCheckBox(_("Large print") + "  Alt+D")
        self.preview = PaperView(session.background, widest=330)
        self.problem = Text("", "error").wrap()
        self.problem.hide()
        self.print_button = Button(_("Print"), "primary", "Ctrl+Enter")
        self.cancel_button = Button(_("Cancel"), "plain", "Esc")
        self._lay_out()
        self._connect()
        actor = session.actor
        session.background.data(
            self, lambda: matters.get(actor, matter.id), self._matter_read, self._refused
        )

    def _lay_out(self) -> None:
        self.escape_hint.setText(_("← → chooses, ↑ ↓ goes to the next paper"))
        self.head.insertWidget(1, Text(self._matter.name, "heading"))
        paper = QHBoxLayout()
        paper.setSpacing(12)
        paper.addWidget(Text(_("Paper size"), "label"))
        paper.addWidget(self.roll)
        paper.addWidget(self.large)
        paper.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.rows, 1)
        left.addWidget(self.problem)
        left.addWidget(self.note)
        left.addLayout(paper)
        right = Ground("panel")
        right.setFixedWidth(350)
        shown = QVBoxLayout(right)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.addWidget(self.preview)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        sides.addLayout(left, 1)
        sides.addWidget(right)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.print_button)
        foot.addWidget(Text(_("The next visit opens it by its code"), "soft"))
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        self.body.addLayout(sides, 1)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.rows.changed.connect(self._preview)
        self.rows.adding.textEdited.connect(lambda _text: self._preview())
        self.note.edit.textEdited.connect(lambda _text: self._preview())
        self.roll.changed.connect(lambda _roll: self._preview())
        self.large.toggled.connect(lambda _on: self._preview())
        self.print_button.clicked.connect(self.give)
        self.cancel_button.clicked.connect(self.reject)
        self.bind("Ctrl+Return", self.give)
        self.bind("Ctrl+Enter", self.give)
        self.bind("Alt+D", self.large.toggle)

    def arrive(self) -> None:
        self.rows.focus_first()

    def _matter_read(self, matter: Matter) -> None:
        self.rows.show_materials(matter.materials)
        self.rows.focus_first()

    def new(self) -> NewNotice:
        """The notice as it stands."""
        name, phone = self._resident
        return NewNotice(
            id=self._id,
            matter_id=self._matter.id,
            missing=self.rows.items(MISSING),
            complete=self.rows.items(COMPLETE),
            name=name,
            phone=phone,
            note=self.note.text(),
            window_id=self._matter.window.id,
        )

    # --- the paper ---------------------------------------------------------------------------------

    def _preview(self) -> None:
        self.problem.hide()
        new, actor = self.new(), self.session.actor
        if not new.missing:
            self.preview.clear()
            return
        self.session.background.data(
            self,
            lambda: missing_notices.preview(actor, new),
            self._draw,
            self._not_drawn,
            replaces="preview",
        )

    def _draw(self, facts: NoticeFacts) -> None:
        from hall_desk.documents.missing_notice import missing_notice

        roll, large = str(self.roll.value()), self.large.isChecked()
        self.session.background.devices(
            self,
            lambda: missing_notice(facts, roll, large),
            self._show,
            replaces="paper",
        )

    def _show(self, pdf: bytes) -> None:
        if self.rows.items(MISSING):  # nothing may be missing any more
            self.preview.show_pdf(pdf)

    def _not_drawn(self, error: HallDeskError) -> None:
        """What is wrong is said when the notice is given."""

    # --- giving ------------------------------------------------------------------------------------

    def give(self) -> None:
        """Records the notice, prints it and closes."""
        if self._giving or not self.is_open():
            return
        self.problem.hide()
        self.note.clear_error()
        new, actor = self.new(), self.session.actor
        self._giving = True
        self.session.background.data(
            self, lambda: missing_notices.give(actor, new), self._given, self._refused
        )

    def _given(self, facts: NoticeFacts) -> None:
        print_notice(self.session, facts, str(self.roll.value()), large=self.large.isChecked())
        self.given.emit()
        self.accept()

    def _refused(self, error: HallDeskError) -> None:
        self._giving = False
        sentence = i18n.explain(error)
        if getattr(error, "field", "") == "note":
            self.note.show_error(sentence)
        else:
            self.problem.setText(sentence)
            self.problem.show()
