"""The hall on this PC alone, for as long as the server is away: a picture of it as it was last seen, in memory.

The picture is what desks need to go on: the directory, the people, this day's records and every open ticket. It is
taken from the server in one consistent reading, and never lies unsealed on the disk (see `store.outbox`).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from peewee import PeeweeException, SqliteDatabase

from hall_desk.store import migrations, models
from hall_desk.store.refusals import check_address

if TYPE_CHECKING:
    from hall_desk.store.database import Store

MOST_ROWS = 5000  # of one table: far above a busy hall's day
NOTICES_OF_DAYS = 30

_ALL = "hall_id = ?"
_TODAY = "hall_id = ? AND service_day >= ?"
_OPEN_TICKETS = "SELECT id FROM ticket WHERE hall_id = ? AND state <> 'closed'"
_OF_TICKETS = f"ticket_id IN ({_OPEN_TICKETS})"
# What is in the picture, by table: the rows this condition takes. `?` is the hall's key, a second one a day.
_TAKEN: dict[Any, str] = {
    models.Hall: "id = ?",
    models.Setting: _ALL,
    models.Window: _ALL,
    models.Staff: _ALL,
    models.Matter: _ALL,
    models.MatterWindow: _ALL,
    models.Material: _ALL,
    models.Desk: _ALL,
    models.TicketCounter: _TODAY,
    models.TemperatureCheck: _TODAY,
    models.Ticket: "hall_id = ? AND state <> 'closed'",
    models.Claim: _OF_TICKETS,
    models.Paper: _OF_TICKETS,
    models.CustodyMove: _OF_TICKETS,
    models.Slip: _TODAY,
    models.Passage: _TODAY,
    models.MissingNotice: _TODAY,
    models.Consultation: _TODAY,
    models.Callback: "hall_id = ? AND state IN ('due', 'side')",
    models.PhoneCase: _TODAY,
    models.NumberTrouble: "hall_id = ? AND settled_at IS NULL",
    models.Incident: "hall_id = ? AND state = 'open'",
    models.IncidentStep: "incident_id IN (SELECT id FROM incident WHERE hall_id = ? AND state = 'open')",
    models.Attendance: _TODAY,
    models.Shift: "hall_id = ? AND ended_at IS NULL",
    models.Disinfection: _TODAY,
    models.FoyerNotice: "hall_id = ? AND retired_at IS NULL",
    models.JournalEntry: f"ticket IN ({_OPEN_TICKETS})",
}
_serial = itertools.count()
# What is raised by reading something else as a picture.
_NO_PICTURE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


def take_picture(store: Store) -> bytes:
    """The hall as the server has it now. Raises DatabaseAway, DatabaseBusy."""
    with store.reading():
        today = store.today()
        rows = {
            model._meta.table_name: _rows(store, model, where, today)
            for model, where in _TAKEN.items()
        }
        seen_at = store.now()
    picture = {
        "version": migrations.KNOWN,
        "place": fingerprint(store.place),
        "hall": store.hall_id.hex,
        "seen_at": seen_at.isoformat(),
        "pc_ahead_s": store.pc_ahead.total_seconds(),
        "rows": rows,
    }
    return zlib.compress(json.dumps(picture, ensure_ascii=False).encode(), 1)


def _names(model: Any) -> str:
    return ", ".join(f'"{field.column_name}"' for field in model._meta.sorted_fields)


def _rows(store: Store, model: Any, where: str, today: date) -> list[list[Any]]:
    since = today - timedelta(days=NOTICES_OF_DAYS) if model is models.MissingNotice else today
    values = (store.hall_id.hex, since.isoformat())[: where.count("?")]
    sql = f'SELECT {_names(model)} FROM "{model._meta.table_name}" WHERE {where} LIMIT {MOST_ROWS}'  # noqa: S608
    return [[_plain(value) for value in row] for row in store.execute(sql, values).fetchall()]


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it: what `models` write there."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def fingerprint(place: str) -> str:
    """Tells one hall's database from another's, whoever signs in to it, and without keeping its address.

    Raises BadInput `address`.
    """
    from psycopg.conninfo import conninfo_to_dict

    check_address(place)
    told = conninfo_to_dict(place)
    where = (told.get("host"), told.get("port") or "5432", told.get("dbname"))
    return hashlib.sha256(repr(where).encode()).hexdigest()[:16]


@dataclass
class LocalHall:
    """The picture as a database in memory, which lives until `close`. `seen_at` is when the server was last there."""

    db: SqliteDatabase
    hall_id: UUID
    seen_at: datetime
    pc_ahead: timedelta
    _anchor: sqlite3.Connection

    def close(self) -> None:
        """Forgets everything in it."""
        self._anchor.close()


def open_local(picture: bytes, place: str) -> LocalHall | None:
    """The hall of a picture; None when it is of another hall, was made by another version, or is none at all."""
    try:
        seen = json.loads(zlib.decompress(picture))
        if seen["version"] != migrations.KNOWN or seen["place"] != fingerprint(place):
            return None
        hall_id, seen_at = UUID(seen["hall"]), datetime.fromisoformat(seen["seen_at"])
        pc_ahead, rows_of = timedelta(seconds=seen["pc_ahead_s"]), dict(seen["rows"])
    except (*_NO_PICTURE, zlib.error):
        return None
    # Shared, so that whichever thread asks finds the same hall; the anchor keeps it while nobody is connected.
    name = f"file:hall-desk-away-{next(_serial)}?mode=memory&cache=shared"
    anchor = sqlite3.connect(name, uri=True, check_same_thread=False)
    # The rules between tables were checked by the server, and will be again: the picture holds only parts of them.
    db = SqliteDatabase(
        name,
        uri=True,
        autoconnect=False,
        pragmas={"foreign_keys": 0},
        field_types={"TIMESTAMPTZ": "TEXT"},
    )
    db.connect()
    try:
        migrations.migrate(db)
        with db.atomic():
            for model in _TAKEN:
                table = model._meta.table_name
                rows = rows_of.get(table, [])
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    sql = f'INSERT INTO "{table}" ({_names(model)}) VALUES ({marks})'  # noqa: S608
                    db.connection().executemany(sql, rows)
    except (*_NO_PICTURE, sqlite3.Error, PeeweeException):
        db.close()
        anchor.close()
        return None
    finally:
        db.close()
    return LocalHall(
        db=db,
        hall_id=hall_id,
        seen_at=seen_at,
        pc_ahead=pc_ahead,
        _anchor=anchor,
    )
