"""Hall lists and communities: the hall's lists row by row, edited by several managers at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import list_editing, list_history
from hall_desk.services.directory_columns import TITLES, Kind
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.labels import Text
from hall_desk.ui.lists.list_pane import FIND, NEW, RETIRED, ListPane
from hall_desk.ui.lists.row_form import Draft
from hall_desk.ui.lists.row_pane import DROP, TAB, TURN, RowPane, row_title
from hall_desk.ui.pages import Page, Shortcut

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.list_editing import Conflict, Listed, Typed
    from hall_desk.services.list_history import HistoryLine
    from hall_desk.services.pinyin import Index
    from hall_desk.ui.lists.list_tables import ListRow
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Shown:
    kind: Kind
    rows: list[Listed]
    index: Index[UUID]
    counts: dict[Kind, int]
    of: UUID | None
    history: list[HistoryLine]


def _read(actor: Actor, kind: Kind, chosen: UUID | None) -> _Shown:
    with actor.store.reading():
        rows = list_editing.records(actor, kind, retired=True)
        history = list_history.history(actor, kind, chosen) if chosen is not None else []
        return _Shown(
            kind, rows, list_editing.index(kind, rows), list_editing.counts(actor), chosen, history
        )


class ListsPage(Page):
    """A list at the left, a row of it at the right. What is typed of a row and not saved waits until one comes back."""

    name = "lists"
    right = "lists.read"
    topics = frozenset({"window", "matter", "staff", "community", "hall"})

    @classmethod
    def title(cls) -> str:
        return _("Hall lists")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.kinds = Segmented([(kind, _(TITLES[kind])) for kind in Kind])
        self.import_button = Button(_("Import…"))
        self.export_button = Button(_("Export…"))
        self.list = ListPane()
        self.pane = RowPane(session)
        self._drafts: dict[tuple[Kind, UUID | None], Draft] = {}
        self._id: UUID | None = None  # the row that is shown; None for a new one or none
        self._wanted: UUID | None = None  # what is to be selected once it was read
        self._saving = False
        self._lay_out()
        self._connect()
        self.list.show_kind(Kind.WINDOWS)
        self.first_steps = FirstSteps(session, self.name, self.list.empty)
        self.first_steps.offer(_("Import…"), self.ask_import)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(self.title(), "title"))
        head.addSpacing(8)
        head.addWidget(self.kinds)
        head.addWidget(Text("Ctrl+1 2 3 4", "label"))
        head.addStretch(1)
        head.addWidget(self.import_button)
        head.addWidget(self.export_button)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.list)
        below.addWidget(self.pane, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.kinds.changed.connect(self._kind_changed)
        self.list.moved_to.connect(self._moved_to)
        self.list.chosen.connect(lambda _row: self._enter_form())
        self.list.new_asked.connect(self.new_row)
        self.list.move_asked.connect(self.move_window)
        self.pane.save_asked.connect(self.save)
        self.pane.turn_asked.connect(self.turn)
        self.pane.drop_asked.connect(self.drop)
        self.pane.edited.connect(self._mark)
        self.import_button.clicked.connect(self.ask_import)
        self.export_button.clicked.connect(self.ask_import)

    # --- what the frame asks -------------------------------------------------------------------------

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            *(
                Shortcut(f"Ctrl+{number}", partial(self.show_kind, kind))
                for number, kind in enumerate(Kind, start=1)
            ),
            Shortcut(FIND, self.focus_search),
            Shortcut(RETIRED, self.list.retired.toggle),
            Shortcut(NEW, self.new_row),
            Shortcut("Ctrl+Return", self.save),
            Shortcut("Ctrl+Enter", self.save),
            Shortcut(TAB, self.pane.other_tab),
            Shortcut(TURN, self.turn),
            Shortcut(DROP, self.drop),
        )

    def arrive(self) -> None:
        self.focus_search()

    def show_with(self, kind: str = "", row_id: UUID | None = None, **_what: Any) -> None:
        """`kind` shows that list, `row_id` that row of it."""
        if kind:
            self.show_kind(Kind(kind))
        if row_id is not None:
            self._wanted = row_id
            self.reload()

    def show_kind(self, kind: Kind) -> None:
        """Turns to a list and puts the keyboard on its search."""
        self.kinds.set_value(kind)
        self.focus_search()

    def focus_search(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.search.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            # Back to the list; what was typed waits at its row.
            self.list.table().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    # --- reading -------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        return self.list.kind

    def reload(self) -> None:
        actor, kind, chosen = self.session.actor, self.kind, self._id
        self.session.background.data(
            self, lambda: _read(actor, kind, chosen), self._show, replaces="reload"
        )

    def _show(self, shown: _Shown) -> None:
        if shown.kind is not self.kind:
            return
        for button, kind in zip(self.kinds.buttons(), Kind, strict=True):
            button.setText(f"{_(TITLES[kind])} {shown.counts[kind]}")
            button.updateGeometry()
        self.list.show_rows(shown.rows, shown.index, self._half_typed())
        self.first_steps.show_for(empty=all(row.retired for row in shown.rows))
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.list.select(wanted)
        elif self._id is None and not self.pane.shows_row and shown.rows:
            self.list.step(0)
        row = next((one for one in shown.rows if one.id == self._id), None)
        if row is not None and shown.of == self._id:
            self.pane.show_history(shown.history)
            if not self._saving:
                self.pane.merge(row)

    def _kind_changed(self, kind: Kind) -> None:
        self._leave_row()
        self._id = None
        self.pane.show_nothing()
        self.list.no_selection()
        self.list.show_kind(kind)
        draft = self._drafts.get((kind, None))
        if draft is not None:
            self._open_new()
        self.reload()

    # --- one row -------------------------------------------------------------------------------------

    def _moved_to(self, row: ListRow) -> None:
        if row.id == self._id:
            return
        self._leave_row()
        self._id = row.id
        form = self.pane.forms[self.kind]
        draft = self._drafts.get((self.kind, row.id))
        if draft is not None:
            form.restore(draft)
        else:
            form.load(row.one)
        self.pane.open(self.kind)
        self._read_again()

    def _read_again(self) -> None:
        """Reads the history of the row that has just been opened, and what others wrote into it since it was left."""
        if self._id is not None:
            self.reload()

    def _leave_row(self) -> None:
        """Keeps what was typed of the row that is shown."""
        if not self.pane.shows_row:
            return
        key = (self.pane.kind, self._id)
        draft = self.pane.form.draft()
        if draft is not None:
            self._drafts[key] = draft
        else:
            self._drafts.pop(key, None)

    def _half_typed(self) -> set[UUID | None]:
        half = {id_ for kind, id_ in self._drafts if kind is self.kind and id_ != self._id}
        if self._id is not None and self.pane.shows_row and self.pane.form.dirty():
            half.add(self._id)
        return half

    def _mark(self) -> None:
        self.list.mark(self._half_typed())

    def _enter_form(self) -> None:
        if self.pane.shows_row:
            self.pane.show_form()
            self.pane.form.focus_first()

    def new_row(self) -> None:
        """An empty form for a new row, or what was typed of one before."""
        if self._id is None and self.pane.shows_row:
            self._enter_form()
            return
        self._leave_row()
        self._id = None
        self.list.no_selection()
        self._open_new()
        self._mark()

    def _open_new(self) -> None:
        form = self.pane.forms[self.kind]
        draft = self._drafts.get((self.kind, None))
        if draft is not None:
            form.restore(draft)
        else:
            form.load(None)
        self.pane.open(self.kind)
        self._enter_form()

    def drop(self) -> None:
        """Forgets what was typed and not saved of the row that is shown."""
        if not self.pane.shows_row or not self.pane.form.dirty():
            return
        form = self.pane.form
        self._drafts.pop((self.kind, self._id), None)
        form.load(form.row)
        self.pane.open(self.kind)
        self._mark()
        self._enter_form()

    # --- saving --------------------------------------------------------------------------------------

    def save(self) -> None:
        """Saves what is typed of the row that is shown."""
        pane, form = self.pane, self.pane.form
        if self._saving or not pane.shows_row or not form.dirty():
            return
        form.clear_problems()
        pane.say("")
        pane.show_form()
        if form.undecided():
            pane.say(_("Somebody else changed the same: choose at each field which is right."))
            return
        try:
            typed = form.typed()
        except errors.BadInput:
            form.pins_differ()
            return
        actor, kind, id_, seen = self.session.actor, self.kind, self._id, form.seen

        def work() -> Listed:
            if id_ is None:
                return list_editing.add(actor, kind, typed)
            return list_editing.edit(actor, kind, id_, seen, typed)

        self._busy(saving=True)
        self.session.background.data(
            self,
            work,
            lambda row: self._saved(kind, id_, row, typed),
            lambda error: self._refused(kind, id_, error),
        )

    def _saved(self, kind: Kind, id_: UUID | None, row: Listed, typed: Typed) -> None:
        self._busy(saving=False)
        self._drafts.pop((kind, id_), None)
        if (kind, id_) == (self.kind, self._id) and self.pane.shows_row:
            self._id = row.id
            self.pane.form.saved(row, typed)
            self.pane.refresh()
            self._wanted = row.id
        self.session.notices.success(_("Saved: {name}").format(name=row_title(kind, row)))
        self.reload()

    def _refused(self, kind: Kind, id_: UUID | None, error: HallDeskError) -> bool:
        self._busy(saving=False)
        if (kind, id_) != (self.kind, self._id):
            return False
        form = self.pane.form
        match error:
            case errors.BadRow():
                left = form.show_problems(error.problems)
                self.pane.say(" ".join(one.words for one in left))
            case errors.EditConflict():
                form.show_conflicts(error.conflicts, self._who)
                self.pane.say(i18n.explain(error))
            case _:
                self.pane.say(i18n.explain(error))
        self.pane.refresh()
        return True

    def _who(self, conflict: Conflict) -> str:
        return self.pane.who(conflict.who or "–", conflict.at)

    def _busy(self, *, saving: bool) -> None:
        self._saving = saving
        self.pane.save_button.setEnabled(not saving)

    # --- retiring, order, files ----------------------------------------------------------------------

    def turn(self) -> None:
        """Retires the row that is shown, or brings it back."""
        row = self.pane.form.row
        if self._saving or not self.pane.shows_row or row is None:
            return
        self.pane.say("")
        actor, kind, back = self.session.actor, self.kind, row.retired
        turn = list_editing.bring_back if back else list_editing.retire
        self._busy(saving=True)
        self.session.background.data(
            self,
            lambda: turn(actor, kind, row.id),
            lambda after: self._turned(kind, after, back=back),
            lambda error: self._refused(kind, row.id, error),
        )

    def _turned(self, kind: Kind, row: Listed, *, back: bool) -> None:
        self._busy(saving=False)
        if (kind, row.id) == (self.kind, self._id):
            self.pane.form.row = row
            self.pane.band.hide()
            self.pane.refresh()
        said = _("Brought back: {name}") if back else _("Retired: {name}")
        undo = self._undo_turn(kind, row.id, back=back)
        self.session.notices.success(said.format(name=row_title(kind, row)), undo)
        self.reload()

    def _undo_turn(self, kind: Kind, id_: UUID, *, back: bool) -> Any:
        actor = self.session.actor
        turn = list_editing.retire if back else list_editing.bring_back
        return lambda: self.session.background.data(self, lambda: turn(actor, kind, id_))

    def move_window(self, by: int) -> None:
        """Moves the window that is selected up or down."""
        row = self.list.selected()
        if self.kind is not Kind.WINDOWS or row is None or row.one.retired:
            return
        actor, id_ = self.session.actor, row.id
        self.session.background.data(
            self, lambda: list_editing.move(actor, id_, by), lambda _moved: self.reload()
        )

    def ask_import(self) -> None:
        """Opens the form that imports and exports the list shown."""
        from hall_desk.ui.dialogs.import_lists import ImportListsDialog

        ImportListsDialog(self.session, self.kind).open()
