"""Today's consultations as a table, and their counts in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import missing_notices
from hall_desk.ui import theme
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.consultations import ConsultationLine, Counts
    from hall_desk.store.database import Store

NOTHING = "—"
_KINDS = {
    "settled": "ok",
    "slip": "info",
    "callback": "warn",
    "ticket": "info",
    "online": "ok",
    "notice": "warn",
}


def outcome_words(line: ConsultationLine) -> str:
    """What came of it, with the number of the ticket or the code of the notice."""
    if line.withdrawn:
        return _("Withdrawn by staff")
    if line.outcome == "notice" and line.reference:
        return _("Notice {code}").format(code=missing_notices.grouped(line.reference))
    return f"{i18n.code('consultation_outcome', line.outcome)} {line.reference}".strip()


def count_words(counts: Counts) -> str:
    """“共 8 件 · 当场答复 5 · 电话小贴士 3”: the total, and every outcome there was."""
    if not counts.total:
        return _("Nobody has asked anything yet")
    total = _n("{count} in all", "{count} in all", counts.total).format(count=counts.total)
    parts = [
        f"{i18n.code('consultation_outcome', outcome)} {count}"
        for outcome, count in counts.by_outcome.items()
        if count
    ]
    return " · ".join((total, *parts))


def make_table(
    store: Store, parent: QWidget | None = None
) -> tuple[RowsModel[ConsultationLine], Table[ConsultationLine]]:
    """The model and the view; the newest consultation is the first row."""

    def ink(line: ConsultationLine) -> str:
        return theme.LABEL if line.withdrawn else theme.INK

    columns: tuple[Column[ConsultationLine], ...] = (
        Column(_("Time"), lambda c: f"{store.local(c.at):%H:%M}", 72),
        Column(_("Matter"), lambda c: c.matter or NOTHING, 170, weight=3, bold=True, ink=ink),
        Column(_("Question"), lambda c: c.question or NOTHING, 120, weight=3, ink=ink),
        Column(_("Name"), lambda c: c.name or NOTHING, 90, weight=1),
        Column(_("Mobile"), lambda c: c.phone_masked or NOTHING, 124),
        Column(_("Asked"), lambda c: i18n.code("asked", c.channel), 84),
        Column(
            _("Outcome"),
            outcome_words,
            226,
            weight=1,
            chip=lambda c: "muted" if c.withdrawn else _KINDS.get(c.outcome, "muted"),
        ),
        Column(_("Recorded by"), lambda c: c.staff, 112),
    )
    model: RowsModel[ConsultationLine] = RowsModel(columns, key=lambda c: c.id, parent=parent)
    table = Table(model)
    table.setAccessibleName(_("Today's consultations"))
    return model, table
