"""Hall settings: what a hall may choose, each with its history, changed by several managers at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import hall_settings, pinyin, setting_forms
from hall_desk.services.hall_settings import Wish
from hall_desk.ui import theme
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.person_picker import ListEdit, fitting
from hall_desk.ui.setting_pane import DROP, USUAL, SettingPane
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.hall_settings import Kept
    from hall_desk.services.list_history import HistoryLine
    from hall_desk.ui.session import Session

FIND = "Alt+F"
WIDTH = 560
UNDO_S = 10


@dataclass(frozen=True)
class _Row:
    """`group` is empty below the first row of its group."""

    name: str
    group: str
    label: str
    value: str
    half_typed: bool


@dataclass(frozen=True)
class _Shown:
    kept: list[Kept]
    of: str
    history: list[HistoryLine]


@dataclass(frozen=True)
class _Draft:
    seen: Any
    text: str


def _read(actor: Actor, name: str) -> _Shown:
    with actor.store.reading():
        history = hall_settings.history(actor, name) if name else []
        return _Shown(hall_settings.kept(actor), name, history)


class SettingsPage(Page):
    """All settings at the left, one at the right. What is typed and not saved waits until one comes back to it."""

    name = "settings"
    right = "halls.change"
    topics = frozenset({"hall"})

    @classmethod
    def title(cls) -> str:
        return _("Hall settings")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.search = ListEdit()
        self.search.setPlaceholderText(_("Search: name, pinyin, initials"))
        self.search.setAccessibleName(_("Search the settings"))
        self.model: RowsModel[_Row] = RowsModel(
            (
                Column("", lambda row: row.group, 124, ink=lambda _row: theme.LABEL),
                Column(_("Setting"), lambda row: row.label, 150, 3, bold=True),
                Column(_("Value"), _value_words, 110, 4, ink=_value_ink),
            ),
            lambda row: row.name,
        )
        self.table: Table[_Row] = Table(self.model)
        self.empty = Text("", "soft").wrap()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.hide()
        self.pane = SettingPane(session)
        self._kept: dict[str, Kept] = {}
        self._index = pinyin.Index(
            (form.name, _(form.label), f"{_(group.title)} {_(form.said)}", "")
            for group in setting_forms.GROUPS
            for form in group.forms
        )
        self._drafts: dict[str, _Draft] = {}
        self._name = ""  # the setting that is shown
        self._seen: Any = None  # its value as the field was filled with it
        self._saving = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = Ground("card")
        left.setFixedWidth(WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(1, 12, 1, 1)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(left)
        below.addWidget(self.pane, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(Text(self.title(), "title"))
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._narrow(first=True))
        self.search.moved.connect(self._step)
        self.search.entered.connect(self.pane.focus_field)
        self.table.moved_to.connect(self._moved_to)
        self.table.chosen.connect(lambda _row: self.pane.focus_field())
        self.pane.edited.connect(self._edited)
        self.pane.save_asked.connect(self.save)
        self.pane.usual_asked.connect(self.as_usual)
        self.pane.drop_asked.connect(self.drop)
        self.pane.keep_asked.connect(self._keep_mine)
        self.pane.take_asked.connect(self._take_that)

    # --- what the frame asks -------------------------------------------------------------------------

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            Shortcut(FIND, self.focus_search),
            Shortcut("Ctrl+Return", self.save),
            Shortcut("Ctrl+Enter", self.save),
            Shortcut(USUAL, self.as_usual),
            Shortcut(DROP, self.drop),
        )

    def arrive(self) -> None:
        self.focus_search()

    def show_with(self, name: str = "", **_what: Any) -> None:
        """`name` shows that setting, the keyboard on its field."""
        if name:
            self.search.clear()
            self._open(name)
            self.table.select(name)
            self.pane.focus_field()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            # Back to the list; what was typed waits at its setting.
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def reload(self) -> None:
        actor, name = self.session.actor, self._name
        self.session.background.data(
            self, lambda: _read(actor, name), self._show, replaces="reload"
        )

    # --- what it shows -------------------------------------------------------------------------------

    def _show(self, shown: _Shown) -> None:
        first = not self._kept
        self._kept = {one.name: one for one in shown.kept}
        if first:
            wanted = self._name or shown.kept[0].name
            self._name = ""
            self._narrow()
            self.table.select(wanted)
            self._open(wanted)
            return
        self._merge()
        self._narrow()
        if shown.of == self._name:
            self.pane.show_history(shown.history)

    def _merge(self) -> None:
        """Takes in what the setting that is shown is now, whoever changed it."""
        now = self._kept[self._name].value
        if self._saving or now == self._seen:
            return
        if self._dirty() and self._text_of(now) != self.pane.text():
            words = _("Somebody else changed it to {value}.")
            self.pane.ask(words.format(value=setting_forms.shown(self._name, now)))
        else:
            self._seen = now
            self.pane.fill(self._text_of(now))
        self._refresh()

    def _narrow(self, *, first: bool = False) -> None:
        fit = fitting(self._index, self.search.text())
        rows = []
        for group in setting_forms.GROUPS:
            title = _(group.title)
            for form in group.forms:
                if form.name not in self._kept or (fit is not None and form.name not in fit):
                    continue
                value = setting_forms.shown(form.name, self._kept[form.name].value)
                rows.append(
                    _Row(form.name, title, _(form.label), value, self._half_typed(form.name))
                )
                title = ""
        self.model.show(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if not rows:
            typed = self.search.text().strip()
            self.empty.setText(_("Nothing fits “{typed}”.").format(typed=typed) if typed else "")
        elif first and self.search.text().strip():
            self.table.selectRow(0)

    def _half_typed(self, name: str) -> bool:
        return self._dirty() if name == self._name else name in self._drafts

    def _step(self, by: int) -> None:
        count = self.model.rowCount()
        if count:
            row = self.table.currentIndex().row() + by
            self.table.selectRow(max(0, min(row, count - 1)))

    def _moved_to(self, row: _Row) -> None:
        self._open(row.name)

    def _open(self, name: str) -> None:
        if name == self._name:
            return
        self._leave()
        self._name = name
        if name not in self._kept:  # not read yet
            return
        one = self._kept[name]
        draft = self._drafts.pop(name, None)
        self._seen = draft.seen if draft else one.value
        self.pane.open(one, draft.text if draft else self._text_of(one.value))
        self._merge()
        self._refresh()
        self.reload()

    def _leave(self) -> None:
        """Keeps what was typed of the setting that is shown."""
        if self._name in self._kept and self._dirty():
            self._drafts[self._name] = _Draft(self._seen, self.pane.text())

    def _text_of(self, value: Any) -> str:
        return setting_forms.text_of(self._name, value)

    def _dirty(self) -> bool:
        return bool(self.pane.form) and self.pane.text() != self._text_of(self._seen)

    def _edited(self) -> None:
        self._refresh()
        self._narrow()

    def _refresh(self) -> None:
        usual = self._kept[self._name].usual if self._name in self._kept else None
        as_usual = usual is None or self.pane.text() == self._text_of(usual)
        self.pane.show_state(dirty=self._dirty(), usual=as_usual, saving=self._saving)

    # --- changing ------------------------------------------------------------------------------------

    def as_usual(self) -> None:
        """Fills in what a hall has that chose nothing; saving is another step."""
        if self._name in self._kept:
            self.pane.fill(self._text_of(self._kept[self._name].usual))
            self._edited()
            self.pane.focus_field()

    def drop(self) -> None:
        """Forgets what was typed and not saved of the setting that is shown."""
        if self._name in self._kept and self._dirty():
            self._seen = self._kept[self._name].value
            self.pane.fill(self._text_of(self._seen))
            self._edited()
            self.pane.focus_field()

    def save(self) -> None:
        """Saves the setting that is shown."""
        if self._saving or self._name not in self._kept or not self._dirty():
            return
        self.pane.problem.setText("")
        if self.pane.field.strip.asking:
            said = _("Somebody else changed the same: choose at each field which is right.")
            self.pane.problem.setText(said)
            return
        name, before, actor = self._name, self._seen, self.session.actor
        try:
            value = setting_forms.read(name, self.pane.text())
        except errors.BadInput as error:
            self.pane.say_wrong(i18n.explain(error))
            return
        self._saving = True
        self._refresh()
        self.session.background.data(
            self,
            lambda: hall_settings.change(actor, {name: Wish(before, value)}),
            lambda _nothing: self._saved(name, before, value),
            lambda error: self._refused(name, error),
        )

    def _saved(self, name: str, before: Any, value: Any) -> None:
        self._saving = False
        if name == self._name:
            self._seen = value
            self.pane.fill(self._text_of(value))
            if self.pane.isAncestorOf(self.focusWidget()):
                # On to the next one; in a field Ctrl+Z would be the field's own.
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._drafts.pop(name, None)
        actor = self.session.actor

        def undo() -> None:
            self.session.background.data(
                self,
                lambda: hall_settings.change(actor, {name: Wish(value, before)}),
                lambda _nothing: self.reload(),
            )

        said = _("Saved: {name}").format(name=setting_forms.full_label(name))
        self.session.notices.undoable(said, undo, UNDO_S)
        self._refresh()
        self.reload()

    def _refused(self, name: str, error: HallDeskError) -> bool:
        self._saving = False
        self._refresh()
        if name != self._name:
            return False
        match error:
            case errors.BadInput():
                self.pane.say_wrong(i18n.explain(error))
            case errors.EditConflict():
                one = error.conflicts[0]
                words = _("{who} changed it to {value}.").format(
                    who=self.pane.who(one.who, one.at),
                    value=setting_forms.shown(name, one.his),
                )
                self._kept[name] = replace(self._kept[name], value=one.his)
                self.pane.ask(words)
            case _:
                self.pane.problem.setText(i18n.explain(error))
        return True

    def _keep_mine(self) -> None:
        self._seen = self._kept[self._name].value
        self.pane.field.strip.hide()
        self.pane.fit()
        self._refresh()
        self.pane.focus_field()

    def _take_that(self) -> None:
        self._seen = self._kept[self._name].value
        self.pane.fill(self._text_of(self._seen))
        self._edited()
        self.pane.focus_field()


def _value_words(row: _Row) -> str:
    return _("{value} (typed, not saved)").format(value=row.value) if row.half_typed else row.value


def _value_ink(row: _Row) -> str:
    return theme.WARN if row.half_typed else ""
