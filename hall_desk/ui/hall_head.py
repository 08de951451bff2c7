"""How full the hall is and which mode it is in, with the keys that count people and the managers' switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.services import halls, intake_checks, passages
from hall_desk.services.passages import NewPassage
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Link
from hall_desk.ui.dialogs.hall_numbers import HallNumber, HallNumbersDialog
from hall_desk.ui.labels import Chip
from hall_desk.ui.pages import Shortcut

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.halls import Settings
    from hall_desk.services.passages import Inside, Passed
    from hall_desk.ui.session import Session

LEAVES, COMES, MODE = "Ctrl+Down", "Ctrl+Up", "Ctrl+M"


@dataclass(frozen=True)
class Door:
    """What the door shows."""

    inside: Inside
    epidemic: bool


def read(actor: Actor) -> Door:
    return Door(passages.inside(actor), halls.settings(actor).epidemic)


class HallHead(QWidget):
    """The line at the top of the screening post. `show_door` gives it what to show; it does the rest itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._epidemic = False
        self._capacity = 0
        # Kept until its answer came: pressed again after a cut, it is the same person who leaves.
        self._unanswered: dict[str, NewPassage] = {}
        self.mode = Chip("", "muted")
        self.switch = Link(_("Switch") + "  " + MODE)
        self.inside = Chip("", "muted")
        self.inside.setProperty("size", "large")
        self.limit = Link(_("Limit…"))
        self.leaves = Button(_("1 out"), "plain", "Ctrl+↓")
        self.comes = Button(_("1 in"), "plain", "Ctrl+↑")
        # Never shown by itself: without a parent yet it would be a window of its own.
        if not session.actor.may("halls.change"):
            self.switch.hide()
            self.limit.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.mode)
        layout.addWidget(self.switch)
        layout.addStretch(1)
        for widget in (self.inside, self.limit, self.leaves, self.comes):
            layout.addWidget(widget)
        self.switch.clicked.connect(self.switch_mode)
        self.limit.clicked.connect(self.change_limit)
        self.leaves.clicked.connect(self.leave)
        self.comes.clicked.connect(self.come_in)

    def shortcuts(self) -> tuple[Shortcut, ...]:
        """The keys, for the page to bind."""
        return (
            Shortcut(LEAVES, self.leave),
            Shortcut(COMES, self.come_in),
            Shortcut(MODE, self.switch_mode),
        )

    def show_door(self, door: Door) -> None:
        self._epidemic = door.epidemic
        if door.epidemic:
            self.mode.show_text(_("Epidemic mode"), "warn")
            self.mode.setToolTip(_("A passed check today is required before intake."))
            self.switch.setToolTip(_("To ordinary mode"))
        else:
            self.mode.show_text(_("Ordinary mode"), "muted")
            self.mode.setToolTip(_("Temperature checks are optional."))
            self.switch.setToolTip(_("To epidemic mode"))
        self._show_inside(door.inside)

    def _show_inside(self, inside: Inside) -> None:
        self._capacity = inside.capacity
        if inside.capacity:
            words = _("Inside {count} / {capacity}")
            words = words.format(count=inside.count, capacity=inside.capacity)
        else:
            words = _("Inside {count}").format(count=inside.count)
        kind = inside.level if inside.capacity else "info"
        self.inside.show_text(words, kind)
        self.inside.setToolTip(_("The limit is reached.") if kind == "bad" else "")
        self.inside.setAccessibleName(words)

    # --- counting ----------------------------------------------------------------------------------

    def leave(self) -> None:
        """One person leaves."""
        self._count("out")

    def come_in(self) -> None:
        """One person comes in without a check."""
        self._count("in")

    def _count(self, direction: str) -> None:
        actor = self._session.actor
        new = self._unanswered.pop(direction, None) or NewPassage(new_id())
        record = passages.leave if direction == "out" else passages.come_in

        def refused(error: HallDeskError) -> bool:
            if isinstance(error, errors.DatabaseAway):
                self._unanswered[direction] = new
            self._session.notices.error(i18n.explain(error))
            return True

        self._session.background.data(
            self, lambda: record(actor, new), lambda done: self._show_inside(done.inside), refused
        )

    def leave_by_receipt(self, code: str) -> None:
        """Whoever has this receipt leaves."""
        actor, new = self._session.actor, NewPassage(new_id(), receipt=code)
        self._session.background.data(
            self, lambda: passages.leave(actor, new), self._receipt_left, self._refused
        )

    def _receipt_left(self, done: Passed) -> None:
        self._show_inside(done.inside)
        if done.again:
            said = _("{number} has left already; nothing was counted twice.")
        else:
            said = _("{number} has left the hall.")
        self._session.notices.success(said.format(number=done.number))

    # --- the managers' switch and limit ---------------------------------------------------------------

    def switch_mode(self) -> None:
        """Switches between epidemic and ordinary mode, for managers."""
        actor, wanted = self._session.actor, not self._epidemic
        if actor.may("halls.change"):
            self._session.background.data(
                self,
                lambda: intake_checks.set_mode(actor, epidemic=wanted),
                self._mode_set,
                self._refused,
            )

    def _mode_set(self, settings: Settings) -> None:
        if settings.epidemic:
            said = _("Epidemic mode: a passed check today is required before intake.")
        else:
            said = _("Ordinary mode: temperature checks are optional.")
        self._session.notices.success(said)

    def change_limit(self) -> None:
        """Asks a manager for the limit of people in the hall."""
        number = HallNumber("capacity", _("At most in the hall (0: no limit)"), self._capacity)
        HallNumbersDialog(self._session, _("Limit of people in the hall"), (number,)).open()

    def _refused(self, error: HallDeskError) -> None:
        self._session.notices.error(i18n.explain(error))
