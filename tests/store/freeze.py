"""Writes the newest schema step anew from today's models: `python -m tests.store.freeze`, before a release only.

A step is frozen SQL, and whoever changes a model changes the step that has not been released yet.
"""

from __future__ import annotations

import re
from pathlib import Path

from peewee import SqliteDatabase

from hall_desk.store import models, steps

STEP = Path(steps.__file__).parent / "step_0001.py"
HEAD = '''"""Schema version 1: the first tables. Frozen: never changed after a release."""

from __future__ import annotations

# {uuid} {time} {bool} {small} stand for the engine's column types.
STATEMENTS = [
'''
TYPES = {
    "UUIDField": "{uuid}",
    "UtcField": "{time}",
    "BooleanField": "{bool}",
    "SmallIntegerField": "{small}",
    "ForeignKeyField": "{uuid}",
    "IntegerField": "INTEGER",
    "DateField": "DATE",
    "TextField": "TEXT",
}


def statements() -> list[str]:
    """The statements that make the tables of the models, with the engine's types left open."""
    db = SqliteDatabase(":memory:", field_types={"TIMESTAMPTZ": "TEXT"})
    made = []
    with db.bind_ctx(models.MODELS):
        for model in models.MODELS:
            made.append(_table(model))
            manager = model._schema
            for index in model._meta.fields_to_index():
                sql, values = manager._create_index(index, safe=False).query()
                made.append(_filled(sql, values))
    return made


def _table(model: type[models.Row]) -> str:
    sql, _values = model._schema._create_table(safe=False).query()
    head, body = sql.split(" (", 1)
    lines = []
    for part in _parts(body[:-1]):
        name = re.match(r'"(\w+)" \S+(.*)', part)
        if name is None:
            lines.append(part)
            continue
        field = model._meta.columns[name[1]]
        lines.append(f'"{name[1]}" {TYPES[type(field).__name__]}{name[2]}')
    return head + " (\n" + ",\n".join(f"        {line}" for line in lines) + "\n    )"


def _parts(body: str) -> list[str]:
    """The parts between the outermost commas."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(body):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(body[start:place].strip())
            start = place + 1
    return [*parts, body[start:].strip()]


def _filled(sql: str, values: list[object]) -> str:
    for value in values:
        sql = sql.replace("?", f"'{value}'" if isinstance(value, str) else str(value), 1)
    return sql


def text() -> str:
    """The step's file."""
    lines = []
    for sql in statements():
        quoted = f"'{sql}'" if "\n" not in sql and "'" not in sql else f'"""{sql}"""'
        lines.append(f"    {quoted},\n")
    return HEAD + "".join(lines) + "]\n"


if __name__ == "__main__":
    STEP.write_text(text(), encoding="utf-8")
