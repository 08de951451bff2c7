"""`hall-desk server init`: what it makes, what the program's role may then do, and what it refuses to touch."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from psycopg import errors as refused

from hall_desk import errors, i18n
from hall_desk.cli import main
from hall_desk.services import accounts, figures, halls, retention, sample_day
from hall_desk.store import backup, migrations, models, server
from hall_desk.store.database import Store
from tests.conftest import PIN
from tests.store.servers import ADMIN_PASSWORD, Server

APP_PASSWORD = "窗口 app:pass/word@1"


def given(_new: bool) -> str:
    return APP_PASSWORD


def unchanged(new: bool) -> None:
    assert not new


def with_password(url: str, password: str = APP_PASSWORD) -> str:
    """The address in what was said, with its password."""
    (url,) = re.findall(r"postgresql://\S+", url)
    parts = urlsplit(url)
    user, _, place = parts.netloc.partition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}").geturl()


def run(url: str, text: str, *values: Any) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(text, values or None)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture
def name() -> str:
    return f"hall_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def admin(scram_server: Server, name: str) -> str:
    """The administrator's address of a database that is not there yet."""
    return scram_server.url(name)


@pytest.fixture
def app(admin: str) -> str:
    """The program's address of a prepared database, with its password."""
    return with_password(server.init(admin, given).url)


def roles_of(url: str, prefix: str) -> list[str]:
    found = run(
        url, "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) ORDER BY 1", prefix
    )
    return [role for (role,) in found]


# --- what it makes -------------------------------------------------------------------------------


def test_the_program_lives_through_a_day_with_its_rights_alone(
    app: str, admin: str, quick_pins: None
) -> None:
    with sample_day.make(app) as store:
        halls.keep_practice_clock(store)
        desk = accounts.claim_letter(store, "前台-1")
        actor = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN, desk)
        assert figures.of_day(actor, sample_day.DAY).tickets.cumulative == 267
    owners = run(admin, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    database = urlsplit(admin).path[1:]
    assert owners == [(f"{database}_owner",)]
    login = run(admin, "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", f"{database}_owner")
    assert login == [(False,)]


def test_the_program_may_empty_what_is_over_and_change_nothing_else(
    app: str, quick_pins: None
) -> None:
    with sample_day.make(app) as store:
        with store.reading():
            for table, sets, where in (
                ("incident", "state = 'closed', closed_at = at", "closed_at IS NULL"),
                (
                    "callback",
                    "state = 'reached', settled_at = at, settled_by_id = staff_id, calling_id = NULL,calling_at = NULL",
                    "settled_at IS NULL",
                ),
            ):
                store.execute(f"UPDATE {table} SET {sets} WHERE {where}")  # noqa: S608 - fixed text
        store.freeze(sample_day.moment(sample_day.DAY + timedelta(days=2000), sample_day.NOW))
        done = dict(retention.purge(accounts.operator(store), store.today()).rows_of)
        assert set(done) == set(retention.KINDS)
        with store.reading():
            left = [
                store.execute(f"SELECT count(*) FROM {table} WHERE {column} <> ''").fetchone()[0]  # noqa: S608
                for table, column in (
                    ("call_attempt", "note"),
                    ("incident_step", "text"),
                    ("carried_over", "reason"),
                    ("temperature_check", "phone"),
                )
            ]
        assert left == [0, 0, 0, 0]
    for text in (
        "UPDATE call_attempt SET outcome = 'reached'",
        "UPDATE incident_step SET kind = 'step'",
    ):
        with pytest.raises(refused.InsufficientPrivilege):
            run(app, text)


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE journal SET kind = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_append_only ON journal",
        "ALTER FUNCTION journal_is_append_only() OWNER TO CURRENT_USER",
        "SET session_replication_role = replica",
        "UPDATE custody_move SET taker = 'desk'",
        "DELETE FROM custody_move",
        "DELETE FROM claim",
        "DELETE FROM ticket",
        "DELETE FROM paper",
        "DELETE FROM temperature_check",
        "DELETE FROM staff",
        "DELETE FROM hall",
        "UPDATE slip SET letter = 'A'",
        "UPDATE schema_version SET version = 9",
        "ALTER TABLE ticket ADD COLUMN x TEXT",
        "DROP TABLE slip",
        "CREATE TABLE x (y TEXT)",
        "CREATE TEMP TABLE x (y TEXT)",
        "CREATE SCHEMA x",
        "CREATE ROLE x",
        "CREATE DATABASE x",
        "COPY journal TO '/tmp/x'",
        "COPY journal TO PROGRAM 'true'",
    ],
)
def test_the_program_can_neither_change_the_past_nor_the_schema(app: str, text: str) -> None:
    with pytest.raises(refused.InsufficientPrivilege):
        run(app, text)


def test_the_program_cannot_become_the_owner(app: str, name: str) -> None:
    with pytest.raises(refused.InsufficientPrivilege):
        run(app, f"SET ROLE {name}_owner")


def test_the_rights_are_those_of_the_models_and_no_others(app: str, admin: str, name: str) -> None:
    found: dict[str, set[str]] = {}
    for table, right in run(
        admin,
        "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE a.grantee = %s::regrole",
        f"{name}_app",
    ):
        found.setdefault(table, set()).add(right)
    wanted = {model._meta.table_name: set(model.rights) for model in models.MODELS}
    assert found == {**wanted, "schema_version": {"SELECT"}}
    to_all = run(
        admin,
        "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE a.grantee = 0 AND c.relnamespace = 'public'::regnamespace",
    )
    assert to_all == []


def test_the_programs_role_can_make_a_backup(hall: str, pg_tools: None, tmp_path: Path) -> None:
    """With its password, over TCP, and without that password in any list of processes or file."""
    kept = tmp_path / "hall.backup"
    made = backup.back_up(hall, kept)
    assert made.engine == "postgresql"
    assert backup.check(kept) == made
    assert APP_PASSWORD.encode() not in kept.read_bytes()


def test_another_halls_program_does_not_get_in(app: str, scram_server: Server) -> None:
    other = f"other_{uuid.uuid4().hex[:12]}"
    stranger = with_password(server.init(scram_server.url(other), given).url)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        run(urlsplit(stranger)._replace(path=urlsplit(app).path).geturl(), "SELECT 1")


def everything(url: str) -> list[Any]:
    """Every role, owner, right, default and definition in the database."""
    return [
        sorted(map(repr, run(url, text)))
        for text in (
            "SELECT rolname, rolcanlogin, rolpassword FROM pg_authid",
            "SELECT roleid::regrole, member::regrole FROM pg_auth_members",
            "SELECT datname, datdba::regrole, datacl FROM pg_database",
            "SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace",
            "SELECT oid, relname, relowner::regrole, relacl FROM pg_class WHERE relkind IN ('r', 'i')",
            "SELECT proname, proowner::regrole, proacl FROM pg_proc",
            "SELECT tgname, tgrelid::regclass, tgenabled FROM pg_trigger",
            "SELECT attrelid::regclass, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL",
            "SELECT version FROM schema_version",
        )
    ]


def test_run_twice_it_changes_nothing(app: str, admin: str) -> None:
    before = everything(admin)
    again = server.init(admin, unchanged)
    assert (again.made_database, again.made_application) == (False, False)
    assert (again.before, again.after) == (migrations.KNOWN, migrations.KNOWN)
    assert everything(admin) == before


def test_rights_that_somebody_added_are_taken_back(app: str, admin: str, name: str) -> None:
    run(admin, f"GRANT ALL ON journal, claim TO {name}_app, PUBLIC")
    run(admin, f"GRANT UPDATE (kind) ON journal TO {name}_app")
    server.init(admin, unchanged)
    with pytest.raises(refused.InsufficientPrivilege):
        run(app, "UPDATE journal SET kind = 'x'")
    with pytest.raises(refused.InsufficientPrivilege):
        run(app, "DELETE FROM claim")


def test_a_hall_made_before_there_were_roles_is_taken_over(
    admin: str, scram_server: Server, name: str, quick_pins: None
) -> None:
    run(scram_server.url(), f"CREATE DATABASE {name}")
    halls.create(admin, name="老大厅", manager="李主任", pin=PIN).close()
    made = server.init(admin, given)
    assert (made.made_database, made.before) == (False, migrations.KNOWN)
    store = Store.open(with_password(made.url))
    assert halls.info(store).name == "老大厅"
    store.close()
    with pytest.raises(refused.InsufficientPrivilege):
        run(with_password(made.url), "DELETE FROM journal")


@pytest.mark.parametrize("which", ["scram_server", "tls_server"])
def test_an_administrator_need_not_be_a_superuser(
    request: pytest.FixtureRequest, which: str, name: str, quick_pins: None
) -> None:
    """On the newest PostgreSQL and on the system's: rights over roles one has made differ between them."""
    running: Server = request.getfixturevalue(which)
    run(
        running.url(),
        f"CREATE ROLE {name}_dba LOGIN CREATEROLE CREATEDB PASSWORD 'dba of the hall'",
    )
    url = running.url(name, f"{name}_dba", "dba of the hall")
    app = with_password(server.init(url, given).url)
    server.init(url, unchanged)
    store = halls.create(app, name="大厅", manager="李主任", pin=PIN)
    accounts.sign_in(store, "李主任", PIN)
    store.close()


def test_passwords_are_in_no_log_and_no_sentence(
    app: str, scram_server: Server, admin: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f'ALTER ROLE "{name}_app" PASSWORD \'SCRAM-SHA-256$' in scram_server.log
    assert APP_PASSWORD not in scram_server.log
    assert ADMIN_PASSWORD not in scram_server.log
    assert main(["server", "init", scram_server.url(name, password=APP_PASSWORD)]) == 1
    said = capsys.readouterr()
    assert APP_PASSWORD not in said.err + said.out
    stored = run(admin, "SELECT rolpassword FROM pg_authid WHERE rolname = %s", f"{name}_app")
    assert stored[0][0].startswith("SCRAM-SHA-256$")


# --- the program on a prepared database ----------------------------------------------------------


def test_init_makes_the_hall_in_tables_that_are_ready(
    admin: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    quick_pins: None,
) -> None:
    monkeypatch.setenv("HALL_DESK_APP_PASSWORD", APP_PASSWORD)
    monkeypatch.setenv("HALL_DESK_PIN", PIN)
    assert main(["server", "init", admin]) == 0
    said = capsys.readouterr().out
    assert APP_PASSWORD not in said
    assert ADMIN_PASSWORD not in said
    app = with_password(said)
    assert main(["init", "--database", app, "--hall", "甲大厅", "--manager", "李主任"]) == 0
    assert main(["init", "--database", app, "--hall", "乙大厅", "--manager", "李主任"]) == 2
    assert main(["server", "init", admin]) == 0


def test_a_password_that_was_made_is_shown_once_and_works(
    admin: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HALL_DESK_APP_PASSWORD", raising=False)
    assert main(["server", "init", admin]) == 0
    lines = capsys.readouterr().out.splitlines()
    address, password = lines[2], lines[3].rpartition("：")[2]
    assert run(with_password(address, password), "SELECT 1") == [(1,)]
    assert main(["server", "init", admin]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(with_password(address, password), "SELECT 1") == [(1,)]
    monkeypatch.setenv("HALL_DESK_APP_PASSWORD", APP_PASSWORD)
    assert main(["server", "init", admin]) == 0
    assert run(with_password(address), "SELECT 1") == [(1,)]


def test_an_empty_database_is_not_filled_by_the_program(
    admin: str, app: str, scram_server: Server, name: str
) -> None:
    run(scram_server.url(), f"CREATE DATABASE {name}_2")
    place = urlsplit(app)._replace(path=f"/{name}_2").geturl()
    with pytest.raises(errors.ServerRefused) as told:
        Store.create(place)
    assert told.value.reason == "empty"
    assert "server init" in i18n.explain(told.value)


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """This program as it will be after one more step of the schema; undone, it is today's again."""
    step = ["CREATE TABLE later (id INTEGER NOT NULL PRIMARY KEY)"]
    monkeypatch.setattr(migrations, "STEPS", [*migrations.STEPS, step])
    monkeypatch.setattr(migrations, "KNOWN", migrations.KNOWN + 1)
    return monkeypatch


@pytest.fixture
def hall(app: str, quick_pins: None) -> str:
    halls.create(app, name="大厅", manager="李主任", pin=PIN).close()
    return app


def test_a_newer_program_says_that_the_server_is_too_old_and_changes_nothing(
    hall: str, admin: str, next_version: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(admin)
    for refuse in (Store.open, Store.create, Store.migrate):
        with pytest.raises(errors.SchemaTooOld) as told:
            refuse(hall)
        assert told.value.facts["by_admin"]
    assert main(["migrate", "--database", hall]) == 1
    assert "server init" in capsys.readouterr().err
    # An administrator's `migrate` would make tables that are not the owner's.
    with pytest.raises(errors.SchemaTooOld):
        Store.migrate(admin)
    assert everything(admin) == before
    done = server.init(admin, unchanged)
    assert done.after == done.before + 1
    Store.open(hall).close()
    next_version.undo()
    with pytest.raises(errors.SchemaTooNew) as told_new:
        Store.open(hall)
    assert "请更新这台电脑上的程序" in i18n.explain(told_new.value)
    with pytest.raises(errors.SchemaTooNew):
        server.init(admin, unchanged)


def test_tables_without_rights_are_said_in_a_sentence(hall: str, admin: str, name: str) -> None:
    run(admin, f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}_app")
    with pytest.raises(errors.ServerRefused) as told:
        Store.open(hall)
    assert told.value.reason == "rights"
    assert models.proxy.obj is None


# --- what it refuses -----------------------------------------------------------------------------


def refusal(url: str, **more: Any) -> tuple[str, str]:
    with pytest.raises(errors.CannotPrepare) as told:
        server.init(url, given, **more)
    sentence = i18n.explain(told.value)
    assert APP_PASSWORD not in sentence
    assert ADMIN_PASSWORD not in sentence
    return told.value.reason, sentence


def test_what_cannot_be_prepared_is_refused_and_nothing_is_left_behind(
    admin: str, scram_server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(scram_server.url(), f"CREATE ROLE {name}_weak LOGIN PASSWORD 'weak of the hall'")
    run(scram_server.url(), f"CREATE ROLE {name}_strong LOGIN CREATEDB PASSWORD 'strong of hall'")
    run(scram_server.url(), f"CREATE ROLE {name}_reader LOGIN IN ROLE pg_write_all_data")
    before = everything_of_server(scram_server)
    assert refusal("hall.sqlite3")[0] == "not_postgres"
    assert refusal(scram_server.url(""))[0] == "no_database"
    assert refusal(scram_server.url("template1"))[0] == "maintenance"
    assert refusal(scram_server.url(name, f"{name}_weak", "weak of the hall"))[0] == "rights"
    assert refusal(scram_server.url(name, f"{name}_strong", "strong of hall"))[0] == "rights"
    assert refusal(admin, application="a", owner="a")[0] == "same_roles"
    assert refusal(admin, application="pg_app")[0] == "role_name"
    assert refusal(admin, application="长" * 22)[0] == "role_name"
    for role in (f"{name}_strong", f"{name}_reader", "postgres"):
        assert refusal(admin, application=role) == (
            "strong_role",
            f"角色“{role}”的权限超出程序所需，请用 --application 另指定一个。",
        )
    with pytest.raises(errors.CannotPrepare) as told:
        server.init(admin, lambda _new: "short")
    assert told.value.reason == "short_password"
    with monkeypatch.context() as later:
        later.setattr(server, "OLDEST", 990000)
        reason, sentence = refusal(admin)
    assert reason == "too_old"
    assert "99" in sentence
    assert everything_of_server(scram_server) == before


def everything_of_server(running: Server) -> list[Any]:
    return [
        run(running.url(), "SELECT rolname FROM pg_roles ORDER BY 1"),
        run(running.url(), "SELECT datname, datacl FROM pg_database ORDER BY 1"),
    ]


@pytest.mark.parametrize(
    "other", ["CREATE TABLE song (name TEXT)", "CREATE TABLE schema_version (version INTEGER)"]
)
def test_a_database_that_holds_something_else_is_left_alone(
    admin: str, scram_server: Server, name: str, other: str
) -> None:
    run(scram_server.url(), f"CREATE DATABASE {name}")
    run(admin, other)
    reason, sentence = refusal(admin)
    assert reason == "occupied"
    assert other.split()[2] in sentence
    assert roles_of(admin, name) == []
    assert main(["server", "init", admin]) == 1


def test_names_may_be_chinese_or_need_quoting(scram_server: Server, quick_pins: None) -> None:
    for database in ("太平桥 大厅", 'Hall "1"; --%s'):
        app = with_password(server.init(scram_server.url(database), given).url)
        halls.create(app, name="大厅", manager="李主任", pin=PIN).close()
        with pytest.raises(refused.InsufficientPrivilege):
            run(app, "DELETE FROM journal")


def test_a_database_in_another_encoding_is_refused(
    admin: str, scram_server: Server, name: str
) -> None:
    run(scram_server.url(), f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert refusal(admin)[0] == "encoding"


def test_a_wrong_password_is_not_called_a_loose_cable(scram_server: Server, name: str) -> None:
    for password, reason in (("wrong", "password"), (None, "no_password")):
        with pytest.raises(errors.ServerRefused) as told:
            server.init(scram_server.url(name, password=password), given)
        assert told.value.reason == reason
        with pytest.raises(errors.ServerRefused) as told:
            Store.open(scram_server.url(name, password=password))
        assert told.value.reason == reason
        assert "网线" not in i18n.explain(told.value)
    with pytest.raises(errors.ServerRefused) as told:
        Store.open(scram_server.url(name))
    assert told.value.reason == "database"


def test_the_command_says_why_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["server", "init", str(tmp_path / "hall.sqlite3")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["server", "init", "postgresql://postgres@127.0.0.1:9/hall"]) == 1
    assert capsys.readouterr().err == "hall-desk: 连不上大厅服务器，请检查网线；系统会自动重连。\n"
    assert main(["server"]) == 2
    assert main(["server", "init", "x", "--language", "en"]) == 2
    assert "not the address of a PostgreSQL server" in capsys.readouterr().err


def test_a_server_that_only_reads_is_said(hall: str, admin: str, name: str) -> None:
    # A standby copy answers a writer with the same SQLSTATE.
    run(admin, f"ALTER ROLE {name}_app SET default_transaction_read_only = on")
    store = Store.open(hall)
    with pytest.raises(errors.ServerRefused) as told:
        accounts.sign_in(store, "李主任", PIN)
    store.close()
    assert told.value.reason == "standby"
    assert "只读副本" in i18n.explain(told.value)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_password_is_asked_for_at_a_terminal(
    admin: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HALL_DESK_APP_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", _Terminal())
    typed = iter((APP_PASSWORD, "another one", APP_PASSWORD, APP_PASSWORD))
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert main(["server", "init", admin]) == 2
    assert "不一致" in capsys.readouterr().err
    server_itself = admin.rpartition("/")[0] + "/postgres"
    assert roles_of(server_itself, name) == []
    assert main(["server", "init", admin]) == 0
    said = capsys.readouterr().out
    assert APP_PASSWORD not in said
    assert run(with_password(said), "SELECT 1") == [(1,)]
    assert roles_of(server_itself, name) == [f"{name}_app", f"{name}_owner"]
