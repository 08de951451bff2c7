"""Tables of figures on A4, and the small print that says what each figure means.

The figures' modules are imported where they are used: a slip needs no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hall_desk.documents import flow
from hall_desk.documents.daily_report.sheet import ROOM, duration
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import MUTED, Style, width
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.figures import typed_tables

_PAD = 4.0  # mm beside the text of a cell
_NARROWEST = 9.0
_SMALL_PRINT = Style(7.0, colour=MUTED)


def printed(table: typed_tables.Table) -> Table:
    """A table over the whole width: figures take what their heading needs, the widest words what is left."""
    from hall_desk.services.figures.typed_tables import DAY, TEXT

    kinds = [column.kind for column in table.columns]
    rows = [
        tuple(words(kind, cell) for kind, cell in zip(kinds, row, strict=True))
        for row in table.rows
    ]
    needed = [
        max(_least(column.title), *(width(row[place], flow.CELL) + _PAD for row in rows))
        for place, column in enumerate(table.columns)
    ]
    texts = [place for place, kind in enumerate(kinds) if kind == TEXT]
    widest = max(texts, key=lambda place: needed[place], default=0)
    needed[widest] += ROOM - sum(needed)
    columns = tuple(
        Column(column.title, size, "left" if column.kind in (TEXT, DAY) else "right")
        for column, size in zip(table.columns, needed, strict=True)
    )
    return Table(columns, tuple(Row(row) for row in rows))


def _least(title: str) -> float:
    """The width of a heading in two lines, or of its longest word."""
    whole = width(title, flow.HEAD)
    longest = max(width(word, flow.HEAD) for word in title.split())
    return max(longest, whole / 2 + width(title[0], flow.HEAD), _NARROWEST) + _PAD


def words(kind: str, value: Any) -> str:
    """A cell as it is read."""
    from hall_desk.services.figures.typed_tables import SECONDS, SHARE

    if value is None:
        return "–"
    if kind == SECONDS:
        return duration(value)
    return f"{100 * value:.0f}%" if kind == SHARE else str(value)


def small_print(meanings: Sequence[tuple[str, str, str]]) -> list[Block | Table]:
    """What each figure means (`services.figures.meanings`)."""
    said = [
        _("{name}: {meaning}").format(name=_(title), meaning=_(meaning))
        for _name, title, meaning in meanings
    ]
    return [
        flow.heading(_("What the figures mean"), ROOM),
        flow.paragraph(_("; ").join(said), ROOM, _SMALL_PRINT),
    ]
