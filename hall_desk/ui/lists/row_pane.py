"""The right side of the lists' page: one row with its form, its history, and what may be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from hall_desk import i18n
from hall_desk.i18n import N_, _
from hall_desk.services.directory_columns import KEY_FIELD, Kind
from hall_desk.services.list_history import last_change
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.labels import Band, Chip, Elided, Ground, Text
from hall_desk.ui.lists.history_view import HistoryView
from hall_desk.ui.lists.row_form import RowForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.list_editing import Listed
    from hall_desk.services.list_history import HistoryLine
    from hall_desk.ui.session import Session

SAVE, TURN, TAB, DROP = "Ctrl+Enter", "Alt+T", "Alt+J", "Alt+X"
FORM, HISTORY = "form", "history"
NEW_TITLES = {
    Kind.WINDOWS: N_("New window"),
    Kind.MATTERS: N_("New matter"),
    Kind.STAFF: N_("New person"),
    Kind.COMMUNITIES: N_("New community"),
}


class RowPane(Ground):
    """A form for each kind of row, of which one is shown; `save_asked`, `turn_asked` (retire or back), `drop_asked`."""

    save_asked = Signal()
    turn_asked = Signal()
    drop_asked = Signal()
    edited = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self._history: Sequence[HistoryLine] = ()
        self.kind = Kind.WINDOWS
        self.title = Elided("", "title")
        self.chip = Chip()
        self.tabs = Segmented([(FORM, _("Details")), (HISTORY, _("Change history"))])
        self.tab_key = Text(TAB, "label")
        self.band = Band("info")
        self.band_words = Text("").wrap()
        self.forms = {kind: RowForm(kind) for kind in Kind}
        self.history = HistoryView(session.store)
        self.stack = QStackedWidget()
        self.nothing = Text(_("Choose a row at the left, or add one with Ctrl+N."), "soft")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem = Text("", "error").wrap()
        self.save_button = Button(_("Save"), "primary", SAVE)
        self.drop_button = Button(_("Drop changes"), "plain", DROP)
        self.turn_button = Button(_("Retire"), "danger", TURN)
        self._lay_out()
        for form in self.forms.values():
            form.edited.connect(self._on_edited)
        self.tabs.changed.connect(lambda _tab: self._show_tab())
        self.save_button.clicked.connect(self.save_asked)
        self.drop_button.clicked.connect(self.drop_asked)
        self.turn_button.clicked.connect(self.turn_asked)
        self.show_nothing()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title, 1)
        head.addWidget(self.chip)
        head.addWidget(self.tab_key)
        head.addWidget(self.tabs)
        band = QHBoxLayout(self.band)
        band.setContentsMargins(12, 6, 12, 6)
        band.addWidget(self.band_words)
        for form in self.forms.values():
            self.stack.addWidget(form)
        self.stack.addWidget(self.history)
        self.stack.addWidget(self.nothing)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.save_button)
        foot.addWidget(self.drop_button)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.turn_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 12, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.band)
        layout.addWidget(self.stack, 1)
        layout.addLayout(foot)

    # --- what it shows -------------------------------------------------------------------------------

    @property
    def form(self) -> RowForm:
        return self.forms[self.kind]

    @property
    def shows_row(self) -> bool:
        """Whether a row or a new one is shown, and not the empty place."""
        return self.stack.currentWidget() is not self.nothing

    def show_nothing(self) -> None:
        self._history = ()
        self.stack.setCurrentWidget(self.nothing)
        for widget in (
            self.title, self.chip, self.tabs, self.tab_key, self.band, self.save_button, self.drop_button,
            self.turn_button,
        ):  # fmt: skip
            widget.hide()
        self.say("")

    def open(self, kind: Kind) -> None:
        """Shows the form of a kind, which has just been filled."""
        self.kind = kind
        self._history = ()
        self.history.show_lines(())
        self.band.hide()
        self.say("")
        if self.form.row is None:
            self.tabs.set_value(FORM)
        self._show_tab()
        self.refresh()

    def refresh(self) -> None:
        """Says again what the row is called, and what may be done with it now."""
        row = self.form.row
        self.title.setText(_(NEW_TITLES[self.kind]) if row is None else row_title(self.kind, row))
        self.title.show()
        self.chip.show_text(_("retired") if row is not None and row.retired else "", "muted")
        old = row is not None
        self.tabs.setVisible(old)
        self.tab_key.setVisible(old)
        self.turn_button.setVisible(old)
        if row is not None:
            self.turn_button.setText(_("Bring back") if row.retired else _("Retire"))
        dirty = self.form.dirty()
        self.save_button.show()
        self.save_button.setEnabled(dirty)
        self.drop_button.setVisible(dirty)

    def show_history(self, lines: Sequence[HistoryLine]) -> None:
        self._history = lines
        self.history.show_lines(lines)

    def merge(self, row: Listed) -> None:
        """Takes in the row as it is now, whoever changed it; tells when somebody retired it or brought it back."""
        before = self.form.row
        turned = before is not None and before.retired != row.retired
        if not self.form.undecided():
            self.say("")
        self.form.merge(row, self.who_changed)
        if turned:
            self._tell_turned(row)
        if self.form.undecided():
            self.say(_("Somebody else changed the same: choose at each field which is right."))
        self.refresh()

    def say(self, sentence: str) -> None:
        """A sentence beside the buttons."""
        self.problem.setText(sentence)

    def who_changed(self, field: str) -> str:
        """Who changed a field last, and when."""
        line = last_change(list(self._history), field)
        return self.who(line.who, line.at) if line is not None else "–"

    def who(self, name: str, at: datetime | None) -> str:
        if at is None:
            return name
        store = self._session.store
        local = store.local(at)
        today = store.local(self._session.now()).date()
        moment = f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
        return f"{name} {moment}"

    # --- keys ----------------------------------------------------------------------------------------

    def other_tab(self) -> None:
        """Turns to the history, or back to the form."""
        if self.tabs.isVisibleTo(self):
            self.tabs.set_value(FORM if self.tabs.value() == HISTORY else HISTORY)
            if self.tabs.value() == FORM:
                self.form.focus_first()
            else:
                self.history.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_form(self) -> None:
        self.tabs.set_value(FORM)

    # --- inside --------------------------------------------------------------------------------------

    def _show_tab(self) -> None:
        self.stack.setCurrentWidget(self.history if self.tabs.value() == HISTORY else self.form)

    def _tell_turned(self, row: Listed) -> None:
        line = next((one for one in self._history if one.what in ("retired", "restored")), None)
        who = self.who(line.who, line.at) if line is not None else "–"
        said = _("{who} retired this row.") if row.retired else _("{who} brought this row back.")
        self.band_words.setText(said.format(who=who))
        self.band.show()

    def _on_edited(self) -> None:
        if self.sender() is self.form:
            self.refresh()
            self.edited.emit()


def row_title(kind: Kind, row: Listed) -> str:
    """What a row is called: with its number or code where it has one."""
    key, name = str(row.values[KEY_FIELD[kind]]), str(row.values["name"])
    if kind is Kind.WINDOWS:
        return _("Window {number}").format(number=key) + f"  {name}"
    if kind is Kind.MATTERS:
        return f"{key}  {name}"
    if kind is Kind.STAFF:
        return f"{name}  {i18n.code('role', row.values['role'])}"
    return name
