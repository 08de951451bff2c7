"""Today's temperature checks as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.ui import theme
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hall_desk.services.screening import Check
    from hall_desk.store.database import Store

NOTHING = "—"


def result_of(check: Check, store: Store) -> tuple[str, str]:
    """A check's result as words and as the kind of its chip."""
    if check.withdrawn:
        return _("Withdrawn by staff"), "muted"
    if check.outcome == "fever":
        return _("Fever, not admitted"), "bad"
    if check.outcome == "hold" and check.settled_by is None and check.left_at is not None:
        return _("Left without a second reading"), "warn"
    if check.outcome == "hold" and check.settled_by is None and check.due_at is not None:
        return _("Measure again · {time}").format(time=f"{store.local(check.due_at):%H:%M}"), "bad"
    if check.outcome == "hold":
        return _("Measured again"), "muted"
    if check.recheck_of is not None:
        return _("Normal at second reading"), "ok"
    return i18n.code("outcome", check.outcome), "ok"


def waits(check: Check) -> bool:
    """Whether this person is still to be measured again."""
    return check.outcome == "hold" and check.settled_by is None and not check.withdrawn


def make_table(
    store: Store, parent: QWidget | None = None
) -> tuple[RowsModel[Check], Table[Check]]:
    """The model and the view; the newest check is the first row."""

    def ink(check: Check) -> str:
        if check.withdrawn:
            return theme.LABEL
        return theme.INK if check.outcome == "normal" else theme.BAD_STRONG

    columns: tuple[Column[Check], ...] = (
        Column(_("Time"), lambda c: f"{store.local(c.at):%H:%M:%S}", 90),
        Column(_("Temp."), lambda c: c.degrees, 80, bold=True, ink=ink, weight=1),
        Column(_("Name"), lambda c: c.name or NOTHING, 110, weight=3),
        Column(_("Mobile"), lambda c: c.phone_masked or NOTHING, 128, weight=1),
        Column(_("Person"), lambda c: i18n.code("person", c.person), 96, weight=1),
        Column(_("Came for"), lambda c: c.reason or NOTHING, 160, weight=5),
        Column(
            _("Outcome"),
            lambda c: result_of(c, store)[0],
            190,
            weight=2,
            chip=lambda c: result_of(c, store)[1],
        ),
        Column(_("Recorded by"), lambda c: c.staff, 104, weight=1),
    )
    model: RowsModel[Check] = RowsModel(columns, key=lambda check: check.id, parent=parent)
    table = Table(model)
    table.setAccessibleName(_("Today's checks"))
    return model, table
