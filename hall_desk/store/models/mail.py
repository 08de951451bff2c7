"""The directory by e-mail to the communities: the hall's mail server, each mailing, what became of each address.

The server's password is in none of these: it lies in the settings of the PCs that send (see `settings.Settings`).
"""

from __future__ import annotations

from peewee import (
    Check,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
    UUIDField,
)

from hall_desk.store.models.base import HallRow, UtcField
from hall_desk.store.models.directory import Community, Staff


class MailServer(HallRow):
    """The hall's outgoing mail server and who its mail comes from; one row at most in a hall."""

    host = TextField()
    port = IntegerField()
    security = TextField()
    user = TextField(default="")
    sender = TextField()
    sender_name = TextField(default="")
    at = UtcField()
    staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "mail_server"
        indexes = ((("hall",), True),)
        constraints = [
            Check("security IN ('starttls','tls','none')"),
            Check("port BETWEEN 1 AND 65535"),
        ]


class Mailing(HallRow):
    """The directory of one version sent to communities. `staff` is NULL for the command line.

    While somebody sends, `run` is the key of that run and `run_until` when it may be taken from a program that died.
    `error` is why the last run ended before its end.
    """

    at = UtcField()
    service_day = DateField()
    staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    version = IntegerField()
    subject = TextField()
    text = TextField()
    run = UUIDField(null=True)
    run_since = UtcField(null=True)
    run_until = UtcField(null=True)
    run_staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    error = TextField(default="")

    class Meta:
        table_name = "mailing"
        indexes = ((("hall", "at"), False),)
        constraints = [
            Check("(run IS NULL) = (run_until IS NULL)"),
            Check("(run IS NULL) = (run_since IS NULL)"),
        ]


class MailingResult(HallRow):
    """One community's copy. `unknown` from the moment it is sent until the server's answer was written down, so that a
    program which dies in between leaves just that."""

    mailing = ForeignKeyField(Mailing, index=False, on_delete="RESTRICT")
    community = ForeignKeyField(Community, index=False, on_delete="RESTRICT")
    address = TextField()
    state = TextField(default="waiting")
    error = TextField(default="")
    tries = SmallIntegerField(default=0)
    at = UtcField(null=True)

    class Meta:
        table_name = "mailing_result"
        indexes = ((("mailing", "community"), True), (("community", "at"), False))
        constraints = [Check("state IN ('waiting','sent','refused','unknown')")]
