"""What a telephone slip can be printed for: matters and windows that fit what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.i18n import _
from hall_desk.services import matters
from hall_desk.ui.tables import Column, RowsModel

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.accounts import Actor
    from hall_desk.services.matters import MatterLine, WindowLine


@dataclass(frozen=True)
class SlipChoice:
    """One slip: of a window, for a matter or on its own."""

    window: WindowLine
    matter: MatterLine | None = None

    @property
    def key(self) -> tuple[UUID, UUID | None]:
        return (self.window.id, self.matter.id if self.matter else None)

    @property
    def words(self) -> str:
        if self.matter is not None:
            return self.matter.name
        return window_words(self.window)


def window_words(window: WindowLine) -> str:
    """A window as it is called: its number and its name."""
    return window_name(window.number, window.name)


def window_name(number: str, name: str) -> str:
    """The same from its parts."""
    return _("Window {number} {name}").format(number=number, name=name).strip()


def find(actor: Actor, text: str) -> list[SlipChoice]:
    """The choices for what was typed: a window's own number first, then matters, then other windows."""
    wanted = text.strip()
    windows = matters.windows(actor)
    exact = [window for window in windows if window.number == wanted]
    rest = [
        window
        for window in windows
        if window not in exact
        and (not wanted or wanted in window.name or wanted in window.phone.replace("-", ""))
    ]
    return [
        *(SlipChoice(window) for window in exact),
        *(SlipChoice(line.window, line) for line in matters.search(actor, wanted)),
        *(SlipChoice(window) for window in rest),
    ]


def make_model() -> RowsModel[SlipChoice]:
    columns: tuple[Column[SlipChoice], ...] = (
        Column(_("Matter or window"), lambda c: c.words, 170, weight=3),
        Column(_("Window"), lambda c: c.window.number if c.matter else "", 70),
        Column(_("Phone"), lambda c: phone_words(c.window), 150, weight=1),
    )
    return RowsModel(columns, key=lambda choice: choice.key)


def phone_words(window: WindowLine) -> str:
    """A window's phone with its extension."""
    if window.extension:
        return _("{phone} ext. {extension}").format(phone=window.phone, extension=window.extension)
    return window.phone
