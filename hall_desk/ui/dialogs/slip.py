"""A telephone slip in two keystrokes: type a matter or a window, Enter prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout

from hall_desk import i18n
from hall_desk.documents import slip as slip_paper
from hall_desk.i18n import _
from hall_desk.services import number_troubles, slips
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.store.ids import new_id
from hall_desk.ui import slip_choices
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.due_field import when_words
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.paper_view import PaperView
from hall_desk.ui.slip_choices import SlipChoice
from hall_desk.ui.status_bar import roll_text
from hall_desk.ui.tables import Table

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.matters import MatterLine
    from hall_desk.services.number_troubles import Trouble
    from hall_desk.services.slips import SlipFacts
    from hall_desk.ui.session import Session

ROLLS = ("58", "80", "a5")


class _Search(QLineEdit):
    """Hands the keys that move through the list to the list."""

    def __init__(self, table: Table[SlipChoice]) -> None:
        super().__init__()
        self._table = table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 6,
            Qt.Key.Key_PageUp: -6,
        }.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        count = self._table.model().rowCount()
        if count:
            row = self._table.currentIndex().row() + step
            self._table.selectRow(max(0, min(row, count - 1)))


class SlipDialog(Dialog):
    """Shows the real paper of what is selected; Enter gives the slip and prints it."""

    def __init__(self, session: Session, *, matter: MatterLine | None = None) -> None:
        super().__init__(session, _("Phone slip"), width=960, height=690)
        self._slip_id = new_id()
        self._wanted = matter
        self._print_when_found = False
        self._giving = False
        self._searching = False
        self.model = slip_choices.make_model()
        self.table: Table[SlipChoice] = Table(self.model)
        self.table.setAccessibleName(_("Matters and windows"))
        self.search = _Search(self.table)
        self.field = LabelledField(
            _("Matter or window"),
            self.search,
            placeholder=_("Name, code, pinyin or initials, or a window's number"),
        )
        self.roll = Segmented([(roll, roll_text(roll)) for roll in ROLLS])
        self.roll.set_value(session.settings.roll)
        self.large = QCheckBox(_("Large print") + "  Alt+D")
        self.preview = PaperView(session.background, widest=330)
        self.trouble = Text("", "error").wrap()
        self.trouble.hide()
        self._trouble_id = new_id()
        self.silent_button = Button(_("This number does not answer"), "plain", "Alt+B")
        self.print_button = Button(_("Print"), "primary", "Enter")
        self.cancel_button = Button(_("Cancel"), "plain", "Esc")
        self._lay_out()
        self._connect()
        self._find("" if matter is None else matter.name)
        if matter is not None:
            self.search.setText(matter.name)
            self.search.selectAll()

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        list_card = Ground()
        inside = QVBoxLayout(list_card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        paper = QHBoxLayout()
        paper.setSpacing(12)
        paper.addWidget(Text(_("Paper size"), "label"))
        paper.addWidget(self.roll)
        paper.addWidget(self.large)
        paper.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.field)
        left.addWidget(list_card, 1)
        left.addLayout(paper)
        left.addWidget(self.trouble)
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
        foot.addWidget(Text(_("The slip is counted in the day's report"), "soft"))
        foot.addStretch(1)
        foot.addWidget(self.silent_button)
        foot.addWidget(self.cancel_button)
        self.body.addLayout(sides, 1)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.search.textEdited.connect(self._typed)
        self.search.returnPressed.connect(self.give)
        self.table.chosen.connect(lambda _choice: self.give())
        self.table.moved_to.connect(lambda _choice: self._preview())
        self.roll.changed.connect(lambda _roll: self._preview())
        self.large.toggled.connect(lambda _on: self._preview())
        self.print_button.clicked.connect(self.give)
        self.cancel_button.clicked.connect(self.reject)
        self.silent_button.clicked.connect(self.say_silent)
        self.bind("Alt+D", self.large.toggle)
        self.bind("Alt+B", self.say_silent)

    def arrive(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- a number that does not answer ----------------------------------------------------------------

    def say_silent(self) -> None:
        """Tells the manager that the number of the window shown does not answer; the form stays as it is."""
        choice, actor = self.table.selected(), self.session.actor
        if choice is None or not actor.may("numbers.report"):
            return
        new = NewTrouble(self._trouble_id, choice.window.id)
        self._trouble_id = new_id()
        self.session.background.data(
            self, lambda: number_troubles.report(actor, new), self._show_trouble, self._refused
        )

    def _show_trouble(self, trouble: Trouble | None) -> None:
        """What is said of this window's number, so that nobody is sent away with it unawares."""
        choice = self.table.selected()
        there = trouble is not None and choice is not None and trouble.window_id == choice.window.id
        if trouble is not None and there:
            when = when_words(self.session.store, self.session.now(), trouble.at)
            words = _(
                "{name} said at {when} that this number does not answer; the manager sees it."
            )
            self.trouble.setText(words.format(name=trouble.staff, when=when))
        self.trouble.setVisible(there)
        self.silent_button.setEnabled(not there)

    # --- finding -----------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        self._wanted = None
        self._print_when_found = False
        self._find(text)

    def _find(self, text: str) -> None:
        self._searching = True
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: slip_choices.find(actor, text),
            self._found,
            self._refused,
            replaces="find",
        )

    def _found(self, choices: list[SlipChoice]) -> None:
        self._searching = False
        self.model.show(choices)
        wanted = self._wanted
        there = wanted is not None and self.table.select((wanted.window.id, wanted.id))
        if not there and choices:
            self.table.select(choices[0].key)
        if not choices:
            self.preview.clear()
            self.field.show_error(_("No matter and no window fits."))
        else:
            self.field.clear_error()
            self._preview()
        if self._print_when_found and choices:
            self.give()
        self._print_when_found = False

    # --- the paper ---------------------------------------------------------------------------------

    def _preview(self) -> None:
        choice, actor = self.table.selected(), self.session.actor
        if choice is None:
            return
        window_id, matter_id = choice.key
        self.session.background.data(
            self,
            lambda: number_troubles.of_window(actor, window_id),
            self._show_trouble,
            lambda _error: None,  # only a hint
            replaces="trouble",
        )
        self.session.background.data(
            self,
            lambda: slips.preview(actor, window_id, matter_id),
            self._draw,
            self._refused,
            replaces="preview",
        )

    def _draw(self, facts: SlipFacts) -> None:
        roll, large = str(self.roll.value()), self.large.isChecked()
        self.session.background.devices(
            self,
            lambda: slip_paper.phone_slip(facts, roll, large),
            self.preview.show_pdf,
            self._refused,
            replaces="draw",
        )

    def give(self) -> None:
        """Records that the slip is given, prints it and closes."""
        if self._giving:
            return
        if self._searching:
            self._print_when_found = True
            return
        choice, actor, slip_id = self.table.selected(), self.session.actor, self._slip_id
        if choice is None:
            return
        self._giving = True
        window_id, matter_id = choice.key
        self.session.background.data(
            self,
            lambda: slips.give(actor, slip_id, window_id, matter_id),
            self._given,
            self._refused,
        )

    def _given(self, facts: SlipFacts) -> None:
        roll, large = str(self.roll.value()), self.large.isChecked()
        title = _("Phone slip {window} {matter}").format(
            window=facts.window.number, matter=facts.matter
        )
        self.session.print_pdf(
            lambda: slip_paper.phone_slip(facts, roll, large), title.strip(), "slip"
        )
        self.accept()

    def _refused(self, error: HallDeskError) -> None:
        self._giving = False
        self._searching = False
        self.field.show_error(i18n.explain(error))
