"""The journal: the append-only record of every change, and the seals over it."""

from __future__ import annotations

from peewee import DateField, IntegerField, TextField, UUIDField

from hall_desk.store.models.base import WRITTEN_ONCE, HallRow, UtcField

# What happens to the rows of the hall's lists, so that one row's history is found among ten years of entries.
# Signing in, which is about a person too, is none of it.
OF_LISTS = (
    *(f"window.{what}" for what in ("added", "changed", "retired", "restored", "moved")),
    *(f"matter.{what}" for what in ("added", "changed", "retired", "restored")),
    *(f"staff.{what}" for what in ("added", "changed", "retired", "restored", "pin_set")),
    *(f"community.{what}" for what in ("added", "changed", "retired", "restored")),
)


class JournalEntry(HallRow):
    """The append-only record of every change. Holds keys, numbers and codes; never a person's name or phone."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    kind = TextField()
    subject = UUIDField(null=True)
    ticket = UUIDField(null=True)
    staff = UUIDField(null=True)
    post = TextField(default="")
    letter = TextField(default="")
    facts = TextField(default="{}")
    # The key of the command, on its first entry: the same key press sent twice is one happening.
    request = UUIDField(null=True)

    class Meta:
        table_name = "journal"
        indexes = ((("hall", "service_day", "at"), False), (("ticket", "at"), False))


class JournalSeal(HallRow):
    """What stood in the journal of a service day when it was sealed: each entry's key and hash, so that one which is
    changed, missing or added afterwards can be named. Each seal holds the digest of the one before it.

    Writers never wait for it: what they wrote is sealed soon after, in batches, by whichever PC comes first.
    """

    rights = WRITTEN_ONCE

    number = IntegerField()  # counted from 1 in each hall, without a gap
    service_day = DateField()
    at = UtcField()
    count = IntegerField()
    previous = TextField(default="")  # the digest of seal `number` - 1
    digest = TextField()
    mark = TextField(default="")  # HMAC of the digest by the hall's key, where the PC has it
    entries = (
        TextField()
    )  # a line each: key, hash, kind; last, so that the others are read without it

    class Meta:
        table_name = "journal_seal"
        indexes = ((("hall", "number"), True), (("hall", "service_day"), False))


JournalEntry.add_index(
    JournalEntry.index(
        JournalEntry.request,
        unique=True,
        where=JournalEntry.request.is_null(False),
        name="journal_request",
    )
)
# Few happenings, but a past day is told with their help however long ago it was (see `services.figures`).
JournalEntry.add_index(
    JournalEntry.index(
        JournalEntry.hall,
        JournalEntry.kind,
        JournalEntry.subject,
        JournalEntry.at,
        where=JournalEntry.kind.in_(
            [
                "setting.changed",
                "callback.promised",
                "callback.postponed",
                "callback.withdrawn",
                "callback.reopened",
            ]
        ),
        name="journal_history",
    )
)
# Read by hand-written SQL with the same condition, letter by letter: SQLite takes a partial index for nothing else.
JournalEntry.add_index(
    JournalEntry.index(
        JournalEntry.subject,
        JournalEntry.at,
        where=JournalEntry.kind.in_(list(OF_LISTS)),
        name="journal_of_lists",
    )
)
