"""Whom a hall knows: what must not be found where no person may be named."""

from __future__ import annotations

from typing import Any

import peewee

from hall_desk.store import models
from hall_desk.store.database import Store

PERSON = ("诸葛于飞", "13800004127", "11010519491231002X")

_SHORTEST = 2


def persons_of(store: Store) -> set[str]:
    """Every value of a personal column: names, phones and words of residents, and of staff their names and phones."""
    found: set[str] = set()
    with store.reading():
        for model in models.MODELS:
            columns = set(model.private) - {"pickup_code", "pin_hash"}  # four digits are anybody's
            if model is models.Staff:
                columns = {"name"}
            for name in columns & set(model._meta.fields):
                if isinstance(model._meta.fields[name], peewee.TextField | peewee.CharField):
                    values: Any = model.select(model._meta.fields[name]).distinct().tuples()
                    found |= {value for (value,) in values if value and len(value) >= _SHORTEST}
    return found
