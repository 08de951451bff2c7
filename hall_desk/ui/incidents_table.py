"""Incidents as a table: what is open first, by its deadline, then what was closed today."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from datetime import datetime

    from hall_desk.services.incidents import Incident
    from hall_desk.ui.session import Session


def going_words(incident: Incident) -> str:
    """Who is on the way; that nobody is, as long as it is open."""
    if incident.going:
        return _("Going: {names}").format(names=_(", ").join(incident.going))
    return _("Nobody has answered yet") if incident.open else ""


def time_words(incident: Incident, now: datetime) -> tuple[str, str]:
    """How an incident stands against its deadline, and the kind of chip that says so."""
    if not incident.open:
        late = incident.overdue(now)
        return (_("Closed late") if late else _("Closed in time"), "muted" if late else "ok")
    left = (incident.due_at - now).total_seconds()
    if left < 0:
        minutes = math.ceil(-left / 60)
        if minutes >= 120:
            return _("Overdue {hours} h").format(hours=minutes // 60), "bad"
        return _("Overdue {minutes} min").format(minutes=minutes), "bad"
    minutes = math.ceil(left / 60)
    return _("{minutes} min left").format(minutes=minutes), "warn" if minutes <= 3 else "info"


def make_table(session: Session) -> tuple[RowsModel[Incident], Table[Incident]]:
    """The model and the view."""
    local = session.store.local

    def opened(incident: Incident) -> str:
        at = local(incident.at)
        return f"{at:%H:%M}" if incident.service_day == session.today() else f"{at:%m-%d %H:%M}"

    columns: tuple[Column[Incident], ...] = (
        Column(_("Time"), opened, 100),
        Column(_("Kind"), lambda i: i18n.code("incident", i.kind), 118, weight=1, bold=True),
        Column(_("Place"), lambda i: i.place, 110, weight=3),
        Column(
            _("Deadline"),
            lambda i: time_words(i, session.now())[0],
            136,
            chip=lambda i: time_words(i, session.now())[1],
        ),
        Column(_("Going there"), lambda i: _(", ").join(i.going) or "—", 100, weight=2),
    )
    model: RowsModel[Incident] = RowsModel(columns, key=lambda incident: incident.id)
    table = Table(model)
    table.setAccessibleName(_("Incidents"))
    return model, table
