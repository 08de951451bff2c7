"""A hall's PostgreSQL server: the database, the role that owns the tables, and the role of the program.

The owner cannot sign in; an administrator acts as it to build and upgrade the tables. The program's role can sign in,
reads and writes what each model's `rights` say, and can neither change the schema nor alter the journal. A district's
reporting database is prepared the same way, but its program only reads, and what is private in a hall stays there.

Passwords are turned into scram verifiers here: neither the statement nor the server's log ever has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

import peewee
import psycopg
from psycopg import sql

from hall_desk import errors
from hall_desk.store import migrations, models
from hall_desk.store.database import POSTGRES_OPTIONS, connect, is_postgres
from hall_desk.store.refusals import driver_error, refusal

OLDEST = 150000  # PostgreSQL 15, as `server_version` counts
SHORTEST_PASSWORD = 12
LONGEST_NAME = 63  # bytes; PostgreSQL cuts off the rest
OF_POSTGRES = ("postgres", "template0", "template1")
PUBLICATION = "hall_desk"
VERSION_TABLE = "schema_version"

# Asked before anything is changed, told whether the role is new; None leaves an existing password as it is.
Password = Callable[[bool], str | None]


@dataclass(frozen=True)
class Prepared:
    """What `init` made or found. `url` is the program's address of the database, without the password."""

    database: str
    owner: str
    application: str
    made_database: bool
    made_application: bool
    before: int
    after: int
    url: str


def init(
    url: str,
    password: Password,
    *,
    application: str | None = None,
    owner: str | None = None,
    district: bool = False,
) -> Prepared:
    """Prepares the database that `url` names, as its administrator; run again it upgrades, or changes nothing.

    The roles are called after the database unless they are named: `hall_app` and `hall_owner` for `hall`. All or
    nothing: a failure leaves neither a role nor a new database behind.
    Raises CannotPrepare, SchemaTooNew, DatabaseAway, ServerRefused, DatabaseBusy.
    """
    database, parts = _named_database(url)
    roles = _Roles(owner or f"{database}_owner", application or f"{database}_app", district)
    roles.check()
    host = parts.hostname or ""
    maintenance = urlunsplit(parts._replace(path="/postgres"))
    with _converted(host), psycopg.connect(maintenance, autocommit=True, **_OPTIONS) as server:
        _check_server(server)
        there = _check_administrator(server, database)
        made_application = not _role_exists(server, roles.application)
        verifier = _verifier(server, roles.application, password(made_application))
        if not there:
            server.execute("SET statement_timeout = 0")
            # Text is sorted as on SQLite, by its characters; the program sorts names by pinyin itself.
            server.execute(
                sql.SQL(
                    "CREATE DATABASE {} ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
                ).format(sql.Identifier(database))
            )
        try:
            before, after = _prepare(url, host, database, roles, verifier)
        except BaseException:
            if not there:
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                server.execute(drop.format(sql.Identifier(database)))
            raise
    return Prepared(
        database=database,
        owner=roles.owner,
        application=roles.application,
        made_database=not there,
        made_application=made_application,
        before=before,
        after=after,
        url=_address(parts, roles.application),
    )


@dataclass(frozen=True)
class Published:
    """What `publish` offers and who may read it; `url` is the reader's address, without the password."""

    publication: str
    reader: str
    made_reader: bool
    url: str


def publish(url: str, password: Password, *, reader: str | None = None) -> Published:
    """Offers the hall's tables to a district by logical replication, to a role of its own: `hall_district` for `hall`.

    Private columns are neither sent nor readable. Run again after an upgrade, it offers the tables as they are now.
    Raises CannotPrepare, SchemaTooOld, SchemaTooNew, DatabaseMissing, DatabaseAway, ServerRefused, DatabaseBusy.
    """
    database, parts = _named_database(url)
    roles = _Roles(reader or f"{database}_district", f"{database}_app")
    roles.check()
    host = parts.hostname or ""
    db = connect(url)
    with _converted(host):
        db.connect()
        try:
            connection = db.connection()
            migrations.check(migrations.version(db), f"{host or 'localhost'}/{database}", db)
            made = not _role_exists(connection, roles.owner)
            verifier = _verifier(connection, roles.owner, password(made))
            with db.atomic():
                _publish(_Runner(connection, database, roles), made, verifier)
        finally:
            db.close()
    return Published(PUBLICATION, roles.owner, made, _address(parts, roles.owner))


def _publish(run: _Runner, made: bool, verifier: str | None) -> None:
    # {owner} stands for the district's reader here.
    if made:
        run("CREATE ROLE {owner} LOGIN REPLICATION")
    if verifier is not None:
        run("ALTER ROLE {owner} PASSWORD {verifier}", verifier=sql.Literal(verifier))
    run("GRANT CONNECT ON DATABASE {database} TO {owner}")
    run("GRANT USAGE ON SCHEMA public TO {owner}")
    run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {owner}")
    offered = []
    for model in models.MODELS:
        names = [field.column_name for field in model._meta.sorted_fields]
        sent = [sql.Identifier(name) for name in names if name not in model.private]
        columns, table = sql.SQL(", ").join(sent), sql.Identifier(_name(model))
        run("GRANT SELECT ({columns}) ON {table} TO {owner}", columns=columns, table=table)
        offered.append(sql.SQL("{} ({})").format(table, columns))
    known = run("SELECT 1 FROM pg_publication WHERE pubname = %s", PUBLICATION).fetchone()
    run(
        "ALTER PUBLICATION {name} SET TABLE {offered}"
        if known
        else "CREATE PUBLICATION {name} FOR TABLE {offered}",
        name=sql.Identifier(PUBLICATION),
        offered=sql.SQL(", ").join(offered),
    )


# --- before anything is changed ------------------------------------------------------------------

_OPTIONS: dict[str, Any] = POSTGRES_OPTIONS


@dataclass(frozen=True)
class _Roles:
    owner: str
    application: str
    district: bool = False

    def check(self) -> None:
        for role in (self.owner, self.application):
            if (
                not role.strip()
                or len(role.encode()) > LONGEST_NAME
                or role.startswith("pg_")
                or role in ("public", "none")
                or "\0" in role
            ):
                raise errors.CannotPrepare(reason="role_name", role=role)
        if self.owner == self.application:
            raise errors.CannotPrepare(reason="same_roles")


def _named_database(url: str) -> tuple[str, SplitResult]:
    if not is_postgres(url):
        raise errors.CannotPrepare(reason="not_postgres")
    parts = urlsplit(url)
    database = unquote(parts.path[1:])
    if not database:
        raise errors.CannotPrepare(reason="no_database")
    if database in OF_POSTGRES:
        raise errors.CannotPrepare(reason="maintenance", database=database)
    return database, parts


def _address(parts: SplitResult, role: str) -> str:
    """The same address for another role, without any password."""
    login = f"{quote(role, safe='')}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=login))


@contextmanager
def _converted(host: str) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, peewee.PeeweeException) as error:
        cause = driver_error(error)
        state = getattr(cause, "sqlstate", None)
        if state == "42501":
            raise errors.CannotPrepare(reason="rights") from None
        if state in ("55P03", "57014", "40P01", "40001"):
            raise errors.DatabaseBusy() from None
        if isinstance(cause, psycopg.OperationalError) and (
            state is None or state[:2] in ("08", "57")
        ):
            raise refusal(host, cause) from None
        raise


def _check_server(server: psycopg.Connection[Any]) -> None:
    found = server.info.server_version
    if found < OLDEST:
        raise errors.CannotPrepare(
            reason="too_old", found=f"{found // 10000}.{found % 10000}", needed=OLDEST // 10000
        )


def _check_administrator(server: psycopg.Connection[Any], database: str) -> bool:
    """Whether the database is there. Raises CannotPrepare when this user may not do what has to be done."""
    me = server.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert me is not None
    superuser, makes_roles, makes_databases = me
    row = server.execute(
        "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = %s", (database,)
    ).fetchone()
    if not superuser and not (makes_roles and (row[0] if row else makes_databases)):
        raise errors.CannotPrepare(reason="rights")
    return row is not None


def _role_exists(server: psycopg.Connection[Any], role: str) -> bool:
    return (
        server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None
    )


def _verifier(server: psycopg.Connection[Any], role: str, password: str | None) -> str | None:
    if password is None:
        return None
    if len(password) < SHORTEST_PASSWORD:
        raise errors.CannotPrepare(reason="short_password", limit=SHORTEST_PASSWORD)
    return server.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()


# --- one transaction -----------------------------------------------------------------------------


def _prepare(
    url: str, host: str, database: str, roles: _Roles, verifier: str | None
) -> tuple[int, int]:
    """Roles, tables and rights, together or not at all; gives the schema's versions before and after."""
    db = connect(url)
    db.connect()
    try:
        with db.atomic():
            run = _Runner(db.connection(), database, roles)
            # An upgrade of many years' rows takes its time; waiting for a lock does not.
            run("SET LOCAL statement_timeout = 0")
            run("SET LOCAL search_path = public")
            run("SELECT pg_advisory_xact_lock(%s)", migrations.LOCK_KEY)
            found = _check_database(run, db, f"{host or 'localhost'}/{database}")
            run("CREATE SCHEMA IF NOT EXISTS public")
            _make_roles(run, verifier)
            _give_to_owner(run)
            run("SET LOCAL ROLE {owner}")
            migrations.migrate(db, host)
            _grant(run)
            run("RESET ROLE")
            return found, migrations.KNOWN
    finally:
        db.close()


class _Runner:
    """Runs statements in which {database}, {owner} and {application} are quoted names."""

    def __init__(self, connection: Any, database: str, roles: _Roles) -> None:
        self.connection = connection
        self.roles = roles
        self.names = {
            "database": sql.Identifier(database),
            "owner": sql.Identifier(roles.owner),
            "application": sql.Identifier(roles.application),
        }

    def __call__(self, text: str, *values: Any, **more: sql.Composable) -> Any:
        return self.connection.execute(sql.SQL(text).format(**self.names, **more), values or None)


def _check_database(run: _Runner, db: peewee.Database, place: str) -> int:
    """The schema's version, 0 when it is empty. Raises CannotPrepare when it is not ours, or not in UTF8."""
    encoding = run("SHOW server_encoding").fetchone()[0]
    if encoding != "UTF8":
        raise errors.CannotPrepare(reason="encoding", found=encoding)
    there = [
        name
        for (name,) in run(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'information_schema'"
            " AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend d"
            " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"
            " ORDER BY 1"
        )
    ]
    ours = {VERSION_TABLE, "hall", "journal"} <= set(there)
    if there and not ours:
        raise errors.CannotPrepare(reason="occupied", place=place, found=there[0])
    found = migrations.version(db) if ours else 0
    if found > migrations.KNOWN:
        raise errors.SchemaTooNew(found=found, known=migrations.KNOWN)
    return found


def _make_roles(run: _Runner, verifier: str | None) -> None:
    known = {
        name
        for (name,) in run(
            "SELECT rolname FROM pg_roles WHERE rolname IN (%s, %s)",
            run.roles.owner,
            run.roles.application,
        )
    }
    if run.roles.owner not in known:
        run("CREATE ROLE {owner} NOLOGIN")
    if not run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
        run("GRANT {owner} TO CURRENT_USER")
    if run.roles.application not in known:
        run("CREATE ROLE {application} LOGIN")
    _check_application(run)
    if verifier is not None:
        run("ALTER ROLE {application} PASSWORD {verifier}", verifier=sql.Literal(verifier))


def _check_application(run: _Runner) -> None:
    """Raises CannotPrepare when the program's role could do, by itself or through another, what it must not."""
    role = run.roles.application
    strong = run(
        "SELECT 1 FROM pg_roles WHERE (rolname = %s AND (rolsuper OR rolcreaterole OR rolcreatedb"
        " OR rolreplication OR rolbypassrls)) OR (rolname <> %s AND pg_has_role(%s, oid, 'MEMBER')"
        " AND (rolname LIKE 'pg\\_%%' OR rolsuper OR rolname = %s))",
        role,
        role,
        role,
        run.roles.owner,
    ).fetchone()
    if strong:
        raise errors.CannotPrepare(reason="strong_role", role=role)
    if not run("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", role).fetchone()[0]:
        run("ALTER ROLE {application} LOGIN")


def _give_to_owner(run: _Runner) -> None:
    """The schema, and tables that `hall-desk init` may have made as another role before, become the owner's."""
    run("REVOKE ALL ON DATABASE {database} FROM PUBLIC, {application}")
    run("GRANT CONNECT ON DATABASE {database} TO {owner}, {application}")
    owner = sql.Identifier(run.roles.owner).as_string()
    mine = run(
        "SELECT nspowner = %s::regrole FROM pg_namespace WHERE nspname = 'public'", owner
    ).fetchone()
    if not mine[0]:
        run("ALTER SCHEMA public OWNER TO {owner}")
    others = run(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND relowner <> %s::regrole ORDER BY relname",
        owner,
    ).fetchall()
    for (table,) in others:
        run("ALTER TABLE {table} OWNER TO {owner}", table=sql.Identifier(table))
    functions = run(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname = 'journal_is_append_only' AND proowner <> %s::regrole",
        owner,
    ).fetchall()
    for (function,) in functions:
        run("ALTER FUNCTION {function}() OWNER TO {owner}", function=sql.Identifier(function))


def _grant(run: _Runner) -> None:
    """Exactly the rights of the models: what an earlier version gave beyond them is taken back."""
    collects = (
        run.roles.district
        or run(
            "SELECT 1 FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
            " WHERE d.datname = current_database()"
        ).fetchone()
    )
    run("REVOKE ALL ON SCHEMA public FROM PUBLIC, {application}")
    run("GRANT USAGE ON SCHEMA public TO {application}")
    run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {application}")
    run("REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC, {application}")
    run("GRANT SELECT ON {table} TO {application}", table=sql.Identifier(VERSION_TABLE))
    for model in models.MODELS:
        table = sql.Identifier(_name(model))
        rights = ("SELECT",) if collects else model.rights
        run(
            "GRANT {rights} ON {table} TO {application}",
            rights=sql.SQL(", ".join(rights)),
            table=table,
        )
        if model.private and "UPDATE" not in rights and not collects:
            # Written once but for what retention takes away.
            columns = sql.SQL(", ").join(map(sql.Identifier, model.private))
            run(
                "GRANT UPDATE ({columns}) ON {table} TO {application}", columns=columns, table=table
            )
        for column in model.private if collects else ():
            # A hall does not send it, and the table does not take a row without it.
            text = "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ''"
            run(text, table=table, column=sql.Identifier(column))


def _name(model: Any) -> str:
    return str(model._meta.table_name)
