"""The schema's versions: which step a database is at, and bringing it up step by step.

A step is frozen SQL with the engine's types filled in. A fresh database is made by the same steps; a test compares
the result with the models, on both engines. Only `hall-desk init`, `migrate` and `server init` change a schema: a
program that opens a shared database of another version says which side is too old.
"""

from __future__ import annotations

from peewee import Database, SqliteDatabase

from hall_desk import errors
from hall_desk.store.steps import step_0001

STEPS: list[list[str]] = [step_0001.STATEMENTS]
KNOWN = len(STEPS)

POSTGRES_TYPES = {"uuid": "UUID", "time": "TIMESTAMPTZ", "bool": "BOOLEAN", "small": "SMALLINT"}
SQLITE_TYPES = {"uuid": "TEXT", "time": "TEXT", "bool": "INTEGER", "small": "INTEGER"}

# Any number will do as long as every Hall Desk takes the same one.
LOCK_KEY = 0x48414C4C

# The journal and its seals cannot be changed or deleted. On PostgreSQL the application's role lacks the right as well.
GUARDED = ("journal", "journal_seal")
SQLITE_GUARDS = [
    f"""CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON "{table}"
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
    for table in GUARDED
    for verb in ("update", "delete")
]
POSTGRES_GUARDS = [
    """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    *(
        f"""CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
        FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"""
        for table in GUARDED
    ),
]


def version(db: Database) -> int:
    """The schema version found in a connected database; 0 when it is empty."""
    if not db.table_exists("schema_version"):
        return 0
    row = db.execute_sql("SELECT max(version) FROM schema_version").fetchone()
    return int(row[0] or 0)


def may_change(db: Database, found: int) -> bool:
    """Whether the connected role may build or change the tables: in a hall on a server only their owner may.

    An administrator may as well, but what he made here would not be the owner's: `server init` acts as the owner.
    """
    if isinstance(db, SqliteDatabase):
        return True
    sql = (
        "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
        if found == 0
        else "SELECT bool_or(tableowner = current_user) FROM pg_tables"
        " WHERE schemaname = current_schema() AND tablename = 'schema_version'"
    )
    return bool(db.execute_sql(sql).fetchone()[0])


def check(found: int, place: str, db: Database | None = None) -> None:
    """Raises DatabaseMissing, SchemaTooNew or SchemaTooOld unless the database is of this program's version."""
    if found == 0:
        raise errors.DatabaseMissing(place=place)
    if found > KNOWN:
        raise errors.SchemaTooNew(found=found, known=KNOWN)
    if found < KNOWN:
        by_admin = db is not None and not may_change(db, found)
        raise errors.SchemaTooOld(found=found, known=KNOWN, by_admin=by_admin)


def migrate(db: Database, host: str = "") -> tuple[int, int]:
    """Brings a connected database to `KNOWN`, all or nothing; gives the versions before and after.

    Two programs that start at once do not migrate twice: PostgreSQL by an advisory lock, SQLite by its write lock.
    Raises SchemaTooNew and changes nothing when the database is newer than this program; SchemaTooOld or, for an
    empty database, ServerRefused when this role may not change it. A ready schema needs no rights.
    """
    sqlite = isinstance(db, SqliteDatabase)
    with db.atomic("IMMEDIATE") if sqlite else db.atomic():
        if not sqlite:
            db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK_KEY,))
        before = version(db)
        if before > KNOWN:
            raise errors.SchemaTooNew(found=before, known=KNOWN)
        if before == KNOWN:
            return before, before
        if not may_change(db, before):
            if before == 0:
                raise errors.ServerRefused(host=host, reason="empty")
            raise errors.SchemaTooOld(found=before, known=KNOWN, by_admin=True)
        if before == 0:
            db.execute_sql("CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY)")
        types = SQLITE_TYPES if sqlite else POSTGRES_TYPES
        for number, statements in enumerate(STEPS[before:], start=before + 1):
            for statement in statements:
                db.execute_sql(_filled(statement, types))
            db.execute_sql(f"INSERT INTO schema_version (version) VALUES ({number})")  # noqa: S608 - a count
        for guard in SQLITE_GUARDS if sqlite else POSTGRES_GUARDS:
            db.execute_sql(guard)
    return before, KNOWN


def _filled(statement: str, types: dict[str, str]) -> str:
    for name, kind in types.items():
        statement = statement.replace("{" + name + "}", kind)
    return statement
