"""The hall's outgoing mail server: one for all its PCs, and who the hall's mail comes from.

A row of its own and no settings of `services.halls`: its parts only make sense together, so they change together; and a
setting's history says what it was before and after, while the journal must hold no address, only which parts changed.
The password is on the PCs that send (`settings.Settings.mail_password`), and only for the server it was typed for.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import mail_addresses
from hall_desk.services.accounts import COMMAND_LINE, Actor
from hall_desk.store import models
from hall_desk.store.ids import new_id

# How the line is encrypted, each with the port that mail servers usually have for it.
PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class MailServer:
    """`security` is `starttls` (encrypted after a greeting), `tls` (from the start) or `none`.

    No `user`: the server takes mail without signing in. `sender` is the address all mail comes from.
    """

    host: str
    port: int
    security: str
    user: str
    sender: str
    sender_name: str

    @property
    def account(self) -> str:
        """What a password belongs to: a PC never gives it to another server, or for another user."""
        return f"{self.user}@{self.host}:{self.port}"

    def trouble(self, reason: str) -> errors.CannotMail:
        """The error that a mailing ended with, to be explained."""
        return errors.CannotMail(host=self.host, port=self.port, reason=reason)


def of_hall(actor: Actor) -> MailServer | None:
    """The hall's mail server; None when none was set yet. Raises DatabaseAway."""
    actor.needs("directory.mail")
    actor.store.need_server()
    with actor.store.reading():
        row = models.MailServer.get_or_none(models.MailServer.hall == actor.hall_id)
        return None if row is None else _view(row)


def change(actor: Actor, wanted: MailServer, seen: MailServer | None) -> MailServer:
    """Sets the mail server for the hall. `seen` is what was there when it was typed.

    Raises BadInput (`mail_host`, `mail_port`, `mail_security`, `mail_user`, `mail_address`, `mail_sender_name`), and
    DoneByOther when somebody else has changed it since: nothing is lost, look at it again.
    """
    actor.needs("directory.mail")
    good = checked(wanted)
    with actor.store.change(actor) as done:
        if actor.store.postgres:
            # One after the other; SQLite has one writer anyway.
            hall = models.Hall.select(models.Hall.id).where(models.Hall.id == actor.hall_id)
            list(hall.for_update("FOR NO KEY UPDATE"))
        row = models.MailServer.get_or_none(models.MailServer.hall == actor.hall_id)
        before = None if row is None else _view(row)
        if before == good:
            return good
        if before != seen:
            assert row is not None, "a server is changed and never taken away"
            raise errors.DoneByOther(
                owner=row.staff.name if row.staff_id else _(COMMAND_LINE),
                since=row.at,
                since_text=f"{actor.store.local(row.at):%H:%M}",
            )
        values: dict[str, Any] = {**asdict(good), "at": done.at, "staff": actor.staff_id}
        if row is None:
            models.MailServer.create(id=new_id(), hall=actor.hall_id, force_insert=True, **values)
        else:
            models.MailServer.update(**values).where(models.MailServer.id == row.id).execute()
        old = {} if before is None else asdict(before)
        parts = [name for name, value in asdict(good).items() if old.get(name) != value]
        done.record("directory.mail_server_changed", None, parts=parts)
        return good


def checked(wanted: MailServer) -> MailServer:
    """A mail server that can be used, without the blanks around what was typed. Raises BadInput as `change` says."""
    host = mail_addresses.check_line("mail_host", wanted.host)
    if not host or not mail_addresses.is_host(host):
        raise errors.BadInput("mail_host", "shape" if host else "empty")
    if not 1 <= wanted.port <= 65535:
        raise errors.BadInput("mail_port", "shape")
    if wanted.security not in PORTS:
        raise errors.BadInput("mail_security", "unknown")
    return MailServer(
        host,
        wanted.port,
        wanted.security,
        mail_addresses.check_line("mail_user", wanted.user),
        mail_addresses.checked(wanted.sender),
        mail_addresses.check_line("mail_sender_name", wanted.sender_name),
    )


def _view(row: models.MailServer) -> MailServer:
    return MailServer(row.host, row.port, row.security, row.user, row.sender, row.sender_name)
