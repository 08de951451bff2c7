"""Rows written by short fixed text where peewee would build a query: for the hot actions of a hall.

Values go through the model's own fields, so what is written is what `create` and `update` would write.
`./desk bench claims` measures what it saves.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from hall_desk.store.database import Store


# A model is typed Any: the stubs of peewee do not call a model class hashable.
@cache
def _columns(model: Any) -> dict[str, Any]:
    return {field.name: field for field in model._meta.sorted_fields}


def insert(store: Store, model: Any, **values: Any) -> None:
    """Inserts one row; fields that are not named get their defaults."""
    columns = _columns(model)
    values = {**model._meta.get_default_dict(), **values}
    names = ", ".join(f'"{columns[name].column_name}"' for name in values)
    marks = ", ".join("?" * len(values))
    sql = f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own
    store.execute(sql, tuple(columns[name].db_value(value) for name, value in values.items()))


def update(store: Store, model: Any, key: UUID, states: tuple[str, ...], **values: Any) -> int:
    """Compares and sets: changes the row if its `state` is one of `states`; gives how many rows that were."""
    columns = _columns(model)
    changes = ", ".join(f'"{columns[name].column_name}" = ?' for name in values)
    marks = ", ".join("?" * len(states))
    sql = f'UPDATE "{model._meta.table_name}" SET {changes} WHERE id = ? AND state IN ({marks})'  # noqa: S608
    written = [columns[name].db_value(value) for name, value in values.items()]
    return int(store.execute(sql, (*written, key.hex, *states)).rowcount)


@cache
def _by_key(model: Any) -> str:
    names = ", ".join(f'"{field.column_name}"' for field in _columns(model).values())
    return f'SELECT {names} FROM "{model._meta.table_name}" WHERE id = ? AND hall_id = ?'  # noqa: S608


def by_key(store: Store, model: Any, key: UUID, hall_id: UUID) -> Any:
    """The row of this hall with a key, without what it points to; None when there is none."""
    found = store.execute(_by_key(model), (key.hex, hall_id.hex)).fetchone()
    if found is None:
        return None
    fields = _columns(model).values()
    values = {
        field.name: field.python_value(value) for field, value in zip(fields, found, strict=True)
    }
    return model(__no_default__=True, **values)
