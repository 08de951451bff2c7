"""The card in the empty part of a page: what the page is for, and the first steps of whoever is signed in.

It lies over the empty part and moves nothing; with the first row it goes. A step that a key does is a button, which
does the same; what somebody may not do is not told to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.services import matters
from hall_desk.ui import key_map
from hall_desk.ui.buttons import Button, KeyCap, Link
from hall_desk.ui.help import HELP
from hall_desk.ui.labels import Ground, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.ui.session import Session

MOST_STEPS = 3
_EDGE = 12  # to the edge of the empty part
_WIDEST = 460
_FRAME = 4


@dataclass(frozen=True)
class FirstStep:
    """One step. `key` is an action's name, or a key that cannot be changed; with `act` a button does it.

    Without `right` it is told to nobody; empty, to everybody.
    """

    words: str
    key: str = ""
    right: str = ""
    act: bool = True


@dataclass(frozen=True)
class Contents:
    """What a card says. `needs_matters`: before the hall has matters, it says how they are made instead."""

    purpose: str
    steps: tuple[FirstStep, ...] = ()
    needs_matters: bool = False


PURPOSES: dict[str, Contents] = {
    "screening": Contents(
        N_("Everybody who comes into the hall is measured here."),
        (
            FirstStep(N_("Type the temperature, 365 is 36.5 ℃"), "Enter", act=False),
            FirstStep(N_("New ticket"), "new_ticket", "tickets.open"),
            FirstStep(N_("Print phone slip"), "slip", "slips.give"),
        ),
    ),
    "consultation": Contents(
        N_("Find what a resident asks about, tell what it needs, and record the answer."),
        (
            FirstStep(N_("Type the matter, e.g. ybk"), "Enter", act=False),
            FirstStep(N_("Record what came of it"), "Alt+1", act=False),
        ),
        needs_matters=True,
    ),
    "proxy": Contents(
        N_("Papers that residents hand in are followed here: from the desk to the window and back."),
        (
            FirstStep(N_("Open the first ticket"), "new_ticket", "tickets.open"),
            FirstStep(N_("Go to the work of the window"), "window", "tickets.claim"),
            FirstStep(N_("Go on a post"), "take_post", "posts.take"),
        ),
        needs_matters=True,
    ),
    "window": Contents(
        N_("Tickets come here by themselves as soon as the desk opens one for this window."),
        (
            FirstStep(N_("Go on a post"), "take_post", "posts.take"),
            FirstStep(N_("Claim the next ticket"), "claim_next", "tickets.claim"),
            FirstStep(N_("Record a phone case"), "phone_case", "phone_cases.record"),
        ),
        needs_matters=True,
    ),
    "callbacks": Contents(
        N_("Residents who were promised a call stand here when it is time."),
        (
            FirstStep(N_("Promise a call"), "Ctrl+N", "callbacks.promise"),
            FirstStep(N_("Record a phone case"), "phone_case", "phone_cases.record"),
        ),
    ),
    "incidents": Contents(
        N_("No incident today. Fever, a dispute, lost papers: report it, and managers see it at once."),
        (FirstStep(N_("Report an incident"), "incident", "incidents.open"),),
    ),
    "register": Contents(
        N_("Who came, was measured and left today stands here."),
        (FirstStep(N_("Type a name, then the temperature"), "Enter", act=False),),
    ),
    "posts": Contents(
        N_("Who is on which post, and what they have in hand."),
        (FirstStep(N_("Go on a post"), "take_post", "posts.take"),),
    ),
    "disinfection": Contents(
        N_("Every round of disinfection is written down here."),
        (FirstStep(N_("Type the area, e.g. the windows"), "Enter", act=False),),
    ),
    "ratings": Contents(
        N_("What residents say of your service comes here."),
        (FirstStep(N_("Let a resident rate, at the desk"), "proxy", "ratings.offer"),),
    ),
    "foyer": Contents(
        N_("Numbers that can be fetched come here by themselves."),
        (
            FirstStep(N_("Show it in full"), "foyer", "foyer.call"),
            FirstStep(N_("Write a notice"), "Alt+N", "foyer.notices"),
        ),
    ),
    "report": Contents(
        N_("Nothing was recorded on this day. The report fills by itself."),
        (FirstStep(N_("Temperatures"), "screening", "screening.record"),),
    ),
    "journal": Contents(
        N_("Nothing was recorded that fits. Choose an earlier first day, or everything again."),
    ),
    "outbox": Contents(
        N_(
            "Nothing waits. When the server is away, what this PC records is kept here, and sent by itself "
            "when the server is back."
        ),
        (FirstStep(N_("See what this PC has printed"), "print_jobs"),),
    ),
    "dashboard": Contents(
        N_("The day's figures come here by themselves, with the first record."),
        (
            FirstStep(N_("Temperatures"), "screening", "screening.record"),
            FirstStep(N_("Proxy service"), "proxy", "tickets.read"),
            FirstStep(N_("Go on a post"), "take_post", "posts.take"),
        ),
    ),
    "lists": Contents(
        N_("Nothing here yet. Import a table, or add the first one by hand."),
        (FirstStep(N_("Add the first one"), "Ctrl+N", "lists.change"),),
    ),
    "trips": Contents(
        N_("Nobody had to come twice. Who comes again for the same matter within 30 days stands here."),
        (FirstStep(N_("Hall lists"), "lists", "lists.read"),),
    ),
}  # fmt: skip
NO_MATTERS = Contents(
    N_("There are no windows and matters yet."),
    (
        FirstStep(N_("Import them, or add the first window"), "lists", "lists.read"),
        FirstStep(N_("Record a temperature"), "screening", "screening.record"),
        FirstStep(N_("Report an incident"), "incident", "incidents.open"),
    ),
)
ASK_A_MANAGER = N_("There are no windows and matters yet. A manager imports them.")


class FirstSteps(Ground):
    """The card called `name` over `place`; hidden until `show_for` was told that there is nothing to show.

    `low` puts it at the foot of a place that has words at its top.
    """

    def __init__(self, session: Session, name: str, place: QWidget, *, low: bool = False) -> None:
        super().__init__("first", place)
        self._session = session
        self._low = low
        self._contents = PURPOSES[name]
        self._wanted = False
        self._offers: list[tuple[str, Callable[[], object]]] = []
        self.purpose = Text("", "heading").wrap()
        self.more = Link(_("More about this"))
        self.more.clicked.connect(lambda: session.press(HELP))
        self.buttons: list[_StepButton] = []
        self._shown: list[QWidget] = []
        self._steps = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._steps.setSpacing(8)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(KeyCap(HELP))
        foot.addWidget(self.more)
        foot.addStretch(1)
        self._last = QWidget()
        self._last.setLayout(foot)
        foot.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(self.purpose)
        layout.addLayout(self._steps)
        self._fill(self._contents)
        place.installEventFilter(self)
        self.hide()

    def show_for(self, *, empty: bool) -> None:
        """Shows the card while there is nothing else to show."""
        self._wanted = empty
        actor = self._session.actor
        if empty and self._contents.needs_matters and actor.may("matters.read"):
            self._session.background.data(
                self,
                lambda: bool(matters.search(actor, "", 1)),
                self._know,
                self._unknown,
                replaces="matters",
            )
        else:
            self._arrange()

    def offer(self, words: str, run: Callable[[], object]) -> None:
        """Adds a step that has no key, as the last one."""
        self._offers.append((words, run))
        self._fill(self._contents)

    def take_keyboard(self) -> None:
        """Puts the keyboard on the first step that can be done here."""
        (self.buttons[0] if self.buttons else self.more).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what it says ----------------------------------------------------------------------------------

    def _know(self, there: bool) -> None:
        self._fill(self._contents if there else NO_MATTERS)
        self._arrange()

    def _unknown(self, _error: HallDeskError) -> None:
        self._arrange()  # the page itself says what is wrong

    def _fill(self, contents: Contents) -> None:
        may = self._session.actor.may
        purpose = contents.purpose
        if contents is NO_MATTERS and not may("lists.read"):
            purpose = ASK_A_MANAGER
        self.purpose.setText(_(purpose))
        self.buttons = []
        for part in self._shown:
            self._steps.removeWidget(part)
            part.deleteLater()
        self._steps.removeWidget(self._last)
        told = [step for step in contents.steps if not step.right or may(step.right)]
        self._shown = [
            *(self._step(step) for step in told[:MOST_STEPS]),
            *(self._button(words, "", run) for words, run in self._offers),
        ]
        for part in (*self._shown, self._last):
            self._steps.addWidget(part)

    def _step(self, step: FirstStep) -> QWidget:
        key = key_map.original(step.key)
        if step.act:
            return self._button(_(step.words), key, lambda: self._session.press(key))
        line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(2, 4, 2, 4)
        inside.setSpacing(8)
        inside.addWidget(Text(_(step.words)))
        inside.addWidget(KeyCap(key))
        inside.addStretch(1)
        return line

    def _button(self, words: str, key: str, run: Callable[[], object]) -> QWidget:
        button = _StepButton(words, key)
        button.clicked.connect(lambda _checked: run())
        self.buttons.append(button)
        return button

    # --- its place -------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._arrange()
        return super().eventFilter(watched, event)

    def _arrange(self) -> None:
        """In the middle of the empty part: the steps one below the other, or side by side where it is low.

        Where there is no room for all of it the way to the help is left out first, then the last steps.
        """
        place = self.parentWidget()
        if place is None or not self._wanted:
            self.hide()
            return
        room = place.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        size = next((size for size in self._sizes(room.width()) if self._fits(size, room)), None)
        self.setVisible(size is not None)
        if size is not None:
            spare = room.height() - size.height()
            left = room.left() + (room.width() - size.width()) // 2
            self.setGeometry(
                left,
                room.top() + (spare if self._low else spare // 3),
                size.width(),
                size.height(),
            )
            self.raise_()

    def _sizes(self, most: int) -> Iterator[QSize]:
        """The card's size in each of its ways, which is laid out when it is given."""
        steps = self._shown
        for left_out in range(len(steps) + 2):
            self._last.setVisible(left_out == 0)
            for number, step in enumerate(steps):
                step.setVisible(number <= len(steps) - max(left_out, 1))
            for way in (QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight):
                yield self._size(way, most)

    def _size(self, way: QBoxLayout.Direction, most: int) -> QSize:
        down = way is QBoxLayout.Direction.TopToBottom
        self._steps.setDirection(way)
        self._steps.setSpacing(8 if down else 16)
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        margins = layout.contentsMargins()
        steps = self._steps.sizeHint().width() + margins.left() + margins.right() + _FRAME
        words = self.purpose.fontMetrics().horizontalAdvance(self.purpose.text()) + 60
        width = min(_WIDEST, most) if down else max(steps, min(words, most))
        return QSize(max(width, steps), layout.totalHeightForWidth(width))

    @staticmethod
    def _fits(size: QSize, room: QRect) -> bool:
        return size.width() <= room.width() and size.height() <= room.height()


class _StepButton(Button):
    """Enter does what its key does."""

    def __init__(self, text: str, key: str) -> None:
        super().__init__(text, "plain", key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
