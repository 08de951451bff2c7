"""What the figures of the dashboard and the rows behind them are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import N_, _
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.services.dashboard_lists import Figure, Row
    from hall_desk.store.database import Store

TITLES: dict[str, str] = {
    "checked": N_("Measured"),
    "held": N_("High at first"),
    "fevers": N_("Fever"),
    "inside": N_("Inside now"),
    "consultations": N_("Questions"),
    "slips": N_("Phone slips"),
    "opened": N_("Opened"),
    "finished": N_("Finished"),
    "queued": N_("Waiting"),
    "handling": N_("In hand"),
    "suspended": N_("Suspended"),
    "ready": N_("Ready"),
    "closed": N_("Closed"),
    "median": N_("Median"),
    "p90": N_("Nine of ten within"),
    "late": N_("On time"),
    "callbacks": N_("To be called"),
    "callbacks_overdue": N_("Overdue"),
    "callbacks_side": N_("Side list"),
    "phone_cases": N_("Phone cases"),
    "incidents": N_("Incidents"),
    "incidents_overdue": N_("Too late"),
    "originals": N_("Papers out"),
    "low_rated": N_("Low ratings"),
    "low_ratings": N_("To follow up"),
    "troubles": N_("Silent lines"),
}
# What the list behind a figure is called, where its name alone would not say it.
LISTS: dict[str, str] = {
    "consultations": N_("Consultations"),
    "incidents": N_("Incidents open"),
    "opened": N_("Tickets opened"),
    "originals": N_("Originals out"),
    "finished": N_("Tickets finished, the longest first"),
    "median": N_("Tickets finished, the longest first"),
    "p90": N_("Tickets finished, the longest first"),
    "late": N_("Tickets finished after their promise"),
    "queued": N_("Tickets waiting"),
    "handling": N_("Tickets in hand"),
    "suspended": N_("Tickets suspended"),
    "ready": N_("Tickets ready to be handed back"),
    "closed": N_("Tickets closed"),
    "callbacks_overdue": N_("Callbacks overdue"),
    "incidents_overdue": N_("Incidents past their deadline"),
    "low_ratings": N_("Low ratings to follow up"),
    "troubles": N_("Numbers that do not answer"),
}
_GROUPS = {
    "check": "outcome",
    "consultation": "consultation_outcome",
    "ticket": "state",
    "callback": "callback",
    "phone_case": "phone_outcome",
    "incident": "incident_state",
    "paper": "holder",
}


def name_of(figure: str) -> str:
    """A figure's name on its tile."""
    return _(TITLES[figure])


def title_of(figure: Figure, about: str = "") -> str:
    """The heading of the list behind a figure; `about` is what a bar of a chart is called."""
    if figure.name in ("channel", "matter", "wait"):
        return about
    return _(LISTS.get(figure.name, "")) or name_of(figure.name)


def what_text(row: Row) -> str:
    """What a row is about."""
    match row.kind:
        case "check":
            tenths = int(row.what)
            return f"{tenths // 10}.{tenths % 10} ℃"
        case "passage":
            return _("Came in beside the check") if row.what == "in" else _("Left")
        case "incident":
            return i18n.code("incident", row.what)
        case "rating":
            return i18n.code("grade", row.what)
        case "paper" if row.count > 1:
            return f"{row.what} ×{row.count}"
    return row.what or _("Other business")


def where_text(row: Row) -> str:
    """At which window, or where else."""
    if row.kind == "incident":
        return row.window
    return window_text(row.window) if row.window else ""


def state_text(row: Row) -> str:
    if row.kind == "rating":
        return _("Followed up") if row.state == "followed_up" else _("To follow up")
    if row.kind == "passage":
        return f"{row.count:+d}"
    group = _GROUPS.get(row.kind, "")
    return i18n.code(group, row.state) if group and row.state else ""


def more_text(row: Row, now: datetime) -> str:
    """How long it took, or how long it has been due."""
    if row.seconds is not None:
        return i18n.clock(row.seconds)
    if row.due_at is None or row.state in ("closed", "ready", "suspended", "followed_up"):
        return ""
    return _("overdue") if row.due_at < now else ""


def time_text(row: Row, store: Store, now: datetime) -> str:
    """The time of day, with the date when it is another day."""
    at = store.local(row.at)
    return f"{at:%H:%M}" if at.date() == store.local(now).date() else f"{at:%m-%d %H:%M}"
