"""The lists of the callbacks page: due and aside, settled today, today's phone cases, numbers that do not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import callbacks
from hall_desk.ui import theme
from hall_desk.ui.due_field import when_words
from hall_desk.ui.slip_choices import window_name
from hall_desk.ui.tables import Column, RowsModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hall_desk.services.callbacks import Callback
    from hall_desk.services.number_troubles import Trouble
    from hall_desk.services.phone_cases import PhoneCase
    from hall_desk.store.database import Store

NOTHING = "—"


def span_words(seconds: float) -> str:
    """How long, in minutes, or in hours and minutes, or in days."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    if minutes < 24 * 60:
        return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    days = minutes // (24 * 60)
    return _n("{count} day", "{count} days", days).format(count=days)


def since_words(seconds: float) -> str:
    """For how long something has been so."""
    return _("for {time}").format(time=span_words(seconds)) if seconds >= 60 else _("Just now")


def standing(row: Callback, now: datetime) -> tuple[str, str]:
    """How a callback stands just now: the words of its chip, and its kind."""
    if row.state == "withdrawn":
        return i18n.code("callback_reason", row.reason), "muted"
    if row.state not in callbacks.OPEN:
        return i18n.code("callback", row.state), "ok" if row.state == "reached" else "warn"
    if row.on_the_line(now):
        return _("{name} is calling").format(name=row.caller), "ok"
    if row.state == "side":
        said = _n("{count} unanswered", "{count} unanswered", row.tries)
        return said.format(count=row.tries), "warn"
    late = (now - row.call_at).total_seconds()
    if late >= 60:
        return _("{time} late").format(time=span_words(late)), "bad"
    if late >= 0:
        return _("Now"), "bad"
    if -late <= callbacks.SOON.total_seconds():
        return _("in {time}").format(time=span_words(-late + 59)), "warn"
    if row.tries:
        said = _n("{count} unanswered", "{count} unanswered", row.tries)
        return said.format(count=row.tries), "muted"
    return "", ""


def due_model(store: Store, now: Callable[[], datetime]) -> RowsModel[Callback]:
    """Open callbacks: when to call stands first, overdue in red."""

    def ink(row: Callback) -> str:
        return theme.BAD_STRONG if row.overdue(now()) else theme.INK

    columns: tuple[Column[Callback], ...] = (
        Column(
            _("Call at"), lambda c: when_words(store, now(), c.call_at), 124, bold=True, ink=ink
        ),
        Column(_("Name"), lambda c: c.name or NOTHING, 90, weight=2),
        Column(_("Phone"), lambda c: c.phone_masked, 128, weight=1),
        Column(_("Matter"), lambda c: c.matter or NOTHING, 130, weight=4),
        Column(_("Window"), lambda c: c.window_number, 80),
        Column(
            _("State"),
            lambda c: standing(c, now())[0],
            150,
            weight=2,
            chip=lambda c: standing(c, now())[1],
        ),
    )
    return RowsModel(columns, key=lambda row: row.id)


def done_model(store: Store, now: Callable[[], datetime]) -> RowsModel[Callback]:
    """What was settled today."""
    columns: tuple[Column[Callback], ...] = (
        Column(_("Time"), lambda c: f"{store.local(c.settled_at or c.at):%H:%M}", 74),
        Column(_("Name"), lambda c: c.name or NOTHING, 90, weight=2),
        Column(_("Phone"), lambda c: c.phone_masked, 128, weight=1),
        Column(_("Matter"), lambda c: c.matter or NOTHING, 130, weight=4),
        Column(_("Window"), lambda c: c.window_number, 80),
        Column(
            _("Outcome"),
            lambda c: standing(c, now())[0],
            132,
            weight=2,
            chip=lambda c: standing(c, now())[1],
        ),
        Column(_("Called by"), lambda c: c.settled_by, 92, weight=1),
    )
    return RowsModel(columns, key=lambda row: row.id)


def cases_model(store: Store) -> RowsModel[PhoneCase]:
    """Today's phone cases, the newest first."""

    def ink(row: PhoneCase) -> str:
        return theme.LABEL if row.withdrawn else theme.INK

    def outcome(row: PhoneCase) -> tuple[str, str]:
        if row.withdrawn:
            return _("Withdrawn by staff"), "muted"
        kind = {"settled": "ok", "answered": "ok", "needs_visit": "warn"}.get(row.outcome, "info")
        return i18n.code("phone_outcome", row.outcome), kind

    columns: tuple[Column[PhoneCase], ...] = (
        Column(_("Time"), lambda c: f"{store.local(c.at):%H:%M}", 74, ink=ink),
        Column(_("Matter"), lambda c: c.matter or _("Other business"), 140, weight=4, ink=ink),
        Column(_("Outcome"), lambda c: outcome(c)[0], 170, weight=2, chip=lambda c: outcome(c)[1]),
        Column(_("Minutes"), lambda c: str(c.minutes), 84, ink=ink),
        Column(_("Window"), lambda c: c.window_number, 80, ink=ink),
        Column(_("Recorded by"), lambda c: c.staff, 104, weight=1, ink=ink),
        Column(_("Note"), lambda c: c.note or NOTHING, 110, weight=3, ink=ink),
    )
    return RowsModel(columns, key=lambda row: row.id)


def troubles_model(store: Store, now: Callable[[], datetime]) -> RowsModel[Trouble]:
    """Windows whose number is said not to answer."""
    columns: tuple[Column[Trouble], ...] = (
        Column(_("Window"), lambda t: window_name(t.window_number, t.window_name), 170, weight=3),
        Column(_("Phone"), lambda t: t.phone, 150, weight=1, bold=True),
        Column(_("Said at"), lambda t: when_words(store, now(), t.at), 124, weight=1),
        Column(_("Said by"), lambda t: t.staff, 104, weight=1),
        Column(
            _("State"),
            lambda t: since_words((now() - t.at).total_seconds()),
            130,
            weight=1,
            chip=lambda _trouble: "bad",
        ),
    )
    return RowsModel(columns, key=lambda row: row.id)
