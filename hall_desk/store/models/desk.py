"""What is recorded at the door and at the front desk: checks, passages, consultations, notices, slips."""

from __future__ import annotations

from peewee import (
    Check,
    DateField,
    ForeignKeyField,
    SmallIntegerField,
    TextField,
    UUIDField,
    fn,
)

from hall_desk.store.models.base import WRITTEN_ONCE, HallRow, UtcField, index_personal
from hall_desk.store.models.directory import Matter, Staff, Window
from hall_desk.store.models.tickets import Ticket


class TemperatureCheck(HallRow):
    private = ("name", "phone", "reason")

    at = UtcField()
    service_day = DateField()
    tenths = SmallIntegerField()  # the reading in tenths of a degree Celsius: 365 is 36.5
    person = TextField()
    name = TextField(default="")
    phone = TextField(default="")
    reason = TextField(default="")
    outcome = TextField()
    # A second reading points to the first; the first keeps `hold` and is settled by it.
    recheck_of = ForeignKeyField("self", null=True, index=False, on_delete="RESTRICT")
    recheck_due_at = UtcField(null=True)
    # A held person who went away without a second reading.
    left_at = UtcField(null=True)
    withdrawn_at = UtcField(null=True)
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")

    class Meta:
        table_name = "temperature_check"
        indexes = ((("hall", "service_day", "at"), False), (("phone", "at"), False))
        constraints = [
            Check("tenths BETWEEN 340 AND 430"),
            Check("person IN ('resident','staff','other')"),
            Check("outcome IN ('normal','hold','fever')"),
        ]


class Slip(HallRow):
    """A telephone slip that was given out."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    matter = ForeignKeyField(Matter, null=True, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")

    class Meta:
        table_name = "slip"
        indexes = ((("hall", "service_day", "at"), False),)


class Passage(HallRow):
    """People who came in without a check, or left: with the checks that were passed it gives who is in the hall."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    direction = TextField()
    count = SmallIntegerField(default=1)
    how = TextField()
    ticket = ForeignKeyField(Ticket, null=True, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")

    class Meta:
        table_name = "passage"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [
            Check("direction IN ('in','out')"),
            Check("count > 0"),
            Check("how IN ('key','receipt','close_of_day')"),
        ]


class MissingNotice(HallRow):
    """A 一次性告知单: a printed notice of exactly what is missing, found again by its code at the next visit."""

    private = ("name", "phone", "missing", "complete", "note")

    code = TextField()
    at = UtcField()
    service_day = DateField()
    matter = ForeignKeyField(Matter, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    name = TextField(default="")
    phone = TextField(default="")
    missing = (
        TextField()
    )  # JSON: a list of {name, original, count, note}; without a note where none was written
    complete = TextField(default="[]")  # the same of what was brought and is in order
    note = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")
    reopened_at = UtcField(null=True)

    class Meta:
        table_name = "missing_notice"
        indexes = (
            # Not unique: the code is made from the key on any PC, and of two that are equal the newer one is meant.
            (("hall", "code", "at"), False),
            (("hall", "service_day", "at"), False),
            (("phone", "at"), False),
        )


class Consultation(HallRow):
    """A question at the consultation post and how it was settled."""

    private = ("name", "phone", "question")

    at = UtcField()
    service_day = DateField()
    matter = ForeignKeyField(Matter, null=True, index=False, on_delete="RESTRICT")
    channel = TextField()
    outcome = TextField()
    question = TextField(default="")
    name = TextField(default="")
    phone = TextField(default="")
    # What came of it: the slip, callback, ticket or notice.
    led_to = UUIDField(null=True)
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")
    withdrawn_at = UtcField(null=True)

    class Meta:
        table_name = "consultation"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [
            Check("channel IN ('in_person','phone')"),
            Check("outcome IN ('settled','slip','callback','ticket','online','notice')"),
        ]


TemperatureCheck.add_index(
    TemperatureCheck.index(
        TemperatureCheck.recheck_of,
        unique=True,
        where=TemperatureCheck.recheck_of.is_null(False) & TemperatureCheck.withdrawn_at.is_null(),
        name="temperature_check_recheck",
    )
)
index_personal(
    TemperatureCheck,
    TemperatureCheck.service_day,
    TemperatureCheck.name,
    TemperatureCheck.phone,
    TemperatureCheck.reason,
)
index_personal(
    Consultation,
    Consultation.service_day,
    Consultation.name,
    Consultation.phone,
    Consultation.question,
)
# A note on one of the papers may speak of the resident too.
_NOTE = '"note"'
index_personal(
    MissingNotice,
    MissingNotice.service_day,
    MissingNotice.name,
    MissingNotice.phone,
    MissingNotice.note,
    also=(
        (fn.replace(MissingNotice.missing, _NOTE, "") != MissingNotice.missing)
        | (fn.replace(MissingNotice.complete, _NOTE, "") != MissingNotice.complete)
    ),
)
