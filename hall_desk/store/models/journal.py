"""The journal: the append-only record of every change."""

from __future__ import annotations

from peewee import DateField, TextField, UUIDField

from hall_desk.store.models.base import WRITTEN_ONCE, HallRow, UtcField


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
