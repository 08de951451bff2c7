"""The foyer's screen from behind: what it shows now, calling somebody again, its notices and its sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk import settings as desk_settings
from hall_desk.devices import voice
from hall_desk.i18n import _, _n
from hall_desk.services import foyer
from hall_desk.services.foyer import Notice, Shown, ToCall
from hall_desk.ui.buttons import Button
from hall_desk.ui.first_steps import FirstSteps
from hall_desk.ui.foyer import mute_foyer, open_foyer, scene
from hall_desk.ui.foyer.notices_panel import NoticesPanel
from hall_desk.ui.foyer.picture import HEIGHT, WIDTH, Picture
from hall_desk.ui.foyer.screen import TOPICS
from hall_desk.ui.key_press import KeyPress
from hall_desk.ui.labels import Ground, Text
from hall_desk.ui.pages import Page, Shortcut
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session


@dataclass(frozen=True)
class _Read:
    shown: Shown
    to_call: list[ToCall]
    notices: list[Notice]


class _Preview(Picture):
    """The screen, small; as wide as its place and in its proportions."""

    def __init__(self) -> None:
        super().__init__()
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(QSize(480, 270))

    def hasHeightForWidth(self) -> bool:  # noqa: N802  Qt's own name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  Qt's own name
        return round(width * HEIGHT / WIDTH)

    def sizeHint(self) -> QSize:
        return QSize(640, 360)


class FoyerPage(Page):
    name = "foyer"
    right = "foyer.call"
    topics = TOPICS

    @classmethod
    def title(cls) -> str:
        return _("Foyer screen")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._press = KeyPress()
        self._shown: Shown | None = None
        self.preview = _Preview()
        self.open_button = Button(_("Show it in full"), "primary", "Ctrl+F11")
        self.sound = QCheckBox(_("Chime and voice on this PC") + "  Alt+S")
        self.sound.setChecked(session.settings.foyer_sound != "off")
        self.model = _make_model(session)
        self.table: Table[ToCall] = Table(self.model)
        self.table.setAccessibleName(_("To be fetched"))
        self.first_steps = FirstSteps(session, self.name, self.table.viewport())
        self.call_button = Button(_("Call again"), "plain", "Enter")
        self.notices = NoticesPanel(session) if session.actor.may("foyer.notices") else None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Text(_("Foyer screen"), "title"))
        head.addWidget(Text(_("What residents see: numbers and masked names only"), "soft"))
        head.addStretch(1)
        head.addWidget(self.open_button)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.preview)
        left.addWidget(self.sound)
        left.addWidget(Text(_voice_text(), "soft").wrap())
        left.addStretch(1)
        calls = Ground()
        inside = QVBoxLayout(calls)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.setSpacing(8)
        line = QHBoxLayout()
        line.addWidget(Text(_("To be fetched"), "heading"))
        line.addStretch(1)
        line.addWidget(self.call_button)
        inside.addLayout(line)
        inside.addWidget(self.table, 1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(calls, 3)
        if self.notices is not None:
            right.addWidget(self.notices, 4)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addLayout(left, 5)
        below.addLayout(right, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.show_in_full)
        self.sound.toggled.connect(self._sound_toggled)
        self.table.chosen.connect(lambda _line: self.call())
        self.call_button.clicked.connect(self.call)
        self.session.ticked.connect(lambda _now: self._draw())

    def shortcuts(self) -> tuple[Shortcut, ...]:
        own = (
            Shortcut("Ctrl+F11", self.show_in_full),
            Shortcut("Alt+S", self.sound.toggle),
        )
        return own if self.notices is None else (*own, *self.notices.shortcuts())

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    # --- what is shown -------------------------------------------------------------------------------

    def reload(self) -> None:
        actor = self.session.actor

        def read() -> _Read:
            lines = foyer.notices(actor) if actor.may("foyer.notices") else []
            return _Read(foyer.shown(actor), foyer.to_call(actor), lines)

        self.session.background.data(self, read, self._take, replaces="read")

    def _take(self, read: _Read) -> None:
        self._shown = read.shown
        self.model.show(read.to_call)
        self.first_steps.show_for(empty=not read.to_call)
        if read.to_call and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self.call_button.setEnabled(bool(read.to_call))
        if self.notices is not None:
            self.notices.show_notices(read.notices)
        self._draw()

    def _draw(self) -> None:
        shown = self._shown
        if shown is None or not self.isVisible():
            return
        now = self.session.now()
        last = shown.calls[-1].line if shown.calls else None
        local = self.session.store.local(now)
        self.preview.show_scene(
            scene.make(shown, local, featured=last, seconds=now.timestamp() // 1)
        )

    # --- what is done --------------------------------------------------------------------------------

    def show_in_full(self) -> None:
        """Opens the screen, on the second monitor where there is one."""
        open_foyer(self.session, self.window())

    def call(self) -> None:
        """Calls the selected ticket once more."""
        line, actor = self.table.selected(), self.session.actor
        if line is None:
            return
        key = self._press.key("call", line.id)
        self.session.background.data(
            self,
            lambda: foyer.call_again(actor, line.id, key),
            lambda _nothing: self._called(line.number),
            self._not_called,
        )

    def _called(self, number: str) -> None:
        self._press.answered()
        self.session.notices.success(_("{number} is called again.").format(number=number))

    def _not_called(self, error: HallDeskError) -> None:
        self._press.answered(error)
        self.session.notices.error(i18n.explain(error))

    def _sound_toggled(self, on: bool) -> None:
        chosen = "on" if on else "off"
        self.session.settings = replace(self.session.settings, foyer_sound=chosen)
        mute_foyer(not on)
        folder = self.session.papers.parent  # papers are kept in this PC's data folder

        def keep() -> None:
            desk_settings.save(
                folder, replace(desk_settings.load(folder), foyer_sound=chosen, ignored=())
            )

        self.session.background.devices(self, keep)


def _make_model(session: Session) -> RowsModel[ToCall]:
    def since(line: ToCall) -> str:
        return f"{session.store.local(line.since):%H:%M}"

    def called(line: ToCall) -> str:
        if not line.again or line.last_at is None:
            return ""
        times = _n("{count} time", "{count} times", line.again).format(count=line.again)
        return f"{times} · {session.store.local(line.last_at):%H:%M}"

    return RowsModel(
        (
            Column(_("No."), lambda line: line.number, 84, bold=True),
            Column(_("Resident"), lambda line: line.name, 90, weight=2),
            Column(_("Ready since"), since, 116),
            Column(_("Called again"), called, 130, weight=1),
        ),
        lambda line: line.id,
    )


def _voice_text() -> str:
    """What this PC can play and say, for the person who sets the screen up."""
    found = voice.find()
    if not found.player and not found.speaker:
        return _("This PC has no program that plays or speaks: the screen stays silent here.")
    parts = [name for name in (found.player, found.speaker) if name]
    return _("By {programs}").format(programs=_(", ").join(parts))
