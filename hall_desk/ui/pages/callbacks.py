"""Callbacks: who is to be phoned and when, what came of it, and today's business by telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import callbacks, number_troubles, phone_cases
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.call_panel import CallPanel
from hall_desk.ui.calling import Calling
from hall_desk.ui.calls_aside import CasesPanel, TroublesPanel
from hall_desk.ui.calls_lists import CASE, CallLists
from hall_desk.ui.dialogs.new_callback import NewCallbackDialog
from hall_desk.ui.dialogs.phone_case import PhoneCaseDialog
from hall_desk.ui.labels import Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.slip_choices import window_name
from hall_desk.ui.tables import Table

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.callbacks import Counts
    from hall_desk.services.number_troubles import Trouble
    from hall_desk.services.phone_cases import PhoneCase, Summary
    from hall_desk.ui.session import Session

NEW, SCOPE = "Ctrl+N", "Alt+0"


@dataclass(frozen=True)
class _Shown:
    """What one reading of the page gave: the rows of the list that is shown, and the figures on the others."""

    name: str
    rows: list[Any]
    counts: Counts
    numbers: int
    summary: Summary | None


def _read(actor: Actor, name: str, window_id: UUID | None) -> _Shown:
    readers: dict[str, Callable[[], list[Any]]] = {
        "due": lambda: callbacks.due(actor, window_id),
        "side": lambda: callbacks.side_list(actor, window_id),
        "done": lambda: callbacks.settled_today(actor, window_id),
        "cases": lambda: phone_cases.today(actor, window_id),
    }
    numbers = number_troubles.unsettled(actor)
    return _Shown(
        name=name,
        rows=readers[name]() if name in readers else numbers,
        counts=callbacks.counts(actor, window_id),
        numbers=len(numbers),
        summary=phone_cases.summary(actor, window_id) if name == "cases" else None,
    )


class CallbacksPage(Page):
    """A window's clerk sees the own window first and the whole hall by one key; others see the hall.

    Enter takes the number of a row, a digit says what came of the call.
    """

    name = "callbacks"
    right = "callbacks.read"
    topics = frozenset({"callback", "phone_case", "number", "window", "matter"})

    @classmethod
    def title(cls) -> str:
        return _("Callbacks")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        actor = session.actor
        self.lists = CallLists(session)
        self.scope = Segmented([("own", _("My window")), ("hall", _("Whole hall"))])
        self.scope_key = Text(SCOPE, "label")
        # Never shown by itself: without a parent yet it would be a window of its own.
        if actor.window_id is None:
            self.scope.hide()
            self.scope_key.hide()
        self.new_button = Button(_("New callback"), "plain", NEW)
        self.case_button = Button(_("Phone case"), "plain", CASE)
        if not actor.may("phone_cases.record"):
            self.case_button.hide()
        self.panel = CallPanel(session)
        self.calling = Calling(session, self.panel)
        self.cases_panel = CasesPanel()
        self.troubles_panel = TroublesPanel(may_settle=actor.may("numbers.settle"))
        # What `show_with` asked for, until the list has been read.
        self._wanted: UUID | None = None
        # After a call the next row is chosen, not the place the old one has moved to.
        self._go_on = False
        self._changes_at: datetime | None = None
        # The reports of numbers that were there before: a manager is told of a new one.
        self._numbers: set[UUID] | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(self.title(), "title"))
        head.addStretch(1)
        for widget in (self.scope_key, self.scope, self.new_button, self.case_button):
            head.addWidget(widget)
        self.side_stack = QStackedWidget()
        self.side_stack.setFixedWidth(356)
        for panel in (self.panel, self.cases_panel, self.troubles_panel):
            self.side_stack.addWidget(panel)
        for table in self.lists.tables.values():
            table.installEventFilter(self)
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(self.lists, 1)
        sides.addWidget(self.side_stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(sides, 1)

    def _connect(self) -> None:
        self.lists.changed.connect(self._list_changed)
        self.lists.chosen.connect(self._row_chosen)
        self.lists.moved_to.connect(self._row_moved)
        self.scope.changed.connect(lambda _scope: self.reload())
        self.new_button.clicked.connect(self.new_callback)
        self.case_button.clicked.connect(self.phone_case)
        self.calling.ended.connect(self._call_ended)
        self.calling.put_down.connect(self.arrive)
        self.calling.refused.connect(self.reload)
        self.cases_panel.undo_wanted.connect(self._undo_case)
        self.troubles_panel.settle_wanted.connect(self._settle_number)
        self.session.ticked.connect(self._on_ticked)

    # --- what the frame asks ---------------------------------------------------------------------------

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (
            *(
                Shortcut(f"Alt+{n}", partial(self.show_list, name))
                for n, name in enumerate(self.lists.names(), 1)
            ),
            Shortcut(SCOPE, self._other_scope),
            Shortcut(NEW, self.new_callback),
            Shortcut(CASE, self.phone_case),
        )

    def arrive(self) -> None:
        self.lists.table().setFocus(Qt.FocusReason.TabFocusReason)

    def show_with(self, **what: Any) -> None:
        """`list` shows that list; `callback_id` selects that callback in the list of the open ones."""
        self.show_list(str(what.get("list", "due")))
        if (key := what.get("callback_id")) is not None:
            self.scope.set_value("hall")
            self._wanted = key
            self.reload()

    def window_id(self) -> UUID | None:
        """The window whose calls are shown; None for the whole hall."""
        return self.session.actor.window_id if self.scope.value() == "own" else None

    def show_list(self, name: str) -> None:
        """Shows another list and puts the keyboard on it."""
        self.lists.show_list(name)
        self.arrive()

    def _other_scope(self) -> None:
        if self.session.actor.window_id is not None:
            self.scope.set_value("hall" if self.scope.value() == "own" else "own")

    def _list_changed(self, name: str) -> None:
        panels: dict[str, QWidget] = {"cases": self.cases_panel, "numbers": self.troubles_panel}
        self.side_stack.setCurrentWidget(panels.get(name, self.panel))
        self.calling.show(None)
        self.reload()

    # --- reading ---------------------------------------------------------------------------------------

    def reload(self) -> None:
        actor, name, window_id = self.session.actor, self.lists.current(), self.window_id()
        self.session.background.data(
            self, lambda: _read(actor, name, window_id), self._show, replaces="reload"
        )

    def _show(self, shown: _Shown) -> None:
        if shown.name != self.lists.current():
            return
        wanted, self._wanted = self._wanted, None
        go_on, self._go_on = self._go_on, False
        self.lists.show_rows(shown.rows, wanted, go_on=go_on)
        selected = self.lists.table().selected()
        if shown.summary is not None:
            self.cases_panel.show_summary(shown.summary)
        self._enable_undo(selected if shown.name == "cases" else None)
        self.troubles_panel.settle_button.setEnabled(bool(shown.rows))
        counts = shown.counts
        self.lists.show_figures({"due": counts.due, "side": counts.side, "numbers": shown.numbers})
        if shown.name in ("due", "side", "done"):
            self.calling.show(selected)

    def reload_badge(self) -> None:
        actor = self.session.actor
        self.session.background.data(
            self,
            lambda: (callbacks.counts(actor, actor.window_id), number_troubles.unsettled(actor)),
            self._show_badge,
            replaces="badge",
        )

    def _show_badge(self, read: tuple[Counts, list[Trouble]]) -> None:
        counts, numbers = read
        self._changes_at = counts.changes_at
        self.badge.emit(counts.urgent, "bad" if counts.overdue else "info")
        known, self._numbers = self._numbers, {trouble.id for trouble in numbers}
        fresh = [trouble for trouble in numbers if known is not None and trouble.id not in known]
        if fresh and self.session.actor.may("numbers.settle"):
            place = window_name(fresh[-1].window_number, fresh[-1].window_name)
            self.session.notices.info(
                _("{window}: {name} says that its number does not answer.").format(
                    window=place, name=fresh[-1].staff
                ),
                lambda: self.session.go(self.name, list="numbers"),
                _("Show"),
            )

    def _on_ticked(self, now: datetime) -> None:
        if self._changes_at is not None and now >= self._changes_at:
            self._changes_at = None
            self.reload_badge()
        if self.isVisible():
            self.lists.models["due"].repaint_rows()
            self.panel.show_time(now)

    # --- the row that is chosen --------------------------------------------------------------------------

    def _row_moved(self, row: Any) -> None:
        if self.lists.current() in ("due", "side", "done"):
            self.calling.show(row)
        else:
            self.cases_panel.say("")
            self.troubles_panel.say("")
            self._enable_undo(row if self.lists.current() == "cases" else None)

    def _row_chosen(self, row: Any) -> None:
        match self.lists.current():
            case "due" | "side":
                self.calling.take(row)
            case "done":
                self.calling.reopen(row)
            case "numbers":
                self._settle_number()

    # --- keys ---------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(watched, Table)
            and self._key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Carries out a key of the list that is shown; False when it is none of its own."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if self.lists.current() == "cases":
            if event.key() == Qt.Key.Key_Delete:
                self._undo_case()
            return event.key() == Qt.Key.Key_Delete
        return self.lists.current() in ("due", "side") and self.calling.key(event)

    def _call_ended(self) -> None:
        self._go_on = True
        self.reload()
        self.arrive()

    # --- forms -------------------------------------------------------------------------------------------

    def new_callback(self) -> None:
        NewCallbackDialog(self.session).open()

    def phone_case(self) -> None:
        """Records business by phone; after a promised call its matter and window are filled in."""
        if not self.session.actor.may("phone_cases.record"):
            return
        dialog = PhoneCaseDialog(self.session, callback=self.calling.promised())
        dialog.recorded.connect(self._case_recorded)
        dialog.open()

    def _case_recorded(self, _case: object) -> None:
        self.calling.reached = None

    def _enable_undo(self, case: PhoneCase | None) -> None:
        self.cases_panel.undo_button.setEnabled(case is not None and not case.withdrawn)

    def _undo_case(self) -> None:
        row = self.lists.tables["cases"].selected()
        if row is None or row.withdrawn:
            return
        actor, key = self.session.actor, row.id
        self.session.background.data(
            self,
            lambda: phone_cases.undo(actor, key),
            lambda _nothing: self.reload(),
            self._case_kept,
        )

    def _case_kept(self, error: HallDeskError) -> bool:
        if not isinstance(error, errors.NotFound):
            return False
        self.cases_panel.say(
            _("A case is taken back within ten minutes by who recorded it, later by a manager.")
        )
        return True

    def _settle_number(self) -> None:
        row = self.lists.tables["numbers"].selected()
        if row is None or not self.session.actor.may("numbers.settle"):
            return
        actor, key = self.session.actor, row.id
        self.session.background.data(self, lambda: number_troubles.settle(actor, key))
