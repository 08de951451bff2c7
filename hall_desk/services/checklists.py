"""Changing what a matter's checklist asks for, one paper at a time, as a report of second trips suggests it.

Each call reads the list as it stands in its own transaction, so what another manager has just changed stays.
"""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from hall_desk import errors
from hall_desk.services import halls, import_writing, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.directory_columns import LONGEST_LINE, LONGEST_NAME, Kind, MaterialValue
from hall_desk.services.trip_records import MissingPaper
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change
from hall_desk.store.models import Material, Matter

RIGHT = "lists.change"


def put_on(actor: Actor, matter_id: UUID, paper: MissingPaper, note: str = "") -> None:
    """Puts a paper, one of it and required, at the end of a matter's checklist.

    Raises NotFound `matter` (also for a retired one), AlreadyThere `material`, BadInput (papers, note), NotAllowed,
    DatabaseAway.
    """
    actor.needs(RIGHT)
    actor.store.need_server()
    name = privacy.check_text("papers", paper.name, required=True, limit=LONGEST_NAME)
    note = privacy.check_text("note", note, limit=LONGEST_LINE)
    with actor.store.change(actor) as change:
        rows = _list_of(actor, matter_id)
        if any(MissingPaper(row.name, row.original).key == paper.key for row in rows):
            raise errors.AlreadyThere(kind="material", key=name)
        before = _values(rows)
        Material.create(
            id=new_id(),
            hall=actor.hall_id,
            matter=matter_id,
            name=name,
            original=paper.original,
            note=note,
            position=rows[-1].position + 1 if rows else 0,
            force_insert=True,
        )
        _record(actor, change, matter_id, before)


def require(actor: Actor, matter_id: UUID, paper: MissingPaper) -> None:
    """Marks a paper of a checklist as required; one that is stays so.

    Raises NotFound (`matter`, also for a retired one; `material`), NotAllowed, DatabaseAway.
    """
    _set(actor, matter_id, paper, required=True)


def write_note(actor: Actor, matter_id: UUID, paper: MissingPaper, note: str) -> None:
    """Writes what is to be known about a paper of a checklist; it is shown wherever the list is.

    Raises NotFound (`matter`, also for a retired one; `material`), BadInput `note`, NotAllowed, DatabaseAway.
    """
    _set(actor, matter_id, paper, note=privacy.check_text("note", note, limit=LONGEST_LINE))


def _set(actor: Actor, matter_id: UUID, paper: MissingPaper, **values: bool | str) -> None:
    actor.needs(RIGHT)
    actor.store.need_server()
    with actor.store.change(actor) as change:
        rows = _list_of(actor, matter_id)
        row = next((r for r in rows if MissingPaper(r.name, r.original).key == paper.key), None)
        if row is None:
            raise errors.NotFound(kind="material", key=paper.name)
        if all(getattr(row, name) == value for name, value in values.items()):
            return
        before = _values(rows)
        # The program may write this list anew but not change its rows (see `Material.rights`).
        Material.delete().where(Material.id == row.id).execute()
        Material.create(
            id=row.id,
            hall=actor.hall_id,
            matter=matter_id,
            position=row.position,
            **{**asdict(_value(row)), **values},
            force_insert=True,
        )
        _record(actor, change, matter_id, before)


def _list_of(actor: Actor, matter_id: UUID) -> list[Material]:
    """The checklist in its order, and nobody else changes it meanwhile."""
    halls.one_at_a_time(actor)
    wanted = Matter.select(Matter.id).where(
        Matter.id == matter_id, Matter.hall == actor.hall_id, Matter.retired_at.is_null()
    )
    if wanted.first() is None:
        raise errors.NotFound(kind="matter", key="")
    return list(Material.select().where(Material.matter == matter_id).order_by(Material.position))


def _value(row: Material) -> MaterialValue:
    return MaterialValue(row.name, row.original, row.count, row.required, row.note)


def _values(rows: list[Material]) -> list[dict[str, object]]:
    return [asdict(_value(row)) for row in rows]


def _record(actor: Actor, change: Change, matter_id: UUID, before: list[dict[str, object]]) -> None:
    after = _values(_list_of(actor, matter_id))
    change.record(
        "matter.changed",
        matter_id,
        fields=["materials"],
        before={"materials": before},
        after={"materials": after},
    )
    # Slips and the directory say which version they show.
    import_writing.raise_version(actor, Kind.MATTERS)
