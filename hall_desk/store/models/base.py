"""What every table is built from: the database all are bound to, moments, rows, and the hall they belong to."""

from __future__ import annotations

import functools
import operator
from datetime import UTC, datetime
from typing import Any, ClassVar

from peewee import (
    DatabaseProxy,
    DateField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)

proxy = DatabaseProxy()

# Rights on tables that differ from `Row.rights`.
WRITTEN_ONCE = ("SELECT", "INSERT")
REPLACED = ("SELECT", "INSERT", "DELETE")  # short lists that are taken away and written anew


class UtcField(Field):
    """A moment in UTC: `timestamptz` on PostgreSQL, fixed-width ISO text (sorts as time) on SQLite."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: Any) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        moment: datetime = value.astimezone(UTC)
        return moment


class Row(Model):
    # What the program does with rows of this table. `server init` gives its role these rights and no others.
    rights: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE")
    # Text columns that never leave the hall: a district's figures do without them.
    private: ClassVar[tuple[str, ...]] = ()

    class Meta:
        database = proxy
        legacy_table_names = False


class Hall(Row):
    private = ("key_check",)

    id = UUIDField(primary_key=True)
    name = TextField()
    opened_day = DateField()
    time_zone = TextField(default="Asia/Shanghai")
    # Tickets handled before this program, counted in the cumulative figure from `opened_day` on.
    opening_balance = IntegerField(default=0)
    # Seconds added to the server's clock. NULL in a real hall; set in a practice hall, whose day is another day.
    practice_offset_s = IntegerField(null=True)
    # A practice clock that runs otherwise: how many times the server's pace (0: it stands), from `practice_from` in the
    # hall at the server's time `practice_since`.
    practice_pace = IntegerField(null=True)
    practice_since = UtcField(null=True)
    practice_from = UtcField(null=True)
    # Tells whether a key is the one that ID numbers are sealed with (see `store.hall_key`), without telling the key.
    key_check = TextField(default="")

    class Meta:
        table_name = "hall"


class HallRow(Row):
    id = UUIDField(primary_key=True)
    hall = ForeignKeyField(Hall, index=False, on_delete="RESTRICT")


def index_personal(model: type[Row], when: Field, *personal: Field, also: Any = None) -> None:
    """An index of the rows that still say something of a person, by `when` retention counts from: it empties them.

    `also` is a condition for what is no column of its own.
    """
    conditions = [field != "" for field in personal] + ([] if also is None else [also])
    said = functools.reduce(operator.or_, conditions)
    table = model._meta.table_name
    fields: Any = (model._meta.fields["hall"], when)
    model.add_index(model.index(*fields, where=said, name=f"{table}_personal"))
