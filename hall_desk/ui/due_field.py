"""When to call: the times offered, one key each, or any time typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hall_desk.i18n import N_, _
from hall_desk.services import callback_times
from hall_desk.ui.buttons import Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from hall_desk.services.callback_times import DueChoice
    from hall_desk.store.database import Store
    from hall_desk.ui.session import Session

MOST_CHOICES = 4
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def when_words(store: Store, now: datetime, moment: datetime) -> str:
    """A moment as it is said today: `13:30`, `tomorrow 09:00`, `Mon 09:00`, else month and day."""
    there, here = store.local(moment), store.local(now)
    clock = f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if days == 1:
        return _("tomorrow {time}").format(time=clock)
    if days == -1:
        return _("yesterday {time}").format(time=clock)
    if 1 < days < 7:
        return f"{_(_WEEKDAYS[there.weekday()])} {clock}"
    return f"{there:%m-%d} {clock}"


class _Choice(QWidget):
    """The offered times and the field beside them, as one."""

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setMinimumWidth(150)
        self.segmented: Segmented | None = None
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self._layout.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    def offer(self, options: list[tuple[int, str]]) -> None:
        old, self.segmented = self.segmented, Segmented(options)
        chosen = old.value() if old is not None else None
        if chosen is not None:
            self.segmented.set_value(chosen)
        if old is not None:
            self._layout.removeWidget(old)
            old.deleteLater()
        self._layout.insertWidget(0, self.segmented)
        self.setTabOrder(self.segmented, self.edit)


class DueField(LabelledField):
    """`due_at` gives the moment that was chosen, None for the hall's usual one as it is when the promise is saved.

    A time typed into the field counts before the choice.
    """

    def __init__(self, session: Session, *, usual_is_none: bool = True) -> None:
        self._choice = _Choice()
        self._keys = Text("", "label")
        super().__init__(
            _("Call at"), self._choice, placeholder=_("Other time, e.g. 15:30 or 2-24 9:00"), beside=self._keys
        )  # fmt: skip
        self._session = session
        self._usual_is_none = usual_is_none
        self._offered: tuple[DueChoice, ...] = ()

    def ask(self, window_id: UUID | None) -> None:
        """Reads the times to offer for a window."""
        actor = self._session.actor
        self._session.background.data(
            self,
            lambda: callback_times.choices(actor, window_id),
            self._offer,
            lambda _error: None,  # without them a time is typed, or the usual one is taken
            replaces="choices",
        )

    def choose(self, number: int) -> None:
        """Chooses an offered time, the first is 0; what was typed goes away."""
        if self._choice.segmented is not None and number < len(self._offered):
            self.clear()
            self._choice.segmented.set_value(number)

    def due_at(self) -> datetime | None:
        """Raises BadInput `due` (shape, past, too_far)."""
        now = self._session.store.local(self._session.now())
        typed = callback_times.read_due(self.text(), now)
        if typed is not None or not self._offered or self._choice.segmented is None:
            return typed
        chosen = self._offered[int(str(self._choice.segmented.value()))]
        if chosen.code == "usual" and self._usual_is_none:
            return None
        # An offer that grew old while the form lay open is still meant as “at once”.
        return max(chosen.at, now + timedelta(seconds=1))

    def _offer(self, offered: tuple[DueChoice, ...]) -> None:
        self._offered = offered[:MOST_CHOICES]
        store, now = self._session.store, self._session.now()
        self._choice.offer(
            [(n, when_words(store, now, one.at)) for n, one in enumerate(self._offered)]
        )
        numbers = " ".join(str(n + 1) for n in range(len(self._offered)))
        self._keys.setText(f"Alt+{numbers}")
