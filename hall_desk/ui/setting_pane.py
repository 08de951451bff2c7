"""The right side of the settings page: one setting with what it means, its field, what is usual, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout

from hall_desk.i18n import WEEKDAYS, _
from hall_desk.services import setting_forms
from hall_desk.services.setting_forms import NO, YES, Shape
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.lists.edit_fields import EditField, TickBoxes, line_edit, text_edit
from hall_desk.ui.lists.history_view import HistoryView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.hall_settings import Kept
    from hall_desk.services.list_history import HistoryLine
    from hall_desk.services.setting_forms import Form
    from hall_desk.ui.session import Session

SAVE, USUAL, DROP = "Ctrl+Enter", "Alt+T", "Alt+X"
_NARROW = 180
_LINES = 7


class YesNoBox(QCheckBox):
    """Yes or no, as a text."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggled.connect(self.edited)
        self.toggled.connect(lambda _on: self._say())
        self._say()

    def cell_text(self) -> str:
        return YES if self.isChecked() else NO

    def set_cell_text(self, text: str) -> None:
        self.setChecked(text == YES)

    def _say(self) -> None:
        self.setText(_("yes") if self.isChecked() else _("no"))


class WeekdayBoxes(TickBoxes):
    """The days of the week; as a text their digits, 1 is Monday."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__({str(number): _(day) for number, day in enumerate(WEEKDAYS, 1)}, parent)

    def cell_text(self) -> str:
        return "".join(digit for digit, box in self.boxes.items() if box.isChecked())

    def set_cell_text(self, text: str) -> None:
        for digit, box in self.boxes.items():
            box.setChecked(digit in text)


class SettingPane(Ground):
    """Shows one setting. What was typed and not saved is `text()`; `seen` is the value the field was filled with."""

    save_asked = Signal()
    usual_asked = Signal()
    drop_asked = Signal()
    keep_asked = Signal()
    take_asked = Signal()
    edited = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        self._session = session
        self.form: Form | None = None
        self.title = Text("", "title").wrap()
        self.said = Text("").wrap()
        self.number, self.hours = line_edit(), line_edit()
        self.number.setFixedWidth(_NARROW)
        self.lines = text_edit(_LINES)
        self.weekdays, self.yes_no = WeekdayBoxes(), YesNoBox()
        self.fields: dict[QWidget, EditField] = {
            edit: EditField(_("Value"), edit)
            for edit in (self.number, self.hours, self.lines, self.weekdays, self.yes_no)
        }
        self.stack = QStackedWidget()
        for field in self.fields.values():
            self.stack.addWidget(field)
            field.edited.connect(self._on_edited)
            field.keep_asked.connect(self.keep_asked)
            field.take_asked.connect(self.take_asked)
        for line in (self.number, self.hours):
            line.returnPressed.connect(self.save_asked)
        self.unit = Text("", "soft")
        self.usual = Text("", "label").wrap()
        self.problem = Text("", "error").wrap()
        self.save_button = Button(_("Save"), "primary", SAVE)
        self.drop_button = Button(_("Drop changes"), "plain", DROP)
        self.usual_button = Button(_("As usual"), "plain", USUAL)
        self.history = HistoryView(session.store)
        self._filling = False
        self._lay_out()
        self.save_button.clicked.connect(self.save_asked)
        self.drop_button.clicked.connect(self.drop_asked)
        self.usual_button.clicked.connect(self.usual_asked)

    def _lay_out(self) -> None:
        # The unit stands behind the number, on the line of its field.
        number_field = self.fields[self.number]
        inner = number_field.layout()
        assert isinstance(inner, QVBoxLayout)
        line = QHBoxLayout()
        line.setSpacing(10)
        inner.removeWidget(self.number)
        line.addWidget(self.number)
        line.addWidget(self.unit)
        line.addStretch(1)
        inner.insertLayout(1, line)
        for field in self.fields.values():
            layout = field.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.save_button)
        foot.addWidget(self.drop_button)
        foot.addStretch(1)
        foot.addWidget(self.usual_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.said)
        layout.addWidget(self.stack)
        layout.addWidget(self.usual)
        layout.addWidget(self.problem)
        layout.addLayout(foot)
        layout.addSpacing(6)
        layout.addWidget(Text(_("Change history"), "heading"))
        layout.addWidget(self.history, 1)

    # --- one setting ---------------------------------------------------------------------------------

    @property
    def field(self) -> EditField:
        """The field of the setting that is shown."""
        field = self.stack.currentWidget()
        assert isinstance(field, EditField)
        return field

    def open(self, one: Kept, text: str) -> None:
        """Shows a setting with a text in its field."""
        form = setting_forms.FORMS[one.name]
        self.form = form
        self.title.setText(setting_forms.full_label(one.name))
        self.said.setText(_(form.said))
        self.unit.setText(setting_forms.unit(form))
        edit: QWidget = {
            Shape.HOURS: self.hours,
            Shape.YES_NO: self.yes_no,
            Shape.WEEKDAYS: self.weekdays,
            Shape.DAYS: self.lines,
            Shape.WORDS: self.lines,
        }.get(form.shape, self.number)
        self.stack.setCurrentWidget(self.fields[edit])
        # As high as this field, not as the highest of them.
        for field in self.fields.values():
            field.setVisible(field is self.field)
        self.field.edit.setAccessibleName(self.title.text())
        self.history.show_lines(())
        self.fill(text)
        usual = _("Usual: {value}.").format(value=setting_forms.shown(one.name, one.usual))
        self.usual.setText(f"{setting_forms.bounds(form)} {usual}".strip())

    def fill(self, text: str) -> None:
        """Puts a text into the field."""
        self._filling = True
        self.field.set_text(text)
        self._filling = False
        self.problem.setText("")
        self.field.strip.hide()
        self.fit()

    def text(self) -> str:
        return self.field.text()

    def say_wrong(self, sentence: str) -> None:
        """Says below the field what is wrong with it."""
        self.field.show_error(sentence)
        self.fit()

    def ask(self, words: str) -> None:
        """Shows another's value below the field, to be decided."""
        self.field.strip.ask(words)
        self.fit()

    def fit(self) -> None:
        """Makes the field's place as high as it is now, with what is said below it."""
        layout = self.field.layout()
        if layout is not None:
            layout.activate()
        width = max(self.stack.width(), 1)
        field = self.field
        height = field.heightForWidth(width) if field.hasHeightForWidth() else -1
        self.stack.setFixedHeight(max(height, field.sizeHint().height()))

    def show_state(self, *, dirty: bool, usual: bool, saving: bool) -> None:
        """What may be done now."""
        self.save_button.setEnabled(dirty and not saving)
        self.drop_button.setVisible(dirty)
        self.usual_button.setVisible(not usual)

    def show_history(self, lines: Sequence[HistoryLine]) -> None:
        self.history.show_lines(lines)

    def who(self, name: str, at: datetime | None) -> str:
        """Somebody and when, as it is said beside a conflict."""
        if at is None:
            return name or "–"
        local = self._session.store.local(at)
        today = self._session.store.local(self._session.now()).date()
        moment = f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
        return f"{name or '–'} {moment}"

    def focus_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        line = self.field.line()
        if line is not None and not isinstance(line, QPlainTextEdit):
            line.selectAll()

    def _on_edited(self) -> None:
        if not self._filling:
            self.field.clear_error()
            self.fit()
            self.edited.emit()
