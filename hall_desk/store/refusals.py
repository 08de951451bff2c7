"""What a driver says of a database that cannot be used, as `HallDeskError`s.

The server's words are only looked at, never passed on: they may hold names and addresses.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hall_desk import errors


def sqlite_error(place: str, error: BaseException) -> errors.HallDeskError:
    # A full disk rolls the transaction back by itself; the rollback that follows fails and hides the reason.
    while "no transaction is active" in str(error) and error.__context__ is not None:
        error = error.__context__
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return errors.DatabaseBusy()
    if "full" in text or "disk i/o" in text:
        return errors.CannotWrite(place=place, reason="disk_full")
    if "readonly" in text or "read-only" in text:
        return errors.CannotWrite(place=place, reason="read_only")
    if "unable to open" in text:
        folder = Path(place).parent
        reason = "no_permission" if folder.exists() else "no_folder"
        return errors.CannotWrite(place=place, reason=reason)
    return errors.NotADatabase(place=place)


# What libpq itself says, in English in every psycopg wheel.
_TLS_REFUSALS = {
    "server does not support SSL": "no_tls",
    "root certificate file": "certificate_file",
    "certificate verify failed": "certificate",
    "does not match host name": "certificate_name",
}
# What the server says, in its own language: English and Chinese, or a file's name that is never translated.
_SERVER_REFUSALS = {
    "pg_hba.conf": "hba",
    "does not exist": "database",
    "不存在": "database",
}
_PASSWORD = re.compile("password|密码|口令", re.IGNORECASE)


def driver_error(error: BaseException) -> BaseException:
    """The error of psycopg or sqlite3 that peewee wrapped into its own."""
    found = getattr(error, "orig", None)
    return found if isinstance(found, BaseException) else error


def refusal(host: str, error: BaseException) -> errors.DatabaseAway:
    """Why a connection to PostgreSQL could not be made: ServerRefused when the server or its certificate is why.

    The server's words are only looked at, never passed on: they may hold names and addresses.
    """
    text = str(error)
    reason = next((code for words, code in _TLS_REFUSALS.items() if words in text), None)
    attempt = getattr(error, "pgconn", None)
    if reason is None and attempt is not None and attempt.server_version == 0:
        reason = next((code for words, code in _SERVER_REFUSALS.items() if words in text), None)
        if reason is None and attempt.needs_password:
            reason = "no_password"
        elif reason is None and attempt.used_password and _PASSWORD.search(text):
            reason = "password"  # and not a connection cut while it was being checked
    return (
        errors.ServerRefused(host=host, reason=reason) if reason else errors.DatabaseAway(host=host)
    )


def interruption(error: BaseException) -> KeyboardInterrupt | None:
    """Ctrl+C in the middle of a statement: the rollback that follows fails and hides it."""
    before = error.__context__
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before


def check_address(place: str) -> None:
    """Raises BadInput `address` for a PostgreSQL URL that is none, before anybody is asked."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = urlsplit(place)
        usable = (parts.port is None or parts.port > 0) and "\x00" not in unquote(place)
        conninfo_to_dict(place)
    except (ValueError, ProgrammingError):
        usable = False
    if not usable:
        raise errors.BadInput("address", "shape")
