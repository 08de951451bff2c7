"""The hall's lists as tables, with a chip for what is unusual about a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services.directory_columns import Kind
from hall_desk.services.list_forms import label
from hall_desk.ui import theme
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from hall_desk.services.list_editing import Listed

_STATE_WIDTH = 84


@dataclass(frozen=True)
class ListRow:
    """A row as the table shows it; `half_typed` when something was typed of it and not saved."""

    one: Listed
    half_typed: bool = False

    @property
    def id(self) -> UUID:
        return self.one.id

    def state(self) -> tuple[str, str]:
        """The chip's words and kind; nothing where all is usual."""
        if self.half_typed:
            return _("not saved"), "warn"
        if self.one.retired:
            return _("retired"), "muted"
        if not self.one.has_pin:
            return _("no PIN"), "warn"
        if self.one.locked_until is not None:
            return _("locked"), "bad"
        return "", ""


# Field, width and weight of the columns.
_COLUMNS: dict[Kind, tuple[tuple[str, int, int], ...]] = {
    Kind.WINDOWS: (("number", 84, 0), ("name", 120, 3), ("phone", 126, 1)),
    Kind.MATTERS: (("code", 92, 0), ("name", 150, 3), ("windows", 84, 0)),
    Kind.STAFF: (("name", 96, 2), ("role", 120, 1), ("window", 84, 0)),
    Kind.COMMUNITIES: (("name", 130, 2), ("email", 170, 3)),
}


def make_table(
    kind: Kind, parent: QWidget | None = None
) -> tuple[RowsModel[ListRow], Table[ListRow]]:
    """The model and the view of one list."""
    columns = [_column(kind, *column) for column in _COLUMNS[kind]]
    state: Column[ListRow] = Column(
        "", lambda row: row.state()[0], _STATE_WIDTH, chip=lambda row: row.state()[1]
    )
    model: RowsModel[ListRow] = RowsModel([*columns, state], key=lambda row: row.id, parent=parent)
    return model, Table(model)


def _column(kind: Kind, name: str, width: int, weight: int) -> Column[ListRow]:
    def text(row: ListRow) -> str:
        value = row.one.values[name]
        if name == "role":
            return i18n.code("role", value)
        return _(", ").join(value) if isinstance(value, tuple) else str(value)

    return Column(
        label(kind, name),
        text,
        width,
        weight=weight,
        bold=name == "name",
        ink=lambda row: theme.LABEL if row.one.retired else theme.INK,
    )
