"""The lists of the callbacks page on one card: a button for each, the table of the one that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.ui import calls_tables, key_map
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.tables import RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from hall_desk.ui.session import Session

# The lists by name, with the right each needs.
LISTS = (
    ("due", N_("To be called"), "callbacks.read"),
    ("side", N_("Side list"), "callbacks.read"),
    ("done", N_("Done today"), "callbacks.read"),
    ("cases", N_("Phone cases"), "phone_cases.read"),
    ("numbers", N_("Dead numbers"), "numbers.read"),
)
CASE = "Ctrl+F8"


class CallLists(Ground):
    """Signals: `chosen` is Enter on a row, `moved_to` its selection, `changed` the name of another list."""

    chosen = Signal(object)
    moved_to = Signal(object)
    changed = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("card", parent)
        store, now, actor = session.store, session.now, session.actor
        self._lists = [(name, words) for name, words, right in LISTS if actor.may(right)]
        self.buttons = Segmented([(name, _(words)) for name, words in self._lists])
        self.models: dict[str, RowsModel[Any]] = {
            "due": calls_tables.due_model(store, now),
            "side": calls_tables.due_model(store, now),
            "done": calls_tables.done_model(store, now),
            "cases": calls_tables.cases_model(store),
            "numbers": calls_tables.troubles_model(store, now),
        }
        self.tables: dict[str, Table[Any]] = {}
        self.empty = Text("", "soft").wrap()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(20)
        self._stack = QStackedWidget()
        for name, words in self._lists:
            table: Table[Any] = Table(self.models[name])
            table.setAccessibleName(_(words))
            table.chosen.connect(self.chosen)
            table.moved_to.connect(self.moved_to)
            self.tables[name] = table
            self._stack.addWidget(table)
        self.first_steps = FirstSteps(session, "callbacks", self.tables["due"].viewport())
        tabs = QHBoxLayout()
        tabs.setContentsMargins(14, 0, 14, 0)
        tabs.addWidget(self.buttons, 1)
        tabs.addWidget(Text(f"Alt+1 – {len(self._lists)}", "label"))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(1, 10, 1, 1)
        inside.setSpacing(10)
        inside.addLayout(tabs)
        inside.addWidget(self.empty)
        inside.addWidget(self._stack, 1)
        self.buttons.changed.connect(self._list_changed)

    def names(self) -> list[str]:
        """The lists this person has, in their order."""
        return [name for name, _words in self._lists]

    def current(self) -> str:
        """The name of the list that is shown."""
        return str(self.buttons.value())

    def table(self) -> Table[Any]:
        """The table that is shown."""
        return self.tables[self.current()]

    def show_list(self, name: str) -> None:
        """Shows another list; a name this person has not changes nothing."""
        if name in self.tables:
            self.buttons.set_value(name)

    def show_rows(
        self, rows: Sequence[Any], wanted: UUID | None = None, *, go_on: bool = False
    ) -> None:
        """Fills the list that is shown, and keeps the selection.

        `wanted` is the row to select. With `go_on` the row that follows is selected, not the place to which the
        selected one has moved.
        """
        table = self.table()
        before, at = table.selected(), table.currentIndex().row()
        self.models[self.current()].show(rows)
        kept = wanted is not None and table.select(wanted)
        if not kept and before is not None and not go_on:
            kept = table.select(before.id)
        if not kept and rows:
            table.selectRow(min(max(at, 0), len(rows) - 1))
        self.empty.setText(_empty_words(self.current()))
        due = self.current() == "due"
        self.empty.setVisible(not rows and not due)
        self.first_steps.show_for(empty=due and not rows)

    def show_figures(self, figures: Mapping[str, int]) -> None:
        """How many there are, on the lists' buttons; none, no figure."""
        for button, (name, words) in zip(self.buttons.buttons(), self._lists, strict=True):
            count = figures.get(name)
            button.setText(f"{_(words)}  {count}" if count else _(words))
            button.updateGeometry()

    def _list_changed(self, name: str) -> None:
        self._stack.setCurrentWidget(self.tables[name])
        self.changed.emit(name)


def _empty_words(name: str) -> str:
    return {
        "side": _("Nobody is on the side list."),
        "done": _("No callback has been settled today."),
        "cases": _("No phone case has been recorded today. {key} records one.").format(
            key=key_map.now(CASE)
        ),
    }.get(name, _("Every number is in order."))
